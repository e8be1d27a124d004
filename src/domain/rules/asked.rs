//! 変更の申込: what a contractor asks for, held against what follows from it (T9–T12). What needs no
//! change is not sent; what is to be returned leads to the lowered amount.

use super::change::{Follows, check_change};
use super::{Circumstances, Finding, Outcome, RuleId, conditions};
use crate::domain::content::{ApplicationContent, ChangeTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::rulebook::RuleBook;

/// The contents as they held before the change.
fn before(content: &ApplicationContent, terms: &ChangeTerms) -> ApplicationContent {
    let held = &terms.before;
    let mut before = content.clone();
    before.change = None;
    before.works.price = held.price;
    before.works.period_from = held.period_from;
    before.works.period_to = held.period_to;
    before.set_amount(held.product, held.amount);
    before.set_fy_base(held.product, held.fy_base);
    before
}

/// Every rule a change is held against.
pub(super) fn check(
    content: &ApplicationContent,
    terms: &ChangeTerms,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    let product = terms.before.product;
    let mut after = content.clone();
    after.change = None;
    let before = before(content, terms);
    let held = check_change(&before, &after, product, book, circumstances);
    let mut findings = held.findings;
    let same = findings
        .iter()
        .any(|finding| finding.rule == RuleId::Changed);
    if !same {
        let moved = amount(&before, terms) != amount(&after, terms)
            || before.until(product, circumstances.applied_on)
                != after.until(product, circumstances.applied_on)
            || (before.works.period_from, before.works.period_to)
                != (after.works.period_from, after.works.period_to);
        findings.push(answer(&held.follows, content, terms, moved));
    }
    let lump_sum = circumstances.lump_sum_agreement;
    findings.extend(conditions::terms(content, product, lump_sum));
    findings.retain(|finding| finding.rule != RuleId::ContractRider);
    findings.extend(conditions::information(content));
    findings
}

fn amount(content: &ApplicationContent, terms: &ChangeTerms) -> Yen {
    let common = content.terms(terms.before.product);
    common.map_or(Yen::ZERO, |common| common.amount)
}

/// What follows, as an answer to whoever asks: a change of the price alone stops here.
fn answer(
    follows: &Follows,
    content: &ApplicationContent,
    terms: &ChangeTerms,
    moved: bool,
) -> Finding {
    let product = terms.before.product;
    let amount = Field::of(product).amount;
    let (field, outcome, sentence) = match follows {
        Follows::NotNeeded { sentence } => (
            Field::Price,
            Outcome::Refuse,
            if product.is_advance() {
                format!(
                    "{sentence}請負金額だけの変更は、この保証契約の効力に影響を及ぼしません（証書の注2）。"
                )
            } else {
                sentence.clone()
            },
        ),
        // Nothing else changes: the way on is the lowered amount.
        Follows::Return { most, .. } if !moved => (
            amount,
            Outcome::Refuse,
            format!(
                "{}を{most}円以下に変更してください。多い分の前払金は発注者へ返還します。",
                amount.label()
            ),
        ),
        Follows::Return { sentence, .. } => (amount, Outcome::Warn, sentence.clone()),
        Follows::Needed { reasons } => (amount, Outcome::Pass, reasons.concat()),
    };
    let works = &content.works;
    Finding::new(RuleId::Change, field, outcome, sentence)
        .of(product)
        .figure(
            "請負金額",
            format!("{}円 → {}円", terms.before.price, works.price),
        )
        .source("前払・中間は請負金額だけの変更なら手続き不要（証書の注2）")
}

/// Whether the version a change was built on still holds, and may be changed; `barrier` says why not.
pub fn foundation(barrier: Option<&'static str>) -> Finding {
    let (outcome, sentence) = match barrier {
        Some(words) => (Outcome::Refuse, words),
        None => (Outcome::Pass, "変更のもとの証書は、いまも有効です。"),
    };
    Finding::new(
        RuleId::Foundation,
        Field::ChangedOn,
        outcome,
        sentence.to_owned(),
    )
    .source("変更は、いま有効な証書の上に")
}
