//! Worked cases of a guarantee's later life, each by its number, on all three sites: T13 to T15, T17,
//! and the entry that T27 asks for.

use std::io::Write;
use std::sync::{Arc, Mutex};

use akashi::domain::act::Proposal;
use akashi::domain::product::Product;
use time::macros::date;
use tracing_subscriber::fmt::MakeWriter;

use super::house::desk::{Desk, Ware};
use super::house::typed::Typed;
use super::house::{House, Page, Visitor};
use super::life::asking;

const WORKS: &str = "○○浄水場△△修繕工事";

async fn issued(desk: &Desk<'_>) -> String {
    let form = desk.form(Ware::Electronic);
    desk.issued(&form, Product::Prepayment).await.1
}

/// A municipality that shows number and key: the page it is led to.
async fn shown(house: &House, number: &str, key: &str) -> (Visitor, Page) {
    let mut town = house.stranger();
    let fields = [("number", number), ("key", key)];
    let page = town.submit("/dsure/", &fields).await;
    page.is(200);
    (town, page)
}

#[tokio::test]
async fn t13_a_corrected_version_is_hidden_from_the_contractor_and_kept_for_staff() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("works_name", "○○浄水場△△修善工事");
    let (_, number) = desk.issued(&form, Product::Prepayment).await;
    let key = desk.key(&number).await;
    let mut right = desk.contents(&number, 1).await;
    right.works_name = WORKS.to_owned();
    let corrected = Box::new(right);
    let proposal = Proposal::Correction {
        target: 1,
        corrected,
    };
    desk.acted(&number, &proposal).await;
    // The contractor: one row, still 新規, with the right name; the old one is nowhere.
    assert_eq!(
        desk.history(&number).await,
        ["新規#2"],
        "a corrected version is visible to the contractor"
    );
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}");
    soumu
        .get(&address)
        .await
        .says(WORKS)
        .says("訂正または変更取消された履歴があります")
        .never_says("修善工事");
    soumu
        .get(&format!("{address}/certificates/1"))
        .await
        .is(404);
    soumu
        .get(&format!("{address}/certificates/1.pdf"))
        .await
        .is(404);
    soumu
        .get(&format!("{address}/certificates/2"))
        .await
        .is(200)
        .says(WORKS);
    // Staff see both, and what was put right.
    let mut clerk = house.officer("kanagawa.clerk").await;
    let office = format!("/office/guarantees/{number}");
    clerk.get(&office).await.says("訂正後").says("訂正済");
    clerk
        .get(&format!("{office}/certificates/1"))
        .await
        .is(200)
        .says("○○浄水場△△修善工事");
    // The obligee sees the one that holds, and that another was withdrawn.
    let (mut town, page) = shown(&house, &number, &key).await;
    page.says(WORKS)
        .says("訂正により取下げ")
        .never_says("修善工事");
    let old = town.get("/dsure/certificates/1").await;
    old.is(410).never_says("修善工事");
    house.close().await;
}

#[tokio::test]
async fn t14_a_cancelled_changes_number_is_never_used_again() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let key = desk.key(&number).await;
    desk.changed(&number, &asking(&[("period_to", "令和9年6月30日")]))
        .await;
    desk.acted(&number, &Proposal::Cancellation { target: 2 })
        .await;
    // As before the change: contents, history, fee.
    assert_eq!(desk.history(&number).await, ["新規#1"]);
    assert_eq!(desk.opens(&number, &key).await, Some(1));
    let (mut town, page) = shown(&house, &number, &key).await;
    page.says("令和09年03月31日")
        .says("変更取消により取下げ")
        .never_says("令和09年06月30日");
    town.get("/dsure/certificates/2").await.is(410);
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}");
    soumu.get(&address).await.is(200).never_says("変更ー1");
    let held = soumu.get(&format!("{address}/certificates/1")).await;
    held.is(200).says("令和09年03月31日");
    soumu
        .get(&format!("{address}/certificates/2"))
        .await
        .is(404);
    let held: String = house.ask("select until::text from guarantees").await;
    assert_eq!(held, "2027-03-31");
    // The next one is 変更ー2: 変更ー1 stays used.
    desk.changed(&number, &asking(&[("period_to", "令和9年5月31日")]))
        .await;
    assert_eq!(
        desk.history(&number).await,
        ["新規#1", "変更ー2#4"],
        "the number of a cancelled change was used again"
    );
    let (_, page) = shown(&house, &number, &key).await;
    page.says("変更ー2").says("令和09年05月31日");
    house.close().await;
}

#[tokio::test]
async fn t15_a_terminated_guarantee_is_marked_and_its_refund_is_stated() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let key = desk.key(&number).await;
    let on = date!(2026 - 07 - 02);
    desk.acted(&number, &Proposal::Termination { on }).await;
    let typed = asking(&[("period_to", "令和9年6月30日")]);
    let refused = desk.change_sent(&number, &typed).await.unwrap_err();
    assert!(refused[0].contains("解約されています"), "{refused:?}");
    let (_, page) = shown(&house, &number, &key).await;
    page.says("この保証契約は解約されています（令和8年7月2日")
        .says("解約の前に有効だった内容です")
        .says(WORKS)
        .never_says("本日、有効な保証です");
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get(&format!("/netdesk/guarantees/{number}")).await;
    page.says("この保証契約は解約されています")
        .says("返還計算書");
    let papers = page.attributes("a[href*='fee-statements']", "href");
    assert_eq!(papers.len(), 2, "{papers:?}");
    let text = super::leaflet::text_of(&soumu.get(&papers[1]).await);
    let text: String = text.split_whitespace().collect();
    assert!(
        text.contains("保証料返還計算書") && text.contains("解約"),
        "{text}"
    );
    house.close().await;
}

