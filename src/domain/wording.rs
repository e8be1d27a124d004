//! Small written forms that the rules' sentences need: dates, ratios.

use time::Date;

/// 「令和8年7月1日」, without padding.
pub(super) fn era_plain(date: Date) -> String {
    let (era, first) = match (date.year(), u8::from(date.month())) {
        (year, month) if year > 2019 || (year == 2019 && month >= 5) => ("令和", 2019),
        (year, month) if year > 1989 || (year == 1989 && (month > 1 || date.day() >= 8)) => {
            ("平成", 1989)
        }
        _ => {
            return format!(
                "{}年{}月{}日",
                date.year(),
                u8::from(date.month()),
                date.day()
            );
        }
    };
    let year = match date.year() - first + 1 {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    format!("{era}{year}年{}月{}日", u8::from(date.month()), date.day())
}

/// 「2026/07/01」, as lists and figures show a date.
pub(super) fn slashed(date: Date) -> String {
    format!(
        "{:04}/{:02}/{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// `part` of `whole` in tenths of a per cent, half up, as the form shows it; `None` of nothing.
///
/// For showing only: no rule may be judged by it.
pub(super) fn shown_tenths(part: i64, whole: i64) -> Option<i128> {
    if whole <= 0 {
        return None;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    Some((part * 2000 + whole) / (whole * 2))
}

/// 「40.0%」.
pub(super) fn tenths_text(tenths: i128) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}
