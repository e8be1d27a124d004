//! Letters: composed from facts loaded by id when they are about to leave, leased while they do.
//! A letter about an issue leaves only after its deposit.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::accounts::Door;
use super::accounts::invitation::{self, Link, Purpose};
use super::history::{self, About, By, Happened};

use crate::app::App;
use crate::db::{Scope, jobs, letters};
use crate::domain::certificate::Occasion;
use crate::domain::era;
use crate::domain::product::Product;
use crate::error::AppError;
use crate::mail::{Ended, Invitation, Issued, Letter, PasswordChanged, Renewed, Returned};

/// How long a letter may take before another worker tries it.
const LEASE: Duration = Duration::minutes(5);

/// What a mail job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Issued {
        guarantee: i64,
        seq: i32,
    },
    /// 変更取消 or 解約: the link that says it.
    Ended {
        guarantee: i64,
        seq: i32,
    },
    Renewed {
        guarantee: i64,
        key_version: i32,
    },
    Returned {
        application: Uuid,
    },
    /// `locked`: after too many wrong passwords.
    Invitation {
        account: i64,
        reset: bool,
        locked: bool,
    },
    /// The account's password is another one now.
    Password {
        account: i64,
    },
}

impl Kind {
    /// From a job's kind and payload; `None` for what is no letter.
    pub fn of(kind: &str, payload: &Value) -> Option<Self> {
        match kind {
            "mail_issued" => Some(Self::Issued {
                guarantee: payload["guarantee"].as_i64()?,
                seq: i32::try_from(payload["seq"].as_i64()?).ok()?,
            }),
            "mail_ended" => Some(Self::Ended {
                guarantee: payload["guarantee"].as_i64()?,
                seq: i32::try_from(payload["seq"].as_i64()?).ok()?,
            }),
            "mail_renewed" => Some(Self::Renewed {
                guarantee: payload["guarantee"].as_i64()?,
                key_version: i32::try_from(payload["key_version"].as_i64()?).ok()?,
            }),
            "mail_returned" => Some(Self::Returned {
                application: payload["application"].as_str()?.parse().ok()?,
            }),
            "mail_invitation" => Some(Self::Invitation {
                account: payload["account"].as_i64()?,
                reset: payload["purpose"].as_str()? == "reset",
                locked: payload["locked"].as_bool().unwrap_or_default(),
            }),
            "mail_password" => Some(Self::Password {
                account: payload["account"].as_i64()?,
            }),
            _ => None,
        }
    }
}

/// A leased letter.
#[derive(Debug)]
pub enum Composed {
    /// Ready to leave.
    Letter(Box<Letter>),
    /// There is nothing to say any more (withdrawn, account closed): the job is done.
    Nothing,
    /// Another worker has it.
    Gone,
}

/// Takes the lease and writes the letter.
///
/// # Errors
/// What passes; the job is tried again.
pub async fn compose(app: &App, job: Uuid, kind: &Kind) -> Result<Composed, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::lease(&mut tx, job, now, now + LEASE).await? {
        return Ok(Composed::Gone);
    }
    let letter = match kind {
        Kind::Issued { guarantee, seq } => letters::issued(&mut tx, *guarantee, *seq)
            .await?
            .map(|facts| issued(app, &facts))
            .transpose()?
            .flatten(),
        Kind::Ended { guarantee, seq } => letters::issued(&mut tx, *guarantee, *seq)
            .await?
            .map(|facts| ended(app, &facts))
            .transpose()?,
        Kind::Renewed {
            guarantee,
            key_version,
        } => {
            let facts = letters::issued(&mut tx, *guarantee, 1).await?;
            let at = letters::renewed_at(&mut tx, *guarantee, *key_version).await?;
            facts
                .zip(at)
                .map(|(facts, at)| renewed(app, &facts, at))
                .transpose()?
        }
        Kind::Returned { application } => letters::returned(&mut tx, *application)
            .await?
            .filter(|facts| facts.stage == "returned")
            .map(|facts| returned(app, *application, &facts))
            .transpose()?,
        Kind::Password { account } => letters::account(&mut tx, job, *account)
            .await?
            .map(|facts| password_changed(app, &facts))
            .transpose()?,
        Kind::Invitation {
            account,
            reset,
            locked,
        } => {
            // The link is made now, so that no job row ever holds it; the lease is this job's alone.
            tx.commit().await?;
            let purpose = if *reset {
                Purpose::Reset
            } else {
                Purpose::Invitation
            };
            let link = invitation::make_link(app, *account, purpose).await?;
            tx = app.db.begin(&Scope::Worker).await?;
            link.map(|link| invite(app, &link, *locked)).transpose()?
        }
    };
    let Some(letter) = letter else {
        jobs::finish(&mut tx, job, now).await?;
        tx.commit().await?;
        return Ok(Composed::Nothing);
    };
    tx.commit().await?;
    Ok(Composed::Letter(Box::new(letter)))
}

