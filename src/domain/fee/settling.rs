//! What a change costs or gives back, and what 解約 gives back.

use serde::{Deserialize, Serialize};
use time::Date;

use super::lines::{Line, Part};
use super::reckoning::{Fee, fee, tax_on};
use super::table::{FeeTable, RefundPolicy};
use crate::domain::era;
use crate::domain::money::Yen;

/// fee(new) − fee(old): positive is charged, negative given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub lines: Vec<Line>,
    /// Whole yen, without tax.
    pub amount: i64,
    pub tax: i64,
    pub old: Fee,
    pub new: Fee,
}

impl Difference {
    /// What is paid (negative: given back).
    pub fn total(&self) -> i64 {
        self.amount + self.tax
    }
}

/// What a change of the guaranteed amount costs by the table that was attached at issue.
pub fn difference(table: &FeeTable, old: Yen, new: Yen) -> Difference {
    let (old, new) = (fee(table, old), fee(table, new));
    let amount = new.amount.get() - old.amount.get();
    let tax = new.tax.get() - old.tax.get();
    let mut lines = vec![Line::Side { side: Part::New }];
    lines.extend(new.lines.iter().cloned());
    lines.push(Line::Side { side: Part::Old });
    lines.extend(old.lines.iter().cloned());
    lines.push(Line::Difference {
        new: new.amount,
        old: old.amount,
        yen: amount,
    });
    if table.tax_ppm > 0 {
        lines.push(Line::TaxDifference {
            new: new.tax,
            old: old.tax,
            yen: tax,
        });
    }
    Difference {
        lines,
        amount,
        tax,
        old,
        new,
    }
}

/// What 解約 gives back; never more than was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub lines: Vec<Line>,
    /// Without tax.
    pub amount: Yen,
    pub tax: Yen,
    pub total: Yen,
}

/// What is given back of `paid` (without tax) when a guarantee from `from` to `until` (both days
/// count) ends on `on`, by the table that was attached at issue. The day of 解約 itself was used.
/// Pro rata is rounded once, down: in the surety's favour.
pub fn termination_refund(
    table: &FeeTable,
    paid: Yen,
    from: Date,
    until: Date,
    on: Date,
) -> Refund {
    let mut lines = vec![
        Line::Paid { yen: paid },
        Line::Policy {
            policy: table.refund,
        },
    ];
    let amount = match table.refund {
        RefundPolicy::None => Yen::ZERO,
        RefundPolicy::FullUntilStart if on < from => paid,
        RefundPolicy::FullUntilStart => Yen::ZERO,
        RefundPolicy::ProRataDays => {
            let all = era::days_inclusive(from, until).max(1);
            let left = (until - on).whole_days().clamp(0, all);
            let yen = share(paid, left, all);
            lines.push(Line::Days {
                from,
                until,
                on,
                left,
                all,
            });
            lines.push(Line::Share {
                paid,
                left,
                all,
                yen,
            });
            yen
        }
    };
    lines.push(Line::Refund { yen: amount });
    let mut tax = Yen::ZERO;
    if table.tax_ppm > 0 {
        tax = tax_on(table, amount);
        lines.push(Line::RefundTax {
            ppm: table.tax_ppm,
            on: amount,
            yen: tax,
        });
    }
    Refund {
        lines,
        amount,
        tax,
        total: amount.checked_add(tax).unwrap_or(Yen::MAX),
    }
}

/// `left` of `all` days of what was paid, rounded down.
fn share(paid: Yen, left: i64, all: i64) -> Yen {
    let exact = i128::from(paid.get()) * i128::from(left) / i128::from(all);
    i64::try_from(exact)
        .ok()
        .and_then(Yen::new)
        .unwrap_or(Yen::ZERO)
}
