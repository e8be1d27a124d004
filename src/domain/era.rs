//! A civil date and 令和8年4月1日, both ways, in Japan's time.

use time::macros::{date, offset};
use time::{Date, OffsetDateTime, UtcOffset, Weekday};

mod reading;

pub use reading::{DateFault, parse_date, parse_moment};

time::serde::format_description!(pub mod iso [Date] = "[year]-[month]-[day]");

/// Japan has had no summer time since 1951; every instant here is later.
const TOKYO: UtcOffset = offset!(+9);

/// One era (元号): its first day is year 1 (元年).
#[derive(Debug, PartialEq, Eq)]
struct Era {
    name: &'static str,
    letter: char,
    start: Date,
}

/// Newest first.
const ERAS: [Era; 5] = [
    Era {
        name: "令和",
        letter: 'R',
        start: date!(2019 - 05 - 01),
    },
    Era {
        name: "平成",
        letter: 'H',
        start: date!(1989 - 01 - 08),
    },
    Era {
        name: "昭和",
        letter: 'S',
        start: date!(1926 - 12 - 25),
    },
    Era {
        name: "大正",
        letter: 'T',
        start: date!(1912 - 07 - 30),
    },
    Era {
        name: "明治",
        letter: 'M',
        start: date!(1868 - 10 - 23),
    },
];

impl Era {
    /// The era a date lies in and its year there; `None` before 明治.
    fn of(date: Date) -> Option<(&'static Self, i32)> {
        ERAS.iter()
            .find(|era| era.start <= date)
            .map(|era| (era, date.year() - era.start.year() + 1))
    }
}

/// 「令和08年01月18日」, as certificates print it (seed 000); a first year is 「令和元年05月01日」.
pub fn padded(date: Date) -> String {
    let (month, day) = (u8::from(date.month()), date.day());
    match Era::of(date) {
        Some((era, 1)) => format!("{}元年{month:02}月{day:02}日", era.name),
        Some((era, year)) => format!("{}{year:02}年{month:02}月{day:02}日", era.name),
        None => format!("{}年{month:02}月{day:02}日", date.year()),
    }
}

/// 「令和8年7月1日」, as screens, notices and mails write it.
pub fn plain(date: Date) -> String {
    let (month, day) = (u8::from(date.month()), date.day());
    match Era::of(date) {
        Some((era, 1)) => format!("{}元年{month}月{day}日", era.name),
        Some((era, year)) => format!("{}{year}年{month}月{day}日", era.name),
        None => format!("{}年{month}月{day}日", date.year()),
    }
}

/// 「2026年7月1日（水）」.
pub fn gregorian(date: Date) -> String {
    format!(
        "{}年{}月{}日（{}）",
        date.year(),
        u8::from(date.month()),
        date.day(),
        weekday(date.weekday())
    )
}

/// Both calendars, as a field reads a date back: 「令和8年7月1日（2026年7月1日・水）」.
pub fn both(date: Date) -> String {
    format!(
        "{}（{}年{}月{}日・{}）",
        plain(date),
        date.year(),
        u8::from(date.month()),
        date.day(),
        weekday(date.weekday())
    )
}

/// 「2026/07/01」, as lists write it.
pub fn slashed(date: Date) -> String {
    format!(
        "{:04}/{:02}/{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// 「R8.7.1」.
pub fn era_short(date: Date) -> String {
    format!(
        "{}.{}.{}",
        era_year(date),
        u8::from(date.month()),
        date.day()
    )
}

/// 「R8」, the year of receipt numbers (R8-000017).
pub fn era_year(date: Date) -> String {
    match Era::of(date) {
        Some((era, year)) => format!("{}{year}", era.letter),
        None => date.year().to_string(),
    }
}

/// 「2026/07/04 09:00」 in Japan, as 発行日時 is shown.
pub fn stamp(instant: OffsetDateTime) -> String {
    let here = tokyo(instant);
    format!(
        "{} {:02}:{:02}",
        slashed(here.date()),
        here.hour(),
        here.minute()
    )
}

/// The same instant on Japan's clock.
pub fn tokyo(instant: OffsetDateTime) -> OffsetDateTime {
    // Only in the last hours of the year 9999 is there no such clock.
    instant.checked_to_offset(TOKYO).unwrap_or(instant)
}

/// Japan's civil date at an instant.
pub fn tokyo_date(instant: OffsetDateTime) -> Date {
    tokyo(instant).date()
}

/// The fiscal year (年度): 1 April to 31 March, named by its first year.
pub fn fiscal_year(date: Date) -> i32 {
    if u8::from(date.month()) < 4 {
        date.year() - 1
    } else {
        date.year()
    }
}

/// Days of a period, both ends counted; 0 or less when it ends before it begins.
pub fn days_inclusive(from: Date, to: Date) -> i64 {
    (to - from).whole_days() + 1
}

fn weekday(day: Weekday) -> char {
    match day {
        Weekday::Monday => '月',
        Weekday::Tuesday => '火',
        Weekday::Wednesday => '水',
        Weekday::Thursday => '木',
        Weekday::Friday => '金',
        Weekday::Saturday => '土',
        Weekday::Sunday => '日',
    }
}

#[cfg(test)]
mod tests;
