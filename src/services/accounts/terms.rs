//! 利用規約: accepted once after the invitation and after each new version.

use super::Door;
use crate::app::App;
use crate::db::gate;
use crate::error::AppError;
use crate::services::actors::ContractorUser;

/// The version that is in force. A new one asks everybody again.
pub const CURRENT: i32 = 1;

/// Whether this person has accepted what is in force.
pub fn accepted(who: &ContractorUser) -> bool {
    who.terms_version.is_some_and(|version| version >= CURRENT)
}

/// Records the acceptance; twice is once.
///
/// # Errors
/// `Conflict` when the page showed another version.
pub async fn accept_terms(app: &App, who: &ContractorUser, version: i32) -> Result<(), AppError> {
    if version != CURRENT {
        return Err(AppError::Conflict(
            "利用規約が新しくなりました。新しい利用規約をお読みのうえ、もう一度お手続きください。"
                .to_owned(),
        ));
    }
    let pool = app.db.gate(Door::Netdesk.site());
    gate::terms_accept(pool, who.account, version, app.clock.now()).await?;
    Ok(())
}
