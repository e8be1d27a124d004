//! 保証料率表 on the Office's screens: proposed by one, decided by another.

use akashi::domain::fee::FeeProduct;
use akashi::services::fees::{self, tables};
use time::macros::date;

use crate::house::{House, Visitor};

const NEW: &str = "/office/fee-tables/new/contract";

/// A sound proposal: one bracket more than the demo's.
fn sound() -> Vec<(&'static str, &'static str)> {
    vec![
        ("act", "propose"),
        ("rows", "4"),
        ("name", "DEMO 2027年度"),
        ("valid_from", "令和9年4月1日"),
        ("mode", "flat"),
        ("over-1", "0"),
        ("up_to-1", "３００万"),
        ("rate-1", "0.6"),
        ("base_fee-1", ""),
        ("over-2", "3,000,000"),
        ("up_to-2", "5,000,000"),
        ("rate-2", "5000ppm"),
        ("base_fee-2", "3,000"),
        ("over-3", "5,000,000"),
        ("up_to-3", ""),
        ("rate-3", "0.4％"),
        ("base_fee-3", "8,000"),
        ("over-4", ""),
        ("up_to-4", ""),
        ("rate-4", ""),
        ("base_fee-4", ""),
        ("minimum", "1,000"),
        ("rounding", "floor"),
        ("refund", "none"),
    ]
}

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut form = sound();
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

async fn propose(admin: &mut Visitor, form: &[(&str, &str)]) -> String {
    let page = admin.post(NEW, form).await;
    page.is(303);
    page.location().unwrap()
}

async fn versions(house: &House) -> i64 {
    house
        .ask("select count(*) from fee_tables where product = 'contract'")
        .await
}

#[tokio::test]
async fn a_table_is_proposed_by_one_and_put_in_force_by_another() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let mut approver = house.officer("honsha.approver").await;
    admin
        .get(NEW)
        .await
        .is(200)
        .says("契約保証の料率表を提案する");
    let at = propose(&mut admin, &sound()).await;
    let page = admin.get(&at).await;
    page.says("契約保証の料率表　版2")
        .says("承認待ち")
        .says("あなたが提案しました。本店のほかの承認者が決めます。")
        .never_says("承認する</button>")
        // Old and new side by side, and what three amounts would cost.
        .says("5,000,000円以下：0.5％・定額 ―")
        .says("3,000,000円以下：0.6％・定額 ―")
        .says("例：保証金額 6,000,000円");
    // Nobody proposes a second one while this one waits.
    admin
        .post(NEW, &sound())
        .await
        .is(422)
        .says("契約保証には、承認を待っている料率表があります。");
    // Whoever else comes: not the proposer's role, not another branch, not a clerk.
    admin.post(&format!("{at}/approval"), &[]).await.is(403);
    for login in ["kanagawa.approver", "kanagawa.clerk"] {
        let mut other = house.officer(login).await;
        other.get(&at).await.says("本店の承認者が決めます。");
        other.post(&format!("{at}/approval"), &[]).await.is(403);
    }
    let mut stranger = house.officer("sapporo.approver").await;
    stranger.get(&at).await.is(404);
    stranger.post(&format!("{at}/approval"), &[]).await.is(404);
    let state: String = house
        .ask("select state from fee_tables where product = 'contract' and version = 2")
        .await;
    assert_eq!(state, "proposed");
    approver
        .get(&at)
        .await
        .says("承認する")
        .says("から使います。")
        .says("承認しないとき");
    let done = approver.submit(&format!("{at}/approval"), &[]).await;
    done.says("契約保証の料率表　版2を承認しました。2027/04/01に送信された申込から使います。")
        .says("適用予定");
    // Twice is once.
    approver
        .post(&format!("{at}/approval"), &[])
        .await
        .is(409)
        .says("すでに承認済です");
    let told: i64 = house
        .ask(
            "select count(*) from events where kind in ('fee_table_proposed', 'fee_table_approved')
                and words like '契約保証 版2「DEMO 2027年度」%'",
        )
        .await;
    assert_eq!(told, 2);
    house.close().await;
}

