//! 認証キーの再発行: asked for by the contractor or ordered by the branch, with a reason. The old key
//! fails at D-Sure from the very statement on that makes the new one hold.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::guarantees::Guarantee;
use super::history::{self, About, By, Happened};
use super::issuance::{self, Outcome};
use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::guarantees::{self, GuaranteeRow};
use crate::db::renewals::{self, NewRenewal, RenewalRow};
use crate::db::{Scope, issuing, jobs, links};
use crate::domain::guarantee::Barrier;
use crate::domain::key::AuthenticationKey;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;

/// One renewal, for people.
#[derive(Debug, Clone)]
pub struct Renewal {
    pub id: Uuid,
    pub reason: String,
    pub state: RenewalState,
    /// The contractor's login, where it asked.
    pub asked_by: Option<String>,
    /// When it was asked for, or ordered.
    pub at: Option<OffsetDateTime>,
    /// Why the branch declined.
    pub words: String,
    pub key_version: Option<i32>,
    pub done_at: Option<OffsetDateTime>,
}

/// Where a renewal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalState {
    Asked,
    Ordered,
    Done,
    Declined,
}

impl RenewalState {
    pub fn label(self) -> &'static str {
        match self {
            Self::Asked => "ご依頼を受け付けています",
            Self::Ordered => "再発行の手続中",
            Self::Done => "再発行しました",
            Self::Declined => "再発行しませんでした",
        }
    }

    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Ordered)
    }
}

impl From<RenewalRow> for Renewal {
    fn from(row: RenewalRow) -> Self {
        Self {
            id: row.id,
            reason: row.reason,
            state: match row.state.as_str() {
                "asked" => RenewalState::Asked,
                "ordered" => RenewalState::Ordered,
                "done" => RenewalState::Done,
                _ => RenewalState::Declined,
            },
            asked_by: row.asked_by,
            at: row.asked_at.or(row.ordered_at),
            words: row.words,
            key_version: row.key_version,
            done_at: row.done_at,
        }
    }
}

