//! 一括納付: closing a month, and the money that moves for its statements.
//!
//! A month is closed contractor by contractor, each in a transaction of its own: a run that was killed
//! half-way is simply begun again, and gathers what is left. The month is closed once every contractor
//! has its statement; after that it stays as it is.

use serde_json::json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::app::App;
use crate::db::closings::{self, ClosingRow, NewClosing, NewSettlement};
use crate::db::events::{self, NewEvent};
use crate::db::{Scope, fees, founding};
use crate::domain::era;
use crate::domain::fee::Month;
use crate::domain::money::Yen;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::history::{self, About, By, Happened};

use super::statements::Entry;
pub use crate::db::closings::{MonthRow, OpenRow, SettlementRow};

/// Who closes months and confirms what was paid for them: clerks and administrators of the head office.
pub fn may_close(who: &Officer) -> bool {
    who.is_head && (who.role.may_administer() || who.role.may_examine())
}

fn keeper(who: &Officer) -> Result<(), AppError> {
    if may_close(who) {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// What came of closing a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// This run gathered so many contractors' fees; the month is closed.
    Done { closings: usize, fees: i64 },
    /// It was closed before; nothing changed.
    Already { at: OffsetDateTime, by: String },
    /// Why it cannot be closed; nothing changed.
    Refused(String),
}

impl Closed {
    /// The sentence for the person who asked.
    pub fn sentence(&self, month: Month) -> String {
        let words = month.words();
        match self {
            Self::Done { fees: 0, .. } => {
                format!("{words}を締めました。集める保証料はありませんでした。")
            }
            Self::Done { closings, fees } => format!(
                "{words}を締めました。お客様{closings}社の保証料{fees}件を計算書にまとめました。"
            ),
            Self::Already { at, by } => format!(
                "{words}は、{}に{by}がすでに締めています。何も変えていません。",
                era::stamp(*at)
            ),
            Self::Refused(sentence) => sentence.clone(),
        }
    }
}

/// In whose name a month is closed.
struct Closer<'a> {
    surety: i64,
    account: Option<i64>,
    name: &'a str,
}

/// Closes a month from the Office.
///
/// # Errors
/// `NotFound` for others than clerks and administrators of the head office.
pub async fn close(app: &App, who: &Officer, month: Month) -> Result<Closed, AppError> {
    keeper(who)?;
    let closer = Closer {
        surety: who.surety,
        account: Some(who.account),
        name: &who.name,
    };
    run(app, &closer, month).await
}

/// Closes a month from the command line, over the owner's login.
///
/// # Errors
/// `NotFound` for an unknown surety.
pub async fn close_by_command(app: &App, suffix: char, month: Month) -> Result<Closed, AppError> {
    let mut tx = app.db.begin(&Scope::Founder).await?;
    let surety = founding::surety_by_suffix(&mut tx, &suffix.to_string()).await?;
    tx.commit().await?;
    let closer = Closer {
        surety: surety.ok_or(AppError::NotFound)?,
        account: None,
        name: "月次の締め（コマンド）",
    };
    run(app, &closer, month).await
}

