//! The own account: who one is here, and the own password.

use askama::Template;
use axum::extract::State;
use axum::http::header;

use super::shell;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::accounts::password::{self, PasswordChange};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;
use crate::web::{passwords, session};

#[derive(Template)]
#[template(path = "office/account/page.html")]
struct AccountPage {
    shell: OfficeShell,
    name: String,
    reach: &'static str,
}

#[derive(Template)]
#[template(path = "office/account/password.html")]
struct PasswordPage {
    shell: OfficeShell,
    old: FieldView,
    new: FieldView,
    again: FieldView,
}

/// `GET /office/account`
pub async fn page(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let shell = shell::shell(&web, &who, OfficeMenu::Account, "account").await?;
    answer::page(&AccountPage {
        shell: shell.flash(told),
        name: who.name().to_owned(),
        reach: if who.is_head() {
            "すべての支店の申込と保証"
        } else {
            "この支店の申込と保証"
        },
    })
}

async fn blank(web: &Web, who: &Officer) -> Result<PasswordPage, AppError> {
    let [new, again] = passwords::fields();
    Ok(PasswordPage {
        shell: shell::shell(web, who, OfficeMenu::Account, "account").await?,
        old: FieldView::password("old_password", "いまのパスワード", "current-password"),
        new,
        again,
    })
}

/// `GET /office/account/password`
pub async fn password_page(State(web): State<Web>, who: Officer) -> PageResult {
    answer::page(&blank(&web, &who).await?)
}

/// `POST /office/account/password`: every other session ends.
pub async fn change_password(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let mut page = blank(&web, &who).await?;
    let old = form.get("old_password");
    if old.is_empty() {
        page.old = page.old.error(Some("いまのパスワードを入力してください。"));
    }
    [page.new, page.again] = passwords::agree([page.new, page.again], &form);
    if ErrorSummary::of([&page.old, &page.new, &page.again]).any() {
        return refused(page);
    }
    match password::change_password(&web, &who, old, form.get("new_password")).await? {
        PasswordChange::Done(token) => {
            let told = Flash::ok("パスワードを変更しました。ほかの端末はログアウトしました。");
            let mut answer = flash::see_other_telling(&web, to::ACCOUNT, &told);
            let cookie = session::opened(&web, &token);
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
        PasswordChange::WrongOld => {
            page.old = page.old.error(Some(
                "いまのパスワードと違います。大文字と小文字をお確かめのうえ、もう一度入力してください。",
            ));
            refused(page)
        }
        PasswordChange::Refused(fault) => {
            page.new = page.new.error(Some(fault.sentence()));
            refused(page)
        }
        PasswordChange::Wait(seconds) => Err(AppError::TooMany(seconds)),
    }
}

fn refused(mut page: PasswordPage) -> PageResult {
    let summary = ErrorSummary::of([&page.old, &page.new, &page.again]);
    page.shell = page.shell.errors(summary);
    answer::unprocessable(&page)
}
