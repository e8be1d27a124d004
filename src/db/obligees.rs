//! Obligees and the newest version of each one's rule book.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ObligeeRow {
    pub id: i64,
    pub name: String,
    pub title_name: String,
    /// The newest rule book, where there is one.
    pub book: Option<Value>,
    pub version: Option<i32>,
    pub book_at: Option<OffsetDateTime>,
}

pub async fn list(conn: &mut PgConnection, surety: i64) -> Result<Vec<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(
        "select o.id, o.name, o.title_name, b.book, b.version, b.created_at as book_at
         from obligees o
         left join lateral (select book, version, created_at from rule_books
           where surety_id = o.surety_id and obligee_id = o.id order by version desc limit 1) b on true
         where o.surety_id = $1 order by o.id",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<Option<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(
        "select o.id, o.name, o.title_name, b.book, b.version, b.created_at as book_at
         from obligees o
         left join lateral (select book, version, created_at from rule_books
           where surety_id = o.surety_id and obligee_id = o.id order by version desc limit 1) b on true
         where o.surety_id = $1 and o.id = $2",
    )
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The obligee a contractor means: by printed name or by the body's name, as typed.
pub async fn named(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
) -> Result<Option<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(
        "select o.id, o.name, o.title_name, b.book, b.version, b.created_at as book_at
         from obligees o
         left join lateral (select book, version, created_at from rule_books
           where surety_id = o.surety_id and obligee_id = o.id order by version desc limit 1) b on true
         where o.surety_id = $1 and (o.title_name = $2 or o.name = $2)
         order by o.id limit 1",
    )
    .bind(surety)
    .bind(name)
    .fetch_optional(conn)
    .await
}

/// Id, name and printed name of every obligee, for telling which one a person means.
pub async fn names(
    conn: &mut PgConnection,
    surety: i64,
) -> Result<Vec<(i64, String, String)>, sqlx::Error> {
    sqlx::query_as("select id, name, title_name from obligees where surety_id = $1 order by id")
        .bind(surety)
        .fetch_all(conn)
        .await
}

pub async fn add(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
    title_name: &str,
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into obligees (surety_id, name, title_name, created_at)
         values ($1, $2, $3, $4) returning id",
    )
    .bind(surety)
    .bind(name)
    .bind(title_name)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// 被保証者 as printed from now on; what was issued keeps its own.
pub async fn set_title(
    conn: &mut PgConnection,
    id: i64,
    title_name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("update obligees set title_name = $2 where id = $1")
        .bind(id)
        .bind(title_name)
        .execute(conn)
        .await
        .and_then(super::one)
}

/// The next version of a rule book; returns its number.
pub async fn add_book(
    conn: &mut PgConnection,
    surety: i64,
    obligee: i64,
    book: &Value,
    by: &str,
    now: OffsetDateTime,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(
        "insert into rule_books (surety_id, obligee_id, version, book, created_by, created_at)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5
         from rule_books where surety_id = $1 and obligee_id = $2 returning version",
    )
    .bind(surety)
    .bind(obligee)
    .bind(book)
    .bind(by)
    .bind(now)
    .fetch_one(conn)
    .await
}