async fn run(app: &App, closer: &Closer<'_>, month: Month) -> Result<Closed, AppError> {
    let now = app.clock.now();
    let surety = closer.surety;
    let scope = Scope::Office {
        surety,
        branch: None,
    };
    let (first, before) = (month.first_day(), month.next_first_day());
    let mut tx = app.db.begin(&scope).await?;
    if let Some((at, by)) = closings::closed(&mut tx, surety, first).await? {
        return Ok(Closed::Already { at, by });
    }
    if !month.is_over(era::tokyo_date(now)) {
        return Ok(Closed::Refused(format!(
            "{}はまだ終わっていないため、締められません。{}以降に締めてください。",
            month.words(),
            era::slashed(before)
        )));
    }
    if let Some(earlier) = closings::first_open(&mut tx, surety, first).await? {
        return Ok(Closed::Refused(format!(
            "{}に、締めていない保証料があります。先に{}を締めてください。",
            Month::of(earlier).words(),
            Month::of(earlier).words()
        )));
    }
    let contractors = closings::contractors(&mut tx, surety, before).await?;
    tx.commit().await?;
    let (mut gathered, mut fees) = (0, 0);
    for contractor in contractors {
        let mut tx = app.db.begin(&scope).await?;
        closings::lock_month(&mut tx, surety, first).await?;
        let year = era::era_year(first);
        let number = closings::next_number(&mut tx, surety, "closing", &year).await?;
        let new = NewClosing {
            surety,
            contractor,
            month: first,
            before,
            statement_no: &format!("{month}-{number:05}"),
            at: now,
            by: closer.name,
        };
        let count = closings::close(&mut tx, &new).await?;
        if count > 0 {
            tx.commit().await?;
            gathered += 1;
            fees += count;
        }
    }
    let mut tx = app.db.begin(&scope).await?;
    closings::lock_month(&mut tx, surety, first).await?;
    if let Some((at, by)) = closings::closed(&mut tx, surety, first).await? {
        return Ok(Closed::Already { at, by });
    }
    closings::finish_month(&mut tx, surety, first, now, closer.name).await?;
    let words = format!("{}（{gathered}社・{fees}件）", month.words());
    events::add(
        &mut tx,
        &NewEvent {
            surety,
            contractor: None,
            branch: None,
            application: None,
            product: None,
            guarantee: None,
            at: now,
            actor_site: "office",
            actor_id: closer.account,
            actor_name: closer.name,
            kind: Happened::MonthClosed.code(),
            words: &words,
            detail: json!({ "month": month.to_string(), "closings": gathered, "fees": fees }),
            shown: false,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Closed::Done {
        closings: gathered,
        fees,
    })
}

/// A contractor's month.
#[derive(Debug, Clone)]
pub struct Closing {
    pub id: i64,
    pub contractor: i64,
    pub contractor_name: String,
    pub contractor_address: String,
    pub month: Month,
    pub statement_no: String,
    /// Signed whole yen, without tax.
    pub amount: i64,
    pub tax: i64,
    pub fees: i32,
    pub closed_at: OffsetDateTime,
    pub closed_by: String,
    /// What moved for it.
    pub settled: i64,
}

impl From<ClosingRow> for Closing {
    fn from(row: ClosingRow) -> Self {
        Self {
            id: row.id,
            contractor: row.contractor_id,
            contractor_name: row.contractor_name,
            contractor_address: row.contractor_address,
            month: Month::of(row.month),
            statement_no: row.statement_no,
            amount: row.amount,
            tax: row.tax,
            fees: row.fees,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            settled: row.settled,
        }
    }
}

impl Closing {
    /// With tax; negative: to be given back.
    pub fn total(&self) -> i64 {
        self.amount + self.tax
    }

    /// What has still to move, in either direction.
    pub fn open(&self) -> i64 {
        self.total().abs() - self.settled
    }
}

/// The months of the surety, newest first.
///
/// # Errors
/// `NotFound` for others than the head office's clerks and administrators.
pub async fn months(app: &App, who: &Officer) -> Result<Vec<MonthRow>, AppError> {
    keeper(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = closings::months(&mut tx, who.surety, 60).await?;
    tx.commit().await?;
    Ok(rows)
}

/// What of a month is open and closed.
#[derive(Debug, Clone)]
pub struct MonthView {
    pub closings: Vec<Closing>,
    /// What is not gathered yet, contractor by contractor.
    pub open: Vec<OpenRow>,
    /// The entries of `open`, oldest first, at most [`SHOWN`].
    pub entries: Vec<Entry>,
    /// When it was closed, and by whom.
    pub closed: Option<(OffsetDateTime, String)>,
}

/// Entries that are not gathered yet, as many as a page shows.
pub const SHOWN: i64 = 500;

/// One month: its closings, and what is not gathered yet.
///
/// # Errors
/// As [`months`].
pub async fn month(app: &App, who: &Officer, month: Month) -> Result<MonthView, AppError> {
    keeper(who)?;
    let (first, before) = (month.first_day(), month.next_first_day());
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = closings::of_month(&mut tx, who.surety, first).await?;
    let open = closings::open_of_month(&mut tx, who.surety, first, before).await?;
    let entries = fees::ungathered(&mut tx, who.surety, first, before, SHOWN).await?;
    let closed = closings::closed(&mut tx, who.surety, first).await?;
    tx.commit().await?;
    let entries = entries.into_iter().map(Entry::try_from);
    Ok(MonthView {
        closings: rows.into_iter().map(Closing::from).collect(),
        open,
        entries: entries.collect::<Result<_, _>>()?,
        closed,
    })
}

/// One closing with its fees and what moved for it.
///
/// # Errors
/// As [`months`]; `NotFound` outside the own surety.
pub async fn one(
    app: &App,
    who: &Officer,
    id: i64,
) -> Result<(Closing, Vec<Entry>, Vec<SettlementRow>), AppError> {
    keeper(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = closings::find(&mut tx, who.surety, id).await?;
    let closing = Closing::from(row.ok_or(AppError::NotFound)?);
    let entries = fees::of_closing(&mut tx, id).await?;
    let settled = closings::settlements_of_closing(&mut tx, id).await?;
    tx.commit().await?;
    let entries = entries.into_iter().map(Entry::try_from);
    Ok((closing, entries.collect::<Result<_, _>>()?, settled))
}

/// What a clerk saw move.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Makes a double post one entry.
    pub form_id: Uuid,
    pub amount: Yen,
    pub on: Date,
}

/// Records what was paid in for a closing (where its sum is negative: what was given back).
///
/// # Errors
/// As [`months`]; `Conflict` where it is more than is open, or this form has recorded another before.
pub async fn settle(app: &App, who: &Officer, id: i64, moved: Moved) -> Result<(), AppError> {
    keeper(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    closings::lock_sum(&mut tx, Some(id), None).await?;
    let row = closings::find(&mut tx, who.surety, id).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let (contractor, branch) = (row.contractor_id, row.branch_id);
    let closing = Closing::from(row);
    let new = NewSettlement {
        id: moved.form_id,
        surety: who.surety,
        contractor,
        branch,
        closing: Some(id),
        fee: None,
        amount: moved.amount.get(),
        on: moved.on,
        by: who.account,
        at: app.clock.now(),
    };
    if closings::is_settled(&mut tx, &new).await? {
        return Ok(());
    }
    within(moved.amount, closing.open())?;
    let words = format!(
        "{}（計算書 {}）{}円（{}）",
        closing.month.words(),
        closing.statement_no,
        moved.amount,
        era::slashed(moved.on)
    );
    let about = About {
        surety: who.surety,
        contractor,
        branch: Some(branch),
        ..About::default()
    };
    keep(&mut tx, who, &new, &about, &words).await?;
    tx.commit().await?;
    Ok(())
}

/// Records that a single refund outside the closings was paid out.
///
/// # Errors
/// `Denied` for other roles than clerks; `NotFound` outside the own branch and where nothing is given
/// back; `Conflict` as [`settle`].
pub async fn pay_out(app: &App, who: &Officer, id: i64, moved: Moved) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("返還を確認できるのは審査の担当者です。"));
    }
    let mut tx = app.db.begin(&who.scope()).await?;
    closings::lock_sum(&mut tx, None, Some(id)).await?;
    let row = fees::by_id(&mut tx, who.surety, id).await?;
    let refunds = |row: &fees::FeeRow| !row.monthly && row.amount + row.tax < 0;
    let row = row.filter(refunds).ok_or(AppError::NotFound)?;
    let open = -(row.amount + row.tax) - row.settled;
    let new = NewSettlement {
        id: moved.form_id,
        surety: who.surety,
        contractor: row.contractor_id,
        branch: row.branch_id,
        closing: None,
        fee: Some(id),
        amount: moved.amount.get(),
        on: moved.on,
        by: who.account,
        at: app.clock.now(),
    };
    if closings::is_settled(&mut tx, &new).await? {
        return Ok(());
    }
    within(moved.amount, open)?;
    let words = format!(
        "{} の返還 {}円（{}）",
        row.number,
        moved.amount,
        era::slashed(moved.on)
    );
    let about = About {
        surety: who.surety,
        contractor: row.contractor_id,
        branch: Some(row.branch_id),
        guarantee: Some(row.guarantee_id),
        ..About::default()
    };
    keep(&mut tx, who, &new, &about, &words).await?;
    tx.commit().await?;
    Ok(())
}

fn within(amount: Yen, open: i64) -> Result<(), AppError> {
    if amount.get() <= open {
        return Ok(());
    }
    Err(AppError::Conflict(if open > 0 {
        format!(
            "残りは{}円です。それより多い{amount}円は記録できません。金額を確かめてください。",
            Yen::new(open).unwrap_or(Yen::MAX)
        )
    } else {
        "すでに全額を確認しています。何も記録していません。".to_owned()
    }))
}

async fn keep(
    conn: &mut sqlx::PgConnection,
    who: &Officer,
    new: &NewSettlement,
    about: &About,
    words: &str,
) -> Result<(), AppError> {
    if !closings::settle(conn, new).await? {
        return Err(AppError::Conflict(
            "この画面からは、別の金額をすでに記録しています。いま入力された金額は、まだ記録していません。一覧を確かめ、別の入金・返還であれば、もう一度入力してください。".to_owned(),
        ));
    }
    let detail = json!({ "settlement": new.id, "amount": new.amount });
    let what = Happened::FeeSettled;
    history::record(conn, By::Officer(who), about, what, words, detail, new.at).await?;
    Ok(())
}
