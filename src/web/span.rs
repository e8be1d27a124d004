//! 期間 as people type it: two days, each may be left out, the second not before the first.

use time::Date;

use crate::domain::era;

/// What was read of a period; sentences where it could not be.
pub struct Span {
    pub from: Result<Option<Date>, String>,
    pub until: Result<Option<Date>, String>,
}

impl Span {
    /// `label` is what the period is called: 「期間」, 「工期」.
    pub fn read(from: &str, until: &str, label: &str) -> Self {
        let day = |typed: &str, label: &str| match typed.trim() {
            "" => Ok(None),
            typed => match era::parse_date(typed) {
                Ok(day) => Ok(Some(day)),
                Err(fault) => Err(fault.sentence(label)),
            },
        };
        let from = day(from, &format!("{label}の始め"));
        let mut until = day(until, &format!("{label}の終わり"));
        if let (Ok(Some(first)), Ok(Some(last))) = (&from, &until)
            && first > last
        {
            until = Err(format!(
                "{label}の終わりは、{label}の始めと同じ日か、それより後の日付にしてください。"
            ));
        }
        Self { from, until }
    }

    /// Both days, where neither is wrong.
    pub fn days(&self) -> Option<(Option<Date>, Option<Date>)> {
        match (&self.from, &self.until) {
            (Ok(from), Ok(until)) => Some((*from, *until)),
            _ => None,
        }
    }
}
