//! One row of a form: label, error, field, read-back, hint and help, always built the same way.
//!
//! A page builds [`FieldView`]s and writes `{{ view.price }}`; ids follow from the name:
//! field `f-`, error `e-`, hint `h-`, read-back `r-`, ratio `q-`, answer `s-`, help `p-`.

use askama::Template;
use askama::filters::HtmlSafe;

use super::page::Tone;
use super::summary::ErrorItem;

mod parts;

pub use parts::{Choice, Control, Help, Layout, Need, Ratio, Span, Until};

/// One row of a form; `{{ field }}` in a template writes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/field.html")]
pub struct FieldView {
    /// Form name; ids follow from it.
    pub name: String,
    /// What the field is called.
    pub label: String,
    /// What was typed, untouched.
    pub value: String,
    /// What kind of control it is.
    pub control: Control,
    /// 必須 or 任意.
    pub need: Need,
    /// What is wrong, and how to mend it.
    pub error: Option<String>,
    /// Below the field.
    pub hint: Vec<Span>,
    /// How the server read the value.
    pub read: String,
    /// The site's answer to what was chosen.
    pub says: Option<(Tone, String)>,
    /// The share of an amount.
    pub ratio: Option<Ratio>,
    /// Behind 「?」.
    pub help: Option<Help>,
    /// Where the label stands.
    pub layout: Layout,
    /// Width class: `in--l`, `in--m`, `in--s`, `in--key`, `in--no num`.
    pub width: &'static str,
    /// After the field: 円.
    pub unit: &'static str,
    /// The id of a `<datalist>`.
    pub suggestions: Option<&'static str>,
    /// `autocomplete`.
    pub autocomplete: &'static str,
    /// `inputmode`.
    pub input_mode: &'static str,
    /// Whether codes are typed here, which no spelling check should touch.
    pub code: bool,
}

impl HtmlSafe for FieldView {}

