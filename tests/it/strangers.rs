//! Who may not: other companies, other branches, other sureties, other roles. Each gets the answer
//! of something that is not there, and nothing changes.

use akashi::domain::money::Yen;
use akashi::domain::product::Product;
use akashi::error::AppError;
use akashi::services::applications::{self, Sent};
use akashi::services::cases::{self, QueueQuery};
use akashi::services::guarantees::{self, CertificateUse, KeyUse, ListQuery};
use akashi::services::{ContractorUser, Officer, drafts};
use sqlx::AssertSqlSafe;
use time::macros::date;
use uuid::Uuid;

use super::house::House;
use super::house::acts;
use super::house::desk::{Desk, Ware};

/// Asserts that each verb, tried in turn, says that there is nothing.
macro_rules! nothing_there {
    ($($verb:expr),+ $(,)?) => {
        $(
            let answer = $verb.await;
            assert!(
                matches!(answer, Err(AppError::NotFound)),
                "{}: {answer:?}",
                stringify!($verb)
            );
        )+
    };
}

macro_rules! denied {
    ($($verb:expr),+ $(,)?) => {
        $(
            let answer = $verb.await;
            assert!(
                matches!(answer, Err(AppError::Denied(_))),
                "{}: {answer:?}",
                stringify!($verb)
            );
        )+
    };
}

