//! The whole life as the screens say it: what a decision does before it is made, what copies of a dead
//! certificate say.

use akashi::domain::act::{Corrected, Proposal};
use akashi::domain::product::Product;
use akashi::services::{acts, applications};
use time::macros::date;

use crate::house::House;
use crate::house::desk::{Desk, Ware};
use crate::life::asking;

#[tokio::test]
async fn a_change_is_seen_beside_what_holds_and_copies_of_old_versions_say_so() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    let more = asking(&[("price", "62,000,000"), ("prepayment_amount", "24,800,000")]);
    let id = desk.change_sent(&number, &more).await.unwrap();

    let mut clerk = house.officer("kanagawa.clerk").await;
    let queue = clerk.get("/office/applications").await;
    queue.is(200).says("・変更").says(&number);
    let case = clerk.get(&format!("/office/applications/{id}")).await;
    case.is(200)
        .says("変更ー1になります")
        .says("もとの証書")
        .says("保証料の差額")
        .says("円を追加でいただきます")
        .never_says("未採番");
    assert_eq!(case.all("b.hit")[..2], ["62,000,000円", "24,800,000円"]);
    let html = case.html();
    let at = |words: &str| html.find(words).unwrap();
    assert!(
        at("変更の前と後") < at("商品ごとの状態"),
        "straight below the acts"
    );
    applications::withdraw(&house.app, &desk.who, id)
        .await
        .unwrap();
    desk.changed(&number, &more).await;

    let page = format!("/office/guarantees/{number}");
    let shown = clerk.get(&page).await;
    let heads = shown.all(".vrow h3");
    assert!(
        heads[0].contains("変更ー1") && heads[0].contains("いま有効"),
        "{heads:?}"
    );
    clerk.get("/office/guarantees").await.says("変更ー1");

    // 訂正 of the earlier version does not touch the one in force.
    let warned = "いま有効な変更ー1は直りません。同じ誤りがあれば変更ー1も訂正してください。";
    let form = clerk.get(&format!("{page}/acts/correction-1")).await;
    form.is(200)
        .says(warned)
        .says("起案しただけでは何も変わりません");
    let newest = clerk.get(&format!("{page}/acts/correction-2")).await;
    newest.is(200).never_says("直りません");

    // 変更取消 says which contents come back, and what the fee does.
    let form = clerk.get(&format!("{page}/acts/cancellation-2")).await;
    form.is(200)
        .says("「変更ー1」の変更取消")
        .says("取り消すと「新規」の内容に戻ります。")
        .says("円を返還します。")
        .says("お客様へメールを送り");
    assert!(
        form.all(".diff ins")
            .contains(&"取消のあと：20,000,000　円".to_owned()),
        "{:?}",
        form.all(".diff ins")
    );

    // Copies of the first version: Net Desk and the Office.
    let old = "前の版　最新は変更ー1";
    let mut minato = house.contractor("minato.soumu").await;
    let copies = format!("/netdesk/guarantees/{number}/certificates");
    let copy = minato.get(&format!("{copies}/1")).await;
    assert_eq!(copy.is(200).all(".sheet__remark"), [old]);
    minato.get(&format!("{copies}/1.pdf")).await.is(200);
    let held = minato.get(&format!("{copies}/2")).await;
    assert!(held.is(200).all(".sheet__remark").is_empty());
    let copy = clerk.get(&format!("{page}/certificates/1")).await;
    assert_eq!(copy.is(200).all(".sheet__remark"), [old]);

    let mut right: Corrected = desk.contents(&number, 1).await;
    right.works_name = "○○浄水場△△修繕工事（訂正）".to_owned();
    let proposal = Proposal::Correction {
        target: 1,
        corrected: Box::new(right),
    };
    desk.acted(&number, &proposal).await;
    let shown = clerk.get(&page).await;
    shown.says("訂正後（");
    let copy = clerk.get(&format!("{page}/certificates/1")).await;
    assert_eq!(copy.is(200).all(".sheet__remark"), ["訂正により取下げ"]);

    // The state of a day is answered where it was asked.
    shown.says("この日時の状態");
    assert_eq!(
        shown.attributes("#past form", "action"),
        [format!("{page}#past")]
    );
    house.close().await;
}

#[tokio::test]
async fn an_end_says_its_refund_before_and_stands_on_every_copy_after() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    let page = format!("/office/guarantees/{number}");
    let mut clerk = house.officer("kanagawa.clerk").await;
    let form = clerk.get(&format!("{page}/acts/termination")).await;
    form.is(200)
        .says("解約日が令和8年7月2日のとき")
        .says("返還")
        .says("お客様へメールを送り、D-Sureに解約と表示します");

    let on = date!(2026 - 07 - 02);
    let id = desk
        .proposed(&number, &Proposal::Termination { on })
        .await
        .unwrap();
    let mut approver = house.officer("kanagawa.approver").await;
    let panel = approver.get(&page).await;
    panel
        .is(200)
        .says("返還")
        .says("承認すると、お客様へメールを送り、D-Sureに解約と表示します。");
    let list = approver.get("/office/acts").await;
    assert_eq!(list.is(200).all("h1"), ["訂正・変更取消・解約"]);
    assert!(list.all("td .tag").contains(&"承認待ち".to_owned()));
    let digits = &number[..11];
    acts::approve(&house.app, &desk.approver, digits, id)
        .await
        .unwrap();
    house.work().await;

    let ended = approver.get(&page).await;
    ended.is(200).says("解約時の版").never_says("いま有効");
    // Times name their year.
    assert!(
        ended
            .all(".hist--wide time")
            .iter()
            .all(|time| time.starts_with("2026/07/02 "))
    );
    let list = approver.get("/office/guarantees?state=ended").await;
    list.is(200).says(&number).says("解約");
    let list = approver.get("/office/guarantees?state=in_force").await;
    list.is(200).never_says(&number);

    let said = "解約済（令和8年7月2日）";
    let mut minato = house.contractor("minato.soumu").await;
    let copy = minato
        .get(&format!("/netdesk/guarantees/{number}/certificates/1"))
        .await;
    assert_eq!(copy.is(200).all(".sheet__remark"), [said]);
    let copy = clerk.get(&format!("{page}/certificates/1")).await;
    assert_eq!(copy.is(200).all(".sheet__remark"), [said]);
    house.close().await;
}
