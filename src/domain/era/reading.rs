//! Dates as people type them.

use time::{Date, Month, OffsetDateTime, Time};

use super::{ERAS, Era, plain, weekday};
use crate::domain::{numerals, text};

/// Years a document of this trade can name.
const YEARS: std::ops::RangeInclusive<i32> = 1868..=2100;

/// Reads `20260701`, `2026/7/1`, `2026年7月1日（水）`, `令和8年7月1日`, `令和元年5月1日`, `R8.7.1`, `R080701`,
/// `８／７／１` (a year of one or two figures without an era is one of 令和), in any width.
///
/// # Errors
/// The [`DateFault`] whose sentence belongs beside the field; a day outside its era is refused
/// (平成31年5月1日 does not exist).
pub fn parse_date(typed: &str) -> Result<Date, DateFault> {
    let folded = text::fold_figures(typed);
    if folded.is_empty() {
        return Err(DateFault::Empty);
    }
    let shown = text::excerpt(typed);
    let written = Written::read(&folded).ok_or_else(|| DateFault::NotADate(shown.clone()))?;
    let year = match &written.era {
        Some(era) => era.start.year() + written.year - 1,
        None => written.year,
    };
    if !YEARS.contains(&year) {
        return Err(DateFault::OutOfRange(shown));
    }
    let date = Month::try_from(written.month)
        .ok()
        .and_then(|month| Date::from_calendar_date(year, month, written.day).ok())
        .ok_or_else(|| DateFault::NoSuchDay(shown.clone()))?;
    if let Some(era) = written.era
        && Era::of(date).is_none_or(|(own, _)| own != era)
    {
        return Err(DateFault::OutsideEra { typed: shown, date });
    }
    if written
        .weekday
        .is_some_and(|day| day != weekday(date.weekday()))
    {
        return Err(DateFault::OtherWeekday { typed: shown, date });
    }
    Ok(date)
}

/// Reads a moment in Japan: a date as [`parse_date`] takes it, a blank, and a time (`15:31`). Without a
/// time the end of that day is meant.
///
/// # Errors
/// The [`DateFault`] whose sentence belongs beside the field.
pub fn parse_moment(typed: &str) -> Result<OffsetDateTime, DateFault> {
    let trimmed = typed.trim();
    let (day, hour, minute) = match trimmed.rsplit_once([' ', '　']) {
        Some((day, clock)) if clock.contains([':', '：']) => {
            let folded = text::fold_figures(clock);
            let parts = folded.split_once(':');
            let number = |part: &str| part.parse::<u8>().ok();
            let read = parts.and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
            let shown = || DateFault::NotADate(text::excerpt(typed));
            let (hour, minute) = read.ok_or_else(shown)?;
            (day, hour, minute)
        }
        _ => (trimmed, 23, 59),
    };
    let second = if trimmed == day { 59 } else { 0 };
    let clock = Time::from_hms(hour, minute, second)
        .map_err(|_| DateFault::NotADate(text::excerpt(typed)))?;
    Ok(parse_date(day)?
        .with_time(clock)
        .assume_offset(super::TOKYO))
}

/// The parts of a written date; not yet a day that exists.
struct Written {
    era: Option<&'static Era>,
    /// Of the era, or Gregorian.
    year: i32,
    month: u8,
    day: u8,
    weekday: Option<char>,
}

