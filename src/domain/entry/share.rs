//! 出資比率 as people type it: 「60」, 「33.34%」, 「６０％」; kept in hundredths of a per cent.

use crate::domain::text;

/// 100 %.
pub(super) const WHOLE: u32 = 10_000;

/// `None` for what is no share over 0 and up to 100 % with at most two places.
pub fn parse(typed: &str) -> Option<u32> {
    let folded = text::fold_figures(typed);
    let bare = folded.trim_end_matches(['%', '％']);
    let (whole, places) = bare.split_once('.').unwrap_or((bare, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(places) || places.len() > 2
    {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let places: u32 = format!("{places:0<2}").parse().ok()?;
    let share = whole * 100 + places;
    (1..=WHOLE).contains(&share).then_some(share)
}

/// 「33.34」, 「60」.
/// 「33.34」, 「60」: hundredths of a per cent as a per cent.
pub fn words(share: u32) -> String {
    match (share / 100, share % 100) {
        (whole, 0) => whole.to_string(),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_people_type_them() {
        for (typed, share) in [
            ("60", Some(6000)),
            ("６０％", Some(6000)),
            ("33.34%", Some(3334)),
            ("33.3", Some(3330)),
            ("100", Some(10_000)),
            ("0", None),
            ("100.01", None),
            ("33.333", None),
            ("半分", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(parse(typed), share, "{typed}");
        }
        assert_eq!(words(3334), "33.34");
        assert_eq!(words(3330), "33.3");
        assert_eq!(words(6000), "60");
    }
}
