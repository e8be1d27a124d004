//! The demo world: invented people and towns, and what stands in their rule books.

pub mod books;
pub mod cluster;
//! What exists only under `demo` and in the tests: a private PostgreSQL and a mail catcher.
