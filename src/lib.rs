//! Akashi (証): issues and proves surety guarantees for Japanese public works.

pub mod demo;
pub mod domain;
