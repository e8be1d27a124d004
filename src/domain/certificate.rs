//! The face of a certificate (保証証書): the frozen facts, and the bytes that are signed.
//!
//! The bytes are written once, stored append-only and never encoded again; screens and PDFs are
//! pictures drawn from them (architecture.md, "What is the certificate?").

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Date;

use super::era;
use super::money::Yen;
use super::product::{CertificateForm, Product};

/// Schema id inside the bytes.
pub const SCHEMA: &str = "akashi/certificate/1";

/// 保証契約者: address, name, representative with title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub address: String,
    pub name: String,
    pub representative: String,
    /// JV名, where the principal is a joint venture.
    pub jv_name: Option<String>,
    /// The JV's representative member.
    pub jv_representative: Option<String>,
}

/// The surety as it signs at the foot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    pub name: String,
    pub address: String,
    /// 「取締役社長」
    pub president_title: String,
    pub president_name: String,
}

/// 取扱箇所.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlingBranch {
    pub name: String,
    pub tel: String,
    pub fax: String,
}

/// Why this version exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Occasion {
    New,
    /// 変更ーn
    Change {
        number: u32,
    },
    /// 変更取消: the change with this number (link `cancels` of the chain) never counts again; the face
    /// says what holds now.
    Cancellation {
        number: u32,
        cancels: u32,
    },
    /// 解約: the guarantee ends on this day; the face says what held until then.
    Termination {
        #[serde(with = "era::iso")]
        on: Date,
    },
}

impl Occasion {
    /// 対象 of the history: 「新規」「変更ー1」.
    pub fn label(&self) -> String {
        match self {
            Self::New => "新規".to_owned(),
            Self::Change { number } => format!("変更ー{number}"),
            Self::Cancellation { number, .. } => format!("変更取消（変更ー{number}）"),
            Self::Termination { .. } => "解約".to_owned(),
        }
    }

    /// n of 変更ーn, 0 for 新規: the order of the history.
    pub fn change(&self) -> u32 {
        match self {
            Self::Change { number } => *number,
            _ => 0,
        }
    }

    /// A certificate people read; 変更取消 and 解約 are statements about certificates.
    pub fn is_certificate(&self) -> bool {
        matches!(self, Self::New | Self::Change { .. })
    }
}

/// The frozen facts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFace {
    /// [`SCHEMA`].
    pub schema: String,
    /// 保証契約番号 with its letter: `35075-00001M`.
    pub number: String,
    /// Version, from 1.
    pub seq: u32,
    pub occasion: Occasion,
    /// 訂正: stands in the place of this link; its occasion is that link's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<u32>,
    pub product: Product,
    pub form: CertificateForm,
    /// The date at the top right: civil date of T1 in Asia/Tokyo.
    #[serde(with = "era::iso")]
    pub dated: Date,
    pub principal: Principal,
    /// 被保証者
    pub obligee: String,
    /// 保証金額（総額）
    pub amount: Yen,
    /// 保証期限
    #[serde(with = "era::iso")]
    pub until: Date,
    pub works_name: String,
    /// 請負金額（総額）
    pub price: Yen,
    #[serde(with = "era::iso")]
    pub period_from: Date,
    #[serde(with = "era::iso")]
    pub period_to: Date,
    /// 請負契約日; a 契約保証 may precede the contract.
    #[serde(with = "era::iso::option")]
    pub contract_date: Option<Date>,
    /// 入札日; of a reservation only, and absent from all other bytes.
    #[serde(
        default,
        with = "era::iso::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub bid_date: Option<Date>,
    /// 預託金融機関; prepayment only.
    pub bank: Option<String>,
    /// The undertaking sentence of this surety and product.
    pub vow: String,
    pub issuer: Issuer,
    pub branch: HandlingBranch,
    /// （注）, in order.
    pub notes: Vec<String>,
    /// Hex SHA-256 of what was approved.
    pub approved_sha256: String,
    /// Hex SHA-256 of the version before; `None` for the first.
    pub previous_sha256: Option<String>,
}

/// One printed row: label and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: &'static str,
    pub lines: Vec<String>,
    /// 保証金額 stands out.
    pub strong: bool,
}

/// How a guarantee stands on a day; reckoned, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Before the certificate's date.
    NotYet,
    InForce,
    /// After 保証期限, whose day still counts.
    Expired,
    /// 解約 on this day.
    Ended(Date),
}

impl Standing {
    pub fn on(today: Date, dated: Date, until: Date) -> Self {
        if today > until {
            Self::Expired
        } else if today < dated {
            Self::NotYet
        } else {
            Self::InForce
        }
    }
}

