//! 訂正, 変更取消, 解約: proposals and decisions.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ActRow {
    pub id: Uuid,
    pub guarantee_id: i64,
    pub surety_id: i64,
    pub kind: String,
    pub target_seq: Option<i32>,
    pub base_seq: i32,
    pub detail: Value,
    pub reason: String,
    pub state: String,
    pub proposed_by: i64,
    pub proposed_name: Option<String>,
    pub proposed_at: OffsetDateTime,
    pub decided_by: Option<i64>,
    pub decided_name: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
    pub words: String,
    pub seq: Option<i32>,
}

const SELECT: &str = "select a.id, a.guarantee_id, a.surety_id, a.kind, a.target_seq, a.base_seq, a.detail,
  a.reason, a.state, a.proposed_by, p.name as proposed_name, a.proposed_at, a.decided_by,
  d.name as decided_name, a.decided_at, a.words, a.seq
  from acts a left join accounts p on p.id = a.proposed_by left join accounts d on d.id = a.decided_by";

/// A proposal; `id` comes with the form, so that pressing twice proposes once.
pub struct NewAct<'a> {
    pub id: Uuid,
    pub surety: i64,
    pub contractor: i64,
    pub branch: i64,
    pub guarantee: i64,
    pub kind: &'a str,
    pub target: Option<i32>,
    pub base: i32,
    pub detail: &'a Value,
    pub reason: &'a str,
    pub by: i64,
    pub at: OffsetDateTime,
}

/// # Errors
/// The constraint `acts_one_at_a_time` where another act of this guarantee is open.
pub async fn propose(conn: &mut PgConnection, act: &NewAct<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into acts (id, surety_id, contractor_id, branch_id, guarantee_id, kind, target_seq,
           base_seq, detail, reason, state, proposed_by, proposed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'proposed', $11, $12)",
    )
    .bind(act.id)
    .bind(act.surety)
    .bind(act.contractor)
    .bind(act.branch)
    .bind(act.guarantee)
    .bind(act.kind)
    .bind(act.target)
    .bind(act.base)
    .bind(act.detail)
    .bind(act.reason)
    .bind(act.by)
    .bind(act.at)
    .execute(conn)
    .await
    .map(drop)
}

pub async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ActRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} where a.id = $1")))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Under its lock.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<ActRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where a.id = $1 for update of a"
    )))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Every act of a guarantee, oldest first.
pub async fn of_guarantee(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<ActRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} where a.guarantee_id = $1 order by a.proposed_at, a.id"
    )))
    .bind(guarantee)
    .fetch_all(conn)
    .await
}

/// An open act as the Office's list shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitingRow {
    pub kind: String,
    pub state: String,
    pub reason: String,
    pub proposed_name: Option<String>,
    pub proposed_by: i64,
    pub proposed_at: OffsetDateTime,
    pub number: String,
    pub product: String,
    pub works_name: String,
    pub contractor_name: String,
    pub branch_name: String,
}

/// What waits for a decision, oldest first (at most 200).
pub async fn waiting(conn: &mut PgConnection, surety: i64) -> Result<Vec<WaitingRow>, sqlx::Error> {
    sqlx::query_as(
        "select a.kind, a.state, a.reason, p.name as proposed_name, a.proposed_by, a.proposed_at,
           g.number || g.suffix as number, g.product, g.works_name, g.contractor_name, b.name as branch_name
         from acts a
         join guarantees g on g.id = a.guarantee_id
         join branches b on b.id = a.branch_id
         left join accounts p on p.id = a.proposed_by
         where a.surety_id = $1 and a.state in ('proposed', 'approved')
         order by a.proposed_at, a.id limit 200",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

/// Whether something of this guarantee is under way.
pub async fn is_open(conn: &mut PgConnection, guarantee: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from acts where guarantee_id = $1 and state in ('proposed', 'approved'))",
    )
    .bind(guarantee)
    .fetch_one(conn)
    .await
}

/// approved or dropped, by another person than proposed it (the database sees to it).
pub async fn decide(
    conn: &mut PgConnection,
    id: Uuid,
    state: &str,
    by: i64,
    words: &str,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update acts set state = $2, decided_by = $3, words = $4, decided_at = $5
         where id = $1 and state = 'proposed'",
    )
    .bind(id)
    .bind(state)
    .bind(by)
    .bind(words)
    .bind(at)
    .execute(conn)
    .await
    .and_then(super::one)
}

/// The link the act made.
pub async fn linked(conn: &mut PgConnection, id: Uuid, seq: i32) -> Result<(), sqlx::Error> {
    sqlx::query("update acts set seq = $2 where id = $1 and state = 'approved'")
        .bind(id)
        .bind(seq)
        .execute(conn)
        .await
        .and_then(super::one)
}

/// done, or dropped with the reason where the act cannot be done any more.
pub async fn finish(
    conn: &mut PgConnection,
    id: Uuid,
    state: &str,
    words: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("update acts set state = $2, words = $3 where id = $1 and state = 'approved'")
        .bind(id)
        .bind(state)
        .bind(words)
        .execute(conn)
        .await
        .map(drop)
}
