//! The company's users, for its administrator: inviting, roles, stopping.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::account::{UserLine, help};
use super::frame;
use crate::domain::people::ContractorRole;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::accounts::invitation::{self, Purpose};
use crate::services::accounts::users::{self, Created, Managed, NewUser, Steward, UserRow};
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::rescue::Rescued;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

#[derive(Template)]
#[template(path = "netdesk/account/new_user.html")]
struct NewUserPage {
    shell: NetdeskShell,
    fields: [FieldView; 4],
}

#[derive(Template)]
#[template(path = "netdesk/account/user.html")]
struct UserPage {
    shell: NetdeskShell,
    user: UserLine,
    role: FieldView,
    disabled: bool,
    joined: bool,
    /// The own account: nothing to change here.
    oneself: bool,
}

/// What each role may do, said where one is chosen.
fn roles() -> Vec<Choice> {
    let about = |role| match role {
        ContractorRole::Administrator => {
            "作成と送信のほか、利用者の招待・停止・役割の変更ができます。"
        }
        ContractorRole::Sender => "申込の作成と送信、認証キーの表示ができます。",
        ContractorRole::Writer => {
            "申込の作成と下書き保存、認証キーの表示ができます。送信はできません。"
        }
        ContractorRole::Viewer => "確認だけができます。認証キーは表示されません。",
    };
    ContractorRole::ALL
        .map(|role| Choice::new(role.code(), role.label()).note(about(role)))
        .to_vec()
}

fn fields(form: &RawForm) -> [FieldView; 4] {
    [
        FieldView::text("login", "ログインID", form.get("login"))
            .required()
            .code()
            .width("in--m")
            .hint("半角の英小文字・数字と「.」「_」「-」で3～64文字。あとから変えられません。"),
        FieldView::text("name", "氏名", form.get("name"))
            .required()
            .width("in--m"),
        FieldView::text("email", "メールアドレス", form.get("email"))
            .required()
            .code()
            .input_mode("email")
            .hint("パスワードを設定するための招待メールをお送りします。"),
        FieldView::picks("role", "役割", form.get("role"), roles()).required(),
    ]
}

/// `GET /netdesk/account/users/new`
///
/// # Errors
/// When the database cannot be reached.
pub async fn new(State(web): State<Web>, who: ContractorUser, rescued: Rescued) -> PageResult {
    let shell = frame::shell(&web, &who, Menu::Account, help());
    let told = rescued.flash();
    answer::page(&NewUserPage {
        shell: shell.flash(told),
        fields: fields(&rescued.0.unwrap_or_default()),
    })
}

/// `POST /netdesk/account/users/new`: the account, and its invitation by mail.
///
/// # Errors
/// When the database cannot be reached.
pub async fn create(State(web): State<Web>, who: ContractorUser, form: RawForm) -> PageResult {
    let steward = Steward::of_company(&who)?;
    let typed = NewUser {
        login: form.get("login").to_owned(),
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        role: form.get("role").to_owned(),
        branch: None,
    };
    match users::create_user(&web, &steward, &typed).await? {
        Created::Done(_) => Ok(flash::see_other_telling(
            &web,
            to::ACCOUNT,
            &Flash::ok(format!(
                "{} さんを登録しました。招待メールをお送りします。リンクの期限は72時間です。",
                typed.name.trim()
            )),
        )),
        Created::Refused(faults) => {
            let fields = fields(&form).map(|field| {
                let fault = faults.iter().find(|fault| fault.field == field.name);
                field.error(fault.map(|fault| fault.sentence.clone()))
            });
            let shell = frame::shell(&web, &who, Menu::Account, help());
            answer::unprocessable(&NewUserPage {
                shell: shell.errors(ErrorSummary::of(&fields)),
                fields,
            })
        }
    }
}

/// A user of the own company by the number in an address.
async fn find(web: &Web, steward: &Steward, id: &str) -> Result<UserRow, AppError> {
    let id: i64 = id.parse().map_err(|_| AppError::NotFound)?;
    let users = users::list_users(web, steward).await?;
    users
        .into_iter()
        .find(|user| user.id == id)
        .ok_or(AppError::NotFound)
}

/// `GET /netdesk/account/users/{id}`
///
/// # Errors
/// `NotFound` for other companies' users.
pub async fn page(
    State(web): State<Web>,
    who: ContractorUser,
    Path(id): Path<String>,
    Told(told): Told,
) -> PageResult {
    let steward = Steward::of_company(&who)?;
    let user = find(&web, &steward, &id).await?;
    answer::page(&UserPage {
        shell: frame::shell(&web, &who, Menu::Account, help()).flash(told),
        role: FieldView::picks("role", "役割", &user.role, roles()),
        disabled: user.disabled_at.is_some(),
        joined: user.joined,
        oneself: user.id == who.account(),
        user: UserLine::from(&user),
    })
}

/// `POST …/role`
///
/// # Errors
/// `NotFound` for other companies' users and unknown roles.
pub async fn set_role(
    State(web): State<Web>,
    who: ContractorUser,
    Path(id): Path<String>,
    form: RawForm,
) -> PageResult {
    let steward = Steward::of_company(&who)?;
    let user = find(&web, &steward, &id).await?;
    let role = form.get("role");
    let done = users::set_role(&web, &steward, user.id, role).await?;
    let label = ContractorRole::from_code(role).map_or("", ContractorRole::label);
    let words = format!("{} さんの役割を「{label}」にしました。", user.name);
    Ok(told(&web, user.id, done, words))
}

/// `POST …/state`: `stop` or `open`.
///
/// # Errors
/// `NotFound` for other companies' users.
pub async fn set_state(
    State(web): State<Web>,
    who: ContractorUser,
    Path(id): Path<String>,
    form: RawForm,
) -> PageResult {
    let steward = Steward::of_company(&who)?;
    let user = find(&web, &steward, &id).await?;
    let (done, words) = match form.get("state") {
        "stop" => (
            users::disable(&web, &steward, user.id).await?,
            format!("{} さんのログインを停止しました。", user.name),
        ),
        "open" => (
            users::enable(&web, &steward, user.id).await?,
            format!("{} さんのログインを再開しました。", user.name),
        ),
        _ => return Err(AppError::NotFound),
    };
    Ok(told(&web, user.id, done, words))
}

/// `POST …/invitation`: another link by mail.
///
/// # Errors
/// `NotFound` for other companies' users, `Conflict` for a stopped one, `TooMany` after three.
pub async fn invite(
    State(web): State<Web>,
    who: ContractorUser,
    Path(id): Path<String>,
) -> PageResult {
    let steward = Steward::of_company(&who)?;
    let user = find(&web, &steward, &id).await?;
    let words = match invitation::invite(&web, &steward, user.id).await? {
        Purpose::Invitation => format!(
            "{} さんへ招待メールをお送りします。リンクの期限は72時間です。",
            user.name
        ),
        Purpose::Reset => format!(
            "{} さんへパスワードを設定し直すメールをお送りします。リンクの期限は30分です。",
            user.name
        ),
    };
    Ok(told(&web, user.id, Managed::Done, words))
}

fn told(web: &Web, id: i64, done: Managed, words: String) -> Response {
    let flash = match done.sentence() {
        None => Flash::ok(words),
        Some(refusal) => Flash::warn(refusal),
    };
    flash::see_other_telling(web, to::User(id).to_string(), &flash)
}
