//! For which contracts an obligee takes electronic certificates.

use serde::{Deserialize, Serialize};
use time::Date;

use super::day;
use crate::domain::product::Product;
use crate::domain::works::ContractKind;

/// 電子保証対応.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "acceptance", rename_all = "snake_case")]
pub enum Electronic {
    /// Nobody has asked yet.
    Unknown,
    /// Paper certificates only.
    PaperOnly,
    /// Electronic where one of the rules says so; works and consulting may begin on different days.
    From { rules: Vec<ElectronicRule> },
}

/// For which contracts an electronic certificate is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElectronicRule {
    pub kinds: Vec<ContractKind>,
    pub products: Vec<Product>,
    /// The event whose date counts.
    pub basis: Basis,
    /// First day taken; `None` where the obligee names no day.
    #[serde(default, with = "day")]
    pub from: Option<Date>,
    /// Last day taken.
    #[serde(default, with = "day")]
    pub until: Option<Date>,
    /// A condition only the obligee can answer: 「駒ヶ根市が認めた工事・業務委託」. Said, never refused.
    #[serde(default)]
    pub approved: Option<String>,
    /// Of the obligee's own kinds of contract those that are taken although `kinds` has not theirs.
    #[serde(default)]
    pub own_kinds: Vec<String>,
    /// Of the obligee's own kinds of contract those that are not taken although `kinds` has theirs.
    #[serde(default)]
    pub except: Vec<String>,
    /// 発注担当課: only theirs are taken; empty: every one's.
    #[serde(default)]
    pub sections: Vec<String>,
    /// A guarantee that comes into being by a change of an older contract is taken, too. It never
    /// makes an issued paper guarantee an electronic one.
    #[serde(default)]
    pub covers_changes_of_older: bool,
}

impl ElectronicRule {
    /// Works and consulting, every product, from `from` on by `basis`.
    pub fn new(basis: Basis, from: Option<Date>) -> Self {
        Self {
            kinds: ContractKind::ALL.to_vec(),
            products: Product::TOGETHER.to_vec(),
            basis,
            from,
            until: None,
            approved: None,
            own_kinds: Vec::new(),
            except: Vec::new(),
            sections: Vec::new(),
            covers_changes_of_older: false,
        }
    }

    #[must_use]
    pub fn only(mut self, kind: ContractKind) -> Self {
        self.kinds = vec![kind];
        self
    }

    /// Whether a contract of this kind (and this kind of the obligee's own) is meant at all.
    pub fn covers(&self, kind: ContractKind, own: Option<&str>) -> bool {
        let among = |names: &[String]| own.is_some_and(|own| names.iter().any(|it| it == own));
        among(&self.own_kinds) || (self.kinds.contains(&kind) && !among(&self.except))
    }

    #[must_use]
    pub fn approved(mut self, words: &str) -> Self {
        self.approved = Some(words.to_owned());
        self
    }
}

/// The event whose date decides (domain.md §7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 公告日
    NoticeDate,
    /// 公告日, or 指名 where there is no announcement; the form's 公告日 takes either.
    NoticeOrDesignation,
    /// 入札日
    BidDate,
    /// 契約予定工事通知日
    PlannedContractNotice,
    /// 落札決定日
    AwardDate,
    /// 契約締結日
    ContractDate,
    /// 開始日のみ: the application's own day in Japan.
    StartOnly,
}

impl Basis {
    pub const ALL: [Self; 7] = [
        Self::NoticeDate,
        Self::NoticeOrDesignation,
        Self::BidDate,
        Self::PlannedContractNotice,
        Self::AwardDate,
        Self::ContractDate,
        Self::StartOnly,
    ];

    /// The name of the date in sentences.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoticeDate => "公告日",
            Self::NoticeOrDesignation => "公告日または指名日",
            Self::BidDate => "入札日",
            Self::PlannedContractNotice => "契約予定工事通知日",
            Self::AwardDate => "落札決定日",
            Self::ContractDate => "契約締結日",
            Self::StartOnly => "申込日",
        }
    }

    /// 「契約日が」: the subject of a short clause.
    pub(in crate::domain) fn short(self) -> &'static str {
        match self {
            Self::ContractDate => "契約日",
            other => other.label(),
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::NoticeDate => "notice_date",
            Self::NoticeOrDesignation => "notice_or_designation",
            Self::BidDate => "bid_date",
            Self::PlannedContractNotice => "planned_contract_notice",
            Self::AwardDate => "award_date",
            Self::ContractDate => "contract_date",
            Self::StartOnly => "start_only",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }
}
