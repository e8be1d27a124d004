//! PostgreSQL stopped, shot and started again under load: what was acknowledged is there, nothing
//! is there twice.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration as Span, Instant};

use akashi::db::{self, Db, Pool};
use akashi::demo::catcher::Catcher;
use akashi::demo::cluster::{Cluster, find_programs};
use akashi::demo::world;
use akashi::services::applications::{self, Sent};
use akashi::services::drafts::{self, Saved};
use akashi::vault::Cost;
use akashi::worker;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use uuid::Uuid;

use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::ledger::Ledger;
use super::house::{House, app, mailer_to};

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let folder = PathBuf::from(format!("/tmp/akashi-it-storm-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn start(data: &Path) -> Cluster {
    let programs = find_programs(None, std::env::var_os("PATH").as_deref()).unwrap();
    let quick = ["fsync=off", "shared_buffers=16MB", "max_connections=50"];
    Cluster::start_with(&programs, data, &quick).unwrap()
}

/// A house on a server of its own.
async fn house_on(cluster: &Cluster, mails: PathBuf) -> House {
    let url = cluster.url("postgres");
    let options = url.parse().unwrap();
    db::migrate(&options).await.unwrap();
    let app = app(Db::shared(Pool::new(options, 8)), Cost::Cheap, true, 4712);
    world::found(&app).await.unwrap();
    let catcher = Catcher::start(([127, 0, 0, 1], 0).into(), mails.clone())
        .await
        .unwrap();
    House {
        app,
        router: axum::Router::new(),
        mailer: mailer_to(catcher.addr()),
        catcher,
        mails,
        owner: super::house::server::owner(&url, 4),
        database: "postgres".to_owned(),
    }
}

/// What people were told.
#[derive(Debug, Default)]
struct Told {
    /// Sent, with the receipt number where one was named.
    sent: Vec<(Uuid, Option<String>)>,
    ordered: Vec<Uuid>,
    accidents: usize,
}

/// Keeps at one step until it is acknowledged, as a person presses again.
macro_rules! insist {
    ($told:ident, $step:expr) => {
        loop {
            match $step.await {
                Ok(done) => break Ok(done),
                Err(akashi::error::AppError::Conflict(words)) => break Err(words),
                Err(_) => {
                    $told.accidents += 1;
                    sleep(Span::from_millis(20)).await;
                }
            }
        }
    };
}

/// A contractor who drafts and sends until told to rest; hands what was sent to the branch.
async fn send_on(house: Arc<House>, rest: Arc<AtomicBool>, hand: mpsc::Sender<Uuid>) -> Told {
    let mut told = Told::default();
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    while !rest.load(Ordering::SeqCst) {
        let id = house.app.chance.id(house.app.clock.now());
        let saved = insist!(told, drafts::save(&house.app, &desk.who, id, None, &form));
        let Ok(Saved::At { revision, .. }) = saved else {
            panic!("a draft was not saved: {saved:?}");
        };
        let sent = insist!(
            told,
            applications::submit(&house.app, &desk.who, id, revision)
        );
        match sent {
            Ok(Sent::Done { receipt_no }) => told.sent.push((id, Some(receipt_no))),
            Ok(Sent::Already) => told.sent.push((id, None)),
            other => panic!("not sent: {other:?}"),
        }
        hand.send(id).await.unwrap();
    }
    told
}

/// The branch: examines, approves and orders what is handed over. A step whose answer was lost
/// meets itself as a conflict.
async fn examine_on(house: Arc<House>, mut hand: mpsc::Receiver<Uuid>) -> Told {
    let mut told = Told::default();
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    while let Some(id) = hand.recv().await {
        let (app, clerk, approver) = (&house.app, &desk.clerk, &desk.approver);
        let _ = insist!(told, acts::take_up(app, clerk, id));
        let _ = insist!(told, acts::pass_on(app, clerk, id, product));
        let _ = insist!(told, acts::approve(app, approver, id, product));
        insist!(told, acts::order(app, approver, id, product)).unwrap();
        told.ordered.push(id);
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_the_database_the_acknowledged_is_there_once() {
    let scratch = Scratch::new();
    let data = scratch.0.join("data");
    let mut cluster = start(&data);
    let house = Arc::new(house_on(&cluster, scratch.0.join("mails")).await);

    let rest = Arc::new(AtomicBool::new(false));
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(worker::run(
        house.app.clone(),
        house.mailer.clone(),
        stopping.clone(),
    ));
    let second = tokio::spawn(worker::run(
        house.app.clone(),
        house.mailer.clone(),
        stopping,
    ));
    // Back-offs pass forty times as fast as on the wall.
    let clock = house.app.clock.clone();
    let ticking = tokio::spawn(async move {
        loop {
            sleep(Span::from_millis(25)).await;
            clock.advance(Duration::seconds(1));
        }
    });
    let (hand, take) = mpsc::channel(100);
    let branch = tokio::spawn(examine_on(house.clone(), take));
    let contractors: Vec<_> = (0..3)
        .map(|_| tokio::spawn(send_on(house.clone(), rest.clone(), hand.clone())))
        .collect();
    drop(hand);

    for round in 0..4 {
        sleep(Span::from_millis(700)).await;
        if round % 2 == 0 {
            cluster.stop().unwrap();
        } else {
            kill(Pid::from_raw(cluster.pid().cast_signed()), Signal::SIGKILL).unwrap();
            drop(cluster);
        }
        sleep(Span::from_millis(300)).await;
        cluster = start(&data);
    }
    sleep(Span::from_millis(300)).await;
    rest.store(true, Ordering::SeqCst);
    let mut told = Told::default();
    for contractor in contractors {
        let one = contractor.await.unwrap();
        told.sent.extend(one.sent);
        told.accidents += one.accidents;
    }
    let branch = branch.await.unwrap();
    told.accidents += branch.accidents;
    told.ordered = branch.ordered;

    let begin = Instant::now();
    while house
        .ask::<i64>("select count(*) from jobs where state = 'ready'")
        .await
        > 0
    {
        assert!(
            begin.elapsed() < Span::from_secs(30),
            "the queue never empties"
        );
        sleep(Span::from_millis(50)).await;
    }
    stop.send(true).unwrap();
    working.await.unwrap();
    second.await.unwrap();
    ticking.abort();

    println!(
        "{} sent, {} ordered, {} accidents seen by people",
        told.sent.len(),
        told.ordered.len(),
        told.accidents
    );
    assert!(told.accidents > 0, "the storm passed unnoticed");
    assert!(told.sent.len() >= 10 && told.ordered.len() == told.sent.len());
    for (id, receipt) in &told.sent {
        let kept: String = sqlx::query_scalar(
            "select receipt_no from applications where id = $1 and sent_at is not null",
        )
        .bind(id)
        .fetch_one(&house.owner)
        .await
        .unwrap();
        assert!(receipt.as_ref().is_none_or(|receipt| *receipt == kept));
    }
    for id in &told.ordered {
        assert_eq!(house.ledger(*id).await, Ledger::ELECTRONIC);
    }
    let issued = i64::try_from(told.ordered.len()).unwrap();
    assert_eq!(house.numbers_used().await, issued, "no number is burnt");
    assert_eq!(
        house.ask::<i64>("select count(*) from guarantees").await,
        issued
    );
    assert_eq!(
        house.ask::<i64>("select count(*) from applications").await,
        issued
    );
    assert_eq!(
        house
            .ask::<i64>("select count(*) from jobs where state = 'buried'")
            .await,
        0
    );
    // A letter whose success could not be written down goes out once more, under its own name.
    let mut mails = house.collect_mails();
    mails.sort();
    mails.dedup();
    assert_eq!(i64::try_from(mails.len()).unwrap(), issued);

    house.owner.close().await;
    house.app.db.close().await;
    cluster.stop().unwrap();
}

#[tokio::test]
async fn what_the_database_cannot_just_now_is_asked_for_again_later() {
    let house = House::new().await;
    for (code, later) in [
        ("53100", true), // the disk is full
        ("53300", true), // too many connections
        ("57P01", true), // stopped by its administrator
        ("58030", true), // the disk does not answer
        ("23505", false),
        ("22001", false),
    ] {
        let sql = format!("do $$ begin raise exception using errcode = '{code}'; end $$");
        let failed = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&house.owner);
        let error = akashi::error::AppError::from(failed.await.unwrap_err());
        let busy = matches!(error, akashi::error::AppError::Busy(_));
        assert_eq!(busy, later, "{code}: {error}");
    }
    house.close().await;
}

/// The server was started anew overnight: whoever comes first in the morning sees a page.
#[tokio::test]
async fn connections_that_broke_while_they_rested_cost_nobody_a_page() {
    let house = House::new().await;
    let mut visitor = house.contractor("minato.soumu").await;
    assert_eq!(visitor.get("/netdesk/guarantees").await.status, 200);
    sleep(Span::from_millis(1_100)).await;
    let ended: i64 = house
        .ask(
            "select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await;
    assert!(ended >= 2, "nothing was connected");
    assert_eq!(visitor.get("/netdesk/guarantees").await.status, 200);
    house.close().await;
}
