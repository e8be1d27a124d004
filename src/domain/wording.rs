//! Small written forms that the rules' sentences need: dates, ratios, words for later.

use std::fmt;
use std::rc::Rc;

use time::Date;

/// Words that are written when somebody reads them: most rules pass, and nobody asks why.
#[derive(Clone)]
pub enum Words<'a> {
    Fixed(&'static str),
    Told(Rc<dyn Fn() -> String + 'a>),
}

impl<'a> Words<'a> {
    pub fn told(write: impl Fn() -> String + 'a) -> Self {
        Self::Told(Rc::new(write))
    }

    pub fn write(&self) -> String {
        match self {
            Self::Fixed(words) => (*words).to_owned(),
            Self::Told(write) => write(),
        }
    }
}

impl PartialEq for Words<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.write() == other.write()
    }
}

impl Eq for Words<'_> {}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.write(), f)
    }
}

impl From<&'static str> for Words<'_> {
    fn from(words: &'static str) -> Self {
        Self::Fixed(words)
    }
}

/// For what is said at once: of a rule that is broken the words are read anyway.
impl From<String> for Words<'_> {
    fn from(words: String) -> Self {
        Self::told(move || words.clone())
    }
}

/// As `format!`, written when it is read.
macro_rules! words {
    ($($piece:tt)*) => {
        $crate::domain::wording::Words::told(move || format!($($piece)*))
    };
}
pub(super) use words;

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
