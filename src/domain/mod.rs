//! The vault: pure rules. No I/O, no async, no SQL, no HTML, no clock.

pub mod acceptance;
pub mod certificate;
pub mod content;
pub mod era;
pub mod field;
pub mod money;
pub mod product;
pub mod rulebook;
pub mod rules;
mod wording;
pub mod works;
