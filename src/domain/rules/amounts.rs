//! The guaranteed amounts against price, rate and rounding. Integers only.

use super::limits::{AmountFacts, contract_bounds, prepayment_bounds};
use super::rates::Claim;
use super::{Finding, Outcome, RuleId, inputs};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::RuleBook;

/// Base, range, rate and rounding of the prepayment guarantee, where it is applied for.
pub(super) fn prepayment(
    content: &ApplicationContent,
    unread: &[Field],
    book: Option<&RuleBook>,
) -> Vec<Finding> {
    let Some(terms) = &content.prepayment else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    findings.extend(
        terms
            .fy_base
            .map(|base| fiscal_year_base(base, content.works.price)),
    );
    findings.push(range(content, Product::Prepayment, terms.common.amount));
    if terms.common.amount == Yen::ZERO {
        // Nothing to hold against a rate yet; the range says what is missing.
        return findings;
    }
    let facts = AmountFacts::of(content);
    let claim = Claim {
        amount: terms.common.amount,
        base: facts.base().unwrap_or(content.works.price),
        base_label: facts.base_label(),
        body: body(content, book),
        book,
    };
    let bounds = prepayment_bounds(content.works.kind, facts.low_price, book);
    findings.extend(claim.prepayment_rate(&bounds));
    // Without its base there is no ceiling, and the rounding speaks for itself.
    let reckoned = inputs::base(content, unread)
        .iter()
        .all(|field| !unread.contains(field));
    let own = bounds.iter().find(|bound| bound.known && reckoned);
    findings.push(claim.rounding(own));
    findings
}

/// Range and rate of the contract guarantee, where it is applied for.
pub(super) fn contract(content: &ApplicationContent, book: Option<&RuleBook>) -> Vec<Finding> {
    let Some(terms) = &content.contract else {
        return Vec::new();
    };
    let mut findings = vec![range(content, Product::Contract, terms.common.amount)];
    if terms.common.amount == Yen::ZERO {
        return findings;
    }
    let claim = Claim {
        amount: terms.common.amount,
        base: content.works.price,
        base_label: "請負金額",
        body: body(content, book),
        book,
    };
    findings.extend(claim.contract_rate(&contract_bounds(content.bid.low_price, book)));
    findings
}

fn body<'a>(content: &'a ApplicationContent, book: Option<&'a RuleBook>) -> &'a str {
    book.map_or(&content.works.obligee_name, |book| &book.body)
}

fn fiscal_year_base(base: Yen, price: Yen) -> Finding {
    let (outcome, sentence) = if base == Yen::ZERO {
        (
            Outcome::Refuse,
            "今年度対象額が0円になっています。単年度の契約では空欄にしてください。".to_owned(),
        )
    } else if base > price {
        (
            Outcome::Refuse,
            format!(
                "今年度対象額は、請負金額{price}円以下にしてください。いまの額は{}円多くなっています。",
                difference(base, price)
            ),
        )
    } else {
        (
            Outcome::Pass,
            "今年度対象額は請負金額の範囲内です。".to_owned(),
        )
    };
    Finding::new(RuleId::FiscalYearBase, Field::FyBase, outcome, sentence)
        .of(Product::Prepayment)
        .figure("今年度対象額", yen(base))
        .figure("請負金額", yen(price))
        .source("今年度対象額は請負金額のうち今年度の分")
}

/// 1 ≤ amount ≤ price.
fn range(content: &ApplicationContent, product: Product, amount: Yen) -> Finding {
    let price = content.works.price;
    let field = amount_field(product);
    let label = field.label();
    let (outcome, sentence) = if amount == Yen::ZERO {
        (
            Outcome::Refuse,
            format!("{label}は、1円以上の額を入力してください。"),
        )
    } else if amount > price {
        (
            Outcome::Refuse,
            format!(
                "{label}は、請負金額{price}円以下にしてください。いまの額は{}円多くなっています。",
                difference(amount, price)
            ),
        )
    } else {
        (
            Outcome::Pass,
            format!("{label}は1円以上、請負金額以下です。"),
        )
    };
    Finding::new(RuleId::AmountRange, field, outcome, sentence)
        .of(product)
        .figure(label, yen(amount))
        .figure("請負金額", yen(price))
        .source("保証金額は1円以上、請負金額以下")
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
