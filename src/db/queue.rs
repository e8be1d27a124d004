//! The Office's queue: applications with their items, and how many wait where.

use serde_json::Value;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A row of the queue: one application with its items.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct QueueRow {
    pub id: Uuid,
    pub receipt_no: String,
    pub stage: String,
    pub contractor_name: String,
    pub obligee_name: String,
    pub works_name: String,
    pub jv_name: Option<String>,
    pub price: i64,
    pub sent_at: OffsetDateTime,
    pub branch_name: String,
    pub examiner_name: Option<String>,
    /// Number with letter of the guarantee it changes.
    pub changes: Option<String>,
    /// [{product, form, amount, state}], prepayment first.
    pub items: Value,
}

/// What the queue is asked for.
#[derive(Debug, Clone, Default)]
pub struct QueueSearch<'a> {
    /// Stages; empty: all but drafts.
    pub stages: &'a [&'a str],
    /// States of one of its items; empty: all.
    pub states: &'a [&'a str],
    /// Product and form of one of its items.
    pub product: Option<&'a str>,
    pub form: Option<&'a str>,
    /// A folded part of works name, contractor, obligee or receipt number, with `%` around it.
    pub like: Option<&'a str>,
    pub branch: Option<i64>,
    pub examiner: Option<i64>,
    /// Sent at or after.
    pub since: Option<OffsetDateTime>,
    pub newest_first: bool,
    pub limit: i64,
    pub offset: i64,
}

const FROM: &str = "from applications a
  join contractors c on c.surety_id = a.surety_id and c.id = a.contractor_id
  where a.surety_id = $1 and a.stage <> 'draft'
    and ($2::text[] = '{}' or a.stage = any($2))
    and ($3::text[] = '{}' and $4::text is null and $5::text is null
         or exists (select from application_items i where i.application_id = a.id
              and ($3::text[] = '{}' or i.state = any($3))
              and ($4::text is null or i.product = $4) and ($5::text is null or i.form = $5)))
    and ($6::text is null or a.works_search like $6 or lower(a.receipt_no) like $6
         or c.name like $6 or a.obligee_name like $6 or c.name like $10 or a.obligee_name like $10)
    and ($7::bigint is null or a.branch_id = $7)
    and ($8::bigint is null or a.examiner_id = $8)
    and ($9::timestamptz is null or a.sent_at >= $9)";

/// What waits longest stands on top, unless the newest is wanted first. `words` is what was typed,
/// with `%` around it: names are kept as written, so they are also sought as typed.
pub async fn page(
    conn: &mut PgConnection,
    surety: i64,
    search: &QueueSearch<'_>,
    words: Option<&str>,
) -> Result<Vec<QueueRow>, sqlx::Error> {
    let order = if search.newest_first { "desc" } else { "asc" };
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select q.*, b.name as branch_name, e.name as examiner_name,
           (select coalesce(jsonb_agg(jsonb_build_object('product', i.product, 'form', i.form,
              'amount', i.amount, 'state', i.state) order by i.product desc), '[]')
            from application_items i where i.application_id = q.id) as items,
           (select g.number || g.suffix from guarantees g where g.id = q.guarantee_id) as changes
         from (select a.id, a.receipt_no, a.stage, c.name as contractor_name, a.obligee_name,
             a.works_name, a.content #>> '{{works,jv,name}}' as jv_name, a.price, a.sent_at, a.branch_id, a.examiner_id,
             a.guarantee_id
           {FROM} order by a.sent_at {order}, a.id limit $11 offset $12) q
         join branches b on b.id = q.branch_id
         left join accounts e on e.id = q.examiner_id
         order by q.sent_at {order}, q.id"
    )))
    .bind(surety)
    .bind(search.stages)
    .bind(search.states)
    .bind(search.product)
    .bind(search.form)
    .bind(search.like)
    .bind(search.branch)
    .bind(search.examiner)
    .bind(search.since)
    .bind(words)
    .bind(search.limit)
    .bind(search.offset)
    .fetch_all(conn)
    .await
}

/// How many the search finds, counted to at most 1,001.
pub async fn count(
    conn: &mut PgConnection,
    surety: i64,
    search: &QueueSearch<'_>,
    words: Option<&str>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select count(*) from (select 1 {FROM} limit 1001) hits"
    )))
    .bind(surety)
    .bind(search.stages)
    .bind(search.states)
    .bind(search.product)
    .bind(search.form)
    .bind(search.like)
    .bind(search.branch)
    .bind(search.examiner)
    .bind(search.since)
    .bind(words)
    .fetch_one(conn)
    .await
}

/// How much work stands where, in reach of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CountsRow {
    /// Sent and not at its end.
    pub open: i64,
    /// 新着
    pub fresh: i64,
    pub fresh_since: Option<OffsetDateTime>,
    /// Taken up by this person and not at its end.
    pub mine: i64,
    /// 差戻し中
    pub returned: i64,
    /// Applications with a product 承認待ち.
    pub awaiting: i64,
    pub awaiting_since: Option<OffsetDateTime>,
    /// Applications with a product 承認済 or 発行手続中.
    pub approved: i64,
    /// Products 発行手続中.
    pub ordered: i64,
    /// Jobs that gave up.
    pub buried: i64,
    /// Acts and requests for keys that wait for a decision.
    pub acts: i64,
}

pub async fn counts(
    conn: &mut PgConnection,
    surety: i64,
    branch: Option<i64>,
    person: i64,
) -> Result<CountsRow, sqlx::Error> {
    sqlx::query_as(
        "with mine as (select a.id, a.stage, a.sent_at, a.examiner_id,
             coalesce((select array_agg(i.state) from application_items i
               where i.application_id = a.id), '{}') as states
           from applications a
           where a.surety_id = $1 and ($2::bigint is null or a.branch_id = $2)
             and a.stage in ('submitted', 'under_examination', 'returned'))
         select count(*) as open,
           count(*) filter (where stage = 'submitted') as fresh,
           min(sent_at) filter (where stage = 'submitted') as fresh_since,
           count(*) filter (where examiner_id = $3) as mine,
           count(*) filter (where stage = 'returned') as returned,
           count(*) filter (where 'awaiting_approval' = any(states)) as awaiting,
           min(sent_at) filter (where 'awaiting_approval' = any(states)) as awaiting_since,
           count(*) filter (where states && '{approved,ordered}') as approved,
           coalesce(sum((select count(*) from unnest(states) s where s = 'ordered')), 0)::bigint as ordered,
           (select count(*) from jobs where surety_id = $1 and state = 'buried') as buried,
           (select count(*) from acts where surety_id = $1 and state = 'proposed')
             + (select count(*) from key_renewals where surety_id = $1 and state = 'asked') as acts
         from mine",
    )
    .bind(surety)
    .bind(branch)
    .bind(person)
    .fetch_one(conn)
    .await
}

/// Guarantees issued on a day: electronic, paper.
pub async fn issued_on(
    conn: &mut PgConnection,
    surety: i64,
    branch: Option<i64>,
    day: Date,
) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where form = 'electronic'), count(*) filter (where form = 'paper')
         from guarantees where surety_id = $1 and ($2::bigint is null or branch_id = $2)
           and issued_on = $3 and issued_at is not null",
    )
    .bind(surety)
    .bind(branch)
    .bind(day)
    .fetch_one(conn)
    .await
}
