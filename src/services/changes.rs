//! 変更の申込 of an issued guarantee: its form begins with what holds, and says what is to hold. The
//! form of the certificate is the guarantee's own and cannot be chosen again (seed 003, Q5).

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::ContractorUser;
use super::applications::{Checked, check_change_in};
use super::chain::Chain;
use super::drafts::{OpenForm, Saved, stage_of, unstorable};
use super::guarantees::Guarantee;
use super::obligees::{self, Obligee};
use super::standing;
use crate::app::App;
use crate::db::applications::{self, ApplicationRow, Writing};
use crate::db::guarantees::{self, GuaranteeRow};
use crate::domain::certificate::CertificateFace;
use crate::domain::content::{ApplicationContent, Before};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::guarantee::{Barrier, Life};
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rules::{self, Circumstances, Standing};
use crate::domain::text;
use crate::domain::typed::TypedForm;
use crate::error::AppError;

/// What a change builds on: the version in force, and the application behind it.
pub(super) struct Base {
    pub face: CertificateFace,
    pub life: Life,
    pub before: Before,
    /// The guarantee's number with its letter.
    pub number: String,
    /// The obligee with the rule book the guarantee was issued under: it judges every change.
    pub obligee: Option<Obligee>,
    /// 申込日 of the guarantee: it fixes its fiscal year.
    pub applied_on: Date,
    /// The other guarantees of the same works.
    others: Vec<Standing>,
    /// The application behind the version in force.
    source: Uuid,
}

impl Base {
    /// # Errors
    /// `NotFound` for guarantees the scope does not hold.
    pub async fn load(conn: &mut PgConnection, guarantee: i64) -> Result<Self, AppError> {
        let chain = Chain::load(conn, guarantee)
            .await?
            .ok_or(AppError::NotFound)?;
        let life = chain.life()?;
        let face = chain.face(life.in_force)?.clone();
        let source = match chain.item_behind(life.in_force) {
            Some(item) => applications::of_item(conn, item).await?,
            None => None,
        };
        let source = source.unwrap_or(chain.head.application_id);
        let content: Option<ApplicationContent> = guarantees::content_of(conn, source).await?;
        let (surety, head) = (chain.head.surety_id, &chain.head);
        let applied_on = applications::first_sent_at(conn, head.application_id).await?;
        let applied_on = applied_on.map_or(face.dated, era::tokyo_date);
        let obligee = match obligees::issued_under(conn, surety, guarantee).await? {
            // Issued before books were attached: the book of its own day.
            None => match head.obligee_id {
                Some(id) => obligees::on_day(conn, surety, id, applied_on).await?,
                None => None,
            },
            known => known,
        };
        let mut others =
            standing::of_works(conn, surety, head.contractor_id, &face.works_name).await?;
        others.retain(|it| it.number != head.number);
        let book = obligee.as_ref().and_then(|obligee| obligee.book.as_ref());
        let base = content.as_ref().filter(|it| it.works.multi_year.is_some());
        let base = base.map(|it| rules::base(it, face.product, book, applied_on).amount);
        let before = Before {
            product: face.product,
            seq: life.in_force,
            price: face.price,
            amount: face.amount,
            period_from: face.period_from,
            period_to: face.period_to,
            until: face.until,
            fy_base: content.and_then(|content| content.fy_base(face.product)),
            base,
        };
        Ok(Self {
            number: chain.number(),
            obligee,
            applied_on,
            others,
            face,
            life,
            before,
            source,
        })
    }

    /// What a change is held against beside its rule book.
    pub fn circumstances(&self, today: Date, lump_sum_agreement: bool) -> Circumstances {
        Circumstances {
            today,
            applied_on: self.applied_on,
            lump_sum_agreement,
            guarantees: self.others.clone(),
        }
    }

    /// Why it cannot be changed on `today`.
    pub fn barrier(&self, today: time::Date) -> Option<Barrier> {
        self.life.changeable(today, self.face.until).err()
    }
}

/// The fields of a change; every other one stays as it is.
pub fn editable(product: Product) -> Vec<Field> {
    let mut fields = vec![
        Field::Price,
        Field::PeriodFrom,
        Field::PeriodTo,
        Field::of(product).amount,
        Field::ChangedOn,
        Field::ChangeReason,
        Field::Handover,
        Field::Notify,
        Field::Email,
        Field::Person,
        Field::Tel,
        Field::Message,
    ];
    match product {
        Product::Prepayment => fields.push(Field::FyBase),
        Product::Midterm => fields.push(Field::MidtermFyBase),
        Product::Contract | Product::Reservation => {}
    }
    for (scheduled, ceiling) in Field::YEARS {
        fields.extend([scheduled, ceiling]);
    }
    fields
}

