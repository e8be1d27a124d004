//! A contractor's day after the application: list, detail, key, certificate, notice; and who may
//! not see them.

use akashi::domain::key::AuthenticationKey;
use akashi::domain::seal::Envelope;
use akashi::services::guarantees::{self, KeyUse, ListQuery};

use super::house::House;
use super::house::typed::{good, with_contract};
use super::leaflet::Day;

async fn number(house: &House, sql: &'static str) -> String {
    house.ask::<String>(sql).await
}

const MINATO: &str =
    "select number || suffix from guarantees g join contractors c on c.id = g.contractor_id
  where c.name like 'みなと%' and form = 'electronic' order by g.id limit 1";
const PAPER: &str =
    "select number || suffix from guarantees where form = 'paper' order by id limit 1";
const TAISETSU: &str =
    "select number || suffix from guarantees g join contractors c on c.id = g.contractor_id
  where c.name like '大雪%' order by g.id limit 1";

#[tokio::test]
async fn from_the_top_page_to_the_key() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let mut minato = house.contractor("minato.soumu").await;
    let top = minato.visit("/netdesk/").await;
    top.is(200)
        .says("ようこそ、ネットデスクへ")
        .says("差戻し（ご確認のお願い）")
        .says("認証キーのご提出")
        .says("下書き")
        .says(&number);
    let list = minato.visit("/netdesk/guarantees").await;
    list.is(200).says(&number).says("全1ページ(");
    let links = list.attributes("td a", "href");
    assert!(
        links.contains(&format!("/netdesk/guarantees/{number}")),
        "{links:?}"
    );
    let detail = minato.visit(&format!("/netdesk/guarantees/{number}")).await;
    let who = house.user("minato.soumu").await;
    let key = guarantees::key(&house.app, &who, &number[..11], KeyUse::Page)
        .await
        .unwrap();
    detail
        .is(200)
        .says("電子保証履歴一覧")
        .says("電子保証概要")
        .says("電子保証情報（履歴情報）")
        .says("印刷方法について")
        .says("新規")
        .says("まだありません");
    assert_eq!(
        detail.attributes("[data-copy]", "data-copy"),
        [key.expose()]
    );
    let shown: i64 = house
        .ask("select count(*) from events where kind = 'key_shown' and actor_name = 'minato.soumu'")
        .await;
    assert_eq!(shown, 2, "each display is written down");
    house.close().await;
}

#[tokio::test]
async fn a_number_is_found_however_it_is_typed() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let (theirs, digits) = (self::number(&house, TAISETSU).await, &number[..11]);
    let mut minato = house.contractor("minato.soumu").await;
    let detail = format!("/netdesk/guarantees/{number}");
    for typed in [
        digits.to_owned(),
        digits.replace('-', ""),
        number.to_lowercase(),
        format!(" {number} "),
    ] {
        let query = serde_urlencoded::to_string([("no", &typed)]).unwrap();
        let page = minato.get(&format!("/netdesk/guarantees?{query}")).await;
        assert_eq!(page.location().as_deref(), Some(detail.as_str()), "{typed}");
    }
    let page = minato.get(&format!("/netdesk/guarantees/{digits}")).await;
    assert_eq!(page.location().as_deref(), Some(detail.as_str()));
    // Other people's number and one that nobody has: the same sentence.
    for missing in [
        theirs[..11].to_owned(),
        theirs.clone(),
        "99999-99999".to_owned(),
        format!("{digits}H"),
    ] {
        let page = minato
            .get(&format!("/netdesk/guarantees?no={missing}"))
            .await;
        page.is(422).says("の保証は見つかりません");
        assert_eq!(page.attributes("#f-no", "value"), [missing.as_str()]);
        minato
            .get(&format!("/netdesk/guarantees/{missing}"))
            .await
            .is(404);
    }
    let page = minato.get("/netdesk/guarantees?no=35075-1").await;
    page.is(422).says("数字は10けた");
    house.close().await;
}

