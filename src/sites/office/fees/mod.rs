//! 保証料: rates with four eyes, the month's closing, refunds, papers.

pub mod months;
pub mod refunds;
pub mod tables;
mod view;

use crate::web::routes::{Access, Routes, StaffRight};
use crate::web::site::Site;
use crate::web::urls::office as to;

/// The addresses of 保証料.
pub fn routes() -> Routes {
    let read = Access::Officer(StaffRight::Read);
    let examine = Access::Officer(StaffRight::Examine);
    let handle = Access::Officer(StaffRight::Handle);
    let approve = Access::Officer(StaffRight::Approve);
    let admin = Access::Officer(StaffRight::Administer);
    Routes::new(Site::Office)
        .get(to::FEE_TABLES, read, tables::list)
        .get("/office/fee-tables/new/{product}", admin, tables::new)
        .post("/office/fee-tables/new/{product}", admin, tables::propose)
        .get("/office/fee-tables/{id}", read, tables::show)
        .post("/office/fee-tables/{id}/approval", approve, tables::approve)
        .post("/office/fee-tables/{id}/refusal", approve, tables::decline)
        .post("/office/fee-receipts", admin, tables::receipts)
        .get(to::FEE_MONTHS, read, months::list)
        .get("/office/fee-months/{month}", read, months::show)
        .post("/office/fee-months/{month}/closing", read, months::close)
        .get("/office/fee-closings/{id}", read, months::closing)
        .get(
            "/office/fee-closings/{id}/statement.pdf",
            read,
            months::statement,
        )
        .post("/office/fee-closings/{id}/payment", read, months::settle)
        .post(
            "/office/receipts/settlements/{id}",
            read,
            months::settlement_receipt,
        )
        .post(
            "/office/receipts/payments/{id}",
            handle,
            months::payment_receipt,
        )
        .get(to::FEE_REFUNDS, read, refunds::list)
        .post("/office/fee-refunds/{id}/payment", examine, refunds::settle)
        .get(
            "/office/guarantees/{number}/fee-statements/{file}",
            read,
            refunds::statement,
        )
}
