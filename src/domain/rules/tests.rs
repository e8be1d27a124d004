use time::macros::date;

use super::*;
use crate::demo::books::books;
use crate::domain::content::{
    BidFacts, CommonTerms, ContractTerms, FeeMethod, Handover, Information, PrepaymentPlan,
    PrepaymentTerms,
};
use crate::domain::money::Yen;
use crate::domain::product::CertificateForm::{self, Electronic, Paper};
use crate::domain::rulebook::{Fraction, Rates, RoundingUnit};
use crate::domain::works::{ContractKind, JointVenture, WorksContract};

mod amounts;
mod change;
mod issue;
mod midterm;
mod properties;
mod years;

const NOW: Circumstances = Circumstances {
    today: date!(2026 - 07 - 02),
    applied_on: date!(2026 - 07 - 02),
    lump_sum_agreement: false,
    guarantees: Vec::new(),
};

fn yen(value: i64) -> Yen {
    Yen::new(value).unwrap()
}

fn book(body: &str) -> RuleBook {
    books()
        .into_iter()
        .find(|it| it.body == body)
        .map(|it| it.book)
        .unwrap()
}

fn common(form: CertificateForm, amount: i64) -> CommonTerms {
    CommonTerms {
        form,
        amount: yen(amount),
        fee_method: FeeMethod::Transfer,
        bill_to: "本社　総務部".to_owned(),
        paper_statement: false,
    }
}

/// The worked example: T1, both products electronic.
fn t1() -> ApplicationContent {
    ApplicationContent {
        works: WorksContract {
            obligee_id: Some(1),
            obligee_name: "みなと野市長".to_owned(),
            works_name: "市道12号線舗装修繕工事".to_owned(),
            kind: ContractKind::Works,
            price: yen(50_000_000),
            contract_date: Some(date!(2026 - 07 - 01)),
            period_from: date!(2026 - 07 - 01),
            period_to: date!(2027 - 03 - 31),
            notice_date: None,
            award_date: Some(date!(2026 - 07 - 01)),
            bid_date: None,
            planned_notice_date: None,
            multi_year: None,
            jv: None,
        },
        prepayment: Some(PrepaymentTerms {
            common: common(Electronic, 20_000_000),
            fy_base: None,
            bank: "○○銀行　××支店".to_owned(),
            redeposit: false,
        }),
        midterm: None,
        reservation: None,
        change: None,
        contract: Some(ContractTerms {
            common: common(Electronic, 5_000_000),
        }),
        bid: BidFacts::default(),
        information: Information {
            branch_id: 1,
            handover: None,
            notify: true,
            email: Some("soumu@minato.example".to_owned()),
            department: String::new(),
            post: String::new(),
            person: String::new(),
            tel: String::new(),
            message: String::new(),
        },
    }
}

fn amounts(price: i64, prepayment: i64, contract: i64) -> ApplicationContent {
    let mut content = t1();
    content.works.price = yen(price);
    prepay(&mut content).common.amount = yen(prepayment);
    guarantee(&mut content).common.amount = yen(contract);
    content
}

fn prepay(content: &mut ApplicationContent) -> &mut PrepaymentTerms {
    content.prepayment.as_mut().unwrap()
}

fn guarantee(content: &mut ApplicationContent) -> &mut ContractTerms {
    content.contract.as_mut().unwrap()
}

fn refused(content: &ApplicationContent, book: Option<&RuleBook>) -> Vec<(Field, String)> {
    said(&refusals(&check(content, book, &NOW)))
}

fn warned(content: &ApplicationContent, book: Option<&RuleBook>) -> Vec<(Field, String)> {
    said(&warnings(&check(content, book, &NOW)))
}

fn said(findings: &[&Finding]) -> Vec<(Field, String)> {
    findings
        .iter()
        .map(|it| (it.field, it.sentence.clone()))
        .collect()
}

fn one(field: Field, sentence: &str) -> Vec<(Field, String)> {
    vec![(field, sentence.to_owned())]
}

