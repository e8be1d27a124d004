//! A day at the branch, through its own screens.

use akashi::services::accounts::DEMO_PASSWORD;
use akashi::services::applications;
use axum::body::Body;
use axum::http::{Method, Request};
use uuid::Uuid;

use super::house::visitor::HOST;
use super::house::{House, Page, Visitor};

/// The story's waiting application of やまと土木: 前払 electronic, 契約 on paper, fee by transfer.
async fn waiting(house: &House) -> Uuid {
    let yamato = house.user("yamato.soumu").await;
    let lines = applications::list(&house.app, &yamato).await.unwrap();
    lines
        .into_iter()
        .find(|line| line.works_name.contains("見本小学校"))
        .unwrap()
        .id
}

const BOTH: [(&str, &str); 2] = [("product", "prepayment"), ("product", "contract")];

/// Confirms one product's fee through the page's own form.
async fn pay(clerk: &mut Visitor, base: &str, product: &str) -> Page {
    let page = clerk.get(base).await;
    let fields = page.form_fields(&format!("{base}/payment"));
    let form_id = fields.iter().find(|(name, _)| name == "form_id").unwrap();
    let fields = [
        ("form_id", form_id.1.as_str()),
        ("product", product),
        ("amount", "３万円"),
        ("paid_on", "R8.7.2"),
    ];
    clerk.act(base, "payment", &fields).await.is(303);
    // The same form once more (pressed twice): one entry.
    clerk.act_on(base, "payment", &fields).await
}

#[tokio::test]
async fn a_branch_examines_approves_and_issues_on_its_own_screens() {
    let house = House::new().await.with_stories().await;
    let base = format!("/office/applications/{}", waiting(&house).await);
    let mut clerk = house.officer("nagano.clerk").await;
    let mut approver = house.officer("nagano.approver").await;

    let queue = clerk.get("/office/applications").await;
    queue.is(200).says("見本小学校屋内運動場外壁改修工事");
    assert!(
        queue.attributes("a", "href").contains(&base),
        "no way into the case"
    );
    approver
        .get(&base)
        .await
        .says("審査を待っています")
        .never_says("審査を開始する");
    clerk
        .get(&base)
        .await
        .says("審査を始めます")
        .never_says("承認する</button>");
    clerk
        .act_on(&base, "examination", &[])
        .await
        .says("審査を開始しました。")
        .says("審査の結果を決めます");
    clerk
        .act(&base, "approval-request", &[])
        .await
        .is(422)
        .says("承認に回す商品を、一つ以上選んでください。");
    clerk
        .act_on(&base, "approval-request", &BOTH)
        .await
        .says("前払金保証・契約保証を承認に回しました。")
        .says("あなたが審査しました。審査した人は承認できません。");
    // The clerk's role does not approve, whatever is posted.
    clerk.act(&base, "approval", &BOTH).await.is(403);

    approver.get(&base).await.says("承認するか決めます");
    approver
        .act_on(&base, "approval", &BOTH)
        .await
        .says("前払金保証・契約保証を承認しました。")
        .says("前払金保証の保証料の入金確認が済んでいません")
        .never_says("発行する</button>");
    approver
        .act(&base, "issue", &BOTH)
        .await
        .is(409)
        .says("いまの状態では行えませんでした")
        .says("入金確認が済んでいません");

    let form = clerk
        .get(&base)
        .await
        .form_fields(&format!("{base}/payment"));
    let form_id = form.iter().find(|(name, _)| name == "form_id").unwrap();
    let wrong = [
        ("form_id", form_id.1.as_str()),
        ("product", "contract"),
        ("amount", "12a"),
        ("paid_on", "2026/7/3"),
    ];
    let page = clerk.post(&format!("{base}/payment"), &wrong).await;
    page.is(422)
        .says("入金の金額は、20,000,000 や 2,000万円 のように数字で入力してください（いまの入力：12a）。")
        .says("今日（令和8年7月2日）までの日付にしてください");
    let kept = page.form_fields(&format!("{base}/payment"));
    assert!(kept.contains(&("amount".into(), "12a".into())));
    assert!(kept.contains(&("product".into(), "contract".into())));
    pay(&mut clerk, &base, "prepayment").await;
    pay(&mut clerk, &base, "contract").await;
    let paid: i64 = house
        .ask("select count(*) from payments where amount = 30000")
        .await;
    assert_eq!(paid, 2, "one entry for each product");

    let ordered = approver.act_on(&base, "issue", &BOTH).await;
    ordered
        .says("前払金保証・契約保証の発行を指図しました。")
        .says("発行手続中（前払金保証・契約保証）")
        .says("いまの状態を見る");
    let progress = format!("{base}/progress");
    let waits = ordered.attributes("[data-wait]", "data-wait");
    assert_eq!(waits, vec![progress.as_str()]);
    approver.get(&progress).await.is(204);
    // Pressing again orders nothing more.
    approver.act(&base, "issue", &BOTH).await.is(303);
    house.work().await;
    approver.get(&progress).await.is(200);
    let done = approver.get(&base).await;
    done.says("発行済").says("手続きは終わりました");
    let numbers: Vec<String> = done
        .attributes("td a", "href")
        .into_iter()
        .filter(|href| href.starts_with("/office/guarantees/"))
        .collect();
    assert_eq!(numbers.len(), 2, "{numbers:?}");

    let electronic = approver.get(&numbers[0]).await;
    electronic
        .says("電子保証")
        .says("電子保証発行日時")
        .says("まだありません")
        .never_says("証書を印刷する");
    let certificate = format!("{}/certificates/1", numbers[0]);
    approver
        .get(&certificate)
        .await
        .is(200)
        .says("保証証書（前払金保証）")
        .says("6,160,000　円");
    let copy = approver.get(&format!("{certificate}.pdf")).await;
    assert_eq!(
        (copy.status, copy.header("content-type")),
        (200, "application/pdf")
    );
    approver.get(&format!("{certificate}.json")).await.is(200);
    approver
        .get(&format!("{}/certificates/2", numbers[0]))
        .await
        .is(404);

    // Paper: the original once, then reprints that say so.
    clerk.get(&numbers[1]).await.says("まだ印刷していません。");
    let paper = format!("{}/paper", numbers[1]);
    for _ in 0..2 {
        let pdf = clerk.post(&paper, &[]).await;
        assert_eq!(
            (pdf.status, pdf.header("content-type")),
            (200, "application/pdf")
        );
        assert!(pdf.bytes.starts_with(b"%PDF"));
    }
    clerk
        .get(&numbers[1])
        .await
        .says("これまでに2回印刷しました")
        .says("原本")
        .says("再印刷");
    clerk
        .post(&format!("{}/paper", numbers[0]), &[])
        .await
        .is(404);

    clerk
        .get("/office/guarantees?q=%EF%BC%93%EF%BC%95%EF%BC%90%EF%BC%92%EF%BC%90")
        .await
        .says("35020-");
    clerk
        .get("/office/guarantees?q=nowhere")
        .await
        .says("条件に合う保証契約はありません。");
    clerk
        .get("/office/guarantees?from=2026-02-30")
        .await
        .is(422);
    house.close().await;
}

