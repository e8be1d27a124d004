//! The one integration binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catcher;
mod cluster;
mod dsure;
mod house;
mod issue;
mod serve;
