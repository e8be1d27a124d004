//! Other people's accounts: a company's users, the surety's staff.

use serde_json::json;
use time::OffsetDateTime;

pub use crate::db::accounts::{Circle, UserRow};

use super::invitation::{self, Purpose};
use super::signin::{fold_login, is_login};
use super::{Door, Person};
use crate::app::App;
use crate::db::accounts::{self, NewAccount};
use crate::db::events::{self, NewEvent};
use crate::db::{Scope, Tx, constraint};
use crate::domain::email::Email;
use crate::domain::people::{ContractorRole, StaffRole};
use crate::domain::text;
use crate::error::AppError;
use crate::services::actors::{ContractorUser, Officer};

/// Proof that somebody may manage one circle of accounts.
#[derive(Debug)]
pub struct Steward {
    person: Person,
    circle: Circle,
    /// The surety can always come back in; a company without administrator could not.
    may_empty: bool,
}

/// Four eyes are those of two people, and a person has one address.
pub(super) const MAIL_TAKEN: &str = "このメールアドレスは、ほかの職員がすでに使っています。職員一人ずつ、別のアドレスを入力してください。";

const NOT_YOURS: &str = "利用者の管理は、管理者の方だけが行えます。";

impl Steward {
    /// A company's administrator, for the own company.
    ///
    /// # Errors
    /// `Denied` to other roles.
    pub fn of_company(who: &ContractorUser) -> Result<Self, AppError> {
        if !who.role.may_manage() {
            return Err(AppError::Denied(NOT_YOURS));
        }
        Ok(Self {
            person: who.into(),
            circle: Circle::Company(who.contractor),
            may_empty: false,
        })
    }

    /// The surety's administrator, for its staff.
    ///
    /// # Errors
    /// `Denied` to other roles.
    pub fn of_staff(who: &Officer) -> Result<Self, AppError> {
        if !who.role.may_administer() {
            return Err(AppError::Denied(NOT_YOURS));
        }
        Ok(Self {
            person: who.into(),
            circle: Circle::Staff,
            may_empty: false,
        })
    }

    /// The surety's administrator, for one of its contractors. Another surety's contractor is an
    /// empty circle in which nothing is found and nothing can be made.
    ///
    /// # Errors
    /// `Denied` to other roles.
    pub fn of_contractor(who: &Officer, contractor: i64) -> Result<Self, AppError> {
        Ok(Self {
            circle: Circle::Company(contractor),
            may_empty: true,
            ..Self::of_staff(who)?
        })
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.person.scope
    }
    pub(super) fn surety(&self) -> i64 {
        self.person.surety
    }
    pub(super) fn circle(&self) -> Circle {
        self.circle
    }
    pub(super) fn person(&self) -> &Person {
        &self.person
    }
    /// Through which door the circle's people come in.
    pub(super) fn circle_door(&self) -> Door {
        match self.circle {
            Circle::Company(_) => Door::Netdesk,
            Circle::Staff => Door::Office,
        }
    }

    /// Codes and labels of the roles to choose from.
    pub fn roles(&self) -> Vec<(&'static str, &'static str)> {
        match self.circle {
            Circle::Company(_) => ContractorRole::ALL.map(|r| (r.code(), r.label())).to_vec(),
            Circle::Staff => StaffRole::ALL.map(|r| (r.code(), r.label())).to_vec(),
        }
    }

    fn knows_role(&self, code: &str) -> bool {
        self.roles().iter().any(|(known, _)| *known == code)
    }
}

/// What was typed for a new user.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    pub login: String,
    pub name: String,
    pub email: String,
    pub role: String,
    /// Staff only: where they work.
    pub branch: Option<i64>,
}

/// A sentence beside a field of [`NewUser`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// `login`, `name`, `email`, `role`, `branch`
    pub field: &'static str,
    pub sentence: String,
}

impl FieldFault {
    pub(super) fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            field,
            sentence: sentence.into(),
        }
    }

    pub(super) fn no_branch() -> Self {
        Self::new("branch", "所属を一覧から選んでください。")
    }
}

