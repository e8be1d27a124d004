//! What exists only under `demo` and in the tests: a private PostgreSQL, a mail catcher, and the
//! demo world of invented people and towns.

pub mod books;
pub mod catcher;
pub mod cluster;
pub mod world;
