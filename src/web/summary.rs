//! The box at the top of a form that names everything to mend.

use askama::Template;
use askama::filters::HtmlSafe;

use super::field::FieldView;

/// One sentence and the field it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorItem {
    /// The id of the field, `f-price`.
    pub target: String,
    /// The very sentence that stands beside the field.
    pub words: String,
}

/// `{{ shell.common.errors }}` in a template; nothing where nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "shell/errs.html")]
pub struct ErrorSummary {
    /// Instead of 「確認が必要な項目が…件あります」.
    pub title: Option<String>,
    /// A sentence under the heading.
    pub lead: Option<String>,
    /// What is to be mended, in the order of the page.
    pub items: Vec<ErrorItem>,
}

impl HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    /// Collects the sentences of the fields, in the order given, so that box and fields agree.
    pub fn of<'a>(fields: impl IntoIterator<Item = &'a FieldView>) -> Self {
        let items = fields.into_iter().flat_map(FieldView::errors).collect();
        Self {
            items,
            ..Self::default()
        }
    }

    /// A box with its own heading and sentence, for what belongs to no single field.
    pub fn titled(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self {
            title: Some(title.into()),
            lead: Some(lead.into()),
            items: Vec::new(),
        }
    }

    /// Adds a sentence under the heading, such as 「まだ送信していません。」.
    #[must_use]
    pub fn lead(mut self, words: impl Into<String>) -> Self {
        self.lead = Some(words.into());
        self
    }

    /// Adds a sentence and the id of the field it leads to (`f-price`).
    #[must_use]
    pub fn link(mut self, target: impl Into<String>, words: impl Into<String>) -> Self {
        self.items.push(ErrorItem {
            target: target.into(),
            words: words.into(),
        });
        self
    }

    /// Whether there is anything to say.
    pub fn any(&self) -> bool {
        self.title.is_some() || !self.items.is_empty()
    }

    /// How many of the sentences lead into one of these fields; for the tabs of a long form.
    pub fn within(&self, targets: &[&str]) -> usize {
        let inside = |item: &&ErrorItem| targets.contains(&item.target.as_str());
        self.items.iter().filter(inside).count()
    }
}
