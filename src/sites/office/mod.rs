//! 保証業務: the surety's branches examine, approve and issue; administrators keep the registers.

pub mod account;
pub mod admin;
pub mod applications;
pub mod fees;
pub mod gate;
pub mod guarantees;
pub mod help;
pub mod invitations;
mod shell;
mod words;

use crate::web::routes::{Access, Routes, StaffRight};
use crate::web::session;
use crate::web::site::Site;
use crate::web::urls::office as to;

/// Every address of the Office, and who may reach it.
pub fn routes() -> Routes {
    use applications as cases;
    let read = Access::Officer(StaffRight::Read);
    let examine = Access::Officer(StaffRight::Examine);
    let approve = Access::Officer(StaffRight::Approve);
    let handle = Access::Officer(StaffRight::Handle);
    Routes::new(Site::Office)
        .get(to::LOGIN, Access::Anonymous, gate::page)
        .post(to::LOGIN, Access::Anonymous, gate::sign_in)
        .post(to::LOGOUT, Access::Public, gate::sign_out)
        .post(to::SESSION, read, session::keep)
        .get(
            "/office/invitations/{token}",
            Access::Public,
            invitations::page,
        )
        .post(
            "/office/invitations/{token}",
            Access::Public,
            invitations::accept,
        )
        .get(to::ACCOUNT, read, account::page)
        .get(to::PASSWORD, read, account::password_page)
        .post(to::PASSWORD, read, account::change_password)
        .get("/office/applications", read, cases::list)
        .get("/office/applications/{id}", read, cases::show)
        .get(
            "/office/applications/{id}/progress",
            read,
            cases::case::progress,
        )
        .get(
            "/office/applications/{id}/documents/{document}",
            read,
            cases::documents::fetch,
        )
        .post(
            "/office/applications/{id}/examination",
            examine,
            cases::post::examination,
        )
        .post(
            "/office/applications/{id}/return",
            handle,
            cases::post::give_back,
        )
        .post(
            "/office/applications/{id}/approval-request",
            examine,
            cases::post::approval_request,
        )
        .post(
            "/office/applications/{id}/approval",
            approve,
            cases::post::approval,
        )
        .post(
            "/office/applications/{id}/approval-withdrawal",
            approve,
            cases::post::approval_withdrawal,
        )
        .post(
            "/office/applications/{id}/decline",
            approve,
            cases::post::decline,
        )
        .post(
            "/office/applications/{id}/payment",
            examine,
            cases::post::payment,
        )
        .post(
            "/office/applications/{id}/issue",
            approve,
            cases::post::issue,
        )
        .post(
            "/office/applications/{id}/message",
            handle,
            cases::post::message,
        )
        .get(to::GUARANTEES, read, guarantees::list::list)
        .get("/office/guarantees/{number}", read, guarantees::show::show)
        .get(
            "/office/guarantees/{number}/claim",
            read,
            guarantees::claim::show,
        )
        .post(
            "/office/guarantees/{number}/paper",
            handle,
            guarantees::show::print,
        )
        .get(to::ACTS, read, guarantees::waiting::list)
        .get(
            "/office/guarantees/{number}/acts/{form}",
            examine,
            guarantees::acts::form,
        )
        .post(
            "/office/guarantees/{number}/acts/{form}",
            examine,
            guarantees::acts::propose,
        )
        .post(
            "/office/guarantees/{number}/decisions/{id}/approval",
            approve,
            guarantees::acts::approve,
        )
        .post(
            "/office/guarantees/{number}/decisions/{id}/drop",
            handle,
            guarantees::acts::drop_act,
        )
        .post(
            "/office/guarantees/{number}/key-renewals",
            handle,
            guarantees::keys::order,
        )
        .post(
            "/office/guarantees/{number}/key-renewals/{id}/grant",
            handle,
            guarantees::keys::grant,
        )
        .post(
            "/office/guarantees/{number}/key-renewals/{id}/decline",
            handle,
            guarantees::keys::decline,
        )
        .get(
            "/office/guarantees/{number}/certificates/{file}",
            read,
            guarantees::certificate::show,
        )
        .get(to::HELP, Access::Public, help::index)
        .get("/office/help/{topic}", Access::Public, help::topic)
        .and(fees::routes())
        .and(admin::routes())
}
