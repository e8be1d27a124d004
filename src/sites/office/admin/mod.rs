//! 管理: the registers an administrator keeps. To other roles these pages are not there.

pub mod blocks;
pub mod books;
pub mod branches;
pub mod contractors;
pub mod details;
pub mod jobs;
pub mod obligees;
pub mod staff;
pub mod users;

use askama::Template;

use crate::services::cases::BranchRow;
use crate::services::registers::FieldFault;
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::routes::{Access, Routes, StaffRight};
use crate::web::shell::OfficeShell;
use crate::web::site::Site;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

/// The addresses of 管理.
pub fn routes() -> Routes {
    let admin = Access::Officer(StaffRight::Administer);
    Routes::new(Site::Office)
        .get(to::BRANCHES, admin, branches::list)
        .get("/office/admin/branches/new", admin, branches::new)
        .post("/office/admin/branches/new", admin, branches::add)
        .get("/office/admin/branches/{id}", admin, branches::edit)
        .post("/office/admin/branches/{id}", admin, branches::change)
        .get(to::STAFF, admin, staff::list)
        .get("/office/admin/staff/new", admin, staff::new)
        .post("/office/admin/staff/new", admin, staff::create)
        .get("/office/admin/staff/{id}", admin, staff::show)
        .get("/office/admin/staff/{id}/details", admin, details::of_staff)
        .post(
            "/office/admin/staff/{id}/details",
            admin,
            details::correct_staff,
        )
        .post("/office/admin/staff/{id}/role", admin, staff::role)
        .post("/office/admin/staff/{id}/invitation", admin, staff::invite)
        .post("/office/admin/staff/{id}/state", admin, staff::state)
        .get(to::CONTRACTORS, admin, contractors::list)
        .get("/office/admin/contractors/new", admin, contractors::new)
        .post("/office/admin/contractors/new", admin, contractors::add)
        .get("/office/admin/contractors/{id}", admin, contractors::edit)
        .post("/office/admin/contractors/{id}", admin, contractors::change)
        .get(
            "/office/admin/contractors/{id}/users/new",
            admin,
            contractors::new_user,
        )
        .post(
            "/office/admin/contractors/{id}/users/new",
            admin,
            contractors::create_user,
        )
        .get(
            "/office/admin/contractors/{id}/users/{user}",
            admin,
            contractors::show_user,
        )
        .get(
            "/office/admin/contractors/{id}/users/{user}/details",
            admin,
            details::of_user,
        )
        .post(
            "/office/admin/contractors/{id}/users/{user}/details",
            admin,
            details::correct_user,
        )
        .post(
            "/office/admin/contractors/{id}/users/{user}/role",
            admin,
            contractors::user_role,
        )
        .post(
            "/office/admin/contractors/{id}/users/{user}/invitation",
            admin,
            contractors::invite_user,
        )
        .post(
            "/office/admin/contractors/{id}/users/{user}/state",
            admin,
            contractors::user_state,
        )
        .get(to::OBLIGEES, admin, obligees::list)
        .get("/office/admin/obligees/new", admin, obligees::new)
        .post("/office/admin/obligees/new", admin, obligees::add)
        .get("/office/admin/obligees/{id}", admin, obligees::show)
        .get("/office/admin/obligees/{id}/books/new", admin, books::new)
        .post("/office/admin/obligees/{id}/books/new", admin, books::add)
        .get(
            "/office/admin/obligees/{id}/books/{version}",
            admin,
            books::show,
        )
        .get(to::BLOCKS, admin, blocks::list)
        .post(to::BLOCKS, admin, blocks::allot)
        .get(to::JOBS, admin, jobs::list)
        .post("/office/admin/jobs/{id}/run", admin, jobs::run)
}

/// A page that is one form.
#[derive(Template)]
#[template(path = "office/admin/form.html")]
struct FormPage {
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    title: String,
    /// Said above the fields.
    lead: &'static str,
    fields: Vec<FieldView>,
    action: String,
    submit: &'static str,
    back: String,
}

impl FormPage {
    /// The page again, each sentence beside its field.
    fn refused(mut self, faults: &[FieldFault]) -> PageResult {
        self.fields = with_faults(self.fields, faults);
        let summary = ErrorSummary::of(&self.fields);
        self.shell = self.shell.errors(summary);
        answer::unprocessable(&self)
    }
}

/// Puts sentences beside their fields.
pub(in crate::sites::office) fn with_faults(
    fields: Vec<FieldView>,
    faults: &[FieldFault],
) -> Vec<FieldView> {
    fields
        .into_iter()
        .map(|field| {
            let fault = faults.iter().find(|fault| fault.field == field.name);
            field.error(fault.map(|fault| fault.sentence.clone()))
        })
        .collect()
}

/// Branches to choose from.
fn branch_choices(branches: &[BranchRow]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "選択してください"))
        .chain(
            branches
                .iter()
                .map(|branch| Choice::new(branch.id.to_string(), branch.name.clone())),
        )
        .collect()
}
