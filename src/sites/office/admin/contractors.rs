//! お客様: the register of contractors, each with its users.

use askama::Template;
use axum::extract::State;

use super::users::{self, UserLine};
use super::{FormPage, branch_choices, with_faults};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::accounts::users::{self as accounts, Created, Steward};
use crate::services::branches;
use crate::services::contractors::{self, ContractorForm, ContractorLine, ContractorRow, PER_PAGE};
use crate::services::registers::{FieldFault, Kept};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::{Query, RawForm};
use crate::web::page::Flash;
use crate::web::pager::Pager;
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

#[derive(Template)]
#[template(path = "office/admin/contractors.html")]
struct ListPage {
    shell: OfficeShell,
    words: FieldView,
    filtered: bool,
    rows: Vec<ContractorLine>,
    pager: Pager,
}

/// GET /office/admin/contractors
pub async fn list(
    State(web): State<Web>,
    who: Officer,
    Query(query): Query,
    Told(told): Told,
) -> PageResult {
    let words: String = query.get("q").chars().take(200).collect();
    let page = query
        .get("page")
        .parse::<i64>()
        .unwrap_or(1)
        .clamp(1, 10_000);
    let found = contractors::list(&web, &who, &words, page).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Contractors, "contractors").await?;
    let number = |n: i64| u64::try_from(n).unwrap_or(1);
    answer::page(&ListPage {
        shell: shell.flash(told),
        pager: Pager::pages(
            number(found.total),
            number(PER_PAGE),
            number(page),
            |page| {
                let query = serde_urlencoded::to_string([
                    ("q", words.as_str()),
                    ("page", &page.to_string()),
                ]);
                format!("{}?{}", to::CONTRACTORS, query.unwrap_or_default())
            },
        ),
        filtered: !words.trim().is_empty(),
        words: FieldView::text("q", "会社名・所在地", &words)
            .bare()
            .width("w"),
        rows: found.rows,
    })
}

fn typed(form: &RawForm) -> ContractorForm {
    ContractorForm {
        name: form.get("name").to_owned(),
        address: form.get("address").to_owned(),
        representative: form.get("representative").to_owned(),
        email: form.get("email").to_owned(),
        tel: form.get("tel").to_owned(),
        branch: form.get("branch").parse().ok(),
        lump_sum: form.checked("lump_sum"),
        billing_places: form.get("billing_places").to_owned(),
    }
}

fn kept(row: ContractorRow) -> ContractorForm {
    ContractorForm {
        name: row.name,
        address: row.address,
        representative: row.representative,
        email: row.email,
        tel: row.tel,
        branch: Some(row.branch_id),
        lump_sum: row.lump_sum,
        billing_places: row.billing_places.join("\n"),
    }
}

async fn fields(
    web: &Web,
    who: &Officer,
    form: &ContractorForm,
    new: bool,
) -> Result<Vec<FieldView>, AppError> {
    let branches = branches::list(web, who).await?;
    let branch = form.branch.map_or_else(String::new, |id| id.to_string());
    Ok(vec![
        if new {
            FieldView::text("name", "会社名", &form.name)
                .required()
                .hint("登記のとおりに入力してください。文字はそのまま証書に印刷されます。あとから変えられません。")
        } else {
            FieldView::shown("name", "会社名", &form.name)
        },
        FieldView::text("address", "所在地", &form.address).required(),
        FieldView::text("representative", "代表者", &form.representative)
            .required()
            .hint("役職と氏名。例：代表取締役　湊 一郎"),
        FieldView::text("email", "メールアドレス", &form.email)
            .required()
            .code()
            .input_mode("email"),
        FieldView::text("tel", "電話", &form.tel)
            .optional()
            .width("in--m")
            .input_mode("tel"),
        FieldView::select("branch", "取扱支店", &branch, branch_choices(&branches)).required(),
        FieldView::tick(
            "lump_sum",
            "一括納付",
            form.lump_sum,
            "一括納付の契約があります（入金を待たずに発行します）",
        ),
        FieldView::area("billing_places", "保証料請求先", &form.billing_places, 3)
            .required()
            .hint("一行に一つずつ。申込の画面で選べるようになります。"),
    ])
}

fn trail() -> Vec<(String, String)> {
    vec![(to::CONTRACTORS.to_owned(), "お客様".to_owned())]
}

fn address(id: i64) -> String {
    format!("{}/{id}", to::CONTRACTORS)
}

async fn new_page(web: &Web, who: &Officer, form: &ContractorForm) -> Result<FormPage, AppError> {
    Ok(FormPage {
        shell: shell::shell(web, who, OfficeMenu::Contractors, "contractors").await?,
        trail: trail(),
        title: "お客様の登録".to_owned(),
        lead: "登録したあと、利用者を招待してください。",
        fields: fields(web, who, form, true).await?,
        action: format!("{}/new", to::CONTRACTORS),
        submit: "登録する",
        back: to::CONTRACTORS.to_owned(),
    })
}

