//! 電子証書の確認: drawn from the stored bytes, once their signature was checked.
//!
//! The session knows one number, so the address names only the version. Links on the page also say
//! whose page they stand on (`?of=`): when a second sign-in has replaced the session, a press in the
//! old tab says so instead of showing the other certificate.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::panels::{Panels, panels};
use super::{common, help_link};
use crate::domain::certificate::{hex, sha256};
use crate::domain::era;
use crate::error::AppError;
use crate::services::KeyHolder;
use crate::services::viewing::{self, Kind, Look, Seen};
use crate::web::answer::{PageResult, page, page_with};
use crate::web::flash::Told;
use crate::web::form::Query;
use crate::web::session;
use crate::web::sheet::Sheet;
use crate::web::shell::DsureShell;
use crate::web::state::Web;
use crate::web::urls::dsure as to;

/// What an old tab is told.
const REPLACED: &str = "同じブラウザーで別の保証契約番号の証書を開いたため、この画面の証書の閲覧は終わりました。もう一度ご覧になるときは、番号と認証キーを入力してください。";

#[derive(Template)]
#[template(path = "dsure/certificates/show.html")]
struct ShowPage {
    shell: DsureShell,
    product: &'static str,
    /// 変更ー1; empty for the first version.
    change: String,
    works_name: String,
    sheet: Sheet,
    panels: Panels,
    seq: i32,
    of: String,
}

/// The version that was asked for counts no more.
#[derive(Template)]
#[template(path = "dsure/certificates/withdrawn.html")]
struct WithdrawnPage {
    shell: DsureShell,
    /// 変更ー1
    label: String,
    how: &'static str,
    at: String,
    /// Where the version in force is.
    held: String,
}

#[derive(Template)]
#[template(path = "dsure/certificates/alarm.html")]
struct AlarmPage {
    shell: DsureShell,
}

/// `{seq}`: the page, `{seq}.pdf`: a copy, `{seq}.json`: the signed envelope.
///
/// # Errors
/// `NotFound` for versions that are not there; `Conflict` in a tab whose session was replaced.
pub async fn show(
    State(web): State<Web>,
    who: KeyHolder,
    Path(file): Path<String>,
    Query(query): Query,
    Told(told): Told,
) -> PageResult {
    let (seq, kind) = read(&file).ok_or(AppError::NotFound)?;
    let of = mark(who.number());
    if query.opt("of").is_some_and(|asked| asked != of) {
        return Err(AppError::Conflict(REPLACED.to_owned()));
    }
    let seen = match viewing::look(&web, &who, seq, kind).await? {
        Look::Seen(seen) => seen,
        Look::Withdrawn {
            number,
            line,
            in_force,
        } => {
            let held = to::Certificate(i32::try_from(in_force).unwrap_or(1));
            return page_with(
                StatusCode::GONE,
                &WithdrawnPage {
                    shell: shell(&web, &who, number),
                    label: line.label,
                    how: line.how,
                    at: era::stamp(line.at),
                    held: format!("{held}?of={of}"),
                },
            );
        }
        Look::Alarm { number } => {
            let shell = shell(&web, &who, number);
            return page_with(StatusCode::CONFLICT, &AlarmPage { shell });
        }
    };
    match kind {
        Kind::Page => {
            let shell = shell(&web, &who, seen.face.number.clone()).flash(told);
            page(&show_page(&web, shell, &seen, seq, of))
        }
        Kind::Pdf => {
            let bytes = viewing::copy(&web, &seen)?;
            Ok(download("application/pdf", &seen, "pdf", bytes))
        }
        Kind::Envelope => {
            let bytes = seen.envelope()?;
            Ok(download("application/json", &seen, "json", bytes))
        }
    }
}

/// 署名の公開鍵 of all sureties.
///
/// # Errors
/// When the database cannot be reached.
pub async fn keys(State(web): State<Web>) -> PageResult {
    let bytes = viewing::public_keys(&web).await?.to_json()?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

fn shell(web: &Web, who: &KeyHolder, number: String) -> DsureShell {
    DsureShell {
        common: common(web),
        number,
        help: Some(help_link()),
    }
    .session(Some(session::end(web, who)))
}

fn show_page(web: &Web, shell: DsureShell, seen: &Seen, seq: i32, of: String) -> ShowPage {
    let now = web.clock.now();
    let face = &seen.face;
    let panels = panels(seen, era::tokyo_date(now), &of);
    let service = shell.common.service.clone();
    let head = shell.common.service_head().to_owned();
    let short: Vec<_> = panels.fingerprint.iter().take(2).cloned().collect();
    let line = format!(
        "閲覧日時 {}（{service}から印刷）。この印刷物は写しです。保証内容は{head}の画面でご確認ください。　指紋 {}",
        era::stamp(now),
        short.join(" ").to_uppercase()
    );
    let sheet = Sheet::copy(face, line).remarked(seen.remark(era::tokyo_date(now)));
    ShowPage {
        shell,
        product: face.product.label(),
        change: sheet.change.clone().unwrap_or_default(),
        works_name: face.works_name.clone(),
        sheet,
        panels,
        seq,
        of,
    }
}

/// Version and kind of `3`, `3.pdf`, `3.json`, written in this one way only.
fn read(file: &str) -> Option<(i32, Kind)> {
    let (seq, kind) = match file.split_once('.') {
        None => (file, Kind::Page),
        Some((seq, "pdf")) => (seq, Kind::Pdf),
        Some((seq, "json")) => (seq, Kind::Envelope),
        Some(_) => return None,
    };
    let number: i32 = seq.parse().ok()?;
    (number > 0 && number.to_string() == seq).then_some((number, kind))
}

/// Whose page a link stands on; no secret, and not the number itself.
fn mark(number: &str) -> String {
    hex(&sha256(format!("dsure page\0{number}").as_bytes()))
        .chars()
        .take(8)
        .collect()
}

fn download(kind: &'static str, seen: &Seen, ending: &str, bytes: Vec<u8>) -> Response {
    let name = format!("{}-{}.{ending}", seen.face.number, seen.face.seq);
    let mut answer = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    // The number of a verified face holds figures, a hyphen and a letter.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        answer
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_one_address_per_kind() {
        assert_eq!(read("1"), Some((1, Kind::Page)));
        assert_eq!(read("12.pdf"), Some((12, Kind::Pdf)));
        assert_eq!(read("1.json"), Some((1, Kind::Envelope)));
        for other in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1.",
            "1.PDF",
            "1.pdf.json",
            "99999999999",
            "１",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn pages_of_two_numbers_are_told_apart() {
        assert_eq!(mark("35075-00001").len(), 8);
        assert_ne!(mark("35075-00001"), mark("35075-00002"));
    }

    #[test]
    fn the_alarm_shows_nothing_of_the_certificate() {
        let shell = DsureShell {
            common: crate::web::page::Common::new(
                &crate::web::site::Names::default(),
                crate::web::site::Site::Dsure,
            ),
            number: "35075-00001M".to_owned(),
            help: None,
        };
        let html = AlarmPage { shell }.render().unwrap();
        assert!(html.contains("この証書は表示できません"));
        assert!(!html.contains("class=\"sheet\"") && !html.contains(".pdf"));
    }
}