impl FieldView {
    fn with(name: &str, label: &str, value: &str, control: Control) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            value: value.to_owned(),
            control,
            need: Need::Unmarked,
            error: None,
            hint: Vec::new(),
            read: String::new(),
            says: None,
            ratio: None,
            help: None,
            layout: Layout::Row,
            width: "in--l",
            unit: "",
            suggestions: None,
            autocomplete: "off",
            input_mode: "",
            code: false,
        }
    }

    /// One line of words.
    pub fn text(name: &str, label: &str, value: &str) -> Self {
        Self::with(name, label, value, Control::Line("text"))
    }

    /// A login id.
    pub fn login(name: &str, label: &str, value: &str) -> Self {
        Self::text(name, label, value)
            .autocomplete("username")
            .code()
            .stacked()
            .width("")
    }

    /// A password; never carries a value. `autocomplete` is `current-password` or `new-password`.
    pub fn password(name: &str, label: &str, autocomplete: &'static str) -> Self {
        let field = Self::with(name, label, "", Control::Line("password"));
        field.autocomplete(autocomplete).stacked().width("")
    }

    /// An amount in yen, 円 behind it.
    pub fn money(name: &str, label: &str, value: &str) -> Self {
        Self {
            unit: "円",
            input_mode: "numeric",
            ..Self::with(name, label, value, Control::Money).width("in--money")
        }
    }

    /// A civil date in one field.
    pub fn date(name: &str, label: &str, value: &str) -> Self {
        Self::with(name, label, value, Control::Date).width("in--date num")
    }

    /// Two civil dates: name and value of each.
    pub fn period(label: &str, from: (&str, &str), until: (&str, &str)) -> Self {
        let until = Until {
            name: until.0.to_owned(),
            value: until.1.to_owned(),
            error: None,
        };
        Self::with(from.0, label, from.1, Control::Period(until)).width("in--date num")
    }

    /// A list to open. Put 「選択してください」 with an empty value first where nothing is chosen.
    pub fn select(name: &str, label: &str, value: &str, choices: Vec<Choice>) -> Self {
        Self::with(name, label, value, Control::Select(choices))
    }

    /// Round buttons with words.
    pub fn radios(name: &str, label: &str, value: &str, choices: Vec<Choice>) -> Self {
        Self::with(name, label, value, Control::Radios(choices))
    }

    /// Cards that say what follows from each choice.
    pub fn picks(name: &str, label: &str, value: &str, choices: Vec<Choice>) -> Self {
        Self::with(name, label, value, Control::Picks(choices))
    }

    /// One box to tick; sends `on`.
    pub fn tick(name: &str, label: &str, on: bool, words: &str) -> Self {
        let value = if on { "on" } else { "" };
        Self::with(name, label, value, Control::Tick(words.to_owned()))
    }

    /// Several lines.
    pub fn area(name: &str, label: &str, value: &str, rows: u8) -> Self {
        Self::with(name, label, value, Control::Area(rows))
    }

    /// Only shown.
    pub fn shown(name: &str, label: &str, value: &str) -> Self {
        Self::with(name, label, value, Control::Shown)
    }

    /// 必須
    #[must_use]
    pub fn required(mut self) -> Self {
        self.need = Need::Required;
        self
    }

    /// 任意
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// What is wrong with it, if anything.
    #[must_use]
    pub fn error<S: Into<String>>(mut self, words: Option<S>) -> Self {
        self.error = words.map(Into::into);
        self
    }

    /// What is wrong with the end of a period, if anything.
    #[must_use]
    pub fn error_until<S: Into<String>>(mut self, words: Option<S>) -> Self {
        if let Control::Period(until) = &mut self.control {
            until.error = words.map(Into::into);
        }
        self
    }

    /// Adds words to the hint.
    #[must_use]
    pub fn hint(mut self, words: impl Into<String>) -> Self {
        self.hint.push(Span::Words(words.into()));
        self
    }

    /// Adds a link to the hint. It opens a tab of its own: what is being typed must not be lost.
    #[must_use]
    pub fn hint_link(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.hint.push(Span::Link {
            href: href.into(),
            words: words.into(),
        });
        self
    }

    /// How the server read the value.
    #[must_use]
    pub fn read(mut self, words: impl Into<String>) -> Self {
        self.read = words.into();
        self
    }

    /// The site's answer to what was chosen.
    #[must_use]
    pub fn says(mut self, tone: Tone, words: impl Into<String>) -> Self {
        self.says = Some((tone, words.into()));
        self
    }

    /// The share shown below an amount.
    #[must_use]
    pub fn ratio(mut self, ratio: Ratio) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// The explanation behind 「?」: at most five lines.
    #[must_use]
    pub fn help(mut self, title: &str, text: &[&str]) -> Self {
        self.help = Some(Help {
            title: title.to_owned(),
            text: text.iter().map(|line| (*line).to_owned()).collect(),
        });
        self
    }

    /// Label above, for narrow boxes.
    #[must_use]
    pub fn stacked(mut self) -> Self {
        self.layout = Layout::Stacked;
        self
    }

    /// Only the control.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.layout = Layout::Bare;
        self
    }

    /// Another width: `in--l`, `in--m`, `in--s`, `in--key`, `in--no num`, or none.
    #[must_use]
    pub fn width(mut self, class: &'static str) -> Self {
        self.width = class;
        self
    }

    /// The `<datalist>` with suggestions.
    #[must_use]
    pub fn suggestions(mut self, id: &'static str) -> Self {
        self.suggestions = Some(id);
        self
    }

    /// What the browser may fill in.
    #[must_use]
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    /// Which keyboard a phone shows: `numeric`, `tel`, `email`.
    #[must_use]
    pub fn input_mode(mut self, word: &'static str) -> Self {
        self.input_mode = word;
        self
    }

    /// Codes: no spelling check, no capital letter of the keyboard's own.
    #[must_use]
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    /// The id of the field.
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// Everything wrong in this row, with the ids to jump to.
    pub fn errors(&self) -> Vec<ErrorItem> {
        let own = self.error.iter().map(|words| (&self.name, words));
        let until = match &self.control {
            Control::Period(until) => until.error.as_ref().map(|words| (&until.name, words)),
            _ => None,
        };
        let item = |(name, words): (&String, &String)| ErrorItem {
            target: format!("f-{name}"),
            words: words.clone(),
        };
        own.chain(until).map(item).collect()
    }

    /// The ids that explain the field: error, answer, read-back, ratio, hint.
    pub fn described(&self) -> String {
        self.described_as(&self.name, self.error.is_some())
    }

    fn described_as(&self, name: &str, wrong: bool) -> String {
        let read = matches!(self.control, Control::Money | Control::Date) || !self.read.is_empty();
        let parts = [
            (wrong, format!("e-{name}")),
            (self.says.is_some(), format!("s-{}", self.name)),
            (read, format!("r-{}", self.name)),
            (self.ratio.is_some(), format!("q-{}", self.name)),
            (!self.hint.is_empty(), format!("h-{}", self.name)),
        ];
        let ids: Vec<_> = parts
            .into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, id)| id)
            .collect();
        ids.join(" ")
    }

    /// The ids that explain the end of a period.
    pub fn described_until(&self, until: &Until) -> String {
        self.described_as(&until.name, until.error.is_some())
    }

    fn wrong(&self) -> bool {
        !self.errors().is_empty()
    }

    /// Several controls under one heading.
    fn grouped(&self) -> bool {
        matches!(
            self.control,
            Control::Period(_) | Control::Radios(_) | Control::Picks(_)
        )
    }

    fn role(&self) -> &'static str {
        if matches!(self.control, Control::Period(_)) {
            "group"
        } else {
            "radiogroup"
        }
    }

    /// Whether one `<label>` belongs to the one control.
    fn labelled(&self) -> bool {
        !self.grouped() && !matches!(self.control, Control::Tick(_) | Control::Shown)
    }
}
