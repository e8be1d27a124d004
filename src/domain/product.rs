//! What is guaranteed (商品) and in which dress its certificate comes (証書の形式).

use serde::{Deserialize, Serialize};

/// 商品（保証区分）.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    Prepayment,
    /// 中間前払金保証: builds on an issued prepayment guarantee.
    Midterm,
    Contract,
    /// 契約保証予約（入札ボンド）: an application and a list tab of its own; never electronic.
    Reservation,
}

impl Product {
    pub const ALL: [Self; 4] = [
        Self::Prepayment,
        Self::Midterm,
        Self::Contract,
        Self::Reservation,
    ];

    /// The products of one 保証申込（前払・中間・契約）, in the form's order.
    pub const TOGETHER: [Self; 3] = [Self::Prepayment, Self::Midterm, Self::Contract];

    /// The name on certificate, notice and screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Prepayment => "前払金保証",
            Self::Midterm => "中間前払金保証",
            Self::Contract => "契約保証",
            Self::Reservation => "契約保証予約",
        }
    }

    /// The short word of the lists' 保証種類 column (seed 001).
    pub fn short(self) -> &'static str {
        match self {
            Self::Prepayment => "前払",
            Self::Midterm => "中間",
            Self::Contract => "契約",
            Self::Reservation => "予約",
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
        Self::ALL.into_iter().find(|product| product.code() == code)
    }

    /// Money is paid in advance into a depository bank's account: 前払 and 中間.
    pub fn is_advance(self) -> bool {
        matches!(self, Self::Prepayment | Self::Midterm)
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
