//! Rule books in the administrator's hands: versions with their days, a preview of what a new one
//! would change for open applications, and its keeping.

use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::Officer;
use super::history::{self, Happened};
use super::obligees::span_of;
use super::registers::{Kept, Reader, administrator, refused};
use super::standing;
use crate::app::App;
use crate::db::constraint;
use crate::db::obligees::{self, BookRow, NewBook, OpenRow};
use crate::domain::era;
use crate::domain::rulebook::form::Draft;
use crate::domain::rulebook::{BookFault, RuleBook, Span};
use crate::domain::rules::{self, Circumstances, Finding, Outcome};
use crate::error::AppError;

/// So many open applications are tried; more are only counted as such.
pub const MOST_TRIED: usize = 500;

/// One version of an obligee's rule book.
#[derive(Debug, Clone)]
pub struct Version {
    pub number: i32,
    pub book: RuleBook,
    /// The days it was registered for.
    pub span: Span,
    /// The days it really holds; `None` where a later version replaced it.
    pub real: Option<Span>,
    pub by: String,
    pub at: OffsetDateTime,
    /// It is the one that judges applications of today.
    pub in_force: bool,
}

/// An obligee with every version of its book, the newest first.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub id: i64,
    pub name: String,
    pub title_name: String,
    pub versions: Vec<Version>,
}

impl Shelf {
    pub fn newest(&self) -> Option<&Version> {
        self.versions.first()
    }

    /// The newest version's number; 0 where there is none.
    pub fn newest_number(&self) -> i32 {
        self.newest().map_or(0, |version| version.number)
    }
}

/// # Errors
/// `NotFound` for other roles and outside the own surety.
pub async fn shelf(app: &App, who: &Officer, obligee: i64) -> Result<Shelf, AppError> {
    administrator(who)?;
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let shelf = load(&mut tx, who.surety, obligee, today).await?;
    tx.commit().await?;
    Ok(shelf)
}

async fn load(
    conn: &mut PgConnection,
    surety: i64,
    obligee: i64,
    today: Date,
) -> Result<Shelf, AppError> {
    let row = obligees::find(conn, surety, obligee, today)
        .await?
        .ok_or(AppError::NotFound)?;
    let rows = obligees::books(conn, surety, obligee).await?;
    let spans: Vec<Span> = rows.iter().map(span_of).collect();
    let in_force = Span::in_force(&spans, today);
    let mut versions = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| version(row, spans.get(index + 1).copied(), in_force == Some(index)))
        .collect::<Result<Vec<_>, AppError>>()?;
    versions.reverse();
    Ok(Shelf {
        id: row.id,
        name: row.name,
        title_name: row.title_name,
        versions,
    })
}

fn version(row: BookRow, next: Option<Span>, in_force: bool) -> Result<Version, AppError> {
    let span = span_of(&row);
    Ok(Version {
        number: row.version,
        book: serde_json::from_value(row.book)?,
        span,
        real: span.real(next),
        by: row.created_by,
        at: row.created_at,
        in_force,
    })
}

