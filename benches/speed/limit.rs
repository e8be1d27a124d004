//! The limit: pgbench with prepared statements, running what Akashi sends for the same work.
//!
//! The scripts are not written by hand: Akashi does the work once while PostgreSQL logs every
//! statement, and the log becomes the script. What Akashi sends in one message (begin and its
//! settings) is one pipeline there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Outcome, cpu};

/// One statement as the server saw it.
#[derive(Debug, Clone)]
pub struct Step {
    pub sql: String,
    /// `None` is NULL; empty for simple statements.
    pub params: Vec<Option<String>>,
}

/// What the server has logged since `from` (bytes), in its order.
pub fn steps(log: &Path, from: u64) -> Outcome<Vec<Step>> {
    let bytes = fs::read(log)?;
    let text = String::from_utf8_lossy(bytes.get(usize::try_from(from)?..).unwrap_or_default());
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.starts_with("@@"), entries.last_mut()) {
            (true, _) => entries.push(line.to_owned()),
            (false, Some(last)) => {
                last.push('\n');
                last.push_str(line.trim_start_matches('\t'));
            }
            (false, None) => {}
        }
    }
    let mut steps: Vec<Step> = Vec::new();
    for entry in entries {
        let Some((_, said)) = entry.split_once(' ') else {
            continue;
        };
        if let Some(sql) = said.strip_prefix("LOG:  statement: ") {
            let (sql, params) = (sql.to_owned(), Vec::new());
            steps.push(Step { sql, params });
        } else if let Some((_, sql)) = said
            .strip_prefix("LOG:  execute ")
            .and_then(|rest| rest.split_once(": "))
        {
            let (sql, params) = (sql.to_owned(), Vec::new());
            steps.push(Step { sql, params });
        } else if let Some((_, params)) = said
            .strip_prefix("DETAIL:  ")
            .and_then(|rest| rest.split_once("arameters: "))
            && let Some(last) = steps.last_mut()
        {
            last.params = read_params(params);
        }
    }
    Ok(steps)
}

/// `$1 = 'it''s', $2 = NULL`
fn read_params(text: &str) -> Vec<Option<String>> {
    let mut params = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            params.push(None);
            rest = after;
            continue;
        }
        let mut out = String::new();
        let mut chars = value.char_indices().skip(1).peekable();
        let mut end = value.len();
        while let Some((at, c)) = chars.next() {
            if c != '\'' {
                out.push(c);
            } else if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
                out.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        params.push(Some(out));
        rest = value.get(end..).unwrap_or_default();
    }
    params
}

/// A script for pgbench and the values it is given.
#[derive(Debug, Clone, Default)]
pub struct Script {
    pub text: String,
    pub values: BTreeMap<String, String>,
}

/// Which statements' results are kept (`\gset`), by a piece of their text.
pub type Kept<'a> = &'a [(&'a str, &'a str)];

/// Turns steps into a script. Values become variables named after `name`; those that differ from run
/// to run are written as `changing` says: from the value that was logged to an SQL expression.
pub fn script(
    name: &str,
    steps: &[Step],
    changing: &BTreeMap<String, String>,
    kept: Kept,
) -> Script {
    let mut script = Script::default();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for step in steps {
        if step.params.is_empty() && step.sql.contains("; ") {
            script.text.push_str("\\startpipeline\n");
            for part in step.sql.split("; ") {
                script.text.push_str(&format!("{part};\n"));
            }
            script.text.push_str("\\endpipeline\n");
            continue;
        }
        let mut sql = step.sql.clone();
        for (index, param) in step.params.iter().enumerate().rev() {
            let written = match param {
                None => "null".to_owned(),
                // pgbench's variables are never empty.
                Some(value) if value.is_empty() => "''".to_owned(),
                Some(value) => match changing.get(value) {
                    Some(expression) => expression.clone(),
                    None => {
                        let next = format!("{name}_{}", names.len());
                        let own = names.entry(value.clone()).or_insert(next);
                        script.values.insert(own.clone(), value.clone());
                        format!(":{own}")
                    }
                },
            };
            sql = sql.replace(&format!("${}", index + 1), &written);
        }
        let end = kept
            .iter()
            .find(|(piece, _)| step.sql.contains(piece))
            .map_or_else(|| ";".to_owned(), |(_, prefix)| format!(" \\gset {prefix}"));
        script.text.push_str(&format!("{sql}{end}\n"));
    }
    script
}

/// What a round of pgbench came to.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    pub per_second: f64,
    /// Of PostgreSQL and pgbench, per transaction.
    pub cpu: f64,
}

/// How to reach the server.
#[derive(Debug, Clone)]
pub struct Server {
    pub pgbench: PathBuf,
    pub socket: PathBuf,
    pub user: String,
    pub postmaster: u32,
    pub scratch: PathBuf,
    /// What the server writes.
    pub log: PathBuf,
}

/// For how long, or how many transactions per client.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    Seconds(u64),
    Each(usize),
}

impl Server {
    /// One round of 8 clients; scripts are drawn at random.
    pub fn pgbench(
        &self,
        database: &str,
        scripts: &[Script],
        bound: Bound,
        more: &[(&str, String)],
    ) -> Outcome<Round> {
        let mut command = Command::new(&self.pgbench);
        command
            .args(["-n", "-M", "prepared", "-c", "8", "-j", "2", "-h"])
            .arg(&self.socket)
            .args(["-p", "5432", "-U", &self.user])
            .env("PGOPTIONS", "-c plan_cache_mode=force_generic_plan");
        match bound {
            Bound::Seconds(seconds) => command.args(["-T", &seconds.to_string()]),
            Bound::Each(count) => command.args(["-t", &count.to_string()]),
        };
        for (index, script) in scripts.iter().enumerate() {
            let file = self.scratch.join(format!("limit-{index}.sql"));
            fs::write(&file, &script.text)?;
            command.arg("-f").arg(file);
            for (name, value) in &script.values {
                command.arg("-D").arg(format!("{name}={value}"));
            }
        }
        for (name, value) in more {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        let before = cpu::of_postgres(self.postmaster) + cpu::of_ended_children();
        let output = command
            .arg(database)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.pgbench.display()))?
            .wait_with_output()?;
        // The backends' CPU counts once the postmaster has buried them.
        self.settle();
        let after = cpu::of_postgres(self.postmaster) + cpu::of_ended_children();
        let said = String::from_utf8_lossy(&output.stdout);
        let number = |start: &str| {
            said.lines()
                .find_map(|line| line.strip_prefix(start))
                .and_then(|rest| {
                    rest.split([' ', '/', '('])
                        .next()?
                        .trim()
                        .parse::<f64>()
                        .ok()
                })
        };
        let failed = String::from_utf8_lossy(&output.stderr);
        let per_second = number("tps = ");
        let done = number("number of transactions actually processed: ");
        match (per_second, done) {
            (Some(per_second), Some(done)) if output.status.success() && done > 0.0 => Ok(Round {
                per_second,
                cpu: (after - before) / done,
            }),
            _ => Err(format!("pgbench failed:\n{said}\n{failed}").into()),
        }
    }

    fn settle(&self) {
        let until = Instant::now() + Duration::from_millis(300);
        while Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
