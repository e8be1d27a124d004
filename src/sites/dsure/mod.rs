//! D-Sure: obligees show number and key, and see the certificate as it was issued.

pub mod certificates;
pub mod help;
mod panels;
pub mod signin;

use crate::web::page::{Common, HelpLink};
use crate::web::routes::{Access, Routes};
use crate::web::session;
use crate::web::shell::GateShell;
use crate::web::site::Site;
use crate::web::state::Web;
use crate::web::urls::dsure as to;

/// The table of routes.
pub fn routes() -> Routes {
    Routes::new(Site::Dsure)
        .get(to::TOP, Access::Anonymous, signin::form)
        .post(to::TOP, Access::Anonymous, signin::open)
        .post(to::LOGOUT, Access::Public, signin::close)
        .post(to::SESSION, Access::KeyHolder, session::keep)
        .get(to::HELP, Access::Public, help::show)
        .get(to::KEYS, Access::Public, certificates::keys)
        // `{seq}`, `{seq}.pdf` and `{seq}.json`
        .get(
            "/dsure/certificates/{file}",
            Access::KeyHolder,
            certificates::show,
        )
}

fn common(web: &Web) -> Common {
    let mut common = Common::new(web.names(), Site::Dsure);
    common.demo = web.demo;
    common
}

fn help_link() -> HelpLink {
    HelpLink {
        href: to::HELP.to_owned(),
        words: "ヘルプ".to_owned(),
    }
}

/// The frame of pages without a session.
fn gate(web: &Web) -> GateShell {
    GateShell {
        common: common(web),
        contact: None,
        help: Some(help_link()),
    }
}
