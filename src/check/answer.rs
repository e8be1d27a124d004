//! What the rules say to the facts, as it is printed.

use serde::Serialize;
use time::Date;

use super::facts::{Facts, NotUnderstood};
use crate::domain::content::ApplicationContent;
use crate::domain::era::iso;
use crate::domain::fee;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::RuleBook;
use crate::domain::rules::{self, AmountFacts, Circumstances, Finding, Follows, Outcome, RuleId};

/// The worst of all findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Warn,
    /// Refused unless the branch overrules it.
    Overrulable,
    Refuse,
}

/// Everything that is printed.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    schema: &'static str,
    pub verdict: Verdict,
    #[serde(with = "iso")]
    applied_on: Date,
    /// The version that judged; `None`: general rates only.
    rule_book: Option<Book>,
    products: Vec<ProductAnswer>,
    pub findings: Vec<FindingAnswer>,
    pub change: Option<ChangeAnswer>,
    fees: Vec<FeeAnswer>,
}

/// 保証料 of one product: of a change the difference.
#[derive(Debug, Clone, Serialize)]
struct FeeAnswer {
    product: Product,
    /// The table's name.
    table: String,
    /// The table is an example and no tariff of anybody.
    demo: bool,
    /// Whole yen without tax; negative: given back.
    amount: i64,
    /// Consumption tax; zero for guarantees.
    tax: i64,
    total: i64,
    lines: Vec<FeeLine>,
}

/// One step that can be taken again by hand.
#[derive(Debug, Clone, Serialize)]
struct FeeLine {
    kind: &'static str,
    label: String,
    working: String,
    value: String,
    /// The figure without commas.
    exact: String,
}

#[derive(Debug, Clone, Serialize)]
struct Book {
    body: String,
    #[serde(with = "iso::option")]
    valid_from: Option<Date>,
    #[serde(with = "iso::option")]
    valid_until: Option<Date>,
    source: String,
}

/// What follows for one product.
#[derive(Debug, Clone, Serialize)]
struct ProductAnswer {
    product: Product,
    label: &'static str,
    amount: Yen,
    /// 保証期限
    #[serde(with = "iso")]
    until: Date,
    /// What the shown ratio and the rates are of.
    base: Yen,
    base_label: &'static str,
    /// 「40.0」; to show only.
    per_cent: Option<String>,
    /// The greatest amount (契約保証: the least), and what it comes from.
    limit: Option<LimitAnswer>,
    /// 中間前払金: the first day on which half is over.
    #[serde(with = "iso::option")]
    first_day: Option<Date>,
}

