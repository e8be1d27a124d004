//! The branch's verbs as a person does them: with the case open on the screen.

use akashi::app::App;
use akashi::domain::money::Yen;
use akashi::domain::product::Product;
use akashi::error::AppError;
use akashi::services::grounds::Seen;
use akashi::services::{Officer, cases, examination};
use time::Date;
use uuid::Uuid;

/// What is on the screen; of what is not theirs nothing.
pub async fn seen(app: &App, who: &Officer, id: Uuid) -> Result<Seen, AppError> {
    match cases::case(app, who, id).await {
        Ok(case) => Ok(case.seen.clone()),
        Err(AppError::NotFound) => Ok(Seen::new(id, "")),
        Err(error) => Err(error),
    }
}

pub async fn take_up(app: &App, who: &Officer, id: Uuid) -> Result<(), AppError> {
    examination::take_up(app, who, &seen(app, who, id).await?).await
}

pub async fn return_with(app: &App, who: &Officer, id: Uuid, words: &str) -> Result<(), AppError> {
    examination::return_with(app, who, &seen(app, who, id).await?, words).await
}

pub async fn pass_on(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    examination::pass_on(app, who, &seen(app, who, id).await?, &[product], "").await
}

pub async fn approve(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    examination::approve(app, who, &seen(app, who, id).await?, &[product]).await
}

pub async fn take_back(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
) -> Result<(), AppError> {
    examination::take_back(app, who, &seen(app, who, id).await?, &[product]).await
}

pub async fn decline(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
    reason: &str,
) -> Result<(), AppError> {
    examination::decline(app, who, &seen(app, who, id).await?, &[product], reason).await
}

pub async fn confirm_payment(
    app: &App,
    who: &Officer,
    id: Uuid,
    product: Product,
    form_id: Uuid,
    amount: Yen,
    paid_on: Date,
) -> Result<(), AppError> {
    let seen = seen(app, who, id).await?;
    examination::confirm_payment(app, who, &seen, product, form_id, amount, paid_on).await
}

pub async fn order(app: &App, who: &Officer, id: Uuid, product: Product) -> Result<(), AppError> {
    examination::order(app, who, &seen(app, who, id).await?, &[product]).await
}

pub async fn tell_contractor(
    app: &App,
    who: &Officer,
    id: Uuid,
    words: &str,
) -> Result<(), AppError> {
    let form_id = app.chance.id(app.clock.now());
    examination::tell_contractor(app, who, &seen(app, who, id).await?, form_id, words).await
}
