//! Ranges, limits shown beside a field, obligees nobody knows.

use super::*;

#[test]
fn an_amount_lies_between_one_yen_and_the_price() {
    let content = amounts(50_000_000, 0, 0);
    let sentences: Vec<_> = refused(&content, None)
        .into_iter()
        .map(|(_, sentence)| sentence)
        .collect();
    assert_eq!(
        sentences,
        [
            "前払金保証金額は、1円以上の額を入力してください。",
            "契約保証金額は、1円以上の額を入力してください。",
        ]
    );
    let content = amounts(50_000_000, 20_000_000, 50_000_001);
    assert_eq!(
        refused(&content, None),
        one(
            Field::ContractAmount,
            "契約保証金額は、請負金額50,000,000円以下にしてください。いまの額は1円多くなっています。"
        )
    );
}

#[test]
fn a_price_too_small_for_the_rounding_says_so() {
    let content = amounts(240_000, 90_000, 24_000);
    assert_eq!(
        refused(&content, Some(&book("みなと野市"))),
        one(
            Field::PrepaymentAmount,
            "この請負金額では前払金の上限が0円になるため、前払金保証をお申し込みいただけません（みなと野市のきまり：請負金額の10分の4・10万円未満切捨て）。"
        )
    );
}

#[test]
fn an_obligee_nobody_registered_only_warns() {
    let content = t1();
    assert_eq!(refused(&content, None), []);
    assert_eq!(
        warned(&content, None),
        [
            (
                Field::PrepaymentForm,
                "発注者の電子保証対応が未登録です。発注者へご確認ください。".to_owned()
            ),
            (
                Field::ContractForm,
                "発注者の電子保証対応が未登録です。発注者へご確認ください。".to_owned()
            ),
        ]
    );
    let limit = prepayment_limit(&AmountFacts::of(&content), None).unwrap();
    assert_eq!(limit.text(), "目安 20,000,000円（一般の10分の4）");
    let floor = contract_floor(&AmountFacts::of(&content), None).unwrap();
    assert_eq!(floor.text(), "目安 5,000,000円以上（一般の10分の1）");
}

#[test]
fn the_limits_wait_for_what_they_are_reckoned_from() {
    let facts = AmountFacts {
        kind: None,
        price: Some(yen(50_000_000)),
        fy_base: None,
        low_price: false,
        detail: None,
    };
    assert_eq!(prepayment_limit(&facts, None), None);
    let facts = AmountFacts {
        kind: Some(ContractKind::Works),
        price: None,
        ..facts
    };
    assert_eq!(prepayment_limit(&facts, None), None);
    assert_eq!(contract_floor(&facts, None), None);
}
