//! Drafts of 保証申込: what was typed survives anything, byte for byte.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::ContractorUser;
use super::guarantees::PER_PAGE;
use super::history::{self, Entry, Notice};
use super::paging;
use crate::app::App;
use crate::db::applications::{self, ApplicationRow, Beginning, Span, Writing};
use crate::db::sureties::{self, BranchRow};
use crate::db::{events, guarantees};
use crate::domain::application::Stage;
use crate::domain::entry::Fault;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::text;
use crate::domain::typed::TypedForm;
use crate::error::AppError;

/// A form the contractor may type in: a draft, or a returned application.
#[derive(Debug, Clone)]
pub struct OpenForm {
    pub id: Uuid,
    pub kind: ApplicationKind,
    pub stage: Stage,
    pub form: TypedForm,
    /// Counts saves; a save names the revision it read.
    pub revision: i32,
    pub receipt_no: Option<String>,
    /// 申込日: when it was sent for the first time.
    pub first_sent_at: Option<OffsetDateTime>,
    pub updated_by: String,
    pub updated_at: OffsetDateTime,
    pub return_words: Option<String>,
    /// 弊社からお客様へのお知らせ, newest first.
    pub notices: Vec<Notice>,
    /// 変更の申込: the number of the guarantee it changes.
    pub change_of: Option<String>,
    /// Number with letter of the reservation it was carried over from.
    pub reservation: Option<String>,
}

/// What came of saving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    At {
        revision: i32,
        at: OffsetDateTime,
    },
    /// Somebody saved in between; nothing was overwritten.
    Stale {
        revision: i32,
        by: String,
        at: OffsetDateTime,
    },
    /// A text cannot be stored (it holds a NUL): said beside its field, nothing was overwritten.
    Refused(Vec<Fault>),
    /// It has been sent (or withdrawn) meanwhile: there is nothing to type in any more.
    Closed,
}

/// What the form lets this contractor choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// 申込送信先
    pub branches: Vec<BranchRow>,
    /// 保証料請求先
    pub billing_places: Vec<String>,
    /// The contractor carries a 一括納付 agreement.
    pub lump_sum: bool,
    /// The register's printed names: 「みなと野市長」.
    pub obligees: Vec<String>,
    /// The company's newest 前払金保証, for 中間: number with letter, and 工事名.
    pub prepayments: Vec<(String, String)>,
}

impl Offer {
    pub fn branch(&self, id: i64) -> Option<&BranchRow> {
        self.branches.iter().find(|branch| branch.id == id)
    }
}

/// A line of the list of drafts.
#[derive(Debug, Clone)]
pub struct DraftLine {
    pub id: Uuid,
    pub kind: ApplicationKind,
    pub works_name: String,
    pub obligee_name: String,
    pub price: Option<i64>,
    pub updated_by: String,
    pub updated_at: OffsetDateTime,
}

