//! The statements of T1 (number, certificate, key) and T2 (deposit): as few as the work allows.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::content::ApplicationContent;
use crate::domain::era;
use crate::domain::product::Product;

/// Everything a certificate is made of, read under the item's lock.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Draftable {
    pub item_id: Uuid,
    pub application_id: Uuid,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub product: String,
    pub form: String,
    pub state: String,
    pub approved_sha256: Option<Vec<u8>>,
    pub content: Json<ApplicationContent>,
    pub first_sent_at: OffsetDateTime,
    /// The guarantee it changes, and the version it was built on; of a new one neither.
    pub guarantee_id: Option<i64>,
    pub base_seq: Option<i32>,
    pub contractor_name: String,
    pub contractor_address: String,
    pub representative: String,
    pub lump_sum: bool,
    pub branch_name: String,
    pub branch_tel: String,
    pub branch_fax: String,
    pub surety_name: String,
    pub surety_address: String,
    pub president_title: String,
    pub president_name: String,
    pub suffix: String,
    pub vow_prepayment: String,
    pub vow_contract: String,
}

const DRAFTABLE: &str = "select i.id as item_id, i.application_id, i.surety_id, i.contractor_id,
  i.branch_id, i.product, i.form, i.state, i.approved_sha256, a.content,
  -- 申込日 fixes the fiscal year; of a change that of the guarantee itself
  coalesce((select o.first_sent_at from guarantees g join applications o on o.id = g.application_id
    where g.id = i.guarantee_id and i.base_seq is not null), a.first_sent_at) as first_sent_at, i.guarantee_id, i.base_seq,
  c.name as contractor_name, c.address as contractor_address, c.representative, c.lump_sum,
  b.name as branch_name, b.tel as branch_tel, b.fax as branch_fax, s.name as surety_name,
  s.address as surety_address, s.president_title, s.president_name, s.suffix, s.vow_prepayment,
  s.vow_contract
  from application_items i
  join applications a on a.id = i.application_id
  join contractors c on c.surety_id = i.surety_id and c.id = i.contractor_id
  join branches b on b.surety_id = i.surety_id and b.id = i.branch_id
  join sureties s on s.id = i.surety_id
  where a.content is not null and a.first_sent_at is not null";

/// Locks the application an item belongs to, before the item itself: everybody locks in this order,
/// and of two workers at two products the second sees that the first is done.
pub async fn lock_application(conn: &mut PgConnection, item: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select 1 from applications
         where id = (select application_id from application_items where id = $1) for update",
    )
    .bind(item)
    .execute(conn)
    .await
    .map(drop)
}

pub async fn lock(conn: &mut PgConnection, item: Uuid) -> Result<Option<Draftable>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{DRAFTABLE} and i.id = $1 for update of i"
    )))
    .bind(item)
    .fetch_optional(conn)
    .await
}

/// The same of every product of an application, for hashing what is approved.
pub async fn of_application(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Vec<Draftable>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{DRAFTABLE} and i.application_id = $1 order by i.product desc"
    )))
    .bind(application)
    .fetch_all(conn)
    .await
}

/// One of them, without a lock.
pub async fn read(conn: &mut PgConnection, item: Uuid) -> Result<Option<Draftable>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{DRAFTABLE} and i.id = $1")))
        .bind(item)
        .fetch_optional(conn)
        .await
}

/// The branch's next number, under the lock of its first block that is not full.
pub async fn next_number(
    conn: &mut PgConnection,
    branch: i64,
) -> Result<Option<(String, i32)>, sqlx::Error> {
    sqlx::query_as(
        "update number_blocks set next = next + 1
         where block = (select block from number_blocks where branch_id = $1 and next <= 99999
                        order by allotted_at, block limit 1 for update)
         returning block, next - 1 as serial",
    )
    .bind(branch)
    .fetch_optional(conn)
    .await
}

/// A guarantee and its first certificate.
pub struct NewGuarantee<'a> {
    pub item: &'a Draftable,
    pub number: &'a str,
    pub until: Date,
    pub works_search: &'a str,
    pub issued_on: Date,
    /// Paper becomes 発行済 at once; electronic with the deposit.
    pub issued_at: Option<OffsetDateTime>,
    pub face: &'a [u8],
    pub signature: &'a [u8],
    pub key_id: &'a str,
    /// The key's public half, registered with its first certificate at the latest.
    pub public_key: &'a [u8],
    pub sha256: &'a [u8],
    pub signed_at: OffsetDateTime,
}

