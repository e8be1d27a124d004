//! One deal leads to the next: 中間前払金保証 from an issued 前払金保証, 前払金保証 from an issued
//! 契約保証, a new application copied from an earlier one. Nothing is sent by it.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::ContractorUser;
use super::drafts;
use super::guarantees::signed_face;
use crate::app::App;
use crate::db::applications::{self, Beginning};
use crate::db::follow_ups;
use crate::db::guarantees::{self, GuaranteeRow};
use crate::db::sureties;
use crate::domain::carry;
use crate::domain::certificate::CertificateFace;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::Product;
use crate::domain::typed::TypedForm;
use crate::error::AppError;

/// What is begun from an issued guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// 中間前払金保証 on a 前払金保証.
    Midterm,
    /// 前払金保証 for the works of a 契約保証.
    Prepayment,
}

impl Next {
    fn from(self) -> Product {
        match self {
            Self::Midterm => Product::Prepayment,
            Self::Prepayment => Product::Contract,
        }
    }

    /// Why nothing is begun after 解約.
    fn ended(self) -> &'static str {
        match self {
            Self::Midterm => "この前払金保証は解約されています。中間前払金保証は申し込めません。",
            Self::Prepayment => {
                "この契約保証は解約されています。前払金保証は「保証申込」からお申し込みください。"
            }
        }
    }

    async fn open_draft(
        self,
        conn: &mut PgConnection,
        who: &ContractorUser,
        row: &GuaranteeRow,
    ) -> Result<Option<Uuid>, sqlx::Error> {
        match self {
            Self::Midterm => {
                let number = format!("{}{}", row.number, row.suffix);
                follow_ups::midterm_draft(conn, who.surety, who.contractor, &number).await
            }
            Self::Prepayment => {
                follow_ups::prepayment_draft(conn, who.surety, who.contractor, row.id).await
            }
        }
    }
}

/// The draft of what is next, with everything carried over; while one is open, that one. `fresh` is
/// what an empty form holds.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers and other products; `Conflict` after 解約.
pub async fn start(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    next: Next,
    fresh: &TypedForm,
) -> Result<Uuid, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = own(&mut tx, who, digits, next.from()).await?;
    if row.terminated_on.is_some() {
        return Err(AppError::Conflict(next.ended().to_owned()));
    }
    if let Some(id) = next.open_draft(&mut tx, who, &row).await? {
        return Ok(id);
    }
    let (typed, face) = source(&mut tx, who, &row).await?;
    let form = match next {
        Next::Midterm => carry::midterm(&typed, &face, fresh),
        Next::Prepayment => carry::prepayment(&typed, &face, fresh),
    };
    let id = app.chance.id(now);
    begin(&mut tx, who, id, None, &form, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Of which kind an own application is that may be copied.
///
/// # Errors
/// `NotFound` for other people's ids; `Conflict` for a 変更の申込, which belongs to its guarantee.
pub async fn copied_kind(
    app: &App,
    who: &ContractorUser,
    earlier: Uuid,
) -> Result<ApplicationKind, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::find(&mut tx, who.surety, who.contractor, earlier).await?;
    tx.commit().await?;
    let row = row.ok_or(AppError::NotFound)?;
    match ApplicationKind::from_code(&row.kind) {
        Some(ApplicationKind::Change) => Err(AppError::Conflict(
            "変更の申込は写せません。もとの保証の申込を写してください。".to_owned(),
        )),
        Some(kind) => Ok(kind),
        None => Err(AppError::internal("unknown kind")),
    }
}

/// 前の申込を写して作成: the draft `id` with all that was typed in an earlier application. The same
/// press sent twice makes one draft. `fresh` is what an empty form of its kind holds.
///
/// # Errors
/// As [`copied_kind`]; `Denied` for 閲覧.
pub async fn copy(
    app: &App,
    who: &ContractorUser,
    earlier: Uuid,
    id: Uuid,
    kind: ApplicationKind,
    fresh: &TypedForm,
) -> Result<(), AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::find(&mut tx, who.surety, who.contractor, earlier).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let form = carry::copied(&row.form.0, kind, fresh);
    let branches = sureties::branches(&mut tx, who.surety).await?;
    let beginning = Beginning {
        kind: kind.code(),
        reservation: None,
    };
    if drafts::begin(&mut tx, who, id, beginning, &form, &branches, now).await? {
        tx.commit().await?;
        return Ok(());
    }
    // Taken already: by the first of two presses, or by somebody else, whose it stays.
    applications::find(&mut tx, who.surety, who.contractor, id)
        .await?
        .map(drop)
        .ok_or(AppError::NotFound)
}

/// An own guarantee of one product, one press at a time.
pub(super) async fn own(
    conn: &mut PgConnection,
    who: &ContractorUser,
    digits: &str,
    product: Product,
) -> Result<GuaranteeRow, AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let row = guarantees::find_of_contractor(conn, who.surety, who.contractor, digits)
        .await?
        .filter(|row| row.product == product.code())
        .ok_or(AppError::NotFound)?;
    guarantees::lock(conn, row.id).await?;
    Ok(row)
}

/// What its contractor typed, and the certificate in force.
pub(super) async fn source(
    conn: &mut PgConnection,
    who: &ContractorUser,
    row: &GuaranteeRow,
) -> Result<(TypedForm, CertificateFace), AppError> {
    let application = row.application_id;
    let typed = applications::find(conn, who.surety, who.contractor, application).await?;
    let face = signed_face(conn, row.id, row.current_seq).await?;
    Ok((typed.map(|row| row.form.0).unwrap_or_default(), face))
}

pub(super) async fn begin(
    conn: &mut PgConnection,
    who: &ContractorUser,
    id: Uuid,
    reservation: Option<i64>,
    form: &TypedForm,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let branches = sureties::branches(conn, who.surety).await?;
    let beginning = Beginning {
        kind: ApplicationKind::New.code(),
        reservation,
    };
    if drafts::begin(conn, who, id, beginning, form, &branches, now).await? {
        Ok(())
    } else {
        Err(AppError::internal("a fresh id was taken"))
    }
}
