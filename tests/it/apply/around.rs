//! What stands around the form: the obligees' register, marks, messages, the list of drafts.

use super::*;

#[tokio::test]
async fn the_register_says_who_takes_what() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get("/netdesk/obligees").await;
    page.is(200)
        .says("神奈川県内広域水道企業団 対応 落札決定日が2026/07/01以降")
        .says("松原村 未対応");
    page.never_says("北の町");
    let page = soumu.get("/netdesk/obligees?q=%E6%9D%BE%E5%8E%9F").await;
    assert_eq!(page.all("tbody tr").len(), 1);
    let page = soumu.get("/netdesk/obligees?q=%3Cb%3E").await;
    page.says("登録されていません");
    house.close().await;
}

/// 必須 stands where an empty field would be refused, and nowhere else; the script hears the same.
#[tokio::test]
async fn the_marks_follow_what_would_be_refused() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let all = [
        "contract_date",
        "award_date",
        "notice_date",
        "prepayment_plan",
        "handover",
        "jv_name",
        "jv_representative",
        "email",
    ];
    /// What is typed over the worked example, and what is 必須 then.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[], &["contract_date", "award_date", "email"]),
        (
            &[("prepayment_form", "paper")],
            &["contract_date", "award_date", "handover", "email"],
        ),
        (
            &[("prepayment_form", "paper"), ("contract_form", "paper")],
            &["contract_date", "handover", "email"],
        ),
        (
            &[("prepayment_on", ""), ("notify", "no")],
            &["award_date", "prepayment_plan"],
        ),
        (
            &[("obligee", "みなと野市長"), ("prepayment_on", "")],
            &["contract_date", "prepayment_plan", "email"],
        ),
        (
            &[
                ("obligee", "みなと野市長"),
                ("prepayment_on", ""),
                ("contract_form", "paper"),
            ],
            &["prepayment_plan", "handover", "email"],
        ),
        (
            &[("jv_name", "見本JV"), ("obligee", "だれも知らない町長")],
            &["contract_date", "jv_representative", "email"],
        ),
    ];
    for (typed, required) in cases {
        let mut sheet = fresh(&mut soumu).await;
        sheet.fill(&WORKED).fill(typed);
        sheet
            .fields
            .retain(|(name, value)| !name.ends_with("_on") || value == "on");
        let page = sheet.draft(&mut soumu).await;
        let address = page.is(303).location().unwrap();
        let page = soumu.get(&address).await;
        let fields: Vec<_> = sheet
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let advice = soumu.post("/netdesk/applications/advice", &fields).await;
        let told: serde_json::Value = serde_json::from_slice(&advice.is(200).bytes).unwrap();
        for name in all {
            let wanted = required.contains(&name);
            let mark = page.all(&format!(
                ".row:has([name={name}]) .row__label :is(.req, .opt)"
            ));
            assert_eq!(
                mark,
                [if wanted { "必須" } else { "任意" }],
                "{name} {typed:?}"
            );
            assert_eq!(told["needs"][name], wanted, "{name} {typed:?}");
            // The mark speaks the truth: left empty, the field is refused or it is not.
            let now = Sheet::of(&soumu.get(&address).await);
            let mut empty = Sheet::of(&page);
            empty.set("revision", now.get("revision")).set(name, "");
            let refused = empty.next(&mut soumu).await;
            let said = !refused.all(&format!("#e-{name}")).is_empty();
            assert_eq!(said, wanted, "{name} {typed:?}: {:?}", refused.all(".err"));
        }
    }
    house.close().await;
}

/// A message reaches the contractor wherever it looks, not only inside the one application.
#[tokio::test]
async fn a_message_of_the_branch_is_seen_from_the_top_page_on() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = sent(&mut soumu).await;
    let id = id_of(&address);
    soumu
        .get("/netdesk/status")
        .await
        .never_says("お知らせ 2026");
    let clerk = house.staff("kanagawa.clerk").await;
    let words = "契約書の写しを\nFAXでお送りください。";
    acts::tell_contractor(&house.app, &clerk, id, words)
        .await
        .unwrap();
    let top = soumu.get("/netdesk/").await;
    let wait = top.all(".waits li").remove(0);
    for part in ["弊社からのお知らせ", "契約書の写しを", "○○浄水場△△修繕工事"]
    {
        assert!(wait.contains(part), "{wait}");
    }
    let links = top.attributes(".waits a", "href");
    assert!(links.contains(&format!("{address}/status")), "{links:?}");
    soumu
        .get("/netdesk/status")
        .await
        .says("お知らせ 2026/07/02");

    // Returned: the form shows the request and the message.
    acts::take_up(&house.app, &clerk, id).await.unwrap();
    acts::return_with(&house.app, &clerk, id, "工期をご確認ください。")
        .await
        .unwrap();
    let form = soumu.get(&address).await;
    let row = form
        .all(".row")
        .into_iter()
        .find(|row| row.starts_with("弊社からお客様へのお知らせ"))
        .unwrap();
    assert!(
        row.contains("契約書の写しを") && row.contains("工期をご確認ください。"),
        "{row}"
    );
    // Two weeks later it is no news any more; the application still tells it.
    house.app.clock.advance(Duration::days(15));
    house.work().await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/")
        .await
        .never_says("弊社からのお知らせ");
    soumu
        .get(&format!("{address}/status"))
        .await
        .says("契約書の写しを");
    house.close().await;
}

#[tokio::test]
async fn every_draft_can_be_reached_however_many_there_are() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = fresh(&mut soumu)
        .await
        .set("works_name", "はじめの工事")
        .draft(&mut soumu)
        .await;
    page.is(303);
    let more = |from: i32, to: i32| {
        format!(
            "insert into applications (id, surety_id, contractor_id, stage, form, works_name,
               created_by, created_at, updated_by, updated_at)
             select gen_random_uuid(), surety_id, contractor_id, 'draft', form, '下書き' || n,
               created_by, created_at, updated_by, updated_at + n * interval '1 second'
             from generate_series({from}, {to}) n, (select * from applications where works_name = 'はじめの工事') a"
        )
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(more(1, 249)))
        .execute(&house.owner)
        .await
        .unwrap();
    let page = soumu.get("/netdesk/drafts").await;
    page.is(200)
        .says("250件")
        .says("全13ページ(250件)中の1ページ目を表示しています")
        .never_says("はじめの工事");
    soumu.get("/netdesk/").await.says("250件あります");
    soumu
        .get("/netdesk/drafts?page=13")
        .await
        .says("はじめの工事");
    sqlx::raw_sql(sqlx::AssertSqlSafe(more(250, 1_010)))
        .execute(&house.owner)
        .await
        .unwrap();
    let mut address = "/netdesk/drafts".to_owned();
    let mut seen = Vec::new();
    let last = loop {
        let page = soumu.get(&address).await;
        page.is(200).says("1,000件以上");
        let rows = page.all("td[data-l='発注者名・工事名'] a");
        seen.extend(rows.clone());
        match page.attributes("a[rel=next]", "href").pop() {
            Some(next) => address = next,
            None => break rows,
        }
    };
    assert_eq!(last.last().unwrap(), "はじめの工事");
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (1_011, 1_011));
    let page = soumu.get(&address).await;
    let back = page.attributes("a[rel=prev]", "href").remove(0);
    let before = soumu.get(&back).await;
    assert!(before.attributes("a[rel=next]", "href").len() == 1);
    house.close().await;
}
