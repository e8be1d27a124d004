//! One deal leads to the next: copies, 前払金保証 after 契約保証, and what is suggested when.

use akashi::domain::product::Product;
use time::Duration;

use crate::house::desk::{Desk, Ware};
use crate::house::{House, Page};

/// The value of a field of the form an answer leads to.
async fn led(visitor: &mut crate::house::Visitor, answer: Page) -> Page {
    let to = answer.is(303).location().unwrap();
    visitor.get(to.split('#').next().unwrap()).await
}

#[tokio::test]
async fn an_earlier_application_is_copied_whole_and_stays_as_it_was() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk.sent(&desk.both()).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get("/netdesk/applications/copies").await;
    page.is(200).says("写して作成");
    let fields = page.form_fields(&format!("/netdesk/applications/{id}/copy"));
    let draft = fields.iter().find(|(name, _)| name == "id").unwrap();
    let send: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let address = format!("/netdesk/applications/{id}/copy");
    let answer = soumu.post(&address, &send).await;
    assert!(answer.location().unwrap().contains(&draft.1));
    let form = led(&mut soumu, answer).await;
    form.says("前の申込の内容を写しました。");
    for (name, value) in desk.both().iter() {
        let typed = form.form_fields(&format!("/netdesk/applications/{}", draft.1));
        let kept = typed.iter().find(|(known, _)| known == name);
        assert_eq!(kept.map(|(_, value)| value.as_str()), Some(value), "{name}");
    }
    // Pressed twice: one draft.
    soumu.post(&address, &send).await.is(303);
    let drafts: i64 = house
        .ask("select count(*) from applications where stage = 'draft'")
        .await;
    assert_eq!(drafts, 1);
    // Another company neither sees it nor copies it.
    let mut other = house.contractor("yamato.soumu").await;
    other
        .get("/netdesk/applications/copies")
        .await
        .says("写せる申込は、まだありません。");
    other.post(&address, &send).await.is(404);
    house.close().await;
}

#[tokio::test]
async fn works_with_a_contract_guarantee_alone_are_led_to_a_prepayment_guarantee() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/suggestions")
        .await
        .is(200)
        .says("いまお勧めするお申し込みはありません。");
    let mut form = desk.form(Ware::Paper);
    form.set("prepayment_plan", "planned");
    let (_, number) = desk.issued(&form, Product::Contract).await;
    let page = soumu.get("/netdesk/suggestions").await;
    page.is(200)
        .says("契約保証は発行済みで、前払金保証はまだ申し込まれていません。")
        .says(&number);
    let address = format!("/netdesk/guarantees/{number}/prepayment");
    assert_eq!(
        page.attributes("main .waits form", "action"),
        [address.as_str()]
    );
    let answer = soumu.post(&address, &[]).await;
    let first = answer.location();
    let draft = led(&mut soumu, answer).await;
    draft.says("契約保証の内容を引き継ぎました。");
    let action = first.as_deref().unwrap().split('#').next().unwrap();
    let typed = draft.form_fields(action);
    let value = |name: &str| {
        let found = typed.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(value("prepayment_on"), "on");
    assert_eq!(value("contract_on"), "");
    for name in ["obligee", "works_name", "price"] {
        assert!(!value(name).is_empty(), "{name} was not carried over");
    }
    // While that draft is open, the button leads to it again.
    assert_eq!(soumu.post(&address, &[]).await.location(), first);
    house.close().await;
}

#[tokio::test]
async fn a_midterm_guarantee_is_suggested_from_its_first_day_on() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    let today = akashi::domain::era::tokyo_date(house.app.clock.now());
    let day = |days: i64| akashi::domain::era::plain(today + Duration::days(days));
    // Ten days; five are over today, so the sixth is the first one.
    form.set("contract_date", day(-5));
    form.set("period_from", day(-5));
    form.set("period_to", day(4));
    let (_, number) = desk.issued(&form, Product::Prepayment).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get("/netdesk/suggestions").await;
    page.says("中間前払金の認定を受けられます。")
        .says(&format!("{}から", day(0)));
    assert_eq!(
        page.attributes("main .waits form", "action"),
        [format!("/netdesk/guarantees/{number}/midterm")]
    );
    let mut form = desk.form(Ware::Electronic);
    form.set("works_name", "半分がまだ先の工事");
    form.set("contract_date", day(-4));
    form.set("period_from", day(-4));
    form.set("period_to", day(5));
    desk.issued(&form, Product::Prepayment).await;
    soumu
        .get("/netdesk/suggestions")
        .await
        .never_says("半分がまだ先の工事");
    house.close().await;
}
