//! What a row is made of.

/// 必須, 任意, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// 必須
    Required,
    /// 任意
    Optional,
    /// No badge: a row that is only shown, a search condition.
    Unmarked,
}

/// A piece of a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Words(String),
    /// A link.
    Link {
        /// Where it leads.
        href: String,
        /// What it says.
        words: String,
    },
}

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub words: String,
    /// What follows from it (cards only).
    pub note: String,
    /// Shown, but not to be had at present: the note says why. The server refuses it.
    pub barred: bool,
}

impl Choice {
    /// A plain choice.
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            words: words.into(),
            note: String::new(),
            barred: false,
        }
    }

    /// With what follows from it.
    #[must_use]
    pub fn note(mut self, words: impl Into<String>) -> Self {
        self.note = words.into();
        self
    }

    /// Not to be had at present, and why.
    #[must_use]
    pub fn barred(mut self, why: impl Into<String>) -> Self {
        self.note = why.into();
        self.barred = true;
        self
    }
}

/// The share of an amount, with its limit. Only display: rules compare integers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ratio {
    /// Tenths of a per cent: 400 is 40.0%. `None` while there is nothing to divide.
    pub permille: Option<u32>,
    /// The right end of the bar in per cent.
    pub top: u32,
    /// From here on (in tenths of a per cent) the bar is shown as over the limit.
    pub high: Option<u32>,
    /// 「上限 13,400,000円（10分の4・10万円未満切捨て）」
    pub limit: String,
    /// Names of the money fields it is a share of; the first one with a value counts.
    pub of: Vec<String>,
}

impl Ratio {
    fn per_cent(permille: u32) -> String {
        format!("{}.{}", permille / 10, permille % 10)
    }

    /// 「40.0%」, or a dash.
    pub fn words(&self) -> String {
        self.permille
            .map_or_else(|| "―".into(), |n| format!("{}%", Self::per_cent(n)))
    }

    /// The bar's value, never beyond its end.
    pub fn bar(&self) -> String {
        Self::per_cent(self.permille.unwrap_or(0).min(self.top * 10))
    }

    /// The bar's upper mark.
    pub fn mark(&self) -> String {
        Self::per_cent(self.high.unwrap_or(self.top * 10))
    }

    /// The ids of the fields it is a share of.
    pub fn base_ids(&self) -> String {
        let ids: Vec<_> = self.of.iter().map(|name| format!("f-{name}")).collect();
        ids.join(" ")
    }
}

/// The explanation behind 「?」. Never the only place of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// Its heading.
    pub title: String,
    /// Its paragraphs.
    pub text: Vec<String>,
}

/// The second half of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// Form name.
    pub name: String,
    /// As typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What the visitor types or presses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One line. The word is the `type`: `text`, `password`, `email` …
    Line(&'static str),
    /// An amount in yen.
    Money,
    /// A civil date in any form a person writes.
    Date,
    /// Two civil dates, から and まで.
    Period(Until),
    /// A list to open.
    Select(Vec<Choice>),
    /// Words beside round buttons.
    Radios(Vec<Choice>),
    /// Cards with what follows from each.
    Picks(Vec<Choice>),
    /// One box to tick; its words stand beside it. Ticked where the value is not empty.
    Tick(String),
    /// Several lines, this many high.
    Area(u8),
    /// Nothing to type: the value is shown.
    Shown,
}

/// Where the label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Beside the field, in a card.
    Row,
    /// Above the field, in a narrow box such as the sign-in.
    Stacked,
    /// Nowhere: only the control; the page writes the label (search conditions).
    Bare,
}
