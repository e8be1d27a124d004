//! The turn of a day in Japan, whatever the server's own calendar says.

use akashi::domain::certificate::{CertificateFace, Standing};
use akashi::domain::era;
use akashi::services::applications::{self, Sent};
use akashi::services::guarantees::{self, CertificateUse};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use super::house::desk::{Desk, Ware};
use super::house::{House, NOW};

/// A house whose clock stands at an instant.
async fn house_at(instant: OffsetDateTime) -> House {
    let house = House::new().await;
    house.app.clock.advance(instant - NOW);
    house
}

/// The date a certificate bears that is signed at this instant, as stored, as listed and as printed.
async fn dated(instant: OffsetDateTime) -> (Date, Date, String) {
    let house = house_at(instant).await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("period_to", "令和9年9月30日");
    let (_, number) = desk.issued(&form, Ware::Electronic.product()).await;
    let stored: Vec<u8> = house.ask("select face from certificates").await;
    let face = CertificateFace::from_bytes(&stored).unwrap();
    let digits = number.trim_end_matches('M');
    let shown = guarantees::certificate(&house.app, &desk.who, digits, 1, CertificateUse::Page)
        .await
        .unwrap();
    assert_eq!(shown.face, face);
    assert_eq!(
        shown.arrived_at,
        Some(instant),
        "電子保証発行日時 is the instant itself"
    );
    let listed: Date = house.ask("select issued_on from guarantees").await;
    house.close().await;
    (face.dated, listed, era::padded(face.dated))
}

#[tokio::test]
async fn the_last_second_of_march_is_still_march_in_japan() {
    let (signed, listed, printed) = dated(datetime!(2027-03-31 14:59:59 UTC)).await;
    assert_eq!(
        (signed, listed),
        (date!(2027 - 03 - 31), date!(2027 - 03 - 31))
    );
    assert_eq!(printed, "令和09年03月31日");
    let (signed, listed, printed) = dated(datetime!(2027-03-31 15:00:00 UTC)).await;
    assert_eq!(
        (signed, listed),
        (date!(2027 - 04 - 01), date!(2027 - 04 - 01))
    );
    assert_eq!(printed, "令和09年04月01日");
}

#[tokio::test]
async fn an_order_before_midnight_signed_after_it_bears_the_day_of_signing() {
    let house = house_at(datetime!(2027-03-31 14:59:59 UTC)).await;
    let desk = Desk::at(&house).await;
    desk.ordered(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    house.app.clock.advance(time::Duration::SECOND);
    house.work().await;
    let stored: Vec<u8> = house.ask("select face from certificates").await;
    let face = CertificateFace::from_bytes(&stored).unwrap();
    assert_eq!(face.dated, date!(2027 - 04 - 01));
    house.close().await;
}

#[tokio::test]
async fn receipt_numbers_begin_again_at_new_year_in_japan() {
    let house = house_at(datetime!(2026-12-31 14:59:58 UTC)).await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let mut receipts = Vec::new();
    for _ in 0..4 {
        let (id, revision) = desk.draft(&form).await;
        let sent = applications::submit(&house.app, &desk.who, id, revision).await;
        let Ok(Sent::Done { receipt_no }) = sent else {
            panic!("{sent:?}");
        };
        receipts.push(receipt_no);
        house.app.clock.advance(time::Duration::SECOND);
    }
    assert_eq!(
        receipts,
        ["R8-000001", "R8-000002", "R9-000001", "R9-000002"]
    );
    house.close().await;
}

#[tokio::test]
async fn a_guarantee_is_in_force_to_the_last_second_of_its_last_day() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Ware::Electronic.product())
        .await;
    let digits = number.trim_end_matches('M');
    let face = guarantees::certificate(&house.app, &desk.who, digits, 1, CertificateUse::Page)
        .await
        .unwrap()
        .face;
    assert_eq!(
        face.until,
        date!(2027 - 03 - 31),
        "保証期限 is the end of 工期"
    );
    for (instant, standing) in [
        (datetime!(2026-07-01 14:59:59 UTC), Standing::NotYet),
        (datetime!(2026-07-01 15:00:00 UTC), Standing::InForce),
        (datetime!(2027-03-31 14:59:59 UTC), Standing::InForce),
        (datetime!(2027-03-31 15:00:00 UTC), Standing::Expired),
    ] {
        let today = era::tokyo_date(instant);
        assert_eq!(
            Standing::on(today, face.dated, face.until),
            standing,
            "{instant}"
        );
    }
    house.close().await;
}