impl Written {
    fn read(folded: &str) -> Option<Self> {
        let (folded, weekday) = split_weekday(folded)?;
        let folded = folded.strip_prefix("西暦").unwrap_or(folded);
        let (era, rest) = split_era(folded);
        let (year, month, day) = if rest.bytes().all(|byte| byte.is_ascii_digit()) {
            let figures = if era.is_some() { 2 } else { 4 };
            if rest.len() != figures + 4 {
                return None;
            }
            let (year, rest) = rest.split_at_checked(figures)?;
            let (month, day) = rest.split_at_checked(2)?;
            (year, month, day)
        } else {
            split_parts(rest)?
        };
        let first = era.is_some() && year == "元";
        let read = if first { 1 } else { figure(year, 4)? };
        let short = read <= 99 && (year.len() <= 2 || !year.is_ascii());
        let era = era.or_else(|| ERAS.first().filter(|_| short));
        if era.is_some() && (read == 0 || !short) {
            return None;
        }
        Some(Self {
            era,
            year: i32::try_from(read).ok()?,
            month: u8::try_from(figure(month, 2)?).ok()?,
            day: u8::try_from(figure(day, 2)?).ok()?,
            weekday,
        })
    }
}

/// A part of a date: at most `most` ASCII figures, or kanji.
fn figure(text: &str, most: usize) -> Option<u32> {
    let ascii = text.bytes().all(|byte| byte.is_ascii_digit());
    if (ascii && text.len() > most) || text.contains([',', '、']) {
        return None;
    }
    numerals::read(text).and_then(|value| u32::try_from(value).ok())
}

/// 年月日, or the same kind of mark twice; ・ and 。 are what a Japanese keyboard makes of / and .
fn split_parts(text: &str) -> Option<(&str, &str, &str)> {
    if let Some((year, rest)) = text.split_once('年') {
        let (month, day) = rest.split_once('月')?;
        return Some((year, month, day.strip_suffix('日').unwrap_or(day)));
    }
    let mut parts = text.split(['/', '.', '-', '・', '。']);
    let found = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(found)
}

/// The era's name, its first character or its letter.
fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        let short = era.name.chars().next().unwrap_or(era.letter);
        let rest = text
            .strip_prefix(era.name)
            .or_else(|| text.strip_prefix([short, era.letter, era.letter.to_ascii_lowercase()]));
        if let Some(rest) = rest {
            // 「R.8.7.1」 is seen too.
            return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
        }
    }
    (None, text)
}

/// Takes 「(水)」 or 「(水曜日)」 off the end. `None` when brackets hold anything else.
fn split_weekday(text: &str) -> Option<(&str, Option<char>)> {
    let Some((date, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return Some((text, None));
    };
    let mut letters = inner.chars();
    let day = letters
        .next()
        .filter(|day| "月火水木金土日".contains(*day))?;
    matches!(letters.as_str(), "" | "曜" | "曜日").then_some((date, Some(day)))
}

/// Why a date is refused. Carries what was typed, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFault {
    Empty,
    NotADate(String),
    /// 2026-02-30.
    NoSuchDay(String),
    /// 平成31年5月1日; `date` is the day that was probably meant.
    OutsideEra {
        typed: String,
        date: Date,
    },
    /// The weekday written with it is another day's.
    OtherWeekday {
        typed: String,
        date: Date,
    },
    OutOfRange(String),
}

impl DateFault {
    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::NotADate(typed) => format!(
                "{label}は、2026/7/1 や 令和8年7月1日、R8.7.1 のように入力してください（いまの入力：{typed}）。"
            ),
            Self::NoSuchDay(typed) => format!(
                "{label}に入力された「{typed}」は、カレンダーにない日付です。年月日をお確かめください。"
            ),
            Self::OutsideEra { typed, date } => format!(
                "{label}に入力された「{typed}」は、元号の期間にない日付です。{}年{}月{}日は、{}と入力してください。",
                date.year(),
                u8::from(date.month()),
                date.day(),
                plain(*date)
            ),
            Self::OtherWeekday { typed, date } => format!(
                "{label}に入力された「{typed}」は、日付と曜日が合いません。{}は{}曜日です。",
                plain(*date),
                weekday(date.weekday())
            ),
            Self::OutOfRange(typed) => format!(
                "{label}は、{}年から{}年までの日付を入力してください（いまの入力：{typed}）。",
                YEARS.start(),
                YEARS.end()
            ),
        }
    }
}
