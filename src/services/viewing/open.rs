//! The door: number and key.

use super::limits;
use crate::app::App;
use crate::db::Scope;
use crate::db::dsure::{self, DoorRow, NewSession};
use crate::domain::key::AuthenticationKey;
use crate::domain::number::TypedNumber;
use crate::error::AppError;
use crate::services::accounts::SessionToken;
use crate::vault::HashFault;

/// What became of an attempt.
#[derive(Debug)]
pub enum Opened {
    /// A session for this one guarantee.
    In {
        /// For the cookie and nowhere else.
        token: SessionToken,
        /// The newest version.
        seq: i32,
        /// The other number that the same browser had open until now.
        ended: Option<String>,
    },
    /// No number or no key in form: the sentences for the fields. Nothing was looked up.
    Unreadable {
        number: Option<String>,
        key: Option<String>,
    },
    /// No such number, another letter, another key, a certificate on paper: one answer, after the
    /// same work.
    Wrong,
    /// Too many wrong ones: seconds until the next try.
    Wait(u64),
}

/// Tries number and key as typed. `network` is the visitor's, as `web` cut it; `replaced` is the
/// session that the same browser has open, which ends when this one begins.
///
/// # Errors
/// `Busy` when the hashing queue is full; `Internal`.
pub async fn open(
    app: &App,
    number: &str,
    key: &str,
    network: &str,
    replaced: Option<&SessionToken>,
) -> Result<Opened, AppError> {
    let number = TypedNumber::parse(number).map_err(|fault| fault.sentence("保証契約番号"));
    let key = AuthenticationKey::parse(key).map_err(|fault| fault.sentence("認証キー"));
    let (number, key) = match (number, key) {
        (Ok(number), Ok(key)) => (number, key),
        (number, key) => {
            return Ok(Opened::Unreadable {
                number: number.err(),
                key: key.err(),
            });
        }
    };
    let now = app.clock.now();
    let buckets = limits::buckets(number.digits(), network);
    // Taken before the work and given back on success: many attempts at once cannot slip through.
    let wait = limits::reserve(app, &buckets, now).await;
    let judged = judge_asked(app, &number, &key, network, wait).await;
    if wait == 0 && !matches!(judged, Ok(Judged::Wrong)) {
        limits::give_back(app, &buckets, now).await;
    }
    let key_version = match judged? {
        Judged::Right(key_version) => key_version,
        Judged::HeldUp => {
            tracing::info!(target: "audit", network, "D-Sure: an attempt was held up");
            return Ok(Opened::Wait(wait));
        }
        Judged::Wrong => {
            tracing::info!(target: "audit", network, "D-Sure: number or key was wrong");
            return Ok(if wait > 0 {
                Opened::Wait(wait)
            } else {
                Opened::Wrong
            });
        }
    };
    let token = SessionToken::draw(app);
    let session = NewSession {
        token: token.sha256(),
        number: number.digits(),
        key_version,
        network,
        now,
        replaced: replaced.map(SessionToken::sha256),
    };
    let mut tx = app.db.begin(&scope(&number)).await?;
    let opened = dsure::open(&mut tx, &session).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", network, "D-Sure: a certificate was opened");
    Ok(Opened::In {
        token,
        seq: opened
            .newest
            .ok_or_else(|| AppError::internal("a deposit without a certificate"))?,
        ended: opened.ended.filter(|other| other != number.digits()),
    })
}

fn scope(number: &TypedNumber) -> Scope {
    Scope::Dsure {
        number: Some(number.digits().to_owned()),
    }
}

async fn ask(app: &App, number: &TypedNumber, network: &str) -> Result<DoorRow, AppError> {
    let since = app.clock.now() - limits::GOOD_FOR;
    let mut tx = app.db.begin(&scope(number)).await?;
    let row = dsure::door(&mut tx, number.digits(), network, since).await?;
    tx.commit().await?;
    Ok(row)
}

/// What looking and comparing came to.
enum Judged {
    /// With the key's version.
    Right(i32),
    Wrong,
    /// Over the limit, and from a network nobody has signed in from: nothing was compared.
    HeldUp,
}

async fn judge_asked(
    app: &App,
    number: &TypedNumber,
    key: &AuthenticationKey,
    network: &str,
    wait: u64,
) -> Result<Judged, AppError> {
    let row = ask(app, number, network).await?;
    if wait > 0 && !row.good_network {
        return Ok(Judged::HeldUp);
    }
    Ok(match judge(app, number, key, &row).await? {
        Some(key_version) => Judged::Right(key_version),
        None => Judged::Wrong,
    })
}

/// The version of the key, if number, letter and key are right. Every "no" costs one hash.
async fn judge(
    app: &App,
    number: &TypedNumber,
    key: &AuthenticationKey,
    row: &DoorRow,
) -> Result<Option<i32>, AppError> {
    let right = app
        .vault
        .hashing()
        .verify_key_or_dummy(key.expose(), row.verifier.as_deref())
        .await
        .map_err(|fault| match fault {
            HashFault::Busy => AppError::Busy(2),
            other => AppError::internal(other),
        })?;
    let stored = row.suffix.as_deref().and_then(|word| word.chars().next());
    let letter = number.letter().is_none_or(|typed| Some(typed) == stored);
    Ok(row.key_version.filter(|_| right && letter))
}
