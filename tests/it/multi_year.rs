//! 債務負担行為・継続費, joint ventures, consulting, long names: T4, T8, T21, T30 through all pages.

use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;

use super::house::House;
use super::house::acts;
use super::house::desk::{Desk, Ware};
use super::leaflet::text_of;

fn both(desk: &Desk<'_>, more: &[(&str, &str)]) -> TypedForm {
    let mut form = desk.both();
    form.set("contract_form", "electronic");
    for (name, value) in more {
        form.set(name, *value);
    }
    form
}

/// Sent and issued: the numbers of prepayment and contract guarantee.
async fn issue(house: &House, desk: &Desk<'_>, form: &TypedForm) -> (uuid::Uuid, [String; 2]) {
    let id = desk.sent(form).await;
    let app = &house.app;
    acts::take_up(app, &desk.clerk, id).await.unwrap();
    for product in [Product::Prepayment, Product::Contract] {
        acts::pass_on(app, &desk.clerk, id, product).await.unwrap();
        acts::approve(app, &desk.approver, id, product)
            .await
            .unwrap();
        acts::order(app, &desk.approver, id, product).await.unwrap();
    }
    house.work().await;
    let numbers = [
        desk.number(id, Product::Prepayment).await.unwrap(),
        desk.number(id, Product::Contract).await.unwrap(),
    ];
    (id, numbers)
}

#[tokio::test]
async fn t4_a_contract_of_two_fiscal_years_expires_with_the_year_and_with_the_works() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = both(
        &desk,
        &[
            ("price", "300,000,000"),
            ("contract_date", "2026-07-01"),
            ("period_from", "2026-08-03"),
            ("period_to", "2028-02-29"),
            ("obligation", "authority"),
            ("scheduled_1", "100,000,000"),
            ("ceiling_1", "90,000,000"),
            ("scheduled_2", "200,000,000"),
            ("ceiling_2", "210,000,000"),
            ("fy_base", "100,000,000"),
            ("prepayment_amount", "40,000,000"),
            ("contract_amount", "30,000,000"),
        ],
    );
    let (draft, _) = desk.draft(&form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{draft}/confirmation"))
        .await
        .is(200)
        .says("債務負担行為")
        .says("令和8年度（今年度） 出来高予定額 100,000,000 円 支払限度額 90,000,000 円")
        .says("令和9年度 出来高予定額 200,000,000 円 支払限度額 210,000,000 円")
        .says("今年度対象額の40.0%")
        .says("請負金額の10.0%")
        .says("前払金保証の保証期限 令和09年03月31日 今年度の終わりの日です（複数年度の契約）")
        .says("契約保証の保証期限 令和10年02月29日 工期の終わりと同じ日です");
    let (id, [prepayment, contract]) = issue(&house, &desk, &form).await;
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("令和8年度（今年度） 出来高予定額 100,000,000円 支払限度額 90,000,000円")
        .says("保証期限 2027/03/31")
        .says("保証期限 2028/02/29")
        .says("40,000,000円 今年度対象額の40.0%");
    for (number, until) in [
        (&prepayment, "令和09年03月31日"),
        (&contract, "令和10年02月29日"),
    ] {
        let page = soumu
            .get(&format!("/netdesk/guarantees/{number}/certificates/1"))
            .await;
        page.says(&format!("保証期限 {until}"))
            .says("令和08年08月03日　～ 令和10年02月29日");
    }
    house.close().await;
}

#[tokio::test]
async fn tables_keep_what_was_typed_with_a_fault_beside_each_cell() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = both(
        &desk,
        &[
            ("obligation", "continuing_expenditure"),
            ("scheduled_1", "一億"),
            ("ceiling_1", "たくさん"),
            ("scheduled_2", "100"),
            ("jv_name", "見本JV"),
            ("jv_representative", "みなと建設株式会社"),
            ("jv_member_1", "みなと建設株式会社"),
            ("jv_share_1", "半分"),
            ("jv_share_3", "20"),
        ],
    );
    let (id, _) = desk.draft(&form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = format!("/netdesk/applications/{id}");
    let page = soumu.get(&format!("{address}?check=1")).await;
    for (field, words) in [
        ("ceiling_1", "1年度目の支払限度額"),
        ("ceiling_2", "2年度目の支払限度額を入力してください"),
        ("jv_share_1", "みなと建設株式会社の出資比率"),
        ("jv_member_3", "構成員3の会社名を入力してください"),
    ] {
        let said = page.all(&format!("#e-{field}"));
        assert!(
            said.first().is_some_and(|said| said.contains(words)),
            "{field}: {said:?}"
        );
        let described = page.attributes(&format!("#f-{field}"), "aria-describedby");
        assert!(described[0].contains(&format!("e-{field}")), "{field}");
    }
    assert_eq!(page.attributes("#f-ceiling_1", "value"), ["たくさん"]);
    assert_eq!(page.attributes("#f-scheduled_1", "value"), ["一億"]);
    house.close().await;
}

