//! Rows that are somebody else's, asked for as each role.

use sqlx::AssertSqlSafe;

use super::{as_role, connect, names, peopled};

#[tokio::test]
async fn another_tenants_rows_are_not_there() {
    let house = peopled().await;
    let minato = house.user("minato.soumu").await;
    let taisetsu = house.user("taisetsu.soumu").await;
    let clerk = house.staff("kanagawa.clerk").await;
    let own = minato.surety();
    let settings = |pairs: &[(&'static str, String)]| pairs.to_vec();
    let netdesk = settings(&[
        ("app.surety", own.to_string()),
        ("app.contractor", minato.contractor().to_string()),
    ]);
    let branch = settings(&[
        ("app.surety", own.to_string()),
        ("app.branch", clerk.branch().to_string()),
    ]);
    let head = settings(&[
        ("app.surety", own.to_string()),
        ("app.branch", "all".to_owned()),
    ]);
    let tables: Vec<(String, bool, bool)> = sqlx::query_as(
        "select n.nspname || '.' || c.relname,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'contractor_id'),
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'branch_id')
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'surety_id' and not a.attisdropped
         where c.relkind in ('r', 'p') order by 1",
    )
    .fetch_all(&house.owner)
    .await
    .unwrap();
    assert!(tables.len() >= 15, "{tables:?}");
    let mut conn = connect(&house).await;
    let mut looked = 0;
    for (table, contractors, branches) in &tables {
        let foreign = format!("select count(*) from {table} where surety_id <> {own}");
        let there: i64 = sqlx::query_scalar(AssertSqlSafe(foreign.clone()))
            .fetch_one(&house.owner)
            .await
            .unwrap();
        assert!(
            there > 0,
            "{table} proves nothing: it has no rows of another surety"
        );
        for (role, scope) in [
            ("netdesk", &netdesk),
            ("office", &branch),
            ("office", &head),
        ] {
            match as_role(&mut conn, role, scope, &foreign).await {
                Ok(count) => assert_eq!(count, 0, "{role} sees another surety's {table}"),
                Err(error) => assert!(error.contains("permission denied"), "{error}"),
            }
            looked += 1;
        }
        // Nobody asked for: nothing at all.
        for role in ["netdesk", "office", "dsure"] {
            match as_role(
                &mut conn,
                role,
                &[],
                &format!("select count(surety_id) from {table}"),
            )
            .await
            {
                Ok(count) => assert_eq!(count, 0, "{role} without a scope sees {table}"),
                Err(error) => assert!(error.contains("permission denied"), "{error}"),
            }
        }
        if *contractors {
            let others = format!(
                "select count(*) from {table} where contractor_id <> {}",
                minato.contractor()
            );
            match as_role(&mut conn, "netdesk", &netdesk, &others).await {
                Ok(count) => assert_eq!(count, 0, "netdesk sees another company's {table}"),
                Err(error) => assert!(error.contains("permission denied"), "{error}"),
            }
        }
        // The register of companies, blocks and people is the whole surety's in the Office.
        let shared = [
            "public.contractors",
            "public.accounts",
            "public.number_blocks",
        ];
        if *branches && !shared.contains(&table.as_str()) {
            let others = format!(
                "select count(*) from {table} where branch_id <> {}",
                clerk.branch()
            );
            let there = as_role(&mut conn, "office", &head, &others).await;
            match as_role(&mut conn, "office", &branch, &others).await {
                Ok(count) => {
                    assert_eq!(count, 0, "a branch sees another branch's {table}");
                    assert!(there.unwrap() > 0, "{table} proves nothing of branches");
                }
                Err(error) => assert!(error.contains("permission denied"), "{error}"),
            }
        }
    }
    println!("{looked} looks over {} tables", tables.len());

    // Their own, each sees: the walls are not merely shut.
    for (role, scope, sql) in [
        ("netdesk", &netdesk, "select count(*) from guarantees"),
        ("netdesk", &netdesk, "select count(*) from guarantee_keys"),
        ("netdesk", &netdesk, "select count(form) from applications"),
        ("office", &branch, "select count(*) from guarantees"),
        ("office", &branch, "select count(content) from applications"),
        ("office", &head, "select count(*) from payments"),
    ] {
        let count = as_role(&mut conn, role, scope, sql).await.unwrap();
        assert!(count > 0, "{role}: {sql}");
    }

    // Nor can anybody write into another's rows, or a row that is another's.
    let foreign = taisetsu.contractor();
    let insert = format!(
        "insert into applications (id, surety_id, contractor_id, stage, form, created_by, created_at,
           updated_by, updated_at)
         values (gen_random_uuid(), {}, {foreign}, 'draft', '{{}}', 'x', now(), 'x', now())",
        taisetsu.surety()
    );
    let refused = as_role(&mut conn, "netdesk", &netdesk, &insert)
        .await
        .unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    let update =
        format!("update applications set updated_by = 'x' where contractor_id = {foreign}");
    assert_eq!(
        as_role(&mut conn, "netdesk", &netdesk, &update).await,
        Ok(0)
    );
    let update =
        format!("update application_items set reason = 'x' where contractor_id = {foreign}");
    assert_eq!(as_role(&mut conn, "office", &head, &update).await, Ok(0));
    // A foreign key cannot reach across companies either.
    let reach = format!(
        "insert into application_items (id, application_id, surety_id, contractor_id, branch_id, product,
           form, amount, fee_method, state, sent_at)
         select gen_random_uuid(), (select id from applications where contractor_id = {foreign} limit 1),
           {own}, {}, {}, 'contract', 'paper', 1, 'transfer', 'submitted', now()",
        minato.contractor(),
        minato.branch()
    );
    let refused = sqlx::query(AssertSqlSafe(reach))
        .execute(&house.owner)
        .await
        .unwrap_err();
    assert_eq!(
        akashi::db::constraint(&refused),
        Some("items_application"),
        "{refused}"
    );
    house.close().await;
}

