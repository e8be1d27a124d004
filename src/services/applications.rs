//! 保証申込 by its contractor: checking, sending, withdrawing, and where it stands.

use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::drafts::stage_of;
use super::fees::Due;
use super::history::{self, About, By, Entry, Happened, Notice};
use super::{ContractorUser, documents};
use crate::app::App;
use crate::db::applications::{self, ApplicationRow, Sending};
use crate::db::items::{self, ItemRow};
use crate::db::{events, guarantees, sureties};
use crate::domain::application::{ItemState, Stage};
use crate::domain::certificate::hex;
use crate::domain::content::{ApplicationContent, FeeMethod};
use crate::domain::entry::Fault;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{era, text};
use crate::error::AppError;

mod checking;

pub(in crate::services) use checking::check_change_in;
use checking::check_in;
pub(in crate::services) use checking::unprinted;
pub use checking::{Checked, check, check_to_send};

/// What came of sending.
#[derive(Debug, Clone)]
pub enum Sent {
    Done {
        receipt_no: String,
    },
    /// It had been sent before (pressed twice, Back button): the same answer.
    Already,
    Refused(Box<Checked>),
    /// 中間前払金保証 without its 認定調書.
    NoRecord,
    /// The draft was saved by somebody after the check page was shown.
    Stale,
}

