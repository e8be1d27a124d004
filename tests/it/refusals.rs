//! Acts that do not fit a guarantee's life, and amounts that are too much only together with what was
//! issued before: through the pages, often from a tab that was opened while all was well. Each gets a
//! sentence that says what and what to do, and nothing changes.

use akashi::domain::act::Proposal;
use akashi::domain::product::Product;
use akashi::error::AppError;
use akashi::services::{applications, renewals};
use sqlx::AssertSqlSafe;
use time::Duration;
use time::macros::date;

use super::house::desk::{Desk, Ware};
use super::house::typed::Typed;
use super::house::{House, Page, Visitor, acts};
use super::life::asking;
use super::{midterm, rulebooks, uploads};

/// Everything there is but who is signed in.
pub async fn everything(house: &House) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname in ('public', 'dsure')
           and tablename not in ('sessions', 'limits', 'good_networks', 'rescues') order by 1",
    )
    .fetch_all(&house.owner)
    .await
    .unwrap();
    assert!(tables.len() > 30, "{tables:?}");
    let mut lines = Vec::new();
    for table in tables {
        let sql = format!("select '{table} ' || t::text from {table} t order by 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&house.owner)
            .await
            .unwrap();
        lines.extend(rows);
    }
    lines
}

/// What differs, for whoever reads a failure.
#[track_caller]
fn same(after: &[String], before: &[String], what: &str) {
    let moved: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(moved.is_empty(), "{what}: {moved:#?}");
    assert_eq!(after.len(), before.len(), "{what}: something went away");
}

/// A page that was opened: its form, to be sent whenever.
async fn tab(visitor: &mut Visitor, action: &str) -> Typed {
    let page = visitor.get(action).await;
    Typed::of(page.is(200), action)
}

/// Sent, refused with these words, and nothing moved.
async fn refused(
    house: &House,
    visitor: &mut Visitor,
    action: &str,
    form: &Typed,
    (status, words): (u16, &[&str]),
) -> Page {
    let before = everything(house).await;
    let page = visitor.post(action, &form.pairs()).await;
    page.is(status);
    for words in words {
        page.says(words);
    }
    same(&everything(house).await, &before, action);
    page
}

fn change_of(number: &str) -> String {
    format!("/netdesk/guarantees/{number}/change")
}

/// A change to 30 June 2027, filled in.
fn longer(form: Typed) -> Typed {
    form.all(&[
        ("period_to", "令和9年6月30日"),
        ("changed_on", "令和8年7月2日"),
        ("change_reason", "工期の延長"),
        ("go", "next"),
    ])
}

async fn issued(desk: &Desk<'_>) -> String {
    let form = desk.form(Ware::Electronic);
    desk.issued(&form, Product::Prepayment).await.1
}

#[tokio::test]
async fn a_change_of_what_was_terminated_is_refused() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let action = change_of(&number);
    let mut soumu = house.contractor("minato.soumu").await;
    let old = longer(tab(&mut soumu, &action).await);
    let mut clerk = house.officer("kanagawa.clerk").await;
    let office = format!("/office/guarantees/{number}/acts");
    let mut tabs = Vec::new();
    for act in ["correction-1", "cancellation-1", "termination"] {
        let action = format!("{office}/{act}");
        let form = tab(&mut clerk, &action).await.set("reason", "理由");
        tabs.push((action, form.set("works_name", "別の工事")));
    }
    let on = date!(2026 - 07 - 02);
    desk.acted(&number, &Proposal::Termination { on }).await;
    let words = ["この保証契約は解約されています", "新しい保証の申込から"];
    refused(&house, &mut soumu, &action, &old, (409, &words)).await;
    let page = soumu.get(&action).await;
    page.is(200).says(words[0]).says(words[1]);
    // The Office's old tabs are told that the guarantee moved, its new ones why.
    for (action, form) in tabs {
        let told = ["変更・訂正・取消がありました", "もう一度入力してください"];
        refused(&house, &mut clerk, &action, &form, (409, &told)).await;
        let fresh = form.set("last", "2");
        refused(&house, &mut clerk, &action, &fresh, (409, &words)).await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_change_of_what_has_expired_is_refused() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let action = change_of(&number);
    let mut soumu = house.contractor("minato.soumu").await;
    let old = longer(tab(&mut soumu, &action).await);
    // 31 March 2027 is the last day; from April on it is over.
    house.app.clock.advance(Duration::days(272));
    let mut soumu = house.contractor("minato.soumu").await;
    tab(&mut soumu, &action).await;
    house.app.clock.advance(Duration::days(1));
    let mut soumu = house.contractor("minato.soumu").await;
    let words = ["保証期限が過ぎています", "取扱支店へお電話ください"];
    refused(&house, &mut soumu, &action, &old, (409, &words)).await;
    let page = soumu.get(&action).await;
    page.is(200).says(words[0]).says(words[1]);
    house.close().await;
}

