//! The frame of a signed-in page, filled from who is here and which branch answers questions.

use crate::services::ContractorUser;
use crate::services::sureties::BranchRow;
use crate::web::page::{BranchLine, Common, Flash, HelpLink};
use crate::web::session;
use crate::web::shell::{GateShell, Menu, NetdeskShell};
use crate::web::site::Site;
use crate::web::state::Web;

/// A branch as pages name it.
pub fn line(branch: &BranchRow) -> BranchLine {
    BranchLine {
        name: branch.name.clone(),
        tel: branch.tel.clone(),
        fax: branch.fax.clone(),
        mail: branch.email.clone(),
        hours: branch.hours.clone(),
    }
}

/// The frame with the company's usual branch in its foot.
pub fn shell(web: &Web, who: &ContractorUser, current: Menu, help: HelpLink) -> NetdeskShell {
    shell_at(web, who, current, help, who.desk())
}

/// The frame with a branch that is known already, such as a guarantee's.
pub fn shell_at(
    web: &Web,
    who: &ContractorUser,
    current: Menu,
    help: HelpLink,
    branch: &BranchRow,
) -> NetdeskShell {
    NetdeskShell {
        branch: Some(line(branch)),
        ..shell_of(web, who, current, help)
    }
}

/// The frame without a branch in its foot yet.
pub fn shell_of(web: &Web, who: &ContractorUser, current: Menu, help: HelpLink) -> NetdeskShell {
    NetdeskShell {
        common: common(web),
        company: who.company().to_owned(),
        login: who.login().to_owned(),
        role_word: who.role().label().to_owned(),
        may_write: who.role().may_write(),
        branch: None,
        help,
        current,
    }
    .session(Some(session::end(web, who)))
}

/// The frame of pages without a session.
pub fn gate(web: &Web, flash: Option<Flash>) -> GateShell {
    GateShell {
        common: common(web),
        contact: None,
        help: Some(HelpLink::netdesk("login", "ログインのヘルプ")),
    }
    .flash(flash)
}

fn common(web: &Web) -> Common {
    let mut common = Common::new(web.names(), Site::Netdesk);
    common.demo = web.demo;
    common
}

/// 「20,000,000」
pub fn yen(amount: i64) -> String {
    crate::domain::money::Yen::new(amount).map_or_else(|| amount.to_string(), |yen| yen.to_string())
}

/// 「2026-07-02T15:31+09:00」, for `<time datetime>`.
pub fn iso(instant: time::OffsetDateTime) -> String {
    let here = crate::domain::era::tokyo(instant);
    format!(
        "{}T{:02}:{:02}+09:00",
        here.date(),
        here.hour(),
        here.minute()
    )
}
