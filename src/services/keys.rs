//! The worker's own chores: its signing keys' public halves, and jobs that will never succeed.

use uuid::Uuid;

use crate::app::App;
use crate::db::{Scope, jobs, sureties};
use crate::error::AppError;

/// Registers the public halves of the signing keys this process holds. Safe to repeat.
///
/// # Errors
/// When the database cannot be reached.
pub async fn register(app: &App) -> Result<(), AppError> {
    let keys = app.vault.signer()?.public_keys();
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    for key in &keys.keys {
        let letter = key.surety.to_string();
        sureties::add_signing_key(&mut tx, &key.keyid, &letter, &key.public_key, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Buries a job that is no order, with its reason.
///
/// # Errors
/// When the database cannot be reached.
pub async fn bury(app: &App, job: Uuid, reason: &str) -> Result<(), AppError> {
    let mut tx = app.db.begin(&Scope::Worker).await?;
    jobs::bury(&mut tx, job, app.clock.now(), reason).await?;
    tx.commit().await?;
    Ok(())
}
