//! Links in mails: an invitation (72 h) or a reset (30 min), each good for one new password.
//!
//! A job row holds the account only; the worker makes the secret when it sends the mail.

use serde_json::json;
use time::Duration;

use super::users::Steward;
use super::{Door, SessionToken, limits, password};
use crate::app::App;
use crate::db::{Scope, accounts, gate, jobs};
use crate::error::AppError;

/// Why a link is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// First password of a new account, or a new one after a forgotten one: 72 hours.
    Invitation,
    /// A new password for an account in use: 30 minutes.
    Reset,
}

impl Purpose {
    pub fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Invitation, Self::Reset]
            .into_iter()
            .find(|purpose| purpose.code() == code)
    }

    pub fn lasts(self) -> Duration {
        match self {
            Self::Invitation => Duration::hours(72),
            Self::Reset => Duration::minutes(30),
        }
    }
}

/// Queues the mail with the link. Who has a password already gets a reset, others an invitation.
///
/// # Errors
/// `NotFound` outside the steward's circle, `Conflict` for a closed account, `TooMany` after three
/// at once.
pub async fn invite(app: &App, steward: &Steward, account: i64) -> Result<Purpose, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(steward.scope()).await?;
    let user = accounts::find(&mut tx, steward.surety(), steward.circle(), account).await?;
    if user.disabled_at.is_some() {
        return Err(AppError::Conflict(
            "このログインは停止中です。再開してから、ご案内のメールを送ってください。".to_owned(),
        ));
    }
    let purpose = if user.joined {
        Purpose::Reset
    } else {
        Purpose::Invitation
    };
    let bucket = [limits::links(steward.circle_door(), account)];
    limits::reserve(app, steward.circle_door(), &bucket)
        .await
        .map_err(AppError::TooMany)?;
    queue(app, &mut tx, steward.surety(), account, purpose).await?;
    super::users::record(&mut tx, steward.person(), account, "account_invited", now).await?;
    tx.commit().await?;
    Ok(purpose)
}

pub(super) async fn queue(
    app: &App,
    tx: &mut crate::db::Tx,
    surety: i64,
    account: i64,
    purpose: Purpose,
) -> Result<(), AppError> {
    let now = app.clock.now();
    let payload = json!({ "account": account, "purpose": purpose.code() });
    jobs::add(
        tx,
        app.chance.id(now),
        surety,
        "mail_invitation",
        &payload,
        now,
    )
    .await?;
    Ok(())
}

/// What the mail says. Its link is the one secret a mail may carry.
#[derive(Debug)]
pub struct Link {
    pub door: Door,
    pub purpose: Purpose,
    /// `https://netdesk.example/netdesk`
    base: String,
    pub login: String,
    pub name: String,
    pub email: String,
    pub surety_name: String,
    /// Contractors' users only.
    pub company: Option<String>,
    pub expires_at: time::OffsetDateTime,
    token: SessionToken,
}

impl Link {
    /// The address to mail: `https://netdesk.example/netdesk/invitations/…`
    pub fn url(&self) -> String {
        format!("{}/invitations/{}", self.base, self.token.expose())
    }

    pub fn token(&self) -> &SessionToken {
        &self.token
    }
}

/// Makes a link at the moment its mail is sent (worker). `None`: the account is closed, send nothing.
///
/// # Errors
/// `Internal`
pub async fn make_link(
    app: &App,
    account: i64,
    purpose: Purpose,
) -> Result<Option<Link>, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    let Some(guest) = accounts::guest(&mut tx, account).await? else {
        return Ok(None);
    };
    let door = Door::from_code(&guest.site)
        .ok_or_else(|| AppError::internal(format!("account {account} is of no site")))?;
    let token = SessionToken::draw(app);
    let expires_at = now + purpose.lasts();
    accounts::add_link(
        &mut tx,
        token.sha256(),
        account,
        purpose.code(),
        now,
        expires_at,
    )
    .await?;
    tx.commit().await?;
    let base = match door {
        Door::Netdesk => &app.addresses.netdesk,
        Door::Office => &app.addresses.office,
    };
    Ok(Some(Link {
        door,
        purpose,
        base: base.clone(),
        login: guest.login,
        name: guest.name,
        email: guest.email,
        surety_name: guest.surety_name,
        company: guest.contractor_name,
        expires_at,
        token,
    }))
}

/// For whom a living link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub login: String,
    pub name: String,
    pub purpose: Purpose,
}

/// The person a link was mailed to; `None` when it is used, over, or another site's.
///
/// # Errors
/// `Internal`
pub async fn invitation(app: &App, door: Door, token: &str) -> Result<Option<Guest>, AppError> {
    let Some(token) = SessionToken::read(token) else {
        return Ok(None);
    };
    let pool = app.db.gate(door.site());
    let row = gate::invitation_find(pool, token.sha256(), app.clock.now()).await?;
    Ok(row.filter(|row| row.site == door.code()).and_then(|row| {
        Some(Guest {
            purpose: Purpose::from_code(&row.purpose)?,
            login: row.login,
            name: row.name,
        })
    }))
}

/// What became of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Set; every session has ended. It does not sign in: that is the next page.
    Done,
    /// Used before, over, or never there.
    Gone,
    Refused(password::PasswordFault),
}

/// Sets the password once. After a reset the account's address is told.
///
/// # Errors
/// `Busy`
pub async fn accept_invitation(
    app: &App,
    door: Door,
    token: &str,
    new: &str,
) -> Result<Accepted, AppError> {
    let Some(guest) = invitation(app, door, token).await? else {
        return Ok(Accepted::Gone);
    };
    if let Err(fault) = password::check(new, &guest.login, app.demo) {
        return Ok(Accepted::Refused(fault));
    }
    let Some(token) = SessionToken::read(token) else {
        return Ok(Accepted::Gone);
    };
    let phc = password::hash(app, new).await?;
    let pool = app.db.gate(door.site());
    let now = app.clock.now();
    let streak = limits::streak(door, &guest.login);
    let job = app.chance.id(now);
    if gate::invitation_use(pool, token.sha256(), &phc, &streak, job, now).await? {
        tracing::info!(target: "audit", door = door.code(), "a link was used");
        Ok(Accepted::Done)
    } else {
        Ok(Accepted::Gone)
    }
}
