//! 発注者ときまり: the register, and each rule book in full.

use askama::Template;
use axum::extract::State;

use crate::error::AppError;
use crate::services::Officer;
use crate::services::obligees::{self, Obligee};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::page::{Tag, Tone};
use crate::web::path::Named;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

struct Row {
    href: String,
    name: String,
    title_name: String,
    electronic: Tag,
    dates: String,
    version: String,
}

#[derive(Template)]
#[template(path = "office/admin/obligees.html")]
struct ListPage {
    shell: OfficeShell,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "office/admin/obligee.html")]
struct ShowPage {
    shell: OfficeShell,
    name: String,
    title_name: String,
    version: Option<i32>,
    facts: Vec<(String, String)>,
}

fn row(obligee: Obligee) -> Row {
    let listing = obligee.book.as_ref().map(|book| book.listing());
    let electronic = match listing.as_ref().and_then(|listing| listing.accepts) {
        Some(true) => Tag::new(Tone::Ok, "対応"),
        Some(false) => Tag::new(Tone::Mute, "未対応"),
        None => Tag::new(Tone::Warn, "未登録"),
    };
    Row {
        href: format!("{}/{}", to::OBLIGEES, obligee.id),
        name: obligee.name,
        title_name: obligee.title_name,
        electronic,
        dates: listing.map_or_else(|| "―".to_owned(), |listing| listing.dates),
        version: obligee
            .version
            .map_or_else(|| "―".to_owned(), |version| format!("版{version}")),
    }
}

/// GET /office/admin/obligees
pub async fn list(State(web): State<Web>, who: Officer) -> PageResult {
    let rows = obligees::for_officer(&web, &who).await?;
    answer::page(&ListPage {
        shell: shell::shell(&web, &who, OfficeMenu::Obligees, "obligees").await?,
        rows: rows.into_iter().map(row).collect(),
    })
}

/// GET /office/admin/obligees/{id}
pub async fn show(State(web): State<Web>, who: Officer, Named(id): Named<i64>) -> PageResult {
    let found = obligees::for_officer(&web, &who).await?;
    let obligee = found
        .into_iter()
        .find(|obligee| obligee.id == id)
        .ok_or(AppError::NotFound)?;
    answer::page(&ShowPage {
        shell: shell::shell(&web, &who, OfficeMenu::Obligees, "obligees").await?,
        facts: obligee
            .book
            .as_ref()
            .map_or_else(Vec::new, |book| book.full_facts()),
        name: obligee.name,
        title_name: obligee.title_name,
        version: obligee.version,
    })
}
