//! 発注者ときまり: the register, and each rule book in full.

use askama::Template;
use axum::extract::State;

use super::{FormPage, books};
use crate::domain::era;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::obligees::{self, Obligee};
use crate::services::registers::Kept;
use crate::services::rulebooks::{self, Version};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag, Tone};
use crate::web::path::Named;
use crate::web::rescue::Rescued;
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
    base: String,
    name: String,
    title_name: String,
    version: Option<i32>,
    facts: Vec<(String, String)>,
    /// There is a version at all.
    known: bool,
    versions: Vec<VersionLine>,
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

/// One version in the list of an obligee's page.
struct VersionLine {
    href: String,
    name: String,
    /// 2027/04/01 から
    days: String,
    tag: Option<Tag>,
    by: String,
    at: String,
}

/// GET /office/admin/obligees/{id}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
) -> PageResult {
    let shelf = rulebooks::shelf(&web, &who, id).await?;
    let own = shell::shell(&web, &who, OfficeMenu::Obligees, "obligees").await?;
    let in_force = shelf.versions.iter().find(|version| version.in_force);
    answer::page(&ShowPage {
        shell: own.flash(told),
        base: format!("{}/{id}", to::OBLIGEES),
        facts: in_force.map_or_else(Vec::new, |version| version.book.full_facts()),
        version: in_force.map(|version| version.number),
        known: !shelf.versions.is_empty(),
        versions: shelf
            .versions
            .iter()
            .map(|version| line(id, version))
            .collect(),
        name: shelf.name,
        title_name: shelf.title_name,
    })
}

fn line(obligee: i64, version: &Version) -> VersionLine {
    let number = version.number;
    VersionLine {
        href: books::address(obligee, number),
        name: format!("版{number}"),
        days: version.real.map_or_else(|| "―".to_owned(), books::days),
        tag: match (version.in_force, version.real) {
            (true, _) => Some(Tag::new(Tone::Ok, "いま適用")),
            (false, None) => Some(Tag::new(Tone::Mute, "差替え済")),
            _ => None,
        },
        by: version.by.clone(),
        at: era::stamp(version.at),
    }
}

fn fields(name: &str, title_name: &str) -> Vec<FieldView> {
    vec![
        FieldView::text("name", "発注者", name)
            .required()
            .width("in--m")
            .hint("例：みなと野市"),
        FieldView::text("title_name", "被保証者", title_name)
            .required()
            .width("in--m")
            .hint("証書に印刷する名前です。例：みなと野市長"),
    ]
}

async fn form(web: &Web, who: &Officer, typed: &RawForm) -> Result<FormPage, AppError> {
    Ok(FormPage {
        shell: shell::shell(web, who, OfficeMenu::Obligees, "obligees").await?,
        trail: vec![(to::OBLIGEES.to_owned(), "発注者ときまり".to_owned())],
        title: "発注者の登録".to_owned(),
        lead: "登録したら、つづけてきまりを入力します。きまりのない発注者の申込は、一般の割合で確認し、注意としてお知らせするだけです。",
        fields: fields(typed.get("name"), typed.get("title_name")),
        action: format!("{}/new", to::OBLIGEES),
        submit: "登録する",
        back: to::OBLIGEES.to_owned(),
    })
}

/// GET /office/admin/obligees/new
pub async fn new(State(web): State<Web>, who: Officer, rescued: Rescued) -> PageResult {
    let told = rescued.flash();
    let mut page = form(&web, &who, &rescued.0.unwrap_or_default()).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/obligees/new
pub async fn add(State(web): State<Web>, who: Officer, typed: RawForm) -> PageResult {
    let (name, title) = (typed.get("name"), typed.get("title_name"));
    match rulebooks::add_obligee(&web, &who, name, title).await? {
        Kept::Done(id) => Ok(flash::see_other_telling(
            &web,
            format!("{}/{id}/books/new", to::OBLIGEES),
            &Flash::ok(format!(
                "{}を登録しました。つづけて、きまりを入力してください。",
                name.trim()
            )),
        )),
        Kept::Refused(faults) => form(&web, &who, &typed).await?.refused(&faults),
    }
}
