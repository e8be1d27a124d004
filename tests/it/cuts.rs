//! The wire to the database is cut at every single message of an issue, and of a sending. Whatever
//! the moment: one number, one certificate, one key, one deposit, one mail.

use akashi::error::AppError;
use akashi::services::applications::{self, Sent};
use akashi::services::examination;
use akashi::worker;
use time::Duration;
use uuid::Uuid;

use super::house::House;
use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::ledger::Ledger;
use super::house::proxy::{Fault, Proxy};

/// After this long every lease has run out and every back-off is over.
const LATER: Duration = Duration::minutes(10);

/// Cuts at message 1, 2, … until a run is untouched; returns how many messages a whole run has.
async fn cut_everywhere(ware: Ware, fault: fn(usize) -> Fault) -> usize {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(ware);
    let wire = Proxy::open();
    let mut twice = 0;
    let mut n = 0;
    loop {
        n += 1;
        assert!(n < 1_000, "a run never ends untouched");
        let id = desk.ordered(&form, ware.product()).await;
        let numbers = house.numbers_used().await;

        let app = house.over(wire.db(&house.database, 1));
        wire.arm(fault(n));
        let ran = worker::drain(&app, &house.mailer).await;
        let (cut, seen) = (wire.cut(), wire.seen());
        app.db.close().await;
        let early = house.collect_mails();

        house.app.clock.advance(LATER);
        house.work().await;
        house.app.clock.advance(LATER);
        house.work().await;

        let what = format!("{ware:?}, {:?} ({ran:?})", fault(n));
        assert_eq!(house.numbers_used().await, numbers + 1, "{what}: numbers");
        let wanted = match ware {
            Ware::Electronic => Ledger::ELECTRONIC,
            Ware::Paper => Ledger::PAPER,
        };
        assert_eq!(house.ledger(id).await, wanted, "{what}");
        twice += check_mails(&house, ware, early, &what);
        if !cut {
            assert_eq!(ran.unwrap(), if ware == Ware::Paper { 1 } else { 3 });
            check_keys(&house).await;
            println!(
                "{ware:?}, {:?}: a run has {seen} messages; a second copy of the mail went out {twice} times",
                fault(n)
            );
            house.close().await;
            return seen;
        }
    }
}

/// One mail, or a second copy under the same Message-ID where the first one's success was not
/// written down. Returns how many copies were too many.
fn check_mails(house: &House, ware: Ware, early: Vec<String>, what: &str) -> usize {
    let late = house.collect_mails();
    if ware == Ware::Paper {
        assert!(
            early.is_empty() && late.is_empty(),
            "{what}: paper is not mailed"
        );
        return 0;
    }
    assert!(
        early.len() <= 1 && late.len() <= 1,
        "{what}: {early:?} {late:?}"
    );
    let copies = early.len() + late.len();
    assert!(copies >= 1, "{what}: no mail");
    assert!(
        early
            .iter()
            .chain(&late)
            .all(|id| Some(id) == early.iter().chain(&late).next()),
        "{what}: two Message-IDs: {early:?} {late:?}"
    );
    copies - 1
}

/// Every deposit's verifier fits the key that its contractor is shown, and no other.
async fn check_keys(house: &House) {
    let keys = house.keys().await;
    let hashing = house.app.vault.hashing();
    for (number, key) in keys.iter().rev().take(5) {
        let verifier: String =
            sqlx::query_scalar("select verifier from dsure.deposits where number = $1")
                .bind(number)
                .fetch_one(&house.owner)
                .await
                .unwrap();
        let fits = async |key: &str| hashing.verify_key_or_dummy(key, Some(&verifier)).await;
        assert!(fits(key).await.unwrap(), "{number}");
        assert!(!fits(&key.to_ascii_lowercase()).await.unwrap(), "{number}");
    }
}

#[tokio::test]
async fn an_electronic_issue_cut_before_every_message_is_one_issue() {
    let messages = cut_everywhere(Ware::Electronic, Fault::Before).await;
    assert!(messages > 50, "the wire counted only {messages} messages");
}

#[tokio::test]
async fn an_electronic_issue_cut_after_every_message_is_one_issue() {
    let messages = cut_everywhere(Ware::Electronic, Fault::After).await;
    assert!(messages > 50, "the wire counted only {messages} messages");
}

#[tokio::test]
async fn a_paper_issue_cut_at_every_message_is_one_issue() {
    let before = cut_everywhere(Ware::Paper, Fault::Before).await;
    let after = cut_everywhere(Ware::Paper, Fault::After).await;
    assert!(before > 30 && after > 30, "{before} {after}");
}

