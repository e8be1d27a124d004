//! History: what happened, appended and never rewritten.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// One entry to append.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    pub surety: i64,
    pub contractor: Option<i64>,
    pub branch: Option<i64>,
    pub application: Option<Uuid>,
    pub product: Option<&'a str>,
    pub guarantee: Option<i64>,
    pub at: OffsetDateTime,
    pub actor_site: &'a str,
    pub actor_id: Option<i64>,
    pub actor_name: &'a str,
    pub kind: &'a str,
    pub words: &'a str,
    pub detail: Value,
    /// The contractor's history shows it.
    pub shown: bool,
}

/// One entry as read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    pub at: OffsetDateTime,
    pub product: Option<String>,
    pub actor_site: String,
    pub actor_name: String,
    pub kind: String,
    pub words: String,
    pub detail: Value,
}

pub async fn add(conn: &mut PgConnection, event: &NewEvent<'_>) -> Result<(), sqlx::Error> {
    insert(conn, event, None).await.map(drop)
}

/// Appends an entry that a form makes. False where this form has made one before.
pub async fn add_once(
    conn: &mut PgConnection,
    event: &NewEvent<'_>,
    form_id: Uuid,
) -> Result<bool, sqlx::Error> {
    insert(conn, event, Some(form_id))
        .await
        .map(|rows| rows == 1)
}

/// Whether a form has made an entry with these words about this application.
pub async fn is_said(
    conn: &mut PgConnection,
    application: Option<Uuid>,
    form_id: Uuid,
    words: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from events where form_id = $1 and application_id = $2 and words = $3)",
    )
    .bind(form_id)
    .bind(application)
    .bind(words)
    .fetch_one(conn)
    .await
}

async fn insert(
    conn: &mut PgConnection,
    event: &NewEvent<'_>,
    form_id: Option<Uuid>,
) -> Result<u64, sqlx::Error> {
    // `on conflict` asks the reader's policy as well, and a contractor may write what it cannot read.
    let once = match form_id {
        Some(_) => "on conflict (form_id) where form_id is not null do nothing",
        None => "",
    };
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "insert into events (surety_id, contractor_id, branch_id, application_id, product,
           guarantee_id, at, actor_site, actor_id, actor_name, kind, words, detail, shown, form_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         {once}"
    )))
    .bind(event.surety)
    .bind(event.contractor)
    .bind(event.branch)
    .bind(event.application)
    .bind(event.product)
    .bind(event.guarantee)
    .bind(event.at)
    .bind(event.actor_site)
    .bind(event.actor_id)
    .bind(event.actor_name)
    .bind(event.kind)
    .bind(event.words)
    .bind(&event.detail)
    .bind(event.shown)
    .bind(form_id)
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

pub async fn of_application(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as(
        "select at, product, actor_site, actor_name, kind, words, detail
         from events where application_id = $1 order by id",
    )
    .bind(application)
    .fetch_all(conn)
    .await
}

/// The newest entry of one kind of each of these applications, as far as there is one.
pub async fn newest(
    conn: &mut PgConnection,
    applications: &[Uuid],
    kind: &str,
) -> Result<Vec<(Uuid, OffsetDateTime, String)>, sqlx::Error> {
    sqlx::query_as(
        "select distinct on (application_id) application_id, at, words
         from events where application_id = any($1) and kind = $2 order by application_id, id desc",
    )
    .bind(applications)
    .bind(kind)
    .fetch_all(conn)
    .await
}

pub async fn of_guarantee(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as(
        "select at, product, actor_site, actor_name, kind, words, detail
         from events where guarantee_id = $1 order by id",
    )
    .bind(guarantee)
    .fetch_all(conn)
    .await
}
