//! What came of a 契約保証予約: the application carried over from it, or a bid that was lost.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The application of the 契約保証 that a reservation became.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CameRow {
    pub id: Uuid,
    pub stage: String,
    pub receipt_no: Option<String>,
    /// Number with letter of the 契約保証, once issued.
    pub number: Option<String>,
}

/// A lost bid.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LostRow {
    pub lost_on: Date,
    pub told_by: String,
    pub told_at: OffsetDateTime,
}

/// What was not withdrawn, drafts included where the role may see them.
pub async fn came(conn: &mut PgConnection, id: i64) -> Result<Option<CameRow>, sqlx::Error> {
    sqlx::query_as(
        "select a.id, a.stage, a.receipt_no,
           (select g.number || g.suffix from guarantees g
             where g.application_id = a.id and g.product = 'contract' and g.issued_at is not null) as number
         from applications a where a.reservation_id = $1 and a.stage <> 'withdrawn'",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn lost(conn: &mut PgConnection, id: i64) -> Result<Option<LostRow>, sqlx::Error> {
    sqlx::query_as("select lost_on, told_by, told_at from lost_bids where guarantee_id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// 落札しなかった
pub struct NewLoss<'a> {
    pub guarantee: i64,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub on: Date,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

pub async fn lose(conn: &mut PgConnection, new: &NewLoss<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into lost_bids (guarantee_id, surety_id, contractor_id, branch_id, lost_on, told_by, told_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.guarantee)
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.on)
    .bind(new.by)
    .bind(new.at)
    .execute(conn)
    .await
    .and_then(super::one)
}
