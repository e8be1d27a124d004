//! Changes (T9–T12, T17; decisions.md, "Rules and money").

use super::midterm::standing;
use super::*;
use crate::domain::rulebook::FyBase;
use crate::domain::works::{MultiYear, Obligation, YearAmount};

fn known() -> RuleBook {
    RuleBook::unknown("某市")
        .rates(Rates {
            prepayment_works: Some(Fraction::tenths(4)),
            decrease: Some(Fraction::tenths(5)),
            decrease_with_midterm: Some(Fraction::tenths(6)),
            contract: Some(Fraction::tenths(1)),
            ..Rates::default()
        })
        .rounding(RoundingUnit::HUNDRED_THOUSAND)
}

fn of(
    after: &ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    guarantees: Vec<Standing>,
) -> ChangeCheck {
    let circumstances = Circumstances { guarantees, ..NOW };
    check_change(&t1(), after, product, book, &circumstances)
}

fn broken(check: &ChangeCheck) -> Vec<(RuleId, Outcome)> {
    check
        .findings
        .iter()
        .filter(|it| it.outcome > Outcome::Unchecked)
        .map(|it| (it.rule, it.outcome))
        .collect()
}

#[test]
fn t9_a_higher_price_alone_changes_no_prepayment_guarantee_and_asks_for_a_tenth_anew() {
    let book = known();
    let after = amounts(62_000_000, 20_000_000, 5_000_000);
    let prepayment = of(&after, Product::Prepayment, Some(&book), Vec::new());
    assert_eq!(
        prepayment.follows,
        Follows::NotNeeded {
            sentence: "前払金保証の変更手続きは不要です。".to_owned()
        }
    );
    assert_eq!(broken(&prepayment), []);
    let contract = of(&after, Product::Contract, Some(&book), Vec::new());
    assert_eq!(
        contract.follows,
        Follows::Needed {
            reasons: vec!["請負金額が50,000,000円から62,000,000円に変わります。".to_owned()]
        }
    );
    assert_eq!(broken(&contract), [(RuleId::ContractRate, Outcome::Warn)]);
    let warned = warnings(&contract.findings);
    assert_eq!(
        warned[0].sentence,
        "契約保証金額5,000,000円は、変更後の請負金額の10分の1（6,200,000円）に足りません。発注者から6,200,000円への増額を求められることがあります。"
    );
}

#[test]
fn t10_more_prepayment_is_held_to_the_ordinary_rate_and_rounding() {
    let book = known();
    let check = |amount| {
        of(
            &amounts(62_000_000, amount, 5_000_000),
            Product::Prepayment,
            Some(&book),
            Vec::new(),
        )
    };
    let right = check(24_800_000);
    assert_eq!(broken(&right), []);
    assert_eq!(
        right.follows,
        Follows::Needed {
            reasons: vec!["保証金額が20,000,000円から24,800,000円に変わります。".to_owned()]
        }
    );
    assert_eq!(
        broken(&check(24_900_000)),
        [(RuleId::PrepaymentRate, Outcome::Refuse)]
    );
    assert_eq!(
        broken(&check(24_750_000)),
        [(RuleId::PrepaymentRounding, Outcome::Refuse)]
    );
}

#[test]
fn t11_a_lower_price_gives_back_what_is_over_five_tenths_and_nothing_else() {
    let book = known();
    let check = |price, amount, book: Option<&RuleBook>| {
        of(
            &amounts(price, amount, 5_000_000),
            Product::Prepayment,
            book,
            Vec::new(),
        )
    };
    let over = check(36_000_000, 20_000_000, Some(&book));
    let Follows::Return {
        excess,
        most,
        sentence,
    } = &over.follows
    else {
        panic!("{:?}", over.follows);
    };
    assert_eq!((*excess, *most), (yen(2_000_000), yen(18_000_000)));
    assert_eq!(
        sentence,
        "前払金20,000,000円が、変更後の請負金額の10分の5（18,000,000円）を2,000,000円超えています。2,000,000円を返還し、保証金額を18,000,000円以下に変更してください。"
    );
    assert_eq!(broken(&over), [(RuleId::DecreaseRate, Outcome::Refuse)]);
    // Lowered to 50.0 %: right, neither four tenths nor rounding are asked.
    for amount in [18_000_000, 17_999_999] {
        let lowered = check(36_000_000, amount, Some(&book));
        assert_eq!(broken(&lowered), [], "{amount}");
        assert!(matches!(lowered.follows, Follows::Needed { .. }));
    }
    // 18,000,001 is still one yen too much.
    let still = check(36_000_000, 18_000_001, Some(&book));
    assert!(matches!(still.follows, Follows::Return { excess, .. } if excess == yen(1)));
    // At 42,000,000 nothing is to be returned, and nothing changed.
    let fine = check(42_000_000, 20_000_000, Some(&book));
    assert!(matches!(fine.follows, Follows::NotNeeded { .. }));
    assert_eq!(broken(&fine), []);
    // Unknown: the general five tenths only warn, but say what is to be returned.
    let general = check(36_000_000, 20_000_000, None);
    assert_eq!(broken(&general), [(RuleId::DecreaseRate, Outcome::Warn)]);
    assert!(matches!(general.follows, Follows::Return { .. }));
}