#[test]
fn t1_the_worked_example_passes_and_every_rule_is_shown() {
    for body in ["みなと野市", "神奈川県内広域水道企業団"] {
        let book = book(body);
        let findings = check(&t1(), Some(&book), &NOW);
        assert_eq!(said(&refusals(&findings)), [], "{body}");
        assert_eq!(said(&warnings(&findings)), [], "{body}");
        let rules: Vec<_> = findings.iter().map(|it| it.rule.code()).collect();
        assert_eq!(
            rules,
            [
                "product_chosen",
                "period",
                "contract_date",
                "electronic_acceptance",
                "amount_range",
                "prepayment_rate",
                "prepayment_rounding",
                "bank",
                "electronic_acceptance",
                "amount_range",
                "contract_rate",
                "contract_rider",
                "notice_mail",
            ]
        );
        for finding in findings {
            assert!(!finding.sentence.is_empty() && !finding.source.is_empty());
        }
    }
    let findings = check(&t1(), Some(&book("みなと野市")), &NOW);
    let rate = findings
        .iter()
        .find(|it| it.rule == RuleId::PrepaymentRate)
        .unwrap();
    assert_eq!(
        rate.figures
            .iter()
            .map(|(label, value)| format!("{label}：{value}"))
            .collect::<Vec<_>>(),
        [
            "式：20,000,000×10 ≦ 50,000,000×4",
            "計算：200,000,000 ≦ 200,000,000",
            "表示の割合：40.0%",
            "上限：20,000,000円",
        ]
    );
}

#[test]
fn t2_rate_and_rounding_name_one_right_amount() {
    let book = book("みなと野市");
    let right = amounts(33_550_000, 13_400_000, 3_355_000);
    assert_eq!(refused(&right, Some(&book)), []);
    let content = amounts(33_550_000, 13_420_000, 3_350_000);
    assert_eq!(
        refused(&content, Some(&book)),
        [
            (
                Field::PrepaymentAmount,
                "前払金保証金額は、13,400,000円以下にしてください（みなと野市のきまり：請負金額の10分の4・10万円未満切捨て）。いまの額は20,000円多くなっています。".to_owned()
            ),
            (
                Field::ContractAmount,
                "契約保証金額は、3,355,000円以上にしてください（みなと野市のきまり：請負金額の10分の1）。表示は10.0%ですが、5,000円足りません。".to_owned()
            ),
        ]
    );
    // Over the rate and not round: two rules broken, one sentence for the contractor.
    let both = amounts(33_550_000, 13_450_000, 3_355_000);
    let findings = check(&both, Some(&book), &NOW);
    let broken: Vec<_> = findings
        .iter()
        .filter(|it| it.outcome == Outcome::Refuse)
        .map(|it| it.rule)
        .collect();
    assert_eq!(broken, [RuleId::PrepaymentRate, RuleId::PrepaymentRounding]);
    assert_eq!(
        said(&refusals(&findings)),
        one(
            Field::PrepaymentAmount,
            "前払金保証金額は、13,400,000円以下にしてください（みなと野市のきまり：請負金額の10分の4・10万円未満切捨て）。いまの額は50,000円多くなっています。"
        )
    );
    // Below the ceiling and not round.
    let low = amounts(33_550_000, 13_350_000, 3_355_000);
    assert_eq!(
        refused(&low, Some(&book)),
        one(
            Field::PrepaymentAmount,
            "前払金保証金額は、10万円単位の額（たとえば13,300,000円）にしてください（みなと野市のきまり：10万円未満切捨て）。いまの額には50,000円の端数があります。"
        )
    );
}

