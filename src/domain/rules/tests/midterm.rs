//! 中間前払金保証 and 契約保証予約 (T5–T7, domain.md §4.2 and §4.4).

use super::*;
use crate::domain::content::{MidtermConditions, MidtermTerms, ReservationTerms};
use crate::domain::rulebook::{Condition, MidtermPolicy, Minimum, PriceKind};
use crate::domain::works::{MultiYear, Obligation, YearAmount};

pub(super) const NUMBER: &str = "35075-00001";

pub(super) fn standing(amount: i64) -> Standing {
    Standing {
        number: NUMBER.to_owned(),
        product: Product::Prepayment,
        form: Electronic,
        amount: yen(amount),
        until: date!(2027 - 02 - 28),
        obligee_name: "みなと野市長".to_owned(),
        works_name: "市道12号線舗装修繕工事".to_owned(),
        terminated: false,
    }
}

pub(super) fn circumstances(guarantees: Vec<Standing>) -> Circumstances {
    Circumstances {
        today: date!(2026 - 11 - 20),
        applied_on: date!(2026 - 11 - 20),
        lump_sum_agreement: false,
        guarantees,
    }
}

/// T5: 258 days, 60,000,000 of which 24,000,000 were prepaid.
pub(super) fn t5() -> ApplicationContent {
    let mut content = t1();
    content.works.price = yen(60_000_000);
    content.works.contract_date = Some(date!(2026 - 06 - 16));
    content.works.period_from = date!(2026 - 06 - 16);
    content.works.period_to = date!(2027 - 02 - 28);
    content.prepayment = None;
    content.contract = None;
    content.midterm = Some(MidtermTerms {
        common: common(Paper, 12_000_000),
        fy_base: None,
        builds_on: NUMBER.to_owned(),
        prepaid: yen(24_000_000),
        approved_on: date!(2026 - 10 - 23),
        conditions: MidtermConditions {
            prepaid: true,
            half_over: true,
            on_schedule: true,
            half_done: true,
        },
        bank: "○○銀行　××支店".to_owned(),
        redeposit: false,
    });
    content.information.handover = Some(Handover::Post);
    content
}

pub(super) fn known() -> RuleBook {
    let mut book = RuleBook::unknown("某市").rates(Rates {
        midterm: Some(Fraction::tenths(2)),
        together: Some(Fraction::tenths(6)),
        ..Rates::default()
    });
    book.midterm = Some(MidtermPolicy::Allowed);
    book
}

pub(super) fn midterm(content: &mut ApplicationContent) -> &mut MidtermTerms {
    content.midterm.as_mut().unwrap()
}

/// Rule, outcome and sentence of everything broken.
pub(super) fn broken(
    content: &ApplicationContent,
    book: Option<&RuleBook>,
    guarantees: Vec<Standing>,
) -> Vec<(RuleId, Outcome, String)> {
    check(content, book, &circumstances(guarantees))
        .into_iter()
        .filter(|it| it.outcome > Outcome::Unchecked)
        .map(|it| (it.rule, it.outcome, it.sentence))
        .collect()
}

#[test]
fn t5_the_first_day_the_ceiling_and_both_prepayments_together() {
    let book = known();
    let issued = || vec![standing(24_000_000)];
    assert_eq!(broken(&t5(), Some(&book), issued()), []);
    let half = half_time(&t5().works, date!(2026 - 11 - 20)).unwrap();
    assert_eq!((half.days, half.half), (258, 129));
    assert_eq!(half.first_day, Some(date!(2026 - 10 - 23)));
    let limit = midterm_limit(&t5(), Some(&book), &circumstances(issued())).unwrap();
    assert_eq!(limit.text(), "上限 12,000,000円（10分の2）");

    let mut early = t5();
    midterm(&mut early).approved_on = date!(2026 - 10 - 22);
    assert_eq!(
        broken(&early, Some(&book), issued()),
        [(
            RuleId::MidtermDay,
            Outcome::Warn,
            "認定日（令和8年10月22日）が、認定を受けられる最初の日（令和8年10月23日）より前です。認定調書の日付をお確かめください。".to_owned()
        )]
    );
    let mut more = t5();
    midterm(&mut more).common.amount = yen(12_000_001);
    let found = broken(&more, Some(&book), issued());
    assert_eq!(found[0].0, RuleId::MidtermRate);
    assert_eq!(
        found[0].2,
        "中間前払金保証金額は、12,000,000円以下にしてください（某市のきまり：請負金額の10分の2）。表示は20.0%ですが、1円多くなっています。"
    );
    assert_eq!(found[1].0, RuleId::TogetherRate);
}

