use super::*;
use proptest::prelude::*;

#[test]
fn addresses_are_read_as_people_type_them() {
    for (typed, read) in [
        ("soumu@minato.example", "soumu@minato.example"),
        (" soumu@minato.example\u{3000}", "soumu@minato.example"),
        (
            "ｓｏｕｍｕ＠ｍｉｎａｔｏ．ｅｘａｍｐｌｅ",
            "soumu@minato.example",
        ),
        (
            "Soumu.Ka+hosho@Minato.EXAMPLE",
            "Soumu.Ka+hosho@minato.example",
        ),
        ("a_b-c'd@x-1.city.example.jp", "a_b-c'd@x-1.city.example.jp"),
    ] {
        assert_eq!(Email::parse(typed).unwrap().as_str(), read, "{typed}");
    }
}

#[test]
fn another_shape_is_refused_with_its_reason() {
    assert_eq!(
        Email::parse("soumu.minato.example")
            .unwrap_err()
            .sentence("メールアドレス"),
        "メールアドレスは「名前@会社名」の形で入力してください（いまの入力：soumu.minato.example）。"
    );
    assert_eq!(
        Email::parse(" ").unwrap_err().sentence("メールアドレス"),
        "メールアドレスを入力してください。"
    );
    assert_eq!(
        Email::parse(&format!("a@{}.example", "b".repeat(300)))
            .unwrap_err()
            .sentence("メールアドレス"),
        "メールアドレスは254文字以内で入力してください（いまは310文字です）。"
    );
    for typed in [
        "@",
        "a@",
        "@b.example",
        "a@b",
        "a@b.",
        "a@.b",
        "a@b..example",
        "a@@b.example",
        "a@b@c.example",
        "a b@c.example",
        "\"a b\"@c.example",
        "a@b.example\r\nBcc: x@y.example",
        "a\0@b.example",
        "a@b.example,c@d.example",
        "みなと <a@b.example>",
        "みなと@b.example",
        "a@みなと.example",
        "a@-b.example",
        "a@b-.example",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        ".a@b.example",
        "a.@b.example",
        "a..b@c.example",
        "a@b.example.",
        "a(x)@b.example",
        "a;b@c.example",
    ] {
        assert!(
            matches!(Email::parse(typed), Err(EmailFault::Shape(_))),
            "{typed}"
        );
    }
    let local = "a".repeat(65);
    assert!(Email::parse(&format!("{local}@b.example")).is_err());
    assert!(Email::parse(&format!("{}@b.example", &local[..64])).is_ok());
}

#[test]
fn stored_addresses_are_plain_text() {
    let email = Email::parse("soumu@minato.example").unwrap();
    let json = serde_json::to_string(&email).unwrap();
    assert_eq!(json, r#""soumu@minato.example""#);
    assert_eq!(serde_json::from_str::<Email>(&json).unwrap(), email);
    assert!(serde_json::from_str::<Email>(r#""nobody""#).is_err());
}

proptest! {
    #[test]
    fn what_is_accepted_can_be_mailed_to(
        typed in any::<String>(),
        close in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,12}@[a-zA-Z0-9.-]{1,12}\\.[a-z]{2,7}"
    ) {
        for typed in [typed, close] {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.as_str().parse::<lettre::Address>().is_ok(), "{}", email);
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            }
        }
    }
}
