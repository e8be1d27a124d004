//! Small things that pages of every site show: a note, a tag, a line about the branch.

use std::fmt;

use askama::filters::HtmlSafe;

use super::site::{Names, Site};
use super::summary::ErrorSummary;

/// The response header with the seconds a session still lasts. The script reads it from the
/// answers to its own requests (autosave, 続ける).
pub const SESSION_LEFT: &str = "x-session-left";

/// How a tag or a note sounds. The colour never stands alone: words always say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, in order.
    Ok,
    /// Somebody has to look.
    Warn,
    /// Refused.
    Ng,
    /// Under way.
    Note,
    /// Quiet: not begun, over, not applicable.
    Mute,
}

impl Tone {
    /// The ending of the class (`tag--ok`, `notice--warn`).
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Ng => "ng",
            Self::Note => "note",
            Self::Mute => "mute",
        }
    }

    /// The icon that says the same without colour.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Ng => "ng",
            Self::Note | Self::Mute => "info",
        }
    }
}

/// A state as a small tag; `{{ tag }}` in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// How it sounds.
    pub tone: Tone,
    /// What it says.
    pub words: String,
}

impl Tag {
    /// A tag with its words.
    pub fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self {
            tone,
            words: words.into(),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words =
            askama::filters::escape(&self.words, askama::filters::Html).map_err(|_| fmt::Error)?;
        write!(
            f,
            r#"<span class="tag tag--{}">{words}</span>"#,
            self.tone.code()
        )
    }
}

impl HtmlSafe for Tag {}

/// The result of what the visitor just did, shown once on the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// How it sounds.
    pub tone: Tone,
    /// One sentence.
    pub words: String,
}

impl Flash {
    /// A sentence about something that worked.
    pub fn ok(words: impl Into<String>) -> Self {
        Self {
            tone: Tone::Ok,
            words: words.into(),
        }
    }

    /// A sentence about something to look at.
    pub fn warn(words: impl Into<String>) -> Self {
        Self {
            tone: Tone::Warn,
            words: words.into(),
        }
    }
}

/// When the session ends, and where the script asks for more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEnd {
    /// Seconds left when the page was made (counted from there, so clocks need not agree).
    pub left: u64,
    /// The civil time of the end in Japan, 「15時02分」.
    pub clock: String,
    /// POST here keeps the session alive.
    pub keep: &'static str,
}

impl SessionEnd {
    /// From the two instants; an end in the past counts as now.
    pub fn new(now: time::OffsetDateTime, until: time::OffsetDateTime, keep: &'static str) -> Self {
        let japan = time::UtcOffset::from_hms(9, 0, 0).unwrap_or(time::UtcOffset::UTC);
        let end = until.to_offset(japan);
        Self {
            left: u64::try_from((until - now).whole_seconds()).unwrap_or(0),
            clock: format!("{}時{:02}分", end.hour(), end.minute()),
            keep,
        }
    }
}

/// The branch that answers questions; shown where the leaflets show お問い合わせ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchLine {
    /// 神奈川支店, or company and department on anonymous pages.
    pub name: String,
    /// 045-000-0000
    pub tel: String,
    /// 045-100-0000; empty where there is none.
    pub fax: String,
    /// kanagawa@mirai.example; empty where there is none.
    pub mail: String,
    /// 平日 9:00～17:00
    pub hours: String,
}

impl BranchLine {
    /// The number as a `tel:` link needs it: figures only.
    pub fn dial(&self) -> String {
        self.tel.chars().filter(char::is_ascii_digit).collect()
    }
}

/// This screen's own help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLink {
    /// Where it leads.
    pub href: String,
    /// 「保証申込のヘルプ」
    pub words: String,
}

impl HelpLink {
    /// A topic of Net Desk's help: `HelpLink::netdesk("guarantees", "保証契約一覧のヘルプ")`.
    pub fn netdesk(topic: &str, words: impl Into<String>) -> Self {
        Self {
            href: super::urls::netdesk::Help(topic).to_string(),
            words: words.into(),
        }
    }

    /// A topic of the Office's help.
    pub fn office(topic: &str) -> Self {
        Self {
            href: super::urls::office::Help(topic).to_string(),
            words: "ヘルプ".into(),
        }
    }
}

/// What every shell carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// The site whose dress the page wears.
    pub site: Site,
    /// The site's shown name.
    pub service: String,
    /// The result of the last act.
    pub flash: Option<Flash>,
    /// What has to be mended; it also puts 「エラー：」 before the title.
    pub errors: ErrorSummary,
    /// When the session ends, for signed-in pages.
    pub session: Option<SessionEnd>,
    /// Whether this is the demo.
    pub demo: bool,
}

impl Common {
    /// A page of a site, nothing else said yet.
    pub fn new(names: &Names, site: Site) -> Self {
        Self {
            site,
            service: names.of(site).to_owned(),
            flash: None,
            errors: ErrorSummary::default(),
            session: None,
            demo: false,
        }
    }

    /// The name up to its bracket; narrow screens show only this.
    pub fn service_head(&self) -> &str {
        self.service.split('（').next().unwrap_or(&self.service)
    }

    /// The bracket of the name, where it has one.
    pub fn service_tail(&self) -> &str {
        self.service.strip_prefix(self.service_head()).unwrap_or("")
    }
}
