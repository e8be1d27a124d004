//! 支店: what an administrator keeps of the own surety's branches.

use serde_json::json;

use super::Officer;
use super::history::{self, Happened};
use super::registers::{Kept, Reader, administrator, refused};
use crate::app::App;
use crate::db::branches::{self, Contact};
use crate::db::constraint;
use crate::db::sureties;
pub use crate::db::sureties::BranchRow;
use crate::error::AppError;

/// What was typed for a branch.
#[derive(Debug, Clone, Default)]
pub struct BranchForm {
    /// Only when it is added.
    pub name: String,
    pub tel: String,
    pub fax: String,
    pub email: String,
    pub hours: String,
}

/// Names of the fields whose sentences come back: `name`, `tel`, `fax`, `email`, `hours`.
struct Read {
    tel: String,
    fax: String,
    email: String,
    hours: String,
}

impl Read {
    fn of(form: &BranchForm, reader: &mut Reader) -> Self {
        Self {
            tel: reader.phone("tel", "電話", &form.tel, true),
            fax: reader.phone("fax", "FAX", &form.fax, false),
            email: reader.email("email", "メールアドレス", &form.email),
            hours: reader.line("hours", "受付時間", &form.hours, 40),
        }
    }

    fn contact(&self) -> Contact<'_> {
        Contact {
            tel: &self.tel,
            fax: &self.fax,
            email: &self.email,
            hours: &self.hours,
        }
    }
}

/// The own surety's branches, head office last.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &Officer) -> Result<Vec<BranchRow>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = sureties::branches(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(rows)
}

/// # Errors
/// `NotFound` outside the own surety.
pub async fn find(app: &App, who: &Officer, id: i64) -> Result<BranchRow, AppError> {
    administrator(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = sureties::branch(&mut tx, who.surety, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Adds a branch; it needs a number block before it can issue.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn add(app: &App, who: &Officer, form: &BranchForm) -> Result<Kept<i64>, AppError> {
    administrator(who)?;
    let mut reader = Reader::default();
    let name = reader.printed("name", "支店名", &form.name, 30);
    let read = Read::of(form, &mut reader);
    if !reader.faults.is_empty() {
        return Ok(Kept::Refused(reader.faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let id = match branches::add(&mut tx, who.surety, &name, &read.contact()).await {
        Ok(id) => id,
        Err(error) if constraint(&error) == Some("branches_name_once") => {
            return Ok(refused(
                "name",
                format!(
                    "「{name}」はすでに登録されています。別の名前にするか、一覧から変更してください。"
                ),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let detail = json!({ "branch": id });
    let what = Happened::BranchAdded;
    history::record_register(&mut tx, who, None, what, &name, detail, now).await?;
    tx.commit().await?;
    Ok(Kept::Done(id))
}

/// Changes where a branch is reached. Certificates already issued keep what they say.
///
/// # Errors
/// `NotFound` for other roles and outside the own surety.
pub async fn change(
    app: &App,
    who: &Officer,
    id: i64,
    form: &BranchForm,
) -> Result<Kept<()>, AppError> {
    administrator(who)?;
    let mut reader = Reader::default();
    let read = Read::of(form, &mut reader);
    if !reader.faults.is_empty() {
        return Ok(Kept::Refused(reader.faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let before = sureties::branch(&mut tx, who.surety, id).await?;
    branches::change(&mut tx, who.surety, id, &read.contact()).await?;
    let detail = json!({
        "branch": id,
        "before": { "tel": before.tel, "fax": before.fax, "email": before.email, "hours": before.hours },
    });
    let what = Happened::BranchChanged;
    history::record_register(&mut tx, who, None, what, &before.name, detail, now).await?;
    tx.commit().await?;
    Ok(Kept::Done(()))
}
