//! The whole check of one application against all rules: three products, a joint venture, several
//! fiscal years and a rule book with every part filled in. As whoever applies is answered: every
//! rule judged, and the words of those written that do not pass.

use std::hint::black_box;
use std::time::Instant;

use akashi::check::Facts;
use akashi::domain::rules;

use super::Outcome;

const FACTS: &str = include_str!("rules.json");
const TIMES: u32 = 20_000;
const ROUNDS: usize = 5;

/// Seconds of one check, the median of several rounds.
pub fn each_check() -> Outcome<f64> {
    let facts = Facts::read(FACTS.as_bytes())?;
    let content = facts.application.content();
    let book = facts.version().map(|version| &version.book);
    let circumstances = facts.circumstances();
    let judged = rules::judge(&content, &[], book, &circumstances);
    if judged.len() < 25 {
        return Err(format!("only {} rules are asked", judged.len()).into());
    }
    let passed = judged
        .iter()
        .filter(|it| it.outcome == rules::Outcome::Pass)
        .count();
    println!("{} rules asked, {passed} passed", judged.len());
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..TIMES {
                black_box(rules::obstacles(rules::judge(
                    black_box(&content),
                    &[],
                    book,
                    black_box(&circumstances),
                )));
            }
            start.elapsed().as_secs_f64() / f64::from(TIMES)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds
        .get(ROUNDS / 2)
        .copied()
        .ok_or_else(|| "nothing was measured".into())
}
