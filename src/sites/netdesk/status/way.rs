//! あゆみ: what has happened to an application, where it is now, what is still to come.

use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::product::CertificateForm;
use crate::services::applications::{Item, Status};
use crate::services::history::{Entry, Happened};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `done`, `now` or `wait`.
    pub class: &'static str,
    pub word: String,
    /// 2026/07/02 14:36; empty for what is to come.
    pub at: String,
    pub note: String,
}

impl Step {
    fn wait(word: impl Into<String>, note: impl Into<String>) -> Self {
        Self {
            class: "wait",
            word: word.into(),
            at: String::new(),
            note: note.into(),
        }
    }
}

/// How far a product has come.
fn rank(state: ItemState) -> u8 {
    match state {
        ItemState::Draft | ItemState::Returned => 0,
        ItemState::Submitted => 1,
        ItemState::UnderExamination | ItemState::AwaitingApproval => 2,
        ItemState::Approved => 3,
        ItemState::Ordered => 4,
        ItemState::Issued => 5,
        ItemState::Declined | ItemState::Withdrawn => 6,
    }
}

/// The product that stands for the whole: the one with the longest way to go.
pub fn overall(items: &[Item]) -> Option<&Item> {
    items.iter().min_by_key(|item| rank(item.state))
}

/// The whole way.
pub fn way(status: &Status) -> Vec<Step> {
    let several = status.items.len() > 1;
    let behind = overall(&status.items).map(|item| item.state);
    let mut steps = Vec::new();
    let mut sent = 0;
    let mut examined = None;
    for entry in &status.history {
        let Some(what) = entry.what else { continue };
        if matches!(what, Happened::Submitted | Happened::Resubmitted) {
            sent += 1;
        }
        let Some((word, note)) = told(status, entry, what, sent) else {
            continue;
        };
        let product = entry
            .product
            .filter(|_| several)
            .map_or_else(String::new, |product| format!("（{}）", product.label()));
        if what == Happened::TakenUp {
            examined = Some(steps.len());
        }
        steps.push(Step {
            class: "done",
            word: word + &product,
            at: era::stamp(entry.at),
            note,
        });
    }
    for item in &status.items {
        if item.state == ItemState::Ordered {
            let product = if several {
                format!("（{}）", item.product.label())
            } else {
                String::new()
            };
            steps.push(Step {
                class: "now",
                word: format!("{}{product}", item.contractor_word()),
                at: item.ordered_at.map(era::stamp).unwrap_or_default(),
                note: "証書を作成しています。".to_owned(),
            });
        }
    }
    let open = behind.is_some_and(|state| !state.is_final());
    if open {
        let here = match behind {
            Some(ItemState::UnderExamination | ItemState::AwaitingApproval) => examined,
            Some(ItemState::Ordered) => None,
            _ => steps.len().checked_sub(1),
        };
        if let Some(step) = here.and_then(|at| steps.get_mut(at)) {
            step.class = "now";
        }
        steps.extend(to_come(status, behind, sent));
    }
    steps
}

/// The word and the note of what happened; `None` for what is no step.
fn told(status: &Status, entry: &Entry, what: Happened, sent: usize) -> Option<(String, String)> {
    let branch = status.branch.name.as_str();
    let of = |state: ItemState| state.contractor_word(false).to_owned();
    Some(match what {
        Happened::Submitted | Happened::Resubmitted => {
            let word = of(ItemState::Submitted);
            let word = if sent > 1 {
                format!("{word}（{sent}回目）")
            } else {
                word
            };
            (word, entry.who.clone())
        }
        Happened::TakenUp => (
            of(ItemState::UnderExamination),
            format!("{branch}が審査を始めました。"),
        ),
        Happened::Returned => {
            let note = if status.stage == Stage::Returned {
                "お客様の再送信をお待ちしています。"
            } else {
                ""
            };
            (
                of(ItemState::Returned),
                format!("{branch}　{note}").trim_end().to_owned(),
            )
        }
        // An approval that was taken back is no step any more.
        Happened::Approved => {
            let item = status
                .items
                .iter()
                .find(|item| Some(item.product) == entry.product)
                .filter(|item| (3..=5).contains(&rank(item.state)))?;
            let word = if item.state == ItemState::Approved {
                item.contractor_word().to_owned()
            } else {
                of(ItemState::Approved)
            };
            (word, String::new())
        }
        Happened::PaymentConfirmed => ("保証料のお支払いを確認".to_owned(), String::new()),
        Happened::Issued => (of(ItemState::Issued), String::new()),
        Happened::Declined => (of(ItemState::Declined), entry.words.clone()),
        Happened::Withdrawn => (of(ItemState::Withdrawn), entry.who.clone()),
        _ => return None,
    })
}

/// What is still to come, after the product that is furthest behind.
fn to_come(status: &Status, behind: Option<ItemState>, sent: usize) -> Vec<Step> {
    let behind = behind.map_or(0, rank);
    if status.stage == Stage::Returned {
        let again = ItemState::Submitted.contractor_word(false);
        return vec![
            Step::wait(format!("{again}（{}回目）", sent + 1), ""),
            Step::wait("審査・承認・発行", ""),
        ];
    }
    let going = || status.items.iter().filter(|item| !item.state.is_final());
    let fee = if going().all(|item| !item.fee_due) {
        "一括納付のご契約があるか、お支払いが済んでいるため、承認のあと発行へ進みます。"
    } else {
        "保証料のお支払いを確認してから、発行へ進みます。"
    };
    let information = &status.content.information;
    let electronic = going().any(|item| item.form == CertificateForm::Electronic);
    let mail = match (&information.email, information.notify && electronic) {
        (Some(mail), true) => format!("発行のお知らせを {mail} へお送りします。"),
        _ => String::new(),
    };
    let note = |state| match state {
        ItemState::Approved => fee.to_owned(),
        ItemState::Issued => mail.clone(),
        _ => String::new(),
    };
    [
        ItemState::UnderExamination,
        ItemState::Approved,
        ItemState::Ordered,
        ItemState::Issued,
    ]
    .into_iter()
    .filter(|state| rank(*state) > behind)
    .map(|state| Step::wait(state.contractor_word(false), note(state)))
    .collect()
}
