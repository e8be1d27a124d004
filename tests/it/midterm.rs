//! 中間前払金保証: begun from an issued 前払金保証, sent with its 認定調書, issued, seen in D-Sure. T5, T6.

use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;

use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::house::{House, Page};
use super::uploads;

/// A whole form of 中間前払金保証 on this number: 10,000,000 of 50,000,000.
pub fn form(desk: &Desk<'_>, number: &str) -> TypedForm {
    let mut form = desk.form(Ware::Electronic);
    form.remove("prepayment_on");
    for (name, value) in [
        ("midterm_on", "on"),
        ("midterm_form", "electronic"),
        ("midterm_builds_on", number),
        ("midterm_prepaid", "20,000,000"),
        ("midterm_approved_on", "令和8年7月2日"),
        ("midterm_condition_prepaid", "on"),
        ("midterm_condition_half_over", "on"),
        ("midterm_condition_on_schedule", "on"),
        ("midterm_condition_half_done", "on"),
        ("midterm_amount", "10,000,000"),
        ("midterm_bank", "見本銀行　港町支店"),
        ("midterm_redeposit", "no"),
        ("midterm_fee_method", "lump_sum"),
        ("midterm_bill_to", "本社　総務部"),
        ("midterm_paper_statement", "no"),
        // Half of it is over on the day of the test.
        ("period_from", "令和8年1月1日"),
        ("period_to", "令和8年12月31日"),
        ("contract_date", "令和7年12月20日"),
    ] {
        form.set(name, value);
    }
    form
}

/// What a page's form holds in one field.
fn typed(page: &Page, action: &str, name: &str) -> String {
    let fields = page.form_fields(action);
    let found = fields.into_iter().find(|(known, _)| known == name);
    found.map_or_else(String::new, |(_, value)| value)
}

#[tokio::test]
async fn it_is_begun_from_its_prepayment_with_everything_carried_over() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Ware::Electronic.product();
    let mut first = desk.form(Ware::Electronic);
    first.set("jv_name", "みなと・やまと共同企業体");
    first.set("jv_representative", "みなと建設株式会社");
    for (name, value) in [
        ("jv_member_1", "みなと建設株式会社"),
        ("jv_share_1", "60"),
        ("jv_member_2", "株式会社やまと土木"),
        ("jv_share_2", "40"),
    ] {
        first.set(name, value);
    }
    let (_, number) = desk.issued(&first, product).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/guarantees/{number}");
    soumu
        .get(&address)
        .await
        .says("中間前払金保証を申し込む")
        .says("みなと・やまと共同企業体")
        .says("株式会社やまと土木 40%");
    let page = soumu.post(&format!("{address}/midterm"), &[]).await;
    let draft = page.is(303).location().unwrap();
    let draft = draft.split('#').next().unwrap().to_owned();
    let page = soumu.get(&draft).await;
    for (name, value) in [
        ("obligee", "みなと野市長"),
        ("works_name", "○○浄水場△△修繕工事"),
        ("price", "50,000,000"),
        ("contract_date", "令和8年7月1日"),
        ("period_from", "令和8年7月2日"),
        ("period_to", "令和9年3月31日"),
        ("kind", "works"),
        ("jv_name", "みなと・やまと共同企業体"),
        ("jv_member_2", "株式会社やまと土木"),
        ("jv_share_2", "40"),
        ("midterm_on", "on"),
        ("midterm_builds_on", number.as_str()),
        ("midterm_prepaid", "20,000,000"),
        ("midterm_form", "electronic"),
        ("midterm_bank", "見本銀行　港町支店"),
        ("midterm_fee_method", "lump_sum"),
        ("midterm_bill_to", "本社　総務部"),
        ("email", "soumu@minato.example"),
        ("prepayment_on", ""),
        ("midterm_amount", ""),
    ] {
        assert_eq!(typed(&page, &draft, name), value, "{name}");
    }
    // 273 days: 137 have to be over.
    page.says("中間前払金を請求できる最初の日は、令和8年11月16日");
    // Pressed again: the same draft. Another company finds nothing.
    let again = soumu.post(&format!("{address}/midterm"), &[]).await;
    assert_eq!(
        again.location().unwrap().split('#').next(),
        Some(draft.as_str())
    );
    let mut yamato = house.contractor("yamato.soumu").await;
    yamato
        .post(&format!("{address}/midterm"), &[])
        .await
        .is(404);
    house.close().await;
}

