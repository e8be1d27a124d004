//! 一括納付: a contractor's month gathered into one statement, and the money that moved for it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Takes the month for this transaction: two runs at once gather one contractor after the other.
pub async fn lock_month(
    conn: &mut PgConnection,
    surety: i64,
    month: Date,
) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7254, hashtext($1))")
        .bind(format!("{surety} {month}"))
        .execute(conn)
        .await
        .map(drop)
}

/// When a month was closed to the end, and by whom.
pub async fn closed(
    conn: &mut PgConnection,
    surety: i64,
    month: Date,
) -> Result<Option<(OffsetDateTime, String)>, sqlx::Error> {
    sqlx::query_as(
        "select closed_at, closed_by from closed_months where surety_id = $1 and month = $2",
    )
    .bind(surety)
    .bind(month)
    .fetch_optional(conn)
    .await
}

/// The first month with fees that no closing gathered, before a day.
pub async fn first_open(
    conn: &mut PgConnection,
    surety: i64,
    before: Date,
) -> Result<Option<Date>, sqlx::Error> {
    sqlx::query_scalar(
        "select date_trunc('month', min(f.day))::date from fees f
         where f.surety_id = $1 and f.monthly and f.day < $2
           and not exists (select from closing_fees cf where cf.fee_id = f.id)
           and not exists (select from closed_months m
             where m.surety_id = f.surety_id and m.month = date_trunc('month', f.day)::date)",
    )
    .bind(surety)
    .bind(before)
    .fetch_one(conn)
    .await
}

/// The contractors that still have fees to be gathered from before a day, in the order of their ids.
pub async fn contractors(
    conn: &mut PgConnection,
    surety: i64,
    before: Date,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select distinct f.contractor_id from fees f
         where f.surety_id = $1 and f.monthly and f.day < $2
           and not exists (select from closing_fees cf where cf.fee_id = f.id)
         order by f.contractor_id",
    )
    .bind(surety)
    .bind(before)
    .fetch_all(conn)
    .await
}

/// A closing to write.
pub struct NewClosing<'a> {
    pub surety: i64,
    pub contractor: i64,
    pub month: Date,
    /// Fees from before this day.
    pub before: Date,
    pub statement_no: &'a str,
    pub at: OffsetDateTime,
    pub by: &'a str,
}

/// Gathers a contractor's fees into one closing; how many. 0 where its closing stands already.
pub async fn close(conn: &mut PgConnection, new: &NewClosing<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "with due as (select f.id, f.amount, f.tax from fees f
             where f.surety_id = $1 and f.contractor_id = $2 and f.monthly and f.day < $4
               and not exists (select from closing_fees cf where cf.fee_id = f.id)),
           k as (insert into closings (surety_id, contractor_id, branch_id, month, statement_no, amount, tax,
               fees, closed_at, closed_by)
             select $1, $2, c.branch_id, $3, $5, s.amount, s.tax, s.fees, $6, $7
             from contractors c,
               (select sum(amount)::bigint as amount, sum(tax)::bigint as tax, count(*)::integer as fees from due) s
             where c.surety_id = $1 and c.id = $2 and s.fees > 0
             on conflict on constraint closings_once do nothing returning id),
           l as (insert into closing_fees (fee_id, closing_id, surety_id, contractor_id)
             select due.id, k.id, $1, $2 from due, k returning fee_id)
         select count(*) from l",
    )
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.month)
    .bind(new.before)
    .bind(new.statement_no)
    .bind(new.at)
    .bind(new.by)
    .fetch_one(conn)
    .await
}

pub async fn finish_month(
    conn: &mut PgConnection,
    surety: i64,
    month: Date,
    at: OffsetDateTime,
    by: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into closed_months (surety_id, month, closed_at, closed_by) values ($1, $2, $3, $4)",
    )
    .bind(surety)
    .bind(month)
    .bind(at)
    .bind(by)
    .execute(conn)
    .await
    .map(drop)
}

/// The next number of a paper: statements and receipts count per surety and era year.
pub async fn next_number(
    conn: &mut PgConnection,
    surety: i64,
    kind: &str,
    era_year: &str,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(
        "insert into paper_counters as c (surety_id, kind, era_year, next) values ($1, $2, $3, 2)
         on conflict (surety_id, kind, era_year) do update set next = c.next + 1
         returning next - 1",
    )
    .bind(surety)
    .bind(kind)
    .bind(era_year)
    .fetch_one(conn)
    .await
}

/// A month of the surety's fees.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MonthRow {
    pub month: Date,
    /// Contractors with fees of this month that no closing gathered.
    pub open_contractors: i64,
    pub open_fees: i64,
    pub open_amount: i64,
    pub closings: i64,
    pub closed_amount: i64,
    /// What was paid in for its closings, less what was given back.
    pub settled: i64,
    pub closed_at: Option<OffsetDateTime>,
    pub closed_by: Option<String>,
}

