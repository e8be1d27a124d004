//! `check FILE`: the facts of an application as JSON held against rule books and fee tables, without
//! a database; for whoever keeps rule books and wants to try them.
//!
//! What may be written and what is answered stand in `static/schema/`.

use serde_json::Value;

mod answer;
mod facts;

pub use answer::{Answer, Verdict};
pub use facts::{Facts, NotUnderstood};

/// What a file may say: JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("../static/schema/check-1.json");

/// What is answered: JSON Schema, draft 2020-12.
pub const ANSWER_SCHEMA: &str = include_str!("../static/schema/check-answer-1.json");

/// Reads the facts and holds them against every rule.
///
/// # Errors
/// [`NotUnderstood`]: where the file is not what [`SCHEMA`] says, and why.
pub fn check(file: &[u8]) -> Result<Answer, NotUnderstood> {
    let facts = Facts::read(file)?;
    answer::answer(&facts)
}

/// The answer as people and programs read it.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn to_json(answer: &Answer) -> serde_json::Result<String> {
    let value: Value = serde_json::to_value(answer)?;
    serde_json::to_string_pretty(&value)
}
