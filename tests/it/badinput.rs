//! What people type wrong, and what they type oddly but rightly, through the pages.
//!
//! Refused: a sentence beside the field, everything typed still there, nothing sent. Accepted: read
//! as it was meant, names byte for byte.

use sqlx::AssertSqlSafe;

use super::house::typed::{Typed, good, leaflet, with_contract};
use super::house::{House, Page, Visitor};

/// Words that blame and say nothing.
const EMPTY_WORDS: [&str; 4] = ["不正な", "無効な", "禁止", "エラーが発生"];

/// Everything that was ever sent, decided or told, as text. Drafts are not among it.
async fn stored(house: &House) -> Vec<String> {
    let mut lines = Vec::new();
    for table in [
        "applications t where stage <> 'draft'",
        "application_items t",
        "guarantees t",
        "certificates t",
        "jobs t",
        "events t",
        "accounts t",
    ] {
        let sql = format!("select t::text from {table} order by 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&house.owner)
            .await
            .unwrap();
        lines.extend(rows);
    }
    lines
}

/// The sentence that stands beside a field and is tied to it.
#[track_caller]
fn beside(page: &Page, field: &str) -> String {
    let id = format!("e-{field}");
    let described = page.attributes("[aria-describedby]", "aria-describedby");
    let tied = described
        .iter()
        .any(|ids| ids.split_whitespace().any(|known| known == id));
    assert!(
        tied,
        "nothing is said beside {field} ({}): {:?}",
        page.status,
        page.all(".err")
    );
    let said = page.all(&format!("#{id}.err"));
    assert_eq!(said.len(), 1, "{field}");
    said[0].clone()
}

#[track_caller]
fn is_kind(sentence: &str) {
    assert!(
        sentence.ends_with('。') || sentence.ends_with('）'),
        "{sentence}"
    );
    assert!(sentence.chars().count() > 8, "{sentence}");
    for words in EMPTY_WORDS {
        assert!(!sentence.contains(words), "{sentence}");
    }
}

/// Everything typed is still in the page.
#[track_caller]
fn kept(page: &Page, form: &Typed) {
    let action = page
        .attributes("form[method=post]", "action")
        .into_iter()
        .find(|action| action.starts_with("/netdesk/applications/"))
        .unwrap();
    let there = Typed::of(page, &action);
    for (name, value) in form.pairs() {
        if ["revision", "application"].contains(&name) {
            continue;
        }
        // The HTML parser reads CR LF in an attribute as LF.
        assert_eq!(
            there.get(name).replace("\r\n", "\n"),
            value.replace("\r\n", "\n"),
            "{name} was lost"
        );
    }
}

/// 申込内容を確認する is refused: a sentence with these words beside the field.
async fn refused(visitor: &mut Visitor, form: Typed, field: &str, words: &str) -> Page {
    let page = form.check(visitor).await;
    page.is(422);
    let sentence = beside(&page, field);
    is_kind(&sentence);
    assert!(sentence.contains(words), "{field}: {sentence}");
    kept(&page, &form);
    assert!(
        page.all(".errs a")
            .iter()
            .any(|link| link.contains(&sentence)),
        "the box at the head does not say it"
    );
    page
}

#[tokio::test]
async fn nothing_left_out_passes() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let before = stored(&house).await;
    for (field, words) in [
        ("obligee", "発注者名を入力"),
        ("works_name", "工事名を入力"),
        ("price", "請負金額"),
        ("contract_date", "請負契約日"),
        ("period_from", "工期の始め"),
        ("period_to", "工期の終わり"),
        ("prepayment_amount", "前払金保証金額"),
        ("bank", "預託金融機関"),
        ("branch", "申込送信先"),
        ("email", "メールアドレス"),
        ("prepayment_bill_to", "請求先"),
    ] {
        let form = good(Typed::fresh(&mut minato).await);
        refused(&mut minato, form.set(field, ""), field, words).await;
        let blank = good(Typed::fresh(&mut minato).await).set(field, " 　");
        let page = blank.check(&mut minato).await;
        is_kind(&beside(page.is(422), field));
        // Not sent at all.
        let page = good(Typed::fresh(&mut minato).await)
            .without(field)
            .check(&mut minato)
            .await;
        is_kind(&beside(page.is(422), field));
    }
    for (field, words) in [
        ("kind", "工事／業務委託を選択"),
        ("prepayment_form", "形式"),
        ("prepayment_fee_method", "支払方法"),
        ("redeposit", "再預託"),
    ] {
        let form = good(Typed::fresh(&mut minato).await).without(field);
        refused(&mut minato, form, field, words).await;
    }
    let form = good(Typed::fresh(&mut minato).await).without("prepayment_on");
    refused(&mut minato, form, "prepayment_on", "申し込").await;
    let empty = Typed::fresh(&mut minato).await.check(&mut minato).await;
    assert!(empty.is(422).all(".err").len() >= 6, "all at once");
    assert_eq!(stored(&house).await, before);
    house.close().await;
}