#[tokio::test]
async fn the_office_reads_no_key_and_no_draft() {
    let house = peopled().await;
    let clerk = house.staff("kanagawa.clerk").await;
    let head = [
        ("app.surety", clerk.surety().to_string()),
        ("app.branch", "all".to_owned()),
    ];
    let mut conn = connect(&house).await;
    for sql in [
        "select count(*) from guarantee_keys",
        "select count(ciphertext) from guarantee_keys",
        "select count(form) from applications",
        "select count(*) from (select * from applications) a",
        "select count(*) from sessions",
        "select count(*) from invitations",
        "select count(*) from rescues",
        "select count(*) from dsure.deposits",
        "insert into certificates select * from certificates",
        "update guarantees set issued_at = now()",
        "update applications set content = null",
        "delete from applications",
    ] {
        let refused = as_role(&mut conn, "office", &head, sql).await;
        assert!(
            refused
                .as_ref()
                .is_err_and(|error| error.contains("permission denied")),
            "{sql}: {refused:?}"
        );
    }
    let drafts = as_role(
        &mut conn,
        "office",
        &head,
        "select count(*) from applications where stage = 'draft'",
    )
    .await;
    assert_eq!(drafts, Ok(0));
    let there: i64 = house
        .ask("select count(*) from applications where stage = 'draft'")
        .await;
    assert!(there > 0);
    house.close().await;
}

#[tokio::test]
async fn dsure_sees_its_own_schema_and_in_it_one_number() {
    let house = peopled().await;
    let seen = names(
        &house,
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v') and n.nspname not in ('pg_catalog', 'information_schema')
           and (has_any_column_privilege('dsure', c.oid, 'select, insert, update')
             or has_table_privilege('dsure', c.oid, 'delete, truncate')) order by 1",
    )
    .await;
    assert_eq!(
        seen,
        [
            "dsure.certificates",
            "dsure.deposits",
            "dsure.good_networks",
            "dsure.looks",
            "dsure.public_keys",
            "dsure.sessions",
            "public._sqlx_migrations",
            "public.limits",
        ]
    );
    let numbers = names(&house, "select number from dsure.deposits order by 1").await;
    assert!(numbers.len() >= 3);
    let mut conn = connect(&house).await;
    for table in ["dsure.deposits", "dsure.certificates"] {
        let all = format!("select count(*) from {table}");
        let own = format!("{all} where number = '{}'", numbers[0]);
        let own: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(own))
            .fetch_one(&house.owner)
            .await
            .unwrap();
        assert!(own >= 1);
        for (number, count) in [
            (numbers[0].as_str(), own),
            ("", 0),
            ("35075-99999", 0),
            ("%", 0),
        ] {
            let asked = [("app.number", number.to_owned())];
            let seen = as_role(&mut conn, "dsure", &asked, &all).await;
            assert_eq!(seen, Ok(count), "{table} for 「{number}」");
        }
        assert_eq!(
            as_role(&mut conn, "dsure", &[], &all).await,
            Ok(0),
            "{table}"
        );
        let asked = [("app.number", numbers[0].clone())];
        let other = format!(
            "select count(*) from {table} where number = '{}'",
            numbers[1]
        );
        assert_eq!(as_role(&mut conn, "dsure", &asked, &other).await, Ok(0));
    }
    let asked = [("app.number", numbers[0].clone())];
    for sql in [
        "select count(*) from guarantees",
        "select count(*) from guarantee_keys",
        "select count(*) from accounts",
        "update dsure.deposits set verifier = ''",
        "insert into dsure.certificates select * from dsure.certificates",
    ] {
        let refused = as_role(&mut conn, "dsure", &asked, sql).await;
        assert!(
            refused
                .as_ref()
                .is_err_and(|error| error.contains("permission denied")),
            "{sql}: {refused:?}"
        );
    }
    // The key itself is nowhere in this schema: only its verifier.
    let text: Vec<String> = names(&house, "select d::text from dsure.deposits d").await;
    for (number, key) in house.keys().await {
        assert!(!text.iter().any(|row| row.contains(&key)), "{number}");
    }
    assert!(text.iter().all(|row| row.contains("$argon2id$")));
    house.close().await;
}