#[tokio::test]
async fn a_change_written_in_time_is_not_sent_after_the_end() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let typed = asking(&[("period_to", "令和9年6月30日")]);
    let id = desk.change_saved(&number, &typed).await.unwrap();
    house.app.clock.advance(Duration::days(273));
    let mut soumu = house.contractor("minato.soumu").await;
    let action = format!("{}/submission", change_of(&number));
    let before = everything(&house).await;
    let page = soumu
        .post(
            &action,
            &[("application", &id.to_string()), ("revision", "1")],
        )
        .await;
    page.is(422).says("保証期限が過ぎています");
    same(&everything(&house).await, &before, "sent after the end");
    house.close().await;
}

#[tokio::test]
async fn another_companys_guarantee_is_not_there_to_be_changed() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let action = change_of(&number);
    let mut soumu = house.contractor("minato.soumu").await;
    let form = longer(tab(&mut soumu, &action).await);
    let mut yamato = house.contractor("yamato.soumu").await;
    let words = ["見つかりません"];
    refused(&house, &mut yamato, &action, &form, (404, &words)).await;
    yamato.get(&action).await.is(404).says(words[0]);
    let typed = asking(&[("period_to", "令和9年6月30日")]);
    let id = desk.change_saved(&number, &typed).await.unwrap();
    let named = form
        .set("application", &id.to_string())
        .set("revision", "1");
    let submission = format!("{action}/submission");
    refused(&house, &mut yamato, &submission, &named, (404, &words)).await;
    house.close().await;
}

#[tokio::test]
async fn what_is_already_being_changed_is_not_changed_again() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let action = change_of(&number);
    let mut soumu = house.contractor("minato.soumu").await;
    let old = longer(tab(&mut soumu, &action).await);
    let mut clerk = house.officer("kanagawa.clerk").await;
    let office = format!("/office/guarantees/{number}/acts");
    let termination = format!("{office}/termination");
    let end = tab(&mut clerk, &termination).await.set("reason", "理由");
    let correction = format!("{office}/correction-1");
    let right = tab(&mut clerk, &correction).await.set("reason", "理由");
    let right = right.set("works_name", "直した工事");
    let typed = asking(&[("period_to", "令和9年5月31日")]);
    let id = desk.change_sent(&number, &typed).await.unwrap();
    acts::take_up(&house.app, &desk.clerk, id).await.unwrap();
    let words = [
        "変更の申込が、すでにあります",
        "送信するか、取り下げてください",
    ];
    refused(&house, &mut soumu, &action, &old, (409, &words)).await;
    let status = applications::status(&house.app, &desk.who, id).await;
    let receipt = status.unwrap().receipt_no;
    soumu
        .get(&action)
        .await
        .is(200)
        .says(&format!("受付番号 {receipt}"))
        .says("終わってから、つぎの変更をお申し込みください");
    let words = ["変更を審査しています", "発行するか、差し戻してください"];
    refused(&house, &mut clerk, &termination, &end, (409, &words)).await;
    refused(&house, &mut clerk, &correction, &right, (409, &words)).await;
    house.close().await;
}

#[tokio::test]
async fn an_act_under_way_is_ended_before_another_begins() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    let action = format!("/office/guarantees/{number}/acts/correction-1");
    let right = tab(&mut clerk, &action).await.set("reason", "理由");
    let right = right.set("works_name", "直した工事");
    let on = date!(2026 - 07 - 02);
    let act = desk.proposed(&number, &Proposal::Termination { on }).await;
    let words = ["まだ終わっていない", "承認するか、取りやめてください"];
    refused(&house, &mut clerk, &action, &right, (409, &words)).await;
    // Dropped by an approver, it cannot be approved from a tab that still shows it.
    let base = format!("/office/guarantees/{number}/decisions/{}", act.unwrap());
    let mut approver = house.officer("kanagawa.approver").await;
    approver
        .submit(&format!("{base}/drop"), &[("words", "思い違い")])
        .await
        .says("起案を取りやめました。");
    let before = everything(&house).await;
    approver
        .submit(&format!("{base}/approval"), &[])
        .await
        .says("この起案は取りやめられています");
    same(&everything(&house).await, &before, "approved after all");
    house.close().await;
}

