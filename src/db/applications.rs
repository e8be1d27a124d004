//! 保証申込 and its items.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::content::ApplicationContent;
use crate::domain::typed::TypedForm;

/// An application as its contractor sees it, the typed form included.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApplicationRow {
    pub id: Uuid,
    pub contractor_id: i64,
    pub branch_id: Option<i64>,
    pub kind: String,
    /// The reservation it was carried over from.
    pub reservation_id: Option<i64>,
    pub stage: String,
    pub receipt_no: Option<String>,
    pub form: Json<TypedForm>,
    pub content: Option<Json<ApplicationContent>>,
    pub revision: i32,
    pub obligee_name: String,
    pub works_name: String,
    pub price: Option<i64>,
    pub created_by: String,
    pub updated_by: String,
    pub updated_at: OffsetDateTime,
    pub sent_by: Option<String>,
    pub sent_at: Option<OffsetDateTime>,
    /// 申込日: when it was sent for the first time.
    pub first_sent_at: Option<OffsetDateTime>,
    pub return_words: Option<String>,
    /// 変更の申込: of which guarantee.
    pub guarantee_id: Option<i64>,
}

const COLUMNS: &str = "kind, guarantee_id, reservation_id, id, contractor_id, branch_id, stage, receipt_no, form, content, revision,
  obligee_name, works_name, price, created_by, updated_by, updated_at, sent_by, sent_at, first_sent_at,
  return_words";

/// A save: the form as typed, who typed it, and what lists show of it.
#[derive(Debug, Clone)]
pub struct Writing<'a> {
    pub form: &'a TypedForm,
    pub by: &'a str,
    pub at: OffsetDateTime,
    pub branch: Option<i64>,
    pub obligee_name: &'a str,
    pub works_name: &'a str,
    pub works_search: &'a str,
    pub price: Option<i64>,
}

/// What an application stays, from its first save on.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    pub kind: &'a str,
    /// The reservation it is carried over from.
    pub reservation: Option<i64>,
}

/// A draft's first save. False when the id is taken: the same form was posted before.
pub async fn create(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
    beginning: Beginning<'_>,
    writing: &Writing<'_>,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "insert into applications (id, surety_id, contractor_id, branch_id, stage, form, obligee_name,
           works_name, works_search, price, created_by, created_at, updated_by, updated_at, kind, reservation_id)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $10, $11, $12, $13)
         on conflict (id) do nothing",
    )
    .bind(id)
    .bind(surety)
    .bind(contractor)
    .bind(writing.branch)
    .bind(Json(writing.form))
    .bind(writing.obligee_name)
    .bind(writing.works_name)
    .bind(writing.works_search)
    .bind(writing.price)
    .bind(writing.by)
    .bind(writing.at)
    .bind(beginning.kind)
    .bind(beginning.reservation)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A change's first save. False when the id is taken.
///
/// # Errors
/// The constraint `applications_one_change_at_a_time` where another change of it is open.
pub async fn create_change(
    conn: &mut PgConnection,
    (surety, contractor, guarantee): (i64, i64, i64),
    id: Uuid,
    writing: &Writing<'_>,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "insert into applications (id, surety_id, contractor_id, branch_id, stage, form, obligee_name,
           works_name, works_search, price, created_by, created_at, updated_by, updated_at, kind,
           guarantee_id)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $10, $11, 'change', $12)
         on conflict (id) do nothing",
    )
    .bind(id)
    .bind(surety)
    .bind(contractor)
    .bind(writing.branch)
    .bind(Json(writing.form))
    .bind(writing.obligee_name)
    .bind(writing.works_name)
    .bind(writing.works_search)
    .bind(writing.price)
    .bind(writing.by)
    .bind(writing.at)
    .bind(guarantee)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The application a product belongs to.
pub async fn of_item(conn: &mut PgConnection, item: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar("select application_id from application_items where id = $1")
        .bind(item)
        .fetch_optional(conn)
        .await
}

/// The change of a guarantee that is not at its end, if there is one.
pub async fn open_change(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    guarantee: i64,
) -> Result<Option<ApplicationRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from applications where surety_id = $1 and contractor_id = $2
           and guarantee_id = $3 and kind = 'change' and stage not in ('withdrawn', 'closed')"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(guarantee)
    .fetch_optional(conn)
    .await
}

