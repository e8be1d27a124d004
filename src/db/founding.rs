//! Rows an installation begins with. Inserts that are already there change nothing.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

pub struct NewSurety<'a> {
    pub name: &'a str,
    pub address: &'a str,
    pub president_title: &'a str,
    pub president_name: &'a str,
    pub suffix: &'a str,
    pub vow_prepayment: &'a str,
    pub vow_contract: &'a str,
    /// `None`: the installation's own words.
    pub vow_reservation: Option<&'a str>,
}

pub async fn surety(conn: &mut PgConnection, new: &NewSurety<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into sureties (name, address, president_title, president_name, suffix, vow_prepayment,
           vow_contract, vow_reservation)
         values ($1, $2, $3, $4, $5, $6, $7, coalesce($8,
           '当会社は、上記の工事を落札された場合には、契約保証約款に基づき上記の金額の範囲内で契約保証をお引き受けすることを、ここに予約します。'))
         returning id",
    )
    .bind(new.name)
    .bind(new.address)
    .bind(new.president_title)
    .bind(new.president_name)
    .bind(new.suffix)
    .bind(new.vow_prepayment)
    .bind(new.vow_contract)
    .bind(new.vow_reservation)
    .fetch_one(conn)
    .await
}

pub async fn surety_by_suffix(
    conn: &mut PgConnection,
    suffix: &str,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select id from sureties where suffix = $1")
        .bind(suffix)
        .fetch_optional(conn)
        .await
}

pub struct NewBranch<'a> {
    pub surety: i64,
    pub name: &'a str,
    pub tel: &'a str,
    pub fax: &'a str,
    pub email: &'a str,
    pub hours: &'a str,
    pub is_head: bool,
}

pub async fn branch(conn: &mut PgConnection, new: &NewBranch<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into branches (surety_id, name, tel, fax, email, hours, is_head)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(new.surety)
    .bind(new.name)
    .bind(new.tel)
    .bind(new.fax)
    .bind(new.email)
    .bind(new.hours)
    .bind(new.is_head)
    .fetch_one(conn)
    .await
}

pub async fn branch_named(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select id from branches where surety_id = $1 and name = $2")
        .bind(surety)
        .bind(name)
        .fetch_optional(conn)
        .await
}

pub async fn block(
    conn: &mut PgConnection,
    surety: i64,
    branch: i64,
    block: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into number_blocks (block, surety_id, branch_id, allotted_at) values ($1, $2, $3, $4)",
    )
    .bind(block)
    .bind(surety)
    .bind(branch)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

pub struct NewContractor<'a> {
    pub surety: i64,
    pub branch: i64,
    pub name: &'a str,
    pub address: &'a str,
    pub representative: &'a str,
    pub email: &'a str,
    pub tel: &'a str,
    pub lump_sum: bool,
    pub billing_places: &'a [&'a str],
}

pub async fn contractor(
    conn: &mut PgConnection,
    new: &NewContractor<'_>,
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into contractors (surety_id, branch_id, name, address, representative, email, tel,
           lump_sum, billing_places, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(new.surety)
    .bind(new.branch)
    .bind(new.name)
    .bind(new.address)
    .bind(new.representative)
    .bind(new.email)
    .bind(new.tel)
    .bind(new.lump_sum)
    .bind(new.billing_places)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// Somebody who signs in; a contractor's user or a member of staff.
pub struct NewPerson<'a> {
    pub site: &'a str,
    pub login: &'a str,
    pub surety: i64,
    pub contractor: Option<i64>,
    pub branch: Option<i64>,
    pub role: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub password_phc: Option<&'a str>,
}

pub async fn person(
    conn: &mut PgConnection,
    new: &NewPerson<'_>,
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into accounts (site, login, surety_id, contractor_id, branch_id, role, name, email,
           password_phc, sessions_after, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) returning id",
    )
    .bind(new.site)
    .bind(new.login)
    .bind(new.surety)
    .bind(new.contractor)
    .bind(new.branch)
    .bind(new.role)
    .bind(new.name)
    .bind(new.email)
    .bind(new.password_phc)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// An obligee with the first version of its rule book.
pub async fn obligee(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
    title_name: &str,
    book: &Value,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let id = super::obligees::add(conn, surety, name, title_name, now).await?;
    let first = super::obligees::NewBook {
        surety,
        obligee: id,
        book,
        valid_from: None,
        valid_until: None,
        by: "設立時の登録",
    };
    super::obligees::add_book(conn, &first, now).await?;
    Ok(())
}

/// Whether a login is taken, by whomever.
pub async fn has_login(conn: &mut PgConnection, login: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from accounts where login = $1)")
        .bind(login)
        .fetch_one(conn)
        .await
}

pub async fn has_obligee(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from obligees where surety_id = $1 and name = $2)")
        .bind(surety)
        .bind(name)
        .fetch_one(conn)
        .await
}