/// What became of a new user.
#[derive(Debug)]
pub enum Created {
    /// The account; its invitation is on its way.
    Done(i64),
    Refused(Vec<FieldFault>),
}

/// The circle's users, living ones first.
///
/// # Errors
/// `Internal`
pub async fn list_users(app: &App, steward: &Steward) -> Result<Vec<UserRow>, AppError> {
    let mut tx = app.db.begin(steward.scope()).await?;
    let users = accounts::list(&mut tx, steward.surety(), steward.circle).await?;
    tx.commit().await?;
    Ok(users)
}

/// Makes an account and queues its invitation.
///
/// # Errors
/// `NotFound` for another surety's contractor.
pub async fn create_user(
    app: &App,
    steward: &Steward,
    typed: &NewUser,
) -> Result<Created, AppError> {
    let (login, name, email) = match read(steward, typed) {
        Ok(read) => read,
        Err(faults) => return Ok(Created::Refused(faults)),
    };
    let now = app.clock.now();
    let new = NewAccount {
        surety: steward.surety(),
        circle: steward.circle,
        branch: typed.branch.filter(|_| steward.circle == Circle::Staff),
        login: &login,
        role: &typed.role,
        name: &name,
        email: &email,
    };
    let mut tx = app.db.begin(steward.scope()).await?;
    let account = match accounts::insert(&mut tx, &new, now).await {
        Ok(account) => account,
        Err(error) => {
            return match constraint(&error) {
                Some("accounts_login_once") => Ok(Created::Refused(vec![FieldFault::new(
                    "login",
                    format!(
                        "ログインID「{login}」はすでに使われています。別のIDを入力してください。"
                    ),
                )])),
                Some("accounts_mail_once_among_staff") => {
                    Ok(Created::Refused(vec![FieldFault::new("email", MAIL_TAKEN)]))
                }
                Some("accounts_branch") => Ok(Created::Refused(vec![FieldFault::no_branch()])),
                Some("accounts_contractor") => Err(AppError::NotFound),
                _ => Err(error.into()),
            };
        }
    };
    invitation::queue(app, &mut tx, steward.surety(), account, Purpose::Invitation).await?;
    record(&mut tx, &steward.person, account, "account_created", now).await?;
    tx.commit().await?;
    Ok(Created::Done(account))
}

fn read(steward: &Steward, typed: &NewUser) -> Result<(String, String, String), Vec<FieldFault>> {
    let mut faults = Vec::new();
    let login = fold_login(&typed.login);
    if login.is_empty() {
        faults.push(FieldFault::new("login", "ログインIDを入力してください。"));
    } else if !is_login(&login) {
        faults.push(FieldFault::new(
            "login",
            "ログインIDは、半角の英小文字・数字と「.」「_」「-」を使い、英数字で始まる3～64文字で入力してください。",
        ));
    }
    let name = read_name(&typed.name, &mut faults);
    let email = read_email(&typed.email, &mut faults);
    if !steward.knows_role(&typed.role) {
        faults.push(FieldFault::new("role", "役割を一覧から選んでください。"));
    }
    if steward.circle == Circle::Staff && typed.branch.is_none() {
        faults.push(FieldFault::no_branch());
    }
    match (name, email) {
        (Some(name), Some(email)) if faults.is_empty() => Ok((login, name, email)),
        _ => Err(faults),
    }
}

pub(super) fn read_name(typed: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    let name = text::line(typed, 40).and_then(text::required);
    name.map_err(|fault| faults.push(FieldFault::new("name", fault.sentence("氏名"))))
        .ok()
}

pub(super) fn read_email(typed: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    Email::parse(typed)
        .map(|email| email.as_str().to_owned())
        .map_err(|fault| faults.push(FieldFault::new("email", fault.sentence("メールアドレス"))))
        .ok()
}

