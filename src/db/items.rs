//! One product of an application, and the fee seen for it.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::fee::FeeTable;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ItemRow {
    pub id: Uuid,
    pub application_id: Uuid,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub product: String,
    pub form: String,
    pub amount: i64,
    pub fee_method: String,
    pub state: String,
    pub examined_by: Option<i64>,
    pub examined_name: Option<String>,
    pub approved_by: Option<i64>,
    pub approved_name: Option<String>,
    pub approved_at: Option<OffsetDateTime>,
    pub approved_sha256: Option<Vec<u8>>,
    pub ordered_at: Option<OffsetDateTime>,
    pub reason: Option<String>,
    /// The guarantee, once T1 has made it.
    pub guarantee_id: Option<i64>,
    pub number: Option<String>,
    /// A payment was confirmed for the fee as it stands.
    pub paid: bool,
    /// One was confirmed for a fee that has changed since.
    pub paid_before: bool,
    #[sqlx(flatten)]
    pub fee: FeeDue,
}

/// What the fee of a product is held against.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FeeDue {
    /// Confirmed for the fee as it stands, whole yen.
    pub paid_sum: i64,
    /// The table of the day on which the application was first sent, where there is one; of a change
    /// the one that was attached at issue.
    pub fee_table_id: Option<i64>,
    pub fee_version: Option<i32>,
    pub fee_body: Option<Json<FeeTable>>,
    /// A change: the guaranteed amount of before.
    pub fee_before: Option<i64>,
}

/// The columns of [`FeeDue`].
const FEE_DUE: &str = "(select coalesce(sum(p.amount), 0)::bigint from payments p
    where p.item_id = i.id and p.terms_seq = i.terms_seq) as paid_sum,
  ft.id as fee_table_id, ft.version as fee_version, ft.body as fee_body,
  case when i.base_seq is not null then (select (ca.content #>> '{change,before,amount}')::bigint
    from applications ca where ca.id = i.application_id) end as fee_before";

/// The table that counts for an item `i` (see `fee_tables::on`).
const FEE_TABLE: &str = "left join lateral (select t.id, t.version, t.body from fee_tables t
    where t.surety_id = i.surety_id and t.product = i.product and t.state = 'in_force'
      and case when i.base_seq is not null
        then t.id = (select f.fee_table_id from fees f where f.guarantee_id = i.guarantee_id and f.kind = 'charge')
        else t.valid_from <= (select (fa.first_sent_at at time zone 'Asia/Tokyo')::date from applications fa
        where fa.id = i.application_id) end
    order by t.valid_from desc, t.version desc limit 1) ft on true";

const SELECT: &str =
    "select i.id, i.application_id, i.contractor_id, i.branch_id, i.product, i.form,
  i.amount, i.fee_method, i.state, i.examined_by, ex.name as examined_name, i.approved_by,
  ap.name as approved_name, i.approved_at, i.approved_sha256, i.ordered_at, i.reason,
  g.id as guarantee_id, g.number || g.suffix as number,
  exists (select from payments p where p.item_id = i.id and p.terms_seq = i.terms_seq) as paid,
  exists (select from payments p where p.item_id = i.id and p.terms_seq < i.terms_seq) as paid_before,
  ";

const FROM: &str = "from application_items i
  left join accounts ex on ex.id = i.examined_by
  left join accounts ap on ap.id = i.approved_by
  left join guarantees g on g.id = i.guarantee_id";

/// The products of an application, prepayment first.
pub async fn of_application(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} {FEE_DUE} {FROM} {FEE_TABLE} where i.application_id = $1 order by i.product desc"
    )))
    .bind(application)
    .fetch_all(conn)
    .await
}

/// Items of several applications at once, for lists.
pub async fn of_applications(
    conn: &mut PgConnection,
    applications: &[Uuid],
) -> Result<Vec<ItemRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} {FEE_DUE} {FROM} {FEE_TABLE} where i.application_id = any($1) order by i.product desc"
    )))
    .bind(applications)
    .fetch_all(conn)
    .await
}

/// Locks every item of an application, before anything is decided.
pub async fn lock_of_application(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    sqlx::query("select 1 from application_items where application_id = $1 order by id for update")
        .bind(application)
        .execute(&mut *conn)
        .await?;
    of_application(conn, application).await
}

/// What sending writes for one product.
pub struct Sent<'a> {
    pub id: Uuid,
    pub application: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub product: &'a str,
    pub form: &'a str,
    pub amount: i64,
    pub fee_method: &'a str,
    pub at: OffsetDateTime,
    /// What the fee is reckoned from is not what was sent before.
    pub new_fee: bool,
    /// A change: of which guarantee, and the version it was built on.
    pub change: Option<(i64, i32)>,
}

