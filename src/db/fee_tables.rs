//! Fee tables: versions per product, and which one counts on a day.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::fee::FeeTable;

/// A version with its proposal and decision.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FeeTableRow {
    pub id: i64,
    pub product: String,
    pub version: i32,
    pub valid_from: Date,
    pub body: Json<FeeTable>,
    /// proposed, in_force or declined.
    pub state: String,
    pub proposed_by: i64,
    pub proposed_name: String,
    pub proposed_at: OffsetDateTime,
    pub decided_by: Option<i64>,
    pub decided_name: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
    pub reason: Option<String>,
}

const SELECT: &str = "select t.id, t.product, t.version, t.valid_from, t.body, t.state, t.proposed_by,
  p.name as proposed_name, t.proposed_at, t.decided_by, d.name as decided_name, t.decided_at, t.reason
  from fee_tables t join accounts p on p.id = t.proposed_by left join accounts d on d.id = t.decided_by";

/// Every version, newest first.
pub async fn list(conn: &mut PgConnection, surety: i64) -> Result<Vec<FeeTableRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where t.surety_id = $1 order by t.product, t.version desc"
    )))
    .bind(surety)
    .fetch_all(conn)
    .await
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<Option<FeeTableRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where t.surety_id = $1 and t.id = $2"
    )))
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Locks one version before anything is decided.
pub async fn lock(conn: &mut PgConnection, surety: i64, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("select 1 from fee_tables where surety_id = $1 and id = $2 for update")
        .bind(surety)
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// A table that counts.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InForceRow {
    pub id: i64,
    pub version: i32,
    pub body: Json<FeeTable>,
}

/// The version that counts on a day: of those in force and valid by then the one that begins last,
/// of two that begin on the same day the newer.
pub async fn on(
    conn: &mut PgConnection,
    surety: i64,
    product: &str,
    day: Date,
) -> Result<Option<InForceRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, version, body from fee_tables
         where surety_id = $1 and product = $2 and state = 'in_force' and valid_from <= $3
         order by valid_from desc, version desc limit 1",
    )
    .bind(surety)
    .bind(product)
    .bind(day)
    .fetch_optional(conn)
    .await
}

/// One version, whatever became of it.
pub async fn by_id(conn: &mut PgConnection, id: i64) -> Result<InForceRow, sqlx::Error> {
    sqlx::query_as("select id, version, body from fee_tables where id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Whether a product has a version in force or waiting.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct StandingRow {
    pub in_force: bool,
    pub proposed: bool,
}

pub async fn standing(
    conn: &mut PgConnection,
    surety: i64,
    product: &str,
) -> Result<StandingRow, sqlx::Error> {
    sqlx::query_as(
        "select coalesce(bool_or(state = 'in_force'), false) as in_force,
           coalesce(bool_or(state = 'proposed'), false) as proposed
         from fee_tables where surety_id = $1 and product = $2",
    )
    .bind(surety)
    .bind(product)
    .fetch_one(conn)
    .await
}

/// Writes the next version as a proposal; returns its id and number.
pub async fn propose(
    conn: &mut PgConnection,
    surety: i64,
    product: &str,
    valid_from: Date,
    body: &Value,
    by: i64,
    now: OffsetDateTime,
) -> Result<(i64, i32), sqlx::Error> {
    sqlx::query_as(
        "insert into fee_tables (surety_id, product, version, valid_from, body, proposed_by, proposed_at)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6
         from fee_tables where surety_id = $1 and product = $2 returning id, version",
    )
    .bind(surety)
    .bind(product)
    .bind(valid_from)
    .bind(body)
    .bind(by)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// The decision; `reason` where it is declined.
pub async fn decide(
    conn: &mut PgConnection,
    id: i64,
    state: &str,
    by: i64,
    reason: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update fee_tables set state = $2, decided_by = $3, decided_at = $4, reason = $5
         where id = $1 and state = 'proposed'",
    )
    .bind(id)
    .bind(state)
    .bind(by)
    .bind(now)
    .bind(reason)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// The day in Japan on which a contractor's application was first sent; `None` for a draft.
pub async fn day_of(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    application: Uuid,
) -> Result<Option<Date>, sqlx::Error> {
    let day: Option<Option<Date>> = sqlx::query_scalar(
        "select (first_sent_at at time zone 'Asia/Tokyo')::date from applications
         where surety_id = $1 and contractor_id = $2 and id = $3",
    )
    .bind(surety)
    .bind(contractor)
    .bind(application)
    .fetch_optional(conn)
    .await?;
    Ok(day.flatten())
}
