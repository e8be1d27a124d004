//! One way to write history: every verb appends through here, in its own transaction.

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ContractorUser, Officer};
use crate::db::events::{self, NewEvent};
use crate::domain::product::Product;

/// What happened. The stored code and the words people read stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    Submitted,
    Resubmitted,
    Withdrawn,
    TakenUp,
    Returned,
    PassedOn,
    Approved,
    ApprovalTakenBack,
    Declined,
    PaymentConfirmed,
    Ordered,
    OrderFailed,
    CertificateSigned,
    Issued,
    MailSent,
    MailFailed,
    KeyShown,
    KeyNoticeMade,
    CertificateSeen,
    CertificateCopied,
    PaperPrinted,
    MessageToContractor,
    BranchAdded,
    BranchChanged,
    ContractorAdded,
    ContractorChanged,
    BlockAllotted,
    JobRunAgain,
    /// Whoever approved overruled what a rule refuses, with a reason.
    RuleOverruled,
    /// 発注者 registered, or a version of its rule book.
    ObligeeAdded,
    RuleBookAdded,
    ActProposed,
    ActApproved,
    ActDropped,
    Corrected,
    ChangeCancelled,
    Terminated,
    KeyRenewalAsked,
    KeyRenewalOrdered,
    KeyRenewalDeclined,
    KeyRenewed,
    FeeTableProposed,
    FeeTableApproved,
    FeeTableDeclined,
    MonthClosed,
    FeeSettled,
    ReceiptPrinted,
    ReceiptsSwitched,
    BidWon,
    BidLost,
    /// 前払金請求書
    InvoiceMade,
    /// 提出しました, as the contractor notes it.
    HandedIn,
}

