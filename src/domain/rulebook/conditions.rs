//! What else an obligee asks before it pays in advance: prices, days, choices, years.

use serde::{Deserialize, Serialize};

use super::Fraction;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::works::ContractKind;

/// A kind of contract that one obligee tells apart: 「工事監理」, counted among 業務委託.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnKind {
    pub name: String,
    /// Which of the form's two kinds it is counted among.
    pub of: ContractKind,
    /// 前払金の割合, where it differs.
    #[serde(default)]
    pub prepayment: Option<Fraction>,
}

/// Least price, least days and greatest amount of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub product: Product,
    /// Only for contracts of this kind; `None`: of both.
    #[serde(default)]
    pub kind: Option<ContractKind>,
    #[serde(default)]
    pub minimum: Option<Minimum>,
    /// 工期 in days, first and last counted; at least.
    #[serde(default)]
    pub days: Option<u16>,
    /// 限度額: no more than so many yen, whatever the rate says.
    #[serde(default)]
    pub cap: Option<Yen>,
}

impl Condition {
    /// Nothing asked yet.
    pub fn of(product: Product) -> Self {
        Self {
            product,
            kind: None,
            minimum: None,
            days: None,
            cap: None,
        }
    }

    /// 「前払金保証・工事：請負金額が5,000,000円以上、工期90日以上、限度額50,000,000円」.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if let Some(minimum) = self.minimum {
            parts.push(minimum.words().trim_end_matches('の').to_owned());
        }
        if let Some(days) = self.days {
            parts.push(format!("工期が{days}日以上"));
        }
        if let Some(cap) = self.cap {
            parts.push(format!("限度額{cap}円"));
        }
        let kind = self
            .kind
            .map_or_else(String::new, |kind| format!("・{}", kind.label()));
        format!("{}{kind}：{}", self.product.label(), parts.join("、"))
    }

    #[must_use]
    pub fn only(mut self, kind: ContractKind) -> Self {
        self.kind = Some(kind);
        self
    }

    #[must_use]
    pub fn minimum(mut self, minimum: Minimum) -> Self {
        self.minimum = Some(minimum);
        self
    }

    #[must_use]
    pub fn days(mut self, days: u16) -> Self {
        self.days = Some(days);
        self
    }

    #[must_use]
    pub fn cap(mut self, cap: Yen) -> Self {
        self.cap = Some(cap);
        self
    }
}

/// 最低の金額: 「予定価格が130万円を超える」, 「請負金額が500万円以上」.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minimum {
    pub price: PriceKind,
    pub amount: Yen,
    /// を超える; else 以上.
    #[serde(default)]
    pub more_than: bool,
}

impl Minimum {
    /// Whether a price is enough.
    pub fn met_by(self, price: Yen) -> bool {
        if self.more_than {
            price > self.amount
        } else {
            price >= self.amount
        }
    }

    /// 「予定価格が1,300,000円を超える」.
    pub fn words(self) -> String {
        format!(
            "{}が{}円{}",
            self.price.label(),
            self.amount,
            if self.more_than {
                "を超える"
            } else {
                "以上の"
            }
        )
    }
}

/// Which price an obligee means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// 予定価格
    Planned,
    /// 設計金額
    Design,
    /// 請負金額
    Contract,
}

impl PriceKind {
    pub const ALL: [Self; 3] = [Self::Contract, Self::Planned, Self::Design];

    pub fn label(self) -> &'static str {
        match self {
            Self::Planned => "予定価格",
            Self::Design => "設計金額",
            Self::Contract => "請負金額",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Design => "design",
            Self::Contract => "contract",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|price| price.code() == code)
    }
}

/// 中間前払金の取扱い.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MidtermPolicy {
    Allowed,
    /// Either 中間前払金 or 部分払, chosen at the contract.
    Chosen,
    NotAllowed,
}

impl MidtermPolicy {
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Chosen, Self::NotAllowed];

    pub fn label(self) -> &'static str {
        match self {
            Self::Allowed => "支払う",
            Self::Chosen => "部分払とどちらかを契約のときに選ぶ",
            Self::NotAllowed => "支払わない",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Chosen => "chosen",
            Self::NotAllowed => "not_allowed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.code() == code)
    }
}

/// 今年度対象額: which of a year's two amounts the obligee's rates are rates of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FyBase {
    /// 出来高予定額
    Scheduled,
    /// 支払限度額
    Ceiling,
}

impl FyBase {
    pub const ALL: [Self; 2] = [Self::Scheduled, Self::Ceiling];

    pub fn label(self) -> &'static str {
        match self {
            Self::Scheduled => "出来高予定額",
            Self::Ceiling => "支払限度額",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Ceiling => "ceiling",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.code() == code)
    }
}
