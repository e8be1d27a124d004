//! The letters themselves, read by a second parser: who gets them, what they say and never say.

use akashi::db::{Scope, jobs};
use akashi::services::drafts;
use mail_parser::{Message, MessageParser};

use super::super::house::House;
use super::super::house::acts;
use super::super::house::desk::{Desk, Ware};

pub fn open(bytes: &[u8]) -> Message<'_> {
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
    acts::order(&house.app, &desk.approver, id, Ware::Electronic.product())
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
