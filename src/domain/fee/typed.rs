//! A table as a person types it into the Office's form.

use super::checking::{Draft, DraftBracket, Place, TableFault, fault};
use super::table::{FeeProduct, FeeTable, Mode, RefundPolicy, Rounding};
use crate::domain::money::Yen;
use crate::domain::text;

/// The form's fields, untouched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedTable {
    pub name: String,
    pub mode: String,
    pub brackets: Vec<TypedBracket>,
    pub minimum: String,
    pub rounding: String,
    pub refund: String,
    /// Per cent; only the reservation's form has it.
    pub tax: String,
}

/// One row. A row of nothing but blanks does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedBracket {
    pub over: String,
    pub up_to: String,
    /// Per cent (`0.065`) or millionths (`650ppm`).
    pub rate: String,
    pub base_fee: String,
}

impl TypedBracket {
    fn is_blank(&self) -> bool {
        [&self.over, &self.up_to, &self.rate, &self.base_fee]
            .into_iter()
            .all(|typed| typed.trim().is_empty())
    }
}

impl TypedTable {
    /// The form of a table that is there, to be changed.
    pub fn of(table: &FeeTable) -> Self {
        let yen = |yen: Yen| yen.to_string();
        Self {
            name: table.name.clone(),
            mode: table.mode.code().to_owned(),
            brackets: table
                .brackets
                .iter()
                .map(|bracket| TypedBracket {
                    over: yen(bracket.over),
                    up_to: bracket.up_to.map(yen).unwrap_or_default(),
                    rate: plain_per_cent(bracket.rate_ppm),
                    base_fee: yen(bracket.base_fee),
                })
                .collect(),
            minimum: yen(table.minimum),
            rounding: table.rounding.code().to_owned(),
            refund: table.refund.code().to_owned(),
            tax: plain_per_cent(table.tax_ppm),
        }
    }

    /// Reads the form. Empty amounts are 0, an empty 「円以下」 is without end; blank rows at any
    /// place are left out, faults name the row as it was typed.
    ///
    /// # Errors
    /// Everything that is wrong, each sentence with its field's place.
    pub fn read(&self, product: FeeProduct) -> Result<FeeTable, Vec<TableFault>> {
        let mut faults = Vec::new();
        let rows: Vec<(usize, &TypedBracket)> = self
            .brackets
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_blank())
            .collect();
        let draft = Draft {
            name: Some(self.name.clone()),
            mode: choice(
                &mut faults,
                Place::Mode,
                "数え方",
                Mode::from_code(&self.mode),
            ),
            brackets: rows
                .iter()
                .map(|(at, row)| bracket(&mut faults, *at, row))
                .collect(),
            minimum: amount(&mut faults, Place::Minimum, "最低保証料", &self.minimum),
            rounding: choice(
                &mut faults,
                Place::Rounding,
                "端数処理",
                Rounding::from_code(&self.rounding),
            ),
            refund: choice(
                &mut faults,
                Place::Refund,
                "解約のときの返還",
                RefundPolicy::from_code(&self.refund),
            ),
            tax_ppm: if product.is_taxed() {
                rate(&mut faults, Place::Tax, "消費税率", &self.tax)
            } else {
                Some(0)
            },
        };
        match draft.check(Some(product)) {
            Ok(table) if faults.is_empty() => Ok(table),
            Ok(_) => Err(faults),
            Err(found) => {
                // Rows left out shift the numbers: back to the rows as typed.
                let typed = |at: usize| rows.get(at).map_or(at, |(typed, _)| *typed);
                faults.extend(found.into_iter().map(|found| TableFault {
                    place: match found.place {
                        Place::Over(at) => Place::Over(typed(at)),
                        Place::UpTo(at) => Place::UpTo(typed(at)),
                        Place::Rate(at) => Place::Rate(typed(at)),
                        Place::BaseFee(at) => Place::BaseFee(typed(at)),
                        other => other,
                    },
                    ..found
                }));
                Err(faults)
            }
        }
    }
}

/// 650 is `0.065`.
fn plain_per_cent(ppm: u32) -> String {
    super::table::per_cent(ppm).replace('％', "")
}

fn bracket(faults: &mut Vec<TableFault>, at: usize, row: &TypedBracket) -> DraftBracket {
    DraftBracket {
        over: amount(faults, Place::Over(at), "「円超」", &row.over),
        up_to: if row.up_to.trim().is_empty() {
            Some(None)
        } else {
            amount(faults, Place::UpTo(at), "「円以下」", &row.up_to).map(Some)
        },
        rate_ppm: rate(faults, Place::Rate(at), "料率", &row.rate),
        base_fee: amount(faults, Place::BaseFee(at), "定額", &row.base_fee),
    }
}

fn choice<T>(
    faults: &mut Vec<TableFault>,
    place: Place,
    label: &str,
    read: Option<T>,
) -> Option<T> {
    if read.is_none() {
        faults.push(fault(place, format!("{label}を選んでください。")));
    }
    read
}

/// An amount; nothing is 0.
fn amount(faults: &mut Vec<TableFault>, place: Place, label: &str, typed: &str) -> Option<i64> {
    let folded = text::fold_figures(typed);
    let bare = folded.trim_end_matches('円').trim_start_matches('¥');
    if bare.chars().all(|c| matches!(c, '0' | ',')) {
        return Some(0);
    }
    match Yen::parse(typed) {
        Ok(yen) => Some(yen.get()),
        Err(wrong) => {
            faults.push(fault(place, wrong.sentence(label)));
            None
        }
    }
}

/// A rate in millionths: `0.065`, `0.065％`, `650ppm`. Nothing is 0.
fn rate(faults: &mut Vec<TableFault>, place: Place, label: &str, typed: &str) -> Option<i64> {
    let folded = text::fold_figures(typed).to_ascii_lowercase();
    let read = match folded.strip_suffix("ppm") {
        Some(millionths) => whole(millionths),
        None => per_cent(folded.strip_suffix('%').unwrap_or(&folded)),
    };
    if read.is_none() {
        faults.push(fault(
            place,
            format!(
                "{label}は、0.065 や 650ppm のように入力してください。％では小数点以下4けたまでです（いまの入力：{}）。",
                text::excerpt(typed)
            ),
        ));
    }
    read
}

fn whole(digits: &str) -> Option<i64> {
    let digits = digits.replace(',', "");
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // More than eighteen figures are more than any rate: said as such.
    plain.then(|| digits.parse().unwrap_or(i64::MAX))
}

fn per_cent(typed: &str) -> Option<i64> {
    if typed.is_empty() {
        return Some(0);
    }
    let (percents, decimals) = typed.split_once('.').unwrap_or((typed, ""));
    let percents = if percents.is_empty() { "0" } else { percents };
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 4 {
        return None;
    }
    let parts = if decimals.is_empty() {
        0
    } else {
        whole(&format!("{decimals:0<4}"))?
    };
    Some(
        whole(percents)?
            .saturating_mul(10_000)
            .saturating_add(parts),
    )
}
