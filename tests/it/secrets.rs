//! After a whole day: no key, no password, no token lies where it does not belong. Read are the log
//! at its most talkative, every mail, every row of every table, every address that was asked for
//! or led to.

use std::io::Write;
use std::sync::{Arc, Mutex};

use akashi::services::accounts::DEMO_PASSWORD;
use sqlx::AssertSqlSafe;
use tracing_subscriber::fmt::MakeWriter;

use super::house::typed::leaflet;
use super::house::{House, Visitor};
use super::leaflet::Day;

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const CHOSEN: &str = "a password nobody else has";
const WRONG: &str = "wrong password of the day";

/// Everything the database holds, a line per row.
async fn rows(house: &House) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&house.owner)
    .await
    .unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let mut all = String::new();
    for table in tables {
        let sql = format!("select t::text from {table} t");
        let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&house.owner)
            .await
            .unwrap();
        for line in lines {
            all.push_str(&table);
            all.push_str(&line);
            all.push('\n');
        }
    }
    all
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// As it is, as hexadecimal bytes, in groups.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), hex(secret)];
    if secret.len() == 12 {
        let groups = [&secret[..4], &secret[4..8], &secret[8..]];
        forms.extend([groups.join("-"), groups.join(" ")]);
    }
    forms
}

struct Secret {
    what: &'static str,
    value: String,
}

fn cookies(what: &'static str, visitor: &Visitor, secrets: &mut Vec<Secret>) {
    for (name, value) in visitor.cookies() {
        if !name.contains("told") {
            let value = value.clone();
            assert!(value.len() > 20, "{name} is short");
            secrets.push(Secret { what, value });
        }
    }
}

/// The administrator invites somebody, who sets a password and comes in.
async fn invite(day: &mut Day<'_>) -> (String, Visitor) {
    let users = "/netdesk/account/users/new";
    day.minato
        .post(
            users,
            &[
                ("login", "minato.shin"),
                ("name", "新人 三子"),
                ("email", "shin@minato.example"),
                ("role", "sender"),
            ],
        )
        .await
        .is(303);
    day.house.work().await;
    let mail = day.house.mails().await.pop().unwrap();
    let token = mail.body.split("/invitations/").nth(1).unwrap();
    let token = token.split_whitespace().next().unwrap().to_owned();
    let address = format!("/netdesk/invitations/{token}");
    let mut guest = day.house.stranger();
    guest.get(&address).await.is(200);
    let page = guest
        .post(
            &address,
            &[("new_password", CHOSEN), ("new_password_again", CHOSEN)],
        )
        .await;
    page.is(303);
    guest
        .sign_in_with("/netdesk/login", "minato.shin", CHOSEN)
        .await;
    (token, guest)
}

/// Mistakes that people make: they are logged and counted, not repeated.
async fn mistakes(day: &mut Day<'_>, numbers: &[String], key: &str) {
    let number = numbers[0].as_str();
    let mut stranger = day.house.stranger();
    for site in ["/netdesk/login", "/office/login"] {
        stranger
            .post(site, &[("login", "minato.soumu"), ("password", WRONG)])
            .await
            .is(422)
            .never_says(WRONG);
    }
    // The key where the number belongs, the password where the login belongs.
    stranger
        .post("/dsure/", &[("number", key), ("key", number)])
        .await
        .is(422);
    stranger
        .post("/dsure/", &[("number", numbers[1].as_str()), ("key", key)])
        .await
        .is(422);
    stranger
        .post("/netdesk/login", &[("login", WRONG), ("password", "x")])
        .await
        .is(422);
    day.minato
        .post(
            "/netdesk/account/password",
            &[
                ("current_password", WRONG),
                ("new_password", CHOSEN),
                ("new_password_again", CHOSEN),
            ],
        )
        .await
        .is(422)
        .never_says(WRONG);
}