#[tokio::test]
async fn figures_that_are_none_are_said_beside_their_field() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let before = stored(&house).await;
    let huge = format!("1{}", "0".repeat(30));
    for field in ["price", "prepayment_amount"] {
        for typed in [
            "0",
            "-1",
            "－１",
            &huge,
            "12a",
            "1.5",
            "二千万両",
            "1,00",
            "٣٠٠",
        ] {
            let form = good(Typed::fresh(&mut minato).await).set(field, typed);
            refused(&mut minato, form, field, "金額").await;
        }
    }
    for (field, typed, words) in [
        ("contract_date", "2026-02-30", "カレンダーにない"),
        ("contract_date", "令和8年13月1日", ""),
        ("contract_date", "きのう", ""),
        ("contract_date", "平成31年5月1日", ""),
        ("period_from", "2026-02-30", "カレンダーにない"),
        ("period_to", "2026/6/30", "工期"),
        ("period_to", "99999999", ""),
    ] {
        let form = good(Typed::fresh(&mut minato).await).set(field, typed);
        refused(&mut minato, form, field, words).await;
    }
    assert_eq!(stored(&house).await, before);
    house.close().await;
}

#[tokio::test]
async fn the_rule_book_is_kept_to_the_yen() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let before = stored(&house).await;
    let mut ask = async |amount: &str, price: &str| {
        let form = good(Typed::fresh(&mut minato).await)
            .set("price", price)
            .set("prepayment_amount", amount);
        (form.check(&mut minato).await, form)
    };
    for (amount, price) in [("20,000,001", "50,000,000"), ("13,420,001", "33,550,000")] {
        let (page, form) = ask(amount, price).await;
        let sentence = beside(page.is(422), "prepayment_amount");
        is_kind(&sentence);
        assert!(
            sentence.contains("4/10") || sentence.contains("40"),
            "{sentence}"
        );
        kept(&page, &form);
    }
    let (page, _) = ask("20,000,000", "50,000,000").await;
    page.is(303);
    // 3,350,000 reads as 10.0% of 33,550,000 and is 5,000 yen short of a tenth.
    let form = with_contract(good(Typed::fresh(&mut minato).await), "electronic")
        .set("price", "33,550,000")
        .set("prepayment_amount", "13,400,000")
        .set("contract_amount", "3,350,000");
    let page = refused(&mut minato, form.clone(), "contract_amount", "3,355,000").await;
    page.says("10.0%");
    let page = with_contract(good(Typed::fresh(&mut minato).await), "electronic")
        .set("price", "33,550,000")
        .set("prepayment_amount", "13,400,000")
        .set("contract_amount", "3,355,000")
        .check(&mut minato)
        .await;
    page.is(303);
    // 松原村 takes paper only, and its branch is another: paper passes, electronic does not.
    let village = |dress| {
        move |form: Typed| {
            good(form)
                .set("obligee", "松原村長")
                .set("prepayment_form", dress)
                .set("handover", "post")
        }
    };
    let form = village("electronic")(Typed::fresh(&mut minato).await);
    refused(&mut minato, form, "prepayment_form", "電子保証").await;
    let page = village("paper")(Typed::fresh(&mut minato).await)
        .check(&mut minato)
        .await;
    page.is(303);
    // Awards before July are too early for 企業団, a missing one has to be entered.
    let form = leaflet(Typed::fresh(&mut minato).await).set("award_date", "2026-06-30");
    refused(&mut minato, form, "prepayment_form", "7月1日").await;
    let form = leaflet(Typed::fresh(&mut minato).await).set("award_date", "");
    let page = form.check(&mut minato).await;
    page.is(422).says("落札決定日");
    leaflet(Typed::fresh(&mut minato).await)
        .check(&mut minato)
        .await
        .is(303);
    assert_eq!(stored(&house).await, before, "checking sends nothing");
    house.close().await;
}