#[tokio::test]
async fn who_examined_sees_why_not_even_after_becoming_an_approver() {
    let house = House::new().await.with_stories().await;
    let base = format!("/office/applications/{}", waiting(&house).await);
    let mut clerk = house.officer("nagano.clerk").await;
    clerk.act(&base, "examination", &[]).await.is(303);
    clerk.act(&base, "approval-request", &BOTH).await.is(303);
    let account: i64 = house
        .ask("select id from accounts where login = 'nagano.clerk'")
        .await;
    let mut admin = house.officer("honsha.admin").await;
    admin
        .submit(
            &format!("/office/admin/staff/{account}/role"),
            &[("role", "approver")],
        )
        .await
        .says("役割を変更しました。");

    let page = clerk.get(&base).await;
    page.says("審査した人は承認できません。ほかの承認者が承認してください。")
        .never_says("承認する</button>");
    clerk
        .act(&base, "approval", &BOTH)
        .await
        .is(403)
        .says("この操作は行えませんでした")
        .says("審査した人は承認できません。");
    let approved: i64 = house
        .ask("select count(*) from application_items where state = 'approved'")
        .await;
    assert_eq!(approved, 0);
    house.close().await;
}

#[tokio::test]
async fn an_application_goes_back_with_words_and_a_product_is_declined_with_its_reason() {
    let house = House::new().await.with_stories().await;
    let base = format!("/office/applications/{}", waiting(&house).await);
    let mut clerk = house.officer("nagano.clerk").await;
    let mut approver = house.officer("nagano.approver").await;
    clerk.act(&base, "examination", &[]).await.is(303);

    // Two people with the page open: the slower one learns how things stand now.
    let mut slower = house.officer("nagano.clerk").await;
    slower.act(&base, "examination", &[]).await.is(303);

    let page = clerk.act(&base, "return", &[("words", " 　\r\n ")]).await;
    page.is(422).says("お客様への言葉を入力してください。");
    let long = "あ".repeat(1_001);
    let page = clerk
        .act(&base, "return", &[("words", long.as_str())])
        .await;
    page.is(422);
    assert!(page.html().contains(&long), "what was typed is lost");

    clerk
        .act_on(
            &base,
            "message",
            &[("message", "図面を\r\n一枚お送りください。")],
        )
        .await
        .says("お客様へのお知らせを出しました。")
        .says("図面を 一枚お送りください。");

    approver
        .act(&base, "decline", &[("reason", "")])
        .await
        .is(422)
        .says("謝絶する商品を、一つ以上選んでください。")
        .says("理由を入力してください。");
    clerk
        .act(
            &base,
            "decline",
            &[("product", "contract"), ("reason", "同じ")],
        )
        .await
        .is(403);
    approver
        .act_on(
            &base,
            "decline",
            &[("product", "contract"), ("reason", "重ねての保証のため")],
        )
        .await
        .says("契約保証を謝絶しました。")
        .says("重ねての保証のため");
    clerk
        .act_on(
            &base,
            "return",
            &[("words", "契約書の写しをお願いします。")],
        )
        .await
        .says("お客様へ差し戻しました。")
        .says("お客様の訂正を待っています")
        .says("契約書の写しをお願いします。");
    approver
        .act(&base, "return", &[("words", "もう一度")])
        .await
        .is(409)
        .says("審査中の申込だけを差し戻せます。");
    let mut contractor = house.contractor("yamato.soumu").await;
    let status = contractor
        .get(&base.replace("/office/applications", "/netdesk/applications"))
        .await;
    status.says("契約書の写しをお願いします。");
    house.work().await;
    house.close().await;
}

