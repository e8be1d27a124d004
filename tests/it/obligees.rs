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
    ] {
        let why = obligees::read_plans(text.as_bytes()).unwrap_err();
        assert!(why.contains(words), "{words}: {why}");
        if !text.starts_with("{}") {
            assert!(why.starts_with("entry "), "{why}");
        }
    }
}