#[tokio::test]
async fn the_proposer_cannot_decide_whatever_role_came_later() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let at = propose(&mut admin, &sound()).await;
    // The administrator becomes an approver: still the one who proposed.
    sqlx::query("update accounts set role = 'approver' where login = 'honsha.admin'")
        .execute(&house.owner)
        .await
        .unwrap();
    let mut same = house.officer("honsha.admin").await;
    same.post(&format!("{at}/approval"), &[])
        .await
        .is(403)
        .says("提案した人は承認も不承認もできません。");
    let id = at.rsplit('/').next().unwrap();
    let forced = sqlx::query(
        "update fee_tables set state = 'in_force', decided_by = proposed_by, decided_at = now() where id = $1",
    )
    .bind(id.parse::<i64>().unwrap())
    .execute(&house.owner)
    .await;
    let refused = forced.unwrap_err().to_string();
    assert!(refused.contains("fee_tables_four_eyes"), "{refused}");
    house.close().await;
}

#[tokio::test]
async fn a_declined_table_says_why_and_makes_way() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let mut approver = house.officer("honsha.approver").await;
    let at = propose(&mut admin, &sound()).await;
    approver
        .post(&format!("{at}/refusal"), &[("reason", " ")])
        .await
        .is(422)
        .says("不承認の理由を入力してください。");
    approver
        .post(
            &format!("{at}/refusal"),
            &[("reason", "二つ目の区分の定額が違います。")],
        )
        .await
        .is(303);
    admin
        .get(&at)
        .await
        .says("不承認")
        .says("二つ目の区分の定額が違います。");
    propose(&mut admin, &sound()).await;
    assert_eq!(
        versions(&house).await,
        4,
        "two of みらい's, one declined, one of きた"
    );
    house.close().await;
}

#[tokio::test]
async fn everything_wrong_with_a_proposal_is_said_and_nothing_is_written() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let before = versions(&house).await;
    for (changes, sentence) in [
        (
            vec![("over-2", "3,000,001")],
            "保証金額3,000,000円超 3,000,001円以下の料率がありません（すきま）。",
        ),
        (vec![("over-2", "2,000,000")], "前の行と重なっています。"),
        (
            vec![("up_to-2", "2,000,000")],
            "上限が下限より下がっています。",
        ),
        (
            vec![("up_to-3", "9,000,000")],
            "保証金額9,000,000円超の料率がありません。",
        ),
        (
            vec![("over-1", "1")],
            "最初の区分は0円超から始めてください。",
        ),
        (
            vec![("rate-1", "1000000000ppm")],
            "料率は100％（1,000,000ppm）以下にしてください",
        ),
        (
            vec![("rate-1", "10^9")],
            "料率は、0.065 や 650ppm のように入力してください",
        ),
        (vec![("rate-1", "0")], "この区分の保証料が0円になります。"),
        (vec![("name", "")], "料率表の名前を入力してください。"),
        (
            vec![("name", "\u{1F4B0}")],
            "は保証料計算書に印刷できません。",
        ),
        (
            vec![("valid_from", "2026-07-02")],
            "適用開始日は2026/07/03以降にしてください",
        ),
        (vec![("valid_from", "来年度")], "適用開始日"),
        (
            vec![("minimum", "2,000,000,000")],
            "最低保証料は、0円以上1,000,000,000円以下",
        ),
        (vec![("mode", "")], "数え方を選んでください。"),
    ] {
        let changes: Vec<(&'static str, &'static str)> = changes;
        let form = with(&changes);
        // The minimum hides a bracket that would cost nothing.
        let form = if changes[0] == ("rate-1", "0") {
            with(&[("rate-1", "0"), ("minimum", "")])
        } else {
            form
        };
        let page = admin.post(NEW, &form).await;
        page.is(422).says(sentence);
        let (name, value) = changes[0];
        let kept = page.form_fields(NEW);
        assert!(
            kept.iter()
                .any(|(known, typed)| known == name && typed == value)
                || name == "mode",
            "{name} was not kept"
        );
        assert_eq!(versions(&house).await, before, "{sentence}");
    }
    // Several at once, each beside its field.
    let page = admin
        .post(
            NEW,
            &with(&[
                ("over-2", "4,000,000"),
                ("rate-3", "x"),
                ("name", ""),
                ("refund", ""),
            ]),
        )
        .await;
    page.is(422).says("確認が必要な項目が4件あります");
    house.close().await;
}

