//! What a branch decides, it decides about what was on the screen; and it is told what became of it.

use akashi::domain::application::ItemState;
use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;
use akashi::error::AppError;
use akashi::services::drafts::{self, Saved};
use akashi::services::{applications, cases, examination};
use time::Duration;
use uuid::Uuid;

use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::{House, Page, Visitor};

const BOTH: [(&str, &str); 2] = [("product", "prepayment"), ("product", "contract")];

async fn resent(desk: &Desk<'_>, id: Uuid, form: &TypedForm) {
    let app = &desk.house.app;
    let open = drafts::open(app, &desk.who, id).await.unwrap();
    let saved = drafts::save(app, &desk.who, id, Some(open.revision), form).await;
    let Ok(Saved::At { revision, .. }) = saved else {
        panic!("not saved: {saved:?}");
    };
    let sent = applications::submit(app, &desk.who, id, revision).await;
    assert!(
        matches!(sent, Ok(applications::Sent::Done { .. })),
        "{sent:?}"
    );
}

async fn states(desk: &Desk<'_>, id: Uuid) -> Vec<ItemState> {
    let case = cases::case(&desk.house.app, &desk.clerk, id).await.unwrap();
    case.items.iter().map(|item| item.state).collect()
}

fn hidden(page: &Page, name: &str) -> String {
    let values = page.attributes(&format!("input[type=hidden][name={name}]"), "value");
    values.into_iter().next().unwrap()
}

async fn fee_is_waited_for(house: &House) {
    sqlx::query("update contractors set lump_sum = false where name = 'みなと建設株式会社'")
        .execute(&house.owner)
        .await
        .unwrap();
}

#[tokio::test]
async fn nobody_decides_about_other_contents_than_those_on_the_screen() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let mut form = desk.form(Ware::Electronic);
    let id = desk.examined(&form, product).await;
    let base = format!("/office/applications/{id}");
    let mut approver = house.officer("kanagawa.approver").await;
    let opened = approver.get(&base).await;
    opened.says("20,000,000円").says("承認の対象（SHA-256）");
    let old = hidden(&opened, "seen");

    // Meanwhile: returned, another amount, sent again, examined again.
    acts::return_with(&house.app, &desk.clerk, id, "金額をお確かめください。")
        .await
        .unwrap();
    house.work().await;
    form.set("prepayment_amount", "10,000,000");
    resent(&desk, id, &form).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    acts::pass_on(&house.app, &desk.clerk, id, product)
        .await
        .unwrap();

    let chosen = [("seen", old.as_str()), ("product", "prepayment")];
    let refused = approver.post(&format!("{base}/approval"), &chosen).await;
    refused
        .is(409)
        .says("画面を開いたあとで、申込の内容")
        .says("10,000,000円")
        .says("承認するか決めます");
    let without = [("product", "prepayment")];
    approver
        .post(&format!("{base}/approval"), &without)
        .await
        .is(409);
    let reason = [chosen[0], chosen[1], ("reason", "重ねての保証のため")];
    let page = approver.post(&format!("{base}/decline"), &reason).await;
    page.is(409);
    assert!(
        page.html().contains("重ねての保証のため</textarea>"),
        "what was typed is lost"
    );
    let words = [chosen[0], ("words", "工期も。")];
    let page = approver.post(&format!("{base}/return"), &words).await;
    page.is(409);
    assert!(
        page.html().contains("工期も。</textarea>"),
        "what was typed is lost"
    );
    assert_eq!(states(&desk, id).await, [ItemState::AwaitingApproval]);

    // The page that was answered shows the new contents, and decides about them.
    let shown = hidden(&refused, "seen");
    let fields = [("seen", shown.as_str()), ("product", "prepayment")];
    let done = approver.submit(&format!("{base}/approval"), &fields).await;
    done.says("前払金保証を承認しました。");
    let bound: Vec<u8> = house
        .ask("select approved_sha256 from application_items")
        .await;
    let digits: String = bound
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for page in [&refused, &done] {
        let hashes: Vec<String> = page.all(".hash");
        let said = hashes.first().unwrap().replace([' ', '…'], "");
        assert_eq!(said, digits, "another hash is shown than is bound");
    }
    // A register entry that is printed changes: the order waits for a new approval, too.
    sqlx::query("update branches set tel = '045-000-9999' where name = '神奈川支店'")
        .execute(&house.owner)
        .await
        .unwrap();
    let seen = hidden(&done, "seen");
    let fields = [("seen", seen.as_str()), ("product", "prepayment")];
    approver
        .post(&format!("{base}/issue"), &fields)
        .await
        .is(409)
        .says("変わりました");
    let page = approver.get(&base).await;
    page.says("承認した内容と、いま証書に印刷される内容が違います。")
        .never_says("発行する</button>");
    house.close().await;
}

