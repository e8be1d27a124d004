//! 保証申込のお勧め: works of the contractor that lack something, each with what would be done next.

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::ContractorUser;
use super::obligees::Obligee;
use crate::app::App;
use crate::db::applications;
use crate::db::follow_ups::{self, LackingRow};
use crate::db::{guarantees, obligees};
use crate::domain::certificate::CertificateFace;
use crate::domain::era;
use crate::domain::product::Product;
use crate::domain::rulebook::MidtermPolicy;
use crate::domain::rules;
use crate::error::AppError;

/// Suggestions of one kind.
const LIMIT: i64 = 50;

/// What the works lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// 契約保証 was issued, and no 前払金保証.
    Prepayment,
    /// The day has come on which half of the time is over.
    Midterm { since: Date },
    /// Another guarantee of the works runs longer after its change.
    Extension { until: Date },
    /// The bid of a reservation was on this day, and nobody said how it went.
    Bid { on: Option<Date> },
    /// The bid was won; the 契約保証 is begun and not sent.
    Draft(Uuid),
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub lack: Lack,
    /// The guarantee it starts from, with its letter.
    pub number: String,
    pub product: Product,
    pub obligee_name: String,
    pub works_name: String,
}

/// Everything there is to suggest: bids first, then what runs out, then what can be had.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &ContractorUser) -> Result<Vec<Suggestion>, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let (surety, contractor) = (who.surety, who.contractor);
    let mut tx = app.db.begin(&who.scope()).await?;
    let mut all = Vec::new();
    for (row, draft) in
        follow_ups::undecided_bids(&mut tx, surety, contractor, today, LIMIT).await?
    {
        let face = read(&row)?;
        let lack = draft.map_or(Lack::Bid { on: face.bid_date }, Lack::Draft);
        all.push(suggestion(row, &face, lack));
    }
    for row in follow_ups::outrun(&mut tx, surety, contractor, today, LIMIT).await? {
        let face = read(&row)?;
        all.push(suggestion(
            row,
            &face,
            Lack::Extension { until: face.until },
        ));
    }
    let (prepayment, midterm) = (Product::Prepayment.code(), Product::Midterm.code());
    for row in follow_ups::lacking(
        &mut tx, surety, contractor, today, prepayment, midterm, LIMIT,
    )
    .await?
    {
        let face = read(&row)?;
        if let Some(since) = half_over(&mut tx, who, &row, &face, today).await? {
            all.push(suggestion(row, &face, Lack::Midterm { since }));
        }
    }
    let contract = Product::Contract.code();
    for row in follow_ups::lacking(
        &mut tx, surety, contractor, today, contract, prepayment, LIMIT,
    )
    .await?
    {
        let face = read(&row)?;
        all.push(suggestion(row, &face, Lack::Prepayment));
    }
    tx.commit().await?;
    Ok(all)
}

fn read(row: &LackingRow) -> Result<CertificateFace, AppError> {
    Ok(serde_json::from_slice(&row.face)?)
}

fn suggestion(row: LackingRow, face: &CertificateFace, lack: Lack) -> Suggestion {
    Suggestion {
        lack,
        number: row.number,
        product: face.product,
        obligee_name: row.obligee_name,
        works_name: row.works_name,
    }
}

/// The first day of a 中間前払金, where it has come and the obligee pays one.
async fn half_over(
    conn: &mut PgConnection,
    who: &ContractorUser,
    row: &LackingRow,
    face: &CertificateFace,
    today: Date,
) -> Result<Option<Date>, AppError> {
    let Some(mut content) = guarantees::content_of(conn, row.application_id).await? else {
        return Ok(None);
    };
    content.works.period_from = face.period_from;
    content.works.period_to = face.period_to;
    let sent = applications::first_sent_at(conn, row.application_id).await?;
    let applied_on = sent.map_or(today, era::tokyo_date);
    let first = rules::half_time(&content.works, applied_on).and_then(|half| half.first_day);
    let Some(first) = first.filter(|day| *day <= today) else {
        return Ok(None);
    };
    let obligee = match row.obligee_id {
        Some(id) => obligees::find(conn, who.surety, id, today).await?,
        None => None,
    };
    let obligee = obligee.map(Obligee::try_from).transpose()?;
    let policy = obligee.and_then(|it| it.book).and_then(|book| book.midterm);
    let refused = policy == Some(MidtermPolicy::NotAllowed);
    // Who chose 部分払 is paid no 中間前払金.
    Ok((!refused && !content.bid.partial_payment).then_some(first))
}
