//! Logins of the running services: each may act as its role and no other.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Makes a login that acts as `role`, where there is none of that name; true if it was made. One that
/// is there stays as it is. `verifier` is what the server keeps of its password.
pub async fn make(
    conn: &mut PgConnection,
    login: &str,
    role: &str,
    verifier: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let mut tx = conn.begin().await?;
    let steps: Option<String> = sqlx::query_scalar(
        "select format('create role %1$I login noinherit password %3$L; grant %2$I to %1$I;
                        alter role %1$I set role %2$I', $1, $2, $3)
         where not exists (select from pg_roles where rolname = $1)",
    )
    .bind(login)
    .bind(role)
    .bind(verifier)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(steps) = steps else {
        return Ok(false);
    };
    // Quoted by the server itself.
    sqlx::raw_sql(AssertSqlSafe(steps))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}