impl Happened {
    pub const ALL: [Self; 52] = [
        Self::Submitted,
        Self::Resubmitted,
        Self::Withdrawn,
        Self::TakenUp,
        Self::Returned,
        Self::PassedOn,
        Self::Approved,
        Self::ApprovalTakenBack,
        Self::Declined,
        Self::PaymentConfirmed,
        Self::Ordered,
        Self::OrderFailed,
        Self::CertificateSigned,
        Self::Issued,
        Self::MailSent,
        Self::MailFailed,
        Self::KeyShown,
        Self::KeyNoticeMade,
        Self::CertificateSeen,
        Self::CertificateCopied,
        Self::PaperPrinted,
        Self::MessageToContractor,
        Self::BranchAdded,
        Self::BranchChanged,
        Self::ContractorAdded,
        Self::ContractorChanged,
        Self::BlockAllotted,
        Self::JobRunAgain,
        Self::RuleOverruled,
        Self::ObligeeAdded,
        Self::RuleBookAdded,
        Self::ActProposed,
        Self::ActApproved,
        Self::ActDropped,
        Self::Corrected,
        Self::ChangeCancelled,
        Self::Terminated,
        Self::KeyRenewalAsked,
        Self::KeyRenewalOrdered,
        Self::KeyRenewalDeclined,
        Self::KeyRenewed,
        Self::FeeTableProposed,
        Self::FeeTableApproved,
        Self::FeeTableDeclined,
        Self::MonthClosed,
        Self::FeeSettled,
        Self::ReceiptPrinted,
        Self::ReceiptsSwitched,
        Self::BidWon,
        Self::BidLost,
        Self::InvoiceMade,
        Self::HandedIn,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Resubmitted => "resubmitted",
            Self::Withdrawn => "withdrawn",
            Self::TakenUp => "taken_up",
            Self::Returned => "returned",
            Self::PassedOn => "passed_on",
            Self::Approved => "approved",
            Self::ApprovalTakenBack => "approval_taken_back",
            Self::Declined => "declined",
            Self::PaymentConfirmed => "payment_confirmed",
            Self::Ordered => "ordered",
            Self::OrderFailed => "order_failed",
            Self::CertificateSigned => "certificate_signed",
            Self::Issued => "issued",
            Self::MailSent => "mail_sent",
            Self::MailFailed => "mail_failed",
            Self::KeyShown => "key_shown",
            Self::KeyNoticeMade => "key_notice_made",
            Self::CertificateSeen => "certificate_seen",
            Self::CertificateCopied => "certificate_copied",
            Self::PaperPrinted => "paper_printed",
            Self::MessageToContractor => "message_to_contractor",
            Self::BranchAdded => "branch_added",
            Self::BranchChanged => "branch_changed",
            Self::ContractorAdded => "contractor_added",
            Self::ContractorChanged => "contractor_changed",
            Self::BlockAllotted => "block_allotted",
            Self::JobRunAgain => "job_run_again",
            Self::RuleOverruled => "rule_overruled",
            Self::ObligeeAdded => "obligee_added",
            Self::RuleBookAdded => "rule_book_added",
            Self::ActProposed => "act_proposed",
            Self::ActApproved => "act_approved",
            Self::ActDropped => "act_dropped",
            Self::Corrected => "corrected",
            Self::ChangeCancelled => "change_cancelled",
            Self::Terminated => "terminated",
            Self::KeyRenewalAsked => "key_renewal_asked",
            Self::KeyRenewalOrdered => "key_renewal_ordered",
            Self::KeyRenewalDeclined => "key_renewal_declined",
            Self::KeyRenewed => "key_renewed",
            Self::FeeTableProposed => "fee_table_proposed",
            Self::FeeTableApproved => "fee_table_approved",
            Self::FeeTableDeclined => "fee_table_declined",
            Self::MonthClosed => "month_closed",
            Self::FeeSettled => "fee_settled",
            Self::ReceiptPrinted => "receipt_printed",
            Self::ReceiptsSwitched => "receipts_switched",
            Self::BidWon => "bid_won",
            Self::BidLost => "bid_lost",
            Self::InvoiceMade => "invoice_made",
            Self::HandedIn => "handed_in",
        }
    }

    /// The words of histories.
    pub fn label(self) -> &'static str {
        match self {
            Self::Submitted => "申込を送信",
            Self::Resubmitted => "訂正して再送信",
            Self::Withdrawn => "申込を取下げ",
            Self::TakenUp => "審査を開始",
            Self::Returned => "差戻し",
            Self::PassedOn => "承認に回した",
            Self::Approved => "承認",
            Self::ApprovalTakenBack => "承認の取消し",
            Self::Declined => "謝絶",
            Self::PaymentConfirmed => "入金確認",
            Self::Ordered => "発行を指図",
            Self::OrderFailed => "発行できずに戻した",
            Self::CertificateSigned => "証書に署名",
            Self::Issued => "発行",
            Self::MailSent => "お知らせメールを送信",
            Self::MailFailed => "お知らせメールを送れませんでした",
            Self::KeyShown => "認証キーを表示",
            Self::KeyNoticeMade => "認証キーのお知らせ（PDF）を作成",
            Self::CertificateSeen => "証書を表示",
            Self::CertificateCopied => "証書の写し（PDF）を作成",
            Self::PaperPrinted => "証書（紙）を印刷",
            Self::MessageToContractor => "お客様へのお知らせ",
            Self::BranchAdded => "支店を登録",
            Self::BranchChanged => "支店の連絡先を変更",
            Self::ContractorAdded => "お客様を登録",
            Self::ContractorChanged => "お客様の情報を変更",
            Self::BlockAllotted => "番号ブロックを割当て",
            Self::JobRunAgain => "処理をもう一度実行",
            Self::RuleOverruled => "支店の判断（きまりの例外）",
            Self::ObligeeAdded => "発注者を登録",
            Self::RuleBookAdded => "発注者のきまりを登録",
            Self::ActProposed => "訂正・変更取消・解約を起案",
            Self::ActApproved => "起案を承認",
            Self::ActDropped => "起案を取りやめ",
            Self::Corrected => "証書を訂正",
            Self::ChangeCancelled => "変更を取消し",
            Self::Terminated => "保証契約を解約",
            Self::KeyRenewalAsked => "認証キーの再発行を依頼",
            Self::KeyRenewalOrdered => "認証キーの再発行を指図",
            Self::KeyRenewalDeclined => "認証キーの再発行をお断り",
            Self::KeyRenewed => "認証キーを再発行",
            Self::FeeTableProposed => "保証料率表を提案",
            Self::FeeTableApproved => "保証料率表を承認",
            Self::FeeTableDeclined => "保証料率表を不承認",
            Self::MonthClosed => "一括納付の月を締めた",
            Self::FeeSettled => "保証料の入金・返還を確認",
            Self::ReceiptPrinted => "領収証を発行",
            Self::ReceiptsSwitched => "電子領収証の設定を変更",
            Self::BidWon => "落札：契約保証の申込を作成",
            Self::BidLost => "落札しなかった",
            Self::InvoiceMade => "前払金請求書を作成",
            Self::HandedIn => "発注者へ提出（お客様の記録）",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What stays among staff.
    pub(super) fn shown(self) -> bool {
        !matches!(
            self,
            Self::PassedOn
                | Self::ApprovalTakenBack
                | Self::Ordered
                | Self::OrderFailed
                | Self::CertificateSigned
                | Self::MailFailed
                | Self::BranchAdded
                | Self::BranchChanged
                | Self::ContractorAdded
                | Self::ContractorChanged
                | Self::BlockAllotted
                | Self::JobRunAgain
                | Self::RuleOverruled
                | Self::ObligeeAdded
                | Self::RuleBookAdded
                | Self::ActProposed
                | Self::ActApproved
                | Self::ActDropped
                | Self::Corrected
                | Self::ChangeCancelled
                | Self::KeyRenewalOrdered
                | Self::FeeTableProposed
                | Self::FeeTableApproved
                | Self::FeeTableDeclined
                | Self::MonthClosed
                | Self::ReceiptsSwitched
        )
    }
}