fn issued(app: &App, facts: &letters::IssuedFacts) -> Result<Option<Letter>, AppError> {
    let information = &facts.content.0.information;
    let Some(email) = information.email.as_deref().filter(|_| information.notify) else {
        return Ok(None);
    };
    let occasion: Occasion = serde_json::from_value(facts.occasion.clone())?;
    let letter = Issued {
        company: &facts.company,
        department: &information.department,
        person: &information.person,
        product: Product::from_code(&facts.product).map_or("", Product::label),
        occasion: &occasion.label(),
        changed: occasion != Occasion::New,
        number: &facts.number,
        works_name: &facts.works_name,
        obligee: &facts.obligee_name,
        arrived_at: &era::stamp(facts.arrived_at),
        link: &format!("{}/guarantees/{}", app.addresses.netdesk, facts.number),
        surety: &facts.surety,
        branch: &facts.branch,
        tel: &facts.tel,
        hours: &facts.hours,
    };
    Ok(Some(letter.letter(email).map_err(AppError::internal)?))
}

/// Where letters about a guarantee go: the address of its application, else the company's.
fn address(facts: &letters::IssuedFacts) -> &str {
    let own = facts.content.0.information.email.as_deref();
    own.unwrap_or(&facts.company_email)
}

fn ended(app: &App, facts: &letters::IssuedFacts) -> Result<Letter, AppError> {
    let information = &facts.content.0.information;
    let occasion: Occasion = serde_json::from_value(facts.occasion.clone())?;
    let on = match &occasion {
        Occasion::Termination { on } => Some(era::plain(*on)),
        _ => None,
    };
    let cancelled = match occasion {
        Occasion::Cancellation { number, .. } => Occasion::Change { number }.label(),
        _ => String::new(),
    };
    Ended {
        company: &facts.company,
        department: &information.department,
        person: &information.person,
        product: Product::from_code(&facts.product).map_or("", Product::label),
        cancelled: &cancelled,
        ended_on: on.as_deref(),
        number: &facts.number,
        works_name: &facts.works_name,
        obligee: &facts.obligee_name,
        link: &format!("{}/guarantees/{}", app.addresses.netdesk, facts.number),
        surety: &facts.surety,
        branch: &facts.branch,
        tel: &facts.tel,
        hours: &facts.hours,
    }
    .letter(address(facts))
    .map_err(AppError::internal)
}

fn renewed(
    app: &App,
    facts: &letters::IssuedFacts,
    at: OffsetDateTime,
) -> Result<Letter, AppError> {
    let information = &facts.content.0.information;
    Renewed {
        company: &facts.company,
        department: &information.department,
        person: &information.person,
        product: Product::from_code(&facts.product).map_or("", Product::label),
        number: &facts.number,
        works_name: &facts.works_name,
        obligee: &facts.obligee_name,
        at: &era::stamp(at),
        link: &format!("{}/guarantees/{}", app.addresses.netdesk, facts.number),
        surety: &facts.surety,
        branch: &facts.branch,
        tel: &facts.tel,
        hours: &facts.hours,
    }
    .letter(address(facts))
    .map_err(AppError::internal)
}

