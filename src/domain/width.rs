//! Full width, for the fields the leaflets mark 全角.

use unicode_normalization::UnicodeNormalization;

/// Half-width ASCII, spaces and kana in full width, voicing marks joined (ｶﾞ → ガ); all else untouched.
pub fn full_width(text: &str) -> String {
    let mut wide = String::with_capacity(text.len() * 2);
    let mut kana = String::new();
    for c in text.chars() {
        if matches!(c, '\u{FF61}'..='\u{FF9F}') {
            kana.push(c);
            continue;
        }
        flush(&mut kana, &mut wide);
        wide.push(match c {
            ' ' | '\u{A0}' => '\u{3000}',
            '¥' => '￥',
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            c => c,
        });
    }
    flush(&mut kana, &mut wide);
    wide
}

/// Half-width kana alone may pass through NFKC: nothing else in it changes.
fn flush(kana: &mut String, wide: &mut String) {
    wide.extend(kana.nfkc().map(|c| match c {
        '\u{3099}' => '゛',
        '\u{309A}' => '゜',
        c => c,
    }));
    kana.clear();
}

#[cfg(test)]
mod tests {
    use super::full_width;
    use proptest::prelude::*;

    #[test]
    fn reads_as_a_bank_form_wants_it() {
        for (typed, wide) in [
            ("みなと銀行 本店営業部", "みなと銀行　本店営業部"),
            ("ﾐﾅﾄｼﾝｷﾝ ｶﾞｽ橋ﾊﾟｰｸ支店", "ミナトシンキン　ガス橋パーク支店"),
            ("A1-b(3)~", "Ａ１－ｂ（３）～"),
            ("ｳﾞ･｡｢ｱ｣､ｰ", "ヴ・。「ア」、ー"),
            ("ｱﾞﾟ", "ア゛゜"),
            (
                "\u{FA19}\u{9AD9}㈱か\u{3099}",
                "\u{FA19}\u{9AD9}㈱か\u{3099}",
            ),
            ("", ""),
        ] {
            assert_eq!(full_width(typed), wide, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn widening_twice_changes_nothing_more(text in any::<String>()) {
            let once = full_width(&text);
            prop_assert_eq!(full_width(&once), once);
        }
    }
}
