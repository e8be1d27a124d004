//! 一括納付: a month closed once, whatever happens on the way.

use akashi::domain::fee::Month;
use akashi::error::AppError;
use akashi::services::fees::closing::{self, Closed};
use time::Duration;
use time::macros::date;

use super::{change, issued, read};
use crate::house::House;
use crate::house::desk::Desk;

fn july() -> Month {
    Month::of(date!(2026 - 07 - 01))
}

/// Fees of both companies with an agreement, in July; it is the first of August now.
async fn in_august(house: &House) {
    let desk = Desk::at(house).await;
    let (_, guarantee) = issued(&desk).await;
    change(house, guarantee, 20_000_000, 18_000_000, 2)
        .await
        .unwrap();
    house.app.clock.advance(Duration::days(30));
}

async fn counts(house: &House) -> (i64, i64, i64) {
    (
        house.ask("select count(*) from closings").await,
        house.ask("select count(*) from closing_fees").await,
        house.ask("select count(*) from closed_months").await,
    )
}

#[tokio::test]
async fn a_month_is_closed_once_it_is_over_and_only_once() {
    let house = House::told().await;
    let mut admin = house.officer("honsha.admin").await;
    admin
        .get("/office/fee-months")
        .await
        .says("2026年7月")
        .says("月の途中");
    // What stands before the closing is on the contractor's page, and the head office sees which fees.
    let sum = "38,855円";
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/fees")
        .await
        .says(&format!("締め前（次の計算書にまとめます） {sum}"))
        .says("お支払い待ち（一括納付の計算書） 0円");
    admin
        .get("/office/fee-months/2026-07")
        .await
        .says("締め前の保証料")
        .says(sum)
        .says("22,080円")
        .says("前払金保証（新規）")
        .says("35075-00001M");
    admin
        .post("/office/fee-months/2026-07/closing", &[])
        .await
        .is(409)
        .says(
            "2026年7月はまだ終わっていないため、締められません。2026/08/01以降に締めてください。",
        );
    in_august(&house).await;
    let mut admin = house.officer("honsha.admin").await;
    let page = admin.get("/office/fee-months/2026-07").await;
    page.says("みなと建設株式会社")
        .says("2026年7月を締める")
        .never_says("やまと土木");
    let done = admin
        .submit("/office/fee-months/2026-07/closing", &[])
        .await;
    done.says("2026年7月を締めました。お客様1社の保証料4件を計算書にまとめました。")
        .says("締め済")
        .says("2026-07-00001");
    assert_eq!(counts(&house).await, (1, 4, 1));
    admin
        .post("/office/fee-months/2026-07/closing", &[])
        .await
        .is(409)
        .says("すでに締めています。何も変えていません。");
    assert_eq!(counts(&house).await, (1, 4, 1));
    // The other surety's month is its own.
    let mut kita = house.officer("kita.admin").await;
    kita.get("/office/fee-months/2026-07")
        .await
        .says("大雪建設株式会社")
        .never_says("みなと建設");
    house.close().await;
}