#[tokio::test]
async fn conditions_narrow_the_lists_and_bad_days_are_said_beside_the_field() {
    let house = House::new().await.with_stories().await;
    let mut minato = house.contractor("minato.soumu").await;
    let paper = number(&house, PAPER).await;
    minato.visit("/netdesk/guarantees").await.never_says(&paper);
    let page = minato.visit("/netdesk/guarantees?tab=application").await;
    page.says(&paper)
        .says("発行済")
        .says("差戻し（ご確認のお願い）");
    minato
        .visit("/netdesk/guarantees?tab=application&from=R8.7.3")
        .await
        .is(200)
        .says("条件に合う申込はありません");
    minato
        .visit("/netdesk/guarantees?tab=application&from=2026%2F7%2F2&to=20260702")
        .await
        .says(&paper);
    minato
        .visit("/netdesk/guarantees?kind=contract")
        .await
        .says("条件に合う電子保証はありません");
    for (query, words) in [
        ("from=2026-02-30&work=abc", "カレンダーにない日付"),
        (
            "from=2026-07-02&to=2026-07-01&work=abc",
            "期間の終わりは、期間の始めと同じ日か",
        ),
        ("to=いつか&work=abc", "期間の終わりは、2026/7/1"),
    ] {
        let page = minato
            .get(&format!(
                "/netdesk/guarantees?{}",
                query.replace("いつか", "%E3%81%84")
            ))
            .await;
        page.is(422).says(words);
        assert_eq!(
            page.attributes("#f-work", "value"),
            ["abc"],
            "nothing is lost"
        );
    }
    minato.get("/netdesk/guarantees?from=%FF").await.is(400);
    house.close().await;
}

#[tokio::test]
async fn the_certificate_comes_as_page_copy_and_envelope() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let base = format!("/netdesk/guarantees/{number}/certificates");
    let mut minato = house.contractor("minato.soumu").await;
    let page = minato.get(&format!("{base}/1")).await;
    page.is(200)
        .says("保証契約内容の確認")
        .says("電子的な取扱となります")
        .says("お客さまに代わり");
    let pdf = minato.get(&format!("{base}/1.pdf")).await;
    pdf.is(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert_eq!(pdf.header("cache-control"), "no-store");
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    let json = minato.get(&format!("{base}/1.json")).await;
    let envelope = Envelope::from_json(&json.bytes).unwrap();
    let stored: Vec<u8> = house
        .ask("select face from certificates c join guarantees g on g.id = c.guarantee_id
              join contractors o on o.id = g.contractor_id where o.name like 'みなと%' and form = 'electronic' limit 1")
        .await;
    assert_eq!(envelope.payload, stored, "the very bytes that are signed");
    for gone in ["2", "0", "x", "1.txt", "99999999999"] {
        minato.get(&format!("{base}/{gone}")).await.is(404);
    }
    let looks: Vec<String> = sqlx::query_scalar(
        "select kind from events where kind in ('certificate_seen', 'certificate_copied')
           and actor_name = 'minato.soumu' order by id",
    )
    .fetch_all(&house.owner)
    .await
    .unwrap();
    assert_eq!(
        looks,
        [
            "certificate_seen",
            "certificate_copied",
            "certificate_copied"
        ],
        "each look at a certificate is recorded, and none that failed"
    );
    let paper = self::number(&house, PAPER).await;
    minato
        .get(&format!("/netdesk/guarantees/{paper}/certificates/1"))
        .await
        .is(404);
    house.close().await;
}

#[tokio::test]
async fn the_certificates_page_leads_to_both_copies() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let mut minato = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}/certificates/1");
    let page = minato.get(&address).await;
    page.is(200).says("PDF（写し）").says("署名付きファイル");
    let links = page.attributes(".cert-bar a", "href");
    for copy in ["pdf", "json"] {
        let link = format!("{address}.{copy}");
        assert!(links.contains(&link), "{links:?}");
        minato.get(&link).await.is(200);
    }
    house.close().await;
}