/// Registers an obligee; its rule book follows. Fields: `name`, `title_name`.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn add_obligee(
    app: &App,
    who: &Officer,
    name: &str,
    title_name: &str,
) -> Result<Kept<i64>, AppError> {
    administrator(who)?;
    let mut reader = Reader::default();
    let name = reader.printed("name", "発注者", name, 60);
    let title_name = reader.printed("title_name", "被保証者", title_name, 60);
    if !reader.faults.is_empty() {
        return Ok(Kept::Refused(reader.faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let id = match obligees::add(&mut tx, who.surety, &name, &title_name, now).await {
        Ok(id) => id,
        Err(error) if constraint(&error) == Some("obligees_name_once") => {
            return Ok(refused(
                "name",
                format!(
                    "「{name}」はすでに登録されています。一覧から選んで、きまりを登録してください。"
                ),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let detail = json!({ "obligee": id });
    let what = Happened::ObligeeAdded;
    history::record_register(&mut tx, who, None, what, &name, detail, now).await?;
    tx.commit().await?;
    Ok(Kept::Done(id))
}

/// An open application with both books tried on it.
#[derive(Debug, Clone)]
pub struct Trial {
    pub id: Uuid,
    pub receipt_no: String,
    pub contractor: String,
    pub works_name: String,
    /// 申込日: it decides which version judges the application.
    pub applied_on: Date,
    /// The new version would judge it at all.
    pub touched: bool,
    pub before: Vec<Finding>,
    pub after: Vec<Finding>,
}

impl Trial {
    /// What is worst now and would be.
    pub fn worst(&self) -> (Outcome, Outcome) {
        let worst = |findings: &[Finding]| {
            findings
                .iter()
                .map(|finding| finding.outcome)
                .max()
                .unwrap_or(Outcome::Pass)
        };
        (worst(&self.before), worst(&self.after))
    }

    /// A rule comes out otherwise.
    pub fn differs(&self) -> bool {
        let outcomes = |findings: &[Finding]| -> Vec<_> {
            findings
                .iter()
                .filter(|it| it.outcome > Outcome::Unchecked)
                .map(|it| (it.rule, it.product, it.outcome))
                .collect()
        };
        outcomes(&self.before) != outcomes(&self.after)
    }

    /// Whole outcome changed, some rule changed, nothing changed.
    fn rank(&self) -> u8 {
        let (before, after) = self.worst();
        match (before != after, self.differs()) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }
    }
}

/// What a version would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Those whose outcome changes first.
    pub trials: Vec<Trial>,
    /// There are more open applications than were tried.
    pub more: bool,
    /// The version it would end (or replace), where there is one.
    pub ends: Option<(i32, Span)>,
}

/// What became of a version that was to be tried or kept.
#[derive(Debug, Clone)]
pub enum Answer<T> {
    Done(T),
    /// Sentences beside the form's fields.
    Refused(Vec<BookFault>),
}

/// Tries a version on every open application of the obligee; changes nothing. `newest` is the number
/// of the newest version that was on the screen.
///
/// # Errors
/// `NotFound` for other roles and outside the own surety; `Conflict` where another version was
/// registered meanwhile.
pub async fn preview(
    app: &App,
    who: &Officer,
    obligee: i64,
    draft: &Draft,
    newest: i32,
) -> Result<Answer<Preview>, AppError> {
    administrator(who)?;
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let shelf = load(&mut tx, who.surety, obligee, today).await?;
    as_seen(&shelf, newest)?;
    if let Some(fault) = misfit(&shelf, draft.span) {
        return Ok(Answer::Refused(vec![fault]));
    }
    let most = i64::try_from(MOST_TRIED).unwrap_or(i64::MAX);
    let mut open = obligees::open_applications(&mut tx, who.surety, obligee, most).await?;
    let more = open.len() > MOST_TRIED;
    open.truncate(MOST_TRIED);
    let mut trials = Vec::new();
    for row in open {
        trials.push(tried(&mut tx, who.surety, &shelf, row, draft, today).await?);
    }
    tx.commit().await?;
    trials.sort_by_key(Trial::rank);
    Ok(Answer::Done(Preview {
        trials,
        more,
        ends: shelf.newest().and_then(|version| {
            let left = version.span.real(Some(draft.span));
            (left != version.real).then(|| (version.number, left.unwrap_or_default()))
        }),
    }))
}

async fn tried(
    conn: &mut PgConnection,
    surety: i64,
    shelf: &Shelf,
    row: OpenRow,
    draft: &Draft,
    today: Date,
) -> Result<Trial, AppError> {
    let content = row.content.0;
    let applied_on = era::tokyo_date(row.first_sent_at);
    let circumstances = Circumstances {
        today,
        applied_on,
        lump_sum_agreement: row.lump_sum,
        guarantees: standing::of(conn, surety, row.contractor_id, Some(row.id), &content).await?,
    };
    let now = shelf
        .versions
        .iter()
        .find(|version| version.span.holds(applied_on))
        .map(|version| &version.book);
    let touched = draft.span.holds(applied_on);
    let then = if touched { Some(&draft.book) } else { now };
    Ok(Trial {
        before: rules::check(&content, now, &circumstances),
        after: rules::check(&content, then, &circumstances),
        id: row.id,
        receipt_no: row.receipt_no,
        contractor: row.contractor_name,
        works_name: content.works.works_name,
        applied_on,
        touched,
    })
}

/// Keeps a version; returns its number. The days of the version before end the day before it begins.
///
/// # Errors
/// As [`preview`].
pub async fn add(
    app: &App,
    who: &Officer,
    obligee: i64,
    draft: &Draft,
    newest: i32,
) -> Result<Answer<i32>, AppError> {
    administrator(who)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    obligees::lock(&mut tx, obligee).await?;
    let shelf = load(&mut tx, who.surety, obligee, era::tokyo_date(now)).await?;
    // The same press twice is one version.
    let again = shelf.newest().filter(|version| {
        version.number == newest + 1 && version.book == draft.book && version.span == draft.span
    });
    if let Some(version) = again {
        return Ok(Answer::Done(version.number));
    }
    as_seen(&shelf, newest)?;
    if let Some(fault) = misfit(&shelf, draft.span) {
        return Ok(Answer::Refused(vec![fault]));
    }
    let book = serde_json::to_value(&draft.book)?;
    let new = NewBook {
        surety: who.surety,
        obligee,
        book: &book,
        valid_from: draft.span.valid_from,
        valid_until: draft.span.valid_until,
        by: &who.name,
    };
    let version = obligees::add_book(&mut tx, &new, now).await?;
    let detail = json!({ "obligee": obligee, "version": version });
    let words = format!("{} 版{version}", shelf.name);
    let what = Happened::RuleBookAdded;
    history::record_register(&mut tx, who, None, what, &words, detail, now).await?;
    tx.commit().await?;
    Ok(Answer::Done(version))
}

/// Nobody writes over a version that was not on the screen.
fn as_seen(shelf: &Shelf, newest: i32) -> Result<(), AppError> {
    if shelf.newest_number() == newest {
        Ok(())
    } else {
        Err(AppError::Conflict(format!(
            "この画面を開いたあとで、{}のきまりに版{}が登録されました。入力はそのまま残しています。新しい版を確かめてから、もう一度押してください。",
            shelf.name,
            shelf.newest_number()
        )))
    }
}

/// A version that overlaps the newest one or leaves a gap.
fn misfit(shelf: &Shelf, span: Span) -> Option<BookFault> {
    let fault = span
        .follows(shelf.newest().map(|version| version.span))
        .err()?;
    let backwards = fault == crate::domain::rulebook::SpanFault::Backwards;
    Some(BookFault {
        place: if backwards {
            "valid_until"
        } else {
            "valid_from"
        }
        .to_owned(),
        sentence: fault.sentence(),
    })
}
