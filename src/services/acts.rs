//! 訂正, 変更取消, 解約: acts of the branch, with a reason and four eyes. A clerk proposes, an approver
//! decides, the worker signs the link; the contractor's history hides what was withdrawn (seed 000).

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Officer;
use super::chain::{self, Chain, Origin};
use super::fees;
use super::history::{self, By, Happened};
use super::issuance::Outcome;
use crate::app::App;
use crate::db::acts::{self, ActRow, NewAct};
use crate::db::{Scope, accounts, guarantees, items, jobs};
use crate::domain::act::{ActKind, Corrected, Proposal};
use crate::domain::certificate::{CertificateFace, Occasion, hex, sha256};
use crate::domain::era;
use crate::domain::guarantee::Life;
use crate::domain::money::Yen;
use crate::error::AppError;

pub(super) mod outlook;
mod reading;

pub use crate::db::acts::WaitingRow;
pub use outlook::{BackTo, Outlook, outlook};
pub use reading::{
    CorrectionField, FieldKind, correction_fields, read_cancellation, read_correction,
    read_termination,
};

/// One act, for people.
#[derive(Debug, Clone)]
pub struct Act {
    pub id: Uuid,
    pub proposal: Proposal,
    pub reason: String,
    pub state: ActState,
    pub proposed_by: i64,
    pub proposed_name: String,
    pub proposed_at: OffsetDateTime,
    pub decided_name: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
    /// Why it was dropped.
    pub words: String,
    /// The link it made.
    pub seq: Option<i32>,
    /// What a 訂正 puts right: label, as it was, as it is to be.
    pub changes: Vec<(&'static str, String, String)>,
    /// What it comes to, while it waits.
    pub outlook: Option<Outlook>,
}

impl Act {
    /// Compares a 訂正 with the certificate it corrects.
    pub(super) fn compared(mut self, face: Option<&CertificateFace>) -> Self {
        if let (Proposal::Correction { corrected, .. }, Some(face)) = (&self.proposal, face) {
            self.changes = face.differences(&corrected.put_into(face));
        }
        self
    }
}

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActState {
    Proposed,
    /// The worker is signing.
    Approved,
    Done,
    Dropped,
}

impl ActState {
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "承認待ち",
            Self::Approved => "手続中",
            Self::Done => "完了",
            Self::Dropped => "取りやめ",
        }
    }

    /// Waits for somebody, or for the worker.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Approved)
    }

    fn from_code(code: &str) -> Option<Self> {
        match code {
            "proposed" => Some(Self::Proposed),
            "approved" => Some(Self::Approved),
            "done" => Some(Self::Done),
            "dropped" => Some(Self::Dropped),
            _ => None,
        }
    }
}

impl TryFrom<ActRow> for Act {
    type Error = AppError;

    fn try_from(row: ActRow) -> Result<Self, AppError> {
        Ok(Self {
            proposal: proposal(&row)?,
            state: ActState::from_code(&row.state)
                .ok_or_else(|| AppError::internal("an act in an unknown state"))?,
            id: row.id,
            reason: row.reason,
            proposed_by: row.proposed_by,
            proposed_name: row.proposed_name.unwrap_or_default(),
            proposed_at: row.proposed_at,
            decided_name: row.decided_name,
            decided_at: row.decided_at,
            words: row.words,
            seq: row.seq,
            changes: Vec::new(),
            outlook: None,
        })
    }
}

fn proposal(row: &ActRow) -> Result<Proposal, AppError> {
    let target = || {
        row.target_seq
            .and_then(|seq| u32::try_from(seq).ok())
            .ok_or_else(|| AppError::internal("an act without its version"))
    };
    match ActKind::from_code(&row.kind) {
        Some(ActKind::Correction) => Ok(Proposal::Correction {
            target: target()?,
            corrected: serde_json::from_value(row.detail.clone())?,
        }),
        Some(ActKind::Cancellation) => Ok(Proposal::Cancellation { target: target()? }),
        Some(ActKind::Termination) => {
            let on = row.detail["on"].as_str().unwrap_or_default();
            let on = era::parse_date(on).map_err(|_| AppError::internal("an end without a day"))?;
            Ok(Proposal::Termination { on })
        }
        None => Err(AppError::internal("an act of an unknown kind")),
    }
}

