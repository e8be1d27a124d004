//! The worker's queue: rows claimed under a lock in the very transaction that does the work.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A row of the queue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct JobRow {
    pub id: Uuid,
    pub surety_id: i64,
    pub kind: String,
    pub payload: Value,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: OffsetDateTime,
}

pub async fn add(
    conn: &mut PgConnection,
    id: Uuid,
    surety: i64,
    kind: &str,
    payload: &Value,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into jobs (id, surety_id, kind, payload, run_at, created_at)
         values ($1, $2, $3, $4, $5, $5)",
    )
    .bind(id)
    .bind(surety)
    .bind(kind)
    .bind(payload)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// What is due, oldest first: letters, or everything else. Nothing is claimed yet.
pub async fn due(
    conn: &mut PgConnection,
    letters: bool,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, surety_id, kind, payload, attempts, last_error, created_at
         from jobs where state = 'ready' and run_at <= $1 and starts_with(kind, 'mail_') = $3
         order by run_at, id limit $2",
    )
    .bind(now)
    .bind(limit)
    .bind(letters)
    .fetch_all(conn)
    .await
}

/// Claims one job for this transaction; false when another worker has it or it is done.
pub async fn take(
    conn: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "select 1 from jobs where id = $1 and state = 'ready' and run_at <= $2
         for update skip locked",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(conn)
    .await
    .map(|row| row.is_some())
}

/// Work that leaves the database (mail) holds a lease instead of a lock.
pub async fn lease(
    conn: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "update jobs set run_at = $3, attempts = attempts + 1
         where id = (select id from jobs where id = $1 and state = 'ready' and run_at <= $2
                     for update skip locked)",
    )
    .bind(id)
    .bind(now)
    .bind(until)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub async fn finish(
    conn: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set state = 'done', finished_at = $2 where id = $1 and state = 'ready'",
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// Tries again later, where no other worker has counted an attempt (taken a lease) meanwhile:
/// `seen` is the count this worker knows of.
pub async fn retry(
    conn: &mut PgConnection,
    id: Uuid,
    seen: i32,
    attempts: i32,
    run_at: OffsetDateTime,
    error: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set attempts = $2, run_at = $3, last_error = $4
         where id = $1 and state = 'ready' and attempts = $5",
    )
    .bind(id)
    .bind(attempts)
    .bind(run_at)
    .bind(error)
    .bind(seen)
    .execute(conn)
    .await
    .map(drop)
}

pub async fn bury(
    conn: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
    error: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set state = 'buried', finished_at = $2, last_error = $3
         where id = $1 and state = 'ready'",
    )
    .bind(id)
    .bind(now)
    .bind(error)
    .execute(conn)
    .await
    .map(drop)
}

/// A buried job with what it is about, as far as the reader may see that.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BuriedRow {
    pub id: Uuid,
    pub kind: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: OffsetDateTime,
    pub finished_at: Option<OffsetDateTime>,
    pub application_id: Option<Uuid>,
    pub receipt_no: Option<String>,
    /// With its letter.
    pub number: Option<String>,
    /// Of an invitation.
    pub login: Option<String>,
}

/// What an administrator sees: buried jobs of the own surety, newest first.
pub async fn buried(conn: &mut PgConnection, surety: i64) -> Result<Vec<BuriedRow>, sqlx::Error> {
    sqlx::query_as(
        "select j.id, j.kind, j.attempts, j.last_error, j.created_at, j.finished_at,
           a.id as application_id, a.receipt_no, g.number || g.suffix as number, c.login
         from jobs j
         left join application_items i on i.id = (j.payload ->> 'item')::uuid
         left join guarantees g on g.id = (j.payload ->> 'guarantee')::bigint
         left join applications a
           on a.id = coalesce(i.application_id, g.application_id, (j.payload ->> 'application')::uuid)
         left join accounts c on c.id = (j.payload ->> 'account')::bigint
         where j.surety_id = $1 and j.state = 'buried'
         order by j.created_at desc, j.id desc limit 200",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

/// One job of the surety.
pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, surety_id, kind, payload, attempts, last_error, created_at
         from jobs where surety_id = $1 and id = $2",
    )
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Whether a job of the surety is buried.
pub async fn is_buried(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from jobs where surety_id = $1 and id = $2 and state = 'buried')",
    )
    .bind(surety)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Digs a buried job up again.
pub async fn again(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "update jobs set state = 'ready', run_at = $3, attempts = 0
         where id = $2 and surety_id = $1 and state = 'buried'",
    )
    .bind(surety)
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
