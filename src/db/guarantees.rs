//! 保証契約: what lists search, and what T1 and T2 write.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::content::ApplicationContent;

/// A guarantee as lists and detail pages read it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GuaranteeRow {
    pub id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub application_id: Uuid,
    pub number: String,
    pub suffix: String,
    pub product: String,
    pub form: String,
    pub obligee_id: Option<i64>,
    pub obligee_name: String,
    pub works_name: String,
    pub contractor_name: String,
    pub jv_name: Option<String>,
    pub jv_representative: Option<String>,
    pub price: i64,
    pub amount: i64,
    pub until: Date,
    pub bank: Option<String>,
    pub current_seq: i32,
    pub issued_on: Date,
    pub issued_at: Option<OffsetDateTime>,
}

const COLUMNS: &str =
    "id, contractor_id, branch_id, application_id, number, suffix, product, form, obligee_id,
  obligee_name, works_name, contractor_name, jv_name, jv_representative, price, amount, until, bank,
  current_seq, issued_on, issued_at";

/// What a contractor's list is asked for. `like` carries its own `%`.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    pub product: Option<&'a str>,
    pub form: Option<&'a str>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub like: Option<&'a str>,
    /// Keyset: older than this row.
    pub before: Option<(Date, i64)>,
    /// Keyset: newer than this row; the rows come nearest first, that is oldest first.
    pub after: Option<(Date, i64)>,
    /// Only where pages are numbered (at most 1,000 hits).
    pub offset: i64,
    pub limit: i64,
}

/// Newest first, along the contractor's index (with `after`, oldest first).
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    search: &Search<'_>,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    let (place, order) = match search.after {
        Some(_) => (">", ""),
        None => ("<", "desc"),
    };
    let (on, id) = search.after.or(search.before).unzip();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null
           and ($3::text is null or product = $3) and ($4::text is null or form = $4)
           and issued_on >= coalesce($5, '-infinity'::date) and issued_on <= coalesce($6, 'infinity'::date)
           and ($7::text is null or works_search like $7)
           and ($8::date is null or (issued_on, id) {place} ($8, $9))
         order by issued_on {order}, id {order} offset $10 limit $11"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(search.product)
    .bind(search.form)
    .bind(search.from)
    .bind(search.to)
    .bind(search.like)
    .bind(on)
    .bind(id)
    .bind(search.offset)
    .bind(search.limit)
    .fetch_all(conn)
    .await
}

/// How many the search finds, counted to at most 1,001.
pub async fn count_of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    search: &Search<'_>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from (select 1 from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null
           and ($3::text is null or product = $3) and ($4::text is null or form = $4)
           and issued_on >= coalesce($5, '-infinity'::date) and issued_on <= coalesce($6, 'infinity'::date)
           and ($7::text is null or works_search like $7)
         limit 1001) hits",
    )
    .bind(surety)
    .bind(contractor)
    .bind(search.product)
    .bind(search.form)
    .bind(search.from)
    .bind(search.to)
    .bind(search.like)
    .fetch_one(conn)
    .await
}

/// Electronic, in force, among the newest fifty, and not opened by anybody in D-Sure; newest first.
pub async fn unseen(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    today: Date,
    limit: i64,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from (select * from guarantees
           where surety_id = $1 and contractor_id = $2 and issued_at is not null
             and form = 'electronic' and until >= $3
           order by issued_on desc, id desc limit 50) newest
         where not exists (select from looks_of(newest.id))
         order by issued_on desc, id desc limit $4"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// By its ten digits, among a contractor's own.
pub async fn find_of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    number: &str,
) -> Result<Option<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and number = $3 and issued_at is not null"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(number)
    .fetch_optional(conn)
    .await
}

/// The guarantees of the same works, issued ones only.
pub async fn of_application(
    conn: &mut PgConnection,
    surety: i64,
    application: Uuid,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and application_id = $2 and issued_at is not null order by id"
    )))
    .bind(surety)
    .bind(application)
    .fetch_all(conn)
    .await
}

/// Issued guarantees of one company with another product for works of this search name, newest
/// first, as far as their time touches `from`..=`until`: works that return every year have one name.
pub async fn of_same_works(
    conn: &mut PgConnection,
    own: &GuaranteeRow,
    surety: i64,
    works_search: &str,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null
           and works_key = hashtextextended($3::text, 0) and works_search = $3
           and product <> $4 and until >= $5 and issued_on <= $6
         order by id desc limit 20"
    )))
    .bind(surety)
    .bind(own.contractor_id)
    .bind(works_search)
    .bind(&own.product)
    .bind(own.issued_on)
    .bind(own.until)
    .fetch_all(conn)
    .await
}

/// The contents of the application it came from.
pub async fn content_of(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Option<ApplicationContent>, sqlx::Error> {
    let content: Option<Option<Json<ApplicationContent>>> =
        sqlx::query_scalar("select content from applications where id = $1")
            .bind(application)
            .fetch_optional(conn)
            .await?;
    Ok(content.flatten().map(|content| content.0))
}

/// One printing at a time: the lock row stands for the printer.
pub async fn lock(conn: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7253, $1)")
        .bind(i32::try_from(id % i64::from(i32::MAX)).unwrap_or_default())
        .execute(conn)
        .await
        .map(drop)
}

/// By its ten digits, for staff.
pub async fn find_of_office(
    conn: &mut PgConnection,
    surety: i64,
    number: &str,
) -> Result<Option<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees where surety_id = $1 and number = $2 and issued_at is not null"
    )))
    .bind(surety)
    .bind(number)
    .fetch_optional(conn)
    .await
}

const OF_OFFICE: &str =
    "surety_id = $1 and ($2::bigint is null or branch_id = $2) and issued_at is not null
  and ($3::text is null or product = $3) and ($4::text is null or form = $4)
  and issued_on >= coalesce($5, '-infinity'::date) and issued_on <= coalesce($6, 'infinity'::date)
  and ($7::text is null or works_search like $7 or lower(number || suffix) like $7
       or contractor_name like $8 or obligee_name like $8)";

/// The Office's list: a surety's or a branch's guarantees, newest first (with `after`, oldest
/// first). `words` is what was typed, with `%` around it: names are sought as written.
pub async fn of_office(
    conn: &mut PgConnection,
    surety: i64,
    branch: Option<i64>,
    search: &Search<'_>,
    words: Option<&str>,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    let (place, order) = match search.after {
        Some(_) => (">", ""),
        None => ("<", "desc"),
    };
    let (on, id) = search.after.or(search.before).unzip();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees where {OF_OFFICE}
           and ($9::date is null or (issued_on, id) {place} ($9, $10))
         order by issued_on {order}, id {order} offset $11 limit $12"
    )))
    .bind(surety)
    .bind(branch)
    .bind(search.product)
    .bind(search.form)
    .bind(search.from)
    .bind(search.to)
    .bind(search.like)
    .bind(words)
    .bind(on)
    .bind(id)
    .bind(search.offset)
    .bind(search.limit)
    .fetch_all(conn)
    .await
}

/// How many the Office's search finds, counted to at most 1,001.
pub async fn count_of_office(
    conn: &mut PgConnection,
    surety: i64,
    branch: Option<i64>,
    search: &Search<'_>,
    words: Option<&str>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select count(*) from (select 1 from guarantees where {OF_OFFICE} limit 1001) hits"
    )))
    .bind(surety)
    .bind(branch)
    .bind(search.product)
    .bind(search.form)
    .bind(search.from)
    .bind(search.to)
    .bind(search.like)
    .bind(words)
    .fetch_one(conn)
    .await
}
