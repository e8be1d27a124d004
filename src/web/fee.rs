//! A fee with every step, as all pages show it: closed to one line, open to the whole working.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::page::{Tag, Tone};
use crate::domain::era;
use crate::domain::fee::{self, Fee, FeeProduct, Line};
use crate::services::fees::statements::Entry;
use crate::services::fees::{ChangeFee, Due, Quote, papers};

pub use crate::domain::fee::Step;

/// `{{ fee }}` in a template writes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/fee.html")]
pub struct FeeBox {
    /// What it is the fee of: 前払金保証
    pub title: String,
    /// Before the total: 「追加の保証料」
    pub lead: &'static str,
    /// 「30,000円」, 「4,080円をお返しします」; empty where it is not known.
    pub total: String,
    /// 非課税, or the tax in it; empty where nothing is charged or given back.
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

impl FeeBox {
    /// The fee of a product, where its table is known.
    pub fn of(title: &str, quote: Option<&Quote>) -> Self {
        let mut tags = Vec::new();
        if quote.is_some_and(Quote::is_demo) {
            tags.push(Tag::new(Tone::Warn, "DEMO"));
        }
        Self {
            title: title.to_owned(),
            lead: "",
            total: quote.map_or_else(String::new, |quote| format!("{}円", quote.fee.total)),
            tax: quote.map_or_else(String::new, |quote| tax_words(&quote.fee)),
            tags,
            table: quote.map_or_else(String::new, Quote::table_words),
            steps: quote.map_or_else(Vec::new, |quote| {
                fee::told_of(quote.product, &quote.fee.lines)
            }),
            unknown: "料率が登録されていないため、保証料をここでは計算できません。",
            open: false,
        }
    }

    /// The fee of a product of an application as it stands; of a change what it costs more or gives
    /// back. `issued`: it has happened.
    pub fn due(title: &str, due: &Due, issued: bool) -> Self {
        let Some(change) = &due.change else {
            let mut known = Self::of(title, due.quote.as_ref());
            if due.is_outside_tables() {
                known.unknown = "発行のときに料率が未登録だったため、変更の保証料は計算しません。";
            }
            return known;
        };
        Self::of_change(title, change, due.quote.as_ref(), issued)
    }

    fn of_change(title: &str, change: &ChangeFee, extra: Option<&Quote>, issued: bool) -> Self {
        let difference = &change.difference;
        let total = difference.total();
        let plain = papers::signed(total.saturating_abs());
        let words = match total {
            0 => "保証料は変わりません".to_owned(),
            more if more > 0 => plain,
            _ if issued => format!("{plain}をお返しします"),
            _ => format!("{plain}をお返しします（発行のとき）"),
        };
        let demo = change.table.starts_with("DEMO");
        Self {
            title: title.to_owned(),
            lead: if total > 0 { "追加の保証料 " } else { "" },
            total: words,
            tax: if total == 0 {
                String::new()
            } else {
                tax_words(&difference.new)
            },
            tags: demo
                .then(|| Tag::new(Tone::Warn, "DEMO"))
                .into_iter()
                .collect(),
            table: extra.map_or_else(|| change.table.clone(), Quote::table_words),
            steps: fee::told(&difference.lines),
            unknown: "",
            open: false,
        }
    }

    /// An example of a table.
    pub fn worked(title: &str, table: &str, product: FeeProduct, fee: &Fee) -> Self {
        Self {
            title: title.to_owned(),
            lead: "",
            total: format!("{}円", fee.total),
            tax: tax_words(fee),
            tags: Vec::new(),
            table: table.to_owned(),
            steps: fee::told_of(product, &fee.lines),
            unknown: "",
            open: false,
        }
    }

    /// Not charged yet: 概算.
    #[must_use]
    pub fn rough(mut self) -> Self {
        // Without tax words nothing is charged or given back: there is nothing rough about it.
        if !self.total.is_empty() && !self.tax.is_empty() {
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

/// One entry of the ledger as a line of a page: on a guarantee's own page without its number and works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    pub day: String,
    pub number: String,
    /// 前払金保証（新規）
    pub product: String,
    pub works: String,
    /// 計算書, 返還計算書, 手数料通知書
    pub short: &'static str,
    /// 「30,000円」, 「△2,400円」
    pub total: String,
    /// 非課税, うち消費税
    pub tax: String,
    /// The paper, below the guarantee's address.
    pub paper: String,
    /// How it is paid or given back, and whether that is done.
    pub state: Tag,
    pub demo: bool,
    /// Among those of other guarantees: number and works are shown.
    pub among_others: bool,
}

impl EntryLine {
    /// `guarantees` is the site's address of guarantees.
    pub fn of(entry: &Entry, guarantees: &str) -> Self {
        Self {
            day: era::slashed(entry.day),
            product: format!("{}（{}）", entry.product.label(), entry.occasion),
            works: entry.works_name.clone(),
            short: entry.title().trim_start_matches("保証料"),
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
            state: entry_state(entry),
            demo: entry.is_demo(),
            among_others: false,
        }
    }

    /// In a list of several guarantees.
    #[must_use]
    pub fn among_others(mut self) -> Self {
        self.among_others = true;
        self
    }
}

fn entry_state(entry: &Entry) -> Tag {
    let open = entry.open_refund();
    match (&entry.statement_no, entry.monthly) {
        // Nothing is given back, and no statement has to be waited for.
        _ if entry.total() == 0 && entry.gives_back() => Tag::new(Tone::Mute, "返還なし"),
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
    }
}
