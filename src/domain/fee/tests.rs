use proptest::prelude::*;
use serde_json::json;
use time::macros::date;

use super::*;
use crate::domain::money::Yen;

fn yen(value: i64) -> Yen {
    Yen::new(value).unwrap()
}

fn table(value: serde_json::Value) -> FeeTable {
    serde_json::from_value(value).unwrap()
}

fn one_rate(ppm: i64, rounding: &str) -> FeeTable {
    table(json!({
        "name": "一律", "mode": "flat", "rounding": rounding, "refund": "none",
        "brackets": [{ "over": 0, "up_to": null, "rate_ppm": ppm }],
    }))
}

fn marginal() -> FeeTable {
    table(json!({
        "name": "DEMO", "mode": "marginal", "rounding": "floor", "refund": "pro_rata_days", "minimum": 1_000,
        "brackets": [
            { "over": 0, "up_to": 10_000_000, "rate_ppm": 1_800 },
            { "over": 10_000_000, "up_to": 100_000_000, "rate_ppm": 1_200 },
            { "over": 100_000_000, "up_to": null, "rate_ppm": 800, "base_fee": 500 },
        ],
    }))
}

fn reservation() -> FeeTable {
    table(json!({
        "name": "DEMO", "mode": "flat", "rounding": "floor", "refund": "full_until_start", "tax_ppm": 100_000,
        "brackets": [{ "over": 0, "up_to": null, "rate_ppm": 0, "base_fee": 7_059 }],
    }))
}

fn charged(table: &FeeTable, amount: i64) -> (i64, i64, i64) {
    let fee = fee(table, yen(amount));
    (fee.amount.get(), fee.tax.get(), fee.total.get())
}

fn steps(lines: &[Line]) -> Vec<(&'static str, String)> {
    lines
        .iter()
        .map(|line| (line.kind(), line.exact()))
        .collect()
}

/// T5: 12,000,000 at 0.065 %.
#[test]
fn t5_midterm_costs_650_millionths() {
    for rounding in ["floor", "half_up"] {
        assert_eq!(
            charged(&one_rate(650, rounding), 12_000_000),
            (7_800, 0, 7_800)
        );
        assert_eq!(
            charged(&one_rate(650, rounding), 10_000_000),
            (6_500, 0, 6_500)
        );
    }
}

/// T7: 2,246.855 yen.
#[test]
fn t7_parts_of_a_yen_go_as_the_table_says() {
    assert_eq!(charged(&one_rate(650, "floor"), 3_456_700).0, 2_246);
    let half_up = fee(&one_rate(650, "half_up"), yen(3_456_700));
    assert_eq!(half_up.amount.get(), 2_247);
    let read: Vec<_> = half_up
        .lines
        .iter()
        .map(|line| format!("{} {} {}", line.label(), line.working(), line.value()))
        .collect();
    assert_eq!(
        read,
        [
            "保証金額  3,456,700円",
            "区分（金額にかかわらず） この区分で数える金額 3,456,700円",
            "料率 650ppm 0.065％",
            "金額×料率 3,456,700円 × 0.065％ 2,246.855円",
            "端数処理（1円未満四捨五入） 2,246.855円 2,247円",
        ]
    );
    assert_eq!(
        charged(&one_rate(500_000, "half_up"), 1).0,
        1,
        "0.5 goes up"
    );
}

/// What people read: a line for each bracket, and nothing that changes nothing; the sum and the
/// rounding that took place stay, so that the yen can be taken again by hand.
#[test]
fn the_working_is_told_shortly_and_can_still_be_taken_again_by_hand() {
    let read = |lines: &[Line]| -> Vec<String> {
        let steps = told(lines).into_iter();
        let words = steps.map(|step| format!("{}|{}|{}", step.label, step.working, step.value));
        words.collect()
    };
    assert_eq!(
        read(&fee(&marginal(), yen(100_000_001)).lines),
        [
            "保証金額||100,000,001円",
            "10,000,000円以下の部分|10,000,000円 × 0.18％|18,000円",
            "10,000,000円を超え100,000,000円以下の部分|90,000,000円 × 0.12％|108,000円",
            "100,000,000円を超える部分|1円 × 0.08％|0.0008円",
            "定額||500円",
            "合計||126,500.0008円",
            "端数処理（1円未満切捨て）|126,500.0008円|126,500円",
        ]
    );
    assert_eq!(
        read(&fee(&marginal(), yen(500_000)).lines),
        [
            "保証金額||500,000円",
            "全額（10,000,000円以下）|500,000円 × 0.18％|900円",
            "最低保証料|900円より多いため|1,000円",
        ]
    );
    assert_eq!(
        read(&fee(&reservation(), yen(4_500_000)).lines),
        [
            "保証金額||4,500,000円",
            "定額||7,059円",
            "消費税（10％・1円未満切捨て）|7,059円 × 10％|705円",
        ]
    );
    let change = difference(&one_rate(650, "floor"), yen(10_000_000), yen(12_000_000));
    assert_eq!(
        read(&change.lines),
        [
            "変更後の保証料||",
            "保証金額||12,000,000円",
            "保証金額の全額|12,000,000円 × 0.065％|7,800円",
            "変更前の保証料||",
            "保証金額||10,000,000円",
            "保証金額の全額|10,000,000円 × 0.065％|6,500円",
            "差額|7,800円 － 6,500円|1,300円",
        ]
    );
}

