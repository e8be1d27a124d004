//! ヘルプ: one short, true page for each screen.

use askama::Template;
use axum::extract::State;

use super::shell;
use crate::error::AppError;
use crate::services::Officer;
use crate::web::answer::{self, PageResult};
use crate::web::page::HelpLink;
use crate::web::path::Named;
use crate::web::shell::{GateShell, OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

mod topics;

use topics::{TOPICS, Topic};

#[derive(Template)]
#[template(path = "office/help/page.html")]
struct HelpPage {
    shell: OfficeShell,
    /// `None`: the list of all topics.
    topic: Option<&'static Topic>,
    topics: Vec<&'static Topic>,
}

#[derive(Template)]
#[template(path = "office/help/gate.html")]
struct GatePage {
    shell: GateShell,
    topic: Option<&'static Topic>,
    topics: Vec<&'static Topic>,
}

/// GET /office/help
pub async fn index(State(web): State<Web>, who: Option<Officer>) -> PageResult {
    show(&web, who, None).await
}

/// GET /office/help/{topic}
pub async fn topic(
    State(web): State<Web>,
    who: Option<Officer>,
    Named(code): Named<String>,
) -> PageResult {
    let topic = TOPICS.iter().find(|topic| topic.code == code);
    show(&web, who, Some(topic.ok_or(AppError::NotFound)?)).await
}

async fn show(web: &Web, who: Option<Officer>, topic: Option<&'static Topic>) -> PageResult {
    let Some(who) = who else {
        // What administrators do is nobody's business before the sign-in.
        if topic.is_some_and(|topic| topic.administrator) {
            return Err(AppError::NotFound);
        }
        let mut shell = shell::gate(web, "login");
        shell.help = None;
        return answer::page(&GatePage {
            shell,
            topic,
            topics: TOPICS.iter().filter(|topic| !topic.administrator).collect(),
        });
    };
    let administrator = who.role().may_administer();
    if topic.is_some_and(|topic| topic.administrator && !administrator) {
        return Err(AppError::NotFound);
    }
    let mut shell = shell::shell(web, &who, OfficeMenu::Account, "login").await?;
    shell.help = Some(HelpLink {
        href: to::HELP.to_owned(),
        words: "ヘルプ".to_owned(),
    });
    let reach = |topic: &&Topic| administrator || !topic.administrator;
    answer::page(&HelpPage {
        shell,
        topic,
        topics: TOPICS.iter().filter(reach).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::TOPICS;

    #[test]
    fn every_topic_has_its_own_code_and_says_something() {
        let mut codes: Vec<_> = TOPICS.iter().map(|topic| topic.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), TOPICS.len());
        for topic in TOPICS {
            let points: usize = topic.parts.iter().map(|part| part.points.len()).sum();
            assert!(points > 0, "{}", topic.code);
        }
    }
}
