//! A municipality's day: number and key, the certificate, and everybody who has neither.

use std::net::SocketAddr;

use akashi::domain::certificate::{CertificateFace, Occasion, hex, sha256};
use akashi::domain::product::{CertificateForm, Product};
use akashi::domain::seal::{Envelope, PublicKeys};
use akashi::services::accounts::sessions;
use akashi::services::guarantees::{self, KeyUse, ListQuery};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use time::Duration;

use super::house::desk::{Desk, Ware};
use super::house::{House, Page, Visitor};

const HERE: &str = "192.0.2.7:4711";
const ELSEWHERE: &str = "198.51.100.7:4711";
const WRONG: &str = "保証契約番号または認証キーが正しくありません。";

/// Buckets that anybody ever failed into.
const COUNTED: &str =
    "select count(*) from limits where tat > timestamptz '2026-07-02 05:30:00+00'";

/// One electronic guarantee: number as printed, key, 工事名.
struct Given {
    number: String,
    key: String,
    works: String,
}

impl Given {
    fn digits(&self) -> &str {
        &self.number[..11]
    }
}

async fn given(house: &House, login: &str) -> Given {
    let who = house.user(login).await;
    let query = ListQuery {
        form: Some(CertificateForm::Electronic),
        page: 1,
        ..ListQuery::default()
    };
    let list = guarantees::list(&house.app, &who, &query).await.unwrap();
    let row = list.rows.into_iter().next().unwrap();
    let key = guarantees::key(&house.app, &who, &row.number[..11], KeyUse::Page)
        .await
        .unwrap();
    Given {
        number: row.number,
        key: key.expose().to_owned(),
        works: row.works_name,
    }
}

/// The form, sent from a network.
async fn attempt(visitor: &mut Visitor, from: &str, number: &str, key: &str) -> Page {
    let body = serde_urlencoded::to_string([("number", number), ("key", key)]).unwrap();
    let request = Request::post("/dsure/")
        .extension(ConnectInfo(from.parse::<SocketAddr>().unwrap()))
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::ORIGIN, "http://127.0.0.1:8080")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    visitor.send(request, Body::from(body), "/dsure/").await
}

async fn opened(house: &House, given: &Given) -> Visitor {
    let mut visitor = house.stranger();
    let page = attempt(&mut visitor, HERE, &given.number, &given.key).await;
    assert_eq!(page.location().as_deref(), Some("/dsure/certificates/1"));
    visitor
}

fn other_case(key: &str) -> String {
    let turn = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    key.chars().map(turn).collect()
}

#[tokio::test]
async fn t25_number_and_key_open_the_certificate_however_they_are_typed() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let before: i64 = house.ask(COUNTED).await;
    let wide = |text: &str| -> String {
        text.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
            .collect()
    };
    let (digits, key) = (given.digits(), &given.key);
    let spaced = format!(" {} - {}　{} ", &key[..4], &key[4..8], &key[8..]);
    for (number, key) in [
        (given.number.clone(), key.clone()),
        (wide(&given.number).replace('－', "ー"), wide(key)),
        (format!(" {}m ", digits), spaced),
        (digits.to_owned(), key.clone()),
        (digits.replace('-', ""), key.clone()),
    ] {
        let mut visitor = house.stranger();
        let page = attempt(&mut visitor, HERE, &number, &key).await;
        assert_eq!(page.status, 303, "{number}: {}", page.text());
        let page = visitor.visit("/dsure/certificates/1").await;
        page.is(200).says(&given.works).says("本日、有効な保証です");
        page.says("署名は有効です")
            .says("最新の版です")
            .says(&given.number);
        assert_eq!(page.header("cache-control"), "no-store");
    }
    let counted: i64 = house.ask(COUNTED).await;
    assert_eq!(counted, before, "only failures count");
    house.close().await;
}

