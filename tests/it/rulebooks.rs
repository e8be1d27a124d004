//! Rule books as an administrator keeps them, the day that decides which version judges, and what
//! only the branch may decide.

use akashi::domain::product::Product;
use akashi::domain::rules::Outcome;
use akashi::services::{cases, examination};
use time::Duration;

use super::house::desk::{Desk, Ware};
use super::house::{House, Page, Visitor, acts};

const OBLIGEES: &str = "/office/admin/obligees";

pub async fn minato(house: &House) -> i64 {
    house
        .ask("select id from obligees where name = 'みなと野市'")
        .await
}

/// The form for the next version as a browser would send it, with some fields typed anew.
fn typed(page: &Page, action: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = page.form_fields(action);
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn send(visitor: &mut Visitor, action: &str, fields: &[(String, String)], go: &str) -> Page {
    let mut pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    pairs.push(("go", go));
    visitor.submit(action, &pairs).await
}

/// Writes a version through form, preview and save; the page it ends at.
pub async fn write(visitor: &mut Visitor, obligee: i64, changes: &[(&str, &str)]) -> Page {
    let action = format!("{OBLIGEES}/{obligee}/books/new");
    let page = visitor.get(&action).await;
    let preview = send(visitor, &action, &typed(&page, &action, changes), "preview").await;
    preview.is(200).says("受付中の申込への影響");
    let kept = preview.form_fields(&action);
    send(visitor, &action, &kept, "save").await
}

#[tokio::test]
async fn the_preview_marks_what_changes_and_a_start_in_the_past() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let id = minato(&house).await;
    let action = format!("{OBLIGEES}/{id}/books/new");
    let page = admin.get(&action).await;
    page.says("影響を確かめる")
        .says("発注者だけが知っているときの条件です")
        .says("入力なし");
    let folded = page.all("details.fold:not([open]) > summary h2");
    assert!(folded.contains(&"契約の細目".to_owned()), "{folded:?}");
    let row = "details.fold--row:not([open]) > summary b";
    let blank = page.all(row).len();
    assert!(blank > 0, "no row is folded");
    // A row that was asked for is in view.
    let same = typed(&page, &action, &[]);
    let more = send(&mut admin, &action, &same, "more:kinds").await;
    let folded = more.all("details.fold:not([open]) > summary h2");
    assert!(!folded.contains(&"契約の細目".to_owned()), "{folded:?}");
    for (from, past) in [("2026/07/01", true), ("2026/07/02", false)] {
        let wish = [("valid_from", from), ("rates-prepayment_works", "10分の3")];
        let fields = typed(&page, &action, &wish);
        let preview = send(&mut admin, &action, &fields, "preview").await;
        preview.is(200).says("変わる").says("版1：");
        let words = "2026/07/01は、過ぎた日です。";
        if past {
            preview.says(words);
        } else {
            preview.never_says(words);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn an_obligee_and_its_book_are_registered_without_a_script() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    admin.get(OBLIGEES).await.says("発注者を登録する");
    let new = format!("{OBLIGEES}/new");
    admin
        .post(&new, &[("name", ""), ("title_name", "見本町長")])
        .await
        .is(422)
        .says("発注者を入力してください");
    let page = admin
        .submit(&new, &[("name", "見本町"), ("title_name", "見本町長")])
        .await;
    page.says("見本町を登録しました。")
        .says("見本町のきまり 版1の作成");
    admin
        .post(&new, &[("name", "見本町"), ("title_name", "見本町長")])
        .await
        .is(422)
        .says("すでに登録されています");
    let id: i64 = house
        .ask("select id from obligees where name = '見本町'")
        .await;
    let action = format!("{OBLIGEES}/{id}/books/new");

    // 行を増やす keeps what was typed.
    let page = admin.get(&action).await;
    let fields = typed(
        &page,
        &action,
        &[("electronic", "from"), ("source", "町の案内　令和9年")],
    );
    let page = send(&mut admin, &action, &fields, "more:electronic-rules").await;
    page.says("対象 3");
    let kept = page.form_fields(&action);
    assert!(kept.contains(&("source".to_owned(), "町の案内　令和9年".to_owned())));

    // Bad input: each sentence beside its field, nothing lost.
    let bad = typed(
        &page,
        &action,
        &[
            ("electronic-rules-2-consulting", "on"),
            ("electronic-rules-2-prepayment", "on"),
            ("electronic-rules-2-basis", "notice_date"),
            ("electronic-rules-2-from", "2027/04/01"),
            ("electronic-rules-2-until", "2027/03/31"),
            ("rates-prepayment_consulting", "10分の13"),
            ("conditions-0-minimum", "1,300,000"),
        ],
    );
    let refused = send(&mut admin, &action, &bad, "preview").await;
    refused
        .is(422)
        .says("終わりの日は、始まりの日と同じか、それより後の日にしてください。")
        .says("0から1までの割合で入力してください")
        .says("どの保証の条件かを選んでください。")
        .says("請負金額・予定価格・設計金額のどれのことか");
    let kept = refused.form_fields(&action);
    assert!(kept.contains(&(
        "rates-prepayment_consulting".to_owned(),
        "10分の13".to_owned()
    )));

    // Put right: the preview, then the version.
    let good = typed(
        &refused,
        &action,
        &[
            ("electronic-rules-2-until", ""),
            ("rates-prepayment_consulting", "10分の3"),
            ("conditions-0-minimum", ""),
            ("rounding", "10000"),
        ],
    );
    let preview = send(&mut admin, &action, &good, "preview").await;
    preview
        .is(200)
        .says("業務委託だけ（前払金保証だけ）。公告日が2027/04/01以降")
        .says("1万円未満切捨て")
        .says("受付中の申込はありません");
    let hidden = preview.form_fields(&action);
    let back = send(&mut admin, &action, &hidden, "edit").await;
    assert!(back.form_fields(&action).contains(&(
        "rates-prepayment_consulting".to_owned(),
        "10分の3".to_owned()
    )));
    let kept = send(&mut admin, &action, &hidden, "save").await;
    kept.says("見本町のきまり 版1 を登録しました。")
        .says("いま適用")
        .says("はじめから");
    admin
        .get(&format!("{OBLIGEES}/{id}/books/1"))
        .await
        .says("見本町のきまり 版1")
        .says("業務委託 10分の3");
    // Pressed twice: one version.
    send(&mut admin, &action, &hidden, "save").await.is(200);
    let versions: i64 = house
        .ask("select count(*) from rule_books b join obligees o on o.id = b.obligee_id where o.name = '見本町'")
        .await;
    assert_eq!(versions, 1);
    house.close().await;
}

#[tokio::test]
async fn versions_neither_overlap_nor_leave_a_gap() {
    let house = House::new().await;
    let id = minato(&house).await;
    let mut admin = house.officer("honsha.admin").await;
    write(
        &mut admin,
        id,
        &[
            ("valid_from", "2027/04/01"),
            ("valid_until", "2028/03/31"),
            ("rates-prepayment_works", "10分の3"),
        ],
    )
    .await
    .says("版2 を登録しました。")
    .says("はじめから 2027/03/31 まで")
    .says("2027/04/01 から 2028/03/31 まで");
    let action = format!("{OBLIGEES}/{id}/books/new");
    for (from, until, words) in [
        (
            "2028/03/31",
            "",
            "令和10年3月31日まで適用します。重ならないように",
        ),
        ("2028/04/02", "", "きまりのない日ができないように"),
        (
            "2027/03/31",
            "",
            "いちばん新しい版は令和9年4月1日から適用しています",
        ),
        ("", "", "いちばん新しい版は令和9年4月1日から適用しています"),
        (
            "2028/04/01",
            "2028/03/31",
            "適用の終わりは、始まりの日と同じか",
        ),
        ("令和の春", "", "適用の始まり"),
    ] {
        let page = admin.get(&action).await;
        let fields = typed(
            &page,
            &action,
            &[("valid_from", from), ("valid_until", until)],
        );
        for go in ["preview", "save"] {
            send(&mut admin, &action, &fields, go)
                .await
                .is(422)
                .says(words);
        }
    }
    let versions: i64 = house
        .ask("select count(*) from rule_books b join obligees o on o.id = b.obligee_id where o.name = 'みなと野市'")
        .await;
    assert_eq!(versions, 2, "a refused version was kept");
    // Behind the form the database refuses the same.
    for (from, name) in [
        ("2028-03-31", "rule_books_overlap"),
        ("2028-04-02", "rule_books_gap"),
        ("2027-03-31", "rule_books_overlap"),
    ] {
        let error = sqlx::query(
            "insert into rule_books (surety_id, obligee_id, version, book, valid_from, created_by, created_at)
             select surety_id, obligee_id, 3, book, $2::text::date, 'x', now() from rule_books
             where obligee_id = $1 and version = 2",
        )
        .bind(id)
        .bind(from)
        .execute(&house.owner)
        .await
        .unwrap_err();
        let constraint = error.as_database_error().unwrap().constraint();
        assert_eq!(constraint, Some(name), "{from}");
    }
    // A better text from the same day replaces version 2.
    write(
        &mut admin,
        id,
        &[
            ("valid_from", "2027/04/01"),
            ("rates-prepayment_works", "4/10"),
        ],
    )
    .await
    .says("版3 を登録しました。")
    .says("差替え済");
    house.close().await;
}

#[tokio::test]
async fn two_administrators_at_once_write_one_version() {
    let house = House::new().await;
    let id = minato(&house).await;
    let action = format!("{OBLIGEES}/{id}/books/new");
    let mut one = house.officer("honsha.admin").await;
    let page = one.get(&action).await;
    let mine = typed(
        &page,
        &action,
        &[("valid_from", "2027/04/01"), ("source", "一")],
    );
    let others = typed(
        &page,
        &action,
        &[("valid_from", "2027/04/01"), ("source", "二")],
    );
    send(&mut one, &action, &mine, "save")
        .await
        .says("版2 を登録しました。");
    let refused = send(&mut one, &action, &others, "save").await;
    refused.is(409).says("版2が登録されました");
    assert!(
        refused
            .form_fields(&action)
            .contains(&("source".to_owned(), "二".to_owned()))
    );
    house.close().await;
}

#[tokio::test]
async fn an_application_is_judged_by_the_book_of_its_own_day_and_not_todays() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = minato(&house).await;
    // Sent on 2 July 2026, when 4/10 were right.
    let application = desk.sent(&desk.form(Ware::Electronic)).await;
    let mut admin = house.officer("honsha.admin").await;
    write(
        &mut admin,
        id,
        &[
            ("valid_from", "2026/07/03"),
            ("rates-prepayment_works", "10分の3"),
        ],
    )
    .await
    .says("版2 を登録しました。");
    // The day after the new version judges what is sent now.
    house.app.clock.advance(Duration::days(1));
    let case = cases::case(&house.app, &desk.clerk, application)
        .await
        .unwrap();
    let version = case.obligee.as_ref().unwrap().version;
    assert_eq!(version, Some(1), "judged by the book of its own day");
    assert!(case.refusals(Product::Prepayment).is_empty());
    let checked =
        akashi::services::applications::check(&house.app, &desk.who, &desk.form(Ware::Electronic))
            .await
            .unwrap();
    assert!(!checked.may_be_sent());
    assert!(
        checked.problems()[0].sentence.contains("15,000,000円以下"),
        "{:?}",
        checked.problems()
    );
    // And what is issued keeps the book it was judged by.
    acts::take_up(&house.app, &desk.clerk, application)
        .await
        .unwrap();
    acts::pass_on(&house.app, &desk.clerk, application, Product::Prepayment)
        .await
        .unwrap();
    acts::approve(&house.app, &desk.approver, application, Product::Prepayment)
        .await
        .unwrap();
    acts::order(&house.app, &desk.approver, application, Product::Prepayment)
        .await
        .unwrap();
    house.work().await;
    let attached: i32 = house
        .ask("select b.version from guarantees g join rule_books b on b.id = g.rule_book_id")
        .await;
    assert_eq!(
        attached, 1,
        "the book of the application's day stays attached"
    );
    house.close().await;
}

#[tokio::test]
async fn a_preview_shows_what_changes_for_open_applications_and_changes_nothing() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = minato(&house).await;
    let high = desk.form(Ware::Electronic);
    let mut low = desk.form(Ware::Electronic);
    low.set("works_name", "少ない前払の工事");
    low.set("prepayment_amount", "10,000,000");
    desk.sent(&low).await;
    desk.sent(&high).await;
    let mut admin = house.officer("honsha.admin").await;
    let action = format!("{OBLIGEES}/{id}/books/new");
    let page = admin.get(&action).await;
    let fields = typed(&page, &action, &[("rates-prepayment_works", "10分の3")]);
    let preview = send(&mut admin, &action, &fields, "preview").await;
    preview
        .is(200)
        .says("2件のうち1件が変わります")
        .says("前払金の割合：前払金保証金額は、15,000,000円以下にしてください")
        .says("版1の適用は「はじめから 2026/07/01 まで」になります。");
    // The one whose outcome changes stands on top although the other came first.
    let text = preview.text();
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words} is not there"))
    };
    assert!(at("○○浄水場△△修繕工事") < at("少ない前払の工事"));
    // From tomorrow on it would judge neither.
    let later = typed(
        &page,
        &action,
        &[
            ("valid_from", "2026/07/03"),
            ("rates-prepayment_works", "10分の3"),
        ],
    );
    send(&mut admin, &action, &later, "preview")
        .await
        .says("2件のうち0件が変わります")
        .says("申込日がこの版の適用する日に入らないため、変わりません。");
    let versions: i64 = house
        .ask("select count(*) from rule_books b join obligees o on o.id = b.obligee_id where o.name = 'みなと野市'")
        .await;
    assert_eq!(versions, 1);
    house.close().await;
}

