//! The link of an invitation or a reset: one new password, once.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::shell;
use crate::services::accounts::Door;
use crate::services::accounts::invitation::{self, Accepted, Guest, Purpose};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash;
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::passwords;
use crate::web::path::Named;
use crate::web::shell::GateShell;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

#[derive(Template)]
#[template(path = "office/gate/invitation.html")]
struct InvitationPage {
    shell: GateShell,
    /// The address' own secret: the form goes where it came from.
    token: String,
    first: bool,
    name: String,
    login: String,
    password: FieldView,
    again: FieldView,
}

#[derive(Template)]
#[template(path = "office/gate/gone.html")]
struct GonePage {
    shell: GateShell,
}

impl InvitationPage {
    fn new(web: &Web, token: &str, guest: Guest) -> Self {
        let [password, again] = passwords::fields();
        Self {
            shell: shell::gate(web, "login"),
            token: token.to_owned(),
            first: guest.purpose == Purpose::Invitation,
            name: guest.name,
            login: guest.login,
            password,
            again,
        }
    }
}

/// `GET /office/invitations/{token}`
pub async fn page(State(web): State<Web>, Named(token): Named<String>) -> PageResult {
    match invitation::invitation(&web, Door::Office, &token).await? {
        Some(guest) => answer::page(&InvitationPage::new(&web, &token, guest)),
        None => gone(&web),
    }
}

/// `POST /office/invitations/{token}`: the password is set; signing in is the next page.
pub async fn accept(
    State(web): State<Web>,
    Named(token): Named<String>,
    form: RawForm,
) -> PageResult {
    let Some(guest) = invitation::invitation(&web, Door::Office, &token).await? else {
        return gone(&web);
    };
    let mut page = InvitationPage::new(&web, &token, guest);
    [page.password, page.again] = passwords::agree([page.password, page.again], &form);
    if ErrorSummary::of([&page.password, &page.again]).any() {
        return refused(page);
    }
    let new = form.get("new_password");
    match invitation::accept_invitation(&web, Door::Office, &token, new).await? {
        Accepted::Done => Ok(flash::see_other_telling(
            &web,
            to::LOGIN,
            &Flash::ok("パスワードを設定しました。新しいパスワードでログインしてください。"),
        )),
        Accepted::Gone => gone(&web),
        Accepted::Refused(fault) => {
            page.password = page.password.error(Some(fault.sentence()));
            refused(page)
        }
    }
}

fn refused(mut page: InvitationPage) -> PageResult {
    let summary = ErrorSummary::of([&page.password, &page.again]);
    page.shell = page.shell.errors(summary);
    answer::unprocessable(&page)
}

/// Used, over, or never there: one answer.
fn gone(web: &Web) -> PageResult {
    let shell = shell::gate(web, "login");
    answer::page_with(StatusCode::NOT_FOUND, &GonePage { shell })
}