#[tokio::test]
async fn t25_another_case_and_another_products_key_fail_with_one_answer() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let other = self::given(&house, "taisetsu.soumu").await;
    let paper: String = house
        .ask("select number || suffix from guarantees where form = 'paper' limit 1")
        .await;
    // Another product of the same works.
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Paper);
    form.set("works_name", given.works.as_str());
    form.set("contract_form", "electronic");
    let (_, sibling) = desk.issued(&form, Product::Contract).await;
    let sibling = desk.key(&sibling).await;
    let letter = format!("{}H", given.digits());
    let mut answers = Vec::new();
    for (number, key) in [
        (given.number.as_str(), other_case(&given.key).as_str()),
        (&given.number, &other.key),
        (&given.number, &sibling),
        (&given.number, "AAAABBBBCCCC"),
        (&letter, &given.key),
        (&paper, &given.key),
        ("99999-99999M", &given.key),
    ] {
        let mut visitor = house.stranger();
        let page = attempt(&mut visitor, HERE, number, key).await;
        let other = key == other_case(&given.key);
        assert_eq!(page.status, 422, "{number}; a key in other case: {other}");
        page.says(WRONG).never_says(key);
        assert!(visitor.cookies().is_empty(), "{number}: a cookie");
        assert_eq!(page.attributes("#f-number", "value"), [number]);
        answers.push(page.html().replace(number, "…"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "failures can be told apart");
    house.close().await;
}

#[tokio::test]
async fn what_is_no_number_and_no_key_is_said_beside_the_field() {
    let house = House::new().await;
    for (number, key, sentences) in [
        (
            "",
            "",
            &[
                "保証契約番号を入力してください。",
                "認証キーを入力してください。",
            ][..],
        ),
        ("35075", "AAAABBBBCCCC", &["数字は10けたです"]),
        ("35075-00001M", "short", &["いまは5文字です"]),
        (
            "３５０７５－０００００Ｍ",
            "認証キー認証キー",
            &["英字と数字のほかの文字"],
        ),
    ] {
        let page = attempt(&mut house.stranger(), HERE, number, key).await;
        page.is(422).never_says(WRONG);
        assert_eq!(page.all(".err").len(), sentences.len());
        for words in sentences {
            page.says(words);
        }
        assert_eq!(page.attributes("#f-key", "value"), [""]);
    }
    let long = "9".repeat(100_000);
    attempt(&mut house.stranger(), HERE, &long, &long)
        .await
        .is(422);
    let counted: i64 = house.ask(COUNTED).await;
    assert_eq!(counted, 0, "nothing was tried");
    house.close().await;
}

#[tokio::test]
async fn wrong_ones_have_to_wait_alike_whether_the_number_exists_or_not() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    for number in [given.number.as_str(), "99999-99999M"] {
        for _ in 0..10 {
            attempt(&mut house.stranger(), HERE, number, "AAAABBBBCCCC")
                .await
                .is(422);
        }
        let page = attempt(&mut house.stranger(), HERE, number, "AAAABBBBCCCC").await;
        page.is(429)
            .says("しばらく時間をおいてからお試しください。");
        assert_eq!(page.header("retry-after"), "60");
        // Refused attempts are not counted on top.
        for _ in 0..5 {
            attempt(&mut house.stranger(), HERE, number, "AAAABBBBCCCC")
                .await
                .is(429);
        }
    }
    // From a network that never signed in, not even the right key.
    attempt(&mut house.stranger(), HERE, &given.number, &given.key)
        .await
        .is(429);
    attempt(&mut house.stranger(), ELSEWHERE, &given.number, &given.key)
        .await
        .is(303);
    house.app.clock.advance(Duration::seconds(61));
    attempt(&mut house.stranger(), HERE, &given.number, "AAAABBBBCCCC")
        .await
        .is(422);
    attempt(&mut house.stranger(), HERE, &given.number, "AAAABBBBCCCC")
        .await
        .is(429);
    house.close().await;
}

#[tokio::test]
async fn a_good_network_is_never_held_up_for_a_day() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    opened(&house, &given).await;
    for turn in 0..20 {
        let page = attempt(&mut house.stranger(), HERE, &given.number, "AAAABBBBCCCC").await;
        page.is(if turn < 10 { 422 } else { 429 });
    }
    opened(&house, &given).await;
    house.app.clock.advance(Duration::hours(23));
    opened(&house, &given).await;
    house.app.clock.advance(Duration::hours(25));
    for _ in 0..10 {
        attempt(&mut house.stranger(), HERE, &given.number, "AAAABBBBCCCC")
            .await
            .is(422);
    }
    attempt(&mut house.stranger(), HERE, &given.number, &given.key)
        .await
        .is(429);
    house.close().await;
}

#[tokio::test]
async fn without_its_limiter_the_door_still_judges() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    sqlx::query("drop table limits cascade")
        .execute(&house.owner)
        .await
        .unwrap();
    for _ in 0..12 {
        attempt(&mut house.stranger(), HERE, &given.number, "AAAABBBBCCCC")
            .await
            .is(422);
    }
    opened(&house, &given).await;
    house.close().await;
}

