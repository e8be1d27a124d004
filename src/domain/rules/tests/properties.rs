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
}