#[tokio::test]
async fn other_branches_and_sureties_find_nothing() {
    let house = House::new().await.with_stories().await;
    let id = waiting(&house).await;
    let base = format!("/office/applications/{id}");
    for login in ["kanagawa.clerk", "sapporo.clerk", "kita.admin"] {
        let mut stranger = house.officer(login).await;
        stranger.get(&base).await.is(404);
        stranger.get(&format!("{base}/progress")).await.is(404);
        stranger
            .get("/office/applications?q=%E8%A6%8B%E6%9C%AC%E5%B0%8F%E5%AD%A6%E6%A0%A1")
            .await
            .never_says("見本小学校屋内");
        stranger
            .get("/office/applications/not-a-number")
            .await
            .is(404);
        stranger
            .get("/office/guarantees/35020-00001M")
            .await
            .is(404);
        stranger
            .get("/office/guarantees/35020-00001M/certificates/1.json")
            .await
            .is(404);
    }
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk.act(&base, "examination", &[]).await.is(404);
    clerk
        .post("/office/guarantees/35020-00001M/paper", &[])
        .await
        .is(404);
    // Head office sees every branch, administrators only look.
    let mut admin = house.officer("honsha.admin").await;
    admin.get(&base).await.is(200).never_says("審査を開始する");
    admin.act(&base, "examination", &[]).await.is(403);
    house.close().await;
}

#[tokio::test]
async fn the_queue_is_sought_and_cut_to_size_by_its_address() {
    let house = House::new().await.with_stories().await;
    let mut admin = house.officer("honsha.admin").await;
    let all = admin.get("/office/applications").await;
    all.says("見本小学校")
        .says("みなと野市民プール改修工事")
        .says("長野支店");
    let sought = admin
        .get("/office/applications?q=%E8%A6%8B%E6%9C%AC%E5%B0%8F")
        .await;
    sought.says("見本小学校").never_says("みなと野市民プール");
    assert!(
        sought.html().contains("value=\"見本小\""),
        "the search forgets its words"
    );
    admin
        .get("/office/applications?view=new&form=paper&product=prepayment")
        .await
        .says("条件に合う申込はありません。");
    admin
        .get("/office/applications?view=done")
        .await
        .says("市道12号線舗装修繕工事");
    admin
        .get("/office/applications?from=2026-02-30")
        .await
        .is(422)
        .says("受付日");
    admin
        .get("/office/applications?view=awaiting")
        .await
        .says("承認を待っている申込はありません。");
    house.close().await;
}

#[tokio::test]
async fn every_help_page_is_there_for_those_it_is_for() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let index = admin.get("/office/help").await;
    let topics: Vec<String> = index
        .attributes("main li a", "href")
        .into_iter()
        .filter(|href| href.starts_with("/office/help/"))
        .collect();
    assert_eq!(topics.len(), 16, "{topics:?}");
    let mut clerk = house.officer("nagano.clerk").await;
    let mut stranger = house.stranger();
    for topic in topics {
        admin.get(&topic).await.is(200);
        let administrators = [
            "branches",
            "staff",
            "contractors",
            "obligees",
            "blocks",
            "jobs",
        ]
        .iter()
        .any(|code| topic.ends_with(code));
        let expected = if administrators { 404 } else { 200 };
        clerk.get(&topic).await.is(expected);
        stranger.get(&topic).await.is(expected);
    }
    house.close().await;
}