#[test]
fn marginal_brackets_add_their_parts_and_round_once() {
    let table = marginal();
    for (amount, expected) in [
        (1, 1_000),
        (555_555, 1_000),
        (555_556, 1_000),
        (556_112, 1_001),
        (10_000_000, 18_000),
        (10_000_001, 18_000),
        (20_000_000, 30_000),
        (100_000_000, 126_000),
        (100_000_001, 126_500),
        (101_000_000, 127_300),
    ] {
        assert_eq!(charged(&table, amount).0, expected, "{amount}");
    }
    assert_eq!(
        steps(&fee(&table, yen(100_000_001)).lines),
        [
            ("base", "100000001".to_owned()),
            ("bracket", "10000000".to_owned()),
            ("rate", "1800".to_owned()),
            ("product", "18000".to_owned()),
            ("bracket", "90000000".to_owned()),
            ("rate", "1200".to_owned()),
            ("product", "108000".to_owned()),
            ("bracket", "1".to_owned()),
            ("rate", "800".to_owned()),
            ("product", "0.0008".to_owned()),
            ("fixed", "500".to_owned()),
            ("sum", "126500.0008".to_owned()),
            ("rounding", "126500".to_owned()),
            ("minimum", "126500".to_owned()),
        ]
    );
}

/// Two parts that would each lose half a yen lose it together only once.
#[test]
fn each_bracket_is_not_rounded_on_its_own() {
    let halves = table(json!({
        "name": "半円", "mode": "marginal", "rounding": "floor", "refund": "none",
        "brackets": [
            { "over": 0, "up_to": 1, "rate_ppm": 500_000 },
            { "over": 1, "up_to": null, "rate_ppm": 500_000 },
        ],
    }));
    assert_eq!(charged(&halves, 2).0, 1);
}

#[test]
fn only_a_reservation_bears_tax_rounded_down_on_a_line_of_its_own() {
    assert_eq!(charged(&reservation(), 5_000_000), (7_059, 705, 7_764));
    let lines = fee(&reservation(), yen(5_000_000)).lines;
    let tax = lines.last().unwrap();
    assert_eq!(
        (tax.label(), tax.working(), tax.value()),
        (
            "消費税（10％・1円未満切捨て）".to_owned(),
            "7,059円 × 10％".to_owned(),
            "705円".to_owned()
        )
    );
    let mut taxed = serde_json::to_value(marginal()).unwrap();
    taxed["tax_ppm"] = json!(100_000);
    let faults = FeeTable::from_json(taxed, FeeProduct::Prepayment).unwrap_err();
    assert_eq!(faults[0].place, Place::Tax);
    assert!(faults[0].sentence.contains("消費税がかかりません"));
    let untaxed = serde_json::to_value(one_rate(650, "floor")).unwrap();
    let faults = FeeTable::from_json(untaxed, FeeProduct::Reservation).unwrap_err();
    assert!(faults[0].sentence.contains("消費税がかかります"));
}

#[test]
fn a_change_costs_what_the_fees_differ_by() {
    let up = difference(&marginal(), yen(20_000_000), yen(24_800_000));
    assert_eq!((up.amount, up.tax, up.total()), (5_760, 0, 5_760));
    let down = difference(&marginal(), yen(20_000_000), yen(18_000_000));
    assert_eq!(down.amount, -2_400);
    let last = down.lines.last().unwrap();
    assert_eq!(
        (last.working(), last.value()),
        ("27,600円 － 30,000円".to_owned(), "△2,400円".to_owned())
    );
    assert_eq!(
        down.lines.iter().filter(|line| line.is_heading()).count(),
        2
    );
}

