//! The working as people read it: a line for each bracket, and nothing that changes nothing.
//!
//! The stored [`Line`]s stay complete; from what is told here a person still comes to the same yen,
//! since every amount that counts, their sum and each rounding that took place are among it.

use super::lines::{Line, Micro};
use super::table::FeeProduct;
use crate::domain::money::Yen;

/// One line of a working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: String,
    /// What is reckoned with what; empty where the figure is simply given.
    pub working: String,
    pub value: String,
    /// Heads others instead of being a step.
    pub heading: bool,
}

impl From<&Line> for Step {
    fn from(line: &Line) -> Self {
        Self {
            label: line.label(),
            working: line.working(),
            value: line.value(),
            heading: line.is_heading(),
        }
    }
}

/// The same in the words of a product: a reservation has a 予約金額 and no guarantee yet.
pub fn told_of(product: FeeProduct, lines: &[Line]) -> Vec<Step> {
    let mut steps = told(lines);
    if product == FeeProduct::Reservation {
        for step in &mut steps {
            step.label = step.label.replace("保証金額", "予約金額");
            step.label = step.label.replace("最低保証料", "最低予約手数料");
        }
    }
    steps
}

/// The lines of a fee, a difference or a refund, told shortly.
pub fn told(lines: &[Line]) -> Vec<Step> {
    let mut steps = Vec::new();
    let starts = |line: &Line| matches!(line, Line::Base { .. });
    let mut rest = lines;
    while let Some(line) = rest.first() {
        let end = if starts(line) {
            let body = rest.iter().skip(1);
            1 + body.take_while(|line| reckons(line)).count()
        } else {
            1
        };
        let (group, after) = rest.split_at(end);
        match group {
            [line] if !starts(line) => steps.push(Step::from(line)),
            fee => one_fee(fee, &mut steps),
        }
        rest = after;
    }
    steps
}

/// Whether the line belongs to the fee of one amount.
fn reckons(line: &Line) -> bool {
    matches!(
        line,
        Line::Bracket { .. }
            | Line::Rate { .. }
            | Line::Product { .. }
            | Line::Fixed { .. }
            | Line::Sum { .. }
            | Line::Rounding { .. }
            | Line::Minimum { .. }
            | Line::Tax { .. }
    )
}

/// The fee of one amount.
fn one_fee(lines: &[Line], steps: &mut Vec<Step>) {
    let brackets = count(lines, |line| matches!(line, Line::Bracket { .. }));
    let counting = count(lines, |line| match line {
        Line::Product { yen, .. } => *yen != Micro::default(),
        Line::Fixed { .. } => true,
        _ => false,
    });
    let mut bounds = (Yen::ZERO, None);
    let mut rounded = Yen::ZERO;
    for line in lines {
        match line {
            Line::Bracket { over, up_to, .. } => bounds = (*over, *up_to),
            Line::Rate { .. } => {}
            // Where nothing else counts, a rate of nothing is the answer.
            Line::Product { yen, .. } if counting > 0 && *yen == Micro::default() => {}
            Line::Product { .. } => steps.push(Step {
                label: part_words(bounds, brackets > 1),
                ..Step::from(line)
            }),
            Line::Sum { .. } if counting < 2 => {}
            Line::Rounding { from, yen, .. } => {
                rounded = *yen;
                if *from != Micro::whole(*yen) {
                    steps.push(Step::from(line));
                }
            }
            Line::Minimum { yen, .. } if *yen == rounded => {}
            Line::Minimum { yen, .. } => steps.push(Step {
                label: "最低保証料".to_owned(),
                working: format!("{rounded}円より多いため"),
                value: format!("{yen}円"),
                heading: false,
            }),
            line => steps.push(Step::from(line)),
        }
    }
}

/// 「10,000,000円以下の部分」; of a table with one rate for the whole amount the bracket it lies in.
fn part_words((over, up_to): (Yen, Option<Yen>), parts: bool) -> String {
    let bracket = match (over, up_to) {
        (Yen::ZERO, None) => return "保証金額の全額".to_owned(),
        (Yen::ZERO, Some(end)) => format!("{end}円以下"),
        (over, None) => format!("{over}円を超える"),
        (over, Some(end)) => format!("{over}円を超え{end}円以下"),
    };
    match (parts, up_to) {
        (false, _) => format!("全額（{bracket}）"),
        (true, None) => format!("{bracket}部分"),
        (true, Some(_)) => format!("{bracket}の部分"),
    }
}

fn count(lines: &[Line], which: impl Fn(&Line) -> bool) -> usize {
    lines.iter().filter(|line| which(line)).count()
}
