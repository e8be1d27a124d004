//! The link of an invitation or a reset: one new password, once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::frame;
use crate::services::accounts::Door;
use crate::services::accounts::invitation::{self, Accepted, Guest, Purpose};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash;
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::shell::GateShell;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

#[derive(Template)]
#[template(path = "netdesk/gate/invitation.html")]
struct InvitationPage {
    shell: GateShell,
    action: String,
    first: bool,
    name: String,
    login: String,
    password: FieldView,
    again: FieldView,
}

#[derive(Template)]
#[template(path = "netdesk/gate/gone.html")]
struct GonePage {
    shell: GateShell,
}

impl InvitationPage {
    fn new(web: &Web, token: &str, guest: Guest) -> Self {
        let mut shell = frame::gate(web, None);
        // The demo's logins have nothing to do with this page.
        shell.common.demo = false;
        let [password, again] = new_password();
        Self {
            shell,
            // A living token is letters, figures, - and _ only.
            action: to::Invitation(token).to_string(),
            first: guest.purpose == Purpose::Invitation,
            name: guest.name,
            login: guest.login,
            password,
            again,
        }
    }
}

/// The two fields of a new password.
pub(super) fn new_password() -> [FieldView; 2] {
    [
        FieldView::password("new_password", "新しいパスワード", "new-password").hint(
            "15文字以上。短い文章にすると覚えやすくなります。ログインIDは含めないでください。",
        ),
        FieldView::password(
            "new_password_again",
            "新しいパスワード（確認）",
            "new-password",
        )
        .hint("もう一度、同じものを入力してください。"),
    ]
}

/// What is wrong before anything is asked of the vault.
pub(super) fn agree([password, again]: [FieldView; 2], form: &RawForm) -> [FieldView; 2] {
    let (new, repeated) = (form.get("new_password"), form.get("new_password_again"));
    if new.is_empty() {
        return [
            password.error(Some("新しいパスワードを入力してください。")),
            again,
        ];
    }
    let differs = (new != repeated).then_some(
        "確認の入力が、新しいパスワードと違います。同じものをもう一度入力してください。",
    );
    [password, again.error(differs)]
}

/// `GET /netdesk/invitations/{token}`
///
/// # Errors
/// `Internal`
pub async fn page(State(web): State<Web>, Path(token): Path<String>) -> PageResult {
    match invitation::invitation(&web, Door::Netdesk, &token).await? {
        Some(guest) => answer::page(&InvitationPage::new(&web, &token, guest)),
        None => gone(&web),
    }
}

/// `POST /netdesk/invitations/{token}`: the password is set; signing in is the next page.
///
/// # Errors
/// `Busy`
pub async fn accept(
    State(web): State<Web>,
    Path(token): Path<String>,
    form: RawForm,
) -> PageResult {
    let Some(guest) = invitation::invitation(&web, Door::Netdesk, &token).await? else {
        return gone(&web);
    };
    let mut page = InvitationPage::new(&web, &token, guest);
    [page.password, page.again] = agree([page.password, page.again], &form);
    if ErrorSummary::of([&page.password, &page.again]).any() {
        return refused(page);
    }
    let new = form.get("new_password");
    match invitation::accept_invitation(&web, Door::Netdesk, &token, new).await? {
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
    let mut shell = frame::gate(web, None);
    shell.common.demo = false;
    answer::page_with(StatusCode::NOT_FOUND, &GonePage { shell })
}
