//! The vault: pure rules. No I/O, no async, no SQL, no HTML, no clock.

pub mod application;
pub mod certificate;
pub mod content;
pub mod era;
pub mod money;
pub mod people;
pub mod product;
pub mod seal;
pub mod works;