#[test]
fn a_termination_gives_back_by_the_tables_policy() {
    let (from, until) = (date!(2026 - 07 - 01), date!(2027 - 03 - 31));
    let back = |policy: &str, on| {
        let mut table = marginal();
        table.refund = RefundPolicy::from_code(policy).unwrap();
        termination_refund(&table, yen(30_000), from, until, on)
            .amount
            .get()
    };
    // 274 days; 90 of them (January to March) are left after the last of December.
    let end_of_year = date!(2026 - 12 - 31);
    assert_eq!(
        back("pro_rata_days", end_of_year),
        9_854,
        "9,854.01 rounded down"
    );
    assert_eq!(back("pro_rata_days", until), 0);
    assert_eq!(back("pro_rata_days", date!(2027 - 04 - 10)), 0);
    assert_eq!(back("pro_rata_days", date!(2026 - 06 - 30)), 30_000);
    assert_eq!(back("pro_rata_days", date!(2026 - 05 - 01)), 30_000);
    assert_eq!(back("none", date!(2026 - 05 - 01)), 0);
    assert_eq!(back("full_until_start", date!(2026 - 06 - 30)), 30_000);
    assert_eq!(back("full_until_start", from), 0);
    // 30,001 × 90 ÷ 274 = 9,854.34…; half up would not show, 89 days do: 9,744.85…
    let odd = termination_refund(&marginal(), yen(30_001), from, until, date!(2027 - 01 - 01));
    assert_eq!(odd.amount.get(), 9_744, "in the surety's favour");
    let reserved = termination_refund(
        &reservation(),
        yen(7_059),
        from,
        until,
        date!(2026 - 06 - 01),
    );
    assert_eq!((reserved.amount.get(), reserved.tax.get()), (7_059, 705));
}

#[test]
fn a_refund_is_rounded_down_in_the_suretys_favour() {
    let (from, until) = (date!(2026 - 07 - 02), date!(2027 - 03 - 31));
    // 90 of 273 days are left: 11,789.01; one of 273: 0.99.
    for (paid, on, back) in [
        (35_760, date!(2026 - 12 - 31), 11_789),
        (271, date!(2027 - 03 - 30), 0),
        (273, date!(2027 - 03 - 30), 1),
    ] {
        let refund = termination_refund(&marginal(), yen(paid), from, until, on);
        assert_eq!(
            refund.amount.get(),
            back,
            "the refund of {paid} yen was not rounded down"
        );
    }
}

#[test]
fn a_guarantees_fee_bears_no_consumption_tax() {
    for table in [marginal(), one_rate(650, "floor"), one_rate(5_000, "floor")] {
        let fee = fee(&table, yen(20_000_000));
        assert_eq!(
            (fee.tax, fee.total),
            (Yen::ZERO, fee.amount),
            "a guarantee's fee bears consumption tax"
        );
        assert!(steps(&fee.lines).iter().all(|(step, _)| *step != "tax"));
    }
    let taxed = fee(&reservation(), yen(20_000_000));
    assert!(steps(&taxed.lines).iter().any(|(step, _)| *step == "tax"));
}

#[test]
fn lines_are_kept_and_read_as_they_were() {
    let (from, until) = (date!(2026 - 07 - 01), date!(2027 - 03 - 31));
    let refund = termination_refund(&marginal(), yen(30_001), from, until, date!(2027 - 01 - 01));
    for lines in [
        fee(&marginal(), yen(123_456_789)).lines,
        fee(&reservation(), yen(1)).lines,
        difference(&marginal(), yen(3), yen(20_000_001)).lines,
        refund.lines,
    ] {
        let stored = serde_json::to_string(&lines).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Line>>(&stored).unwrap(), lines);
    }
}

#[test]
fn a_falling_edge_is_told_with_both_fees() {
    let falling = table(json!({
        "name": "DEMO", "mode": "flat", "rounding": "floor", "refund": "none",
        "brackets": [
            { "over": 0, "up_to": 5_000_000, "rate_ppm": 5_000 },
            { "over": 5_000_000, "up_to": null, "rate_ppm": 4_500 },
        ],
    }));
    let falls = falling.falls();
    assert_eq!(falls.len(), 1);
    assert_eq!(
        falls[0].sentence(),
        "保証金額5,000,000円では25,000円、5,000,001円では22,500円になり、金額が1円ふえると保証料が2,500円下がります。"
    );
    assert!(marginal().falls().is_empty());
}

