//! D-Sure: number and key open one certificate; every look is written down.
//!
//! [`open()`] is the door, [`look()`] what stands behind it: the stored bytes, once their signature was
//! checked. Who is inside, [`super::holders`] knows.

mod limits;
mod look;
mod open;
pub(crate) mod sealed;

pub(in crate::services) use limits::GOOD_FOR;
pub use look::{Look, copy, look, public_keys};
pub use open::{Opened, open};
pub use sealed::{Change, Holds, Kind, Seen, Version, Withdrawn};
