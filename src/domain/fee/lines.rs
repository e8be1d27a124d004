//! The steps of a fee, each with the figures a person needs to take it again by hand.

use serde::{Deserialize, Serialize};
use time::Date;

use super::table::{RefundPolicy, Rounding, bracket_words, per_cent};
use crate::domain::era;
use crate::domain::money::Yen;

/// Yen in exact millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Micro(pub(super) i128);

impl Micro {
    const ONE: i128 = 1_000_000;

    /// A part of an amount at a rate in millionths.
    pub(super) fn product(part: Yen, ppm: u32) -> Self {
        Self(i128::from(part.get()) * i128::from(ppm))
    }

    pub(super) fn whole(yen: Yen) -> Self {
        Self(i128::from(yen.get()) * Self::ONE)
    }

    /// Whole yen; at most [`Yen::MAX`], which a checked table never reaches.
    pub(super) fn rounded(self, rounding: Rounding) -> Yen {
        let half = match rounding {
            Rounding::Floor => 0,
            Rounding::HalfUp => Self::ONE / 2,
        };
        let yen = (self.0 + half) / Self::ONE;
        i64::try_from(yen)
            .ok()
            .and_then(Yen::new)
            .unwrap_or(Yen::MAX)
    }

    /// Without commas or needless zeros: 2246.855.
    pub fn exact(self) -> String {
        let decimals = format!("{:06}", self.0 % Self::ONE);
        match decimals.trim_end_matches('0') {
            "" => (self.0 / Self::ONE).to_string(),
            decimals => format!("{}.{decimals}", self.0 / Self::ONE),
        }
    }
}

impl std::fmt::Display for Micro {
    /// 2,246.855
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let exact = self.exact();
        let (whole, decimals) = exact.split_once('.').unwrap_or((&exact, ""));
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if decimals.is_empty() {
            Ok(())
        } else {
            write!(f, ".{decimals}")
        }
    }
}

impl From<Micro> for String {
    fn from(micro: Micro) -> Self {
        micro.exact()
    }
}

impl TryFrom<String> for Micro {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "not an amount in yen with at most six decimals";
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        if decimals.len() > 6 {
            return Err(WRONG);
        }
        let digits = format!("{whole}{decimals:0<6}");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WRONG);
        }
        digits.parse().map(Self).map_err(|_| WRONG)
    }
}

/// Which side of a change the lines below stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    New,
    Old,
}

/// One step. Stored with every fee, so that it can be read as it was reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// Heads the lines of one side of a change.
    Side {
        side: Part,
    },
    /// 保証金額
    Base {
        yen: Yen,
    },
    /// The bracket, and what of the amount counts in it.
    Bracket {
        over: Yen,
        up_to: Option<Yen>,
        part: Yen,
    },
    Rate {
        ppm: u32,
    },
    Product {
        part: Yen,
        ppm: u32,
        yen: Micro,
    },
    /// 定額 of the bracket the amount lies in.
    Fixed {
        yen: Yen,
    },
    /// What came together before rounding.
    Sum {
        yen: Micro,
    },
    Rounding {
        mode: Rounding,
        from: Micro,
        yen: Yen,
    },
    Minimum {
        minimum: Yen,
        yen: Yen,
    },
    /// Consumption tax, rounded down.
    Tax {
        ppm: u32,
        on: Yen,
        yen: Yen,
    },
    /// New less old; negative: given back.
    Difference {
        new: Yen,
        old: Yen,
        yen: i64,
    },
    TaxDifference {
        new: Yen,
        old: Yen,
        yen: i64,
    },
    /// 解約: what was paid up to then.
    Paid {
        yen: Yen,
    },
    Policy {
        policy: RefundPolicy,
    },
    /// Days left after the day of 解約, of all days of the period.
    Days {
        #[serde(with = "era::iso")]
        from: Date,
        #[serde(with = "era::iso")]
        until: Date,
        #[serde(with = "era::iso")]
        on: Date,
        left: i64,
        all: i64,
    },
    /// The share of what was paid, rounded down.
    Share {
        paid: Yen,
        left: i64,
        all: i64,
        yen: Yen,
    },
    Refund {
        yen: Yen,
    },
    RefundTax {
        ppm: u32,
        on: Yen,
        yen: Yen,
    },
    /// A cancelled change gives its charge (negative: its refund) back.
    GivenBack {
        yen: i64,
    },
}

