//! The walls in the database itself: what each role can see and rewrite when the program above it
//! asks for everything. Tables, functions and triggers are read from the catalogue and held against
//! lists written by hand, so that a new table without a wall fails here.

mod steps;
mod tenants;

use akashi::db::{Scope, Site};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::{House, server};

/// Tables that rows of no single tenant fill, and which therefore have no row-level security.
const OPEN_TABLES: [&str; 5] = [
    "dsure.good_networks",
    "dsure.public_keys",
    "dsure.sessions",
    "public._sqlx_migrations",
    "public.limits",
];

const APPEND_ONLY: [&str; 17] = [
    "dsure.certificates",
    "dsure.looks",
    "public.arrivals",
    "public.certificates",
    "public.closed_months",
    "public.closing_fees",
    "public.closings",
    "public.events",
    "public.fees",
    "public.guarantee_keys",
    "public.payments",
    "public.receipt_printings",
    "public.receipts",
    "public.rule_books",
    "public.settlements",
    "public.terms_acceptances",
    "public.withdrawn_links",
];

/// Everything that runs with more rights than its caller.
const DEFINERS: [&str; 20] = [
    "dsure.session_find",
    "dsure.sweep",
    "public.end_links",
    "public.end_sessions",
    "public.invitation_find",
    "public.invitation_use",
    "public.limits_sweep",
    "public.login_failed",
    "public.login_find",
    "public.looks_of",
    "public.password_rehash",
    "public.rescue_keep",
    "public.rescue_peek",
    "public.rescue_take",
    "public.session_close",
    "public.session_find",
    "public.session_open",
    "public.session_owner",
    "public.sessions_sweep",
    "public.terms_accept",
];

const ROLES: [&str; 6] = [
    "dsure",
    "founder",
    "gatekeeper",
    "netdesk",
    "office",
    "worker",
];

async fn names(house: &House, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql)
        .fetch_all(&house.owner)
        .await
        .unwrap()
}

async fn connect(house: &House) -> PgConnection {
    PgConnection::connect(&server::url(&house.database))
        .await
        .unwrap()
}

/// Runs one statement as a role with settings; the transaction is rolled back.
async fn as_role(
    conn: &mut PgConnection,
    role: &str,
    settings: &[(&str, String)],
    sql: &str,
) -> Result<i64, String> {
    let mut tx = conn.begin().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("set local role {role}")))
        .execute(&mut *tx)
        .await
        .unwrap();
    for (name, value) in settings {
        sqlx::query("select set_config($1, $2, true)")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let answer = if sql.starts_with("select") {
        sqlx::query(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut *tx)
            .await
            .map(|row| row.get::<i64, _>(0))
    } else {
        sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(&mut *tx)
            .await
            .map(|done| i64::try_from(done.rows_affected()).unwrap())
    };
    tx.rollback().await.unwrap();
    answer.map_err(|error| error.to_string())
}

/// A house where two sureties, several companies and branches have rows in every tenant table.
async fn peopled() -> House {
    let house = House::new().await.with_stories().await;
    for login in ["minato.soumu", "yamato.soumu", "taisetsu.soumu"] {
        let who = house.user(login).await;
        akashi::services::accounts::terms::accept_terms(&house.app, &who, 1)
            .await
            .unwrap();
    }
    // The other surety has a payment and a waiting job as well.
    sqlx::query(
        "insert into payments (id, surety_id, contractor_id, branch_id, item_id, amount, paid_on,
           confirmed_by, confirmed_at)
         select gen_random_uuid(), i.surety_id, i.contractor_id, i.branch_id, i.id, 1, '2026-07-01',
           (select id from accounts where login = 'sapporo.clerk'), now()
         from application_items i join sureties s on s.id = i.surety_id where s.suffix = 'H'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    // Acts and renewals of every guarantee there is.
    for (table, columns, values) in [
        (
            "acts",
            "kind, base_seq, state, proposed_by, proposed_at",
            "'termination', 1, 'proposed', (select min(id) from accounts where surety_id = g.surety_id), now()",
        ),
        (
            "key_renewals",
            "state, asked_by, asked_at",
            "'asked', 'somebody', now()",
        ),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "insert into {table} (id, surety_id, contractor_id, branch_id, guarantee_id, reason, {columns})
             select gen_random_uuid(), g.surety_id, g.contractor_id, g.branch_id, g.id, '理由', {values}
             from guarantees g"
        )))
        .execute(&house.owner)
        .await
        .unwrap();
    }
    sqlx::query(
        "insert into withdrawn_links (guarantee_id, seq, surety_id, contractor_id, branch_id, by_seq)
         select id, 1, surety_id, contractor_id, branch_id, 1 from guarantees on conflict do nothing",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    months(&house).await;
    house
}

