//! Accounts: contractors' users and staff, within the scope of whoever manages them.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// Whose accounts: those of one company, or the surety's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    Company(i64),
    Staff,
}

impl Circle {
    fn contractor(self) -> Option<i64> {
        match self {
            Self::Company(id) => Some(id),
            Self::Staff => None,
        }
    }

    fn site(self) -> &'static str {
        match self {
            Self::Company(_) => "netdesk",
            Self::Staff => "office",
        }
    }
}

/// One line of the list of users.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserRow {
    pub id: i64,
    pub login: String,
    pub name: String,
    pub email: String,
    pub role: String,
    /// Staff only.
    pub branch_id: Option<i64>,
    pub branch_name: Option<String>,
    /// Whether a password was ever set.
    pub joined: bool,
    pub disabled_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
}

/// A row to insert.
#[derive(Debug)]
pub struct NewAccount<'a> {
    pub surety: i64,
    pub circle: Circle,
    /// Staff only.
    pub branch: Option<i64>,
    pub login: &'a str,
    pub role: &'a str,
    pub name: &'a str,
    pub email: &'a str,
}

const USERS: &str =
    "select a.id, a.login, a.name, a.email, a.role, a.branch_id, b.name as branch_name,
        a.password_phc is not null as joined, a.disabled_at, a.created_at
   from accounts a left join branches b on b.id = a.branch_id
  where a.surety_id = $1 and a.site = $2 and a.contractor_id is not distinct from $3
    and ($4::bigint is null or a.id = $4)
  order by a.disabled_at is not null, a.login";

pub async fn list(
    conn: &mut PgConnection,
    surety: i64,
    circle: Circle,
) -> Result<Vec<UserRow>, sqlx::Error> {
    sqlx::query_as(USERS)
        .bind(surety)
        .bind(circle.site())
        .bind(circle.contractor())
        .bind(None::<i64>)
        .fetch_all(conn)
        .await
}

/// # Errors
/// `RowNotFound` where it is not of this circle.
pub async fn find(
    conn: &mut PgConnection,
    surety: i64,
    circle: Circle,
    id: i64,
) -> Result<UserRow, sqlx::Error> {
    sqlx::query_as(USERS)
        .bind(surety)
        .bind(circle.site())
        .bind(circle.contractor())
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Locks the circle's living administrators, so that two people cannot each remove the other's
/// last one. Ordered, so that they cannot wait for each other either.
pub async fn lock_administrators(
    conn: &mut PgConnection,
    surety: i64,
    circle: Circle,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select id from accounts where surety_id = $1 and site = $2
            and contractor_id is not distinct from $3 and role = 'administrator'
            and disabled_at is null
          order by id for update",
    )
    .bind(surety)
    .bind(circle.site())
    .bind(circle.contractor())
    .fetch_all(conn)
    .await
}

pub async fn insert(
    conn: &mut PgConnection,
    new: &NewAccount<'_>,
    now: OffsetDateTime,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into accounts (site, login, surety_id, contractor_id, branch_id, role, name, email,
                               sessions_after, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id",
    )
    .bind(new.circle.site())
    .bind(new.login)
    .bind(new.surety)
    .bind(new.circle.contractor())
    .bind(new.branch)
    .bind(new.role)
    .bind(new.name)
    .bind(new.email)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// A new role takes effect on the next request, so sessions go on.
pub async fn set_role(conn: &mut PgConnection, id: i64, role: &str) -> Result<(), sqlx::Error> {
    let done = sqlx::query("update accounts set role = $2 where id = $1")
        .bind(id)
        .bind(role)
        .execute(conn)
        .await?;
    super::one(done)
}

/// A new name, mail address and, where one is given, branch.
pub async fn set_details(
    conn: &mut PgConnection,
    id: i64,
    name: &str,
    email: &str,
    branch: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update accounts set name = $2, email = $3, branch_id = coalesce($4, branch_id) where id = $1",
    )
    .bind(id)
    .bind(name)
    .bind(email)
    .bind(branch)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// Closes (with an instant) or opens (`None`) an account. Sessions made before are over either way.
pub async fn set_disabled(
    conn: &mut PgConnection,
    id: i64,
    at: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let done =
        sqlx::query("update accounts set disabled_at = $2, sessions_after = $3 where id = $1")
            .bind(id)
            .bind(at)
            .bind(now)
            .execute(conn)
            .await?;
    super::one(done)
}

/// The stored hash of one's own password.
pub async fn password(conn: &mut PgConnection, id: i64) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select password_phc from accounts where id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Sets a password, unless it was changed since `old` was read; ends every session made before.
/// False where somebody was faster.
pub async fn change_password(
    conn: &mut PgConnection,
    id: i64,
    old: &str,
    new: &str,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update accounts set password_phc = $3, sessions_after = $4
          where id = $1 and password_phc = $2 and disabled_at is null",
    )
    .bind(id)
    .bind(old)
    .bind(new)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the mail of an invitation says; nothing for an account that is closed or gone.
#[derive(Debug, sqlx::FromRow)]
pub struct GuestRow {
    pub site: String,
    pub login: String,
    pub name: String,
    pub email: String,
    pub surety_name: String,
    pub contractor_name: Option<String>,
}

pub async fn guest(conn: &mut PgConnection, id: i64) -> Result<Option<GuestRow>, sqlx::Error> {
    sqlx::query_as(
        "select a.site, a.login, a.name, a.email, s.name as surety_name, c.name as contractor_name
           from accounts a join sureties s on s.id = a.surety_id
           left join contractors c on c.id = a.contractor_id
          where a.id = $1 and a.disabled_at is null",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn add_link(
    conn: &mut PgConnection,
    token: [u8; 32],
    account: i64,
    purpose: &str,
    now: OffsetDateTime,
    expires: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into invitations (token_sha256, account_id, purpose, created_at, expires_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(token.as_slice())
    .bind(account)
    .bind(purpose)
    .bind(now)
    .bind(expires)
    .execute(conn)
    .await
    .map(drop)
}

/// Whether an account has the mail address of one of two others: accounts of one person.
pub async fn share_a_mail(
    conn: &mut PgConnection,
    account: i64,
    other: Option<i64>,
    another: Option<i64>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from accounts a join accounts o on lower(o.email) = lower(a.email)
          where a.id = $1 and o.id in ($2, $3))",
    )
    .bind(account)
    .bind(other)
    .bind(another)
    .fetch_one(conn)
    .await
}
