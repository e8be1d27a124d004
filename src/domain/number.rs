//! 保証契約番号: parsed as people type it, printed as the leaflets print it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text;

/// `35075-00001M`: the branch's block, the count within it, the surety's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContractNumber {
    block: [u8; 5],
    serial: u32,
    suffix: char,
}

impl ContractNumber {
    /// Last count of a block.
    pub const LAST: u32 = 99_999;

    /// `None` unless `block` is five figures, `serial` at most [`Self::LAST`] and `suffix` one of A–Z.
    pub fn new(block: &str, serial: u32, suffix: char) -> Option<Self> {
        let block: [u8; 5] = block.as_bytes().try_into().ok()?;
        let sound = block.iter().all(u8::is_ascii_digit)
            && serial <= Self::LAST
            && suffix.is_ascii_uppercase();
        sound.then_some(Self {
            block,
            serial,
            suffix,
        })
    }

    /// Reads what a person typed; see [`TypedNumber`].
    ///
    /// # Errors
    /// The [`NumberFault`] whose sentence belongs beside the field.
    pub fn parse(typed: &str) -> Result<TypedNumber, NumberFault> {
        TypedNumber::parse(typed)
    }

    /// 「35075-00001」: what is unique in the installation.
    pub fn digits(&self) -> String {
        let block: String = self.block.iter().map(|digit| char::from(*digit)).collect();
        format!("{block}-{:05}", self.serial)
    }

    pub fn serial(&self) -> u32 {
        self.serial
    }

    /// The surety's letter.
    pub fn suffix(&self) -> char {
        self.suffix
    }
}

impl fmt::Display for ContractNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.digits(), self.suffix)
    }
}

/// Reads exactly what [`fmt::Display`] writes, for addresses and stored columns.
impl FromStr for ContractNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let read = || {
            let (block, rest) = text.split_once('-')?;
            let (serial, suffix) = rest.split_at_checked(5)?;
            let plain = serial.bytes().all(|byte| byte.is_ascii_digit());
            let mut letters = suffix.chars();
            let letter = letters
                .next()
                .filter(|_| plain && letters.next().is_none())?;
            Self::new(block, serial.parse().ok()?, letter)
        };
        read().ok_or(NotANumber)
    }
}

impl TryFrom<String> for ContractNumber {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        text.parse()
    }
}

impl From<ContractNumber> for String {
    fn from(number: ContractNumber) -> Self {
        number.to_string()
    }
}

/// Text that is not a contract number as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a contract number like 35075-00001M")]
pub struct NotANumber;

/// A number as typed: ten figures, and the letter where it was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypedNumber {
    digits: String,
    letter: Option<char>,
}

impl TypedNumber {
    /// Forgiving in form (any width, any hyphen or none, spaces, small letter, no letter), strict in
    /// substance: ten figures and at most one letter behind them.
    ///
    /// # Errors
    /// The [`NumberFault`] whose sentence belongs beside the field.
    pub fn parse(typed: &str) -> Result<Self, NumberFault> {
        let folded = text::fold_figures(typed).replace('-', "");
        if folded.is_empty() {
            return Err(NumberFault::Empty);
        }
        let figures = folded.strip_suffix(|c: char| c.is_ascii_alphabetic());
        let letter = figures.and_then(|_| folded.chars().next_back());
        let figures = figures.unwrap_or(&folded);
        if !figures.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberFault::OtherCharacters(text::excerpt(typed)));
        }
        match figures.split_at_checked(5) {
            Some((block, serial)) if serial.len() == 5 => Ok(Self {
                digits: format!("{block}-{serial}"),
                letter: letter.map(|letter| letter.to_ascii_uppercase()),
            }),
            _ => Err(NumberFault::NotTenFigures {
                typed: text::excerpt(typed),
                count: figures.len(),
            }),
        }
    }

    /// 「35075-00001」.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The surety's letter in capitals, where it was typed.
    pub fn letter(&self) -> Option<char> {
        self.letter
    }

    /// Whether this is that number: a letter left out is forgiven, another one is not.
    pub fn names(&self, number: &ContractNumber) -> bool {
        self.digits == number.digits() && self.letter.is_none_or(|letter| letter == number.suffix())
    }
}

/// Why a typed number is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberFault {
    Empty,
    OtherCharacters(String),
    NotTenFigures { typed: String, count: usize },
}

impl NumberFault {
    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::OtherCharacters(typed) => format!(
                "{label}は、数字10けたと英字1文字です（例：35075-00001M）。ほかの文字を消してください（いまの入力：{typed}）。"
            ),
            Self::NotTenFigures { typed, count } => format!(
                "{label}の数字は10けたです（例：35075-00001M）。いまは{count}けたです（いまの入力：{typed}）。"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
