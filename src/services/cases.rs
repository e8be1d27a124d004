//! What the Office reads: the queue, and one case with everything behind it.

use std::ops::Deref;

use serde::Deserialize;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use uuid::Uuid;

use super::Officer;
use super::documents::Document;
use super::grounds::Grounds;
use super::history::Entry;
use crate::app::App;
use crate::db::queue::{self, QueueSearch};
pub use crate::db::sureties::{BranchRow, ContractorRow};
use crate::db::{applications, documents, events, guarantees, items, sureties};
use crate::domain::application::{ItemState, Stage};
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{era, text};
use crate::error::AppError;

/// One line of the queue.
#[derive(Debug, Clone)]
pub struct QueueLine {
    pub id: Uuid,
    pub receipt_no: String,
    pub stage: Stage,
    pub contractor: String,
    pub obligee_name: String,
    pub works_name: String,
    pub jv_name: Option<String>,
    pub price: i64,
    pub sent_at: OffsetDateTime,
    pub branch: String,
    pub examiner: Option<String>,
    /// Number with letter of the guarantee it changes.
    pub changes: Option<String>,
    pub items: Vec<QueueItem>,
}

/// One product of a line.
#[derive(Debug, Clone, Deserialize)]
pub struct QueueItem {
    pub product: Product,
    pub form: CertificateForm,
    pub amount: i64,
    pub state: ItemState,
}

/// What the queue is asked for.
#[derive(Debug, Clone, Default)]
pub struct QueueQuery {
    /// Only applications in one of these stages; empty: all that were sent.
    pub stages: Vec<Stage>,
    /// Only applications with an item in one of these; empty: all.
    pub states: Vec<ItemState>,
    pub product: Option<Product>,
    pub form: Option<CertificateForm>,
    /// Part of 工事名, 契約者, 発注者 or 受付番号.
    pub words: String,
    /// Only those this person took up.
    pub own: bool,
    /// Sent on this day or later.
    pub since: Option<Date>,
    /// Otherwise what waits longest stands on top.
    pub newest_first: bool,
    /// From 1.
    pub page: i64,
    pub per_page: i64,
}

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct Queue {
    pub lines: Vec<QueueLine>,
    /// Counted to 1,001.
    pub total: i64,
}

