//! The facts of letters, read by id when a letter is about to leave.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::content::ApplicationContent;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IssuedFacts {
    pub company: String,
    pub company_email: String,
    pub number: String,
    pub product: String,
    pub works_name: String,
    pub obligee_name: String,
    pub content: Json<ApplicationContent>,
    pub occasion: serde_json::Value,
    pub arrived_at: OffsetDateTime,
    pub surety: String,
    pub surety_id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub application_id: Uuid,
    pub branch: String,
    pub tel: String,
    pub hours: String,
}

/// Only once the link counts: no mail before the deposit. The address is that of the application
/// behind the link, else of the guarantee's first one.
pub async fn issued(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
) -> Result<Option<IssuedFacts>, sqlx::Error> {
    sqlx::query_as(
        "select g.contractor_name as company, g.number || g.suffix as number, g.product, g.works_name,
           g.obligee_name, a.content, convert_from(c.face, 'UTF8')::jsonb -> 'occasion' as occasion,
           coalesce(r.arrived_at, c.signed_at) as arrived_at, s.name as surety, g.surety_id,
           g.contractor_id, g.branch_id, a.id as application_id, b.name as branch, b.tel, b.hours,
           n.email as company_email
         from guarantees g
         join certificates c on c.guarantee_id = g.id and c.seq = $2
         left join arrivals r on r.guarantee_id = g.id and r.seq = $2
         left join application_items i on i.id = c.item_id
         join applications a on a.id = coalesce(i.application_id, g.application_id)
         join contractors n on n.surety_id = g.surety_id and n.id = g.contractor_id
         join sureties s on s.id = g.surety_id
         join branches b on b.surety_id = g.surety_id and b.id = g.branch_id
         where g.id = $1 and (r.arrived_at is not null or g.form = 'paper')",
    )
    .bind(guarantee)
    .bind(seq)
    .fetch_optional(conn)
    .await
}

/// When the newest key of a guarantee came to hold.
pub async fn renewed_at(
    conn: &mut PgConnection,
    guarantee: i64,
    key_version: i32,
) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar(
        "select done_at from key_renewals where guarantee_id = $1 and key_version = $2 and state = 'done'",
    )
    .bind(guarantee)
    .bind(key_version)
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReturnedFacts {
    pub company: String,
    pub company_email: String,
    pub receipt_no: String,
    pub works_name: String,
    pub stage: String,
    pub return_words: Option<String>,
    pub content: Json<ApplicationContent>,
    pub surety: String,
    pub branch: String,
    pub tel: String,
    pub hours: String,
}

pub async fn returned(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Option<ReturnedFacts>, sqlx::Error> {
    sqlx::query_as(
        "select c.name as company, c.email as company_email, a.receipt_no, a.works_name, a.stage,
           a.return_words, a.content, s.name as surety, b.name as branch, b.tel, b.hours
         from applications a
         join contractors c on c.surety_id = a.surety_id and c.id = a.contractor_id
         join sureties s on s.id = a.surety_id
         join branches b on b.surety_id = a.surety_id and b.id = a.branch_id
         where a.id = $1 and a.content is not null",
    )
    .bind(application)
    .fetch_optional(conn)
    .await
}

/// An account whose password was changed, and when (the job says).
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccountFacts {
    pub login: String,
    pub name: String,
    pub email: String,
    /// Contractors' users only.
    pub company: Option<String>,
    pub surety: String,
    /// Where the person belongs, or the company is looked after.
    pub branch: String,
    pub tel: String,
    pub at: OffsetDateTime,
}

pub async fn account(
    conn: &mut PgConnection,
    job: Uuid,
    account: i64,
) -> Result<Option<AccountFacts>, sqlx::Error> {
    sqlx::query_as(
        "select a.login, a.name, a.email, c.name as company, s.name as surety, b.name as branch, b.tel,
           j.created_at as at
         from accounts a
         join jobs j on j.id = $2
         join sureties s on s.id = a.surety_id
         left join contractors c on c.surety_id = a.surety_id and c.id = a.contractor_id
         join branches b on b.surety_id = a.surety_id and b.id = coalesce(a.branch_id, c.branch_id)
         where a.id = $1 and a.disabled_at is null",
    )
    .bind(account)
    .bind(job)
    .fetch_optional(conn)
    .await
}
