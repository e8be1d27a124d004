//! One guarantee through its whole life: 新規, 変更ー1, 訂正, 変更ー2, 変更取消, a renewed key, 解約.

use akashi::domain::act::{Corrected, Proposal};
use akashi::domain::product::Product;
use akashi::domain::typed::TypedForm;
use akashi::error::AppError;
use akashi::services::acts::{self, OnScreen};
use akashi::services::applications::{self, Sent};
use akashi::services::changes::{self, Naming};
use akashi::services::drafts::Saved;
use akashi::services::guarantees::{self, KeyUse};
use akashi::services::{renewals, viewing};
use time::macros::date;
use uuid::Uuid;

use crate::house::House;
use crate::house::desk::{Desk, Ware};

const DIGITS: usize = 11;

/// What a change asks for.
pub fn asking(fields: &[(&str, &str)]) -> TypedForm {
    let mut form: TypedForm = [
        ("changed_on", "令和8年7月2日"),
        ("change_reason", "設計変更"),
    ]
    .into_iter()
    .collect();
    for (name, value) in fields {
        form.set(name, *value);
    }
    form
}

impl Desk<'_> {
    fn id(&self) -> Uuid {
        self.house.app.chance.id(self.house.app.clock.now())
    }

    /// A change as its contractor writes it, saved.
    pub async fn change_saved(&self, number: &str, typed: &TypedForm) -> Result<Uuid, AppError> {
        let id = self.id();
        let naming = Naming { id, revision: None };
        let digits = &number[..DIGITS];
        let saved = changes::save(&self.house.app, &self.who, digits, naming, typed).await?;
        assert!(matches!(saved, Saved::At { .. }), "{saved:?}");
        Ok(id)
    }

    /// The same, sent; what stands in the way otherwise.
    pub async fn change_sent(&self, number: &str, typed: &TypedForm) -> Result<Uuid, Vec<String>> {
        let id = self.change_saved(number, typed).await.map_err(said)?;
        let sent = applications::submit(&self.house.app, &self.who, id, 1).await;
        match sent.map_err(said)? {
            Sent::Done { .. } => Ok(id),
            Sent::Refused(checked) => {
                let problems = checked.problems();
                Err(problems.into_iter().map(|fault| fault.sentence).collect())
            }
            other => panic!("{other:?}"),
        }
    }

    /// The same, examined, approved, ordered and issued.
    pub async fn changed(&self, number: &str, typed: &TypedForm) -> Uuid {
        let product = self.product(number).await;
        let id = self.change_sent(number, typed).await.unwrap();
        self.through(id, product).await;
        id
    }

    async fn product(&self, number: &str) -> Product {
        let found = guarantees::find(&self.house.app, &self.who, &number[..DIGITS]).await;
        found.unwrap().unwrap().product
    }

    /// An act, proposed by the clerk.
    pub async fn proposed(&self, number: &str, proposal: &Proposal) -> Result<Uuid, AppError> {
        let app = &self.house.app;
        let digits = &number[..DIGITS];
        let detail = guarantees::office_detail(app, &self.clerk, digits, None).await?;
        let seen = OnScreen {
            digits,
            last: detail.life.last,
        };
        let id = self.id();
        acts::propose(app, &self.clerk, seen, id, proposal, "理由").await?;
        Ok(id)
    }

    /// The same, approved by the other person and done.
    pub async fn acted(&self, number: &str, proposal: &Proposal) {
        let id = self.proposed(number, proposal).await.unwrap();
        acts::approve(&self.house.app, &self.approver, &number[..DIGITS], id)
            .await
            .unwrap();
        self.house.work().await;
    }

    /// 対象 of the contractor's history, with the link behind each.
    pub async fn history(&self, number: &str) -> Vec<String> {
        let detail = guarantees::detail(&self.house.app, &self.who, &number[..DIGITS]).await;
        let line =
            |version: &guarantees::Version| format!("{}#{}", version.occasion.label(), version.seq);
        detail.unwrap().versions.iter().map(line).collect()
    }

    /// The printed contents of a link, for a 訂正.
    pub async fn contents(&self, number: &str, seq: i32) -> Corrected {
        let digits = &number[..DIGITS];
        let app = &self.house.app;
        let seen = guarantees::office_certificate(app, &self.clerk, digits, seq).await;
        Corrected::of(&seen.unwrap().face)
    }

    pub async fn key(&self, number: &str) -> String {
        let app = &self.house.app;
        let key = guarantees::key(app, &self.who, &number[..DIGITS], KeyUse::Page).await;
        key.unwrap().expose().to_owned()
    }

    /// Whether number and key open D-Sure, and at which link.
    pub async fn opens(&self, number: &str, key: &str) -> Option<i32> {
        let opened = viewing::open(&self.house.app, number, key, "192.0.2.1", None).await;
        match opened.unwrap() {
            viewing::Opened::In { seq, .. } => Some(seq),
            _ => None,
        }
    }
}

