//! The form's page against every kind of obligee, every fault and every odd name.

use askama::Template;
use scraper::{Html, Selector};
use time::macros::{date, datetime};
use uuid::Uuid;

use super::form::{FormPage, Kept, Origin};
use super::place::Place;
use super::sheet::Sheet;
use super::typed::{self, Sent, Wish};
use crate::demo::books;
use crate::domain::application::Stage;
use crate::domain::entry::{self, Choices, Fault};
use crate::domain::field::{Field, Section};
use crate::domain::rulebook::RuleBook;
use crate::domain::typed::TypedForm;
use crate::services::drafts::Offer;
use crate::services::sureties::BranchRow;
use crate::web::gallery;
use crate::web::shell::Menu;

const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0009);

fn offer() -> Offer {
    let branch = |id, name: &str| BranchRow {
        id,
        name: name.into(),
        tel: "045-000-0000".into(),
        fax: "045-100-0000".into(),
        email: "b@mirai.example".into(),
        hours: "平日 9:00～17:00".into(),
        is_head: false,
    };
    Offer {
        branches: vec![branch(1, "神奈川支店"), branch(2, "長野支店")],
        billing_places: vec!["本社　総務部".into(), "横浜営業所".into()],
        lump_sum: true,
        obligees: books::books()
            .iter()
            .map(|it| it.title.to_owned())
            .collect(),
    }
}

fn book(body: &str) -> RuleBook {
    let known = books::books().into_iter().find(|it| it.body == body);
    known.unwrap().book
}

fn fresh() -> TypedForm {
    typed::defaults(1, "soumu@minato.example", &offer())
}

/// The worked example of the leaflets.
fn worked() -> TypedForm {
    let mut form = fresh();
    for (field, value) in [
        (Field::Obligee, "神奈川県内広域水道企業団 企業長"),
        (Field::WorksName, "○○浄水場△△修繕工事"),
        (Field::Kind, "works"),
        (Field::Price, "50,000,000"),
        (Field::ContractDate, "令和8年7月1日"),
        (Field::PeriodFrom, "R8.7.1"),
        (Field::PeriodTo, "20270331"),
        (Field::AwardDate, "８／７／１"),
        (Field::PrepaymentOn, "on"),
        (Field::PrepaymentForm, "electronic"),
        (Field::PrepaymentAmount, "2,000万円"),
        (Field::Bank, "○○銀行　××支店"),
        (Field::PrepaymentBillTo, "本社　総務部"),
        (Field::ContractOn, "on"),
        (Field::ContractForm, "electronic"),
        (Field::ContractAmount, "５，０００，０００"),
        (Field::ContractBillTo, "本社　総務部"),
    ] {
        form.set(field.id(), value);
    }
    form
}

fn unread(form: &TypedForm) -> Vec<Fault> {
    let offer = offer();
    let choices = Choices {
        change: None,
        branches: offer.branches.iter().map(|branch| branch.id).collect(),
        billing_places: offer.billing_places,
        obligee: None,
    };
    entry::read(form, &choices).faults
}

fn page(form: &TypedForm, book: Option<&RuleBook>, problems: &[Fault], kept: bool) -> String {
    let (offer, fresh, unread) = (offer(), fresh(), unread(form));
    let sheet = Sheet {
        form,
        fresh: &fresh,
        offer: &offer,
        book,
        unread: &unread,
        problems,
        today: date!(2026 - 07 - 02),
    };
    let kept = kept.then(|| Kept {
        stage: Stage::Draft,
        revision: 3,
        by: "minato.soumu".into(),
        at: datetime!(2026-07-02 5:32 UTC),
        receipt_no: None,
        words: None,
        notices: Vec::new(),
    });
    let origin = Origin { id: ID, kept };
    let html = FormPage::new(gallery::netdesk(Menu::Apply), origin, &sheet)
        .render()
        .unwrap();
    gallery::check::page("申込作成", &html);
    html
}

fn count(html: &str, css: &str) -> usize {
    let selector = Selector::parse(css).unwrap();
    Html::parse_document(html).select(&selector).count()
}

fn texts(html: &str, css: &str) -> Vec<String> {
    let selector = Selector::parse(css).unwrap();
    Html::parse_document(html)
        .select(&selector)
        .map(|element| element.text().collect::<String>().trim().to_owned())
        .collect()
}