#[tokio::test]
async fn no_secret_lies_where_it_does_not_belong() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // With one listener alone, tracing asks only the thread that meets a place in the code first,
    // often another test's, and then never listens there: a second one makes it ask them all.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    // This thread's only: the runtime of this test has no other.
    let listening = tracing::subscriber::set_default(subscriber);

    let house = House::new().await;
    let mut day = Day::begin(&house).await;
    let mut secrets = Vec::new();
    let secret = |what, value: &str| Secret {
        what,
        value: value.to_owned(),
    };
    let id = day.apply(leaflet).await;
    let numbers = day.issue(&id, &["prepayment", "contract"]).await;
    for number in &numbers {
        let key = day.key(number).await;
        day.minato
            .get(&format!("/netdesk/guarantees/{number}/key-notice.pdf"))
            .await
            .is(200);
        day.show(number, &key).await.is(200);
        for file in ["1.pdf", "1.json"] {
            day.town
                .get(&format!("/dsure/certificates/{file}"))
                .await
                .is(200);
        }
        secrets.push(secret("a key", &key));
    }
    let key = secrets[0].value.clone();
    let (token, guest) = invite(&mut day).await;
    mistakes(&mut day, &numbers, &key).await;
    // A session that ended while somebody typed: the words wait under a key of their own.
    let mut late = day.minato.clone();
    house.app.clock.advance(time::Duration::minutes(31));
    late.post(
        "/netdesk/applications/new",
        &[("works_name", "途中の工事"), ("password", CHOSEN)],
    )
    .await
    .is(303);
    for (what, visitor) in [
        ("Net Desk's cookie", &day.minato),
        ("the clerk's cookie", &day.clerk),
        ("the approver's cookie", &day.approver),
        ("D-Sure's cookie", &day.town),
        ("the guest's cookie", &guest),
        ("a rescue's cookie", &late),
    ] {
        cookies(what, visitor, &mut secrets);
    }
    assert!(secrets.len() >= 8);
    secrets.extend([
        secret("the demo's password", DEMO_PASSWORD),
        secret("a chosen password", CHOSEN),
        secret("a wrong password", WRONG),
    ]);
    house.work().await;
    drop(listening);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("answered") && log.contains("/netdesk/login"),
        "nothing was logged: {}",
        log.chars().take(2_000).collect::<String>()
    );
    let rows = rows(&house).await;
    assert!(rows.contains("○○浄水場△△修繕工事"));
    let mails = house.mails().await;
    assert_eq!(mails.len(), 3);
    let raw: String = mails
        .iter()
        .map(|mail| format!("{}\n{}", mail.body, String::from_utf8_lossy(&mail.raw)))
        .collect();
    let trails: Vec<&Visitor> = vec![
        &day.minato,
        &day.clerk,
        &day.approver,
        &day.town,
        &guest,
        &late,
    ];
    let asked: Vec<&str> = trails.iter().flat_map(|visitor| visitor.asked()).collect();
    let led: Vec<&str> = trails.iter().flat_map(|visitor| visitor.led()).collect();
    assert!(asked.len() > 30 && led.len() > 10);
    let (asked, led) = (asked.join("\n"), led.join("\n"));
    for secret in &secrets {
        for form in forms(&secret.value) {
            for (place, text) in [
                ("log", &log),
                ("database", &rows),
                ("mails", &raw),
                ("addresses asked for", &asked),
                ("addresses led to", &led),
            ] {
                let found = text.lines().find(|line| line.contains(&form));
                assert!(
                    found.is_none(),
                    "{} lies in the {place}: {found:?}",
                    secret.what
                );
            }
        }
    }
    // The single-use link: in its own mail and in its own address, and nowhere else.
    assert!(raw.contains(&token) && asked.contains(&token));
    for (place, text) in [
        ("log", &log),
        ("database", &rows),
        ("addresses led to", &led),
    ] {
        for form in forms(&token) {
            assert!(!text.contains(&form), "the link lies in the {place}");
        }
    }
    for mail in &mails[..2] {
        assert!(!String::from_utf8_lossy(&mail.raw).contains(&token));
    }
    house.close().await;
}
