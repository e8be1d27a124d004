//! From order to certificate, through the verbs: once, whole, and only in the right order.

use akashi::domain::application::ItemState;
use akashi::domain::product::Product;
use akashi::error::AppError;
use akashi::services::applications::{self, Sent};
use akashi::services::guarantees::{self, CertificateUse};
use akashi::services::{cases, examination, issuance};

use super::house::House;
use super::house::acts;
use super::house::desk::{Desk, Ware};

#[tokio::test]
async fn the_demo_world_is_told_once_and_leaves_nothing_undone() {
    let house = House::new().await.with_stories().await;
    let before: i64 = house.ask("select count(*) from events").await;
    let house = house.with_stories().await;
    let after: i64 = house.ask("select count(*) from events").await;
    assert_eq!(before, after, "a second start told a story again");
    let issued: i64 = house
        .ask("select count(*) from guarantees where issued_at is not null")
        .await;
    assert_eq!(issued, 4);
    let deposits: i64 = house.ask("select count(*) from dsure.deposits").await;
    assert_eq!(deposits, 3, "paper is not deposited at D-Sure");
    let keys: i64 = house.ask("select count(*) from guarantee_keys").await;
    assert_eq!(keys, 3, "paper has no key");
    house.close().await;
}

#[tokio::test]
async fn a_clerk_cannot_approve_and_the_fee_comes_first() {
    let house = House::new().await.with_stories().await;
    let yamato = house.user("yamato.soumu").await;
    let clerk = house.staff("nagano.clerk").await;
    let approver = house.staff("nagano.approver").await;
    let waiting = applications::list(&house.app, &yamato)
        .await
        .unwrap()
        .into_iter()
        .find(|line| line.works_name.contains("見本小学校"))
        .unwrap()
        .id;
    acts::take_up(&house.app, &clerk, waiting).await.unwrap();
    acts::pass_on(&house.app, &clerk, waiting, Product::Prepayment)
        .await
        .unwrap();
    assert!(
        acts::approve(&house.app, &clerk, waiting, Product::Prepayment)
            .await
            .is_err()
    );
    acts::approve(&house.app, &approver, waiting, Product::Prepayment)
        .await
        .unwrap();
    let refused = acts::order(&house.app, &approver, waiting, Product::Prepayment).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("入金確認")));
    let case = cases::case(&house.app, &approver, waiting).await.unwrap();
    assert_eq!(case.items[0].state, ItemState::Approved);
    assert!(case.items[0].fee_due);
    house.close().await;
}

