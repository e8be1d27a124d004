//! Drafts and sent applications over time: saved, shared, returned, withdrawn, deleted, found again.

use akashi::services::drafts;

use super::*;

#[tokio::test]
async fn two_people_at_one_draft_both_learn_of_it() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut keiri = house.contractor("minato.keiri").await;
    let address = checked(&mut soumu).await;
    let stale_check = revision(&mut soumu, &address).await;
    let mut mine = Sheet::of(&soumu.get(&address).await);
    let mut theirs = Sheet::of(&keiri.get(&address).await);
    theirs
        .set("works_name", "経理が直した工事")
        .draft(&mut keiri)
        .await
        .is(303);
    let page = mine
        .set("works_name", "総務が直した工事")
        .draft(&mut soumu)
        .await;
    page.is(409)
        .says("ほかの画面で先に保存されました")
        .says("minato.keiriさんが 2026/07/02 14:30 に保存しました")
        .says("経理が直した工事")
        .says("総務が直した工事");
    assert_eq!(page.all("td[data-l=項目]"), ["工事名"]);
    // What was checked is not what lies there now.
    let submission = format!("{address}/submission");
    let page = soumu.post(&submission, &[("revision", &stale_check)]).await;
    page.is(409)
        .says("確認のあとで内容が変わりました")
        .says("経理が直した工事");
    let page = soumu.post(&submission, &[]).await;
    page.is(409);
    let sent: i64 = house.ask("select count(*) from application_items").await;
    assert_eq!(sent, 0);
    // The way on: this page's words replace the others'.
    let page = mine.draft(&mut soumu).await;
    let overwrite = Sheet::of(page.is(409));
    assert_eq!(overwrite.get("works_name"), "総務が直した工事");
    overwrite.draft(&mut soumu).await.is(303);
    soumu.get(&address).await.is(200);
    let page = soumu.get(&address).await;
    assert_eq!(Sheet::of(&page).get("works_name"), "総務が直した工事");
    house.close().await;
}

#[tokio::test]
async fn who_may_not_send_sees_who_can() {
    let house = House::new().await;
    let mut keiri = house.contractor("minato.keiri").await;
    let address = checked(&mut keiri).await;
    let page = keiri.get(&format!("{address}/confirmation")).await;
    page.is(200)
        .says("送信できません")
        .says("管理者")
        .never_says("この内容で申し込む</button>");
    let revision = revision(&mut keiri, &address).await;
    keiri
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(403);
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    keiri.get(&format!("{address}/withdrawal")).await.is(403);
    house.close().await;
}

#[tokio::test]
async fn other_peoples_and_unknown_ids_are_not_there() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let draft = checked(&mut soumu).await;
    let done = sent(&mut soumu).await;
    let mut neighbour = house.contractor("yamato.soumu").await;
    let mut elsewhere = house.contractor("taisetsu.soumu").await;
    let unknown = "/netdesk/applications/01900000-0000-7000-8000-00000000dead".to_owned();
    let garbage = "/netdesk/applications/1%27--".to_owned();
    for visitor in [&mut neighbour, &mut elsewhere] {
        for address in [&draft, &done, &unknown, &garbage] {
            for page in [
                "",
                "/confirmation",
                "/submission",
                "/status",
                "/withdrawal",
                "/deletion",
            ] {
                visitor.get(&format!("{address}{page}")).await.is(404);
            }
            for deed in ["", "/submission", "/withdrawal", "/deletion"] {
                let path = format!("{address}{deed}");
                visitor.post(&path, &[("revision", "1")]).await.is(404);
            }
        }
        // Nor under the id a fresh page proposes.
        let id = draft.rsplit('/').next().unwrap();
        visitor.post(NEW, &[("application", id)]).await.is(404);
        let path = "/netdesk/applications/autosave";
        visitor.post(path, &[("application", id)]).await.is(404);
    }
    soumu.get(&draft).await.is(200);
    house.close().await;
}

#[tokio::test]
async fn a_returned_application_is_corrected_and_sent_again() {
    let house = House::new().await.with_stories().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = "/netdesk/applications/01900000-0000-7000-8000-000000000002";
    let list = soumu.get("/netdesk/status").await;
    list.says("ご確認をお願いしている申込が1件あります");
    let first = list.all("tbody tr").remove(0);
    assert!(first.contains("差戻し（ご確認のお願い）"), "{first}");
    let page = soumu.get(&format!("{address}/status")).await;
    page.is(200)
        .says("神奈川支店からのお願い")
        .says("工期の終わりが契約書と違うようです。")
        .says("お客様の再送信をお待ちしています。");
    let receipt = page.all(".facts .num").remove(0);
    let page = soumu.get(address).await;
    page.is(200)
        .says("申込の訂正（再送信）")
        .says("工期の終わりが契約書と違うようです。");
    let page = Sheet::of(&page)
        .set("period_to", "令和9年3月12日")
        .next(&mut soumu)
        .await;
    page.is(303);
    let revision = revision(&mut soumu, address).await;
    soumu
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    let page = soumu.get(&format!("{address}/status")).await;
    page.says("送信済（2回目）").says("令和09年03月12日");
    assert_eq!(page.all(".facts .num").remove(0), receipt);
    assert_eq!(page.all(".line .now b"), ["送信済（2回目）"]);
    house.close().await;
}

