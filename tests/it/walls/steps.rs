//! Steps that are not one's own: each role tries to take another's with the bare database.

use super::super::house::House;
use super::super::house::desk::{Desk, Ware};
use super::{as_role, connect};

/// The answer of a wall: refused outright, or no row within reach.
fn held(answer: &Result<i64, String>) -> bool {
    match answer {
        Ok(rows) => *rows == 0,
        Err(words) => {
            words.contains("permission denied")
                || words.contains("row-level security")
                || words.contains("stays as it was sent")
        }
    }
}

const HASH: &str = "'\\x00'::bytea";

#[tokio::test]
async fn net_desks_role_alone_takes_no_step_of_the_office() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    let form = desk.form(Ware::Electronic);
    let sent = desk.sent(&form).await;
    let examined = desk.examined(&form, product).await;
    let who = house.user("minato.soumu").await;
    let scope = [
        ("app.surety", who.surety().to_string()),
        ("app.contractor", who.contractor().to_string()),
    ];
    let clerk = house.staff("kanagawa.clerk").await.account();
    let approver = house.staff("kanagawa.approver").await.account();
    let approved = format!(
        "examined_by = {clerk}, approved_by = {approver}, approved_at = now(), approved_sha256 = {HASH}"
    );
    let row = "gen_random_uuid(), a.id, a.surety_id, a.contractor_id, a.branch_id, 'contract', 'paper', 1, 'transfer'";
    let columns = "id, application_id, surety_id, contractor_id, branch_id, product, form, amount, fee_method";
    let from = format!("from applications a where a.id = '{sent}'");
    let job = |kind: &str, payload: &str| {
        format!(
            "insert into jobs (id, surety_id, kind, payload, run_at, created_at)
             values (gen_random_uuid(), {}, '{kind}', '{payload}', now(), now())",
            who.surety()
        )
    };
    let event = |site: &str| {
        format!(
            "insert into events (surety_id, contractor_id, at, actor_site, actor_name, kind)
             values ({}, {}, now(), '{site}', 'x', 'approved')",
            who.surety(),
            who.contractor()
        )
    };
    let mut conn = connect(&house).await;
    for sql in [
        // Four eyes forged in one statement.
        format!("update application_items set state = 'ordered', {approved}, ordered_by = {approver}, ordered_at = now()"),
        format!("update application_items set state = 'approved', {approved}"),
        format!("update application_items set {approved}"),
        "update application_items set state = 'issued'".to_owned(),
        "update application_items set state = 'under_examination'".to_owned(),
        format!("update application_items set examined_by = {clerk}"),
        format!("update application_items set ordered_by = {approver}, ordered_at = now()"),
        // What is being examined is no longer theirs to change or drop.
        format!("update application_items set amount = 1 where application_id = '{examined}'"),
        format!("update application_items set state = 'withdrawn' where application_id = '{examined}'"),
        format!("delete from application_items where application_id = '{examined}'"),
        format!("delete from applications where id = '{sent}'"),
        format!("update applications set content = '{{}}' where id = '{sent}'"),
        format!("update applications set content = '{{}}', stage = 'submitted' where id = '{examined}'"),
        format!("update applications set stage = 'withdrawn' where id = '{examined}'"),
        format!("update applications set stage = 'closed' where id = '{sent}'"),
        format!("update applications set examiner_id = {clerk} where id = '{sent}'"),
        // Born approved.
        format!("insert into application_items ({columns}, state, sent_at, examined_by, approved_by, approved_at, approved_sha256)
                 select {row}, 'approved', now(), {clerk}, {approver}, now(), {HASH} {from}"),
        format!("insert into application_items ({columns}, state, sent_at, ordered_by, ordered_at)
                 select {row}, 'submitted', now(), {approver}, now() {from}"),
        // Jobs of others, letters to others, history in another's name.
        job("issue", "{}"),
        job("deposit", "{}"),
        job("mail_issued", "{}"),
        job("mail_returned", "{}"),
        job("mail_invitation", &format!("{{\"account\": {approver}}}")),
        event("office"),
        event("worker"),
    ] {
        let answer = as_role(&mut conn, "netdesk", &scope, &sql).await;
        assert!(held(&answer), "{sql}: {answer:?}");
    }
    // Their own steps are theirs.
    for sql in [
        format!(
            "insert into application_items ({columns}, state, sent_at) select {row}, 'submitted', now() {from}"
        ),
        format!("update application_items set state = 'withdrawn' where application_id = '{sent}'"),
        format!("update applications set stage = 'withdrawn' where id = '{sent}'"),
        job(
            "mail_invitation",
            &format!("{{\"account\": {}}}", who.account()),
        ),
        event("netdesk"),
    ] {
        let answer = as_role(&mut conn, "netdesk", &scope, &sql).await;
        assert_eq!(answer, Ok(1), "{sql}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_offices_role_alone_issues_nothing() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    let examined = desk.examined(&desk.form(Ware::Electronic), product).await;
    let (issued, _) = desk.issued(&desk.form(Ware::Electronic), product).await;
    let who = house.staff("kanagawa.approver").await;
    let scope = [
        ("app.surety", who.surety().to_string()),
        ("app.branch", "all".to_owned()),
    ];
    let job = |kind: &str| {
        format!(
            "insert into jobs (id, surety_id, kind, payload, run_at, created_at)
             values (gen_random_uuid(), {}, '{kind}', '{{}}', now(), now())",
            who.surety()
        )
    };
    let mut conn = connect(&house).await;
    for sql in [
        format!(
            "update application_items set state = 'issued' where application_id = '{examined}'"
        ),
        format!(
            "update application_items set state = 'approved' where application_id = '{issued}'"
        ),
        "update application_items set amount = 1".to_owned(),
        "update application_items set form = 'paper'".to_owned(),
        "update number_blocks set next = 1".to_owned(),
        format!(
            "insert into number_blocks (block, surety_id, branch_id, allotted_at, next)
             values ('99999', {}, {}, now(), 500)",
            who.surety(),
            who.branch()
        ),
        "insert into guarantees (surety_id) values (1)".to_owned(),
        "update guarantees set works_name = 'x'".to_owned(),
        "insert into certificates (guarantee_id) values (1)".to_owned(),
        "insert into arrivals (guarantee_id) values (1)".to_owned(),
        "insert into signing_keys (key_id) values ('x')".to_owned(),
        "insert into dsure.deposits (number) values ('x')".to_owned(),
        job("deposit"),
        job("mail_issued"),
        format!(
            "insert into events (surety_id, at, actor_site, actor_name, kind)
             values ({}, now(), 'worker', 'x', 'issued')",
            who.surety()
        ),
    ] {
        let answer = as_role(&mut conn, "office", &scope, &sql).await;
        assert!(held(&answer), "{sql}: {answer:?}");
    }
    let own =
        format!("update application_items set reason = 'x' where application_id = '{examined}'");
    assert_eq!(as_role(&mut conn, "office", &scope, &own).await, Ok(1));
    // D-Sure deposits nothing and asks for nothing.
    for sql in [
        "insert into dsure.deposits select * from dsure.deposits".to_owned(),
        "delete from dsure.looks".to_owned(),
        "insert into dsure.public_keys select * from dsure.public_keys".to_owned(),
        job("issue"),
        "insert into events (surety_id) values (1)".to_owned(),
    ] {
        let answer = as_role(&mut conn, "dsure", &[], &sql).await;
        assert!(
            answer
                .as_ref()
                .is_err_and(|words| words.contains("permission denied")),
            "{sql}: {answer:?}"
        );
    }
    house.close().await;
}
