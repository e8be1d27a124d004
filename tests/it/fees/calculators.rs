//! Every yen and every line, reckoned twice: here, and by a program in another language that was
//! written from the rules in words and reads the same tables.

use std::io::Write;
use std::process::{Command, Stdio};

use akashi::domain::fee::{self, FeeTable, Line};
use akashi::domain::money::Yen;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use time::macros::{date, format_description};
use time::{Date, Duration};

/// Tables, cases.
const TABLES: usize = 200;
const CASES: usize = 10_000;

fn table(rng: &mut StdRng) -> Value {
    let count = rng.random_range(1..=6);
    let mut over = 0_i64;
    let mut brackets = Vec::new();
    for at in 1..=count {
        // Narrow brackets, so that edges are met, and wide ones.
        let widest = if rng.random_bool(0.3) {
            50
        } else {
            500_000_000
        };
        let end = over + rng.random_range(1..=widest);
        brackets.push(json!({
            "over": over,
            "up_to": (at < count).then_some(end),
            "rate_ppm": if rng.random_bool(0.1) { 0 } else { rng.random_range(1..=30_000) },
            "base_fee": if rng.random_bool(0.5) { 0 } else { rng.random_range(1..=100_000) },
        }));
        over = end;
    }
    let pick =
        |rng: &mut StdRng, words: &[&str]| words[rng.random_range(0..words.len())].to_owned();
    json!({
        "name": "乱数の表",
        "mode": pick(rng, &["flat", "marginal"]),
        "brackets": brackets,
        // A table whose fee were nothing is refused.
        "minimum": rng.random_range(1..=3_000),
        "rounding": pick(rng, &["floor", "half_up"]),
        "refund": pick(rng, &["none", "pro_rata_days", "full_until_start"]),
        "tax_ppm": if rng.random_bool(0.2) { 100_000 } else { 0 },
    })
}

/// Edges of the brackets and their neighbours are as likely as anything else.
fn amount(rng: &mut StdRng, table: &FeeTable) -> Yen {
    let edges: Vec<i64> = table
        .brackets
        .iter()
        .filter_map(|it| it.up_to)
        .map(Yen::get)
        .collect();
    let value = if !edges.is_empty() && rng.random_bool(0.5) {
        edges[rng.random_range(0..edges.len())] + rng.random_range(-1..=1)
    } else {
        let most: i64 = [1_000, 10_000_000, 3_000_000_000, Yen::MAX.get()][rng.random_range(0..4)];
        rng.random_range(1..=most)
    };
    Yen::new(value.max(1)).unwrap()
}

fn day(rng: &mut StdRng, from: Date, days: i64) -> Date {
    from + Duration::days(rng.random_range(0..=days))
}

fn iso(day: Date) -> String {
    day.format(format_description!("[year]-[month]-[day]"))
        .unwrap()
}

fn told(amount: i64, tax: i64, lines: &[Line]) -> Value {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| json!([line.kind(), line.exact()]))
        .collect();
    json!({ "amount": amount, "tax": tax, "total": amount + tax, "lines": lines })
}

/// A case as it is asked, and our own answer.
fn case(rng: &mut StdRng, at: usize, table: &FeeTable) -> (Value, Value) {
    match rng.random_range(0..10) {
        0..=4 => {
            let amount = amount(rng, table);
            let fee = fee::fee(table, amount);
            let asked = json!({ "table": at, "ask": "fee", "amount": amount });
            assert_eq!(fee.total.get(), fee.amount.get() + fee.tax.get());
            (asked, told(fee.amount.get(), fee.tax.get(), &fee.lines))
        }
        5..=7 => {
            let (old, new) = (amount(rng, table), amount(rng, table));
            let change = fee::difference(table, old, new);
            let asked = json!({ "table": at, "ask": "difference", "old": old, "new": new });
            (asked, told(change.amount, change.tax, &change.lines))
        }
        _ => {
            let from = day(rng, date!(2026 - 04 - 01), 1_000);
            let until = day(rng, from, 1_200);
            let on = day(
                rng,
                from - Duration::days(40),
                (until - from).whole_days() + 80,
            );
            let paid = Yen::new(rng.random_range(0..=5_000_000)).unwrap();
            let refund = fee::termination_refund(table, paid, from, until, on);
            let asked = json!({
                "table": at, "ask": "refund", "paid": paid,
                "from": iso(from), "until": iso(until), "on": iso(on),
            });
            (
                asked,
                told(refund.amount.get(), refund.tax.get(), &refund.lines),
            )
        }
    }
}

fn second_opinion(asked: &Value) -> Vec<Value> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calculator/fees.py");
    let mut python = Command::new("python3")
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut input = python.stdin.take().unwrap();
    let bytes = serde_json::to_vec(asked).unwrap();
    let feeding = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let output = python.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(output.status.success(), "the second calculator failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn ten_thousand_cases_agree_with_a_calculator_in_another_language() {
    let mut rng = StdRng::seed_from_u64(0x0065_6665);
    let tables: Vec<Value> = (0..TABLES).map(|_| table(&mut rng)).collect();
    let read: Vec<FeeTable> = tables
        .iter()
        .map(|table| serde_json::from_value(table.clone()).unwrap())
        .collect();
    let (asked, ours): (Vec<Value>, Vec<Value>) = (0..CASES)
        .map(|_| {
            let at = rng.random_range(0..TABLES);
            case(&mut rng, at, &read[at])
        })
        .unzip();
    let theirs = second_opinion(&json!({ "tables": tables, "cases": asked }));
    assert_eq!(theirs.len(), CASES);
    for ((asked, ours), theirs) in asked.iter().zip(&ours).zip(&theirs) {
        let at = usize::try_from(asked["table"].as_u64().unwrap()).unwrap();
        assert_eq!(ours, theirs, "{asked} by {}", tables[at]);
    }
    let kinds: std::collections::BTreeSet<&str> = ours
        .iter()
        .flat_map(|answer| answer["lines"].as_array().unwrap())
        .map(|line| line[0].as_str().unwrap())
        .collect();
    assert_eq!(kinds.len(), 18, "a kind of line was never met: {kinds:?}");
}
