//! A database of so many guarantees: the demo's people and stories through the verbs, the rest by
//! generated SQL. What a page opens bears a true signature, what D-Sure opens a true verifier; the
//! others are filled with bytes of the same length.

use akashi::app::App;
use akashi::db::{self, Db, Pool};
use akashi::demo::world;
use akashi::domain::certificate::{CertificateFace, hex, sha256};
use akashi::domain::key::AuthenticationKey;
use akashi::domain::number::ContractNumber;
use akashi::domain::text::search_key;
use akashi::mail::Mailer;
use akashi::services::keys;
use akashi::vault::Vault;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::sync::Arc;
use time::macros::date;

use super::Outcome;

/// Guarantees of the big contractor, beside the others.
pub const BIG: i64 = 20_000;
/// Clients of every load.
pub const CLIENTS: usize = 8;
/// Orders waiting to be issued, per client.
pub const ORDERS: usize = 2_600;
/// Numbers whose keys D-Sure knows.
const KEYED: i64 = 64;
/// Branches that issue.
const BRANCHES: i64 = 8;

const COMPANY: i64 = 700_000;
const BIG_COMPANY: i64 = 600_000;
const ISSUING_COMPANY: i64 = 800_000;
const BRANCH: i64 = 900_000;
const FIRST_ID: i64 = 5_000_000;

/// A signed-in user of a contractor, and guarantees it may open.
pub struct Desk {
    /// The session's token.
    pub token: String,
    /// With the letter.
    pub numbers: Vec<String>,
}

pub struct World {
    pub name: String,
    pub guarantees: i64,
    pub desks: Vec<Desk>,
    pub big: Vec<Desk>,
    /// Numbers with their keys.
    pub keys: Vec<(String, String)>,
}

/// The id of an order, of its application and of its jobs.
pub fn id(kind: char, client: usize, number: usize) -> String {
    format!("0000000{kind}-0000-4000-8{client:03}-{number:012}")
}

/// The same as an SQL expression over pgbench's variables.
pub fn id_expression(kind: char) -> String {
    format!(
        "('0000000{kind}-0000-4000-8' || lpad(:client_id::text, 3, '0') || '-' || lpad(:n::text, 12, '0'))::uuid"
    )
}

/// Builds the database `name` with `guarantees` and [`BIG`] more.
pub async fn build(
    server: &PgConnectOptions,
    name: &str,
    guarantees: i64,
    vault: &Arc<Vault>,
    app: impl Fn(Db) -> App,
    mailer: &Mailer,
) -> Outcome<World> {
    let mut conn = PgConnection::connect_with(server).await?;
    conn.execute(AssertSqlSafe(format!("create database {name}")))
        .await?;
    conn.close().await?;
    let options = server.clone().database(name);
    db::migrate(&options).await?;
    let app = app(Db::shared(Pool::new(options, 4)));
    world::load(&app, mailer).await?;
    keys::register(&app).await?;
    let mut conn = PgConnection::connect_with(&server.clone().database(name)).await?;
    // Loaded as it would be restored: nothing is checked that the generator made.
    conn.execute("set session_replication_role = replica; set synchronous_commit = off")
        .await?;
    let model = Model::read(&mut conn).await?;
    people(&mut conn, guarantees).await?;
    plain_guarantees(&mut conn, guarantees).await?;
    orders(&mut conn, &model).await?;
    let numbers = sign(&mut conn, &model, vault).await?;
    let keys = verifiers(&mut conn, vault, &app).await?;
    let desks = sessions(&mut conn, &app, COMPANY, &numbers).await?;
    let big = sessions(&mut conn, &app, BIG_COMPANY, &[]).await?;
    conn.execute("vacuum (analyze)").await?;
    conn.execute("checkpoint").await?;
    conn.close().await?;
    app.db.close().await;
    Ok(World {
        name: name.to_owned(),
        guarantees,
        desks,
        big,
        keys,
    })
}

/// The demo's own electronic 前払金保証 of one story: what everything here is a copy of.
struct Model {
    face: CertificateFace,
    application: String,
}

impl Model {
    async fn read(conn: &mut PgConnection) -> Outcome<Self> {
        let row = conn
            .fetch_one(
                "select c.face, g.application_id::text from guarantees g
                 join certificates c on c.guarantee_id = g.id
                 join sureties s on s.id = g.surety_id and s.suffix = 'M'
                 where g.product = 'prepayment' and g.jv_name is null and g.bank like '見本信用金庫%'",
            )
            .await?;
        let bytes: Vec<u8> = row.try_get(0)?;
        Ok(Self {
            face: CertificateFace::from_bytes(&bytes)?,
            application: row.try_get(1)?,
        })
    }
}

