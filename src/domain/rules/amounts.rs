//! The guaranteed amounts against price, rate and rounding. Integers only.

use super::limits::{self, Bound, contract_bounds};
use super::rates::{Claim, Lid};
use super::{Circumstances, Judged, Outcome, RuleId, inputs, years};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Minimum, PriceKind, RuleBook};
use crate::domain::wording::words;

/// Base, range, rate and rounding of the prepayment guarantee, where it is applied for.
pub(super) fn prepayment<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
) -> Vec<Judged<'a>> {
    let product = Product::Prepayment;
    let Some(terms) = &content.prepayment else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    findings.extend(years::typed_base(
        content,
        product,
        book,
        circumstances.applied_on,
    ));
    findings.push(range(content, product, terms.common.amount));
    if terms.common.amount == Yen::ZERO {
        // Nothing to hold against a rate yet; the range says what is missing.
        return findings;
    }
    let claim = advance(content, product, terms.common.amount, book, circumstances);
    let bounds = limits::prepayment_bounds(
        content.works.kind,
        content.bid.kind_detail.as_deref(),
        content.bid.low_price,
        book,
    );
    findings.extend(claim.advance_rate(RuleId::PrepaymentRate, &bounds));
    findings.extend(claim.under_lids(&bounds));
    findings.push(claim.rounding(own_bound(content, unread, product, &bounds)));
    findings
}

/// The bound whose ceiling a rounded amount may name: without its base there is none, and the
/// rounding speaks for itself.
pub(super) fn own_bound<'a>(
    content: &ApplicationContent,
    unread: &[Field],
    product: Product,
    bounds: &'a [Bound],
) -> Option<&'a Bound> {
    let reckoned = unread.is_empty()
        || inputs::base(content, product, unread)
            .iter()
            .all(|field| !unread.contains(field));
    bounds.iter().find(|bound| bound.known && reckoned)
}

/// Money paid in advance beside its base and the obligee's 限度額.
pub(super) fn advance<'a>(
    content: &'a ApplicationContent,
    product: Product,
    amount: Yen,
    book: Option<&'a RuleBook>,
    circumstances: &Circumstances,
) -> Claim<'a> {
    let base = years::base(content, product, book, circumstances.applied_on);
    Claim {
        product,
        amount,
        base: base.amount,
        base_label: base.label,
        body: body(content, book),
        book,
        lids: limits::cap(book, product, content.works.kind)
            .map(Lid::cap)
            .into_iter()
            .collect(),
        rounded: true,
    }
}

/// Range and rate of the contract guarantee, where it is applied for.
pub(super) fn contract<'a>(
    content: &'a ApplicationContent,
    book: Option<&'a RuleBook>,
) -> Vec<Judged<'a>> {
    let product = Product::Contract;
    let Some(terms) = &content.contract else {
        return Vec::new();
    };
    let mut findings = vec![range(content, product, terms.common.amount)];
    if terms.common.amount == Yen::ZERO {
        return findings;
    }
    let claim = floor(content, product, terms.common.amount, book);
    let bounds = contract_bounds(content.bid.low_price, book);
    findings.extend(claim.floor_rate(RuleId::ContractRate, &bounds));
    findings
}

/// A guaranteed amount beside the whole price.
pub(super) fn floor<'a>(
    content: &'a ApplicationContent,
    product: Product,
    amount: Yen,
    book: Option<&'a RuleBook>,
) -> Claim<'a> {
    Claim {
        product,
        amount,
        base: content.works.price,
        base_label: "請負金額",
        body: body(content, book),
        book,
        lids: Vec::new(),
        rounded: false,
    }
}

/// What the obligee asks of the contract itself before it pays in advance: least price, least days.
pub(super) fn conditions<'a>(
    content: &'a ApplicationContent,
    book: Option<&'a RuleBook>,
    product: Product,
) -> Vec<Judged<'a>> {
    let (Some(book), Some(_)) = (book, content.terms(product)) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for condition in book.conditions_of(product, content.works.kind) {
        findings.extend(
            condition
                .minimum
                .map(|minimum| least_price(content, book, product, minimum)),
        );
        findings.extend(
            condition
                .days
                .and_then(|days| least_days(content, book, product, days)),
        );
    }
    findings
}