#[tokio::test]
async fn characters_that_no_document_can_carry_are_named() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let before = stored(&house).await;
    for (field, typed, words) in [
        ("works_name", "港😀改良工事", "😀"),
        ("bank", "見本銀行😀支店", "😀"),
        ("works_name", "一行目\r\n二行目", "改行"),
        ("bank", "見本銀行\r\n港町支店", "改行"),
        ("works_name", "見本\u{202E}工事", ""),
        ("works_name", "見本\u{200B}工事", ""),
        ("works_name", "見本\u{E000}工事", ""),
        (
            "email",
            "soumu@minato.example\r\nBcc: x@elsewhere.example",
            "",
        ),
        ("email", "soumu＠minato", ""),
        ("tel", "たぶん045", "数字"),
    ] {
        let form = good(Typed::fresh(&mut minato).await).set(field, typed);
        refused(&mut minato, form, field, words).await;
    }
    for letter in ["a", "あ"] {
        let long = letter.repeat(100_000);
        for field in [
            "works_name",
            "obligee",
            "bank",
            "message",
            "person",
            "price",
            "contract_date",
        ] {
            let form = good(Typed::fresh(&mut minato).await).set(field, &long);
            let page = form.check(&mut minato).await;
            let sentence = beside(page.is(422), field);
            is_kind(&sentence);
            if !["price", "contract_date"].contains(&field) {
                assert!(sentence.contains("いまは100000文字です"), "{sentence}");
            }
            kept(&page, &form);
        }
    }
    // A list shows what a name may be long, not a hundred thousand characters.
    let page = minato.get("/netdesk/drafts").await;
    assert!(page.bytes.len() < 100_000, "{}", page.bytes.len());
    for (field, typed) in [
        ("works_name", "港\0改良工事"),
        ("message", "一行目\r\n二行\0目"),
        ("price", "50,000,0\x0000"),
        ("email", "soumu\0@minato.example"),
    ] {
        let drafts: i64 = house.ask("select count(*) from applications").await;
        let form = good(Typed::fresh(&mut minato).await)
            .set(field, typed)
            .set("bank", "");
        let page = form.check(&mut minato).await;
        is_kind(&beside(page.is(422), field));
        assert!(
            beside(&page, "bank").contains("預託金融機関"),
            "all at once"
        );
        kept(
            &page,
            &form.clone().set(field, &typed.replace('\0', "\u{FFFD}")),
        );
        let after: i64 = house.ask("select count(*) from applications").await;
        assert_eq!(after, drafts, "a NUL cannot be kept");
    }
    assert_eq!(stored(&house).await, before);
    house.close().await;
}

/// What is no text at all, or more than a form: a page of its own says so, and Back has the rest.
#[tokio::test]
async fn bytes_that_are_no_text_are_refused_as_a_whole() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let before = stored(&house).await;
    let drafts: i64 = house.ask("select count(*) from applications").await;
    let form = good(Typed::fresh(&mut minato).await);
    let body = serde_urlencoded::to_string(form.pairs()).unwrap();
    for (bytes, status, words) in [
        (
            format!("{body}&message=%FF%FE"),
            400,
            "何も失われていません",
        ),
        (
            format!("{body}&message=%ED%A0%80"),
            400,
            "文字コードがUTF-8では",
        ),
        (format!("{body}&price=1"), 400, "二つ以上の値"),
        (
            format!("{body}&message={}", "%E3%81%82".repeat(200_000)),
            413,
            "大きすぎ",
        ),
        (format!("{body}{}", "&a=1".repeat(2_000)), 413, "大きすぎ"),
    ] {
        for address in ["/netdesk/applications/new", "/netdesk/login"] {
            let page = minato.post_raw(address, bytes.clone().into_bytes()).await;
            page.is(status).says(words);
        }
    }
    for (bytes, status, words) in [
        ("login=a%00b&password=x".to_owned(), 400, "制御文字（NUL）"),
        (
            format!("login={}&password=x", "a".repeat(300_000)),
            413,
            "大きすぎ",
        ),
    ] {
        let page = minato.post_raw("/netdesk/login", bytes.into_bytes()).await;
        page.is(status).says(words);
    }
    assert_eq!(stored(&house).await, before);
    let after: i64 = house.ask("select count(*) from applications").await;
    assert_eq!(after, drafts, "not even a draft");
    house.close().await;
}

