//! Signed bytes and their arrival, as stored.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CertificateRow {
    pub guarantee_id: i64,
    pub seq: i32,
    pub face: Vec<u8>,
    pub signature: Vec<u8>,
    #[sqlx(flatten)]
    pub key: KeyRow,
    pub arrived_at: Option<OffsetDateTime>,
    #[sqlx(flatten)]
    pub now: NowRow,
}

/// How its guarantee stands: of the version in force.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NowRow {
    pub current_seq: i32,
    pub issued_on: Date,
    pub until: Date,
    pub terminated_on: Option<Date>,
}

/// The public half of the key a version was signed with.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub key_id: String,
    pub public_key: Vec<u8>,
    /// Letter of the surety whose key it is.
    pub suffix: String,
    pub created_at: OffsetDateTime,
}

/// One version of one guarantee, with the public key it was signed with.
pub async fn find(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
) -> Result<Option<CertificateRow>, sqlx::Error> {
    sqlx::query_as(
        "select c.guarantee_id, c.seq, c.face, c.signature, k.key_id, k.public_key,
           k.created_at, s.suffix, r.arrived_at, g.current_seq, g.issued_on, g.until, g.terminated_on
         from certificates c
         join guarantees g on g.id = c.guarantee_id
         join signing_keys k on k.key_id = c.key_id
         join sureties s on s.id = c.surety_id
         left join arrivals r on r.guarantee_id = c.guarantee_id and r.seq = c.seq
         where c.guarantee_id = $1 and c.seq = $2",
    )
    .bind(guarantee)
    .bind(seq)
    .fetch_optional(conn)
    .await
}

/// Which certificate a contractor looks at, and what to write down of it.
pub struct NewLook<'a> {
    pub surety: i64,
    pub contractor: i64,
    /// Ten digits and a hyphen.
    pub number: &'a str,
    pub seq: i32,
    pub at: OffsetDateTime,
    pub actor_id: i64,
    pub actor_name: &'a str,
    /// The code of what happened.
    pub kind: &'a str,
    /// The contractor's history shows it.
    pub shown: bool,
}

/// One version of a contractor's electronic guarantee that has arrived at D-Sure, and the look
/// written down: one statement, because round trips are what the page costs. As
/// [`super::commit_later`] says, the machine's death may cost a second of looks.
pub async fn look(
    conn: &mut PgConnection,
    look: &NewLook<'_>,
) -> Result<Option<CertificateRow>, sqlx::Error> {
    sqlx::query_as(
        "with later as materialized (select set_config('synchronous_commit', 'off', true)),
           found as materialized (
             select c.guarantee_id, c.seq, c.face, c.signature, k.key_id, k.public_key, k.created_at,
               s.suffix, r.arrived_at, g.branch_id, g.application_id, g.product,
               g.current_seq, g.issued_on, g.until, g.terminated_on
             from later, guarantees g
             join certificates c on c.guarantee_id = g.id and c.seq = $4
             join signing_keys k on k.key_id = c.key_id
             join sureties s on s.id = c.surety_id
             join arrivals r on r.guarantee_id = c.guarantee_id and r.seq = c.seq
             where g.surety_id = $1 and g.contractor_id = $2 and g.number = $3
               and g.form = 'electronic' and g.issued_at is not null and c.kind = 'certificate'
               and not exists (select from withdrawn_links w
                 where w.guarantee_id = c.guarantee_id and w.seq = c.seq)),
           seen as (insert into events (surety_id, contractor_id, branch_id, application_id, product,
               guarantee_id, at, actor_site, actor_id, actor_name, kind, words, detail, shown)
             select $1, $2, f.branch_id, f.application_id, f.product, f.guarantee_id, $5, 'netdesk',
               $6, $7, $8, '', '{}', $9 from found f)
         select guarantee_id, seq, face, signature, key_id, public_key, created_at, suffix, arrived_at,
           current_seq, issued_on, until, terminated_on
         from found",
    )
    .bind(look.surety)
    .bind(look.contractor)
    .bind(look.number)
    .bind(look.seq)
    .bind(look.at)
    .bind(look.actor_id)
    .bind(look.actor_name)
    .bind(look.kind)
    .bind(look.shown)
    .fetch_optional(conn)
    .await
}

/// When an obligee looked, from D-Sure.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LookRow {
    pub seq: i32,
    pub kind: String,
    pub at: OffsetDateTime,
}

pub async fn looks(conn: &mut PgConnection, guarantee: i64) -> Result<Vec<LookRow>, sqlx::Error> {
    sqlx::query_as("select seq, kind, at from looks_of($1)")
        .bind(guarantee)
        .fetch_all(conn)
        .await
}
