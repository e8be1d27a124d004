//! 保証料: what a guarantee costs on a day, and the ledger every version writes into.
//!
//! Which table counts: the one of the day in Japan on which the application was first sent
//! (申込日), so that the fee a contractor was shown is the fee that is charged. It stays attached to
//! the guarantee: changes and 解約 are reckoned with it.

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::ContractorUser;
use crate::app::App;
use crate::db::fee_tables;
use crate::db::items::FeeDue;
use crate::domain::content::ApplicationContent;
use crate::domain::era;
use crate::domain::fee::{self, Fee, FeeProduct, FeeTable};
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::error::AppError;

pub mod closing;
pub mod papers;
mod posting;
pub mod receipts;
pub mod statements;
pub mod tables;

pub use posting::{
    ChangeFee, change_fee, post_cancellation, post_charge, post_difference, post_termination,
};
pub(super) use posting::{Moved, outlook};

/// What something costs, and by which table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub table: i64,
    pub version: i32,
    /// The table's name; an example's begins with 「DEMO」.
    pub name: String,
    pub product: FeeProduct,
    pub fee: Fee,
}

impl Quote {
    pub(super) fn of(
        table: i64,
        version: i32,
        product: FeeProduct,
        body: &FeeTable,
        amount: Yen,
    ) -> Self {
        Self {
            table,
            version,
            name: body.name.clone(),
            product,
            fee: fee::fee(body, amount),
        }
    }

    /// What a change costs more; `None` where it costs nothing more.
    fn extra(table: i64, version: i32, product: FeeProduct, change: &ChangeFee) -> Option<Self> {
        let difference = &change.difference;
        let amount = Yen::new(difference.amount).filter(|amount| *amount > Yen::ZERO)?;
        let tax = Yen::new(difference.tax)?;
        Some(Self {
            table,
            version,
            name: change.table.clone(),
            product,
            fee: Fee {
                total: amount.checked_add(tax)?,
                amount,
                tax,
                lines: difference.lines.clone(),
            },
        })
    }

    /// 「DEMO…（版1）」
    pub fn table_words(&self) -> String {
        format!("{}（版{}）", self.name, self.version)
    }

    /// Whether the table is an example and no tariff of anybody.
    pub fn is_demo(&self) -> bool {
        self.name.starts_with("DEMO")
    }
}

/// What a product of an application costs, and what was confirmed of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// `None` where the surety had no table on the day the application was first sent.
    pub quote: Option<Quote>,
    /// What a change costs more or gives back, by the table that was attached at issue.
    pub change: Option<ChangeFee>,
    /// Confirmed for the fee as it stands.
    pub paid: Yen,
    /// Something was confirmed for it.
    confirmed: bool,
    /// A change that costs nothing more: nothing is due.
    free: bool,
}

impl Due {
    pub(super) fn of(
        product: &str,
        amount: i64,
        confirmed: bool,
        row: FeeDue,
    ) -> Result<Self, AppError> {
        let amount = Yen::try_from(amount).map_err(AppError::internal)?;
        let table = row.fee_table_id.zip(row.fee_version).zip(row.fee_body);
        let before = row
            .fee_before
            .map(Yen::try_from)
            .transpose()
            .map_err(AppError::internal)?;
        let mut free = false;
        let mut change = None;
        let quote = match (FeeProduct::from_code(product).zip(table), before) {
            (Some((product, ((id, version), body))), None) => {
                Some(Quote::of(id, version, product, &body.0, amount))
            }
            (Some((product, ((id, version), body))), Some(before)) => {
                let fee = ChangeFee {
                    difference: fee::difference(&body.0, before, amount),
                    table: body.0.name,
                };
                let extra = Quote::extra(id, version, product, &fee);
                free = extra.is_none();
                change = Some(fee);
                extra
            }
            // Nothing was charged at issue, so nothing is for a change.
            (None, Some(_)) => {
                free = true;
                None
            }
            (None, None) => None,
        };
        Ok(Self {
            quote,
            change,
            free,
            paid: Yen::new(row.paid_sum).unwrap_or(Yen::MAX),
            confirmed,
        })
    }

    /// A change that costs nothing more: nothing is to be paid before its issue.
    pub fn is_free(&self) -> bool {
        self.free
    }

    /// A change of a guarantee for which nothing was charged at issue: nothing is reckoned for it.
    pub fn is_outside_tables(&self) -> bool {
        self.free && self.change.is_none()
    }

    /// Whether an issue has to wait for it: not all of a known fee, or nothing of an unknown one, was
    /// confirmed. An agreement of 一括納付 (`lump_sum`) covers what nobody has begun to pay by itself:
    /// what is paid in part is paid in full, so that no yen is asked for twice at the month's end.
    pub fn is_due(&self, lump_sum: bool) -> bool {
        if self.free {
            return false;
        }
        match self.shortfall() {
            Some(short) if self.confirmed => short > Yen::ZERO,
            _ => !(self.confirmed || lump_sum),
        }
    }

    /// What of a known fee is still to be confirmed.
    pub fn shortfall(&self) -> Option<Yen> {
        let total = self.quote.as_ref()?.fee.total;
        Some(total.checked_sub(self.paid).unwrap_or(Yen::ZERO))
    }
}

/// What guarantees of these amounts would cost if applied for on `day`, each `None` where the surety
/// has no table for it by then. Nothing is stored.
///
/// # Errors
/// When the database cannot be reached.
pub async fn reckoned(
    app: &App,
    who: &ContractorUser,
    day: Date,
    amounts: &[(FeeProduct, Yen)],
) -> Result<Vec<Option<Quote>>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let mut quotes = Vec::new();
    for (product, amount) in amounts {
        quotes.push(quote(&mut tx, who.surety, product.code(), *amount, day).await?);
    }
    tx.commit().await?;
    Ok(quotes)
}

/// The fee of an amount on a day; `None` where the surety has no table for the product by then.
///
/// # Errors
/// When the database cannot be reached.
pub async fn quote(
    conn: &mut PgConnection,
    surety: i64,
    product_code: &str,
    amount: Yen,
    day: Date,
) -> Result<Option<Quote>, AppError> {
    let Some(product) = FeeProduct::from_code(product_code) else {
        return Ok(None);
    };
    let row = fee_tables::on(conn, surety, product_code, day).await?;
    Ok(row.map(|row| Quote::of(row.id, row.version, product, &row.body.0, amount)))
}

/// What each product of a form would cost (概算): by the day on which the application was first sent,
/// for a draft today.
///
/// # Errors
/// When the database cannot be reached.
pub async fn estimate(
    app: &App,
    who: &ContractorUser,
    application: Uuid,
    content: &ApplicationContent,
) -> Result<Vec<(Product, Option<Quote>)>, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let day = fee_tables::day_of(&mut tx, who.surety, who.contractor, application).await?;
    let day = day.unwrap_or(today);
    let mut quotes = Vec::new();
    for product in content.products() {
        let Some(terms) = content.terms(product) else {
            continue;
        };
        let found = quote(&mut tx, who.surety, product.code(), terms.amount, day).await?;
        quotes.push((product, found));
    }
    tx.commit().await?;
    Ok(quotes)
}