#[test]
fn after_a_midterm_prepayment_both_are_judged_together() {
    let mut midterm = standing(10_000_000);
    midterm.product = Product::Midterm;
    let after = amounts(45_000_000, 20_000_000, 5_000_000);
    let joint = of(
        &after,
        Product::Prepayment,
        Some(&known()),
        vec![midterm.clone()],
    );
    let Follows::Return {
        excess,
        most,
        sentence,
    } = &joint.follows
    else {
        panic!("{:?}", joint.follows);
    };
    // 30,000,000 of which 27,000,000 may be kept.
    assert_eq!((*excess, *most), (yen(3_000_000), yen(27_000_000)));
    assert!(
        sentence.contains("前払金と中間前払金の合計30,000,000円"),
        "{sentence}"
    );
    assert!(
        sentence.contains("どちらの保証金額を減らすかは支店が決めます"),
        "{sentence}"
    );
    // An ended one, or one of other works, does not count.
    midterm.terminated = true;
    let alone = of(&after, Product::Prepayment, Some(&known()), vec![midterm]);
    assert!(matches!(alone.follows, Follows::NotNeeded { .. }));
}

#[test]
fn a_base_may_fall_although_the_price_does_not() {
    let mut book = known();
    book.fy_base = Some(FyBase::Scheduled);
    let with = |first: i64| {
        let mut content = amounts(300_000_000, 40_000_000, 30_000_000);
        content.works.period_to = date!(2028 - 02 - 29);
        let line = |year, scheduled| YearAmount {
            year,
            scheduled: yen(scheduled),
            ceiling: yen(scheduled),
        };
        content.works.multi_year = Some(MultiYear {
            obligation: Obligation::Authority,
            years: vec![line(2026, first), line(2027, 300_000_000 - first)],
        });
        content
    };
    let (before, after) = (with(100_000_000), with(70_000_000));
    let check = check_change(&before, &after, Product::Prepayment, Some(&book), &NOW);
    assert!(
        matches!(check.follows, Follows::Return { excess, most, .. }
            if excess == yen(5_000_000) && most == yen(35_000_000)),
        "{:?}",
        check.follows
    );
    let check = check_change(
        &before,
        &with(80_000_000),
        Product::Prepayment,
        Some(&book),
        &NOW,
    );
    assert!(matches!(check.follows, Follows::NotNeeded { .. }));
}

#[test]
fn t12_a_longer_period_needs_a_change_and_a_shorter_one_only_for_money_in_advance() {
    let mut longer = t1();
    longer.works.period_to = date!(2027 - 06 - 30);
    let mut shorter = t1();
    shorter.works.period_to = date!(2027 - 02 - 28);
    let follows = |after: &ApplicationContent, product| {
        of(after, product, Some(&known()), Vec::new()).follows
    };
    assert_eq!(
        follows(&longer, Product::Prepayment),
        Follows::Needed {
            reasons: vec!["保証期限が令和9年3月31日から令和9年6月30日に変わります。".to_owned()]
        }
    );
    assert!(matches!(
        follows(&longer, Product::Contract),
        Follows::Needed { .. }
    ));
    assert!(matches!(
        follows(&shorter, Product::Prepayment),
        Follows::Needed { .. }
    ));
    assert_eq!(
        follows(&shorter, Product::Contract),
        Follows::NotNeeded {
            sentence: "工期が短くなっても、契約保証はいまの保証期限（令和9年3月31日）のままで差し支えありません。".to_owned()
        }
    );
}

