//! 保証契約一覧 of the contractor, and the Office's list.

use time::Date;

use super::{form_of, product_of};
use crate::app::App;
pub use crate::db::guarantees::Stand;
use crate::db::guarantees::{self, LineRow, Search};
use crate::domain::certificate::{Occasion, Standing};
use crate::domain::era;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::services::cases::{as_typed, like};
use crate::services::paging;
use crate::services::{ContractorUser, Officer};

/// A guarantee as a line of a list.
#[derive(Debug, Clone)]
pub struct GuaranteeLine {
    /// With its letter.
    pub number: String,
    pub product: Product,
    pub form: CertificateForm,
    pub obligee_name: String,
    pub works_name: String,
    pub contractor_name: String,
    pub jv_name: Option<String>,
    /// Whole yen.
    pub price: i64,
    /// Whole yen.
    pub amount: i64,
    pub until: Date,
    pub issued_on: Date,
    /// 解約日
    pub terminated_on: Option<Date>,
    /// 変更ーn, where a change is in force.
    pub change: Option<String>,
}

impl GuaranteeLine {
    /// How it stands on a day.
    pub fn standing(&self, today: Date) -> Standing {
        match self.terminated_on {
            Some(on) => Standing::Ended(on),
            None => Standing::on(today, self.issued_on, self.until),
        }
    }
}

impl TryFrom<LineRow> for GuaranteeLine {
    type Error = AppError;

    fn try_from(row: LineRow) -> Result<Self, AppError> {
        Ok(Self {
            product: product_of(&row.product)?,
            form: form_of(&row.form)?,
            number: format!("{}{}", row.number, row.suffix),
            obligee_name: row.obligee_name,
            works_name: row.works_name,
            contractor_name: row.contractor_name,
            jv_name: row.jv_name,
            price: row.price,
            amount: row.amount,
            until: row.until,
            issued_on: row.issued_on,
            terminated_on: row.terminated_on,
            change: match row.occasion.map(serde_json::from_value).transpose()? {
                Some(occasion @ Occasion::Change { .. }) => Some(occasion.label()),
                _ => None,
            },
        })
    }
}

/// What a list of guarantees is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub product: Option<Product>,
    pub form: Option<CertificateForm>,
    /// 期間: the certificate's date.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Part of 工事名.
    pub words: String,
    /// From 1; only up to 1,000 hits.
    pub page: i64,
    /// Beyond 1,000 hits: older than this row.
    pub before: Option<(Date, i64)>,
    /// Beyond 1,000 hits: newer than this row.
    pub after: Option<(Date, i64)>,
}

/// Rows of a page of every list.
pub const PER_PAGE: i64 = 20;

/// A page of the list.
#[derive(Debug, Clone)]
pub struct List {
    pub rows: Vec<GuaranteeLine>,
    /// Counted to 1,001: beyond 1,000 say 「1,000件以上」.
    pub total: i64,
    /// Older rows follow this one (keyset).
    pub next: Option<(Date, i64)>,
    /// Newer rows stand before this one (keyset).
    pub previous: Option<(Date, i64)>,
}

/// 保証契約一覧 of the contractor, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &ContractorUser, query: &ListQuery) -> Result<List, AppError> {
    let like = like(&query.words);
    let search = search_of(query, like.as_deref());
    let mut tx = app.db.begin(&who.scope()).await?;
    let (rows, total) =
        guarantees::of_contractor(&mut tx, who.surety, who.contractor, &search).await?;
    tx.commit().await?;
    page(query, rows, total)
}

/// The Office's list: the branch's guarantees, head office all; of one 状態, if wanted.
///
/// # Errors
/// When the database cannot be reached.
pub async fn office_list(
    app: &App,
    who: &Officer,
    query: &ListQuery,
    stand: Option<Stand>,
) -> Result<List, AppError> {
    let like = like(&query.words);
    let today = era::tokyo_date(app.clock.now());
    let mut search = search_of(query, like.as_deref());
    search.standing = stand.map(|stand| (stand, today));
    let branch = (!who.is_head).then_some(who.branch);
    let mut tx = app.db.begin(&who.scope()).await?;
    let words = as_typed(&query.words);
    let words = words.as_deref();
    let (rows, total) = guarantees::of_office(&mut tx, who.surety, branch, &search, words).await?;
    tx.commit().await?;
    page(query, rows, total)
}

fn search_of<'a>(query: &'a ListQuery, like: Option<&'a str>) -> Search<'a> {
    Search {
        product: query.product.map(Product::code),
        form: query.form.map(CertificateForm::code),
        from: query.from,
        to: query.to,
        like,
        before: query.before,
        after: query.after,
        standing: None,
        offset: paging::offset(PER_PAGE, query.page, query.before, query.after),
        limit: PER_PAGE + 1,
    }
}

fn page(query: &ListQuery, rows: Vec<LineRow>, total: i64) -> Result<List, AppError> {
    let cut = paging::cut(
        rows,
        PER_PAGE,
        query.page,
        query.before,
        query.after,
        |row| (row.issued_on, row.id),
    );
    Ok(List {
        next: cut.next,
        previous: cut.previous,
        total,
        rows: cut
            .rows
            .into_iter()
            .map(GuaranteeLine::try_from)
            .collect::<Result<_, _>>()?,
    })
}
