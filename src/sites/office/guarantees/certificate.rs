//! One version of a certificate for staff: as a sheet, as PDF marked 写し, as the signed envelope.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::number_of;
use crate::domain::certificate::CertificateFace;
use crate::domain::era;
use crate::error::AppError;
use crate::pdf::certificate::{Dress, certificate};
use crate::services::Officer;
use crate::services::guarantees::{self, Verified};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::path::Named;
use crate::web::sheet::Sheet;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

#[derive(Template)]
#[template(path = "office/guarantees/certificate.html")]
struct Page {
    shell: OfficeShell,
    number: String,
    product: &'static str,
    occasion: String,
    arrived: Option<String>,
    sha256: String,
    back: String,
    files: String,
    sheet: Sheet,
}

enum Kind {
    Page,
    Pdf,
    Envelope,
}

/// In which form a version was asked for.
fn asked(file: &str) -> Option<(i32, Kind)> {
    let (seq, kind) = match file.split_once('.') {
        None => (file, Kind::Page),
        Some((seq, "pdf")) => (seq, Kind::Pdf),
        Some((seq, "json")) => (seq, Kind::Envelope),
        Some(_) => return None,
    };
    let plain = !seq.starts_with('0') && seq.bytes().all(|byte| byte.is_ascii_digit());
    let seq = seq.parse().ok().filter(|_| plain)?;
    Some((seq, kind))
}

/// GET /office/guarantees/{number}/certificates/{seq}, `.pdf` (写し), `.json` (the signed envelope).
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named((number, file)): Named<(String, String)>,
) -> PageResult {
    let number = number_of(&who, &number)?;
    let (seq, kind) = asked(&file).ok_or(AppError::NotFound)?;
    let verified = guarantees::office_certificate(&web, &who, number.digits(), seq).await?;
    match kind {
        Kind::Page => page(&web, &who, seq, verified).await,
        Kind::Pdf => {
            let name = format!("{}-{seq}-copy.pdf", verified.face.number);
            let line = copied(&web, "保存");
            let remark = verified.remark;
            pdf(verified.face, Dress::Copy { line, remark }, &name).await
        }
        Kind::Envelope => {
            let name = format!("{}-{seq}.json", verified.face.number);
            let bytes = verified.envelope.to_json().map_err(AppError::internal)?;
            Ok(file_answer("application/json", "attachment", &name, bytes))
        }
    }
}

async fn page(web: &Web, who: &Officer, seq: i32, verified: Verified) -> PageResult {
    let face = verified.face;
    let back = to::Guarantee(&face.number).to_string();
    answer::page(&Page {
        shell: shell::shell(web, who, OfficeMenu::Guarantees, "guarantee").await?,
        product: face.product.label(),
        occasion: face.occasion.label(),
        arrived: verified.arrived_at.map(era::stamp),
        sha256: grouped(&verified.sha256),
        files: format!("{back}/certificates/{seq}"),
        back,
        sheet: Sheet::copy(&face, copied(web, "印刷")).remarked(verified.remark),
        number: face.number,
    })
}

/// Hex in groups of eight.
fn grouped(hex: &str) -> String {
    let groups: Vec<&str> = (0..hex.len())
        .step_by(8)
        .filter_map(|at| hex.get(at..(at + 8).min(hex.len())))
        .collect();
    groups.join(" ")
}

/// The foot of a copy: when, from where, and what it is not good for.
fn copied(web: &Web, how: &str) -> String {
    format!(
        "写し（{} に{}から{how}）。発注者へ提出する証書ではありません。",
        era::stamp(web.clock.now()),
        web.names().office,
    )
}

/// A certificate as PDF.
///
/// # Errors
/// `Internal` where it cannot be drawn.
pub(super) async fn pdf(
    face: CertificateFace,
    dress: Dress,
    name: &str,
) -> Result<Response, AppError> {
    // Drawing takes tens of milliseconds of pure reckoning: not on a thread that serves others.
    let bytes = tokio::task::spawn_blocking(move || certificate(&face, &dress))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    Ok(file_answer("application/pdf", "inline", name, bytes))
}

/// The name is made of figures, letters and hyphens only.
fn file_answer(kind: &'static str, how: &str, name: &str, bytes: Vec<u8>) -> Response {
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!(r#"{how}; filename="{name}""#),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (head, bytes).into_response()
}
