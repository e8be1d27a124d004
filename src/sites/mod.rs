//! The sites side by side: one folder per audience.

pub mod netdesk;
