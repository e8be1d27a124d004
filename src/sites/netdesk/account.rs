//! お客様情報: the company as the surety has it, its users, the own password.

use askama::Template;
use axum::extract::State;
use axum::http::header;

use super::frame;
use super::invitations::{agree, new_password};
use crate::domain::people::ContractorRole;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::accounts::password::{self, PasswordChange};
use crate::services::accounts::users::{self, Steward, UserRow};
use crate::services::sureties::{self, Company};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, HelpLink, Tag, Tone};
use crate::web::session;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

#[derive(Template)]
#[template(path = "netdesk/account/page.html")]
struct AccountPage {
    shell: NetdeskShell,
    company: Company,
    name: String,
    email: String,
    /// `None` where the visitor may not manage users.
    users: Option<Vec<UserLine>>,
}

#[derive(Template)]
#[template(path = "netdesk/account/password.html")]
struct PasswordPage {
    shell: NetdeskShell,
    old: FieldView,
    new: FieldView,
    again: FieldView,
}

/// A user of the company.
pub(super) struct UserLine {
    pub href: String,
    pub login: String,
    pub name: String,
    pub email: String,
    pub role: &'static str,
    pub state: Tag,
}

impl From<&UserRow> for UserLine {
    fn from(row: &UserRow) -> Self {
        Self {
            href: to::User(row.id).to_string(),
            login: row.login.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            role: ContractorRole::from_code(&row.role).map_or("―", ContractorRole::label),
            state: match (row.disabled_at, row.joined) {
                (Some(_), _) => Tag::new(Tone::Mute, "停止中"),
                (None, true) => Tag::new(Tone::Ok, "利用中"),
                (None, false) => Tag::new(Tone::Note, "招待中"),
            },
        }
    }
}

/// The help of everything below お客様情報.
pub(super) fn help() -> HelpLink {
    HelpLink::netdesk("account", "お客様情報のヘルプ")
}

/// `GET /netdesk/account`
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(State(web): State<Web>, who: ContractorUser, Told(told): Told) -> PageResult {
    let company = sureties::company(&web, &who).await?;
    let users = if who.role().may_manage() {
        let steward = Steward::of_company(&who)?;
        let users = users::list_users(&web, &steward).await?;
        Some(users.iter().map(UserLine::from).collect())
    } else {
        None
    };
    answer::page(&AccountPage {
        shell: frame::shell_at(&web, &who, Menu::Account, help(), &company.branch).flash(told),
        name: who.name().to_owned(),
        email: who.email().to_owned(),
        company,
        users,
    })
}

fn blank(web: &Web, who: &ContractorUser) -> PasswordPage {
    let [new, again] = new_password().map(|field| field.width("in--m"));
    PasswordPage {
        shell: frame::shell(web, who, Menu::Account, help()),
        old: FieldView::password("old_password", "いまのパスワード", "current-password")
            .width("in--m"),
        new,
        again,
    }
}

/// `GET /netdesk/account/password`
///
/// # Errors
/// When the database cannot be reached.
pub async fn password_page(State(web): State<Web>, who: ContractorUser) -> PageResult {
    answer::page(&blank(&web, &who))
}

/// `POST /netdesk/account/password`: every other session ends.
///
/// # Errors
/// `Busy`; `Conflict` when it was changed elsewhere in the same moment.
pub async fn change_password(
    State(web): State<Web>,
    who: ContractorUser,
    form: RawForm,
) -> PageResult {
    let mut page = blank(&web, &who);
    let old = form.get("old_password");
    if old.is_empty() {
        page.old = page.old.error(Some("いまのパスワードを入力してください。"));
    }
    [page.new, page.again] = agree([page.new, page.again], &form);
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