fn returned(app: &App, id: Uuid, facts: &letters::ReturnedFacts) -> Result<Letter, AppError> {
    let information = &facts.content.0.information;
    let to = information.email.as_deref().unwrap_or(&facts.company_email);
    Returned {
        company: &facts.company,
        person: &information.person,
        receipt_no: &facts.receipt_no,
        works_name: &facts.works_name,
        words: facts.return_words.as_deref().unwrap_or_default(),
        link: &format!("{}/applications/{id}", app.addresses.netdesk),
        surety: &facts.surety,
        branch: &facts.branch,
        tel: &facts.tel,
        hours: &facts.hours,
    }
    .letter(to)
    .map_err(AppError::internal)
}

fn password_changed(app: &App, facts: &letters::AccountFacts) -> Result<Letter, AppError> {
    let staff = facts.company.is_none();
    PasswordChanged {
        name: &facts.name,
        company: facts.company.as_deref().unwrap_or(&facts.surety),
        service: if staff {
            &app.names.office
        } else {
            &app.names.netdesk
        },
        login: &facts.login,
        at: &era::stamp(facts.at),
        staff,
        surety: &facts.surety,
        branch: &facts.branch,
        tel: &facts.tel,
    }
    .letter(&facts.email)
    .map_err(AppError::internal)
}

fn invite(app: &App, link: &Link, locked: bool) -> Result<Letter, AppError> {
    let service = match link.door {
        Door::Netdesk => &app.names.netdesk,
        Door::Office => &app.names.office,
    };
    let reset = link.purpose == Purpose::Reset;
    Invitation {
        name: &link.name,
        company: link.company.as_deref().unwrap_or(&link.surety_name),
        service,
        login: &link.login,
        link: &link.url(),
        lasts: if reset { "30分" } else { "72時間" },
        reset,
        locked,
        surety: &link.surety_name,
    }
    .letter(&link.email)
    .map_err(AppError::internal)
}

/// The server took the letter.
///
/// # Errors
/// When the database cannot be reached: the letter may leave a second time, under the same
/// Message-ID, after the lease.
pub async fn sent(app: &App, job: Uuid, kind: &Kind) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    jobs::finish(&mut tx, job, now).await?;
    note(&mut tx, kind, Happened::MailSent, "", now).await?;
    tx.commit().await?;
    Ok(())
}

/// Not this time: tried again at `run_at`, unless another worker has taken the job since this one
/// saw `seen` attempts.
///
/// # Errors
/// When the database cannot be reached; the lease runs out by itself.
pub async fn postpone(
    app: &App,
    job: Uuid,
    seen: i32,
    attempts: i32,
    run_at: OffsetDateTime,
    error: &str,
) -> Result<(), AppError> {
    let mut tx = app.db.begin(&Scope::Worker).await?;
    jobs::retry(&mut tx, job, seen, attempts, run_at, error).await?;
    tx.commit().await?;
    Ok(())
}

/// Given up, with the reason for the Office.
///
/// # Errors
/// When the database cannot be reached.
pub async fn give_up(app: &App, job: Uuid, kind: &Kind, error: &str) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    jobs::bury(&mut tx, job, now, error).await?;
    note(&mut tx, kind, Happened::MailFailed, error, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    conn: &mut sqlx::PgConnection,
    kind: &Kind,
    what: Happened,
    words: &str,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let (guarantee, seq) = match kind {
        Kind::Issued { guarantee, seq } | Kind::Ended { guarantee, seq } => (guarantee, seq),
        Kind::Renewed { guarantee, .. } => (guarantee, &1),
        _ => return Ok(()),
    };
    let Some(facts) = letters::issued(conn, *guarantee, *seq).await? else {
        return Ok(());
    };
    let about = About {
        surety: facts.surety_id,
        contractor: facts.contractor_id,
        branch: Some(facts.branch_id),
        application: Some(facts.application_id),
        product: Product::from_code(&facts.product),
        guarantee: Some(*guarantee),
    };
    let to = address(&facts).to_owned();
    let words = if words.is_empty() {
        to
    } else {
        words.to_owned()
    };
    history::record(
        conn,
        By::Worker,
        &about,
        what,
        &words,
        json!({ "seq": seq }),
        now,
    )
    .await?;
    Ok(())
}
