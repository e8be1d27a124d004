//! From the check page to the ledger: one fee all the way, and nothing issued that is not paid for.

use akashi::db::Scope;
use akashi::domain::money::Yen;
use akashi::domain::product::Product;
use akashi::error::AppError;
use akashi::services::applications;
use akashi::services::fees;
use time::macros::date;
use uuid::Uuid;

use super::{agreement, change, issued, ledger, read, refund_policy, yen};
use crate::house::desk::{Desk, Ware};
use crate::house::{House, acts};

#[tokio::test]
async fn the_fee_of_the_check_page_is_the_fee_of_the_ledger_and_of_the_paper() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (id, revision) = desk.draft(&form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{id}/confirmation"))
        .await
        .says("保証料（概算）")
        .says("30,000円（非課税）")
        .says("概算")
        .says("DEMO")
        .says("10,000,000円以下の部分")
        .says("10,000,000円 × 0.18％")
        .says("10,000,000円を超え100,000,000円以下の部分")
        .says("10,000,000円 × 0.12％")
        .says("合計")
        // What changes nothing is not told.
        .never_says("ppm")
        .never_says("この区分で数える金額")
        .never_says("端数処理")
        .never_says("最低保証料");
    applications::submit(&house.app, &desk.who, id, revision)
        .await
        .unwrap();
    soumu
        .get(&format!("/netdesk/applications/{id}/status"))
        .await
        .says("30,000円（非課税）")
        .says("概算");
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    let product = Product::Prepayment;
    acts::pass_on(&house.app, &desk.clerk, id, product)
        .await
        .unwrap();
    acts::approve(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("30,000円（非課税）")
        .says("DEMO（実際の料率ではありません）（版1）");
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    assert_eq!(ledger(&house).await, [("charge".to_owned(), 30_000, 0)]);
    let number = desk.number(id, product).await.unwrap();
    let list = soumu.get("/netdesk/fees").await;
    list.says(&number)
        .says("30,000円")
        .says("一括納付（締め前）");
    let paper = &list.attributes("td a.btn", "href")[0];
    for visitor in [&mut soumu, &mut clerk] {
        let path = match visitor.asked().any(|path| path.starts_with("/office")) {
            true => paper.replace("/netdesk", "/office"),
            false => paper.clone(),
        };
        let pdf = visitor.get(&path).await;
        pdf.is(200);
        let text = read(&pdf.bytes);
        for words in [
            "保証料計算書",
            "DEMO（実際の料率で計算したものではありません）",
            "みなと建設株式会社御中",
            "保証料30,000円非課税",
            number.as_str(),
            "前払金保証（新規）",
            "10,000,000円以下の部分10,000,000円×0.18％18,000円",
            "10,000,000円を超え100,000,000円以下の部分10,000,000円×0.12％12,000円",
            "合計30,000円",
        ] {
            assert!(text.contains(words), "{words} is not in {text}");
        }
        assert!(!text.contains("消費税"), "{text}");
    }
    // Another company's, and another number's.
    let mut other = house.contractor("yamato.soumu").await;
    other.get(paper).await.is(404);
    soumu
        .get(&paper.replace(&number, "35075-00009M"))
        .await
        .is(404);
    soumu.get(&paper.replace(".pdf", "0.pdf")).await.is(404);
    house.close().await;
}

#[tokio::test]
async fn what_is_paid_short_is_not_issued() {
    let house = House::new().await;
    agreement(&house, false).await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_fee_method", "transfer");
    let id = desk.approved(&form, product).await;
    let pay = async |amount: i64| {
        let form_id = house.app.chance.id(house.app.clock.now());
        let day = date!(2026 - 07 - 02);
        acts::confirm_payment(
            &house.app,
            &desk.clerk,
            id,
            product,
            form_id,
            yen(amount),
            day,
        )
        .await
        .unwrap();
    };
    let refused = async || match acts::order(&house.app, &desk.approver, id, product).await {
        Err(AppError::Conflict(words)) => words,
        other => panic!("{other:?}"),
    };
    let nothing = refused().await;
    assert!(
        nothing.contains("前払金保証の保証料の入金確認が済んでいません"),
        "{nothing}"
    );
    assert!(
        nothing.contains("前払金保証の保証料が30,000円不足しています"),
        "{nothing}"
    );
    pay(29_999).await;
    let short = refused().await;
    assert_eq!(
        short,
        "前払金保証の保証料が1円不足しています（保証料30,000円、入金確認29,999円）。"
    );
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("保証料が不足しています。")
        .says("不足は1円です（入金確認29,999円）。");
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/guarantees?tab=application")
        .await
        .says("承認済（保証料のお支払い待ち）");
    pay(1).await;
    soumu
        .get(&format!("/netdesk/applications/{id}/status"))
        .await
        .never_says("お支払い待ち");
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    let monthly: bool = house.ask("select monthly from fees").await;
    assert!(!monthly, "it was paid before");
    house.close().await;
}

/// Under an agreement nothing is waited for; but what is paid in part is paid in full, and then the
/// month's statement does not ask for it again.
#[tokio::test]
async fn no_yen_is_asked_for_twice_under_an_agreement() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let id = desk.approved(&desk.form(Ware::Electronic), product).await;
    let pay = async |amount: i64, form: u128| {
        let (form_id, day) = (Uuid::from_u128(form), date!(2026 - 07 - 02));
        acts::confirm_payment(
            &house.app,
            &desk.clerk,
            id,
            product,
            form_id,
            yen(amount),
            day,
        )
        .await
        .unwrap();
    };
    pay(10_000, 1).await;
    let refused = acts::order(&house.app, &desk.approver, id, product).await;
    assert!(
        matches!(&refused, Err(AppError::Conflict(words)) if words.contains("20,000円不足しています")),
        "{refused:?}"
    );
    pay(20_000, 2).await;
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    let monthly: bool = house.ask("select monthly from fees").await;
    assert!(!monthly, "the month would ask for it again");
    house.close().await;
}