/// Writes guarantee, certificate and the public half of its key in one statement; returns the
/// guarantee's id.
pub async fn insert(conn: &mut PgConnection, new: &NewGuarantee<'_>) -> Result<i64, sqlx::Error> {
    let item = new.item;
    let content = &item.content.0;
    let product = item.product.as_str();
    let known = Product::from_code(product);
    let amount = known
        .and_then(|product| content.terms(product))
        .map_or(0, |terms| terms.amount.get());
    sqlx::query_scalar(
        "with g as (insert into guarantees (surety_id, contractor_id, branch_id, application_id, item_id,
             number, suffix, product, form, obligee_id, obligee_name, works_name, works_search,
             contractor_name, jv_name, jv_representative, price, amount, until, bank, issued_on, issued_at,
             rule_book_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             $20, $21, $22,
             (select id from rule_books where surety_id = $1 and obligee_id = $10
                and (valid_from is null or valid_from <= $29)
                and (valid_until is null or valid_until >= $29) order by version desc limit 1))
           returning id),
         k as (insert into signing_keys (key_id, surety_id, public_key, created_at)
           values ($25, $1, $28, $27) on conflict (key_id) do nothing)
         insert into certificates (guarantee_id, seq, surety_id, contractor_id, branch_id, face,
           signature, key_id, sha256, signed_at)
         select id, 1, $1, $2, $3, $23, $24, $25, $26, $27 from g returning guarantee_id",
    )
    .bind(item.surety_id)
    .bind(item.contractor_id)
    .bind(item.branch_id)
    .bind(item.application_id)
    .bind(item.item_id)
    .bind(new.number)
    .bind(&item.suffix)
    .bind(product)
    .bind(&item.form)
    .bind(content.works.obligee_id)
    .bind(&content.works.obligee_name)
    .bind(&content.works.works_name)
    .bind(new.works_search)
    .bind(&item.contractor_name)
    .bind(content.works.jv.as_ref().map(|jv| jv.name.as_str()))
    .bind(content.works.jv.as_ref().map(|jv| jv.representative.as_str()))
    .bind(content.works.price.get())
    .bind(amount)
    .bind(new.until)
    .bind(known.and_then(|product| content.bank(product)))
    .bind(new.issued_on)
    .bind(new.issued_at)
    .bind(new.face)
    .bind(new.signature)
    .bind(new.key_id)
    .bind(new.sha256)
    .bind(new.signed_at)
    .bind(new.public_key)
    // The rule book of the application's own day stays attached.
    .bind(era::tokyo_date(item.first_sent_at))
    .fetch_one(conn)
    .await
}

/// The item is 発行済; the application closes when nothing of it is left to do.
pub async fn set_issued(conn: &mut PgConnection, item: Uuid) -> Result<(), sqlx::Error> {
    let application: Uuid = sqlx::query_scalar(
        "update application_items set state = 'issued' where id = $1 and state = 'ordered'
         returning application_id",
    )
    .bind(item)
    .fetch_one(&mut *conn)
    .await?;
    close_when_done(conn, application).await
}

/// 申込 is closed once every product is issued, declined or withdrawn.
pub async fn close_when_done(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update applications set stage = 'closed' where id = $1 and stage = 'under_examination'
           and not exists (select from application_items where application_id = $1
             and state not in ('issued', 'declined', 'withdrawn'))",
    )
    .bind(application)
    .execute(conn)
    .await
    .map(drop)
}

/// The guarantee an item made.
pub async fn set_guarantee(
    conn: &mut PgConnection,
    item: Uuid,
    guarantee: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("update application_items set guarantee_id = $2 where id = $1")
        .bind(item)
        .bind(guarantee)
        .execute(conn)
        .await
        .and_then(super::one)
}

/// 認証キー, sealed.
pub struct SealedKey<'a> {
    pub guarantee: i64,
    pub version: i32,
    pub surety: i64,
    pub contractor: i64,
    pub kek_id: &'a str,
    pub nonce: &'a [u8],
    pub ciphertext: &'a [u8],
    pub at: OffsetDateTime,
}