/// Writes or rewrites a product on sending, also one that was left out of an earlier sending; a
/// declined one stays declined.
pub async fn send(conn: &mut PgConnection, sent: &Sent<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into application_items as i (id, application_id, surety_id, contractor_id, branch_id,
           product, form, amount, fee_method, state, sent_at, guarantee_id, base_seq)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'submitted', $10, $12, $13)
         on conflict (application_id, product) do update set branch_id = excluded.branch_id,
           base_seq = excluded.base_seq,
           form = excluded.form, amount = excluded.amount, fee_method = excluded.fee_method,
           state = 'submitted', sent_at = excluded.sent_at, examined_by = null, approved_by = null,
           approved_at = null, approved_sha256 = null, ordered_by = null, ordered_at = null,
           reason = null,
           terms_seq = i.terms_seq + case when $11 then 1 else 0 end
         where i.state in ('returned', 'withdrawn')",
    )
    .bind(sent.id)
    .bind(sent.application)
    .bind(sent.surety)
    .bind(sent.contractor)
    .bind(sent.branch)
    .bind(sent.product)
    .bind(sent.form)
    .bind(sent.amount)
    .bind(sent.fee_method)
    .bind(sent.at)
    .bind(sent.new_fee)
    .bind(sent.change.map(|(guarantee, _)| guarantee))
    .bind(sent.change.map(|(_, base)| base))
    .execute(conn)
    .await
    .map(drop)
}

/// Products that were returned and are not applied for again: withdrawn. What was seen of them
/// (payments, history) stays.
pub async fn withdraw_dropped(
    conn: &mut PgConnection,
    application: Uuid,
    kept: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'withdrawn', reason = null
         where application_id = $1 and state = 'returned' and product <> all($2)",
    )
    .bind(application)
    .bind(kept)
    .execute(conn)
    .await
    .map(drop)
}

/// Moves every item that stands in one of `from`.
pub async fn move_all(
    conn: &mut PgConnection,
    application: Uuid,
    from: &[&str],
    to: &str,
) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "update application_items set state = $3, approved_by = null, approved_at = null,
           approved_sha256 = null, ordered_by = null, ordered_at = null
         where application_id = $1 and state = any($2)",
    )
    .bind(application)
    .bind(from)
    .bind(to)
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// 承認に回す
pub async fn pass_on(conn: &mut PgConnection, id: Uuid, by: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'awaiting_approval', examined_by = $2
         where id = $1 and state = 'under_examination'",
    )
    .bind(id)
    .bind(by)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// 承認する, bound to what was approved.
pub async fn approve(
    conn: &mut PgConnection,
    id: Uuid,
    by: i64,
    sha256: &[u8],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'approved', approved_by = $2, approved_sha256 = $3,
           approved_at = $4, reason = null
         where id = $1 and state = 'awaiting_approval'",
    )
    .bind(id)
    .bind(by)
    .bind(sha256)
    .bind(now)
    .execute(conn)
    .await
    .and_then(super::one)
}

pub async fn take_back(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'awaiting_approval', approved_by = null,
           approved_sha256 = null, approved_at = null, ordered_by = null, ordered_at = null,
           reason = null
         where id = $1 and state = 'approved'",
    )
    .bind(id)
    .execute(conn)
    .await
    .and_then(super::one)
}

pub async fn decline(conn: &mut PgConnection, id: Uuid, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'declined', reason = $2
         where id = $1 and state in ('under_examination', 'awaiting_approval')",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await
    .and_then(super::one)
}

pub async fn order(
    conn: &mut PgConnection,
    id: Uuid,
    by: i64,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'ordered', ordered_by = $2, ordered_at = $3, reason = null
         where id = $1 and state = 'approved'",
    )
    .bind(id)
    .bind(by)
    .bind(now)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// A buried order: back to approved, with the reason for people.
pub async fn unorder(conn: &mut PgConnection, id: Uuid, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update application_items set state = 'approved', ordered_by = null, ordered_at = null,
           reason = $2
         where id = $1 and state = 'ordered'",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await
    .map(drop)
}

/// Whether the branch is at work on a change of this guarantee.
pub async fn change_under_way(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from application_items where guarantee_id = $1 and base_seq is not null
           and state in ('under_examination', 'awaiting_approval', 'approved', 'ordered'))",
    )
    .bind(guarantee)
    .fetch_one(conn)
    .await
}