#[tokio::test]
async fn a_falling_edge_is_published_only_when_both_meant_it() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let mut approver = house.officer("honsha.approver").await;
    let falling = with(&[("base_fee-3", "")]);
    let before = versions(&house).await;
    let fall = "保証金額5,000,000円では28,000円、5,000,001円では20,000円になり、金額が1円ふえると保証料が8,000円下がります。";
    admin
        .post(NEW, &falling)
        .await
        .is(422)
        .says(fall)
        .says("確認の欄にしるしを付けてください。");
    assert_eq!(versions(&house).await, before);
    let mut meant = falling.clone();
    meant.push(("falls_meant", "on"));
    let at = propose(&mut admin, &meant).await;
    approver.get(&at).await.says(fall);
    approver
        .post(&format!("{at}/approval"), &[])
        .await
        .is(422)
        .says("確認の欄にしるしを付けてください。");
    approver
        .post(&format!("{at}/approval"), &[("falls_meant", "on")])
        .await
        .is(303);
    house.close().await;
}

#[tokio::test]
async fn rows_are_added_without_losing_what_was_typed() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let page = admin.post(NEW, &with(&[("act", "rows")])).await;
    page.is(200).says("区分8").never_says("確認が必要な項目");
    let kept = page.form_fields(NEW);
    assert!(kept.contains(&("up_to-1".into(), "３００万".into())));
    assert!(kept.contains(&("rows".into(), "8".into())));
    house.close().await;
}

#[tokio::test]
async fn the_day_of_the_application_decides_which_version_counts() {
    let house = House::new().await;
    let admin = house.staff("honsha.admin").await;
    let second = house.staff("honsha.approver").await;
    for (from, rate) in [
        ("2027-04-01", "0.3"),
        ("2027-01-01", "0.2"),
        ("2027-04-01", "0.1"),
    ] {
        let form = tables::ProposalForm {
            valid_from: from.to_owned(),
            table: akashi::domain::fee::TypedTable {
                name: format!("DEMO {rate}"),
                mode: "flat".to_owned(),
                brackets: vec![akashi::domain::fee::TypedBracket {
                    rate: rate.to_owned(),
                    ..Default::default()
                }],
                rounding: "floor".to_owned(),
                refund: "none".to_owned(),
                ..Default::default()
            },
            falls_meant: false,
        };
        let proposed = tables::propose(&house.app, &admin, FeeProduct::Prepayment, &form).await;
        let tables::Proposed::Done(id) = proposed.unwrap() else {
            panic!("refused")
        };
        let decision = tables::Decision::Approve { falls_meant: false };
        tables::decide(&house.app, &second, id, &decision)
            .await
            .unwrap();
    }
    let mut tx = house.app.db.begin(&admin.scope()).await.unwrap();
    let mut on = async |day| {
        let found = fees::quote(
            &mut tx,
            admin.surety(),
            "prepayment",
            super::yen(10_000_000),
            day,
        );
        found.await.unwrap().map(|quote| quote.fee.total.get())
    };
    assert_eq!(
        on(date!(2026 - 07 - 01)).await,
        None,
        "before the first version"
    );
    assert_eq!(on(date!(2026 - 12 - 31)).await, Some(18_000));
    // The version of January, though a newer and an older version begin in April.
    assert_eq!(on(date!(2027 - 01 - 01)).await, Some(20_000));
    assert_eq!(on(date!(2027 - 03 - 31)).await, Some(20_000));
    assert_eq!(
        on(date!(2027 - 04 - 01)).await,
        Some(10_000),
        "of two the newer"
    );
    drop(tx);
    house.close().await;
}

#[tokio::test]
async fn what_was_decided_stays() {
    let house = House::new().await;
    for sql in [
        "update fee_tables set body = jsonb_set(body, '{minimum}', '1')",
        "update fee_tables set valid_from = valid_from - 1",
        "update fee_tables set state = 'declined', reason = 'x'",
        "delete from fee_tables",
        "truncate fee_tables cascade",
    ] {
        let refused = sqlx::query(sql).execute(&house.owner).await.unwrap_err();
        let words = refused.to_string();
        assert!(
            words.contains("stays as it was") || words.contains("append-only"),
            "{sql}: {words}"
        );
    }
    // Consumption tax on a guarantee's fee: the database itself refuses.
    let taxed = sqlx::query(
        "insert into fee_tables (surety_id, product, version, valid_from, body, proposed_by, proposed_at)
         select surety_id, 'contract', 99, valid_from, jsonb_set(body, '{tax_ppm}', '100000'), proposed_by, now()
         from fee_tables where product = 'reservation' limit 1",
    )
    .execute(&house.owner)
    .await
    .unwrap_err()
    .to_string();
    assert!(taxed.contains("fee_tables_guarantees_untaxed"), "{taxed}");
    house.close().await;
}
