//! How often one may fail at the door of D-Sure (security.md, 3.12).

use std::time::Duration as StdDuration;

use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::db::Site;
use crate::db::gate::{self, Bucket};
use crate::domain::certificate::{hex, sha256};

/// The limiter may fail, the door may not: after this long an attempt is judged uncounted (the
/// hashing queue still bounds how many there can be).
const PATIENCE: StdDuration = StdDuration::from_millis(300);

/// A network that signed in rightly is not held up for this long.
pub(in crate::services) const GOOD_FOR: Duration = Duration::hours(24);

/// The buckets of one attempt. Their names are hashed, and are the same for numbers that do not exist.
pub(super) fn buckets(number: &str, network: &str) -> [Bucket; 3] {
    let bucket = |kind: &str, of: &str, burst, every| Bucket {
        name: hex(&sha256(format!("dsure {kind}\0{of}").as_bytes())),
        burst,
        every,
    };
    let both = format!("{number}\0{network}");
    [
        bucket("number and network", &both, 10, Duration::minutes(1)),
        bucket("number", number, 30, Duration::minutes(1)),
        bucket("network", network, 60, Duration::seconds(2)),
    ]
}

/// Takes one from each bucket, or says how many seconds to wait; zero: taken.
pub(super) async fn reserve(app: &App, buckets: &[Bucket], now: OffsetDateTime) -> u64 {
    let asked = gate::limits_reserve(app.db.gate(Site::Dsure), buckets, now);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(seconds)) => u64::try_from(seconds).unwrap_or_default(),
        Ok(Err(error)) => {
            tracing::error!(%error, "the limiter failed; an attempt is not held up");
            0
        }
        Err(_) => {
            tracing::error!("the limiter is slow; an attempt is not held up");
            0
        }
    }
}

/// Gives back what [`reserve`] took: it was no failure.
pub(super) async fn give_back(app: &App, buckets: &[Bucket], now: OffsetDateTime) {
    let work = gate::limits_give_back(app.db.gate(Site::Dsure), buckets, now);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the limiter failed; an attempt stays counted"),
        Err(_) => tracing::error!("the limiter is slow; an attempt may stay counted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_and_each_network_has_its_own_buckets() {
        let names = |number, network| buckets(number, network).map(|bucket| bucket.name);
        let [both, number, network] = names("35075-00001", "192.0.2.0/24");
        let [other, same, elsewhere] = names("35075-00001", "198.51.100.0/24");
        assert!(number == same && both != other && network != elsewhere);
        assert!(
            ![&both, &number, &network]
                .iter()
                .any(|name| name.contains("35075"))
        );
        let bursts = buckets("35075-00001", "192.0.2.0/24").map(|bucket| bucket.burst);
        assert_eq!(bursts, [10, 30, 60]);
    }
}
