//! The pitfalls of the libraries below, each reproduced, each with its cure at work.
//!
//! Elsewhere: a handler dropped by a client that leaves (`serve.rs`: POSTs are finished), invalid
//! UTF-8 and NUL in posted forms (unit tests of `web::form`).

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as Span;

use akashi::db::{Db, Scope};
use akashi::domain::certificate::CertificateFace;
use akashi::domain::typed::TypedForm;
use akashi::mail::Letter;
use akashi::services::{applications, drafts};
use lettre::message::{Mailbox, Message};
use mail_parser::MessageParser;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool};
use tokio::process::Command;
use uuid::Uuid;

use super::house::House;
use super::house::desk::{Desk, Ware};
use super::house::proxy::{Fault, Proxy};

/// The library's pool, and ours.
trait Ways {
    async fn begin(&self);
    /// One statement outside transactions; how many rows it says it wrote.
    async fn write(&self, sql: &'static str) -> u64;
    async fn close(&self);
}

impl Ways for PgPool {
    async fn begin(&self) {
        drop(PgPool::begin(self).await.unwrap());
    }

    async fn write(&self, sql: &'static str) -> u64 {
        // The connection is given back in its own time; only then is the next begin a begin.
        while self.size() > 0 && self.num_idle() == 0 {
            tokio::time::sleep(Span::from_millis(5)).await;
        }
        let written = sqlx::query(sql).execute(self).await.unwrap();
        while self.num_idle() == 0 {
            tokio::time::sleep(Span::from_millis(5)).await;
        }
        written.rows_affected()
    }

    async fn close(&self) {
        PgPool::close(self).await;
    }
}

impl Ways for Db {
    async fn begin(&self) {
        drop(Db::begin(self, &Scope::Worker).await.unwrap());
    }

    async fn write(&self, sql: &'static str) -> u64 {
        let ask = async |conn: &mut PgConnection| sqlx::query(sql).execute(conn).await;
        self.worker().ask(ask).await.unwrap().rows_affected()
    }

