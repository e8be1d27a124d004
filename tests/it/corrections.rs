//! What becomes of an application that is returned, corrected and sent again.

use akashi::domain::application::{ItemState, Stage};
use akashi::domain::money::Yen;
use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;
use akashi::services::drafts::{self, Saved};
use akashi::services::{applications, cases};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use super::house::House;
use super::house::acts;
use super::house::desk::{Desk, Ware};

/// Returned by the clerk, typed anew and sent again, an hour later.
async fn corrected(desk: &Desk<'_>, id: Uuid, form: &TypedForm) {
    let app = &desk.house.app;
    acts::return_with(app, &desk.clerk, id, "ご確認ください。")
        .await
        .unwrap();
    app.clock.advance(Duration::minutes(10));
    desk.house.work().await;
    resent(desk, id, form).await;
    acts::take_up(app, &desk.clerk, id).await.unwrap();
}

async fn resent(desk: &Desk<'_>, id: Uuid, form: &TypedForm) {
    let app = &desk.house.app;
    let open = drafts::open(app, &desk.who, id).await.unwrap();
    let saved = drafts::save(app, &desk.who, id, Some(open.revision), form)
        .await
        .unwrap();
    let Saved::At { revision, .. } = saved else {
        panic!("not saved: {saved:?}");
    };
    let sent = applications::submit(app, &desk.who, id, revision)
        .await
        .unwrap();
    assert!(matches!(sent, applications::Sent::Done { .. }), "{sent:?}");
}

async fn pay(desk: &Desk<'_>, id: Uuid, product: Product) {
    let app = &desk.house.app;
    let form_id = app.chance.id(app.clock.now());
    let amount = Yen::new(30_000).unwrap();
    acts::confirm_payment(
        app,
        &desk.clerk,
        id,
        product,
        form_id,
        amount,
        date!(2026 - 07 - 02),
    )
    .await
    .unwrap();
}

async fn states(desk: &Desk<'_>, id: Uuid) -> Vec<ItemState> {
    let case = cases::case(&desk.house.app, &desk.clerk, id).await.unwrap();
    case.items.iter().map(|item| item.state).collect()
}

/// The agreement ends: from now on each fee is waited for.
async fn without_agreement(house: &House) {
    sqlx::query("update contractors set lump_sum = false where name = 'みなと建設株式会社'")
        .execute(&house.owner)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_product_left_out_is_withdrawn_with_its_payment_and_may_come_back() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.both()).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    pay(&desk, id, Product::Contract).await;

    corrected(&desk, id, &desk.form(Ware::Electronic)).await;
    assert_eq!(
        states(&desk, id).await,
        [ItemState::UnderExamination, ItemState::Withdrawn]
    );
    let mut clerk = house.officer("kanagawa.clerk").await;
    let base = format!("/office/applications/{id}");
    clerk
        .get(&base)
        .await
        .is(200)
        .says("取下げ")
        .says("審査の結果を決めます");
    clerk
        .get("/office/applications")
        .await
        .is(200)
        .says("取下げ");
    let mut minato = house.contractor("minato.soumu").await;
    let status = format!("/netdesk/applications/{id}/status");
    minato
        .get(&status)
        .await
        .is(200)
        .says("審査中")
        .says("取下げ");
    minato
        .get("/netdesk/guarantees?tab=application")
        .await
        .is(200)
        .says("取下げ");

    corrected(&desk, id, &desk.both()).await;
    assert_eq!(
        states(&desk, id).await,
        [ItemState::UnderExamination, ItemState::UnderExamination]
    );
    // The other way round, to its end: what is withdrawn does not keep an application open.
    corrected(&desk, id, &desk.form(Ware::Electronic)).await;
    let product = Product::Prepayment;
    acts::pass_on(&house.app, &desk.clerk, id, product)
        .await
        .unwrap();
    acts::approve(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    let case = cases::case(&house.app, &desk.clerk, id).await.unwrap();
    assert_eq!(case.stage, Stage::Closed);
    // Her session has ended meanwhile.
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk.get(&base).await.is(200).says("手続きは終わりました");
    house.close().await;
}