/// Everything that must not have moved, as text.
async fn state(house: &House) -> Vec<String> {
    let mut lines = Vec::new();
    for table in [
        "applications",
        "application_items",
        "payments",
        "events",
        "guarantees",
        "certificates",
        "jobs",
    ] {
        let sql = format!("select t::text from {table} t order by 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&house.owner)
            .await
            .unwrap();
        lines.extend(rows);
    }
    lines
}

fn digits(number: &str) -> &str {
    number.trim_end_matches('M')
}

/// Every verb of a contractor on a company's things that are not theirs.
async fn contractor_finds_nothing(house: &House, who: &ContractorUser, theirs: &Theirs) {
    let app = &house.app;
    let form = theirs.form.clone();
    nothing_there!(
        drafts::open(app, who, theirs.draft),
        drafts::save(app, who, theirs.draft, Some(1), &form),
        drafts::save(app, who, theirs.draft, None, &form),
        drafts::delete(app, who, theirs.draft),
        applications::submit(app, who, theirs.draft, 1),
        applications::submit(app, who, theirs.sent, 1),
        applications::status(app, who, theirs.sent),
        applications::withdraw(app, who, theirs.sent),
        drafts::open(app, who, theirs.sent),
        drafts::delete(app, who, theirs.sent),
    );
    for number in [&theirs.electronic, &theirs.paper] {
        let number = digits(number);
        nothing_there!(
            guarantees::detail(app, who, number),
            guarantees::key(app, who, number, KeyUse::Page),
            guarantees::key(app, who, number, KeyUse::Notice),
            guarantees::certificate(app, who, number, 1, CertificateUse::Page),
            guarantees::certificate(app, who, number, 1, CertificateUse::Pdf),
            guarantees::certificate(app, who, number, 1, CertificateUse::Envelope),
        );
    }
    let listed = guarantees::list(app, who, &ListQuery::default())
        .await
        .unwrap();
    assert!(
        listed
            .rows
            .iter()
            .all(|row| row.contractor_name == who.company())
    );
    assert!(
        !listed
            .rows
            .iter()
            .any(|row| row.number == theirs.electronic)
    );
    let drafts = drafts::list(app, who).await.unwrap();
    assert!(drafts.iter().all(|line| line.id != theirs.draft));
    let sent = applications::list(app, who).await.unwrap();
    assert!(sent.iter().all(|line| line.id != theirs.sent));
}

/// Every verb of staff on an application that is not their branch's.
async fn staff_finds_nothing(house: &House, who: &Officer, theirs: &Theirs) {
    let app = &house.app;
    let product = Product::Prepayment;
    nothing_there!(
        cases::case(app, who, theirs.sent),
        cases::case(app, who, theirs.draft),
        acts::return_with(app, who, theirs.sent, "x"),
    );
    if who.role().may_examine() {
        let amount = Yen::new(1).unwrap();
        nothing_there!(
            acts::take_up(app, who, theirs.sent),
            acts::pass_on(app, who, theirs.sent, product),
            acts::confirm_payment(
                app,
                who,
                theirs.sent,
                product,
                Uuid::from_u128(7),
                amount,
                date!(2026 - 07 - 01)
            ),
            acts::tell_contractor(app, who, theirs.sent, "x"),
        );
    }
    if who.role().may_approve() {
        nothing_there!(
            acts::approve(app, who, theirs.sent, product),
            acts::take_back(app, who, theirs.sent, product),
            acts::decline(app, who, theirs.sent, product, "x"),
            acts::order(app, who, theirs.sent, product),
        );
    }
    for number in [&theirs.electronic, &theirs.paper] {
        nothing_there!(
            guarantees::office_detail(app, who, digits(number), None),
            guarantees::office_certificate(app, who, digits(number), 1),
            guarantees::print_paper(app, who, digits(number)),
        );
    }
    let queue = cases::queue(
        app,
        who,
        &QueueQuery {
            per_page: 100,
            page: 1,
            ..QueueQuery::default()
        },
    )
    .await
    .unwrap();
    assert!(queue.lines.iter().all(|line| line.id != theirs.sent));
    let listed = guarantees::office_list(app, who, &ListQuery::default(), None)
        .await
        .unwrap();
    assert!(
        !listed
            .rows
            .iter()
            .any(|row| row.number == theirs.electronic)
    );
}

/// みなと建設's things at 神奈川支店.
struct Theirs {
    form: akashi::domain::typed::TypedForm,
    draft: Uuid,
    sent: Uuid,
    electronic: String,
    paper: String,
}

async fn theirs(desk: &Desk<'_>) -> Theirs {
    let form = desk.form(Ware::Electronic);
    Theirs {
        draft: desk.draft(&form).await.0,
        sent: desk.sent(&form).await,
        electronic: desk.issued(&form, Product::Prepayment).await.1,
        paper: desk
            .issued(&desk.form(Ware::Paper), Product::Contract)
            .await
            .1,
        form,
    }
}

#[tokio::test]
async fn t27_what_is_not_theirs_is_not_there_and_stays_as_it_is() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let theirs = theirs(&desk).await;
    let before = state(&house).await;
    for login in ["yamato.soumu", "takahashi.soumu", "taisetsu.soumu"] {
        contractor_finds_nothing(&house, &house.user(login).await, &theirs).await;
    }
    for login in [
        "nagano.clerk",
        "nagano.approver",
        "ibaraki.clerk",
        "chiba.approver",
        "sapporo.clerk",
        "sapporo.approver",
    ] {
        staff_finds_nothing(&house, &house.staff(login).await, &theirs).await;
    }
    // Nobody's id is anybody's id.
    let nobody = Theirs {
        draft: Uuid::from_u128(1),
        sent: Uuid::from_u128(2),
        electronic: "35075-99999M".to_owned(),
        paper: "00000-00000M".to_owned(),
        form: theirs.form.clone(),
    };
    nothing_there!(
        applications::status(&house.app, &desk.who, nobody.sent),
        applications::submit(&house.app, &desk.who, nobody.draft, 1),
        guarantees::detail(&house.app, &desk.who, digits(&nobody.electronic)),
        guarantees::key(&house.app, &desk.who, digits(&nobody.paper), KeyUse::Page),
        // Paper has no key, not even for its owner.
        guarantees::key(&house.app, &desk.who, digits(&theirs.paper), KeyUse::Page),
        // An electronic certificate is printed by nobody.
        guarantees::print_paper(&house.app, &desk.clerk, digits(&theirs.electronic)),
    );
    assert_eq!(state(&house).await, before, "something moved");
    house.close().await;
}

#[tokio::test]
async fn head_office_sees_every_branch_of_its_own_surety() {
    let house = House::new().await.with_stories().await;
    let desk = Desk::at(&house).await;
    let theirs = theirs(&desk).await;
    let head = house.staff("honsha.approver").await;
    cases::case(&house.app, &head, theirs.sent).await.unwrap();
    guarantees::office_detail(&house.app, &head, digits(&theirs.electronic), None)
        .await
        .unwrap();
    let listed = guarantees::office_list(&house.app, &head, &ListQuery::default(), None)
        .await
        .unwrap();
    let numbers: Vec<_> = listed.rows.iter().map(|row| row.number.clone()).collect();
    let sql = "select count(distinct branch_id) from guarantees where number || suffix = any($1)";
    let branches: i64 = sqlx::query_scalar(sql)
        .bind(numbers)
        .fetch_one(&house.owner)
        .await
        .unwrap();
    assert_eq!(branches, 2, "神奈川 and 長野, not 札幌");
    // A draft is its company's alone.
    nothing_there!(cases::case(&house.app, &head, theirs.draft));
    // Where the head office is one's own branch, the other surety's is still another.
    let kita = house.staff("kita.admin").await;
    nothing_there!(cases::case(&house.app, &kita, theirs.sent));
    house.close().await;
}

