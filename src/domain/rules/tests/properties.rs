//! What holds for every amount, rate and unit.

use proptest::prelude::*;

use super::*;

fn rate_and_unit() -> impl Strategy<Value = (u32, u32, u32)> {
    (
        1_u32..=100,
        proptest::sample::select(vec![1_u32, 1_000, 10_000, 100_000]),
    )
        .prop_flat_map(|(denominator, unit)| (1..=denominator, Just(denominator), Just(unit)))
}

fn known(numerator: u32, denominator: u32, unit: u32) -> RuleBook {
    let rate = Fraction::new(numerator, denominator);
    RuleBook::unknown("某市")
        .rates(Rates {
            prepayment_works: rate,
            contract: rate,
            ..Rates::default()
        })
        .rounding(RoundingUnit::new(unit).unwrap())
}

fn breaks(content: &ApplicationContent, book: &RuleBook, field: Field) -> bool {
    refused(content, Some(book))
        .iter()
        .any(|(where_, _)| *where_ == field)
}

proptest! {
    /// The suggested ceiling is right, one unit more is not, and the sentence names the ceiling.
    #[test]
    fn the_named_ceiling_passes_and_one_unit_more_fails(
        price in 1_000_000_i64..=9_000_000_000_000,
        (numerator, denominator, unit) in rate_and_unit(),
    ) {
        let book = known(numerator, denominator, unit);
        let mut content = amounts(price, 1, price);
        let limit = prepayment_limit(&AmountFacts::of(&content), Some(&book)).unwrap();
        prop_assume!(limit.ceiling > Yen::ZERO);
        prepay(&mut content).common.amount = limit.ceiling;
        prop_assert!(!breaks(&content, &book, Field::PrepaymentAmount));
        prepay(&mut content).common.amount = yen(limit.ceiling.get() + i64::from(unit));
        prop_assert!(breaks(&content, &book, Field::PrepaymentAmount));
        let named = format!("前払金保証金額は、{}円以下にしてください", limit.ceiling);
        let sentences = refused(&content, Some(&book));
        prop_assert!(
            sentences.iter().any(|(_, sentence)| sentence.starts_with(&named)),
            "{:?}", sentences
        );
    }

    /// The rule is the exact fraction, whatever the shown per cent says.
    #[test]
    fn rates_agree_with_exact_fractions(
        price in 1_000_000_i64..=9_000_000_000_000,
        (numerator, denominator, _) in rate_and_unit(),
        near in -3_i64..=3,
    ) {
        let book = known(numerator, denominator, 1);
        let share = i128::from(price) * i128::from(numerator) / i128::from(denominator);
        let amount = (i64::try_from(share).unwrap() + near).clamp(1, price);
        let content = amounts(price, amount, amount);
        // Compared by whole part and remainder, without the product of the rule.
        let (whole, rest) = (price / i64::from(denominator), price % i64::from(denominator));
        let part = i128::from(whole) * i128::from(numerator);
        let over_part = i128::from(rest) * i128::from(numerator);
        let excess = (i128::from(amount) - part) * i128::from(denominator) - over_part;
        prop_assert_eq!(breaks(&content, &book, Field::PrepaymentAmount), excess > 0);
        prop_assert_eq!(breaks(&content, &book, Field::ContractAmount), excess < 0);
    }

    /// The named floor is right, one yen less is not.
    #[test]
    fn the_named_floor_passes_and_one_yen_less_fails(
        price in 1_000_000_i64..=9_000_000_000_000,
        (numerator, denominator, unit) in rate_and_unit(),
    ) {
        let book = known(numerator, denominator, unit);
        let mut content = amounts(price, 1, price);
        let floor = contract_floor(&AmountFacts::of(&content), Some(&book)).unwrap();
        guarantee(&mut content).common.amount = floor.floor;
        prop_assert!(!breaks(&content, &book, Field::ContractAmount));
        guarantee(&mut content).common.amount = yen(floor.floor.get() - 1);
        prop_assert!(breaks(&content, &book, Field::ContractAmount));
    }

    /// The shown ceiling of a midterm prepayment is right and one unit more is not, whatever was
    /// prepaid; where there is none, no number is named.
    #[test]
    fn the_midterm_ceiling_passes_and_one_unit_more_fails(
        price in 1_000_000_i64..=9_000_000_000_000,
        prepaid_share in 0_i64..=70,
        unit in proptest::sample::select(vec![1_u32, 10_000, 100_000]),
        cap in proptest::option::of(1_i64..=1_000_000_000),
    ) {
        let mut book = midterm::known().rounding(RoundingUnit::new(unit).unwrap());
        if let Some(cap) = cap {
            book = book.condition(
                crate::domain::rulebook::Condition::of(Product::Midterm).cap(yen(cap)),
            );
        }
        let mut content = midterm::t5();
        content.works.price = yen(price);
        let prepaid = price / 100 * prepaid_share;
        midterm::midterm(&mut content).prepaid = yen(prepaid);
        let issued = || vec![midterm::standing(prepaid)];
        let limit = midterm_limit(&content, Some(&book), &midterm::circumstances(issued())).unwrap();
        // Reckoned the long way, in whole numbers of the price.
        let two = i128::from(price) * 2 / 10;
        let six = i128::from(price) * 6 / 10 - i128::from(prepaid);
        let right = two.min(six).min(cap.map_or(i128::MAX, i128::from)).max(0);
        let right = right / i128::from(unit) * i128::from(unit);
        prop_assert_eq!(i128::from(limit.ceiling.get()), right);
        let mut broken = |amount: Yen| {
            midterm::midterm(&mut content).common.amount = amount;
            midterm::broken(&content, Some(&book), issued())
        };
        if limit.ceiling > Yen::ZERO {
            prop_assert_eq!(broken(limit.ceiling), []);
        }
        let found = broken(yen(limit.ceiling.get() + i64::from(unit)));
        prop_assert!(!found.is_empty());
        for (_, outcome, sentence) in found {
            prop_assert_eq!(outcome, Outcome::Refuse);
            if limit.ceiling == Yen::ZERO {
                prop_assert!(sentence.contains("ご利用いただけません"), "{}", sentence);
            } else {
                let named = format!("中間前払金保証金額は、{}円以下にしてください", limit.ceiling);
                prop_assert!(sentence.starts_with(&named), "{}", sentence);
            }
        }
    }

    /// Before the first day less than half of the days are over, on it at least half.
    #[test]
    fn the_first_day_is_the_first_on_which_half_is_over(length in 1_i64..=2_000) {
        let mut content = midterm::t5();
        let from = content.works.period_from;
        content.works.period_to = from + time::Duration::days(length - 1);
        let half = half_time(&content.works, date!(2026 - 11 - 20)).unwrap();
        prop_assert_eq!(half.days, length);
        match half.first_day {
            None => prop_assert_eq!(length, 1),
            Some(first) => {
                // Whole days that lie behind a day.
                let behind = |day: time::Date| (day - from).whole_days();
                prop_assert!(behind(first) * 2 >= length);
                prop_assert!(behind(first.previous_day().unwrap()) * 2 < length);
                prop_assert!(first <= content.works.period_to);
            }
        }
    }

    /// What a decrease lets keep is right, one yen more is not, and what is to be returned makes up
    /// the difference.
    #[test]
    fn what_may_be_kept_and_what_is_returned_make_up_the_prepayment(
        price in 1_000_000_i64..=1_000_000_000_000,
        share in 1_i64..=99,
    ) {
        let before = amounts(price, price / 10 * 4, price);
        let new = price / 100 * share;
        prop_assume!(new > 10);
        let lowered = |amount: i64| {
            let after = amounts(new, amount, new);
            check_change(&before, &after, Product::Prepayment, None, &NOW)
        };
        let held = price / 10 * 4;
        prop_assume!(held <= new);
        match lowered(held).follows {
            Follows::Return { excess, most, .. } => {
                prop_assert_eq!(excess.get() + most.get(), held);
                prop_assert!(most.get() * 2 <= new && (most.get() + 1) * 2 > new);
                let after = lowered(most.get());
                let needed = matches!(after.follows, Follows::Needed { .. });
                prop_assert!(needed, "{:?}", after.follows);
                let more = lowered(most.get() + 1);
                let one = matches!(more.follows, Follows::Return { excess, .. } if excess == yen(1));
                prop_assert!(one);
            }
            follows => {
                let nothing = matches!(follows, Follows::NotNeeded { .. });
                prop_assert!(nothing, "{:?}", follows);
                prop_assert!(held * 2 <= new);
            }
        }
    }

    /// However much a rule counts, the same rules are broken by the same amounts.
    #[test]
    fn weights_change_no_verdict_of_what_is_right(
        price in 1_000_000_i64..=1_000_000_000,
        amount in 1_i64..=1_000_000_000,
        weights in proptest::collection::vec((0_usize..RuleId::ALL.len(), 0_usize..3), 0..6),
    ) {
        let plain = known(4, 10, 10_000);
        let mut weighed = plain.clone();
        for (rule, weight) in weights {
            let rule = RuleId::ALL[rule];
            if rule.is_graded() {
                weighed = weighed.severity(rule, crate::domain::rulebook::Severity::ALL[weight]);
            }
        }
        let content = amounts(price, amount, amount);
        let broken = |book: &RuleBook| -> Vec<_> {
            check(&content, Some(book), &NOW)
                .into_iter()
                .filter(|it| it.outcome > Outcome::Unchecked)
                .map(|it| (it.rule, it.product))
                .collect()
        };
        prop_assert_eq!(broken(&plain), broken(&weighed));
    }

    /// No day, however odd, makes a rule fall over.
    #[test]
    fn any_days_are_answered(
        days in proptest::collection::vec(-9_999_i32..=9_999, 6),
        years in proptest::collection::vec(1_868_i32..=2_100, 0..7),
        amount in 0_i64..=9_999_999_999_999,
    ) {
        let day = |index: usize| time::Date::from_ordinal_date(days[index], 1 + (days[index].unsigned_abs() % 365) as u16).unwrap();
        let mut content = midterm::t5();
        content.prepayment = t1().prepayment;
        content.works.price = yen(amount);
        content.works.period_from = day(0);
        content.works.period_to = day(1);
        content.works.contract_date = Some(day(2));
        midterm::midterm(&mut content).approved_on = day(3);
        if !years.is_empty() {
            content.works.multi_year = Some(crate::domain::works::MultiYear {
                obligation: crate::domain::works::Obligation::Authority,
                years: years.iter().map(|year| crate::domain::works::YearAmount {
                    year: *year,
                    scheduled: yen(amount),
                    ceiling: yen(amount),
                }).collect(),
            });
        }
        let circumstances = Circumstances {
            today: day(4),
            applied_on: day(5),
            lump_sum_agreement: false,
            guarantees: vec![midterm::standing(1)],
        };
        for finding in check(&content, Some(&midterm::known()), &circumstances) {
            prop_assert!(!finding.sentence.is_empty() && !finding.source.is_empty());
        }
        for product in Product::ALL {
            check_change(&t1(), &content, product, None, &circumstances);
            before_issue(&content, product, day(5), day(4));
        }
    }
}
