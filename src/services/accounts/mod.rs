//! Accounts: who may come in, and who says so.
//!
//! [`signin`] opens sessions, [`sessions`] reads them, [`password`] and [`invitation`] set
//! passwords, [`users`] is the management of other people's accounts, [`terms`] the 利用規約.

pub mod details;
pub mod invitation;
mod limits;
pub mod password;
pub mod sessions;
pub mod signin;
pub mod terms;
pub mod users;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::db::{Scope, Site};
use crate::domain::certificate::sha256;
use crate::services::actors::{ContractorUser, Officer};

/// The one password of all demo accounts; refused wherever this is not the demo.
pub const DEMO_PASSWORD: &str = "akashi-demo-2026";

/// A site with accounts. (D-Sure has none: number and key open it.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    Netdesk,
    Office,
}

impl Door {
    /// The word of the column `site`.
    pub fn code(self) -> &'static str {
        self.site().role()
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Netdesk, Self::Office]
            .into_iter()
            .find(|door| door.code() == code)
    }

    pub(in crate::services) fn site(self) -> Site {
        match self {
            Self::Netdesk => Site::Netdesk,
            Self::Office => Site::Office,
        }
    }
}

/// 32 random bytes as base64url: a session, or the secret part of a link. Only its SHA-256 is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A fresh one.
    pub fn draw(app: &App) -> Self {
        Self(URL_SAFE_NO_PAD.encode(app.chance.bytes::<32>()))
    }

    /// Only for the cookie or the link.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(in crate::services) fn sha256(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }

    /// What a browser sent, if it can be one of ours; everything else costs no look-up.
    pub fn read(sent: &str) -> Option<Self> {
        let fits = sent.len() == 43
            && sent
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(sent.to_owned()))
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Somebody signed in at either door: what one does with the own account.
#[derive(Debug, Clone)]
pub struct Person {
    door: Door,
    account: i64,
    login: String,
    name: String,
    surety: i64,
    contractor: Option<i64>,
    scope: Scope,
}

impl Person {
    pub(in crate::services) fn door(&self) -> Door {
        self.door
    }
    pub(in crate::services) fn account(&self) -> i64 {
        self.account
    }
}

impl From<&ContractorUser> for Person {
    fn from(who: &ContractorUser) -> Self {
        Self {
            door: Door::Netdesk,
            account: who.account,
            login: who.login.clone(),
            name: who.name.clone(),
            surety: who.surety,
            contractor: Some(who.contractor),
            scope: who.scope(),
        }
    }
}

impl From<&Officer> for Person {
    fn from(who: &Officer) -> Self {
        Self {
            door: Door::Office,
            account: who.account,
            login: who.login.clone(),
            name: who.name.clone(),
            surety: who.surety,
            contractor: None,
            scope: who.scope(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_token_is_looked_up() {
        let good = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
        assert!(SessionToken::read(good).is_some());
        for bad in ["", "short", &format!("{good}x"), &good.replace('-', "+")] {
            assert!(SessionToken::read(bad).is_none(), "{bad}");
        }
        assert_eq!(
            format!("{:?}", SessionToken::read(good)),
            "Some(SessionToken(…))"
        );
    }
}