#[tokio::test]
async fn of_several_products_each_is_done_or_none() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.both();
    form.set("contract_fee_method", "transfer");
    let id = desk.examined(&form, Product::Prepayment).await;
    let base = format!("/office/applications/{id}");
    let mut approver = house.officer("kanagawa.approver").await;
    approver
        .act(&base, "approval", &BOTH)
        .await
        .is(409)
        .says("契約保証はいま「審査中」です。")
        .says("選んだ商品（前払金保証・契約保証）は、どれもまだ処理していません。");
    assert_eq!(
        states(&desk, id).await,
        [ItemState::AwaitingApproval, ItemState::UnderExamination]
    );
    // Both fit, and a rule forbids one: it holds up the approval of both, and later the order.
    let (app, product) = (&house.app, Product::Contract);
    acts::pass_on(app, &desk.clerk, id, product).await.unwrap();
    let lump_sum = |held: bool| {
        sqlx::query("update contractors set lump_sum = $1 where name = 'みなと建設株式会社'")
            .bind(held)
            .execute(&house.owner)
    };
    lump_sum(false).await.unwrap();
    approver.act(&base, "approval", &BOTH).await.is(409);
    let both = |state| [state, state];
    let now = states(&desk, id).await;
    assert_eq!(now, both(ItemState::AwaitingApproval), "one was approved");
    lump_sum(true).await.unwrap();
    approver.act(&base, "approval", &BOTH).await.is(303);
    let (form_id, day) = (Uuid::from_u128(7), time::macros::date!(2026 - 07 - 02));
    let fee = akashi::domain::money::Yen::new(5_000).unwrap();
    acts::confirm_payment(app, &desk.clerk, id, product, form_id, fee, day)
        .await
        .unwrap();
    lump_sum(false).await.unwrap();
    approver.act(&base, "issue", &BOTH).await.is(409);
    let now = states(&desk, id).await;
    assert_eq!(now, both(ItemState::Approved), "one was ordered");
    house.close().await;
}