/// GET /office/admin/contractors/new
pub async fn new(State(web): State<Web>, who: Officer, rescued: Rescued) -> PageResult {
    let told = rescued.flash();
    let form = typed(&rescued.0.unwrap_or_default());
    let mut page = new_page(&web, &who, &form).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/contractors/new
pub async fn add(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let form = typed(&form);
    match contractors::add(&web, &who, &form).await? {
        Kept::Done(id) => Ok(flash::see_other_telling(
            &web,
            address(id),
            &Flash::ok(format!(
                "{}を登録しました。つぎに、利用者を招待してください。",
                form.name.trim()
            )),
        )),
        Kept::Refused(faults) => new_page(&web, &who, &form).await?.refused(&faults),
    }
}

#[derive(Template)]
#[template(path = "office/admin/contractor.html")]
struct EditPage {
    shell: OfficeShell,
    name: String,
    base: String,
    fields: Vec<FieldView>,
    users: Vec<UserLine>,
}

async fn edit_page(
    web: &Web,
    who: &Officer,
    id: i64,
    form: &ContractorForm,
    faults: &[FieldFault],
) -> Result<EditPage, AppError> {
    let steward = Steward::of_contractor(who, id)?;
    let rows = accounts::list_users(web, &steward).await?;
    let users = format!("{}/users", address(id));
    let fields = with_faults(fields(web, who, form, false).await?, faults);
    let shell = shell::shell(web, who, OfficeMenu::Contractors, "contractors").await?;
    Ok(EditPage {
        shell: shell.errors(ErrorSummary::of(&fields)),
        name: form.name.clone(),
        base: address(id),
        fields,
        users: rows.iter().map(|row| UserLine::of(row, &users)).collect(),
    })
}

/// GET /office/admin/contractors/{id}
pub async fn edit(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let row = contractors::find(&web, &who, id).await?;
    let flash = rescued.flash().or(told);
    let form = match rescued.0 {
        Some(back) => ContractorForm {
            name: row.name,
            ..typed(&back)
        },
        None => kept(row),
    };
    let mut page = edit_page(&web, &who, id, &form, &[]).await?;
    page.shell = page.shell.flash(flash);
    answer::page(&page)
}

/// POST /office/admin/contractors/{id}
pub async fn change(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let row = contractors::find(&web, &who, id).await?;
    let form = ContractorForm {
        name: row.name,
        ..typed(&form)
    };
    match contractors::change(&web, &who, id, &form).await? {
        Kept::Done(()) => Ok(flash::see_other_telling(
            &web,
            address(id),
            &Flash::ok("お客様の情報を変更しました。発行済の証書は変わりません。"),
        )),
        Kept::Refused(faults) => {
            answer::unprocessable(&edit_page(&web, &who, id, &form, &faults).await?)
        }
    }
}

/// The steward of one contractor's users, the company's name, and the address of its users.
pub(super) async fn circle(
    web: &Web,
    who: &Officer,
    id: i64,
) -> Result<(Steward, Vec<(String, String)>, String), AppError> {
    let row = contractors::find(web, who, id).await?;
    let mut trail = trail();
    trail.push((address(id), row.name));
    Ok((
        Steward::of_contractor(who, id)?,
        trail,
        format!("{}/users", address(id)),
    ))
}

async fn new_user_page(
    web: &Web,
    who: &Officer,
    id: i64,
    form: &RawForm,
) -> Result<FormPage, AppError> {
    let (steward, trail, users) = circle(web, who, id).await?;
    let fields = users::fields(&steward, form, None);
    let shell = shell::shell(web, who, OfficeMenu::Contractors, "contractors").await?;
    Ok(users::new_page(
        shell,
        trail,
        "利用者の招待",
        fields,
        &address(id),
        &users,
    ))
}

/// GET /office/admin/contractors/{id}/users/new
pub async fn new_user(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    rescued: Rescued,
) -> PageResult {
    let told = rescued.flash();
    let mut page = new_user_page(&web, &who, id, &rescued.0.unwrap_or_default()).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/contractors/{id}/users/new
pub async fn create_user(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let (steward, ..) = circle(&web, &who, id).await?;
    let typed = users::typed(&form);
    match accounts::create_user(&web, &steward, &typed).await? {
        Created::Done(_) => Ok(flash::see_other_telling(
            &web,
            address(id),
            &Flash::ok(format!(
                "{} さんを登録しました。招待メールをお送りします。",
                typed.name.trim()
            )),
        )),
        Created::Refused(faults) => new_user_page(&web, &who, id, &form).await?.refused(&faults),
    }
}

/// GET /office/admin/contractors/{id}/users/{user}
pub async fn show_user(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
    Told(told): Told,
) -> PageResult {
    let (steward, trail, users) = circle(&web, &who, id).await?;
    let row = users::find(&web, &steward, user).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Contractors, "contractors").await?;
    users::page(shell.flash(told), trail, &steward, &row, &users, false)
}

/// POST /office/admin/contractors/{id}/users/{user}/role
pub async fn user_role(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
    form: RawForm,
) -> PageResult {
    let (steward, _, users) = circle(&web, &who, id).await?;
    users::set_role(&web, &steward, user, &form, &format!("{users}/{user}")).await
}

/// POST /office/admin/contractors/{id}/users/{user}/invitation
pub async fn invite_user(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
) -> PageResult {
    let (steward, _, users) = circle(&web, &who, id).await?;
    users::invite(&web, &steward, user, &format!("{users}/{user}")).await
}

/// POST /office/admin/contractors/{id}/users/{user}/state
pub async fn user_state(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
    form: RawForm,
) -> PageResult {
    let (steward, _, users) = circle(&web, &who, id).await?;
    users::set_state(&web, &steward, user, &form, &format!("{users}/{user}")).await
}