#[tokio::test]
async fn ids_that_lead_nowhere_say_so() {
    let house = House::told().await;
    let mut minato = house.contractor("minato.soumu").await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    let nobody = "01900000-0000-7000-8000-00000000ffff";
    let yamato = "01900000-0000-7000-8000-000000000005";
    let taisetsu = "01900000-0000-7000-8000-000000000006";
    let before = stored(&house).await;
    for id in [
        nobody,
        yamato,
        taisetsu,
        "1",
        "abc",
        "-",
        "%00",
        "%FF",
        "..%2F..",
        "'%20or%201=1",
    ] {
        for path in [
            "",
            "/status",
            "/confirmation",
            "/submission",
            "/withdrawal",
            "/deletion",
        ] {
            let page = minato
                .get(&format!("/netdesk/applications/{id}{path}"))
                .await;
            assert!(
                matches!(page.status, 404 | 400),
                "{} {}",
                page.path,
                page.status
            );
            page.never_says("見本小学校");
        }
        let form = good(Typed::fresh(&mut minato).await);
        let page = minato
            .post(&format!("/netdesk/applications/{id}"), &form.pairs())
            .await;
        assert!(
            matches!(page.status, 404 | 400),
            "{} {}",
            page.path,
            page.status
        );
        for path in ["", "/progress"] {
            let page = clerk.get(&format!("/office/applications/{id}{path}")).await;
            assert!(
                matches!(page.status, 404 | 400),
                "{} {}",
                page.path,
                page.status
            );
            page.never_says("見本小学校");
        }
        for deed in ["examination", "return", "approval-request", "message"] {
            let page = clerk
                .post(
                    &format!("/office/applications/{id}/{deed}"),
                    &[("product", "prepayment"), ("words", "ご確認ください。")],
                )
                .await;
            assert!(
                matches!(page.status, 404 | 400),
                "{} {}",
                page.path,
                page.status
            );
        }
    }
    for number in [
        "35020-00001M",
        "71001-00001H",
        "35075-99999M",
        "35075-00001H",
        "abc",
        "0",
        "%00",
    ] {
        for path in [
            "",
            "/key-notice.pdf",
            "/certificates/1",
            "/certificates/1.json",
        ] {
            let page = minato
                .get(&format!("/netdesk/guarantees/{number}{path}"))
                .await;
            assert!(
                matches!(page.status, 404 | 400),
                "{} {}",
                page.path,
                page.status
            );
        }
        let page = clerk.get(&format!("/office/guarantees/{number}")).await;
        assert!(
            matches!(page.status, 404 | 400),
            "{} {}",
            page.path,
            page.status
        );
    }
    assert_eq!(stored(&house).await, before);
    house.close().await;
}

