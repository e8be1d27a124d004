//! The frame of every page behind the sign-in, with the counts of open work.

use crate::error::AppError;
use crate::services::{Officer, cases};
use crate::web::page::{Common, HelpLink};
use crate::web::session;
use crate::web::shell::{GateShell, OfficeMenu, OfficeShell};
use crate::web::site::Site;
use crate::web::state::Web;

/// The frame for one reader; `topic` names the screen's own help.
///
/// # Errors
/// When the database cannot be reached.
pub async fn shell(
    web: &Web,
    who: &Officer,
    current: OfficeMenu,
    topic: &str,
) -> Result<OfficeShell, AppError> {
    let counts = cases::counts(web, who).await?;
    Ok(with_counts(web, who, current, topic, &counts))
}

/// The same where the counts are at hand.
pub fn with_counts(
    web: &Web,
    who: &Officer,
    current: OfficeMenu,
    topic: &str,
    counts: &cases::Counts,
) -> OfficeShell {
    let common = Common {
        demo: web.demo,
        session: Some(session::end(web, who)),
        ..Common::new(web.names(), Site::Office)
    };
    OfficeShell {
        common,
        surety: who.surety_name().to_owned(),
        branch: who.branch_name().to_owned(),
        person: who.login().to_owned(),
        role_word: who.role().label().to_owned(),
        administrator: who.role().may_administer(),
        keeps_months: crate::services::fees::closing::may_close(who),
        open_applications: u64::try_from(counts.open).ok(),
        open_acts: u64::try_from(counts.acts).ok(),
        buried_jobs: u64::try_from(counts.buried).ok(),
        query: String::new(),
        help: Some(HelpLink::office(topic)),
        current,
    }
}

/// The frame of pages without a session.
pub fn gate(web: &Web, topic: &str) -> GateShell {
    let mut shell = GateShell::new(web.names(), Site::Office);
    shell.common.demo = web.demo;
    shell.help = Some(HelpLink::office(topic));
    shell
}