/// The branch's applications (head office: every branch's).
///
/// # Errors
/// When the database cannot be reached.
pub async fn queue(app: &App, who: &Officer, query: &QueueQuery) -> Result<Queue, AppError> {
    let stages: Vec<_> = query.stages.iter().map(|stage| stage.code()).collect();
    let states: Vec<_> = query.states.iter().map(|state| state.code()).collect();
    let like = like(&query.words);
    let words = as_typed(&query.words);
    let per_page = query.per_page.clamp(1, 100);
    let search = QueueSearch {
        stages: &stages,
        states: &states,
        product: query.product.map(Product::code),
        form: query.form.map(CertificateForm::code),
        like: like.as_deref(),
        branch: (!who.is_head).then_some(who.branch),
        examiner: query.own.then_some(who.account),
        since: query.since.map(|day| {
            let midnight = PrimitiveDateTime::new(day, Time::MIDNIGHT);
            midnight.assume_offset(era::tokyo(app.clock.now()).offset())
        }),
        newest_first: query.newest_first,
        limit: per_page,
        offset: (query.page.max(1) - 1).saturating_mul(per_page),
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = queue::page(&mut tx, who.surety, &search, words.as_deref()).await?;
    let total = queue::count(&mut tx, who.surety, &search, words.as_deref()).await?;
    tx.commit().await?;
    let lines = rows
        .into_iter()
        .map(|row| {
            Ok(QueueLine {
                stage: Stage::from_code(&row.stage)
                    .ok_or_else(|| AppError::internal("unknown stage"))?,
                items: serde_json::from_value(row.items)?,
                id: row.id,
                receipt_no: row.receipt_no,
                contractor: row.contractor_name,
                obligee_name: row.obligee_name,
                works_name: row.works_name,
                jv_name: row.jv_name,
                price: row.price,
                sent_at: row.sent_at,
                branch: row.branch_name,
                examiner: row.examiner_name,
                changes: row.changes,
            })
        })
        .collect::<Result<_, AppError>>()?;
    Ok(Queue { lines, total })
}

pub use crate::db::queue::CountsRow as Counts;

/// How much work stands where, in reach of this person; for menu and tiles.
///
/// # Errors
/// When the database cannot be reached.
pub async fn counts(app: &App, who: &Officer) -> Result<Counts, AppError> {
    let branch = (!who.is_head).then_some(who.branch);
    let mut tx = app.db.begin(&who.scope()).await?;
    let counts = queue::counts(&mut tx, who.surety, branch, who.account).await?;
    tx.commit().await?;
    Ok(counts)
}

/// Guarantees issued today: electronic, paper.
///
/// # Errors
/// When the database cannot be reached.
pub async fn issued_today(app: &App, who: &Officer) -> Result<(i64, i64), AppError> {
    let branch = (!who.is_head).then_some(who.branch);
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let issued = queue::issued_on(&mut tx, who.surety, branch, today).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Whether a product is 発行手続中: what the page asks every 200 ms after 発行する.
///
/// # Errors
/// `NotFound` outside the own surety and branch.
pub async fn under_way(app: &App, who: &Officer, id: Uuid) -> Result<bool, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    applications::case(&mut tx, who.surety, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let items = items::of_application(&mut tx, id).await?;
    tx.commit().await?;
    Ok(items
        .iter()
        .any(|item| item.state == ItemState::Ordered.code()))
}

/// A pattern for LIKE out of what a person typed, folded as search columns are; `None` for nothing.
pub(super) fn like(words: &str) -> Option<String> {
    pattern(&text::search_key(words.trim()))
}

/// The same without folding, for names that are kept as written.
pub(super) fn as_typed(words: &str) -> Option<String> {
    pattern(words.trim())
}

fn pattern(key: &str) -> Option<String> {
    let key = key.replace('\0', "");
    if key.is_empty() {
        return None;
    }
    let escaped = key
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Some(format!("%{escaped}%"))
}

/// One application with everything the branch needs to decide.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: Uuid,
    pub stage: Stage,
    pub receipt_no: String,
    /// Contents, products, rules' outcomes, and what stands in the way.
    pub grounds: Grounds,
    pub branch: BranchRow,
    pub history: Vec<Entry>,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
    pub examiner: Option<Examiner>,
    pub return_words: Option<String>,
    /// 申込日: when it was sent for the first time.
    pub first_sent_at: OffsetDateTime,
    /// Number with letter of the reservation it was carried over from.
    pub reservation: Option<String>,
    /// What was sent with it, newest first.
    pub documents: Vec<Document>,
}

impl Deref for Case {
    type Target = Grounds;

    fn deref(&self) -> &Grounds {
        &self.grounds
    }
}

/// Who took the application up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examiner {
    pub account: i64,
    pub name: String,
    pub at: OffsetDateTime,
}

/// One application of the own branch.
///
/// # Errors
/// `NotFound` outside the own surety and branch, and for drafts.
pub async fn case(app: &App, who: &Officer, id: Uuid) -> Result<Case, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::case(&mut tx, who.surety, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let branch = sureties::branch(&mut tx, who.surety, row.branch_id).await?;
    let item_rows = items::of_application(&mut tx, id).await?;
    let grounds = Grounds::load(&mut tx, &row, item_rows, app.clock.now()).await?;
    let history = events::of_application(&mut tx, id).await?;
    let reservation = match row.reservation_id {
        Some(id) => guarantees::number(&mut tx, id).await?,
        None => None,
    };
    let documents = documents::of_application(&mut tx, who.surety, id).await?;
    tx.commit().await?;
    Ok(Case {
        first_sent_at: row.first_sent_at,
        reservation,
        documents: documents.into_iter().map(Document::from).collect(),
        id,
        stage: Stage::from_code(&row.stage).ok_or_else(|| AppError::internal("unknown stage"))?,
        receipt_no: row.receipt_no,
        grounds,
        branch,
        history: history.into_iter().map(Entry::from).collect(),
        sent_by: row.sent_by,
        sent_at: row.sent_at,
        examiner: row
            .examiner_id
            .zip(row.examined_at)
            .map(|(account, at)| Examiner {
                account,
                name: row.examiner_name.unwrap_or_default(),
                at,
            }),
        return_words: row.return_words,
    })
}
