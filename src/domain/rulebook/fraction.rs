//! A rate as the obligees write it (10分の4), and a rounding unit; integers only.

use serde::{Deserialize, Serialize};

use crate::domain::money::Yen;

/// A rate such as 10分の4: never more than 1, its denominator never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFraction")]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

#[derive(Deserialize)]
struct RawFraction {
    numerator: u32,
    denominator: u32,
}

impl TryFrom<RawFraction> for Fraction {
    type Error = &'static str;

    fn try_from(raw: RawFraction) -> Result<Self, Self::Error> {
        Self::new(raw.numerator, raw.denominator)
            .ok_or("a rate lies between 0 and 1 and its denominator is not 0")
    }
}

impl Fraction {
    /// `None` for a denominator of 0 and for more than the whole.
    pub const fn new(numerator: u32, denominator: u32) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            None
        } else {
            Some(Self {
                numerator,
                denominator,
            })
        }
    }

    /// So many tenths, from 0 to 10; what lies above is the whole.
    pub const fn tenths(numerator: u32) -> Self {
        Self {
            numerator: if numerator > 10 { 10 } else { numerator },
            denominator: 10,
        }
    }

    pub fn numerator(self) -> u32 {
        self.numerator
    }

    pub fn denominator(self) -> u32 {
        self.denominator
    }

    /// 「10分の4」.
    pub fn words(self) -> String {
        format!("{}分の{}", self.denominator, self.numerator)
    }

    /// Both sides of the comparison of `amount` with this part of `base`:
    /// `amount × denominator` and `base × numerator`.
    pub fn sides(self, amount: Yen, base: Yen) -> (i128, i128) {
        (
            i128::from(amount.get()) * i128::from(self.denominator),
            i128::from(base.get()) * i128::from(self.numerator),
        )
    }

    /// The greatest whole amount that is no more than this part of `base`.
    pub fn floor_of(self, base: Yen) -> Yen {
        self.part(base, 0)
    }

    /// The least whole amount that is no less than this part of `base`.
    pub fn ceil_of(self, base: Yen) -> Yen {
        self.part(base, i128::from(self.denominator) - 1)
    }

    fn part(self, base: Yen, add: i128) -> Yen {
        let (_, product) = self.sides(Yen::ZERO, base);
        let part = (product + add) / i128::from(self.denominator);
        // A part of an amount is an amount: the rate is at most 1.
        i64::try_from(part)
            .ok()
            .and_then(Yen::new)
            .unwrap_or(Yen::MAX)
    }

    /// In tenths of a per cent, rounded down; beside a shown ratio only.
    pub(in crate::domain) fn shown_tenths(self) -> i128 {
        i128::from(self.numerator) * 1000 / i128::from(self.denominator)
    }
}

/// 端数: what lies under so many yen is cut off. 1 stands for no cutting off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RoundingUnit(u32);

impl TryFrom<u32> for RoundingUnit {
    type Error = &'static str;

    fn try_from(yen: u32) -> Result<Self, Self::Error> {
        Self::new(yen).ok_or("a rounding unit is at least 1 yen")
    }
}

impl From<RoundingUnit> for u32 {
    fn from(unit: RoundingUnit) -> Self {
        unit.0
    }
}

impl RoundingUnit {
    /// Every whole yen may be asked for.
    pub const NONE: Self = Self(1);
    /// 1万円未満切捨て.
    pub const TEN_THOUSAND: Self = Self(10_000);
    /// 10万円未満切捨て.
    pub const HUNDRED_THOUSAND: Self = Self(100_000);

    /// `None` for 0.
    pub fn new(yen: u32) -> Option<Self> {
        (yen > 0).then_some(Self(yen))
    }

    pub fn yen(self) -> Yen {
        Yen::new(i64::from(self.0)).unwrap_or(Yen::MAX)
    }

    /// `amount` with its end cut off.
    pub fn cut(self, amount: Yen) -> Yen {
        let unit = i64::from(self.0);
        Yen::new(amount.get() / unit * unit).unwrap_or(amount)
    }

    /// 「10万円」, 「1,000円」.
    pub fn size(self) -> String {
        if self.0.is_multiple_of(10_000) {
            let unit = Yen::new(i64::from(self.0 / 10_000)).unwrap_or(Yen::MAX);
            format!("{unit}万円")
        } else {
            format!("{}円", self.yen())
        }
    }

    /// 「10万円未満切捨て」; `None` where nothing is cut off.
    pub fn words(self) -> Option<String> {
        (self.0 > 1).then(|| format!("{}未満切捨て", self.size()))
    }
}