#[test]
fn t3_a_shown_forty_per_cent_hides_nothing() {
    let mut exact = RuleBook::unknown("某市").rates(Rates {
        prepayment_works: Some(Fraction::tenths(4)),
        ..Rates::default()
    });
    for (amount, over) in [(20_020_000, "20,000"), (20_000_001, "1")] {
        let content = amounts(50_000_000, amount, 5_000_000);
        assert_eq!(
            refused(&content, Some(&exact)),
            one(
                Field::PrepaymentAmount,
                &format!(
                    "前払金保証金額は、20,000,000円以下にしてください（某市のきまり：請負金額の10分の4）。表示は40.0%ですが、{over}円多くなっています。"
                )
            )
        );
        // Nothing known: the general number only warns.
        assert_eq!(refused(&content, None), []);
        let warned = warned(&content, None);
        assert!(warned.contains(&(
            Field::PrepaymentAmount,
            format!(
                "前払金保証金額が、一般の上限20,000,000円（請負金額の10分の4）を超えています。表示は40.0%ですが、{over}円多くなっています。みなと野市長の割合は未登録です。発注者の定めをご確認ください。"
            )
        )));
    }
    exact.rounding = Some(RoundingUnit::NONE);
    let content = amounts(50_000_000, 20_000_000, 5_000_000);
    assert_eq!(refused(&content, Some(&exact)), []);
}

#[test]
fn t4_the_years_base_takes_the_place_of_the_price() {
    let book = book("みなと野市");
    let mut content = amounts(300_000_000, 40_000_000, 30_000_000);
    content.works.contract_date = Some(date!(2026 - 07 - 02));
    content.works.period_to = date!(2028 - 02 - 29);
    prepay(&mut content).fy_base = Some(yen(100_000_000));
    assert_eq!(refused(&content, Some(&book)), []);
    prepay(&mut content).fy_base = Some(yen(90_000_000));
    assert_eq!(
        refused(&content, Some(&book)),
        one(
            Field::PrepaymentAmount,
            "前払金保証金額は、36,000,000円以下にしてください（みなと野市のきまり：今年度対象額の10分の4・10万円未満切捨て）。いまの額は4,000,000円多くなっています。"
        )
    );
    prepay(&mut content).fy_base = Some(yen(300_000_001));
    assert_eq!(
        refused(&content, Some(&book)),
        one(
            Field::FyBase,
            "今年度対象額は、請負金額300,000,000円以下にしてください。いまの額は1円多くなっています。"
        )
    );
    prepay(&mut content).fy_base = Some(Yen::ZERO);
    assert_eq!(refused(&content, Some(&book))[0].0, Field::FyBase);
}

#[test]
fn t16_one_product_electronic_and_the_other_on_paper() {
    let book = book("みなと野市");
    let mut content = t1();
    guarantee(&mut content).common.form = Paper;
    assert_eq!(
        refused(&content, Some(&book)),
        one(
            Field::Handover,
            "証書(紙)をお選びの保証（契約保証）があります。保証証書受取で「窓口」または「郵送」を選んでください。"
        )
    );
    content.information.handover = Some(Handover::Post);
    let findings = check(&content, Some(&book), &NOW);
    assert_eq!(said(&refusals(&findings)), []);
    let electronic: Vec<_> = findings
        .iter()
        .filter(|it| it.rule == RuleId::ElectronicAcceptance)
        .map(|it| it.product)
        .collect();
    assert_eq!(electronic, [Some(Product::Prepayment)]);
}

#[test]
fn t18_a_missing_award_is_asked_for_once_and_a_known_one_decides() {
    let book = book("神奈川県内広域水道企業団");
    let mut content = t1();
    content.works.award_date = None;
    let asked = refused(&content, Some(&book));
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, Field::AwardDate);
    content.works.award_date = Some(date!(2026 - 06 - 30));
    let fields: Vec<_> = refused(&content, Some(&book))
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, [Field::PrepaymentForm, Field::ContractForm]);
}

