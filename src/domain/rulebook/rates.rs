//! How much may be paid in advance, and how much is guaranteed.

use serde::{Deserialize, Serialize};

use super::Fraction;
use crate::domain::works::ContractKind;

/// 割合. Every one that is `None` is unknown; the `_consulting` ones stand where 業務委託 has one of
/// its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// 前払金, 工事: at most.
    pub prepayment_works: Option<Fraction>,
    /// 前払金, 業務委託: at most.
    pub prepayment_consulting: Option<Fraction>,
    /// 前払金, 低入札: at most.
    pub prepayment_low_price: Option<Fraction>,
    pub prepayment_low_price_consulting: Option<Fraction>,
    /// 中間前払金: at most.
    pub midterm: Option<Fraction>,
    pub midterm_consulting: Option<Fraction>,
    /// 前払金 and 中間前払金 together: at most.
    pub together: Option<Fraction>,
    pub together_consulting: Option<Fraction>,
    /// What may be kept of a prepayment where the price falls: at most.
    pub decrease: Option<Fraction>,
    pub decrease_consulting: Option<Fraction>,
    /// The same of both prepayments together.
    pub decrease_with_midterm: Option<Fraction>,
    /// 契約保証: at least.
    pub contract: Option<Fraction>,
    /// 契約保証, 低入札: at least.
    pub contract_low_price: Option<Fraction>,
}

impl Rates {
    /// The prepayment's rate for this kind of contract, where known.
    pub fn prepayment(&self, kind: ContractKind) -> Option<Fraction> {
        match kind {
            ContractKind::Works => self.prepayment_works,
            ContractKind::Consulting => self.prepayment_consulting,
        }
    }

    /// The prepayment's rate of a low-price bid.
    pub fn low_price(&self, kind: ContractKind) -> Option<Fraction> {
        of_kind(
            kind,
            self.prepayment_low_price,
            self.prepayment_low_price_consulting,
        )
    }

    pub fn midterm(&self, kind: ContractKind) -> Option<Fraction> {
        of_kind(kind, self.midterm, self.midterm_consulting)
    }

    pub fn together(&self, kind: ContractKind) -> Option<Fraction> {
        of_kind(kind, self.together, self.together_consulting)
    }

    pub fn decrease(&self, kind: ContractKind, with_midterm: bool) -> Option<Fraction> {
        if with_midterm {
            self.decrease_with_midterm
        } else {
            of_kind(kind, self.decrease, self.decrease_consulting)
        }
    }
}

fn of_kind(
    kind: ContractKind,
    both: Option<Fraction>,
    consulting: Option<Fraction>,
) -> Option<Fraction> {
    match kind {
        ContractKind::Works => both,
        ContractKind::Consulting => consulting.or(both),
    }
}
