//! The own password: what a new one must be, and changing it.

use serde_json::json;

use super::signin::fold_password;
use super::{DEMO_PASSWORD, Person, SessionToken, limits};
use crate::app::App;
use crate::db::gate::{self, Opening};
use crate::db::{accounts, jobs};
use crate::error::AppError;
use crate::vault::hashing::LONGEST;

/// Characters a password has at least; no second factor stands beside it yet.
pub const SHORTEST: usize = 15;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    TooShort,
    TooLong,
    HasLogin,
    /// The same few characters over and over.
    Monotonous,
    /// The demo's password outside the demo: it is printed in the documents.
    Published,
}

impl PasswordFault {
    /// For the field.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooShort => {
                "パスワードは15文字以上で入力してください。短い文章にすると覚えやすくなります。"
            }
            Self::TooLong => {
                "パスワードが長すぎます。半角で256文字、全角で85文字までにしてください。"
            }
            Self::HasLogin => {
                "パスワードにログインIDが含まれています。ログインIDを含まない文字列にしてください。"
            }
            Self::Monotonous => {
                "同じ文字の繰り返しは推測されやすいため使えません。5種類以上の文字を使ってください。"
            }
            Self::Published => {
                "このパスワードは説明書に載っているため使えません。別の文字列にしてください。"
            }
        }
    }
}

/// Judges a new password. No rules of composition, no forced change (NIST SP 800-63B).
///
/// # Errors
/// The first fault.
pub fn check(password: &str, login: &str, demo: bool) -> Result<(), PasswordFault> {
    let password = fold_password(password);
    let mut kinds: Vec<char> = password.chars().collect();
    let length = kinds.len();
    kinds.sort_unstable();
    kinds.dedup();
    if password.len() > LONGEST {
        Err(PasswordFault::TooLong)
    } else if length < SHORTEST {
        Err(PasswordFault::TooShort)
    } else if !login.is_empty() && password.to_lowercase().contains(login) {
        Err(PasswordFault::HasLogin)
    } else if kinds.len() < 5 {
        Err(PasswordFault::Monotonous)
    } else if !demo && password == DEMO_PASSWORD {
        Err(PasswordFault::Published)
    } else {
        Ok(())
    }
}

/// The hash of a password that [`check`] let pass.
pub(super) async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    let salt = app.chance.bytes::<16>();
    let hashing = app.vault.hashing();
    Ok(hashing.hash(&fold_password(password), salt).await?)
}

/// What became of a change.
#[derive(Debug)]
pub enum PasswordChange {
    /// Done; every other session has ended, this token replaces the present one.
    Done(SessionToken),
    /// The present password is another one.
    WrongOld,
    /// Too many wrong ones: seconds until the next try.
    Wait(u64),
    Refused(PasswordFault),
}

/// Changes the own password and ends every other session; the account's address is told.
///
/// # Errors
/// `Busy`; `Conflict` when it was changed elsewhere in the same moment.
pub async fn change_password(
    app: &App,
    who: impl Into<Person>,
    old: &str,
    new: &str,
) -> Result<PasswordChange, AppError> {
    let who = who.into();
    if let Err(fault) = check(new, &who.login, app.demo) {
        return Ok(PasswordChange::Refused(fault));
    }
    let bucket = [limits::login(who.door, &who.login)];
    if let Err(seconds) = limits::reserve(app, who.door, &bucket).await {
        return Ok(PasswordChange::Wait(seconds));
    }
    let mut tx = app.db.begin(&who.scope).await?;
    let stored = accounts::password(&mut tx, who.account).await?;
    tx.commit().await?;
    // Hashes take their time: never inside a transaction.
    let hashing = app.vault.hashing();
    let right = hashing
        .verify_or_dummy(&fold_password(old), stored.as_deref())
        .await;
    if !matches!(right, Ok(false)) {
        limits::give_back(app, who.door, &bucket, app.clock.now()).await;
    }
    let (true, Some(stored)) = (right?, stored) else {
        return Ok(PasswordChange::WrongOld);
    };
    let phc = hash(app, new).await?;
    let token = SessionToken::draw(app);
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope).await?;
    if !accounts::change_password(&mut tx, who.account, &stored, &phc, now).await? {
        return Err(AppError::Conflict(
            "パスワードは、ほかの画面で先に変更されました。新しいパスワードでログインし直してください。"
                .to_owned(),
        ));
    }
    let opening = Opening {
        token: token.sha256(),
        site: who.door.code(),
        account: who.account,
        phc: &phc,
        streak: &limits::streak(who.door, &who.login),
    };
    if !gate::session_open(&mut tx, &opening, now).await? {
        return Err(AppError::internal("a session could not be opened"));
    }
    let notice = json!({ "account": who.account });
    let job = app.chance.id(now);
    jobs::add(&mut tx, job, who.surety, "mail_password", &notice, now).await?;
    super::users::record(&mut tx, &who, who.account, "password_changed", now).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", door = who.door.code(), account = who.account, "password changed");
    Ok(PasswordChange::Done(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_by_length_and_guessability() {
        let judge = |password: &str| check(password, "minato.soumu", false);
        assert_eq!(judge("正しい馬の電池の留め金と十五文字"), Ok(()));
        assert_eq!(judge("correct horse 12"), Ok(()));
        assert_eq!(judge("fourteen chars"), Err(PasswordFault::TooShort));
        assert_eq!(
            judge(&"あいうえおか".repeat(15)),
            Err(PasswordFault::TooLong)
        );
        assert_eq!(judge("x-Minato.Soumu-2026"), Err(PasswordFault::HasLogin));
        assert_eq!(judge("abababababababab"), Err(PasswordFault::Monotonous));
        assert_eq!(judge(DEMO_PASSWORD), Err(PasswordFault::Published));
        assert_eq!(check(DEMO_PASSWORD, "minato.soumu", true), Ok(()));
    }
}
