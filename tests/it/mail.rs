//! The mail server down, slow, refusing, gone; and the letters themselves, read by a second parser.

use std::time::Duration as Span;

use akashi::db::{Scope, jobs};
use akashi::demo::catcher::Behaviour;
use akashi::services::{drafts, examination};
use akashi::worker;
use mail_parser::{Message, MessageParser};
use time::Duration;

use super::house::desk::{Desk, Ware};
use super::house::ledger::Ledger;
use super::house::{House, mailer_to};

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
async fn a_server_that_never_comes_back_buries_the_letter_after_its_attempts() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    house.catcher.behave(Behaviour::RefuseConnections).await;
    desk.issued(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let mut tries = 1;
    while letter(&house).await.0 == "ready" {
        let next: time::OffsetDateTime = house
            .ask("select run_at from jobs where state = 'ready'")
            .await;
        let wait = next - house.app.clock.now();
        assert!(
            wait > Duration::ZERO && wait <= Duration::hours(6),
            "{wait}"
        );
        house.app.clock.advance(wait);
        house.work().await;
        tries += 1;
        assert!(tries < 50, "it is tried for ever");
    }
    let (state, attempts, reason) = letter(&house).await;
    assert_eq!((state.as_str(), attempts, tries), ("buried", 12, 12));
    assert!(reason.is_some_and(|reason| !reason.is_empty()));
    house.tear_down().await;
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
    assert!(open(&mails[0]).body_text(0).unwrap().contains(&number));
    let buried: i64 = house
        .ask("select count(*) from jobs where state = 'buried' and last_error <> ''")
        .await;
    assert_eq!(buried, 1);
    house.tear_down().await;
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
async fn who_does_not_want_mail_gets_none() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("notify", "no");
    let (id, _) = desk.issued(&form, Ware::Electronic.product()).await;
    let (_, _) = desk
        .issued(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    assert!(house.caught().is_empty());
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

fn open(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

#[tokio::test]
async fn the_letter_reads_right_in_another_parser() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let works = "\u{FA19}田橋・髙﨑\u{FA11}𠮷㈱～〜補修工事（第２工区）";
    let mut form = desk.form(Ware::Electronic);
    form.set("works_name", works);
    form.set("department", "総務部\u{FA19}課");
    form.set("person", "髙橋 𠮷子");
    let (_, number) = desk.issued(&form, Ware::Electronic.product()).await;
    let mails = house.caught();
    assert_eq!(mails.len(), 1);
    let mail = open(&mails[0]);
    assert_eq!(
        mail.subject(),
        Some("電子保証（認証キー）発行完了のお知らせ")
    );
    let to = mail.to().unwrap().clone().into_list();
    assert_eq!(to.len(), 1);
    assert_eq!(to[0].address.as_deref(), Some("soumu@minato.example"));
    assert_eq!(to[0].name, None, "nobody's name in a header");
    assert!(mail.cc().is_none() && mail.bcc().is_none() && mail.reply_to().is_none());
    let from = mail.from().unwrap().clone().into_list();
    assert_eq!(from[0].address.as_deref(), Some("no-reply@akashi.example"));
    assert_eq!(
        mail.date().unwrap().to_timestamp(),
        house.app.clock.now().unix_timestamp()
    );
    let job: uuid::Uuid = house
        .ask("select id from jobs where kind = 'mail_issued'")
        .await;
    assert_eq!(
        mail.message_id(),
        Some(format!("{job}@akashi.example").as_str())
    );
    let body = mail.body_text(0).unwrap();
    for words in [
        works,
        "みなと建設株式会社　総務部\u{FA19}課　髙橋 𠮷子 様",
        "前払金保証",
        "みなと野市長",
        "2026/07/02 14:30",
        number.as_str(),
        "http://127.0.0.1:8080/netdesk/guarantees/",
        "神奈川支店",
        "045-000-0000",
    ] {
        assert!(body.contains(words), "{words} is not in\n{body}");
    }
    // What travels is ASCII in lines that every server carries.
    assert!(mails[0].is_ascii());
    assert!(
        mails[0]
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= 998)
    );
    house.close().await;
}

#[tokio::test]
async fn no_key_is_in_any_letter_and_each_letter_has_one_reader() {
    let house = House::new().await.with_stories().await;
    let desk = Desk::at(&house).await;
    for _ in 0..5 {
        desk.issued(&desk.form(Ware::Electronic), Ware::Electronic.product())
            .await;
    }
    let keys = house.keys().await;
    let mails = house.caught();
    assert!(
        keys.len() >= 8 && mails.len() >= 8,
        "{} {}",
        keys.len(),
        mails.len()
    );
    for bytes in &mails {
        let mail = open(bytes);
        let raw = String::from_utf8(bytes.clone()).unwrap();
        let text = format!(
            "{}\n{}\n{raw}",
            mail.subject().unwrap(),
            mail.body_text(0).unwrap()
        );
        for (number, key) in &keys {
            let spaced = format!("{} {} {}", &key[..4], &key[4..8], &key[8..]);
            assert!(
                !text.contains(key) && !text.contains(&spaced),
                "{number}'s key is in a mail"
            );
        }
        assert_eq!(mail.to().unwrap().clone().into_list().len(), 1);
        assert!(mail.cc().is_none() && mail.bcc().is_none());
    }
    // The rows of the queue hold no key either, nor does history.
    for table in ["jobs", "events", "applications", "guarantees"] {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select t::text from {table} t"
        )))
        .fetch_all(&house.owner)
        .await
        .unwrap();
        assert!(!rows.is_empty());
        for (number, key) in &keys {
            assert!(
                !rows.iter().any(|row| row.contains(key)),
                "{number}'s key is in {table}"
            );
        }
    }
    house.close().await;
}