#[tokio::test]
async fn a_fee_counts_for_the_terms_it_was_confirmed_for() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let form = desk.form(Ware::Electronic);
    let id = desk.sent(&form).await;
    let due = async || {
        let case = cases::case(&house.app, &desk.clerk, id).await.unwrap();
        case.items[0].fee_due
    };
    assert!(!due().await, "the agreement covers every way of paying");
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    let mut transfer = form;
    transfer.set("prepayment_fee_method", "transfer");
    corrected(&desk, id, &transfer).await;
    assert!(
        !due().await,
        "一括納付 is an agreement, not a choice of the form"
    );
    without_agreement(&house).await;
    assert!(due().await);
    pay(&desk, id, product).await;
    assert!(!due().await);

    // A word mended costs nothing; an amount does.
    transfer.set("works_name", "○○浄水場△△補修工事");
    corrected(&desk, id, &transfer).await;
    assert!(!due().await, "the same fee was paid");
    transfer.set("prepayment_amount", "10,000,000");
    corrected(&desk, id, &transfer).await;
    assert!(due().await, "another amount has another fee");
    let mut clerk = house.officer("kanagawa.clerk").await;
    let base = format!("/office/applications/{id}");
    clerk.get(&base).await.says("前の入金確認は数えません");
    pay(&desk, id, product).await;
    assert!(!due().await);
    house.close().await;
}

#[tokio::test]
async fn history_and_payments_go_with_the_application_to_another_branch() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    without_agreement(&house).await;
    let mut form = desk.both();
    form.set("prepayment_fee_method", "transfer");
    form.set("contract_fee_method", "transfer");
    let id = desk.sent(&form).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    pay(&desk, id, Product::Prepayment).await;
    acts::decline(
        &house.app,
        &desk.approver,
        id,
        Product::Contract,
        "重ねての保証のため",
    )
    .await
    .unwrap();
    let nagano: i64 = house
        .ask("select id from branches where name = '長野支店'")
        .await;
    form.set("branch", nagano.to_string());
    acts::return_with(&house.app, &desk.clerk, id, "送信先をお確かめください。")
        .await
        .unwrap();
    house.work().await;
    resent(&desk, id, &form).await;

    let mut nagano = house.officer("nagano.clerk").await;
    let base = format!("/office/applications/{id}");
    nagano
        .get(&base)
        .await
        .is(200)
        .says("入金を確認しました。")
        .says("申込を送信")
        .says("送信先をお確かめください。")
        .says("重ねての保証のため");
    let mut kanagawa = house.officer("kanagawa.clerk").await;
    kanagawa.get(&base).await.is(404);
    let branch_sees: i64 = {
        let mut tx = house.owner.begin().await.unwrap();
        let strangers = format!(
            "set local role office; set local app.surety = '{}'; set local app.branch = '999999'",
            desk.who.surety()
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(strangers))
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query_scalar(
            "select (select count(*) from events e where e.application_id = $1)
                  + (select count(*) from payments)",
        )
        .bind(id)
        .fetch_one(&mut *tx)
        .await
        .unwrap()
    };
    assert_eq!(branch_sees, 0, "a branch that has nothing to do with it");
    house.close().await;
}

#[tokio::test]
async fn an_application_of_declined_products_only_is_not_sent_again() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.both()).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    acts::decline(
        &house.app,
        &desk.approver,
        id,
        Product::Prepayment,
        "重ねての保証のため",
    )
    .await
    .unwrap();
    acts::return_with(&house.app, &desk.clerk, id, "ご確認ください。")
        .await
        .unwrap();
    house.work().await;
    let app = &house.app;
    let open = drafts::open(app, &desk.who, id).await.unwrap();
    let form = desk.form(Ware::Electronic);
    let saved = drafts::save(app, &desk.who, id, Some(open.revision), &form)
        .await
        .unwrap();
    let Saved::At { revision, .. } = saved else {
        panic!("not saved: {saved:?}");
    };
    let sent = applications::submit(app, &desk.who, id, revision)
        .await
        .unwrap();
    let applications::Sent::Refused(checked) = sent else {
        panic!("sent, and nobody will ever take it up: {sent:?}");
    };
    let said = &checked.problems()[0].sentence;
    assert!(
        said.starts_with("前払金保証は、お引き受けできないとお返事しています。"),
        "{said}"
    );
    applications::withdraw(app, &desk.who, id).await.unwrap();
    house.close().await;
}
