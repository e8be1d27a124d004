//! Net Desk: contractors apply, see what was issued, and fetch keys.

pub mod applications;
pub mod drafts;
pub mod frame;
pub mod obligees;
pub mod status;

use crate::web::routes::{Access, CompanyRight, Routes};
use crate::web::site::Site;
use crate::web::urls::netdesk as to;

const READ: Access = Access::Contractor(CompanyRight::Read);
const SEND: Access = Access::Contractor(CompanyRight::Send);
const WRITE: Access = Access::Contractor(CompanyRight::Write);

/// 保証申込: making, checking, sending, following.
pub fn application_routes() -> Routes {
    use applications::{confirm, done};
    Routes::new(Site::Netdesk)
        .get(to::NEW_APPLICATION, WRITE, applications::new)
        .post(to::NEW_APPLICATION, WRITE, applications::create)
        .post(to::AUTOSAVE, WRITE, applications::autosave)
        .post(to::ADVICE, WRITE, applications::advice)
        .get("/netdesk/applications/{id}", READ, applications::show)
        .post("/netdesk/applications/{id}", WRITE, applications::save)
        .get(
            "/netdesk/applications/{id}/confirmation",
            WRITE,
            confirm::show,
        )
        .get("/netdesk/applications/{id}/submission", READ, done::show)
        .post(
            "/netdesk/applications/{id}/submission",
            SEND,
            confirm::submit,
        )
        .get("/netdesk/applications/{id}/status", READ, status::show)
        .get(
            "/netdesk/applications/{id}/withdrawal",
            SEND,
            status::ask_withdrawal,
        )
        .post(
            "/netdesk/applications/{id}/withdrawal",
            SEND,
            status::withdraw,
        )
        .get(
            "/netdesk/applications/{id}/deletion",
            WRITE,
            drafts::ask_deletion,
        )
        .post("/netdesk/applications/{id}/deletion", WRITE, drafts::delete)
        .get(to::DRAFTS, WRITE, drafts::list)
        .get(to::STATUS, READ, status::list)
        .get(to::OBLIGEES, READ, obligees::list)
}
