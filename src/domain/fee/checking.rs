//! What is wrong with a table, all of it at once, each sentence at its place.

use serde::Deserialize;

use super::reckoning::fee;
use super::table::{Bracket, FeeProduct, FeeTable, Mode, RefundPolicy, Rounding, bracket_words};
use crate::domain::money::Yen;
use crate::domain::text;

/// Most brackets of a table.
pub(super) const MOST_BRACKETS: usize = 30;
/// Most characters of a table's name.
const MOST_NAME: usize = 60;
/// The whole: 100 %.
const WHOLE: i64 = 1_000_000;
/// Most yen of a fixed or least fee.
const MOST_FIXED: i64 = 1_000_000_000;

/// Where in a table something is wrong. Brackets count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    Whole,
    Name,
    Mode,
    Brackets,
    Over(usize),
    UpTo(usize),
    Rate(usize),
    BaseFee(usize),
    Minimum,
    Rounding,
    Refund,
    Tax,
}

impl Place {
    /// In the JSON: `brackets[1].rate_ppm`.
    pub fn path(self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Name => "name".to_owned(),
            Self::Mode => "mode".to_owned(),
            Self::Brackets => "brackets".to_owned(),
            Self::Over(at) => format!("brackets[{at}].over"),
            Self::UpTo(at) => format!("brackets[{at}].up_to"),
            Self::Rate(at) => format!("brackets[{at}].rate_ppm"),
            Self::BaseFee(at) => format!("brackets[{at}].base_fee"),
            Self::Minimum => "minimum".to_owned(),
            Self::Rounding => "rounding".to_owned(),
            Self::Refund => "refund".to_owned(),
            Self::Tax => "tax_ppm".to_owned(),
        }
    }

    /// In the form: `rate-2` is the rate of the second row.
    pub fn field(self) -> String {
        match self {
            Self::Whole | Self::Brackets => "over-1".to_owned(),
            Self::Over(at) => format!("over-{}", at + 1),
            Self::UpTo(at) => format!("up_to-{}", at + 1),
            Self::Rate(at) => format!("rate-{}", at + 1),
            Self::BaseFee(at) => format!("base_fee-{}", at + 1),
            Self::Tax => "tax".to_owned(),
            Self::Name | Self::Mode | Self::Minimum | Self::Rounding | Self::Refund => self.path(),
        }
    }
}

/// One thing wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    pub place: Place,
    pub sentence: String,
}

pub(super) fn fault(place: Place, sentence: impl Into<String>) -> TableFault {
    TableFault {
        place,
        sentence: sentence.into(),
    }
}

/// A table as JSON holds it, before it is checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    name: String,
    mode: Mode,
    brackets: Vec<RawBracket>,
    #[serde(default)]
    minimum: i64,
    rounding: Rounding,
    refund: RefundPolicy,
    #[serde(default)]
    tax_ppm: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBracket {
    over: i64,
    up_to: Option<i64>,
    rate_ppm: i64,
    #[serde(default)]
    base_fee: i64,
}

impl Raw {
    pub(super) fn read(value: serde_json::Value) -> Result<Self, Vec<TableFault>> {
        serde_json::from_value(value).map_err(|error| {
            vec![fault(
                Place::Whole,
                format!("料率表の形を読めません。項目の名前と値を確かめてください（{error}）。"),
            )]
        })
    }

    pub(super) fn into_draft(self) -> Draft {
        Draft {
            name: Some(self.name),
            mode: Some(self.mode),
            brackets: self
                .brackets
                .into_iter()
                .map(|bracket| DraftBracket {
                    over: Some(bracket.over),
                    up_to: Some(bracket.up_to),
                    rate_ppm: Some(bracket.rate_ppm),
                    base_fee: Some(bracket.base_fee),
                })
                .collect(),
            minimum: Some(self.minimum),
            rounding: Some(self.rounding),
            refund: Some(self.refund),
            tax_ppm: Some(self.tax_ppm),
        }
    }
}

/// A table that may be wrong; `None` where the value itself could not be read and was said so.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub name: Option<String>,
    pub mode: Option<Mode>,
    pub brackets: Vec<DraftBracket>,
    pub minimum: Option<i64>,
    pub rounding: Option<Rounding>,
    pub refund: Option<RefundPolicy>,
    pub tax_ppm: Option<i64>,
}

