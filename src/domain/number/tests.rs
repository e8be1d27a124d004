use super::*;
use proptest::prelude::*;

#[test]
fn t25_every_way_to_type_a_number_is_that_number() {
    let number = ContractNumber::new("35075", 0, 'M').unwrap();
    assert_eq!(number.to_string(), "35075-00000M");
    for typed in [
        "35075-00000M",
        "３５０７５－０００００Ｍ",
        " 35075-00000m ",
        "35075-00000",
        "3507500000",
        "3507500000m",
        "35075 00000 m",
        "35075\u{2212}00000Ｍ",
        "35075ー00000ー M",
        "35075‐00000M",
        "\u{FEFF}35075-00000M\u{200B}",
    ] {
        let read = ContractNumber::parse(typed).unwrap();
        assert_eq!(read.digits(), "35075-00000", "{typed}");
        assert!(read.names(&number), "{typed}");
    }
    assert_eq!(ContractNumber::parse("35075-00000").unwrap().letter(), None);
    assert_eq!(
        ContractNumber::parse("35075-00000ｍ").unwrap().letter(),
        Some('M')
    );
    assert!(
        !ContractNumber::parse("35075-00000N")
            .unwrap()
            .names(&number)
    );
    assert!(
        !ContractNumber::parse("35075-00001M")
            .unwrap()
            .names(&number)
    );
}

#[test]
fn another_substance_is_refused_with_its_reason() {
    let other = "保証契約番号は、数字10けたと英字1文字です（例：35075-00001M）。ほかの文字を消してください（いまの入力：";
    for (typed, sentence) in [
        ("", "保証契約番号を入力してください。".to_owned()),
        (" - ", "保証契約番号を入力してください。".to_owned()),
        ("35075-0000", "保証契約番号の数字は10けたです（例：35075-00001M）。いまは9けたです（いまの入力：35075-0000）。".to_owned()),
        ("35075-000001M", "保証契約番号の数字は10けたです（例：35075-00001M）。いまは11けたです（いまの入力：35075-000001M）。".to_owned()),
        ("M", "保証契約番号の数字は10けたです（例：35075-00001M）。いまは0けたです（いまの入力：M）。".to_owned()),
        ("35075-00001MM", format!("{other}35075-00001MM）。")),
        ("M35075-00001", format!("{other}M35075-00001）。")),
        ("35075-0000O", "保証契約番号の数字は10けたです（例：35075-00001M）。いまは9けたです（いまの入力：35075-0000O）。".to_owned()),
        ("35O75-00001M", format!("{other}35O75-00001M）。")),
        ("35075-00001Ж", format!("{other}35075-00001Ж）。")),
        ("٣٥٠٧٥-00001M", format!("{other}٣٥٠٧٥-00001M）。")),
        ("35075/00001M", format!("{other}35075/00001M）。")),
    ] {
        assert_eq!(ContractNumber::parse(typed).unwrap_err().sentence("保証契約番号"), sentence, "{typed}");
    }
}

#[test]
fn a_number_is_made_of_sound_parts_only() {
    assert!(ContractNumber::new("35075", 99_999, 'M').is_some());
    assert!(ContractNumber::new("35075", 100_000, 'M').is_none());
    assert!(ContractNumber::new("3507", 1, 'M').is_none());
    assert!(ContractNumber::new("3507a", 1, 'M').is_none());
    assert!(ContractNumber::new("35075", 1, 'm').is_none());
    assert!(ContractNumber::new("35075", 1, 'Ｍ').is_none());
}

#[test]
fn stored_numbers_are_read_exactly() {
    for text in [
        "35075-00001",
        "35075-00001m",
        "3507500001M",
        "35075-00001M ",
        "35075-+0001M",
        "35075-00001MM",
        "",
        "-",
        "35075-0001あ",
    ] {
        assert_eq!(text.parse::<ContractNumber>(), Err(NotANumber), "{text}");
    }
    let number = ContractNumber::new("00001", 1, 'A').unwrap();
    let json = serde_json::to_string(&number).unwrap();
    assert_eq!(json, r#""00001-00001A""#);
    assert_eq!(
        serde_json::from_str::<ContractNumber>(&json).unwrap(),
        number
    );
    assert_eq!((number.serial(), number.suffix()), (1, 'A'));
}

proptest! {
    #[test]
    fn printed_numbers_are_read_back(block in "[0-9]{5}", serial in 0_u32..=99_999, suffix in proptest::char::range('A', 'Z')) {
        let number = ContractNumber::new(&block, serial, suffix).unwrap();
        let printed = number.to_string();
        prop_assert_eq!(printed.parse::<ContractNumber>(), Ok(number));
        let bare = printed.replace('-', "");
        let wide = crate::domain::width::full_width(&printed);
        let parted = format!("{} {} {}", &bare[..5], &bare[5..10], suffix.to_ascii_lowercase());
        for typed in [&printed, &bare, &wide, &parted, &printed.to_lowercase()] {
            let read = TypedNumber::parse(typed).unwrap();
            prop_assert_eq!(&read, &TypedNumber::parse(&printed).unwrap());
            prop_assert!(read.names(&number));
        }
    }

    #[test]
    fn nothing_typed_breaks_the_reader(typed in any::<String>()) {
        let _ = (TypedNumber::parse(&typed), typed.parse::<ContractNumber>());
    }
}
