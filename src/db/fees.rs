//! The ledger of fees: what a guarantee's versions cost and gave back.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};

use crate::domain::fee::Line;

/// What a first charge is reckoned from, read in T1 behind the new guarantee.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BasisRow {
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub product: String,
    pub amount: i64,
    pub fee_method: String,
    /// The contractor has an agreement of 一括納付.
    pub lump_sum: bool,
    /// The day in Japan on which the application was first sent.
    pub sent_on: Date,
    /// Confirmed for the item as it was issued.
    pub paid: i64,
}

pub async fn basis(conn: &mut PgConnection, guarantee: i64) -> Result<BasisRow, sqlx::Error> {
    sqlx::query_as(
        "select g.surety_id, g.contractor_id, g.branch_id, g.product, g.amount, i.fee_method, c.lump_sum,
           (a.first_sent_at at time zone 'Asia/Tokyo')::date as sent_on,
           (select coalesce(sum(p.amount), 0)::bigint from payments p
             where p.item_id = i.id and p.terms_seq = i.terms_seq) as paid
         from guarantees g
         join application_items i on i.id = g.item_id
         join applications a on a.id = g.application_id
         join contractors c on c.id = g.contractor_id
         where g.id = $1",
    )
    .bind(guarantee)
    .fetch_one(conn)
    .await
}

/// What stands in the ledger for a guarantee that has its first charge.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccountRow {
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub product: String,
    pub fee_method: String,
    pub fee_table_id: i64,
    pub lump_sum: bool,
    pub current_seq: i32,
    /// Everything so far, without tax.
    pub amount: i64,
    pub tax: i64,
}

/// `None` where it was issued without a fee table.
pub async fn account(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as(
        "select f.surety_id, f.contractor_id, g.branch_id, f.product, f.fee_method, f.fee_table_id, c.lump_sum,
           g.current_seq,
           (select sum(amount)::bigint from fees where guarantee_id = f.guarantee_id) as amount,
           (select sum(tax)::bigint from fees where guarantee_id = f.guarantee_id) as tax
         from fees f
         join guarantees g on g.id = f.guarantee_id
         join contractors c on c.id = f.contractor_id
         where f.guarantee_id = $1 and f.kind = 'charge'",
    )
    .bind(guarantee)
    .fetch_optional(conn)
    .await
}

/// Period of the works and 保証期限 of the version in force.
pub async fn period(conn: &mut PgConnection, guarantee: i64) -> Result<(Date, Date), sqlx::Error> {
    sqlx::query_as(
        "select (convert_from(c.face, 'UTF8')::jsonb ->> 'period_from')::date,
           (convert_from(c.face, 'UTF8')::jsonb ->> 'until')::date
         from guarantees g join certificates c on c.guarantee_id = g.id and c.seq = g.current_seq
         where g.id = $1",
    )
    .bind(guarantee)
    .fetch_one(conn)
    .await
}

/// One entry to append.
#[derive(Debug, Clone)]
pub struct NewFee<'a> {
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub guarantee: i64,
    pub product: &'a str,
    pub seq: i32,
    pub kind: &'a str,
    /// Signed whole yen, without tax.
    pub amount: i64,
    pub tax: i64,
    pub lines: &'a [Line],
    pub table: i64,
    pub fee_method: &'a str,
    pub monthly: bool,
    pub day: Date,
    pub at: OffsetDateTime,
}

/// Appends an entry; `None` where this very one stands already.
pub async fn add(conn: &mut PgConnection, new: &NewFee<'_>) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "insert into fees (surety_id, contractor_id, branch_id, guarantee_id, product, seq, kind, amount, tax,
           lines, fee_table_id, fee_method, monthly, day, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict on constraint fees_once do nothing returning id",
    )
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.guarantee)
    .bind(new.product)
    .bind(new.seq)
    .bind(new.kind)
    .bind(new.amount)
    .bind(new.tax)
    .bind(Json(new.lines))
    .bind(new.table)
    .bind(new.fee_method)
    .bind(new.monthly)
    .bind(new.day)
    .bind(new.at)
    .fetch_optional(conn)
    .await
}

/// An entry with what people know it by.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FeeRow {
    pub id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub guarantee_id: i64,
    /// With its letter.
    pub number: String,
    pub product: String,
    pub works_name: String,
    pub obligee_name: String,
    pub contractor_name: String,
    pub seq: i32,
    /// 新規, 変更ーn: the certificate's own field.
    pub occasion: Option<serde_json::Value>,
    pub kind: String,
    pub amount: i64,
    pub tax: i64,
    pub lines: Json<Vec<Line>>,
    pub fee_table_id: i64,
    pub table_name: String,
    pub table_version: i32,
    pub fee_method: String,
    pub monthly: bool,
    pub day: Date,
    pub at: OffsetDateTime,
    /// The statement that gathered it.
    pub statement_no: Option<String>,
    /// What was paid out for it, where it gives back outside the closings.
    pub settled: i64,
}

