//! What is printed: each figure beside its target.

use std::collections::BTreeMap;
use std::time::Duration;

use super::load::Load;
use super::stage::{Ours, Stage};
use super::{Plan, cpu};

/// One round of one piece of work beside the limit.
pub struct Figures {
    ours: f64,
    limit: f64,
    cpu: f64,
    limit_cpu: f64,
    p50: f64,
    p99: f64,
}

impl Figures {
    pub fn of(ours: &Ours, limit: f64, limit_cpu: f64) -> Self {
        Self {
            ours: ours.load.per_second(),
            limit,
            cpu: ours.cpu,
            limit_cpu,
            p50: ours.load.at(0.5),
            p99: ours.load.at(0.99),
        }
    }

    fn share(&self) -> f64 {
        self.ours / self.limit
    }
}

/// Work, least share of the limit, most CPU beside the limit's, most growth, what it is.
const TARGETS: [(&str, f64, f64, f64, &str); 6] = [
    ("A", 0.55, 2.0, 1.2, "certificate page"),
    ("B", 0.60, 1.6, 1.2, "contract list, 40-400 of one's own"),
    (
        "Bbig",
        1.5,
        0.7,
        1.3,
        "contract list of 20,000, limit with an exact count",
    ),
    ("C", 0.55, 1.8, 1.2, "issue T1+T2, the key's hash apart"),
    (
        "C + key",
        0.90,
        1.1,
        f64::INFINITY,
        "issue with the key's argon2id",
    ),
    ("D", 0.90, 1.1, f64::INFINITY, "D-Sure sign-in"),
];
/// What holding an application against all rules may cost beside a certificate page.
const MOST_OF_A_PAGE: f64 = 0.01;
/// p99 is at most so many medians.
const TAIL: f64 = 4.0;

pub struct Report {
    rounds: BTreeMap<(String, i64), Vec<Figures>>,
    sizes: Vec<i64>,
    missed: Vec<String>,
    loads: Vec<f64>,
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

impl Report {
    pub fn begin(plan: &Plan) -> Self {
        println!(
            "Akashi beside the limit (pgbench -M prepared, the same SQL, same run), 8 connections"
        );
        println!(
            "{} processors, load {:.1} at the start; {} rounds of {} s",
            std::thread::available_parallelism().map_or(1, usize::from),
            cpu::load(),
            plan.rounds,
            plan.seconds
        );
        Self {
            rounds: BTreeMap::new(),
            sizes: plan.sizes.clone(),
            missed: Vec::new(),
            loads: vec![cpu::load()],
        }
    }

    pub fn loaded(&mut self, size: i64, took: Duration, stage: &Stage) {
        let (a, b, c) = stage.messages();
        println!(
            "{size} guarantees and {} of the big contractor loaded in {:.0} s; messages: A {a}, B {b}, C {c}",
            super::world::BIG,
            took.as_secs_f64()
        );
    }

    pub fn add(&mut self, work: &str, size: i64, figures: Figures) {
        self.loads.push(cpu::load());
        eprintln!(
            "  {work:<10} {size:>8}: {:>7.0}/s of {:>7.0}/s = {:.2}; cpu {:.2} ms of {:.2} ms = {:.2}",
            figures.ours,
            figures.limit,
            figures.share(),
            figures.cpu * 1e3,
            figures.limit_cpu * 1e3,
            figures.cpu / figures.limit_cpu
        );
        let rounds = self.rounds.entry((work.to_owned(), size)).or_default();
        rounds.push(figures);
    }

    fn mark(&mut self, right: bool, what: &str) -> &'static str {
        if right {
            return "";
        }
        self.missed.push(what.to_owned());
        " MISSED"
    }

    /// The table of the four pieces of work.
    pub fn work(&mut self, stages: &[Stage]) {
        println!();
        println!(
            "work       guarantees  limit/s  Akashi/s  share of the limit (rounds; median; target)   CPU x limit (target)  p50 ms  p99 ms  p99/p50 (<= 4)"
        );
        for (name, least, most, _, _) in TARGETS {
            for size in self.sizes.clone() {
                self.line(name, size, Some((least, most)));
                if name == "Bbig" {
                    self.line("Bbig, same", size, None);
                }
            }
        }
        for (name, _, _, _, what) in TARGETS {
            println!("  {name}: {what}");
        }
        println!("  Bbig, same: beside the limit with the count capped at 1,001 as Akashi's");
        println!(
            "  CPU: of Akashi and PostgreSQL per request, beside that of pgbench and PostgreSQL"
        );
        println!();
        if stages.len() > 1 {
            self.growth();
        }
    }

