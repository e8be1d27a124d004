//! From a table and an amount to the fee.

use serde::{Deserialize, Serialize};

use super::lines::{Line, Micro};
use super::table::{Bracket, FeeTable, Mode};
use crate::domain::money::Yen;

/// What a guarantee of one amount costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    pub lines: Vec<Line>,
    /// Without tax.
    pub amount: Yen,
    /// Consumption tax; zero for guarantees.
    pub tax: Yen,
    /// What is paid.
    pub total: Yen,
}

/// The fee of an amount. Nothing guaranteed costs nothing.
///
/// Rounded once, and only then held against the minimum: the minimum is whole yen, so either order
/// gives the same yen, and this one shows what the rate alone would have given. Tax is its own line,
/// rounded down.
pub fn fee(table: &FeeTable, amount: Yen) -> Fee {
    let mut lines = vec![Line::Base { yen: amount }];
    let Some(own) = table.brackets.iter().find(|known| known.holds(amount)) else {
        return Fee {
            lines,
            amount: Yen::ZERO,
            tax: Yen::ZERO,
            total: Yen::ZERO,
        };
    };
    let mut sum = Micro::default();
    let mut terms = 0;
    for (bracket, part) in parts(table, own, amount) {
        let yen = Micro::product(part, bracket.rate_ppm);
        sum.0 += yen.0;
        terms += 1;
        lines.push(Line::Bracket {
            over: bracket.over,
            up_to: bracket.up_to,
            part,
        });
        let ppm = bracket.rate_ppm;
        lines.extend([Line::Rate { ppm }, Line::Product { part, ppm, yen }]);
    }
    if own.base_fee > Yen::ZERO {
        sum.0 += Micro::whole(own.base_fee).0;
        terms += 1;
        lines.push(Line::Fixed { yen: own.base_fee });
    }
    if terms > 1 {
        lines.push(Line::Sum { yen: sum });
    }
    let mut charged = sum.rounded(table.rounding);
    lines.push(Line::Rounding {
        mode: table.rounding,
        from: sum,
        yen: charged,
    });
    if table.minimum > Yen::ZERO {
        charged = charged.max(table.minimum);
        lines.push(Line::Minimum {
            minimum: table.minimum,
            yen: charged,
        });
    }
    let mut tax = Yen::ZERO;
    if table.tax_ppm > 0 {
        tax = tax_on(table, charged);
        lines.push(Line::Tax {
            ppm: table.tax_ppm,
            on: charged,
            yen: tax,
        });
    }
    Fee {
        lines,
        amount: charged,
        tax,
        total: charged.checked_add(tax).unwrap_or(Yen::MAX),
    }
}

/// Consumption tax on a fee, rounded down.
pub(super) fn tax_on(table: &FeeTable, fee: Yen) -> Yen {
    Micro::product(fee, table.tax_ppm).rounded(super::table::Rounding::Floor)
}

/// The brackets that count, each with its part of the amount.
fn parts<'table>(
    table: &'table FeeTable,
    own: &'table Bracket,
    amount: Yen,
) -> Vec<(&'table Bracket, Yen)> {
    match table.mode {
        Mode::Flat => vec![(own, amount)],
        Mode::Marginal => table
            .brackets
            .iter()
            .filter(|bracket| amount > bracket.over)
            .map(|bracket| {
                let end = bracket.up_to.map_or(amount, |end| end.min(amount));
                let part = end.checked_sub(bracket.over).unwrap_or(Yen::ZERO);
                (bracket, part)
            })
            .collect(),
    }
}

/// Where one yen more of guarantee costs less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall {
    /// The end of a bracket, yen.
    pub edge: Yen,
    /// The fee at the edge.
    pub before: Yen,
    /// The fee one yen beyond it.
    pub after: Yen,
}

impl Fall {
    /// What is said before such a table is proposed or approved.
    pub fn sentence(&self) -> String {
        let less = self.before.checked_sub(self.after).unwrap_or(Yen::ZERO);
        let beyond = i64::from(self.edge).saturating_add(1);
        format!(
            "保証金額{}円では{}円、{}円では{}円になり、金額が1円ふえると保証料が{less}円下がります。",
            self.edge,
            self.before,
            Yen::new(beyond).unwrap_or(Yen::MAX),
            self.after
        )
    }
}

impl FeeTable {
    /// Every edge at which the fee falls. Allowed, but nobody should publish it unknowingly.
    pub fn falls(&self) -> Vec<Fall> {
        let edges = self.brackets.iter().filter_map(|bracket| bracket.up_to);
        edges
            .filter_map(|edge| {
                let next = edge.checked_add(Yen::new(1)?)?;
                let (before, after) = (fee(self, edge).amount, fee(self, next).amount);
                (after < before).then_some(Fall {
                    edge,
                    before,
                    after,
                })
            })
            .collect()
    }
}
