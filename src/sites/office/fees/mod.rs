//! 保証料: rates with four eyes, the month's closing, refunds, papers.

pub mod tables;
mod view;

use crate::web::routes::{Access, Routes, StaffRight};
use crate::web::site::Site;
use crate::web::urls::office as to;

/// The addresses of 保証料.
pub fn routes() -> Routes {
    let read = Access::Officer(StaffRight::Read);
    let approve = Access::Officer(StaffRight::Approve);
    let admin = Access::Officer(StaffRight::Administer);
    Routes::new(Site::Office)
        .get(to::FEE_TABLES, read, tables::list)
        .get("/office/fee-tables/new/{product}", admin, tables::new)
        .post("/office/fee-tables/new/{product}", admin, tables::propose)
        .get("/office/fee-tables/{id}", read, tables::show)
        .post("/office/fee-tables/{id}/approval", approve, tables::approve)
        .post("/office/fee-tables/{id}/refusal", approve, tables::decline)
}