/// Months with fees or closings, newest first.
pub async fn months(
    conn: &mut PgConnection,
    surety: i64,
    limit: i64,
) -> Result<Vec<MonthRow>, sqlx::Error> {
    sqlx::query_as(
        "with open as (select date_trunc('month', f.day)::date as month, count(distinct f.contractor_id) as contractors,
             count(*) as fees, sum(f.amount + f.tax)::bigint as amount
           from fees f where f.surety_id = $1 and f.monthly
             and not exists (select from closing_fees cf where cf.fee_id = f.id) group by 1),
         done as (select k.month, count(*) as closings, sum(k.amount + k.tax)::bigint as amount,
             sum(case when k.amount + k.tax < 0 then -1 else 1 end
               * (select coalesce(sum(s.amount), 0) from settlements s where s.closing_id = k.id))::bigint as settled
           from closings k where k.surety_id = $1 group by 1),
         months as (select month from open union select month from done
           union select month from closed_months where surety_id = $1)
         select m.month, coalesce(o.contractors, 0) as open_contractors, coalesce(o.fees, 0) as open_fees,
           coalesce(o.amount, 0) as open_amount, coalesce(d.closings, 0) as closings,
           coalesce(d.amount, 0) as closed_amount, coalesce(d.settled, 0) as settled, c.closed_at, c.closed_by
         from months m left join open o on o.month = m.month left join done d on d.month = m.month
         left join closed_months c on c.surety_id = $1 and c.month = m.month
         order by m.month desc limit $2",
    )
    .bind(surety)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What of a month is not gathered yet, contractor by contractor.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenRow {
    pub contractor_id: i64,
    pub contractor_name: String,
    pub fees: i64,
    pub amount: i64,
}

pub async fn open_of_month(
    conn: &mut PgConnection,
    surety: i64,
    from: Date,
    before: Date,
) -> Result<Vec<OpenRow>, sqlx::Error> {
    sqlx::query_as(
        "select f.contractor_id, c.name as contractor_name, count(*) as fees,
           sum(f.amount + f.tax)::bigint as amount
         from fees f join contractors c on c.id = f.contractor_id
         where f.surety_id = $1 and f.monthly and f.day >= $2 and f.day < $3
           and not exists (select from closing_fees cf where cf.fee_id = f.id)
         group by 1, 2 order by 2 limit 500",
    )
    .bind(surety)
    .bind(from)
    .bind(before)
    .fetch_all(conn)
    .await
}

/// A closing with what moved for it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClosingRow {
    pub id: i64,
    pub contractor_id: i64,
    pub contractor_name: String,
    pub contractor_address: String,
    pub branch_id: i64,
    pub month: Date,
    pub statement_no: String,
    pub amount: i64,
    pub tax: i64,
    pub fees: i32,
    pub closed_at: OffsetDateTime,
    pub closed_by: String,
    pub settled: i64,
}

const CLOSING: &str = "select k.id, k.contractor_id, c.name as contractor_name, c.address as contractor_address,
  k.branch_id, k.month, k.statement_no, k.amount, k.tax, k.fees, k.closed_at, k.closed_by,
  (select coalesce(sum(s.amount), 0)::bigint from settlements s where s.closing_id = k.id) as settled
  from closings k join contractors c on c.id = k.contractor_id";

pub async fn of_month(
    conn: &mut PgConnection,
    surety: i64,
    month: Date,
) -> Result<Vec<ClosingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{CLOSING} where k.surety_id = $1 and k.month = $2 order by c.name limit 2000"
    )))
    .bind(surety)
    .bind(month)
    .fetch_all(conn)
    .await
}

/// A contractor's closings, newest first.
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    limit: i64,
) -> Result<Vec<ClosingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{CLOSING} where k.surety_id = $1 and k.contractor_id = $2 order by k.month desc limit $3"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<Option<ClosingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{CLOSING} where k.surety_id = $1 and k.id = $2"
    )))
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Money that moved, as people know it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SettlementRow {
    pub id: Uuid,
    pub amount: i64,
    pub settled_on: Date,
    pub confirmed_name: String,
    pub confirmed_at: OffsetDateTime,
}

pub async fn settlements_of_closing(
    conn: &mut PgConnection,
    closing: i64,
) -> Result<Vec<SettlementRow>, sqlx::Error> {
    sqlx::query_as(
        "select s.id, s.amount, s.settled_on, a.name as confirmed_name, s.confirmed_at
         from settlements s join accounts a on a.id = s.confirmed_by
         where s.closing_id = $1 order by s.confirmed_at, s.id",
    )
    .bind(closing)
    .fetch_all(conn)
    .await
}

/// Money that moved for a closing or for one refund.
pub struct NewSettlement {
    /// The form's id.
    pub id: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub closing: Option<i64>,
    pub fee: Option<i64>,
    pub amount: i64,
    pub on: Date,
    pub by: i64,
    pub at: OffsetDateTime,
}

/// False where this form has recorded something before.
pub async fn settle(conn: &mut PgConnection, new: &NewSettlement) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "insert into settlements (id, surety_id, contractor_id, branch_id, closing_id, fee_id, amount,
           settled_on, confirmed_by, confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing",
    )
    .bind(new.id)
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.closing)
    .bind(new.fee)
    .bind(new.amount)
    .bind(new.on)
    .bind(new.by)
    .bind(new.at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Whether a form has recorded this very thing.
pub async fn is_settled(conn: &mut PgConnection, new: &NewSettlement) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from settlements where id = $1 and surety_id = $2 and amount = $3
           and settled_on = $4 and closing_id is not distinct from $5 and fee_id is not distinct from $6)",
    )
    .bind(new.id)
    .bind(new.surety)
    .bind(new.amount)
    .bind(new.on)
    .bind(new.closing)
    .bind(new.fee)
    .fetch_one(conn)
    .await
}

/// One settlement of a closing, or of a refund, at a time.
pub async fn lock_sum(
    conn: &mut PgConnection,
    closing: Option<i64>,
    fee: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7255, hashtext($1))")
        .bind(format!("{closing:?} {fee:?}"))
        .execute(conn)
        .await
        .map(drop)
}
