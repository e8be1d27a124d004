//! Sessions of D-Sure: who showed number and key of one guarantee.

use time::Duration;

use super::accounts::SessionToken;
use super::accounts::sessions::Lifetime;
use super::actors::KeyHolder;
use crate::app::App;
use crate::db::{Site, gate};
use crate::error::AppError;

/// 15 minutes without a request, one hour at all (decisions.md).
pub const LIFETIME: Lifetime = Lifetime {
    idle: Duration::minutes(15),
    absolute: Duration::hours(1),
};

/// The holder behind a living session; a re-keyed guarantee has ended it.
///
/// # Errors
/// `Internal`
pub async fn holder_of(app: &App, token: &SessionToken) -> Result<Option<KeyHolder>, AppError> {
    let row = gate::holder_find(
        app.db.gate(Site::Dsure),
        token.sha256(),
        app.clock.now(),
        LIFETIME.idle,
        LIFETIME.absolute,
    )
    .await?;
    Ok(row.map(|row| KeyHolder {
        session_until: LIFETIME.until(row.created_at, row.seen_at),
        session_sha256: token.sha256(),
        number: row.number,
        network: row.network,
    }))
}

/// Ends a session; one that is not there has ended already.
///
/// # Errors
/// `Internal`
pub async fn sign_out(app: &App, token: &SessionToken) -> Result<(), AppError> {
    gate::holder_close(app.db.gate(Site::Dsure), token.sha256()).await?;
    Ok(())
}
