//! What each command does; the words a person types and the sentences they read.

mod check;
mod demo;
mod keys;
mod offices;
mod serve;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;

use akashi::config::Env;
use akashi::verify;
use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Akashi (証): issues and proves surety guarantees for Japanese public works.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tries everything on this machine: a private PostgreSQL, the demo world, web and worker.
    Demo(demo::Options),
    /// Serves the sites (settings from the environment; see the README).
    Serve {
        /// Only this site; all three without it.
        #[arg(long)]
        site: Option<OneSite>,
    },
    /// Runs the worker: issues, deposits, mails.
    Work,
    /// Brings the database's tables up to date, as its owner.
    Migrate,
    /// Founds a surety with its branches, from a JSON file.
    Surety { file: PathBuf },
    /// Registers obligees and new versions of their rule books, from a JSON file.
    Obligees {
        /// Letter of the surety.
        #[arg(long)]
        surety: char,
        file: PathBuf,
    },
    /// Closes a month of 一括納付: one statement per contractor. Killed half-way, run it again.
    CloseMonth {
        /// Letter of the surety.
        #[arg(long)]
        surety: char,
        /// The month, such as 2026-11.
        #[arg(long)]
        month: String,
    },
    /// Invites a member of staff by mail.
    User(offices::Invite),
    /// Makes and turns key rings.
    Keys {
        #[command(subcommand)]
        deed: keys::Deed,
    },
    /// Holds the facts of an application (JSON) against rule books.
    Check(check::What),
    /// Checks a certificate's signed envelope.
    Verify {
        file: PathBuf,
        /// The sureties' public keys (`/dsure/keys.json`).
        #[arg(long)]
        keys: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OneSite {
    Netdesk,
    Office,
    Dsure,
}

/// A command's end: what is wrong, in one sentence for a person.
type Ended = Result<(), String>;

pub fn run(cli: Cli) -> ExitCode {
    let ended = match cli.command {
        Command::Demo(options) => demo::run(&options),
        Command::Serve { site } => serve::serve(site),
        Command::Work => serve::work(),
        Command::Migrate => setup::migrate(),
        Command::Surety { file } => offices::found(&file),
        Command::Obligees { surety, file } => offices::obligees(surety, &file),
        Command::CloseMonth { surety, month } => offices::close_month(surety, &month),
        Command::User(invite) => offices::invite(&invite),
        Command::Keys { deed } => keys::run(&deed),
        Command::Check(what) => return check::run(&what),
        Command::Verify { file, keys } => {
            let verdict = verify::verify_file(&file, keys.as_deref());
            for line in &verdict.lines {
                say(line);
            }
            return if verdict.ok {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            complain(&sentence);
            ExitCode::FAILURE
        }
    }
}

/// A line for the person at the terminal; a closed pipe is no reason to fall over.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn complain(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Structured logs on stderr: JSON in production, plain under `demo`.
fn logs(json: bool, standard: &str) {
    let asked = Env::of_process().get("RUST_LOG");
    let asked = asked.and_then(|asked| asked.parse::<Targets>().ok());
    let filter = asked.or_else(|| standard.parse().ok()).unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let all = tracing_subscriber::registry().with(filter);
    // A second initialisation (tests) changes nothing.
    let _ = if json {
        all.with(lines.json()).try_init()
    } else {
        all.with(lines.with_target(false)).try_init()
    };
}
