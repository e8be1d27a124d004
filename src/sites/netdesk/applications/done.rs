//! 送信完了: the number, and what happens next.

use askama::Template;
use axum::extract::State;

use super::answers::ProductLine;
use super::{Id, frame};
use crate::domain::application::Stage;
use crate::domain::era;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::CertificateForm;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::{applications, drafts};
use crate::sites::netdesk::frame::line;
use crate::web::answer::{PageResult, page, see_other};
use crate::web::flash::Told;
use crate::web::page::BranchLine;
use crate::web::shell::NetdeskShell;
use crate::web::state::Web;
use crate::web::urls::netdesk::Application;

/// 送信完了
#[derive(Template)]
#[template(path = "netdesk/applications/done.html")]
pub struct DonePage {
    shell: NetdeskShell,
    kind: ApplicationKind,
    /// 変更の申込: the number that is changed.
    changes: Option<String>,
    address: Application,
    receipt_no: String,
    /// 2026/07/02 14:36
    sent_at: String,
    works_name: String,
    obligee_name: String,
    products: Vec<ProductLine>,
    electronic: bool,
    paper: bool,
    mail: Option<String>,
    may_send: bool,
    line: BranchLine,
}

/// GET 送信完了
pub async fn show(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    Told(told): Told,
) -> PageResult {
    let status = match applications::status(&web, &who, id).await {
        Ok(status) if status.stage != Stage::Returned => status,
        // Not sent (again) yet: a sign-in in between leads here, and the check page is the place.
        Ok(_) | Err(AppError::NotFound) if who.role().may_write() => {
            drafts::open(&web, &who, id).await?;
            return Ok(see_other(Application(id).confirmation()));
        }
        Ok(_) => return Ok(see_other(Application(id).status())),
        Err(error) => return Err(error),
    };
    let kind = status.content.kind();
    let mut shell = frame(&web, &who, kind);
    shell.common.flash = told;
    let has = |form| status.items.iter().any(|item| item.form == form);
    let information = &status.content.information;
    page(&DonePage {
        shell,
        kind,
        changes: status.changes.clone(),
        address: Application(id),
        receipt_no: status.receipt_no.clone(),
        sent_at: era::stamp(status.sent_at),
        works_name: status.content.works.works_name.clone(),
        obligee_name: status.content.works.obligee_name.clone(),
        products: status.items.iter().map(ProductLine::of).collect(),
        electronic: has(CertificateForm::Electronic),
        paper: has(CertificateForm::Paper),
        mail: information.email.clone().filter(|_| information.notify),
        may_send: who.role().may_send(),
        line: line(&status.branch),
    })
}
