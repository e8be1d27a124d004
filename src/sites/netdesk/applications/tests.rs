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
use crate::domain::kind::ApplicationKind;
use crate::domain::rulebook::{MidtermPolicy, RuleBook};
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
        prepayments: vec![("35075-00003M".into(), "○○浄水場△△修繕工事".into())],
    }
}

fn book(body: &str) -> RuleBook {
    let known = books::books().into_iter().find(|it| it.body == body);
    known.unwrap().book
}

fn fresh() -> TypedForm {
    typed::defaults(ApplicationKind::New, 1, "soumu@minato.example", &offer())
}

fn fresh_reservation() -> TypedForm {
    let kind = ApplicationKind::Reservation;
    typed::defaults(kind, 1, "soumu@minato.example", &offer())
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
    let (offer, unread) = (offer(), unread(form));
    let kind = ApplicationKind::of(form);
    let fresh = typed::defaults(kind, 1, "soumu@minato.example", &offer);
    let sheet = Sheet {
        kind,
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
        reservation: None,
    });
    let origin = Origin { id: ID, kind, kept };
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

const DISTINCTIONS: [Field; 5] = [
    Field::KindDetail,
    Field::ObligeeSection,
    Field::DesignPrice,
    Field::PartialPayment,
    Field::ByChange,
];

