//! 保証契約情報ダウンロード: a contractor's guarantees, batch by batch, so that a file of any length is
//! made in the same memory. Each batch is a transaction of its own: no connection waits for a slow
//! reader, and every line is right as of its own moment.

use time::Date;

use super::ContractorUser;
use crate::app::App;
use crate::db::guarantees::{self, RecordRow, Wanted};
use crate::domain::certificate::{CertificateFace, Standing};
use crate::domain::era;
use crate::domain::export::Record;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;

/// Lines of one batch.
const BATCH: i64 = 1_000;

/// What is wanted of the own guarantees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// None: all.
    pub products: Vec<Product>,
    pub form: Option<CertificateForm>,
    /// 期間: the first certificate's date.
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// Where a download stands: after this line.
pub type Mark = (Date, i64);

impl Wish {
    fn codes(&self) -> Vec<&'static str> {
        self.products.iter().map(|product| product.code()).collect()
    }

    fn wanted<'a>(&self, codes: &'a [&'a str]) -> Wanted<'a> {
        Wanted {
            products: codes,
            form: self.form.map(CertificateForm::code),
            from: self.from,
            to: self.to,
        }
    }
}

/// How many lines there will be.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count(app: &App, who: &ContractorUser, wish: &Wish) -> Result<i64, AppError> {
    let codes = wish.codes();
    let wanted = wish.wanted(&codes);
    let mut tx = app.db.begin(&who.scope()).await?;
    let count = guarantees::count_wanted(&mut tx, who.surety, who.contractor, &wanted).await?;
    tx.commit().await?;
    Ok(count)
}

/// The next lines, oldest first, and the mark behind the last one; `None` at the end.
///
/// # Errors
/// When the database cannot be reached.
pub async fn next(
    app: &App,
    who: &ContractorUser,
    wish: &Wish,
    after: Option<Mark>,
) -> Result<(Vec<Record>, Option<Mark>), AppError> {
    let today = era::tokyo_date(app.clock.now());
    let codes = wish.codes();
    let wanted = wish.wanted(&codes);
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows =
        guarantees::next_wanted(&mut tx, who.surety, who.contractor, &wanted, after, BATCH).await?;
    tx.commit().await?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == BATCH);
    let mark = rows.last().map(|row| (row.row.issued_on, row.row.id));
    let records: Result<_, _> = rows.into_iter().map(|row| record(row, today)).collect();
    Ok((records?, mark.filter(|_| full)))
}

fn record(found: RecordRow, today: Date) -> Result<Record, AppError> {
    let RecordRow { row, face, fee } = found;
    let face: CertificateFace = serde_json::from_slice(&face)?;
    let standing = match row.terminated_on {
        Some(on) => Standing::Ended(on),
        None => Standing::on(today, row.issued_on, row.until),
    };
    Ok(Record {
        number: format!("{}{}", row.number, row.suffix),
        product: face.product,
        form: face.form,
        version: face.occasion.label(),
        state: standing.into(),
        obligee: row.obligee_name,
        works: row.works_name,
        jv: row.jv_name,
        contract_date: face.contract_date,
        period_from: face.period_from,
        period_to: face.period_to,
        price: row.price,
        amount: row.amount,
        until: row.until,
        bank: row.bank,
        issued_on: row.issued_on,
        issued_at: row.issued_at,
        terminated_on: row.terminated_on,
        fee,
    })
}
