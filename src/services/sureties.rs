//! What a contractor's pages say of its surety: branches, the own company.

use super::ContractorUser;
use crate::app::App;
use crate::db::sureties;
pub use crate::db::sureties::{BranchRow, ContractorRow};
use crate::error::AppError;

/// The branch that answers a contractor's questions: the company's usual one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn desk(app: &App, who: &ContractorUser) -> Result<BranchRow, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let branch = sureties::branch(&mut tx, who.surety, who.branch).await?;
    tx.commit().await?;
    Ok(branch)
}

/// The surety's branches, head office last: 申込送信先.
///
/// # Errors
/// When the database cannot be reached.
pub async fn branches(app: &App, who: &ContractorUser) -> Result<Vec<BranchRow>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = sureties::branches(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(rows)
}

/// The company as the surety has it on record, and its usual branch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn company(
    app: &App,
    who: &ContractorUser,
) -> Result<(ContractorRow, BranchRow), AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let company = sureties::contractor(&mut tx, who.surety, who.contractor).await?;
    let branch = sureties::branch(&mut tx, who.surety, company.branch_id).await?;
    tx.commit().await?;
    Ok((company, branch))
}