#[tokio::test]
async fn a_rate_is_judged_by_yen_and_not_by_the_per_cent_shown() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    // みなと野市: 4/10 at most for 前払金保証, 1/10 at least for 契約保証. Each wrong amount shows as
    // the right per cent.
    for (ware, price, amount, right) in [
        (Ware::Electronic, "50,000,000", "20,000,000", true),
        (Ware::Electronic, "50,000,000", "20,000,001", false),
        (Ware::Electronic, "33,550,000", "13,400,000", true),
        (Ware::Electronic, "990,100,000", "396,000,000", true),
        (Ware::Electronic, "990,100,000", "396,100,000", false),
        (Ware::Paper, "33,550,000", "3,355,000", true),
        (Ware::Paper, "33,550,000", "3,354,999", false),
        (Ware::Paper, "33,550,000", "3,350,000", false),
    ] {
        let mut form = desk.form(ware);
        let field = format!("{}_amount", ware.product().code());
        form.set("price", price);
        form.set(&field, amount);
        let checked = applications::check(&house.app, &desk.who, &form)
            .await
            .unwrap();
        let problems = checked.problems();
        assert_eq!(
            checked.may_be_sent(),
            right,
            "{amount} of {price}: {problems:?}"
        );
        assert_eq!(
            problems.iter().any(|fault| fault.field.id() == field),
            !right,
            "{amount} of {price}: {problems:?}"
        );
        let (id, revision) = desk.draft(&form).await;
        let sent = applications::submit(&house.app, &desk.who, id, revision)
            .await
            .unwrap();
        assert_eq!(
            matches!(sent, Sent::Done { .. }),
            right,
            "{amount} of {price}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn nothing_is_shown_of_bytes_whose_signature_does_not_hold() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, electronic) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    let (_, paper) = desk
        .issued(&desk.form(Ware::Paper), Product::Contract)
        .await;
    let (electronic, paper) = (&electronic[..11], &paper[..11]);
    // Somebody with the owner's rights raises the amounts, hash and all; only the signature tells.
    for sql in [
        "alter table certificates disable trigger user",
        "alter table dsure.certificates disable trigger user",
        "update certificates set face = replace(convert_from(face, 'UTF8'), '000000', '000001')::bytea,
           sha256 = sha256(replace(convert_from(face, 'UTF8'), '000000', '000001')::bytea)",
    ] {
        let done = sqlx::query(sql).execute(&house.owner).await.unwrap();
        assert!(sql.starts_with("alter") || done.rows_affected() == 2);
    }
    let app = &house.app;
    for usage in [
        CertificateUse::Page,
        CertificateUse::Pdf,
        CertificateUse::Envelope,
    ] {
        let shown = guarantees::certificate(app, &desk.who, electronic, 1, usage).await;
        assert!(
            matches!(shown, Err(AppError::Internal(_))),
            "{usage:?}: {shown:?}"
        );
    }
    let shown = guarantees::office_certificate(app, &desk.clerk, electronic, 1).await;
    assert!(matches!(shown, Err(AppError::Internal(_))), "{shown:?}");
    let printed = guarantees::print_paper(app, &desk.clerk, paper).await;
    assert!(matches!(printed, Err(AppError::Internal(_))), "{printed:?}");
    house.close().await;
}

#[tokio::test]
async fn an_approval_holds_for_what_was_approved_and_nothing_else() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Prepayment;
    let id = desk.ordered(&desk.form(Ware::Electronic), product).await;
    // The contractor's register entry changes between approval and signing.
    sqlx::query("update contractors set representative = '代表取締役　別人' where name = 'みなと建設株式会社'")
        .execute(&house.owner)
        .await
        .unwrap();
    house.work().await;
    let case = cases::case(&house.app, &desk.approver, id).await.unwrap();
    assert_eq!(case.items[0].state, ItemState::Approved, "back to 承認済");
    let reason = case.items[0].reason.clone().unwrap();
    assert!(reason.contains("承認した内容"), "{reason}");
    assert_eq!(house.numbers_used().await, 0, "no number is burnt");
    assert_eq!(house.ask::<i64>("select count(*) from guarantees").await, 0);
    // Taken back, approved anew, ordered: issued with the new name.
    let (app, approver) = (&house.app, &desk.approver);
    acts::take_back(app, approver, id, product).await.unwrap();
    acts::approve(app, approver, id, product).await.unwrap();
    acts::order(app, approver, id, product).await.unwrap();
    house.work().await;
    assert!(desk.number(id, product).await.is_some());
    assert_eq!(house.numbers_used().await, 1);
    house.tear_down().await;
}

#[tokio::test]
async fn a_full_block_is_followed_by_the_next_and_none_left_is_said() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let product = Product::Contract;
    sqlx::query("update number_blocks set next = 99999 where block = '35075'")
        .execute(&house.owner)
        .await
        .unwrap();
    let (_, last) = desk.issued(&desk.form(Ware::Paper), product).await;
    assert_eq!(last, "35075-99999M");
    let id = desk.ordered(&desk.form(Ware::Paper), product).await;
    house.work().await;
    let case = cases::case(&house.app, &desk.approver, id).await.unwrap();
    assert_eq!(case.items[0].state, ItemState::Approved);
    assert!(
        case.items[0]
            .reason
            .clone()
            .unwrap()
            .contains("番号ブロック")
    );
    sqlx::query(
        "insert into number_blocks (block, surety_id, branch_id, allotted_at)
         select '35076', surety_id, branch_id, now() from number_blocks where block = '35075'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    acts::order(&house.app, &desk.approver, id, product)
        .await
        .unwrap();
    house.work().await;
    assert_eq!(desk.number(id, product).await.unwrap(), "35076-00001M");
    house.tear_down().await;
}