#[test]
fn amounts_that_break_a_rule_only_together_with_what_was_issued_before() {
    // Two tenths by itself, but 25,000,000 were paid before.
    let found = broken(&t5(), Some(&known()), vec![standing(25_000_000)]);
    assert_eq!(
        found,
        [
            (
                RuleId::MidtermBuildsOn,
                Outcome::Warn,
                "受け取った前払金24,000,000円が、前払金保証の保証金額25,000,000円と違います。保証金額で確認しました。".to_owned()
            ),
            (
                RuleId::TogetherRate,
                Outcome::Refuse,
                "中間前払金保証金額は、11,000,000円以下にしてください（某市のきまり：請負金額の10分の6（36,000,000円）から前払金25,000,000円を引いた額）。いまの額は1,000,000円多くなっています。".to_owned()
            ),
        ]
    );
    // Where nothing is known the general six tenths only warn.
    let found = broken(&t5(), None, vec![standing(25_000_000)]);
    assert!(
        found
            .iter()
            .any(|it| it.0 == RuleId::TogetherRate && it.1 == Outcome::Warn)
    );
}

#[test]
fn a_second_midterm_prepayment_on_the_same_guarantee_leaves_only_the_rest() {
    let first = |amount, terminated| Standing {
        number: "35075-00002".to_owned(),
        product: Product::Midterm,
        amount: yen(amount),
        terminated,
        ..standing(24_000_000)
    };
    let with = |second| broken(&t5(), Some(&known()), vec![standing(24_000_000), second]);
    // 12,000,000 were issued before: nothing is left of two tenths, nor of six.
    let found = with(first(12_000_000, false));
    assert!(
        found
            .iter()
            .any(|it| it.0 == RuleId::MidtermRate && it.1 == Outcome::Refuse),
        "{found:?}"
    );
    assert!(found.iter().any(|it| it.0 == RuleId::TogetherRate));
    let found = with(first(2_000_000, false));
    assert_eq!(
        found[0].2,
        "中間前払金保証金額は、10,000,000円以下にしてください（某市のきまり：請負金額の10分の6（36,000,000円）から前払金24,000,000円と発行済みの中間前払金2,000,000円を引いた額）。いまの額は2,000,000円多くなっています。"
    );
    let before = vec![standing(24_000_000), first(2_000_000, false)];
    let limit = midterm_limit(&t5(), Some(&known()), &circumstances(before)).unwrap();
    assert!(limit.text().contains("10,000,000円"), "{}", limit.text());
    // One that ended is paid back.
    assert_eq!(with(first(12_000_000, true)), []);
}

#[test]
fn t6_half_a_day_counts_as_a_day() {
    let mut content = t5();
    content.works.period_from = date!(2026 - 07 - 01);
    content.works.period_to = date!(2027 - 03 - 30);
    let half = half_time(&content.works, date!(2026 - 11 - 20)).unwrap();
    assert_eq!((half.days, half.half), (273, 137));
    assert_eq!(half.first_day, Some(date!(2026 - 11 - 15)));
}

#[test]
fn what_it_builds_on_has_to_be_there() {
    let mut ended = standing(24_000_000);
    ended.terminated = true;
    let mut late = standing(24_000_000);
    late.until = date!(2026 - 11 - 19);
    let mut other = standing(24_000_000);
    other.product = Product::Contract;
    let mut elsewhere = standing(24_000_000);
    elsewhere.works_name = "別の工事".to_owned();
    for (guarantees, outcome, words) in [
        (
            Vec::new(),
            Outcome::Refuse,
            "発行済みの前払金保証が見つかりません",
        ),
        (vec![other], Outcome::Refuse, "は契約保証です"),
        (vec![ended], Outcome::Refuse, "解約されています"),
        (
            vec![late],
            Outcome::Refuse,
            "保証期限（令和8年11月19日）が過ぎています",
        ),
        (vec![elsewhere], Outcome::Warn, "別の工事名（別の工事）"),
    ] {
        let found = broken(&t5(), Some(&known()), guarantees);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0, found[0].1), (RuleId::MidtermBuildsOn, outcome));
        assert!(found[0].2.contains(words), "{}", found[0].2);
    }
}

