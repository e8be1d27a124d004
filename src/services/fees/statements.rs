//! 保証料計算書, 保証料返還計算書: what the ledger says of a guarantee, a contractor, a month.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::closing::Closing;
use crate::app::App;
use crate::db::fees::{self, FeeRow};
use crate::db::sureties::{BranchRow, ContractorRow, SuretyRow};
use crate::db::{closings, guarantees, receipts, sureties};
use crate::domain::certificate::Occasion;
use crate::domain::content::FeeMethod;
use crate::domain::fee::{FeeProduct, Line};
use crate::error::AppError;
use crate::services::{ContractorUser, Officer};

pub use crate::db::receipts::PaymentRow;

/// Why something stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Charge,
    Extra,
    Decrease,
    Cancelled,
    Termination,
}

impl Kind {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "charge" => Some(Self::Charge),
            "extra" => Some(Self::Extra),
            "decrease" => Some(Self::Decrease),
            "cancelled" => Some(Self::Cancelled),
            "termination" => Some(Self::Termination),
            _ => None,
        }
    }
}

/// One entry of the ledger, for people.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    /// With its letter.
    pub number: String,
    pub product: FeeProduct,
    pub works_name: String,
    pub obligee_name: String,
    pub contractor: i64,
    pub contractor_name: String,
    pub branch: i64,
    pub kind: Kind,
    /// 新規, 変更ー1, 変更ー1の変更取消, 解約
    pub occasion: String,
    /// Signed whole yen, without tax.
    pub amount: i64,
    pub tax: i64,
    pub lines: Vec<Line>,
    pub table_name: String,
    pub table_version: i32,
    pub fee_method: Option<FeeMethod>,
    /// Gathered by the month's closing.
    pub monthly: bool,
    pub day: Date,
    pub at: OffsetDateTime,
    /// The statement that gathered it.
    pub statement_no: Option<String>,
    /// What was paid out for it, where it gives back outside the closings.
    pub settled: i64,
}

impl TryFrom<FeeRow> for Entry {
    type Error = AppError;

    fn try_from(row: FeeRow) -> Result<Self, AppError> {
        let broken = |what: &str| AppError::internal(format!("fee {} has no known {what}", row.id));
        let kind = Kind::from_code(&row.kind).ok_or_else(|| broken("kind"))?;
        let occasion: Option<Occasion> = row.occasion.map(serde_json::from_value).transpose()?;
        let version =
            occasion.map_or_else(|| format!("版{}", row.seq), |occasion| occasion.label());
        Ok(Self {
            product: FeeProduct::from_code(&row.product).ok_or_else(|| broken("product"))?,
            fee_method: FeeMethod::from_code(&row.fee_method),
            occasion: match kind {
                Kind::Termination => "解約".to_owned(),
                Kind::Cancelled => format!("{version}の変更取消"),
                Kind::Charge | Kind::Extra | Kind::Decrease => version,
            },
            kind,
            id: row.id,
            number: row.number,
            works_name: row.works_name,
            obligee_name: row.obligee_name,
            contractor: row.contractor_id,
            contractor_name: row.contractor_name,
            branch: row.branch_id,
            amount: row.amount,
            tax: row.tax,
            lines: row.lines.0,
            table_name: row.table_name,
            table_version: row.table_version,
            monthly: row.monthly,
            day: row.day,
            at: row.at,
            statement_no: row.statement_no,
            settled: row.settled,
        })
    }
}

impl Entry {
    /// With tax; negative: given back.
    pub fn total(&self) -> i64 {
        self.amount + self.tax
    }

    /// 保証料返還計算書 instead of 保証料計算書.
    pub fn gives_back(&self) -> bool {
        self.amount < 0 || self.kind == Kind::Termination
    }

    /// What its paper is called.
    pub fn title(&self) -> &'static str {
        match (self.product, self.gives_back()) {
            (FeeProduct::Reservation, false) => "手数料通知書",
            (FeeProduct::Reservation, true) => "手数料返還計算書",
            (_, false) => "保証料計算書",
            (_, true) => "保証料返還計算書",
        }
    }

    /// What of a single refund was not paid out yet.
    pub fn open_refund(&self) -> i64 {
        if self.monthly || self.total() >= 0 {
            0
        } else {
            -self.total() - self.settled
        }
    }

    /// Whether the table is an example and no tariff of anybody.
    pub fn is_demo(&self) -> bool {
        self.table_name.starts_with("DEMO")
    }

    /// 「DEMO…（版1）」
    pub fn table_words(&self) -> String {
        format!("{}（版{}）", self.table_name, self.table_version)
    }
}

fn entries(rows: Vec<FeeRow>) -> Result<Vec<Entry>, AppError> {
    rows.into_iter().map(Entry::try_from).collect()
}

/// The ledger of one guarantee, oldest first, for who has it in reach.
pub(in crate::services) async fn entries_of(
    conn: &mut PgConnection,
    guarantee: i64,
) -> Result<Vec<Entry>, AppError> {
    entries(fees::of_guarantee(conn, guarantee).await?)
}

/// Who is on a paper: the surety, the branch that answers, the contractor.
#[derive(Debug, Clone)]
pub struct Parties {
    pub surety: SuretyRow,
    pub branch: BranchRow,
    pub contractor: ContractorRow,
}

