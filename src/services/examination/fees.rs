//! 入金確認: a clerk saw the fee arrive.

use serde_json::json;
use time::Date;
use uuid::Uuid;

use super::locked::Locked;
use crate::app::App;
use crate::db::items::{self, NewPayment};
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::grounds::Seen;
use crate::services::history::{self, By, Happened};

/// 入金確認. `form_id` makes a double post one entry.
///
/// # Errors
/// `Denied` for other roles than 審査; `Conflict` when the item is at its end, when the contents are
/// not those that were seen, or when this form has recorded another payment before (Back button).
pub async fn confirm_payment(
    app: &App,
    who: &Officer,
    seen: &Seen,
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
    let locked = Locked::load(&mut tx, who, seen.id, now).await?;
    let item = locked.item(product)?;
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
    if items::has_payment(&mut tx, &payment).await? {
        return Ok(());
    }
    if item.state.is_final() {
        return Err(AppError::Conflict(format!(
            "{}はいま「{}」です。入金確認はできません。",
            product.label(),
            item.state.staff_word()
        )));
    }
    locked.as_seen(seen)?;
    if !items::add_payment(&mut tx, &payment).await? {
        return Err(AppError::Conflict(format!(
            "この画面からは、別の入金をすでに記録しています。いま入力された{}の{amount}円（{}入金）は、まだ記録していません。履歴を確かめ、別の入金であれば、もう一度「入金確認」を押してください。",
            product.label(),
            era::slashed(paid_on)
        )));
    }
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
    Ok(())
}
