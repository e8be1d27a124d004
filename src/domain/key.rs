//! 認証キー: twelve characters that open one certificate at D-Sure.

use std::fmt;

use rand::CryptoRng;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::text;

/// What keys are drawn from: letters and figures without I, O, l, o, 0, 1. 56^12 is 69.7 bits.
const ALPHABET: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// One key. A secret: Debug hides it, there is no Display, dropping wipes it, and equality takes
/// the same time wherever two keys differ.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AuthenticationKey(String);

impl AuthenticationKey {
    pub const LENGTH: usize = 12;

    /// Draws a key, every character equally likely: six bits at a time, those beyond the alphabet
    /// thrown away.
    pub fn draw(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        // Never grows, so no copy is left behind.
        let mut key = Self(String::with_capacity(Self::LENGTH));
        let mut bytes = Zeroizing::new([0_u8; 16]);
        while key.0.len() < Self::LENGTH {
            rng.fill_bytes(bytes.as_mut());
            let drawn = bytes
                .iter()
                .filter_map(|byte| ALPHABET.get(usize::from(byte & 0x3F)));
            let missing = Self::LENGTH - key.0.len();
            key.0
                .extend(drawn.take(missing).map(|byte| char::from(*byte)));
        }
        key
    }

    /// Reads a typed key: any width, spaces, hyphens and invisible characters left out, case kept.
    /// Any twelve letters and figures are a key in form, also ones that are never drawn.
    ///
    /// # Errors
    /// A [`KeyFault`]; it never carries what was typed.
    pub fn parse(typed: &str) -> Result<Self, KeyFault> {
        let mut key = Self(String::with_capacity(Self::LENGTH));
        let mut count = 0_usize;
        let marks = |c: &char| {
            !c.is_whitespace() && !text::is_invisible(*c) && !text::is_dash(*c) && *c != '\u{30FC}'
        };
        for c in typed.nfkc().filter(marks) {
            if !c.is_ascii_alphanumeric() {
                return Err(KeyFault::OtherCharacters);
            }
            count += 1;
            if count <= Self::LENGTH {
                key.0.push(c);
            }
        }
        match count {
            Self::LENGTH => Ok(key),
            0 => Err(KeyFault::Empty),
            count => Err(KeyFault::Length(count)),
        }
    }

    /// The secret itself, for the notice, the key page, sealing and comparing. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Three groups of four, as the key page shows it. Secret.
    pub fn groups(&self) -> [String; 3] {
        [0, 4, 8].map(|start| self.0.get(start..start + 4).unwrap_or_default().to_owned())
    }

    /// How to read it out on the telephone: 「大文字のゼット・2・8・大文字のワイ／…」. Secret.
    pub fn reading(&self) -> String {
        self.groups()
            .map(|group| group.chars().map(spoken).collect::<Vec<_>>().join("・"))
            .join("／")
    }
}

fn spoken(c: char) -> String {
    const NAMES: [&str; 26] = [
        "エー",
        "ビー",
        "シー",
        "ディー",
        "イー",
        "エフ",
        "ジー",
        "エイチ",
        "アイ",
        "ジェイ",
        "ケイ",
        "エル",
        "エム",
        "エヌ",
        "オー",
        "ピー",
        "キュー",
        "アール",
        "エス",
        "ティー",
        "ユー",
        "ブイ",
        "ダブリュー",
        "エックス",
        "ワイ",
        "ゼット",
    ];
    let place = u32::from(c.to_ascii_uppercase()).wrapping_sub(u32::from('A'));
    match usize::try_from(place)
        .ok()
        .and_then(|place| NAMES.get(place))
    {
        Some(name) if c.is_ascii_uppercase() => format!("大文字の{name}"),
        Some(name) => format!("小文字の{name}"),
        None => c.to_string(),
    }
}

impl fmt::Debug for AuthenticationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthenticationKey(…)")
    }
}

impl PartialEq for AuthenticationKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for AuthenticationKey {}

/// Why a typed key cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    Empty,
    OtherCharacters,
    /// How many letters and figures there were.
    Length(usize),
}

impl KeyFault {
    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::OtherCharacters => format!(
                "{label}は、英字と数字の12文字です。英字と数字のほかの文字が入っていないか、お確かめください。"
            ),
            Self::Length(count) => format!(
                "{label}は、英字と数字の12文字です（いまは{count}文字です）。大文字と小文字は区別されます。"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