/// Every contractor with fees has a closing that was paid and receipted, whatever its agreement.
async fn months(house: &House) {
    for sql in [
        "insert into closings (surety_id, contractor_id, branch_id, month, statement_no, amount, tax, fees,
           closed_at, closed_by)
         select f.surety_id, f.contractor_id, min(f.branch_id), '2026-07-01', '2026-07-' || f.contractor_id,
           sum(f.amount), 0, count(*), now(), 'x' from fees f group by 1, 2",
        "insert into closing_fees (fee_id, closing_id, surety_id, contractor_id)
         select f.id, k.id, f.surety_id, f.contractor_id from fees f
         join closings k on k.contractor_id = f.contractor_id",
        "insert into closed_months (surety_id, month, closed_at, closed_by)
         select id, '2026-07-01', now(), 'x' from sureties",
        "insert into settlements (id, surety_id, contractor_id, branch_id, closing_id, amount, settled_on,
           confirmed_by, confirmed_at)
         select gen_random_uuid(), k.surety_id, k.contractor_id, k.branch_id, k.id, 1, '2026-07-02',
           (select min(a.id) from accounts a where a.surety_id = k.surety_id and a.site = 'office'), now()
         from closings k",
        "insert into receipts (surety_id, contractor_id, branch_id, number, settlement_id, amount, tax,
           issued_on, issued_at)
         select surety_id, contractor_id, branch_id, 'R8-' || contractor_id, id, amount, 0, settled_on, now()
         from settlements",
        "insert into receipt_printings (receipt_id, copy, surety_id, contractor_id, site, actor_id, actor_name, at)
         select id, 1, surety_id, contractor_id, 'office', 1, 'x', now() from receipts",
        "insert into paper_counters (surety_id, kind, era_year, next)
         select s.id, k, 'R8', 2 from sureties s, unnest(array['closing', 'receipt']) k",
    ] {
        sqlx::query(sql).execute(&house.owner).await.unwrap();
    }
}

#[tokio::test]
async fn every_table_has_its_wall() {
    let house = House::new().await;
    let open = names(
        &house,
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind in ('r', 'p')
           and not (c.relrowsecurity and c.relforcerowsecurity) order by 1",
    )
    .await;
    assert_eq!(open, OPEN_TABLES);
    let tenants = names(
        &house,
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'surety_id'
         where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .await;
    assert!(tenants.is_empty(), "{tenants:?}");
    let views = names(
        &house,
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('v', 'm', 'f') and n.nspname in ('public', 'dsure')",
    )
    .await;
    assert!(
        views.is_empty(),
        "a view looks with its owner's eyes: {views:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn roles_own_nothing_and_bypass_nothing() {
    let house = House::new().await;
    let weak = names(
        &house,
        "select rolname::text from pg_roles where rolname in
           ('netdesk', 'office', 'dsure', 'worker', 'gatekeeper', 'founder')
           and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)
         order by 1",
    )
    .await;
    assert_eq!(weak, ROLES);
    let owned = names(
        &house,
        "select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner
         where r.rolname in ('netdesk', 'office', 'dsure', 'worker', 'gatekeeper', 'founder')",
    )
    .await;
    assert!(owned.is_empty(), "{owned:?}");
    let members = names(
        &house,
        "select m.rolname || ' in ' || r.rolname from pg_auth_members a
         join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid
         where m.rolname in ('netdesk', 'office', 'dsure', 'worker', 'gatekeeper', 'founder')",
    )
    .await;
    assert!(members.is_empty(), "{members:?}");
    house.close().await;
}

#[tokio::test]
async fn functions_with_more_rights_than_their_caller_are_the_known_ones() {
    let house = House::new().await;
    let definers = names(
        &house,
        "select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 1",
    )
    .await;
    assert_eq!(definers, DEFINERS);
    let loose = names(
        &house,
        "select p.proname::text from pg_proc p join pg_roles o on o.oid = p.proowner
         where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'dsure'::regnamespace)
           and (o.rolname <> 'gatekeeper' or has_function_privilege('public', p.oid, 'execute')
             or not coalesce(p.proconfig::text like '%search_path=pg_catalog%', false))",
    )
    .await;
    assert!(loose.is_empty(), "{loose:?}");
    house.close().await;
}

#[tokio::test]
async fn what_happened_stays_written() {
    let house = peopled().await;
    sqlx::query(
        "insert into dsure.looks (number, seq, kind, session_sha256, network, at)
         select number, 1, 'page', ''::bytea, 'x', now() from dsure.deposits limit 1",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    let guarded = names(
        &house,
        "select n.nspname || '.' || c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
         join pg_namespace n on n.oid = c.relnamespace
         where t.tgname in ('append_only', 'append_only_all') and t.tgenabled = 'O'
         group by 1 having count(*) = 2 order by 1",
    )
    .await;
    assert_eq!(guarded, APPEND_ONLY);
    for table in APPEND_ONLY {
        let column: String = sqlx::query_scalar(
            "select attname::text from pg_attribute where attrelid = $1::regclass and attnum > 0
               and not attisdropped and attidentity = '' order by attnum limit 1",
        )
        .bind(table)
        .fetch_one(&house.owner)
        .await
        .unwrap();
        for sql in [
            format!("update {table} set {column} = {column}"),
            format!("delete from {table}"),
            format!("truncate {table} cascade"),
        ] {
            // As the owner, who is bound by no grant and no policy.
            let refused = sqlx::query(AssertSqlSafe(sql.clone()))
                .execute(&house.owner)
                .await;
            let refused = refused.map(|done| done.rows_affected());
            assert!(
                refused
                    .as_ref()
                    .is_err_and(|error| error.to_string().contains("append-only")),
                "{sql}: {refused:?}"
            );
        }
        let left: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&house.owner)
            .await
            .unwrap();
        assert!(left > 0, "{table} proves nothing");
    }
    house.close().await;
}