#[tokio::test]
async fn a_stale_form_overwrites_nothing_and_loses_nothing() {
    let house = House::told().await;
    let mut one = house.contractor("minato.soumu").await;
    let mut two = house.contractor("minato.keiri").await;
    let fresh = good(Typed::fresh(&mut one).await);
    let address = fresh.address();
    one.submit("/netdesk/applications/new", &fresh.pairs())
        .await
        .is(200);
    let old = Typed::of(&two.get(&address).await, &address);
    let newer = Typed::of(&one.get(&address).await, &address).set("works_name", "先の工事");
    one.post(&address, &newer.pairs()).await.is(303);

    let late = old
        .set("works_name", "あとの工事")
        .set("message", "髙\u{FA11}です");
    let page = two.post(&address, &late.pairs()).await;
    page.is(409)
        .says("ほかの画面で先に保存されました")
        .says("minato.soumu")
        .says("先の工事");
    kept(&page, &late);
    one.get(&address).await.never_says("あとの工事");
    // The page itself is the way on: what it shows can be saved over the newer one.
    let again = Typed::of(&page, &address);
    two.post(&address, &again.pairs()).await.is(303);
    let there = Typed::of(&one.get(&address).await, &address);
    assert_eq!(there.get("works_name"), "あとの工事");
    assert_eq!(there.get("message"), "髙\u{FA11}です");

    // Back to the page that was never saved: it is older than everything since.
    let page = one
        .post(
            "/netdesk/applications/new",
            &fresh.clone().set("works_name", "もとの工事").pairs(),
        )
        .await;
    page.is(409).says("ほかの画面で先に保存されました");
    one.get(&address).await.never_says("もとの工事");

    // The check page of an older revision sends nothing.
    let confirmation = format!("{address}/confirmation");
    let submission = format!("{address}/submission");
    let check = Typed::of(&one.get(&confirmation).await, &submission);
    let changed = Typed::of(&two.get(&address).await, &address).set("price", "60,000,000");
    two.post(&address, &changed.pairs()).await.is(303);
    let page = one.post(&submission, &check.pairs()).await;
    page.is(409)
        .says("確認のあとで内容が変わりました")
        .says("60,000,000 円");
    let sent: i64 = house
        .ask("select count(*) from applications where stage = 'submitted' and works_name like '%の工事'")
        .await;
    assert_eq!(sent, 0);
    house.close().await;
}

#[tokio::test]
async fn t29_twice_and_back_make_one_application() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let form = good(Typed::fresh(&mut minato).await);
    let (address, new) = (form.address(), "/netdesk/applications/new");
    for _ in 0..2 {
        let page = form.check(&mut minato).await;
        assert_eq!(page.location(), Some(format!("{address}/confirmation")));
    }
    let submission = format!("{address}/submission");
    let check = minato.get(&format!("{address}/confirmation")).await;
    let check = Typed::of(&check, &submission);
    let first = minato.submit(&submission, &check.pairs()).await;
    let second = minato.submit(&submission, &check.pairs()).await;
    first.is(200).says("R8-000001");
    second.is(200).says("R8-000001");
    // Back to the form, and pressed again: it was sent already.
    let page = minato.submit(new, &form.pairs()).await;
    page.says("すでに送信されています");
    assert_eq!(page.path, format!("{address}/status"));
    let counts: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from applications), (select count(*) from application_items),
                (select count(*) from events where kind = 'submitted')",
    )
    .fetch_one(&house.owner)
    .await
    .unwrap();
    assert_eq!(counts, (1, 1, 1));
    house.close().await;
}

#[tokio::test]
async fn figures_and_days_are_read_as_people_write_them() {
    let house = House::new().await;
    let mut minato = house.contractor("minato.soumu").await;
    let amounts = [
        "２０，０００，０００",
        "2,000万円",
        "二千万",
        "20000000",
        "￥20,000,000-",
        "2千万円",
    ];
    let days = [
        "20260701",
        "令和8年7月1日",
        "R8.7.1",
        "８／７／１",
        "2026-07-01",
        "令和８年７月１日（水）",
    ];
    for (amount, day) in amounts.into_iter().zip(days) {
        let form = good(Typed::fresh(&mut minato).await)
            .set("prepayment_amount", amount)
            .set("contract_date", day)
            .set("period_from", day);
        let page = form.check(&mut minato).await;
        assert_eq!(page.status, 303, "{amount} {day}: {:?}", page.all(".err"));
        let page = minato.get(&page.location().unwrap()).await;
        page.says("20,000,000 円")
            .says("二千万円")
            .says("・請負金額の40.0%")
            .says("令和08年07月01日")
            .says("2026年7月1日（水）");
        // And the form still shows what was typed.
        let there = Typed::of(&minato.get(&form.address()).await, &form.address());
        assert_eq!(there.get("prepayment_amount"), amount);
        assert_eq!(there.get("contract_date"), day);
    }
    house.close().await;
}
