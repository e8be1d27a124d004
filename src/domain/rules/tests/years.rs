//! Contracts over several fiscal years, joint ventures, and how much a rule counts (T4, T8).

use super::*;
use crate::domain::rulebook::{FyBase, Severity};
use crate::domain::works::{JvMember, MultiYear, Obligation, YearAmount};

/// T4: 300,000,000 over two fiscal years.
fn t4() -> ApplicationContent {
    let mut content = amounts(300_000_000, 40_000_000, 30_000_000);
    content.works.contract_date = Some(date!(2026 - 07 - 02));
    content.works.period_from = date!(2026 - 08 - 03);
    content.works.period_to = date!(2028 - 02 - 29);
    content.works.multi_year = Some(MultiYear {
        obligation: Obligation::Authority,
        years: vec![
            YearAmount {
                year: 2026,
                scheduled: yen(100_000_000),
                ceiling: yen(90_000_000),
            },
            YearAmount {
                year: 2027,
                scheduled: yen(200_000_000),
                ceiling: yen(210_000_000),
            },
        ],
    });
    content
}

fn years(content: &mut ApplicationContent) -> &mut Vec<YearAmount> {
    &mut content.works.multi_year.as_mut().unwrap().years
}

#[test]
fn t4_the_book_says_which_of_a_years_amounts_counts() {
    let mut scheduled = book("みなと野市");
    scheduled.fy_base = Some(FyBase::Scheduled);
    let mut ceiling = scheduled.clone();
    ceiling.fy_base = Some(FyBase::Ceiling);
    assert_eq!(refused(&t4(), Some(&scheduled)), []);
    assert_eq!(
        refused(&t4(), Some(&ceiling)),
        one(
            Field::PrepaymentAmount,
            "前払金保証金額は、36,000,000円以下にしてください（みなと野市のきまり：今年度の支払限度額の10分の4・10万円未満切捨て）。いまの額は4,000,000円多くなっています。"
        )
    );
    // What was typed stands where the book names none, and is pointed out where it differs.
    let mut typed = t4();
    prepay(&mut typed).fy_base = Some(yen(90_000_000));
    assert_eq!(
        warned(&typed, Some(&scheduled)),
        one(
            Field::FyBase,
            "今年度対象額90,000,000円が、令和8年度の出来高予定額100,000,000円と違います。どちらかを直してください。"
        )
    );
    assert_eq!(refused(&typed, Some(&scheduled)), []);
    assert!(
        refused(&typed, Some(&book("みなと野市")))[0]
            .1
            .contains("36,000,000円以下")
    );
    prepay(&mut typed).fy_base = Some(yen(95_000_000));
    assert_eq!(
        warned(&typed, Some(&book("みなと野市")))[0].1,
        "今年度対象額95,000,000円が、令和8年度の出来高予定額100,000,000円とも支払限度額90,000,000円とも違います。どちらかを直してください。"
    );
    // The year of the application, not of today.
    assert_eq!(
        t4().until(Product::Prepayment, NOW.applied_on),
        date!(2027 - 03 - 31)
    );
    assert_eq!(
        t4().until(Product::Contract, NOW.applied_on),
        date!(2028 - 02 - 29)
    );
    assert_eq!(
        t4().until(Product::Prepayment, date!(2027 - 04 - 01)),
        date!(2028 - 02 - 29)
    );
}

#[test]
fn in_the_final_year_a_prepayment_guarantee_ends_with_the_period_and_not_with_the_fiscal_year() {
    for (applied_on, until) in [
        (date!(2026 - 08 - 03), date!(2027 - 03 - 31)),
        (date!(2027 - 03 - 31), date!(2027 - 03 - 31)),
        (date!(2027 - 04 - 01), date!(2028 - 02 - 29)),
        (date!(2028 - 02 - 29), date!(2028 - 02 - 29)),
    ] {
        assert_eq!(
            t4().until(Product::Prepayment, applied_on),
            until,
            "保証期限 of an application of {applied_on}"
        );
    }
}