fn least_price<'a>(
    content: &ApplicationContent,
    book: &'a RuleBook,
    product: Product,
    minimum: Minimum,
) -> Judged<'a> {
    let (price, field) = match minimum.price {
        PriceKind::Contract => (Some(content.works.price), Field::Price),
        PriceKind::Planned => (content.bid.planned_price, Field::PlannedPrice),
        PriceKind::Design => (content.bid.design_price, Field::DesignPrice),
    };
    let (label, product_label) = (minimum.price.label(), product.label());
    let contracts = move || format!("{}契約", minimum.words());
    let (outcome, sentence) = match price {
        None => (
            Outcome::Warn,
            words!(
                "{}が{product_label}の対象とするのは、{}です。{label}を入力すると確かめられます。",
                book.body,
                contracts()
            ),
        ),
        Some(price) if minimum.met_by(price) => (
            Outcome::Pass,
            words!(
                "{label}は{price}円で、{product_label}の対象です（{}）。",
                contracts()
            ),
        ),
        Some(price) => (
            Outcome::Refuse,
            words!(
                "{}が{product_label}の対象とするのは、{}です（いまの{label}は{price}円）。{label}に誤りがなければ、{product_label}はお申し込みいただけません。",
                book.body,
                contracts()
            ),
        ),
    };
    Judged::new(RuleId::MinimumPrice, field, outcome, sentence)
        .of(product)
        .because(move |finding| {
            finding
                .figure(label, price.map_or_else(|| "入力なし".to_owned(), yen))
                .figure("対象", minimum.words().trim_end_matches('の'))
                .source(sourced(Some(book), &contracts()))
        })
}

fn least_days<'a>(
    content: &ApplicationContent,
    book: &'a RuleBook,
    product: Product,
    least: u16,
) -> Option<Judged<'a>> {
    let works = &content.works;
    if works.period_from > works.period_to {
        return None;
    }
    let days = (works.period_to - works.period_from).whole_days() + 1;
    let label = product.label();
    let (outcome, sentence) = if days >= i64::from(least) {
        (
            Outcome::Pass,
            words!("工期は{days}日で、{label}の対象です（{least}日以上の契約）。"),
        )
    } else {
        (
            Outcome::Refuse,
            words!(
                "{}が{label}の対象とするのは、工期が{least}日以上の契約です（いまの工期は{days}日で、{}日足りません）。工期に誤りがなければ、{label}はお申し込みいただけません。",
                book.body,
                i64::from(least) - days
            ),
        )
    };
    Some(
        Judged::new(RuleId::MinimumDays, Field::PeriodTo, outcome, sentence)
            .of(product)
            .because(move |finding| {
                finding
                    .figure("工期", format!("{days}日"))
                    .source(sourced(Some(book), &format!("工期が{least}日以上の契約")))
            }),
    )
}

/// 「きまり：工期が90日以上の契約　出典：…」.
pub(super) fn sourced(book: Option<&RuleBook>, rule: &str) -> String {
    match book.map(RuleBook::source_words) {
        Some(words) if !words.is_empty() => format!("きまり：{rule}　出典：{words}"),
        _ => format!("きまり：{rule}"),
    }
}

pub(super) fn body<'a>(content: &'a ApplicationContent, book: Option<&'a RuleBook>) -> &'a str {
    book.map_or(&content.works.obligee_name, |book| &book.body)
}

/// 1 ≤ amount ≤ price.
pub(super) fn range<'a>(content: &ApplicationContent, product: Product, amount: Yen) -> Judged<'a> {
    let price = content.works.price;
    let field = amount_field(product);
    let label = field.label();
    let (outcome, sentence) = if amount == Yen::ZERO {
        (
            Outcome::Refuse,
            words!("{label}は、1円以上の額を入力してください。"),
        )
    } else if amount > price {
        (
            Outcome::Refuse,
            words!(
                "{label}は、請負金額{price}円以下にしてください。いまの額は{}円多くなっています。",
                difference(amount, price)
            ),
        )
    } else {
        (
            Outcome::Pass,
            words!("{label}は1円以上、請負金額以下です。"),
        )
    };
    Judged::new(RuleId::AmountRange, field, outcome, sentence)
        .of(product)
        .because(move |finding| {
            finding
                .figure(label, yen(amount))
                .figure("請負金額", yen(price))
                .source("保証金額は1円以上、請負金額以下")
        })
}

fn amount_field(product: Product) -> Field {
    Field::of(product).amount
}

pub(super) fn yen(amount: Yen) -> String {
    format!("{amount}円")
}

/// `more` − `less`, with commas; 0 where `less` is the greater.
pub(super) fn difference(more: Yen, less: Yen) -> String {
    grouped(i128::from((more.get() - less.get()).max(0)))
}

/// A product of amounts outgrows [`Yen`], so it is grouped here.
pub(super) fn grouped(value: i128) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