#[tokio::test]
async fn the_notice_is_a_pdf_and_leaves_a_record() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let mut minato = house.contractor("minato.soumu").await;
    let pdf = minato
        .get(&format!("/netdesk/guarantees/{number}/key-notice.pdf"))
        .await;
    pdf.is(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert_eq!(pdf.header("cache-control"), "no-store");
    assert!(
        !pdf.header("content-disposition").contains(&number),
        "the name says nothing"
    );
    let made: i64 = house
        .ask("select count(*) from events where kind = 'key_notice_made'")
        .await;
    assert_eq!(made, 1);
    let paper = self::number(&house, PAPER).await;
    minato
        .get(&format!("/netdesk/guarantees/{paper}/key-notice.pdf"))
        .await
        .is(404);
    house.close().await;
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    let detail = format!("/netdesk/guarantees/{number}");
    let pages = [
        detail.clone(),
        format!("{detail}/key-notice.pdf"),
        format!("{detail}/certificates/1"),
        format!("{detail}/certificates/1.pdf"),
        format!("{detail}/certificates/1.json"),
    ];
    for login in ["yamato.soumu", "taisetsu.soumu"] {
        let mut other = house.contractor(login).await;
        for page in &pages {
            other.get(page).await.is(404);
        }
        other.visit("/netdesk/guarantees").await.never_says(&number);
    }
    let mut stranger = house.stranger();
    for page in &pages {
        let to = stranger.get(page).await.location().unwrap();
        assert!(to.starts_with("/netdesk/login?next="), "{to}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_reader_without_the_right_sees_everything_but_the_key() {
    let house = House::new().await.with_stories().await;
    let number = number(&house, MINATO).await;
    sqlx::query("update accounts set role = 'viewer' where login = 'minato.keiri'")
        .execute(&house.owner)
        .await
        .unwrap();
    let mut keiri = house.contractor("minato.keiri").await;
    let page = keiri.get(&format!("/netdesk/guarantees/{number}")).await;
    page.is(200)
        .says("認証キーを表示できません")
        .says("電子保証概要");
    assert!(page.attributes("[data-copy]", "data-copy").is_empty());
    assert!(
        !page
            .text()
            .contains(&key_of(&house, &number).await.groups()[0])
    );
    keiri
        .get(&format!("/netdesk/guarantees/{number}/key-notice.pdf"))
        .await
        .is(403);
    keiri
        .visit("/netdesk/")
        .await
        .never_says("認証キーのご提出")
        .never_says("保証申込を作成する");
    house.close().await;
}

async fn key_of(house: &House, number: &str) -> AuthenticationKey {
    let who = house.user("minato.soumu").await;
    guarantees::key(&house.app, &who, &number[..11], KeyUse::Page)
        .await
        .unwrap()
}

#[tokio::test]
async fn paper_says_how_it_is_handed_over_and_has_no_key() {
    let house = House::new().await.with_stories().await;
    let paper = number(&house, PAPER).await;
    let mut minato = house.contractor("minato.soumu").await;
    let page = minato.get(&format!("/netdesk/guarantees/{paper}")).await;
    page.is(200)
        .says("証書（紙）")
        .says("保証証書受取")
        .says("認証キーはありません")
        .says("提出先 契約課")
        .says("時期 契約を結ぶとき")
        .never_says("アップロード");
    assert!(page.attributes("[data-copy]", "data-copy").is_empty());
    house.close().await;
}

#[tokio::test]
async fn beyond_a_thousand_the_list_turns_by_keyset_both_ways() {
    let house = House::new().await.with_stories().await;
    // Rows only to be listed: 1,001 more of the same guarantee on other days.
    sqlx::raw_sql(
        "alter table guarantees disable trigger all;
         insert into guarantees (surety_id, contractor_id, branch_id, application_id, item_id, number,
           suffix, product, form, obligee_name, works_name, works_search, contractor_name, price,
           amount, until, issued_on, issued_at)
         select surety_id, contractor_id, branch_id, application_id, gen_random_uuid(),
           '90000-' || lpad(n::text, 5, '0'), suffix, product, form, obligee_name, works_name,
           works_search, contractor_name, price, amount, until, date '2025-01-01' + (n / 3), issued_at
         from generate_series(1, 1001) n, (select * from guarantees where form = 'electronic' and suffix = 'M' order by id limit 1) g",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    let mut minato = house.contractor("minato.soumu").await;
    let first = minato.visit("/netdesk/guarantees?from=2025-01-01").await;
    first.is(200).says("1,000件以上");
    let next = first.attributes("a[rel=next]", "href").remove(0);
    assert!(first.attributes("a[rel=prev]", "href").is_empty());
    let second = minato.visit(&next).await;
    let numbers = |page: &super::house::Page| page.all("td.num.l");
    assert_ne!(numbers(&first), numbers(&second));
    let back = second.attributes("a[rel=prev]", "href").remove(0);
    let again = minato.visit(&back).await;
    assert_eq!(
        numbers(&first),
        numbers(&again),
        "前へ leads back to the same rows"
    );
    assert!(again.attributes("a[rel=prev]", "href").is_empty());
    // Every row once, to the very end.
    let who = house.user("minato.soumu").await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let query = ListQuery {
            page: 1,
            before,
            ..ListQuery::default()
        };
        let list = guarantees::list(&house.app, &who, &query).await.unwrap();
        seen.extend(list.rows.iter().map(|row| row.number.clone()));
        match list.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count >= 1_001), (count, true));
    house.close().await;
}

/// Two applications, one works: each page names the other guarantee's key and its obligee's moment.
#[tokio::test]
async fn a_guarantee_of_the_same_works_is_named_wherever_it_came_from() {
    let house = House::new().await;
    let mut day = Day::begin(&house).await;
    let name = "見本橋補修工事";
    let id = day.apply(|form| good(form).set("works_name", name)).await;
    let first = day.issue(&id, &["prepayment"]).await.remove(0);
    let id = day
        .apply(|form| {
            with_contract(good(form), "electronic")
                .without("prepayment_on")
                .set("prepayment_plan", "applied")
                .set("works_name", "見本橋　補修工事")
        })
        .await;
    let second = day.issue(&id, &["contract"]).await.remove(0);
    let alone = day
        .apply(|form| good(form).set("works_name", "別の見本橋補修工事"))
        .await;
    let alone = day.issue(&alone, &["prepayment"]).await.remove(0);
    sqlx::raw_sql(
        "insert into rule_books (surety_id, obligee_id, version, book, created_by, created_at)
         select surety_id, obligee_id, version + 1,
           jsonb_set(book, '{hand_in,1,when}', '\"claim\"'), created_by, created_at
         from rule_books where book->>'body' = 'みなと野市'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    let page = day
        .minato
        .get(&format!("/netdesk/guarantees/{first}"))
        .await;
    page.is(200)
        .says(&format!(
            "この工事の契約保証（{second}）には、別の認証キーがあります。"
        ))
        .says("前払金を請求するときに提出します。");
    let page = day
        .minato
        .get(&format!("/netdesk/guarantees/{second}"))
        .await;
    page.says(&format!(
        "この工事の前払金保証（{first}）には、別の認証キーがあります。"
    ));
    let page = day
        .minato
        .get(&format!("/netdesk/guarantees/{alone}"))
        .await;
    page.is(200).never_says("別の認証キー");
    let page = day.clerk.get(&format!("/office/guarantees/{first}")).await;
    page.says("同じ工事のほかの保証").says(&second);
    house.close().await;
}

#[tokio::test]
async fn staff_read_an_obligees_book_in_full_and_contractors_in_short() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let register = admin.get("/office/admin/obligees").await;
    let links = register.is(200).attributes("tbody a", "href");
    let mut pages = Vec::new();
    for link in links {
        pages.push(admin.get(&link).await.is(200).text());
    }
    let page = pages
        .iter()
        .find(|text| text.contains("みなと野市の"))
        .unwrap();
    for words in [
        "提出（前払金保証） 工事担当課へ電子メール　件名：【前払金】{工事名}　時期：前払金を請求するとき　備考：前払金の請求書と合わせて送信します",
        "提出（契約保証） 電子契約システム（契約課）　時期：契約を結ぶとき　備考：契約書と同じ案件にアップロードします",
    ] {
        let words: String = words.split_whitespace().collect();
        let page: String = page.split_whitespace().collect();
        assert!(page.contains(&words), "{page}");
    }
    let mut minato = house.contractor("minato.soumu").await;
    let page = minato.get("/netdesk/obligees").await;
    page.is(200)
        .says("工事担当課へ電子メール")
        .never_says("件名：");
    house.close().await;
}

/// Looking for the same works walks an index, under row-level security too: a company may have
/// hundreds of thousands of guarantees.
#[tokio::test]
async fn the_same_works_are_found_along_an_index() {
    let house = House::new().await;
    let mut tx = house.owner.begin().await.unwrap();
    sqlx::raw_sql(
        "set local enable_seqscan = off; set local role netdesk;
         select set_config('app.surety', '1', true), set_config('app.contractor', '1', true);",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    for (table, condition) in [
        ("guarantees", "issued_at is not null"),
        ("applications", "true"),
    ] {
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "explain select 1 from {table} where surety_id = 1 and contractor_id = 1 and {condition}
               and works_key = hashtextextended('x', 0) and works_search = 'x'"
        )))
        .fetch_all(&mut *tx)
        .await
        .unwrap();
        let plan = plan.join("\n");
        let walked = plan
            .lines()
            .any(|line| line.contains("Index Cond") && line.contains("works_key"));
        assert!(walked, "{plan}");
    }
    tx.rollback().await.unwrap();
    house.close().await;
}
