//! 領収証: one per payment, every printing recorded.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What was paid, as a receipt says it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PaidRow {
    pub contractor_id: i64,
    pub contractor_name: String,
    pub branch_id: i64,
    pub amount: i64,
    pub paid_on: Date,
    /// prepayment …; `None` for a month's statement.
    pub product: Option<String>,
    pub works_name: Option<String>,
    pub obligee_name: Option<String>,
    /// With its letter, once issued.
    pub number: Option<String>,
    pub statement_no: Option<String>,
    pub month: Option<Date>,
    /// Consumption tax of the statement it was paid for.
    pub statement_tax: i64,
    pub statement_amount: i64,
}

/// An 入金確認 of an application's product, in reach of who asks.
pub async fn payment(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<Option<PaidRow>, sqlx::Error> {
    sqlx::query_as(
        "select p.contractor_id, c.name as contractor_name, i.branch_id, p.amount, p.paid_on, i.product,
           a.works_name, a.obligee_name,
           (select g.number || g.suffix from guarantees g where g.item_id = i.id and g.issued_at is not null) as number,
           null::text as statement_no, null::date as month, 0::bigint as statement_tax,
           0::bigint as statement_amount
         from payments p join application_items i on i.id = p.item_id
         join applications a on a.id = i.application_id
         join contractors c on c.id = p.contractor_id
         where p.surety_id = $1 and p.id = $2",
    )
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Money paid in for a closing; what was given back has no receipt of ours.
pub async fn settlement(
    conn: &mut PgConnection,
    surety: i64,
    id: Uuid,
) -> Result<Option<PaidRow>, sqlx::Error> {
    sqlx::query_as(
        "select s.contractor_id, c.name as contractor_name, s.branch_id, s.amount, s.settled_on as paid_on,
           null::text as product, null::text as works_name, null::text as obligee_name, null::text as number,
           k.statement_no, k.month, k.tax as statement_tax, k.amount as statement_amount
         from settlements s join closings k on k.id = s.closing_id
         join contractors c on c.id = s.contractor_id
         where s.surety_id = $1 and s.id = $2 and k.amount + k.tax > 0",
    )
    .bind(surety)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Payment(Uuid),
    Settlement(Uuid),
}

impl Source {
    fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Payment(id) => (Some(id), None),
            Self::Settlement(id) => (None, Some(id)),
        }
    }
}

/// One printing of a receipt at a time.
pub async fn lock(conn: &mut PgConnection, source: Source) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7256, hashtext($1))")
        .bind(format!("{source:?}"))
        .execute(conn)
        .await
        .map(drop)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReceiptRow {
    pub id: i64,
    pub number: String,
    pub amount: i64,
    pub tax: i64,
    pub issued_on: Date,
}

pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    source: Source,
) -> Result<Option<ReceiptRow>, sqlx::Error> {
    let (payment, settlement) = source.ids();
    sqlx::query_as(
        "select id, number, amount, tax, issued_on from receipts
         where surety_id = $1 and (payment_id = $2 or settlement_id = $3)",
    )
    .bind(surety)
    .bind(payment)
    .bind(settlement)
    .fetch_optional(conn)
    .await
}

/// A receipt to write.
pub struct NewReceipt<'a> {
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub number: &'a str,
    pub source: Source,
    pub amount: i64,
    pub tax: i64,
    pub on: Date,
    pub at: OffsetDateTime,
}

pub async fn add(conn: &mut PgConnection, new: &NewReceipt<'_>) -> Result<ReceiptRow, sqlx::Error> {
    let (payment, settlement) = new.source.ids();
    sqlx::query_as(
        "insert into receipts (surety_id, contractor_id, branch_id, number, payment_id, settlement_id, amount,
           tax, issued_on, issued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id, number, amount, tax, issued_on",
    )
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.number)
    .bind(payment)
    .bind(settlement)
    .bind(new.amount)
    .bind(new.tax)
    .bind(new.on)
    .bind(new.at)
    .fetch_one(conn)
    .await
}

/// Records a printing; which copy it is, from 1.
pub async fn print(
    conn: &mut PgConnection,
    receipt: i64,
    surety: i64,
    contractor: i64,
    by: (&'static str, i64, &str),
    at: OffsetDateTime,
) -> Result<i32, sqlx::Error> {
    let (site, account, name) = by;
    sqlx::query_scalar(
        "insert into receipt_printings (receipt_id, copy, surety_id, contractor_id, site, actor_id, actor_name, at)
         select $1, coalesce(max(copy), 0) + 1, $2, $3, $4, $5, $6, $7
         from receipt_printings where receipt_id = $1 returning copy",
    )
    .bind(receipt)
    .bind(surety)
    .bind(contractor)
    .bind(site)
    .bind(account)
    .bind(name)
    .bind(at)
    .fetch_one(conn)
    .await
}

/// Money a contractor paid, for which there is or can be a receipt.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PaymentRow {
    pub id: Uuid,
    /// Paid for a month's statement.
    pub statement_no: Option<String>,
    pub product: Option<String>,
    pub works_name: Option<String>,
    pub amount: i64,
    pub paid_on: Date,
    pub receipt_no: Option<String>,
    pub printed: i64,
}

/// Newest first.
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    limit: i64,
) -> Result<Vec<PaymentRow>, sqlx::Error> {
    sqlx::query_as(
        "select x.*, r.number as receipt_no,
           (select count(*) from receipt_printings q where q.receipt_id = r.id) as printed
         from (select p.id, null::text as statement_no, i.product, a.works_name, p.amount, p.paid_on, p.confirmed_at
             from payments p join application_items i on i.id = p.item_id
             join applications a on a.id = i.application_id
             where p.surety_id = $1 and p.contractor_id = $2
           union all
           select s.id, k.statement_no, null, null, s.amount, s.settled_on, s.confirmed_at
             from settlements s join closings k on k.id = s.closing_id
             where s.surety_id = $1 and s.contractor_id = $2 and k.amount + k.tax > 0) x
         left join receipts r on r.surety_id = $1 and (r.payment_id = x.id or r.settlement_id = x.id)
         order by x.confirmed_at desc, x.id limit $3",
    )
    .bind(surety)
    .bind(contractor)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The payments of an application's products, oldest first, for the branch that confirmed them.
pub async fn of_application(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Vec<PaymentRow>, sqlx::Error> {
    sqlx::query_as(
        "select p.id, null::text as statement_no, i.product, a.works_name, p.amount, p.paid_on,
           r.number as receipt_no,
           (select count(*) from receipt_printings q where q.receipt_id = r.id) as printed
         from payments p join application_items i on i.id = p.item_id
         join applications a on a.id = i.application_id
         left join receipts r on r.payment_id = p.id
         where i.application_id = $1 order by p.confirmed_at, p.id",
    )
    .bind(application)
    .fetch_all(conn)
    .await
}

/// Whether contractors get their receipts as PDF as well.
pub async fn electronic(conn: &mut PgConnection, surety: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select electronic_receipts from sureties where id = $1")
        .bind(surety)
        .fetch_one(conn)
        .await
}

pub async fn set_electronic(
    conn: &mut PgConnection,
    surety: i64,
    on: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("update sureties set electronic_receipts = $2 where id = $1")
        .bind(surety)
        .bind(on)
        .execute(conn)
        .await
        .and_then(super::one)
}
