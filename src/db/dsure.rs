//! D-Sure: what was deposited, who may see it, and every look at it.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// What the sign-in needs to know, in one look; one row also for numbers that do not exist.
#[derive(sqlx::FromRow)]
pub struct DoorRow {
    /// Somebody signed in rightly from this network since the given instant.
    pub good_network: bool,
    /// The surety's letter; `None` where nothing was deposited.
    pub suffix: Option<String>,
    pub key_version: Option<i32>,
    pub verifier: Option<String>,
}

pub async fn door(
    conn: &mut PgConnection,
    number: &str,
    network: &str,
    since: OffsetDateTime,
) -> Result<DoorRow, sqlx::Error> {
    sqlx::query_as(
        "select exists (select from dsure.good_networks g where g.network = $2 and g.at > $3)
           as good_network, d.suffix, d.key_version, d.verifier
         from (select $1::text as number) asked left join dsure.deposits d on d.number = asked.number",
    )
    .bind(number)
    .bind(network)
    .bind(since)
    .fetch_one(conn)
    .await
}

/// A session about to begin.
pub struct NewSession<'a> {
    pub token: [u8; 32],
    pub number: &'a str,
    pub key_version: i32,
    pub network: &'a str,
    pub now: OffsetDateTime,
    /// The session of the same browser, which ends with this.
    pub replaced: Option<[u8; 32]>,
}

/// What the new session begins with.
#[derive(Debug, sqlx::FromRow)]
pub struct OpenedRow {
    /// The newest version; `None` where there is none to see.
    pub newest: Option<i32>,
    /// The number that the replaced session was for.
    pub ended: Option<String>,
}

/// Opens a session, ends the replaced one and remembers the network: one statement.
pub async fn open(
    conn: &mut PgConnection,
    session: &NewSession<'_>,
) -> Result<OpenedRow, sqlx::Error> {
    sqlx::query_as(
        "with old as (delete from dsure.sessions where token_sha256 = $6 returning number),
           new as (insert into dsure.sessions (token_sha256, number, key_version, network, created_at,
               seen_at) values ($1, $2, $3, $4, $5, $5)),
           good as (insert into dsure.good_networks (network, at)
             select $4, $5 where not exists (select from dsure.good_networks
               where network = $4 and at > $5::timestamptz - interval '1 minute')
             on conflict (network) do update set at = excluded.at)
         select (select current_seq from dsure.deposits where number = $2) as newest,
           (select number from old) as ended",
    )
    .bind(session.token.as_slice())
    .bind(session.number)
    .bind(session.key_version)
    .bind(session.network)
    .bind(session.now)
    .bind(session.replaced.as_ref().map(<[u8; 32]>::as_slice))
    .fetch_one(conn)
    .await
}

/// One version as deposited, with the public key it names.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VersionRow {
    pub seq: i32,
    pub face: Vec<u8>,
    pub signature: Vec<u8>,
    pub key_id: String,
    pub arrived_at: OffsetDateTime,
    /// `None` where the key is not known here.
    pub public_key: Option<Vec<u8>>,
    /// Letter of the surety whose key it is.
    pub key_suffix: Option<String>,
    pub key_created_at: Option<OffsetDateTime>,
    /// The letter of the deposit's number.
    pub suffix: String,
}

/// A look at one version.
pub struct NewLook<'a> {
    pub number: &'a str,
    pub seq: i32,
    /// page, pdf, envelope
    pub kind: &'a str,
    pub session: [u8; 32],
    pub network: &'a str,
    pub now: OffsetDateTime,
}

/// All versions, oldest first, and the look written down, once per session, version and kind.
///
/// One statement, because round trips are what this page costs.
pub async fn look(
    conn: &mut PgConnection,
    look: &NewLook<'_>,
) -> Result<Vec<VersionRow>, sqlx::Error> {
    sqlx::query_as(
        "with seen as (insert into dsure.looks (number, seq, kind, session_sha256, network, at)
             select c.number, c.seq, $3, $4, $5, $6 from dsure.certificates c
             where c.number = $1 and c.seq = $2
             on conflict do nothing)
         select c.seq, c.face, c.signature, c.key_id, c.arrived_at, k.public_key,
           k.suffix as key_suffix, k.created_at as key_created_at, d.suffix
         from dsure.certificates c
         join dsure.deposits d on d.number = c.number
         left join dsure.public_keys k on k.key_id = c.key_id
         where c.number = $1 order by c.seq",
    )
    .bind(look.number)
    .bind(look.seq)
    .bind(look.kind)
    .bind(look.session.as_slice())
    .bind(look.network)
    .bind(look.now)
    .fetch_all(conn)
    .await
}

/// A surety's public key.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PublicKeyRow {
    pub suffix: String,
    pub public_key: Vec<u8>,
    pub created_at: OffsetDateTime,
}

/// Of all sureties, older ones too.
pub async fn public_keys(conn: &mut PgConnection) -> Result<Vec<PublicKeyRow>, sqlx::Error> {
    sqlx::query_as(
        "select suffix, public_key, created_at from dsure.public_keys
         order by suffix, created_at desc, key_id",
    )
    .fetch_all(conn)
    .await
}
