//! The works contract (請負契約) a guarantee stands for.

use serde::{Deserialize, Serialize};
use time::Date;

use super::era::{self, fiscal_year};
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
    /// 構成員, the representative among them; empty in applications of before they were asked for.
    #[serde(default)]
    pub members: Vec<JvMember>,
}

/// One company of a joint venture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JvMember {
    pub name: String,
    /// 出資比率 in hundredths of a per cent: 60 % is 6,000; those of all members make 10,000.
    pub share: u32,
}

/// Why a contract reaches over fiscal years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    /// 債務負担行為
    Authority,
    /// 継続費
    ContinuingExpenditure,
}

impl Obligation {
    pub const ALL: [Self; 2] = [Self::Authority, Self::ContinuingExpenditure];

    pub fn label(self) -> &'static str {
        match self {
            Self::Authority => "債務負担行為",
            Self::ContinuingExpenditure => "継続費",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::ContinuingExpenditure => "continuing_expenditure",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// 債務負担行為・継続費: a line per fiscal year, the first being that of the period's first day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiYear {
    pub obligation: Obligation,
    pub years: Vec<YearAmount>,
}

/// One fiscal year's part of the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearAmount {
    /// The calendar year the fiscal year begins in: 2026 is 令和8年度 (1 April 2026 to 31 March 2027).
    pub year: i32,
    /// 出来高予定額
    pub scheduled: Yen,
    /// 支払限度額
    pub ceiling: Yen,
}

/// 「令和8年度」, of the fiscal year that begins in this calendar year.
pub fn year_words(year: i32) -> String {
    let begins = fiscal_year_end(year - 1).next_day();
    let words = begins.map(era::plain).unwrap_or_default();
    match words.split_once('年') {
        Some((era_year, _)) => format!("{era_year}年度"),
        None => format!("{year}年度"),
    }
}

/// 31 March of a fiscal year.
pub fn fiscal_year_end(year: i32) -> Date {
    Date::from_calendar_date(year + 1, time::Month::March, 31).unwrap_or(Date::MAX)
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
    /// 入札日.
    #[serde(default, with = "super::era::iso::option")]
    pub bid_date: Option<Date>,
    /// 契約予定工事通知日.
    #[serde(default, with = "super::era::iso::option")]
    pub planned_notice_date: Option<Date>,
    pub jv: Option<JointVenture>,
    /// `None` for a contract of one fiscal year.
    #[serde(default)]
    pub multi_year: Option<MultiYear>,
}

impl WorksContract {
    /// 今年度: the fiscal year an application of `day` is about, within the period's own.
    pub fn year_of(&self, day: Date) -> i32 {
        let (first, last) = (fiscal_year(self.period_from), fiscal_year(self.period_to));
        fiscal_year(day).clamp(first, last.max(first))
    }

    /// The line of a fiscal year, where the contract reaches over several.
    pub fn year(&self, year: i32) -> Option<&YearAmount> {
        let years = &self.multi_year.as_ref()?.years;
        years.iter().find(|line| line.year == year)
    }

    /// 保証期限 of money paid in advance in the fiscal year of `day`: the period's end, but the fiscal
    /// year's own end where the contract goes on after it (domain.md §4.1).
    pub fn advance_until(&self, day: Date) -> Date {
        if self.multi_year.is_none() {
            return self.period_to;
        }
        fiscal_year_end(self.year_of(day)).min(self.period_to)
    }
}
