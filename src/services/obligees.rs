//! Obligees and their rule books, as each site may read them; and the register's own keeping, from the
//! command line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use sqlx::PgConnection;
use time::Date;

use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::obligees::{BookRow, NewBook};
use crate::db::{Scope, founding, obligees};
use crate::domain::era;
use crate::domain::rulebook::{RuleBook, Span};
use crate::domain::{strays, text};
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
    /// The version in force on the day that was asked for.
    pub book: Option<RuleBook>,
    pub book_id: Option<i64>,
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
            book_id: row.book_id,
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
    on: Date,
) -> Result<Option<obligees::ObligeeRow>, AppError> {
    let typed = typed.trim();
    let key = text::search_key(typed);
    // Postgres cannot hold a NUL; no name in the register has one.
    if key.is_empty() || typed.contains('\0') {
        return Ok(None);
    }
    if let Some(row) = obligees::named(conn, surety, typed, on).await? {
        return Ok(Some(row));
    }
    let names = obligees::names(conn, surety).await?;
    let same = |name: &str| text::search_key(name) == key;
    match names
        .iter()
        .find(|(_, name, title)| same(title) || same(name))
    {
        Some((id, ..)) => Ok(obligees::find(conn, surety, *id, on).await?),
        None => Ok(None),
    }
}

/// The obligee of a guarantee with the rule book it was issued under, by which its changes are
/// judged; `None` where nobody knew the obligee.
pub(super) async fn issued_under(
    conn: &mut PgConnection,
    surety: i64,
    guarantee: i64,
) -> Result<Option<Obligee>, AppError> {
    let row = obligees::issued_under(conn, surety, guarantee).await?;
    row.map(Obligee::try_from).transpose()
}

/// An obligee with the book in force on a day.
pub(super) async fn on_day(
    conn: &mut PgConnection,
    surety: i64,
    id: i64,
    day: Date,
) -> Result<Option<Obligee>, AppError> {
    let row = obligees::find(conn, surety, id, day).await?;
    row.map(Obligee::try_from).transpose()
}

async fn list(app: &App, scope: &Scope, surety: i64) -> Result<Vec<Obligee>, AppError> {
    let mut tx = app.db.begin(scope).await?;
    let rows = obligees::list(&mut tx, surety, era::tokyo_date(app.clock.now())).await?;
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
    /// From when to when the book holds. Without a beginning: the first book of an obligee from the
    /// beginning, a further one from the day it is registered.
    #[serde(flatten)]
    pub span: Span,
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
        if let Some(path) = strays::first(typed, &kept) {
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
        if let Some(fault) = plan.book.faults().into_iter().next() {
            return Err(format!("{entry}: book.{}: {}", fault.place, fault.sentence));
        }
        let before = plans.iter().rfind(|other| other.name == plan.name);
        if let Some(before) = before {
            if before.span == plan.span {
                return Err(format!(
                    "{entry}: the name stands in the file twice for the same days"
                ));
            }
            if before.title_name != plan.title_name {
                return Err(format!("{entry}: title_name differs from the entry before"));
            }
        }
        plan.span
            .follows(before.map(|before| before.span))
            .map_err(|fault| format!("{entry}: valid_from: {}", fault.sentence()))?;
        plans.push(plan);
    }
    Ok(plans)
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
/// `NotFound` for an unknown surety; `Conflict` with a sentence where a version's days overlap those
/// of another or leave a gap.
pub async fn keep(app: &App, suffix: char, plans: &[ObligeePlan]) -> Result<Vec<Kept>, AppError> {
    const BY: &str = "発注者の登録（コマンド）";
    let now = app.clock.now();
    let today = era::tokyo_date(now);
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = founding::surety_by_suffix(&mut tx, &suffix.to_string())
        .await?
        .ok_or(AppError::NotFound)?;
    let mut kept = Vec::new();
    for plan in plans {
        let book = serde_json::to_value(&plan.book)?;
        let known = obligees::list(&mut tx, surety, today).await?;
        let known = known.iter().find(|row| row.name == plan.name);
        let id = match known {
            Some(row) => row.id,
            None => obligees::add(&mut tx, surety, &plan.name, &plan.title_name, now).await?,
        };
        if known.is_some_and(|row| row.title_name != plan.title_name) {
            obligees::set_title(&mut tx, id, &plan.title_name).await?;
        }
        obligees::lock(&mut tx, id).await?;
        let versions = obligees::books(&mut tx, surety, id).await?;
        if is_kept(plan, &versions)? {
            kept.push(Kept::Same);
            continue;
        }
        let newest = versions.last().map(span_of);
        let mut span = plan.span;
        if newest.is_some() && span.valid_from.is_none() {
            span.valid_from = Some(today);
        }
        span.follows(newest)
            .map_err(|fault| AppError::Conflict(format!("{}：{}", plan.name, fault.sentence())))?;
        let new = NewBook {
            surety,
            obligee: id,
            book: &book,
            valid_from: span.valid_from,
            valid_until: span.valid_until,
            by: BY,
        };
        let version = obligees::add_book(&mut tx, &new, now).await?;
        kept.push(match known {
            Some(_) => Kept::Changed(version),
            None => Kept::Added,
        });
    }
    tx.commit().await?;
    Ok(kept)
}

/// Whether an entry of the file is there already: the same book for the same days. An entry without
/// days means the newest version as it stands.
fn is_kept(plan: &ObligeePlan, versions: &[BookRow]) -> Result<bool, AppError> {
    let Span {
        valid_from: from,
        valid_until: until,
    } = plan.span;
    let newest = versions.last().map(|row| row.version);
    let meant = versions.iter().rfind(|row| {
        let dated = from.is_some() || until.is_some();
        dated && (row.valid_from, row.valid_until) == (from, until)
            || from.is_none() && row.valid_until == until && Some(row.version) == newest
    });
    let Some(row) = meant else {
        return Ok(false);
    };
    let book: RuleBook = serde_json::from_value(row.book.clone())?;
    Ok(book == plan.book)
}

/// The days a version was registered for.
pub(super) fn span_of(row: &BookRow) -> Span {
    Span {
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    }
}
