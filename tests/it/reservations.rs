//! 契約保証予約（入札ボンド）: applied for, printed, won and carried over once, or lost.

use akashi::domain::product::Product;
use uuid::Uuid;

use super::house::acts;
use super::house::desk::Desk;
use super::house::typed::Typed;
use super::house::{House, Visitor};
use super::leaflet::text_of;

const NEW: &str = "/netdesk/reservations/new";
const WORKS: &str = "見本橋架替工事";

async fn whole(visitor: &mut Visitor) -> Typed {
    let page = visitor.get(NEW).await;
    Typed::of(page.is(200), NEW).all(&[
        ("obligee", "みなと野市長"),
        ("works_name", WORKS),
        ("kind", "works"),
        ("price", "80,000,000"),
        ("contract_date", "令和8年8月10日"),
        ("period_from", "令和8年8月15日"),
        ("period_to", "令和9年3月20日"),
        ("bid_date", "令和8年7月28日"),
        ("reservation_amount", "8,000,000"),
        ("prepayment_plan", "planned"),
        ("reservation_fee_method", "lump_sum"),
        ("reservation_bill_to", "本社　総務部"),
        ("reservation_paper_statement", "no"),
        ("handover", "counter"),
        ("person", "総務 花子"),
    ])
}

/// Sent from the form: its id.
async fn sent(visitor: &mut Visitor) -> Uuid {
    let form = whole(visitor).await;
    let mut pairs = form.pairs();
    pairs.push(("go", "next"));
    let page = visitor.post(NEW, &pairs).await;
    let to = page.is(303).location().unwrap();
    let page = visitor.get(&to).await;
    page.is(200)
        .says("契約保証予約")
        .says("予定請負金額 80,000,000 円")
        .says("予約期限 令和08年08月10日 契約予定日と同じ日です")
        .says("予約手数料（概算）")
        .says("手数料通知書でお知らせします")
        .says("予約金額 8,000,000 円")
        .never_says("保証料（概算）")
        .never_says("0ppm")
        .never_says("電子保証発行完了のお知らせ");
    let revision = page.attributes("[name=revision]", "value").remove(0);
    let address = form.address();
    visitor
        .submit(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .says("申し込みました")
        .says("契約保証予約証書(紙)は");
    Uuid::try_parse(address.rsplit('/').next().unwrap()).unwrap()
}

/// Issued by the branch: its number.
async fn issued(house: &House, desk: &Desk<'_>, id: Uuid) -> String {
    let (app, product) = (&house.app, Product::Reservation);
    acts::take_up(app, &desk.clerk, id).await.unwrap();
    acts::pass_on(app, &desk.clerk, id, product).await.unwrap();
    acts::approve(app, &desk.approver, id, product)
        .await
        .unwrap();
    acts::order(app, &desk.approver, id, product).await.unwrap();
    house.work().await;
    desk.number(id, product).await.unwrap()
}

#[tokio::test]
async fn a_reservation_is_issued_on_paper_with_rows_of_its_own() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let id = sent(&mut soumu).await;
    // A tab of its own; not among the other applications.
    soumu
        .get("/netdesk/guarantees?tab=reservation")
        .await
        .says(WORKS)
        .says("未発行");
    soumu
        .get("/netdesk/guarantees?tab=application")
        .await
        .never_says(WORKS);
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("契約保証予約")
        .says("予定請負金額 80,000,000円")
        .says("入札日 2026/07/28")
        .says("予約期限 2026/08/10");
    let number = issued(&house, &desk, id).await;
    let page = clerk
        .post(&format!("/office/guarantees/{number}/paper"), &[])
        .await;
    let read = text_of(page.is(200));
    for words in [
        "契約保証予約証書",
        "（入札ボンド）",
        &format!("予約番号{number}"),
        "予約申込者",
        "発注者みなと野市長",
        "予約金額8,000,000円",
        "予約期限令和08年08月10日",
        "予定請負金額80,000,000円",
        "予定工期令和08年08月15日～令和09年03月20日",
        "入札日令和08年07月28日",
        "契約予定日令和08年08月10日",
        "ここに予約します。",
        "契約保証の保証証書ではありません",
    ] {
        assert!(read.contains(words), "{words}:\n{read}");
    }
    for words in ["預託金融機関", "請負契約日", "写し", "認証キー"] {
        assert!(!read.contains(words), "{words}");
    }
    soumu
        .get(&format!("/netdesk/guarantees/{number}"))
        .await
        .says("予約中")
        .says("落札した：契約保証を申し込む")
        .says("下書きができます。まだ送信されません。")
        .says("入札日 令和08年07月28日")
        .says("契約予定日 令和08年08月10日")
        .says("予定工期 令和08年08月15日 ～ 令和09年03月20日")
        .says("予約手数料")
        .says("7,700円")
        .says("手数料通知書")
        .never_says("認証キーを");
    // Never electronic, whoever asks below the program.
    for sql in [
        "update application_items set form = 'electronic' where product = 'reservation'",
        "update guarantees set form = 'electronic' where product = 'reservation'",
    ] {
        assert!(
            sqlx::query(sql).execute(&house.owner).await.is_err(),
            "{sql}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_bid_that_is_won_becomes_a_contract_guarantee_once() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let id = sent(&mut soumu).await;
    let number = issued(&house, &desk, id).await;
    let address = format!("/netdesk/guarantees/{number}");
    // Two people at the same moment: one draft.
    let mut colleague = house.contractor("minato.keiri").await;
    let award = format!("{address}/award");
    let (page, other) = tokio::join!(soumu.post(&award, &[]), colleague.post(&award, &[]));
    let draft = page.is(303).location().unwrap();
    assert_eq!(other.is(303).location(), Some(draft.clone()));
    let page = soumu.get(&draft).await;
    page.says(&format!("契約保証予約 {number} の内容を引き継いでいます"));
    let form = Typed::of(&page, &draft);
    for (name, value) in [
        ("obligee", "みなと野市長"),
        ("works_name", WORKS),
        ("kind", "works"),
        ("price", "80,000,000"),
        ("contract_date", "令和8年8月10日"),
        ("period_from", "令和8年8月15日"),
        ("period_to", "令和9年3月20日"),
        ("bid_date", "令和8年7月28日"),
        ("contract_on", "on"),
        ("contract_amount", "8,000,000"),
        ("contract_fee_method", "lump_sum"),
        ("contract_bill_to", "本社　総務部"),
        ("prepayment_plan", "planned"),
        ("handover", "counter"),
        ("person", "総務 花子"),
        ("contract_form", ""),
    ] {
        assert_eq!(form.get(name), value, "{name}");
    }
    // Pressed again: the same draft.
    for _ in 0..2 {
        let again = soumu.post(&format!("{address}/award"), &[]).await;
        assert_eq!(again.location(), Some(draft.clone()));
    }
    soumu
        .get(&address)
        .await
        .says("契約保証の申込を作成中です")
        .never_says("落札しなかったとき");
    // A lost bid now: the draft is in its way, and nothing is recorded.
    let page = soumu
        .submit(
            &format!("{address}/lost-bid"),
            &[("lost_on", "令和8年7月2日")],
        )
        .await;
    page.says("下書きを削除してから");
    let form = form
        .set("contract_form", "electronic")
        .set("price", "78,000,000");
    let mut pairs = form.pairs();
    pairs.push(("go", "next"));
    let page = soumu.submit(&draft, &pairs).await;
    page.is(200)
        .says(&format!("契約保証予約 {number} から引き継いだ申込です"));
    let revision = page.attributes("[name=revision]", "value").remove(0);
    soumu
        .submit(&format!("{draft}/submission"), &[("revision", &revision)])
        .await
        .says("申し込みました");
    let contract = Uuid::try_parse(draft.rsplit('/').next().unwrap()).unwrap();
    soumu
        .get(&format!("{draft}/status"))
        .await
        .says(&format!("引き継いだ予約 {number}"));
    soumu
        .get(&address)
        .await
        .says("契約保証を申し込みました（受付番号");
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{contract}"))
        .await
        .says(&format!("契約保証予約 {number} から引き継いだ申込です"));
    clerk
        .get(&format!("/office/guarantees/{number}"))
        .await
        .says("予約の結果 落札：契約保証の申込");
    let (app, product) = (&house.app, Product::Contract);
    acts::take_up(app, &desk.clerk, contract).await.unwrap();
    acts::pass_on(app, &desk.clerk, contract, product)
        .await
        .unwrap();
    acts::approve(app, &desk.approver, contract, product)
        .await
        .unwrap();
    acts::order(app, &desk.approver, contract, product)
        .await
        .unwrap();
    house.work().await;
    let bond = desk.number(contract, product).await.unwrap();
    soumu
        .get(&address)
        .await
        .says("落札（契約保証へ）")
        .says(&format!("契約保証 {bond} を発行しました。"));
    soumu
        .get(&format!("/netdesk/guarantees/{bond}"))
        .await
        .says("電子保証履歴一覧");
    soumu
        .submit(
            &format!("{address}/lost-bid"),
            &[("lost_on", "令和8年7月2日")],
        )
        .await
        .says("「落札しなかった」にはできません");
    house.close().await;
}

#[tokio::test]
async fn a_bid_that_is_lost_ends_the_reservation_with_a_date() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let id = sent(&mut soumu).await;
    let number = issued(&house, &desk, id).await;
    let address = format!("/netdesk/guarantees/{number}");
    let lost = format!("{address}/lost-bid");
    for (day, words) in [
        ("", "結果が分かった日を入力してください"),
        ("令和8年7月3日", "きょう（令和8年7月2日）かそれより前の日付"),
        ("七夕", "結果が分かった日"),
    ] {
        let page = soumu.post(&lost, &[("lost_on", day)]).await;
        page.is(422);
        let said = page.all("#e-lost_on");
        assert!(
            said.first().is_some_and(|said| said.contains(words)),
            "{day}: {said:?}"
        );
    }
    soumu.get(&address).await.says("予約中");
    // A draft that is thrown away leaves the way open.
    let page = soumu.post(&format!("{address}/award"), &[]).await;
    let draft = page.location().unwrap();
    soumu.post(&format!("{draft}/deletion"), &[]).await.is(303);
    soumu
        .submit(&lost, &[("lost_on", "2026/7/1")])
        .await
        .says("落札しなかったことを記録しました")
        .says("終了（落札しなかった）")
        .says("落札しなかった 令和8年7月1日")
        .says("この予約は終わりました")
        .says("お知らせ")
        // What it was stays to be read, with its fee; nothing is left to be pressed.
        .says("予約手数料")
        .says("入札日 令和08年07月28日")
        .never_says("落札した：契約保証を申し込む")
        .never_says("落札しなかったとき");
    // Said twice it stays as it was said first; the way to a 契約保証 is closed.
    soumu
        .submit(&lost, &[("lost_on", "2026/7/2")])
        .await
        .says("令和8年7月1日");
    soumu
        .submit(&format!("{address}/award"), &[])
        .await
        .says("契約保証を申し込めません");
    let drafts: i64 = house
        .ask("select count(*) from applications where reservation_id is not null")
        .await;
    assert_eq!(drafts, 0);
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/guarantees/{number}"))
        .await
        .says("落札しなかった：2026/07/01（水）（minato.soumu）")
        .says("落札しなかった 令和8年7月1日");
    // Others neither win nor lose it.
    let mut yamato = house.contractor("yamato.soumu").await;
    yamato.post(&lost, &[("lost_on", "2026/7/1")]).await.is(404);
    yamato.post(&format!("{address}/award"), &[]).await.is(404);
    house.close().await;
}

#[tokio::test]
async fn a_reservation_stays_one_whatever_its_form_says() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let form = whole(&mut soumu).await.all(&[
        ("prepayment_on", "on"),
        ("prepayment_amount", "1"),
        ("reservation_form", "electronic"),
    ]);
    let form = form.without("reservation_on");
    soumu.post(NEW, &form.pairs()).await.is(303);
    let address = form.address();
    let page = soumu.get(&address).await;
    page.says("契約保証予約申込");
    let kept = Typed::of(&page, &address);
    assert_eq!(kept.get("reservation_on"), "on");
    assert_eq!(kept.get("prepayment_on"), "");
    // Saved again as something else: still a reservation.
    let other = kept
        .without("reservation_on")
        .set("contract_on", "on")
        .set("works_name", "別の名前");
    soumu.post(&address, &other.pairs()).await.is(303);
    let page = soumu.get(&address).await;
    let kept = Typed::of(page.says("契約保証予約申込"), &address);
    assert_eq!(
        (kept.get("contract_on"), kept.get("works_name")),
        ("", "別の名前")
    );
    let switched: i64 = house
        .ask(
            "select count(*) from applications where form ?| array['prepayment_on', 'contract_on']",
        )
        .await;
    assert_eq!(switched, 0);
    let moved = sqlx::query("update applications set kind = 'new'")
        .execute(&house.owner)
        .await;
    assert!(moved.is_err());
    house.close().await;
}
