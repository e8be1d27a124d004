//! A calendar month, as 一括納付 gathers it.

use time::{Date, Month as Name};

use crate::domain::text;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month a day lies in.
    pub fn of(day: Date) -> Self {
        Self(day.replace_day(1).unwrap_or(day))
    }

    /// Reads `2026-11`, `2026/11`, `2026年11月`, in figures of any width.
    pub fn parse(typed: &str) -> Option<Self> {
        let folded = text::fold_figures(typed).replace(['/', '年'], "-");
        let (year, month) = folded.trim_end_matches('月').split_once('-')?;
        let figures = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || !matches!(month.len(), 1 | 2) || !figures(year) || !figures(month) {
            return None;
        }
        let name = Name::try_from(month.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.parse().ok()?, name, 1)
            .ok()
            .map(Self)
    }

    pub fn first_day(self) -> Date {
        self.0
    }

    /// The first day of the month that follows.
    pub fn next_first_day(self) -> Date {
        let days = self.0.month().length(self.0.year());
        self.0.saturating_add(time::Duration::days(i64::from(days)))
    }

    /// Whether it is over on a day.
    pub fn is_over(self, today: Date) -> bool {
        today >= self.next_first_day()
    }

    /// 「2026年11月」
    pub fn words(self) -> String {
        format!("{}年{}月", self.0.year(), u8::from(self.0.month()))
    }
}

impl std::fmt::Display for Month {
    /// 2026-11
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), u8::from(self.0.month()))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_month_is_read_and_ends_when_the_next_begins() {
        for typed in ["2026-11", "２０２６／１１", "2026年11月"] {
            assert_eq!(
                Month::parse(typed),
                Some(Month::of(date!(2026 - 11 - 20))),
                "{typed}"
            );
        }
        for typed in [
            "2026", "2026-13", "2026-00", "26-11", "2026-1a", "", "2026-111", "+026-11",
        ] {
            assert_eq!(Month::parse(typed), None, "{typed}");
        }
        let month = Month::of(date!(2026 - 12 - 31));
        assert_eq!(month.next_first_day(), date!(2027 - 01 - 01));
        assert!(!month.is_over(date!(2026 - 12 - 31)) && month.is_over(date!(2027 - 01 - 01)));
        assert_eq!(
            (month.to_string(), month.words()),
            ("2026-12".into(), "2026年12月".into())
        );
    }
}
