//! 電子保証にかかる「認証キー」のお知らせ: made when asked for, kept nowhere.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use super::guarantee::number_of;
use crate::domain::certificate::Occasion;
use crate::domain::era;
use crate::error::AppError;
use crate::pdf::key_notice::{KeyNotice, key_notice};
use crate::services::guarantees::{self, KeyUse};
use crate::services::{ContractorUser, sureties};
use crate::web::answer::{PageResult, Uncompressed};
use crate::web::state::Web;

/// The PDF, shown in the browser. Its making is recorded.
///
/// # Errors
/// `NotFound` for other people's numbers and for paper.
pub async fn pdf(
    State(web): State<Web>,
    who: ContractorUser,
    Path(number): Path<String>,
) -> PageResult {
    let number = number_of(&who, &number)?;
    let detail = guarantees::detail(&web, &who, number.digits()).await?;
    let surety = sureties::company(&web, &who).await?.surety;
    let key = guarantees::key(&web, &who, number.digits(), KeyUse::Notice).await?;
    let renewed_at = detail.renewed_at().map(era::stamp);
    let occasion = detail.in_force().map(|version| version.occasion.clone());
    let guarantee = detail.guarantee;
    // 受注者名: of a joint venture its representative.
    let contractor_name = match (guarantee.jv_name, guarantee.jv_representative) {
        (Some(_), Some(representative)) => representative,
        _ => guarantee.contractor_name,
    };
    let notice = KeyNotice {
        works_name: guarantee.works_name,
        contractor_name,
        product: guarantee.product,
        number: guarantee.number,
        key_groups: key.groups(),
        dsure_url: format!("{}/", web.addresses.dsure.trim_end_matches('/')),
        surety_name: surety.name,
        surety_address: surety.address,
        hours: format!("{}（土日祝日・年末年始除く）", detail.branch.hours),
        branch_name: detail.branch.name,
        tel: detail.branch.tel,
        fax: detail.branch.fax,
        occasion: occasion
            .filter(|occasion| *occasion != Occasion::New)
            .as_ref()
            .map(Occasion::label),
        renewed_at,
    };
    // Drawing takes tens of milliseconds of pure reckoning: not on a thread that serves others.
    let bytes = tokio::task::spawn_blocking(move || key_notice(&notice))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let head = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            r#"inline; filename="key-notice.pdf""#,
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut answer = (head, bytes).into_response();
    answer.extensions_mut().insert(Uncompressed);
    Ok(answer)
}