fn said(error: AppError) -> Vec<String> {
    vec![error.to_string()]
}

#[tokio::test]
async fn a_guarantee_lives_from_new_to_its_end() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    assert_eq!(desk.history(&number).await, ["新規#1"]);
    let key = desk.key(&number).await;

    // T10: price up and an additional prepayment.
    let more = asking(&[("price", "62,000,000"), ("prepayment_amount", "24,800,000")]);
    desk.changed(&number, &more).await;
    assert_eq!(desk.history(&number).await, ["新規#1", "変更ー1#2"]);
    assert_eq!(desk.opens(&number, &key).await, Some(2));

    // T13: a correction stands in the place of what it corrects.
    let mut right = desk.contents(&number, 1).await;
    right.works_name = "○○浄水場△△修繕工事（訂正）".to_owned();
    let corrected = Box::new(right);
    let proposal = Proposal::Correction {
        target: 1,
        corrected,
    };
    desk.acted(&number, &proposal).await;
    assert_eq!(desk.history(&number).await, ["新規#3", "変更ー1#2"]);
    assert_eq!(desk.opens(&number, &key).await, Some(2));

    // T12: an extension.
    desk.changed(&number, &asking(&[("period_to", "令和9年6月30日")]))
        .await;
    assert_eq!(
        desk.history(&number).await,
        ["新規#3", "変更ー1#2", "変更ー2#4"]
    );
    let found = guarantees::find(&house.app, &desk.who, &number[..DIGITS]).await;
    assert_eq!(found.unwrap().unwrap().until, date!(2027 - 06 - 30));

    // T14: cancelled, and the version before holds again.
    desk.acted(&number, &Proposal::Cancellation { target: 4 })
        .await;
    assert_eq!(desk.history(&number).await, ["新規#3", "変更ー1#2"]);
    let found = guarantees::find(&house.app, &desk.who, &number[..DIGITS]).await;
    assert_eq!(found.unwrap().unwrap().until, date!(2027 - 03 - 31));
    assert_eq!(desk.opens(&number, &key).await, Some(2));

    // The key is renewed: the old one fails at once.
    let digits = &number[..DIGITS];
    renewals::order(&house.app, &desk.clerk, digits, desk.id(), "漏れたおそれ")
        .await
        .unwrap();
    house.work().await;
    let renewed = desk.key(&number).await;
    assert_ne!(renewed, key);
    assert_eq!(desk.opens(&number, &key).await, None);
    assert_eq!(desk.opens(&number, &renewed).await, Some(2));

    // T15: the end; nothing follows it.
    let on = date!(2026 - 07 - 02);
    desk.acted(&number, &Proposal::Termination { on }).await;
    let found = guarantees::find(&house.app, &desk.who, digits).await;
    assert_eq!(found.unwrap().unwrap().terminated_on, Some(on));
    let refused = desk.change_sent(&number, &more).await.unwrap_err();
    assert!(refused[0].contains("解約されています"), "{refused:?}");
    let again = desk.proposed(&number, &Proposal::Termination { on }).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    let subjects: Vec<_> = house
        .mails()
        .await
        .into_iter()
        .map(|mail| mail.summary.subject)
        .collect();
    assert_eq!(
        subjects,
        [
            "電子保証（認証キー）発行完了のお知らせ".to_owned(),
            "電子保証（認証キー）発行完了のお知らせ".to_owned(),
            "電子保証（認証キー）発行完了のお知らせ".to_owned(),
            format!("保証契約の変更取消のお知らせ（{number}）"),
            "認証キー再発行のお知らせ".to_owned(),
            format!("保証契約の解約のお知らせ（{number}）"),
        ]
    );
    house.close().await;
}
