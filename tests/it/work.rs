//! Buttons pressed twice, people and workers at once, workers that die: one of everything.

use std::time::{Duration as Span, Instant};

use akashi::db::{Db, Pool};
use akashi::demo::catcher::Behaviour;
use akashi::error::AppError;
use akashi::worker;
use time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::ledger::Ledger;
use super::house::{House, mailer_to, server};

/// Longer than any lease and any back-off of a first failure.
const LATER: Duration = Duration::minutes(10);

async fn events(house: &House, kind: &str) -> i64 {
    sqlx::query_scalar("select count(*) from events where kind = $1")
        .bind(kind)
        .fetch_one(&house.owner)
        .await
        .unwrap()
}

/// Waits until something holds, at most ten seconds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < Span::from_secs(10), "never: {what}");
        tokio::time::sleep(Span::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t29_approving_and_ordering_in_many_windows_at_once_is_done_once() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let head = house.staff("honsha.approver").await;
    let product = Ware::Electronic.product();
    let id = desk.examined(&desk.form(Ware::Electronic), product).await;

    let mut windows = JoinSet::new();
    for window in 0..8 {
        let who = if window % 2 == 0 {
            &desk.approver
        } else {
            &head
        };
        let (app, who) = (house.app.clone(), who.clone());
        windows.spawn(async move { acts::approve(&app, &who, id, product).await });
    }
    let answers = windows.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers {
        assert!(
            answer.is_ok()
                || matches!(&answer, Err(AppError::Conflict(words)) if words.contains("承認済")),
            "{answer:?}"
        );
    }
    assert_eq!(events(&house, "approved").await, 1);

    let mut windows = JoinSet::new();
    for window in 0..8 {
        let who = if window % 2 == 0 {
            &desk.approver
        } else {
            &head
        };
        let (app, who) = (house.app.clone(), who.clone());
        windows.spawn(async move { acts::order(&app, &who, id, product).await });
    }
    for answer in windows.join_all().await {
        answer.unwrap();
    }
    assert_eq!(events(&house, "ordered").await, 1);

    let mut workers = JoinSet::new();
    for _ in 0..3 {
        let (app, mailer) = (house.app.clone(), house.mailer.clone());
        workers.spawn(async move { worker::drain(&app, &mailer).await });
    }
    for ran in workers.join_all().await {
        ran.unwrap();
    }
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    assert_eq!(house.collect_mails().len(), 1);

    // Pressed once more when all is over.
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_share_many_orders_and_repeat_none() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut orders = Vec::new();
    for ware in [Ware::Electronic, Ware::Paper].into_iter().cycle().take(12) {
        let form = desk.form(ware);
        orders.push((ware, desk.ordered(&form, ware.product()).await));
    }
    let mut workers = JoinSet::new();
    for _ in 0..2 {
        let (app, mailer) = (house.app.clone(), house.mailer.clone());
        workers.spawn(async move { worker::drain(&app, &mailer).await });
    }
    for ran in workers.join_all().await {
        ran.unwrap();
    }
    for (ware, id) in orders {
        let wanted = match ware {
            Ware::Electronic => Ledger::ELECTRONIC,
            Ware::Paper => Ledger::PAPER,
        };
        assert_eq!(house.ledger(id).await, wanted, "{ware:?}");
    }
    assert_eq!(house.numbers_used().await, 12);
    let mut mails = house.collect_mails();
    assert_eq!(mails.len(), 6);
    mails.dedup();
    assert_eq!(mails.len(), 6, "each has a Message-ID of its own");
    house.close().await;
}

/// A worker with threads and connections of its own, killed with all it has in hand.
struct Doomed(tokio::runtime::Runtime);

impl Doomed {
    fn start(house: &House) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (url, smtp) = (server::url(&house.database), house.catcher.addr());
        let app = house.app.clone();
        runtime.spawn(async move {
            let pool = Pool::new(url.parse().unwrap(), 2);
            let app = akashi::app::App {
                db: Db::shared(pool),
                ..app
            };
            // More patient than the test: it dies waiting.
            let mailer = mailer_to(smtp);
            let _ = worker::drain(&app, &mailer).await;
        });
        Self(runtime)
    }

    fn kill(self) {
        self.0.shutdown_background();
    }
}

async fn leased(house: &House) -> bool {
    house
        .ask::<bool>("select exists (select from jobs where kind = 'mail_issued' and attempts = 1)")
        .await
}

#[tokio::test]
async fn a_worker_killed_before_the_letter_leaves_sends_it_once_after_the_lease() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk
        .ordered(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    house.catcher.behave(Behaviour::Silent).await;
    let worker = Doomed::start(&house);
    until("the letter is leased", async || leased(&house).await).await;
    worker.kill();
    house.catcher.behave(Behaviour::Normal).await;

    house.work().await;
    assert!(house.collect_mails().is_empty(), "the lease still runs");
    house.app.clock.advance(LATER);
    house.work().await;
    assert_eq!(house.collect_mails().len(), 1);
    house.app.clock.advance(LATER);
    house.work().await;
    assert!(house.collect_mails().is_empty(), "and never again");
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}

#[tokio::test]
async fn a_worker_killed_after_the_server_took_the_letter_sends_one_more_copy_under_the_same_id() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk
        .ordered(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    house
        .catcher
        .behave(Behaviour::StallAfterData(Span::from_secs(30)))
        .await;
    let worker = Doomed::start(&house);
    until("the server has the mail", async || {
        !house.caught().is_empty()
    })
    .await;
    worker.kill();
    house.catcher.behave(Behaviour::Normal).await;
    let first = house.collect_mails();

    house.work().await;
    assert!(house.collect_mails().is_empty(), "the lease still runs");
    for _ in 0..3 {
        house.app.clock.advance(LATER);
        house.work().await;
    }
    assert_eq!(
        house.collect_mails(),
        first,
        "one more copy, the same Message-ID"
    );
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_send_a_slow_letter_once() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    house
        .catcher
        .behave(Behaviour::Slow(Span::from_millis(100)))
        .await;
    let id = desk
        .ordered(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let mut workers = JoinSet::new();
    for _ in 0..3 {
        let (app, mailer) = (house.app.clone(), house.mailer.clone());
        workers.spawn(async move { worker::drain(&app, &mailer).await });
    }
    workers.join_all().await;
    assert_eq!(house.collect_mails().len(), 1);
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}

#[tokio::test]
async fn a_worker_told_to_stop_finishes_the_letter_in_its_hands() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    house
        .catcher
        .behave(Behaviour::Slow(Span::from_millis(100)))
        .await;
    let id = desk
        .ordered(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let (stop, stopping) = watch::channel(false);
    let running = tokio::spawn(worker::run(
        house.app.clone(),
        house.mailer.clone(),
        stopping,
    ));
    until("the letter is leased", async || leased(&house).await).await;
    stop.send(true).unwrap();
    tokio::time::timeout(Span::from_secs(4), running)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(house.collect_mails().len(), 1);
    assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    house.close().await;
}
