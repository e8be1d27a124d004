//! Days in a real browser: the demo started as a person starts it, Chromium driven by small scripts.
//!
//! Each test is one day of `days/`; what it saw lies in `tests/output/browser/<day>`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use demo::demo;

/// Pages held against the rules so far, each at three widths.
static PAGES: AtomicUsize = AtomicUsize::new(0);

/// How a day is lived.
struct Way {
    width: u32,
    script: bool,
    rules: bool,
}

const DESK: Way = Way {
    width: 1280,
    script: true,
    rules: true,
};

/// Lives one day of `days/`, keeping what it saw under `name`.
fn live(name: &str, script: &str, way: &Way) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = root.join("tests/output/browser").join(name);
    let _ = std::fs::remove_dir_all(&output);
    let demo = demo();
    let given = serde_json::json!({
        "base": demo.base, "mails": demo.mails, "output": output,
        "width": way.width, "script": way.script, "rules": way.rules,
    });
    let day: PathBuf = root.join("tests/browser/days").join(script);
    let lived = Command::new("node")
        .arg(&day)
        .arg(given.to_string())
        .stdin(Stdio::null())
        .output()
        .expect("node is needed (Debian: apt-get install nodejs)");
    let said = String::from_utf8_lossy(&lived.stdout);
    let pages = said
        .lines()
        .find_map(|line| line.strip_prefix("pages: "))
        .and_then(|line| line.split(' ').next())
        .and_then(|count| count.parse::<usize>().ok())
        .unwrap_or(0);
    assert!(
        lived.status.success(),
        "{name} went wrong:\n{said}{}",
        String::from_utf8_lossy(&lived.stderr)
    );
    assert!(
        pages > 0 || !way.rules,
        "{name} held no page against the rules"
    );
    let sum = PAGES.fetch_add(pages, Ordering::SeqCst) + pages;
    // Straight to the stream: the harness keeps back what tests print.
    let _ = writeln!(
        std::io::stderr(),
        "pages held against the rules: {pages} by {name}, {sum} in all, each at 1280, 390 and 320"
    );
}

/// A phone; the rules look at every width anyway, so that they rest here.
const PHONE: Way = Way {
    width: 390,
    script: true,
    rules: false,
};

/// Without JavaScript.
const STILL: Way = Way {
    width: 1280,
    script: false,
    rules: true,
};

#[test]
fn the_demo_s_own_pages() {
    live("door", "door.mjs", &DESK);
}

#[test]
fn the_worked_example_at_a_desk() {
    live("worked_example", "worked_example.mjs", &DESK);
}

#[test]
fn the_worked_example_on_a_phone() {
    live("worked_example_phone", "worked_example.mjs", &PHONE);
}

#[test]
fn the_worked_example_without_script() {
    live("worked_example_still", "worked_example.mjs", &STILL);
}

#[test]
fn one_guarantee_electronic_and_one_on_paper() {
    live("electronic_and_paper", "electronic_and_paper.mjs", &DESK);
}

#[test]
fn a_village_that_takes_paper_only() {
    live("village_on_paper", "village_on_paper.mjs", &DESK);
}

#[test]
fn an_award_decided_a_day_too_early() {
    live("award_date", "award_date.mjs", &DESK);
}

#[test]
fn amounts_beyond_the_limits_and_what_cannot_be_read() {
    live("limits", "limits.mjs", &DESK);
}

#[test]
fn returned_corrected_withdrawn_declined() {
    live("returned", "returned.mjs", &DESK);
}

#[test]
fn drafts_double_clicks_and_ended_sessions() {
    live("drafts", "drafts.mjs", &DESK);
}

#[test]
fn the_whole_form_by_keyboard() {
    live("keyboard", "keyboard.mjs", &DESK);
}

#[test]
fn two_years_two_companies_and_a_midterm_prepayment() {
    live("multi_year", "multi_year.mjs", &DESK);
}

#[test]
fn two_years_two_companies_without_script() {
    live("multi_year_still", "multi_year.mjs", &STILL);
}

#[test]
fn a_reservation_that_is_won() {
    live("reservation", "reservation.mjs", &DESK);
}

#[test]
fn a_reservation_that_is_won_on_a_phone() {
    live("reservation_phone", "reservation.mjs", &PHONE);
}

#[test]
fn what_stands_around_net_desk() {
    live("small_pages", "small_pages.mjs", &DESK);
}

#[test]
fn a_town_hall_opens_certificates() {
    live("town_hall", "town_hall.mjs", &DESK);
}

#[test]
fn an_administrator_keeps_the_registers() {
    live("administrator", "administrator.mjs", &DESK);
}

#[test]
fn one_guarantee_through_its_whole_life() {
    live("whole_life", "whole_life.mjs", &DESK);
}

#[test]
fn fee_tables_and_what_fees_show() {
    live("fees", "fees.mjs", &DESK);
}

#[test]
fn t3_t22_t11_t17_on_the_screen() {
    live("worked_cases", "worked_cases.mjs", &DESK);
}

#[test]
fn a_new_towns_rule_is_kept_and_answered() {
    live("new_town", "new_town.mjs", &DESK);
}
