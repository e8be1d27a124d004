//! 保証契約 as its contractor and its branch read it: list, detail, key, certificate.
//! Each showing of a key and each copy is written down.

use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use zeroize::Zeroizing;

use super::chain::Chain;
use super::history::{self, About, By, Happened};
use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::certificates::{self, CertificateRow, KeyRow};
use crate::db::guarantees::{self, GuaranteeRow};
use crate::db::{events, issuing};
use crate::domain::certificate::{CertificateFace, Standing};
use crate::domain::era;
use crate::domain::key::AuthenticationKey;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::remark::{self, Place};
use crate::domain::seal::{self, Envelope, PublicKey, PublicKeys};
use crate::error::AppError;
use crate::vault::sealer::{self, Sealed};

mod detail;
mod lists;

pub use detail::{Detail, Past, Version, detail, office_detail};
pub use lists::{GuaranteeLine, List, ListQuery, PER_PAGE, Stand, list, office_list};

/// A guarantee, for people.
#[derive(Debug, Clone)]
pub struct Guarantee {
    pub id: i64,
    pub branch: i64,
    pub application: uuid::Uuid,
    /// With its letter.
    pub number: String,
    pub product: Product,
    pub form: CertificateForm,
    pub obligee_name: String,
    pub works_name: String,
    pub contractor_name: String,
    pub jv_name: Option<String>,
    pub jv_representative: Option<String>,
    /// Whole yen.
    pub price: i64,
    /// Whole yen.
    pub amount: i64,
    pub until: Date,
    pub bank: Option<String>,
    pub current_seq: i32,
    pub issued_on: Date,
    pub issued_at: Option<OffsetDateTime>,
    /// 解約日
    pub terminated_on: Option<Date>,
}

impl Guarantee {
    /// How it stands on a day.
    pub fn standing(&self, today: Date) -> Standing {
        match self.terminated_on {
            Some(on) => Standing::Ended(on),
            None => Standing::on(today, self.issued_on, self.until),
        }
    }

    /// What its contractor does with it, for the history.
    pub(super) fn about(&self, who: &ContractorUser) -> About {
        About {
            surety: who.surety,
            contractor: who.contractor,
            branch: Some(self.branch),
            application: Some(self.application),
            product: Some(self.product),
            guarantee: Some(self.id),
        }
    }
}

impl TryFrom<GuaranteeRow> for Guarantee {
    type Error = AppError;

    fn try_from(row: GuaranteeRow) -> Result<Self, AppError> {
        Ok(Self {
            product: product_of(&row.product)?,
            form: form_of(&row.form)?,
            number: format!("{}{}", row.number, row.suffix),
            id: row.id,
            branch: row.branch_id,
            application: row.application_id,
            obligee_name: row.obligee_name,
            works_name: row.works_name,
            contractor_name: row.contractor_name,
            jv_name: row.jv_name,
            jv_representative: row.jv_representative,
            price: row.price,
            amount: row.amount,
            until: row.until,
            bank: row.bank,
            current_seq: row.current_seq,
            issued_on: row.issued_on,
            issued_at: row.issued_at,
            terminated_on: row.terminated_on,
        })
    }
}

fn product_of(code: &str) -> Result<Product, AppError> {
    Product::from_code(code).ok_or_else(|| AppError::internal("unknown product"))
}

fn form_of(code: &str) -> Result<CertificateForm, AppError> {
    CertificateForm::from_code(code).ok_or_else(|| AppError::internal("unknown form"))
}

/// A guarantee of the contractor by its ten digits, if it has one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(
    app: &App,
    who: &ContractorUser,
    digits: &str,
) -> Result<Option<Guarantee>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits).await?;
    tx.commit().await?;
    row.map(Guarantee::try_from).transpose()
}

/// Electronic guarantees in force that no obligee has opened yet, newest first (at most `limit`):
/// their keys may still have to be handed in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn unseen(
    app: &App,
    who: &ContractorUser,
    limit: i64,
) -> Result<Vec<Guarantee>, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = guarantees::unseen(&mut tx, who.surety, who.contractor, today, limit).await?;
    tx.commit().await?;
    rows.into_iter().map(Guarantee::try_from).collect()
}

