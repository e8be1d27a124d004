//! What a change costs more or gives back, said alike on both sites before and after its issue.

use akashi::domain::product::Product;

use crate::house::House;
use crate::house::desk::{Desk, Ware};

use crate::life::asking;

const UNKNOWN: &str = "料率が登録されていないため";

#[tokio::test]
async fn a_change_says_what_it_costs_or_gives_back_on_both_sites() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    let form = desk.form(Ware::Electronic);
    for (wanted, words) in [
        (
            vec![("prepayment_amount", "18,000,000")],
            "2,400円をお返しします（発行のとき）",
        ),
        (
            vec![("period_to", "令和9年6月30日")],
            "保証料は変わりません",
        ),
        (
            vec![("price", "62,000,000"), ("prepayment_amount", "24,800,000")],
            "追加の保証料 5,760円",
        ),
    ] {
        let (_, number) = desk.issued(&form, Product::Prepayment).await;
        let id = desk.change_sent(&number, &asking(&wanted)).await.unwrap();
        for page in [
            soumu
                .get(&format!("/netdesk/applications/{id}/status"))
                .await,
            clerk.get(&format!("/office/applications/{id}")).await,
        ] {
            page.says(words)
                .says("変更後の保証料")
                .says("差額")
                .never_says(UNKNOWN)
                .never_says("ppm");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_change_that_gives_back_waits_for_no_payment() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (_, number) = desk.issued(&form, Product::Prepayment).await;
    let less = asking(&[("prepayment_amount", "18,000,000")]);
    let id = desk.changed(&number, &less).await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("この変更に、お支払いいただく保証料はありません。")
        .says("2,400円をお返しします")
        .never_says("（発行のとき）")
        .never_says("一括納付の契約があるため");
    house.close().await;
}

#[tokio::test]
async fn where_nothing_was_charged_at_issue_the_change_says_why_nothing_is_reckoned() {
    let house = House::new().await;
    for sql in [
        "alter table fee_tables disable trigger all",
        "delete from fee_tables",
        "alter table fee_tables enable trigger all",
    ] {
        sqlx::query(sql).execute(&house.owner).await.unwrap();
    }
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (_, number) = desk.issued(&form, Product::Prepayment).await;
    let less = asking(&[("prepayment_amount", "18,000,000")]);
    let id = desk.change_sent(&number, &less).await.unwrap();
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{id}/status"))
        .await
        .says("発行のときに料率が未登録だったため、変更の保証料は計算しません。")
        .never_says(UNKNOWN);
    house.close().await;
}
