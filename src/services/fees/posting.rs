//! Writing the ledger, inside the transaction that makes or ends a version.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::app::App;
use crate::db::fee_tables;
use crate::db::fees::{self, AccountRow, NewFee};
use crate::domain::era;
use crate::domain::fee::{self, FeeTable, Line, Refund};
use crate::domain::money::Yen;
use crate::error::AppError;
use crate::services::ContractorUser;

/// The first charge of a guarantee, behind its insert in T1. `None` where the surety has no table for
/// the product on the day the application was first sent, or where it stands already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn post_charge(
    conn: &mut PgConnection,
    guarantee: i64,
    now: OffsetDateTime,
) -> Result<Option<i64>, AppError> {
    let basis = fees::basis(conn, guarantee).await?;
    let table = fee_tables::on(conn, basis.surety_id, &basis.product, basis.sent_on).await?;
    let Some(table) = table else {
        return Ok(None);
    };
    let charged = fee::fee(&table.body.0, yen(basis.amount)?);
    let new = NewFee {
        surety: basis.surety_id,
        contractor: basis.contractor_id,
        branch: basis.branch_id,
        guarantee,
        product: &basis.product,
        seq: 1,
        kind: "charge",
        amount: charged.amount.get(),
        tax: charged.tax.get(),
        lines: &charged.lines,
        table: table.id,
        fee_method: &basis.fee_method,
        // What nobody paid before was issued on the agreement.
        monthly: basis.lump_sum && basis.paid == 0,
        day: era::tokyo_date(now),
        at: now,
    };
    Ok(fees::add(conn, &new).await?)
}

/// What a change (or a correction) of the guaranteed amount costs or gives back, by the table that was
/// attached at issue. `None` where nothing changes, no table was attached, or it stands already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn post_difference(
    conn: &mut PgConnection,
    guarantee: i64,
    old: Yen,
    new: Yen,
    seq: i32,
    now: OffsetDateTime,
) -> Result<Option<i64>, AppError> {
    let Some((account, table)) = attached(conn, guarantee).await? else {
        return Ok(None);
    };
    let difference = fee::difference(&table, old, new);
    let kind = match difference.amount {
        0 => return Ok(None),
        amount if amount > 0 => "extra",
        _ => "decrease",
    };
    let posting = Posting {
        guarantee,
        seq,
        kind,
        amount: difference.amount,
        tax: difference.tax,
        lines: &difference.lines,
    };
    posting.add(conn, &account, now).await
}

/// A cancelled change gives back what it was charged (and takes back what it gave), so that what was
/// charged in all is again the fee of the `restored` amount. `None` where it was charged nothing, or
/// where it stands already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn post_cancellation(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
    restored: Yen,
    now: OffsetDateTime,
) -> Result<Option<i64>, AppError> {
    let Some((account, table)) = attached(conn, guarantee).await? else {
        return Ok(None);
    };
    let (amount, tax) = restoring(&account, &table, restored);
    if amount == 0 {
        return Ok(None);
    }
    let posting = Posting {
        guarantee,
        seq,
        kind: "cancelled",
        amount,
        tax,
        lines: &[Line::GivenBack { yen: amount }],
    };
    posting.add(conn, &account, now).await
}

/// 解約: what the attached table gives back of everything charged so far, from the first day of the
/// works to the 保証期限 of the version in force. A refund of nothing is written as well, so that its
/// statement says why. `None` where no table was attached, or where it stands already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn post_termination(
    conn: &mut PgConnection,
    guarantee: i64,
    on: Date,
    now: OffsetDateTime,
) -> Result<Option<i64>, AppError> {
    let Some((account, table)) = attached(conn, guarantee).await? else {
        return Ok(None);
    };
    let (refund, tax) = ending(conn, guarantee, &account, &table, on).await?;
    let posting = Posting {
        guarantee,
        seq: account.current_seq,
        kind: "termination",
        amount: -refund.amount.get(),
        tax: -tax,
        lines: &refund.lines,
    };
    posting.add(conn, &account, now).await
}