fn value(html: &str, field: Field) -> String {
    let selector = Selector::parse(&format!("#f-{}", field.id())).unwrap();
    let document = Html::parse_document(html);
    let found = document.select(&selector).next().unwrap();
    found.attr("value").unwrap_or_default().to_owned()
}

#[test]
fn every_field_stands_once_whatever_the_obligee_asks() {
    let asking = [
        None,
        Some("神奈川県内広域水道企業団"),
        Some("北の町"),
        Some("みなと野市"),
        Some("松原村"),
        Some("柏市"),
    ];
    for body in asking {
        let book = body.map(book);
        let html = page(&worked(), book.as_ref(), &[], true);
        for field in Field::ALL {
            let css = format!("[name={}]", field.id());
            let radios = count(&html, &format!("{css}[type=radio]"));
            let found = count(&html, &css) - radios.saturating_sub(1);
            assert_eq!(found, 1, "{body:?}: {}", field.id());
        }
    }
}

#[test]
fn the_date_that_decides_is_asked_with_the_works_and_is_reachable_before() {
    let works = |field: Field| format!("#s-works #f-{}[required]", field.id());
    let bid = |field: Field| format!("#s-bid #f-{}:not([required])", field.id());
    // Nobody named yet, no script: both dates can be typed.
    let first = page(&fresh(), None, &[], false);
    assert_eq!(count(&first, &bid(Field::AwardDate)), 1);
    assert_eq!(count(&first, &bid(Field::NoticeDate)), 1);
    let kanagawa = book("神奈川県内広域水道企業団");
    let html = page(&worked(), Some(&kanagawa), &[], true);
    assert_eq!(count(&html, &works(Field::AwardDate)), 1);
    assert_eq!(count(&html, &bid(Field::NoticeDate)), 1);
    assert!(html.contains("落札決定日 令和8年7月1日：電子保証をお選びいただけます。"));
    let kita = book("北の町");
    let html = page(&worked(), Some(&kita), &[], true);
    assert_eq!(count(&html, &works(Field::NoticeDate)), 1);
    assert_eq!(count(&html, &bid(Field::AwardDate)), 1);
}

#[test]
fn a_typed_notice_date_is_never_folded_away() {
    let mut form = worked();
    assert_eq!(count(&page(&form, None, &[], true), "details[open]"), 0);
    form.set(Field::NoticeDate.id(), "R8.4.1");
    assert_eq!(count(&page(&form, None, &[], true), "details[open]"), 1);
}