#[tokio::test]
async fn t17_a_paper_change_of_an_electronic_guarantee_is_refused() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let electronic = issued(&desk).await;
    let form = desk.form(Ware::Paper);
    let paper = desk.issued(&form, Product::Contract).await.1;
    let mut soumu = house.contractor("minato.soumu").await;
    for (number, field, other, words) in [
        (
            &electronic,
            "prepayment_form",
            "paper",
            "電子保証(認証キーを含む)のままお申し込みください。",
        ),
        (
            &paper,
            "contract_form",
            "electronic",
            "証書(紙)のままお申し込みください。",
        ),
    ] {
        let action = format!("/netdesk/guarantees/{number}/change");
        let page = soumu.get(&action).await;
        page.says("同じ保証契約の変更では、証書の形式を変えられません。");
        assert!(
            page.attributes(&format!("[name={field}]"), "value")
                .is_empty()
        );
        let form = Typed::of(&page, &action).all(&[
            ("period_to", "令和9年6月30日"),
            ("changed_on", "令和8年7月2日"),
            ("change_reason", "工期の延長"),
            (field, other),
            ("go", "next"),
        ]);
        let before = super::refusals::everything(&house).await;
        let page = soumu.post(&action, &form.pairs()).await;
        assert_eq!(
            page.status,
            409,
            "a change in the other form of certificate was taken: {}",
            page.text()
        );
        page.says("同じ保証契約の変更では、証書の形式を変えられません。")
            .says(words);
        // What was typed is still there.
        let kept = Typed::of(&page, &action);
        assert_eq!(kept.get("period_to"), "令和9年6月30日");
        assert_eq!(super::refusals::everything(&house).await, before);
    }
    house.close().await;
}

#[tokio::test]
async fn after_a_renewal_the_old_key_fails_at_once_and_what_it_had_opened_closes() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let old = desk.key(&number).await;
    let (mut inside, _) = shown(&house, &number, &old).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}");
    let page = soumu.get(&address).await;
    let action = format!("{address}/key-renewal");
    let asked = Typed::of(&page, &action).set("reason", "メールを誤って送った");
    soumu
        .submit(&action, &asked.pairs())
        .await
        .says("ご依頼を受け付けています");
    // Asked for is not renewed.
    assert_eq!(desk.opens(&number, &old).await, Some(1));
    let id: uuid::Uuid = house.ask("select id from key_renewals").await;
    let digits = &number[..11];
    akashi::services::renewals::grant(&house.app, &desk.clerk, digits, id)
        .await
        .unwrap();
    house.work().await;
    assert_eq!(
        desk.opens(&number, &old).await,
        None,
        "the old key is still valid after the renewal"
    );
    let mut town = house.stranger();
    town.post("/dsure/", &[("number", &number), ("key", &old)])
        .await
        .is(422)
        .says("保証契約番号または認証キーが正しくありません。");
    let page = inside.get("/dsure/certificates/1").await;
    assert_eq!(
        page.status,
        303,
        "a session of the old key is still open: {}",
        page.text()
    );
    let new = desk.key(&number).await;
    assert_ne!(new, old);
    shown(&house, &number, &new).await.1.says(WORKS);
    let notice = soumu.get(&format!("{address}/key-notice.pdf")).await;
    let text: String = super::leaflet::text_of(&notice)
        .split_whitespace()
        .collect();
    assert!(
        text.contains("これより前のお知らせの認証キーは使えません") && text.contains(&new),
        "{text}"
    );
    house.close().await;
}

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines of the audit that have these words.
    fn audit(&self, words: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains(" audit: "));
        let lines = lines.filter(|line| line.contains(words));
        lines.map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn t27_asking_for_what_is_not_theirs_leaves_an_entry_in_the_audit_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // A second listener makes tracing ask every thread; see the test of secrets.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let listening = tracing::subscriber::set_default(subscriber);
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let number = issued(&desk).await;
    let words = "asked for what is not there for them";
    assert_eq!(log.audit(words), [""; 0]);
    let mut yamato = house.contractor("yamato.soumu").await;
    let mut sapporo = house.officer("sapporo.clerk").await;
    let mut nagano = house.officer("nagano.clerk").await;
    let office = format!("/office/guarantees/{number}");
    for (visitor, login, path) in [
        (
            &mut yamato,
            "yamato.soumu",
            format!("/netdesk/guarantees/{number}"),
        ),
        (&mut sapporo, "sapporo.clerk", office.clone()),
        (&mut nagano, "nagano.clerk", office),
    ] {
        let told = log.audit(words).len();
        visitor.get(&path).await.is(404);
        let entries = log.audit(words);
        assert_eq!(entries.len(), told + 1, "no audit entry for {login}");
        let account: i64 = sqlx::query_scalar("select id from accounts where login = $1")
            .bind(login)
            .fetch_one(&house.owner)
            .await
            .unwrap();
        let entry = entries.last().unwrap();
        assert!(entry.contains(&format!("account={account}")), "{entry}");
        assert!(entry.contains("/guarantees/{number}"), "{entry}");
        assert!(!entry.contains(&number[..11]), "the number itself: {entry}");
    }
    drop(listening);
    house.close().await;
}
