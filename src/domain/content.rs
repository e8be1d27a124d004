//! What a contractor applies for: the typed contents of one 保証申込, frozen when it is sent.

use serde::{Deserialize, Serialize};
use time::Date;

use super::field::Field;
use super::kind::ApplicationKind;
use super::money::Yen;
use super::product::{CertificateForm, Product};
use super::works::WorksContract;

/// 保証料支払方法 (domain.md §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeMethod {
    /// 一括納付: one month's fees together; only with an agreement.
    LumpSum,
    Transfer,
    Cash,
    Cheque,
}

impl FeeMethod {
    pub const ALL: [Self; 4] = [Self::LumpSum, Self::Transfer, Self::Cash, Self::Cheque];

    pub fn label(self) -> &'static str {
        match self {
            Self::LumpSum => "一括納付",
            Self::Transfer => "振込",
            Self::Cash => "現金",
            Self::Cheque => "小切手",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::LumpSum => "lump_sum",
            Self::Transfer => "transfer",
            Self::Cash => "cash",
            Self::Cheque => "cheque",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// What both products' blocks of the form have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommonTerms {
    pub form: CertificateForm,
    /// 保証金額, whole yen.
    pub amount: Yen,
    pub fee_method: FeeMethod,
    /// 保証料請求先.
    pub bill_to: String,
    /// 保証料計算書(紙)について: 希望する.
    pub paper_statement: bool,
}

/// 前払金保証's block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepaymentTerms {
    #[serde(flatten)]
    pub common: CommonTerms,
    /// 今年度対象額 (出来高予定額または支払限度額); `None` for a single-year contract.
    pub fy_base: Option<Yen>,
    /// 預託金融機関, full width: 「○○銀行　××支店」.
    pub bank: String,
    /// 再預託利用区分.
    pub redeposit: bool,
}

/// 中間前払金保証's block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MidtermTerms {
    #[serde(flatten)]
    pub common: CommonTerms,
    /// 今年度対象額, as for the prepayment.
    pub fy_base: Option<Yen>,
    /// The issued prepayment guarantee it builds on: ten digits with hyphen and letter.
    pub builds_on: String,
    /// 前払金: what the obligee has paid before, whole yen.
    pub prepaid: Yen,
    /// 認定日: when the obligee found the conditions met.
    #[serde(with = "super::era::iso")]
    pub approved_on: Date,
    /// The four conditions (domain.md §4.2), each as the contractor states it.
    pub conditions: MidtermConditions,
    /// 預託金融機関, full width.
    pub bank: String,
    pub redeposit: bool,
}

/// 中間前払金's four conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MidtermConditions {
    /// The prepayment was paid.
    pub prepaid: bool,
    /// Half of the period is over.
    pub half_over: bool,
    /// What was scheduled for that half is done.
    pub on_schedule: bool,
    /// The work done is worth half of the price.
    pub half_done: bool,
}

impl MidtermConditions {
    pub fn all_met(self) -> bool {
        self.prepaid && self.half_over && self.on_schedule && self.half_done
    }
}

impl MidtermTerms {
    /// The four conditions, each with whether the contractor says that it is met.
    pub fn stated(&self) -> [(Field, bool); 4] {
        let said = self.conditions;
        [
            (Field::MidtermConditionPrepaid, said.prepaid),
            (Field::MidtermConditionHalfOver, said.half_over),
            (Field::MidtermConditionOnSchedule, said.on_schedule),
            (Field::MidtermConditionHalfDone, said.half_done),
        ]
    }
}

/// 契約保証予約's own application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationTerms {
    #[serde(flatten)]
    pub common: CommonTerms,
}

/// 契約保証's block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTerms {
    #[serde(flatten)]
    pub common: CommonTerms,
}

/// 入札方式.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BidMethod {
    Open,
    Designated,
    Negotiated,
}

impl BidMethod {
    pub const ALL: [Self; 3] = [Self::Open, Self::Designated, Self::Negotiated];

    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "一般競争入札",
            Self::Designated => "指名競争入札",
            Self::Negotiated => "随意契約",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Designated => "designated",
            Self::Negotiated => "negotiated",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// 「前払金保証の申込み」, asked where only 契約保証 is applied for: 契約保証 is a rider (domain.md §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrepaymentPlan {
    /// 予定している
    Planned,
    /// 申込済
    Applied,
}

impl PrepaymentPlan {
    pub const ALL: [Self; 2] = [Self::Planned, Self::Applied];

    pub fn label(self) -> &'static str {
        match self {
            Self::Planned => "予定している",
            Self::Applied => "申込済",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Applied => "applied",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.code() == code)
    }
}

/// 入札の状況.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BidFacts {
    pub method: Option<BidMethod>,
    /// 予定価格, whole yen.
    pub planned_price: Option<Yen>,
    /// 低入札価格調査の対象.
    pub low_price: bool,
    /// 中間前払金あり.
    pub midterm: bool,
    pub prepayment_plan: Option<PrepaymentPlan>,
    /// 設計金額, whole yen.
    #[serde(default)]
    pub design_price: Option<Yen>,
    /// 発注担当課, where the obligee's rules tell sections apart.
    #[serde(default)]
    pub obligee_section: Option<String>,
    /// 契約の細目: one of the obligee's own kinds of contract.
    #[serde(default)]
    pub kind_detail: Option<String>,
    /// 部分払を選択している, instead of 中間前払金.
    #[serde(default)]
    pub partial_payment: bool,
    /// The guarantee comes into being by a change of the contract.
    #[serde(default)]
    pub by_change: bool,
}