/// Where a key is shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    Page,
    Notice,
}

/// The authentication key of an electronic guarantee; the showing is recorded first.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers and for paper.
pub async fn key(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    usage: KeyUse,
) -> Result<AuthenticationKey, AppError> {
    if !who.role.may_see_key() {
        return Err(AppError::Denied("認証キーを表示する権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let stored = issuing::key_of(&mut tx, row.id)
        .await?
        .ok_or(AppError::NotFound)?;
    let happened = match usage {
        KeyUse::Page => Happened::KeyShown,
        KeyUse::Notice => Happened::KeyNoticeMade,
    };
    note(&mut tx, who, &row, happened, now).await?;
    tx.commit().await?;
    let sealed = Sealed::from_columns(stored.kek_id, &stored.nonce, stored.ciphertext)?;
    let context = sealer::key_context(row.id, stored.key_version);
    let plain: Zeroizing<Vec<u8>> = app.vault.sealer()?.open(&sealed, &context)?;
    std::str::from_utf8(&plain)
        .ok()
        .and_then(|plain| AuthenticationKey::parse(plain).ok())
        .ok_or_else(|| AppError::internal("the sealed key is no key"))
}

/// A certificate drawn from its verified bytes.
#[derive(Debug, Clone)]
pub struct Verified {
    pub face: CertificateFace,
    pub envelope: Envelope,
    pub arrived_at: Option<OffsetDateTime>,
    /// Hex SHA-256 of the signed bytes.
    pub sha256: String,
    /// What a copy of it says that does not hold today ([`crate::domain::remark`]).
    pub remark: Vec<String>,
}

/// How the contractor takes a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateUse {
    Page,
    Pdf,
    Envelope,
}

/// One version of a contractor's electronic certificate, its signature checked, the look recorded.
/// A paper certificate's original is printed in the Office only.
///
/// # Errors
/// `NotFound` for other people's numbers, unknown versions and paper; `Internal` where a signature
/// does not hold.
pub async fn certificate(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    seq: i32,
    usage: CertificateUse,
) -> Result<Verified, AppError> {
    let happened = match usage {
        CertificateUse::Page => Happened::CertificateSeen,
        CertificateUse::Pdf | CertificateUse::Envelope => Happened::CertificateCopied,
    };
    let look = certificates::NewLook {
        surety: who.surety,
        contractor: who.contractor,
        number: digits,
        seq,
        at: app.clock.now(),
        actor_id: who.account,
        actor_name: &who.login,
        kind: happened.code(),
        shown: happened.shown(),
    };
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = certificates::look(&mut tx, &look)
        .await?
        .ok_or(AppError::NotFound)?;
    // What does not verify was not shown: the look is then not kept either.
    let verified = verify(&mut tx, row, look.at).await?;
    tx.commit().await?;
    Ok(verified)
}

/// One version for staff; nothing is recorded for looking.
///
/// # Errors
/// As [`certificate`].
pub async fn office_certificate(
    app: &App,
    who: &Officer,
    digits: &str,
    seq: i32,
) -> Result<Verified, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let verified = verified(&mut tx, row.id, seq, app.clock.now()).await?;
    tx.commit().await?;
    Ok(verified)
}

/// The original of a paper guarantee for the printer: recorded; from the second time on a reprint.
///
/// # Errors
/// `NotFound` for electronic guarantees; `Denied` for administrators.
pub async fn print_paper(
    app: &App,
    who: &Officer,
    digits: &str,
) -> Result<(Verified, usize), AppError> {
    if who.role.may_administer() {
        return Err(AppError::Denied("証書を印刷する権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits)
        .await?
        .filter(|row| row.form == CertificateForm::Paper.code())
        .ok_or(AppError::NotFound)?;
    guarantees::lock(&mut tx, row.id).await?;
    let verified = verified(&mut tx, row.id, row.current_seq, now).await?;
    let before = events::of_guarantee(&mut tx, row.id)
        .await?
        .into_iter()
        .filter(|event| event.kind == Happened::PaperPrinted.code())
        // Each version has its own original.
        .filter(|event| event.detail["seq"].as_i64().unwrap_or(1) == i64::from(row.current_seq))
        .count();
    let about = About {
        surety: who.surety,
        contractor: row.contractor_id,
        branch: Some(row.branch_id),
        application: Some(row.application_id),
        product: Product::from_code(&row.product),
        guarantee: Some(row.id),
    };
    let words = if before == 0 { "原本" } else { "再印刷" };
    history::record(
        &mut tx,
        By::Officer(who),
        &about,
        Happened::PaperPrinted,
        words,
        json!({ "seq": row.current_seq }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((verified, before))
}

/// The face of a version, its signature checked.
pub(super) async fn signed_face(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
) -> Result<CertificateFace, AppError> {
    let row = certificates::find(conn, guarantee, seq)
        .await?
        .ok_or(AppError::NotFound)?;
    verify_row(&row)
}

/// Reads a version and checks its signature with the surety's public key.
async fn verified(
    conn: &mut PgConnection,
    guarantee: i64,
    seq: i32,
    now: OffsetDateTime,
) -> Result<Verified, AppError> {
    let row = certificates::find(conn, guarantee, seq)
        .await?
        .ok_or(AppError::NotFound)?;
    verify(conn, row, now).await
}

async fn verify(
    conn: &mut PgConnection,
    row: CertificateRow,
    now: OffsetDateTime,
) -> Result<Verified, AppError> {
    let face = verify_row(&row)?;
    Ok(Verified {
        remark: remark_of(conn, &row, era::tokyo_date(now)).await?,
        sha256: crate::domain::certificate::hex(&crate::domain::certificate::sha256(&row.face)),
        envelope: Envelope::new(row.face, &row.key.key_id, &row.signature),
        face,
        arrived_at: row.arrived_at,
    })
}

/// Only an earlier version has to ask the chain what became of it.
async fn remark_of(
    conn: &mut PgConnection,
    row: &CertificateRow,
    today: Date,
) -> Result<Vec<String>, AppError> {
    let now = &row.now;
    let standing = match now.terminated_on {
        Some(on) => Standing::Ended(on),
        None => Standing::on(today, now.issued_on, now.until),
    };
    let place = if row.seq == now.current_seq {
        Place::InForce
    } else {
        let chain = Chain::load(conn, row.guarantee_id).await?;
        let life = chain.ok_or(AppError::NotFound)?.life()?;
        let seq = u32::try_from(row.seq).map_err(AppError::internal)?;
        match (life.version(seq), life.version(life.in_force)) {
            (Some(shown), Some(held)) => Place::earlier(shown.fate, held.occasion.label()),
            // On its way to D-Sure: it counts when it has arrived.
            _ => Place::InForce,
        }
    };
    Ok(remark::remark(standing, &place))
}

/// Nothing is drawn from bytes whose signature does not hold.
fn verify_row(row: &CertificateRow) -> Result<CertificateFace, AppError> {
    let keys = PublicKeys {
        keys: vec![public_key(&row.key)?],
    };
    let (face, _) = seal::verify_face(&row.face, &row.signature, &row.key.key_id, &keys)
        .map_err(AppError::internal)?;
    Ok(face)
}

/// A stored public key; D-Sure and the sureties' side keep the same columns.
pub(super) fn public_key(row: &KeyRow) -> Result<PublicKey, AppError> {
    let bytes: [u8; 32] = row
        .public_key
        .as_slice()
        .try_into()
        .map_err(|_| AppError::internal("a public key has 32 bytes"))?;
    let letter = row.suffix.chars().next().unwrap_or('?');
    Ok(PublicKey::new(
        letter,
        bytes,
        era::tokyo_date(row.created_at),
    ))
}

async fn note(
    conn: &mut PgConnection,
    who: &ContractorUser,
    row: &GuaranteeRow,
    what: Happened,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let about = About {
        surety: who.surety,
        contractor: who.contractor,
        branch: Some(row.branch_id),
        application: Some(row.application_id),
        product: Product::from_code(&row.product),
        guarantee: Some(row.id),
    };
    // A look may be lost with the machine, never anything acknowledged (performance.md, 6).
    crate::db::commit_later(conn).await?;
    history::record(conn, By::Contractor(who), &about, what, "", json!({}), now).await
}
