//! 領収証: printed by the Office, as PDF for the contractor where that is switched on, 再発行 from the
//! second time on.

use akashi::services::fees::receipts::{self, Source};
use time::macros::date;
use uuid::Uuid;

use super::{agreement, read, yen};
use crate::house::desk::{Desk, Ware};
use crate::house::{House, acts};
use akashi::domain::product::Product;

/// A payment of 30,000 yen for みなと建設's prepayment guarantee.
async fn paid(house: &House) -> Uuid {
    agreement(house, false).await;
    let desk = Desk::at(house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_fee_method", "transfer");
    let product = Product::Prepayment;
    let id = desk.examined(&form, product).await;
    let payment = Uuid::from_u128(77);
    let day = date!(2026 - 07 - 02);
    acts::confirm_payment(
        &house.app,
        &desk.clerk,
        id,
        product,
        payment,
        yen(30_000),
        day,
    )
    .await
    .unwrap();
    payment
}

#[tokio::test]
async fn a_receipt_is_printed_once_and_then_again_as_a_reissue() {
    let house = House::new().await;
    let payment = paid(&house).await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    let path = format!("/office/receipts/payments/{payment}");
    let first = read(&clerk.post(&path, &[]).await.is(200).bytes);
    for words in [
        "領収証",
        "領収証番号R8-000001",
        "領収金額30,000円非課税",
        "ただし前払金保証の保証料として",
        "みなと建設株式会社御中",
        "みらい建設業保証株式会社",
    ] {
        assert!(first.contains(words), "{words} is not in {first}");
    }
    assert!(
        !first.contains("再発行") && !first.contains("消費税"),
        "{first}"
    );
    let mut approver = house.officer("kanagawa.approver").await;
    let second = read(&approver.post(&path, &[]).await.is(200).bytes);
    assert!(
        second.contains("再発行（2026/07/0214:30、2回目）"),
        "{second}"
    );
    assert!(second.contains("領収証番号R8-000001"), "the number stays");
    let printed: i64 = house
        .ask("select count(*) from events where kind = 'receipt_printed'")
        .await;
    assert_eq!(printed, 2);
    house
        .officer("nagano.clerk")
        .await
        .post(&path, &[])
        .await
        .is(404);
    house
        .officer("honsha.admin")
        .await
        .post(&path, &[])
        .await
        .is(403);
    house.close().await;
}

#[tokio::test]
async fn two_printers_at_once_make_one_original() {
    let house = House::new().await;
    let payment = paid(&house).await;
    let clerk = house.staff("kanagawa.clerk").await;
    let approver = house.staff("kanagawa.approver").await;
    let source = Source::Payment(payment);
    let (one, other) = tokio::join!(
        receipts::print(&house.app, &clerk, source),
        receipts::print(&house.app, &approver, source),
    );
    let mut copies = [one.unwrap().copy, other.unwrap().copy];
    copies.sort_unstable();
    assert_eq!(copies, [1, 2]);
    house.close().await;
}

#[tokio::test]
async fn the_contractor_takes_its_receipt_only_where_that_is_switched_on() {
    let house = House::new().await;
    let payment = paid(&house).await;
    let path = format!("/netdesk/fees/receipts/payments/{payment}");
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/fees")
        .await
        .says("領収証は書面でお渡しします。")
        .never_says("PDFを新しいタブで開きます");
    soumu.post(&path, &[]).await.is(404);
    let mut admin = house.officer("honsha.admin").await;
    admin
        .get("/office/fee-tables")
        .await
        .says("電子（PDF）でもお渡しする");
    admin
        .submit("/office/fee-receipts", &[("electronic", "on")])
        .await
        .says("領収証を、紙のほかに電子（PDF）でもお渡しします。");
    soumu
        .get("/netdesk/fees")
        .await
        .says("PDFを新しいタブで開きます");
    let first = read(&soumu.post(&path, &[]).await.is(200).bytes);
    assert!(
        first.contains("領収金額30,000円") && !first.contains("再発行"),
        "{first}"
    );
    let second = read(&soumu.post(&path, &[]).await.is(200).bytes);
    assert!(second.contains("再発行"), "{second}");
    // The Office counts the same printings.
    let mut clerk = house.officer("kanagawa.clerk").await;
    let third = clerk
        .post(&format!("/office/receipts/payments/{payment}"), &[])
        .await;
    assert!(read(&third.bytes).contains("3回目"));
    let mut other = house.contractor("yamato.soumu").await;
    other.post(&path, &[]).await.is(404);
    let other_surety: i64 = house
        .ask("select count(*) from sureties where electronic_receipts")
        .await;
    assert_eq!(other_surety, 1);
    house.close().await;
}

/// With the role of Net Desk itself nobody writes a receipt while they come on paper only.
#[tokio::test]
async fn the_database_keeps_receipts_on_paper() {
    let house = House::new().await;
    let payment = paid(&house).await;
    let soumu = house.user("minato.soumu").await;
    let mut tx = house.app.db.begin(&soumu.scope()).await.unwrap();
    let refused = sqlx::query(
        "insert into receipts (surety_id, contractor_id, branch_id, number, payment_id, amount, tax, issued_on, issued_at)
         select surety_id, contractor_id, branch_id, 'R8-000001', id, amount, 0, paid_on, now() from payments where id = $1",
    )
    .bind(payment)
    .execute(&mut *tx)
    .await
    .unwrap_err()
    .to_string();
    assert!(refused.contains("row-level security"), "{refused}");
    drop(tx);
    house.close().await;
}
