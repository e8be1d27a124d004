//! When half of the time is over.

use time::{Date, Duration};

use crate::domain::works::{WorksContract, fiscal_year_end};

/// Half of the time in which the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfTime {
    pub from: Date,
    pub to: Date,
    /// First and last day counted.
    pub days: i64,
    /// Half of them, a half day counted as one.
    pub half: i64,
    /// The first day on which the obligee can find that half is over; `None` for a single day.
    pub first_day: Option<Date>,
}

/// Of the period, for a contract over several years of that fiscal year's part of it; `None` where
/// the period ends before it begins.
pub fn half_time(works: &WorksContract, applied_on: Date) -> Option<HalfTime> {
    let (mut from, mut to) = (works.period_from, works.period_to);
    if from > to {
        return None;
    }
    if works.multi_year.is_some() {
        let year = works.year_of(applied_on);
        from = from.max(fiscal_year_end(year - 1).next_day()?);
        to = to.min(fiscal_year_end(year));
    }
    let days = (to - from).whole_days() + 1;
    let half = (days + 1) / 2;
    Some(HalfTime {
        from,
        to,
        days,
        half,
        first_day: from.checked_add(Duration::days(half)).filter(|_| days > 1),
    })
}
