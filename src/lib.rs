//! Akashi (証): issues and proves surety guarantees for Japanese public works.
//!
//! The map, in dependency order; arrows go one way, and `tests/it/structure.rs` checks it:
//!
//! ```text
//! main ─► sites ─► web ─► services ─► app, db, pdf, vault ─► domain   (app ─► mail, clock, config)
//! main ─► worker ───────► services, mail
//! ```

pub mod app;
pub mod check;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod domain;
pub mod error;
pub mod mail;
pub mod pdf;
pub mod services;
pub mod sites;
pub mod vault;
pub mod verify;
pub mod web;
pub mod worker;
