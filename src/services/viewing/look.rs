//! Behind the door: looking at what was deposited.

use super::sealed::{self, Judged, Kind, Seen, Withdrawn};
use crate::app::App;
use crate::db::Scope;
use crate::db::dsure::{self, NewLook};
use crate::domain::era;
use crate::domain::seal::{PublicKey, PublicKeys};
use crate::error::AppError;
use crate::pdf::certificate::{Dress, certificate};
use crate::services::KeyHolder;

/// What a look finds.
#[derive(Debug)]
pub enum Look {
    /// Bytes whose signature is right.
    Seen(Box<Seen>),
    /// The version was corrected or cancelled since; `in_force` holds.
    Withdrawn {
        number: String,
        line: Withdrawn,
        in_force: u32,
    },
    /// Something stands there that must not be shown. The log says why.
    Alarm {
        /// `35075-00001M`
        number: String,
    },
}

/// Looks at one version; the look is written down once per session, version and kind.
///
/// # Errors
/// `NotFound` where the number has no such version.
pub async fn look(app: &App, who: &KeyHolder, seq: i32, kind: Kind) -> Result<Look, AppError> {
    let new = NewLook {
        number: &who.number,
        seq,
        kind: kind.code(),
        session: who.session_sha256,
        network: &who.network,
        now: app.clock.now(),
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = dsure::look(&mut tx, &new).await?;
    tx.commit().await?;
    let judged = sealed::judge(&who.number, seq, &rows, kind).ok_or(AppError::NotFound)?;
    let letter = rows.first().map_or("", |row| row.suffix.as_str());
    Ok(match judged {
        Judged::Seen(seen) => Look::Seen(seen),
        Judged::Withdrawn { line, in_force } => Look::Withdrawn {
            number: format!("{}{letter}", who.number),
            line,
            in_force,
        },
        Judged::Fault(fault) => {
            tracing::error!(target: "audit", %fault, seq, "D-Sure: a certificate's seal is broken");
            Look::Alarm {
                number: format!("{}{letter}", who.number),
            }
        }
    })
}

/// The PDF, marked 写し, with the line at its foot that says when it was seen.
///
/// # Errors
/// `Internal` when the document cannot be made.
pub fn copy(app: &App, seen: &Seen) -> Result<Vec<u8>, AppError> {
    let service = app.names.dsure.split('（').next().unwrap_or_default();
    let line = format!(
        "閲覧日時 {}　この印刷物は写しです。保証内容は{service}の画面でご確認ください。",
        era::stamp(app.clock.now())
    );
    let remark = seen.remark(era::tokyo_date(app.clock.now()));
    certificate(&seen.face, &Dress::Copy { line, remark }).map_err(AppError::internal)
}

/// The public keys of all sureties.
///
/// # Errors
/// `Internal`
pub async fn public_keys(app: &App) -> Result<PublicKeys, AppError> {
    let mut tx = app.db.begin(&Scope::Dsure { number: None }).await?;
    let rows = dsure::public_keys(&mut tx).await?;
    tx.commit().await?;
    let keys = rows.into_iter().filter_map(|row| {
        let letter = row.suffix.chars().next()?;
        let key = row.public_key.as_slice().try_into().ok()?;
        Some(PublicKey::new(letter, key, era::tokyo_date(row.created_at)))
    });
    Ok(PublicKeys {
        keys: keys.collect(),
    })
}
