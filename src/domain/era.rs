//! A civil date and 令和8年4月1日, both ways.

use time::Date;

time::serde::format_description!(pub mod iso [Date] = "[year]-[month]-[day]");

/// 「令和08年01月18日」, as certificates print it (seed 000).
pub fn padded(date: Date) -> String {
    // Replaced by the full table of eras.
    format!(
        "令和{:02}年{:02}月{:02}日",
        date.year() - 2018,
        u8::from(date.month()),
        date.day()
    )
}
