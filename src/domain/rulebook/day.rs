//! An optional ISO date that may also be `null` inside a tagged enum.
//!
//! There serde buffers what it has read and hands `null` on as a unit, which the option of the
//! `time` crate's own module does not take; serde's `Option` does.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Date;

use crate::domain::era;

#[derive(Serialize, Deserialize)]
struct Day(#[serde(with = "era::iso")] Date);

pub(super) fn serialize<S: Serializer>(
    date: &Option<Date>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    date.map(Day).serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    Ok(Option::<Day>::deserialize(deserializer)?.map(|Day(date)| date))
}