/// Companies of 40 to 400 guarantees each, a big one, and one beside each issuing branch.
async fn people(conn: &mut PgConnection, guarantees: i64) -> Outcome<()> {
    let sql = format!(
        "create table bench_companies as
           select ({COMPANY} + i)::bigint as id, 40 + (i * 97 + 180) % 361 as size from generate_series(0, {guarantees} / 150 + 20) i;
         alter table bench_companies add until bigint;
         update bench_companies b set until = s.until
           from (select id, sum(size) over (order by id) as until from bench_companies) s where s.id = b.id;
         create index on bench_companies (until);
         analyze bench_companies;
         insert into branches (id, surety_id, name, tel, fax, email, hours, is_head)
           overriding system value
           select {BRANCH} + i, s.id, '第' || i || '支店', '03-0000-' || lpad(i::text, 4, '0'), '03-1000-0000',
             'b@mirai.example', '平日 9:00～17:00', false
           from sureties s, generate_series(0, {BRANCHES} - 1) i where s.suffix = 'M';
         insert into number_blocks (block, surety_id, branch_id, allotted_at)
           select lpad((50001 + id - {BRANCH})::text, 5, '0'), surety_id, id, now() from branches where id >= {BRANCH};
         insert into contractors (id, surety_id, branch_id, name, address, representative, email, lump_sum, created_at)
           overriding system value
           select c.id, s.id, {BRANCH} + c.id % {BRANCHES}, '第' || c.id || '建設株式会社', '神奈川県横浜市見本区港町1番1号',
             '代表取締役　見本 一郎', 'c@minato.example', true, now()
           from sureties s, (select id from bench_companies
             union all select {BIG_COMPANY} union all select {ISSUING_COMPANY} + i from generate_series(0, {BRANCHES} - 1) i) c
           where s.suffix = 'M';
         insert into accounts (id, site, login, surety_id, contractor_id, role, name, email, sessions_after, created_at)
           overriding system value
           select id, 'netdesk', 'bench.' || id, surety_id, id, 'administrator', '見本 花子', 'c@minato.example',
             now() - interval '1 day', now() from contractors where id >= {BIG_COMPANY};
         insert into terms_acceptances (account_id, version, at)
           select id, 1, now() from accounts where id >= {BIG_COMPANY};"
    );
    conn.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// Applications, items, guarantees, certificates, arrivals, keys, deposits and two events each.
async fn plain_guarantees(conn: &mut PgConnection, guarantees: i64) -> Outcome<()> {
    let kinds = ["舗装修繕工事", "橋梁補修工事", "配水管布設工事"];
    for kind in kinds {
        if search_key(kind) != kind {
            return Err(format!("{kind} is not its own search key").into());
        }
    }
    let names = kinds.map(|kind| format!("'{kind}'")).join(",");
    let filler = "証".repeat(480);
    let sql = format!(
        "create table bench_rows as
           select ({FIRST_ID} + n)::bigint as id, md5('a' || n)::uuid as application, md5('i' || n)::uuid as item,
             coalesce(c.id, {BIG_COMPANY}) as contractor,
             lpad((40001 + n / 99999)::text, 5, '0') || '-' || lpad((1 + n % 99999)::text, 5, '0') as number,
             '市道' || n || '号線' || (array[{names}])[1 + (n * 7) % 3] as works,
             case when (n / 3) % 2 = 0 then 'prepayment' else 'contract' end as product,
             date '2023-07-01' + ((n::bigint * 7919) % 1095)::integer as day
           from generate_series(0, {guarantees} + {BIG} - 1) n
           left join lateral (select id from bench_companies b where n < {guarantees} and b.until > n
             order by b.until limit 1) c on true;
         alter table bench_rows add surety bigint, add branch bigint, add at timestamptz;
         update bench_rows r set surety = c.surety_id, branch = c.branch_id, at = r.day + time '01:00'
           from contractors c where c.id = r.contractor;
         insert into applications (id, surety_id, contractor_id, branch_id, stage, receipt_no, form, content,
             obligee_name, works_name, works_search, price, created_by, created_at, updated_by, updated_at, sent_by, sent_at, first_sent_at)
           select application, surety, contractor, branch, 'closed', 'B-' || id, '{{}}', '{{}}', '駒ヶ根市長', works, works,
             33550000, '-', at, '-', at, '-', at, at from bench_rows;
         insert into application_items (id, application_id, surety_id, contractor_id, branch_id, product, form, amount,
             fee_method, state, sent_at, examined_by, approved_by, approved_at, approved_sha256)
           select item, application, surety, contractor, branch, product, 'electronic', 13400000, 'lump_sum', 'issued',
             at, 1, 2, at, sha256('') from bench_rows;
         insert into guarantees (id, surety_id, contractor_id, branch_id, application_id, item_id, number, suffix,
             product, form, obligee_name, works_name, works_search, contractor_name, price, amount, until, bank,
             issued_on, issued_at)
           overriding system value
           select id, surety, contractor, branch, application, item, number, 'M', product, 'electronic', '駒ヶ根市長',
             works, works, '第' || contractor || '建設株式会社', 33550000, 13400000, day + 250, '見本銀行　港町支店', day, at
           from bench_rows;
         insert into certificates (guarantee_id, seq, surety_id, contractor_id, branch_id, face, signature, key_id, sha256, signed_at)
           select id, 1, surety, contractor, branch, f.face, decode(repeat('00', 64), 'hex'), k.key_id, sha256(f.face), at
           from bench_rows b
           cross join lateral (select convert_to(b.number || '{filler}', 'UTF8') as face) f
           cross join (select key_id from signing_keys k join sureties s on s.id = k.surety_id and s.suffix = 'M' limit 1) k;
         insert into arrivals (guarantee_id, seq, surety_id, contractor_id, branch_id, arrived_at)
           select id, 1, surety, contractor, branch, at from bench_rows;
         insert into guarantee_keys (guarantee_id, key_version, surety_id, contractor_id, kek_id, nonce, ciphertext, created_at)
           select id, 1, surety, contractor, '-', sha256(number::bytea), sha256(number::bytea), at from bench_rows;
         insert into dsure.deposits (number, suffix, surety_name, key_version, verifier, deposited_at)
           select number, 'M', 'みらい建設業保証株式会社', 1, '-', at from bench_rows;
         insert into dsure.certificates (number, seq, face, signature, key_id, arrived_at)
           select b.number, 1, c.face, c.signature, c.key_id, b.at from bench_rows b join certificates c on c.guarantee_id = b.id;
         insert into events (surety_id, contractor_id, branch_id, application_id, product, guarantee_id, at, actor_site, actor_name, kind)
           select surety, contractor, branch, application, product, id, at, 'worker', 'システム', kind
           from bench_rows, unnest(array['certificate_signed', 'issued']) kind;
         select setval(pg_get_serial_sequence('guarantees', 'id'), {FIRST_ID} + {guarantees} + {BIG} + 1000);"
    );
    conn.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// Orders waiting for the worker: copies of the demo's approved application, spread over the branches.
async fn orders(conn: &mut PgConnection, model: &Model) -> Outcome<()> {
    let mut hashes = Vec::new();
    for branch in 0..BRANCHES {
        let mut face = model.face.clone();
        face.number = String::new();
        face.dated = date!(1970 - 01 - 01);
        face.approved_sha256 = String::new();
        face.principal.name = format!("第{}建設株式会社", ISSUING_COMPANY + branch);
        face.principal.address = "神奈川県横浜市見本区港町1番1号".to_owned();
        face.principal.representative = "代表取締役　見本 一郎".to_owned();
        face.branch.name = format!("第{branch}支店");
        face.branch.tel = format!("03-0000-{branch:04}");
        face.branch.fax = "03-1000-0000".to_owned();
        hashes.push(format!("'\\x{}'::bytea", hex(&sha256(&face.to_bytes()?))));
    }
    let hashes = hashes.join(",");
    let application = &model.application;
    let id = |kind: char| {
        format!(
            "('0000000{kind}-0000-4000-8' || lpad(c::text, 3, '0') || '-' || lpad(n::text, 12, '0'))::uuid"
        )
    };
    let (app_id, item_id, job_id) = (id('c'), id('a'), id('b'));
    let sql = format!(
        "create table bench_orders as select {app_id} as application, {item_id} as item, {job_id} as job, (c + n) % {BRANCHES} as k
           from generate_series(0, {CLIENTS} - 1) c, generate_series(0, {ORDERS} - 1) n;
         insert into applications (id, surety_id, contractor_id, branch_id, stage, receipt_no, form, content,
             obligee_name, works_name, works_search, price, created_by, created_at, updated_by, updated_at, sent_by, sent_at, first_sent_at)
           select o.application, a.surety_id, {ISSUING_COMPANY} + o.k, {BRANCH} + o.k, 'under_examination', 'O-' || o.item, a.form,
             jsonb_set(a.content, '{{information,notify}}', 'false'), a.obligee_name, a.works_name, a.works_search, a.price,
             '-', now(), '-', now(), '-', now(), now()
           from bench_orders o, applications a where a.id = '{application}';
         insert into application_items (id, application_id, surety_id, contractor_id, branch_id, product, form, amount,
             fee_method, state, sent_at, examined_by, approved_by, approved_at, approved_sha256, ordered_by, ordered_at)
           select o.item, o.application, a.surety_id, {ISSUING_COMPANY} + o.k, {BRANCH} + o.k, i.product, i.form, i.amount,
             i.fee_method, 'ordered', now(), i.examined_by, i.approved_by, now(), (array[{hashes}])[1 + o.k], i.ordered_by, now()
           from bench_orders o, applications a join application_items i on i.application_id = a.id and i.product = 'prepayment'
           where a.id = '{application}';
         insert into jobs (id, surety_id, kind, payload, run_at, created_at)
           select o.job, s.id, 'issue', jsonb_build_object('item', o.item), now(), now()
           from bench_orders o, sureties s where s.suffix = 'M';"
    );
    conn.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// True faces and signatures for the guarantees of the first companies, and those D-Sure opens.
async fn sign(
    conn: &mut PgConnection,
    model: &Model,
    vault: &Vault,
) -> Outcome<Vec<(i64, String)>> {
    let last = COMPANY + i64::try_from(CLIENTS)?;
    let rows = conn
        .fetch_all(AssertSqlSafe(format!(
            "select id, number, works, contractor, day from bench_rows
             where contractor >= {COMPANY} and contractor < {last} order by id"
        )))
        .await?;
    let mut numbers = Vec::new();
    for chunk in rows.chunks(200) {
        let mut sql = String::new();
        for row in chunk {
            let id: i64 = row.try_get("id")?;
            let digits: String = row.try_get("number")?;
            let contractor: i64 = row.try_get("contractor")?;
            let (block, serial) = digits.split_once('-').ok_or("no number")?;
            let number = ContractNumber::new(block, serial.parse()?, 'M').ok_or("no number")?;
            let mut face = model.face.clone();
            face.number = number.to_string();
            face.works_name = row.try_get("works")?;
            face.dated = row.try_get("day")?;
            face.principal.name = format!("第{contractor}建設株式会社");
            let bytes = face.to_bytes()?;
            let signature = vault.signer()?.sign('M', &bytes)?;
            let (face, sig) = (hex(&bytes), hex(&signature.sig));
            let key = &signature.key_id;
            sql.push_str(&format!(
                "update certificates set face = '\\x{face}', sha256 = sha256('\\x{face}'), signature = '\\x{sig}',
                   key_id = '{key}' where guarantee_id = {id};
                 update dsure.certificates set face = '\\x{face}', signature = '\\x{sig}', key_id = '{key}'
                   where number = '{digits}';\n"
            ));
            numbers.push((contractor, number.to_string()));
        }
        conn.execute(AssertSqlSafe(sql)).await?;
    }
    conn.execute(
        "insert into dsure.public_keys (key_id, suffix, public_key, created_at)
         select k.key_id, s.suffix, k.public_key, k.created_at from signing_keys k join sureties s on s.id = k.surety_id
         on conflict do nothing",
    )
    .await?;
    Ok(numbers)
}

/// Verifiers of keys we know, for the first numbers.
async fn verifiers(
    conn: &mut PgConnection,
    vault: &Vault,
    app: &App,
) -> Outcome<Vec<(String, String)>> {
    let rows = conn
        .fetch_all(AssertSqlSafe(format!(
            "select number from bench_rows order by id limit {KEYED}"
        )))
        .await?;
    let mut keys = Vec::new();
    for row in rows {
        let number: String = row.try_get(0)?;
        let key = AuthenticationKey::draw(&mut app.chance.rng());
        let verifier = vault
            .hashing()
            .hash_key(key.expose(), app.chance.bytes())
            .await?;
        sqlx::query("update dsure.deposits set verifier = $2 where number = $1")
            .bind(&number)
            .bind(verifier)
            .execute(&mut *conn)
            .await?;
        keys.push((number, key.expose().to_owned()));
    }
    Ok(keys)
}

/// A session per client: of the first companies, or all of the big one.
async fn sessions(
    conn: &mut PgConnection,
    app: &App,
    company: i64,
    numbers: &[(i64, String)],
) -> Outcome<Vec<Desk>> {
    let mut desks = Vec::new();
    for client in 0..CLIENTS {
        let token = hex(&app.chance.bytes::<32>())[..43].to_owned();
        let who = if company == BIG_COMPANY {
            company
        } else {
            company + i64::try_from(client)?
        };
        sqlx::query(
            "insert into sessions (token_sha256, site, account_id, created_at, seen_at)
             values ($1, 'netdesk', $2, now(), now())",
        )
        .bind(sha256(token.as_bytes()).as_slice())
        .bind(who)
        .execute(&mut *conn)
        .await?;
        desks.push(Desk {
            token,
            numbers: numbers
                .iter()
                .filter(|(contractor, _)| *contractor == who)
                .map(|(_, number)| number.clone())
                .collect(),
        });
    }
    Ok(desks)
}
