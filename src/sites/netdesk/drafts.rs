//! 下書き: what is being written, and throwing it away.

use askama::Template;
use axum::extract::State;

use super::applications::Id;
use super::applications::answers::{kind_tag, yen_words};
use super::frame;
use crate::domain::application::Stage;
use crate::domain::entry::WORKS_NAME_MAX;
use crate::domain::field::Field;
use crate::domain::{era, text};
use crate::services::ContractorUser;
use crate::services::drafts::{self, DraftList, DraftQuery};
use crate::services::guarantees::PER_PAGE;
use crate::web::answer::{PageResult, page, see_other};
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::Query;
use crate::web::page::{Flash, HelpLink, Tag};
use crate::web::pager::Pager;
use crate::web::places::{self, Place};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk::{Application, DRAFTS};

/// Up to here every page can be reached; beyond, the list is read by keyset.
const COUNTED: i64 = 1_000;

/// One draft in the list.
pub struct Row {
    address: Application,
    kind: Option<Tag>,
    works_name: String,
    obligee_name: String,
    price: String,
    updated_at: String,
    updated_by: String,
}

/// 下書き
#[derive(Template)]
#[template(path = "netdesk/drafts/list.html")]
pub struct ListPage {
    shell: NetdeskShell,
    rows: Vec<Row>,
    /// 「3件」, 「1,000件以上」.
    count: String,
    pager: Pager,
}

/// 下書きの削除の確認
#[derive(Template)]
#[template(path = "netdesk/drafts/deletion.html")]
pub struct DeletionPage {
    shell: NetdeskShell,
    row: Row,
}

fn shell(web: &Web, who: &ContractorUser) -> NetdeskShell {
    let help = HelpLink::netdesk("applications", "保証申込のヘルプ");
    frame::shell(web, who, Menu::Drafts, help)
}

/// GET 下書き
pub async fn list(
    State(web): State<Web>,
    who: ContractorUser,
    Told(told): Told,
    Query(form): Query,
) -> PageResult {
    let query = DraftQuery {
        page: form.get("page").parse().unwrap_or(1).clamp(1, 50),
        before: places::read(form.get("before")),
        after: places::read(form.get("after")),
    };
    let list = drafts::page(&web, &who, &query).await?;
    let (count, pager) = pager(&list, query.page);
    let rows = list
        .rows
        .into_iter()
        .map(|line| Row {
            address: Application(line.id),
            kind: kind_tag(line.kind),
            works_name: short(&line.works_name),
            obligee_name: short(&line.obligee_name),
            price: line.price.map_or_else(String::new, yen_words),
            updated_at: era::stamp(line.updated_at),
            updated_by: line.updated_by,
        })
        .collect();
    page(&ListPage {
        shell: shell(&web, &who).flash(told),
        rows,
        count,
        pager,
    })
}

/// How many there are, and the way to the others.
fn pager(list: &DraftList, page: i64) -> (String, Pager) {
    let href = |name: &str, value: String| {
        let query = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
        format!("{DRAFTS}?{query}")
    };
    if list.total > COUNTED {
        let previous = list.previous.map(|place| href("after", place.write()));
        let next = list.next.map(|place| href("before", place.write()));
        let pager = Pager {
            words: "1,000件以上あります。新しいものから順に表示しています".into(),
            ..Pager::keyset(previous, next)
        };
        return ("1,000件以上".into(), pager);
    }
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let pager = Pager::pages(count(list.total), count(PER_PAGE), count(page), |page| {
        href("page", page.to_string())
    });
    (format!("{}件", list.total), pager)
}

/// A draft keeps whatever was typed; a list shows what a name may be long.
pub(super) fn short(typed: &str) -> String {
    if text::length(typed) > WORKS_NAME_MAX {
        text::excerpt(typed)
    } else {
        typed.to_owned()
    }
}

/// GET 下書きの削除の確認
pub async fn ask_deletion(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    let open = drafts::open(&web, &who, id).await?;
    if open.stage != Stage::Draft {
        return Ok(see_other(Application(id).form()));
    }
    let typed = |field: Field| short(open.form.get(field.id()));
    page(&DeletionPage {
        row: Row {
            address: Application(id),
            kind: kind_tag(open.kind),
            works_name: typed(Field::WorksName),
            obligee_name: typed(Field::Obligee),
            price: crate::domain::money::Yen::parse(open.form.get(Field::Price.id()))
                .map_or_else(|_| String::new(), |yen| format!("{yen}円")),
            updated_at: era::stamp(open.updated_at),
            updated_by: open.updated_by.clone(),
        },
        shell: shell(&web, &who),
    })
}

/// POST 下書きの削除
pub async fn delete(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    drafts::delete(&web, &who, id).await?;
    Ok(see_other_telling(
        &web,
        DRAFTS,
        &Flash::ok("下書きを削除しました。"),
    ))
}