#[tokio::test]
async fn each_role_does_its_own_part_and_no_other() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let app = &house.app;
    let theirs = theirs(&desk).await;
    let product = Product::Prepayment;
    let before = state(&house).await;

    let keiri = house.user("minato.keiri").await;
    denied!(
        applications::submit(app, &keiri, theirs.draft, 1),
        applications::withdraw(app, &keiri, theirs.sent),
    );
    let admin = house.staff("honsha.admin").await;
    let amount = Yen::new(19_360).unwrap();
    let form_id = Uuid::from_u128(9);
    let day = date!(2026 - 07 - 01);
    denied!(
        acts::approve(app, &desk.clerk, theirs.sent, product),
        acts::take_back(app, &desk.clerk, theirs.sent, product),
        acts::decline(app, &desk.clerk, theirs.sent, product, "x"),
        acts::order(app, &desk.clerk, theirs.sent, product),
        acts::take_up(app, &desk.approver, theirs.sent),
        acts::pass_on(app, &desk.approver, theirs.sent, product),
        acts::confirm_payment(
            app,
            &desk.approver,
            theirs.sent,
            product,
            form_id,
            amount,
            day
        ),
        acts::take_up(app, &admin, theirs.sent),
        acts::return_with(app, &admin, theirs.sent, "x"),
        acts::pass_on(app, &admin, theirs.sent, product),
        acts::approve(app, &admin, theirs.sent, product),
        acts::decline(app, &admin, theirs.sent, product, "x"),
        acts::order(app, &admin, theirs.sent, product),
        acts::confirm_payment(app, &admin, theirs.sent, product, form_id, amount, day),
        acts::tell_contractor(app, &admin, theirs.sent, "x"),
        guarantees::print_paper(app, &admin, digits(&theirs.paper)),
    );
    assert_eq!(state(&house).await, before, "something moved");

    // 閲覧: reads, and sees no key.
    sqlx::query("update accounts set role = 'viewer' where login = 'minato.keiri'")
        .execute(&house.owner)
        .await
        .unwrap();
    let viewer = house.user("minato.keiri").await;
    denied!(
        drafts::save(app, &viewer, Uuid::from_u128(5), None, &theirs.form),
        drafts::save(app, &viewer, theirs.draft, Some(1), &theirs.form),
        drafts::delete(app, &viewer, theirs.draft),
        applications::submit(app, &viewer, theirs.draft, 1),
        guarantees::key(app, &viewer, digits(&theirs.electronic), KeyUse::Page),
        guarantees::key(app, &viewer, digits(&theirs.electronic), KeyUse::Notice),
    );
    guarantees::detail(app, &viewer, digits(&theirs.electronic))
        .await
        .unwrap();
    assert_eq!(state(&house).await, before, "something moved");
    house.close().await;
}

#[tokio::test]
async fn whoever_examined_cannot_approve_even_as_an_approver() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let id = desk.examined(&desk.form(Ware::Electronic), product).await;
    // The clerk is made an approver meanwhile.
    sqlx::query("update accounts set role = 'approver' where login = 'kanagawa.clerk'")
        .execute(&house.owner)
        .await
        .unwrap();
    let same = house.staff("kanagawa.clerk").await;
    let answer = acts::approve(&house.app, &same, id, product).await;
    assert!(
        matches!(answer, Err(AppError::Denied(words)) if words.contains("審査した人は承認できません")),
        "{answer:?}"
    );
    acts::approve(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.close().await;
}

#[tokio::test]
async fn what_was_sent_is_closed_to_typing_and_an_old_page_is_told_so() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    let (id, revision) = desk.draft(&form).await;
    form.set("works_name", "別の工事");
    let later = drafts::save(&house.app, &desk.who, id, Some(revision), &form)
        .await
        .unwrap();
    assert!(matches!(later, drafts::Saved::At { revision: 2, .. }));
    // The check page of the first revision is pressed.
    let sent = applications::submit(&house.app, &desk.who, id, revision).await;
    assert!(matches!(sent, Ok(Sent::Stale)), "{sent:?}");
    let sent = applications::submit(&house.app, &desk.who, id, 2).await;
    assert!(matches!(sent, Ok(Sent::Done { .. })), "{sent:?}");
    form.set("works_name", "あとから");
    let late = drafts::save(&house.app, &desk.who, id, Some(2), &form).await;
    assert!(matches!(late, Ok(drafts::Saved::Closed)), "{late:?}");
    nothing_there!(
        drafts::open(&house.app, &desk.who, id),
        drafts::delete(&house.app, &desk.who, id),
    );
    house.close().await;
}