/// Saves a draft or returned form where its revision is still the one that was read.
pub async fn save(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
    revision: i32,
    writing: &Writing<'_>,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "update applications set form = $5, revision = revision + 1,
           branch_id = case when stage = 'draft' then $6 else branch_id end,
           obligee_name = case when stage = 'draft' then $7 else obligee_name end,
           works_name = case when stage = 'draft' then $8 else works_name end,
           works_search = case when stage = 'draft' then $9 else works_search end,
           price = case when stage = 'draft' then $10 else price end,
           updated_by = $11, updated_at = $12
         where surety_id = $1 and contractor_id = $2 and id = $3 and revision = $4
           and stage in ('draft', 'returned')",
    )
    .bind(surety)
    .bind(contractor)
    .bind(id)
    .bind(revision)
    .bind(Json(writing.form))
    .bind(writing.branch)
    .bind(writing.obligee_name)
    .bind(writing.works_name)
    .bind(writing.works_search)
    .bind(writing.price)
    .bind(writing.by)
    .bind(writing.at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
) -> Result<Option<ApplicationRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from applications where surety_id = $1 and contractor_id = $2 and id = $3"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The same under a lock, before anything is decided.
pub async fn lock(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
) -> Result<Option<ApplicationRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from applications
         where surety_id = $1 and contractor_id = $2 and id = $3 for update"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The contractor's applications in some stages, last touched first.
pub async fn list(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    stages: &[&str],
    limit: i64,
) -> Result<Vec<ApplicationRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from applications
         where surety_id = $1 and contractor_id = $2 and stage = any($3)
         order by updated_at desc, id limit $4"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(stages)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Which drafts of the list.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Keyset: older than this row.
    pub before: Option<(OffsetDateTime, Uuid)>,
    /// Keyset: newer than this row; the rows come nearest first.
    pub after: Option<(OffsetDateTime, Uuid)>,
    /// Only where pages are numbered (at most 1,000 drafts).
    pub offset: i64,
    pub limit: i64,
}

/// The contractor's drafts, last saved first (with `after`, last saved last).
pub async fn drafts(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    span: &Span,
) -> Result<Vec<ApplicationRow>, sqlx::Error> {
    let (place, order) = match span.after {
        Some(_) => (">", ""),
        None => ("<", "desc"),
    };
    let (at, id) = span.after.or(span.before).unzip();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from applications
         where surety_id = $1 and contractor_id = $2 and stage = 'draft'
           and ($3::timestamptz is null or (updated_at, id) {place} ($3, $4))
         order by updated_at {order}, id {order} offset $5 limit $6"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(at)
    .bind(id)
    .bind(span.offset)
    .bind(span.limit)
    .fetch_all(conn)
    .await
}

/// How many drafts there are, counted to at most 1,001.
pub async fn count_drafts(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from (select 1 from applications
         where surety_id = $1 and contractor_id = $2 and stage = 'draft' limit 1001) hits",
    )
    .bind(surety)
    .bind(contractor)
    .fetch_one(conn)
    .await
}

/// A product that was applied for before, for works of the same search name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReceivedRow {
    pub receipt_no: String,
    pub obligee_name: String,
    pub product: String,
}

/// What of a company's other applications still stands for works of this search name, oldest first.
pub async fn of_same_works(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    works_search: &str,
    own: Option<Uuid>,
) -> Result<Vec<ReceivedRow>, sqlx::Error> {
    sqlx::query_as(
        "select a.receipt_no, a.obligee_name, i.product
         from applications a join application_items i on i.application_id = a.id
         where a.surety_id = $1 and a.contractor_id = $2 and a.id is distinct from $4
           and a.works_key = hashtextextended($3::text, 0)
           and a.works_search = $3 and a.stage not in ('draft', 'withdrawn')
           and i.state not in ('withdrawn', 'declined')
         order by a.sent_at, a.id, i.product limit 50",
    )
    .bind(surety)
    .bind(contractor)
    .bind(works_search)
    .bind(own)
    .fetch_all(conn)
    .await
}

/// Deletes a draft; anything that was sent stays.
pub async fn delete_draft(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "delete from applications
         where surety_id = $1 and contractor_id = $2 and id = $3 and stage = 'draft'",
    )
    .bind(surety)
    .bind(contractor)
    .bind(id)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// What sending freezes.
