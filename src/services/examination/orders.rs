//! 発行する: the order, and an order that came back given once more.

use serde_json::json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::locked::Locked;
use super::record;
use crate::app::App;
use crate::db::jobs::{self, JobRow};
use crate::db::{issuing, items};
use crate::domain::application::{Act, ItemState};
use crate::domain::product::Product;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::grounds::Seen;
use crate::services::history::{self, By, Happened};

/// 発行する: orders the issue; the worker does it. Pressing twice orders once; of several products
/// either each is ordered or none.
///
/// # Errors
/// `Denied` for roles that do not approve; `Conflict` with the reason where the fee is due, a rule
/// or a date forbids it, or the contents are not those that were seen.
pub async fn order(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("発行の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let mut due = Vec::new();
    for product in products {
        // Ordered or issued already: the same answer.
        let state = locked.item(*product)?.state;
        if !matches!(state, ItemState::Ordered | ItemState::Issued) {
            due.push(*product);
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    let ready = locked.ready(&due, Act::Order)?;
    locked.as_seen(seen)?;
    let mut reasons: Vec<String> = Vec::new();
    for reason in ready.iter().flat_map(|item| locked.grounds.obstacles(item)) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if !reasons.is_empty() {
        return Err(AppError::Conflict(reasons.join("")));
    }
    // Numbers are drawn in the order of the form: jobs of one moment are worked off by their ids.
    for (left, item) in (0..ready.len()).rev().zip(ready) {
        items::order(&mut tx, item.id, who.account, now).await?;
        let payload = json!({ "item": item.id, "by": who.account });
        let before = Duration::milliseconds(i64::try_from(left).unwrap_or_default());
        let job = app.chance.id(now - before);
        jobs::add(&mut tx, job, who.surety, "issue", &payload, now).await?;
        let about = locked.about(Some(item.product));
        record(&mut tx, who, &about, Happened::Ordered, "", now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What came of running a buried order again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is ordered as it was.
    Ordered,
    /// The application has gone another way since; nothing is left to do.
    Past,
}

/// A buried order once more, in the name of the approver who gave it: only while the very approval
/// stands that it was given for, and nothing forbids the issue.
pub(in crate::services) async fn again(
    conn: &mut PgConnection,
    who: &Officer,
    job: &JobRow,
    now: OffsetDateTime,
) -> Result<Again, AppError> {
    let item = job.payload["item"].as_str();
    let Some(item) = item.and_then(|id| Uuid::parse_str(id).ok()) else {
        return Ok(Again::Past);
    };
    let Some(draft) = issuing::read(conn, item).await? else {
        return Err(AppError::Conflict(
            "ほかの営業部・支店の申込です。その支店の管理者か、本店の管理者が実行してください。"
                .to_owned(),
        ));
    };
    let locked = Locked::load(conn, who, draft.application_id, now).await?;
    let mut items = locked.grounds.items.iter();
    let Some(item) = items.find(|known| known.id == item) else {
        return Ok(Again::Past);
    };
    if item.state != ItemState::Approved {
        return Ok(Again::Past);
    }
    if item.approved_at.is_none_or(|at| at > job.created_at) {
        return Err(AppError::Conflict(
            "この指図のあとで、承認がやり直されています。発行は、承認者が申込の画面で指図してください。".to_owned(),
        ));
    }
    let reasons = locked.grounds.obstacles(item);
    if !reasons.is_empty() {
        let words = format!("まだ発行できません。{}", reasons.join(""));
        return Err(AppError::Conflict(words));
    }
    let approver = item.approved_by.as_ref().map(|(id, _)| *id);
    let Some(by) = job.payload["by"].as_i64().or(approver) else {
        return Ok(Again::Past);
    };
    items::order(conn, item.id, by, now).await?;
    let about = locked.about(Some(item.product));
    let detail = json!({ "job": job.id });
    history::record(
        conn,
        By::Officer(who),
        &about,
        Happened::JobRunAgain,
        "",
        detail,
        now,
    )
    .await?;
    Ok(Again::Ordered)
}
