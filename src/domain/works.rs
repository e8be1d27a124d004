//! The works contract (請負契約) a guarantee stands for.

use serde::{Deserialize, Serialize};
use time::Date;

use super::money::Yen;

/// 工事／業務委託. Consulting covers design, survey and 測量 (domain.md §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    Works,
    Consulting,
}

impl ContractKind {
    pub const ALL: [Self; 2] = [Self::Works, Self::Consulting];

    /// The word of the form.
    pub fn label(self) -> &'static str {
        match self {
            Self::Works => "工事",
            Self::Consulting => "業務委託",
        }
    }

    /// The value of the form's radio and of stored columns.
    pub fn code(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Consulting => "consulting",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A joint venture (共同企業体): the overview shows its name, the key notice its representative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointVenture {
    pub name: String,
    pub representative: String,
}

/// The facts of the works contract, as the contractor stated them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorksContract {
    /// The surety's own register of obligees; `None` when the contractor typed one it does not know.
    pub obligee_id: Option<i64>,
    /// 被保証者 as printed: with title, e.g. 「○○市長」.
    pub obligee_name: String,
    pub works_name: String,
    pub kind: ContractKind,
    /// 請負金額（総額）, whole yen.
    pub price: Yen,
    /// 請負契約日; may be absent while only a 契約保証 is applied for.
    #[serde(with = "super::era::iso::option")]
    pub contract_date: Option<Date>,
    #[serde(with = "super::era::iso")]
    pub period_from: Date,
    #[serde(with = "super::era::iso")]
    pub period_to: Date,
    /// 公告日.
    #[serde(with = "super::era::iso::option")]
    pub notice_date: Option<Date>,
    /// 落札決定日.
    #[serde(with = "super::era::iso::option")]
    pub award_date: Option<Date>,
    pub jv: Option<JointVenture>,
}
