//! The one integration binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod catcher;
mod cluster;
mod dsure;
mod gatehouse;
mod gates;
mod house;
mod issue;
mod serve;
mod users;
