//! T2: the signed certificate and the key's verifier arrive at D-Sure. The arrival is
//! 電子保証発行日時; only now is the item 発行済, and only now may a mail go out.

use serde_json::json;
use uuid::Uuid;

use super::history::{self, About, By, Happened};
use super::issuance::Outcome;
use crate::app::App;
use crate::db::issuing::{self, KeyRow};
use crate::db::{Scope, jobs};
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::vault::sealer::{self, Sealed};

/// Runs one deposit job.
///
/// # Errors
/// What passes; the job is tried again.
pub async fn deposit(app: &App, job: Uuid, guarantee: i64, seq: i32) -> Result<Outcome, AppError> {
    // The verifier costs a tenth of a core-second: before the transaction.
    let mut read = app.db.begin(&Scope::Worker).await?;
    let key = issuing::key_of(&mut read, guarantee).await?;
    read.commit().await?;
    let Some(key) = key else {
        return Ok(Outcome::Hopeless("認証キーが保管されていません".to_owned()));
    };
    let verifier = verifier(app, guarantee, &key).await?;

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
        issuing::lock_application(&mut tx, from.item_id).await?;
        issuing::deposit(&mut tx, &from, key.key_version, &verifier, now).await?;
        issuing::set_issued(&mut tx, from.item_id).await?;
        let about = About {
            surety: from.surety_id,
            contractor: from.contractor_id,
            branch: Some(from.branch_id),
            application: Some(from.application_id),
            product: Product::from_code(&from.product),
            guarantee: Some(guarantee),
        };
        let detail = json!({ "number": format!("{}{}", from.number, from.suffix), "seq": seq });
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
        if from.notify {
            let payload = json!({ "guarantee": guarantee, "seq": seq });
            jobs::add(
                &mut tx,
                app.chance.id(now),
                from.surety_id,
                "mail_issued",
                &payload,
                now,
            )
            .await?;
        }
    }
    jobs::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
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
