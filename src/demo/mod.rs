//! What exists only under `demo` and in the tests: a private PostgreSQL and a mail catcher.

pub mod catcher;
pub mod cluster;
