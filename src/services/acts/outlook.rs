//! What an act comes to, said before anybody decides: what holds afterwards, and what becomes of the fee.

use sqlx::PgConnection;

use super::{Chain, Proposal};
use crate::app::App;
use crate::db::guarantees;
use crate::domain::guarantee::Life;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::fees::{self, Moved};

/// The outcome of an act on a guarantee as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What is charged (negative: given back), with tax; `None` where no fee table was attached at issue.
    pub fee: Option<i64>,
    /// 変更取消: the version that holds again.
    pub back_to: Option<BackTo>,
    /// 訂正 of an earlier version: the one in force, which stays as it is.
    pub untouched: Option<String>,
}

/// The version a cancelled change gives way to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackTo {
    /// 新規, 変更ー1
    pub label: String,
    /// What is other than now: label, as it is, as it will be again.
    pub changes: Vec<(&'static str, String, String)>,
}

/// What an act would come to, for whoever writes it.
///
/// # Errors
/// `NotFound` outside the own surety and branch.
pub async fn outlook(
    app: &App,
    who: &Officer,
    digits: &str,
    proposal: &Proposal,
) -> Result<Option<Outlook>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let chain = Chain::load(&mut tx, row.id)
        .await?
        .ok_or(AppError::NotFound)?;
    let found = of(&mut tx, &chain, proposal).await?;
    tx.commit().await?;
    Ok(found)
}

/// `None` where the act does not fit (any more).
pub(in crate::services) async fn of(
    conn: &mut PgConnection,
    chain: &Chain,
    proposal: &Proposal,
) -> Result<Option<Outlook>, AppError> {
    let life = chain.life()?;
    if proposal.fits(&life).is_err() {
        return Ok(None);
    }
    let guarantee = chain.head.id;
    let held = chain.face(life.in_force)?;
    let mut outlook = Outlook {
        fee: Some(0),
        back_to: None,
        untouched: None,
    };
    match proposal {
        Proposal::Correction { target, corrected } if *target == life.in_force => {
            let moved = Moved::Amount {
                old: held.amount,
                new: corrected.amount,
            };
            if held.amount != corrected.amount {
                outlook.fee = fees::outlook(conn, guarantee, moved).await?;
            }
        }
        Proposal::Correction { .. } => outlook.untouched = Some(held.occasion.label()),
        Proposal::Cancellation { target } => {
            let Some(before) = before(&life, *target) else {
                return Ok(None);
            };
            let face = chain.face(before)?;
            outlook.fee = fees::outlook(conn, guarantee, Moved::BackTo(face.amount)).await?;
            outlook.back_to = Some(BackTo {
                label: face.occasion.label(),
                changes: held.differences(face),
            });
        }
        Proposal::Termination { on } => {
            outlook.fee = fees::outlook(conn, guarantee, Moved::End(*on)).await?;
        }
    }
    Ok(Some(outlook))
}

fn before(life: &Life, target: u32) -> Option<u32> {
    life.before(target).map(|version| version.seq)
}