impl Line {
    /// The code of the step, as stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Side { .. } => "side",
            Self::Base { .. } => "base",
            Self::Bracket { .. } => "bracket",
            Self::Rate { .. } => "rate",
            Self::Product { .. } => "product",
            Self::Fixed { .. } => "fixed",
            Self::Sum { .. } => "sum",
            Self::Rounding { .. } => "rounding",
            Self::Minimum { .. } => "minimum",
            Self::Tax { .. } => "tax",
            Self::Difference { .. } => "difference",
            Self::TaxDifference { .. } => "tax_difference",
            Self::Paid { .. } => "paid",
            Self::Policy { .. } => "policy",
            Self::Days { .. } => "days",
            Self::Share { .. } => "share",
            Self::Refund { .. } => "refund",
            Self::RefundTax { .. } => "refund_tax",
            Self::GivenBack { .. } => "given_back",
        }
    }

    /// The step's own figure without commas: yen, millionths of a rate, days, or a word.
    pub fn exact(&self) -> String {
        match self {
            Self::Side { side: Part::New } => "new".to_owned(),
            Self::Side { side: Part::Old } => "old".to_owned(),
            Self::Rate { ppm } => ppm.to_string(),
            Self::Product { yen, .. } | Self::Sum { yen } => yen.exact(),
            Self::Base { yen }
            | Self::Bracket { part: yen, .. }
            | Self::Fixed { yen }
            | Self::Rounding { yen, .. }
            | Self::Minimum { yen, .. }
            | Self::Tax { yen, .. }
            | Self::Paid { yen }
            | Self::Share { yen, .. }
            | Self::Refund { yen }
            | Self::RefundTax { yen, .. } => yen.get().to_string(),
            Self::Difference { yen, .. }
            | Self::TaxDifference { yen, .. }
            | Self::GivenBack { yen } => yen.to_string(),
            Self::Policy { policy } => policy.code().to_owned(),
            Self::Days { left, all, .. } => format!("{left}/{all}"),
        }
    }

    /// What the step is called.
    pub fn label(&self) -> String {
        match self {
            Self::Side { side: Part::New } => "変更後の保証料".to_owned(),
            Self::Side { side: Part::Old } => "変更前の保証料".to_owned(),
            Self::Base { .. } => "保証金額".to_owned(),
            Self::Bracket { over, up_to, .. } => {
                format!("区分（{}）", bracket_words(*over, *up_to))
            }
            Self::Rate { .. } => "料率".to_owned(),
            Self::Product { .. } => "金額×料率".to_owned(),
            Self::Fixed { .. } => "定額".to_owned(),
            Self::Sum { .. } => "合計".to_owned(),
            Self::Rounding { mode, .. } => format!("端数処理（{}）", mode.label()),
            Self::Minimum { minimum, .. } => format!("最低保証料（{minimum}円）"),
            Self::Tax { ppm, .. } | Self::RefundTax { ppm, .. } => {
                format!("消費税（{}・1円未満切捨て）", per_cent(*ppm))
            }
            Self::Difference { .. } => "差額".to_owned(),
            Self::TaxDifference { .. } => "消費税の差額".to_owned(),
            Self::Paid { .. } => "これまでの保証料".to_owned(),
            Self::Policy { .. } => "解約のときの返還".to_owned(),
            Self::Days { .. } => "残りの日数".to_owned(),
            Self::Share { .. } => "日割り（1円未満切捨て）".to_owned(),
            Self::Refund { .. } => "返還額".to_owned(),
            Self::GivenBack { .. } => "変更の取消し".to_owned(),
        }
    }

    /// What is reckoned with what; empty where the figure is simply given.
    pub fn working(&self) -> String {
        match self {
            Self::Bracket { .. } => "この区分で数える金額".to_owned(),
            Self::Rate { ppm } => format!("{ppm}ppm"),
            Self::Product { part, ppm, .. } => format!("{part}円 × {}", per_cent(*ppm)),
            Self::Rounding { from, .. } => format!("{from}円"),
            Self::Tax { on, ppm, .. } | Self::RefundTax { on, ppm, .. } => {
                format!("{on}円 × {}", per_cent(*ppm))
            }
            Self::Difference { new, old, .. } | Self::TaxDifference { new, old, .. } => {
                format!("{new}円 － {old}円")
            }
            Self::Days {
                from, until, on, ..
            } => format!(
                "保証期間 {} ～ {}、解約日 {}",
                era::slashed(*from),
                era::slashed(*until),
                era::slashed(*on)
            ),
            Self::Share {
                paid, left, all, ..
            } => format!("{paid}円 × {left}日 ÷ {all}日"),
            Self::Side { .. }
            | Self::Base { .. }
            | Self::Fixed { .. }
            | Self::Sum { .. }
            | Self::Minimum { .. }
            | Self::Paid { .. }
            | Self::Policy { .. }
            | Self::Refund { .. }
            | Self::GivenBack { .. } => String::new(),
        }
    }

    /// The figure as people read it.
    pub fn value(&self) -> String {
        match self {
            Self::Side { .. } => String::new(),
            Self::Rate { ppm } => per_cent(*ppm),
            Self::Product { yen, .. } | Self::Sum { yen } => format!("{yen}円"),
            Self::Base { yen }
            | Self::Bracket { part: yen, .. }
            | Self::Fixed { yen }
            | Self::Rounding { yen, .. }
            | Self::Minimum { yen, .. }
            | Self::Tax { yen, .. }
            | Self::Paid { yen }
            | Self::Share { yen, .. }
            | Self::Refund { yen }
            | Self::RefundTax { yen, .. } => format!("{yen}円"),
            Self::Difference { yen, .. }
            | Self::TaxDifference { yen, .. }
            | Self::GivenBack { yen } => signed(*yen),
            Self::Policy { policy } => policy.label().to_owned(),
            Self::Days { left, all, .. } => format!("{left}日／{all}日"),
        }
    }

    /// Whether it heads others instead of being a step.
    pub fn is_heading(&self) -> bool {
        matches!(self, Self::Side { .. })
    }
}

/// 「△5,000円」 where something is given back, as account books write it.
pub(super) fn signed(yen: i64) -> String {
    let plain = Yen::new(yen.saturating_abs()).unwrap_or(Yen::MAX);
    if yen < 0 {
        format!("△{plain}円")
    } else {
        format!("{plain}円")
    }
}
