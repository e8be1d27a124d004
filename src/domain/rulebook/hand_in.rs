//! How an obligee wants the authentication key handed in.

use serde::{Deserialize, Serialize};

use crate::domain::product::Product;

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
    /// 到達の電話: the obligee wants to be called.
    #[serde(default)]
    pub phone: bool,
    /// Together with the claim (前払金請求書) or the contract's papers.
    #[serde(default)]
    pub with_claim: bool,
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
            phone: false,
            with_claim: false,
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
            ("電話", self.phone.then_some("到達を電話で確かめる")),
            (
                "添えるもの",
                self.with_claim.then_some("請求書などの書類と一緒に出す"),
            ),
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

    /// The same, said of one product.
    pub fn of_product(self, product: Product) -> &'static str {
        match (self, product) {
            (Self::Claim, Product::Midterm) => "中間前払金を請求するとき",
            _ => self.label(),
        }
    }
}
