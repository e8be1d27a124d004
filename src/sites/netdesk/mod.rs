//! Net Desk: contractors apply, see what was issued, and fetch keys.

pub mod account;
pub mod applications;
pub mod calculator;
pub mod certificates;
pub mod changes;
pub mod downloads;
pub mod drafts;
pub mod fees;
pub mod follow_ups;
pub mod frame;
pub mod gate;
pub mod guarantee;
pub mod guarantees;
pub mod hand_ins;
pub mod help;
pub mod invitations;
pub mod invoices;
pub mod key_notice;
pub mod obligees;
pub mod questions;
pub mod reservations;
pub mod status;
pub mod terms;
pub mod top;
pub mod users;

use crate::web::routes::{Access, CompanyRight, Routes};
use crate::web::session;
use crate::web::site::Site;
use crate::web::urls::netdesk as to;

const READ: Access = Access::Contractor(CompanyRight::Read);
const SEND: Access = Access::Contractor(CompanyRight::Send);
const WRITE: Access = Access::Contractor(CompanyRight::Write);
const SEE_KEY: Access = Access::Contractor(CompanyRight::SeeKey);
const MANAGE: Access = Access::Contractor(CompanyRight::Manage);
const BEFORE_TERMS: Access = Access::Contractor(CompanyRight::BeforeTerms);

/// The table of routes.
pub fn routes() -> Routes {
    gate_routes()
        .and(application_routes())
        .and(guarantee_routes())
        .and(fee_routes())
        .and(account_routes())
}

/// Sign-in and what anybody may read.
fn gate_routes() -> Routes {
    Routes::new(Site::Netdesk)
        .get(to::LOGIN, Access::Anonymous, gate::page)
        .post(to::LOGIN, Access::Anonymous, gate::sign_in)
        .post(to::LOGOUT, Access::Public, gate::sign_out)
        .post(to::SESSION, BEFORE_TERMS, session::keep)
        .get(
            "/netdesk/invitations/{token}",
            Access::Public,
            invitations::page,
        )
        .post(
            "/netdesk/invitations/{token}",
            Access::Public,
            invitations::accept,
        )
        .get(to::TERMS, Access::Public, terms::page)
        .post(to::TERMS, BEFORE_TERMS, terms::accept)
        .get(to::HELP, Access::Public, help::index)
        .get("/netdesk/help/{topic}", Access::Public, help::topic)
}

/// 全体トップ, 保証契約一覧 and what lies behind it.
fn guarantee_routes() -> Routes {
    Routes::new(Site::Netdesk)
        .get(to::TOP, READ, top::page)
        .get(to::GUARANTEES, READ, guarantees::list)
        .get("/netdesk/guarantees/{number}", READ, guarantee::detail)
        .post(
            "/netdesk/guarantees/{number}/midterm",
            WRITE,
            follow_ups::midterm,
        )
        .post(
            "/netdesk/guarantees/{number}/prepayment",
            WRITE,
            follow_ups::prepayment,
        )
        .get(to::SUGGESTIONS, READ, follow_ups::suggestions)
        .get(
            "/netdesk/guarantees/{number}/hand-in",
            SEE_KEY,
            hand_ins::page,
        )
        .post(
            "/netdesk/guarantees/{number}/hand-in",
            SEE_KEY,
            hand_ins::note,
        )
        .get(to::INVOICES, WRITE, invoices::list)
        .get(
            "/netdesk/guarantees/{number}/invoice",
            WRITE,
            invoices::form,
        )
        .post(
            "/netdesk/guarantees/{number}/invoice",
            WRITE,
            invoices::make,
        )
        .post(
            "/netdesk/guarantees/{number}/award",
            WRITE,
            reservations::award,
        )
        .post(
            "/netdesk/guarantees/{number}/lost-bid",
            WRITE,
            reservations::lose,
        )
        .get(
            "/netdesk/guarantees/{number}/key-notice.pdf",
            SEE_KEY,
            key_notice::pdf,
        )
        .post(
            "/netdesk/guarantees/{number}/key-renewal",
            SEE_KEY,
            guarantee::ask_renewal,
        )
        .get("/netdesk/guarantees/{number}/change", WRITE, changes::form)
        .post("/netdesk/guarantees/{number}/change", WRITE, changes::save)
        .get(
            "/netdesk/guarantees/{number}/change/confirmation",
            WRITE,
            changes::confirm,
        )
        .post(
            "/netdesk/guarantees/{number}/change/submission",
            SEND,
            changes::submit,
        )
        // `{seq}`, `{seq}.pdf` and `{seq}.json`
        .get(
            "/netdesk/guarantees/{number}/certificates/{file}",
            READ,
            certificates::show,
        )
}

/// 保証料: statements, months, receipts.
fn fee_routes() -> Routes {
    Routes::new(Site::Netdesk)
        .get(to::FEES, READ, fees::list)
        .get(to::CALCULATOR, READ, calculator::show)
        .get(to::DOWNLOADS, READ, downloads::page)
        .get("/netdesk/downloads/{file}", READ, downloads::file)
        .get("/netdesk/fees/closings/{file}", READ, fees::monthly)
        .post(
            "/netdesk/fees/receipts/payments/{id}",
            READ,
            fees::payment_receipt,
        )
        .post(
            "/netdesk/fees/receipts/settlements/{id}",
            READ,
            fees::settlement_receipt,
        )
        .get(
            "/netdesk/guarantees/{number}/fee-statements/{file}",
            READ,
            fees::statement,
        )
}

/// お客様情報.
fn account_routes() -> Routes {
    Routes::new(Site::Netdesk)
        .get(to::ACCOUNT, READ, account::page)
        .get(to::PASSWORD, READ, account::password_page)
        .post(to::PASSWORD, READ, account::change_password)
        .get(to::NEW_USER, MANAGE, users::new)
        .post(to::NEW_USER, MANAGE, users::create)
        .get("/netdesk/account/users/{id}", MANAGE, users::page)
        .post("/netdesk/account/users/{id}/role", MANAGE, users::set_role)
        .post(
            "/netdesk/account/users/{id}/state",
            MANAGE,
            users::set_state,
        )
        .post(
            "/netdesk/account/users/{id}/invitation",
            MANAGE,
            users::invite,
        )
}

/// 保証申込: making, checking, sending, following.
pub fn application_routes() -> Routes {
    use applications::{confirm, documents, done};
    Routes::new(Site::Netdesk)
        .get(to::NEW_APPLICATION, WRITE, applications::new)
        .post(to::NEW_APPLICATION, WRITE, applications::create)
        .get(to::NEW_RESERVATION, WRITE, applications::new_reservation)
        .post(to::NEW_RESERVATION, WRITE, applications::create_reservation)
        .get(to::COPIES, WRITE, follow_ups::copies)
        .post("/netdesk/applications/{id}/copy", WRITE, follow_ups::copy)
        .post(to::AUTOSAVE, WRITE, applications::autosave)
        .post(to::ADVICE, WRITE, applications::advice)
        .get("/netdesk/applications/{id}", READ, applications::show)
        .post("/netdesk/applications/{id}", WRITE, applications::save)
        .get(
            "/netdesk/applications/{id}/confirmation",
            WRITE,
            confirm::show,
        )
        .post(
            "/netdesk/applications/{id}/approval-record",
            WRITE,
            documents::attach,
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
        .get(to::QUESTIONS, READ, questions::list)
}
