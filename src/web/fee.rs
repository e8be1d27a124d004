//! A fee with every step, as all pages show it: closed to one line, open to the whole working.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::page::{Tag, Tone};
use crate::domain::era;
use crate::domain::fee::{Fee, Line};
use crate::services::fees::statements::Entry;
use crate::services::fees::{Quote, papers};

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
    pub unknown: String,
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
            unknown: "料率が登録されていないため、保証料をここでは計算できません。".to_owned(),
            open: false,
        }
    }

    /// A sentence in the place of an amount.
    pub fn said(title: &str, words: &str) -> Self {
        Self {
            unknown: words.to_owned(),
            ..Self::of(title, None)
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
            unknown: String::new(),
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

/// A paper shown in the browser. `name` is made of figures, letters and hyphens only.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let head = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!(r#"inline; filename="{name}""#),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (head, bytes).into_response()
}

/// The number of a paper asked for as `{number}.pdf`.
pub fn asked(file: &str) -> Option<i64> {
    let stem = file.strip_suffix(".pdf")?;
    let plain = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| stem.parse().ok()).flatten()
}

/// One entry of the ledger as a line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    pub day: String,
    pub number: String,
    /// 前払金保証（新規）
    pub product: String,
    pub works: String,
    /// 保証料計算書, 保証料返還計算書
    pub title: &'static str,
    /// 「30,000円」, 「△2,400円」
    pub total: String,
    /// 非課税, うち消費税
    pub tax: String,
    /// The paper, below the guarantee's address.
    pub paper: String,
    /// How it is paid or given back, and whether that is done.
    pub state: Tag,
    pub demo: bool,
}

impl EntryLine {
    /// `guarantees` is the site's address of guarantees.
    pub fn of(entry: &Entry, guarantees: &str) -> Self {
        let open = entry.open_refund();
        let state = match (&entry.statement_no, entry.monthly) {
            (Some(number), _) => Tag::new(Tone::Note, format!("一括納付 {number}")),
            (None, true) => Tag::new(Tone::Mute, "一括納付（締め前）"),
            (None, false) if open > 0 => {
                Tag::new(Tone::Warn, format!("返還待ち {}", papers::signed(open)))
            }
            (None, false) if entry.total() < 0 => Tag::new(Tone::Ok, "返還済"),
            (None, false) if entry.total() == 0 => Tag::new(Tone::Mute, "―"),
            (None, false) => Tag::new(
                Tone::Mute,
                entry.fee_method.map_or("―", |method| method.label()),
            ),
        };
        Self {
            day: era::slashed(entry.day),
            product: format!("{}（{}）", entry.product.label(), entry.occasion),
            works: entry.works_name.clone(),
            title: entry.title(),
            total: papers::signed(entry.total()),
            tax: if entry.product.is_taxed() {
                format!("うち消費税 {}", papers::signed(entry.tax))
            } else {
                "非課税".to_owned()
            },
            paper: format!(
                "{guarantees}/{}/fee-statements/{}.pdf",
                entry.number, entry.id
            ),
            number: entry.number.clone(),
            state,
            demo: entry.is_demo(),
        }
    }
}
