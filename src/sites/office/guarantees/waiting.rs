//! 訂正・変更取消・解約: what waits for a decision in the branch, and requests for new keys.

use askama::Template;
use axum::extract::State;

use crate::domain::act::ActKind;
use crate::domain::era;
use crate::domain::product::Product;
use crate::services::Officer;
use crate::services::acts;
use crate::services::renewals;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::flash::Told;
use crate::web::page::{Tag, Tone};
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

struct ActLine {
    kind: &'static str,
    state: Tag,
    number: String,
    href: String,
    product: &'static str,
    works: String,
    company: String,
    branch: String,
    reason: String,
    proposed: String,
    by: String,
    own: bool,
}

struct KeyLine {
    number: String,
    href: String,
    works: String,
    company: String,
    reason: String,
    at: String,
}

#[derive(Template)]
#[template(path = "office/guarantees/waiting.html")]
struct Page {
    shell: OfficeShell,
    acts: Vec<ActLine>,
    keys: Vec<KeyLine>,
}

/// GET /office/acts
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let waiting = acts::waiting(&web, &who).await?;
    let asked = renewals::waiting(&web, &who).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Acts, "acts").await?;
    answer::page(&Page {
        shell: shell.flash(told),
        acts: waiting
            .into_iter()
            .map(|row| ActLine {
                kind: ActKind::from_code(&row.kind).map_or("", ActKind::label),
                state: if row.state == "approved" {
                    Tag::new(Tone::Note, "手続中")
                } else {
                    Tag::new(Tone::Warn, "承認待ち")
                },
                href: to::Guarantee(&row.number).to_string(),
                number: row.number,
                product: Product::from_code(&row.product).map_or("", Product::label),
                works: row.works_name,
                company: row.contractor_name,
                branch: row.branch_name,
                reason: row.reason,
                proposed: era::stamp(row.proposed_at),
                by: row.proposed_name.unwrap_or_default(),
                own: row.proposed_by == who.account(),
            })
            .collect(),
        keys: asked
            .into_iter()
            .map(|row| KeyLine {
                href: to::Guarantee(&row.number).to_string(),
                number: row.number,
                works: row.works_name,
                company: row.company,
                reason: row.reason,
                at: era::stamp(row.at),
            })
            .collect(),
    })
}
