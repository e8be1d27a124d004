//! A version of a rule book as an administrator types it: field names, reading, and writing one out
//! again to start the next from. Names are those of the parts: `electronic-rules-0-from`.

use super::{
    Basis, BookFault, Channel, Condition, Electronic, ElectronicRule, Fraction, FyBase, HandIn,
    MidtermPolicy, Minimum, Moment, OwnKind, PriceKind, Rates, RoundingUnit, RuleBook, Severity,
    Span,
};
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rules::RuleId;
use crate::domain::text;
use crate::domain::typed::TypedForm;
use crate::domain::works::ContractKind;

mod read;
mod write;

pub use read::read;
pub use write::write;

/// A version of a book with its days, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub book: RuleBook,
    pub span: Span,
}

/// Most rows of one kind.
pub const MOST_ROWS: usize = 20;

/// The parts of a book that come in rows: form name, and how many rows a fresh form shows.
pub const ROWS: [(&str, usize); 3] = [("electronic-rules", 2), ("kinds", 1), ("conditions", 2)];

/// How many rows of a part the form has.
pub fn rows(form: &TypedForm, part: &str) -> usize {
    let least = ROWS
        .iter()
        .find(|(known, _)| *known == part)
        .map_or(1, |(_, least)| *least);
    let asked = form.get(&format!("{part}-rows"));
    asked.parse().unwrap_or(least).clamp(least, MOST_ROWS)
}

/// One row more.
pub fn add_row(form: &mut TypedForm, part: &str) {
    let more = (rows(form, part) + 1).min(MOST_ROWS);
    form.set(&format!("{part}-rows"), more.to_string());
}

/// The rates in the order of the form: field name and label.
pub const RATES: [(&str, &str); 13] = [
    ("rates-prepayment_works", "前払金（工事）"),
    ("rates-prepayment_consulting", "前払金（業務委託）"),
    ("rates-prepayment_low_price", "前払金（低入札）"),
    (
        "rates-prepayment_low_price_consulting",
        "前払金（低入札・業務委託で異なるとき）",
    ),
    ("rates-midterm", "中間前払金"),
    (
        "rates-midterm_consulting",
        "中間前払金（業務委託で異なるとき）",
    ),
    ("rates-together", "前払金と中間前払金の合計"),
    (
        "rates-together_consulting",
        "前払金と中間前払金の合計（業務委託で異なるとき）",
    ),
    ("rates-decrease", "減額のとき残せる前払金"),
    (
        "rates-decrease_consulting",
        "減額のとき残せる前払金（業務委託で異なるとき）",
    ),
    (
        "rates-decrease_with_midterm",
        "減額のとき残せる前払金（中間前払金と合わせて）",
    ),
    ("rates-contract", "契約保証（以上）"),
    ("rates-contract_low_price", "契約保証（低入札・以上）"),
];

fn rates_mut(rates: &mut Rates) -> [&mut Option<Fraction>; 13] {
    [
        &mut rates.prepayment_works,
        &mut rates.prepayment_consulting,
        &mut rates.prepayment_low_price,
        &mut rates.prepayment_low_price_consulting,
        &mut rates.midterm,
        &mut rates.midterm_consulting,
        &mut rates.together,
        &mut rates.together_consulting,
        &mut rates.decrease,
        &mut rates.decrease_consulting,
        &mut rates.decrease_with_midterm,
        &mut rates.contract,
        &mut rates.contract_low_price,
    ]
}

/// Every field the form has, with so many rows as it has.
pub fn names(form: &TypedForm) -> Vec<String> {
    let mut names: Vec<String> = [
        "valid_from",
        "valid_until",
        "electronic",
        "rounding",
        "rounding_midterm",
        "midterm",
        "fy_base",
        "source",
        "checked_on",
    ]
    .map(str::to_owned)
    .to_vec();
    let row = |part: &str, fields: &[&str]| {
        let mut names = vec![format!("{part}-rows")];
        for index in 0..rows(form, part) {
            names.extend(fields.iter().map(|field| format!("{part}-{index}-{field}")));
        }
        names
    };
    names.extend(row(
        "electronic-rules",
        &[
            "works",
            "consulting",
            "prepayment",
            "midterm",
            "contract",
            "basis",
            "from",
            "until",
            "approved",
            "sections",
            "own_kinds",
            "except",
            "covers_changes_of_older",
        ],
    ));
    names.extend(row("kinds", &["name", "of", "prepayment"]));
    names.extend(row(
        "conditions",
        &[
            "product",
            "kind",
            "price",
            "minimum",
            "more_than",
            "days",
            "cap",
        ],
    ));
    names.extend(RATES.map(|(name, _)| name.to_owned()));
    for product in Product::TOGETHER {
        names.extend(
            [
                "section",
                "channel",
                "address",
                "subject",
                "when",
                "phone",
                "with_claim",
                "note",
            ]
            .map(|field| format!("hand_in-{}-{field}", product.code())),
        );
    }
    names.extend(graded().map(|rule| format!("severities-{}", rule.code())));
    names
}

/// The rules whose weight a book may set, in their order.
pub fn graded() -> impl Iterator<Item = RuleId> {
    RuleId::ALL.iter().copied().filter(|rule| rule.is_graded())
}

/// 「10分の4」, 「4/10」, 「40%」, in any width.
pub fn parse_rate(typed: &str) -> Option<Fraction> {
    let folded = text::fold_figures(typed);
    let number = |text: &str| -> Option<u32> {
        let digits =
            !text.is_empty() && text.len() <= 6 && text.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    if let Some((below, above)) = folded.split_once("分の") {
        return Fraction::new(number(above)?, number(below)?);
    }
    if let Some((above, below)) = folded.split_once(['/', '⁄', '÷']) {
        return Fraction::new(number(above)?, number(below)?);
    }
    let per_cent = folded.strip_suffix(['%', '％'])?;
    match per_cent.split_once('.') {
        None => Fraction::new(number(per_cent)?, 100),
        Some((whole, places)) if places.len() == 1 => {
            Fraction::new(number(whole)? * 10 + number(places)?, 1000)
        }
        Some(_) => None,
    }
}

/// Several names in one field, between 、 or ・ or commas.
fn list(typed: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in typed.split(['、', ',', '，', '\n']).map(str::trim) {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests;
