//! The chain of a guarantee: its signed links, and what follows from a new one.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::certificates::KeyRow;

/// A guarantee as T1 and T2 of a later link need it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GuaranteeHead {
    pub id: i64,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub application_id: Uuid,
    /// Ten digits with hyphen.
    pub number: String,
    pub suffix: String,
    pub product: String,
    pub form: String,
    pub obligee_id: Option<i64>,
    pub until: Date,
    pub issued_at: Option<OffsetDateTime>,
    pub terminated_on: Option<Date>,
}

const HEAD: &str =
    "select id, surety_id, contractor_id, branch_id, application_id, number, suffix, product,
  form, obligee_id, until, issued_at, terminated_on from guarantees";

/// A guarantee under its lock: one link at a time.
pub async fn lock(conn: &mut PgConnection, id: i64) -> Result<Option<GuaranteeHead>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{HEAD} where id = $1 for update"
    )))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The same without a lock.
pub async fn head(conn: &mut PgConnection, id: i64) -> Result<Option<GuaranteeHead>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{HEAD} where id = $1")))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// One signed link.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    pub seq: i32,
    pub face: Vec<u8>,
    pub signature: Vec<u8>,
    #[sqlx(flatten)]
    pub key: KeyRow,
    pub signed_at: OffsetDateTime,
    pub arrived_at: Option<OffsetDateTime>,
    pub item_id: Option<Uuid>,
}

/// Every link in the chain's order: one statement, however many there are.
pub async fn chain(conn: &mut PgConnection, guarantee: i64) -> Result<Vec<LinkRow>, sqlx::Error> {
    sqlx::query_as(
        "select c.seq, c.face, c.signature, k.key_id, k.public_key, k.created_at, s.suffix, c.signed_at,
           r.arrived_at, c.item_id
         from certificates c
         join signing_keys k on k.key_id = c.key_id
         join sureties s on s.id = c.surety_id
         left join arrivals r on r.guarantee_id = c.guarantee_id and r.seq = c.seq
         where c.guarantee_id = $1 order by c.seq",
    )
    .bind(guarantee)
    .fetch_all(conn)
    .await
}

/// A new link.
pub struct NewLink<'a> {
    pub seq: i32,
    /// certificate, statement
    pub kind: &'a str,
    pub face: &'a [u8],
    pub signature: &'a [u8],
    pub key_id: &'a str,
    pub public_key: &'a [u8],
    pub sha256: &'a [u8],
    pub previous_sha256: &'a [u8],
    pub signed_at: OffsetDateTime,
    pub item: Option<Uuid>,
    pub act: Option<Uuid>,
}

pub async fn append(
    conn: &mut PgConnection,
    head: &GuaranteeHead,
    link: &NewLink<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with k as (insert into signing_keys (key_id, surety_id, public_key, created_at)
           values ($8, $2, $13, $11) on conflict (key_id) do nothing)
         insert into certificates (guarantee_id, surety_id, contractor_id, branch_id, seq, face, signature,
           key_id, sha256, previous_sha256, signed_at, item_id, act_id, kind)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, $15)",
    )
    .bind(head.id)
    .bind(head.surety_id)
    .bind(head.contractor_id)
    .bind(head.branch_id)
    .bind(link.seq)
    .bind(link.face)
    .bind(link.signature)
    .bind(link.key_id)
    .bind(link.sha256)
    .bind(link.previous_sha256)
    .bind(link.signed_at)
    .bind(link.item)
    .bind(link.public_key)
    .bind(link.act)
    .bind(link.kind)
    .execute(conn)
    .await
    .map(drop)
}

/// What holds now, for lists and searches.
pub struct Standing<'a> {
    pub in_force: i32,
    pub obligee_name: &'a str,
    pub works_name: &'a str,
    pub works_search: &'a str,
    pub contractor_name: &'a str,
    pub jv_name: Option<&'a str>,
    pub jv_representative: Option<&'a str>,
    pub price: i64,
    pub amount: i64,
    pub until: Date,
    pub bank: Option<&'a str>,
    pub terminated_on: Option<Date>,
    /// Links withdrawn since, and by which.
    pub withdrawn: (&'a [i32], &'a [i32]),
}

pub async fn settle(
    conn: &mut PgConnection,
    head: &GuaranteeHead,
    now: &Standing<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with w as (insert into withdrawn_links (guarantee_id, seq, surety_id, contractor_id, branch_id, by_seq)
             select $1, gone.seq, $2, $3, $4, gone.by_seq from unnest($5::int[], $6::int[]) gone (seq, by_seq)
             on conflict do nothing),
           d as (update dsure.deposits set current_seq = $7 where number = $8)
         update guarantees set current_seq = $7, obligee_name = $9, works_name = $10, works_search = $11,
           contractor_name = $12, jv_name = $13, jv_representative = $14, price = $15, amount = $16,
           until = $17, bank = $18, terminated_on = $19
         where id = $1",
    )
    .bind(head.id)
    .bind(head.surety_id)
    .bind(head.contractor_id)
    .bind(head.branch_id)
    .bind(now.withdrawn.0)
    .bind(now.withdrawn.1)
    .bind(now.in_force)
    .bind(&head.number)
    .bind(now.obligee_name)
    .bind(now.works_name)
    .bind(now.works_search)
    .bind(now.contractor_name)
    .bind(now.jv_name)
    .bind(now.jv_representative)
    .bind(now.price)
    .bind(now.amount)
    .bind(now.until)
    .bind(now.bank)
    .bind(now.terminated_on)
    .execute(conn)
    .await
    .and_then(super::one)
}
