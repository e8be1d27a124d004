//! What is guaranteed (商品) and in which dress its certificate comes (証書の形式).

use serde::{Deserialize, Serialize};

/// 商品（保証区分）.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    Prepayment,
    Contract,
}

impl Product {
    pub const ALL: [Self; 2] = [Self::Prepayment, Self::Contract];

    /// The name on certificate, notice and screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Prepayment => "前払金保証",
            Self::Contract => "契約保証",
        }
    }

    /// The short word of the lists' 保証種類 column (seed 001).
    pub fn short(self) -> &'static str {
        match self {
            Self::Prepayment => "前払",
            Self::Contract => "契約",
        }
    }

    /// Stored columns, addresses and form values.
    pub fn code(self) -> &'static str {
        match self {
            Self::Prepayment => "prepayment",
            Self::Contract => "contract",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.code() == code)
    }
}

/// 保証証書の形式: 証書(紙) or 電子保証(認証キーを含む). Never changes within one guarantee (seed 003, Q5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateForm {
    Paper,
    Electronic,
}

impl CertificateForm {
    pub const ALL: [Self; 2] = [Self::Paper, Self::Electronic];

    /// The leaflet's radio label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Paper => "証書(紙)",
            Self::Electronic => "電子保証(認証キーを含む)",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Electronic => "electronic",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }
}