#[tokio::test]
async fn four_eyes_and_a_guarantees_identity_hold_below_every_program() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    desk.examined(&desk.form(Ware::Electronic), product).await;
    let same = sqlx::query(
        "update application_items set approved_by = examined_by, approved_at = now(),
           approved_sha256 = '\\x00', state = 'approved' where state = 'awaiting_approval'",
    )
    .execute(&house.owner)
    .await
    .unwrap_err();
    assert_eq!(
        akashi::db::constraint(&same),
        Some("items_four_eyes"),
        "{same}"
    );
    let unapproved = sqlx::query("update application_items set state = 'ordered'")
        .execute(&house.owner)
        .await
        .unwrap_err();
    assert_eq!(
        akashi::db::constraint(&unapproved),
        Some("items_approval_whole"),
        "{unapproved}"
    );
    // Two accounts with one address are one person, who has two eyes.
    let two = sqlx::query("update accounts set email = (select upper(email) from accounts where login = 'kanagawa.clerk') where login = 'kanagawa.approver'")
        .execute(&house.owner)
        .await
        .unwrap_err();
    assert_eq!(
        akashi::db::constraint(&two),
        Some("accounts_mail_once_among_staff"),
        "{two}"
    );
    sqlx::raw_sql(
        "drop index accounts_mail_once_among_staff;
         update accounts set email = (select upper(email) from accounts where login = 'kanagawa.clerk') where login = 'kanagawa.approver'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    let alone = desk.examined(&desk.form(Ware::Electronic), product).await;
    let approver = house.staff("kanagawa.approver").await;
    let refused = acts::approve(&house.app, &approver, alone, product).await;
    assert!(
        matches!(&refused, Err(akashi::error::AppError::Denied(words)) if words.contains("メールアドレス")),
        "{refused:?}"
    );
    sqlx::query("update accounts set email = 'a@mirai.example' where login = 'kanagawa.approver'")
        .execute(&house.owner)
        .await
        .unwrap();
    desk.issued(&desk.form(Ware::Electronic), product).await;
    for sql in [
        "update guarantees set form = 'paper'",
        "update guarantees set number = '35075-00099'",
        "update guarantees set suffix = 'H'",
        "update guarantees set product = 'contract'",
        "update guarantees set contractor_id = contractor_id + 1",
        "delete from guarantees",
    ] {
        let refused = sqlx::query(sql).execute(&house.owner).await.unwrap_err();
        let words = refused.to_string();
        assert!(
            words.contains("keeps its number, product and form") || words.contains("append-only"),
            "{sql}: {words}"
        );
    }
    // A certificate is its bytes: another hash does not fit, and a second first version neither.
    let forged = sqlx::query(
        "insert into certificates (guarantee_id, seq, surety_id, contractor_id, branch_id, face, signature,
           key_id, sha256, previous_sha256, signed_at)
         select guarantee_id, 2, surety_id, contractor_id, branch_id, face || ' '::bytea, signature, key_id,
           sha256, sha256, signed_at from certificates limit 1",
    )
    .execute(&house.owner)
    .await
    .unwrap_err();
    assert_eq!(
        akashi::db::constraint(&forged),
        Some("certificates_sha256"),
        "{forged}"
    );
    house.close().await;
}

/// The policies bind the roles; so each transaction has to act as one of them.
#[tokio::test]
async fn every_scope_acts_as_a_role_that_row_level_security_binds() {
    let house = House::new().await;
    let (surety, contractor) = (1, 1);
    for (scope, role) in [
        (Scope::Contractor { surety, contractor }, "netdesk"),
        (
            Scope::Office {
                surety,
                branch: None,
            },
            "office",
        ),
        (Scope::Dsure { number: None }, "dsure"),
        (Scope::Worker, "worker"),
        (Scope::Founder, "founder"),
        (Scope::Gate(Site::Netdesk), "netdesk"),
        (Scope::Gate(Site::Office), "office"),
        (Scope::Gate(Site::Dsure), "dsure"),
    ] {
        let mut tx = house.app.db.begin(&scope).await.unwrap();
        let acts_as: (String, bool) = sqlx::query_as(
            "select current_user::text, row_security_active('applications'::regclass)",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        assert_eq!(acts_as, (role.to_owned(), true), "{scope:?}");
    }
    house.close().await;
}