#[tokio::test]
async fn without_a_table_the_clerks_amount_counts_as_before() {
    let house = House::new().await;
    agreement(&house, false).await;
    for sql in [
        "alter table fee_tables disable trigger all",
        "delete from fee_tables",
        "alter table fee_tables enable trigger all",
    ] {
        sqlx::query(sql).execute(&house.owner).await.unwrap();
    }
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_fee_method", "transfer");
    let id = desk.approved(&form, product).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{id}/status"))
        .await
        .says("料率が登録されていないため、保証料をここでは計算できません。");
    assert!(
        acts::order(&house.app, &desk.approver, id, product)
            .await
            .is_err()
    );
    let (form_id, day) = (Uuid::from_u128(9), date!(2026 - 07 - 02));
    acts::confirm_payment(&house.app, &desk.clerk, id, product, form_id, yen(1), day)
        .await
        .unwrap();
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    assert_eq!(ledger(&house).await, []);
    let mut admin = house.officer("honsha.admin").await;
    admin.get("/office/fee-tables").await.says("料率未登録");
    house.close().await;
}

#[tokio::test]
async fn changes_cancellations_and_the_end_are_reckoned_with_the_table_of_the_issue() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (number, guarantee) = issued(&desk).await;
    // 24,800,000: 18,000 + 17,760.
    let up = change(&house, guarantee, 20_000_000, 24_800_000, 2).await;
    assert!(up.is_some());
    assert_eq!(
        change(&house, guarantee, 20_000_000, 24_800_000, 2).await,
        None,
        "once"
    );
    assert_eq!(
        change(&house, guarantee, 24_800_000, 24_800_001, 3).await,
        None,
        "nothing"
    );
    assert!(
        change(&house, guarantee, 24_800_000, 18_000_000, 3)
            .await
            .is_some()
    );
    let now = house.app.clock.now();
    let before = Yen::new(24_800_000).unwrap();
    let mut tx = house.app.db.begin(&Scope::Worker).await.unwrap();
    let back = fees::post_cancellation(&mut tx, guarantee, 3, before, now)
        .await
        .unwrap();
    assert!(back.is_some());
    assert_eq!(
        fees::post_cancellation(&mut tx, guarantee, 3, before, now)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        fees::post_cancellation(&mut tx, guarantee, 9, before, now)
            .await
            .unwrap(),
        None
    );
    tx.commit().await.unwrap();
    let rows = |rows: &[(&str, i64)]| -> Vec<(String, i64, i64)> {
        rows.iter()
            .map(|(kind, amount)| ((*kind).to_owned(), *amount, 0))
            .collect()
    };
    let so_far = [
        ("charge", 30_000),
        ("extra", 5_760),
        ("decrease", -8_160),
        ("cancelled", 8_160),
    ];
    assert_eq!(ledger(&house).await, rows(&so_far));
    // 解約 on the last of December: 90 of the 273 days from 2 July to 31 March are left.
    refund_policy(&house, "pro_rata_days").await;
    let mut tx = house.app.db.begin(&Scope::Worker).await.unwrap();
    let day = date!(2026 - 12 - 31);
    let ended = fees::post_termination(&mut tx, guarantee, day, now)
        .await
        .unwrap();
    assert!(ended.is_some());
    assert_eq!(
        fees::post_termination(&mut tx, guarantee, day, now)
            .await
            .unwrap(),
        None
    );
    tx.commit().await.unwrap();
    // 35,760 × 90 ÷ 273 = 11,789.01: rounded down, in the surety's favour.
    let sum: i64 = house.ask("select sum(amount)::bigint from fees").await;
    assert_eq!(sum, 35_760 - 11_789);
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get(&format!("/netdesk/guarantees/{number}")).await;
    page.says("返還計算書").says("△8,160円").says("△11,789円");
    let papers = page.attributes("a[href*='fee-statements']", "href");
    assert_eq!(papers.len(), 5);
    for (paper, words) in papers.iter().zip([
        vec!["保証料計算書", "保証料30,000円"],
        vec![
            "保証料計算書",
            "追加",
            "保証料5,760円",
            "35,760円－30,000円5,760円",
        ],
        vec![
            "保証料返還計算書",
            "返還額8,160円",
            "27,600円－35,760円△8,160円",
        ],
        vec!["保証料計算書", "変更の取消しにより", "保証料8,160円"],
        vec![
            "保証料返還計算書",
            "解約",
            "返還額11,789円",
            "35,760円×90日÷273日11,789円",
        ],
    ]) {
        let text = read(&soumu.get(paper).await.bytes);
        assert!(!text.contains("2ページ"), "it goes on one sheet: {text}");
        for words in words {
            assert!(text.contains(words), "{words} is not in {text}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_termination_that_gives_nothing_back_says_so() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (number, guarantee) = issued(&desk).await;
    let now = house.app.clock.now();
    let mut tx = house.app.db.begin(&Scope::Worker).await.unwrap();
    let day = date!(2026 - 07 - 02);
    fees::post_termination(&mut tx, guarantee, day, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get(&format!("/netdesk/guarantees/{number}")).await;
    page.says("返還なし")
        .never_says("0円 非課税 一括納付（締め前）");
    let papers = page.attributes("a[href*='fee-statements']", "href");
    let text = read(&soumu.get(&papers[1]).await.bytes);
    assert!(
        text.contains("返還額0円") && text.contains("返還しない"),
        "{text}"
    );
    house.close().await;
}

#[tokio::test]
async fn a_refund_outside_the_months_waits_until_it_is_paid_out() {
    let house = House::new().await;
    agreement(&house, false).await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_fee_method", "transfer");
    let id = desk.approved(&form, product).await;
    let (form_id, day) = (Uuid::from_u128(9), date!(2026 - 07 - 02));
    let fee: Yen = yen(30_000);
    acts::confirm_payment(&house.app, &desk.clerk, id, product, form_id, fee, day)
        .await
        .unwrap();
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    let guarantee: i64 = house.ask("select id from guarantees").await;
    let refund = change(&house, guarantee, 20_000_000, 18_000_000, 2)
        .await
        .unwrap();
    let mut clerk = house.officer("kanagawa.clerk").await;
    let page = clerk.get("/office/fee-refunds").await;
    page.says("みなと建設株式会社").says("残り 2,400円");
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/fees")
        .await
        .says("弊社からお返しする額 2,400円")
        .says("返還待ち 2,400円");
    let action = format!("/office/fee-refunds/{refund}/payment");
    let fields = page.form_fields(&action);
    let form_id = &fields.iter().find(|(name, _)| name == "form_id").unwrap().1;
    let (amount, on) = (format!("amount-{refund}"), format!("settled_on-{refund}"));
    let form = |value: &'static str| {
        [
            ("form_id", form_id.as_str()),
            (amount.as_str(), value),
            (on.as_str(), "R8.7.2"),
        ]
    };
    clerk
        .post(&action, &form("二千円と少し"))
        .await
        .is(422)
        .says("数字で入力してください");
    clerk
        .post(&action, &form("2,401"))
        .await
        .is(409)
        .says("残りは2,400円です。それより多い2,401円は記録できません。");
    let mut elsewhere = house.officer("nagano.clerk").await;
    elsewhere
        .get("/office/fee-refunds")
        .await
        .never_says("みなと建設");
    elsewhere.post(&action, &form("2,400")).await.is(404);
    clerk.post(&action, &form("2,400")).await.is(303);
    // Pressed twice.
    clerk.post(&action, &form("2,400")).await.is(303);
    clerk
        .get("/office/fee-refunds")
        .await
        .says("お返しする保証料はありません。");
    let paid: i64 = house
        .ask("select sum(amount)::bigint from settlements")
        .await;
    assert_eq!(paid, 2_400);
    house.close().await;
}

#[tokio::test]
async fn the_office_may_end_and_cancel_but_not_charge() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, guarantee) = issued(&desk).await;
    let now = house.app.clock.now();
    let mut tx = house.app.db.begin(&desk.clerk.scope()).await.unwrap();
    let refused = fees::post_difference(&mut tx, guarantee, yen(1), yen(20_000_000), 2, now).await;
    assert!(refused.is_err(), "the Office charged a fee");
    drop(tx);
    let mut tx = house.app.db.begin(&desk.clerk.scope()).await.unwrap();
    let ended = fees::post_termination(&mut tx, guarantee, date!(2026 - 07 - 02), now).await;
    assert!(ended.unwrap().is_some());
    tx.commit().await.unwrap();
    house.close().await;
}
