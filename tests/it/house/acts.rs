//! The branch's verbs, for tests.

pub use akashi::services::examination::*;
