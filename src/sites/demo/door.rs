//! The three doors with the demo's logins.

use askama::Template;
use axum::extract::State;

use crate::demo::world::{self, DemoLogin};
use crate::domain::people::{ContractorRole, StaffRole};
use crate::services::accounts::DEMO_PASSWORD;
use crate::web::answer::{self, PageResult};
use crate::web::shell::GateShell;
use crate::web::site::Site;
use crate::web::state::Web;

#[derive(Template)]
#[template(path = "demo/door.html")]
struct Door {
    shell: GateShell,
    password: &'static str,
    netdesk: Vec<Login>,
    office: Vec<Login>,
}

/// One line of a door's table.
struct Login {
    login: &'static str,
    place: &'static str,
    role: &'static str,
}

fn line(login: DemoLogin, role: &'static str) -> Login {
    Login {
        login: login.login,
        place: login.place,
        role,
    }
}

/// `/`
pub async fn show(State(web): State<Web>) -> PageResult {
    answer::page(&Door {
        shell: GateShell::new(web.names(), Site::Demo),
        password: DEMO_PASSWORD,
        netdesk: world::netdesk_logins()
            .into_iter()
            .map(|login| {
                let role = ContractorRole::from_code(login.role).map_or("", ContractorRole::label);
                line(login, role)
            })
            .collect(),
        office: world::office_logins()
            .into_iter()
            .map(|login| {
                let role = StaffRole::from_code(login.role).map_or("", StaffRole::label);
                line(login, role)
            })
            .collect(),
    })
}
