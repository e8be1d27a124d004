//! Sureties, branches, contractors: what a certificate says of them.

use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SuretyRow {
    pub id: i64,
    pub name: String,
    pub address: String,
    pub president_title: String,
    pub president_name: String,
    pub suffix: String,
    pub vow_prepayment: String,
    pub vow_contract: String,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BranchRow {
    pub id: i64,
    pub name: String,
    pub tel: String,
    pub fax: String,
    pub email: String,
    pub hours: String,
    pub is_head: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractorRow {
    pub id: i64,
    pub branch_id: i64,
    pub name: String,
    pub address: String,
    pub representative: String,
    pub email: String,
    pub tel: String,
    pub lump_sum: bool,
    pub billing_places: Vec<String>,
}

pub async fn surety(conn: &mut PgConnection, id: i64) -> Result<SuretyRow, sqlx::Error> {
    sqlx::query_as(
        "select id, name, address, president_title, president_name, suffix, vow_prepayment, vow_contract
         from sureties where id = $1",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

pub async fn branch(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<BranchRow, sqlx::Error> {
    sqlx::query_as(
        "select id, name, tel, fax, email, hours, is_head
         from branches where surety_id = $1 and id = $2",
    )
    .bind(surety)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Head office last, as the form offers them (mock).
pub async fn branches(conn: &mut PgConnection, surety: i64) -> Result<Vec<BranchRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, name, tel, fax, email, hours, is_head
         from branches where surety_id = $1 order by is_head, id",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

pub async fn contractor(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
) -> Result<ContractorRow, sqlx::Error> {
    sqlx::query_as(
        "select id, branch_id, name, address, representative, email, tel, lump_sum, billing_places
         from contractors where surety_id = $1 and id = $2",
    )
    .bind(surety)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// The public half of a signing key, for the surety whose letter it signs; kept for ever.
pub async fn add_signing_key(
    conn: &mut PgConnection,
    key_id: &str,
    suffix: &str,
    public_key: &[u8],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into signing_keys (key_id, surety_id, public_key, created_at)
         select $1, id, $3, $4 from sureties where suffix = $2 on conflict (key_id) do nothing",
    )
    .bind(key_id)
    .bind(suffix)
    .bind(public_key)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}
