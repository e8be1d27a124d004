//! Nothing waits for ever: statements, locks and idle transactions end on the server, jobs end in the
//! worker, and a person who had to wait too long is told so.

use std::time::{Duration as Span, Instant};

use akashi::app::App;
use akashi::db::{Scope, Site};
use akashi::worker;

use super::gatehouse::Gatehouse;
use super::house::House;
use super::house::desk::{Desk, Ware};

async fn limits_hold(app: &App) {
    for scope in [
        Scope::Gate(Site::Netdesk),
        Scope::Gate(Site::Office),
        Scope::Gate(Site::Dsure),
        Scope::Worker,
    ] {
        let mut tx = app.db.begin(&scope).await.unwrap();
        let told: String = sqlx::query_scalar(
            "select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
               current_setting('idle_in_transaction_session_timeout'))",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        assert_eq!(told, "10s 3s 15s", "{scope:?}");
    }
    // Also without a transaction, where sessions are looked up.
    let told: String = app
        .db
        .gate(Site::Dsure)
        .ask(async |conn| {
            let asked = sqlx::query_scalar("select current_setting('statement_timeout')");
            asked.fetch_one(conn).await
        })
        .await
        .unwrap();
    assert_eq!(told, "10s");
}

#[tokio::test]
async fn time_outs_hold_with_one_login_and_with_one_per_role() {
    let house = House::new().await;
    limits_hold(&house.app).await;
    house.close().await;
    let house = Gatehouse::open("timeouts").await;
    limits_hold(&house.app).await;
}

#[tokio::test]
async fn a_lock_held_too_long_is_said_and_nothing_is_lost() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.form(Ware::Electronic)).await;
    let mut visitor = house.contractor("minato.soumu").await;
    visitor.post("/netdesk/terms", &[("version", "1")]).await;
    let mut holder = house.owner.begin().await.unwrap();
    sqlx::query("select 1 from applications where id = $1 for update")
        .bind(id)
        .execute(&mut *holder)
        .await
        .unwrap();
    let begin = Instant::now();
    let withdrawal = format!("/netdesk/applications/{id}/withdrawal");
    let page = tokio::time::timeout(Span::from_secs(15), visitor.post(&withdrawal, &[]));
    let page = page.await.expect("a lock is waited for without end");
    page.is(503);
    assert!(page.text().contains("数分おいてから"), "{}", page.text());
    let took = begin.elapsed();
    assert!(
        took > Span::from_secs(2) && took < Span::from_secs(5),
        "{took:?}"
    );
    holder.rollback().await.unwrap();
    visitor.post(&withdrawal, &[]).await.is(303);
    house.close().await;
}

#[tokio::test]
async fn a_job_that_hangs_is_let_go_and_tried_again() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    let id = desk.ordered(&desk.form(Ware::Electronic), product).await;
    let mut holder = house.owner.begin().await.unwrap();
    sqlx::query("select 1 from application_items where application_id = $1 for update")
        .bind(id)
        .execute(&mut *holder)
        .await
        .unwrap();
    let begin = Instant::now();
    let short = Span::from_millis(300);
    let drained = worker::drain_within(&house.app, &house.mailer, short);
    tokio::time::timeout(Span::from_secs(60), drained)
        .await
        .expect("the worker waits without end")
        .unwrap();
    assert!(
        // The server notices a little later that nobody waits any more.
        begin.elapsed() < Span::from_secs(8),
        "{:?}",
        begin.elapsed()
    );
    let reason: String = house
        .ask(
            "select last_error from jobs where kind = 'issue' and attempts = 1 and state = 'ready'",
        )
        .await;
    assert!(reason.contains("in time"), "{reason}");
    holder.rollback().await.unwrap();
    house.app.clock.advance(time::Duration::minutes(1));
    house.work().await;
    assert!(desk.number(id, product).await.is_some());
    house.close().await;
}