#[test]
fn amounts_and_dates_are_read_back_as_typed_in_any_writing() {
    let html = page(&worked(), None, &[], true);
    assert_eq!(value(&html, Field::ContractAmount), "５，０００，０００");
    for words in [
        "5,000万円",
        "2,000万円",
        "500万円",
        "40.0%",
        "10.0%",
        "令和8年7月1日（2026年7月1日・水）",
        "2026年7月1日（水） ～ 2027年3月31日（水）・274日間",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert_eq!(
        texts(&html, ".tabs .st"),
        ["✓ 入力済", "✓ 入力済", "✓ 入力済", "✓ 入力済"]
    );
    let empty = page(&fresh(), None, &[], false);
    assert_eq!(
        texts(&empty, ".tabs .st"),
        ["未入力", "未入力", "任意", "✓ 入力済"]
    );
    assert_eq!(count(&empty, "[role=switch][checked]"), 0);
}

#[test]
fn a_village_that_takes_paper_only_bars_the_card_and_says_why() {
    let html = page(&worked(), Some(&book("松原村")), &[], true);
    assert_eq!(count(&html, ".pick--no input:not([disabled])"), 2);
    assert_eq!(
        texts(&html, "#s-prepayment_form"),
        ["松原村は電子保証に対応していません。証書(紙)をお選びください。"]
    );
    let mut early = worked();
    early.set(Field::AwardDate.id(), "2026-06-30");
    let html = page(&early, Some(&book("神奈川県内広域水道企業団")), &[], true);
    assert_eq!(count(&html, ".pick--no"), 2);
    assert!(html.contains("落札決定日は令和8年6月30日です。"));
}

#[test]
fn every_fault_is_said_beside_its_field_and_above() {
    for (kept, body) in [(false, None), (true, Some("神奈川県内広域水道企業団"))] {
        let book = body.map(book);
        let faults: Vec<_> = Field::ALL
            .iter()
            .map(|field| Fault {
                field: *field,
                sentence: format!("{}（{}）を直してください。", field.label(), field.id()),
            })
            .collect();
        let html = page(&worked(), book.as_ref(), &faults, kept);
        let told = texts(&html, ".errs li a");
        for fault in &faults {
            assert!(told.contains(&fault.sentence), "{}", fault.sentence);
        }
        assert!(html.contains("確認が必要な項目が40件あります"));
        let tabs = texts(&html, ".tabs .st--ng");
        let sum: usize = tabs
            .iter()
            .map(|words| {
                words
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>()
            })
            .map(|figures| figures.parse::<usize>().unwrap())
            .sum();
        assert_eq!(sum, faults.len(), "{tabs:?}");
    }
}

#[test]
fn odd_names_stand_in_the_page_as_they_were_typed() {
    let name = "\u{FA19}髙﨑\u{20BB7}㈱～\u{845B}\u{E0100} <&> \"神\"";
    let mut form = worked();
    form.set(Field::WorksName.id(), name);
    let html = page(&form, None, &[], true);
    assert_eq!(value(&html, Field::WorksName), name);
}

#[test]
fn the_browsers_fields_are_taken_and_others_left() {
    let pairs = [
        ("works_name", "橋"),
        ("hack", "x"),
        ("revision", "7"),
        ("application", "no id"),
        ("go", "next"),
    ];
    let get = |name: &str| pairs.iter().find(|(it, _)| *it == name).map(|(_, it)| *it);
    let sent = Sent::read(get);
    assert_eq!(sent.form.iter().collect::<Vec<_>>(), [("works_name", "橋")]);
    assert_eq!((sent.revision, sent.proposed), (Some(7), None));
    assert_eq!(sent.wish, Wish::Check);
    let pressed = |clear: &'static str| Sent::read(|name| (name == "clear").then_some(clear)).wish;
    assert_eq!(pressed("bid"), Wish::Clear(Section::Bid));
    assert_eq!(pressed("everything"), Wish::Save);
    assert_eq!(Sent::read(|_| None).wish, Wish::Save);
}

#[test]
fn clearing_a_section_keeps_the_rest() {
    let kanagawa = book("神奈川県内広域水道企業団");
    let mut form = worked();
    typed::clear(
        &mut form,
        Section::Guarantee,
        Place::of(Some(&kanagawa)),
        &fresh(),
    );
    assert_eq!(form.get(Field::PrepaymentAmount.id()), "");
    assert!(!form.checked(Field::PrepaymentOn.id()));
    assert_eq!(form.get(Field::PrepaymentFeeMethod.id()), "lump_sum");
    assert_eq!(form.get(Field::Price.id()), "50,000,000");
    // The award date belongs to the section in which it stands.
    let mut asked = worked();
    typed::clear(
        &mut asked,
        Section::Bid,
        Place::of(Some(&kanagawa)),
        &fresh(),
    );
    assert_eq!(asked.get(Field::AwardDate.id()), "８／７／１");
    let mut free = worked();
    typed::clear(&mut free, Section::Works, Place::of(None), &fresh());
    assert_eq!(free.get(Field::WorksName.id()), "");
    assert_eq!(free.get(Field::AwardDate.id()), "８／７／１");
    typed::clear(&mut free, Section::Bid, Place::of(None), &fresh());
    assert_eq!(free.get(Field::AwardDate.id()), "");
}

#[test]
fn a_fresh_page_is_posted_to_new_and_a_kept_one_to_itself() {
    let fresh_page = page(&fresh(), None, &[], false);
    assert_eq!(
        count(
            &fresh_page,
            "form[action='/netdesk/applications/new'] [name=application]"
        ),
        1
    );
    let kept = page(&worked(), None, &[], true);
    let css = format!("form[action='/netdesk/applications/{ID}'] [name=revision][value='3']");
    assert_eq!(count(&kept, &css), 1);
    assert!(kept.contains("14時32分に下書き保存しました"));
}
