use super::*;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::{HashMap, HashSet};

const SAMPLE: &str = "Z28YUE4J3Bux";

fn key(text: &str) -> AuthenticationKey {
    AuthenticationKey::parse(text).unwrap()
}

#[test]
fn every_way_to_type_a_key_is_that_key() {
    for typed in [
        SAMPLE,
        " Z28YUE4J3Bux\n",
        "Ｚ２８ＹＵＥ４Ｊ３Ｂｕｘ",
        "Z28Y-UE4J-3Bux",
        "Z28Y UE4J　3Bux",
        "Z28YーUE4J−3Bux",
        "\u{FEFF}Z28Y\u{200B}UE4J\u{AD}3Bux",
    ] {
        assert_eq!(key(typed), key(SAMPLE), "{typed}");
    }
    assert_eq!(key(SAMPLE).expose(), SAMPLE);
    assert_ne!(key("z28yue4j3bux"), key(SAMPLE));
    assert_ne!(key("Z28YUE4J3BuX"), key(SAMPLE));
    assert_eq!(key("Il0O1oIl0O1o").expose(), "Il0O1oIl0O1o");
}

#[test]
fn another_form_is_refused_without_repeating_it() {
    for (typed, sentence) in [
        ("", "認証キーを入力してください。"),
        (" - ", "認証キーを入力してください。"),
        (
            "Z28YUE4J3Bu",
            "認証キーは、英字と数字の12文字です（いまは11文字です）。大文字と小文字は区別されます。",
        ),
        (
            "Z28YUE4J3BuxZ",
            "認証キーは、英字と数字の12文字です（いまは13文字です）。大文字と小文字は区別されます。",
        ),
        (
            "Z28YUE4J3Buж",
            "認証キーは、英字と数字の12文字です。英字と数字のほかの文字が入っていないか、お確かめください。",
        ),
        (
            "Z28YUE4J3Bu\0",
            "認証キーは、英字と数字の12文字です。英字と数字のほかの文字が入っていないか、お確かめください。",
        ),
        (
            "Z28YUE4J3Bu_",
            "認証キーは、英字と数字の12文字です。英字と数字のほかの文字が入っていないか、お確かめください。",
        ),
    ] {
        let fault = AuthenticationKey::parse(typed).unwrap_err();
        assert_eq!(fault.sentence("認証キー"), sentence, "{typed:?}");
        assert!(!format!("{fault:?}").contains("Z28"));
    }
    assert_eq!(
        AuthenticationKey::parse(&"Z".repeat(100_000)).unwrap_err(),
        KeyFault::Length(100_000)
    );
}

#[test]
fn debug_hides_the_key() {
    assert_eq!(
        format!("{:?}", Some(key(SAMPLE))),
        "Some(AuthenticationKey(…))"
    );
}

#[test]
fn a_key_is_shown_in_groups_and_read_out() {
    assert_eq!(key(SAMPLE).groups(), ["Z28Y", "UE4J", "3Bux"]);
    assert_eq!(
        key(SAMPLE).reading(),
        "大文字のゼット・2・8・大文字のワイ／大文字のユー・大文字のイー・4・大文字のジェイ／3・大文字のビー・小文字のユー・小文字のエックス"
    );
}

#[test]
fn the_alphabet_has_no_look_alikes() {
    let letters: HashSet<u8> = ALPHABET.iter().copied().collect();
    assert_eq!(letters.len(), 56);
    assert!(letters.iter().all(u8::is_ascii_alphanumeric));
    assert!(b"IOlo01".iter().all(|c| !letters.contains(c)));
}

/// Chi-square of counts against equal shares.
fn chi_square(counts: &HashMap<Vec<u8>, u32>, cells: f64) -> f64 {
    let total: f64 = counts.values().map(|count| f64::from(*count)).sum();
    let share = total / cells;
    let seen: f64 = counts
        .values()
        .map(|count| (f64::from(*count) - share).powi(2) / share)
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "at most 3136 cells")]
    let empty = cells - counts.len() as f64;
    seen + empty * share
}

/// Mean and five standard deviations of chi-square with `freedom` degrees: once in millions by chance.
fn bound(freedom: f64) -> std::ops::RangeInclusive<f64> {
    let spread = 5.0 * (2.0 * freedom).sqrt();
    freedom - spread..=freedom + spread
}

#[test]
fn drawn_keys_are_even_in_every_place_and_pair() {
    let mut rng = StdRng::seed_from_u64(20_260_701);
    let keys: Vec<AuthenticationKey> = (0..60_000)
        .map(|_| AuthenticationKey::draw(&mut rng))
        .collect();
    let distinct: HashSet<&str> = keys.iter().map(AuthenticationKey::expose).collect();
    assert_eq!(distinct.len(), keys.len());
    for place in 0..12 {
        let mut single = HashMap::new();
        let mut pair = HashMap::new();
        for key in &keys {
            let bytes = key.expose().as_bytes();
            assert_eq!(bytes.len(), 12);
            *single.entry(vec![bytes[place]]).or_insert(0) += 1;
            *pair
                .entry(vec![bytes[place], bytes[(place + 1) % 12]])
                .or_insert(0) += 1;
        }
        assert!(single.keys().all(|c| ALPHABET.contains(&c[0])));
        let (one, two) = (chi_square(&single, 56.0), chi_square(&pair, 3136.0));
        assert!(bound(55.0).contains(&one), "place {place}: {one}");
        assert!(bound(3135.0).contains(&two), "places from {place}: {two}");
    }
}

#[test]
fn the_same_chance_draws_the_same_key_and_another_another() {
    let draw = |seed| AuthenticationKey::draw(&mut StdRng::seed_from_u64(seed));
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

proptest! {
    #[test]
    fn drawn_keys_are_read_back(seed in any::<u64>()) {
        let drawn = AuthenticationKey::draw(&mut StdRng::seed_from_u64(seed));
        let wide = crate::domain::width::full_width(drawn.expose());
        for typed in [drawn.expose(), drawn.groups().join("-").as_str(), wide.as_str()] {
            prop_assert_eq!(AuthenticationKey::parse(typed), Ok(drawn.clone()));
        }
        prop_assert_eq!(drawn.reading().split(['・', '／']).count(), 12);
    }

    #[test]
    fn nothing_typed_breaks_the_reader(typed in any::<String>()) {
        let _ = AuthenticationKey::parse(&typed);
    }
}
