//! The demo world: invented people and towns, and what stands in their rule books.

pub mod books;