    fn line(&mut self, name: &str, size: i64, targets: Option<(f64, f64)>) {
        let Some(rounds) = self.rounds.get(&(name.to_owned(), size)) else {
            return;
        };
        let of = |value: fn(&Figures) -> f64| median(rounds.iter().map(value));
        let share = of(Figures::share);
        let each: Vec<String> = rounds.iter().map(|r| format!("{:.2}", r.share())).collect();
        let cpu = of(|r| r.cpu / r.limit_cpu);
        let (p50, p99) = (of(|r| r.p50), of(|r| r.p99));
        let tail = of(|r| r.p99 / r.p50);
        let (limit, ours) = (of(|r| r.limit), of(|r| r.ours));
        let start = format!("{name:<10} {size:>10} {limit:>8.0} {ours:>9.0}");
        let rounds = each.join(" ");
        let Some((least, most)) = targets else {
            println!("{start}  {rounds:<22} {share:>5.2}");
            return;
        };
        let place = format!("{name} at {size}");
        let far = self.mark(
            share >= least,
            &format!("{place}: {share:.2} of the limit, not {least}"),
        );
        let dear = self.mark(
            cpu <= most,
            &format!("{place}: CPU {cpu:.2} x the limit, not {most}"),
        );
        let late = self.mark(
            tail <= TAIL,
            &format!("{place}: p99 {tail:.1} x the median, not {TAIL}"),
        );
        println!(
            "{start}  {rounds:<22} {share:>5.2} (>= {least:.2}){far:<8} {cpu:>5.2} (<= {most:.1}){dear:<8} {p50:>7.2} {p99:>7.2} {tail:>5.1}{late}"
        );
    }

    /// From the first size to the last: time per request, by CPU (which moves least) and by throughput.
    fn growth(&mut self) {
        let (Some(first), Some(last)) = (self.sizes.first().copied(), self.sizes.last().copied())
        else {
            return;
        };
        println!("growth {first} -> {last}: CPU per request (by throughput; of the limit)");
        for (name, _, _, most, _) in TARGETS {
            if most.is_infinite() {
                continue;
            }
            let of = |size: i64, value: fn(&Figures) -> f64| {
                let rounds = self.rounds.get(&(name.to_owned(), size));
                median(rounds.into_iter().flatten().map(value))
            };
            let cpu = of(last, |r| r.cpu) / of(first, |r| r.cpu);
            let slower = of(first, |r| r.ours) / of(last, |r| r.ours);
            let limit = of(last, |r| r.limit_cpu) / of(first, |r| r.limit_cpu);
            let mark = self.mark(cpu <= most, &format!("{name}: grows {cpu:.2}, not {most}"));
            println!("  {name:<6} {cpu:>5.2} (<= {most:.1}){mark}   ({slower:.2}; {limit:.2})");
        }
        println!();
    }

    /// The whole check of an application beside the CPU of one certificate page of the same run.
    pub fn rules(&mut self, check: f64) {
        let pages = self.rounds.iter().filter(|((work, _), _)| work == "A");
        let page = median(pages.flat_map(|(_, rounds)| rounds).map(|round| round.cpu));
        let share = check / page;
        let mark = self.mark(
            share <= MOST_OF_A_PAGE,
            &format!("a check costs {share:.4} of a certificate page, not {MOST_OF_A_PAGE}"),
        );
        println!(
            "an application against all rules: {:.1} us = {share:.4} of a certificate page's {:.2} ms (<= {MOST_OF_A_PAGE}){mark}",
            check * 1e6,
            page * 1e3
        );
        println!();
    }

    /// A month of fees closed: per fee no slower than one issue in the same run.
    pub fn closed(&mut self, size: i64, seconds: f64) {
        let fees = super::stage::MONTH as f64;
        let rounds = self.rounds.get(&("C".to_owned(), size));
        let issues = median(rounds.into_iter().flatten().map(|round| round.ours));
        let share = seconds / fees * issues;
        let mark = self.mark(
            share <= 1.0,
            &format!("closing a month: {share:.2} x an issue per fee, not 1"),
        );
        println!(
            "closing a month of {fees} fees: {seconds:.2} s, per fee {share:.3} x one issue of this run (<= 1){mark}"
        );
    }

    pub fn living(&mut self, signins: usize, pdfs: &Load, spent: f64, web: f64, worker: f64) {
        let both = web + worker;
        let mark = self.mark(both <= 120.0, &format!("memory {both:.0} MB, not 120"));
        println!(
            "memory after the load, {signins} more sign-ins and {} PDFs: web {web:.0} MB + worker {worker:.0} MB = {both:.0} MB (<= 120){mark}",
            pdfs.done
        );
        let warm = pdfs.at(0.5);
        let mark = self.mark(
            warm.min(spent) <= 10.0,
            &format!("a PDF takes {warm:.1} ms, not 10"),
        );
        println!(
            "a warm PDF: {warm:.1} ms over HTTP, of which the web reckons {spent:.1} ms (<= 10){mark}"
        );
    }

    pub fn started(&mut self, what: &str, seconds: f64) {
        if what == "demo, first" {
            println!(
                "from start to first answer, {what} (makes its cluster and world): {seconds:.2} s"
            );
            return;
        }
        let mark = self.mark(
            seconds <= 1.0,
            &format!("{what}: first answer after {seconds:.2} s, not 1"),
        );
        println!(
            "from start to first answer, {what} on an existing cluster: {seconds:.2} s (<= 1){mark}"
        );
    }

    pub fn end(&self) {
        let most = self.loads.iter().copied().fold(0.0, f64::max);
        println!();
        println!(
            "load of the machine meanwhile: median {:.1}, most {most:.1} (the bench itself makes some 8); where it is high, read ratios, not times",
            median(self.loads.iter().copied())
        );
        if self.missed.is_empty() {
            println!("every target is met");
        } else {
            println!("missed: {}", self.missed.join("; "));
        }
    }
}
