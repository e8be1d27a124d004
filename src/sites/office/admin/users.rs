//! One account of a circle the administrator keeps: the form of a new one, the page of one, its deeds.

use askama::Template;
use axum::response::Response;

use super::FormPage;
use crate::domain::people::{ContractorRole, StaffRole};
use crate::error::AppError;
use crate::services::accounts::invitation::{self, Purpose};
use crate::services::accounts::users::{self, Managed, NewUser, Steward, UserRow};
use crate::services::cases::BranchRow;
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::flash;
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag, Tone};
use crate::web::shell::OfficeShell;
use crate::web::state::Web;

/// One line of a list of users.
pub(super) struct UserLine {
    pub href: String,
    pub login: String,
    pub name: String,
    pub email: String,
    pub role: &'static str,
    /// Staff only.
    pub branch: String,
    pub state: Tag,
}

impl UserLine {
    pub(super) fn of(row: &UserRow, base: &str) -> Self {
        let role = if row.branch_id.is_some() {
            StaffRole::from_code(&row.role).map(StaffRole::label)
        } else {
            ContractorRole::from_code(&row.role).map(ContractorRole::label)
        };
        Self {
            href: format!("{base}/{}", row.id),
            login: row.login.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            role: role.unwrap_or("―"),
            branch: row.branch_name.clone().unwrap_or_default(),
            state: match (row.disabled_at, row.joined) {
                (Some(_), _) => Tag::new(Tone::Mute, "停止中"),
                (None, true) => Tag::new(Tone::Ok, "利用中"),
                (None, false) => Tag::new(Tone::Note, "招待中"),
            },
        }
    }
}

/// What each role may do, said where one is chosen.
fn about(staff: bool, code: &str) -> &'static str {
    match (staff, code) {
        (true, "clerk") => "審査を始め、差し戻し、承認に回し、入金を確認します。承認はできません。",
        (true, "approver") => "承認し、発行し、謝絶します。自分が審査した申込は承認できません。",
        (true, _) => "支店・職員・お客様・番号ブロックを登録します。審査も承認もしません。",
        (false, "administrator") => "作成と送信のほか、利用者の招待・停止・役割の変更ができます。",
        (false, "sender") => "申込の作成と送信、認証キーの表示ができます。",
        (false, "writer") => "申込の作成と下書き保存、認証キーの表示ができます。送信はできません。",
        (false, _) => "確認だけができます。認証キーは表示されません。",
    }
}

fn roles(steward: &Steward, staff: bool) -> Vec<Choice> {
    steward
        .roles()
        .into_iter()
        .map(|(code, label)| Choice::new(code, label).note(about(staff, code)))
        .collect()
}

/// What was typed for a new user.
pub(super) fn typed(form: &RawForm) -> NewUser {
    NewUser {
        login: form.get("login").to_owned(),
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        role: form.get("role").to_owned(),
        branch: form.get("branch").parse().ok(),
    }
}

/// The fields of a new user; with branches for staff.
pub(super) fn fields(
    steward: &Steward,
    form: &RawForm,
    branches: Option<&[BranchRow]>,
) -> Vec<FieldView> {
    let mut fields = vec![
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
    ];
    if let Some(branches) = branches {
        let choices = super::branch_choices(branches);
        fields.push(FieldView::select("branch", "所属", form.get("branch"), choices).required());
    }
    let roles = roles(steward, branches.is_some());
    fields.push(FieldView::picks("role", "役割", form.get("role"), roles).required());
    fields
}

/// The page of a new user.
pub(super) fn new_page(
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    title: &str,
    fields: Vec<FieldView>,
    list: &str,
    users: &str,
) -> FormPage {
    FormPage {
        shell,
        trail,
        title: title.to_owned(),
        lead: "招待メールのリンク（期限72時間・一度だけ）から、本人がパスワードを設定します。",
        fields,
        action: format!("{users}/new"),
        submit: "招待する",
        back: list.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "office/admin/user.html")]
struct UserPage {
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    user: UserLine,
    role: FieldView,
    disabled: bool,
    joined: bool,
    /// The own account: nothing to change here.
    oneself: bool,
}

/// Finds one account of the circle.
pub(super) async fn find(web: &Web, steward: &Steward, id: i64) -> Result<UserRow, AppError> {
    let all = users::list_users(web, steward).await?;
    all.into_iter()
        .find(|row| row.id == id)
        .ok_or(AppError::NotFound)
}

/// The page of one account.
pub(super) fn page(
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    steward: &Steward,
    row: &UserRow,
    base: &str,
    oneself: bool,
) -> PageResult {
    let staff = row.branch_id.is_some();
    answer::page(&UserPage {
        shell,
        trail,
        user: UserLine::of(row, base),
        role: FieldView::picks("role", "役割", &row.role, roles(steward, staff)).required(),
        disabled: row.disabled_at.is_some(),
        joined: row.joined,
        oneself,
    })
}

/// Gives another role; `back` is the page of the account.
pub(super) async fn set_role(
    web: &Web,
    steward: &Steward,
    id: i64,
    form: &RawForm,
    back: &str,
) -> PageResult {
    let done = users::set_role(web, steward, id, form.get("role")).await?;
    Ok(told(web, back, done, "役割を変更しました。"))
}

/// Stops a login, or opens it again.
pub(super) async fn set_state(
    web: &Web,
    steward: &Steward,
    id: i64,
    form: &RawForm,
    back: &str,
) -> PageResult {
    let (done, words) = match form.get("state") {
        "stop" => (
            users::disable(web, steward, id).await?,
            "ログインを停止しました。いまのログインも終わりました。",
        ),
        "open" => (
            users::enable(web, steward, id).await?,
            "ログインを再開しました。",
        ),
        _ => return Err(AppError::NotFound),
    };
    Ok(told(web, back, done, words))
}

fn told(web: &Web, back: &str, done: Managed, words: &str) -> Response {
    let flash = match done.sentence() {
        None => Flash::ok(words),
        Some(why) => Flash::warn(why),
    };
    flash::see_other_telling(web, back, &flash)
}

/// Mails a new link.
pub(super) async fn invite(web: &Web, steward: &Steward, id: i64, back: &str) -> PageResult {
    let flash = match invitation::invite(web, steward, id).await {
        Ok(Purpose::Invitation) => {
            Flash::ok("招待メールをお送りします。リンクの期限は72時間です。")
        }
        Ok(Purpose::Reset) => Flash::ok("再設定のメールをお送りします。リンクの期限は30分です。"),
        Err(AppError::Conflict(words)) => Flash::warn(words),
        Err(AppError::TooMany(seconds)) => Flash::warn(format!(
            "続けて何通も送ったため、いったん止めています。{}ほどおいてから、もう一度お送りください。",
            answer::wait_words(seconds)
        )),
        Err(other) => return Err(other),
    };
    Ok(flash::see_other_telling(web, back, &flash))
}
