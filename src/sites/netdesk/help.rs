//! ヘルプ: one short, true page for each screen.

use askama::Template;
use axum::extract::{Path, State};

use super::frame;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::accounts::terms;
use crate::web::answer::{self, PageResult};
use crate::web::page::HelpLink;
use crate::web::shell::{GateShell, Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

mod topics;

use topics::{TOPICS, Topic};

#[derive(Template)]
#[template(path = "netdesk/help/page.html")]
struct HelpPage {
    shell: NetdeskShell,
    /// `None`: the list of all topics.
    topic: Option<&'static Topic>,
    topics: &'static [Topic],
}

#[derive(Template)]
#[template(path = "netdesk/help/gate.html")]
struct GatePage {
    shell: GateShell,
    topic: Option<&'static Topic>,
    topics: &'static [Topic],
}

/// `GET /netdesk/help`
///
/// # Errors
/// When the database cannot be reached.
pub async fn index(State(web): State<Web>, who: Option<ContractorUser>) -> PageResult {
    show(&web, who, None)
}

/// `GET /netdesk/help/{topic}`
///
/// # Errors
/// `NotFound` for a topic that is not there.
pub async fn topic(
    State(web): State<Web>,
    who: Option<ContractorUser>,
    Path(code): Path<String>,
) -> PageResult {
    let topic = TOPICS.iter().find(|topic| topic.code == code);
    show(&web, who, Some(topic.ok_or(AppError::NotFound)?))
}

fn show(web: &Web, who: Option<ContractorUser>, topic: Option<&'static Topic>) -> PageResult {
    let topics = TOPICS;
    match who {
        Some(who) if terms::accepted(&who) => {
            let help = HelpLink {
                href: to::HELP.to_owned(),
                words: "ヘルプの一覧".to_owned(),
            };
            let shell = frame::shell(web, &who, Menu::Help, help);
            answer::page(&HelpPage {
                shell,
                topic,
                topics,
            })
        }
        _ => {
            let mut shell = frame::gate(web, None);
            shell.common.demo = false;
            answer::page(&GatePage {
                shell,
                topic,
                topics,
            })
        }
    }
}