/// Asks the branch for a new key. `id` comes with the form: pressing twice asks once.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's numbers and for paper; `Conflict` where one is under
/// way or the guarantee has ended.
pub async fn ask(
    app: &App,
    who: &ContractorUser,
    digits: &str,
    id: Uuid,
    reason: &str,
) -> Result<(), AppError> {
    if !who.role.may_see_key() {
        return Err(AppError::Denied(
            "認証キーの再発行を依頼する権限がありません。",
        ));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits)
        .await?
        .filter(|row| row.form == CertificateForm::Electronic.code())
        .ok_or(AppError::NotFound)?;
    guarantees::lock(&mut tx, row.id).await?;
    if !open(&mut tx, &row, id).await? {
        return Ok(());
    }
    let new = NewRenewal {
        id,
        surety: who.surety,
        contractor: who.contractor,
        branch: row.branch_id,
        guarantee: row.id,
        reason,
        asked_by: Some(&who.login),
        ordered_by: None,
        at: now,
    };
    renewals::add(&mut tx, &new).await?;
    let about = about(who.surety, &row);
    let what = Happened::KeyRenewalAsked;
    history::record(
        &mut tx,
        By::Contractor(who),
        &about,
        what,
        reason,
        json!({}),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Orders a new key at once. `id` comes with the form.
///
/// # Errors
/// `Denied` for administrators; `NotFound` outside the own branch and for paper; `Conflict` as [`ask`].
pub async fn order(
    app: &App,
    who: &Officer,
    digits: &str,
    id: Uuid,
    reason: &str,
) -> Result<(), AppError> {
    deciding(who)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits)
        .await?
        .filter(|row| row.form == CertificateForm::Electronic.code())
        .ok_or(AppError::NotFound)?;
    guarantees::lock(&mut tx, row.id).await?;
    if !open(&mut tx, &row, id).await? {
        return Ok(());
    }
    let new = NewRenewal {
        id,
        surety: who.surety,
        contractor: row.contractor_id,
        branch: row.branch_id,
        guarantee: row.id,
        reason,
        asked_by: None,
        ordered_by: Some(who.account),
        at: now,
    };
    renewals::add(&mut tx, &new).await?;
    queue(app, &mut tx, who, &row, id, reason, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Orders what a contractor asked for.
///
/// # Errors
/// As [`order`]; `Conflict` where somebody was faster.
pub async fn grant(app: &App, who: &Officer, digits: &str, id: Uuid) -> Result<(), AppError> {
    deciding(who)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let (row, asked) = asked(&mut tx, who, digits, id).await?;
    if asked.state == "ordered" || asked.state == "done" {
        return Ok(());
    }
    waiting_still(&asked)?;
    alive(&row)?;
    renewals::decide(&mut tx, id, "ordered", who.account, "", now).await?;
    queue(app, &mut tx, who, &row, id, &asked.reason, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Declines what a contractor asked for, with words it reads.
///
/// # Errors
/// As [`grant`].
pub async fn decline(
    app: &App,
    who: &Officer,
    digits: &str,
    id: Uuid,
    words: &str,
) -> Result<(), AppError> {
    deciding(who)?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let (row, asked) = asked(&mut tx, who, digits, id).await?;
    if asked.state == "declined" {
        return Ok(());
    }
    waiting_still(&asked)?;
    renewals::decide(&mut tx, id, "declined", who.account, words, now).await?;
    let about = about(who.surety, &row);
    let what = Happened::KeyRenewalDeclined;
    history::record(
        &mut tx,
        By::Officer(who),
        &about,
        what,
        words,
        json!({}),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

fn deciding(who: &Officer) -> Result<(), AppError> {
    if who.role.may_administer() {
        Err(AppError::Denied("認証キーを再発行する権限がありません。"))
    } else {
        Ok(())
    }
}

fn waiting_still(asked: &RenewalRow) -> Result<(), AppError> {
    if asked.state == "asked" {
        return Ok(());
    }
    Err(AppError::Conflict(
        "このご依頼は、ほかの人が先に処理しました。".to_owned(),
    ))
}

async fn asked(
    conn: &mut PgConnection,
    who: &Officer,
    digits: &str,
    id: Uuid,
) -> Result<(GuaranteeRow, RenewalRow), AppError> {
    let row = guarantees::find_of_office(conn, who.surety, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    // What is decided cannot be locked by the Office any more, but has to be told apart from nothing.
    let known = match renewals::lock(conn, id).await? {
        Some(asked) => Some(asked),
        None => {
            let all = renewals::of_guarantee(conn, row.id).await?;
            all.into_iter().find(|asked| asked.id == id)
        }
    };
    let asked = known
        .filter(|asked| asked.guarantee_id == row.id)
        .ok_or(AppError::NotFound)?;
    Ok((row, asked))
}

/// Whether a new renewal may begin; false where this very form has begun it.
async fn open(conn: &mut PgConnection, row: &GuaranteeRow, id: Uuid) -> Result<bool, AppError> {
    let known = renewals::of_guarantee(conn, row.id).await?;
    if known.iter().any(|renewal| renewal.id == id) {
        return Ok(false);
    }
    if known
        .into_iter()
        .map(Renewal::from)
        .any(|renewal| renewal.state.is_open())
    {
        return Err(AppError::Conflict(
            "認証キーの再発行を、すでに受け付けています。終わるまでお待ちください。".to_owned(),
        ));
    }
    alive(row)?;
    Ok(true)
}

fn alive(row: &GuaranteeRow) -> Result<(), AppError> {
    match row.terminated_on {
        Some(_) => Err(AppError::Conflict(Barrier::Ended.sentence().to_owned())),
        None => Ok(()),
    }
}

fn about(surety: i64, row: &GuaranteeRow) -> About {
    About {
        surety,
        contractor: row.contractor_id,
        branch: Some(row.branch_id),
        application: None,
        product: Product::from_code(&row.product),
        guarantee: Some(row.id),
    }
}

async fn queue(
    app: &App,
    conn: &mut PgConnection,
    who: &Officer,
    row: &GuaranteeRow,
    id: Uuid,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let payload = json!({ "renewal": id, "guarantee": row.id });
    let job = app.chance.id(now);
    jobs::add(conn, job, who.surety, "renew_key", &payload, now).await?;
    let about = about(who.surety, row);
    let what = Happened::KeyRenewalOrdered;
    history::record(conn, By::Officer(who), &about, what, reason, json!({}), now).await?;
    Ok(())
}

/// A contractor's request that waits for the branch.
#[derive(Debug, Clone)]
pub struct Request {
    pub number: String,
    pub works_name: String,
    pub company: String,
    pub reason: String,
    pub at: OffsetDateTime,
}

/// What waits in the officer's branch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn waiting(app: &App, who: &Officer) -> Result<Vec<Request>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = renewals::waiting(&mut tx, who.surety).await?;
    tx.commit().await?;
    let request = |(number, works_name, company, reason, at)| Request {
        number,
        works_name,
        company,
        reason,
        at,
    };
    Ok(rows.into_iter().map(request).collect())
}

/// The renewals of a guarantee, oldest first, for its own page.
pub(super) async fn of(
    conn: &mut PgConnection,
    guarantee: &Guarantee,
) -> Result<Vec<Renewal>, AppError> {
    let rows = renewals::of_guarantee(conn, guarantee.id).await?;
    Ok(rows.into_iter().map(Renewal::from).collect())
}

/// Runs one ordered renewal: a new key, sealed; its verifier in the old one's place at D-Sure; the mail.
///
/// # Errors
/// What passes; the job is tried again.
pub async fn run(app: &App, job: Uuid, id: Uuid, guarantee: i64) -> Result<Outcome, AppError> {
    let key = AuthenticationKey::draw(&mut app.chance.rng());
    // The verifier costs a tenth of a core-second: before the transaction.
    let verifier = app
        .vault
        .hashing()
        .hash_key(key.expose(), app.chance.bytes())
        .await?;
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(Outcome::Gone);
    }
    let Some(renewal) = renewals::lock(&mut tx, id).await? else {
        return Ok(Outcome::Hopeless("再発行の依頼が見つかりません".to_owned()));
    };
    let head = links::lock(&mut tx, guarantee).await?;
    let old = issuing::key_of(&mut tx, guarantee).await?;
    let (Some(head), Some(old)) = (head, old) else {
        return Ok(Outcome::Hopeless("認証キーが保管されていません".to_owned()));
    };
    if renewal.state != "ordered" {
        jobs::finish(&mut tx, job, now).await?;
        tx.commit().await?;
        return Ok(Outcome::Gone);
    }
    let version = old.key_version + 1;
    let owner = issuance::KeyOwner {
        guarantee,
        surety: head.surety_id,
        contractor: head.contractor_id,
        version,
    };
    issuance::keep_key(app, &mut tx, owner, &key, now).await?;
    renewals::done(&mut tx, id, &head.number, version, &verifier, now).await?;
    let about = About {
        surety: head.surety_id,
        contractor: head.contractor_id,
        branch: Some(head.branch_id),
        application: None,
        product: Product::from_code(&head.product),
        guarantee: Some(guarantee),
    };
    let detail = json!({ "key_version": version });
    history::record(
        &mut tx,
        By::Worker,
        &about,
        Happened::KeyRenewed,
        "",
        detail,
        now,
    )
    .await?;
    let payload = json!({ "guarantee": guarantee, "key_version": version });
    let mail = app.chance.id(now);
    jobs::add(&mut tx, mail, head.surety_id, "mail_renewed", &payload, now).await?;
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}
