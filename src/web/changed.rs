//! What holds beside what is to hold, line by line; for both sides of the counter.

use time::Date;

use crate::domain::content::{ApplicationContent, ChangeTerms};
use crate::domain::era;
use crate::domain::money::Yen;

/// One line of the comparison.
pub struct Line {
    pub label: &'static str,
    pub before: String,
    pub after: String,
    pub changed: bool,
    /// Figures stand right.
    pub figure: bool,
}

fn line(label: &'static str, before: String, after: String, figure: bool) -> Line {
    Line {
        changed: before != after,
        label,
        before,
        after,
        figure,
    }
}

fn yen(amount: Yen) -> String {
    format!("{amount}円")
}

/// 変更前 and 変更後. `applied_on` is the day the change is applied for, in Japan.
pub fn of(content: &ApplicationContent, terms: &ChangeTerms, applied_on: Date) -> Vec<Line> {
    let before = &terms.before;
    let works = &content.works;
    let amount = content
        .terms(before.product)
        .map_or(Yen::ZERO, |common| common.amount);
    let base = content.fy_base(before.product);
    let mut lines = vec![
        line("請負金額", yen(before.price), yen(works.price), true),
        line(
            "工期",
            format!(
                "{} ～ {}",
                era::padded(before.period_from),
                era::padded(before.period_to)
            ),
            format!(
                "{} ～ {}",
                era::padded(works.period_from),
                era::padded(works.period_to)
            ),
            false,
        ),
    ];
    if before.fy_base.is_some() || base.is_some() {
        let words = |base: Option<Yen>| base.map_or_else(|| "なし".to_owned(), yen);
        lines.push(line(
            "今年度対象額",
            words(before.fy_base),
            words(base),
            true,
        ));
    }
    lines.push(line("保証金額", yen(before.amount), yen(amount), true));
    let percent = |amount: Yen, base: Yen| {
        Yen::percent_half_up(amount, base).map_or_else(|| "―".to_owned(), |words| words + "%")
    };
    lines.push(line(
        "保証金額の割合",
        percent(before.amount, before.fy_base.unwrap_or(before.price)),
        percent(amount, base.unwrap_or(works.price)),
        true,
    ));
    lines.push(line(
        "保証期限",
        era::padded(before.until),
        era::padded(content.until(before.product, applied_on)),
        false,
    ));
    lines
}