#[tokio::test]
async fn a_statement_is_paid_in_parts_and_never_beyond_what_is_open() {
    let house = House::told().await;
    in_august(&house).await;
    let admin = house.staff("honsha.admin").await;
    closing::close(&house.app, &admin, july()).await.unwrap();
    let total: i64 = house.ask("select amount from closings").await;
    // 13,400,000 and 3,355,000 of the stories, 20,000,000 less 2,000,000 of this test.
    assert_eq!(total, 22_080 + 16_775 + 30_000 - 2_400);
    let id: i64 = house.ask("select id from closings").await;
    let base = format!("/office/fee-closings/{id}");
    let mut admin = house.officer("honsha.admin").await;
    let page = admin.get(&base).await;
    page.says("66,455円").says("△2,400円").says("入金待ち");
    let fields = page.form_fields(&format!("{base}/payment"));
    let form_id = fields
        .iter()
        .find(|(name, _)| name == "form_id")
        .unwrap()
        .1
        .clone();
    let form = |amount: &'static str, on: &'static str| {
        [
            ("form_id", form_id.as_str()),
            ("amount", amount),
            ("settled_on", on),
        ]
    };
    admin
        .post(&format!("{base}/payment"), &form("五万", "2026-09-01"))
        .await
        .is(422)
        .says("日付は、今日（令和8年8月1日）までにしてください。");
    admin
        .post(&format!("{base}/payment"), &form("66,456", "2026-08-01"))
        .await
        .is(409)
        .says("残りは66,455円です。");
    admin
        .post(&format!("{base}/payment"), &form("６万円", "2026-08-01"))
        .await
        .is(303);
    admin
        .post(&format!("{base}/payment"), &form("６万円", "2026-08-01"))
        .await
        .is(303);
    // The Back button and another amount.
    admin
        .post(&format!("{base}/payment"), &form("6,000", "2026-08-01"))
        .await
        .is(409)
        .says("別の金額をすでに記録しています。");
    let page = admin.get(&base).await;
    page.says("一部入金").says("6,455円");
    let mut soumu = house.contractor("minato.soumu").await;
    let list = soumu.get("/netdesk/fees").await;
    list.says("お支払い待ち（一括納付の計算書） 6,455円")
        .says("締め前（次の計算書にまとめます） 0円")
        .says("2026-07-00001");
    let paper = &list.attributes("a[href*='/fees/closings/']", "href")[0];
    let text = read(&soumu.get(paper).await.bytes);
    for words in [
        "一括納付保証料計算書",
        "計算書番号2026-07-00001",
        "お支払額66,455円非課税",
        "前払金保証（新規）○○浄水場△△修繕工事30,000円",
        "△2,400円",
        "DEMO",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    house
        .contractor("yamato.soumu")
        .await
        .get(paper)
        .await
        .is(404);
    house.close().await;
}

/// The closing of one contractor is one transaction: a run that is dropped at any moment leaves whole
/// statements only, and the next run does the rest and nothing twice.
#[tokio::test]
async fn a_run_that_dies_is_gone_on_with() {
    let house = House::told().await;
    in_august(&house).await;
    // More companies with fees of July: copies of みなと建設's guarantees under numbers of their own.
    for sql in [
        "insert into contractors (surety_id, branch_id, name, address, representative, email, lump_sum, created_at)
         select surety_id, branch_id, '見本建設' || n, address, representative, email, true, created_at
         from contractors, generate_series(1, 30) n where name like 'みなと%'",
        "insert into applications (id, surety_id, contractor_id, branch_id, stage, form, created_by, created_at,
           updated_by, updated_at)
         select gen_random_uuid(), surety_id, id, branch_id, 'draft', '{}', 'x', now(), 'x', now()
         from contractors where name like '見本建設%'",
        "insert into application_items (id, application_id, surety_id, contractor_id, branch_id, product, form,
           amount, fee_method, state, sent_at)
         select gen_random_uuid(), a.id, a.surety_id, a.contractor_id, a.branch_id, 'contract', 'paper', 1,
           'lump_sum', 'submitted', now()
         from applications a join contractors c on c.id = a.contractor_id where c.name like '見本建設%'",
        "insert into guarantees (surety_id, contractor_id, branch_id, application_id, item_id, number, suffix,
           product, form, obligee_name, works_name, works_search, contractor_name, price, amount, until, issued_on, issued_at)
         select i.surety_id, i.contractor_id, i.branch_id, i.application_id, i.id,
           '35099-' || lpad((row_number() over ())::text, 5, '0'), 'M', 'contract', 'paper', 'x', 'x', 'x', 'x',
           1, 1, '2027-03-31', '2026-07-02', now()
         from application_items i join contractors c on c.id = i.contractor_id where c.name like '見本建設%'",
        "insert into fees (surety_id, contractor_id, branch_id, guarantee_id, product, seq, kind, amount, tax, lines,
           fee_table_id, fee_method, monthly, day, at)
         select g.surety_id, g.contractor_id, g.branch_id, g.id, 'contract', n, 'charge', 1000 * n, 0, '[]',
           (select min(t.id) from fee_tables t where t.surety_id = g.surety_id), 'lump_sum', true, '2026-07-15', now()
         from guarantees g, generate_series(1, 3) n where g.number like '35099-%'",
    ] {
        sqlx::query(sql).execute(&house.owner).await.unwrap();
    }
    let due: i64 = house
        .ask(
            "select sum(amount)::bigint from fees f join sureties s on s.id = f.surety_id
              where s.suffix = 'M' and monthly",
        )
        .await;
    let admin = house.staff("honsha.admin").await;
    let mut died = 0;
    for patience in [5, 10, 15, 20, 30, 45, 60, 90, 130, 200, 400, 60_000] {
        let run = closing::close(&house.app, &admin, july());
        let patience = std::time::Duration::from_millis(patience);
        match tokio::time::timeout(patience, run).await {
            Err(_) => died += 1,
            Ok(closed) => {
                let closed = closed.unwrap();
                // A run may die with its last step done, its answer unread.
                assert!(!matches!(closed, Closed::Refused(_)), "{closed:?}");
                break;
            }
        }
        // Whole statements only.
        let torn: i64 = house
            .ask(
                "select count(*) from closings k where k.fees <>
                    (select count(*) from closing_fees cf where cf.closing_id = k.id)",
            )
            .await;
        assert_eq!(torn, 0);
    }
    assert!(died > 0, "no run died");
    assert_eq!(counts(&house).await, (31, 94, 1));
    let gathered: i64 = house.ask("select sum(amount)::bigint from closings").await;
    assert_eq!(gathered, due);
    let numbers: i64 = house
        .ask("select count(distinct statement_no) from closings")
        .await;
    assert_eq!(numbers, 31);
    house.close().await;
}

