//! Signed bytes and their arrival, as stored.

use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CertificateRow {
    pub guarantee_id: i64,
    pub seq: i32,
    pub face: Vec<u8>,
    pub signature: Vec<u8>,
    #[sqlx(flatten)]
    pub key: KeyRow,
    pub arrived_at: Option<OffsetDateTime>,
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
           k.created_at, s.suffix, r.arrived_at
         from certificates c
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

/// One line of 電子保証情報（履歴情報）.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VersionRow {
    pub seq: i32,
    /// {"kind": "new"} or {"kind": "change", "number": n}, from the signed bytes.
    pub occasion: serde_json::Value,
    pub signed_at: OffsetDateTime,
    pub arrived_at: Option<OffsetDateTime>,
}

pub async fn versions(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<VersionRow>, sqlx::Error> {
    sqlx::query_as(
        "select c.seq, convert_from(c.face, 'UTF8')::jsonb -> 'occasion' as occasion, c.signed_at,
           r.arrived_at
         from certificates c
         left join arrivals r on r.guarantee_id = c.guarantee_id and r.seq = c.seq
         where c.guarantee_id = $1 order by c.seq",
    )
    .bind(guarantee)
    .fetch_all(conn)
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
