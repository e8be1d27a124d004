//! Whole yen.

use serde::{Deserialize, Serialize};

/// An amount in whole yen, never negative and at most [`Yen::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
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
}

impl std::fmt::Display for Yen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}
