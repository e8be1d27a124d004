//! A fee table as people read it: its brackets, its other facts, worked examples.

use crate::domain::era;
use crate::domain::fee::{self, FeeProduct, FeeTable, per_cent};
use crate::domain::money::Yen;
use crate::services::fees::tables::{State, Version};
use crate::web::fee::FeeBox;
use crate::web::page::{Tag, Tone};

/// One bracket as a line of a table.
pub struct Row {
    pub bracket: String,
    pub rate: String,
    pub ppm: String,
    pub base_fee: String,
}

pub fn rows(table: &FeeTable) -> Vec<Row> {
    table
        .brackets
        .iter()
        .map(|bracket| Row {
            bracket: bracket.words(),
            rate: per_cent(bracket.rate_ppm),
            ppm: bracket.rate_ppm.to_string(),
            base_fee: match bracket.base_fee {
                Yen::ZERO => "―".to_owned(),
                yen => format!("{yen}円"),
            },
        })
        .collect()
}

const LEAST: &str = "最低保証料";

/// What a version says beside its brackets.
pub fn facts(version: &Version) -> Vec<(&'static str, String)> {
    let table = &version.table;
    let mut facts = vec![
        ("料率表の名前", table.name.clone()),
        ("適用開始日", start(version)),
        ("数え方", table.mode.label().to_owned()),
        (LEAST, least(table)),
        ("端数処理", table.rounding.label().to_owned()),
        ("解約のときの返還", table.refund.label().to_owned()),
    ];
    facts.push((
        "消費税",
        if table.tax_ppm > 0 {
            format!("{}（1円未満切捨て）", per_cent(table.tax_ppm))
        } else {
            "非課税".to_owned()
        },
    ));
    facts
}

fn start(version: &Version) -> String {
    format!("{} に送信された申込から", era::slashed(version.valid_from))
}

fn least(table: &FeeTable) -> String {
    match table.minimum {
        Yen::ZERO => "なし".to_owned(),
        yen => format!("{yen}円"),
    }
}

/// Three amounts that are usual for a product.
pub fn examples(product: FeeProduct) -> [Yen; 3] {
    let millions = match product {
        FeeProduct::Prepayment => [5, 20, 150],
        FeeProduct::Midterm => [5, 12, 60],
        FeeProduct::Contract | FeeProduct::Reservation => [1, 6, 60],
    };
    millions.map(|million| Yen::new(million * 1_000_000).unwrap_or(Yen::MAX))
}

/// The fees of the three amounts, with every step.
pub fn worked(version: &Version) -> Vec<FeeBox> {
    examples(version.product)
        .into_iter()
        .map(|amount| {
            let fee = fee::fee(&version.table, amount);
            let what = match version.product {
                FeeProduct::Reservation => "予約金額",
                _ => "保証金額",
            };
            let title = format!("{what} {amount}円");
            FeeBox::worked(&title, &version.table.name, version.product, &fee)
        })
        .collect()
}

/// One line of old beside new.
pub struct Compared {
    pub label: String,
    pub old: String,
    pub new: String,
    pub differs: bool,
    /// Amounts stand at the right.
    pub money: bool,
}

fn compared(label: impl Into<String>, old: String, new: String) -> Compared {
    Compared {
        label: label.into(),
        differs: old != new,
        money: false,
        old,
        new,
    }
}

/// What a proposal changes: `old` is the version it follows, if there is one.
pub fn beside(old: Option<&Version>, new: &Version) -> Vec<Compared> {
    const NONE: &str = "―";
    let before = old.map(facts).unwrap_or_default();
    let mut lines: Vec<Compared> = facts(new)
        .into_iter()
        .enumerate()
        .map(|(at, (label, value))| {
            let old = before.get(at).map_or(NONE, |(_, old)| old.as_str());
            let money = label == LEAST;
            Compared {
                money,
                ..compared(label, old.to_owned(), value)
            }
        })
        .collect();
    let words = |version: &Version, at: usize| {
        rows(&version.table).get(at).map_or_else(
            || NONE.to_owned(),
            |row| format!("{}：{}・定額 {}", row.bracket, row.rate, row.base_fee),
        )
    };
    let count = |version: &Version| version.table.brackets.len();
    for at in 0..count(new).max(old.map_or(0, count)) {
        let old = old.map_or_else(|| NONE.to_owned(), |old| words(old, at));
        lines.push(compared(format!("区分{}", at + 1), old, words(new, at)));
    }
    for amount in examples(new.product) {
        let total = |version: &Version| format!("{}円", fee::fee(&version.table, amount).total);
        lines.push(Compared {
            money: true,
            ..compared(
                format!("例：保証金額 {amount}円"),
                old.map_or_else(|| NONE.to_owned(), total),
                total(new),
            )
        });
    }
    lines
}

/// The state of a version; `counts`: it is the one that counts today.
pub fn tag(version: &Version, counts: bool, today: time::Date) -> Tag {
    match version.state {
        State::Proposed => Tag::new(Tone::Warn, "承認待ち"),
        State::Declined => Tag::new(Tone::Ng, "不承認"),
        State::InForce if counts => Tag::new(Tone::Ok, "適用中"),
        State::InForce if version.valid_from > today => Tag::new(Tone::Note, "適用予定"),
        State::InForce => Tag::new(Tone::Mute, "適用済"),
    }
}