impl CertificateFace {
    /// The title: 「保証証書（前払金保証）」, 「契約保証予約証書（入札ボンド）」.
    pub fn title(&self) -> String {
        let (name, product) = self.title_lines();
        format!("{name}（{product}）")
    }

    /// The two lines of the title, the second printed in brackets.
    pub fn title_lines(&self) -> (&'static str, &'static str) {
        match self.product {
            Product::Reservation => ("契約保証予約証書", "入札ボンド"),
            product => ("保証証書", product.label()),
        }
    }

    /// The rows as the leaflet prints them (seed 000): ten for 前払 and 中間, nine for 契約
    /// (decisions.md); a reservation has its own.
    pub fn rows(&self) -> Vec<Row> {
        if self.product == Product::Reservation {
            return self.reservation_rows();
        }
        let mut rows = vec![
            row("保証契約番号", vec![self.number.clone()]),
            row("保証契約者", self.principal_lines()),
            row("被保証者", vec![self.obligee.clone()]),
            Row {
                label: "保証金額（総額）",
                lines: vec![format!("{}　円", self.amount)],
                strong: true,
            },
            row("保証期限", vec![era::padded(self.until)]),
            row("工事名", vec![self.works_name.clone()]),
            row("請負金額（総額）", vec![format!("{}　円", self.price)]),
            row("工期", vec![self.period_line()]),
            row(
                "請負契約日",
                vec![self.contract_date.map_or_else(String::new, era::padded)],
            ),
        ];
        if let Some(bank) = &self.bank {
            rows.push(row("預託金融機関", vec![bank.clone()]));
        }
        rows
    }

    fn reservation_rows(&self) -> Vec<Row> {
        let day = |date: Option<Date>| vec![date.map_or_else(String::new, era::padded)];
        vec![
            row("予約番号", vec![self.number.clone()]),
            row("予約申込者", self.principal_lines()),
            row("発注者", vec![self.obligee.clone()]),
            Row {
                label: "予約金額",
                lines: vec![format!("{}　円", self.amount)],
                strong: true,
            },
            row("予約期限", vec![era::padded(self.until)]),
            row("工事名", vec![self.works_name.clone()]),
            row("予定請負金額", vec![format!("{}　円", self.price)]),
            row("予定工期", vec![self.period_line()]),
            row("入札日", day(self.bid_date)),
            row("契約予定日", day(self.contract_date)),
        ]
    }

    fn period_line(&self) -> String {
        let (from, to) = (self.period_from, self.period_to);
        format!("{}　～　{}", era::padded(from), era::padded(to))
    }

    /// Address, name (of a joint venture with its representative member), representative.
    fn principal_lines(&self) -> Vec<String> {
        let mut principal = vec![self.principal.address.clone()];
        principal.extend(self.principal.jv_name.clone());
        match (&self.principal.jv_name, &self.principal.jv_representative) {
            (Some(_), Some(member)) if *member != self.principal.name => {
                principal.push(format!("代表者　{member}"));
            }
            (Some(_), _) => principal.push(format!("代表者　{}", self.principal.name)),
            (None, _) => principal.push(self.principal.name.clone()),
        }
        principal.push(self.principal.representative.clone());
        principal
    }

    /// The printed rows in which `after` says something else: label, words here, words there.
    pub fn differences(&self, after: &Self) -> Vec<(&'static str, String, String)> {
        let (old, new) = (self.rows(), after.rows());
        let mut differences: Vec<(&'static str, String, String)> = Vec::new();
        for label in new.iter().chain(&old).map(|row| row.label) {
            let words = |rows: &[Row]| {
                let row = rows.iter().find(|row| row.label == label);
                row.map_or_else(String::new, |row| row.lines.join("　"))
            };
            let (before, after) = (words(&old), words(&new));
            let known = differences.iter().any(|(known, ..)| *known == label);
            if before != after && !known {
                differences.push((label, before, after));
            }
        }
        differences
    }

    /// The bytes to sign and store.
    ///
    /// # Errors
    /// Only if serde cannot write the struct, which its types rule out.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// # Errors
    /// When the bytes are not a face of [`SCHEMA`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FaceError> {
        let face: Self = serde_json::from_slice(bytes)?;
        if face.schema == SCHEMA {
            Ok(face)
        } else {
            Err(FaceError::Schema(face.schema))
        }
    }
}

fn row(label: &'static str, lines: Vec<String>) -> Row {
    Row {
        label,
        lines,
        strong: false,
    }
}

/// Why stored bytes are no certificate.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    #[error("the bytes are not the JSON of a certificate: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the schema {0:?} is not known")]
    Schema(String),
}

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let figure = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [figure(byte >> 4), figure(byte & 15)])
        .collect()
}
