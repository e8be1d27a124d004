//! What is looked up before anybody is known: sign-in, sessions, limits, links, rescues.
//!
//! Each is one statement on a site's pool (`Db::gate`), a security-definer function of
//! `gatekeeper`; so no transaction and one round trip.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Pool;

/// What a login id leads to.
#[derive(Debug, sqlx::FromRow)]
pub struct LoginRow {
    pub id: i64,
    pub password_phc: Option<String>,
    /// Stopped, or waiting for a mailed link after too many wrong passwords.
    pub closed: bool,
}

/// Everything a request needs to know about who asks.
#[derive(Debug, sqlx::FromRow)]
pub struct SessionRow {
    pub account_id: i64,
    pub login: String,
    pub name: String,
    pub role: String,
    pub email: String,
    pub surety_id: i64,
    pub surety_name: String,
    pub suffix: String,
    pub contractor_id: Option<i64>,
    pub contractor_name: Option<String>,
    pub branch_id: i64,
    pub branch_name: String,
    pub branch_tel: String,
    pub branch_fax: String,
    pub branch_email: String,
    pub branch_hours: String,
    pub branch_is_head: bool,
    pub terms_version: Option<i32>,
    pub created_at: OffsetDateTime,
    pub seen_at: OffsetDateTime,
}

/// A session of D-Sure: one number.
#[derive(Debug, sqlx::FromRow)]
pub struct HolderRow {
    pub number: String,
    pub suffix: String,
    pub network: String,
    pub created_at: OffsetDateTime,
    pub seen_at: OffsetDateTime,
}

/// Whom a living link is for.
#[derive(Debug, sqlx::FromRow)]
pub struct InvitationRow {
    pub account_id: i64,
    pub login: String,
    pub name: String,
    pub site: String,
    pub purpose: String,
}

/// What a rescue holds, sealed.
#[derive(Debug, sqlx::FromRow)]
pub struct RescueRow {
    pub path: String,
    pub nonce: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// One bucket of the limiter: its hashed name, how many at once, and how fast they come back.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    pub burst: i32,
    pub every: Duration,
}

/// Wrong passwords in a row: the hashed name of whose, and how many close the door.
#[derive(Debug, Clone)]
pub struct Streak {
    pub name: String,
    pub limit: i32,
}

pub async fn login_find(
    pool: &Pool,
    site: &str,
    login: &str,
    streak: &Streak,
) -> Result<Option<LoginRow>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_as("select id, password_phc, closed from login_find($1, $2, $3, $4)")
            .bind(site)
            .bind(login)
            .bind(&streak.name)
            .bind(streak.limit)
            .fetch_optional(conn)
            .await
    })
    .await
}

/// One wrong password more; true when this one closed an account's door. `job` is the letter's.
pub async fn login_failed(
    pool: &Pool,
    site: &str,
    login: &str,
    streak: &Streak,
    job: Uuid,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_scalar("select login_failed($1, $2, $3, $4, $5, $6)")
            .bind(&streak.name)
            .bind(site)
            .bind(login)
            .bind(streak.limit)
            .bind(job)
            .bind(now)
            .fetch_one(conn)
            .await
    })
    .await
}

/// Stores the same password hashed anew, unless it was changed since `old` was read.
pub async fn password_rehash(
    pool: &Pool,
    account: i64,
    old: &str,
    new: &str,
) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("select password_rehash($1, $2, $3)")
            .bind(account)
            .bind(old)
            .bind(new)
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

/// What a new session rests on.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    pub token: [u8; 32],
    pub site: &'a str,
    pub account: i64,
    /// The stored hash that was compared.
    pub phc: &'a str,
    pub streak: &'a Streak,
}

/// Opens a session and ends the streak of wrong passwords; false where the password was changed or the
/// account closed since it was compared.
pub async fn session_open(
    conn: &mut PgConnection,
    opening: &Opening<'_>,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select session_open($1, $2, $3, $4, $5, $6)")
        .bind(opening.token.as_slice())
        .bind(opening.site)
        .bind(opening.account)
        .bind(opening.phc)
        .bind(&opening.streak.name)
        .bind(now)
        .fetch_one(conn)
        .await
}

pub async fn session_find(
    pool: &Pool,
    token: [u8; 32],
    site: &str,
    now: OffsetDateTime,
    idle: Duration,
    absolute: Duration,
) -> Result<Option<SessionRow>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_as("select * from session_find($1, $2, $3, $4, $5)")
            .bind(token.as_slice())
            .bind(site)
            .bind(now)
            .bind(idle)
            .bind(absolute)
            .fetch_optional(conn)
            .await
    })
    .await
}

pub async fn holder_find(
    pool: &Pool,
    token: [u8; 32],
    now: OffsetDateTime,
    idle: Duration,
    absolute: Duration,
) -> Result<Option<HolderRow>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_as("select * from dsure.session_find($1, $2, $3, $4)")
            .bind(token.as_slice())
            .bind(now)
            .bind(idle)
            .bind(absolute)
            .fetch_optional(conn)
            .await
    })
    .await
}

pub async fn holder_close(pool: &Pool, token: [u8; 32]) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("delete from dsure.sessions where token_sha256 = $1")
            .bind(token.as_slice())
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

/// The account of a session, living or ended.
pub async fn session_owner(
    pool: &Pool,
    token: [u8; 32],
    site: &str,
) -> Result<Option<i64>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_scalar("select session_owner($1, $2)")
            .bind(token.as_slice())
            .bind(site)
            .fetch_one(conn)
            .await
    })
    .await
}

