//! The surety as its customers meet it: who answers questions, what it knows of a company.

use super::ContractorUser;
use crate::app::App;
use crate::db::sureties;
pub use crate::db::sureties::{BranchRow, ContractorRow, SuretyRow};
use crate::error::AppError;

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

/// お客様情報, as the surety has it.
#[derive(Debug, Clone)]
pub struct Company {
    pub contractor: ContractorRow,
    pub branch: BranchRow,
    pub surety: SuretyRow,
}

/// The own company.
///
/// # Errors
/// When the database cannot be reached.
pub async fn company(app: &App, who: &ContractorUser) -> Result<Company, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let contractor = sureties::contractor(&mut tx, who.surety, who.contractor).await?;
    let company = Company {
        branch: sureties::branch(&mut tx, who.surety, contractor.branch_id).await?,
        surety: sureties::surety(&mut tx, who.surety).await?,
        contractor,
    };
    tx.commit().await?;
    Ok(company)
}