/// A bracket that may be wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct DraftBracket {
    pub over: Option<i64>,
    /// `Some(None)`: without end.
    pub up_to: Option<Option<i64>>,
    pub rate_ppm: Option<i64>,
    pub base_fee: Option<i64>,
}

impl Draft {
    /// The table, where nothing is wrong with it. `product` decides about tax; without it tax is
    /// not judged (a row that was judged when it was proposed).
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn check(&self, product: Option<FeeProduct>) -> Result<FeeTable, Vec<TableFault>> {
        let mut faults = Vec::new();
        let name = self.name(&mut faults);
        if self.brackets.is_empty() {
            faults.push(fault(
                Place::Brackets,
                "区分を一つ以上入力してください。最初の区分は0円超から始めます。",
            ));
        }
        if self.brackets.len() > MOST_BRACKETS {
            faults.push(fault(
                Place::Brackets,
                format!("区分は{MOST_BRACKETS}行までにしてください。"),
            ));
        }
        let brackets: Vec<_> = self.brackets.iter().enumerate().collect();
        for (at, bracket) in &brackets {
            faults.extend(self.seam(*at, bracket));
            faults.extend(self.bracket(*at, bracket));
        }
        let minimum = fixed(Place::Minimum, "最低保証料", self.minimum, &mut faults);
        let tax_ppm = self.tax(product, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let table = || {
            Some(FeeTable {
                name: name?,
                mode: self.mode?,
                brackets: self.brackets.iter().map(whole).collect::<Option<_>>()?,
                minimum: minimum?,
                rounding: self.rounding?,
                refund: self.refund?,
                tax_ppm: tax_ppm?,
            })
        };
        // Something that could not be read was said where it was read.
        let table = table().ok_or_else(Vec::new)?;
        too_dear(&table).map_or(Ok(table), |fault| Err(vec![fault]))
    }

    fn name(&self, faults: &mut Vec<TableFault>) -> Option<String> {
        let typed = self.name.as_deref()?;
        let read = text::line(typed, MOST_NAME).and_then(text::required);
        read.map_err(|wrong| faults.push(fault(Place::Name, wrong.sentence("料率表の名前"))))
            .ok()
    }

    /// What is wrong between a bracket and its neighbours: the start, holes, overlaps, the end.
    fn seam(&self, at: usize, bracket: &DraftBracket) -> Option<TableFault> {
        let over = bracket.over?;
        let Some(before) = at.checked_sub(1).and_then(|at| self.brackets.get(at)) else {
            return (over > 0).then(|| {
                fault(
                    Place::Over(at),
                    format!(
                        "保証金額1円から{}円までの料率がありません。最初の区分は0円超から始めてください。",
                        yen(over)
                    ),
                )
            });
        };
        let (before_over, end) = (before.over?, before.up_to??);
        let place = Place::Over(at);
        if over < before_over || (over == before_over && end != over) {
            return Some(fault(
                place,
                format!(
                    "区分は金額の小さいほうから順に入力してください（この行は{}円超、前の行は{}円超です）。",
                    yen(over),
                    yen(before_over)
                ),
            ));
        }
        if over > end {
            return Some(fault(
                place,
                format!(
                    "保証金額{}円超 {}円以下の料率がありません（すきま）。前の行の「以下」と同じ{}にするか、間に区分を加えてください。",
                    yen(end),
                    yen(over),
                    yen(end)
                ),
            ));
        }
        (over < end).then(|| {
            fault(
                place,
                format!(
                    "保証金額{}円超 {}円以下が、前の行と重なっています。前の行の「以下」と同じ{}にしてください。",
                    yen(over),
                    yen(end),
                    yen(end)
                ),
            )
        })
    }

    fn bracket(&self, at: usize, bracket: &DraftBracket) -> Vec<TableFault> {
        let mut faults = Vec::new();
        let last = at + 1 == self.brackets.len();
        if let Some(over) = bracket.over
            && !(0..i64::from(Yen::MAX)).contains(&over)
        {
            faults.push(fault(
                Place::Over(at),
                format!(
                    "「円超」は、0円以上{}円未満にしてください（いまは{}円です）。",
                    Yen::MAX,
                    yen(over)
                ),
            ));
        }
        match bracket.up_to {
            Some(None) if !last => faults.push(fault(
                Place::UpTo(at),
                "「円以下」を空欄（上限なし）にできるのは最後の区分だけです。この区分の上限を入力してください。",
            )),
            Some(Some(end)) if end > i64::from(Yen::MAX) || end < 1 => faults.push(fault(
                Place::UpTo(at),
                format!("「円以下」は、1円以上{}円以下にしてください（いまは{}円です）。", Yen::MAX, yen(end)),
            )),
            Some(Some(end)) if bracket.over.is_some_and(|over| end <= over) => faults.push(fault(
                Place::UpTo(at),
                format!(
                    "上限が下限より下がっています。「円以下」は「円超」の{}円より大きい金額にしてください（いまは{}円です）。",
                    yen(bracket.over.unwrap_or_default()),
                    yen(end)
                ),
            )),
            Some(Some(end)) if last => faults.push(fault(
                Place::UpTo(at),
                format!(
                    "保証金額{}円超の料率がありません。最後の区分の「円以下」は空欄（上限なし）にしてください。",
                    yen(end)
                ),
            )),
            _ => {}
        }
        if let Some(rate) = bracket.rate_ppm {
            if rate < 0 {
                faults.push(fault(
                    Place::Rate(at),
                    format!("料率は0％以上にしてください（いまは{rate}ppmです）。"),
                ));
            } else if rate > WHOLE {
                faults.push(fault(
                    Place::Rate(at),
                    format!(
                        "料率は100％（1,000,000ppm）以下にしてください（いまは{}ppm＝{}％です）。0.065％は 0.065、または 650ppm と入力します。",
                        yen(rate),
                        yen(rate / 10_000)
                    ),
                ));
            }
        }
        fixed(Place::BaseFee(at), "定額", bracket.base_fee, &mut faults);
        let nothing = bracket.rate_ppm == Some(0) && bracket.base_fee == Some(0);
        let counts_alone = self.mode == Some(Mode::Flat) || at == 0;
        if nothing && counts_alone && self.minimum == Some(0) {
            faults.push(fault(
                Place::Rate(at),
                "料率も定額も0のため、この区分の保証料が0円になります。料率か定額を入力してください。",
            ));
        }
        faults
    }

    fn tax(&self, product: Option<FeeProduct>, faults: &mut Vec<TableFault>) -> Option<u32> {
        let ppm = self.tax_ppm?;
        let words = match product {
            Some(product) if !product.is_taxed() && ppm != 0 => format!(
                "{}の保証料には消費税がかかりません。消費税率は0にしてください。",
                product.label()
            ),
            Some(product) if product.is_taxed() && ppm == 0 => format!(
                "{}の保証料には消費税がかかります。消費税率を入力してください（いまは10％です）。",
                product.label()
            ),
            _ if !(0..=WHOLE).contains(&ppm) => {
                "消費税率は、0％から100％の間にしてください。10％は 10 と入力します。".to_owned()
            }
            _ => return u32::try_from(ppm).ok(),
        };
        faults.push(fault(Place::Tax, words));
        None
    }
}

/// A fixed amount of a table, yen.
fn fixed(
    place: Place,
    label: &str,
    value: Option<i64>,
    faults: &mut Vec<TableFault>,
) -> Option<Yen> {
    let value = value?;
    if (0..=MOST_FIXED).contains(&value) {
        return Yen::new(value);
    }
    faults.push(fault(
        place,
        format!(
            "{label}は、0円以上{}円以下にしてください（いまは{}円です）。",
            yen(MOST_FIXED),
            yen(value)
        ),
    ));
    None
}

fn whole(bracket: &DraftBracket) -> Option<Bracket> {
    Some(Bracket {
        over: Yen::new(bracket.over?)?,
        up_to: match bracket.up_to? {
            Some(end) => Some(Yen::new(end)?),
            None => None,
        },
        rate_ppm: u32::try_from(bracket.rate_ppm?).ok()?,
        base_fee: Yen::new(bracket.base_fee?)?,
    })
}

/// A fee that no column holds: at the end of each bracket, where fees are greatest.
fn too_dear(table: &FeeTable) -> Option<TableFault> {
    table.brackets.iter().enumerate().find_map(|(at, bracket)| {
        let dearest = fee(table, bracket.up_to.unwrap_or(Yen::MAX));
        let most = i128::from(dearest.amount.get()) + i128::from(dearest.tax.get());
        (most >= i128::from(Yen::MAX.get())).then(|| {
            fault(
                Place::Rate(at),
                format!(
                    "区分（{}）の保証料が13けたに収まりません。料率か定額を小さくしてください。",
                    bracket_words(bracket.over, bracket.up_to)
                ),
            )
        })
    })
}

/// With commas, also below zero and beyond thirteen digits.
fn yen(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    if value < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
