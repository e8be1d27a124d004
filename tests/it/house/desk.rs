//! A contractor and a branch at work: applications as people type them, brought as far as a test needs.

use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;
use akashi::services::applications::{self, Sent};
use akashi::services::drafts::{self, Saved};
use akashi::services::{ContractorUser, Officer};
use uuid::Uuid;

use super::House;
use super::acts;

/// みなと建設 and 神奈川支店, each signed in once.
pub struct Desk<'a> {
    pub house: &'a House,
    pub who: ContractorUser,
    pub clerk: Officer,
    pub approver: Officer,
    branch: i64,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ware {
    /// 前払金保証, 電子保証
    Electronic,
    /// 契約保証, 証書(紙)
    Paper,
}

impl Ware {
    pub fn product(self) -> Product {
        match self {
            Self::Electronic => Product::Prepayment,
            Self::Paper => Product::Contract,
        }
    }
}

impl<'a> Desk<'a> {
    pub async fn at(house: &'a House) -> Self {
        let who = house.user("minato.soumu").await;
        Self {
            clerk: house.staff("kanagawa.clerk").await,
            approver: house.staff("kanagawa.approver").await,
            branch: who.branch(),
            house,
            who,
        }
    }

    /// The worked example's form for one product.
    pub fn form(&self, ware: Ware) -> TypedForm {
        let (product, dress, amount) = match ware {
            Ware::Electronic => ("prepayment", "electronic", "20,000,000"),
            Ware::Paper => ("contract", "paper", "5,000,000"),
        };
        let mut form: TypedForm = [
            ("obligee", "みなと野市長"),
            ("works_name", "○○浄水場△△修繕工事"),
            ("kind", "works"),
            ("price", "50,000,000"),
            ("contract_date", "令和8年7月1日"),
            ("period_from", "令和8年7月2日"),
            ("period_to", "令和9年3月31日"),
            ("bid_method", "open"),
            ("branch", &self.branch.to_string()),
            ("handover", "post"),
            ("notify", "yes"),
            ("email", self.who.email()),
            ("department", "総務部"),
            ("person", self.who.name()),
        ]
        .into_iter()
        .collect();
        form.set(&format!("{product}_on"), "on");
        form.set(&format!("{product}_form"), dress);
        form.set(&format!("{product}_amount"), amount);
        form.set(&format!("{product}_fee_method"), "lump_sum");
        form.set(&format!("{product}_bill_to"), "本社　総務部");
        form.set(&format!("{product}_paper_statement"), "no");
        match ware {
            Ware::Electronic => {
                form.set("bank", "見本銀行　港町支店");
                form.set("redeposit", "no");
            }
            Ware::Paper => form.set("prepayment_plan", "planned"),
        }
        form
    }

    /// Both products in one form: 前払金保証 electronic, 契約保証 on paper.
    pub fn both(&self) -> TypedForm {
        let mut form = self.form(Ware::Electronic);
        for (name, value) in [
            ("contract_on", "on"),
            ("contract_form", "paper"),
            ("contract_amount", "5,000,000"),
            ("contract_fee_method", "lump_sum"),
            ("contract_bill_to", "本社　総務部"),
            ("contract_paper_statement", "no"),
        ] {
            form.set(name, value);
        }
        form
    }

    /// A saved draft: its id and revision.
    pub async fn draft(&self, form: &TypedForm) -> (Uuid, i32) {
        let app = &self.house.app;
        let id = app.chance.id(app.clock.now());
        let saved = drafts::save(app, &self.who, id, None, form).await.unwrap();
        let Saved::At { revision, .. } = saved else {
            panic!("the draft was not saved: {saved:?}");
        };
        (id, revision)
    }

    pub async fn sent(&self, form: &TypedForm) -> Uuid {
        let (id, revision) = self.draft(form).await;
        let sent = applications::submit(&self.house.app, &self.who, id, revision).await;
        match sent.unwrap() {
            Sent::Done { .. } => id,
            Sent::Refused(checked) => panic!("refused: {:?}", checked.problems()),
            other => panic!("not sent: {other:?}"),
        }
    }

    /// Examined and passed on.
    pub async fn examined(&self, form: &TypedForm, product: Product) -> Uuid {
        let id = self.sent(form).await;
        let app = &self.house.app;
        acts::take_up(app, &self.clerk, id).await.unwrap();
        acts::pass_on(app, &self.clerk, id, product).await.unwrap();
        id
    }

    pub async fn approved(&self, form: &TypedForm, product: Product) -> Uuid {
        let id = self.examined(form, product).await;
        acts::approve(&self.house.app, &self.approver, id, product)
            .await
            .unwrap();
        id
    }

    /// Ordered, and nothing worked on yet.
    pub async fn ordered(&self, form: &TypedForm, product: Product) -> Uuid {
        let id = self.approved(form, product).await;
        acts::order(&self.house.app, &self.approver, id, product)
            .await
            .unwrap();
        id
    }

    /// One product of a sent application: examined, approved, ordered, issued.
    pub async fn through(&self, id: Uuid, product: Product) {
        let app = &self.house.app;
        acts::take_up(app, &self.clerk, id).await.unwrap();
        acts::pass_on(app, &self.clerk, id, product).await.unwrap();
        acts::approve(app, &self.approver, id, product)
            .await
            .unwrap();
        acts::order(app, &self.approver, id, product).await.unwrap();
        self.house.work().await;
    }

    /// Issued: the application's id and the number with its letter.
    pub async fn issued(&self, form: &TypedForm, product: Product) -> (Uuid, String) {
        let id = self.ordered(form, product).await;
        self.house.work().await;
        (id, self.number(id, product).await.unwrap())
    }

    /// The number people see, once it is 発行済.
    pub async fn number(&self, id: Uuid, product: Product) -> Option<String> {
        let status = applications::status(&self.house.app, &self.who, id)
            .await
            .unwrap();
        let item = status
            .items
            .into_iter()
            .find(|item| item.product == product);
        item.unwrap().number
    }
}