#[tokio::test]
async fn a_session_sees_one_number_and_ends() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let mut visitor = opened(&house, &given).await;
    for path in [
        "/dsure/certificates/2",
        "/dsure/certificates/01",
        "/dsure/certificates/1.txt",
    ] {
        visitor.get(path).await.is(404);
    }
    visitor.post("/dsure/session", &[]).await.is(204);
    house.app.clock.advance(Duration::minutes(14));
    visitor.get("/dsure/certificates/1").await.is(200);
    house.app.clock.advance(Duration::minutes(16));
    let page = visitor.visit("/dsure/certificates/1").await;
    assert_eq!(page.path, "/dsure/");
    page.says("閲覧できる時間が終わりました。");

    let mut visitor = opened(&house, &given).await;
    for _ in 0..6 {
        visitor.get("/dsure/certificates/1").await.is(200);
        house.app.clock.advance(Duration::minutes(10));
    }
    visitor.get("/dsure/certificates/1").await.is(303);

    let mut visitor = opened(&house, &given).await;
    sqlx::query("update dsure.deposits set key_version = key_version + 1")
        .execute(&house.owner)
        .await
        .unwrap();
    visitor.get("/dsure/certificates/1").await.is(303);

    let mut visitor = opened(&house, &given).await;
    let stolen = visitor.clone();
    visitor
        .submit("/dsure/logout", &[])
        .await
        .says("ログアウトしました。");
    stolen.clone().get("/dsure/certificates/1").await.is(303);
    house.stranger().post("/dsure/logout", &[]).await.is(303);
    house.close().await;
}

#[tokio::test]
async fn a_second_sign_in_replaces_the_first_and_the_old_tab_says_so() {
    let house = House::new().await.with_stories().await;
    let (first, second) = (
        given(&house, "minato.soumu").await,
        given(&house, "taisetsu.soumu").await,
    );
    let mut visitor = opened(&house, &first).await;
    let old_tab = visitor.get("/dsure/certificates/1").await;
    let mut old_session = visitor.clone();
    attempt(&mut visitor, HERE, &second.number, &second.key)
        .await
        .is(303);
    let page = visitor.get("/dsure/certificates/1").await;
    page.is(200).says(&second.number).says("先に開いていた証書");
    page.never_says(&first.works);
    old_session.get("/dsure/certificates/1").await.is(303);
    for link in old_tab.attributes(".dls a", "href") {
        assert!(link.starts_with("/dsure/certificates/1."), "{link}");
        visitor
            .get(&link)
            .await
            .is(409)
            .says("この画面の証書の閲覧は終わりました");
    }
    house.close().await;
}

#[tokio::test]
async fn every_look_is_written_down_once_and_shown_to_the_contractor() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let mut visitor = opened(&house, &given).await;
    for path in ["1", "1", "1.pdf", "1.pdf", "1.json"] {
        visitor
            .get(&format!("/dsure/certificates/{path}"))
            .await
            .is(200);
    }
    visitor.get("/dsure/certificates/7").await.is(404);
    let mut again = opened(&house, &given).await;
    again.get("/dsure/certificates/1").await.is(200);
    let soumu = house.user("minato.soumu").await;
    let detail = guarantees::detail(&house.app, &soumu, given.digits())
        .await
        .unwrap();
    let kinds: Vec<_> = detail.versions[0]
        .looks
        .iter()
        .map(|look| look.kind.as_str())
        .collect();
    assert_eq!(kinds, ["page", "pdf", "envelope", "page"]);
    house.close().await;
}

#[tokio::test]
async fn copy_and_envelope_are_what_was_issued() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let mut visitor = opened(&house, &given).await;
    let pdf = visitor.get("/dsure/certificates/1.pdf").await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert!(pdf.header("content-disposition").contains(&given.number));
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    let envelope = visitor.get("/dsure/certificates/1.json").await;
    let keys = house.stranger().get("/dsure/keys.json").await;
    let keys = PublicKeys::from_json(&keys.bytes).unwrap();
    let envelope = Envelope::from_json(&envelope.bytes).unwrap();
    let (face, _) = envelope.verify_face(&keys).unwrap();
    assert_eq!((face.number, face.works_name), (given.number, given.works));
    let stored: Vec<u8> = house
        .ask("select face from certificates order by guarantee_id limit 1")
        .await;
    assert_eq!(hex(&sha256(&stored)), hex(&sha256(&envelope.payload)));
    house.close().await;
}

