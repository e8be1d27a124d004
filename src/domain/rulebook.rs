//! The rule book (きまり): what a surety knows of one obligee. What it does not know is unknown,
//! and then only warns (decisions.md, "Severity"); no number is invented here.

use serde::{Deserialize, Serialize};
use time::Date;

use super::product::Product;
use super::works::ContractKind;

mod day;
mod facts;
mod fraction;
#[cfg(test)]
mod tests;

pub use fraction::{Fraction, RoundingUnit};

/// Everything a surety knows of one obligee, at one time. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBook {
    /// The obligee without its title: 「みなと野市」.
    pub body: String,
    pub electronic: Electronic,
    #[serde(default)]
    pub rates: Rates,
    /// 端数 of the prepayment; `None` is unknown.
    #[serde(default)]
    pub rounding: Option<RoundingUnit>,
    /// Where and how the key is handed in; at most one entry per product.
    #[serde(default)]
    pub hand_in: Vec<HandIn>,
    /// Where all this was read: 「発注者の案内」.
    #[serde(default)]
    pub source: String,
    /// When somebody last looked there.
    #[serde(default, with = "day")]
    pub checked_on: Option<Date>,
}

impl RuleBook {
    /// A book in which nothing is known yet.
    pub fn unknown(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            electronic: Electronic::Unknown,
            rates: Rates::default(),
            rounding: None,
            hand_in: Vec::new(),
            source: String::new(),
            checked_on: None,
        }
    }

    /// The obligee takes electronic guarantees under this one rule.
    #[must_use]
    pub fn electronic(mut self, rule: ElectronicRule) -> Self {
        self.electronic = Electronic::From { rules: vec![rule] };
        self
    }

    #[must_use]
    pub fn paper_only(mut self) -> Self {
        self.electronic = Electronic::PaperOnly;
        self
    }

    #[must_use]
    pub fn rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    #[must_use]
    pub fn rounding(mut self, unit: RoundingUnit) -> Self {
        self.rounding = Some(unit);
        self
    }

    #[must_use]
    pub fn hand_in(mut self, hand_in: Vec<HandIn>) -> Self {
        self.hand_in = hand_in;
        self
    }

    #[must_use]
    pub fn source(mut self, source: &str, checked_on: Option<Date>) -> Self {
        source.clone_into(&mut self.source);
        self.checked_on = checked_on;
        self
    }

    /// How the key of `product` is handed in, where that is known.
    pub fn hand_in_of(&self, product: Product) -> Option<&HandIn> {
        self.hand_in.iter().find(|entry| entry.product == product)
    }
}

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
        }
    }

    #[must_use]
    pub fn only(mut self, kind: ContractKind) -> Self {
        self.kinds = vec![kind];
        self
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
    pub(super) fn short(self) -> &'static str {
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

/// 割合. Every one that is `None` is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// 前払金, 工事: at most.
    pub prepayment_works: Option<Fraction>,
    /// 前払金, 業務委託: at most.
    pub prepayment_consulting: Option<Fraction>,
    /// 前払金, 低入札: at most.
    pub prepayment_low_price: Option<Fraction>,
    /// 中間前払金: at most.
    pub midterm: Option<Fraction>,
    /// 契約保証: at least.
    pub contract: Option<Fraction>,
    /// 契約保証, 低入札: at least.
    pub contract_low_price: Option<Fraction>,
}

impl Rates {
    /// The prepayment's rate for this kind of contract, where known.
    pub fn prepayment(&self, kind: ContractKind) -> Option<Fraction> {
        match kind {
            ContractKind::Works => self.prepayment_works,
            ContractKind::Consulting => self.prepayment_consulting,
        }
    }
}

/// 提出: where and how the obligee wants the authentication key of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandIn {
    pub product: Product,
    /// 提出先: 「総務部契約検査課」.
    #[serde(default)]
    pub section: Option<String>,
    #[serde(default)]
    pub channel: Option<Channel>,
    /// A mail address or the address of a page.
    #[serde(default)]
    pub address: Option<String>,
    /// 件名, as a pattern: 「【電子保証】{工事名}」.
    #[serde(default)]
    pub subject: Option<String>,
    pub when: Moment,
    /// What else to know: 「その他の必要書類と合わせて」.
    #[serde(default)]
    pub note: Option<String>,
}

impl HandIn {
    /// An entry that knows only when: the contract's key at the contract, the prepayment's at the claim.
    pub fn new(product: Product) -> Self {
        Self {
            product,
            section: None,
            channel: None,
            address: None,
            subject: None,
            when: Moment::of(product),
            note: None,
        }
    }

    #[must_use]
    pub fn to(mut self, section: &str) -> Self {
        self.section = Some(section.to_owned());
        self
    }

    #[must_use]
    pub fn by(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    #[must_use]
    pub fn subject(mut self, pattern: &str) -> Self {
        self.subject = Some(pattern.to_owned());
        self
    }

    #[must_use]
    pub fn note(mut self, words: &str) -> Self {
        self.note = Some(words.to_owned());
        self
    }

    /// 「総務部契約検査課へ電子メール」; `None` where neither is known.
    pub fn words(&self) -> Option<String> {
        match (&self.section, self.channel) {
            (Some(section), Some(channel @ (Channel::Upload | Channel::Form))) => {
                Some(format!("{}（{section}）", channel.label()))
            }
            (Some(section), Some(channel)) => Some(format!("{section}へ{}", channel.label())),
            (Some(section), None) => Some(format!("{section}へ")),
            (None, Some(channel)) => Some(channel.label().to_owned()),
            (None, None) => None,
        }
    }
}

impl HandIn {
    /// 「工事担当課へ電子メール　件名：【前払金】{工事名}　時期：前払金を請求するとき　備考：…」
    pub fn full_words(&self) -> String {
        let mut parts = vec![self.words().unwrap_or_else(|| "提出先は未登録".to_owned())];
        let known = [
            ("宛先", self.address.as_deref()),
            ("件名", self.subject.as_deref()),
            ("時期", Some(self.when.label())),
            ("備考", self.note.as_deref()),
        ];
        parts.extend(
            known
                .into_iter()
                .filter_map(|(label, words)| Some(format!("{label}：{}", words?))),
        );
        parts.join("　")
    }
}

/// 提出の方法.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Mail,
    Upload,
    Print,
    Form,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Mail, Self::Upload, Self::Print, Self::Form];

    pub fn label(self) -> &'static str {
        match self {
            Self::Mail => "電子メール",
            Self::Upload => "電子契約システム",
            Self::Print => "印刷して持参",
            Self::Form => "電子申請",
        }
    }

    /// What is done with the notice.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Mail => "お知らせ（PDF）を電子メールに添付して送信します",
            Self::Upload => "お知らせ（PDF）を電子契約システムへアップロードします",
            Self::Print => "お知らせを印刷して持参します",
            Self::Form => "お知らせ（PDF）を発注者の電子申請で提出します",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Upload => "upload",
            Self::Print => "print",
            Self::Form => "form",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// 提出の時期.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    Contract,
    Claim,
}

impl Moment {
    /// When a product's key is handed in, unless the obligee says otherwise.
    pub fn of(product: Product) -> Self {
        match product {
            Product::Contract | Product::Reservation => Self::Contract,
            Product::Prepayment | Product::Midterm => Self::Claim,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Contract => "契約を結ぶとき",
            Self::Claim => "前払金を請求するとき",
        }
    }
}
