//! The mail server down, slow, refusing, gone: the guarantee never waits, the letter does.

mod letters;

use std::time::{Duration as Span, Instant};

use akashi::db::jobs;
use akashi::demo::catcher::Behaviour;
use akashi::worker;
use time::Duration;
use tokio::sync::watch;

use super::house::desk::{Desk, Ware};
use super::house::ledger::Ledger;
use super::house::{House, mailer_to, patient_mailer_to};

const LATER: Duration = Duration::minutes(10);

/// State, attempts and reason of the one letter about an issue.
async fn letter(house: &House) -> (String, i32, Option<String>) {
    sqlx::query_as("select state, attempts, last_error from jobs where kind = 'mail_issued'")
        .fetch_one(&house.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_server_that_is_down_slow_or_busy_gets_the_letter_later_and_once() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let product = Ware::Electronic.product();
    for (behaviour, copies) in [
        (Behaviour::RefuseConnections, 1),
        (Behaviour::CloseAtConnect, 1),
        (Behaviour::Greet421, 1),
        // Refusals of us, not of the recipient: a person mends them, and the letter has waited.
        (Behaviour::Greet554, 1),
        (Behaviour::Sender5xx, 1),
        (Behaviour::Reply4xx, 1),
        (Behaviour::Data4xx, 1),
        (Behaviour::Babble, 1),
        // Beyond the mailer's patience of two seconds.
        (Behaviour::Silent, 1),
        // It has the letter, and nobody knows: one more copy cannot be helped.
        (Behaviour::DropAfterData, 2),
        (Behaviour::StallAfterData(Span::from_secs(4)), 2),
    ] {
        house.catcher.behave(behaviour).await;
        let id = desk.ordered(&form, product).await;
        // A mailer of its own: an open connection of an earlier round would hide a closed door.
        let mailer = mailer_to(house.catcher.addr());
        worker::drain(&house.app, &mailer).await.unwrap();
        // The guarantee does not wait for the post.
        assert!(desk.number(id, product).await.is_some(), "{behaviour:?}");
        let waiting = house.ledger(id).await;
        assert_eq!(
            (waiting.mail_jobs, waiting.mail_sent_events),
            (1, 0),
            "{behaviour:?}"
        );
        let reason: String = house
            .ask("select last_error from jobs where kind = 'mail_issued' and state = 'ready'")
            .await;
        assert!(!reason.is_empty(), "{behaviour:?}");

        house.catcher.behave(Behaviour::Normal).await;
        house.app.clock.advance(LATER);
        house.work().await;
        let mails = house.collect_mails();
        assert_eq!(mails.len(), copies, "{behaviour:?}");
        assert!(
            mails.iter().all(|id| *id == mails[0]),
            "{behaviour:?}: {mails:?}"
        );
        assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC, "{behaviour:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_silent_mail_server_holds_up_no_issue() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    house.catcher.behave(Behaviour::Silent).await;
    // Longer than this test: the first letter hangs all the while.
    let mailer = patient_mailer_to(house.catcher.addr(), Span::from_secs(60));
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(worker::run(house.app.clone(), mailer, stopping));
    for _ in 0..3 {
        let id = desk.ordered(&desk.form(Ware::Electronic), product).await;
        let begin = Instant::now();
        while desk.number(id, product).await.is_none() {
            assert!(
                begin.elapsed() < Span::from_secs(10),
                "the issue waits behind a letter"
            );
            tokio::time::sleep(Span::from_millis(20)).await;
        }
    }
    stop.send(true).unwrap();
    house.catcher.behave(Behaviour::Normal).await;
    working.await.unwrap();
    house.app.clock.advance(LATER);
    house.work().await;
    assert_eq!(house.collect_mails().len(), 3);
    house.close().await;
}

#[tokio::test]
async fn a_refused_letter_is_buried_with_its_reason_and_can_be_run_again() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let admin = house.staff("honsha.admin").await;
    let other = house.staff("kita.admin").await;
    let product = Ware::Electronic.product();
    for behaviour in [Behaviour::Reply5xx, Behaviour::Data5xx] {
        house.catcher.behave(behaviour).await;
        let id = desk.ordered(&desk.form(Ware::Electronic), product).await;
        house.work().await;
        assert!(
            desk.number(id, product).await.is_some(),
            "it is issued all the same"
        );

        let mut tx = house.app.db.begin(&admin.scope()).await.unwrap();
        let buried = jobs::buried(&mut tx, admin.surety()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(buried.len(), 1, "{behaviour:?}");
        let reason = buried[0].last_error.clone().unwrap();
        assert!(reason.contains("55"), "{behaviour:?}: {reason}");
        let failed: i64 = house
            .ask("select count(*) from events where kind = 'mail_failed' and not shown")
            .await;
        assert!(failed >= 1);

        let mut tx = house.app.db.begin(&other.scope()).await.unwrap();
        let theirs = jobs::buried(&mut tx, other.surety()).await.unwrap();
        assert!(theirs.is_empty(), "another surety's");
        let now = house.app.clock.now();
        let dug = jobs::again(&mut tx, admin.surety(), buried[0].id, now).await;
        assert!(
            !dug.unwrap(),
            "another surety's administrator digs nothing up"
        );
        tx.commit().await.unwrap();

        house.catcher.behave(Behaviour::Normal).await;
        house.app.clock.advance(LATER);
        house.work().await;
        assert!(house.collect_mails().is_empty(), "buried letters rest");
        let mut tx = house.app.db.begin(&admin.scope()).await.unwrap();
        let now = house.app.clock.now();
        assert!(
            jobs::again(&mut tx, admin.surety(), buried[0].id, now)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        house.work().await;
        assert_eq!(house.collect_mails().len(), 1, "{behaviour:?}");
        assert_eq!(house.ledger(id).await, Ledger::ELECTRONIC);
    }
    house.close().await;
}

#[tokio::test]
async fn a_server_that_never_comes_back_buries_the_letter_after_a_day() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    house.catcher.behave(Behaviour::RefuseConnections).await;
    desk.issued(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let begin = house.app.clock.now();
    let mut tries = 1;
    while letter(&house).await.0 == "ready" {
        let next: time::OffsetDateTime = house
            .ask("select run_at from jobs where state = 'ready'")
            .await;
        let wait = next - house.app.clock.now();
        assert!(
            wait > Duration::ZERO && wait <= Duration::hours(1),
            "{wait}"
        );
        house.app.clock.advance(wait);
        house.work().await;
        tries += 1;
        assert!(tries < 50, "it is tried for ever");
    }
    let (state, attempts, reason) = letter(&house).await;
    assert_eq!((state.as_str(), attempts), ("buried", tries));
    let held = house.app.clock.now() - begin;
    assert!(
        held >= Duration::hours(23) && held <= Duration::hours(25),
        "held on to for {held}"
    );
    assert!(reason.is_some_and(|reason| !reason.is_empty()));
    house.tear_down().await;
}

#[tokio::test]
async fn a_mail_server_that_knows_no_sign_in_is_a_matter_of_settings_not_of_the_letter() {
    use akashi::mail::{Guard, Letter, MailSettings, Mailer};
    let house = House::new().await;
    let mailer = Mailer::new(&MailSettings {
        host: house.catcher.addr().ip().to_string(),
        port: house.catcher.addr().port(),
        guard: Guard::Plain,
        login: Some(("akashi".to_owned(), "wrong".to_owned().into())),
        from: "no-reply@akashi.example".to_owned(),
        timeout: Span::from_secs(2),
    })
    .unwrap();
    let letter = Letter {
        to: "soumu@minato.example".to_owned(),
        subject: "件名".to_owned(),
        body: "本文".to_owned(),
    };
    let now = house.app.clock.now();
    let sent = mailer.send(&letter, uuid::Uuid::nil(), now).await;
    assert!(sent.is_err_and(|error| !error.is_permanent()));
    assert!(house.caught().is_empty());
    house.close().await;
}

#[tokio::test]
async fn a_letter_that_cannot_be_written_is_buried_and_holds_up_nobody() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    house.catcher.behave(Behaviour::RefuseConnections).await;
    let (broken, _) = desk.issued(&desk.form(Ware::Electronic), product).await;
    sqlx::query(
        "update applications set content = jsonb_build_object('information', 7) where id = $1",
    )
    .bind(broken)
    .execute(&house.owner)
    .await
    .unwrap();
    house.catcher.behave(Behaviour::Normal).await;
    let (_, number) = desk.issued(&desk.form(Ware::Electronic), product).await;
    for _ in 0..14 {
        house.app.clock.advance(Duration::hours(7));
        let worked = tokio::time::timeout(Span::from_secs(10), house.work()).await;
        assert!(worked.is_ok(), "the worker turns in a circle");
    }
    let mails = house.caught();
    assert_eq!(mails.len(), 1);
    assert!(
        letters::open(&mails[0])
            .body_text(0)
            .unwrap()
            .contains(&number)
    );
    let buried: i64 = house
        .ask("select count(*) from jobs where state = 'buried' and last_error <> ''")
        .await;
    assert_eq!(buried, 1);
    house.tear_down().await;
}

#[tokio::test]
async fn a_changed_password_is_told_to_its_owner_without_any_secret() {
    use akashi::services::accounts::DEMO_PASSWORD;
    use akashi::services::accounts::password::{self, PasswordChange};
    const NEW: &str = "もっと長い合い言葉をここに書く";
    let house = House::new().await;
    let user = house.user("minato.soumu").await;
    let clerk = house.staff("kanagawa.clerk").await;
    let changed = password::change_password(&house.app, &user, DEMO_PASSWORD, NEW).await;
    assert!(matches!(changed, Ok(PasswordChange::Done(_))));
    house.work().await;
    let changed = password::change_password(&house.app, &clerk, DEMO_PASSWORD, NEW).await;
    assert!(matches!(changed, Ok(PasswordChange::Done(_))));
    house.work().await;
    let mails = house.mails().await;
    assert_eq!(mails.len(), 2);
    for (mail, words) in mails.iter().zip([
        [
            "soumu@minato.example",
            "minato.soumu",
            "神奈川支店（TEL 045-000-0000）",
        ],
        ["kanagawa.clerk", "kanagawa.clerk", "システムの管理者"],
    ]) {
        assert_eq!(mail.summary.subject, "パスワード変更のお知らせ");
        assert!(mail.summary.to.contains(words[0]), "{}", mail.summary.to);
        for word in [
            words[1],
            words[2],
            "2026/07/02 14:30",
            "お心当たりのないときは",
        ] {
            assert!(mail.body.contains(word), "{word}: {}", mail.body);
        }
        for secret in [NEW, DEMO_PASSWORD, "http"] {
            assert!(!mail.body.contains(secret), "{}", mail.body);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn nobody_hears_of_an_issue_before_its_deposit() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    let id = desk.ordered(&desk.form(Ware::Electronic), product).await;
    // T1 alone: the deposit's job is taken out of the worker's sight.
    let mut seen = 0;
    sqlx::query(
        "create function later() returns trigger language plpgsql as $$
         begin if new.kind = 'deposit' then new.run_at := new.run_at + interval '1 hour'; end if;
         return new; end $$",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    sqlx::query("create trigger later before insert on jobs for each row execute function later()")
        .execute(&house.owner)
        .await
        .unwrap();
    house.work().await;
    let between = house.ledger(id).await;
    assert_eq!(
        (between.certificates, between.keys, between.deposits),
        (1, 1, 0)
    );
    assert_eq!(
        (between.mail_jobs, between.issued_events),
        (0, 0),
        "T1 writes to nobody"
    );
    assert_eq!(house.caught().len(), seen);
    assert_eq!(
        desk.number(id, product).await,
        None,
        "发行手続中 has no number for people"
    );
    house.app.clock.advance(Duration::hours(2));
    house.work().await;
    seen += 1;
    assert_eq!(house.caught().len(), seen);
    let (deposited, mailed): (bool, bool) = sqlx::query_as(
        "select m.created_at = d.deposited_at, m.created_at >= e.at
         from jobs m, dsure.deposits d, events e where m.kind = 'mail_issued' and e.kind = 'issued'",
    )
    .fetch_one(&house.owner)
    .await
    .unwrap();
    assert!(deposited && mailed, "the letter is caused by the deposit");
    house.close().await;
}

#[tokio::test]
async fn t26_who_does_not_want_mail_gets_none_and_finds_the_key_in_net_desk() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("notify", "no");
    let (id, number) = desk.issued(&form, Ware::Electronic.product()).await;
    let (_, _) = desk
        .issued(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    assert!(house.caught().is_empty());
    let key = desk.key(&number).await;
    assert_eq!(desk.opens(&number, &key).await, Some(1));
    assert_eq!(
        house.ledger(id).await,
        Ledger {
            mail_jobs: 0,
            mail_sent_events: 0,
            ..Ledger::ELECTRONIC
        }
    );
    house.close().await;
}
