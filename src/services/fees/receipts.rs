//! 領収証: printed by the Office from what was confirmed; as a PDF for the contractor where the surety
//! switched it on (seed 003, Q2). Every printing is recorded; from the second on it says 再発行.

use serde_json::json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::closing::may_close;
use super::statements::Parties;
use crate::app::App;
use crate::db::receipts::{self, NewReceipt, PaidRow};
use crate::db::{Scope, closings};
use crate::domain::era;
use crate::domain::fee::{FeeProduct, Month};
use crate::domain::money::Yen;
use crate::error::AppError;
use crate::services::history::{self, About, By, Happened};
use crate::services::{ContractorUser, Officer};

pub use crate::db::receipts::{PaymentRow, Source};

/// What was paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    Guarantee {
        product: FeeProduct,
        works_name: String,
        obligee_name: String,
        /// With its letter, once issued.
        number: Option<String>,
    },
    Month {
        month: Month,
        statement_no: String,
    },
}

/// A receipt as its paper says it.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub number: String,
    pub amount: Yen,
    /// Consumption tax in it; zero for guarantees.
    pub tax: Yen,
    pub paid_on: Date,
    pub issued_on: Date,
    /// From 1; from the second on 再発行.
    pub copy: i32,
    pub printed_at: OffsetDateTime,
    pub purpose: Purpose,
    pub parties: Parties,
}

/// Prints a receipt in the Office: of an 入金確認 by the branch's clerk or approver, of a closing by the
/// head office.
///
/// # Errors
/// `NotFound` outside the own branch, and for what was not paid in.
pub async fn print(app: &App, who: &Officer, source: Source) -> Result<Receipt, AppError> {
    let may = match source {
        Source::Payment(_) => who.role.may_examine() || who.role.may_approve(),
        Source::Settlement(_) => may_close(who),
    };
    if !may {
        return Err(AppError::NotFound);
    }
    let by = Printer {
        scope: who.scope(),
        surety: who.surety,
        as_site: ("office", who.account, &who.name),
        by: By::Officer(who),
    };
    by.print(app, source).await
}

/// The same by the contractor, where the surety gives receipts as PDF.
///
/// # Errors
/// `NotFound` for other people's payments, and where receipts come on paper only.
pub async fn take(app: &App, who: &ContractorUser, source: Source) -> Result<Receipt, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let electronic = receipts::electronic(&mut tx, who.surety).await?;
    tx.commit().await?;
    if !electronic {
        return Err(AppError::NotFound);
    }
    let by = Printer {
        scope: who.scope(),
        surety: who.surety,
        as_site: ("netdesk", who.account, &who.login),
        by: By::Contractor(who),
    };
    by.print(app, source).await
}

struct Printer<'a> {
    scope: Scope,
    surety: i64,
    as_site: (&'static str, i64, &'a str),
    by: By<'a>,
}

impl Printer<'_> {
    async fn print(&self, app: &App, source: Source) -> Result<Receipt, AppError> {
        let now = app.clock.now();
        let today = era::tokyo_date(now);
        let mut tx = app.db.begin(&self.scope).await?;
        let paid = match source {
            Source::Payment(id) => receipts::payment(&mut tx, self.surety, id).await?,
            Source::Settlement(id) => receipts::settlement(&mut tx, self.surety, id).await?,
        };
        let paid = paid.ok_or(AppError::NotFound)?;
        receipts::lock(&mut tx, source).await?;
        let row = match receipts::find(&mut tx, self.surety, source).await? {
            Some(row) => row,
            None => {
                let year = era::era_year(today);
                let next = closings::next_number(&mut tx, self.surety, "receipt", &year).await?;
                let new = NewReceipt {
                    surety: self.surety,
                    contractor: paid.contractor_id,
                    branch: paid.branch_id,
                    number: &format!("{year}-{next:06}"),
                    source,
                    amount: paid.amount,
                    tax: tax_in(&paid),
                    on: today,
                    at: now,
                };
                receipts::add(&mut tx, &new).await?
            }
        };
        let contractor = paid.contractor_id;
        let surety = self.surety;
        let copy = receipts::print(&mut tx, row.id, surety, contractor, self.as_site, now).await?;
        let parties = Parties::of(&mut tx, surety, paid.branch_id, contractor).await?;
        let words = format!(
            "{} {}円{}",
            row.number,
            yen(row.amount)?,
            if copy > 1 { "（再発行）" } else { "" }
        );
        let about = About {
            surety,
            contractor,
            branch: Some(paid.branch_id),
            ..About::default()
        };
        let detail = json!({ "receipt": row.number, "copy": copy });
        let what = Happened::ReceiptPrinted;
        history::record(&mut tx, self.by, &about, what, &words, detail, now).await?;
        tx.commit().await?;
        Ok(Receipt {
            number: row.number,
            amount: yen(row.amount)?,
            tax: yen(row.tax)?,
            paid_on: paid.paid_on,
            issued_on: row.issued_on,
            copy,
            printed_at: now,
            purpose: purpose(paid)?,
            parties,
        })
    }
}

fn yen(value: i64) -> Result<Yen, AppError> {
    Yen::try_from(value).map_err(AppError::internal)
}

/// The consumption tax (10 %) in a payment: all of a reservation's, of a month's statement where it was
/// paid whole. A guarantee's fee bears none.
fn tax_in(paid: &PaidRow) -> i64 {
    let reservation = paid.product.as_deref() == Some(FeeProduct::Reservation.code());
    if reservation {
        // A fee and a tenth of it rounded down are together eleven parts, of which one is tax.
        paid.amount / 11
    } else if paid.statement_amount + paid.statement_tax == paid.amount {
        paid.statement_tax.max(0)
    } else {
        0
    }
}

fn purpose(paid: PaidRow) -> Result<Purpose, AppError> {
    if let (Some(month), Some(statement_no)) = (paid.month, paid.statement_no) {
        return Ok(Purpose::Month {
            month: Month::of(month),
            statement_no,
        });
    }
    let product = paid.product.as_deref().and_then(FeeProduct::from_code);
    Ok(Purpose::Guarantee {
        product: product.ok_or_else(|| AppError::internal("a payment for nothing known"))?,
        works_name: paid.works_name.unwrap_or_default(),
        obligee_name: paid.obligee_name.unwrap_or_default(),
        number: paid.number,
    })
}

/// The payments of an application, for its branch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_application(
    app: &App,
    who: &Officer,
    id: Uuid,
) -> Result<Vec<PaymentRow>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = receipts::of_application(&mut tx, id).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Whether contractors get their receipts as PDF as well.
///
/// # Errors
/// When the database cannot be reached.
pub async fn electronic(app: &App, who: &Officer) -> Result<bool, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let on = receipts::electronic(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(on)
}

/// Switches receipts as PDF for contractors on or off.
///
/// # Errors
/// `NotFound` for other roles than administrators.
pub async fn set_electronic(app: &App, who: &Officer, on: bool) -> Result<(), AppError> {
    if !who.role.may_administer() {
        return Err(AppError::NotFound);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    if receipts::electronic(&mut tx, who.surety).await? == on {
        return Ok(());
    }
    receipts::set_electronic(&mut tx, who.surety, on).await?;
    let words = if on {
        "電子でもお渡しする"
    } else {
        "紙だけでお渡しする"
    };
    let what = Happened::ReceiptsSwitched;
    history::record_register(&mut tx, who, None, what, words, json!({ "on": on }), now).await?;
    tx.commit().await?;
    Ok(())
}
