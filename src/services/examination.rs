//! What the branch does with an application: take up, return, pass on, approve, decline, order.
//!
//! Four eyes: who examined cannot approve (here and as a database constraint); an approval is bound
//! to the hash of what it approved; issue waits for the fee (decisions.md).

use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::Officer;
use super::applications::Item;
use super::history::{self, About, By, Happened};
use super::issuance;
use crate::app::App;
use crate::db::applications::{self, CaseRow};
use crate::db::items::{self, NewPayment};
use crate::db::{accounts, issuing, jobs, sureties};
use crate::domain::application::{Act, Stage};
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::{era, rules};
use crate::error::AppError;

/// An application under its lock, with its items.
struct Locked {
    case: CaseRow,
    items: Vec<Item>,
}

impl Locked {
    async fn load(conn: &mut PgConnection, who: &Officer, id: Uuid) -> Result<Self, AppError> {
        let case = applications::lock_case(conn, who.surety, id)
            .await?
            .ok_or(AppError::NotFound)?;
        let lump_sum = sureties::contractor(conn, who.surety, case.contractor_id)
            .await?
            .lump_sum;
        let items = items::lock_of_application(conn, id)
            .await?
            .into_iter()
            .map(|row| Item::from_row(row, lump_sum))
            .collect::<Result<_, _>>()?;
        Ok(Self { case, items })
    }

    fn about(&self, product: Option<Product>) -> About {
        About {
            surety: self.case.surety_id,
            contractor: self.case.contractor_id,
            branch: Some(self.case.branch_id),
            application: Some(self.case.id),
            product,
            guarantee: None,
        }
    }

    fn item(&self, product: Product) -> Result<&Item, AppError> {
        self.items
            .iter()
            .find(|item| item.product == product)
            .ok_or(AppError::NotFound)
    }

    /// The item, where the act fits its state; otherwise somebody was faster.
    fn ready(&self, product: Product, act: Act) -> Result<&Item, AppError> {
        let item = self.item(product)?;
        if item.state.after(act).is_some() {
            Ok(item)
        } else {
            Err(AppError::Conflict(format!(
                "{}はいま「{}」です。ほかの人が先に処理したようです。画面を確かめてください。",
                product.label(),
                item.state.staff_word()
            )))
        }
    }

    fn stage(&self) -> Stage {
        Stage::from_code(&self.case.stage).unwrap_or(Stage::Closed)
    }
}