#[tokio::test]
async fn a_request_for_a_new_key_is_decided_once() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let (app, digits) = (&house.app, &number[..11]);
    let id = app.chance.id(app.clock.now());
    renewals::ask(app, &desk.who, digits, id, "なくしました")
        .await
        .unwrap();
    renewals::grant(app, &desk.clerk, digits, id).await.unwrap();
    let before = everything(&house).await;
    // Pressed twice, and by somebody whose page is older.
    renewals::grant(app, &desk.clerk, digits, id).await.unwrap();
    let late = renewals::decline(app, &desk.approver, digits, id, "理由").await;
    assert!(
        matches!(&late, Err(AppError::Conflict(words)) if words.contains("先に処理しました")),
        "{late:?}"
    );
    same(&everything(&house).await, &before, "decided twice");
    house.work().await;
    house.close().await;
}

#[tokio::test]
async fn what_is_hidden_is_neither_corrected_nor_cancelled() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    desk.changed(&number, &asking(&[("period_to", "令和9年6月30日")]))
        .await;
    let mut right = desk.contents(&number, 1).await;
    right.works_name = "直した工事".to_owned();
    let corrected = Box::new(right);
    let proposal = Proposal::Correction {
        target: 1,
        corrected,
    };
    desk.acted(&number, &proposal).await;
    desk.acted(&number, &Proposal::Cancellation { target: 2 })
        .await;
    assert_eq!(desk.history(&number).await, ["新規#3"]);
    let mut clerk = house.officer("kanagawa.clerk").await;
    // 1 was corrected, 2 was cancelled.
    for (act, words) in [
        ("correction-1", "この版は訂正または取消されている"),
        ("correction-2", "この版は訂正または取消されている"),
        ("cancellation-2", "取り消せる変更がありません"),
        ("cancellation-1", "取り消せる変更がありません"),
    ] {
        let action = format!("/office/guarantees/{number}/acts/{act}");
        let form = tab(&mut clerk, &action).await.set("reason", "理由");
        let form = form.set("works_name", "もう一度直した工事");
        refused(&house, &mut clerk, &action, &form, (409, &[words])).await;
    }
    // A link that is no certificate, and one that never was.
    for act in ["correction-4", "correction-9", "cancellation-9"] {
        let action = format!("/office/guarantees/{number}/acts/{act}");
        clerk.get(&action).await.is(404);
    }
    house.close().await;
}

#[tokio::test]
async fn a_change_confirmed_beside_a_version_that_was_cancelled_is_confirmed_anew() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    desk.changed(&number, &asking(&[("period_to", "令和09年06月30日")]))
        .await;
    let typed = asking(&[("period_to", "令和09年07月31日")]);
    desk.change_saved(&number, &typed).await.unwrap();
    let mut soumu = house.contractor("minato.soumu").await;
    let action = format!("{}/submission", change_of(&number));
    let confirmation = format!("{}/confirmation", change_of(&number));
    let page = soumu.get(&confirmation).await;
    page.is(200).says("令和09年06月30日");
    let confirmed = Typed::of(&page, &action);
    desk.acted(&number, &Proposal::Cancellation { target: 2 })
        .await;
    let words = ["もう一度押してください", "まだ送信していません"];
    let before = everything(&house).await;
    let page = soumu.submit(&action, &confirmed.pairs()).await;
    page.is(200)
        .says("もとの証書に変更・訂正・取消がありました")
        .says(words[0])
        .says(words[1])
        .says("令和09年03月31日")
        .never_says("令和09年06月30日");
    same(&everything(&house).await, &before, "sent unseen");
    let confirmed = Typed::of(&page, &action);
    soumu
        .submit(&action, &confirmed.pairs())
        .await
        .says("申し込みました");
    house.close().await;
}

#[tokio::test]
async fn only_the_latest_change_in_force_is_cancelled() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    let action = |seq| format!("/office/guarantees/{number}/acts/cancellation-{seq}");
    let first = tab(&mut clerk, &action(1)).await.set("reason", "理由");
    let none = ["取り消せる変更がありません", "解約を起案してください"];
    refused(&house, &mut clerk, &action(1), &first, (409, &none)).await;
    for day in ["令和9年4月30日", "令和9年6月30日"] {
        desk.changed(&number, &asking(&[("period_to", day)])).await;
    }
    let words = ["いちばん新しい変更だけです", "順に取り消してください"];
    for seq in [1, 2] {
        let form = tab(&mut clerk, &action(seq)).await.set("reason", "理由");
        refused(&house, &mut clerk, &action(seq), &form, (409, &words)).await;
    }
    // Latest first, it goes.
    desk.acted(&number, &Proposal::Cancellation { target: 3 })
        .await;
    desk.acted(&number, &Proposal::Cancellation { target: 2 })
        .await;
    assert_eq!(desk.history(&number).await, ["新規#1"]);
    house.close().await;
}