/// What a sending left: applications with a receipt number, items, entries of history, numbers used.
async fn sendings(house: &House, id: Uuid) -> (i64, i64, i64, i64) {
    sqlx::query_as(
        "select (select count(*) from applications where id = $1 and stage = 'submitted'
                   and receipt_no is not null),
                (select count(*) from application_items where application_id = $1),
                (select count(*) from events where application_id = $1 and kind = 'submitted'),
                (select coalesce(sum(next), 0)::bigint from receipt_counters)",
    )
    .bind(id)
    .fetch_one(&house.owner)
    .await
    .unwrap()
}

async fn cut_sending(fault: fn(usize) -> Fault) -> usize {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let wire = Proxy::open();
    let mut n = 0;
    loop {
        n += 1;
        assert!(n < 500, "a run never ends untouched");
        let (id, revision) = desk.draft(&form).await;
        let (_, _, _, before) = sendings(&house, id).await;
        let app = house.over(wire.db(&house.database, 1));
        wire.arm(fault(n));
        let first = applications::submit(&app, &desk.who, id, revision).await;
        let (cut, seen) = (wire.cut(), wire.seen());
        app.db.close().await;
        let what = format!("{:?}", fault(n));
        // The person sees an error page and presses again; or, all well, presses twice.
        let again = applications::submit(&house.app, &desk.who, id, revision).await;
        let again = again.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(
            matches!(
                (&first, &again),
                (Ok(Sent::Done { .. }), Sent::Already) | (Err(_), _)
            ),
            "{what}: {first:?} then {again:?}"
        );
        let (applications, items, entries, after) = sendings(&house, id).await;
        assert_eq!((applications, items, entries), (1, 1, 1), "{what}");
        // The very first number of a year makes the counter.
        assert_eq!(after - before, if before == 0 { 2 } else { 1 }, "{what}");
        if !cut {
            println!("sending, {what}: a run has {seen} messages");
            house.close().await;
            return seen;
        }
    }
}

#[tokio::test]
async fn a_sending_cut_at_every_message_and_pressed_again_is_one_application() {
    let before = cut_sending(Fault::Before).await;
    let after = cut_sending(Fault::After).await;
    assert!(before > 20 && after > 20, "{before} {after}");
}

#[tokio::test]
async fn a_lost_answer_to_commit_looks_like_an_error_and_is_none() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let wire = Proxy::open();
    let app = house.over(wire.db(&house.database, 1));

    let (id, revision) = desk.draft(&desk.form(Ware::Electronic)).await;
    wire.arm(Fault::LoseCommit);
    let sent = applications::submit(&app, &desk.who, id, revision).await;
    assert!(matches!(sent, Err(AppError::Busy(_))), "{sent:?}");
    assert!(wire.cut());
    let (applications, items, entries, _) = sendings(&house, id).await;
    assert_eq!((applications, items, entries), (1, 1, 1), "it was sent");
    let again = applications::submit(&app, &desk.who, id, revision).await;
    assert!(matches!(again, Ok(Sent::Already)), "{again:?}");

    let product = Ware::Electronic.product();
    let id = desk.approved(&desk.form(Ware::Electronic), product).await;
    let seen = acts::seen(&house.app, &desk.approver, id).await.unwrap();
    wire.arm(Fault::LoseCommit);
    let ordered = examination::order(&app, &desk.approver, &seen, &[product]).await;
    assert!(matches!(ordered, Err(AppError::Busy(_))), "{ordered:?}");
    examination::order(&app, &desk.approver, &seen, &[product])
        .await
        .unwrap();
    house.work().await;
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}

#[tokio::test]
async fn a_database_that_answers_nobody_costs_patience_and_nothing_else() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let wire = Proxy::open();
    let app = house.over(wire.db(&house.database, 2));
    let product = Ware::Electronic.product();
    let (draft, revision) = desk.draft(&desk.form(Ware::Electronic)).await;
    let id = desk.approved(&desk.form(Ware::Electronic), product).await;
    let seen = acts::seen(&house.app, &desk.approver, id).await.unwrap();

    wire.arm(Fault::Refuse);
    let begin = std::time::Instant::now();
    let sent = applications::submit(&app, &desk.who, draft, revision).await;
    assert!(matches!(sent, Err(AppError::Busy(_))), "{sent:?}");
    let ordered = examination::order(&app, &desk.approver, &seen, &[product]).await;
    assert!(matches!(ordered, Err(AppError::Busy(_))), "{ordered:?}");
    assert!(worker::drain(&app, &house.mailer).await.is_err());
    assert!(begin.elapsed().as_secs() < 20, "nobody waits for ever");

    wire.arm(Fault::None);
    let sent = applications::submit(&app, &desk.who, draft, revision).await;
    assert!(matches!(sent, Ok(Sent::Done { .. })), "{sent:?}");
    examination::order(&app, &desk.approver, &seen, &[product])
        .await
        .unwrap();
    worker::drain(&app, &house.mailer).await.unwrap();
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    app.db.close().await;
    house.close().await;
}
