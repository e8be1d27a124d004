//! A place in a long list, as an address carries it: the list goes on from there.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A row's place.
pub trait Place: Sized {
    fn write(&self) -> String;
    fn parse(text: &str) -> Option<Self>;
}

/// `2461224_17`: the day's Julian number.
impl Place for (Date, i64) {
    fn write(&self) -> String {
        format!("{}_{}", self.0.to_julian_day(), self.1)
    }

    fn parse(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('_')?;
        let day = Date::from_julian_day(day.parse().ok()?).ok()?;
        Some((day, id.parse().ok()?))
    }
}

/// Microseconds, as Postgres keeps them.
impl Place for (OffsetDateTime, Uuid) {
    fn write(&self) -> String {
        format!(
            "{}_{}",
            self.0.unix_timestamp_nanos() / 1_000,
            self.1.simple()
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('_')?;
        let nanos = micros.parse::<i128>().ok()?.checked_mul(1_000)?;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some((at, id.parse().ok()?))
    }
}

/// What stands in an address; what cannot be read is no place, and the list begins at its head.
pub fn read<P: Place>(text: &str) -> Option<P> {
    P::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_place_survives_the_address() {
        let row = (date!(2026 - 07 - 02), 17_i64);
        assert_eq!(read(&row.write()), Some(row));
        let row = (
            datetime!(2026-07-02 01:02:03.456789 UTC),
            Uuid::from_u128(7),
        );
        assert_eq!(read(&row.write()), Some(row));
    }

    #[test]
    fn nonsense_is_no_place() {
        for text in ["", "_", "1_", "x_1", "99999999999_1", "1_1_1"] {
            assert_eq!(read::<(Date, i64)>(text), None, "{text}");
            assert_eq!(read::<(OffsetDateTime, Uuid)>(text), None, "{text}");
        }
    }
}