/// Behind the walls: what the triggers forbid.
async fn meddle(house: &House, sql: &'static str) {
    let mut conn = house.owner.acquire().await.unwrap();
    for step in [
        "alter table dsure.certificates disable trigger all",
        sql,
        "alter table dsure.certificates enable trigger all",
    ] {
        sqlx::query(step).execute(&mut *conn).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_meddled_with_raises_an_alarm_and_shows_nothing() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    let mut visitor = opened(&house, &given).await;
    visitor.get("/dsure/certificates/1").await.is(200);
    meddle(
        &house,
        "update dsure.certificates set face = convert_to(replace(convert_from(face, 'UTF8'),
           '13400000', '93400000'), 'UTF8')",
    )
    .await;
    for path in ["1", "1.pdf", "1.json"] {
        let page = visitor.get(&format!("/dsure/certificates/{path}")).await;
        page.is(409)
            .says("この証書は表示できません")
            .says("署名を確認できませんでした。");
        for words in [
            given.works.as_str(),
            "93,400,000",
            "13,400,000",
            "みなと野市長",
        ] {
            page.never_says(words);
        }
    }
    house.close().await;
}

/// A change of the certificate arrives, signed as the first one was.
async fn change(house: &House, given: &Given) {
    let (bytes, key_id): (Vec<u8>, String) =
        sqlx::query_as("select face, key_id from dsure.certificates where number = $1")
            .bind(given.digits())
            .fetch_one(&house.owner)
            .await
            .unwrap();
    let mut face = CertificateFace::from_bytes(&bytes).unwrap();
    assert_eq!(face.product, Product::Prepayment);
    face.seq = 2;
    face.occasion = Occasion::Change { number: 1 };
    face.until = time::macros::date!(2027 - 06 - 30);
    face.period_to = face.until;
    face.previous_sha256 = Some(hex(&sha256(&bytes)));
    let bytes = face.to_bytes().unwrap();
    let signature = house.app.vault.signer().unwrap().sign('M', &bytes).unwrap();
    sqlx::query("insert into dsure.certificates values ($1, 2, $2, $3, $4, $5)")
        .bind(given.digits())
        .bind(&bytes)
        .bind(signature.sig.as_slice())
        .bind(&key_id)
        .bind(house.app.clock.now())
        .execute(&house.owner)
        .await
        .unwrap();
    sqlx::query("update dsure.deposits set current_seq = 2 where number = $1")
        .bind(given.digits())
        .execute(&house.owner)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_change_is_shown_beside_the_version_before_and_expires_with_its_own_day() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    change(&house, &given).await;
    let mut visitor = house.stranger();
    let page = attempt(&mut visitor, HERE, &given.number, &given.key).await;
    assert_eq!(page.location().as_deref(), Some("/dsure/certificates/2"));
    let page = visitor.get("/dsure/certificates/2").await;
    page.says("変更ー1")
        .says("前の版から変わったところ")
        .says("令和09年06月30日");
    page.says("いま有効・表示中").says("最新の版です");
    let old = page.attributes(".vers a", "href").remove(0);
    let page = visitor.get(&old).await;
    page.says("前の版です")
        .says("最新の版を見る")
        .says("令和09年02月26日");
    // The tick speaks of the guarantee, the band and the frame of the version.
    page.says("これは前の版です。")
        .says("いまの内容は変更ー1です。")
        .says("変更ー1を見る")
        .says("保証契約は有効です（いまの版：変更ー1）")
        .never_says("本日、有効な保証です");
    assert_eq!(page.all(".sheet__remark"), ["前の版　最新は変更ー1"]);

    house.app.clock.advance(Duration::days(363));
    let mut visitor = house.stranger();
    attempt(&mut visitor, HERE, &given.number, &given.key).await;
    visitor
        .get("/dsure/certificates/2")
        .await
        .says("本日、有効な保証です");
    house.app.clock.advance(Duration::days(1));
    attempt(&mut visitor, HERE, &given.number, &given.key).await;
    visitor
        .get("/dsure/certificates/2")
        .await
        .says("保証期限を過ぎています")
        .says("ご注意ください")
        .never_says("内容を確認できました");
    house.close().await;
}

#[tokio::test]
async fn what_has_served_its_time_is_swept_and_the_looks_stay() {
    let house = House::new().await.with_stories().await;
    let given = given(&house, "minato.soumu").await;
    opened(&house, &given)
        .await
        .visit("/dsure/certificates/1")
        .await
        .is(200);
    let count = "select (select count(*) from dsure.sessions) || ' ' ||
        (select count(*) from dsure.good_networks) || ' ' || (select count(*) from dsure.looks)";
    for (rest, left) in [
        (Duration::hours(23), "1 1 1"),
        (Duration::hours(2), "1 0 1"),
        (Duration::days(31), "0 0 1"),
    ] {
        house.app.clock.advance(rest);
        sessions::sweep(&house.app).await.unwrap();
        let found: String = house.ask(count).await;
        assert_eq!(found, left);
    }
    house.close().await;
}
