//! What happens: verbs. Each takes who acts, owns its transaction, records history, queues jobs.
//!
//! [`ContractorUser`], [`Officer`] and [`KeyHolder`] are proofs of who acts: their fields are
//! private to this module, and only a living session makes them (`accounts`, `viewing`).

pub mod accounts;
pub mod actors;
pub mod acts;
pub mod applications;
pub mod blocks;
pub mod branches;
pub mod cases;
mod chain;
pub mod changes;

pub mod contractors;
pub mod deposits;
pub mod documents;
pub mod downloads;
pub mod drafts;
pub mod examination;
pub mod fees;
pub mod follow_ups;
pub mod founding;
pub mod grounds;
pub mod guarantees;
pub mod hand_ins;
pub mod health;
pub mod history;
pub mod holders;
pub mod invoices;
pub mod issuance;
pub mod items;
pub mod jobs;
pub mod keys;
pub mod letters;
pub mod obligees;
mod paging;
pub mod registers;
pub mod renewals;
pub mod rescues;
pub mod reservations;
pub mod rulebooks;
mod same_works;
mod standing;
pub mod suggestions;
pub mod sureties;
pub mod viewing;

pub use actors::{ContractorUser, KeyHolder, Officer};
