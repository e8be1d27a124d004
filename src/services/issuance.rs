//! T1: from an order to a numbered, signed certificate with its sealed key — all or nothing, once.
//!
//! The office only orders; the worker runs this. Pressing twice, two people at once or a crash at
//! any message leaves one certificate: the item's row lock and its state decide (decisions.md).

use serde_json::json;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::chain::{self, Chain, Origin};
use super::fees;
use super::history::{self, About, By, Happened};
use crate::app::App;
use crate::db::issuing::{self, Draftable, NewGuarantee, SealedKey};
use crate::db::{Scope, Tx, jobs};
use crate::domain::certificate::{
    self, CertificateFace, HandlingBranch, Issuer, Occasion, Principal, hex, sha256,
};
use crate::domain::key::AuthenticationKey;
use crate::domain::number::ContractNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{era, text};
use crate::error::AppError;
use crate::vault::sealer;

const NOTE_CHANGE: &str = "保証契約を変更する場合は、表題の下に変更ー　の表示と変更の発生番号を付記し、変更後の契約内容を表示します。";
const NOTE_PRICE: &str = "請負金額のみの変更の場合は、この保証契約の効力に影響を及ぼさないので、保証契約変更の手続きをとる必要はありません。";

/// Why an issue stops at the comparison with the approval.
pub(super) const OTHER_THAN_APPROVED: &str = "承認した内容と、いま証書に印刷される内容が違います。承認を取り消して、もう一度承認してください。";

/// Why a change stops where the guarantee has moved on since it was applied for.
pub(super) const OTHER_VERSION: &str = "申込のあとで、この保証契約に変更・訂正・取消がありました。申込を差し戻し、いまの内容から作り直していただいてください。";

/// What came of running an issue job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Another worker has it, or it was done before.
    Gone,
    /// It will never succeed; the reason is for people.
    Hopeless(String),
}

/// The certificate an item would bear, with the number and dates of T1; a change gets its place from
/// the chain.
pub(super) fn face_of(
    draft: &Draftable,
    number: &str,
    dated: Date,
    occasion: Occasion,
    approved_sha256: String,
) -> Result<CertificateFace, AppError> {
    let product = Product::from_code(&draft.product)
        .ok_or_else(|| AppError::internal(format!("unknown product {}", draft.product)))?;
    let form = CertificateForm::from_code(&draft.form)
        .ok_or_else(|| AppError::internal(format!("unknown form {}", draft.form)))?;
    let content = &draft.content.0;
    let terms = content
        .terms(product)
        .ok_or_else(|| AppError::internal("the item's product is not in the contents"))?;
    let works = &content.works;
    let advance = product.is_advance();
    Ok(CertificateFace {
        schema: certificate::SCHEMA.to_owned(),
        number: number.to_owned(),
        // A change is approved upon the version it was built on.
        seq: draft
            .base_seq
            .and_then(|seq| u32::try_from(seq).ok())
            .unwrap_or(1),
        occasion,
        corrects: None,
        product,
        form,
        dated,
        principal: Principal {
            address: draft.contractor_address.clone(),
            name: draft.contractor_name.clone(),
            representative: draft.representative.clone(),
            jv_name: works.jv.as_ref().map(|jv| jv.name.clone()),
            jv_representative: works.jv.as_ref().map(|jv| jv.representative.clone()),
        },
        obligee: works.obligee_name.clone(),
        amount: terms.amount,
        until: content.until(product, era::tokyo_date(draft.first_sent_at)),
        works_name: works.works_name.clone(),
        price: works.price,
        period_from: works.period_from,
        period_to: works.period_to,
        contract_date: works.contract_date,
        bank: content.bank(product).map(str::to_owned),
        vow: if advance {
            draft.vow_prepayment.clone()
        } else {
            draft.vow_contract.clone()
        },
        issuer: Issuer {
            name: draft.surety_name.clone(),
            address: draft.surety_address.clone(),
            president_title: draft.president_title.clone(),
            president_name: draft.president_name.clone(),
        },
        branch: HandlingBranch {
            name: draft.branch_name.clone(),
            tel: draft.branch_tel.clone(),
            fax: draft.branch_fax.clone(),
        },
        notes: if advance {
            vec![NOTE_CHANGE.to_owned(), NOTE_PRICE.to_owned()]
        } else {
            vec![NOTE_CHANGE.to_owned()]
        },
        approved_sha256,
        previous_sha256: None,
    })
}

