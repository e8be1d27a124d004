//! `check`: exit status 0 (also with warnings), 1 (a refusal), 2 (not understood).

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use akashi::check::{self, Verdict};
use clap::Args;

use super::{complain, say};

#[derive(Debug, Args)]
pub struct What {
    /// The facts as JSON; `-` is standard input.
    #[arg(required_unless_present_any = ["schema", "answer_schema"])]
    file: Option<PathBuf>,
    /// Prints the JSON Schema of the facts.
    #[arg(long, conflicts_with = "file")]
    schema: bool,
    /// Prints the JSON Schema of the answer.
    #[arg(long, conflicts_with_all = ["file", "schema"])]
    answer_schema: bool,
}

const NOT_UNDERSTOOD: u8 = 2;

pub fn run(what: &What) -> ExitCode {
    if what.schema {
        say(check::SCHEMA.trim_end());
        return ExitCode::SUCCESS;
    }
    if what.answer_schema {
        say(check::ANSWER_SCHEMA.trim_end());
        return ExitCode::SUCCESS;
    }
    let file = what.file.as_deref().unwrap_or(Path::new("-"));
    match answered(file) {
        Ok((verdict, text)) => {
            say(&text);
            match verdict {
                Verdict::Pass | Verdict::Warn => ExitCode::SUCCESS,
                Verdict::Overrulable | Verdict::Refuse => ExitCode::FAILURE,
            }
        }
        Err(sentence) => {
            complain(&sentence);
            ExitCode::from(NOT_UNDERSTOOD)
        }
    }
}

fn answered(file: &Path) -> Result<(Verdict, String), String> {
    let (name, text) = if file == Path::new("-") {
        let mut text = Vec::new();
        let read = std::io::stdin().read_to_end(&mut text);
        ("standard input".to_owned(), read.map(|_| text))
    } else {
        (file.display().to_string(), std::fs::read(file))
    };
    let text = text.map_err(|error| format!("{name} cannot be read: {error}"))?;
    let answer = check::check(&text).map_err(|why| format!("{name} is not understood: {why}."))?;
    let printed = check::to_json(&answer).map_err(|error| error.to_string())?;
    Ok((answer.verdict, printed))
}