#[tokio::test]
async fn what_a_rule_refuses_is_neither_approved_nor_ordered() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.both();
    form.set("contract_fee_method", "transfer");
    let id = desk.examined(&form, Product::Prepayment).await;
    acts::pass_on(&house.app, &desk.clerk, id, Product::Contract)
        .await
        .unwrap();
    // 一括納付 was chosen for the prepayment only; the agreement ends.
    fee_is_waited_for(&house).await;
    let base = format!("/office/applications/{id}");
    let mut approver = house.officer("kanagawa.approver").await;
    approver.get(&base).await.says(
        "一括納付の契約：一括納付は、弊社と一括納付の契約を結んでいるお客様にお選びいただけます。",
    );
    approver
        .act(&base, "approval", &[("product", "prepayment")])
        .await
        .is(409)
        .says("前払金保証は、きまりの確認で拒まれているため承認できません。");
    approver
        .act(&base, "approval", &[("product", "contract")])
        .await
        .is(303);
    assert_eq!(
        states(&desk, id).await,
        [ItemState::AwaitingApproval, ItemState::Approved]
    );
    // Approved while nothing refused: the order is held against the rules once more.
    for (agreement, product) in [(true, Product::Prepayment), (false, Product::Prepayment)] {
        sqlx::query("update contractors set lump_sum = $1 where name = 'みなと建設株式会社'")
            .bind(agreement)
            .execute(&house.owner)
            .await
            .unwrap();
        if agreement {
            acts::approve(&house.app, &desk.approver, id, product)
                .await
                .unwrap();
        }
    }
    let ordered = acts::order(&house.app, &desk.approver, id, Product::Prepayment).await;
    assert!(
        matches!(&ordered, Err(AppError::Conflict(words)) if words.contains("一括納付は、弊社と")),
        "{ordered:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn nothing_is_said_to_be_ordered_that_is_not() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Contract;
    sqlx::query("update number_blocks set next = 100000 where block = '35075'")
        .execute(&house.owner)
        .await
        .unwrap();
    let id = desk.ordered(&desk.form(Ware::Paper), product).await;
    house.work().await;
    acts::take_back(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    let ordered = acts::order(&house.app, &desk.approver, id, product).await;
    assert!(matches!(ordered, Err(AppError::Conflict(_))), "{ordered:?}");
    let left: i64 = house
        .ask("select count(*) from application_items where ordered_at is not null or ordered_by is not null")
        .await;
    assert_eq!(left, 0, "an order stands that nobody has given");
    house.tear_down().await;
}

/// A payment of the page's own form.
async fn pay(clerk: &mut Visitor, base: &str, form_id: &str, amount: &str) -> Page {
    let fields = [
        ("form_id", form_id),
        ("product", "prepayment"),
        ("amount", amount),
        ("paid_on", "2026/7/2"),
    ];
    clerk.act(base, "payment", &fields).await
}

#[tokio::test]
async fn a_form_records_one_payment_and_says_so_of_another() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    fee_is_waited_for(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_fee_method", "transfer");
    let id = desk.examined(&form, Product::Prepayment).await;
    let base = format!("/office/applications/{id}");
    let mut clerk = house.officer("kanagawa.clerk").await;
    let first = hidden(&clerk.get(&base).await, "form_id");
    pay(&mut clerk, &base, &first, "30,000").await.is(303);
    pay(&mut clerk, &base, &first, "30,000").await.is(303);
    // The Back button, and another amount in the same form.
    let page = pay(&mut clerk, &base, &first, "45,000").await;
    page.is(409)
        .says("この画面からは、別の入金をすでに記録しています。")
        .says("45,000円（2026/07/02入金）は、まだ記録していません。");
    let stored: i64 = house.ask("select sum(amount)::bigint from payments").await;
    assert_eq!(stored, 30_000);
    let next = hidden(&page, "form_id");
    assert_ne!(next, first);
    pay(&mut clerk, &base, &next, "45,000").await.is(303);
    let stored: i64 = house.ask("select sum(amount)::bigint from payments").await;
    assert_eq!(stored, 75_000);
    house.close().await;
}

#[tokio::test]
async fn a_message_pressed_twice_is_one_message() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.form(Ware::Electronic)).await;
    let base = format!("/office/applications/{id}");
    let mut clerk = house.officer("kanagawa.clerk").await;
    let page = clerk.get(&base).await;
    let fields = |words| {
        let of = |name| (name, hidden(&page, name));
        [of("seen"), of("form_id"), ("message", String::from(words))]
    };
    let address = format!("{base}/message");
    for (words, status) in [
        ("図面をお送りください。", 303),
        ("図面をお送りください。", 303),
        ("見積書もお送りください。", 409),
    ] {
        let fields = fields(words);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = clerk.post(&address, &fields).await;
        answer.is(status);
        if status == 409 {
            answer.says("この画面からは、別のお知らせをすでに出しています。");
            assert!(
                answer
                    .html()
                    .contains("見積書もお送りください。</textarea>")
            );
            assert_ne!(hidden(&answer, "form_id"), hidden(&page, "form_id"));
        }
    }
    let sent: i64 = house
        .ask("select count(*) from events where kind = 'message_to_contractor'")
        .await;
    assert_eq!(sent, 1);
    house.close().await;
}