#[tokio::test]
async fn what_the_branch_may_decide_is_sent_and_approved_only_with_a_reason() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = minato(&house).await;
    let mut admin = house.officer("honsha.admin").await;
    write(
        &mut admin,
        id,
        &[("severities-prepayment_rate", "overrule")],
    )
    .await;
    let mut form = desk.form(Ware::Electronic);
    form.set("prepayment_amount", "20,100,000");
    // It can be sent, and says so.
    let checked = akashi::services::applications::check(&house.app, &desk.who, &form)
        .await
        .unwrap();
    assert!(checked.may_be_sent(), "{:?}", checked.problems());
    let said: Vec<_> = akashi::domain::rules::warnings(&checked.findings)
        .iter()
        .map(|finding| finding.sentence.clone())
        .collect();
    assert!(
        said[0].ends_with(
            "いまの額は100,000円多くなっています。お申し込みはできます。支店が判断します。"
        ),
        "{said:?}"
    );
    let product = Product::Prepayment;
    let application = desk.examined(&form, product).await;
    let case = cases::case(&house.app, &desk.clerk, application)
        .await
        .unwrap();
    assert!(
        case.findings
            .iter()
            .any(|it| it.outcome == Outcome::Overrulable)
    );
    // The verb refuses without a reason, whoever asks.
    let refused = acts::approve(&house.app, &desk.approver, application, product).await;
    assert!(refused.is_err(), "approved without a reason");
    let base = format!("/office/applications/{application}");
    let mut approver = house.officer("kanagawa.approver").await;
    approver
        .get(&base)
        .await
        .says("支店の判断が要ります")
        .says("支店判断 1")
        .says("支店の判断の理由");
    approver
        .act(
            &base,
            "approval",
            &[("product", "prepayment"), ("overrule", "　")],
        )
        .await
        .is(422)
        .says("支店の判断の理由を入力してください");
    approver
        .act_on(
            &base,
            "approval",
            &[
                ("product", "prepayment"),
                ("overrule", "発注者の承諾書を確認した"),
            ],
        )
        .await
        .says("前払金保証を承認しました。")
        .says("支店の判断（きまりの例外）")
        .says("発注者の承諾書を確認した");
    let detail: serde_json::Value = house
        .ask("select detail from events where kind = 'rule_overruled'")
        .await;
    assert_eq!(detail["rules"][0]["rule"], "prepayment_rate");
    // The contractor's own pages do not say it.
    let mut contractor = house.contractor("minato.soumu").await;
    contractor
        .get(&format!("/netdesk/applications/{application}"))
        .await
        .never_says("発注者の承諾書を確認した");
    // What is approved so can be issued.
    let seen = acts::seen(&house.app, &desk.approver, application)
        .await
        .unwrap();
    examination::order(&house.app, &desk.approver, &seen, &[product])
        .await
        .unwrap();
    house.work().await;
    house.close().await;
}

#[tokio::test]
async fn a_change_is_judged_by_the_book_its_guarantee_was_issued_under() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = minato(&house).await;
    let product = Product::Prepayment;
    let (_, number) = desk.issued(&desk.form(Ware::Electronic), product).await;
    // By now the obligee lets four tenths of a lowered price be kept; then nobody knew.
    let mut admin = house.officer("honsha.admin").await;
    write(
        &mut admin,
        id,
        &[("valid_from", "2026/07/03"), ("rates-decrease", "10分の4")],
    )
    .await;
    house.app.clock.advance(Duration::days(1));
    let lower = super::life::asking(&[
        ("changed_on", "令和8年7月3日"),
        ("price", "36,000,000"),
        ("prepayment_amount", "18,000,000"),
    ]);
    let application = desk.change_sent(&number, &lower).await.unwrap();
    let case = cases::case(&house.app, &desk.clerk, application)
        .await
        .unwrap();
    assert_eq!(
        case.obligee.as_ref().unwrap().version,
        Some(1),
        "judged by the book it was issued under"
    );
    assert!(
        case.refusals(product).is_empty(),
        "{:?}",
        case.refusals(product)
    );
    house.close().await;
}