/// What takes everything charged back to the fee of the `restored` amount: without tax, and the tax.
fn restoring(account: &AccountRow, table: &FeeTable, restored: Yen) -> (i64, i64) {
    let right = fee::fee(table, restored);
    (
        right.amount.get() - account.amount,
        right.tax.get() - account.tax,
    )
}

/// What an end on a day gives back, and its tax: never more than was charged.
async fn ending(
    conn: &mut PgConnection,
    guarantee: i64,
    account: &AccountRow,
    table: &FeeTable,
    on: Date,
) -> Result<(Refund, i64), AppError> {
    let (from, until) = fees::period(conn, guarantee).await?;
    let paid = yen(account.amount.max(0))?;
    let refund = fee::termination_refund(table, paid, from, until, on);
    let tax = refund.tax.get().min(account.tax.max(0));
    Ok((refund, tax))
}

/// What an act would write into the ledger, with tax; negative: given back. `None` where no table was
/// attached at issue.
///
/// # Errors
/// When the database cannot be reached.
pub(in crate::services) async fn outlook(
    conn: &mut PgConnection,
    guarantee: i64,
    moved: Moved,
) -> Result<Option<i64>, AppError> {
    let Some((account, table)) = attached(conn, guarantee).await? else {
        return Ok(None);
    };
    Ok(Some(match moved {
        Moved::Amount { old, new } => fee::difference(&table, old, new).total(),
        Moved::BackTo(restored) => {
            let (amount, tax) = restoring(&account, &table, restored);
            if amount == 0 { 0 } else { amount + tax }
        }
        Moved::End(on) => {
            let (refund, tax) = ending(conn, guarantee, &account, &table, on).await?;
            -(refund.amount.get() + tax)
        }
    }))
}

/// What an act does to what a guarantee costs.
#[derive(Debug, Clone, Copy)]
pub(in crate::services) enum Moved {
    /// The guaranteed amount of the version in force.
    Amount { old: Yen, new: Yen },
    /// A change is cancelled: the amount before it.
    BackTo(Yen),
    /// 解約 on a day.
    End(Date),
}

/// What a change of the guaranteed amount would cost or give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFee {
    pub difference: fee::Difference,
    /// The table's name; an example's begins with 「DEMO」.
    pub table: String,
}

/// The difference in fee by the table that was attached at issue; `None` where none was.
///
/// # Errors
/// When the database cannot be reached.
pub async fn change_fee(
    app: &App,
    who: &ContractorUser,
    guarantee: i64,
    old: Yen,
    new: Yen,
) -> Result<Option<ChangeFee>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let attached = attached(&mut tx, guarantee).await?;
    tx.commit().await?;
    Ok(attached.map(|(_, table)| ChangeFee {
        difference: fee::difference(&table, old, new),
        table: table.name,
    }))
}

struct Posting<'a> {
    guarantee: i64,
    seq: i32,
    kind: &'a str,
    amount: i64,
    tax: i64,
    lines: &'a [Line],
}

impl Posting<'_> {
    async fn add(
        &self,
        conn: &mut PgConnection,
        account: &AccountRow,
        now: OffsetDateTime,
    ) -> Result<Option<i64>, AppError> {
        let new = NewFee {
            surety: account.surety_id,
            contractor: account.contractor_id,
            branch: account.branch_id,
            guarantee: self.guarantee,
            product: &account.product,
            seq: self.seq,
            kind: self.kind,
            amount: self.amount,
            tax: self.tax,
            lines: self.lines,
            table: account.fee_table_id,
            fee_method: &account.fee_method,
            monthly: account.lump_sum,
            day: era::tokyo_date(now),
            at: now,
        };
        Ok(fees::add(conn, &new).await?)
    }
}

/// What stands for a guarantee, and the table that was attached at issue.
async fn attached(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Option<(AccountRow, FeeTable)>, AppError> {
    let Some(account) = fees::account(conn, guarantee).await? else {
        return Ok(None);
    };
    let table = fee_tables::by_id(conn, account.fee_table_id).await?;
    Ok(Some((account, table.body.0)))
}

fn yen(value: i64) -> Result<Yen, AppError> {
    Yen::try_from(value).map_err(AppError::internal)
}