#[test]
fn t17_the_form_is_not_judged_again_and_never_changes() {
    // An obligee that takes paper only by now: the electronic guarantee stays electronic.
    let mut after = t1();
    after.works.period_to = date!(2027 - 06 - 30);
    let paper_only = RuleBook::unknown("某市").paper_only();
    let check = of(&after, Product::Prepayment, Some(&paper_only), Vec::new());
    assert_eq!(broken(&check), []);
    prepay(&mut after).common.form = Paper;
    let check = of(&after, Product::Prepayment, Some(&known()), Vec::new());
    assert_eq!(broken(&check), [(RuleId::FormLocked, Outcome::Refuse)]);
    let said = refusals(&check.findings);
    assert_eq!(
        said[0].sentence,
        "同じ保証契約の変更では、証書の形式を変えられません。電子保証(認証キーを含む)のままお申し込みください。"
    );
}

#[test]
fn a_change_of_nothing_is_none() {
    let check = of(&t1(), Product::Prepayment, Some(&known()), Vec::new());
    assert_eq!(broken(&check), [(RuleId::Change, Outcome::Refuse)]);
    // What the certificate prints needs a change certificate, too.
    let mut after = t1();
    after.works.works_name = "市道13号線舗装修繕工事".to_owned();
    let check = of(&after, Product::Contract, Some(&known()), Vec::new());
    assert_eq!(
        check.follows,
        Follows::Needed {
            reasons: vec!["工事名が変わります。".to_owned()]
        }
    );
    assert_eq!(check.follows.code(), "needed");
}

/// T1 as a 変更の申込, asking for what `change` makes of it.
fn asked(product: Product, base: Option<i64>, change: fn(&mut ApplicationContent)) -> Vec<Finding> {
    let t1 = t1();
    let amount = t1.terms(product).unwrap().amount;
    let mut content = t1;
    content.change = Some(crate::domain::content::ChangeTerms {
        changed_on: date!(2026 - 07 - 02),
        reason: "設計変更".to_owned(),
        before: crate::domain::content::Before {
            product,
            seq: 1,
            price: content.works.price,
            amount,
            period_from: content.works.period_from,
            period_to: content.works.period_to,
            until: content.works.period_to,
            fy_base: None,
            base: base.map(yen),
        },
    });
    change(&mut content);
    check(&content, Some(&known()), &NOW)
}

#[test]
fn an_application_for_a_change_stops_where_none_is_needed() {
    let price_only = asked(Product::Prepayment, None, |it| {
        it.works.price = yen(62_000_000)
    });
    assert_eq!(
        said(&refusals(&price_only)),
        one(
            Field::Price,
            "前払金保証の変更手続きは不要です。請負金額だけの変更は、この保証契約の効力に影響を及ぼしません（証書の注2）。"
        )
    );
    let nothing = asked(Product::Prepayment, None, |_| {});
    assert_eq!(
        said(&refusals(&nothing)),
        one(
            Field::Price,
            "変更するところがありません。変わった請負金額・工期・保証金額を入力してください。"
        )
    );
    let lower = asked(Product::Prepayment, None, |it| {
        it.works.price = yen(36_000_000)
    });
    assert!(said(&refusals(&lower))[0].1.contains("2,000,000円を返還し"));
    let right = asked(Product::Prepayment, None, |it| {
        it.works.price = yen(36_000_000);
        prepay(it).common.amount = yen(18_000_000);
    });
    assert_eq!(said(&refusals(&right)), []);
    // Neither is whether the obligee takes electronic certificates judged again.
    assert!(
        right
            .iter()
            .all(|it| it.rule != RuleId::ElectronicAcceptance)
    );
    let contract = asked(Product::Contract, None, |it| {
        it.works.price = yen(62_000_000)
    });
    assert_eq!(said(&refusals(&contract)), []);
    assert_eq!(warnings(&contract).len(), 1);
}

#[test]
fn a_year_whose_amount_fell_is_told_by_what_the_rates_were_of() {
    // The lines of the years are changed with the form: only `base` remembers what they were.
    let fell = asked(Product::Prepayment, Some(60_000_000), |it| {
        it.works.price = yen(39_000_000);
    });
    let sentences = said(&refusals(&fell));
    assert!(
        sentences[0].1.contains("500,000円を返還し"),
        "{sentences:?}"
    );
}
