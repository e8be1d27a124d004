//! 提出しました: the contractor notes on which day a certificate's key went to its obligee.

use serde_json::json;
use time::Date;

use super::ContractorUser;
use super::guarantees::Guarantee;
use super::history::{self, By, Entry, Happened};
use crate::app::App;
use crate::db::guarantees;
use crate::domain::era;
use crate::domain::product::CertificateForm;
use crate::error::AppError;

/// Why a day is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayFault {
    /// It lies after today.
    Ahead(Date),
    /// It lies before the certificate's date.
    Early(Date),
}

impl DayFault {
    pub fn sentence(self, label: &str) -> String {
        match self {
            Self::Ahead(today) => format!(
                "{label}は、きょう（{}）かそれより前の日付にしてください。",
                era::plain(today)
            ),
            Self::Early(issued) => format!(
                "{label}は、発行した日（{}）かそれより後の日付にしてください。",
                era::plain(issued)
            ),
        }
    }
}

/// Writes down that the key was handed in on a day. Said again, the newest entry counts.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers and for paper; `Conflict` after 解約.
pub async fn note(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    on: Date,
) -> Result<Result<(), DayFault>, AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let guarantee = Guarantee::try_from(row)?;
    if guarantee.form != CertificateForm::Electronic {
        return Err(AppError::NotFound);
    }
    if guarantee.terminated_on.is_some() {
        return Err(AppError::Conflict(
            "この保証契約は解約されています。提出は記録していません。".to_owned(),
        ));
    }
    let today = era::tokyo_date(now);
    if on > today {
        return Ok(Err(DayFault::Ahead(today)));
    }
    if on < guarantee.issued_on {
        return Ok(Err(DayFault::Early(guarantee.issued_on)));
    }
    let about = guarantee.about(who);
    let words = format!("{}に提出", era::plain(on));
    let detail = json!({ "on": on.to_string() });
    let what = Happened::HandedIn;
    history::record(
        &mut tx,
        By::Contractor(who),
        &about,
        what,
        &words,
        detail,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The newest entry of a history that says it was handed in.
pub fn newest(history: &[Entry]) -> Option<&Entry> {
    let told = history
        .iter()
        .filter(|entry| entry.what == Some(Happened::HandedIn));
    told.max_by_key(|entry| entry.at)
}