#[tokio::test]
async fn two_runs_at_once_gather_nothing_twice() {
    let house = House::told().await;
    in_august(&house).await;
    let admin = house.staff("honsha.admin").await;
    let (one, other) = tokio::join!(
        closing::close(&house.app, &admin, july()),
        closing::close(&house.app, &admin, july()),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(matches!(one, Closed::Done { .. }) || matches!(other, Closed::Done { .. }));
    assert_eq!(counts(&house).await, (1, 4, 1));
    house.close().await;
}

#[tokio::test]
async fn months_are_closed_in_their_order_and_by_the_head_office() {
    let house = House::told().await;
    house.app.clock.advance(Duration::days(70));
    let admin = house.staff("honsha.admin").await;
    let august = Month::of(date!(2026 - 08 - 01));
    let refused = closing::close(&house.app, &admin, august).await.unwrap();
    assert_eq!(
        refused.sentence(august),
        "2026年7月に、締めていない保証料があります。先に2026年7月を締めてください。"
    );
    for login in ["kanagawa.clerk", "honsha.approver"] {
        let other = house.staff(login).await;
        let denied = closing::close(&house.app, &other, july()).await;
        assert!(
            matches!(denied, Err(AppError::NotFound)),
            "{login}: {denied:?}"
        );
    }
    assert_eq!(counts(&house).await, (0, 0, 0));
    let done = closing::close_by_command(&house.app, 'M', july())
        .await
        .unwrap();
    assert_eq!(
        done.sentence(july()),
        "2026年7月を締めました。お客様1社の保証料2件を計算書にまとめました。"
    );
    let again = closing::close_by_command(&house.app, 'M', july())
        .await
        .unwrap();
    assert!(matches!(again, Closed::Already { .. }), "{again:?}");
    let empty = closing::close(&house.app, &admin, august).await.unwrap();
    assert_eq!(
        empty.sentence(august),
        "2026年8月を締めました。集める保証料はありませんでした。"
    );
    house.close().await;
}