/// 入金確認
pub struct NewPayment {
    pub id: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub item: Uuid,
    pub amount: i64,
    pub paid_on: Date,
    pub by: i64,
    pub at: OffsetDateTime,
}

/// False when this form has recorded a payment before.
pub async fn add_payment(
    conn: &mut PgConnection,
    payment: &NewPayment,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "insert into payments (id, surety_id, contractor_id, branch_id, item_id, amount, paid_on,
           confirmed_by, confirmed_at, terms_seq)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, terms_seq from application_items where id = $5
         on conflict (id) do nothing",
    )
    .bind(payment.id)
    .bind(payment.surety)
    .bind(payment.contractor)
    .bind(payment.branch)
    .bind(payment.item)
    .bind(payment.amount)
    .bind(payment.paid_on)
    .bind(payment.by)
    .bind(payment.at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Whether this very payment was recorded by this very form.
pub async fn has_payment(
    conn: &mut PgConnection,
    payment: &NewPayment,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from payments
           where id = $1 and item_id = $2 and amount = $3 and paid_on = $4)",
    )
    .bind(payment.id)
    .bind(payment.item)
    .bind(payment.amount)
    .bind(payment.paid_on)
    .fetch_one(conn)
    .await
}

/// What the 保証申込 tab is asked for. `like` carries its own `%`.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    pub product: Option<&'a str>,
    /// 契約保証予約 only; else everything but them.
    pub reserved: bool,
    /// Sent at this instant or later.
    pub from: Option<OffsetDateTime>,
    /// Sent before this instant.
    pub until: Option<OffsetDateTime>,
    pub like: Option<&'a str>,
    /// Keyset: older than this row.
    pub before: Option<(OffsetDateTime, Uuid)>,
    /// Keyset: newer than this row; the rows come nearest first, that is oldest first.
    pub after: Option<(OffsetDateTime, Uuid)>,
    pub offset: i64,
    pub limit: i64,
}

/// A product of the list, with what its application says.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedRow {
    pub id: Uuid,
    pub application_id: Uuid,
    pub product: String,
    pub form: String,
    pub fee_method: String,
    pub state: String,
    pub paid: bool,
    /// With its letter, once T1 has made it.
    pub number: Option<String>,
    /// Of the application.
    pub kind: String,
    pub obligee_name: String,
    pub works_name: String,
    pub jv_name: Option<String>,
    pub price: Option<i64>,
    pub sent_at: OffsetDateTime,
    /// Whole yen.
    pub amount: i64,
    #[sqlx(flatten)]
    pub fee: FeeDue,
}

const LISTED: &str = "from application_items i
  join applications a on a.surety_id = i.surety_id and a.contractor_id = i.contractor_id
    and a.id = i.application_id
  where i.surety_id = $1 and i.contractor_id = $2
    and ($3::text is null or i.product = $3) and (i.product = 'reservation') = $7
    and i.sent_at >= coalesce($4, '-infinity'::timestamptz) and i.sent_at < coalesce($5, 'infinity'::timestamptz)
    and ($6::text is null or a.works_search like $6)";

/// Every product a contractor has sent, newest first (with `after`, oldest first).
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    search: &Search<'_>,
) -> Result<Vec<ListedRow>, sqlx::Error> {
    let (place, order) = match search.after {
        Some(_) => (">", ""),
        None => ("<", "desc"),
    };
    let (at, id) = search.after.or(search.before).unzip();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select i.*, {FEE_DUE} from (
           select i.id, i.application_id, i.surety_id, i.terms_seq, i.product, i.form, i.fee_method, i.state,
             i.sent_at, i.amount, i.base_seq, i.guarantee_id,
             exists (select from payments p where p.item_id = i.id and p.terms_seq = i.terms_seq) as paid,
             (select g.number || g.suffix from guarantees g where g.id = i.guarantee_id) as number,
             a.kind, a.obligee_name, a.works_name, a.content #>> '{{works,jv,name}}' as jv_name, a.price
           {LISTED} and ($8::timestamptz is null or (i.sent_at, i.id) {place} ($8, $9))
           order by i.sent_at {order}, i.id {order} offset $10 limit $11) i
         {FEE_TABLE} order by i.sent_at {order}, i.id {order}"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(search.product)
    .bind(search.from)
    .bind(search.until)
    .bind(search.like)
    .bind(search.reserved)
    .bind(at)
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
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select count(*) from (select 1 {LISTED} limit 1001) hits"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(search.product)
    .bind(search.from)
    .bind(search.until)
    .bind(search.like)
    .bind(search.reserved)
    .fetch_one(conn)
    .await
}
