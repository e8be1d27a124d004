//! What somebody had typed when the session was over: kept sealed for half an hour, given back
//! once, to the same account, on the same page.
//!
//! The key lies in the browser's cookie only, so the row alone tells nothing.

use time::{Duration, OffsetDateTime};

use super::accounts::{Door, Person, SessionToken, sessions};
use crate::app::App;
use crate::db::gate::{self, NewRescue};
use crate::domain::certificate::sha256;
use crate::error::AppError;
use crate::vault::sealer;

/// How long it waits.
pub const LASTS: Duration = Duration::minutes(30);

/// The secret for the cookie.
#[derive(Debug)]
pub struct RescueKey(SessionToken);

impl RescueKey {
    /// Only for the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What a browser sent, if it can be one of ours.
    pub fn read(sent: &str) -> Option<Self> {
        SessionToken::read(sent).map(Self)
    }

    /// Where the row lies: the page is part of it, so that another page's visit takes nothing.
    fn place(&self, path: &str) -> [u8; 32] {
        sha256(format!("place\0{path}\0{}", self.0.expose()).as_bytes())
    }

    fn key(&self) -> [u8; 32] {
        sha256(format!("key\0{}", self.0.expose()).as_bytes())
    }
}

/// Keeps `plain` for the page at `path` and the account behind an ended session. `None` when the
/// session is not known (any more): then there is nobody to give it back to.
///
/// # Errors
/// `Internal`
pub async fn keep(
    app: &App,
    door: Door,
    ended: &SessionToken,
    path: &str,
    plain: &[u8],
) -> Result<Option<RescueKey>, AppError> {
    let Some(account) = sessions::owner(app, door, ended).await? else {
        return Ok(None);
    };
    let key = RescueKey(SessionToken::draw(app));
    let sealed = sealer::seal_with(&key.key(), &mut app.chance.rng(), path.as_bytes(), plain)
        .map_err(AppError::internal)?;
    let rescue = NewRescue {
        id: key.place(path),
        site: door.code(),
        account,
        path,
        nonce: &sealed.nonce,
        ciphertext: &sealed.ciphertext,
        expires: app.clock.now() + LASTS,
    };
    gate::rescue_keep(app.db.gate(door.site()), &rescue).await?;
    Ok(Some(key))
}

/// Takes back what was kept for this page and this person; afterwards it is gone.
///
/// # Errors
/// `Internal`
pub async fn take(
    app: &App,
    who: impl Into<Person>,
    key: &RescueKey,
    path: &str,
) -> Result<Option<Vec<u8>>, AppError> {
    let who = who.into();
    let pool = app.db.gate(who.door().site());
    let now = app.clock.now();
    let row =
        gate::rescue_take(pool, key.place(path), who.door().code(), who.account(), now).await?;
    let Some(row) = row else { return Ok(None) };
    let plain = sealer::open_with(&key.key(), row.path.as_bytes(), &row.nonce, &row.ciphertext)
        .map_err(AppError::internal)?;
    Ok(Some(plain.to_vec()))
}

/// What waits for the page at `path`, for the sign-in page to name it, and until when. Only the
/// browser that holds the key can ask; nothing is taken.
///
/// # Errors
/// `Internal`
pub async fn peek(
    app: &App,
    door: Door,
    key: &RescueKey,
    path: &str,
) -> Result<Option<(Vec<u8>, OffsetDateTime)>, AppError> {
    let pool = app.db.gate(door.site());
    let found = gate::rescue_peek(pool, key.place(path), door.code(), app.clock.now()).await?;
    let Some((row, expires)) = found else {
        return Ok(None);
    };
    let plain = sealer::open_with(&key.key(), row.path.as_bytes(), &row.nonce, &row.ciphertext)
        .map_err(AppError::internal)?;
    Ok(Some((plain.to_vec(), expires)))
}
