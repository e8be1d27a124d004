//! Setting an installation up: sureties with branches and number blocks, contractors, people,
//! obligees. Run from the command line over the owner's login, never from a site.

use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::db::founding::{self, NewBranch, NewContractor, NewPerson, NewSurety};
use crate::db::{Scope, jobs};
use crate::domain::rulebook::RuleBook;
use crate::error::AppError;

/// A branch with its first block of contract numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchPlan {
    pub name: String,
    pub tel: String,
    pub fax: String,
    pub email: String,
    pub hours: String,
    /// Five digits, unique in the installation.
    pub block: String,
    pub is_head: bool,
}

/// A surety with everything its certificates say of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuretyPlan {
    pub name: String,
    pub address: String,
    pub president_title: String,
    pub president_name: String,
    /// The letter at the end of its contract numbers.
    pub suffix: char,
    pub vow_prepayment: String,
    pub vow_contract: String,
    /// 契約保証予約証書's; left out, the usual words.
    #[serde(default)]
    pub vow_reservation: Option<String>,
    pub branches: Vec<BranchPlan>,
}

/// Founds a surety with its branches; all or nothing. One with this letter that is there stays as it is.
///
/// # Errors
/// When a name or block is taken already.
pub async fn found(app: &App, plan: &SuretyPlan) -> Result<i64, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let letter = plan.suffix.to_string();
    if let Some(surety) = founding::surety_by_suffix(&mut tx, &letter).await? {
        return Ok(surety);
    }
    let surety = founding::surety(
        &mut tx,
        &NewSurety {
            name: &plan.name,
            address: &plan.address,
            president_title: &plan.president_title,
            president_name: &plan.president_name,
            suffix: &letter,
            vow_prepayment: &plan.vow_prepayment,
            vow_contract: &plan.vow_contract,
            vow_reservation: plan.vow_reservation.as_deref(),
        },
    )
    .await?;
    for branch in &plan.branches {
        let id = founding::branch(
            &mut tx,
            &NewBranch {
                surety,
                name: &branch.name,
                tel: &branch.tel,
                fax: &branch.fax,
                email: &branch.email,
                hours: &branch.hours,
                is_head: branch.is_head,
            },
        )
        .await?;
        founding::block(&mut tx, surety, id, &branch.block, now).await?;
    }
    tx.commit().await?;
    Ok(surety)
}

/// How a person first gets in.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// By a mailed single-use link.
    Invitation,
    /// With a password known beforehand: demo and tests only.
    Password(&'a str),
}

/// Somebody to register.
#[derive(Debug, Clone, Copy)]
pub struct PersonPlan<'a> {
    pub login: &'a str,
    pub role: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub entry: Entry<'a>,
}

/// Registers a member of staff at a branch. A login that is there stays as it is.
///
/// # Errors
/// `NotFound` for an unknown surety or branch.
pub async fn add_staff(
    app: &App,
    suffix: char,
    branch: &str,
    person: &PersonPlan<'_>,
) -> Result<(), AppError> {
    if has_login(app, person.login).await? {
        return Ok(());
    }
    let phc = phc(app, person.entry).await?;
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = surety_of(&mut tx, suffix).await?;
    let branch = founding::branch_named(&mut tx, surety, branch)
        .await?
        .ok_or(AppError::NotFound)?;
    let new = NewPerson {
        site: "office",
        login: person.login,
        surety,
        contractor: None,
        branch: Some(branch),
        role: person.role,
        name: person.name,
        email: person.email,
        password_phc: phc.as_deref(),
    };
    match register(app, &mut tx, &new).await {
        Ok(_) => {}
        Err(AppError::Internal(error)) => {
            let taken = error
                .downcast_ref::<sqlx::Error>()
                .and_then(crate::db::constraint);
            return Err(match taken {
                Some("accounts_mail_once_among_staff") => AppError::Conflict(format!(
                    "{} is another member of staff's address",
                    person.email
                )),
                _ => AppError::Internal(error),
            });
        }
        Err(other) => return Err(other),
    }
    tx.commit().await?;
    Ok(())
}

async fn has_login(app: &App, login: &str) -> Result<bool, AppError> {
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let there = founding::has_login(&mut tx, login).await?;
    tx.commit().await?;
    Ok(there)
}

/// A contractor with its users.
#[derive(Debug, Clone, Copy)]
pub struct ContractorPlan<'a> {
    pub name: &'a str,
    pub address: &'a str,
    pub representative: &'a str,
    pub email: &'a str,
    pub tel: &'a str,
    pub branch: &'a str,
    pub lump_sum: bool,
    pub billing_places: &'a [&'a str],
}

/// Registers a contractor and its users; where the first login is there, all of it is.
///
/// # Errors
/// As [`add_staff`].
pub async fn add_contractor(
    app: &App,
    suffix: char,
    plan: &ContractorPlan<'_>,
    users: &[PersonPlan<'_>],
) -> Result<(), AppError> {
    if let Some(first) = users.first()
        && has_login(app, first.login).await?
    {
        return Ok(());
    }
    let mut hashed = Vec::new();
    for user in users {
        hashed.push(phc(app, user.entry).await?);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = surety_of(&mut tx, suffix).await?;
    let branch = founding::branch_named(&mut tx, surety, plan.branch)
        .await?
        .ok_or(AppError::NotFound)?;
    let contractor = founding::contractor(
        &mut tx,
        &NewContractor {
            surety,
            branch,
            name: plan.name,
            address: plan.address,
            representative: plan.representative,
            email: plan.email,
            tel: plan.tel,
            lump_sum: plan.lump_sum,
            billing_places: plan.billing_places,
        },
        now,
    )
    .await?;
    for (user, phc) in users.iter().zip(&hashed) {
        let new = NewPerson {
            site: "netdesk",
            login: user.login,
            surety,
            contractor: Some(contractor),
            branch: None,
            role: user.role,
            name: user.name,
            email: user.email,
            password_phc: phc.as_deref(),
        };
        register(app, &mut tx, &new).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Registers an obligee with its rule book.
///
/// # Errors
/// As [`add_staff`].
pub async fn add_obligee(
    app: &App,
    suffix: char,
    name: &str,
    title_name: &str,
    book: &RuleBook,
) -> Result<(), AppError> {
    let book = serde_json::to_value(book)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = surety_of(&mut tx, suffix).await?;
    if founding::has_obligee(&mut tx, surety, name).await? {
        return Ok(());
    }
    founding::obligee(&mut tx, surety, name, title_name, &book, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn surety_of(conn: &mut sqlx::PgConnection, suffix: char) -> Result<i64, AppError> {
    founding::surety_by_suffix(conn, &suffix.to_string())
        .await?
        .ok_or(AppError::NotFound)
}

async fn phc(app: &App, entry: Entry<'_>) -> Result<Option<String>, AppError> {
    Ok(match entry {
        Entry::Invitation => None,
        Entry::Password(password) => Some(
            app.vault
                .hashing()
                .hash(password, app.chance.bytes())
                .await?,
        ),
    })
}

/// The row, and where no password is known the mail with its link.
async fn register(
    app: &App,
    conn: &mut sqlx::PgConnection,
    new: &NewPerson<'_>,
) -> Result<i64, AppError> {
    let now = app.clock.now();
    let account = founding::person(conn, new, now).await?;
    if new.password_phc.is_none() {
        let payload = json!({ "account": account, "purpose": "invitation" });
        let id = app.chance.id(now);
        jobs::add(conn, id, new.surety, "mail_invitation", &payload, now).await?;
    }
    Ok(account)
}
