//! A person's name, mail address and branch, as an administrator of the surety corrects them.

use serde_json::json;

use super::invitation::{self, Purpose};
use super::users::{self, FieldFault, MAIL_TAKEN, Steward, UserRow};
use crate::app::App;
use crate::db::accounts::{self, Circle};
use crate::db::constraint;
use crate::error::AppError;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Details {
    pub name: String,
    pub email: String,
    /// Staff only: where they work.
    pub branch: Option<i64>,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Corrected {
    Done {
        /// To the new address, for somebody who has not come in yet.
        invited: bool,
    },
    Refused(Vec<FieldFault>),
}

/// Corrects an account. Links that were mailed to another address open nothing any more; who has no
/// password yet is invited again, to the new one.
///
/// # Errors
/// `NotFound` outside the circle.
pub async fn correct(
    app: &App,
    steward: &Steward,
    account: i64,
    typed: &Details,
) -> Result<Corrected, AppError> {
    let mut faults = Vec::new();
    let name = users::read_name(&typed.name, &mut faults);
    let email = users::read_email(&typed.email, &mut faults);
    let staff = steward.circle() == Circle::Staff;
    if staff && typed.branch.is_none() {
        faults.push(FieldFault::no_branch());
    }
    let (Some(name), Some(email), true) = (name, email, faults.is_empty()) else {
        return Ok(Corrected::Refused(faults));
    };
    let now = app.clock.now();
    let mut tx = app.db.begin(steward.scope()).await?;
    let before: UserRow =
        accounts::find(&mut tx, steward.surety(), steward.circle(), account).await?;
    let branch = typed.branch.filter(|_| staff);
    if let Err(error) = accounts::set_details(&mut tx, account, &name, &email, branch).await {
        return match constraint(&error) {
            Some("accounts_mail_once_among_staff") => {
                Ok(Corrected::Refused(vec![FieldFault::new(
                    "email", MAIL_TAKEN,
                )]))
            }
            Some("accounts_branch") => Ok(Corrected::Refused(vec![FieldFault::no_branch()])),
            _ => Err(error.into()),
        };
    }
    let invited = before.email != email && !before.joined && before.disabled_at.is_none();
    if invited {
        invitation::queue(app, &mut tx, steward.surety(), account, Purpose::Invitation).await?;
    }
    let detail = json!({
        "account_id": account,
        "from": { "name": before.name, "email": before.email, "branch": before.branch_id },
        "to": { "name": name, "email": email, "branch": branch },
    });
    users::record_with(&mut tx, steward.person(), "account_corrected", detail, now).await?;
    tx.commit().await?;
    Ok(Corrected::Done { invited })
}
