//! 保証料: what a guarantee costs, and every step of how that comes about.
//!
//! A [`FeeTable`] is a surety's own data and valid by construction: [`Draft::check`] says everything
//! that is wrong with one at once. Reckoning is exact (millionths of a yen as integers) and rounds
//! once, at the end. Each result carries its [`Line`]s, so that a person can recompute it by hand.
//!
//! Guarantee fees bear no consumption tax; the fee of a 契約保証予約 does (domain.md §8.1).

mod checking;
mod lines;
mod month;
mod reckoning;
mod settling;
mod table;
mod told;
mod typed;

pub use checking::{Draft, DraftBracket, Place, TableFault};
pub use lines::{Line, Micro, Part};
pub use month::Month;
pub use reckoning::{Fall, Fee, fee};
pub use settling::{Difference, Refund, difference, termination_refund};
pub use table::{Bracket, FeeProduct, FeeTable, Mode, RefundPolicy, Rounding, per_cent};
pub use told::{Step, told, told_of};
pub use typed::{TypedBracket, TypedTable};

#[cfg(test)]
mod tests;