pub async fn session_close(pool: &Pool, token: [u8; 32]) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("select session_close($1)")
            .bind(token.as_slice())
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

pub async fn terms_accept(
    pool: &Pool,
    account: i64,
    version: i32,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("select terms_accept($1, $2, $3)")
            .bind(account)
            .bind(version)
            .bind(now)
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

pub async fn invitation_find(
    pool: &Pool,
    token: [u8; 32],
    now: OffsetDateTime,
) -> Result<Option<InvitationRow>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_as("select account_id, login, name, site, purpose from invitation_find($1, $2)")
            .bind(token.as_slice())
            .bind(now)
            .fetch_optional(conn)
            .await
    })
    .await
}

/// True for the one that wins. `job` is the letter about a reset.
pub async fn invitation_use(
    pool: &Pool,
    token: [u8; 32],
    phc: &str,
    streak: &Streak,
    job: Uuid,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_scalar("select invitation_use($1, $2, $3, $4, $5)")
            .bind(token.as_slice())
            .bind(phc)
            .bind(&streak.name)
            .bind(job)
            .bind(now)
            .fetch_one(conn)
            .await
    })
    .await
}

/// Takes one from each bucket, or, where one of them is empty, none: then whole seconds to wait.
pub async fn limits_reserve(
    pool: &Pool,
    buckets: &[Bucket],
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    let (names, bursts, every) = columns(buckets);
    pool.ask(async |conn| {
sqlx::query_scalar(
        "select ceil(extract(epoch from limits_reserve($1, $2,
                  array(select make_interval(secs => s) from unnest($3::float8[]) as s), $4)))::bigint",
    )
    .bind(names)
    .bind(bursts)
    .bind(every)
    .bind(now)
    .fetch_one(conn).await
})
.await
}

/// Puts one back into each bucket.
pub async fn limits_give_back(
    pool: &Pool,
    buckets: &[Bucket],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (names, _, every) = columns(buckets);
    pool.ask(async |conn| {
        sqlx::query(
            "select limit_take(b.name, make_interval(secs => -b.every), $3)
               from unnest($1::text[], $2::float8[]) as b (name, every) order by b.name",
        )
        .bind(names)
        .bind(every)
        .bind(now)
        .execute(conn)
        .await
    })
    .await
    .map(drop)
}

fn columns(buckets: &[Bucket]) -> (Vec<&str>, Vec<i32>, Vec<f64>) {
    let names = buckets.iter().map(|b| b.name.as_str()).collect();
    let bursts = buckets.iter().map(|b| b.burst).collect();
    let every = buckets.iter().map(|b| b.every.as_seconds_f64()).collect();
    (names, bursts, every)
}

/// Forgets sessions of all sites and rescues unused since `before`, buckets that are full again, and
/// networks that last signed in to D-Sure before `networks_before`.
pub async fn sweep(
    pool: &Pool,
    before: OffsetDateTime,
    now: OffsetDateTime,
    networks_before: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("select sessions_sweep($1), limits_sweep($2), dsure.sweep($1, $3)")
            .bind(before)
            .bind(now)
            .bind(networks_before)
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

/// What was typed when a session had ended.
#[derive(Debug)]
pub struct NewRescue<'a> {
    pub id: [u8; 32],
    pub site: &'a str,
    pub account: i64,
    pub path: &'a str,
    pub nonce: &'a [u8],
    pub ciphertext: &'a [u8],
    pub expires: OffsetDateTime,
}

pub async fn rescue_keep(pool: &Pool, rescue: &NewRescue<'_>) -> Result<(), sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query("select rescue_keep($1, $2, $3, $4, $5, $6, $7)")
            .bind(rescue.id.as_slice())
            .bind(rescue.site)
            .bind(rescue.account)
            .bind(rescue.path)
            .bind(rescue.nonce)
            .bind(rescue.ciphertext)
            .bind(rescue.expires)
            .execute(conn)
            .await
    })
    .await
    .map(drop)
}

pub async fn rescue_take(
    pool: &Pool,
    id: [u8; 32],
    site: &str,
    account: i64,
    now: OffsetDateTime,
) -> Result<Option<RescueRow>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_as("select path, nonce, ciphertext from rescue_take($1, $2, $3, $4)")
            .bind(id.as_slice())
            .bind(site)
            .bind(account)
            .bind(now)
            .fetch_optional(conn)
            .await
    })
    .await
}

/// What waits under this id, without taking it, and until when.
pub async fn rescue_peek(
    pool: &Pool,
    id: [u8; 32],
    site: &str,
    now: OffsetDateTime,
) -> Result<Option<(RescueRow, OffsetDateTime)>, sqlx::Error> {
    let row: Option<(String, Vec<u8>, Vec<u8>, OffsetDateTime)> = pool
        .ask(async |conn| {
            sqlx::query_as(
                "select path, nonce, ciphertext, expires_at from rescue_peek($1, $2, $3)",
            )
            .bind(id.as_slice())
            .bind(site)
            .bind(now)
            .fetch_optional(conn)
            .await
        })
        .await?;
    Ok(row.map(|(path, nonce, ciphertext, expires)| {
        let row = RescueRow {
            path,
            nonce,
            ciphertext,
        };
        (row, expires)
    }))
}

/// The newest migration this database has had.
pub async fn newest_migration(pool: &Pool) -> Result<Option<i64>, sqlx::Error> {
    pool.ask(async |conn| {
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(conn)
            .await
    })
    .await
}