const SELECT: &str =
    "select f.id, f.contractor_id, f.branch_id, f.guarantee_id, g.number || g.suffix as number,
  f.product, g.works_name, g.obligee_name, g.contractor_name, f.seq,
  convert_from(c.face, 'UTF8')::jsonb -> 'occasion' as occasion,
  f.kind, f.amount, f.tax, f.lines, f.fee_table_id, t.body ->> 'name' as table_name,
  t.version as table_version, f.fee_method, f.monthly, f.day, f.at, k.statement_no,
  (select coalesce(sum(s.amount), 0)::bigint from settlements s where s.fee_id = f.id) as settled
  from fees f
  join guarantees g on g.id = f.guarantee_id
  join fee_tables t on t.id = f.fee_table_id
  left join certificates c on c.guarantee_id = f.guarantee_id and c.seq = f.seq
  left join closing_fees cf on cf.fee_id = f.id
  left join closings k on k.id = cf.closing_id";

/// Every entry of a guarantee, oldest first.
pub async fn of_guarantee(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.guarantee_id = $1 order by f.id"
    )))
    .bind(guarantee)
    .fetch_all(conn)
    .await
}

/// One entry of a guarantee of this surety.
pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    guarantee: i64,
    id: i64,
) -> Result<Option<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.surety_id = $1 and f.guarantee_id = $2 and f.id = $3"
    )))
    .bind(surety)
    .bind(guarantee)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// One entry of this surety, in reach of who asks.
pub async fn by_id(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<Option<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.surety_id = $1 and f.id = $2"
    )))
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// A contractor's entries, newest first, older than one of them where `before` names it.
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.surety_id = $1 and f.contractor_id = $2 and ($3::bigint is null or f.id < $3)
         order by f.id desc limit $4"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a contractor has still to pay for its closings, what it is still to be given back (for closings
/// and for single refunds), and the sum of what no closing gathered yet, whole yen.
pub async fn open_sums(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
) -> Result<(i64, i64, i64), sqlx::Error> {
    sqlx::query_as(
        "with moved as (select k.amount + k.tax as total,
             (select coalesce(sum(s.amount), 0) from settlements s where s.closing_id = k.id) as settled
           from closings k where k.surety_id = $1 and k.contractor_id = $2
           union all
           select f.amount + f.tax, (select coalesce(sum(s.amount), 0) from settlements s where s.fee_id = f.id)
           from fees f where f.surety_id = $1 and f.contractor_id = $2 and not f.monthly and f.amount < 0)
         select coalesce(sum(total - settled) filter (where total > 0), 0)::bigint,
           coalesce(sum(-total - settled) filter (where total < 0), 0)::bigint,
           (select coalesce(sum(f.amount + f.tax), 0)::bigint from fees f
             where f.surety_id = $1 and f.contractor_id = $2 and f.monthly
               and not exists (select from closing_fees cf where cf.fee_id = f.id))
         from moved",
    )
    .bind(surety)
    .bind(contractor)
    .fetch_one(conn)
    .await
}

/// What no closing gathered yet of some days, in the order of the ledger.
pub async fn ungathered(
    conn: &mut PgConnection,
    surety: i64,
    from: Date,
    before: Date,
    limit: i64,
) -> Result<Vec<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.surety_id = $1 and f.monthly and f.day >= $2 and f.day < $3
           and cf.fee_id is null order by f.id limit $4"
    )))
    .bind(surety)
    .bind(from)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a closing gathered, in the order of the ledger.
pub async fn of_closing(conn: &mut PgConnection, closing: i64) -> Result<Vec<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where cf.closing_id = $1 order by f.id"
    )))
    .bind(closing)
    .fetch_all(conn)
    .await
}

/// What a branch (head office: every branch) still has to give back outside the closings.
pub async fn open_refunds(
    conn: &mut PgConnection,
    surety: i64,
    limit: i64,
) -> Result<Vec<FeeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where f.surety_id = $1 and not f.monthly and f.amount < 0
           and (select coalesce(sum(s.amount), 0) from settlements s where s.fee_id = f.id) < -(f.amount + f.tax)
         order by f.id limit $2"
    )))
    .bind(surety)
    .bind(limit)
    .fetch_all(conn)
    .await
}
