use super::*;
use crate::demo::books::books;

fn typed(pairs: &[(&str, &str)]) -> TypedForm {
    pairs.iter().copied().collect()
}

/// A book with every part filled in.
fn full() -> RuleBook {
    let mut rule = ElectronicRule::new(Basis::BidDate, era::parse_date("2027/04/01").ok())
        .only(ContractKind::Consulting);
    rule.until = era::parse_date("2028/03/31").ok();
    rule.sections = vec!["契約課".to_owned(), "検査課".to_owned()];
    rule.except = vec!["工事監理".to_owned()];
    rule.covers_changes_of_older = true;
    let mut book = RuleBook::unknown("見本町").electronic(rule);
    book.kinds = vec![OwnKind {
        name: "工事監理".to_owned(),
        of: ContractKind::Consulting,
        prepayment: Some(Fraction::tenths(2)),
    }];
    for (index, rate) in rates_mut(&mut book.rates).into_iter().enumerate() {
        *rate = Fraction::new(u32::try_from(index).unwrap() + 1, 20);
    }
    book.rounding = Some(RoundingUnit::TEN_THOUSAND);
    book.rounding_midterm = Some(RoundingUnit::NONE);
    book.conditions = vec![
        Condition::of(Product::Prepayment)
            .only(ContractKind::Works)
            .minimum(Minimum {
                price: PriceKind::Planned,
                amount: Yen::new(1_300_000).unwrap(),
                more_than: true,
            })
            .days(90),
        Condition::of(Product::Midterm).cap(Yen::new(50_000_000).unwrap()),
    ];
    book.midterm = Some(MidtermPolicy::Chosen);
    book.fy_base = Some(FyBase::Ceiling);
    for (index, rule) in graded().enumerate() {
        book.severities.insert(rule, Severity::ALL[index % 3]);
    }
    let mut entry = HandIn::new(Product::Midterm)
        .to("契約課")
        .by(Channel::Form)
        .subject("【中間】{工事名}")
        .note("平日だけ");
    entry.phone = true;
    entry.with_claim = true;
    entry.address = Some("keiyaku@example.jp".to_owned());
    book.hand_in = vec![entry];
    book.source("町の案内", era::parse_date("2027/01/05").ok())
}

#[test]
fn a_book_written_out_reads_as_itself() {
    let span = Span {
        valid_from: era::parse_date("2027/04/01").ok(),
        valid_until: era::parse_date("2028/03/31").ok(),
    };
    for book in books().into_iter().map(|it| it.book).chain([full()]) {
        let form = write(&book, span);
        let (draft, faults) = read(&form, &book.body);
        assert_eq!(faults, []);
        assert_eq!(draft, Draft { book, span });
    }
}

#[test]
fn every_field_that_is_written_is_a_field_of_the_form() {
    let form = write(&full(), Span::default());
    let names = names(&form);
    for (name, _) in form.iter() {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field() {
    let form = typed(&[
        ("valid_from", "2027/04/01"),
        ("valid_until", "2027/03/31"),
        ("electronic", "from"),
        // The first row is blank, so the second is the book's first rule.
        ("electronic-rules-1-works", "on"),
        ("electronic-rules-1-contract", "on"),
        ("electronic-rules-1-basis", "contract_date"),
        ("electronic-rules-1-from", "2027/04/01"),
        ("electronic-rules-1-until", "2027/03/31"),
        ("electronic-rules-1-except", "工事監理"),
        ("rates-midterm", "10分の11"),
        ("rates-contract", "半分"),
        ("rounding", "0"),
        ("kinds-0-prepayment", "3/10"),
        ("conditions-1-product", "prepayment"),
        ("conditions-1-minimum", "-5"),
        ("conditions-0-days", "0"),
        ("midterm", "sometimes"),
        ("checked_on", "平成31年5月1日"),
    ]);
    let (_, faults) = read(&form, "見本町");
    let mut places: Vec<_> = faults.iter().map(|fault| fault.place.as_str()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "checked_on",
            "conditions-0-days",
            "conditions-0-minimum",
            "conditions-0-product",
            "conditions-1-minimum",
            "electronic-rules-1-except",
            "electronic-rules-1-until",
            "kinds-0-name",
            "kinds-0-of",
            "midterm",
            "rates-contract",
            "rates-midterm",
            "rounding",
            "valid_until",
        ]
    );
    for fault in faults {
        assert!(fault.sentence.ends_with('。'), "{}", fault.sentence);
    }
}

#[test]
fn an_electronic_obligee_needs_a_rule() {
    let (_, faults) = read(&typed(&[("electronic", "from")]), "見本町");
    assert_eq!(faults[0].place, "electronic");
    let (_, faults) = read(&typed(&[("electronic", "perhaps")]), "見本町");
    assert_eq!(faults[0].place, "electronic");
}

#[test]
fn rates_are_read_as_people_write_them() {
    for (typed, expected) in [
        ("10分の4", Some((4, 10))),
        ("１０分の４", Some((4, 10))),
        ("4/10", Some((4, 10))),
        ("40%", Some((40, 100))),
        ("３３．３％", Some((333, 1000))),
        ("10分の10", Some((10, 10))),
        ("10分の11", None),
        ("4/0", None),
        ("101%", None),
        ("0.4", None),
        ("4割", None),
        ("", None),
        ("-1/10", None),
    ] {
        let rate = parse_rate(typed).map(|rate| (rate.numerator(), rate.denominator()));
        assert_eq!(rate, expected, "{typed}");
    }
}

#[test]
fn rows_grow_one_by_one_up_to_a_bound() {
    let mut form = TypedForm::default();
    assert_eq!(rows(&form, "conditions"), 2);
    for _ in 0..30 {
        add_row(&mut form, "conditions");
    }
    assert_eq!(rows(&form, "conditions"), MOST_ROWS);
    form.set("conditions-rows", "-7");
    assert_eq!(rows(&form, "conditions"), 2);
}