/// 保証証書受取, for paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    Counter,
    Post,
}

impl Handover {
    pub const ALL: [Self; 2] = [Self::Counter, Self::Post];

    pub fn label(self) -> &'static str {
        match self {
            Self::Counter => "窓口",
            Self::Post => "郵送",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Post => "post",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|handover| handover.code() == code)
    }
}

/// その他 = インフォメーション.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// 申込送信先.
    pub branch_id: i64,
    pub handover: Option<Handover>,
    /// 電子保証発行完了のお知らせ: 希望する.
    pub notify: bool,
    /// メールアドレス; always there when `notify`.
    pub email: Option<String>,
    pub department: String,
    pub post: String,
    pub person: String,
    pub tel: String,
    /// お客様から弊社への連絡事項.
    pub message: String,
}

/// 変更の申込: what holds is to become what this application says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTerms {
    /// 変更契約日
    #[serde(with = "super::era::iso")]
    pub changed_on: Date,
    pub reason: String,
    pub before: Before,
}

/// What of the certificate in force a change may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub product: Product,
    /// The version in force it was built on.
    pub seq: u32,
    pub price: Yen,
    pub amount: Yen,
    #[serde(with = "super::era::iso")]
    pub period_from: Date,
    #[serde(with = "super::era::iso")]
    pub period_to: Date,
    /// 保証期限
    #[serde(with = "super::era::iso")]
    pub until: Date,
    /// 今年度対象額
    pub fy_base: Option<Yen>,
    /// What the rates were rates of: of a contract over several years the amount of its year.
    #[serde(default)]
    pub base: Option<Yen>,
}

/// Everything one application says, typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationContent {
    pub works: WorksContract,
    pub prepayment: Option<PrepaymentTerms>,
    #[serde(default)]
    pub midterm: Option<MidtermTerms>,
    pub contract: Option<ContractTerms>,
    #[serde(default)]
    pub reservation: Option<ReservationTerms>,
    /// `None` for a new guarantee.
    #[serde(default)]
    pub change: Option<ChangeTerms>,
    pub bid: BidFacts,
    pub information: Information,
}

impl ApplicationContent {
    /// The terms of one product, where it is applied for.
    pub fn terms(&self, product: Product) -> Option<&CommonTerms> {
        match product {
            Product::Prepayment => self.prepayment.as_ref().map(|terms| &terms.common),
            Product::Midterm => self.midterm.as_ref().map(|terms| &terms.common),
            Product::Contract => self.contract.as_ref().map(|terms| &terms.common),
            Product::Reservation => self.reservation.as_ref().map(|terms| &terms.common),
        }
    }

    /// 預託金融機関 of money paid in advance.
    pub fn bank(&self, product: Product) -> Option<&str> {
        match product {
            Product::Prepayment => self.prepayment.as_ref().map(|terms| terms.bank.as_str()),
            Product::Midterm => self.midterm.as_ref().map(|terms| terms.bank.as_str()),
            Product::Contract | Product::Reservation => None,
        }
    }

    /// 今年度対象額 as typed for a product.
    pub fn fy_base(&self, product: Product) -> Option<Yen> {
        match product {
            Product::Prepayment => self.prepayment.as_ref().and_then(|terms| terms.fy_base),
            Product::Midterm => self.midterm.as_ref().and_then(|terms| terms.fy_base),
            Product::Contract | Product::Reservation => None,
        }
    }

    /// 保証期限 of a product, applied for on `applied_on` (Japan).
    pub fn until(&self, product: Product, applied_on: Date) -> Date {
        match product {
            Product::Prepayment | Product::Midterm => self.works.advance_until(applied_on),
            Product::Contract => self.works.period_to,
            // A reservation waits for the contract.
            Product::Reservation => self.works.contract_date.unwrap_or(self.works.period_to),
        }
    }

    /// What the shown ratio of a product is a ratio of: what was typed as this year's base, else
    /// 今年度's 出来高予定額, else the price; with its name.
    pub fn share_base(&self, product: Product, applied_on: Date) -> (Yen, &'static str) {
        let works = &self.works;
        let scheduled = works
            .year(works.year_of(applied_on))
            .filter(|_| product.is_advance())
            .map(|line| line.scheduled);
        match (self.fy_base(product), scheduled, product) {
            (Some(base), ..) => (base, "今年度対象額"),
            (None, Some(base), _) => (base, "今年度の出来高予定額"),
            (None, None, Product::Reservation) => (works.price, "予定請負金額"),
            (None, None, _) => (works.price, "請負金額"),
        }
    }

    /// A reservation is applied for alone; what was sent as a change says nothing of it here.
    pub fn kind(&self) -> ApplicationKind {
        if self.reservation.is_some() {
            ApplicationKind::Reservation
        } else {
            ApplicationKind::New
        }
    }

    /// The products applied for, prepayment first.
    pub fn products(&self) -> impl Iterator<Item = Product> + '_ {
        Product::ALL
            .into_iter()
            .filter(|product| self.terms(*product).is_some())
    }
}