fn typed(brackets: &[[&str; 4]]) -> TypedTable {
    TypedTable {
        name: "2027年度".to_owned(),
        mode: "flat".to_owned(),
        brackets: brackets
            .iter()
            .map(|[over, up_to, rate, base_fee]| TypedBracket {
                over: (*over).to_owned(),
                up_to: (*up_to).to_owned(),
                rate: (*rate).to_owned(),
                base_fee: (*base_fee).to_owned(),
            })
            .collect(),
        minimum: String::new(),
        rounding: "floor".to_owned(),
        refund: "none".to_owned(),
        tax: String::new(),
    }
}

fn wrong(brackets: &[[&str; 4]]) -> Vec<(String, String)> {
    let faults = typed(brackets).read(FeeProduct::Prepayment).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.place.field(), fault.sentence))
        .collect()
}

#[test]
fn a_table_is_read_as_people_type_it() {
    let table = typed(&[
        ["", "５００万", "0.4％", ""],
        ["", "", "", ""],
        ["5,000,000", "", "3500ppm", "2,500円"],
    ])
    .read(FeeProduct::Prepayment)
    .unwrap();
    let rates: Vec<_> = table.brackets.iter().map(|it| it.rate_ppm).collect();
    assert_eq!(rates, [4_000, 3_500]);
    assert_eq!(table.brackets[1].base_fee, yen(2_500));
    assert_eq!(
        TypedTable::of(&table).read(FeeProduct::Prepayment),
        Ok(table)
    );
}

#[test]
fn everything_wrong_with_a_table_is_said_at_once_beside_its_field() {
    for (brackets, field, words) in [
        (
            vec![["1", "", "0.1", ""]],
            "over-1",
            "最初の区分は0円超から",
        ),
        (
            vec![["0", "100", "0.1", ""], ["200", "", "0.1", ""]],
            "over-2",
            "すきま",
        ),
        (
            vec![["0", "200", "0.1", ""], ["100", "", "0.1", ""]],
            "over-2",
            "重なっています",
        ),
        (
            vec![
                ["0", "100", "0.1", ""],
                ["100", "50", "0.1", ""],
                ["100", "", "1", ""],
            ],
            "up_to-2",
            "上限が下限より下がっています",
        ),
        (
            vec![
                ["0", "100", "0.1", ""],
                ["100", "200", "0.1", ""],
                ["50", "", "1", ""],
            ],
            "over-3",
            "小さいほうから順に",
        ),
        (
            vec![["0", "100", "0.1", ""]],
            "up_to-1",
            "空欄（上限なし）にしてください",
        ),
        (
            vec![["0", "", "0.1", ""], ["100", "", "0.1", ""]],
            "up_to-1",
            "最後の区分だけ",
        ),
        (
            vec![["0", "", "1000000000ppm", ""]],
            "rate-1",
            "100％（1,000,000ppm）以下",
        ),
        (
            vec![["0", "", "100.0001", ""]],
            "rate-1",
            "100％（1,000,000ppm）以下",
        ),
        (
            vec![["0", "", "0.00001", ""]],
            "rate-1",
            "小数点以下4けたまで",
        ),
        (vec![["0", "", "-1", ""]], "rate-1", "0.065 や 650ppm"),
        (vec![["0", "", "0", ""]], "rate-1", "保証料が0円になります"),
        (
            vec![["0", "", "0", "2,000,000,000"]],
            "base_fee-1",
            "1,000,000,000円以下",
        ),
        (
            vec![["0", "", "100", "1"]],
            "rate-1",
            "13けたに収まりません",
        ),
        (vec![], "over-1", "区分を一つ以上"),
    ] {
        let faults = wrong(&brackets);
        assert!(
            faults
                .iter()
                .any(|(at, said)| at == field && said.contains(words)),
            "{brackets:?}: {faults:?}"
        );
    }
    let all = wrong(&[
        ["5", "10", "0.1", ""],
        ["20", "30", "300", ""],
        ["30", "40", "x", "-1"],
    ]);
    let fields: Vec<_> = all.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "over-1",
        "over-2",
        "rate-2",
        "rate-3",
        "base_fee-3",
        "up_to-3",
    ] {
        assert!(fields.contains(&field), "{field}: {all:?}");
    }
    let mut unnamed = typed(&[["0", "", "0.1", ""]]);
    unnamed.name.clear();
    unnamed.mode.clear();
    let faults = unnamed.read(FeeProduct::Contract).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn a_blank_row_in_between_does_not_move_a_sentence() {
    let faults = wrong(&[
        ["0", "100", "0.1", ""],
        ["", "", "", ""],
        ["200", "", "0.1", ""],
    ]);
    assert_eq!(faults[0].0, "over-3");
}

