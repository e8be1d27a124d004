//! 電子保証対応の発注者: made from the rule books.

use askama::Template;
use axum::extract::State;

use super::frame;
use crate::domain::rulebook::RuleBook;
use crate::domain::text;
use crate::services::ContractorUser;
use crate::services::obligees::{self, Obligee};
use crate::web::answer::{PageResult, page};
use crate::web::form::Query;
use crate::web::page::{HelpLink, Tag, Tone};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;

/// One obligee.
pub struct Row {
    name: String,
    accepts: Tag,
    dates: String,
    contracts: String,
    hand_in: String,
}

/// 電子保証対応の発注者
#[derive(Template)]
#[template(path = "netdesk/obligees/list.html")]
pub struct ListPage {
    shell: NetdeskShell,
    query: String,
    rows: Vec<Row>,
}

/// GET 電子保証対応の発注者
pub async fn list(State(web): State<Web>, who: ContractorUser, Query(query): Query) -> PageResult {
    let register = obligees::for_contractor(&web, &who).await?;
    let help = HelpLink::netdesk("obligees", "電子保証対応の発注者のヘルプ");
    let shell = frame::shell(&web, &who, Menu::Obligees, help);
    let query = query.get("q").to_owned();
    page(&ListPage {
        rows: found(&register, &query),
        query,
        shell,
    })
}

/// Those whose name holds what was typed, in any width and writing.
fn found(register: &[Obligee], query: &str) -> Vec<Row> {
    let key = text::search_key(query);
    register
        .iter()
        .filter(|obligee| {
            [&obligee.name, &obligee.title_name]
                .into_iter()
                .any(|name| text::search_key(name).contains(&key))
        })
        .map(row)
        .collect()
}

fn row(obligee: &Obligee) -> Row {
    let listing = match &obligee.book {
        Some(book) => book.listing(),
        None => RuleBook::unknown(&obligee.name).listing(),
    };
    Row {
        name: obligee.name.clone(),
        accepts: match listing.accepts {
            Some(true) => Tag::new(Tone::Ok, "対応"),
            Some(false) => Tag::new(Tone::Mute, "未対応"),
            None => Tag::new(Tone::Warn, "未登録"),
        },
        dates: listing.dates,
        contracts: listing.contracts,
        hand_in: listing.hand_in,
    }
}