/// Brings the waiting application to 承認済 with its fees confirmed.
async fn approved(clerk: &mut Visitor, approver: &mut Visitor, base: &str) {
    clerk.act(base, "examination", &[]).await.is(303);
    clerk.act(base, "approval-request", &BOTH).await.is(303);
    pay(clerk, base, "prepayment").await;
    pay(clerk, base, "contract").await;
    approver.act(base, "approval", &BOTH).await.is(303);
}

#[tokio::test]
async fn an_order_that_cannot_be_carried_out_comes_back_with_its_reason() {
    let house = House::new().await.with_stories().await;
    let base = format!("/office/applications/{}", waiting(&house).await);
    let mut clerk = house.officer("nagano.clerk").await;
    let mut approver = house.officer("nagano.approver").await;
    approved(&mut clerk, &mut approver, &base).await;
    sqlx::query("update number_blocks set next = 100000 where block = '35020'")
        .execute(&house.owner)
        .await
        .unwrap();
    approver
        .act(&base, "issue", &[("product", "contract")])
        .await
        .is(303);
    house.work().await;
    approver
        .get(&base)
        .await
        .says("契約保証は発行できずに戻りました")
        .says("番号は使っていません。")
        .says("発行します");
    let mut admin = house.officer("honsha.admin").await;
    let jobs = admin.get("/office/admin/jobs").await;
    jobs.says("発行").says("申込は「承認済」に戻っています。");
    let run = jobs.attributes("main form", "action").remove(0);
    admin.submit(&run, &[]).await.says("もう一度実行します。");
    house.work().await;
    let jobs = admin.get("/office/admin/jobs").await;
    jobs.says("番号ブロックに空きがありません");
    assert!(jobs.attributes("main h2 a", "href").contains(&base));
    let nagano: i64 = house
        .ask("select id from branches where name = '長野支店'")
        .await;
    let nagano = nagano.to_string();
    admin
        .submit(
            "/office/admin/blocks",
            &[("block", "35021"), ("branch", &nagano)],
        )
        .await
        .says("番号ブロック 35021 を割り当てました。")
        .says("使い切り");
    let run = jobs.attributes("main form", "action").remove(0);
    admin.submit(&run, &[]).await.says("もう一度実行します。");
    house.work().await;
    let issued: i64 = house
        .ask("select count(*) from guarantees where number like '35021-%'")
        .await;
    assert_eq!(issued, 1, "run again is ordered again");
    let orderer: String = house
        .ask("select a.login from application_items i join accounts a on a.id = i.ordered_by where i.product = 'contract' and i.state = 'issued' and i.branch_id = (select id from branches where name = '長野支店')")
        .await;
    assert_eq!(
        orderer, "nagano.approver",
        "an administrator orders nothing in his own name"
    );
    approver.get(&base).await.says("処理をもう一度実行");

    approver.act(&base, "issue", &BOTH).await.is(303);
    house.work().await;
    approver
        .get(&base)
        .await
        .says("手続きは終わりました")
        .says("35021-00001M")
        .says("35021-00002M")
        .never_says("発行できずに戻りました");
    house.close().await;
}

#[tokio::test]
async fn what_was_typed_survives_the_end_of_the_session() {
    let house = House::new().await.with_stories().await;
    let base = format!("/office/applications/{}", waiting(&house).await);
    let mut clerk = house.officer("nagano.clerk").await;
    clerk.act(&base, "examination", &[]).await.is(303);
    house.app.clock.advance(time::Duration::minutes(16));
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{base}/return"))
        .header("host", HOST)
        .header("origin", format!("http://{HOST}"))
        .header("referer", format!("http://{HOST}{base}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let words =
        serde_urlencoded::to_string([("words", "工期をもう一度お確かめください。")]).unwrap();
    let away = clerk.send(request, Body::from(words), &base).await;
    let login = away.location().unwrap();
    assert!(login.starts_with("/office/login?next="), "{login}");
    let fields = [
        ("login", "nagano.clerk"),
        ("password", DEMO_PASSWORD),
        ("next", base.as_str()),
    ];
    let back = clerk.submit("/office/login", &fields).await;
    back.says("入力内容を戻しました。まだ送信していません。");
    assert!(
        back.html()
            .contains("工期をもう一度お確かめください。</textarea>")
    );
    let returned: i64 = house
        .ask("select count(*) from applications where stage = 'returned' and works_name like '見本小%'")
        .await;
    assert_eq!(returned, 0);
    house.close().await;
}