fn detail(proposal: &Proposal) -> Result<Value, AppError> {
    Ok(match proposal {
        Proposal::Correction { corrected, .. } => serde_json::to_value(corrected)?,
        Proposal::Cancellation { .. } => json!({}),
        Proposal::Termination { on } => json!({ "on": on.to_string() }),
    })
}

/// The guarantee as the proposer's page showed it.
#[derive(Debug, Clone, Copy)]
pub struct OnScreen<'a> {
    /// Ten digits with hyphen.
    pub digits: &'a str,
    /// The chain's last link.
    pub last: u32,
}

/// Proposes an act. `id` comes with the form: pressing twice proposes once.
///
/// # Errors
/// `Denied` for other roles than 審査; `NotFound` outside the own branch; `Conflict` with the sentence
/// where the act does not fit, or something else is under way.
pub async fn propose(
    app: &App,
    who: &Officer,
    seen: OnScreen<'_>,
    id: Uuid,
    proposal: &Proposal,
    reason: &str,
) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied(
            "訂正・変更取消・解約を起案できるのは、審査の担当者です。",
        ));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, seen.digits)
        .await?
        .ok_or(AppError::NotFound)?;
    guarantees::lock(&mut tx, row.id).await?;
    if acts::find(&mut tx, id)
        .await?
        .is_some_and(|known| known.guarantee_id == row.id)
    {
        return Ok(());
    }
    let chain = Chain::load(&mut tx, row.id)
        .await?
        .ok_or(AppError::NotFound)?;
    free(&mut tx, &chain).await?;
    let life = chain.life()?;
    if life.last != seen.last {
        return Err(AppError::Conflict(
            "画面を開いたあとで、この保証契約に変更・訂正・取消がありました。いまの内容を確かめてから、もう一度入力してください。".to_owned(),
        ));
    }
    proposal
        .fits(&life)
        .map_err(|barrier| AppError::Conflict(barrier.sentence().to_owned()))?;
    if let Proposal::Correction { target, corrected } = proposal
        && Corrected::of(chain.face(*target)?) == **corrected
    {
        return Err(AppError::Conflict(
            "訂正するところがありません。直す欄を書きかえてから、もう一度押してください。"
                .to_owned(),
        ));
    }
    let target = proposal.target().and_then(|seq| i32::try_from(seq).ok());
    acts::propose(
        &mut tx,
        &NewAct {
            id,
            surety: who.surety,
            contractor: row.contractor_id,
            branch: row.branch_id,
            guarantee: row.id,
            kind: proposal.kind().code(),
            target,
            base: i32::try_from(life.last).map_err(AppError::internal)?,
            detail: &detail(proposal)?,
            reason,
            by: who.account,
            at: now,
        },
    )
    .await?;
    note(
        &mut tx,
        By::Officer(who),
        &chain,
        Happened::ActProposed,
        &format!("{}：{reason}", proposal.kind().label()),
        json!({ "act": id, "target": target }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Nothing else of this guarantee is under way.
async fn free(conn: &mut PgConnection, chain: &Chain) -> Result<(), AppError> {
    let busy = |words: &str| Err(AppError::Conflict(words.to_owned()));
    if acts::is_open(conn, chain.head.id).await? {
        return busy(
            "この保証契約には、まだ終わっていない訂正・変更取消・解約があります。先にそれを承認するか、取りやめてください。",
        );
    }
    if chain.is_under_way() {
        return busy("証書の発行手続中です。終わってから、もう一度押してください。");
    }
    if items::change_under_way(conn, chain.head.id).await? {
        return busy(
            "この保証契約の変更を審査しています。先に変更の申込を発行するか、差し戻してください。",
        );
    }
    Ok(())
}

/// Approves a proposal: by another person than proposed it. The worker signs.
///
/// # Errors
/// `Denied` for other roles and for the proposer; `Conflict` where it no longer fits.
pub async fn approve(app: &App, who: &Officer, digits: &str, id: Uuid) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("承認の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = of(&mut tx, who, digits, id).await?;
    match row.state.as_str() {
        "approved" | "done" => return Ok(()),
        "proposed" => {}
        _ => {
            return Err(AppError::Conflict(
                "この起案は取りやめられています。".to_owned(),
            ));
        }
    }
    if row.proposed_by == who.account {
        return Err(AppError::Denied(
            "起案した人は承認できません。ほかの承認者が承認してください。",
        ));
    }
    if accounts::share_a_mail(&mut tx, who.account, Some(row.proposed_by), None).await? {
        return Err(AppError::Denied(
            "起案した人と同じメールアドレスの職員は承認できません。ほかの承認者が承認してください。",
        ));
    }
    let chain = Chain::load(&mut tx, row.guarantee_id)
        .await?
        .ok_or(AppError::NotFound)?;
    fitting(&chain, &row).map_err(AppError::Conflict)?;
    acts::decide(&mut tx, id, "approved", who.account, "", now).await?;
    let payload = json!({ "act": id });
    jobs::add(
        &mut tx,
        app.chance.id(now),
        who.surety,
        "act",
        &payload,
        now,
    )
    .await?;
    let kind = ActKind::from_code(&row.kind).map_or("", ActKind::label);
    note(
        &mut tx,
        By::Officer(who),
        &chain,
        Happened::ActApproved,
        kind,
        json!({ "act": id }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// An act of this very guarantee, under its lock.
async fn of(
    conn: &mut PgConnection,
    who: &Officer,
    digits: &str,
    id: Uuid,
) -> Result<ActRow, AppError> {
    let guarantee = guarantees::find_of_office(conn, who.surety, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    // What is decided cannot be locked by the Office any more, but has to be told apart from nothing.
    let row = match acts::lock(conn, id).await? {
        Some(row) => Some(row),
        None => acts::find(conn, id).await?,
    };
    row.filter(|row| row.guarantee_id == guarantee.id)
        .ok_or(AppError::NotFound)
}

/// The proposal still fits the chain it was made for.
fn fitting(chain: &Chain, row: &ActRow) -> Result<Proposal, String> {
    let life = chain.life().map_err(|error| error.to_string())?;
    if chain.is_under_way() || i64::from(life.last) != i64::from(row.base_seq) {
        return Err("起案のあとで、この保証契約に変更・訂正・取消がありました。取りやめて、いまの内容で起案し直してください。".to_owned());
    }
    let proposal = proposal(row).map_err(|error| error.to_string())?;
    match proposal.fits(&life) {
        Ok(()) => Ok(proposal),
        Err(barrier) => Err(barrier.sentence().to_owned()),
    }
}

/// Drops a proposal, by whoever proposed it or an approver.
///
/// # Errors
/// `Denied` for others; `Conflict` once it is approved.
pub async fn drop_act(
    app: &App,
    who: &Officer,
    digits: &str,
    id: Uuid,
    words: &str,
) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = of(&mut tx, who, digits, id).await?;
    if row.proposed_by != who.account && !who.role.may_approve() {
        return Err(AppError::Denied(
            "取りやめられるのは、起案した人と承認者です。",
        ));
    }
    match row.state.as_str() {
        "dropped" => return Ok(()),
        "proposed" => {}
        _ => {
            return Err(AppError::Conflict(
                "すでに承認されているため、取りやめられません。".to_owned(),
            ));
        }
    }
    let chain = Chain::load(&mut tx, row.guarantee_id)
        .await?
        .ok_or(AppError::NotFound)?;
    acts::decide(&mut tx, id, "dropped", who.account, words, now).await?;
    let kind = ActKind::from_code(&row.kind).map_or("", ActKind::label);
    note(
        &mut tx,
        By::Officer(who),
        &chain,
        Happened::ActDropped,
        &format!("{kind}：{words}"),
        json!({ "act": id }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// What waits for a decision in the officer's branch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn waiting(app: &App, who: &Officer) -> Result<Vec<WaitingRow>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = acts::waiting(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Runs one approved act: its signed link, all or nothing, once.
///
/// # Errors
/// What passes; the job is tried again.
pub async fn run(app: &App, job: Uuid, id: Uuid) -> Result<Outcome, AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(Outcome::Gone);
    }
    let Some(row) = acts::lock(&mut tx, id).await? else {
        return Ok(Outcome::Hopeless("起案が見つかりません".to_owned()));
    };
    if row.state != "approved" || row.seq.is_some() {
        jobs::finish(&mut tx, job, now).await?;
        tx.commit().await?;
        return Ok(Outcome::Gone);
    }
    let Some(mut chain) = Chain::lock(&mut tx, row.guarantee_id).await? else {
        return Ok(Outcome::Hopeless("保証契約が見つかりません".to_owned()));
    };
    let proposal = match fitting(&chain, &row) {
        Ok(proposal) => proposal,
        Err(words) => return Ok(Outcome::Hopeless(words)),
    };
    let life = chain.life()?;
    let mut face = match proposal.face(&life, |seq| chain.face(seq).ok()) {
        Ok(face) => face,
        Err(barrier) => return Ok(Outcome::Hopeless(barrier.sentence().to_owned())),
    };
    face.dated = era::tokyo_date(now);
    face.approved_sha256 = hex(&sha256(&serde_json::to_vec(&row.detail)?));
    let amount = face.amount;
    let seq = chain::append(app, &mut tx, &mut chain, face, Origin::Act(id), now).await?;
    acts::linked(&mut tx, id, seq).await?;
    post(&mut tx, &chain, &proposal, (&life, amount), seq, now).await?;
    if chain.head.form == crate::domain::product::CertificateForm::Paper.code() {
        took_effect(app, &mut tx, &chain, id, seq, now).await?;
    }
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// What an act costs or gives back: what was charged in all stays the fee of the amount in force; an end
/// gives back what the table says.
async fn post(
    conn: &mut PgConnection,
    chain: &Chain,
    proposal: &Proposal,
    (life, new): (&Life, Yen),
    seq: i32,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let guarantee = chain.head.id;
    match proposal {
        // An earlier version says what was; only the one in force is paid for.
        Proposal::Correction { target, .. } if *target == life.in_force => {
            let old = chain.face(*target)?.amount;
            fees::post_difference(conn, guarantee, old, new, seq, now).await?;
        }
        Proposal::Correction { .. } => {}
        Proposal::Cancellation { target } => {
            let place = i32::try_from(*target).map_err(AppError::internal)?;
            fees::post_cancellation(conn, guarantee, place, new, now).await?;
        }
        Proposal::Termination { on } => {
            fees::post_termination(conn, guarantee, *on, now).await?;
        }
    }
    Ok(())
}

/// The link counts: on paper with T1, electronically with its arrival at D-Sure.
pub(super) async fn took_effect(
    app: &App,
    conn: &mut PgConnection,
    chain: &Chain,
    id: Uuid,
    seq: i32,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    acts::finish(conn, id, "done", "").await?;
    let face = chain.face(u32::try_from(seq).map_err(AppError::internal)?)?;
    let (what, told) = match face.occasion {
        Occasion::Cancellation { .. } => (Happened::ChangeCancelled, true),
        Occasion::Termination { .. } => (Happened::Terminated, true),
        _ => (Happened::Corrected, false),
    };
    let words = match &face.occasion {
        Occasion::Termination { on } => era::plain(*on),
        occasion => occasion.label(),
    };
    note(
        conn,
        By::Worker,
        chain,
        what,
        &words,
        json!({ "seq": seq }),
        now,
    )
    .await?;
    if told {
        let payload = json!({ "guarantee": chain.head.id, "seq": seq });
        let job = app.chance.id(now);
        jobs::add(conn, job, chain.head.surety_id, "mail_ended", &payload, now).await?;
    }
    Ok(())
}

/// An act that cannot be done any more: dropped, with the reason.
///
/// # Errors
/// When the database cannot be reached; the next look at the queue tries again.
pub async fn give_up(app: &App, job: Uuid, id: Uuid, reason: &str) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(());
    }
    if let Some(row) = acts::lock(&mut tx, id).await? {
        acts::finish(&mut tx, id, "dropped", reason).await?;
        if let Some(chain) = Chain::load(&mut tx, row.guarantee_id).await? {
            let detail = json!({ "act": id });
            note(
                &mut tx,
                By::Worker,
                &chain,
                Happened::ActDropped,
                reason,
                detail,
                now,
            )
            .await?;
        }
    }
    jobs::bury(&mut tx, job, now, reason).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    conn: &mut PgConnection,
    by: By<'_>,
    chain: &Chain,
    what: Happened,
    words: &str,
    detail: Value,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    history::record(conn, by, &chain.about(), what, words, detail, now).await
}
