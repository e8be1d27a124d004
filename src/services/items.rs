//! 保証申込: every product a company has sent, as its list shows it.

use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::ContractorUser;
use super::cases::like;
use super::fees;
use super::guarantees::PER_PAGE;
use super::paging;
use crate::app::App;
use crate::db::items::{self, ListedRow, Search};
use crate::db::sureties;
use crate::domain::application::ItemState;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;

/// One product of one application.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: Uuid,
    pub application: Uuid,
    pub product: Product,
    pub form: CertificateForm,
    pub state: ItemState,
    /// Neither confirmed nor under 一括納付.
    pub fee_due: bool,
    /// With its letter, once issued; of a change from the beginning.
    pub number: Option<String>,
    pub kind: ApplicationKind,
    pub obligee_name: String,
    pub works_name: String,
    pub jv_name: Option<String>,
    /// Whole yen.
    pub price: Option<i64>,
    pub sent_at: OffsetDateTime,
}

impl Listed {
    /// The state as the contractor reads it.
    pub fn word(&self) -> &'static str {
        self.state.contractor_word(self.fee_due)
    }
}

/// What the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct ItemQuery {
    pub product: Option<Product>,
    /// 契約保証予約 only; else everything but them.
    pub reserved: bool,
    /// 期間: the day it was sent, in Japan.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Part of 工事名.
    pub words: String,
    /// From 1; only up to 1,000 hits.
    pub page: i64,
    /// Beyond 1,000 hits: older than this row.
    pub before: Option<(OffsetDateTime, Uuid)>,
    /// Beyond 1,000 hits: newer than this row.
    pub after: Option<(OffsetDateTime, Uuid)>,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct ItemList {
    pub rows: Vec<Listed>,
    /// Counted to 1,001.
    pub total: i64,
    /// Older rows follow this one (keyset).
    pub next: Option<(OffsetDateTime, Uuid)>,
    /// Newer rows stand before this one (keyset).
    pub previous: Option<(OffsetDateTime, Uuid)>,
}

/// The products a company has sent, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    app: &App,
    who: &ContractorUser,
    query: &ItemQuery,
) -> Result<ItemList, AppError> {
    let like = like(&query.words);
    let search = Search {
        product: query.product.map(Product::code),
        reserved: query.reserved,
        from: query.from.and_then(midnight),
        until: query.to.and_then(Date::next_day).and_then(midnight),
        like: like.as_deref(),
        before: query.before,
        after: query.after,
        offset: paging::offset(PER_PAGE, query.page, query.before, query.after),
        limit: PER_PAGE + 1,
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let company = sureties::contractor(&mut tx, who.surety, who.contractor).await?;
    let total = items::count_of_contractor(&mut tx, who.surety, who.contractor, &search).await?;
    let rows = items::of_contractor(&mut tx, who.surety, who.contractor, &search).await?;
    tx.commit().await?;
    let cut = paging::cut(
        rows,
        PER_PAGE,
        query.page,
        query.before,
        query.after,
        |row| (row.sent_at, row.id),
    );
    Ok(ItemList {
        next: cut.next,
        previous: cut.previous,
        total,
        rows: cut
            .rows
            .into_iter()
            .map(|row| listed(row, company.lump_sum))
            .collect::<Result<_, _>>()?,
    })
}

/// The first instant of a civil day in Japan.
fn midnight(day: Date) -> Option<OffsetDateTime> {
    let japan = UtcOffset::from_hms(9, 0, 0).ok()?;
    Some(day.midnight().assume_offset(japan))
}

fn listed(row: ListedRow, lump_sum: bool) -> Result<Listed, AppError> {
    let broken = |what: &str| AppError::internal(format!("item {} has no known {what}", row.id));
    let state = ItemState::from_code(&row.state).ok_or_else(|| broken("state"))?;
    let due = fees::Due::of(&row.product, row.amount, row.paid, row.fee)?;
    let kind = ApplicationKind::from_code(&row.kind).ok_or_else(|| broken("kind"))?;
    Ok(Listed {
        fee_due: due.is_due(lump_sum),
        product: Product::from_code(&row.product).ok_or_else(|| broken("product"))?,
        form: CertificateForm::from_code(&row.form).ok_or_else(|| broken("form"))?,
        state,
        // Between T1 and T2 there is a number nobody sees yet.
        number: row
            .number
            .filter(|_| state == ItemState::Issued || kind == ApplicationKind::Change),
        kind,
        id: row.id,
        application: row.application_id,
        obligee_name: row.obligee_name,
        works_name: row.works_name,
        jv_name: row.jv_name,
        price: row.price,
        sent_at: row.sent_at,
    })
}
