//! What the branch does with an application: take up, return, pass on, approve, decline, order.
//!
//! Four eyes: who examined cannot approve (here and as a database constraint); an approval is bound
//! to the hash of what it approved; issue waits for the fee (decisions.md).

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Officer;
use super::grounds::Seen;
use super::history::{self, About, By, Happened};
use crate::app::App;
use crate::db::{accounts, applications, issuing, items, jobs};
use crate::domain::application::{Act, Stage};
use crate::domain::certificate::hex;
use crate::domain::product::Product;
use crate::domain::rules::Outcome;
use crate::error::AppError;

mod fees;
mod locked;
pub(super) mod orders;

pub use fees::confirm_payment;
use locked::Locked;
pub use orders::order;

/// 審査を開始する. Twice by the same person is once.
///
/// # Errors
/// `Denied` for roles that do not examine; `Conflict` where another person was faster.
pub async fn take_up(app: &App, who: &Officer, seen: &Seen) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("審査の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    if locked.stage() == Stage::UnderExamination && locked.case.examiner_id == Some(who.account) {
        return Ok(());
    }
    if locked.stage() != Stage::Submitted {
        return Err(AppError::Conflict(
            "この申込は新着ではありません。ほかの人が審査を始めたか、取り下げられました。"
                .to_owned(),
        ));
    }
    locked.as_seen(seen)?;
    let id = seen.id;
    applications::take_up(&mut tx, id, who.account, now).await?;
    items::move_all(&mut tx, id, &["submitted"], "under_examination").await?;
    record(
        &mut tx,
        who,
        &locked.about(None),
        Happened::TakenUp,
        "",
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 差戻す, with words for the contractor. An approver may return too.
///
/// # Errors
/// `Conflict` once a product is ordered or issued, or when it is not under examination.
pub async fn return_with(
    app: &App,
    who: &Officer,
    seen: &Seen,
    words: &str,
) -> Result<(), AppError> {
    if !(who.role.may_examine() || who.role.may_approve()) {
        return Err(AppError::Denied("差戻しの権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    if locked.stage() != Stage::UnderExamination {
        return Err(AppError::Conflict(
            "審査中の申込だけを差し戻せます。".to_owned(),
        ));
    }
    let items = &locked.grounds.items;
    let stuck = items
        .iter()
        .any(|item| item.state.after(Act::Return).is_none() && !item.state.is_final());
    let issued = items.iter().any(|item| item.number.is_some());
    if stuck || issued {
        return Err(AppError::Conflict(
            "発行を指図した保証があるため、差し戻せません。".to_owned(),
        ));
    }
    locked.as_seen(seen)?;
    let id = seen.id;
    applications::return_with(&mut tx, id, words).await?;
    let from = ["under_examination", "awaiting_approval", "approved"];
    items::move_all(&mut tx, id, &from, "returned").await?;
    record(
        &mut tx,
        who,
        &locked.about(None),
        Happened::Returned,
        words,
        now,
    )
    .await?;
    let payload = json!({ "application": id });
    jobs::add(
        &mut tx,
        app.chance.id(now),
        who.surety,
        "mail_returned",
        &payload,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 承認に回す, with a memo to whoever approves (may be empty; the contractor never sees it). Of
/// several products either each is passed on or none.
///
/// # Errors
/// `Denied` for roles that do not examine; `Conflict` where the state does not fit, or the contents
/// are not those that were seen.
pub async fn pass_on(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
    memo: &str,
) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("審査の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let ready = locked.ready(products, Act::PassOn)?;
    locked.as_seen(seen)?;
    for item in ready {
        items::pass_on(&mut tx, item.id, who.account).await?;
        let about = locked.about(Some(item.product));
        record(&mut tx, who, &about, Happened::PassedOn, memo, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// 承認する: by another person than the one who examined, bound to the hash of the content that was
/// on the approver's screen. Of several products either each is approved or none.
///
/// # Errors
/// `Denied` for roles that do not approve, and for the examiner; `Conflict` where the state does not
/// fit, a rule refuses, or the contents are not those that were seen.
pub async fn approve(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
) -> Result<(), AppError> {
    approve_overruling(app, who, seen, products, "").await
}

/// The same, and what only the branch may decide is decided with a reason: it stands in the history
/// of each product whose rules are overruled.
///
/// # Errors
/// As [`approve`]; `Conflict` too where a rule has to be overruled and no reason is given.
pub async fn approve_overruling(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
    reason: &str,
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("承認の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let ready = locked.ready(products, Act::Approve)?;
    let examined = |by: &Option<(i64, String)>| by.as_ref().map(|(id, _)| *id);
    if locked.case.examiner_id == Some(who.account)
        || ready
            .iter()
            .any(|item| examined(&item.examined_by) == Some(who.account))
    {
        return Err(AppError::Denied(
            "審査した人は承認できません。ほかの承認者が承認してください。",
        ));
    }
    for item in &ready {
        let (by, examiner) = (examined(&item.examined_by), locked.case.examiner_id);
        if accounts::share_a_mail(&mut tx, who.account, by, examiner).await? {
            return Err(AppError::Denied(
                "審査した人と同じメールアドレスの職員は承認できません。ほかの承認者が承認してください。",
            ));
        }
    }
    locked.as_seen(seen)?;
    for item in &ready {
        let refusals = locked.grounds.refusals(item.product);
        if !refusals.is_empty() {
            return Err(AppError::Conflict(format!(
                "{}は、きまりの確認で拒まれているため承認できません。{}",
                item.product.label(),
                refusals.join("")
            )));
        }
        let judged = locked.grounds.overrulable(item.product);
        if !judged.is_empty() && reason.is_empty() {
            return Err(AppError::Conflict(format!(
                "{}には、支店の判断が要るきまりがあります。承認するときは、判断の理由を入力してください。{}",
                item.product.label(),
                judged.join("")
            )));
        }
    }
    for item in ready {
        let rules: Vec<_> = locked
            .grounds
            .broken(item.product, Outcome::Overrulable)
            .map(|finding| json!({ "rule": finding.rule.code(), "sentence": finding.sentence }))
            .collect();
        if !rules.is_empty() {
            history::record(
                &mut tx,
                By::Officer(who),
                &locked.about(Some(item.product)),
                Happened::RuleOverruled,
                reason,
                json!({ "rules": rules }),
                now,
            )
            .await?;
        }
        let hash = locked
            .grounds
            .binding(item.product)
            .ok_or(AppError::NotFound)?;
        items::approve(&mut tx, item.id, who.account, hash, now).await?;
        history::record(
            &mut tx,
            By::Officer(who),
            &locked.about(Some(item.product)),
            Happened::Approved,
            "",
            json!({ "sha256": hex(hash) }),
            now,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The approval taken back, until the order. Of several products either each or none.
///
/// # Errors
/// `Denied` for roles that do not approve; `Conflict` after the order, or where the contents are not
/// those that were seen.
pub async fn take_back(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("承認の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let ready = locked.ready(products, Act::TakeBack)?;
    locked.as_seen(seen)?;
    for item in ready {
        items::take_back(&mut tx, item.id).await?;
        let about = locked.about(Some(item.product));
        record(&mut tx, who, &about, Happened::ApprovalTakenBack, "", now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// 謝絶する, with the reason. Only an approver declines. Of several products either each or none.
///
/// # Errors
/// `Denied` for other roles; `Conflict` where the state does not fit, or the contents are not those
/// that were seen.
pub async fn decline(
    app: &App,
    who: &Officer,
    seen: &Seen,
    products: &[Product],
    reason: &str,
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("謝絶できるのは承認者だけです。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let ready = locked.ready(products, Act::Decline)?;
    locked.as_seen(seen)?;
    for item in ready {
        items::decline(&mut tx, item.id, reason).await?;
        let about = locked.about(Some(item.product));
        record(&mut tx, who, &about, Happened::Declined, reason, now).await?;
    }
    issuing::close_when_done(&mut tx, seen.id).await?;
    tx.commit().await?;
    Ok(())
}

/// 弊社からお客様へのお知らせ. `form_id` makes a double post one message.
///
/// # Errors
/// `Denied` for administrators; `NotFound` outside the own branch; `Conflict` where the contents are
/// not those that were seen, or this form has sent other words before (Back button).
pub async fn tell_contractor(
    app: &App,
    who: &Officer,
    seen: &Seen,
    form_id: Uuid,
    words: &str,
) -> Result<(), AppError> {
    if who.role.may_administer() {
        return Err(AppError::Denied("お知らせを書く権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let about = locked.about(None);
    if history::message(&mut tx, who, &about, form_id, words, now).await? {
        locked.as_seen(seen)?;
        tx.commit().await?;
        return Ok(());
    }
    if history::is_message(&mut tx, &about, form_id, words).await? {
        return Ok(());
    }
    Err(AppError::Conflict(
        "この画面からは、別のお知らせをすでに出しています。いま入力された言葉は、まだ出していません。もう一つ出すときは、もう一度「お知らせを出す」を押してください。".to_owned(),
    ))
}

async fn record(
    conn: &mut PgConnection,
    who: &Officer,
    about: &About,
    what: Happened,
    words: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    history::record(conn, By::Officer(who), about, what, words, json!({}), now).await
}