#[tokio::test]
async fn an_address_with_a_line_break_cannot_come_in_and_could_not_leave() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    for typed in [
        "soumu@minato.example\r\nBcc: everybody@minato.example",
        "soumu@minato.example\nx",
        "soumu@minato.example, other@minato.example",
        "総務 <soumu@minato.example>",
        "soumu@minato\u{2028}.example",
    ] {
        let mut form = desk.form(Ware::Electronic);
        form.set("email", typed);
        let checked = akashi::services::applications::check(&house.app, &desk.who, &form)
            .await
            .unwrap();
        let problem = checked
            .problems()
            .into_iter()
            .find(|fault| fault.field.id() == "email");
        let problem = problem.unwrap_or_else(|| panic!("{typed:?} was taken"));
        assert!(
            problem.sentence.contains("メールアドレス"),
            "{}",
            problem.sentence
        );
        // The draft keeps what was typed.
        let (id, _) = desk.draft(&form).await;
        let kept = drafts::open(&house.app, &desk.who, id).await.unwrap();
        assert_eq!(kept.form.get("email"), typed);
    }
    // Poisoned behind the house's back: buried, and nobody else waits.
    let id = desk
        .approved(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    sqlx::query(
        "update applications set content = jsonb_set(content, '{information,email}',
           to_jsonb(E'soumu@minato.example\\r\\nBcc: all@minato.example'::text)) where id = $1",
    )
    .bind(id)
    .execute(&house.owner)
    .await
    .unwrap();
    examination::order(&house.app, &desk.approver, id, Ware::Electronic.product())
        .await
        .unwrap();
    desk.issued(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let mails = house.caught();
    assert_eq!(mails.len(), 1);
    assert!(!String::from_utf8_lossy(&mails[0]).contains("Bcc"));
    let mut tx = house.app.db.begin(&Scope::Worker).await.unwrap();
    let surety = desk.who.surety();
    let buried = jobs::buried(&mut tx, surety).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(buried.len(), 1);
    house.tear_down().await;
}
