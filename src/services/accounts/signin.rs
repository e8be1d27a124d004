//! Signing in and out.

use unicode_normalization::UnicodeNormalization;

use super::{DEMO_PASSWORD, Door, SessionToken, limits};
use crate::app::App;
use crate::db::gate::{self, Opening, Streak};
use crate::error::AppError;

/// What became of an attempt.
#[derive(Debug)]
pub enum SignIn {
    /// A new session; the token goes into the cookie and nowhere else.
    In(SessionToken),
    /// Login id or password is wrong, or the account is closed: one answer, after the same work.
    Refused,
    /// Too many wrong ones: seconds until the next try.
    Wait(u64),
}

/// Tries login id and password. `network` is the visitor's, as `web` cut it.
///
/// # Errors
/// `Busy` when the hashing queue is full.
pub async fn sign_in(
    app: &App,
    door: Door,
    login: &str,
    password: &str,
    network: &str,
) -> Result<SignIn, AppError> {
    let now = app.clock.now();
    let login = fold_login(login);
    let buckets = [limits::login(door, &login), limits::network(door, network)];
    if let Err(seconds) = limits::reserve(app, door, &buckets).await {
        tracing::info!(target: "audit", door = door.code(), network, "sign-in held up");
        return Ok(SignIn::Wait(seconds));
    }
    let streak = limits::streak(door, &login);
    let right = match compare(app, door, &login, password, &streak).await {
        Ok(right) => right,
        Err(error) => {
            // Not the visitor's fault: it must not count as one.
            limits::give_back(app, door, &buckets, now).await;
            return Err(error);
        }
    };
    let Some((account, phc)) = right else {
        limits::failed(app, door, &login, &streak).await;
        tracing::info!(target: "audit", door = door.code(), network, "sign-in refused");
        return Ok(SignIn::Refused);
    };
    let token = SessionToken::draw(app);
    let opening = Opening {
        token: token.sha256(),
        site: door.code(),
        account,
        phc: &phc,
        streak: &streak,
    };
    let gate = app.db.gate(door.site());
    let opened = gate.ask(async |conn| gate::session_open(conn, &opening, now).await);
    if !opened.await? {
        // Changed or closed while it was compared: it is the right password no more.
        return Ok(SignIn::Refused);
    }
    limits::give_back(app, door, &buckets, now).await;
    if !app.vault.hashing().is_current(&phc)
        && let Err(error) = rehash(app, door, account, password, &phc).await
    {
        tracing::warn!(%error, account, "a password could not be hashed anew");
    }
    tracing::info!(target: "audit", door = door.code(), network, account, "signed in");
    Ok(SignIn::In(token))
}

/// Hashes of cheaper days are replaced while the password is at hand.
async fn rehash(
    app: &App,
    door: Door,
    account: i64,
    password: &str,
    old: &str,
) -> Result<(), AppError> {
    let new = super::password::hash(app, password).await?;
    gate::password_rehash(app.db.gate(door.site()), account, old, &new).await?;
    Ok(())
}

/// The account whose login id and password these are, with the hash that was compared. Every "no"
/// costs one look-up and one hash.
async fn compare(
    app: &App,
    door: Door,
    login: &str,
    password: &str,
    streak: &Streak,
) -> Result<Option<(i64, String)>, AppError> {
    // An id that cannot exist is looked up as one that does not.
    let asked = if is_login(login) { login } else { "-" };
    let row = gate::login_find(app.db.gate(door.site()), door.code(), asked, streak).await?;
    let stored = row.as_ref().and_then(|row| row.password_phc.as_deref());
    let password = fold_password(password);
    let right = app
        .vault
        .hashing()
        .verify_or_dummy(&password, stored)
        .await?;
    let published = !app.demo && password == DEMO_PASSWORD;
    Ok(row
        .filter(|row| right && !row.closed && !published)
        .and_then(|row| Some((row.id, row.password_phc?))))
}

/// Ends a session; one that is not there has ended already.
///
/// # Errors
/// `Internal`
pub async fn sign_out(app: &App, door: Door, token: &SessionToken) -> Result<(), AppError> {
    gate::session_close(app.db.gate(door.site()), token.sha256()).await?;
    Ok(())
}

/// Login ids are read as people type them: full width, capitals, blanks around them.
pub fn fold_login(typed: &str) -> String {
    typed.trim().nfkc().collect::<String>().to_lowercase()
}

/// The form of a login id: 3 to 64 of a-z, 0-9, `.`, `_`, `-`, beginning with a letter or figure.
pub fn is_login(login: &str) -> bool {
    (3..=64).contains(&login.len())
        && login
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
        && !login.starts_with(['.', '_', '-'])
}

/// Keyboards differ in how they compose が; a password must not.
pub(super) fn fold_password(typed: &str) -> String {
    typed.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_id_is_read_as_typed() {
        assert_eq!(fold_login("　Ｍｉｎａｔｏ．ｓｏｕｍｕ "), "minato.soumu");
        for good in ["minato.soumu", "a-1", "0_0"] {
            assert!(is_login(good), "{good}");
        }
        for bad in [
            "",
            "ab",
            ".abc",
            "a\0bc",
            "みなと",
            "a b c",
            &"a".repeat(65),
        ] {
            assert!(!is_login(bad), "{bad:?}");
        }
    }

    #[test]
    fn one_password_however_it_was_composed() {
        assert_eq!(fold_password("か\u{3099}"), fold_password("が"));
    }
}
