//! Time and chance: the only callers of the system's clock and of its randomness.
//! Tests fix both.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryCryptoRng, TryRng};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Where the hour comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Tests: stands until it is moved.
    Fixed(Arc<Mutex<OffsetDateTime>>),
}

impl Clock {
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The present instant, UTC, cut to microseconds as Postgres keeps them.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks")]
    pub fn now(&self) -> OffsetDateTime {
        let now = match self {
            Self::System => OffsetDateTime::now_utc(),
            Self::Fixed(at) => *guard(at),
        };
        let nanos = now.nanosecond() / 1000 * 1000;
        now.replace_nanosecond(nanos).unwrap_or(now)
    }

    /// Moves a fixed clock; the system's goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            let mut at = guard(at);
            *at += by;
        }
    }
}

/// Where randomness comes from.
#[derive(Debug, Clone)]
pub enum Chance {
    System,
    /// Tests: the same every time.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// A generator to hand to pure code.
    pub fn rng(&self) -> Draw<'_> {
        Draw(self)
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng().fill_bytes(&mut bytes);
        bytes
    }

    /// A version 7 id: ordered by time, for addresses and rows.
    pub fn id(&self, now: OffsetDateTime) -> Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

/// Borrowed randomness, fit for keys.
pub struct Draw<'a>(&'a Chance);

impl TryRng for Draw<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        match self.0 {
            Chance::System => {
                if SysRng.try_fill_bytes(target).is_err() {
                    // Without randomness no key may be drawn; nothing sensible is left to do.
                    std::process::abort();
                }
            }
            Chance::Seeded(rng) => guard(rng).fill_bytes(target),
        }
        Ok(())
    }
}

impl TryCryptoRng for Draw<'_> {}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