#[tokio::test]
async fn what_was_sent_can_be_withdrawn_until_examination_starts() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let first = sent(&mut soumu).await;
    let ask = format!("{first}/withdrawal");
    soumu
        .get(&ask)
        .await
        .is(200)
        .says("この申込を取り下げますか");
    let page = soumu.submit(&ask, &[]).await;
    page.is(200).says("申込を取り下げました。").says("取下げ");
    assert!(page.all(".line .wait").is_empty());
    let page = soumu.get(&ask).await;
    page.is(303);

    let second = sent(&mut soumu).await;
    let clerk = house.staff("kanagawa.clerk").await;
    acts::take_up(&house.app, &clerk, id_of(&second))
        .await
        .unwrap();
    let page = soumu.submit(&format!("{second}/withdrawal"), &[]).await;
    page.is(200)
        .says("審査が始まったため、取り下げられません")
        .says("神奈川支店が審査を始めました。");
    assert_eq!(page.all(".line .now b"), ["審査中"]);
    assert!(
        page.attributes("a", "href")
            .iter()
            .all(|to| !to.ends_with("/withdrawal"))
    );
    house.close().await;
}

#[tokio::test]
async fn drafts_are_deleted_only_after_a_question_and_never_once_sent() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    let page = sheet
        .set("works_name", "要らない橋")
        .draft(&mut soumu)
        .await;
    let address = page.location().unwrap();
    let ask = format!("{address}/deletion");
    soumu.get(&ask).await.is(200).says("要らない橋");
    let page = soumu.submit(&ask, &[]).await;
    page.is(200)
        .says("下書きを削除しました。")
        .says("下書きはありません");
    soumu.get(&address).await.is(404);
    let done = sent(&mut soumu).await;
    soumu.post(&format!("{done}/deletion"), &[]).await.is(404);
    soumu.get(&format!("{done}/status")).await.is(200);
    house.close().await;
}

#[tokio::test]
async fn clearing_a_section_keeps_the_others_and_saves() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    let page = sheet
        .fill(&WORKED)
        .press(&mut soumu, ("clear", "guarantee"))
        .await;
    let to = page.is(303).location().unwrap();
    assert!(to.ends_with("#s-guarantee"), "{to}");
    let address = to.split('#').next().unwrap();
    let page = soumu.get(address).await;
    page.says("保証の申込内容をクリアし、下書きを保存しました。");
    let sheet = Sheet::of(&page);
    assert_eq!(sheet.get("prepayment_amount"), "");
    assert_eq!(sheet.get("prepayment_on"), "");
    assert_eq!(sheet.get("price"), "50,000,000");
    assert_eq!(sheet.get("award_date"), "８／７／１");
    house.close().await;
}

#[tokio::test]
async fn what_was_typed_survives_the_end_of_the_session() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED);
    house.app.clock.advance(Duration::minutes(31));
    let page = sheet.next(&mut soumu).await;
    let login = page.is(303).location().unwrap();
    assert!(login.starts_with("/netdesk/login"), "{login}");
    assert_eq!(count(&house).await, 0);
    // The sign-in page names what it keeps, to this browser only.
    soumu
        .get(&login)
        .await
        .says("「○○浄水場△△修繕工事」の入力をお預かりしました")
        .says("お預かりの期限 2026/07/02 ");
    let mut other = house.stranger();
    other.get(&login).await.never_says("浄水場");
    soumu.sign_in("/netdesk/login", "minato.soumu").await;
    let page = soumu.get(NEW).await;
    page.says("入力内容を戻しました。まだ送信していません。");
    let back = Sheet::of(&page);
    assert_eq!(back.get("prepayment_amount"), "２０，０００，０００");
    assert_eq!(back.get("application"), sheet.get("application"));
    back.next(&mut soumu).await.is(303);
    house.close().await;
}

#[tokio::test]
async fn the_script_saves_and_asks_without_changing_what_is_sent() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED);
    sheet.action = "/netdesk/applications/advice".to_owned();
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(200).bytes).unwrap();
    assert_eq!(told["asks"]["award_date"], true);
    assert_eq!(told["says"]["prepayment_form"]["tone"], "ok");
    assert_eq!(told["cards"]["contract_form"]["barred"], false);
    assert_eq!(count(&house).await, 0, "advice saves nothing");
    sheet.action = "/netdesk/applications/autosave".to_owned();
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(200).bytes).unwrap();
    assert_eq!(told["fields"]["revision"], "1");
    let address = told["action"].as_str().unwrap();
    let open = drafts::open(
        &house.app,
        &house.user("minato.soumu").await,
        id_of(address),
    )
    .await
    .unwrap();
    assert_eq!(open.form.get("award_date"), "８／７／１");
    assert!(!open.form.has("go") && !open.form.has("revision"));
    // A later save that still names the first page's revision is told so.
    sheet.set("revision", "1").set("works_name", "次");
    sheet.draft(&mut soumu).await.is(200);
    sheet.set("works_name", "その次");
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(409).bytes).unwrap();
    assert!(told["words"].as_str().unwrap().contains("minato.soumu"));
    house.close().await;
}
