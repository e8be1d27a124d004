//! 申込のあゆみ: how far an application has come, with the times of its history.

use time::OffsetDateTime;

use crate::domain::application::{ItemState, Stage};
use crate::domain::product::CertificateForm;
use crate::services::cases::Case;
use crate::services::history::Happened;
use crate::sites::office::words;

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub words: &'static str,
    /// A time, or what it waits for.
    pub small: String,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Done,
    Now,
    Ahead,
}

impl Step {
    pub fn done(&self) -> bool {
        self.place == Place::Done
    }

    pub fn now(&self) -> bool {
        self.place == Place::Now
    }
}

/// The steps; the product that is furthest behind decides where the application stands.
pub fn steps(case: &Case, now: OffsetDateTime) -> Vec<Step> {
    let electronic = case
        .items
        .iter()
        .any(|item| item.form == CertificateForm::Electronic);
    let at = |what: Happened| {
        let entry = case.history.iter().rev();
        let mut entry = entry.filter(|entry| entry.what == Some(what));
        entry
            .next()
            .map_or_else(String::new, |entry| words::short_time(entry.at, now))
    };
    let here = position(case);
    let mut steps = vec![
        ("新着", words::short_time(case.sent_at, now)),
        (
            "審査",
            case.examiner
                .as_ref()
                .map_or_else(String::new, |by| words::short_time(by.at, now)),
        ),
        ("承認", at(Happened::Approved)),
        ("発行", at(Happened::CertificateSigned)),
    ];
    if electronic {
        steps.push(("D-Sure 到着", at(Happened::Issued)));
    }
    let last = steps.len();
    steps
        .into_iter()
        .enumerate()
        .map(|(index, (title, time))| {
            let place = match here {
                Some(here) if index < here.min(last) => Place::Done,
                Some(here) if index == here => Place::Now,
                _ => Place::Ahead,
            };
            let small = match (place, index) {
                (Place::Done, _) | (Place::Now, 0 | 1) => time,
                (Place::Now, 2) => "承認待ち".to_owned(),
                (Place::Now, 3) if any(case, ItemState::Ordered) => "発行手続中".to_owned(),
                (Place::Now, 3) => "指図待ち".to_owned(),
                (Place::Now, _) => "到着待ち".to_owned(),
                (Place::Ahead, _) => String::new(),
            };
            Step {
                words: title,
                small,
                place,
            }
        })
        .collect()
}

fn any(case: &Case, state: ItemState) -> bool {
    case.items.iter().any(|item| item.state == state)
}

/// Index of the present step; beyond the last when all is done; `None` where it went no further.
fn position(case: &Case) -> Option<usize> {
    if matches!(
        case.stage,
        Stage::Returned | Stage::Withdrawn | Stage::Draft
    ) {
        return None;
    }
    let going = case.items.iter().filter_map(|item| match item.state {
        ItemState::Submitted => Some(0),
        ItemState::UnderExamination => Some(1),
        ItemState::AwaitingApproval => Some(2),
        ItemState::Approved => Some(3),
        ItemState::Ordered => {
            let signed = case.history.iter().any(|entry| {
                entry.what == Some(Happened::CertificateSigned)
                    && entry.product == Some(item.product)
            });
            Some(if signed { 4 } else { 3 })
        }
        ItemState::Issued => Some(5),
        ItemState::Draft | ItemState::Returned | ItemState::Declined | ItemState::Withdrawn => None,
    });
    going.min()
}