#[test]
fn t21_consulting_is_held_to_three_tenths() {
    let book = RuleBook::unknown("某市")
        .rates(Rates {
            prepayment_consulting: Some(Fraction::tenths(3)),
            contract: Some(Fraction::tenths(1)),
            ..Rates::default()
        })
        .rounding(RoundingUnit::HUNDRED_THOUSAND);
    let mut content = amounts(12_345_600, 3_700_000, 1_234_560);
    content.works.kind = ContractKind::Consulting;
    assert_eq!(refused(&content, Some(&book)), []);
    let limit = prepayment_limit(&AmountFacts::of(&content), Some(&book)).unwrap();
    assert_eq!(
        limit.text(),
        "上限 3,700,000円（10分の3・10万円未満切捨て）"
    );
    let floor = contract_floor(&AmountFacts::of(&content), Some(&book)).unwrap();
    assert_eq!(floor.text(), "下限 1,234,560円（10分の1）");
    prepay(&mut content).common.amount = yen(3_703_680);
    assert_eq!(
        refused(&content, Some(&book))[0].1,
        "前払金保証金額は、3,700,000円以下にしてください（某市のきまり：請負金額の10分の3・10万円未満切捨て）。いまの額は3,680円多くなっています。"
    );
    guarantee(&mut content).common.amount = yen(1_234_559);
    assert_eq!(refused(&content, Some(&book)).len(), 2);
}

#[test]
fn t22_a_low_price_bid_has_rates_of_its_own() {
    let book = book("みなと野市");
    let mut content = amounts(30_000_000, 6_000_000, 9_000_000);
    content.bid.low_price = true;
    assert_eq!(refused(&content, Some(&book)), []);
    let limit = prepayment_limit(&AmountFacts::of(&content), Some(&book)).unwrap();
    assert_eq!(
        limit.text(),
        "上限 6,000,000円（10分の2・低入札・10万円未満切捨て）"
    );
    let mut content = amounts(30_000_000, 6_100_000, 8_999_999);
    content.bid.low_price = true;
    let sentences: Vec<_> = refused(&content, Some(&book))
        .into_iter()
        .map(|(_, sentence)| sentence)
        .collect();
    assert_eq!(
        sentences,
        [
            "前払金保証金額は、6,000,000円以下にしてください（みなと野市のきまり：請負金額の10分の2・低入札・10万円未満切捨て）。いまの額は100,000円多くなっています。",
            "契約保証金額は、9,000,000円以上にしてください（みなと野市のきまり：請負金額の10分の3・低入札）。表示は30.0%ですが、1円足りません。",
        ]
    );
    // Ordinary rates known, low-price rates not: the known ones still refuse, the general ones warn.
    let partly = self::book("北の町");
    let warned_of: Vec<_> = warned(&content, Some(&partly))
        .into_iter()
        .map(|(field, _)| field)
        .filter(|field| matches!(field, Field::PrepaymentAmount | Field::ContractAmount))
        .collect();
    assert_eq!(warned_of, [Field::PrepaymentAmount, Field::ContractAmount]);
    let mut content = amounts(30_000_000, 12_000_001, 2_999_999);
    content.bid.low_price = true;
    content.works.notice_date = Some(date!(2026 - 04 - 01));
    let fields: Vec<_> = refused(&content, Some(&partly))
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, [Field::PrepaymentAmount, Field::ContractAmount]);
}

#[test]
fn t23_a_contract_guarantee_rides_on_a_prepayment() {
    let book = book("みなと野市");
    let mut content = t1();
    content.prepayment = None;
    content.works.contract_date = Some(date!(2026 - 08 - 01));
    assert_eq!(
        refused(&content, Some(&book)),
        one(
            Field::PrepaymentPlan,
            "契約保証は、前払金保証をご利用になる工事でお申し込みいただけます。前払金保証も申し込むか、入札の状況の「前払金保証の申込み」で「予定している」または「申込済」を選んでください。"
        )
    );
    for plan in PrepaymentPlan::ALL {
        content.bid.prepayment_plan = Some(plan);
        assert_eq!(refused(&content, Some(&book)), []);
        assert_eq!(warned(&content, Some(&book)), []);
    }
}

