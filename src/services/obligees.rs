//! Obligees and their rule books, as each site may read them; and the register's own keeping, from the
//! command line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use sqlx::PgConnection;

use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::{Scope, founding, obligees};
use crate::domain::rulebook::RuleBook;
use crate::domain::text;
use crate::error::AppError;
use crate::pdf::font;

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

/// An obligee with its rule book, as the file of `akashi obligees` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObligeePlan {
    /// 駒ヶ根市
    pub name: String,
    /// 駒ヶ根市長, as certificates print it.
    pub title_name: String,
    pub book: RuleBook,
}

/// Reads the file: a JSON array of [`ObligeePlan`].
///
/// # Errors
/// One sentence that says which entry, where in it, and why. A word the rule book does not know is
/// refused too: a rate under a misspelt name would be no rate.
pub fn read_plans(file: &[u8]) -> Result<Vec<ObligeePlan>, String> {
    let typed: Vec<Value> =
        serde_json::from_slice(file).map_err(|error| format!("it is no JSON array: {error}"))?;
    let mut plans: Vec<ObligeePlan> = Vec::new();
    for (index, typed) in typed.iter().enumerate() {
        let name = typed["name"].as_str().unwrap_or("without a name");
        let entry = format!("entry {} ({name})", index + 1);
        let plan: ObligeePlan =
            serde_json::from_value(typed.clone()).map_err(|error| format!("{entry}: {error}"))?;
        let kept = serde_json::to_value(&plan).map_err(|error| format!("{entry}: {error}"))?;
        if let Some(path) = unknown(typed, &kept) {
            return Err(format!("{entry}: there is no field {path}"));
        }
        for (field, words) in [("name", &plan.name), ("title_name", &plan.title_name)] {
            let line = text::line(words, 100).and_then(text::required);
            if line.as_ref() != Ok(words) {
                return Err(format!(
                    "{entry}: {field} must be one line of up to 100 characters"
                ));
            }
            if let Some(missing) = font::missing(words) {
                return Err(format!(
                    "{entry}: {field} has 「{missing}」, which certificates cannot print"
                ));
            }
        }
        if plan.book.body != plan.name {
            return Err(format!(
                "{entry}: book.body is {:?}, not the name",
                plan.book.body
            ));
        }
        if plans.iter().any(|other| other.name == plan.name) {
            return Err(format!("{entry}: the name stands in the file twice"));
        }
        plans.push(plan);
    }
    Ok(plans)
}

/// The path of the first field that was typed and not understood.
fn unknown(typed: &Value, kept: &Value) -> Option<String> {
    match (typed, kept) {
        (Value::Object(typed), Value::Object(kept)) => {
            typed.iter().find_map(|(name, value)| match kept.get(name) {
                None => Some(name.clone()),
                Some(kept) => unknown(value, kept).map(|rest| format!("{name}.{rest}")),
            })
        }
        (Value::Array(typed), Value::Array(kept)) => {
            typed
                .iter()
                .zip(kept)
                .enumerate()
                .find_map(|(index, (typed, kept))| {
                    unknown(typed, kept).map(|rest| format!("{}.{rest}", index + 1))
                })
        }
        _ => None,
    }
}

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Added,
    /// The rule book's new version.
    Changed(i32),
    Same,
}

/// Registers obligees and new versions of rule books; all or nothing. Over the owner's login.
///
/// # Errors
/// `NotFound` for an unknown surety.
pub async fn keep(app: &App, suffix: char, plans: &[ObligeePlan]) -> Result<Vec<Kept>, AppError> {
    const BY: &str = "発注者の登録（コマンド）";
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = founding::surety_by_suffix(&mut tx, &suffix.to_string())
        .await?
        .ok_or(AppError::NotFound)?;
    let known = obligees::list(&mut tx, surety).await?;
    let mut kept = Vec::new();
    for plan in plans {
        let book = serde_json::to_value(&plan.book)?;
        let Some(row) = known.iter().find(|row| row.name == plan.name) else {
            let id = obligees::add(&mut tx, surety, &plan.name, &plan.title_name, now).await?;
            obligees::add_book(&mut tx, surety, id, &book, BY, now).await?;
            kept.push(Kept::Added);
            continue;
        };
        if row.title_name != plan.title_name {
            obligees::set_title(&mut tx, row.id, &plan.title_name).await?;
        }
        let same: Option<RuleBook> = row.book.clone().map(serde_json::from_value).transpose()?;
        kept.push(if same.as_ref() == Some(&plan.book) {
            Kept::Same
        } else {
            Kept::Changed(obligees::add_book(&mut tx, surety, row.id, &book, BY, now).await?)
        });
    }
    tx.commit().await?;
    Ok(kept)
}
