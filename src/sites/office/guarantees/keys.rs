//! 認証キーの再発行 in the Office: ordered by the branch, or asked for by the contractor. No key is shown.

use axum::extract::State;
use uuid::Uuid;

use super::acts::back;
use super::number_of;
use crate::domain::text;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::{guarantees, renewals};
use crate::web::answer::PageResult;
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::state::Web;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// POST /office/guarantees/{number}/key-renewals: 再発行する
pub async fn order(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
    raw: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let id = Uuid::try_parse(raw.get("id")).map_err(|_| AppError::NotFound)?;
    there(&web, &who, number.digits()).await?;
    let told = match text::block(raw.get("reason"), REASON_MAX).and_then(text::required) {
        Err(fault) => Flash::warn(fault.sentence("再発行の理由")),
        Ok(reason) => told(renewals::order(&web, &who, number.digits(), id, &reason).await)?,
    };
    back(&web, &who, &typed, &told)
}

/// POST /office/guarantees/{number}/key-renewals/{id}/grant
pub async fn grant(
    State(web): State<Web>,
    who: Officer,
    Named((typed, id)): Named<(String, Uuid)>,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let told = told(renewals::grant(&web, &who, number.digits(), id).await)?;
    back(&web, &who, &typed, &told)
}

/// POST /office/guarantees/{number}/key-renewals/{id}/decline
pub async fn decline(
    State(web): State<Web>,
    who: Officer,
    Named((typed, id)): Named<(String, Uuid)>,
    raw: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    there(&web, &who, number.digits()).await?;
    let told = match text::block(raw.get("words"), REASON_MAX).and_then(text::required) {
        Err(fault) => Flash::warn(fault.sentence("お断りする理由")),
        Ok(words) => match renewals::decline(&web, &who, number.digits(), id, &words).await {
            Ok(()) => Flash::ok("再発行をお断りしました。理由はお客様に表示されます。"),
            Err(AppError::Conflict(words)) => Flash::warn(words),
            Err(error) => return Err(error),
        },
    };
    back(&web, &who, &typed, &told)
}

fn told(done: Result<(), AppError>) -> Result<Flash, AppError> {
    match done {
        Ok(()) => Ok(Flash::ok(
            "認証キーを再発行しています。終わると、これまでの認証キーは使えなくなり、お客様にメールでお知らせします。",
        )),
        Err(AppError::Conflict(words)) => Ok(Flash::warn(words)),
        Err(error) => Err(error),
    }
}

/// What is not theirs is not found, whatever was typed.
async fn there(web: &Web, who: &Officer, digits: &str) -> Result<(), AppError> {
    guarantees::office_detail(web, who, digits, None)
        .await
        .map(drop)
}
