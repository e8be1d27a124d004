//! 認証キーの再発行.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RenewalRow {
    pub id: Uuid,
    pub guarantee_id: i64,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub reason: String,
    pub state: String,
    pub asked_by: Option<String>,
    pub asked_at: Option<OffsetDateTime>,
    pub ordered_by: Option<i64>,
    pub ordered_at: Option<OffsetDateTime>,
    pub words: String,
    pub key_version: Option<i32>,
    pub done_at: Option<OffsetDateTime>,
}

const COLUMNS: &str =
    "id, guarantee_id, surety_id, contractor_id, branch_id, reason, state, asked_by, asked_at,
  ordered_by, ordered_at, words, key_version, done_at";

/// A renewal asked for (`by` is a contractor's login) or ordered at once (by staff).
pub struct NewRenewal<'a> {
    pub id: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub guarantee: i64,
    pub reason: &'a str,
    pub asked_by: Option<&'a str>,
    pub ordered_by: Option<i64>,
    pub at: OffsetDateTime,
}

/// # Errors
/// The constraint `key_renewals_one_at_a_time` where one is open.
pub async fn add(conn: &mut PgConnection, new: &NewRenewal<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into key_renewals (id, surety_id, contractor_id, branch_id, guarantee_id, reason, state,
           asked_by, asked_at, ordered_by, ordered_at)
         values ($1, $2, $3, $4, $5, $6, case when $8::bigint is null then 'asked' else 'ordered' end, $7,
           case when $7::text is not null then $9 end, $8, case when $8::bigint is not null then $9 end)",
    )
    .bind(new.id)
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.guarantee)
    .bind(new.reason)
    .bind(new.asked_by)
    .bind(new.ordered_by)
    .bind(new.at)
    .execute(conn)
    .await
    .map(drop)
}

/// Every renewal of a guarantee, oldest first.
pub async fn of_guarantee(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<RenewalRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from key_renewals where guarantee_id = $1
         order by coalesce(asked_at, ordered_at), id"
    )))
    .bind(guarantee)
    .fetch_all(conn)
    .await
}

pub async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<RenewalRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from key_renewals where id = $1 for update"
    )))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What waits for the branch, oldest first: guarantee's number, works, company, reason, since when.
pub async fn waiting(
    conn: &mut PgConnection,
    surety: i64,
) -> Result<Vec<(String, String, String, String, OffsetDateTime)>, sqlx::Error> {
    sqlx::query_as(
        "select g.number || g.suffix, g.works_name, g.contractor_name, r.reason, r.asked_at
         from key_renewals r join guarantees g on g.id = r.guarantee_id
         where r.surety_id = $1 and r.state = 'asked' order by r.asked_at, r.id limit 200",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

/// ordered or declined.
pub async fn decide(
    conn: &mut PgConnection,
    id: Uuid,
    state: &str,
    by: i64,
    words: &str,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update key_renewals set state = $2, ordered_by = $3, words = $4, ordered_at = $5
         where id = $1 and state = 'asked'",
    )
    .bind(id)
    .bind(state)
    .bind(by)
    .bind(words)
    .bind(at)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// The new key holds: at D-Sure the old one fails from this statement on.
pub async fn done(
    conn: &mut PgConnection,
    id: Uuid,
    number: &str,
    key_version: i32,
    verifier: &str,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with d as (update dsure.deposits set key_version = $3, verifier = $4
           where number = $2 and key_version < $3)
         update key_renewals set state = 'done', key_version = $3, done_at = $5
         where id = $1 and state = 'ordered'",
    )
    .bind(id)
    .bind(number)
    .bind(key_version)
    .bind(verifier)
    .bind(at)
    .execute(conn)
    .await
    .and_then(super::one)
}
