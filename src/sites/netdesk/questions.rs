//! Q&A: what contractors ask, found by any of its words.

use askama::Template;
use axum::extract::State;

use super::frame;
use crate::domain::text;
use crate::services::ContractorUser;
use crate::web::answer::{PageResult, page};
use crate::web::form::Query;
use crate::web::page::HelpLink;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;

mod answers;

use answers::{GROUPS, Group, Question};

#[derive(Template)]
#[template(path = "netdesk/questions/list.html")]
struct ListPage {
    shell: NetdeskShell,
    /// What was typed.
    query: String,
    groups: Vec<Shown>,
    count: usize,
}

/// A heading with those of its questions that were found.
struct Shown {
    title: &'static str,
    questions: Vec<&'static Question>,
}

/// GET /netdesk/questions?q=…
///
/// # Errors
/// When the template fails.
pub async fn list(State(web): State<Web>, who: ContractorUser, Query(query): Query) -> PageResult {
    let help = HelpLink::netdesk("questions", "Q&Aのヘルプ");
    let query = query.get("q").to_owned();
    let groups: Vec<_> = GROUPS.iter().filter_map(|it| found(it, &query)).collect();
    page(&ListPage {
        shell: frame::shell(&web, &who, Menu::Questions, help),
        count: groups.iter().map(|group| group.questions.len()).sum(),
        groups,
        query,
    })
}

/// The questions that hold every word typed, in any width and writing; all where nothing was typed.
fn found(group: &'static Group, typed: &str) -> Option<Shown> {
    let words: Vec<_> = typed.split_whitespace().map(text::search_key).collect();
    let holds = |question: &&Question| {
        let all = format!("{}{}", question.asked, question.answer.concat());
        let key = text::search_key(&all);
        words.iter().all(|word| key.contains(word.as_str()))
    };
    let questions: Vec<_> = group.questions.iter().filter(holds).collect();
    (!questions.is_empty()).then_some(Shown {
        title: group.title,
        questions,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn codes(typed: &str) -> Vec<&'static str> {
        let groups = GROUPS.iter().filter_map(|group| found(group, typed));
        let questions = groups.flat_map(|group| group.questions);
        questions.map(|question| question.code).collect()
    }

    #[test]
    fn questions_are_found_by_all_their_words_in_any_width() {
        assert_eq!(codes("領収証"), ["receipts"]);
        assert_eq!(codes("認証キー　再発行"), ["lost-key"]);
        assert_eq!(codes("ﾊﾟｽﾜｰﾄﾞ"), ["forgotten-password"]);
        assert_eq!(codes("領収証 認証キー"), [""; 0]);
        assert!(codes(" ").len() > 20);
    }

    #[test]
    fn every_question_has_an_address_of_its_own() {
        let all = codes("");
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
