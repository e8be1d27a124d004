use super::*;
use proptest::prelude::*;

#[test]
fn figures_are_read_in_any_dress() {
    for (typed, folded) in [
        ("２０，０００，０００", "20,000,000"),
        (" 35075\u{3000}00001 ", "3507500001"),
        ("\u{FEFF}12\u{200B}34\u{200F}", "1234"),
        ("８／７／１", "8/7/1"),
        ("㋿8年", "令和8年"),
        ("045ー000ー0000", "045-000-0000"),
        ("ー500", "-500"),
        ("データ", "データ"),
        ("10²", "10^"),
    ] {
        assert_eq!(fold_figures(typed), folded, "{typed}");
    }
    for dash in
        "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{FF0D}\u{FF70}\u{30FC}".chars()
    {
        assert_eq!(
            fold_figures(&format!("1{dash}2")),
            "1-2",
            "U+{:04X}",
            u32::from(dash)
        );
    }
}

#[test]
fn a_search_finds_every_way_to_write_a_name() {
    for (stored, asked) in [
        ("\u{9AD9}橋建設㈱", "高橋建設(株)"),
        ("\u{FA11}陽工業", "崎陽工業"),
        ("\u{20BB7}田 太郎", "吉田太郎"),
        ("\u{FA19}田", "\u{795E}田"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("ＡＢＣ建設", "abc建設"),
        ("ﾐﾅﾄ建設", "ミナト建設"),
        ("霞ヶ浦", "霞ケ浦"),
        ("葛\u{E0100}城", "葛城"),
        ("A～B", "A\u{301C}B"),
        ("1−2", "1-2"),
    ] {
        assert_eq!(search_key(stored), search_key(asked), "{stored}");
    }
    assert_ne!(search_key("斎藤"), search_key("斉藤"));
    assert_ne!(search_key("港"), search_key("湊"));
}

#[test]
fn names_keep_every_code_point() {
    for name in [
        "\u{FA19}田\u{9AD9}\u{FA11}\u{20BB7}㈱～①㎡Ⅲ",
        "葛\u{E0100}飾区",
        "\u{795E}\u{FE00}",
        "か\u{3099}",
        "市道1号線　舗装 修繕工事",
        "ｶﾅとＡＢＣ、—（）",
        "",
    ] {
        assert_eq!(line(name, 120).as_deref(), Ok(name));
        assert_eq!(block(name, 120).as_deref(), Ok(name));
    }
    assert_eq!(
        line(" \u{3000}みなと\u{3000}建設\u{A0}\t", 120).as_deref(),
        Ok("みなと\u{3000}建設")
    );
    assert_eq!(
        block("\r\n一行目\r\n\r\n　三行目\n", 120).as_deref(),
        Ok("一行目\n\n　三行目")
    );
}

#[test]
fn what_no_document_carries_is_named_with_its_place() {
    for (typed, sentence) in [
        (
            "工事\0",
            "工事名の3文字目に、使えない文字（制御文字 U+0000）があります。その文字を消してください。",
        ),
        (
            "\u{9B}",
            "工事名の1文字目に、使えない文字（制御文字 U+009B）があります。その文字を消してください。",
        ),
        (
            "か\u{3099}工\r\n事",
            "工事名の3文字目に、改行（U+000D）があります。改行を消してください。",
        ),
        (
            "工事\n",
            "工事名の3文字目に、改行（U+000A）があります。改行を消してください。",
        ),
        (
            "工\u{2028}事",
            "工事名の2文字目に、改行（U+2028）があります。改行を消してください。",
        ),
        (
            "工\t事",
            "工事名の2文字目に、使えない文字（タブ U+0009）があります。空白に置きかえてください。",
        ),
        (
            "工\u{202E}事",
            "工事名の2文字目に、使えない文字（文字の向きを変える制御文字 U+202E）があります。その文字を消してください。",
        ),
        (
            "a\u{200D}b",
            "工事名の1文字目に、使えない文字（目に見えない文字 U+200D）があります。その文字を消してください。",
        ),
        (
            "工\u{FEFF}",
            "工事名の2文字目に、使えない文字（目に見えない文字 U+FEFF）があります。その文字を消してください。",
        ),
        (
            "\u{E0041}",
            "工事名の1文字目に、使えない文字（目に見えない文字 U+E0041）があります。その文字を消してください。",
        ),
        (
            "工\u{E001}",
            "工事名の2文字目に、使えない文字（外字 U+E001）があります。ほかの文字に置きかえてください。",
        ),
        (
            "\u{10FFFD}",
            "工事名の1文字目に、使えない文字（外字 U+10FFFD）があります。ほかの文字に置きかえてください。",
        ),
        (
            "工\u{FFFD}",
            "工事名の2文字目に、使えない文字（文字化け U+FFFD）があります。その文字を入力しなおしてください。",
        ),
        (
            "工\u{FFFE}",
            "工事名の2文字目に、使えない文字（文字ではない符号 U+FFFE）があります。その文字を消してください。",
        ),
        (
            "\u{1FFFF}",
            "工事名の1文字目に、使えない文字（文字ではない符号 U+1FFFF）があります。その文字を消してください。",
        ),
        (
            "あ\u{E0100}",
            "工事名の1文字目に、使えない文字（目に見えない文字 U+E0100）があります。その文字を消してください。",
        ),
        (
            "葛\u{E0100}\u{E0101}",
            "工事名の1文字目に、使えない文字（目に見えない文字 U+E0101）があります。その文字を消してください。",
        ),
    ] {
        let fault = line(typed, 120).unwrap_err();
        assert_eq!(fault.sentence("工事名"), sentence, "{typed:?}");
    }
    assert_eq!(
        block("一行目\r\n二行\0目", 120)
            .unwrap_err()
            .sentence("連絡事項"),
        "連絡事項の2行目の3文字目に、使えない文字（制御文字 U+0000）があります。その文字を消してください。"
    );
    assert_eq!(
        required(String::new()).unwrap_err().sentence("工事名"),
        "工事名を入力してください。"
    );
}

#[test]
fn length_is_what_people_count() {
    let name = "葛\u{E0100}".repeat(120);
    assert_eq!(line(&name, 120).as_deref(), Ok(name.as_str()));
    assert_eq!(
        line(&format!("  {name}  "), 120).as_deref(),
        Ok(name.as_str())
    );
    let fault = line(&"工".repeat(130), 120).unwrap_err();
    assert_eq!(
        fault.sentence("工事名"),
        "工事名は120文字以内で入力してください（いまは130文字です）。"
    );
    assert_eq!(
        line(&"工".repeat(100_000), 120),
        Err(TextFault::TooLong {
            max: 120,
            count: 100_000
        })
    );
    let tower = format!("工事{}", "e".to_owned() + &"\u{301}".repeat(5000));
    assert!(matches!(
        line(&tower, 120),
        Err(TextFault::Stacked {
            place: Place {
                line: None,
                character: 3
            }
        })
    ));
}

#[test]
fn an_excerpt_is_short_and_harmless() {
    assert_eq!(excerpt(" 12\0a\n "), "12a");
    assert_eq!(
        excerpt(&"9".repeat(100_000)),
        format!("{}…", "9".repeat(40))
    );
}

proptest! {
    #[test]
    fn an_accepted_line_is_the_typed_one_without_its_ends(typed in any::<String>()) {
        match line(&typed, 40) {
            Ok(kept) => {
                prop_assert!(typed.contains(&kept));
                prop_assert!(length(&kept) <= 40);
                prop_assert!(!kept.chars().any(char::is_control));
                prop_assert_eq!(line(&kept, 40), Ok(kept.clone()));
            }
            Err(fault) => prop_assert!(fault.sentence("工事名").starts_with("工事名")),
        }
        let _ = (block(&typed, 40), search_key(&typed), excerpt(&typed));
    }

    #[test]
    fn folding_twice_changes_nothing_more(typed in any::<String>()) {
        let once = fold_figures(&typed);
        prop_assert_eq!(fold_figures(&once), once.clone());
        let key = search_key(&typed);
        prop_assert_eq!(search_key(&key), key.clone());
    }
}
