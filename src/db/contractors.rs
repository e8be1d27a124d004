//! Contractor companies, as an administrator keeps them.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// One line of the register.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ContractorLine {
    pub id: i64,
    pub name: String,
    pub address: String,
    pub branch_name: String,
    pub lump_sum: bool,
    /// Accounts that may sign in.
    pub users: i64,
}

/// What can be written of a contractor.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    pub branch: i64,
    pub address: &'a str,
    pub representative: &'a str,
    pub email: &'a str,
    pub tel: &'a str,
    pub lump_sum: bool,
    pub billing_places: &'a [String],
}

/// By name; `like` carries its own `%`.
pub async fn list(
    conn: &mut PgConnection,
    surety: i64,
    like: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<Vec<ContractorLine>, sqlx::Error> {
    sqlx::query_as(
        "select c.id, c.name, c.address, b.name as branch_name, c.lump_sum,
           (select count(*) from accounts a where a.contractor_id = c.id and a.disabled_at is null) as users
         from contractors c
         join branches b on b.surety_id = c.surety_id and b.id = c.branch_id
         where c.surety_id = $1 and ($2::text is null or c.name like $2 or c.address like $2)
         order by c.name, c.id limit $3 offset $4",
    )
    .bind(surety)
    .bind(like)
    .bind(limit)
    .bind(offset)
    .fetch_all(conn)
    .await
}

pub async fn count(
    conn: &mut PgConnection,
    surety: i64,
    like: Option<&str>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from contractors c
         where c.surety_id = $1 and ($2::text is null or c.name like $2 or c.address like $2)",
    )
    .bind(surety)
    .bind(like)
    .fetch_one(conn)
    .await
}

/// Adds a contractor; name and address are once in a surety (`contractors_name_once`), the branch is
/// the surety's own (`contractors_branch`).
pub async fn add(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
    record: &Record<'_>,
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into contractors (surety_id, branch_id, name, address, representative, email, tel,
           lump_sum, billing_places, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(surety)
    .bind(record.branch)
    .bind(name)
    .bind(record.address)
    .bind(record.representative)
    .bind(record.email)
    .bind(record.tel)
    .bind(record.lump_sum)
    .bind(record.billing_places)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// # Errors
/// `RowNotFound` outside the surety.
pub async fn change(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
    record: &Record<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update contractors set branch_id = $3, address = $4, representative = $5, email = $6,
           tel = $7, lump_sum = $8, billing_places = $9
         where surety_id = $1 and id = $2",
    )
    .bind(surety)
    .bind(id)
    .bind(record.branch)
    .bind(record.address)
    .bind(record.representative)
    .bind(record.email)
    .bind(record.tel)
    .bind(record.lump_sum)
    .bind(record.billing_places)
    .execute(conn)
    .await
    .and_then(super::one)
}