pub async fn add_key(conn: &mut PgConnection, key: &SealedKey<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into guarantee_keys (guarantee_id, key_version, surety_id, contractor_id, kek_id, nonce,
           ciphertext, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(key.guarantee)
    .bind(key.version)
    .bind(key.surety)
    .bind(key.contractor)
    .bind(key.kek_id)
    .bind(key.nonce)
    .bind(key.ciphertext)
    .bind(key.at)
    .execute(conn)
    .await
    .map(drop)
}

/// The sealed key as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub key_version: i32,
    pub kek_id: String,
    pub nonce: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// The newest key of a guarantee.
pub async fn key_of(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Option<KeyRow>, sqlx::Error> {
    sqlx::query_as(
        "select key_version, kek_id, nonce, ciphertext from guarantee_keys
         where guarantee_id = $1 order by key_version desc limit 1",
    )
    .bind(guarantee)
    .fetch_optional(conn)
    .await
}

/// What T2 carries over to D-Sure.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Depositable {
    pub guarantee_id: i64,
    pub seq: i32,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub application_id: Uuid,
    /// The application's product behind this link; `None` for an act of the branch.
    pub item_id: Option<Uuid>,
    pub act_id: Option<Uuid>,
    pub number: String,
    pub suffix: String,
    pub product: String,
    pub form: String,
    pub surety_name: String,
    pub face: Vec<u8>,
    pub signature: Vec<u8>,
    pub key_id: String,
    pub notify: bool,
    pub arrived: bool,
}

pub async fn depositable(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
) -> Result<Option<Depositable>, sqlx::Error> {
    sqlx::query_as(
        "select g.id as guarantee_id, c.seq, g.surety_id, g.contractor_id, g.branch_id,
           coalesce(i.application_id, g.application_id) as application_id,
           case when c.act_id is null then coalesce(c.item_id, g.item_id) end as item_id, c.act_id, g.number, g.suffix, g.product, g.form, s.name as surety_name, c.face, c.signature,
           c.key_id, coalesce((a.content -> 'information' ->> 'notify')::boolean, false) as notify,
           exists (select from arrivals r where r.guarantee_id = g.id and r.seq = c.seq) as arrived
         from guarantees g
         join certificates c on c.guarantee_id = g.id and c.seq = $2
         left join application_items i on i.id = c.item_id
         join applications a on a.id = coalesce(i.application_id, g.application_id)
         join sureties s on s.id = g.surety_id
         where g.id = $1",
    )
    .bind(guarantee)
    .bind(seq)
    .fetch_optional(conn)
    .await
}

/// The deposit: verifier (`None` for later links, which hang under the first one's key), certificate,
/// public key, arrival — one statement.
pub async fn deposit(
    conn: &mut PgConnection,
    from: &Depositable,
    key_version: i32,
    verifier: Option<&str>,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with pk as (insert into dsure.public_keys (key_id, suffix, public_key, created_at)
             select key_id, $2, public_key, created_at from signing_keys where key_id = $6
             on conflict (key_id) do nothing),
           d as (insert into dsure.deposits (number, suffix, surety_name, key_version, verifier, deposited_at)
             select $1, $2, $3, $4, $5, $9 where $5::text is not null on conflict (number) do nothing),
           ar as (insert into arrivals (guarantee_id, seq, surety_id, contractor_id, branch_id, arrived_at)
             values ($10, $11, $12, $13, $14, $9)),
           gu as (update guarantees set issued_at = $9 where id = $10 and issued_at is null)
         insert into dsure.certificates (number, seq, face, signature, key_id, arrived_at)
         values ($1, $11, $7, $8, $6, $9)",
    )
    .bind(&from.number)
    .bind(&from.suffix)
    .bind(&from.surety_name)
    .bind(key_version)
    .bind(verifier)
    .bind(&from.key_id)
    .bind(&from.face)
    .bind(&from.signature)
    .bind(at)
    .bind(from.guarantee_id)
    .bind(from.seq)
    .bind(from.surety_id)
    .bind(from.contractor_id)
    .bind(from.branch_id)
    .execute(conn)
    .await
    .map(drop)
}