/// Who did it, as history keeps it.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Contractor(&'a ContractorUser),
    Officer(&'a Officer),
    Worker,
}

/// To what it happened.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    pub surety: i64,
    pub contractor: i64,
    pub branch: Option<i64>,
    pub application: Option<Uuid>,
    pub product: Option<Product>,
    pub guarantee: Option<i64>,
}

/// Appends one entry in the caller's transaction.
pub(super) async fn record(
    conn: &mut PgConnection,
    by: By<'_>,
    about: &About,
    what: Happened,
    words: &str,
    detail: Value,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    events::add(conn, &entry(by, about, what, words, detail, at)).await
}

fn entry<'a>(
    by: By<'a>,
    about: &About,
    what: Happened,
    words: &'a str,
    detail: Value,
    at: OffsetDateTime,
) -> NewEvent<'a> {
    let (actor_site, actor_id, actor_name) = match by {
        By::Contractor(user) => ("netdesk", Some(user.account), user.login.as_str()),
        By::Officer(officer) => ("office", Some(officer.account), officer.name.as_str()),
        By::Worker => ("worker", None, "システム"),
    };
    NewEvent {
        surety: about.surety,
        contractor: Some(about.contractor),
        branch: about.branch,
        application: about.application,
        product: about.product.map(Product::code),
        guarantee: about.guarantee,
        at,
        actor_site,
        actor_id,
        actor_name,
        kind: what.code(),
        words,
        detail: if detail.is_null() { json!({}) } else { detail },
        shown: what.shown(),
    }
}

/// Appends a message to the contractor. False where this form has sent one before.
pub(super) async fn message(
    conn: &mut PgConnection,
    who: &Officer,
    about: &About,
    form_id: Uuid,
    words: &str,
    at: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let what = Happened::MessageToContractor;
    let event = entry(By::Officer(who), about, what, words, json!({}), at);
    events::add_once(conn, &event, form_id).await
}

/// Whether a form has sent these very words about this application.
pub(super) async fn is_message(
    conn: &mut PgConnection,
    about: &About,
    form_id: Uuid,
    words: &str,
) -> Result<bool, sqlx::Error> {
    events::is_said(conn, about.application, form_id, words).await
}

/// Appends an entry about a register (branch, contractor, block, job): of the surety, not of one
/// application. It stays among staff.
pub(super) async fn record_register(
    conn: &mut PgConnection,
    who: &Officer,
    contractor: Option<i64>,
    what: Happened,
    words: &str,
    detail: Value,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    events::add(
        conn,
        &NewEvent {
            surety: who.surety,
            contractor,
            branch: None,
            application: None,
            product: None,
            guarantee: None,
            at,
            actor_site: "office",
            actor_id: Some(who.account),
            actor_name: &who.name,
            kind: what.code(),
            words,
            detail,
            shown: false,
        },
    )
    .await
}

/// An entry as pages show it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: OffsetDateTime,
    pub product: Option<Product>,
    /// netdesk, office, dsure or worker.
    pub site: String,
    pub who: String,
    /// `None` for a kind this program does not know.
    pub what: Option<Happened>,
    pub words: String,
    pub detail: Value,
}

impl From<events::EventRow> for Entry {
    fn from(row: events::EventRow) -> Self {
        Self {
            at: row.at,
            product: row.product.as_deref().and_then(Product::from_code),
            site: row.actor_site,
            who: row.actor_name,
            what: Happened::from_code(&row.kind),
            words: row.words,
            detail: row.detail,
        }
    }
}

/// 弊社からお客様へのお知らせ: one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub at: OffsetDateTime,
    pub words: String,
}

/// The messages among an application's entries, newest first.
pub fn notices<'a>(entries: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<Notice> {
    entries
        .rev()
        .filter(|entry| entry.what == Some(Happened::MessageToContractor))
        .map(|entry| Notice {
            at: entry.at,
            words: entry.words.clone(),
        })
        .collect()
}

impl Entry {
    pub fn label(&self) -> &'static str {
        self.what.map_or("記録", Happened::label)
    }
}
