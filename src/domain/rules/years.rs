//! Contracts over several fiscal years: the table of years, and what a year's rates are rates of.

use time::Date;

use super::amounts::{difference, grouped, yen};
use super::{Judged, Outcome, RuleId};
use crate::domain::content::ApplicationContent;
use crate::domain::era::fiscal_year;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{FyBase, RuleBook};
use crate::domain::wording::words;
use crate::domain::works::{MultiYear, WorksContract, YearAmount};

/// What a rate is a rate of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    pub amount: Yen,
    /// 「請負金額」, 「今年度対象額」, 「今年度の出来高予定額」
    pub label: &'static str,
}

impl FyBase {
    fn of(self, line: &YearAmount) -> Base {
        match self {
            Self::Scheduled => Base {
                amount: line.scheduled,
                label: "今年度の出来高予定額",
            },
            Self::Ceiling => Base {
                amount: line.ceiling,
                label: "今年度の支払限度額",
            },
        }
    }
}

/// What the rate of money paid in advance is a rate of: for a contract over several years the amount
/// of this fiscal year that the book names, else the typed one, else 出来高予定額; otherwise the price.
pub fn base(
    content: &ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    applied_on: Date,
) -> Base {
    let works = &content.works;
    let line = works.year(works.year_of(applied_on));
    let named = book.and_then(|book| book.fy_base).zip(line);
    if let Some((kind, line)) = named {
        return kind.of(line);
    }
    match (content.fy_base(product), line) {
        (Some(amount), _) => Base {
            amount,
            label: "今年度対象額",
        },
        (None, Some(line)) => FyBase::Scheduled.of(line),
        (None, None) => Base {
            amount: works.price,
            label: "請負金額",
        },
    }
}

/// 「令和8年度」
pub(super) fn year_label(year: i32) -> String {
    match year - 2018 {
        1 => "令和元年度".to_owned(),
        reiwa if reiwa > 1 => format!("令和{reiwa}年度"),
        _ => format!("{year}年度"),
    }
}

/// The field of a year's 出来高予定額 and 支払限度額, counted from the period's first year.
fn fields(works: &WorksContract, year: i32) -> (Field, Field) {
    let index = usize::try_from(year - fiscal_year(works.period_from)).ok();
    index
        .and_then(|index| Field::YEARS.get(index).copied())
        .unwrap_or((Field::Obligation, Field::Obligation))
}

/// The table of years: its lines make up the price, every fiscal year of the period has one, and
/// its 支払限度額 together are not over it.
pub(super) fn lines(content: &ApplicationContent) -> Vec<Judged<'_>> {
    let works = &content.works;
    let Some(multi) = &works.multi_year else {
        return Vec::new();
    };
    if works.period_from > works.period_to {
        // Which years there are is said once the period is right.
        return Vec::new();
    }
    let judged = |field, outcome, sentence| {
        Judged::new(RuleId::MultiYear, field, outcome, sentence).because(move |finding| {
            multi
                .years
                .iter()
                .fold(finding, |finding, line| {
                    finding.figure(&year_label(line.year), both(line))
                })
                .source(format!("{}の年度ごとの額", multi.obligation.label()))
        })
    };
    let found = faults(works, multi);
    if found.is_empty() {
        let words = words!(
            "年度ごとの出来高予定額の合計{}円は、請負金額と同じです。",
            grouped(scheduled(multi))
        );
        return vec![judged(Field::Obligation, Outcome::Pass, words)];
    }
    found
        .into_iter()
        .map(|(field, sentence)| judged(field, Outcome::Refuse, sentence.into()))
        .collect()
}

fn both(line: &YearAmount) -> String {
    format!(
        "出来高予定額 {}円、支払限度額 {}円",
        line.scheduled, line.ceiling
    )
}

fn scheduled(multi: &MultiYear) -> i128 {
    let lines = multi.years.iter();
    lines.map(|line| i128::from(line.scheduled.get())).sum()
}