#[test]
fn json_of_another_shape_is_said_and_not_guessed() {
    let faults = FeeTable::from_json(json!({ "name": "x", "rates": [] }), FeeProduct::Contract);
    let faults = faults.unwrap_err();
    assert_eq!(faults[0].place, Place::Whole);
    assert!(faults[0].sentence.contains("rates"), "{faults:?}");
    let hole = json!({
        "name": "x", "mode": "flat", "rounding": "floor", "refund": "none",
        "brackets": [{ "over": 0, "up_to": 5, "rate_ppm": 10_000_000_000_i64 }],
    });
    let faults = FeeTable::from_json(hole.clone(), FeeProduct::Contract).unwrap_err();
    let paths: Vec<_> = faults.iter().map(|fault| fault.place.path()).collect();
    assert_eq!(paths, ["brackets[0].up_to", "brackets[0].rate_ppm"]);
    assert!(serde_json::from_value::<FeeTable>(hole).is_err());
}

fn any_table() -> impl Strategy<Value = FeeTable> {
    let edges = proptest::collection::btree_set(1_i64..1_000_000_000, 0..5);
    let rates = proptest::collection::vec((0_i64..20_000, 0_i64..50_000), 6);
    (edges, rates, any::<bool>(), any::<bool>(), 0_i64..5_000).prop_map(
        |(edges, rates, flat, floor, minimum)| {
            let starts = std::iter::once(0).chain(edges.iter().copied());
            let ends = edges.iter().copied().map(Some).chain([None]);
            let brackets: Vec<_> = starts
                .zip(ends)
                .zip(&rates)
                .map(|((over, up_to), (rate, base))| {
                    json!({ "over": over, "up_to": up_to, "rate_ppm": rate + 1, "base_fee": base })
                })
                .collect();
            table(json!({
                "name": "x", "mode": if flat { "flat" } else { "marginal" }, "brackets": brackets,
                "minimum": minimum, "rounding": if floor { "floor" } else { "half_up" },
                "refund": "pro_rata_days",
            }))
        },
    )
}

proptest! {
    #[test]
    fn the_lines_lead_to_the_fee(table in any_table(), amount in 1_i64..2_000_000_000) {
        let fee = fee(&table, yen(amount));
        let mut parts = 0;
        let mut sum = 0.0_f64;
        for line in &fee.lines {
            match line {
                Line::Bracket { part, .. } => parts += part.get(),
                Line::Product { .. } | Line::Fixed { .. } => sum += line.exact().parse::<f64>().unwrap(),
                _ => {}
            }
        }
        prop_assert_eq!(parts, amount, "each yen counts in one bracket");
        prop_assert!((sum.max(table.minimum.get() as f64) - fee.amount.get() as f64).abs() <= 1.0);
        prop_assert!(fee.amount >= table.minimum);
        prop_assert_eq!(fee.tax, Yen::ZERO);
    }

    #[test]
    fn there_and_back_costs_nothing(table in any_table(), one in 1_i64..2_000_000_000, other in 1_i64..2_000_000_000) {
        let there = difference(&table, yen(one), yen(other));
        let back = difference(&table, yen(other), yen(one));
        prop_assert_eq!(there.total() + back.total(), 0);
    }

    #[test]
    fn a_refund_is_never_more_than_was_paid_and_falls_day_by_day(paid in 0_i64..10_000_000, days in 1_i64..900, on in 0_i64..1_000) {
        let from = date!(2026 - 04 - 01);
        let until = from + time::Duration::days(days - 1);
        let refund = |on: i64| termination_refund(&marginal(), yen(paid), from, until, from + time::Duration::days(on));
        prop_assert!(refund(on).amount <= yen(paid));
        prop_assert!(refund(on + 1).amount <= refund(on).amount);
        // In the surety's favour: what is kept and what is given back never exceed what was paid.
        prop_assert!(i128::from(refund(on).amount.get()) * i128::from(days) <= i128::from(paid) * i128::from((days - 1 - on).max(0)));
    }

    #[test]
    fn marginal_without_fixed_parts_never_falls(table in any_table()) {
        let mut table = table;
        table.mode = Mode::Marginal;
        for bracket in &mut table.brackets {
            bracket.base_fee = Yen::ZERO;
        }
        prop_assert_eq!(table.falls(), vec![]);
    }
}
