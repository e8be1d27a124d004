//! From a cookie to the proof of who asks, in one round trip.

use time::{Duration, OffsetDateTime};

use super::{Door, SessionToken};
use crate::app::App;
use crate::db::gate::{self, SessionRow};
use crate::db::sureties::BranchRow;
use crate::domain::people::{ContractorRole, StaffRole};
use crate::error::AppError;
use crate::services::actors::{ContractorUser, Officer};
use crate::services::viewing::GOOD_FOR;

/// How long a session lasts (decisions.md): without a request, and at all.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    pub idle: Duration,
    pub absolute: Duration,
}

impl Door {
    pub fn lifetime(self) -> Lifetime {
        let (idle, absolute) = match self {
            Self::Netdesk => (Duration::minutes(30), Duration::hours(12)),
            Self::Office => (Duration::minutes(15), Duration::hours(10)),
        };
        Lifetime { idle, absolute }
    }
}

impl Lifetime {
    /// When a session ends without another request.
    pub fn until(self, created: OffsetDateTime, seen: OffsetDateTime) -> OffsetDateTime {
        (seen + self.idle).min(created + self.absolute)
    }
}

async fn find(
    app: &App,
    door: Door,
    token: &SessionToken,
) -> Result<Option<(SessionRow, OffsetDateTime)>, AppError> {
    let life = door.lifetime();
    let row = gate::session_find(
        app.db.gate(door.site()),
        token.sha256(),
        door.code(),
        app.clock.now(),
        life.idle,
        life.absolute,
    )
    .await?;
    Ok(row.map(|row| {
        let until = life.until(row.created_at, row.seen_at);
        (row, until)
    }))
}

/// The user of a contractor behind a living Net Desk session.
///
/// # Errors
/// `Internal`
pub async fn contractor_of(
    app: &App,
    token: &SessionToken,
) -> Result<Option<ContractorUser>, AppError> {
    let Some((row, until)) = find(app, Door::Netdesk, token).await? else {
        return Ok(None);
    };
    let role = ContractorRole::from_code(&row.role).ok_or_else(|| odd(&row))?;
    Ok(Some(ContractorUser {
        role,
        suffix: row.suffix.chars().next().ok_or_else(|| odd(&row))?,
        contractor: row.contractor_id.ok_or_else(|| odd(&row))?,
        company: row.contractor_name.clone().ok_or_else(|| odd(&row))?,
        account: row.account_id,
        login: row.login,
        name: row.name,
        email: row.email,
        surety: row.surety_id,
        surety_name: row.surety_name,
        desk: BranchRow {
            id: row.branch_id,
            name: row.branch_name,
            tel: row.branch_tel,
            fax: row.branch_fax,
            email: row.branch_email,
            hours: row.branch_hours,
            is_head: row.branch_is_head,
        },
        terms_version: row.terms_version,
        session_until: until,
    }))
}

/// The member of staff behind a living Office session.
///
/// # Errors
/// `Internal`
pub async fn officer_of(app: &App, token: &SessionToken) -> Result<Option<Officer>, AppError> {
    let Some((row, until)) = find(app, Door::Office, token).await? else {
        return Ok(None);
    };
    let role = StaffRole::from_code(&row.role).ok_or_else(|| odd(&row))?;
    Ok(Some(Officer {
        role,
        suffix: row.suffix.chars().next().ok_or_else(|| odd(&row))?,
        account: row.account_id,
        login: row.login,
        name: row.name,
        surety: row.surety_id,
        surety_name: row.surety_name,
        branch: row.branch_id,
        branch_name: row.branch_name,
        is_head: row.branch_is_head,
        session_until: until,
    }))
}

/// The account of a session, living or ended; only to keep what its owner typed.
///
/// # Errors
/// `Internal`
pub(in crate::services) async fn owner(
    app: &App,
    door: Door,
    token: &SessionToken,
) -> Result<Option<i64>, AppError> {
    let pool = app.db.gate(door.site());
    Ok(gate::session_owner(pool, token.sha256(), door.code()).await?)
}

/// How long an ended session is remembered, so that what its owner typed can still be kept.
const REMEMBERED: Duration = Duration::days(30);

/// Forgets what has served its time (worker, once in a while): long-ended sessions, rescues nobody
/// fetched, full buckets of the limits, networks D-Sure no longer knows.
///
/// # Errors
/// `Internal`
pub async fn sweep(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    gate::sweep(app.db.worker(), now - REMEMBERED, now, now - GOOD_FOR).await?;
    Ok(())
}

fn odd(row: &SessionRow) -> AppError {
    AppError::internal(format!("account {} does not fit its site", row.account_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_session_ends_by_rest_or_by_age() {
        let life = Door::Office.lifetime();
        let morning = datetime!(2026-07-01 00:00 UTC);
        let (noon, evening) = (morning + Duration::hours(3), morning + Duration::hours(9));
        assert_eq!(life.until(morning, noon), noon + Duration::minutes(15));
        let late = evening + Duration::minutes(55);
        assert_eq!(life.until(morning, late), morning + Duration::hours(10));
        assert_eq!(Door::Netdesk.lifetime().idle, Duration::minutes(30));
        assert_eq!(Door::Netdesk.lifetime().absolute, Duration::hours(12));
    }
}
