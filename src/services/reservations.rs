//! 契約保証予約（入札ボンド） after its issue: a bid won becomes a 契約保証, a bid lost ends it.

use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::follow_ups::{begin, own, source};
use super::history::{self, About, By, Happened};
use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::guarantees::{self, GuaranteeRow};
use crate::db::reservations::{self, CameRow, NewLoss};
use crate::domain::application::Stage;
use crate::domain::product::Product;
use crate::domain::typed::TypedForm;
use crate::domain::works::WorksContract;
use crate::domain::{carry, era};
use crate::error::AppError;

/// How a reservation stands after its issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody has said how the bid went.
    Open,
    /// 落札した: the application of its 契約保証.
    Won(Came),
    /// 落札しなかった
    Lost {
        on: Date,
        by: String,
        at: OffsetDateTime,
    },
}

/// The 契約保証 that a reservation became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    pub application: Uuid,
    pub stage: Stage,
    /// 受付番号, once sent.
    pub receipt_no: Option<String>,
    /// 保証契約番号, once issued.
    pub number: Option<String>,
}

impl TryFrom<CameRow> for Came {
    type Error = AppError;

    fn try_from(row: CameRow) -> Result<Self, AppError> {
        Ok(Self {
            application: row.id,
            stage: Stage::from_code(&row.stage)
                .ok_or_else(|| AppError::internal(format!("unknown stage {}", row.stage)))?,
            receipt_no: row.receipt_no,
            number: row.number,
        })
    }
}

/// What came of an own reservation.
///
/// # Errors
/// When the database cannot be reached.
pub async fn outcome(app: &App, who: &ContractorUser, guarantee: i64) -> Result<Outcome, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let outcome = outcome_of(&mut tx, guarantee).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The works an own reservation was asked for: its days are planned. `None` where it is no own one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn works(
    app: &App,
    who: &ContractorUser,
    application: Uuid,
) -> Result<Option<WorksContract>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let content = guarantees::content_of(&mut tx, application).await?;
    tx.commit().await?;
    Ok(content.map(|content| content.works))
}

/// The same for staff, who see no drafts.
///
/// # Errors
/// When the database cannot be reached.
pub async fn office_outcome(app: &App, who: &Officer, guarantee: i64) -> Result<Outcome, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let outcome = outcome_of(&mut tx, guarantee).await?;
    tx.commit().await?;
    Ok(outcome)
}

async fn outcome_of(conn: &mut PgConnection, guarantee: i64) -> Result<Outcome, AppError> {
    if let Some(row) = reservations::came(conn, guarantee).await? {
        return Ok(Outcome::Won(Came::try_from(row)?));
    }
    let lost = reservations::lost(conn, guarantee).await?;
    Ok(lost.map_or(Outcome::Open, |row| Outcome::Lost {
        on: row.lost_on,
        by: row.told_by,
        at: row.told_at,
    }))
}

/// 落札した: the draft of a 契約保証 with everything carried over; pressed again, the same one.
/// `fresh` is what an empty form holds.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers and other products; `Conflict` where the
/// bid was said to be lost.
pub async fn win(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    fresh: &TypedForm,
) -> Result<Uuid, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = own(&mut tx, who, digits, Product::Reservation).await?;
    match outcome_of(&mut tx, row.id).await? {
        Outcome::Won(came) => return Ok(came.application),
        Outcome::Lost { on, .. } => return Err(AppError::Conflict(lost_words(on))),
        Outcome::Open => {}
    }
    let (typed, face) = source(&mut tx, who, &row).await?;
    let form = carry::contract(&typed, &face, fresh);
    let id = app.chance.id(now);
    begin(&mut tx, who, id, Some(row.id), &form, now).await?;
    tell(&mut tx, who, &row, Happened::BidWon, "", now).await?;
    tx.commit().await?;
    Ok(id)
}

/// 落札しなかった, known on that day. Said twice, it stays as it was said first.
///
/// # Errors
/// As [`win`]; `Conflict` where a 契約保証 came of it.
pub async fn lose(app: &App, who: &ContractorUser, digits: &str, on: Date) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = own(&mut tx, who, digits, Product::Reservation).await?;
    match outcome_of(&mut tx, row.id).await? {
        Outcome::Lost { .. } => return Ok(()),
        Outcome::Won(came) if came.stage == Stage::Draft => {
            return Err(AppError::Conflict(
                "この予約から作った契約保証の下書きがあります。落札しなかったときは、下書きを削除してから、もう一度押してください。".to_owned(),
            ));
        }
        Outcome::Won(_) => {
            return Err(AppError::Conflict(
                "この予約から契約保証を申し込んでいるため、「落札しなかった」にはできません。お間違いのときは、申込先の営業部・支店へお電話ください。".to_owned(),
            ));
        }
        Outcome::Open => {}
    }
    reservations::lose(
        &mut tx,
        &NewLoss {
            guarantee: row.id,
            surety: who.surety,
            contractor: who.contractor,
            branch: row.branch_id,
            on,
            by: &who.login,
            at: now,
        },
    )
    .await?;
    let words = era::plain(on);
    tell(&mut tx, who, &row, Happened::BidLost, &words, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn tell(
    conn: &mut PgConnection,
    who: &ContractorUser,
    row: &GuaranteeRow,
    what: Happened,
    words: &str,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let about = About {
        surety: who.surety,
        contractor: who.contractor,
        branch: Some(row.branch_id),
        application: Some(row.application_id),
        product: Some(Product::Reservation),
        guarantee: Some(row.id),
    };
    history::record(
        conn,
        By::Contractor(who),
        &about,
        what,
        words,
        json!({}),
        now,
    )
    .await?;
    Ok(())
}

fn lost_words(on: Date) -> String {
    format!(
        "この予約は、{}に「落札しなかった」とお知らせいただいているため、契約保証を申し込めません。お間違いのときは、申込先の営業部・支店へお電話ください。",
        era::plain(on)
    )
}
