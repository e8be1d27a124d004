//! The sentences of an answer, and an obligee's rules in one line.

use super::Acceptance;
use crate::domain::field::Field;
use crate::domain::rulebook::{Basis, Electronic, RuleBook};
use crate::domain::wording::era_plain;

pub(super) fn undated(basis: Basis, window: &str) -> Acceptance<'static> {
    Acceptance::NeedsDate {
        basis,
        sentence: format!(
            "この発注者の電子保証の対象は、{}が{window}の契約です。電子保証を選ぶには、{}を入力してください。",
            basis.label(),
            date_label(basis)
        )
        .into(),
    }
}

/// The form's field for the date that counts; `None` where the form does not ask for it.
pub fn date_field(basis: Basis) -> Option<Field> {
    match basis {
        Basis::NoticeDate | Basis::NoticeOrDesignation => Some(Field::NoticeDate),
        Basis::AwardDate => Some(Field::AwardDate),
        Basis::ContractDate => Some(Field::ContractDate),
        Basis::BidDate => Some(Field::BidDate),
        Basis::PlannedContractNotice => Some(Field::PlannedNoticeDate),
        Basis::StartOnly => None,
    }
}

pub(super) fn date_label(basis: Basis) -> &'static str {
    match basis {
        Basis::NoticeOrDesignation => "公告日（指名競争入札では指名の日）",
        basis => date_field(basis).map_or(basis.label(), Field::label),
    }
}

pub(super) fn refused(why: String) -> Acceptance<'static> {
    Acceptance::Refused {
        sentence: (why + "証書(紙)をお選びください。").into(),
    }
}

pub(super) fn unregistered() -> Acceptance<'static> {
    Acceptance::Unknown {
        sentence: "発注者の電子保証対応が未登録です。発注者へご確認ください。".into(),
    }
}

/// One line beside the obligee's name and in 「電子保証対応の発注者」.
pub fn summary(book: &RuleBook) -> String {
    match &book.electronic {
        Electronic::Unknown => format!(
            "{}の電子保証対応は未登録です。発注者へご確認ください。",
            book.body
        ),
        Electronic::PaperOnly => format!(
            "{}は電子保証に対応していません。証書(紙)でお申し込みください。",
            book.body
        ),
        Electronic::From { rules } => {
            let mut scopes: Vec<String> = Vec::new();
            for rule in rules {
                let contracts = rule.contracts_words();
                let contracts = contracts.trim_end_matches("だけ");
                let scope = match (rule.window(era_plain), rule.basis) {
                    (None, _) => contracts.to_owned(),
                    (Some(window), Basis::StartOnly) => {
                        format!("お申し込みが{window}の、{contracts}")
                    }
                    (Some(window), basis) => {
                        let comma = if rule.approved.is_some() { "、" } else { "" };
                        format!("{}が{window}の{comma}{contracts}", basis.short())
                    }
                };
                if !scopes.contains(&scope) {
                    scopes.push(scope);
                }
            }
            format!(
                "{}は、{}で電子保証に対応しています。",
                book.body,
                scopes.join("と、")
            )
        }
    }
}