#[test]
fn every_condition_that_is_not_met_is_named() {
    let mut content = t5();
    midterm(&mut content).conditions.half_over = false;
    midterm(&mut content).conditions.half_done = false;
    let found = broken(&content, Some(&known()), vec![standing(24_000_000)]);
    assert_eq!(
        found,
        [(
            RuleId::MidtermConditions,
            Outcome::Refuse,
            "中間前払金には四つの要件がすべて要ります。まだ満たされていないもの：「工期の2分の1を過ぎている」「出来高が請負金額の2分の1以上である」。満たされてからお申し込みください。".to_owned()
        )]
    );
}

#[test]
fn a_single_day_and_an_amount_of_nothing_are_said_and_not_numbered() {
    let mut content = t5();
    content.works.period_from = date!(2026 - 11 - 20);
    content.works.period_to = date!(2026 - 11 - 20);
    let found = broken(&content, Some(&known()), vec![standing(24_000_000)]);
    assert_eq!(
        found[0].2,
        "工期が1日のため、中間前払金保証はご利用いただけません。"
    );
    let mut small = t5();
    small.works.price = yen(400_000);
    midterm(&mut small).prepaid = yen(160_000);
    midterm(&mut small).common.amount = yen(80_000);
    let book = known().rounding(RoundingUnit::HUNDRED_THOUSAND);
    let found = broken(&small, Some(&book), vec![standing(160_000)]);
    assert_eq!(
        found[0].2,
        "この請負金額では中間前払金の上限が0円になるため、中間前払金保証はご利用いただけません（某市のきまり：請負金額の10分の2・10万円未満切捨て）。"
    );
}

#[test]
fn a_year_of_a_longer_contract_has_its_own_half_and_its_own_amount() {
    let mut content = t5();
    content.works.price = yen(300_000_000);
    content.works.period_from = date!(2026 - 08 - 03);
    content.works.period_to = date!(2028 - 02 - 29);
    let line = |year, scheduled| YearAmount {
        year,
        scheduled: yen(scheduled),
        ceiling: yen(scheduled / 10 * 9),
    };
    content.works.multi_year = Some(MultiYear {
        obligation: Obligation::Authority,
        years: vec![line(2026, 100_000_000), line(2027, 200_000_000)],
    });
    // 3 August to 31 March are 241 days.
    let half = half_time(&content.works, date!(2026 - 11 - 20)).unwrap();
    assert_eq!((half.days, half.half), (241, 121));
    assert_eq!(half.first_day, Some(date!(2026 - 12 - 02)));
    let half = half_time(&content.works, date!(2027 - 04 - 01)).unwrap();
    assert_eq!(
        (half.from, half.to),
        (date!(2027 - 04 - 01), date!(2028 - 02 - 29))
    );
    midterm(&mut content).prepaid = yen(40_000_000);
    midterm(&mut content).common.amount = yen(20_000_001);
    let found = broken(&content, Some(&known()), vec![standing(40_000_000)]);
    assert!(
        found.iter().any(|it| it.2.contains(
            "20,000,000円以下にしてください（某市のきまり：今年度の出来高予定額の10分の2）"
        )),
        "{found:?}"
    );
}

#[test]
fn an_obligee_may_not_pay_it_or_ask_for_a_choice() {
    let said = |policy, partial, ticked: bool| {
        let mut book = known();
        book.midterm = policy;
        let mut content = t5();
        content.bid.partial_payment = partial;
        content.bid.midterm = ticked;
        broken(&content, Some(&book), vec![standing(24_000_000)])
            .into_iter()
            .map(|it| (it.0, it.1))
            .collect::<Vec<_>>()
    };
    let refused = [(RuleId::MidtermAllowed, Outcome::Refuse)];
    let warned = [(RuleId::MidtermAllowed, Outcome::Warn)];
    assert_eq!(said(Some(MidtermPolicy::NotAllowed), false, true), refused);
    assert_eq!(said(Some(MidtermPolicy::Chosen), true, true), refused);
    assert_eq!(said(Some(MidtermPolicy::Chosen), false, false), warned);
    assert_eq!(said(Some(MidtermPolicy::Chosen), false, true), []);
    assert_eq!(said(Some(MidtermPolicy::Allowed), true, true), []);
    assert_eq!(said(None, true, true), warned);
    assert_eq!(said(None, false, true), []);
}

