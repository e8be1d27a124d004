//! What the Office reads: the queue, and one case with everything behind it.

use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Officer;
use super::applications::Item;
use super::examination;
use super::history::Entry;
use super::obligees::Obligee;
use crate::app::App;
use crate::db::applications::{self, QueueSearch};
use crate::db::{events, items, obligees, sureties};
use crate::domain::application::{ItemState, Stage};
use crate::domain::content::ApplicationContent;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rules::{self, Circumstances, Finding};
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
    pub price: i64,
    pub sent_at: OffsetDateTime,
    pub branch: String,
    pub examiner: Option<String>,
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
    /// Only applications with an item in one of these; empty: all.
    pub states: Vec<ItemState>,
    /// Part of 工事名, 契約者, 発注者 or 受付番号.
    pub words: String,
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

/// The branch's applications (head office: every branch's), oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn queue(app: &App, who: &Officer, query: &QueueQuery) -> Result<Queue, AppError> {
    let states: Vec<_> = query.states.iter().map(|state| state.code()).collect();
    let like = like(&query.words);
    let per_page = query.per_page.clamp(1, 100);
    let search = QueueSearch {
        states: &states,
        like: like.as_deref(),
        branch: (!who.is_head).then_some(who.branch),
        limit: per_page,
        offset: (query.page.max(1) - 1).saturating_mul(per_page),
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = applications::queue(&mut tx, who.surety, &search).await?;
    let total = applications::queue_count(&mut tx, who.surety, &search).await?;
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
                price: row.price,
                sent_at: row.sent_at,
                branch: row.branch_name,
                examiner: row.examiner_name,
            })
        })
        .collect::<Result<_, AppError>>()?;
    Ok(Queue { lines, total })
}

/// A pattern for LIKE out of what a person typed; `None` for nothing.
pub(super) fn like(words: &str) -> Option<String> {
    let key = text::search_key(words.trim()).replace('\0', "");
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
    pub content: ApplicationContent,
    pub items: Vec<Item>,
    /// Why each item cannot be issued yet, in the items' order.
    pub obstacles: Vec<Vec<String>>,
    pub findings: Vec<Finding>,
    pub obligee: Option<Obligee>,
    pub contractor: sureties::ContractorRow,
    pub branch: sureties::BranchRow,
    pub history: Vec<Entry>,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
    pub examiner: Option<(i64, OffsetDateTime)>,
    pub return_words: Option<String>,
}

/// # Errors
/// `NotFound` outside the own surety and branch, and for drafts.
pub async fn case(app: &App, who: &Officer, id: Uuid) -> Result<Case, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::case(&mut tx, who.surety, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let contractor = sureties::contractor(&mut tx, who.surety, row.contractor_id).await?;
    let branch = sureties::branch(&mut tx, who.surety, row.branch_id).await?;
    let obligee = match row.content.0.works.obligee_id {
        Some(obligee) => obligees::find(&mut tx, who.surety, obligee).await?,
        None => None,
    };
    let obligee = obligee.map(Obligee::try_from).transpose()?;
    let item_rows = items::of_application(&mut tx, id).await?;
    let history = events::of_application(&mut tx, id).await?;
    tx.commit().await?;
    let content = row.content.0;
    let items: Vec<Item> = item_rows
        .into_iter()
        .map(|item| Item::from_row(item, contractor.lump_sum))
        .collect::<Result<_, _>>()?;
    let findings = rules::check(
        &content,
        obligee.as_ref().and_then(|obligee| obligee.book.as_ref()),
        &Circumstances {
            today,
            lump_sum_agreement: contractor.lump_sum,
        },
    );
    Ok(Case {
        id,
        stage: Stage::from_code(&row.stage).ok_or_else(|| AppError::internal("unknown stage"))?,
        receipt_no: row.receipt_no,
        obstacles: items
            .iter()
            .map(|item| examination::obstacles(item, &content, today))
            .collect(),
        content,
        items,
        findings,
        obligee,
        contractor,
        branch,
        history: history.into_iter().map(Entry::from).collect(),
        sent_by: row.sent_by,
        sent_at: row.sent_at,
        examiner: row.examiner_id.zip(row.examined_at),
        return_words: row.return_words,
    })
}