#[tokio::test]
async fn a_memo_goes_from_the_examiner_to_the_approver_and_no_further() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.form(Ware::Electronic)).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    let base = format!("/office/applications/{id}");
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&base)
        .await
        .says("承認する人への申し送り")
        .says("任意");
    let long = "あ".repeat(1_001);
    let page = clerk
        .act(&base, "approval-request", &[BOTH[0], ("memo", &long)])
        .await;
    page.is(422).says("申し送り");
    assert!(page.html().contains(&long), "what was typed is lost");
    let memo = "割合は未登録ですが、\r\n一般の率に収まっています。";
    clerk
        .act_on(&base, "approval-request", &[BOTH[0], ("memo", memo)])
        .await
        .says("前払金保証を承認に回しました。");
    let mut approver = house.officer("kanagawa.approver").await;
    approver
        .get(&base)
        .await
        .says("審査した人（")
        .says("からの申し送り")
        .says("割合は未登録ですが、 一般の率に収まっています。");
    let mut minato = house.contractor("minato.soumu").await;
    minato
        .get(&format!("/netdesk/applications/{id}/status"))
        .await
        .is(200)
        .never_says("割合は未登録");
    house.close().await;
}

#[tokio::test]
async fn dates_that_forbid_the_issue_are_said_to_the_staff() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let mut early = desk.form(Ware::Electronic);
    early.set("contract_date", "令和8年7月3日");
    early.set("period_from", "令和8年7月4日");
    let early = desk.approved(&early, product).await;
    let ordered = acts::order(&house.app, &desk.approver, early, product).await;
    assert!(
        matches!(&ordered, Err(AppError::Conflict(words))
            if words == "請負契約日（令和8年7月3日）より前は発行できません。その日になったら発行してください。"),
        "{ordered:?}"
    );
    let mut short = desk.form(Ware::Paper);
    short.set("period_to", "令和8年7月3日");
    let short = desk.approved(&short, Product::Contract).await;
    house.app.clock.advance(Duration::DAY);
    examination::order(
        &house.app,
        &desk.approver,
        &acts::seen(&house.app, &desk.approver, early).await.unwrap(),
        &[product],
    )
    .await
    .unwrap();
    house.work().await;
    house.app.clock.advance(Duration::DAY);
    let ordered = acts::order(&house.app, &desk.approver, short, Product::Contract).await;
    assert!(
        matches!(&ordered, Err(AppError::Conflict(words))
            if words.starts_with("保証期限（令和8年7月3日）が過ぎているため、発行できません。")),
        "{ordered:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn an_electronic_choice_is_judged_by_the_day_of_the_application() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    // みなと野市 takes electronic guarantees applied for until 5 July.
    let changed = sqlx::query(
        "insert into rule_books (surety_id, obligee_id, version, book, created_by, created_at)
         select b.surety_id, b.obligee_id, b.version + 1,
           jsonb_set(jsonb_set(b.book, '{electronic,rules,0,basis}', '\"start_only\"'),
             '{electronic,rules,0,until}', '\"2026-07-05\"'), b.created_by, b.created_at
         from rule_books b join obligees o on o.id = b.obligee_id where o.title_name = 'みなと野市長'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let product = Product::Prepayment;
    let form = desk.form(Ware::Electronic);
    let id = desk.sent(&form).await;
    house.app.clock.advance(Duration::days(4));
    // Examined, returned and sent again after the last day: still the application of 2 July.
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    acts::return_with(&house.app, &desk.clerk, id, "ご確認ください。")
        .await
        .unwrap();
    house.work().await;
    resent(&desk, id, &form).await;
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    acts::pass_on(&house.app, &desk.clerk, id, product)
        .await
        .unwrap();
    acts::approve(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    // A new application of this day is refused.
    let late = applications::check(&house.app, &desk.who, &form)
        .await
        .unwrap();
    assert!(!late.may_be_sent());
    house.close().await;
}
