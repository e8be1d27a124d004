//! Files that belong to an application.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A document without its bytes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DocumentRow {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    /// Bytes.
    pub size: i32,
    pub sha256: Vec<u8>,
    pub uploaded_by: String,
    pub uploaded_at: OffsetDateTime,
    pub sent_at: Option<OffsetDateTime>,
}

/// What is attached.
pub struct NewDocument<'a> {
    pub id: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub application: Uuid,
    pub kind: &'a str,
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub sha256: &'a [u8],
    pub by: &'a str,
    pub at: OffsetDateTime,
}

/// Attaches a document in place of one that was not sent yet.
pub async fn attach(conn: &mut PgConnection, new: &NewDocument<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from documents where surety_id = $1 and contractor_id = $2 and application_id = $3
           and kind = $4 and sent_at is null",
    )
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.application)
    .bind(new.kind)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into documents (id, surety_id, contractor_id, application_id, kind, name, bytes, sha256,
           uploaded_by, uploaded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.application)
    .bind(new.kind)
    .bind(new.name)
    .bind(new.bytes)
    .bind(new.sha256)
    .bind(new.by)
    .bind(new.at)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// An application's documents, newest first; each role sees what is its own.
pub async fn of_application(
    conn: &mut PgConnection,
    surety: i64,
    application: Uuid,
) -> Result<Vec<DocumentRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, kind, name, length(bytes) as size, sha256, uploaded_by, uploaded_at, sent_at
         from documents where surety_id = $1 and application_id = $2
         order by sent_at desc nulls first, uploaded_at desc, id desc",
    )
    .bind(surety)
    .bind(application)
    .fetch_all(conn)
    .await
}

/// Name and bytes of one.
pub async fn bytes(
    conn: &mut PgConnection,
    surety: i64,
    application: Uuid,
    id: Uuid,
) -> Result<Option<(String, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as(
        "select name, bytes from documents
         where surety_id = $1 and application_id = $2 and id = $3",
    )
    .bind(surety)
    .bind(application)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What was attached goes with the application.
pub async fn send(
    conn: &mut PgConnection,
    application: Uuid,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("update documents set sent_at = $2 where application_id = $1 and sent_at is null")
        .bind(application)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)
}

/// A kind that is not asked for any more is not sent along.
pub async fn discard(
    conn: &mut PgConnection,
    application: Uuid,
    kind: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from documents where application_id = $1 and kind = $2 and sent_at is null")
        .bind(application)
        .bind(kind)
        .execute(conn)
        .await
        .map(drop)
}
