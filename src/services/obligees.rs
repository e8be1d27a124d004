//! Obligees and their rule books, as each site may read them.

use sqlx::PgConnection;

use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::{Scope, obligees};
use crate::domain::rulebook::RuleBook;
use crate::domain::text;
use crate::error::AppError;

/// An obligee of the register with what is known of it.
#[derive(Debug, Clone)]
pub struct Obligee {
    pub id: i64,
    /// 駒ヶ根市
    pub name: String,
    /// 駒ヶ根市長, as printed.
    pub title_name: String,
    pub book: Option<RuleBook>,
    pub version: Option<i32>,
}

impl TryFrom<obligees::ObligeeRow> for Obligee {
    type Error = AppError;

    fn try_from(row: obligees::ObligeeRow) -> Result<Self, AppError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            title_name: row.title_name,
            book: row.book.map(serde_json::from_value).transpose()?,
            version: row.version,
        })
    }
}

/// The register of the contractor's surety.
///
/// # Errors
/// When the database cannot be reached.
pub async fn for_contractor(app: &App, who: &ContractorUser) -> Result<Vec<Obligee>, AppError> {
    list(app, &who.scope(), who.surety).await
}

/// The register of the officer's surety.
///
/// # Errors
/// When the database cannot be reached.
pub async fn for_officer(app: &App, who: &Officer) -> Result<Vec<Obligee>, AppError> {
    list(app, &who.scope(), who.surety).await
}

/// The obligee a person means by what was typed: as written, else in any width, spacing and
/// variant of its characters, so that no rule book is escaped by a blank.
pub(super) async fn meant(
    conn: &mut PgConnection,
    surety: i64,
    typed: &str,
) -> Result<Option<obligees::ObligeeRow>, AppError> {
    let typed = typed.trim();
    let key = text::search_key(typed);
    // Postgres cannot hold a NUL; no name in the register has one.
    if key.is_empty() || typed.contains('\0') {
        return Ok(None);
    }
    if let Some(row) = obligees::named(conn, surety, typed).await? {
        return Ok(Some(row));
    }
    let names = obligees::names(conn, surety).await?;
    let same = |name: &str| text::search_key(name) == key;
    match names
        .iter()
        .find(|(_, name, title)| same(title) || same(name))
    {
        Some((id, ..)) => Ok(obligees::find(conn, surety, *id).await?),
        None => Ok(None),
    }
}

async fn list(app: &App, scope: &Scope, surety: i64) -> Result<Vec<Obligee>, AppError> {
    let mut tx = app.db.begin(scope).await?;
    let rows = obligees::list(&mut tx, surety).await?;
    tx.commit().await?;
    rows.into_iter().map(Obligee::try_from).collect()
}
