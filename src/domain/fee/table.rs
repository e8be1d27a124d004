//! The table itself: brackets, rates, minimum, rounding, what is given back.

use serde::{Deserialize, Serialize};

use super::checking::{Raw, TableFault};
use crate::domain::money::Yen;

/// What has a fee of its own. The codes are those of the products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeProduct {
    Prepayment,
    Midterm,
    Contract,
    Reservation,
}

impl FeeProduct {
    pub const ALL: [Self; 4] = [
        Self::Prepayment,
        Self::Midterm,
        Self::Contract,
        Self::Reservation,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Prepayment => "前払金保証",
            Self::Midterm => "中間前払金保証",
            Self::Contract => "契約保証",
            Self::Reservation => "契約保証予約",
        }
    }

    /// Stored columns, addresses and form values.
    pub fn code(self) -> &'static str {
        match self {
            Self::Prepayment => "prepayment",
            Self::Midterm => "midterm",
            Self::Contract => "contract",
            Self::Reservation => "reservation",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// Whether consumption tax is added: on the reservation's fee only, never on a guarantee's.
    pub fn is_taxed(self) -> bool {
        self == Self::Reservation
    }
}

/// How brackets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The whole amount at the rate of the bracket it lies in.
    Flat,
    /// Each part of the amount at the rate of the bracket that part lies in.
    Marginal,
}

impl Mode {
    pub const ALL: [Self; 2] = [Self::Flat, Self::Marginal];

    pub fn label(self) -> &'static str {
        match self {
            Self::Flat => "全額に一つの料率（金額の区分で決まる）",
            Self::Marginal => "区分ごとに積み上げ",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Marginal => "marginal",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }
}

/// How parts of a yen are rounded, once, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    Floor,
    HalfUp,
}

impl Rounding {
    pub const ALL: [Self; 2] = [Self::Floor, Self::HalfUp];

    pub fn label(self) -> &'static str {
        match self {
            Self::Floor => "1円未満切捨て",
            Self::HalfUp => "1円未満四捨五入",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::HalfUp => "half_up",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }
}

/// What 解約 gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundPolicy {
    None,
    /// The days left of all days of the period, rounded down.
    ProRataDays,
    /// Everything before the period begins, nothing from its first day on.
    FullUntilStart,
}

impl RefundPolicy {
    pub const ALL: [Self; 3] = [Self::None, Self::ProRataDays, Self::FullUntilStart];

    pub fn label(self) -> &'static str {
        match self {
            Self::None => "返還しない",
            Self::ProRataDays => "残りの日数で日割り（1円未満切捨て）",
            Self::FullUntilStart => "保証の始まる日の前日までの解約は全額、それからは返還しない",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ProRataDays => "pro_rata_days",
            Self::FullUntilStart => "full_until_start",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }
}

/// One bracket: more than `over`, up to and including `up_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bracket {
    /// Exclusive, yen.
    pub over: Yen,
    /// Inclusive, yen; `None` in the last one: without end.
    pub up_to: Option<Yen>,
    /// Millionths: 650 is 0.065 %.
    pub rate_ppm: u32,
    /// Added once for an amount that lies in this bracket, yen.
    pub base_fee: Yen,
}

impl Bracket {
    /// Whether an amount lies here.
    pub fn holds(&self, amount: Yen) -> bool {
        amount > self.over && self.up_to.is_none_or(|end| amount <= end)
    }

    /// 「5,000,000円超 10,000,000円以下」
    pub fn words(&self) -> String {
        bracket_words(self.over, self.up_to)
    }
}

pub(super) fn bracket_words(over: Yen, up_to: Option<Yen>) -> String {
    match (over, up_to) {
        (Yen::ZERO, None) => "金額にかかわらず".to_owned(),
        (Yen::ZERO, Some(end)) => format!("{end}円以下"),
        (over, None) => format!("{over}円超"),
        (over, Some(end)) => format!("{over}円超 {end}円以下"),
    }
}

/// A rate in per cent without needless zeros: 650 is 「0.065％」.
pub fn per_cent(ppm: u32) -> String {
    let decimals = format!("{:04}", ppm % 10_000);
    match decimals.trim_end_matches('0') {
        "" => format!("{}％", ppm / 10_000),
        decimals => format!("{}.{decimals}％", ppm / 10_000),
    }
}

/// One version of what a product costs: complete from 1 yen on, without holes or overlaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct FeeTable {
    /// Shown wherever the fee shows; those shipped as examples begin with 「DEMO」.
    pub name: String,
    pub mode: Mode,
    pub brackets: Vec<Bracket>,
    /// The least fee, yen.
    pub minimum: Yen,
    pub rounding: Rounding,
    pub refund: RefundPolicy,
    /// Consumption tax on the fee, millionths; 0 for guarantees.
    pub tax_ppm: u32,
}

impl FeeTable {
    /// Whether it is an example and no tariff of anybody.
    pub fn is_demo(&self) -> bool {
        self.name.starts_with("DEMO")
    }
}

impl FeeTable {
    /// Reads a table as a file or a row holds it, for one product.
    ///
    /// # Errors
    /// Everything that is wrong with it; where the JSON itself has another shape, that alone.
    pub fn from_json(
        value: serde_json::Value,
        product: FeeProduct,
    ) -> Result<Self, Vec<TableFault>> {
        Raw::read(value)?.into_draft().check(Some(product))
    }
}

impl TryFrom<Raw> for FeeTable {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        raw.into_draft().check(None).map_err(|faults| {
            let faults: Vec<_> = faults
                .iter()
                .map(|fault| format!("{}: {}", fault.place.path(), fault.sentence))
                .collect();
            faults.join(" / ")
        })
    }
}