/// 前払金保証 over 20,000,000 whose period is half over, and 中間前払金保証 over 10,000,000 on it.
async fn both_prepayments(desk: &Desk<'_>) -> (String, String) {
    let mut first = desk.form(Ware::Electronic);
    for (name, value) in [
        ("contract_date", "令和7年12月20日"),
        ("period_from", "令和8年1月1日"),
        ("period_to", "令和8年12月31日"),
    ] {
        first.set(name, value);
    }
    let (_, number) = desk.issued(&first, Product::Prepayment).await;
    let (id, revision) = desk.draft(&midterm::form(desk, &number)).await;
    let house = desk.house;
    let mut soumu = house.contractor("minato.soumu").await;
    uploads::attach(&mut soumu, id, "認定.pdf", &uploads::pdf(""))
        .await
        .is(303);
    let sent = applications::submit(&house.app, &desk.who, id, revision).await;
    assert!(matches!(sent.unwrap(), applications::Sent::Done { .. }));
    desk.through(id, Product::Midterm).await;
    let midterm = desk.number(id, Product::Midterm).await.unwrap();
    (number, midterm)
}

#[tokio::test]
async fn amounts_are_held_to_the_rules_together_with_what_was_issued_before() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut admin = house.officer("honsha.admin").await;
    let rates = [
        ("rates-midterm", "10分の2"),
        ("rates-together", "10分の6"),
        ("rates-decrease", "10分の5"),
        ("rates-decrease_with_midterm", "10分の6"),
    ];
    let minato = rulebooks::minato(&house).await;
    rulebooks::write(&mut admin, minato, &rates)
        .await
        .says("版2 を登録しました。");
    let (prepayment, midterm) = both_prepayments(&desk).await;
    let mut soumu = house.contractor("minato.soumu").await;

    // A second 中間 on the same prepayment: two tenths by itself, four with the first.
    let mut second = super::midterm::form(&desk, &prepayment);
    second.set("midterm_amount", "1,000,000");
    let (id, _) = desk.draft(&second).await;
    let address = format!("/netdesk/applications/{id}");
    let page = soumu.get(&format!("{address}?check=1")).await;
    let said = page.all("#e-midterm_amount");
    assert!(
        said.first()
            .is_some_and(|said| said.contains("上限が0円になる") && said.contains("10,000,000円")),
        "{said:?}"
    );
    uploads::attach(&mut soumu, id, "認定.pdf", &uploads::pdf(""))
        .await
        .is(303);
    let before = everything(&house).await;
    let submission = format!("{address}/submission");
    soumu.post(&submission, &[("revision", "1")]).await.is(422);
    same(&everything(&house).await, &before, "a second midterm");

    // The price falls: 20,000,000 + 10,000,000 are more than six tenths of 45,000,000.
    for (number, amount) in [
        (&prepayment, "prepayment_amount"),
        (&midterm, "midterm_amount"),
    ] {
        let lower = asking(&[("price", "45,000,000")]);
        let said = desk.change_sent(number, &lower).await.unwrap_err();
        assert!(
            said[0].contains("合計30,000,000円") && said[0].contains("3,000,000円を返還"),
            "{amount}: {said:?}"
        );
    }
    let issued: i64 = house.ask("select count(*) from certificates").await;
    assert_eq!(issued, 2);
    house.close().await;
}

#[tokio::test]
async fn a_second_guarantee_of_the_same_works_is_asked_about_before_it_is_sent() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Paper);
    let (first, _) = desk.issued(&form, Product::Contract).await;
    let status = applications::status(&house.app, &desk.who, first).await;
    let receipt = status.unwrap().receipt_no;
    let (id, _) = desk.draft(&form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let before = everything(&house).await;
    soumu
        .get(&format!("/netdesk/applications/{id}/confirmation"))
        .await
        .is(200)
        .says(&format!("受付番号 {receipt}"))
        .says("二重のお申し込みでないか、お確かめください");
    same(&everything(&house).await, &before, "looking");
    house.close().await;
}