#[test]
fn least_price_least_days_and_a_cap_are_the_obligees() {
    let minimum = |price, amount, more_than| Minimum {
        price,
        amount: yen(amount),
        more_than,
    };
    let of = |minimum: Option<Minimum>, change: fn(&mut ApplicationContent)| {
        let mut condition = Condition::of(Product::Midterm).days(258);
        condition.minimum = minimum;
        let mut content = t5();
        change(&mut content);
        broken(
            &content,
            Some(&known().condition(condition)),
            vec![standing(24_000_000)],
        )
    };
    let exact = minimum(PriceKind::Contract, 60_000_000, false);
    assert_eq!(of(Some(exact), |_| {}), []);
    let more = minimum(PriceKind::Contract, 60_000_000, true);
    assert_eq!(
        of(Some(more), |_| {})[0].2,
        "某市が中間前払金保証の対象とするのは、請負金額が60,000,000円を超える契約です（いまの請負金額は60,000,000円）。請負金額に誤りがなければ、中間前払金保証はお申し込みいただけません。"
    );
    let planned = minimum(PriceKind::Planned, 1_300_000, true);
    let asked = of(Some(planned), |_| {});
    assert_eq!(
        (asked[0].0, asked[0].1),
        (RuleId::MinimumPrice, Outcome::Warn)
    );
    assert_eq!(
        of(Some(planned), |it| it.bid.planned_price =
            Yen::new(1_300_001)),
        []
    );
    let design = minimum(PriceKind::Design, 2_000_000, false);
    assert_eq!(
        of(Some(design), |it| it.bid.design_price = Yen::new(2_000_000)),
        []
    );
    let found = of(None, |it| it.works.period_to = date!(2027 - 02 - 27));
    assert_eq!(found[0].0, RuleId::MinimumDays);
    assert!(
        found[0].2.contains("工期は257日で、1日足りません"),
        "{}",
        found[0].2
    );
    // For the other product and the other kind it says nothing.
    let other = Condition::of(Product::Midterm)
        .only(ContractKind::Consulting)
        .days(9_999);
    assert_eq!(
        broken(
            &t5(),
            Some(&known().condition(other)),
            vec![standing(24_000_000)]
        ),
        []
    );
}

#[test]
fn a_cap_holds_whatever_the_rate_says() {
    let book = known().condition(Condition::of(Product::Midterm).cap(yen(5_000_000)));
    let found = broken(&t5(), Some(&book), vec![standing(24_000_000)]);
    assert_eq!(
        found,
        [(
            RuleId::Cap,
            Outcome::Refuse,
            "中間前払金保証金額は、5,000,000円以下にしてください（某市のきまり：限度額5,000,000円）。いまの額は7,000,000円多くなっています。".to_owned()
        )]
    );
    let limit = midterm_limit(
        &t5(),
        Some(&book),
        &circumstances(vec![standing(24_000_000)]),
    );
    assert_eq!(limit.unwrap().ceiling, yen(5_000_000));
}

#[test]
fn a_reservation_waits_for_a_prepayment_is_on_paper_and_only_warns_of_its_amount() {
    let mut content = t1();
    content.prepayment = None;
    content.contract = None;
    content.bid.planned_price = Yen::new(50_000_000);
    content.bid.prepayment_plan = Some(PrepaymentPlan::Planned);
    content.information.handover = Some(Handover::Post);
    content.reservation = Some(ReservationTerms {
        common: common(Paper, 5_000_000),
    });
    let book = book("みなと野市");
    let found = |content: &ApplicationContent| {
        broken(content, Some(&book), Vec::new())
            .into_iter()
            .map(|it| (it.0, it.1))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&content), []);
    let terms = |content: &mut ApplicationContent, form, amount| {
        content.reservation = Some(ReservationTerms {
            common: common(form, amount),
        });
    };
    terms(&mut content, Paper, 4_999_999);
    assert_eq!(found(&content), [(RuleId::ReservationRate, Outcome::Warn)]);
    terms(&mut content, Electronic, 5_000_000);
    assert_eq!(
        found(&content),
        [(RuleId::ReservationForm, Outcome::Refuse)]
    );
    terms(&mut content, Paper, 5_000_000);
    content.bid.prepayment_plan = None;
    assert_eq!(found(&content), [(RuleId::ContractRider, Outcome::Refuse)]);
}
