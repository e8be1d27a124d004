//! 保証契約情報ダウンロード: what is wanted, how much that is, and the files.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::frame;
use crate::domain::export::{MISSING, SCHEMA};
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::downloads::{self, Wish};
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::form::{Query, RawForm};
use crate::web::page::HelpLink;
use crate::web::path::Named;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::span::Span;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

mod files;

use files::Format;

/// What a downloaded JSON holds.
const SCHEMA_FILE: &str = include_str!("../../../static/schema/guarantees-1.json");
/// Rows of a sheet, one of which the heads take: Excel's own limit.
const SHEET_ROWS: i64 = 1_048_575;

#[derive(Template)]
#[template(path = "netdesk/downloads/page.html")]
struct Page {
    shell: NetdeskShell,
    period: FieldView,
    form: FieldView,
    /// Code, label, ticked.
    products: Vec<(&'static str, &'static str, bool)>,
    ready: Option<Ready>,
}

/// What can be fetched.
struct Ready {
    count: i64,
    links: Vec<Link>,
}

struct Link {
    href: String,
    words: &'static str,
    about: String,
    /// Excel's own limit is exceeded: there is nothing to fetch.
    barred: bool,
}

/// GET /netdesk/downloads
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(State(web): State<Web>, who: ContractorUser, Query(query): Query) -> PageResult {
    let wanted = query.get("asked") == "1";
    let (span, wish) = read(&query);
    let period = FieldView::period(
        "期間（発行日）",
        ("from", query.get("from")),
        ("until", query.get("until")),
    )
    .optional()
    .hint("空欄のときは、始めから今日までです。");
    let every = Choice::new("", "すべて");
    let forms = CertificateForm::ALL.map(|it| Choice::new(it.code(), it.label()));
    let chosen = wish.form.map_or("", CertificateForm::code);
    let form = FieldView::radios(
        "form",
        "証書の形式",
        chosen,
        std::iter::once(every).chain(forms).collect(),
    );
    let help = HelpLink::netdesk("downloads", "保証契約情報ダウンロードのヘルプ");
    let mut page = Page {
        shell: frame::shell(&web, &who, Menu::Downloads, help),
        period,
        form,
        products: Product::ALL
            .map(|it| {
                let ticked = wish.products.is_empty() || wish.products.contains(&it);
                (it.code(), it.label(), ticked)
            })
            .to_vec(),
        ready: None,
    };
    if !wanted {
        return answer::page(&page);
    }
    page.period = page
        .period
        .error(span.from.as_ref().err())
        .error_until(span.until.as_ref().err());
    if span.days().is_none() {
        page.shell = page
            .shell
            .errors(ErrorSummary::of(std::slice::from_ref(&page.period)));
        return answer::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let count = downloads::count(&web, &who, &wish).await?;
    page.ready = Some(Ready {
        count,
        links: Format::ALL.map(|it| link(it, &query, count)).into(),
    });
    answer::page(&page)
}

/// GET /netdesk/downloads/{file}: a file for the conditions in the address.
///
/// # Errors
/// `NotFound` for other files; when the database cannot be reached.
pub async fn file(
    State(web): State<Web>,
    who: ContractorUser,
    Named(name): Named<String>,
    Query(query): Query,
) -> PageResult {
    if to::DOWNLOADS_SCHEMA.ends_with(&name) {
        let kind = [(header::CONTENT_TYPE, "application/schema+json")];
        return Ok((kind, SCHEMA_FILE).into_response());
    }
    let format = Format::ALL.into_iter().find(|it| it.file() == name);
    let format = format.ok_or(AppError::NotFound)?;
    let (span, wish) = read(&query);
    if span.days().is_none() {
        // The page with the same conditions says what is wrong with them.
        return Ok(answer::see_other(format!(
            "{}?{}",
            to::DOWNLOADS,
            asked(&query)
        )));
    }
    let body = if format == Format::Xlsx {
        let count = downloads::count(&web, &who, &wish).await?;
        if count > SHEET_ROWS {
            return Err(AppError::Conflict(too_long(count)));
        }
        files::workbook(&web, &who, wish).await?
    } else {
        files::stream(&web, &who, wish, format)
    };
    let mut answer: Response = body.into_response();
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.kind()),
    );
    let name = format!(r#"attachment; filename="{}""#, format.file());
    let name = HeaderValue::from_str(&name).map_err(AppError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}

/// The conditions; what cannot be read of the period leaves the wish without it.
fn read(query: &RawForm) -> (Span, Wish) {
    let span = Span::read(query.get("from"), query.get("until"), "期間");
    let days = span.days().unwrap_or_default();
    let mut products: Vec<_> = query
        .all("product")
        .filter_map(Product::from_code)
        .collect();
    products.dedup();
    if products.len() == Product::ALL.len() {
        products.clear();
    }
    let wish = Wish {
        products,
        form: CertificateForm::from_code(query.get("form")),
        from: days.0,
        to: days.1,
    };
    (span, wish)
}

/// The conditions as they stand in an address.
fn asked(query: &RawForm) -> String {
    let known = ["asked", "from", "until", "product", "form"];
    let fields: Vec<_> = query
        .iter()
        .filter(|(name, _)| known.contains(name))
        .collect();
    serde_urlencoded::to_string(fields).unwrap_or_default()
}

fn link(format: Format, query: &RawForm, count: i64) -> Link {
    let barred = format == Format::Xlsx && count > SHEET_ROWS;
    Link {
        href: format!("{}/{}?{}", to::DOWNLOADS, format.file(), asked(query)),
        words: format.words(),
        about: if barred {
            too_long(count)
        } else {
            format.about()
        },
        barred,
    }
}

fn too_long(count: i64) -> String {
    format!(
        "Excelの1枚のシートに書けるのは{SHEET_ROWS}件までで、{count}件は書けません。期間を分けるか、CSVかJSONをお選びください。"
    )
}

impl Format {
    fn about(self) -> String {
        match self {
            Self::Csv => "文字コードはUTF-8（BOM付き）。Excelでそのまま開けます。".to_owned(),
            Self::ShiftJis => {
                format!("文字コードはShift_JIS。書けない文字は「{MISSING}」になります。")
            }
            Self::Missing => {
                "Shift_JISで書けない文字の一覧（UTF-8のCSV）。なければ見出しだけです。".to_owned()
            }
            Self::Xlsx => "Excelのブック。日付と金額に書式が付いています。".to_owned(),
            Self::Json => format!("プログラム用。形式は {SCHEMA} です。"),
        }
    }
}