#[tokio::test]
async fn blocks_are_used_in_the_order_they_were_allotted() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    // A later block with a smaller number waits its turn.
    sqlx::query(
        "insert into number_blocks (block, surety_id, branch_id, allotted_at)
         select '35010', surety_id, branch_id, '2027-04-01' from number_blocks where block = '35075'",
    )
    .execute(&house.owner)
    .await
    .unwrap();
    let product = Product::Contract;
    let (_, number) = desk.issued(&desk.form(Ware::Paper), product).await;
    assert_eq!(number, "35075-00001M");
    house.close().await;
}

#[tokio::test]
async fn a_key_nobody_registered_is_registered_with_its_first_certificate() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = desk
        .ordered(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    // As with a surety that was founded after the worker had started.
    sqlx::query("delete from signing_keys")
        .execute(&house.owner)
        .await
        .unwrap();
    let job = house.ask("select id from jobs where kind = 'issue'").await;
    let item = house.ask("select id from application_items").await;
    let outcome = issuance::issue(&house.app, job, item).await;
    assert_eq!(outcome.unwrap(), issuance::Outcome::Done);
    house.work().await;
    assert!(desk.number(id, Product::Prepayment).await.is_some());
    house.close().await;
}

/// One press orders both: the certificates are numbered in the order of the form.
#[tokio::test]
async fn numbers_stand_in_the_order_of_the_form() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (one, other) = (Product::Prepayment, Product::Contract);
    for _ in 0..4 {
        let id = desk.approved(&desk.both(), one).await;
        acts::pass_on(&house.app, &desk.clerk, id, other)
            .await
            .unwrap();
        acts::approve(&house.app, &desk.approver, id, other)
            .await
            .unwrap();
        let seen = acts::seen(&house.app, &desk.approver, id).await.unwrap();
        examination::order(&house.app, &desk.approver, &seen, &[one, other])
            .await
            .unwrap();
        house.work().await;
        let (first, second) = (desk.number(id, one).await, desk.number(id, other).await);
        assert!(first.is_some() && first < second, "{first:?} {second:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn two_workers_at_two_products_close_the_application() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (one, other) = (Product::Prepayment, Product::Contract);
    let id = desk.ordered(&desk.both(), one).await;
    acts::pass_on(&house.app, &desk.clerk, id, other)
        .await
        .unwrap();
    acts::approve(&house.app, &desk.approver, id, other)
        .await
        .unwrap();
    house.work().await;
    acts::order(&house.app, &desk.approver, id, other)
        .await
        .unwrap();
    // Another worker stands in the middle of the other product's last step, as T2 does it.
    sqlx::query("update application_items set state = 'ordered' where product = 'prepayment'")
        .execute(&house.owner)
        .await
        .unwrap();
    let mut worker = house.owner.begin().await.unwrap();
    for sql in [
        "select 1 from applications where id = $1 for update",
        "update application_items set state = 'issued'
         where application_id = $1 and product = 'prepayment'",
    ] {
        sqlx::query(sql)
            .bind(id)
            .execute(&mut *worker)
            .await
            .unwrap();
    }
    let (app, mailer) = (house.app.clone(), house.mailer.clone());
    let second = tokio::spawn(async move { akashi::worker::drain(&app, &mailer).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    worker.commit().await.unwrap();
    second.await.unwrap().unwrap();
    house.work().await;
    let case = cases::case(&house.app, &desk.clerk, id).await.unwrap();
    assert!(
        case.items
            .iter()
            .all(|item| item.state == ItemState::Issued)
    );
    assert_eq!(case.stage, akashi::domain::application::Stage::Closed);
    house.close().await;
}
