//! 保証契約内容の確認: one version of a certificate, drawn from its verified bytes.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use super::frame;
use super::guarantee::number_of;
use crate::domain::era;
use crate::error::AppError;
use crate::pdf::certificate::{Dress, certificate};
use crate::services::ContractorUser;
use crate::services::guarantees::{self, CertificateUse, Verified};
use crate::web::answer::{self, PageResult};
use crate::web::page::{BranchLine, HelpLink};
use crate::web::sheet::Sheet;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

#[derive(Template)]
#[template(path = "netdesk/certificates/show.html")]
struct CertificatePage {
    shell: NetdeskShell,
    number: String,
    product: &'static str,
    occasion: String,
    arrived: String,
    detail: String,
    pdf: String,
    envelope: String,
    sheet: Sheet,
}

/// In which form a version was asked for.
fn asked(file: &str) -> Option<(i32, CertificateUse)> {
    let (seq, usage) = match file.split_once('.') {
        None => (file, CertificateUse::Page),
        Some((seq, "pdf")) => (seq, CertificateUse::Pdf),
        Some((seq, "json")) => (seq, CertificateUse::Envelope),
        Some(_) => return None,
    };
    let plain = !seq.starts_with('0') && seq.bytes().all(|byte| byte.is_ascii_digit());
    let seq: i32 = seq.parse().ok().filter(|_| plain)?;
    Some((seq, usage))
}

/// `GET …/certificates/{seq}`, `.pdf` (写し), `.json` (the signed envelope).
///
/// # Errors
/// `NotFound` for other people's numbers, unknown versions and paper; `Internal` where the signature
/// does not hold.
pub async fn show(
    State(web): State<Web>,
    who: ContractorUser,
    Path((number, file)): Path<(String, String)>,
) -> PageResult {
    let number = number_of(&who, &number)?;
    let (seq, usage) = asked(&file).ok_or(AppError::NotFound)?;
    let verified = guarantees::certificate(&web, &who, number.digits(), seq, usage).await?;
    match usage {
        CertificateUse::Page => page(&web, &who, seq, verified),
        CertificateUse::Pdf => pdf(&web, verified).await,
        CertificateUse::Envelope => envelope(verified),
    }
}

fn page(web: &Web, who: &ContractorUser, seq: i32, verified: Verified) -> PageResult {
    let face = verified.face;
    let help = HelpLink::netdesk("guarantees", "保証契約一覧のヘルプ");
    let desk = who.desk().clone();
    let mut shell = frame::shell_of(web, who, Menu::Guarantees, help);
    // Questions go where the certificate says; only the usual branch's mail is known beside it.
    shell.branch = Some(BranchLine {
        mail: if desk.name == face.branch.name {
            desk.email
        } else {
            String::new()
        },
        name: face.branch.name.clone(),
        tel: face.branch.tel.clone(),
        fax: face.branch.fax.clone(),
        hours: desk.hours,
    });
    answer::page(&CertificatePage {
        shell,
        product: face.product.label(),
        occasion: face.occasion.label(),
        arrived: verified.arrived_at.map_or_else(String::new, era::stamp),
        detail: to::Guarantee(&face.number).to_string(),
        pdf: format!("{}.pdf", to::Certificate(&face.number, seq)),
        envelope: format!("{}.json", to::Certificate(&face.number, seq)),
        sheet: Sheet::copy(&face, copied(web, "印刷"))
            .with_lead()
            .remarked(verified.remark),
        number: face.number,
    })
}

/// The foot of a copy: when, from where, and what it is not good for.
fn copied(web: &Web, how: &str) -> String {
    format!(
        "写し（{} に{}から{how}）。発注者へは電子保証にかかる「認証キー」のお知らせをご提出ください。",
        era::stamp(web.clock.now()),
        web.names().netdesk,
    )
}

async fn pdf(web: &Web, verified: Verified) -> PageResult {
    let name = format!("{}-{}-copy.pdf", verified.face.number, verified.face.seq);
    let dress = Dress::Copy {
        line: copied(web, "保存"),
        remark: verified.remark.clone(),
    };
    // Drawing takes tens of milliseconds of pure reckoning: not on a thread that serves others.
    let bytes = tokio::task::spawn_blocking(move || certificate(&verified.face, &dress))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    Ok(file("application/pdf", "inline", &name, bytes))
}

fn envelope(verified: Verified) -> PageResult {
    let name = format!("{}-{}.json", verified.face.number, verified.face.seq);
    let bytes = verified.envelope.to_json().map_err(AppError::internal)?;
    Ok(file("application/json", "attachment", &name, bytes))
}

/// The name is made of figures, letters and hyphens only.
fn file(kind: &'static str, how: &str, name: &str, bytes: Vec<u8>) -> axum::response::Response {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_asked_for_by_its_sequence() {
        assert_eq!(asked("1"), Some((1, CertificateUse::Page)));
        assert_eq!(asked("12.pdf"), Some((12, CertificateUse::Pdf)));
        assert_eq!(asked("2.json"), Some((2, CertificateUse::Envelope)));
        for odd in [
            "",
            "0",
            "01",
            "-1",
            "+1",
            "1.PDF",
            "1.pdf.pdf",
            "1.",
            ".pdf",
            "99999999999",
        ] {
            assert_eq!(asked(odd), None, "{odd}");
        }
    }
}