fn faults(works: &WorksContract, multi: &MultiYear) -> Vec<(Field, String)> {
    let (first, last) = (fiscal_year(works.period_from), fiscal_year(works.period_to));
    let mut found = Vec::new();
    if last == first {
        found.push((
            Field::Obligation,
            format!(
                "工期が{}に収まっています。複数年度の契約でなければ、「該当しない」を選んでください。",
                year_label(first)
            ),
        ));
    }
    if usize::try_from(last - first).is_ok_and(|more| more >= Field::YEARS.len()) {
        found.push((
            Field::Obligation,
            format!(
                "工期が{}から{}まであります。この画面で申し込めるのは{}年度までです。支店へご相談ください。",
                year_label(first),
                year_label(last),
                Field::YEARS.len()
            ),
        ));
        return found;
    }
    for year in first..=last {
        let mut of_year = multi.years.iter().filter(|line| line.year == year);
        if of_year.next().is_none() {
            found.push((
                fields(works, year).0,
                format!(
                    "{}の出来高予定額と支払限度額を入力してください（工期のすべての年度に要ります）。",
                    year_label(year)
                ),
            ));
        } else if of_year.next().is_some() {
            found.push((
                fields(works, year).0,
                format!(
                    "{}の行が二つあります。一つにしてください。",
                    year_label(year)
                ),
            ));
        }
    }
    for line in &multi.years {
        if !(first..=last).contains(&line.year) {
            found.push((
                fields(works, line.year).0,
                format!(
                    "{}は工期に入っていません。この年度の額を消すか、工期を直してください。",
                    year_label(line.year)
                ),
            ));
        }
    }
    let sum = scheduled(multi);
    let price = i128::from(works.price.get());
    // A missing year is said by itself.
    let sound = found.is_empty();
    if sum != price && sound {
        let (how, by) = if sum > price {
            ("多く", sum - price)
        } else {
            ("少なく", price - sum)
        };
        found.push((
            Field::Scheduled1,
            format!(
                "年度ごとの出来高予定額の合計は、請負金額{}円と同じにしてください。いまの合計は{}円で、{}円{how}なっています。",
                works.price,
                grouped(sum),
                grouped(by)
            ),
        ));
    }
    // A year's ceiling may be over its own work: what an earlier year held back is paid in a later one.
    let ceilings = multi
        .years
        .iter()
        .map(|line| i128::from(line.ceiling.get()));
    let ceilings: i128 = ceilings.sum();
    if ceilings > price && sound {
        found.push((
            Field::Ceiling1,
            format!(
                "年度ごとの支払限度額の合計は、請負金額{}円以下にしてください。いまの合計は{}円で、{}円多くなっています。",
                works.price,
                grouped(ceilings),
                grouped(ceilings - price)
            ),
        ));
    }
    found
}

/// 今年度対象額 as typed, against the price and the line of this fiscal year.
pub(super) fn typed_base<'a>(
    content: &'a ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    applied_on: Date,
) -> Option<Judged<'a>> {
    let works = &content.works;
    let typed = content.fy_base(product)?;
    let field = match product {
        Product::Midterm => Field::MidtermFyBase,
        _ => Field::FyBase,
    };
    let price = works.price;
    let year = works.year_of(applied_on);
    let line = works.year(year);
    let fy_base = book.and_then(|book| book.fy_base);
    let differs = line.is_some_and(|line| match fy_base {
        Some(kind) => kind.of(line).amount != typed,
        None => typed != line.scheduled && typed != line.ceiling,
    });
    let mut asks = true;
    let (outcome, sentence) = if typed == Yen::ZERO {
        (
            Outcome::Refuse,
            "今年度対象額が0円になっています。単年度の契約では空欄にしてください。".into(),
        )
    } else if typed > price {
        (
            Outcome::Refuse,
            words!(
                "今年度対象額は、請負金額{price}円以下にしてください。いまの額は{}円多くなっています。",
                difference(typed, price)
            ),
        )
    } else if let Some(line) = line.filter(|_| differs) {
        asks = false;
        let right = match fy_base {
            Some(kind) => format!("の{}{}円と", kind.label(), kind.of(line).amount),
            None => format!(
                "の出来高予定額{}円とも支払限度額{}円とも",
                line.scheduled, line.ceiling
            ),
        };
        (
            Outcome::Warn,
            words!(
                "今年度対象額{typed}円が、{}{right}違います。どちらかを直してください。",
                year_label(year)
            ),
        )
    } else {
        (Outcome::Pass, "今年度対象額は請負金額の範囲内です。".into())
    };
    Some(
        Judged::new(RuleId::FiscalYearBase, field, outcome, sentence)
            .of(product)
            .asking(asks)
            .because(move |finding| {
                let finding = finding
                    .figure("今年度対象額", yen(typed))
                    .figure("請負金額", yen(price));
                let finding = match line {
                    Some(line) => finding.figure(&year_label(year), both(line)),
                    None => finding,
                };
                finding.source(match fy_base {
                    Some(kind) => format!("きまり：割合のもとは{}", kind.label()),
                    None => "今年度対象額は請負金額のうち今年度の分".to_owned(),
                })
            }),
    )
}
