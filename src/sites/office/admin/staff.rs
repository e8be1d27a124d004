//! 職員: who works at the branches, and in which role.

use askama::Template;
use axum::extract::State;

use super::FormPage;
use super::users::{self, UserLine};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::accounts::users::{self as accounts, Created, Steward};
use crate::services::branches;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

#[derive(Template)]
#[template(path = "office/admin/staff.html")]
struct ListPage {
    shell: OfficeShell,
    rows: Vec<UserLine>,
}

pub(super) fn trail() -> Vec<(String, String)> {
    vec![(to::STAFF.to_owned(), "職員".to_owned())]
}

fn address(id: i64) -> String {
    format!("{}/{id}", to::STAFF)
}

/// GET /office/admin/staff
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let steward = Steward::of_staff(&who)?;
    let rows = accounts::list_users(&web, &steward).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Staff, "staff").await?;
    answer::page(&ListPage {
        shell: shell.flash(told),
        rows: rows
            .iter()
            .map(|row| UserLine::of(row, to::STAFF))
            .collect(),
    })
}

async fn new_page(web: &Web, who: &Officer, form: &RawForm) -> Result<FormPage, AppError> {
    let steward = Steward::of_staff(who)?;
    let branches = branches::list(web, who).await?;
    let fields = users::fields(&steward, form, Some(&branches));
    let shell = shell::shell(web, who, OfficeMenu::Staff, "staff").await?;
    Ok(users::new_page(
        shell,
        trail(),
        "職員の招待",
        fields,
        to::STAFF,
        to::STAFF,
    ))
}

/// GET /office/admin/staff/new
pub async fn new(State(web): State<Web>, who: Officer, rescued: Rescued) -> PageResult {
    let told = rescued.flash();
    let mut page = new_page(&web, &who, &rescued.0.unwrap_or_default()).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/staff/new
pub async fn create(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let steward = Steward::of_staff(&who)?;
    let typed = users::typed(&form);
    match accounts::create_user(&web, &steward, &typed).await? {
        Created::Done(_) => Ok(flash::see_other_telling(
            &web,
            to::STAFF,
            &Flash::ok(format!(
                "{} さんを登録しました。招待メールをお送りします。",
                typed.name.trim()
            )),
        )),
        Created::Refused(faults) => new_page(&web, &who, &form).await?.refused(&faults),
    }
}

/// GET /office/admin/staff/{id}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
) -> PageResult {
    let steward = Steward::of_staff(&who)?;
    let row = users::find(&web, &steward, id).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Staff, "staff").await?;
    let oneself = row.id == who.account();
    users::page(
        shell.flash(told),
        trail(),
        &steward,
        &row,
        to::STAFF,
        oneself,
    )
}

/// POST /office/admin/staff/{id}/role
pub async fn role(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    users::set_role(&web, &Steward::of_staff(&who)?, id, &form, &address(id)).await
}

/// POST /office/admin/staff/{id}/invitation
pub async fn invite(State(web): State<Web>, who: Officer, Named(id): Named<i64>) -> PageResult {
    users::invite(&web, &Steward::of_staff(&who)?, id, &address(id)).await
}

/// POST /office/admin/staff/{id}/state
pub async fn state(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    users::set_state(&web, &Steward::of_staff(&who)?, id, &form, &address(id)).await
}
