//! 保証料: two calculators, tables with four eyes, the ledger, shortfalls, papers, months.

mod calculators;
mod ledger;
mod months;
mod papers;
mod tables;
