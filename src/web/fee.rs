//! A fee with every step, as all pages show it: closed to one line, open to the whole working.

use askama::Template;
use askama::filters::HtmlSafe;

use super::page::{Tag, Tone};
use crate::domain::fee::{Fee, Line};
use crate::services::fees::Quote;

/// `{{ fee }}` in a template writes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/fee.html")]
pub struct FeeBox {
    /// What it is the fee of: 前払金保証
    pub title: String,
    /// 「30,000円」; empty where it is not known.
    pub total: String,
    /// 非課税, or the tax in it.
    pub tax: String,
    /// 概算, DEMO
    pub tags: Vec<Tag>,
    /// The table it was reckoned by.
    pub table: String,
    pub steps: Vec<Step>,
    /// Said where no table is registered.
    pub unknown: &'static str,
    pub open: bool,
}

impl HtmlSafe for FeeBox {}

/// One line of the working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: String,
    pub working: String,
    pub value: String,
    pub heading: bool,
}

impl From<&Line> for Step {
    fn from(line: &Line) -> Self {
        Self {
            label: line.label(),
            working: line.working(),
            value: line.value(),
            heading: line.is_heading(),
        }
    }
}

impl FeeBox {
    /// The fee of a product, where its table is known.
    pub fn of(title: &str, quote: Option<&Quote>) -> Self {
        let mut tags = Vec::new();
        if quote.is_some_and(Quote::is_demo) {
            tags.push(Tag::new(Tone::Warn, "DEMO"));
        }
        Self {
            title: title.to_owned(),
            total: quote.map_or_else(String::new, |quote| format!("{}円", quote.fee.total)),
            tax: quote.map_or_else(String::new, |quote| tax_words(&quote.fee)),
            tags,
            table: quote.map_or_else(String::new, Quote::table_words),
            steps: quote.map_or_else(Vec::new, |quote| {
                quote.fee.lines.iter().map(Step::from).collect()
            }),
            unknown: "料率が登録されていないため、保証料をここでは計算できません。",
            open: false,
        }
    }

    /// An example of a table.
    pub fn worked(title: &str, table: &str, fee: &Fee) -> Self {
        Self {
            title: title.to_owned(),
            total: format!("{}円", fee.total),
            tax: tax_words(fee),
            tags: Vec::new(),
            table: table.to_owned(),
            steps: fee.lines.iter().map(Step::from).collect(),
            unknown: "",
            open: false,
        }
    }

    /// Not charged yet: 概算.
    #[must_use]
    pub fn rough(mut self) -> Self {
        if !self.total.is_empty() {
            self.tags.insert(0, Tag::new(Tone::Note, "概算"));
        }
        self
    }

    /// With the working in view.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }
}

/// 「非課税」, or what of the total is consumption tax.
pub fn tax_words(fee: &Fee) -> String {
    if fee
        .lines
        .iter()
        .any(|line| matches!(line, Line::Tax { .. }))
    {
        format!("うち消費税 {}円", fee.tax)
    } else {
        "非課税".to_owned()
    }
}