#[tokio::test]
async fn t8_the_overview_names_the_joint_venture_and_the_notice_its_representative() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let jv = "みなと・やまと特定建設工事共同企業体";
    let form = both(
        &desk,
        &[
            ("price", "1,287,000,000"),
            ("prepayment_amount", "514,800,000"),
            ("contract_amount", "128,700,000"),
            ("jv_name", jv),
            ("jv_representative", "みなと建設株式会社"),
            ("jv_member_1", "みなと建設株式会社"),
            ("jv_share_1", "66.67"),
            ("jv_member_2", "株式会社やまと土木"),
            ("jv_share_2", "33.33"),
        ],
    );
    let (id, [number, _]) = issue(&house, &desk, &form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/guarantees/{number}"))
        .await
        .says(&format!(
            "JV名 {jv} みなと建設株式会社 66.67% 株式会社やまと土木 33.33%"
        ));
    for tab in ["key", "application"] {
        soumu
            .get(&format!("/netdesk/guarantees?tab={tab}"))
            .await
            .says(&format!("JV：{jv}"));
    }
    let notice = soumu
        .get(&format!("/netdesk/guarantees/{number}/key-notice.pdf"))
        .await;
    let read = text_of(&notice);
    assert!(read.contains("みなと建設株式会社"), "{read}");
    assert!(!read.contains(jv), "{read}");
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says("構成員と出資比率 みなと建設株式会社 66.67% 株式会社やまと土木 33.33%");
    clerk.get("/office/applications?view=all").await.says(jv);
    clerk.get("/office/guarantees").await.says(jv);
    clerk
        .get(&format!("/office/guarantees/{number}"))
        .await
        .says(jv)
        .says("みなと建設株式会社 66.67%、株式会社やまと土木 33.33%");
    house.close().await;
}

#[tokio::test]
async fn t21_consulting_is_held_to_three_tenths_and_reads_right() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = both(
        &desk,
        &[
            // Of no register: the general rates.
            ("obligee", "見本川町長"),
            ("works_name", "市道橋梁点検業務委託"),
            ("kind", "consulting"),
            ("price", "12,345,600"),
            ("prepayment_amount", "3,700,000"),
            ("contract_amount", "1,234,560"),
        ],
    );
    let (draft, _) = desk.draft(&form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get(&format!("/netdesk/applications/{draft}/confirmation"))
        .await
        .says("工事／業務委託 業務委託")
        .says("請負金額の30.0%")
        .says("請負金額の10.0%");
    let mut over = form.clone();
    over.set("prepayment_amount", "3,703,681");
    let (over, _) = desk.draft(&over).await;
    let page = soumu
        .get(&format!("/netdesk/applications/{over}?check=1"))
        .await;
    let limits = page.all("#q-prepayment_amount .lim").join("");
    assert!(limits.contains("目安 3,703,680円"), "{limits}");
    let (_, [number, _]) = issue(&house, &desk, &form).await;
    soumu
        .get(&format!("/netdesk/guarantees/{number}/certificates/1"))
        .await
        .says("工事名 市道橋梁点検業務委託")
        .says("請負金額（総額） 12,345,600　円");
    house.close().await;
}

#[tokio::test]
async fn t30_a_name_of_120_characters_and_five_companies_stand_whole_everywhere() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let works: String = "市道見本線㈱髙﨑～ー".chars().cycle().take(120).collect();
    let jv = "みなと・やまと・かわべ・さきの・たけだ特定建設工事共同企業体";
    let form = both(
        &desk,
        &[
            ("works_name", works.as_str()),
            ("jv_name", jv),
            ("jv_representative", "みなと建設株式会社"),
            ("jv_member_1", "みなと建設株式会社"),
            ("jv_share_1", "40"),
            ("jv_member_2", "株式会社やまと土木"),
            ("jv_share_2", "20"),
            ("jv_member_3", "かわべ㈱"),
            ("jv_share_3", "15.5"),
            ("jv_member_4", "髙﨑の会社"),
            ("jv_share_4", "14.5"),
            ("jv_member_5", "たけだ組"),
            ("jv_share_5", "10"),
        ],
    );
    let (id, [number, _]) = issue(&house, &desk, &form).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    for path in [
        format!("/netdesk/guarantees/{number}/certificates/1.pdf"),
        format!("/netdesk/guarantees/{number}/key-notice.pdf"),
    ] {
        let page = soumu.get(&path).await;
        let read = text_of(page.is(200));
        // The layout puts label and value side by side: the name is compared character by character.
        let letters: String = read.chars().filter(|c| works.contains(*c)).collect();
        assert!(letters.contains(&squeeze(&works)), "{path}:\n{read}");
        let pages = page
            .bytes
            .windows(11)
            .filter(|it| it == b"/Type/Page\n" || it == b"/Type /Page")
            .count();
        assert!(pages <= 2, "{path}");
    }
    soumu
        .get(&format!("/netdesk/guarantees/{number}"))
        .await
        .says(&works)
        .says("髙﨑の会社 14.5%")
        .says("たけだ組 10%");
    let mut clerk = house.officer("kanagawa.clerk").await;
    clerk
        .get(&format!("/office/applications/{id}"))
        .await
        .says(&works)
        .says("髙﨑の会社 14.5%");
    assert_eq!(form.get("kind"), desk.form(Ware::Electronic).get("kind"));
    house.close().await;
}