#[tokio::test]
async fn a_number_that_is_no_prepayment_of_ones_own_is_said_beside_the_field() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, contract) = desk
        .issued(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    let mut soumu = house.contractor("minato.soumu").await;
    for (number, words) in [
        ("", "前払金保証の保証契約番号を入力してください"),
        ("35075", "数字は10けたです"),
        ("35075-09999M", "35075-09999M の前払金保証は見つかりません"),
        (contract.as_str(), "は契約保証の番号です"),
        ("35075-00001H", "見つかりません"),
    ] {
        let (id, revision) = desk.draft(&form(&desk, number)).await;
        let address = format!("/netdesk/applications/{id}");
        let page = soumu.get(&format!("{address}?check=1")).await;
        let said = page.all("#e-midterm_builds_on");
        assert!(
            said.first().is_some_and(|said| said.contains(words)),
            "{number}: {said:?}"
        );
        let revision = revision.to_string();
        let page = soumu
            .post(&format!("{address}/submission"), &[("revision", &revision)])
            .await;
        page.is(422);
    }
    house.close().await;
}

#[tokio::test]
async fn it_is_examined_approved_issued_and_seen_at_d_sure() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut first = desk.form(Ware::Electronic);
    for (name, value) in [
        ("contract_date", "令和7年12月20日"),
        ("period_from", "令和8年1月1日"),
        ("period_to", "令和8年12月31日"),
    ] {
        first.set(name, value);
    }
    let (_, number) = desk.issued(&first, Product::Prepayment).await;
    // Typed without hyphen and letter: kept as it is printed.
    let bare = number.replace('-', "");
    let (id, _) = desk.draft(&form(&desk, bare.trim_end_matches('M'))).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{id}/confirmation"))
        .await
        .says(&number)
        .says("受け取った前払金の額 20,000,000 円")
        .says("請求できる最初の日：令和8年7月3日")
        .says("条件4 はい")
        .says("請負金額の20.0%");
    uploads::attach(&mut soumu, id, "認定.pdf", &uploads::pdf(""))
        .await
        .is(303);
    soumu
        .submit(
            &format!("/netdesk/applications/{id}/submission"),
            &[("revision", "1")],
        )
        .await
        .says("申し込みました");
    let (app, product) = (&house.app, Product::Midterm);
    acts::take_up(app, &desk.clerk, id).await.unwrap();
    acts::pass_on(app, &desk.clerk, id, product).await.unwrap();
    acts::approve(app, &desk.approver, id, product)
        .await
        .unwrap();
    acts::order(app, &desk.approver, id, product).await.unwrap();
    house.work().await;
    let midterm = desk.number(id, product).await.unwrap();
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("中間前払金保証")
        .says(&format!("前払金保証の保証契約番号 {number}"))
        .says("請求できる最初の日 令和8年7月3日")
        .says("発行済");
    let key = akashi::services::guarantees::key(
        app,
        &desk.who,
        &midterm[..11],
        akashi::services::guarantees::KeyUse::Page,
    )
    .await
    .unwrap();
    let mut town = house.stranger();
    town.post("/dsure/", &[("number", &midterm), ("key", key.expose())])
        .await
        .is(303);
    town.get("/dsure/certificates/1")
        .await
        .says("保証証書（中間前払金保証）")
        .says("10,000,000　円")
        .says("令和08年12月31日")
        .says("預託金融機関 見本銀行　港町支店")
        .says("当会社は、前払金保証約款に基づき");
    // Its own siblings: two keys for one works.
    soumu
        .get(&format!("/netdesk/guarantees/{midterm}"))
        .await
        .says("この工事の前払金保証")
        .never_says("中間前払金保証を申し込む");
    house.close().await;
}
