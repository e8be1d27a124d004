//! 変更の前と後: what holds and what is to hold, straight under the decision.

use crate::domain::content::ChangeTerms;
use crate::services::cases::Case;
use crate::services::fees::papers;
use crate::services::grounds::Changes;
use crate::sites::office::words;
use crate::web::changed::{self, Line};
use crate::web::urls::office as to;

/// The card of a 変更の申込.
pub struct ChangeCard {
    /// The guarantee, with its letter, and where it is.
    pub number: String,
    pub href: String,
    /// 新規, 変更ー1
    pub from: String,
    /// 変更ーn it becomes, while it is not issued.
    pub becomes: Option<String>,
    pub changed_on: String,
    pub reason: String,
    /// Changed ones first.
    pub lines: Vec<Line>,
    /// The difference in fee.
    pub fee: String,
}

/// `None` for everything that changes nothing.
pub fn card(case: &Case) -> Option<ChangeCard> {
    let (changes, terms) = case.changes.as_ref().zip(case.content.change.as_ref())?;
    Some(of(case, changes, terms))
}

fn of(case: &Case, changes: &Changes, terms: &ChangeTerms) -> ChangeCard {
    let mut lines = changed::of(&case.content, terms, case.applied_on);
    lines.sort_by_key(|line| !line.changed);
    ChangeCard {
        href: to::Guarantee(&changes.number).to_string(),
        number: changes.number.clone(),
        from: changes.from.1.clone(),
        becomes: changes.becomes.clone(),
        changed_on: words::day(terms.changed_on),
        reason: terms.reason.clone(),
        lines,
        fee: fee(changes.fee),
    }
}

/// 「5,760円を追加でいただきます」
pub fn fee(difference: Option<i64>) -> String {
    match difference {
        None => "料率が登録されていないため、差額をここでは計算できません。".to_owned(),
        Some(0) => "追加・返還はありません".to_owned(),
        Some(back @ ..0) => format!("{}を返還します", papers::signed(back.saturating_neg())),
        Some(more) => format!("{}を追加でいただきます", papers::signed(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_said_in_both_directions() {
        assert_eq!(fee(Some(5_760)), "5,760円を追加でいただきます");
        assert_eq!(fee(Some(-2_400)), "2,400円を返還します");
        assert_eq!(fee(Some(0)), "追加・返還はありません");
        assert!(fee(None).contains("料率が登録されていない"));
    }
}
