//! お客様: the contractor companies, as the surety's administrator keeps them.

use serde_json::json;

use super::Officer;
use super::cases::as_typed;
use super::history::{self, Happened};
use super::registers::{Kept, Reader, administrator, refused};
use crate::app::App;
use crate::db::constraint;
pub use crate::db::contractors::ContractorLine;
use crate::db::contractors::{self, Record};
use crate::db::sureties;
pub use crate::db::sureties::ContractorRow;
use crate::error::AppError;

/// Rows of a page.
pub const PER_PAGE: i64 = 50;

/// What was typed for a contractor.
#[derive(Debug, Clone, Default)]
pub struct ContractorForm {
    /// Only when it is added.
    pub name: String,
    pub address: String,
    pub representative: String,
    pub email: String,
    pub tel: String,
    /// The usual branch.
    pub branch: Option<i64>,
    pub lump_sum: bool,
    /// 保証料請求先, one a line.
    pub billing_places: String,
}

struct Read {
    branch: i64,
    address: String,
    representative: String,
    email: String,
    tel: String,
    lump_sum: bool,
    billing_places: Vec<String>,
}

impl Read {
    fn of(form: &ContractorForm, reader: &mut Reader) -> Self {
        Self {
            address: reader.printed("address", "所在地", &form.address, 100),
            representative: reader.printed("representative", "代表者", &form.representative, 60),
            email: reader.email("email", "メールアドレス", &form.email),
            tel: reader.phone("tel", "電話", &form.tel, false),
            branch: reader.choice("branch", "取扱支店", form.branch),
            lump_sum: form.lump_sum,
            billing_places: reader.lines(
                "billing_places",
                "保証料請求先",
                &form.billing_places,
                40,
            ),
        }
    }

    fn record(&self) -> Record<'_> {
        Record {
            branch: self.branch,
            address: &self.address,
            representative: &self.representative,
            email: &self.email,
            tel: &self.tel,
            lump_sum: self.lump_sum,
            billing_places: &self.billing_places,
        }
    }
}

/// A page of the register.
#[derive(Debug, Clone)]
pub struct Contractors {
    pub rows: Vec<ContractorLine>,
    pub total: i64,
}

/// The own surety's contractors by name; `page` from 1.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn list(
    app: &App,
    who: &Officer,
    words: &str,
    page: i64,
) -> Result<Contractors, AppError> {
    administrator(who)?;
    let like = as_typed(words);
    let like = like.as_deref();
    let offset = (page.max(1) - 1).saturating_mul(PER_PAGE);
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = contractors::list(&mut tx, who.surety, like, PER_PAGE, offset).await?;
    let total = contractors::count(&mut tx, who.surety, like).await?;
    tx.commit().await?;
    Ok(Contractors { rows, total })
}

/// # Errors
/// `NotFound` outside the own surety.
pub async fn find(app: &App, who: &Officer, id: i64) -> Result<ContractorRow, AppError> {
    administrator(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = sureties::contractor(&mut tx, who.surety, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// # Errors
/// `NotFound` for other roles.
pub async fn add(app: &App, who: &Officer, form: &ContractorForm) -> Result<Kept<i64>, AppError> {
    administrator(who)?;
    let mut reader = Reader::default();
    let name = reader.printed("name", "会社名", &form.name, 60);
    let read = Read::of(form, &mut reader);
    if !reader.faults.is_empty() {
        return Ok(Kept::Refused(reader.faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let id = match contractors::add(&mut tx, who.surety, &name, &read.record(), now).await {
        Ok(id) => id,
        Err(error) => {
            return match constraint(&error) {
                Some("contractors_name_once") => Ok(refused(
                    "name",
                    format!(
                        "「{name}」は、同じ所在地ですでに登録されています。一覧から選んでください。"
                    ),
                )),
                Some("contractors_branch") => Ok(not_our_branch()),
                _ => Err(error.into()),
            };
        }
    };
    let what = Happened::ContractorAdded;
    history::record_register(&mut tx, who, Some(id), what, &name, json!({}), now).await?;
    tx.commit().await?;
    Ok(Kept::Done(id))
}

/// Changes what is known of a contractor. Certificates already issued keep what they say; what is
/// approved and not yet issued no longer fits its approval.
///
/// # Errors
/// `NotFound` for other roles and outside the own surety.
pub async fn change(
    app: &App,
    who: &Officer,
    id: i64,
    form: &ContractorForm,
) -> Result<Kept<()>, AppError> {
    administrator(who)?;
    let mut reader = Reader::default();
    let read = Read::of(form, &mut reader);
    if !reader.faults.is_empty() {
        return Ok(Kept::Refused(reader.faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let before = sureties::contractor(&mut tx, who.surety, id).await?;
    if let Err(error) = contractors::change(&mut tx, who.surety, id, &read.record()).await {
        return match constraint(&error) {
            Some("contractors_name_once") => Ok(refused(
                "address",
                "この会社名と所在地は、別のお客様としてすでに登録されています。",
            )),
            Some("contractors_branch") => Ok(not_our_branch()),
            _ => Err(error.into()),
        };
    }
    let detail = json!({ "before": {
        "branch": before.branch_id,
        "address": before.address,
        "representative": before.representative,
        "email": before.email,
        "tel": before.tel,
        "lump_sum": before.lump_sum,
        "billing_places": before.billing_places,
    }});
    let what = Happened::ContractorChanged;
    history::record_register(&mut tx, who, Some(id), what, &before.name, detail, now).await?;
    tx.commit().await?;
    Ok(Kept::Done(()))
}

fn not_our_branch<T>() -> Kept<T> {
    refused("branch", "取扱支店を一覧から選んでください。")
}
