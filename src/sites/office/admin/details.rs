//! 登録の内容の変更: a person's name, address and branch, of the staff and of a contractor's users.

use axum::extract::State;

use super::{FormPage, contractors, staff, users};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::accounts::details::{self, Corrected, Details};
use crate::services::accounts::users::{Steward, UserRow};
use crate::services::branches;
use crate::services::cases::BranchRow;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash;
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

/// Whose details, and where the account's own page is.
struct Whose {
    steward: Steward,
    row: UserRow,
    trail: Vec<(String, String)>,
    page: String,
    /// To choose from, for staff.
    branches: Option<Vec<BranchRow>>,
    shell: OfficeShell,
}

impl Whose {
    async fn staff(web: &Web, who: &Officer, id: i64) -> Result<Self, AppError> {
        let steward = Steward::of_staff(who)?;
        Ok(Self {
            row: users::find(web, &steward, id).await?,
            steward,
            trail: staff::trail(),
            page: format!("{}/{id}", to::STAFF),
            branches: Some(branches::list(web, who).await?),
            shell: shell::shell(web, who, OfficeMenu::Staff, "staff").await?,
        })
    }

    async fn contractors(web: &Web, who: &Officer, id: i64, user: i64) -> Result<Self, AppError> {
        let (steward, trail, users_at) = contractors::circle(web, who, id).await?;
        Ok(Self {
            row: users::find(web, &steward, user).await?,
            steward,
            trail,
            page: format!("{users_at}/{user}"),
            branches: None,
            shell: shell::shell(web, who, OfficeMenu::Contractors, "contractors").await?,
        })
    }

    /// The form with what is kept, or with what was typed.
    fn page(mut self, typed: Option<RawForm>) -> FormPage {
        let form = typed.unwrap_or_else(|| {
            let branch = self.row.branch_id.map(|id| id.to_string());
            RawForm::default()
                .with("name", self.row.name.as_str())
                .with("email", self.row.email.as_str())
                .with("branch", branch.unwrap_or_default())
        });
        let mut fields = vec![
            FieldView::text("name", "氏名", form.get("name"))
                .required()
                .width("in--m"),
            FieldView::text("email", "メールアドレス", form.get("email"))
                .required()
                .code()
                .input_mode("email"),
        ];
        if let Some(branches) = &self.branches {
            let choices = super::branch_choices(branches);
            fields
                .push(FieldView::select("branch", "所属", form.get("branch"), choices).required());
        }
        self.trail.push((self.page.clone(), self.row.login));
        FormPage {
            shell: self.shell,
            trail: self.trail,
            title: "登録の内容の変更".to_owned(),
            lead: "メールアドレスを変えると、前のアドレスへ送ったリンクは使えなくなります。パスワードをまだ設定していない方には、新しいアドレスへ招待メールを送り直します。",
            fields,
            action: format!("{}/details", self.page),
            submit: "変更する",
            back: self.page,
        }
    }

    async fn correct(self, web: &Web, form: RawForm) -> PageResult {
        let typed = Details {
            name: form.get("name").to_owned(),
            email: form.get("email").to_owned(),
            branch: form.get("branch").parse().ok(),
        };
        let words = match details::correct(web, &self.steward, self.row.id, &typed).await? {
            Corrected::Done { invited: true } => {
                "登録の内容を変更しました。新しいアドレスへ招待メールをお送りします。"
            }
            Corrected::Done { invited: false } => "登録の内容を変更しました。",
            Corrected::Refused(faults) => return self.page(Some(form)).refused(&faults),
        };
        Ok(flash::see_other_telling(web, &self.page, &Flash::ok(words)))
    }
}

fn show(whose: Whose, rescued: Rescued) -> PageResult {
    let told = rescued.flash();
    let mut page = whose.page(rescued.0);
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// GET /office/admin/staff/{id}/details
pub async fn of_staff(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    rescued: Rescued,
) -> PageResult {
    show(Whose::staff(&web, &who, id).await?, rescued)
}

/// POST /office/admin/staff/{id}/details
pub async fn correct_staff(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    Whose::staff(&web, &who, id)
        .await?
        .correct(&web, form)
        .await
}

/// GET /office/admin/contractors/{id}/users/{user}/details
pub async fn of_user(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
    rescued: Rescued,
) -> PageResult {
    show(Whose::contractors(&web, &who, id, user).await?, rescued)
}

/// POST /office/admin/contractors/{id}/users/{user}/details
pub async fn correct_user(
    State(web): State<Web>,
    who: Officer,
    Named((id, user)): Named<(i64, i64)>,
    form: RawForm,
) -> PageResult {
    let whose = Whose::contractors(&web, &who, id, user).await?;
    whose.correct(&web, form).await
}
