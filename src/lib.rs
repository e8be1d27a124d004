//! Akashi (証): issues and proves surety guarantees for Japanese public works.

pub mod domain;
pub mod pdf;
