//! How often one may fail: buckets in Postgres, shared by every process.
//!
//! An attempt is reserved before the work, in one step, and given back on success; so only failures
//! count, and many attempts at once cannot slip through together.

use std::time::Duration as StdDuration;

use time::{Duration, OffsetDateTime};

use super::Door;
use crate::app::App;
use crate::db::gate::{self, Bucket, Streak};
use crate::domain::certificate::{hex, sha256};

/// The limiter may fail, the door may not: after this long the attempt is let through uncounted
/// (the hashing queue still bounds it). Longer than a storm of attempts waits for a connection: a
/// storm is what is counted for.
const PATIENCE: StdDuration = StdDuration::from_secs(1);

fn bucket(kind: &str, door: Door, of: &str, burst: i32, every: Duration) -> Bucket {
    let name = format!("{kind}\0{}\0{of}", door.code());
    Bucket {
        name: hex(&sha256(name.as_bytes())),
        burst,
        every,
    }
}

/// Wrong passwords per login id: ten, then one a minute. The same for ids that do not exist.
pub(super) fn login(door: Door, login: &str) -> Bucket {
    bucket("login", door, login, 10, Duration::minutes(1))
}

/// Wrong passwords per network: thirty, then one in five seconds.
pub(super) fn network(door: Door, network: &str) -> Bucket {
    bucket("network", door, network, 30, Duration::seconds(5))
}

/// Links mailed to one account: three, then one in twenty minutes.
pub(super) fn links(door: Door, account: i64) -> Bucket {
    bucket(
        "links",
        door,
        &account.to_string(),
        3,
        Duration::minutes(20),
    )
}

/// Wrong passwords in a row per login id: a hundred, then only a mailed link opens the door again
/// (NIST SP 800-63B). The same for ids that do not exist.
pub(super) fn streak(door: Door, login: &str) -> Streak {
    Streak {
        name: bucket("streak", door, login, 1, Duration::ZERO).name,
        limit: 100,
    }
}

/// Counts a wrong password. The one that closes an account's door mails its owner the link.
pub(super) async fn failed(app: &App, door: Door, login: &str, streak: &Streak) {
    let now = app.clock.now();
    let pool = app.db.gate(door.site());
    let work = gate::login_failed(pool, door.code(), login, streak, app.chance.id(now), now);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(false)) => {}
        Ok(Ok(true)) => {
            tracing::warn!(target: "audit", door = door.code(), "a login waits for a mailed link");
        }
        Ok(Err(error)) => tracing::warn!(%error, "a wrong password was not counted"),
        Err(_) => tracing::warn!("the limiter is slow; a wrong password was not counted"),
    }
}

/// Takes one from each bucket, or says how many seconds to wait.
pub(super) async fn reserve(app: &App, door: Door, buckets: &[Bucket]) -> Result<(), u64> {
    let now = app.clock.now();
    let work = gate::limits_reserve(app.db.gate(door.site()), buckets, now);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(wait)) => match u64::try_from(wait) {
            Ok(0) | Err(_) => Ok(()),
            Ok(wait) => Err(wait),
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "the limiter failed; attempt not counted");
            Ok(())
        }
        Err(_) => {
            tracing::warn!("the limiter is slow; attempt not counted");
            Ok(())
        }
    }
}

/// Gives back what [`reserve`] took.
pub(super) async fn give_back(app: &App, door: Door, buckets: &[Bucket], now: OffsetDateTime) {
    let work = gate::limits_give_back(app.db.gate(door.site()), buckets, now);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "an attempt was not given back"),
        Err(_) => tracing::warn!("the limiter is slow; an attempt was not given back"),
    }
}
