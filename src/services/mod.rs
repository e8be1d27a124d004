//! What happens: verbs. Each takes who acts, owns its transaction, records history, queues jobs.
//!
//! [`ContractorUser`], [`Officer`] and [`KeyHolder`] are proofs of who acts: their fields are
//! private to this module, and only a living session makes them (`accounts`, `viewing`).

pub mod accounts;
pub mod actors;
//M applications
//M deposits
//M examination
//M guarantees
pub mod health;
pub mod holders;
//M issuance
//M obligees
pub mod rescues;

pub use actors::{ContractorUser, KeyHolder, Officer};
