//! Branches, as an administrator keeps them.

use sqlx::PgConnection;

/// What a branch says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Contact<'a> {
    pub tel: &'a str,
    pub fax: &'a str,
    pub email: &'a str,
    pub hours: &'a str,
}

/// Adds a branch; the name is once in its surety (`branches_name_once`).
pub async fn add(
    conn: &mut PgConnection,
    surety: i64,
    name: &str,
    contact: &Contact<'_>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into branches (surety_id, name, tel, fax, email, hours)
         values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(surety)
    .bind(name)
    .bind(contact.tel)
    .bind(contact.fax)
    .bind(contact.email)
    .bind(contact.hours)
    .fetch_one(conn)
    .await
}

/// # Errors
/// `RowNotFound` outside the surety.
pub async fn change(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
    contact: &Contact<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update branches set tel = $3, fax = $4, email = $5, hours = $6
         where surety_id = $1 and id = $2",
    )
    .bind(surety)
    .bind(id)
    .bind(contact.tel)
    .bind(contact.fax)
    .bind(contact.email)
    .bind(contact.hours)
    .execute(conn)
    .await
    .and_then(super::one)
}
