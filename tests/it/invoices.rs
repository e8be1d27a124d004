//! 前払金請求書: filled from the certificate, refused where it would claim too much, and known to the
//! branch.

use akashi::domain::product::Product;

use crate::house::House;
use crate::house::desk::{Desk, Ware};

#[tokio::test]
async fn an_invoice_is_made_from_the_certificate_and_the_branch_knows() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu.get("/netdesk/invoices").await.is(200).says(&number);
    let address = format!("/netdesk/guarantees/{number}/invoice");
    let form = soumu.get(&address).await;
    form.is(200).says("証書から写すもの");
    let mut fields = form.form_fields(&address);
    let set = |fields: &mut Vec<(String, String)>, name: &str, value: &str| {
        fields.retain(|(known, _)| known != name);
        fields.push((name.to_owned(), value.to_owned()));
    };
    set(&mut fields, "account", "１２３-4567");
    set(&mut fields, "holder", "ミナトケンセツ（カ");
    let send: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    // A hyphen is no part of an account's number.
    soumu.post(&address, &send).await.is(422);
    set(&mut fields, "account", "１２３４５６７");
    let send: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let paper = soumu.post(&address, &send).await;
    paper.is(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    let words = crate::leaflet::text_of(&paper);
    for expected in [
        "前払金請求書",
        "みなと野市長",
        "みなと建設株式会社",
        "20,000,000円",
        "1234567",
        "ミナトケンセツ（カ",
        number.as_str(),
    ] {
        let expected = expected.replace(char::is_whitespace, "");
        assert!(words.contains(&expected), "{expected}: {words}");
    }
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/guarantees/{number}"))
        .await
        .says("前払金請求書を作成")
        .says("20,000,000円（");
    let kept: i64 = house
        .ask("select count(*) from events where words like '%1234567%' or detail::text like '%1234567%'")
        .await;
    assert_eq!(kept, 0, "an account was written down");
    house.close().await;
}

#[tokio::test]
async fn what_cannot_be_claimed_is_said_beside_its_field() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    let (_, contract) = desk
        .issued(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}/invoice");
    let page = soumu
        .post(
            &address,
            &[
                ("dated", "きのう"),
                ("amount", "20,000,001"),
                ("bank", ""),
                ("account", "123-4"),
                ("holder", "ミナト💰"),
            ],
        )
        .await;
    page.is(422)
        .says("請求金額は、保証金額の20,000,000円以下にしてください。")
        .says("口座番号は、4けたから10けたの数字で入力してください。")
        .says("『💰』は請求書に印刷できません。");
    assert_eq!(page.all("#errs li").len(), 5);
    assert_eq!(page.attributes("#f-holder", "value"), ["ミナト💰"]);
    // Of a 契約保証 there is nothing to claim in advance.
    soumu
        .get(&format!("/netdesk/guarantees/{contract}/invoice"))
        .await
        .is(404);
    house.close().await;
}
