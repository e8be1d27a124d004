//! 利用規約: read by anybody, accepted once and after each new version.

use askama::Template;
use axum::extract::State;

use super::frame;
use crate::services::ContractorUser;
use crate::services::accounts::terms;
use crate::web::answer::{self, PageResult};
use crate::web::form::{Query, RawForm};
use crate::web::page::HelpLink;
use crate::web::session;
use crate::web::shell::{GateShell, Menu, NetdeskShell};
use crate::web::site::Site;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;

/// For those without a session, and those who have not accepted yet.
#[derive(Template)]
#[template(path = "netdesk/terms/gate.html")]
struct GatePage {
    shell: GateShell,
    version: i32,
    /// Who has to accept, and where to go on then.
    asked: Option<Asked>,
}

struct Asked {
    company: String,
    login: String,
    next: String,
    /// An older version was accepted before.
    again: bool,
}

/// For those who are in.
#[derive(Template)]
#[template(path = "netdesk/terms/page.html")]
struct TermsPage {
    shell: NetdeskShell,
    version: i32,
}

/// `GET /netdesk/terms`
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(
    State(web): State<Web>,
    who: Option<ContractorUser>,
    Query(query): Query,
) -> PageResult {
    match who {
        Some(who) if terms::accepted(&who) => {
            let help = HelpLink::netdesk("account", "お客様情報のヘルプ");
            answer::page(&TermsPage {
                shell: frame::shell(&web, &who, Menu::Terms, help),
                version: terms::CURRENT,
            })
        }
        who => answer::page(&gate(&web, who.as_ref(), query.get("next"))),
    }
}

fn gate(web: &Web, who: Option<&ContractorUser>, next: &str) -> GatePage {
    let mut shell = frame::gate(web, None);
    shell.common.demo = false;
    if let Some(who) = who {
        shell = shell.session(Some(session::end(web, who)));
    }
    GatePage {
        shell,
        version: terms::CURRENT,
        asked: who.map(|who| Asked {
            company: who.company().to_owned(),
            login: who.login().to_owned(),
            next: session::safe_next(Site::Netdesk, next)
                .unwrap_or_default()
                .to_owned(),
            again: who.terms_version().is_some(),
        }),
    }
}

/// `POST /netdesk/terms`: the acceptance is recorded with its version.
///
/// # Errors
/// `Conflict` when the page showed another version.
pub async fn accept(State(web): State<Web>, who: ContractorUser, form: RawForm) -> PageResult {
    let next = form.get("next");
    if !form.checked("agree") {
        let mut page = gate(&web, Some(&who), next);
        page.shell = page.shell.errors(ErrorSummary::default().link(
            "f-agree",
            "利用規約をお読みのうえ、「利用規約に同意します」に印を付けてください。",
        ));
        return answer::unprocessable(&page);
    }
    let version = form.get("version").parse().unwrap_or_default();
    terms::accept_terms(&web, &who, version).await?;
    Ok(answer::see_other(session::after_sign_in(
        Site::Netdesk,
        next,
    )))
}
