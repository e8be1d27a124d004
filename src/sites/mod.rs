//! The three sites, side by side. A handler says who may reach it, reads what was typed, calls one
//! verb and shows what came of it.

pub mod office;