/// Saves the form under the id its page proposed. `revision` is `None` for the first save; the same
/// first save posted twice makes one draft.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` where the id is another company's.
pub async fn save(
    app: &App,
    who: &ContractorUser,
    id: Uuid,
    revision: Option<i32>,
    form: &TypedForm,
) -> Result<Saved, AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let faults = unstorable(form);
    if !faults.is_empty() {
        return Ok(Saved::Refused(faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let known = sureties::branches(&mut tx, who.surety).await?;
    if revision.is_none() {
        let kind = ApplicationKind::of(form);
        let mut form = form.clone();
        kind.shape(&mut form);
        let beginning = Beginning {
            kind: kind.code(),
            reservation: None,
        };
        if begin(&mut tx, who, id, beginning, &form, &known, now).await? {
            tx.commit().await?;
            return Ok(Saved::At {
                revision: 1,
                at: now,
            });
        }
    }
    let Some(row) = applications::lock(&mut tx, who.surety, who.contractor, id).await? else {
        return Err(AppError::NotFound);
    };
    if row.guarantee_id.is_some() {
        // A change is written in its own form, which knows what may be changed.
        return Err(AppError::NotFound);
    }
    // It stays what it began as, whatever the form says.
    let mut shaped = form.clone();
    kind_of(&row)?.shape(&mut shaped);
    let form = &shaped;
    let works_search = text::search_key(form.get(Field::WorksName.id()));
    let writing = writing(who, form, &works_search, &known, now);
    if !stage_of(&row)?.is_editable() {
        return Ok(Saved::Closed);
    }
    if row.form.0 == *form {
        // The same text again (double post, Back button): already kept.
        return Ok(Saved::At {
            revision: row.revision,
            at: row.updated_at,
        });
    }
    let stale = Saved::Stale {
        revision: row.revision,
        by: row.updated_by,
        at: row.updated_at,
    };
    let Some(seen) = revision else {
        // A first save again, with another text: whoever typed it has not seen what is kept.
        return Ok(stale);
    };
    if applications::save(&mut tx, who.surety, who.contractor, id, seen, &writing).await? {
        tx.commit().await?;
        Ok(Saved::At {
            revision: seen + 1,
            at: now,
        })
    } else {
        Ok(stale)
    }
}

/// A first save. False when the id is taken.
pub(super) async fn begin(
    conn: &mut PgConnection,
    who: &ContractorUser,
    id: Uuid,
    beginning: Beginning<'_>,
    form: &TypedForm,
    branches: &[BranchRow],
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let works_search = text::search_key(form.get(Field::WorksName.id()));
    let writing = writing(who, form, &works_search, branches, now);
    applications::create(conn, who.surety, who.contractor, id, beginning, &writing).await
}

fn writing<'a>(
    who: &'a ContractorUser,
    form: &'a TypedForm,
    works_search: &'a str,
    branches: &[BranchRow],
    now: OffsetDateTime,
) -> Writing<'a> {
    let branch = form.get(Field::Branch.id()).parse().ok();
    Writing {
        form,
        by: &who.login,
        at: now,
        branch: branch.filter(|id| branches.iter().any(|branch| branch.id == *id)),
        obligee_name: form.get(Field::Obligee.id()),
        works_name: form.get(Field::WorksName.id()),
        works_search,
        price: Yen::parse(form.get(Field::Price.id())).ok().map(Yen::get),
    }
}

/// What the form offers.
///
/// # Errors
/// When the database cannot be reached.
pub async fn offer(app: &App, who: &ContractorUser) -> Result<Offer, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let contractor = sureties::contractor(&mut tx, who.surety, who.contractor).await?;
    let branches = sureties::branches(&mut tx, who.surety).await?;
    let obligees = crate::db::obligees::list(&mut tx, who.surety, today).await?;
    let prepayments = guarantees::prepayments(&mut tx, who.surety, who.contractor).await?;
    tx.commit().await?;
    Ok(Offer {
        prepayments,
        branches,
        billing_places: contractor.billing_places,
        lump_sum: contractor.lump_sum,
        obligees: obligees.into_iter().map(|row| row.title_name).collect(),
    })
}

/// Opens a draft or a returned application for typing.
///
/// # Errors
/// `NotFound` for other people's ids and for what is no longer editable.
pub async fn open(app: &App, who: &ContractorUser, id: Uuid) -> Result<OpenForm, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::find(&mut tx, who.surety, who.contractor, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let stage = stage_of(&row)?;
    if !stage.is_editable() {
        return Err(AppError::NotFound);
    }
    let history = events::of_application(&mut tx, id).await?;
    let change_of = match row.guarantee_id {
        Some(guarantee) => guarantees::number(&mut tx, guarantee).await?,
        None => None,
    };
    let reservation = match row.reservation_id {
        Some(id) => guarantees::number(&mut tx, id).await?,
        None => None,
    };
    tx.commit().await?;
    let kind = kind_of(&row)?;
    let history: Vec<_> = history.into_iter().map(Entry::from).collect();
    Ok(OpenForm {
        id,
        kind,
        reservation,
        stage,
        form: row.form.0,
        revision: row.revision,
        receipt_no: row.receipt_no,
        first_sent_at: row.first_sent_at,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
        return_words: row.return_words,
        notices: history::notices(history.iter()),
        change_of,
    })
}