/// Sends a draft or a corrected application. Pressing twice sends once.
///
/// # Errors
/// `Denied` without the right to send; `NotFound` for other people's ids.
pub async fn submit(
    app: &App,
    who: &ContractorUser,
    id: Uuid,
    revision: i32,
) -> Result<Sent, AppError> {
    if !who.role.may_send() {
        return Err(AppError::Denied(
            "送信の権限がありません。送信できる利用者にご依頼ください。",
        ));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::lock(&mut tx, who.surety, who.contractor, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let stage = stage_of(&row)?;
    if !stage.is_editable() {
        return Ok(Sent::Already);
    }
    if row.revision != revision {
        return Ok(Sent::Stale);
    }
    let checked = check_in(app, &mut tx, who, Some(id), &row.form.0).await?;
    let Some(content) = checked.content.clone().filter(|_| checked.may_be_sent()) else {
        return Ok(Sent::Refused(Box::new(checked)));
    };
    if let Some(fault) = nothing_left(&mut tx, id, &content).await? {
        let mut checked = checked;
        checked.faults.push(fault);
        return Ok(Sent::Refused(Box::new(checked)));
    }
    // A change keeps the record its guarantee was issued on.
    let asked = content.midterm.is_some() && content.change.is_none();
    let Some(records) = documents::send_along(&mut tx, who, id, asked, now).await? else {
        return Ok(Sent::NoRecord);
    };
    let receipt_no = match &row.receipt_no {
        Some(receipt) => receipt.clone(),
        None => {
            let year = era::era_year(era::tokyo_date(now));
            let next = applications::next_receipt(&mut tx, who.surety, &year).await?;
            format!("{year}-{next:06}")
        }
    };
    let works_search = text::search_key(&content.works.works_name);
    applications::send(
        &mut tx,
        who.surety,
        who.contractor,
        id,
        &Sending {
            content: &content,
            receipt_no: &receipt_no,
            works_search: &works_search,
            by: &who.login,
            at: now,
        },
    )
    .await?;
    let kept: Vec<_> = content.products().map(Product::code).collect();
    items::withdraw_dropped(&mut tx, id, &kept).await?;
    let before = row.content.as_ref().map(|content| &content.0);
    for product in content.products() {
        let Some(terms) = content.terms(product) else {
            continue;
        };
        items::send(
            &mut tx,
            &items::Sent {
                id: app.chance.id(now),
                application: id,
                surety: who.surety,
                contractor: who.contractor,
                branch: content.information.branch_id,
                product: product.code(),
                form: terms.form.code(),
                amount: terms.amount.get(),
                fee_method: terms.fee_method.code(),
                at: now,
                change: row.guarantee_id.zip(base_seq(&content)),
                new_fee: before.is_some_and(|before| fee_changed(before, &content, product)),
            },
        )
        .await?;
    }
    let happened = if stage == Stage::Returned {
        Happened::Resubmitted
    } else {
        Happened::Submitted
    };
    let about = about(who, id, Some(content.information.branch_id));
    history::record(
        &mut tx,
        By::Contractor(who),
        &about,
        happened,
        "",
        json!({ "receipt_no": receipt_no, "documents": records.iter().map(|record| json!({
            "name": record.name, "sha256": hex(&record.sha256),
        })).collect::<Vec<_>>() }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Sent::Done { receipt_no })
}

/// The version a change was built on.
fn base_seq(content: &ApplicationContent) -> Option<i32> {
    let change = content.change.as_ref()?;
    i32::try_from(change.before.seq).ok()
}

/// A declined product stays declined: an application of nothing else would wait for nobody.
async fn nothing_left(
    conn: &mut sqlx::PgConnection,
    id: Uuid,
    content: &ApplicationContent,
) -> Result<Option<Fault>, AppError> {
    let items = items::lock_of_application(conn, id).await?;
    let declined = |product: Product| {
        items
            .iter()
            .any(|item| item.product == product.code() && item.state == ItemState::Declined.code())
    };
    let products: Vec<_> = content.products().collect();
    if !products.iter().all(|product| declined(*product)) {
        return Ok(None);
    }
    let labels: Vec<_> = products.iter().map(|product| product.label()).collect();
    Ok(Some(Fault {
        field: products
            .first()
            .map_or(Field::PrepaymentOn, |product| Field::of(*product).on),
        sentence: format!(
            "{}は、お引き受けできないとお返事しています。ほかの保証を申し込むか、この申込を取り下げてください。",
            labels.join("・")
        ),
    }))
}

/// Whether the fee of a product is reckoned from something else than when it was last sent: amount,
/// period and price make it. A payment confirmed before then counts no more.
fn fee_changed(before: &ApplicationContent, now: &ApplicationContent, product: Product) -> bool {
    let basis = |content: &ApplicationContent| {
        let works = &content.works;
        let amount = content.terms(product).map(|terms| terms.amount);
        (amount, works.price, works.period_from, works.period_to)
    };
    // Left out the last time: nothing was asked for, and what was paid before was for other terms.
    basis(before) != basis(now)
}

/// Withdraws a sent application until examination starts, or a returned one.
///
/// # Errors
/// `Conflict` once examination has begun; `Denied` without the right to send.
pub async fn withdraw(app: &App, who: &ContractorUser, id: Uuid) -> Result<(), AppError> {
    if !who.role.may_send() {
        return Err(AppError::Denied("取下げの権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::lock(&mut tx, who.surety, who.contractor, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let stage = stage_of(&row)?;
    if stage == Stage::Withdrawn {
        return Ok(());
    }
    if stage == Stage::Draft {
        return Err(AppError::NotFound);
    }
    if !stage.is_withdrawable() {
        return Err(AppError::Conflict(
            "審査が始まったため、取り下げられません。お急ぎのときは申込先の営業部・支店へお電話ください。".to_owned(),
        ));
    }
    applications::set_stage(&mut tx, id, &[stage.code()], Stage::Withdrawn.code()).await?;
    let from = [ItemState::Submitted.code(), ItemState::Returned.code()];
    items::move_all(&mut tx, id, &from, ItemState::Withdrawn.code()).await?;
    let about = about(who, id, row.branch_id);
    history::record(
        &mut tx,
        By::Contractor(who),
        &about,
        Happened::Withdrawn,
        "",
        json!({}),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

fn about(who: &ContractorUser, id: Uuid, branch: Option<i64>) -> About {
    About {
        surety: who.surety,
        contractor: who.contractor,
        branch,
        application: Some(id),
        product: None,
        guarantee: None,
    }
}

/// One product of an application, for people.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub product: Product,
    pub form: CertificateForm,
    /// Whole yen.
    pub amount: i64,
    pub fee_method: FeeMethod,
    pub state: ItemState,
    /// Neither confirmed in full nor under 一括納付.
    pub fee_due: bool,
    /// What it costs, and what was confirmed of it.
    pub due: Due,
    pub paid: bool,
    /// A payment was confirmed for a fee that has changed since.
    pub paid_before: bool,
    pub examined_by: Option<(i64, String)>,
    pub approved_by: Option<(i64, String)>,
    pub approved_at: Option<OffsetDateTime>,
    /// SHA-256 of what was approved.
    pub approved_sha256: Option<Vec<u8>>,
    pub ordered_at: Option<OffsetDateTime>,
    /// 謝絶の理由, or why an order came back.
    pub reason: Option<String>,
    /// 保証契約番号 with its letter, once issued.
    pub number: Option<String>,
    pub guarantee: Option<i64>,
}

impl Item {
    pub(super) fn from_row(row: ItemRow, lump_sum: bool) -> Result<Self, AppError> {
        let broken =
            |what: &str| AppError::internal(format!("item {} has no known {what}", row.id));
        let fee_method =
            FeeMethod::from_code(&row.fee_method).ok_or_else(|| broken("fee method"))?;
        let state = ItemState::from_code(&row.state).ok_or_else(|| broken("state"))?;
        let named = |id: Option<i64>, name: &Option<String>| {
            id.map(|id| (id, name.clone().unwrap_or_default()))
        };
        let due = Due::of(&row.product, row.amount, row.paid, row.fee.clone())?;
        Ok(Self {
            fee_due: due.is_due(lump_sum),
            due,
            id: row.id,
            product: Product::from_code(&row.product).ok_or_else(|| broken("product"))?,
            form: CertificateForm::from_code(&row.form).ok_or_else(|| broken("form"))?,
            amount: row.amount,
            fee_method,
            state,
            paid: row.paid,
            paid_before: row.paid_before,
            examined_by: named(row.examined_by, &row.examined_name),
            approved_by: named(row.approved_by, &row.approved_name),
            approved_at: row.approved_at,
            approved_sha256: row.approved_sha256,
            ordered_at: row.ordered_at,
            reason: row.reason,
            // Between T1 and T2 there is a number nobody sees yet.
            number: row.number.filter(|_| state == ItemState::Issued),
            guarantee: row.guarantee_id.filter(|_| state == ItemState::Issued),
        })
    }

    pub fn contractor_word(&self) -> &'static str {
        self.state.contractor_word(self.fee_due)
    }
}

/// Where one application stands, for its contractor.
#[derive(Debug, Clone)]
pub struct Status {
    pub id: Uuid,
    pub stage: Stage,
    pub receipt_no: String,
    /// Number with letter of the reservation it was carried over from.
    pub reservation: Option<String>,
    /// 変更の申込: the number with its letter of the guarantee that is changed.
    pub changes: Option<String>,
    pub first_sent_at: OffsetDateTime,
    pub content: ApplicationContent,
    pub items: Vec<Item>,
    pub history: Vec<Entry>,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
    pub return_words: Option<String>,
    /// 申込送信先.
    pub branch: sureties::BranchRow,
}

/// # Errors
/// `NotFound` for other people's ids and for drafts.
pub async fn status(app: &App, who: &ContractorUser, id: Uuid) -> Result<Status, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::find(&mut tx, who.surety, who.contractor, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let stage = stage_of(&row)?;
    let (Some(content), Some(receipt_no), Some(sent_by), Some(sent_at)) =
        (row.content, row.receipt_no, row.sent_by, row.sent_at)
    else {
        return Err(AppError::NotFound);
    };
    let reservation = match row.reservation_id {
        Some(id) => guarantees::number(&mut tx, id).await?,
        None => None,
    };
    let changes = match row.guarantee_id {
        Some(id) => guarantees::number(&mut tx, id).await?,
        None => None,
    };
    let lump_sum = sureties::contractor(&mut tx, who.surety, who.contractor)
        .await?
        .lump_sum;
    let items = items::of_application(&mut tx, id).await?;
    let history = events::of_application(&mut tx, id).await?;
    let branch = sureties::branch(&mut tx, who.surety, content.0.information.branch_id).await?;
    tx.commit().await?;
    Ok(Status {
        id,
        stage,
        receipt_no,
        reservation,
        changes: changes.clone(),
        first_sent_at: row.first_sent_at.unwrap_or(sent_at),
        content: content.0,
        items: items
            .into_iter()
            .map(|row| {
                let mut item = Item::from_row(row, lump_sum)?;
                // A change keeps the number it changes.
                item.number = item.number.or_else(|| changes.clone());
                Ok(item)
            })
            .collect::<Result<_, AppError>>()?,
        history: history.into_iter().map(Entry::from).collect(),
        sent_by,
        sent_at,
        return_words: row.return_words,
        branch,
    })
}

/// A line of 状況: one application with its products.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: Uuid,
    pub kind: ApplicationKind,
    pub stage: Stage,
    pub receipt_no: Option<String>,
    pub works_name: String,
    pub obligee_name: String,
    pub price: Option<i64>,
    pub sent_at: Option<OffsetDateTime>,
    pub updated_at: OffsetDateTime,
    pub updated_by: String,
    pub return_words: Option<String>,
    pub items: Vec<Item>,
    /// The newest 弊社からお客様へのお知らせ.
    pub notice: Option<Notice>,
}

/// The company's applications that were sent, last touched first (at most 200).
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &ContractorUser) -> Result<Vec<Line>, AppError> {
    let stages: Vec<_> = Stage::ALL
        .into_iter()
        .filter(|stage| *stage != Stage::Draft)
        .map(Stage::code)
        .collect();
    let mut tx = app.db.begin(&who.scope()).await?;
    let lump_sum = sureties::contractor(&mut tx, who.surety, who.contractor)
        .await?
        .lump_sum;
    let rows = applications::list(&mut tx, who.surety, who.contractor, &stages, 200).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut products = items::of_applications(&mut tx, &ids).await?;
    let kind = Happened::MessageToContractor.code();
    let told = events::newest(&mut tx, &ids, kind).await?;
    tx.commit().await?;
    rows.into_iter()
        .map(|row| {
            let (own, rest) = products
                .drain(..)
                .partition(|item| item.application_id == row.id);
            products = rest;
            let notice = told
                .iter()
                .find(|(id, ..)| *id == row.id)
                .map(|(_, at, words)| Notice {
                    at: *at,
                    words: words.clone(),
                });
            line(row, own, lump_sum, notice)
        })
        .collect()
}

fn line(
    row: ApplicationRow,
    own: Vec<ItemRow>,
    lump_sum: bool,
    notice: Option<Notice>,
) -> Result<Line, AppError> {
    Ok(Line {
        notice,
        stage: stage_of(&row)?,
        kind: super::drafts::kind_of(&row)?,
        id: row.id,
        receipt_no: row.receipt_no,
        works_name: row.works_name,
        obligee_name: row.obligee_name,
        price: row.price,
        sent_at: row.sent_at,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        return_words: row.return_words,
        items: own
            .into_iter()
            .map(|item| Item::from_row(item, lump_sum))
            .collect::<Result<_, _>>()?,
    })
}
