//! 支店: list, adding, changing where one is reached.

use askama::Template;
use axum::extract::State;

use super::FormPage;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::branches::{self, BranchForm, BranchRow};
use crate::services::registers::Kept;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

#[derive(Template)]
#[template(path = "office/admin/branches.html")]
struct ListPage {
    shell: OfficeShell,
    rows: Vec<BranchRow>,
}

/// GET /office/admin/branches
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let rows = branches::list(&web, &who).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Branches, "branches").await?;
    answer::page(&ListPage {
        shell: shell.flash(told),
        rows,
    })
}

fn typed(form: &RawForm) -> BranchForm {
    BranchForm {
        name: form.get("name").to_owned(),
        tel: form.get("tel").to_owned(),
        fax: form.get("fax").to_owned(),
        email: form.get("email").to_owned(),
        hours: form.get("hours").to_owned(),
    }
}

fn fields(form: &BranchForm, new: bool) -> Vec<FieldView> {
    let name = FieldView::text("name", "支店名", &form.name);
    vec![
        if new {
            name.required()
                .width("in--m")
                .hint("証書の取扱箇所に印刷されます。あとから変えられません。")
        } else {
            FieldView::shown("name", "支店名", &form.name)
        },
        FieldView::text("tel", "電話", &form.tel)
            .required()
            .width("in--m")
            .input_mode("tel"),
        FieldView::text("fax", "FAX", &form.fax)
            .optional()
            .width("in--m")
            .input_mode("tel"),
        FieldView::text("email", "メールアドレス", &form.email)
            .required()
            .code()
            .input_mode("email"),
        FieldView::text("hours", "受付時間", &form.hours)
            .required()
            .width("in--m")
            .hint("例：平日 9:00～17:00。「（土日祝日・年末年始除く）」は画面が添えます。"),
    ]
}

async fn page(
    web: &Web,
    who: &Officer,
    id: Option<i64>,
    form: &BranchForm,
) -> Result<FormPage, AppError> {
    let shell = shell::shell(web, who, OfficeMenu::Branches, "branches").await?;
    Ok(FormPage {
        shell,
        trail: vec![(to::BRANCHES.to_owned(), "支店".to_owned())],
        title: match id {
            Some(_) => format!("{}の変更", form.name),
            None => "支店の登録".to_owned(),
        },
        lead: match id {
            Some(_) => {
                "お客様の画面のお問い合わせと、これから発行する証書に使います。発行済の証書は変わりません。"
            }
            None => "登録したら、番号ブロックを割り当ててください。割り当てるまで発行できません。",
        },
        fields: fields(form, id.is_none()),
        action: match id {
            Some(id) => format!("{}/{id}", to::BRANCHES),
            None => format!("{}/new", to::BRANCHES),
        },
        submit: if id.is_some() {
            "変更する"
        } else {
            "登録する"
        },
        back: to::BRANCHES.to_owned(),
    })
}

/// GET /office/admin/branches/new
pub async fn new(State(web): State<Web>, who: Officer, rescued: Rescued) -> PageResult {
    let told = rescued.flash();
    let form = typed(&rescued.0.unwrap_or_default());
    let mut page = page(&web, &who, None, &form).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/branches/new
pub async fn add(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let form = typed(&form);
    match branches::add(&web, &who, &form).await? {
        Kept::Done(_) => Ok(flash::see_other_telling(
            &web,
            to::BRANCHES,
            &Flash::ok(format!(
                "{}を登録しました。番号ブロックを割り当てると、発行できるようになります。",
                form.name.trim()
            )),
        )),
        Kept::Refused(faults) => page(&web, &who, None, &form).await?.refused(&faults),
    }
}

/// GET /office/admin/branches/{id}
pub async fn edit(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    rescued: Rescued,
) -> PageResult {
    let row = branches::find(&web, &who, id).await?;
    let told = rescued.flash();
    let form = match rescued.0 {
        Some(kept) => BranchForm {
            name: row.name,
            ..typed(&kept)
        },
        None => BranchForm {
            name: row.name,
            tel: row.tel,
            fax: row.fax,
            email: row.email,
            hours: row.hours,
        },
    };
    let mut page = page(&web, &who, Some(id), &form).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/admin/branches/{id}
pub async fn change(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let row = branches::find(&web, &who, id).await?;
    let form = BranchForm {
        name: row.name,
        ..typed(&form)
    };
    match branches::change(&web, &who, id, &form).await? {
        Kept::Done(()) => Ok(flash::see_other_telling(
            &web,
            to::BRANCHES,
            &Flash::ok(format!("{}の連絡先を変更しました。", form.name)),
        )),
        Kept::Refused(faults) => page(&web, &who, Some(id), &form).await?.refused(&faults),
    }
}