/// A change as its page shows it.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it holds now.
    pub guarantee: Guarantee,
    pub before: Before,
    /// The application, once it was saved.
    pub kept: Option<OpenForm>,
    /// The whole form, as saved, else as it holds now.
    pub form: TypedForm,
    /// Why no change can be begun.
    pub barrier: Option<String>,
    /// A change that was sent and is not at its end: 受付番号 and application.
    pub under_way: Option<(String, Uuid)>,
}

/// The change of a contractor's guarantee: the one that is being written, else a fresh one.
///
/// # Errors
/// `NotFound` for other people's numbers and for reservations.
pub async fn open(app: &App, who: &ContractorUser, digits: &str) -> Result<Change, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = of(&mut tx, who, digits).await?;
    let base = Base::load(&mut tx, row.id).await?;
    let open = applications::open_change(&mut tx, who.surety, who.contractor, row.id).await?;
    let fresh = fresh(&mut tx, who, &base).await?;
    tx.commit().await?;
    let mut change = Change {
        guarantee: Guarantee::try_from(row)?,
        before: base.before,
        kept: None,
        form: fresh,
        barrier: base
            .barrier(today)
            .map(|barrier| barrier.sentence().to_owned()),
        under_way: None,
    };
    match open {
        Some(row) if stage_of(&row)?.is_editable() => {
            change.form = row.form.0.clone();
            change.kept = Some(kept(row, &change.guarantee.number)?);
        }
        Some(row) => change.under_way = row.receipt_no.clone().map(|receipt| (receipt, row.id)),
        None => {}
    }
    Ok(change)
}

fn kept(row: ApplicationRow, number: &str) -> Result<OpenForm, AppError> {
    Ok(OpenForm {
        stage: stage_of(&row)?,
        id: row.id,
        form: row.form.0,
        revision: row.revision,
        receipt_no: row.receipt_no,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
        return_words: row.return_words,
        notices: Vec::new(),
        change_of: Some(number.to_owned()),
        first_sent_at: row.first_sent_at,
        kind: ApplicationKind::Change,
        reservation: None,
    })
}

async fn of(
    conn: &mut PgConnection,
    who: &ContractorUser,
    digits: &str,
) -> Result<GuaranteeRow, AppError> {
    guarantees::find_of_contractor(conn, who.surety, who.contractor, digits)
        .await?
        .filter(|row| row.product != Product::Reservation.code())
        .ok_or(AppError::NotFound)
}

/// The form of the application behind the version in force, with what is printed there now.
async fn fresh(
    conn: &mut PgConnection,
    who: &ContractorUser,
    base: &Base,
) -> Result<TypedForm, AppError> {
    let source = applications::find(conn, who.surety, who.contractor, base.source)
        .await?
        .ok_or(AppError::NotFound)?;
    let mut form = source.form.0;
    let face = &base.face;
    for product in Product::ALL {
        let switch = Field::of(product).on;
        if product == face.product {
            form.set(switch.id(), "on");
        } else {
            form.remove(switch.id());
        }
    }
    let fields = Field::of(face.product);
    if let Some(field) = fields.form {
        form.set(field.id(), face.form.code());
    }
    let mut set = |field: Field, words: String| form.set(field.id(), words);
    set(Field::Obligee, face.obligee.clone());
    set(Field::WorksName, face.works_name.clone());
    set(Field::Price, face.price.to_string());
    set(Field::PeriodFrom, era::plain(face.period_from));
    set(Field::PeriodTo, era::plain(face.period_to));
    set(fields.amount, face.amount.to_string());
    if let Some(day) = face.contract_date {
        set(Field::ContractDate, era::plain(day));
    }
    let bank = match face.product {
        Product::Midterm => Field::MidtermBank,
        _ => Field::Bank,
    };
    if let Some(words) = &face.bank {
        set(bank, words.clone());
    }
    if let Some(words) = &face.principal.jv_name {
        set(Field::JvName, words.clone());
    }
    if let Some(words) = &face.principal.jv_representative {
        set(Field::JvRepresentative, words.clone());
    }
    for field in [Field::ChangedOn, Field::ChangeReason, Field::Message] {
        form.remove(field.id());
    }
    Ok(form)
}

