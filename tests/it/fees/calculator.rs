//! 保証料計算: the same yen as on the check page and in the ledger, and nothing stored.

use crate::house::House;

#[tokio::test]
async fn the_calculator_says_the_fee_of_each_product_with_its_working() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let before: i64 = house.ask("select count(*) from events").await;
    soumu
        .get(
            "/netdesk/calculator?asked=1&prepayment=20%2C000%2C000&midterm=１０００万&reservation=",
        )
        .await
        .is(200)
        .says("前払金保証　20,000,000円")
        .says("30,000円（非課税）")
        .says("概算")
        .says("DEMO")
        .says("10,000,000円 × 0.12％")
        .says("中間前払金保証　10,000,000円")
        .says("10,000,000円 × 0.065％")
        .says("6,500円（非課税）")
        .says("合計 36,500円")
        .never_says("契約保証予約　");
    let page = soumu
        .get("/netdesk/calculator?asked=1&reservation=5000000&day=令和8年12月1日&from=R8.12.1&until=R9.3.31")
        .await;
    page.is(200)
        .says("うち消費税")
        .says("申込日 令和8年12月1日（2026年12月1日・火） の料率")
        .says("工期 121日")
        .says("令和9年3月31日（2027年3月31日・水）")
        .never_says("合計");
    let after: i64 = house.ask("select count(*) from events").await;
    assert_eq!(before, after, "a reckoning was written down");
    house.close().await;
}

#[tokio::test]
async fn what_cannot_be_reckoned_is_said_beside_the_field_and_stays_typed() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/calculator")
        .await
        .is(200)
        .never_says("入力してください。");
    soumu
        .get("/netdesk/calculator?asked=1")
        .await
        .is(422)
        .says("計算する保証の金額を、少なくとも一つ入力してください。");
    let page = soumu
        .get("/netdesk/calculator?asked=1&contract=-5&prepayment=1e30&day=2月30日&from=R9.1.1&until=R8.1.1")
        .await;
    page.is(422)
        .says("工期の終わりは、工期の始めと同じ日か、それより後の日付にしてください。");
    assert_eq!(page.all("#errs li").len(), 4);
    assert_eq!(page.attributes("#f-contract", "value"), ["-5"]);
    assert_eq!(page.attributes("#f-day", "value"), ["2月30日"]);
    // On a day before any table there is no figure, and that is said.
    soumu
        .get("/netdesk/calculator?asked=1&contract=5000000&day=2000-01-01")
        .await
        .is(200)
        .says("料率が登録されていないため、保証料をここでは計算できません。");
    house.close().await;
}