#[test]
fn every_field_stands_once_whatever_the_obligee_asks() {
    let asking = [
        None,
        Some("神奈川県内広域水道企業団"),
        Some("北の町"),
        Some("みなと野市"),
        Some("松原村"),
        Some("柏市"),
        Some("見本の市"),
    ];
    for body in asking {
        let book = body.map(|body| match body {
            "見本の市" => RuleBook {
                midterm: Some(MidtermPolicy::Chosen),
                ..book("みなと野市")
            },
            known => book(known),
        });
        let html = page(&worked(), book.as_ref(), &[], true);
        for field in Field::ALL {
            if !ApplicationKind::New.asks(*field) {
                assert_eq!(count(&html, &format!("[name={}]", field.id())), 0);
                continue;
            }
            let css = format!("[name={}]", field.id());
            let radios = count(&html, &format!("{css}[type=radio]"));
            let found = count(&html, &css) - radios.saturating_sub(1);
            // What only some obligees tell contracts apart by is asked where their rules do.
            let asked = match (body, field) {
                (Some("見本の市"), Field::PartialPayment) => true,
                _ => !DISTINCTIONS.contains(field),
            };
            assert_eq!(found, usize::from(asked), "{body:?}: {}", field.id());
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
    let open = |html: &str| count(html, "details[data-aside][open]");
    assert_eq!(open(&page(&form, None, &[], true)), 0);
    form.set(Field::NoticeDate.id(), "R8.4.1");
    assert_eq!(open(&page(&form, None, &[], true)), 1);
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
    assert_eq!(count(&html, ".pick--no input:not([disabled])"), 3);
    assert_eq!(
        texts(&html, "#s-prepayment_form"),
        ["松原村は電子保証に対応していません。証書(紙)をお選びください。"]
    );
    let mut early = worked();
    early.set(Field::AwardDate.id(), "2026-06-30");
    let html = page(&early, Some(&book("神奈川県内広域水道企業団")), &[], true);
    assert_eq!(count(&html, ".pick--no"), 3);
    assert!(html.contains("落札決定日は令和8年6月30日です。"));
}

#[test]
fn every_fault_is_said_beside_its_field_and_above() {
    for (kept, body) in [(false, None), (true, Some("神奈川県内広域水道企業団"))] {
        let book = body.map(book);
        let faults: Vec<_> = Field::ALL
            .iter()
            .filter(|field| ApplicationKind::New.asks(**field))
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
        let all = format!("確認が必要な項目が{}件あります", faults.len());
        assert!(html.contains(&all), "{all}");
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
        Place::of(ApplicationKind::New, Some(&kanagawa)),
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
        Place::of(ApplicationKind::New, Some(&kanagawa)),
        &fresh(),
    );
    assert_eq!(asked.get(Field::AwardDate.id()), "８／７／１");
    let mut free = worked();
    typed::clear(
        &mut free,
        Section::Works,
        Place::of(ApplicationKind::New, None),
        &fresh(),
    );
    assert_eq!(free.get(Field::WorksName.id()), "");
    assert_eq!(free.get(Field::AwardDate.id()), "８／７／１");
    typed::clear(
        &mut free,
        Section::Bid,
        Place::of(ApplicationKind::New, None),
        &fresh(),
    );
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
    let fresh_reservation = page(&fresh_reservation(), None, &[], false);
    assert_eq!(
        count(
            &fresh_reservation,
            "form[action='/netdesk/reservations/new'] [type=hidden][name=reservation_on]"
        ),
        1
    );
    let css = format!("form[action='/netdesk/applications/{ID}'] [name=revision][value='3']");
    assert_eq!(count(&kept, &css), 1);
    assert!(kept.contains("14時32分に下書き保存しました"));
}

#[test]
fn a_reservation_asks_what_is_known_before_the_bid() {
    let mut form = fresh_reservation();
    form.set(Field::Price.id(), "50,000,000");
    form.set(Field::ReservationAmount.id(), "5,000,000");
    let html = page(&form, None, &[], true);
    for field in Field::ALL {
        let found = count(&html, &format!("[name={}]", field.id()));
        let asked = ApplicationKind::Reservation.asks(*field);
        assert_eq!(found > 0, asked, "{}", field.id());
    }
    for words in [
        "予定請負金額",
        "契約予定日",
        "予定工期",
        "入札日",
        "10.0%",
        "予約手数料支払方法",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert_eq!(count(&html, "#f-bid_date[required]"), 1);
    assert_eq!(texts(&html, ".tabs a").len(), 3);
    // A switch that is none has its fault beside the amount.
    let fault = Fault {
        field: Field::ReservationOn,
        sentence: "予約できません。".into(),
    };
    let html = page(&form, None, &[fault], true);
    assert_eq!(texts(&html, "#e-reservation_amount"), ["予約できません。"]);
}

/// T4: 300,000,000 over two fiscal years.
fn two_years() -> TypedForm {
    let mut form = worked();
    for (field, value) in [
        (Field::Price, "300,000,000"),
        (Field::PeriodFrom, "2026-08-03"),
        (Field::PeriodTo, "2028-02-29"),
        (Field::Obligation, "authority"),
        (Field::Scheduled1, "100,000,000"),
        (Field::Ceiling1, "90,000,000"),
        (Field::Scheduled2, "200,000,000"),
        (Field::Ceiling2, "210,000,000"),
        (Field::PrepaymentAmount, "40,000,000"),
        (Field::ContractAmount, "30,000,000"),
    ] {
        form.set(field.id(), value);
    }
    form
}

#[test]
fn t4_the_years_of_a_contract_say_base_ratio_and_expiry() {
    let html = page(&two_years(), None, &[], true);
    let heads = texts(&html, "#t-years tbody tr:not([hidden]) th");
    assert_eq!(heads, ["令和8年度", "令和9年度"]);
    assert_eq!(count(&html, "#t-years[open]"), 1);
    for words in [
        "出来高予定額の合計は300,000,000円（請負金額と同じです）。",
        "支払限度額の合計は300,000,000円（請負金額と同じです）。",
        "今年度（令和8年度）は、出来高予定額100,000,000円・支払限度額90,000,000円です。",
        "前払金保証金額は、今年度対象額100,000,000円の40.0%です。",
        "保証期限は令和9年3月31日、契約保証の保証期限は令和10年2月29日です。",
    ] {
        assert!(html.contains(words), "{words}");
    }
    // The typed base takes its place: 44.4 %, over.
    let mut typed = two_years();
    typed.set(Field::FyBase.id(), "90,000,000");
    assert!(page(&typed, None, &[], true).contains("44.4%"));
    // A sum that is not the price, and a year the period does not reach that something stands in.
    let mut odd = two_years();
    odd.set(Field::Scheduled3.id(), "1");
    let html = page(&odd, None, &[], true);
    assert!(html.contains("300,000,001円（請負金額より1円多くなっています）"));
    let heads = texts(&html, "#t-years tbody tr:not([hidden]) th");
    assert_eq!(heads, ["令和8年度", "令和9年度", "令和10年度"]);
    // Nothing typed: five lines without a year, folded.
    let html = page(&fresh(), None, &[], false);
    assert_eq!(count(&html, "#t-years:not([open])"), 1);
    assert_eq!(count(&html, "#t-years tbody tr:not([hidden])"), 5);
}

#[test]
fn t5_the_first_midterm_day_and_the_ceiling_stand_beside_their_fields() {
    let mut form = worked();
    for (field, value) in [
        (Field::Price, "60,000,000"),
        (Field::PeriodFrom, "2026-06-16"),
        (Field::PeriodTo, "2027-02-28"),
        (Field::MidtermOn, "on"),
        (Field::MidtermPrepaid, "24,000,000"),
        (Field::MidtermAmount, "12,000,000"),
    ] {
        form.set(field.id(), value);
    }
    let said = |form: &TypedForm| texts(&page(form, None, &[], true), "#s-midterm_approved_on");
    let first = "中間前払金を請求できる最初の日は、令和8年10月23日（2026年10月23日・金）です（工期258日のうち129日が過ぎた翌日）。";
    assert_eq!(said(&form), [first]);
    form.set(Field::MidtermApprovedOn.id(), "2026-10-22");
    assert_eq!(
        said(&form),
        [format!(
            "{first}認定日がこれより前です。日付をお確かめください。"
        )]
    );
    form.set(Field::MidtermApprovedOn.id(), "2026-10-23");
    assert_eq!(said(&form), [first]);
    let html = page(&form, None, &[], true);
    assert!(html.contains("目安 12,000,000円（10分の2、前払金と合わせて10分の6まで）"));
    assert!(html.contains("20.0%"));
    form.set(Field::PeriodTo.id(), "2026-06-16");
    assert!(said(&form)[0].contains("ご利用いただけません"));
}

#[test]
fn members_and_shares_are_typed_in_a_table_with_their_faults() {
    let mut form = worked();
    form.set(Field::JvName.id(), "みなと・やまと共同企業体");
    form.set(Field::JvMember1.id(), "みなと建設株式会社");
    form.set(Field::JvShare1.id(), "６０％");
    let html = page(&form, None, &[], true);
    assert_eq!(count(&html, "#t-jv[open]"), 1);
    assert_eq!(
        texts(&html, "#s-jv_name"),
        ["構成員は1社、出資比率の合計は60%です。合計を100%にしてください。"]
    );
    let faults = unread(&form);
    let html = page(&form, None, &faults, true);
    assert_eq!(count(&html, "#t-jv .err[id=e-jv_share_1]"), 1);
    assert_eq!(value(&html, Field::JvShare1), "６０％");
}
