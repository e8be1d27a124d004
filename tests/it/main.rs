//! The one integration binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod accounts;
mod apply;
mod badinput;
mod catcher;
mod cluster;
mod corrections;
mod cuts;
mod database;
mod days;
mod desk;
mod dsure;
mod examination;
mod fees;
mod gatehouse;
mod gates;
mod house;
mod issue;
mod leaflet;
mod mail;
mod obligees;
mod office;
mod pitfalls;
mod registers;
mod secrets;
mod serve;
mod startup;
mod strangers;
mod structure;
mod timeouts;
mod users;
mod walls;
mod welcome;
mod work;