/// Which page of the drafts.
#[derive(Debug, Clone, Copy, Default)]
pub struct DraftQuery {
    /// From 1; only up to 1,000 drafts.
    pub page: i64,
    /// Beyond 1,000: older than this row.
    pub before: Option<(OffsetDateTime, Uuid)>,
    /// Beyond 1,000: newer than this row.
    pub after: Option<(OffsetDateTime, Uuid)>,
}

/// A page of the drafts.
#[derive(Debug, Clone)]
pub struct DraftList {
    pub rows: Vec<DraftLine>,
    /// Counted to 1,001.
    pub total: i64,
    /// Older drafts follow this one (keyset).
    pub next: Option<(OffsetDateTime, Uuid)>,
    /// Newer drafts stand before this one (keyset).
    pub previous: Option<(OffsetDateTime, Uuid)>,
}

/// The company's newest drafts, last saved first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &ContractorUser) -> Result<Vec<DraftLine>, AppError> {
    let newest = page(app, who, &DraftQuery::default()).await?;
    Ok(newest.rows)
}

/// A page of the company's drafts, last saved first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(
    app: &App,
    who: &ContractorUser,
    query: &DraftQuery,
) -> Result<DraftList, AppError> {
    let span = Span {
        before: query.before,
        after: query.after,
        offset: paging::offset(PER_PAGE, query.page, query.before, query.after),
        limit: PER_PAGE + 1,
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let total = applications::count_drafts(&mut tx, who.surety, who.contractor).await?;
    let rows = applications::drafts(&mut tx, who.surety, who.contractor, &span).await?;
    tx.commit().await?;
    let cut = paging::cut(
        rows,
        PER_PAGE,
        query.page,
        query.before,
        query.after,
        |row| (row.updated_at, row.id),
    );
    Ok(DraftList {
        next: cut.next,
        previous: cut.previous,
        total,
        rows: cut
            .rows
            .into_iter()
            .map(|row| {
                Ok(DraftLine {
                    id: row.id,
                    kind: kind_of(&row)?,
                    works_name: row.works_name,
                    obligee_name: row.obligee_name,
                    price: row.price,
                    updated_by: row.updated_by,
                    updated_at: row.updated_at,
                })
            })
            .collect::<Result<_, AppError>>()?,
    })
}

/// Deletes a draft. What was sent is never deleted.
///
/// # Errors
/// `NotFound` for other people's ids and for what was sent.
pub async fn delete(app: &App, who: &ContractorUser, id: Uuid) -> Result<(), AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let mut tx = app.db.begin(&who.scope()).await?;
    if !applications::delete_draft(&mut tx, who.surety, who.contractor, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(())
}

/// Postgres cannot keep a NUL; nothing a person types on purpose has one.
pub(super) fn unstorable(form: &TypedForm) -> Vec<Fault> {
    Field::ALL
        .iter()
        .filter_map(|field| {
            let typed = form.get(field.id());
            let fault = text::block(typed, typed.len()).err()?;
            typed.contains('\0').then(|| Fault {
                field: *field,
                sentence: fault.sentence(field.label()),
            })
        })
        .collect()
}

pub(super) fn kind_of(row: &ApplicationRow) -> Result<ApplicationKind, AppError> {
    ApplicationKind::from_code(&row.kind)
        .ok_or_else(|| AppError::internal(format!("unknown kind {}", row.kind)))
}

pub(super) fn stage_of(row: &ApplicationRow) -> Result<Stage, AppError> {
    Stage::from_code(&row.stage)
        .ok_or_else(|| AppError::internal(format!("unknown stage {}", row.stage)))
}