/// The whole form with what was typed into the fields of a change.
pub fn merged(form: &TypedForm, product: Product, typed: &TypedForm) -> TypedForm {
    let mut whole = form.clone();
    for field in editable(product) {
        if typed.has(field.id()) {
            whole.set(field.id(), typed.get(field.id()));
        }
    }
    whole
}

/// What a save names.
#[derive(Debug, Clone, Copy)]
pub struct Naming {
    /// The id the page proposed.
    pub id: Uuid,
    /// `None` for the first save.
    pub revision: Option<i32>,
}

/// Saves a change under the id its page proposed; only its own fields are taken.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers; `Conflict` where the guarantee cannot be
/// changed, another change of it is open, or the other form of certificate is asked for.
pub async fn save(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    naming: Naming,
    typed: &TypedForm,
) -> Result<Saved, AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let faults = unstorable(typed);
    if !faults.is_empty() {
        return Ok(Saved::Refused(faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = of(&mut tx, who, digits).await?;
    let base = Base::load(&mut tx, row.id).await?;
    // The page has no such field; who sends it past the page is told instead of passed over.
    let form = Field::of(base.face.product).form;
    if form
        .is_some_and(|form| typed.has(form.id()) && typed.get(form.id()) != base.face.form.code())
    {
        return Err(AppError::Conflict(rules::form_stays(base.face.form)));
    }
    let known = applications::lock(&mut tx, who.surety, who.contractor, naming.id).await?;
    let Some(known) = known else {
        if let Some(barrier) = base.barrier(era::tokyo_date(now)) {
            return Err(AppError::Conflict(barrier.sentence().to_owned()));
        }
        if applications::open_change(&mut tx, who.surety, who.contractor, row.id)
            .await?
            .is_some()
        {
            return Err(AppError::Conflict(
                "この保証契約の変更の申込が、すでにあります。先にその申込を送信するか、取り下げてください。".to_owned(),
            ));
        }
        let form = merged(&fresh(&mut tx, who, &base).await?, base.face.product, typed);
        let search = text::search_key(&base.face.works_name);
        let writing = writing(&form, &base.face, who, row.branch_id, &search, now);
        let owner = (who.surety, who.contractor, row.id);
        if !applications::create_change(&mut tx, owner, naming.id, &writing).await? {
            return Err(AppError::NotFound);
        }
        tx.commit().await?;
        return Ok(Saved::At {
            revision: 1,
            at: now,
        });
    };
    if known.guarantee_id != Some(row.id) {
        return Err(AppError::NotFound);
    }
    if !stage_of(&known)?.is_editable() {
        return Ok(Saved::Closed);
    }
    let form = merged(&known.form.0, base.face.product, typed);
    if form == known.form.0 {
        return Ok(Saved::At {
            revision: known.revision,
            at: known.updated_at,
        });
    }
    let stale = Saved::Stale {
        revision: known.revision,
        by: known.updated_by.clone(),
        at: known.updated_at,
    };
    let Some(seen) = naming.revision else {
        return Ok(stale);
    };
    let search = text::search_key(&base.face.works_name);
    let writing = writing(&form, &base.face, who, row.branch_id, &search, now);
    if applications::save(
        &mut tx,
        who.surety,
        who.contractor,
        naming.id,
        seen,
        &writing,
    )
    .await?
    {
        tx.commit().await?;
        Ok(Saved::At {
            revision: seen + 1,
            at: now,
        })
    } else {
        Ok(stale)
    }
}

fn writing<'a>(
    form: &'a TypedForm,
    face: &'a CertificateFace,
    who: &'a ContractorUser,
    branch: i64,
    works_search: &'a str,
    at: OffsetDateTime,
) -> Writing<'a> {
    Writing {
        form,
        by: &who.login,
        at,
        branch: Some(branch),
        obligee_name: &face.obligee,
        works_name: &face.works_name,
        works_search,
        price: Yen::parse(form.get(Field::Price.id())).ok().map(Yen::get),
    }
}

/// A change held against everything that is known. Changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn check(
    app: &App,
    who: &ContractorUser,
    change: &Change,
    form: &TypedForm,
) -> Result<Checked, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let checked = check_change_in(app, &mut tx, who, change.guarantee.id, form).await?;
    tx.commit().await?;
    Ok(checked)
}
