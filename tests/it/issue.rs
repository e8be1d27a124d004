//! From order to certificate, through the verbs: once, whole, and only in the right order.

use akashi::domain::application::ItemState;
use akashi::domain::product::Product;
use akashi::services::{applications, cases, examination};

use super::house::House;

#[tokio::test]
async fn the_demo_world_is_told_once_and_leaves_nothing_undone() {
    let house = House::new().await.with_stories().await;
    let before: i64 = house.ask("select count(*) from events").await;
    let house = house.with_stories().await;
    let after: i64 = house.ask("select count(*) from events").await;
    assert_eq!(before, after, "a second start told a story again");
    let issued: i64 = house
        .ask("select count(*) from guarantees where issued_at is not null")
        .await;
    assert_eq!(issued, 4);
    let keys: i64 = house.ask("select count(*) from guarantee_keys").await;
    assert_eq!(keys, 3, "paper has no key");
    let deposits: i64 = house.ask("select count(*) from dsure.deposits").await;
    assert_eq!(deposits, 3, "paper is not deposited");
    house.close().await;
}

#[tokio::test]
async fn who_examined_cannot_approve_and_the_fee_comes_first() {
    let house = House::new().await.with_stories().await;
    let yamato = house.user("yamato.soumu").await;
    let clerk = house.staff("nagano.clerk").await;
    let approver = house.staff("nagano.approver").await;
    let waiting = applications::list(&house.app, &yamato)
        .await
        .unwrap()
        .into_iter()
        .find(|line| line.works_name.contains("見本小学校"))
        .unwrap()
        .id;
    examination::take_up(&house.app, &clerk, waiting)
        .await
        .unwrap();
    examination::pass_on(&house.app, &clerk, waiting, Product::Prepayment)
        .await
        .unwrap();
    assert!(
        examination::approve(&house.app, &clerk, waiting, Product::Prepayment)
            .await
            .is_err()
    );
    examination::approve(&house.app, &approver, waiting, Product::Prepayment)
        .await
        .unwrap();
    let refused = examination::order(&house.app, &approver, waiting, Product::Prepayment).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("入金確認")));
    let case = cases::case(&house.app, &approver, waiting).await.unwrap();
    assert_eq!(case.items[0].state, ItemState::Approved);
    assert!(case.items[0].fee_due);
    house.close().await;
}
