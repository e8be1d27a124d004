//! 保証契約 in the Office: the list, one guarantee, its certificates, the printer.

pub mod acts;
pub mod certificate;
pub mod claim;
pub mod keys;
pub mod list;
mod outcome;
pub mod show;
pub mod waiting;

use crate::domain::number::TypedNumber;
use crate::error::AppError;
use crate::services::Officer;

/// The number of an address; other sureties' letters lead nowhere.
pub(super) fn number_of(who: &Officer, typed: &str) -> Result<TypedNumber, AppError> {
    TypedNumber::parse(typed)
        .ok()
        .filter(|number| number.letter().is_none_or(|letter| letter == who.suffix()))
        .ok_or(AppError::NotFound)
}