/// What an approval binds: everything printed, without number and the dates of T1 and T2.
pub(super) fn approved_hash(draft: &Draftable) -> Result<[u8; 32], AppError> {
    // Which number the change gets, the chain says.
    let occasion = match draft.base_seq {
        Some(_) => Occasion::Change { number: 0 },
        None => Occasion::New,
    };
    let face = face_of(draft, "", date!(1970 - 01 - 01), occasion, String::new())?;
    Ok(sha256(&face.to_bytes()?))
}

/// Runs one issue job: number, certificate, signature, key, history, deposit job, in one transaction.
///
/// # Errors
/// What passes (a lost connection, a busy database): the job is tried again.
pub async fn issue(app: &App, job: Uuid, item: Uuid) -> Result<Outcome, AppError> {
    let now = app.clock.now();
    let key = AuthenticationKey::draw(&mut app.chance.rng());
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(Outcome::Gone);
    }
    issuing::lock_application(&mut tx, item).await?;
    let Some(draft) = issuing::lock(&mut tx, item).await? else {
        return Ok(Outcome::Hopeless("申込が見つかりません".to_owned()));
    };
    if draft.state != "ordered" {
        jobs::finish(&mut tx, job, now).await?;
        tx.commit().await?;
        return Ok(Outcome::Gone);
    }
    if draft.approved_sha256.as_deref() != Some(&approved_hash(&draft)?) {
        return Ok(Outcome::Hopeless(OTHER_THAN_APPROVED.to_owned()));
    }
    let approved = draft
        .approved_sha256
        .as_deref()
        .map(hex)
        .unwrap_or_default();
    if let (Some(guarantee), Some(base)) = (draft.guarantee_id, draft.base_seq) {
        return change(app, tx, &draft, (guarantee, base), approved, (job, now)).await;
    }
    let Some((block, serial)) = issuing::next_number(&mut tx, draft.branch_id).await? else {
        return Ok(Outcome::Hopeless(format!(
            "{}に割り当てた番号ブロックに空きがありません。管理者が番号ブロックを加えてください。",
            draft.branch_name
        )));
    };
    let number = number_of(&block, serial, &draft.suffix)?;
    let dated = era::tokyo_date(now);
    let face = face_of(&draft, &number.to_string(), dated, Occasion::New, approved)?;
    let bytes = face.to_bytes()?;
    let signature = app.vault.signer()?.sign(number.suffix(), &bytes)?;
    let electronic = face.form == CertificateForm::Electronic;
    let digits = number.digits();
    let guarantee = issuing::insert(
        &mut tx,
        &NewGuarantee {
            item: &draft,
            number: &digits,
            until: face.until,
            works_search: &text::search_key(&face.works_name),
            issued_on: dated,
            issued_at: (!electronic).then_some(now),
            face: &bytes,
            signature: &signature.sig,
            key_id: &signature.key_id,
            public_key: &signature.public_key,
            sha256: &sha256(&bytes),
            signed_at: now,
        },
    )
    .await?;
    fees::post_charge(&mut tx, guarantee, now).await?;
    let about = About {
        surety: draft.surety_id,
        contractor: draft.contractor_id,
        branch: Some(draft.branch_id),
        application: Some(draft.application_id),
        product: Some(face.product),
        guarantee: Some(guarantee),
    };
    issuing::set_guarantee(&mut tx, item, guarantee).await?;
    let detail = json!({ "number": face.number, "seq": 1 });
    history::record(
        &mut tx,
        By::Worker,
        &about,
        Happened::CertificateSigned,
        "",
        detail.clone(),
        now,
    )
    .await?;
    if electronic {
        let owner = KeyOwner {
            guarantee,
            surety: draft.surety_id,
            contractor: draft.contractor_id,
            version: 1,
        };
        keep_key(app, &mut tx, owner, &key, now).await?;
        let payload = json!({ "guarantee": guarantee, "seq": 1 });
        jobs::add(
            &mut tx,
            app.chance.id(now),
            draft.surety_id,
            "deposit",
            &payload,
            now,
        )
        .await?;
    } else {
        issuing::set_issued(&mut tx, item).await?;
        history::record(
            &mut tx,
            By::Worker,
            &about,
            Happened::Issued,
            "",
            detail,
            now,
        )
        .await?;
    }
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// T1 of a change: the next link of the guarantee's chain, under the same number and the same key.
async fn change(
    app: &App,
    mut tx: Tx,
    draft: &Draftable,
    (guarantee, base): (i64, i32),
    approved: String,
    (job, now): (Uuid, OffsetDateTime),
) -> Result<Outcome, AppError> {
    let Some(mut chain) = Chain::lock(&mut tx, guarantee).await? else {
        return Ok(Outcome::Hopeless("保証契約が見つかりません".to_owned()));
    };
    if chain.is_under_way() {
        return Err(AppError::internal("an earlier link is still under way"));
    }
    let life = chain.life()?;
    let today = era::tokyo_date(now);
    if let Err(barrier) = life.changeable(today, chain.head.until) {
        return Ok(Outcome::Hopeless(barrier.sentence().to_owned()));
    }
    if i64::from(life.in_force) != i64::from(base) {
        return Ok(Outcome::Hopeless(OTHER_VERSION.to_owned()));
    }
    let occasion = Occasion::Change {
        number: life.next_change(),
    };
    let number = chain.number();
    let face = face_of(draft, &number, today, occasion.clone(), approved)?;
    let origin = Origin::Item(draft.item_id);
    let (old, new) = (chain.face(life.in_force)?.amount, face.amount);
    let seq = chain::append(app, &mut tx, &mut chain, face, origin, now).await?;
    fees::post_difference(&mut tx, guarantee, old, new, seq, now).await?;
    let about = About {
        application: Some(draft.application_id),
        ..chain.about()
    };
    let detail = json!({ "number": number, "seq": seq });
    let words = occasion.label();
    let signed = Happened::CertificateSigned;
    history::record(
        &mut tx,
        By::Worker,
        &about,
        signed,
        &words,
        detail.clone(),
        now,
    )
    .await?;
    if draft.form == CertificateForm::Paper.code() {
        issuing::set_issued(&mut tx, draft.item_id).await?;
        let issued = Happened::Issued;
        history::record(&mut tx, By::Worker, &about, issued, &words, detail, now).await?;
    }
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Whose key it is, and which.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyOwner {
    pub guarantee: i64,
    pub surety: i64,
    pub contractor: i64,
    /// From 1; each renewal takes the next.
    pub version: i32,
}

/// Seals a key for showing it to its contractor again.
pub(super) async fn keep_key(
    app: &App,
    conn: &mut sqlx::PgConnection,
    owner: KeyOwner,
    key: &AuthenticationKey,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let sealed = app.vault.sealer()?.seal(
        &mut app.chance.rng(),
        &sealer::key_context(owner.guarantee, owner.version),
        key.expose().as_bytes(),
    )?;
    issuing::add_key(
        conn,
        &SealedKey {
            guarantee: owner.guarantee,
            version: owner.version,
            surety: owner.surety,
            contractor: owner.contractor,
            kek_id: &sealed.kek_id,
            nonce: &sealed.nonce,
            ciphertext: &sealed.ciphertext,
            at: now,
        },
    )
    .await?;
    Ok(())
}

fn number_of(block: &str, serial: i32, suffix: &str) -> Result<ContractNumber, AppError> {
    let letter = suffix.chars().next().unwrap_or('?');
    u32::try_from(serial)
        .ok()
        .and_then(|serial| ContractNumber::new(block, serial, letter))
        .ok_or_else(|| AppError::internal(format!("no number from block {block} and {serial}")))
}

/// A buried order: the item goes back to 承認済 with the reason; no number was burnt.
///
/// # Errors
/// When the database cannot be reached; the next look at the queue tries again.
pub async fn give_up(app: &App, job: Uuid, item: Uuid, reason: &str) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(());
    }
    issuing::lock_application(&mut tx, item).await?;
    if let Some(draft) = issuing::lock(&mut tx, item).await? {
        crate::db::items::unorder(&mut tx, item, reason).await?;
        let about = About {
            surety: draft.surety_id,
            contractor: draft.contractor_id,
            branch: Some(draft.branch_id),
            application: Some(draft.application_id),
            product: Product::from_code(&draft.product),
            guarantee: None,
        };
        history::record(
            &mut tx,
            By::Worker,
            &about,
            Happened::OrderFailed,
            reason,
            json!({}),
            now,
        )
        .await?;
    }
    jobs::bury(&mut tx, job, now, reason).await?;
    tx.commit().await?;
    Ok(())
}
