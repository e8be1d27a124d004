//! The demo world: loaded once through the same verbs as anybody's work, safe to begin again.
//!
//! Every step is a verb that may be pressed twice, and applications have fixed ids; so a start
//! that was killed half-way is simply continued by the next one.

mod people;
mod stories;
mod tariffs;

use people::{CONTRACTORS, HOURS, STAFF, SURETIES, VOW_CONTRACT, VOW_PREPAYMENT};

use super::books;
use crate::app::App;
use crate::error::AppError;
use crate::mail::Mailer;
use crate::services::accounts::sessions;
use crate::services::accounts::signin::{self, SignIn};
use crate::services::accounts::{DEMO_PASSWORD, Door};
use crate::services::founding::{self, BranchPlan, ContractorPlan, Entry, PersonPlan, SuretyPlan};
use crate::services::{ContractorUser, Officer};

/// A login for people to try, with where it belongs and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoLogin {
    pub login: &'static str,
    /// Company or branch.
    pub place: &'static str,
    /// Role code.
    pub role: &'static str,
}

/// The logins of Net Desk.
pub fn netdesk_logins() -> Vec<DemoLogin> {
    CONTRACTORS
        .iter()
        .flat_map(|company| {
            company.users.iter().map(|(login, _, _, role)| DemoLogin {
                login,
                place: company.name,
                role,
            })
        })
        .collect()
}

/// The logins of the Office.
pub fn office_logins() -> Vec<DemoLogin> {
    STAFF
        .iter()
        .map(|(login, _, place, role)| DemoLogin { login, place, role })
        .collect()
}

/// Loads what is not there yet. The mailer sends to the catcher, as everything under `demo`.
///
/// # Errors
/// When the database cannot be reached; begin again.
pub async fn load(app: &App, mailer: &Mailer) -> Result<(), AppError> {
    found(app).await?;
    stories::tell(app, mailer).await
}

/// Sureties, people, obligees and fee tables.
///
/// # Errors
/// When the database cannot be reached; begin again.
pub async fn found(app: &App) -> Result<(), AppError> {
    for surety in &SURETIES {
        let branches = surety
            .branches
            .iter()
            .map(|branch| BranchPlan {
                name: branch.name.to_owned(),
                tel: branch.tel.to_owned(),
                fax: branch.fax.to_owned(),
                email: branch.email.to_owned(),
                hours: HOURS.to_owned(),
                block: branch.block.to_owned(),
                is_head: branch.is_head,
            })
            .collect();
        let plan = SuretyPlan {
            name: surety.name.to_owned(),
            address: surety.address.to_owned(),
            president_title: surety.president_title.to_owned(),
            president_name: surety.president_name.to_owned(),
            suffix: letter(surety.suffix),
            vow_prepayment: VOW_PREPAYMENT.to_owned(),
            vow_contract: VOW_CONTRACT.to_owned(),
            branches,
        };
        founding::found(app, &plan).await?;
    }
    let entry = Entry::Password(DEMO_PASSWORD);
    for (login, name, branch, role) in STAFF {
        let email = format!("{login}@staff.example");
        let person = PersonPlan {
            login,
            role,
            name,
            email: &email,
            entry,
        };
        founding::add_staff(app, suffix_of(branch), branch, &person).await?;
    }
    for company in &CONTRACTORS {
        let users: Vec<_> = company
            .users
            .iter()
            .map(|(login, name, email, role)| PersonPlan {
                login,
                role,
                name,
                email,
                entry,
            })
            .collect();
        let plan = ContractorPlan {
            name: company.name,
            address: company.address,
            representative: company.representative,
            email: company.email,
            tel: company.tel,
            branch: company.branch,
            lump_sum: company.lump_sum,
            billing_places: company.billing_places,
        };
        founding::add_contractor(app, suffix_of(company.branch), &plan, &users).await?;
    }
    for obligee in books::books() {
        let suffix = letter(obligee.surety);
        founding::add_obligee(app, suffix, obligee.body, obligee.title, &obligee.book).await?;
    }
    tariffs::set(app).await
}

/// The names of the demo's sureties.
pub fn surety_names() -> Vec<&'static str> {
    SURETIES.iter().map(|surety| surety.name).collect()
}

fn letter(suffix: &str) -> char {
    suffix.chars().next().unwrap_or('?')
}

/// The letter of the surety a branch belongs to.
fn suffix_of(branch: &str) -> char {
    SURETIES
        .iter()
        .find(|surety| surety.branches.iter().any(|known| known.name == branch))
        .map_or('?', |surety| letter(surety.suffix))
}

/// A demo user of a contractor, signed in as anybody would be.
///
/// # Errors
/// `Denied` when the sign-in fails.
pub async fn contractor(app: &App, login: &str) -> Result<ContractorUser, AppError> {
    let SignIn::In(token) =
        signin::sign_in(app, Door::Netdesk, login, DEMO_PASSWORD, "demo").await?
    else {
        return Err(AppError::Denied("the demo's own sign-in failed"));
    };
    let who = sessions::contractor_of(app, &token).await?;
    signin::sign_out(app, Door::Netdesk, &token).await?;
    who.ok_or(AppError::NotFound)
}

/// A demo member of staff, signed in as anybody would be.
///
/// # Errors
/// `Denied` when the sign-in fails.
pub async fn officer(app: &App, login: &str) -> Result<Officer, AppError> {
    let SignIn::In(token) =
        signin::sign_in(app, Door::Office, login, DEMO_PASSWORD, "demo").await?
    else {
        return Err(AppError::Denied("the demo's own sign-in failed"));
    };
    let who = sessions::officer_of(app, &token).await?;
    signin::sign_out(app, Door::Office, &token).await?;
    who.ok_or(AppError::NotFound)
}
