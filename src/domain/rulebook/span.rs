//! From when to when a version of a rule book holds, and whether versions fit one another.

use serde::{Deserialize, Serialize};
use time::Date;

use super::day;
use crate::domain::wording::era_plain;

/// The days of one version, both ends among them. An open end reaches as far as it may: to the
/// beginning, and to the day before the next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// `None`: from the beginning.
    #[serde(default, with = "day")]
    pub valid_from: Option<Date>,
    /// `None`: until the next version.
    #[serde(default, with = "day")]
    pub valid_until: Option<Date>,
}

/// Why a version does not fit the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanFault {
    /// Ends before it begins.
    Backwards,
    /// Begins before the newest version does.
    BeforeNewest { from: Option<Date> },
    /// Begins while the newest version holds by its own words.
    Overlap { until: Date },
    /// Leaves days without a version.
    Gap { until: Date },
}

impl SpanFault {
    /// The sentence beside 適用の始まり (beside 適用の終わり for [`SpanFault::Backwards`]).
    pub fn sentence(self) -> String {
        match self {
            Self::Backwards => {
                "適用の終わりは、始まりの日と同じか、それより後の日にしてください。".to_owned()
            }
            Self::BeforeNewest { from: Some(from) } => format!(
                "いちばん新しい版は{}から適用しています。重ならないように、その日（差し替えるとき）か、それより後の日にしてください。",
                era_plain(from)
            ),
            Self::BeforeNewest { from: None } => {
                "いちばん新しい版ははじめから適用しています。差し替えるときは空欄にし、そうでなければ始まりの日を入力してください。".to_owned()
            }
            Self::Overlap { until } => format!(
                "いちばん新しい版は{}まで適用します。重ならないように、次の日からにしてください。",
                era_plain(until)
            ),
            Self::Gap { until } => format!(
                "いちばん新しい版は{}までです。きまりのない日ができないように、次の日からにしてください。",
                era_plain(until)
            ),
        }
    }
}

impl Span {
    /// Whether a day falls into it, seen by itself.
    pub fn holds(self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until)
    }

    /// Whether a version with this span may follow the newest one there is. The same first day
    /// replaces that version.
    ///
    /// # Errors
    /// The [`SpanFault`] whose sentence belongs beside the field.
    pub fn follows(self, newest: Option<Self>) -> Result<(), SpanFault> {
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until < from
        {
            return Err(SpanFault::Backwards);
        }
        let Some(newest) = newest else {
            return Ok(());
        };
        // None sorts before every day: the beginning.
        match self.valid_from.cmp(&newest.valid_from) {
            std::cmp::Ordering::Less => Err(SpanFault::BeforeNewest {
                from: newest.valid_from,
            }),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => match (self.valid_from, newest.valid_until) {
                (Some(from), Some(until)) if from <= until => Err(SpanFault::Overlap { until }),
                (Some(from), Some(until)) if Some(from) != until.next_day() => {
                    Err(SpanFault::Gap { until })
                }
                _ => Ok(()),
            },
        }
    }

    /// Which of several versions holds on a day: of those that hold, the last one given.
    pub fn in_force(versions: &[Self], day: Date) -> Option<usize> {
        versions.iter().rposition(|span| span.holds(day))
    }

    /// The days in which a version really holds, given the one that came after it; `None` where that
    /// one begins with it and so replaces it.
    pub fn real(self, next: Option<Self>) -> Option<Self> {
        let Some(next) =
            next.and_then(|next| Some((next.valid_from, next.valid_from?.previous_day())))
        else {
            return match next {
                // A next version from the beginning replaces this one, which began there too.
                Some(_) => None,
                None => Some(self),
            };
        };
        let (from, before) = next;
        if from == self.valid_from {
            return None;
        }
        let until = match (self.valid_until, before) {
            (Some(own), Some(before)) => Some(own.min(before)),
            (own, before) => own.or(before),
        };
        Some(Self {
            valid_from: self.valid_from,
            valid_until: until,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn span(from: Option<Date>, until: Option<Date>) -> Span {
        Span {
            valid_from: from,
            valid_until: until,
        }
    }

    #[test]
    fn a_version_neither_overlaps_the_newest_nor_leaves_a_gap() {
        let first = span(None, None);
        let april = span(Some(date!(2027 - 04 - 01)), Some(date!(2028 - 03 - 31)));
        assert_eq!(first.follows(None), Ok(()));
        assert_eq!(april.follows(Some(first)), Ok(()));
        for (from, expected) in [
            (
                Some(date!(2028 - 03 - 31)),
                Err(SpanFault::Overlap {
                    until: date!(2028 - 03 - 31),
                }),
            ),
            (Some(date!(2028 - 04 - 01)), Ok(())),
            (
                Some(date!(2028 - 04 - 02)),
                Err(SpanFault::Gap {
                    until: date!(2028 - 03 - 31),
                }),
            ),
            // The same first day: a better text of that version.
            (Some(date!(2027 - 04 - 01)), Ok(())),
            (
                Some(date!(2027 - 03 - 31)),
                Err(SpanFault::BeforeNewest {
                    from: Some(date!(2027 - 04 - 01)),
                }),
            ),
            (
                None,
                Err(SpanFault::BeforeNewest {
                    from: Some(date!(2027 - 04 - 01)),
                }),
            ),
        ] {
            assert_eq!(span(from, None).follows(Some(april)), expected, "{from:?}");
        }
        let backwards = span(Some(date!(2027 - 04 - 01)), Some(date!(2027 - 03 - 31)));
        assert_eq!(backwards.follows(None), Err(SpanFault::Backwards));
    }

    #[test]
    fn a_replaced_version_holds_on_no_day() {
        let first = span(None, None);
        assert_eq!(first.real(Some(first)), None);
        let april = span(Some(date!(2027 - 04 - 01)), None);
        assert_eq!(
            first.real(Some(april)),
            Some(span(None, Some(date!(2027 - 03 - 31))))
        );
        assert_eq!(april.real(Some(april)), None);
        assert_eq!(april.real(None), Some(april));
    }

    proptest! {
        /// Versions that were let in one after the other leave no day after the first without one,
        /// and the days that `real` tells never meet.
        #[test]
        fn every_day_has_exactly_one_version(steps in proptest::collection::vec((0_i32..400, proptest::option::of(0_i32..400)), 1..8)) {
            let day = |offset: i32| date!(2026 - 01 - 01) + time::Duration::days(offset.into());
            let mut versions: Vec<Span> = Vec::new();
            for (from, until) in steps {
                let from = (!versions.is_empty()).then(|| day(from));
                let next = span(from, until.map(day));
                if next.follows(versions.last().copied()).is_ok() {
                    versions.push(next);
                }
            }
            prop_assume!(!versions.is_empty());
            for offset in 0..400 {
                let today = day(offset);
                let chosen = Span::in_force(&versions, today);
                let telling: Vec<usize> = versions.iter().enumerate().filter(|(index, version)| {
                    version.real(versions.get(index + 1).copied()).is_some_and(|real| real.holds(today))
                }).map(|(index, _)| index).collect();
                let over = versions.last().unwrap().valid_until.is_some_and(|until| until < today);
                if over {
                    continue;
                }
                prop_assert_eq!(Some(telling.as_slice()), chosen.as_ref().map(std::slice::from_ref));
            }
        }
    }
}
