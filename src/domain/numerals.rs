//! Numbers as Japanese people write them: `2,000万`, `二千万`, `２千５百万`, `20百万`, `二〇二六`.

/// Reads a folded number ([`super::text::fold_figures`]). Saturates instead of overflowing.
///
/// `None` for anything that is not one number, also for commas out of place.
pub fn read(text: &str) -> Option<u128> {
    let text: String = text.chars().map(plain).collect();
    let mut rest = text.as_str();
    let mut total = 0_u128;
    // What stands behind 億 must be less than one 億, and so on.
    let mut below: Option<u128> = None;
    for (sign, unit) in [
        ('兆', 1_000_000_000_000),
        ('億', 100_000_000),
        ('万', 10_000),
    ] {
        if let Some((head, tail)) = rest.split_once(sign) {
            total = add(total, section(head)?.saturating_mul(unit), below)?;
            below = Some(unit);
            rest = tail;
        }
    }
    if rest.is_empty() {
        below.map(|_| total)
    } else {
        add(total, section(rest)?, below)
    }
}

fn add(total: u128, part: u128, below: Option<u128>) -> Option<u128> {
    match below {
        Some(limit) if part >= limit => None,
        _ => Some(total.saturating_add(part)),
    }
}

/// Up to four places: 二千五百, 2千500, 2,000; and the book-keepers' 20百(万) and 20,000千.
fn section(text: &str) -> Option<u128> {
    let mut rest = text;
    let mut total = 0_u128;
    let mut below: Option<u128> = None;
    for (sign, unit) in [('千', 1000), ('百', 100), ('十', 10)] {
        if let Some((head, tail)) = rest.split_once(sign) {
            let times = if head.is_empty() { 1 } else { run(head)? };
            let alone = below.is_none() && tail.is_empty() && unit > 10;
            if times == 0 || (times > 9 && !alone) {
                return None;
            }
            total = add(total, times.saturating_mul(unit), below)?;
            below = Some(unit);
            rest = tail;
        }
    }
    if rest.is_empty() {
        below.map(|_| total)
    } else {
        add(total, run(rest)?, below)
    }
}

/// Figures side by side, Arabic or kanji, with commas only where they part thousands.
fn run(text: &str) -> Option<u128> {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default().chars().count();
    let parted = text.contains(',');
    if first == 0 || (parted && first > 3) || groups.any(|group| group.chars().count() != 3) {
        return None;
    }
    text.chars()
        .filter(|c| *c != ',')
        .try_fold(0_u128, |value, c| {
            Some(
                value
                    .saturating_mul(10)
                    .saturating_add(u128::from(c.to_digit(10)?)),
            )
        })
}

/// Kanji figures as ASCII, the formal signs of deeds (壱, 拾, 萬) as the everyday ones.
fn plain(c: char) -> char {
    match c {
        '〇' | '零' => '0',
        '一' | '壱' | '壹' => '1',
        '二' | '弐' | '貳' => '2',
        '三' | '参' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陸' => '6',
        '七' | '漆' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        '拾' => '十',
        '佰' => '百',
        '阡' | '仟' => '千',
        '萬' => '万',
        '、' => ',',
        c => c,
    }
}

/// Writes a number in kanji: 二千万, 三千三百五十五万, 一億一千万; 零 for nothing.
pub fn kanji(value: u64) -> String {
    if value == 0 {
        return "零".to_owned();
    }
    let mut text = String::new();
    for (unit, sign) in [
        (1_000_000_000_000, "兆"),
        (100_000_000, "億"),
        (10_000, "万"),
        (1, ""),
    ] {
        // 兆 is the last sign: what is larger than 9999兆 is no amount here.
        let part = (value / unit) % 10_000;
        for (place, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let figure = (part / place) % 10;
            let spoken = figure > 1 || (figure == 1 && (place == 1 || (place == 1000 && unit > 1)));
            if spoken {
                text.push(
                    ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九']
                        .get(usize::try_from(figure).unwrap_or_default())
                        .copied()
                        .unwrap_or('零'),
                );
            }
            if figure > 0 {
                text.push_str(name);
            }
        }
        if part > 0 {
            text.push_str(sign);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{kanji, read};
    use proptest::prelude::*;

    #[test]
    fn places_keep_their_order() {
        assert_eq!(read("二千二十六"), Some(2026));
        assert_eq!(read("10億5"), Some(1_000_000_005));
        assert_eq!(read("1億9999万9999"), Some(199_999_999));
        assert_eq!(read("1万10000"), None);
        assert_eq!(read("1億1億"), None);
        assert_eq!(read("万"), None);
        assert_eq!(read(""), None);
        assert_eq!(read(&"9".repeat(100_000)), Some(u128::MAX));
        assert_eq!(read(&format!("{}兆", "9".repeat(100))), Some(u128::MAX));
    }

    proptest! {
        #[test]
        fn kanji_are_read_back(value in 0_u64..10_000_000_000_000_000) {
            prop_assert_eq!(read(&kanji(value)), Some(u128::from(value)));
        }
    }
}