    async fn close(&self) {
        Db::close(self).await;
    }
}

/// A browser that leaves while a transaction begins; then the next visitor writes one row over the
/// same connection. Returns how many rows are there afterwards.
async fn rows_after_a_cancelled_begin(house: &House, wire: &Proxy, ways: &impl Ways) -> i64 {
    ways.write("select 1").await;
    wire.arm(Fault::Delay(Span::from_millis(60)));
    let begun = tokio::time::timeout(Span::from_millis(30), ways.begin()).await;
    assert!(begun.is_err(), "it was not cancelled on its way");
    wire.arm(Fault::None);
    let written = ways.write("insert into kept values ('a row')").await;
    assert_eq!(written, 1, "the writer is told that all is well");
    ways.close().await;
    let rows = house.ask("select count(*) from kept").await;
    sqlx::query("truncate kept")
        .execute(&house.owner)
        .await
        .unwrap();
    rows
}

#[tokio::test]
async fn a_cancelled_begin_loses_no_other_visitors_row() {
    let house = House::new().await;
    sqlx::query("create table kept (word text)")
        .execute(&house.owner)
        .await
        .unwrap();
    let wire = Proxy::open();
    let bare = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_lazy_with(wire.options(&house.database));
    let lost = rows_after_a_cancelled_begin(&house, &wire, &bare).await;
    assert_eq!(
        lost, 0,
        "sqlx no longer loses the row: sqlx's own pool may come back"
    );
    let ours = wire.db(&house.database, 1);
    let kept = rows_after_a_cancelled_begin(&house, &wire, &ours).await;
    assert_eq!(kept, 1, "the next visitor's row is gone");
    house.close().await;
}

#[tokio::test]
async fn a_scope_does_not_outlive_its_transaction() {
    let house = House::new().await;
    let wire = Proxy::open();
    let db = wire.db(&house.database, 1);
    let who = house.user("minato.soumu").await;
    for commits in [true, false] {
        let tx = db.begin(&who.scope()).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        let ask = async |conn: &mut PgConnection| {
            let asked = sqlx::query_as(
                "select current_user::text, coalesce(current_setting('app.surety', true), '')",
            );
            asked.fetch_one(conn).await
        };
        let (role, surety): (String, String) = db.worker().ask(ask).await.unwrap();
        assert_ne!(role, "netdesk");
        assert_eq!(surety, "", "the next borrower is nobody's contractor");
    }
    db.close().await;
    house.close().await;
}

#[tokio::test]
async fn a_line_break_in_a_name_cannot_bring_the_mailer_down() {
    let poisoned = "みなと建設\r\nBcc: everybody@minato.example";
    // The library, left alone, panics on it.
    let panicked = catch_unwind(|| {
        let mailbox = Mailbox::new(
            Some(poisoned.to_owned()),
            "soumu@minato.example".parse().unwrap(),
        );
        Message::builder()
            .from(mailbox.clone())
            .to(mailbox)
            .body(String::new())
            .map(|message| message.formatted())
    });
    assert!(
        panicked.is_err(),
        "lettre no longer panics: names might be shown in headers again"
    );
    // Ours puts nobody's name into a header; wherever the text comes from, it sends or it says why not.
    let house = House::new().await;
    for (to, subject, body) in [
        ("soumu@minato.example", poisoned, "本文"),
        ("soumu@minato.example", "件名", poisoned),
        (
            "soumu@minato.example\r\nBcc: x@minato.example",
            "件名",
            "本文",
        ),
        ("みなと\r\n<soumu@minato.example>", "件名", "本文"),
        ("", "件名", "本文"),
    ] {
        let letter = Letter {
            to: to.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        };
        let now = house.app.clock.now();
        let sent = house.mailer.send(&letter, Uuid::from_u128(1), now).await;
        let right = to == "soumu@minato.example";
        assert_eq!(sent.is_ok(), right, "{letter:?}: {sent:?}");
        assert!(right || sent.unwrap_err().is_permanent());
    }
    let mails = house.caught();
    assert_eq!(mails.len(), 2);
    for bytes in &mails {
        let mail = MessageParser::default().parse(bytes).unwrap();
        assert!(mail.bcc().is_none(), "a header was smuggled in");
        for side in [mail.from(), mail.to()] {
            let people = side.unwrap().clone().into_list();
            assert_eq!(people.len(), 1);
            assert_eq!(people[0].name, None);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_nul_is_refused_beside_its_field_and_nothing_is_lost() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (id, revision) = desk.draft(&form).await;
    let mut poisoned = form.clone();
    poisoned.set("works_name", "○○浄水場\0修繕工事");
    poisoned.set("obligee", "みなと\0野市長");
    let saved = drafts::save(&house.app, &desk.who, id, Some(revision), &poisoned).await;
    let Ok(drafts::Saved::Refused(faults)) = saved else {
        panic!("{saved:?}");
    };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.id()).collect();
    assert_eq!(fields, ["obligee", "works_name"]);
    for fault in &faults {
        assert!(
            fault.sentence.contains(fault.field.label()),
            "{}",
            fault.sentence
        );
    }
    let kept = drafts::open(&house.app, &desk.who, id).await.unwrap();
    assert_eq!((kept.form, kept.revision), (form, revision));
    // Looking a poisoned name up is no accident either.
    let checked = applications::check(&house.app, &desk.who, &poisoned)
        .await
        .unwrap();
    assert!(!checked.may_be_sent());
    house.close().await;
}

#[tokio::test]
async fn a_character_that_cannot_be_printed_is_named_where_it_would_be_printed() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    for (field, printed) in [
        ("works_name", true),
        ("obligee", true),
        ("bank", true),
        ("jv_name", true),
        ("jv_representative", true),
        ("department", false),
    ] {
        let mut form = desk.form(Ware::Electronic);
        form.set("jv_name", "みなと・やまとJV");
        form.set("jv_representative", "みなと建設株式会社");
        form.set(field, "見本😀課");
        let checked = applications::check(&house.app, &desk.who, &form)
            .await
            .unwrap();
        let said = checked
            .problems()
            .into_iter()
            .find(|fault| fault.field.id() == field && fault.sentence.contains("『😀』"));
        assert_eq!(said.is_some(), printed, "{field}: {:?}", checked.problems());
        let (id, revision) = desk.draft(&form).await;
        let sent = applications::submit(&house.app, &desk.who, id, revision)
            .await
            .unwrap();
        assert_eq!(
            matches!(sent, applications::Sent::Refused(_)),
            printed,
            "{field}"
        );
        let kept = drafts::open(&house.app, &desk.who, id).await;
        assert!(
            !printed || kept.unwrap().form.get(field) == "見本😀課",
            "{field} was lost"
        );
    }
    house.close().await;
}

/// What pdftotext reads, every kind of blank and line end taken out.
async fn read_pdf(bytes: &[u8], name: &str) -> String {
    // Two tests may read a document of the same name at once.
    static READ: AtomicUsize = AtomicUsize::new(0);
    let (me, nth) = (std::process::id(), READ.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(format!("akashi-{me}-{nth}-{name}.pdf"));
    std::fs::write(&path, bytes).unwrap();
    let answer = Command::new("pdftotext")
        .args(["-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .await
        .unwrap();
    let _ = std::fs::remove_file(&path);
    assert!(answer.status.success(), "{answer:?}");
    squeezed(&String::from_utf8(answer.stdout).unwrap())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Takes a name from the form to the end of its way and compares every station byte for byte.
async fn follow(house: &House, form: TypedForm) {
    let desk = Desk::at(house).await;
    let works = form.get("works_name").to_owned();
    let bank = form.get("bank").to_owned();
    let (id, number) = desk.issued(&form, Ware::Electronic.product()).await;
    let digits = number.trim_end_matches('M');

    // Draft and contents.
    let (kept, content): (String, String) = sqlx::query_as(
        "select form ->> 'works_name', content -> 'works' ->> 'works_name' from applications where id = $1",
    )
    .bind(id)
    .fetch_one(&house.owner)
    .await
    .unwrap();
    assert_eq!(
        (kept.as_bytes(), content.as_bytes()),
        (works.as_bytes(), works.as_bytes())
    );
    // The list's row and the signed bytes, on both sides.
    type Row = (String, Option<String>, String, Vec<u8>, Vec<u8>);
    let (listed, listed_bank, company, face, deposited): Row = sqlx::query_as(
        "select g.works_name, g.bank, g.contractor_name, c.face, d.face
         from guarantees g join certificates c on c.guarantee_id = g.id
         join dsure.certificates d on d.number = g.number where g.number = $1",
    )
    .bind(digits)
    .fetch_one(&house.owner)
    .await
    .unwrap();
    assert_eq!(listed.as_bytes(), works.as_bytes());
    assert_eq!(listed_bank.unwrap().as_bytes(), bank.as_bytes());
    assert_eq!(face, deposited);
    assert!(
        face.windows(works.len())
            .any(|part| part == works.as_bytes())
    );
    let face = CertificateFace::from_bytes(&face).unwrap();
    assert_eq!(face.works_name.as_bytes(), works.as_bytes());
    assert_eq!(face.principal.name.as_bytes(), company.as_bytes());
    // The letter.
    let mails = house.caught();
    let mail = MessageParser::default()
        .parse(mails.last().unwrap())
        .unwrap();
    assert!(mail.body_text(0).unwrap().contains(&works));

    // The pages, and both documents as another program reads them.
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get(&format!("/netdesk/guarantees/{number}")).await;
    page.is(200).says(&works);
    let page = soumu
        .get(&format!("/netdesk/guarantees/{number}/certificates/1"))
        .await;
    page.is(200).says(&works).says(&bank);
    let pdf = soumu
        .get(&format!("/netdesk/guarantees/{number}/certificates/1.pdf"))
        .await;
    pdf.is(200);
    let text = read_pdf(&pdf.bytes, &format!("certificate-{number}")).await;
    let mut rest = text.as_str();
    for row in face.rows() {
        for words in std::iter::once(row.label).chain(row.lines.iter().map(String::as_str)) {
            let words = squeezed(words);
            let found = rest.find(&words);
            let found = found.unwrap_or_else(|| panic!("{words} does not follow in\n{rest}"));
            assert!(
                found == 0 || row.label == "保証契約番号",
                "between {} stands 「{}」",
                row.label,
                &rest[..found]
            );
            rest = &rest[found + words.len()..];
        }
    }
    for words in [face.vow.as_str(), &face.issuer.name, &face.branch.name] {
        assert!(rest.contains(&squeezed(words)), "{words} is not in\n{rest}");
    }
    let notice = soumu
        .get(&format!("/netdesk/guarantees/{number}/key-notice.pdf"))
        .await;
    notice.is(200);
    let text = read_pdf(&notice.bytes, &format!("notice-{number}")).await;
    let keys = house.keys().await;
    let (_, key) = keys.iter().find(|(known, _)| known == digits).unwrap();
    for words in [
        &works,
        &number,
        key,
        &face.principal.name,
        &face.issuer.name,
    ] {
        assert!(text.contains(&squeezed(words)), "{words} is not in\n{text}");
    }
}

#[tokio::test]
async fn odd_names_keep_every_byte_from_the_form_to_both_documents() {
    let house = House::new().await;
    // The company and its president have odd names as well.
    sqlx::query(
        "update contractors set name = $1, representative = $2 where name = 'みなと建設株式会社'",
    )
    .bind("㈱髙﨑\u{FA19}𠮷組～みなと")
    .bind("代表取締役　\u{FA19} 𠮷郎")
    .execute(&house.owner)
    .await
    .unwrap();
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set(
        "works_name",
        "\u{FA19}田橋・髙﨑\u{FA11}𠮷㈱～〜①Ⅲ㎡ か\u{3099}け補修工事",
    );
    form.set("bank", "見本\u{FA19}銀行　髙﨑支店");
    follow(&house, form).await;
    house.close().await;
}

#[tokio::test]
async fn a_works_name_of_120_characters_is_whole_everywhere() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    let long: String = "令和8年度社会資本整備総合交付金事業（防災・安全）市道12号線、みなと橋ほか3橋の耐震補強および橋梁補修に伴う仮設工「その2」"
        .chars()
        .cycle()
        .take(120)
        .collect();
    form.set("works_name", long.as_str());
    follow(&house, form).await;
    let mut longer = desk.form(Ware::Electronic);
    longer.set("works_name", format!("{long}長"));
    let checked = applications::check(&house.app, &desk.who, &longer)
        .await
        .unwrap();
    let fault = checked
        .problems()
        .into_iter()
        .find(|fault| fault.field.id() == "works_name");
    assert!(fault.unwrap().sentence.contains("120"));
    house.close().await;
}