/// What became of a change to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Managed {
    Done,
    /// Nobody changes the own role or closes the own account.
    Oneself,
    /// Somebody has to be able to manage afterwards.
    LastAdministrator,
}

impl Managed {
    /// What to say where it was not done.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Done => None,
            Self::Oneself => {
                Some("ご自身の役割の変更や停止はできません。ほかの管理者へご依頼ください。")
            }
            Self::LastAdministrator => Some(
                "管理者が一人もいなくなるため、変更できません。先に、ほかの方を管理者にしてください。",
            ),
        }
    }
}

/// Gives an account another role, from its next request on.
///
/// # Errors
/// `NotFound` outside the circle, or for an unknown role.
pub async fn set_role(
    app: &App,
    steward: &Steward,
    account: i64,
    role: &str,
) -> Result<Managed, AppError> {
    if !steward.knows_role(role) {
        return Err(AppError::NotFound);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(steward.scope()).await?;
    let stays = role == "administrator";
    let before = match refusal(&mut tx, steward, account, stays).await? {
        Ok(user) => user.role,
        Err(refused) => return Ok(refused),
    };
    accounts::set_role(&mut tx, account, role).await?;
    let detail = json!({ "account_id": account, "from": before, "to": role });
    record_with(&mut tx, &steward.person, "account_role", detail, now).await?;
    tx.commit().await?;
    Ok(Managed::Done)
}

/// Closes an account; its sessions end at once.
///
/// # Errors
/// `NotFound` outside the circle.
pub async fn disable(app: &App, steward: &Steward, account: i64) -> Result<Managed, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(steward.scope()).await?;
    if let Err(refused) = refusal(&mut tx, steward, account, false).await? {
        return Ok(refused);
    }
    accounts::set_disabled(&mut tx, account, Some(now), now).await?;
    record(&mut tx, &steward.person, account, "account_disabled", now).await?;
    tx.commit().await?;
    Ok(Managed::Done)
}

/// Opens a closed account again; its password is the old one.
///
/// # Errors
/// `NotFound` outside the circle.
pub async fn enable(app: &App, steward: &Steward, account: i64) -> Result<Managed, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(steward.scope()).await?;
    accounts::find(&mut tx, steward.surety(), steward.circle, account).await?;
    accounts::set_disabled(&mut tx, account, None, now).await?;
    record(&mut tx, &steward.person, account, "account_enabled", now).await?;
    tx.commit().await?;
    Ok(Managed::Done)
}

/// The account, or why it may not lose its place; locks the administrators first.
async fn refusal(
    tx: &mut Tx,
    steward: &Steward,
    account: i64,
    stays_administrator: bool,
) -> Result<Result<UserRow, Managed>, AppError> {
    let administrators =
        accounts::lock_administrators(tx, steward.surety(), steward.circle).await?;
    let user = accounts::find(tx, steward.surety(), steward.circle, account).await?;
    if account == steward.person.account {
        return Ok(Err(Managed::Oneself));
    }
    let last = administrators == [account] && !stays_administrator && !steward.may_empty;
    Ok(if last {
        Err(Managed::LastAdministrator)
    } else {
        Ok(user)
    })
}

/// History of an account.
pub(super) async fn record(
    tx: &mut Tx,
    by: &Person,
    account: i64,
    kind: &str,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    record_with(tx, by, kind, json!({ "account_id": account }), now).await
}

/// History of an account with more to say than which one it was.
pub(super) async fn record_with(
    tx: &mut Tx,
    by: &Person,
    kind: &str,
    detail: serde_json::Value,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    tracing::info!(target: "audit", door = by.door.code(), by = by.account, kind, %detail);
    let event = NewEvent {
        surety: by.surety,
        contractor: by.contractor,
        branch: None,
        application: None,
        product: None,
        guarantee: None,
        at: now,
        actor_site: by.door.code(),
        actor_id: Some(by.account),
        actor_name: &by.name,
        kind,
        words: "",
        detail,
        shown: false,
    };
    events::add(tx, &event).await?;
    Ok(())
}