#[derive(Debug, Clone, Serialize)]
struct LimitAnswer {
    yen: Yen,
    words: String,
    /// From the obligee's own rule; else a general number.
    known: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct FindingAnswer {
    pub rule: RuleId,
    title: &'static str,
    pub product: Option<Product>,
    /// The form's field that mends it.
    field: &'static str,
    pub outcome: &'static str,
    pub sentence: String,
    figures: Vec<Figure>,
    source: String,
}

#[derive(Debug, Clone, Serialize)]
struct Figure {
    label: String,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ChangeAnswer {
    product: Product,
    /// `not_needed`, `return` or `needed`.
    pub follows: &'static str,
    /// How much is to be returned.
    pub excess: Option<Yen>,
    /// What may be kept.
    pub most: Option<Yen>,
    sentence: String,
}

/// # Errors
/// Where a part of the facts turns out not to be understood.
pub(super) fn answer(facts: &Facts) -> Result<Answer, NotUnderstood> {
    let content = facts.application.content();
    let version = facts.version();
    let book = version.map(|version| &version.book);
    let circumstances = facts.circumstances();
    let (findings, change) = match &facts.change {
        None => (
            rules::told(rules::judge(
                &content,
                &facts.application.unsaid(),
                book,
                &circumstances,
            )),
            None,
        ),
        Some(change) => {
            let before = change.before.content();
            let product = change.product;
            let result = rules::check_change(&before, &content, product, book, &circumstances);
            let follows = result.follows;
            let (excess, most) = match &follows {
                Follows::Return { excess, most, .. } => (Some(*excess), Some(*most)),
                Follows::NotNeeded { .. } | Follows::Needed { .. } => (None, None),
            };
            let change = ChangeAnswer {
                product,
                follows: follows.code(),
                excess,
                most,
                sentence: follows.sentence(),
            };
            (result.findings, Some(change))
        }
    };
    Ok(Answer {
        schema: "akashi/check-answer-1",
        verdict: verdict(&findings),
        applied_on: facts.applied_on(),
        rule_book: version.map(|version| Book {
            body: version.book.body.clone(),
            valid_from: version.span.valid_from,
            valid_until: version.span.valid_until,
            source: version.book.source_words(),
        }),
        products: content
            .products()
            .filter(|product| {
                facts
                    .change
                    .as_ref()
                    .is_none_or(|change| change.product == *product)
            })
            .map(|product| of_product(&content, product, book, &circumstances))
            .collect(),
        fees: fees(facts, &content)?,
        findings: findings.iter().map(finding).collect(),
        change,
    })
}

fn fees(facts: &Facts, content: &ApplicationContent) -> Result<Vec<FeeAnswer>, NotUnderstood> {
    let mut fees = Vec::new();
    for product in content.products() {
        let changed = facts.change.as_ref();
        if changed.is_some_and(|change| change.product != product) {
            continue;
        }
        let Some(table) = facts.fee_table(product)? else {
            continue;
        };
        let amount = |content: &ApplicationContent| {
            content
                .terms(product)
                .map_or(Yen::ZERO, |terms| terms.amount)
        };
        let new = amount(content);
        let (lines, amount, tax) = match changed {
            Some(change) => {
                let old = amount(&change.before.content());
                let difference = fee::difference(&table, old, new);
                (difference.lines, difference.amount, difference.tax)
            }
            None => {
                let fee = fee::fee(&table, new);
                (fee.lines, fee.amount.get(), fee.tax.get())
            }
        };
        fees.push(FeeAnswer {
            product,
            demo: table.is_demo(),
            table: table.name,
            amount,
            tax,
            total: amount + tax,
            lines: lines
                .iter()
                .map(|line| FeeLine {
                    kind: line.kind(),
                    label: line.label(),
                    working: line.working(),
                    value: line.value(),
                    exact: line.exact(),
                })
                .collect(),
        });
    }
    Ok(fees)
}

fn verdict(findings: &[Finding]) -> Verdict {
    let worst = findings.iter().map(|finding| finding.outcome).max();
    match worst.unwrap_or(Outcome::Pass) {
        Outcome::Pass | Outcome::Unchecked => Verdict::Pass,
        Outcome::Warn => Verdict::Warn,
        Outcome::Overrulable => Verdict::Overrulable,
        Outcome::Refuse => Verdict::Refuse,
    }
}

fn of_product(
    content: &ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> ProductAnswer {
    let base = rules::base(content, product, book, circumstances.applied_on);
    let amount = content
        .terms(product)
        .map_or(Yen::ZERO, |terms| terms.amount);
    let facts = AmountFacts {
        fy_base: content.fy_base(product).or(Some(base.amount)),
        ..AmountFacts::of(content)
    };
    let limit = match product {
        Product::Prepayment => rules::prepayment_limit(
            &AmountFacts {
                fy_base: Some(base.amount),
                ..facts
            },
            book,
        )
        .map(|limit| (limit.ceiling, limit.words, limit.known)),
        Product::Midterm => rules::midterm_limit(content, book, circumstances)
            .map(|limit| (limit.ceiling, limit.words, limit.known)),
        Product::Contract => {
            rules::contract_floor(&facts, book).map(|floor| (floor.floor, floor.words, floor.known))
        }
        Product::Reservation => None,
    };
    let base = match product {
        Product::Prepayment | Product::Midterm => base,
        Product::Contract | Product::Reservation => rules::Base {
            amount: content.works.price,
            label: "請負金額",
        },
    };
    ProductAnswer {
        product,
        label: product.label(),
        amount,
        until: content.until(product, circumstances.applied_on),
        base: base.amount,
        base_label: base.label,
        per_cent: Yen::percent_half_up(amount, base.amount),
        limit: limit.map(|(yen, words, known)| LimitAnswer { yen, words, known }),
        first_day: (product == Product::Midterm)
            .then(|| rules::half_time(&content.works, circumstances.applied_on)?.first_day)
            .flatten(),
    }
}

fn finding(finding: &Finding) -> FindingAnswer {
    FindingAnswer {
        rule: finding.rule,
        title: finding.rule.title(),
        product: finding.product,
        field: finding.field.id(),
        outcome: finding.outcome.code(),
        sentence: finding.sentence.clone(),
        figures: finding
            .figures
            .iter()
            .map(|(label, value)| Figure {
                label: label.clone(),
                value: value.clone(),
            })
            .collect(),
        source: finding.source.clone(),
    }
}
