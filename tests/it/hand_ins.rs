//! 提出の手順: the words an obligee wants, each key of the works at its time, and the day it went.

use akashi::domain::product::Product;

use crate::house::House;
use crate::house::desk::Desk;

#[tokio::test]
async fn each_key_of_the_works_has_its_recipe_and_its_day() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut both = desk.both();
    both.set("contract_form", "electronic");
    let (id, number) = desk.issued(&both, Product::Prepayment).await;
    desk.through(id, Product::Contract).await;
    let contract = desk.number(id, Product::Contract).await.unwrap();
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}/hand-in");
    soumu
        .get(&format!("/netdesk/guarantees/{number}"))
        .await
        .says("提出の手順を開く")
        .says("つぎはここです。");
    let page = soumu.get(&address).await;
    page.is(200)
        .says("この工事には認証キーが2つあります。")
        .says("前払金保証　前払金を請求するとき")
        .says("契約保証　契約を結ぶとき")
        .says(&number)
        .says(&contract);
    let keys = page.attributes("main [data-copied='認証キーをコピーしました']", "data-copy");
    assert_eq!(keys.len(), 2);
    // No address and no word to be mailed carries a key.
    let words = page.attributes("main [data-copied='本文をコピーしました']", "data-copy");
    let links = page.attributes("main a", "href");
    for key in &keys {
        assert!(
            words
                .iter()
                .chain(&links)
                .all(|it| !it.contains(key.as_str()))
        );
    }
    for (day, sentence) in [
        ("", "提出した日を入力してください。"),
        ("R20.1.1", "提出した日は、きょう（"),
        ("R5.1.1", "提出した日は、発行した日（"),
    ] {
        let page = soumu.post(&address, &[("handed_on", day)]).await;
        page.is(422).says(sentence);
        assert_eq!(page.attributes("#f-handed_on", "value"), [day]);
    }
    let today = akashi::domain::era::tokyo_date(house.app.clock.now());
    let day = akashi::domain::era::plain(today);
    soumu.post(&address, &[("handed_on", &day)]).await.is(303);
    soumu
        .get(&address)
        .await
        .says("提出を記録しました。")
        .says(&format!("{day}に提出（"))
        .says("提出した日を改める");
    soumu
        .get(&format!("/netdesk/guarantees/{number}"))
        .await
        .says(&format!("認証キーを発注者へ提出 {day}に提出"))
        .never_says("つぎはここです。");
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/guarantees/{number}"))
        .await
        .says("発注者へ提出（お客様の記録）")
        .says(&format!("{day}に提出"));
    // The other key is still to go.
    soumu
        .get(&format!("/netdesk/guarantees/{contract}"))
        .await
        .says("つぎはここです。");
    house.close().await;
}
