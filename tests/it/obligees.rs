//! The register of obligees, kept from the command line.

use akashi::error::AppError;
use akashi::services::obligees::{self, Kept, ObligeePlan};

use super::house::House;

/// The README's own example.
fn published() -> String {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .find(|block| block.contains("\"book\""))
        .expect("the README shows a rule book");
    block.to_owned()
}

fn plans(text: &str) -> Vec<ObligeePlan> {
    obligees::read_plans(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn the_readmes_example_is_registered_and_each_change_is_a_new_version() {
    let house = House::new().await;
    let who = house.user("minato.soumu").await;
    let example = published();
    let first = plans(&example);
    assert_eq!(
        obligees::keep(&house.app, 'M', &first).await.unwrap(),
        [Kept::Added]
    );
    assert_eq!(
        obligees::keep(&house.app, 'M', &first).await.unwrap(),
        [Kept::Same]
    );
    let second = plans(&example.replacen("\"numerator\": 4", "\"numerator\": 3", 1));
    assert_ne!(first, second);
    assert_eq!(
        obligees::keep(&house.app, 'M', &second).await.unwrap(),
        [Kept::Changed(2)]
    );
    let third = plans(&example.replacen(
        &format!("\"{}\"", first[0].title_name),
        "\"見本川市水道事業管理者\"",
        1,
    ));
    assert_eq!(
        obligees::keep(&house.app, 'M', &third).await.unwrap(),
        [Kept::Changed(3)]
    );
    let seen = obligees::for_contractor(&house.app, &who).await.unwrap();
    let seen = seen.iter().find(|row| row.name == first[0].name).unwrap();
    assert_eq!(seen.title_name, "見本川市水道事業管理者");
    assert_eq!(
        (seen.version, seen.book.as_ref()),
        (Some(3), Some(&first[0].book))
    );
    let missing = obligees::keep(&house.app, 'X', &first).await;
    assert!(matches!(missing, Err(AppError::NotFound)));
    house.close().await;
}

/// The README's example once for each span.
fn spans(spans: &[(Option<&str>, Option<&str>)]) -> String {
    let entries: Vec<serde_json::Value> = spans
        .iter()
        .map(|(from, until)| {
            let example: serde_json::Value = serde_json::from_str(&published()).unwrap();
            let mut entry = example[0].clone();
            entry["valid_from"] = serde_json::json!(from);
            entry["valid_until"] = serde_json::json!(until);
            entry
        })
        .collect();
    serde_json::to_string(&entries).unwrap()
}

#[tokio::test]
async fn a_file_carries_versions_with_their_days() {
    let house = House::new().await;
    let file = spans(&[(None, Some("2027-03-31")), (Some("2027-04-01"), None)]);
    let two = plans(&file);
    let keep = |plans: Vec<ObligeePlan>| {
        let app = house.app.clone();
        async move { obligees::keep(&app, 'M', &plans).await }
    };
    assert_eq!(
        keep(two.clone()).await.unwrap(),
        [Kept::Added, Kept::Changed(2)]
    );
    assert_eq!(keep(two).await.unwrap(), [Kept::Same, Kept::Same]);
    // A version that begins before the newest is refused, and nothing is kept of the file.
    let early = plans(&spans(&[(Some("2027-02-01"), None)]).replace("総務部契約課", "契約課"));
    let refused = keep(early).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Conflict(words) if words.contains("令和9年4月1日から適用しています")),
        "{refused}"
    );
    let versions: i64 = house
        .ask("select count(*) from rule_books b join obligees o on o.id = b.obligee_id where o.name = '見本川市'")
        .await;
    assert_eq!(versions, 2);
    house.close().await;
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = published();
    let name = plans(&good)[0].name.clone();
    let whole = good.trim().trim_start_matches('[').trim_end_matches(']');
    for (text, words) in [
        ("{}".to_owned(), "no JSON array"),
        (
            good.replacen("\"book\"", "\"bok\"", 1),
            "missing field `book`",
        ),
        (
            good.replacen("prepayment_works", "prepayment_work", 1),
            "no field book.rates.prepayment_work",
        ),
        (
            good.replacen("\"numerator\": 4", "\"numerator\": 14", 1),
            "between 0 and 1",
        ),
        (
            good.replacen(&format!("\"name\": \"{name}\""), "\"name\": \"\"", 1),
            "name must be one line",
        ),
        (
            good.replacen(&format!("\"body\": \"{name}\""), "\"body\": \"別の市\"", 1),
            "not the name",
        ),
        (format!("[{whole},{whole}]"), "twice"),
        (
            spans(&[(None, Some("2027-03-31")), (Some("2027-05-01"), None)]),
            "valid_from: いちばん新しい版は令和9年3月31日までです",
        ),
        (
            spans(&[(None, Some("2027-03-31")), (Some("2027-03-31"), None)]),
            "重ならないように",
        ),
        (
            spans(&[(Some("2027-04-01"), Some("2027-03-31"))]),
            "適用の終わりは",
        ),
        (
            good.replacen(
                "\"basis\": \"award_date\"",
                "\"basis\": \"award_date\", \"until\": \"2026-06-30\"",
                1,
            ),
            "book.electronic.rules.0.until",
        ),
    ] {
        let why = obligees::read_plans(text.as_bytes()).unwrap_err();
        assert!(why.contains(words), "{words}: {why}");
        if !text.starts_with("{}") {
            assert!(why.starts_with("entry "), "{why}");
        }
    }
}
