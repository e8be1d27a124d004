use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::demo::books::books;
use crate::domain::money::Yen;

fn facts(body: &str) -> Vec<(String, String)> {
    books()
        .into_iter()
        .find(|it| it.body == body)
        .map(|it| it.book.facts())
        .unwrap()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_book_reads_as_a_clerk_would_say_it() {
    assert_eq!(
        facts("みなと野市"),
        owned(&[
            ("電子保証", "工事だけ。契約日が2025/04/01以降"),
            ("前払金の割合", "10分の4（低入札のとき10分の2）"),
            ("端数", "10万円未満切捨て"),
            ("契約保証", "10分の1（低入札のとき10分の3）"),
            ("減額のとき残せる割合", "10分の5"),
            ("提出（前払金保証）", "工事担当課へ電子メール"),
            ("提出（契約保証）", "電子契約システム（契約課）"),
            ("出典", "見本のきまり（架空の発注者）（2025/04/01 確認）"),
        ])
    );
    let suido = facts("神奈川県内広域水道企業団");
    assert!(suido.contains(&("提出".to_owned(), "総務部契約検査課へ電子メール".to_owned())));
    assert!(suido.contains(&("端数".to_owned(), "未登録".to_owned())));
    assert_eq!(facts("松原村")[0].1, "対応していません（証書(紙)だけ）");
    assert_eq!(facts("松原村")[2].1, "1万円未満切捨て");
    assert_eq!(facts("北の町")[1].1, "工事 10分の4、業務委託 10分の3");
    assert_eq!(facts("北の町")[2].1, "切捨てなし");
}

#[test]
fn a_row_of_the_list_tells_days_contracts_and_way() {
    let rows: Vec<_> = books()
        .iter()
        .map(|it| it.book.listing())
        .map(|row| (row.accepts, row.dates, row.contracts, row.hand_in))
        .collect();
    assert_eq!(
        rows[0],
        (
            Some(true),
            "2026/04/01から".to_owned(),
            "駒ヶ根市が認めた工事・業務委託".to_owned(),
            "電子メール".to_owned()
        )
    );
    assert_eq!(rows[1].1, "期日の定めなし");
    assert_eq!(rows[2].3, "発注者の案内による");
    assert_eq!(
        rows[4],
        (
            Some(true),
            "契約日が2025/04/01以降".to_owned(),
            "工事だけ".to_owned(),
            "前払金保証：工事担当課へ電子メール、契約保証：電子契約システム（契約課）".to_owned()
        )
    );
    assert_eq!(rows[5].0, Some(false));
    assert_eq!(RuleBook::unknown("某市").listing().accepts, None);
}

#[test]
fn every_book_survives_being_stored() {
    for it in books() {
        let text = serde_json::to_string(&it.book).unwrap();
        assert_eq!(serde_json::from_str::<RuleBook>(&text).unwrap(), it.book);
        let value = serde_json::to_value(&it.book).unwrap();
        assert_eq!(serde_json::from_value::<RuleBook>(value).unwrap(), it.book);
    }
}

#[test]
fn a_stored_book_keeps_its_shape_and_may_leave_out_what_it_does_not_know() {
    let short = json!({"body": "某市", "electronic": {"acceptance": "paper_only"}});
    assert_eq!(
        serde_json::from_value::<RuleBook>(short).unwrap(),
        RuleBook::unknown("某市").paper_only()
    );
    let minato = &books()[4].book;
    let stored = serde_json::to_value(minato).unwrap();
    assert_eq!(
        stored["electronic"],
        json!({"acceptance": "from", "rules": [{
            "kinds": ["works"], "products": ["prepayment", "midterm", "contract"],
            "basis": "contract_date", "from": "2025-04-01", "until": null, "approved": null,
            "own_kinds": [], "except": [], "sections": [], "covers_changes_of_older": false
        }]})
    );
    assert_eq!(stored["rounding"], json!(100_000));
    assert_eq!(
        stored["rates"]["prepayment_works"],
        json!({"numerator": 4, "denominator": 10})
    );
}

#[test]
fn impossible_numbers_are_not_read() {
    for rate in [
        json!({"numerator": 1, "denominator": 0}),
        json!({"numerator": 11, "denominator": 10}),
        json!({"numerator": -1, "denominator": 10}),
    ] {
        assert!(serde_json::from_value::<Fraction>(rate).is_err());
    }
    assert!(serde_json::from_value::<RoundingUnit>(json!(0)).is_err());
}

#[test]
fn units_are_named_as_people_name_them() {
    let words = |yen| RoundingUnit::new(yen).unwrap().words();
    assert_eq!(words(1), None);
    assert_eq!(words(1_000).unwrap(), "1,000円未満切捨て");
    assert_eq!(words(10_000).unwrap(), "1万円未満切捨て");
    assert_eq!(words(1_000_000).unwrap(), "100万円未満切捨て");
}

#[test]
fn no_entry_of_the_demo_carries_an_address_or_a_number_to_call() {
    for it in books() {
        assert_eq!(it.book.body, it.body);
        for entry in &it.book.hand_in {
            assert_eq!(entry.address, None, "{}", it.body);
        }
        let stored = serde_json::to_string(&it.book).unwrap();
        assert!(!stored.contains('@'), "{stored}");
    }
}

proptest! {
    /// floor and ceil against the defining inequalities, up to thirteen digits.
    #[test]
    fn parts_are_exact(base in 0_i64..=9_999_999_999_999, denominator in 1_u32..=1_000, share in 0.0..=1.0_f64) {
        let numerator = (f64::from(denominator) * share) as u32;
        let rate = Fraction::new(numerator, denominator).unwrap();
        let base = Yen::new(base).unwrap();
        let exact = i128::from(base.get()) * i128::from(numerator);
        let by = i128::from(denominator);
        let floor = i128::from(rate.floor_of(base).get());
        prop_assert!(floor * by <= exact && exact < (floor + 1) * by);
        let ceil = i128::from(rate.ceil_of(base).get());
        prop_assert!((ceil - 1) * by < exact && exact <= ceil * by);
    }

    #[test]
    fn cutting_leaves_a_multiple_just_below(amount in 0_i64..=9_999_999_999_999, unit in 1_u32..=1_000_000) {
        let cut = RoundingUnit::new(unit).unwrap().cut(Yen::new(amount).unwrap()).get();
        prop_assert_eq!(cut % i64::from(unit), 0);
        prop_assert!(cut <= amount && amount - cut < i64::from(unit));
    }
}
