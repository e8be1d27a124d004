//! Obligees, and the versions of their rule books with the days they hold.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::content::ApplicationContent;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ObligeeRow {
    pub id: i64,
    pub name: String,
    pub title_name: String,
    /// The rule book in force on the day that was asked for, where there is one.
    pub book: Option<Value>,
    pub book_id: Option<i64>,
    pub version: Option<i32>,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub book_at: Option<OffsetDateTime>,
}

/// An obligee beside the version in force on the day `$2`.
const WITH_BOOK: &str = "select o.id, o.name, o.title_name, b.book, b.id as book_id, b.version,
    b.valid_from, b.valid_until, b.created_at as book_at
  from obligees o
  left join lateral (select id, book, version, valid_from, valid_until, created_at from rule_books
    where surety_id = o.surety_id and obligee_id = o.id
      and (valid_from is null or valid_from <= $2) and (valid_until is null or valid_until >= $2)
    order by version desc limit 1) b on true
  where o.surety_id = $1";

pub async fn list(
    conn: &mut PgConnection,
    surety: i64,
    on: Date,
) -> Result<Vec<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{WITH_BOOK} order by o.id")))
        .bind(surety)
        .bind(on)
        .fetch_all(conn)
        .await
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
    on: Date,
) -> Result<Option<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{WITH_BOOK} and o.id = $3")))
        .bind(surety)
        .bind(on)
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The obligee a contractor means: by printed name or by the body's name, as typed.
pub async fn named(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
    on: Date,
) -> Result<Option<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{WITH_BOOK} and (o.title_name = $3 or o.name = $3) order by o.id limit 1"
    )))
    .bind(surety)
    .bind(on)
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

/// Keeps others from writing a version of this obligee's book until the transaction ends.
pub async fn lock(conn: &mut PgConnection, obligee: i64) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('rule_books', $1))")
        .bind(obligee)
        .execute(conn)
        .await
        .map(drop)
}

/// One version of a rule book.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BookRow {
    pub id: i64,
    pub version: i32,
    pub book: Value,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

/// Every version of an obligee's book, the oldest first.
pub async fn books(
    conn: &mut PgConnection,
    surety: i64,
    obligee: i64,
) -> Result<Vec<BookRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, version, book, valid_from, valid_until, created_by, created_at from rule_books
         where surety_id = $1 and obligee_id = $2 order by version",
    )
    .bind(surety)
    .bind(obligee)
    .fetch_all(conn)
    .await
}

/// The obligee of a guarantee beside the book it was issued under; `None` where nobody knew it.
pub async fn issued_under(
    conn: &mut PgConnection,
    surety: i64,
    guarantee: i64,
) -> Result<Option<ObligeeRow>, sqlx::Error> {
    sqlx::query_as(
        "select o.id, o.name, o.title_name, b.book, b.id as book_id, b.version, b.valid_from,
           b.valid_until, b.created_at as book_at
         from guarantees g
         join rule_books b on b.id = g.rule_book_id
         join obligees o on o.surety_id = b.surety_id and o.id = b.obligee_id
         where g.surety_id = $1 and g.id = $2",
    )
    .bind(surety)
    .bind(guarantee)
    .fetch_optional(conn)
    .await
}

/// A version to keep.
pub struct NewBook<'a> {
    pub surety: i64,
    pub obligee: i64,
    pub book: &'a Value,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub by: &'a str,
}

/// The next version of a rule book; returns its number.
pub async fn add_book(
    conn: &mut PgConnection,
    new: &NewBook<'_>,
    now: OffsetDateTime,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(
        "insert into rule_books (surety_id, obligee_id, version, book, valid_from, valid_until,
           created_by, created_at)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7
         from rule_books where surety_id = $1 and obligee_id = $2 returning version",
    )
    .bind(new.surety)
    .bind(new.obligee)
    .bind(new.book)
    .bind(new.valid_from)
    .bind(new.valid_until)
    .bind(new.by)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// An open application to an obligee, as far as a rule book is tried on it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenRow {
    pub id: Uuid,
    pub contractor_id: i64,
    pub receipt_no: String,
    pub contractor_name: String,
    pub lump_sum: bool,
    pub content: Json<ApplicationContent>,
    pub first_sent_at: OffsetDateTime,
}

/// The open applications to an obligee in reach, the longest waiting first, and one more than `most`
/// where there are more. A change is not among them: it is judged by the book of its guarantee.
pub async fn open_applications(
    conn: &mut PgConnection,
    surety: i64,
    obligee: i64,
    most: i64,
) -> Result<Vec<OpenRow>, sqlx::Error> {
    sqlx::query_as(
        "select a.id, a.contractor_id, a.receipt_no, c.name as contractor_name, c.lump_sum, a.content,
           a.first_sent_at
         from applications a
         join contractors c on c.surety_id = a.surety_id and c.id = a.contractor_id
         where a.surety_id = $1 and a.stage in ('submitted', 'under_examination', 'returned')
           and a.kind <> 'change' and a.content -> 'works' ->> 'obligee_id' = $2
         order by a.sent_at, a.id limit $3 + 1",
    )
    .bind(surety)
    .bind(obligee.to_string())
    .bind(most)
    .fetch_all(conn)
    .await
}
