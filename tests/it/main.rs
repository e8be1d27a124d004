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
mod office;
mod registers;
mod serve;
mod users;