pub struct Sending<'a> {
    pub content: &'a ApplicationContent,
    pub receipt_no: &'a str,
    pub works_search: &'a str,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

/// Draft or returned → submitted, with its typed contents.
pub async fn send(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    id: Uuid,
    sending: &Sending<'_>,
) -> Result<(), sqlx::Error> {
    let works = &sending.content.works;
    sqlx::query(
        "update applications set stage = 'submitted', content = $4, branch_id = $5, receipt_no = $6,
           obligee_name = $7, works_name = $8, works_search = $9, price = $10, sent_by = $11,
           sent_at = $12, first_sent_at = coalesce(first_sent_at, $12), updated_by = $11, updated_at = $12, revision = revision + 1,
           examiner_id = null, examined_at = null
         where surety_id = $1 and contractor_id = $2 and id = $3 and stage in ('draft', 'returned')",
    )
    .bind(surety)
    .bind(contractor)
    .bind(id)
    .bind(Json(sending.content))
    .bind(sending.content.information.branch_id)
    .bind(sending.receipt_no)
    .bind(&works.obligee_name)
    .bind(&works.works_name)
    .bind(sending.works_search)
    .bind(works.price.get())
    .bind(sending.by)
    .bind(sending.at)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// The next 受付番号 of a surety's era year.
pub async fn next_receipt(
    conn: &mut PgConnection,
    surety: i64,
    era_year: &str,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(
        "insert into receipt_counters as c (surety_id, era_year, next) values ($1, $2, 2)
         on conflict (surety_id, era_year) do update set next = c.next + 1
         returning next - 1",
    )
    .bind(surety)
    .bind(era_year)
    .fetch_one(conn)
    .await
}

/// Moves the whole application to a stage, if it stands in one of `from`.
pub async fn set_stage(
    conn: &mut PgConnection,
    id: Uuid,
    from: &[&str],
    to: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("update applications set stage = $3 where id = $1 and stage = any($2)")
        .bind(id)
        .bind(from)
        .bind(to)
        .execute(conn)
        .await
        .and_then(super::one)
}

/// Everything a case needs of its application, for staff and worker; never the typed form.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CaseRow {
    pub id: Uuid,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub reservation_id: Option<i64>,
    pub stage: String,
    pub receipt_no: String,
    pub content: Json<ApplicationContent>,
    pub revision: i32,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
    /// 申込日: when it was sent for the first time.
    pub first_sent_at: OffsetDateTime,
    pub examiner_id: Option<i64>,
    pub examiner_name: Option<String>,
    pub examined_at: Option<OffsetDateTime>,
    pub return_words: Option<String>,
    /// 変更の申込: of which guarantee.
    pub guarantee_id: Option<i64>,
}

const CASE: &str =
    "guarantee_id, id, surety_id, contractor_id, branch_id, reservation_id, stage, receipt_no, content, revision,
  sent_by, sent_at, first_sent_at, examiner_id, examined_at, return_words,
  (select name from accounts where accounts.id = examiner_id) as examiner_name";

pub async fn case(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<Option<CaseRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {CASE} from applications where surety_id = $1 and id = $2 and stage <> 'draft'"
    )))
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn lock_case(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<Option<CaseRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {CASE} from applications
         where surety_id = $1 and id = $2 and stage <> 'draft' for update"
    )))
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The examiner takes an application up.
pub async fn take_up(
    conn: &mut PgConnection,
    id: Uuid,
    examiner: i64,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update applications set stage = 'under_examination', examiner_id = $2, examined_at = $3
         where id = $1 and stage = 'submitted'",
    )
    .bind(id)
    .bind(examiner)
    .bind(now)
    .execute(conn)
    .await
    .and_then(super::one)
}

pub async fn return_with(
    conn: &mut PgConnection,
    id: Uuid,
    words: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update applications set stage = 'returned', return_words = $2
         where id = $1 and stage = 'under_examination'",
    )
    .bind(id)
    .bind(words)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// When an application was sent for the first time.
pub async fn first_sent_at(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    let at: Option<Option<OffsetDateTime>> =
        sqlx::query_scalar("select first_sent_at from applications where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(at.flatten())
}
