//! Whole yen.

use serde::{Deserialize, Serialize};

use super::{numerals, text};

/// An amount in whole yen, never negative and at most [`Yen::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Yen(i64);

impl Yen {
    pub const ZERO: Self = Self(0);
    /// Thirteen digits (domain.md §5.1).
    pub const MAX: Self = Self(9_999_999_999_999);

    /// `None` when negative or over [`Yen::MAX`].
    pub fn new(value: i64) -> Option<Self> {
        (0..=Self::MAX.0).contains(&value).then_some(Self(value))
    }

    pub fn get(self) -> i64 {
        self.0
    }

    /// Reads an amount as people type it: `２０，０００，０００`, `2,000万円`, `1億2千万`, `二千万円`,
    /// `￥20,000,000-`, `金弐千万円也`. At least 1 yen.
    ///
    /// # Errors
    /// The [`MoneyFault`] whose sentence belongs beside the field.
    pub fn parse(typed: &str) -> Result<Self, MoneyFault> {
        let folded = text::fold_figures(typed);
        if folded.is_empty() {
            return Err(MoneyFault::Empty);
        }
        let (unsigned, negative) = split_sign(&folded);
        let (bare, marked) = match unsigned.strip_prefix(['¥', '\\']) {
            Some(bare) => (bare, true),
            None => (unsigned.strip_prefix('金').unwrap_or(unsigned), false),
        };
        let (bare, inner) = split_sign(bare);
        let bare = bare.strip_suffix('也').unwrap_or(bare);
        let bare = bare.strip_suffix('円').unwrap_or(bare);
        // ￥20,000,000-: the dash keeps others from adding figures.
        let bare = if marked {
            bare.strip_suffix('-').unwrap_or(bare)
        } else {
            bare
        };
        if negative && inner {
            return Err(MoneyFault::unreadable(typed, bare));
        }
        let value = numerals::read(bare).ok_or_else(|| MoneyFault::unreadable(typed, bare))?;
        if value == 0 {
            return Err(MoneyFault::Zero);
        }
        if negative || inner {
            return Err(MoneyFault::Negative(text::excerpt(typed)));
        }
        i64::try_from(value)
            .ok()
            .and_then(Self::new)
            .ok_or(MoneyFault::TooLarge)
    }

    /// In kanji, as the check page reads it back: 「二千万円」.
    pub fn kanji(self) -> String {
        format!("{}円", numerals::kanji(self.0.unsigned_abs()))
    }

    /// In 億 and 万: 「2,000万円」, 「1億2,870万円」; in full where it is not a whole 万.
    pub fn man(self) -> String {
        if self.0 == 0 || self.0 % 10_000 != 0 {
            return format!("{self}円");
        }
        let mut text = String::new();
        for (unit, sign) in [
            (1_000_000_000_000, "兆"),
            (100_000_000, "億"),
            (10_000, "万"),
        ] {
            let part = (self.0 / unit) % 10_000;
            if part > 0 {
                text.push_str(&format!("{}{sign}", Self(part)));
            }
        }
        text + "円"
    }

    /// `None` over [`Yen::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::new)
    }

    /// `None` below zero.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::new)
    }

    /// `None` over [`Yen::MAX`] or for a negative factor.
    pub fn checked_mul(self, factor: i64) -> Option<Self> {
        self.0.checked_mul(factor).and_then(Self::new)
    }

    /// The shown ratio, "40.0": per cent of `base`, one decimal, half up. To show, never to judge by:
    /// 3,350,000 of 33,550,000 reads 10.0 and is less than a tenth. `None` where `base` is zero.
    pub fn percent_half_up(amount: Self, base: Self) -> Option<String> {
        let base = i128::from(base.0);
        let doubled = i128::from(amount.0) * 2000 + base;
        let tenths = doubled.checked_div(base * 2)?;
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }
}

fn split_sign(text: &str) -> (&str, bool) {
    match text
        .strip_prefix(['-', '▲', '△'])
        .or_else(|| text.strip_prefix("マイナス"))
    {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}

impl std::fmt::Display for Yen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl TryFrom<i64> for Yen {
    type Error = OutOfRange;

    fn try_from(value: i64) -> Result<Self, OutOfRange> {
        Self::new(value).ok_or(OutOfRange(value))
    }
}

impl From<Yen> for i64 {
    fn from(yen: Yen) -> Self {
        yen.0
    }
}

/// A stored number that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an amount between 0 and 9,999,999,999,999 yen")]
pub struct OutOfRange(i64);

/// Why an amount is refused. Carries what was typed, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyFault {
    Empty,
    NotANumber(String),
    /// `2,00,000`: a figure may be missing.
    Commas(String),
    Decimal(String),
    Negative(String),
    Zero,
    TooLarge,
}

impl MoneyFault {
    /// Looks closer at what [`numerals::read`] did not take.
    fn unreadable(typed: &str, bare: &str) -> Self {
        let typed = text::excerpt(typed);
        let bare = bare.replace('、', ",");
        let point = bare.split_once('.').is_some_and(|(whole, rest)| {
            numerals::read(whole).is_some() && rest.starts_with(|c: char| c.is_ascii_digit())
        });
        if point {
            Self::Decimal(typed)
        } else if bare.contains(',') && numerals::read(&bare.replace(',', "")).is_some() {
            Self::Commas(typed)
        } else {
            Self::NotANumber(typed)
        }
    }

    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::NotANumber(typed) => format!(
                "{label}は、20,000,000 や 2,000万円 のように数字で入力してください（いまの入力：{typed}）。"
            ),
            Self::Commas(typed) => format!(
                "{label}のコンマの位置をお確かめください。コンマは3けたごとに入れるか、入れずに入力してください（いまの入力：{typed}）。"
            ),
            Self::Decimal(typed) => format!(
                "{label}は、小数点を使わず、円単位の整数で入力してください（いまの入力：{typed}）。"
            ),
            Self::Negative(typed) => {
                format!("{label}は、1円以上の金額を入力してください（いまの入力：{typed}）。")
            }
            Self::Zero => {
                format!("{label}は、1円以上の金額を入力してください（いまは0円です）。")
            }
            Self::TooLarge => format!(
                "{label}は、{}円以下の金額を入力してください（13けたまで）。",
                Yen::MAX
            ),
        }
    }
}

#[cfg(test)]
mod tests;
