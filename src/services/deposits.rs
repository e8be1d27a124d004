//! T2: the signed certificate and the key's verifier arrive at D-Sure. The arrival is
//! 電子保証発行日時; only now is the item 発行済, and only now may a mail go out.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::acts;
use super::chain::{self, Chain};
use super::history::{self, About, By, Happened};
use super::issuance::Outcome;
use crate::app::App;
use crate::db::issuing::{self, Depositable, KeyRow};
use crate::db::{Scope, jobs};
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::vault::sealer::{self, Sealed};

/// Runs one deposit job.
///
/// # Errors
/// What passes; the job is tried again.
pub async fn deposit(app: &App, job: Uuid, guarantee: i64, seq: i32) -> Result<Outcome, AppError> {
    let mut read = app.db.begin(&Scope::Worker).await?;
    let key = issuing::key_of(&mut read, guarantee).await?;
    read.commit().await?;
    let Some(key) = key else {
        return Ok(Outcome::Hopeless("認証キーが保管されていません".to_owned()));
    };
    // The verifier costs a tenth of a core-second: before the transaction, and for the first link only.
    let verifier = match seq {
        1 => Some(verifier(app, guarantee, &key).await?),
        _ => None,
    };

    let now = app.clock.now();
    let mut tx = app.db.begin(&Scope::Worker).await?;
    if !jobs::take(&mut tx, job, now).await? {
        return Ok(Outcome::Gone);
    }
    let Some(from) = issuing::depositable(&mut tx, guarantee, seq).await? else {
        return Ok(Outcome::Hopeless("証書が見つかりません".to_owned()));
    };
    if from.form != CertificateForm::Electronic.code() {
        return Ok(Outcome::Hopeless(
            "証書（紙）は保証確認サービスに掲載しません".to_owned(),
        ));
    }
    if !from.arrived {
        if let Some(item) = from.item_id {
            issuing::lock_application(&mut tx, item).await?;
        }
        let chain = match seq {
            1 => None,
            _ => Chain::lock(&mut tx, guarantee).await?,
        };
        issuing::deposit(&mut tx, &from, key.key_version, verifier.as_deref(), now).await?;
        let mut words = String::new();
        if let Some(mut chain) = chain {
            words = arrived(&mut chain, seq, now)?;
            chain::settle(&mut tx, &chain).await?;
            if let Some(act) = from.act_id {
                acts::took_effect(app, &mut tx, &chain, act, seq, now).await?;
            }
        }
        if let Some(item) = from.item_id {
            issuing::set_issued(&mut tx, item).await?;
            issued(app, &mut tx, &from, &words, now).await?;
        }
    }
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// The link counts from now on; what it is called.
fn arrived(chain: &mut Chain, seq: i32, now: OffsetDateTime) -> Result<String, AppError> {
    let mut links = chain.links.iter_mut();
    let link = links
        .find(|link| i64::from(link.face.seq) == i64::from(seq))
        .ok_or_else(|| AppError::internal("a deposit without its link"))?;
    link.arrived_at = Some(now);
    Ok(link.face.occasion.label())
}

/// 発行済: history, and the mail where it was asked for.
async fn issued(
    app: &App,
    conn: &mut PgConnection,
    from: &Depositable,
    words: &str,
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let about = About {
        surety: from.surety_id,
        contractor: from.contractor_id,
        branch: Some(from.branch_id),
        application: Some(from.application_id),
        product: Product::from_code(&from.product),
        guarantee: Some(from.guarantee_id),
    };
    let detail = json!({ "number": format!("{}{}", from.number, from.suffix), "seq": from.seq });
    history::record(
        conn,
        By::Worker,
        &about,
        Happened::Issued,
        words,
        detail,
        now,
    )
    .await?;
    if from.notify {
        let payload = json!({ "guarantee": from.guarantee_id, "seq": from.seq });
        let job = app.chance.id(now);
        jobs::add(conn, job, from.surety_id, "mail_issued", &payload, now).await?;
    }
    Ok(())
}

async fn verifier(app: &App, guarantee: i64, key: &KeyRow) -> Result<String, AppError> {
    let sealed = Sealed::from_columns(key.kek_id.clone(), &key.nonce, key.ciphertext.clone())?;
    let context = sealer::key_context(guarantee, key.key_version);
    let plain = app.vault.sealer()?.open(&sealed, &context)?;
    let secret = std::str::from_utf8(&plain).map_err(AppError::internal)?;
    Ok(app
        .vault
        .hashing()
        .hash_key(secret, app.chance.bytes())
        .await?)
}
