//! An application under its lock, and what may be done with it there.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::db::applications::{self, CaseRow};
use crate::db::items;
use crate::domain::application::{Act, Stage};
use crate::domain::product::Product;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::applications::Item;
use crate::services::grounds::{Grounds, Seen};
use crate::services::history::About;

/// An application under its lock, with its items.
pub(in crate::services) struct Locked {
    pub case: CaseRow,
    pub grounds: Grounds,
}

impl Locked {
    /// # Errors
    /// `NotFound` outside the own surety and branch, and for drafts.
    pub async fn load(
        conn: &mut PgConnection,
        who: &Officer,
        id: uuid::Uuid,
        now: OffsetDateTime,
    ) -> Result<Self, AppError> {
        let case = applications::lock_case(conn, who.surety, id)
            .await?
            .ok_or(AppError::NotFound)?;
        let rows = items::lock_of_application(conn, id).await?;
        let grounds = Grounds::load(conn, &case, rows, now).await?;
        Ok(Self { case, grounds })
    }

    pub fn about(&self, product: Option<Product>) -> About {
        About {
            surety: self.case.surety_id,
            contractor: self.case.contractor_id,
            branch: Some(self.case.branch_id),
            application: Some(self.case.id),
            product,
            guarantee: None,
        }
    }

    pub fn item(&self, product: Product) -> Result<&Item, AppError> {
        let mut items = self.grounds.items.iter();
        items
            .find(|item| item.product == product)
            .ok_or(AppError::NotFound)
    }

    /// The items, where the act fits the state of each; otherwise somebody was faster.
    pub fn ready(&self, products: &[Product], act: Act) -> Result<Vec<&Item>, AppError> {
        let mut ready = Vec::new();
        for product in products {
            let item = self.item(*product)?;
            if item.state.after(act).is_none() {
                return Err(AppError::Conflict(format!(
                    "{}はいま「{}」です。ほかの人が先に処理したようです。画面を確かめてください。",
                    product.label(),
                    item.state.staff_word()
                )));
            }
            ready.push(item);
        }
        Ok(ready)
    }

    /// Nobody decides about other contents than those that were on the screen.
    pub fn as_seen(&self, seen: &Seen) -> Result<(), AppError> {
        if self.grounds.seen == *seen {
            Ok(())
        } else {
            Err(AppError::Conflict(
                "画面を開いたあとで、申込の内容（お客様の再送信、または登録されている名称・住所など）が変わりました。いまの内容を下に表示しています。確かめてから、もう一度押してください。".to_owned(),
            ))
        }
    }

    pub fn stage(&self) -> Stage {
        Stage::from_code(&self.case.stage).unwrap_or(Stage::Closed)
    }
}
