//! 処理の記録: jobs that gave up, with their reason, and running them again.

use serde_json::json;
use uuid::Uuid;

use super::Officer;
use super::examination::orders::{self, Again};
use super::history::{self, Happened};
use super::registers::administrator;
use crate::app::App;
use crate::db::jobs;
pub use crate::db::jobs::BuriedRow;
use crate::error::AppError;

/// The own surety's buried jobs, newest first.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn buried(app: &App, who: &Officer) -> Result<Vec<BuriedRow>, AppError> {
    administrator(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = jobs::buried(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Puts a buried job back into the queue. Twice is once. A buried order is given again in the name of
/// the approver who gave it, while that approval stands.
///
/// # Errors
/// `NotFound` for other roles and other sureties' jobs; `Conflict` when it is not buried any more, or
/// with the reason why an order cannot be carried out yet.
pub async fn run_again(app: &App, who: &Officer, id: Uuid) -> Result<Rerun, AppError> {
    administrator(who)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let job = jobs::find(&mut tx, who.surety, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let order = if job.kind == "issue" && jobs::is_buried(&mut tx, who.surety, id).await? {
        Some(orders::again(&mut tx, who, &job, now).await?)
    } else {
        None
    };
    if !jobs::again(&mut tx, who.surety, id, now).await? {
        return Err(AppError::Conflict(
            "この処理は、すでに実行し直されています。一覧を確かめてください。".to_owned(),
        ));
    }
    if order != Some(Again::Ordered) {
        let detail = json!({ "job": id });
        history::record_register(&mut tx, who, None, Happened::JobRunAgain, "", detail, now)
            .await?;
    }
    tx.commit().await?;
    Ok(if order == Some(Again::Past) {
        Rerun::Cleared
    } else {
        Rerun::Queued
    })
}

/// What running a buried job again comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rerun {
    Queued,
    /// An order whose application has gone another way since: only its record is cleared.
    Cleared,
}
