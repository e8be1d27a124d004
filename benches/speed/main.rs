//! `cargo bench --bench speed`: Akashi beside the limit, measured in the same run on the same data.
//!
//! The limit is pgbench with prepared statements sending the same SQL (argon2id's own threads where
//! a key is hashed). Rounds of both are interleaved; what counts are ratios within a round. By
//! default 20 thousand and 200 thousand guarantees; `-- --sizes 20000,200000,2000000` for more,
//! `-- --rounds 5`, `-- --seconds 4` for longer, `-- --rules` for nothing but the check of an
//! application, without a database. Everything lies in a folder of its own below the
//! system's temporary folder and is gone afterwards (`-- --keep` keeps the logs).

mod cpu;
mod house;
mod limit;
mod load;
mod report;
mod rules;
mod stage;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use akashi::vault::Cost;

use house::House;
use report::{Figures, Report};
use stage::{Stage, Web};

/// What everything here may fail with; the bench then stops.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What the command line asks for.
pub struct Plan {
    pub sizes: Vec<i64>,
    pub rounds: usize,
    pub seconds: u64,
    pub keep: bool,
    pub rules: bool,
}

impl Plan {
    fn read() -> Outcome<Self> {
        let mut plan = Self {
            sizes: vec![20_000, 200_000],
            rounds: 3,
            seconds: 3,
            keep: false,
            rules: false,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--sizes" => {
                    plan.sizes = value()?
                        .split(',')
                        .map(str::parse)
                        .collect::<Result<_, _>>()?;
                }
                "--rounds" => plan.rounds = value()?.parse()?,
                "--seconds" => plan.seconds = value()?.parse()?,
                "--keep" => plan.keep = true,
                "--rules" => plan.rules = true,
                // What cargo adds by itself.
                "--bench" => {}
                other => return Err(format!("{other} is not known").into()),
            }
        }
        plan.rounds = plan.rounds.clamp(1, 20);
        plan.seconds = plan.seconds.clamp(1, 30);
        Ok(plan)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let plan = Plan::read()?;
    if plan.rules {
        let each = rules::each_check()? * 1e6;
        println!("an application against all rules: {each:.1} us");
        return Ok(());
    }
    // From the main thread: the server is told when the thread that started it ends.
    let house = House::open(plan.keep)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(measure(&plan, &house));
    house.close()?;
    ended
}

async fn measure(plan: &Plan, house: &House) -> Outcome<()> {
    let mut report = Report::begin(plan);
    let mut stages = Vec::new();
    for size in &plan.sizes {
        let began = std::time::Instant::now();
        let stage = house.stage(*size).await?;
        report.loaded(*size, began.elapsed(), &stage);
        stages.push(stage);
    }
    for round in 0..plan.rounds {
        for stage in &mut stages {
            one_round(plan, house, stage, &mut report).await?;
        }
        eprintln!(
            "round {} of {}, load {:.1}",
            round + 1,
            plan.rounds,
            cpu::load()
        );
    }
    report.work(&stages);
    report.rules(rules::each_check()?);
    if let Some(stage) = stages.pop() {
        drop(stages);
        let kitchen = stage.app(&house.app(Cost::Cheap)?);
        let seconds = stage.close_month(&kitchen).await?;
        kitchen.db.close().await;
        report.closed(stage.world.guarantees, seconds);
        house::living(house, stage, &mut report).await?;
    }
    house::starting(house, &mut report)?;
    report.end();
    Ok(())
}

/// Each piece of work by Akashi and by the limit, one right after the other.
async fn one_round(
    plan: &Plan,
    house: &House,
    stage: &mut Stage,
    report: &mut Report,
) -> Outcome<()> {
    let size = stage.world.guarantees;
    let time = Duration::from_secs(plan.seconds);
    for (name, work) in [
        ("A", Web::Certificate),
        ("B", Web::List),
        ("Bbig", Web::BigList),
    ] {
        let ours = stage.ours(work, time, usize::MAX)?;
        let limit = if work == Web::BigList {
            stage.limit_exact(plan.seconds)?
        } else {
            stage.limit(work, plan.seconds)?
        };
        report.add(name, size, Figures::of(&ours, limit.per_second, limit.cpu));
        if work == Web::BigList {
            let same = stage.limit(work, plan.seconds)?;
            report.add(
                "Bbig, same",
                size,
                Figures::of(&ours, same.per_second, same.cpu),
            );
        }
    }
    let kitchen = stage.app(&house.app(Cost::Cheap)?);
    // Connections and their plans first.
    stage.issue(&kitchen, 12).await?;
    let ours = stage.issue(&kitchen, 220).await?;
    let limit = stage.limit_issue(220).await?;
    report.add("C", size, Figures::of(&ours, limit.per_second, limit.cpu));
    kitchen.db.close().await;

    let real = house.app(Cost::Real)?;
    let hash = house.argon2(&real, Duration::from_millis(1_500)).await?;
    let kitchen = stage.app(&real);
    stage.issue(&kitchen, 2).await?;
    let ours = stage.issue(&kitchen, 30).await?;
    // One after the other on the same processors.
    let both = 1.0 / (1.0 / hash.per_second + 1.0 / limit.per_second);
    report.add(
        "C + key",
        size,
        Figures::of(&ours, both, hash.cpu + limit.cpu),
    );
    kitchen.db.close().await;

    let ours = stage.ours(Web::SignIn, time, usize::MAX)?;
    report.add("D", size, Figures::of(&ours, hash.per_second, hash.cpu));
    Ok(())
}
