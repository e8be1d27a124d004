//! 中間前払金 (domain.md §4.2): from which day it can be had, and how much it may be.

use time::{Date, Duration};

use super::era;
use super::money::Yen;
use super::rulebook::Fraction;
use super::works::{self, WorksContract};

/// The part of the price that may be paid midway.
pub const RATE: Fraction = Fraction::tenths(2);
/// Prepayment and midterm prepayment together.
pub const TOGETHER: Fraction = Fraction::tenths(6);

/// The days whose half has to be over, for an application of `day`: the period, or the part of it
/// that lies in that fiscal year where the contract reaches over several.
pub fn working_period(works: &WorksContract, day: Date) -> (Date, Date) {
    if works.multi_year.is_none() {
        return (works.period_from, works.period_to);
    }
    let year = works.year_of(day);
    let begins = works::fiscal_year_end(year - 1);
    let begins = begins.next_day().unwrap_or(begins);
    (
        works.period_from.max(begins),
        works.period_to.min(works::fiscal_year_end(year)),
    )
}

/// The first day after the full half of a period, both ends counted. `None` where no day of the
/// period is left then, as with a period of one day.
pub fn first_day(from: Date, to: Date) -> Option<Date> {
    let days = (to - from).whole_days() + 1;
    if days < 1 {
        return None;
    }
    let day = from.checked_add(Duration::days(days - days / 2))?;
    (day <= to).then_some(day)
}

/// 「令和8年10月23日」 for an application of `day`, or that there is none.
pub fn first_day_words(works: &WorksContract, day: Date) -> String {
    let (from, to) = working_period(works, day);
    first_day(from, to).map_or_else(|| "ありません".to_owned(), era::plain)
}

/// The most a midterm prepayment may be beside what was prepaid, in whole yen: 2/10 of the base,
/// together 6/10. Zero where the prepayment has used it up.
pub fn ceiling(base: Yen, prepaid: Yen) -> Yen {
    let together = TOGETHER.floor_of(base);
    let left = together.checked_sub(prepaid).unwrap_or(Yen::ZERO);
    RATE.floor_of(base).min(left)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn yen(value: i64) -> Yen {
        Yen::new(value).unwrap()
    }

    #[test]
    fn t5_half_of_258_days_is_over_on_the_129th() {
        let (from, to) = (date!(2026 - 06 - 16), date!(2027 - 02 - 28));
        assert_eq!((to - from).whole_days() + 1, 258);
        assert_eq!(first_day(from, to), Some(date!(2026 - 10 - 23)));
        assert_eq!(ceiling(yen(60_000_000), yen(24_000_000)), yen(12_000_000));
    }

    #[test]
    fn t6_of_odd_days_the_greater_half_has_to_be_over() {
        let first = first_day(date!(2026 - 07 - 01), date!(2027 - 03 - 30));
        assert_eq!(first, Some(date!(2026 - 11 - 15)));
    }

    #[test]
    fn a_period_too_short_has_no_such_day() {
        let day = date!(2026 - 07 - 01);
        assert_eq!(first_day(day, day), None);
        assert_eq!(first_day(day, day.next_day().unwrap()), day.next_day());
        assert_eq!(first_day(day, day.previous_day().unwrap()), None);
        assert_eq!(
            first_day(Date::MIN, Date::MAX).map(|it| it > Date::MIN),
            Some(true)
        );
    }

    #[test]
    fn what_was_prepaid_leaves_no_more_than_six_tenths_together() {
        assert_eq!(ceiling(yen(10_000_000), yen(5_000_000)), yen(1_000_000));
        assert_eq!(ceiling(yen(10_000_000), yen(7_000_000)), Yen::ZERO);
        assert_eq!(ceiling(yen(9_999_999), Yen::ZERO), yen(1_999_999));
    }
}