#[test]
fn the_contract_date_may_lie_ahead_on_applying_and_not_on_issue() {
    let book = book("みなと野市");
    let mut content = t1();
    content.works.contract_date = Some(date!(2026 - 07 - 03));
    assert_eq!(refused(&content, Some(&book)), []);
    assert_eq!(
        warned(&content, Some(&book)),
        one(
            Field::ContractDate,
            "請負契約日（令和8年7月3日）がきょう（令和8年7月2日）より後です。お申し込みはできますが、前払金保証の発行は契約日からになります。"
        )
    );
    content.works.contract_date = None;
    let fields: Vec<_> = refused(&content, Some(&book))
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    // Missing for the prepayment, and for the date this obligee judges by.
    assert_eq!(fields, [Field::ContractDate, Field::ContractDate]);
}

/// One change to a right application, the field that mends it, and the sentence there.
type Spoiled = (fn(&mut ApplicationContent), Field, &'static str);

#[test]
fn what_is_missing_is_named_where_it_belongs() {
    let spoil: [Spoiled; 11] = [
        (
            |content| {
                content.prepayment = None;
                content.contract = None;
            },
            Field::PrepaymentOn,
            "前払金保証と契約保証のうち、申し込むものを少なくとも一つ選んでください。",
        ),
        (
            |content| content.works.period_to = date!(2026 - 06 - 30),
            Field::PeriodTo,
            "工期の終わり（令和8年6月30日）が、始め（令和8年7月1日）より前になっています。始めの日と同じか、それより後の日を入力してください。",
        ),
        (
            |content| content.information.email = None,
            Field::Email,
            "電子保証発行完了のお知らせを希望される場合は、メールアドレスを入力してください。",
        ),
        (
            |content| prepay(content).bank = "　".to_owned(),
            Field::Bank,
            "預託金融機関(全角)に、金融機関名と支店名を入力してください。",
        ),
        (
            |content| prepay(content).bank = "ABｶ銀行 A支店".to_owned(),
            Field::Bank,
            "預託金融機関(全角)は、全角で入力してください（半角の文字：「A」「B」「ｶ」「空白」）。",
        ),
        (
            |content| prepay(content).common.fee_method = FeeMethod::LumpSum,
            Field::PrepaymentFeeMethod,
            "一括納付は、弊社と一括納付の契約を結んでいるお客様にお選びいただけます。振込・現金・小切手のいずれかを選んでください。",
        ),
        (
            |content| guarantee(content).common.fee_method = FeeMethod::LumpSum,
            Field::ContractFeeMethod,
            "一括納付は、弊社と一括納付の契約を結んでいるお客様にお選びいただけます。振込・現金・小切手のいずれかを選んでください。",
        ),
        (
            |content| {
                content.works.jv = Some(JointVenture {
                    name: "みなと・やまと特定建設工事共同企業体".to_owned(),
                    representative: String::new(),
                    members: Vec::new(),
                });
            },
            Field::JvRepresentative,
            "JV名が入力されています。JVの代表者も入力してください。認証キーのお知らせには、この名前を印刷します。",
        ),
        (
            |content| {
                content.works.jv = Some(JointVenture {
                    name: String::new(),
                    representative: "みなと建設株式会社".to_owned(),
                    members: Vec::new(),
                });
            },
            Field::JvName,
            "JVの代表者が入力されています。JV名も入力してください。",
        ),
        (
            |content| prepay(content).common.form = Paper,
            Field::Handover,
            "証書(紙)をお選びの保証（前払金保証）があります。保証証書受取で「窓口」または「郵送」を選んでください。",
        ),
        (
            |content| content.works.kind = ContractKind::Consulting,
            Field::PrepaymentForm,
            "みなと野市が電子保証に対応しているのは工事だけです（業務委託は対象外です）。証書(紙)をお選びください。",
        ),
    ];
    let book = book("みなと野市");
    for (change, field, sentence) in spoil {
        let mut content = t1();
        change(&mut content);
        let found = refused(&content, Some(&book));
        assert_eq!(found[0], (field, sentence.to_owned()));
    }
    let mut content = t1();
    prepay(&mut content).common.fee_method = FeeMethod::LumpSum;
    let agreed = Circumstances {
        lump_sum_agreement: true,
        ..NOW
    };
    let findings = check(&content, Some(&book), &agreed);
    assert_eq!(said(&refusals(&findings)), []);
}