#[test]
fn the_lines_make_up_the_price_and_cover_the_period() {
    let book = book("みなと野市");
    type Spoil = fn(&mut ApplicationContent);
    let cases: [(Spoil, Field, &str); 7] = [
        (
            |it| years(it)[1].scheduled = yen(199_999_999),
            Field::Scheduled1,
            "年度ごとの出来高予定額の合計は、請負金額300,000,000円と同じにしてください。いまの合計は299,999,999円で、1円少なくなっています。",
        ),
        (
            |it| years(it)[1].scheduled = yen(200_000_001),
            Field::Scheduled1,
            "年度ごとの出来高予定額の合計は、請負金額300,000,000円と同じにしてください。いまの合計は300,000,001円で、1円多くなっています。",
        ),
        (
            |it| {
                years(it).pop();
            },
            Field::Scheduled2,
            "令和9年度の出来高予定額と支払限度額を入力してください（工期のすべての年度に要ります）。",
        ),
        (
            |it| years(it)[1].ceiling = yen(210_000_001),
            Field::Ceiling1,
            "年度ごとの支払限度額の合計は、請負金額300,000,000円以下にしてください。いまの合計は300,000,001円で、1円多くなっています。",
        ),
        (
            |it| it.works.period_to = date!(2027 - 03 - 31),
            Field::Obligation,
            "工期が令和8年度に収まっています。複数年度の契約でなければ、「該当しない」を選んでください。",
        ),
        (
            |it| it.works.period_to = date!(2031 - 04 - 01),
            Field::Obligation,
            "工期が令和8年度から令和13年度まであります。この画面で申し込めるのは5年度までです。支店へご相談ください。",
        ),
        (
            |it| {
                let first = years(it)[0];
                years(it).push(first);
            },
            Field::Scheduled1,
            "令和8年度の行が二つあります。一つにしてください。",
        ),
    ];
    for (spoil, field, sentence) in cases {
        let mut content = t4();
        spoil(&mut content);
        let found = refused(&content, Some(&book));
        assert_eq!(found[0], (field, sentence.to_owned()));
    }
}

#[test]
fn t8_the_representative_is_one_of_the_members() {
    let member = |name: &str, share| JvMember {
        name: name.to_owned(),
        share,
    };
    let mut content = amounts(1_287_000_000, 514_800_000, 128_700_000);
    let book = book("みなと野市");
    let mut with = |members: Vec<JvMember>| {
        content.works.jv = Some(JointVenture {
            name: "みなと・やまと特定建設工事共同企業体".to_owned(),
            representative: "みなと建設株式会社".to_owned(),
            members,
        });
        refused(&content, Some(&book))
    };
    assert_eq!(
        with(vec![
            member("みなと建設株式会社", 6_000),
            member("やまと工業株式会社", 4_000)
        ]),
        []
    );
    assert_eq!(with(Vec::new()), []);
    assert_eq!(
        with(vec![member("やまと工業株式会社", 10_000)]),
        one(
            Field::JvMember1,
            "JVの代表者（みなと建設株式会社）が構成員にありません。構成員に、代表者と同じ会社名を入れてください。"
        )
    );
    assert_eq!(
        with(vec![
            member("みなと建設株式会社", 6_000),
            member("やまと工業株式会社", 3_999)
        ]),
        one(
            Field::JvShare1,
            "出資比率の合計を100%にしてください（いまは99.99%です）。"
        )
    );
}

#[test]
fn how_much_a_rule_counts_is_data() {
    let plain = book("みなと野市");
    let content = amounts(50_000_000, 20_100_000, 5_000_000);
    let outcome = |book: &RuleBook, content: &ApplicationContent| {
        check(content, Some(book), &NOW)
            .into_iter()
            .find(|it| it.rule == RuleId::PrepaymentRate)
            .map(|it| (it.outcome, it.sentence))
            .unwrap()
    };
    assert_eq!(outcome(&plain, &content).0, Outcome::Refuse);
    for (severity, expected) in [
        (Severity::Refuse, Outcome::Refuse),
        (Severity::Warn, Outcome::Warn),
        (Severity::Overrule, Outcome::Overrulable),
    ] {
        let book = plain.clone().severity(RuleId::PrepaymentRate, severity);
        let (found, sentence) = outcome(&book, &content);
        assert_eq!(found, expected);
        assert_eq!(
            sentence.ends_with("支店が判断します。"),
            severity == Severity::Overrule
        );
        // What is right stays right.
        assert_eq!(outcome(&book, &t1()).0, Outcome::Pass);
    }
    // A general number refuses where the book says so.
    let strict = RuleBook::unknown("某市").severity(RuleId::PrepaymentRate, Severity::Refuse);
    assert_eq!(outcome(&strict, &content).0, Outcome::Refuse);
    // What has to be typed first is not made less, nor what every guarantee needs.
    let mut suido =
        book("神奈川県内広域水道企業団").severity(RuleId::ElectronicAcceptance, Severity::Warn);
    let mut content = t1();
    content.works.award_date = None;
    assert_eq!(refused(&content, Some(&suido))[0].0, Field::AwardDate);
    content.works.award_date = Some(date!(2026 - 06 - 30));
    assert_eq!(refused(&content, Some(&suido)), []);
    suido = suido.severity(RuleId::Period, Severity::Warn);
    content.works.period_to = date!(2026 - 06 - 30);
    assert_eq!(refused(&content, Some(&suido))[0].0, Field::PeriodTo);
    assert_eq!(suido.faults()[0].place, "severities.period");
}
