//! 保証料: two calculators, tables with four eyes, the ledger, shortfalls, papers, months.

mod calculator;
mod calculators;
mod changes;
mod ledger;
mod months;
mod papers;
mod tables;

use std::io::Write;
use std::process::{Command, Stdio};

use akashi::db::Scope;
use akashi::domain::money::Yen;
use akashi::domain::product::Product;
use akashi::services::fees;
use sqlx::AssertSqlSafe;

use super::house::House;
use super::house::desk::{Desk, Ware};

fn yen(value: i64) -> Yen {
    Yen::new(value).unwrap()
}

/// What pdftotext reads, blanks taken out.
fn read(pdf: &[u8]) -> String {
    assert!(pdf.starts_with(b"%PDF"), "no PDF");
    let mut program = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext runs");
    let mut input = program.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let feeding = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let output = program.wait_with_output().unwrap();
    feeding.join().unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.retain(|c| !c.is_whitespace());
    text
}

/// みなと建設's 前払金保証 over 20,000,000 yen, issued: number and id.
async fn issued(desk: &Desk<'_>) -> (String, i64) {
    let form = desk.form(Ware::Electronic);
    let (_, number) = desk.issued(&form, Product::Prepayment).await;
    let id = sqlx::query_scalar("select id from guarantees where number || suffix = $1")
        .bind(&number)
        .fetch_one(&desk.house.owner)
        .await
        .unwrap();
    (number, id)
}

/// Kind, amount and tax of everything in the ledger, in its order.
async fn ledger(house: &House) -> Vec<(String, i64, i64)> {
    sqlx::query_as("select kind, amount, tax from fees order by id")
        .fetch_all(&house.owner)
        .await
        .unwrap()
}

/// The company has (or loses) its agreement of 一括納付.
async fn agreement(house: &House, on: bool) {
    sqlx::query("update contractors set lump_sum = $1 where name = 'みなと建設株式会社'")
        .bind(on)
        .execute(&house.owner)
        .await
        .unwrap();
}

/// A change of the amount, as the verb that makes a version posts it.
async fn change(house: &House, guarantee: i64, old: i64, new: i64, seq: i32) -> Option<i64> {
    let now = house.app.clock.now();
    let mut tx = house.app.db.begin(&Scope::Worker).await.unwrap();
    let id = fees::post_difference(&mut tx, guarantee, yen(old), yen(new), seq, now).await;
    tx.commit().await.unwrap();
    id.unwrap()
}

/// Another refund policy in every table that is attached, as an installation may have it.
async fn refund_policy(house: &House, policy: &str) {
    for sql in [
        "alter table fee_tables disable trigger stays_as_decided".to_owned(),
        format!("update fee_tables set body = jsonb_set(body, '{{refund}}', '\"{policy}\"')"),
        "alter table fee_tables enable trigger stays_as_decided".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .execute(&house.owner)
            .await
            .unwrap();
    }
}