/// 審査を開始する. Twice by the same person is once.
///
/// # Errors
/// `Denied` for roles that do not examine; `Conflict` where another person was faster.
pub async fn take_up(app: &App, who: &Officer, id: Uuid) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("審査の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    if locked.stage() == Stage::UnderExamination && locked.case.examiner_id == Some(who.account) {
        return Ok(());
    }
    if locked.stage() != Stage::Submitted {
        return Err(AppError::Conflict(
            "この申込は新着ではありません。ほかの人が審査を始めたか、取り下げられました。"
                .to_owned(),
        ));
    }
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
pub async fn return_with(app: &App, who: &Officer, id: Uuid, words: &str) -> Result<(), AppError> {
    if !(who.role.may_examine() || who.role.may_approve()) {
        return Err(AppError::Denied("差戻しの権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    if locked.stage() != Stage::UnderExamination {
        return Err(AppError::Conflict(
            "審査中の申込だけを差し戻せます。".to_owned(),
        ));
    }
    let stuck = locked
        .items
        .iter()
        .any(|item| item.state.after(Act::Return).is_none() && !item.state.is_final());
    let issued = locked.items.iter().any(|item| item.number.is_some());
    if stuck || issued {
        return Err(AppError::Conflict(
            "発行を指図した保証があるため、差し戻せません。".to_owned(),
        ));
    }
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

/// 承認に回す
///
/// # Errors
/// `Denied` for roles that do not examine; `Conflict` where the state does not fit.
pub async fn pass_on(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("審査の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.ready(product, Act::PassOn)?;
    items::pass_on(&mut tx, item.id, who.account).await?;
    record(
        &mut tx,
        who,
        &locked.about(Some(product)),
        Happened::PassedOn,
        "",
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 承認する: by another person than the one who examined, bound to the content's hash.
///
/// # Errors
/// `Denied` for roles that do not approve, and for the examiner; `Conflict` where the state does not fit.
pub async fn approve(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("承認の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.ready(product, Act::Approve)?;
    let examined = item.examined_by.as_ref().map(|(id, _)| *id);
    if examined == Some(who.account) || locked.case.examiner_id == Some(who.account) {
        return Err(AppError::Denied(
            "審査した人は承認できません。ほかの承認者が承認してください。",
        ));
    }
    if accounts::share_a_mail(&mut tx, who.account, examined, locked.case.examiner_id).await? {
        return Err(AppError::Denied(
            "審査した人と同じメールアドレスの職員は承認できません。ほかの承認者が承認してください。",
        ));
    }
    let draft = issuing::read(&mut tx, item.id)
        .await?
        .ok_or(AppError::NotFound)?;
    let hash = issuance::approved_hash(&draft)?;
    items::approve(&mut tx, item.id, who.account, &hash, now).await?;
    record(
        &mut tx,
        who,
        &locked.about(Some(product)),
        Happened::Approved,
        "",
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The approval taken back, until the order.
///
/// # Errors
/// `Denied` for roles that do not approve; `Conflict` after the order.
pub async fn take_back(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("承認の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.ready(product, Act::TakeBack)?;
    items::take_back(&mut tx, item.id).await?;
    record(
        &mut tx,
        who,
        &locked.about(Some(product)),
        Happened::ApprovalTakenBack,
        "",
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 謝絶する, with the reason. Only an approver declines.
///
/// # Errors
/// `Denied` for other roles; `Conflict` where the state does not fit.
pub async fn decline(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
    reason: &str,
) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("謝絶できるのは承認者だけです。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.ready(product, Act::Decline)?;
    items::decline(&mut tx, item.id, reason).await?;
    issuing::close_when_done(&mut tx, id).await?;
    record(
        &mut tx,
        who,
        &locked.about(Some(product)),
        Happened::Declined,
        reason,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 入金確認: a clerk saw the fee arrive. `form_id` makes a double post one entry.
///
/// # Errors
/// `Denied` for other roles than 審査; `Conflict` when the item is at its end.
pub async fn confirm_payment(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
    form_id: Uuid,
    amount: Yen,
    paid_on: Date,
) -> Result<(), AppError> {
    if !who.role.may_examine() {
        return Err(AppError::Denied("入金を確認できるのは審査の担当者です。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.item(product)?;
    if item.state.is_final() {
        return Err(AppError::Conflict(format!(
            "{}はいま「{}」です。入金確認はできません。",
            product.label(),
            item.state.staff_word()
        )));
    }
    let payment = NewPayment {
        id: form_id,
        surety: who.surety,
        contractor: locked.case.contractor_id,
        branch: locked.case.branch_id,
        item: item.id,
        amount: amount.get(),
        paid_on,
        by: who.account,
        at: now,
    };
    if items::add_payment(&mut tx, &payment).await? {
        history::record(
            &mut tx,
            By::Officer(who),
            &locked.about(Some(product)),
            Happened::PaymentConfirmed,
            &format!("{amount}円（{}入金）", era::slashed(paid_on)),
            json!({ "amount": amount.get(), "paid_on": era::slashed(paid_on) }),
            now,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Why an item cannot be issued yet; empty when it can.
pub fn obstacles(
    item: &Item,
    content: &crate::domain::content::ApplicationContent,
    today: Date,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if item.fee_due {
        reasons.push(format!(
            "{}の保証料の入金確認が済んでいません（一括納付のご契約もありません）。",
            item.product.label()
        ));
    }
    reasons.extend(
        rules::before_issue(content, item.product, today)
            .into_iter()
            .map(|finding| finding.sentence),
    );
    reasons
}

/// 発行する: orders the issue; the worker does it. Pressing twice orders once.
///
/// # Errors
/// `Denied` for roles that do not approve; `Conflict` with the reason where the fee is due or a
/// date forbids it.
pub async fn order(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    if !who.role.may_approve() {
        return Err(AppError::Denied("発行の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    let item = locked.item(product)?;
    if item.ordered_at.is_some() && item.state.after(Act::Order).is_none() {
        // Ordered or issued already: the same answer.
        return Ok(());
    }
    let item = locked.ready(product, Act::Order)?;
    let reasons = obstacles(item, &locked.case.content.0, era::tokyo_date(now));
    if !reasons.is_empty() {
        return Err(AppError::Conflict(reasons.join("")));
    }
    items::order(&mut tx, item.id, who.account, now).await?;
    let payload = json!({ "item": item.id });
    jobs::add(
        &mut tx,
        app.chance.id(now),
        who.surety,
        "issue",
        &payload,
        now,
    )
    .await?;
    record(
        &mut tx,
        who,
        &locked.about(Some(product)),
        Happened::Ordered,
        "",
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// 弊社からお客様へのお知らせ
///
/// # Errors
/// `Denied` for administrators; `NotFound` outside the own branch.
pub async fn tell_contractor(
    app: &App,
    who: &Officer,
    id: Uuid,
    words: &str,
) -> Result<(), AppError> {
    if who.role.may_administer() {
        return Err(AppError::Denied("お知らせを書く権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let locked = Locked::load(&mut tx, who, id).await?;
    record(
        &mut tx,
        who,
        &locked.about(None),
        Happened::MessageToContractor,
        words,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
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