impl Parties {
    pub(super) async fn of(
        conn: &mut PgConnection,
        surety: i64,
        branch: i64,
        contractor: i64,
    ) -> Result<Self, AppError> {
        Ok(Self {
            surety: sureties::surety(conn, surety).await?,
            branch: sureties::branch(conn, surety, branch).await?,
            contractor: sureties::contractor(conn, surety, contractor).await?,
        })
    }
}

/// One entry as its paper says it.
#[derive(Debug, Clone)]
pub struct Statement {
    pub entry: Entry,
    pub parties: Parties,
}

/// 保証料計算書 or 保証料返還計算書 of one of the contractor's guarantees.
///
/// # Errors
/// `NotFound` for other people's numbers and entries.
pub async fn statement(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    id: i64,
) -> Result<Statement, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits).await?;
    let guarantee = row.ok_or(AppError::NotFound)?.id;
    let found = read(&mut tx, who.surety, guarantee, id).await?;
    tx.commit().await?;
    Ok(found)
}

/// The same for staff of the own branch.
///
/// # Errors
/// `NotFound` outside the own surety and branch.
pub async fn office_statement(
    app: &App,
    who: &Officer,
    digits: &str,
    id: i64,
) -> Result<Statement, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits).await?;
    let guarantee = row.ok_or(AppError::NotFound)?.id;
    let found = read(&mut tx, who.surety, guarantee, id).await?;
    tx.commit().await?;
    Ok(found)
}

async fn read(
    conn: &mut PgConnection,
    surety: i64,
    guarantee: i64,
    id: i64,
) -> Result<Statement, AppError> {
    let row = fees::find(conn, surety, guarantee, id).await?;
    let entry = Entry::try_from(row.ok_or(AppError::NotFound)?)?;
    let parties = Parties::of(conn, surety, entry.branch, entry.contractor).await?;
    Ok(Statement { entry, parties })
}

/// A month's statement as its paper says it.
#[derive(Debug, Clone)]
pub struct Monthly {
    pub closing: Closing,
    pub entries: Vec<Entry>,
    pub parties: Parties,
}

/// 一括納付の計算書 of the contractor.
///
/// # Errors
/// `NotFound` for other people's statements.
pub async fn monthly(app: &App, who: &ContractorUser, id: i64) -> Result<Monthly, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let found = read_monthly(&mut tx, who.surety, id).await?;
    tx.commit().await?;
    Ok(found)
}

/// The same for the head office.
///
/// # Errors
/// `NotFound` for others than its clerks and administrators.
pub async fn office_monthly(app: &App, who: &Officer, id: i64) -> Result<Monthly, AppError> {
    if !super::closing::may_close(who) {
        return Err(AppError::NotFound);
    }
    let mut tx = app.db.begin(&who.scope()).await?;
    let found = read_monthly(&mut tx, who.surety, id).await?;
    tx.commit().await?;
    Ok(found)
}

async fn read_monthly(conn: &mut PgConnection, surety: i64, id: i64) -> Result<Monthly, AppError> {
    let row = closings::find(conn, surety, id).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let parties = Parties::of(conn, surety, row.branch_id, row.contractor_id).await?;
    let entries = entries(fees::of_closing(conn, id).await?)?;
    Ok(Monthly {
        closing: Closing::from(row),
        entries,
        parties,
    })
}

/// What a contractor finds under 保証料計算書一覧.
#[derive(Debug, Clone)]
pub struct Account {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Older ones follow this id.
    pub next: Option<i64>,
    pub closings: Vec<Closing>,
    pub payments: Vec<PaymentRow>,
    /// Receipts come as PDF as well.
    pub electronic_receipts: bool,
    /// Still to be paid for closed months, and to be given back; whole yen.
    pub open: i64,
    pub open_refunds: i64,
    /// What the next statement will gather; negative: it gives back.
    pub ungathered: i64,
}

/// Entries of a page.
pub const PER_PAGE: i64 = 50;

/// The company's statements, closings and payments.
///
/// # Errors
/// When the database cannot be reached.
pub async fn account(
    app: &App,
    who: &ContractorUser,
    before: Option<i64>,
) -> Result<Account, AppError> {
    let (surety, contractor) = (who.surety, who.contractor);
    let mut tx = app.db.begin(&who.scope()).await?;
    let mut rows = fees::of_contractor(&mut tx, surety, contractor, before, PER_PAGE + 1).await?;
    let closings = closings::of_contractor(&mut tx, surety, contractor, 60).await?;
    let payments = receipts::of_contractor(&mut tx, surety, contractor, 100).await?;
    let electronic_receipts = receipts::electronic(&mut tx, surety).await?;
    let (open, open_refunds, ungathered) = fees::open_sums(&mut tx, surety, contractor).await?;
    tx.commit().await?;
    let full = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > full;
    rows.truncate(full);
    Ok(Account {
        next: rows.last().map(|row| row.id).filter(|_| more),
        entries: entries(rows)?,
        closings: closings.into_iter().map(Closing::from).collect(),
        payments,
        electronic_receipts,
        open,
        open_refunds,
        ungathered,
    })
}

/// Refunds outside the closings that were not paid out yet, in reach of the branch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn open_refunds(app: &App, who: &Officer) -> Result<Vec<Entry>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = fees::open_refunds(&mut tx, who.surety, 200).await?;
    tx.commit().await?;
    entries(rows)
}
