//! What follows from a change of the works contract, per product (domain.md §6.3, T9–T12).

use super::amounts::{self, difference, yen};
use super::{Circumstances, Finding, Outcome, RuleId, conditions};
use crate::domain::content::{ApplicationContent, Before, ChangeTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, RuleBook};
use crate::domain::wording::era_plain;

/// What a change asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Everything is as it was.
    Nothing,
    /// Only the price changed, and nothing is to be returned: 変更手続きは不要 (note 2 of the certificate).
    NotNeeded,
    /// The prepayment is more than the lower price allows: so much goes back, at most so much stays.
    Return { excess: Yen, most: Yen },
    /// A change of the certificate.
    Needed,
}

/// 5/10: how much of a lowered price a prepayment may keep (domain.md §6.3).
const DECREASE: Fraction = Fraction::tenths(5);

/// What follows for the product the change is about.
pub fn follows(content: &ApplicationContent, terms: &ChangeTerms) -> Follows {
    let before = &terms.before;
    let Some(common) = content.terms(before.product) else {
        return Follows::Nothing;
    };
    let works = &content.works;
    let fy_base = content.fy_base(before.product);
    let period = (works.period_from, works.period_to) != (before.period_from, before.period_to);
    let money = works.price != before.price || fy_base != before.fy_base;
    if common.amount == before.amount && !period && !money {
        return Follows::Nothing;
    }
    if !before.product.is_advance() {
        return Follows::Needed;
    }
    let (base, old) = (
        fy_base.unwrap_or(works.price),
        before.fy_base.unwrap_or(before.price),
    );
    let most = DECREASE.floor_of(base);
    if base < old && common.amount > most && common.amount <= before.amount {
        let excess = common.amount.checked_sub(most).unwrap_or(Yen::ZERO);
        return Follows::Return { excess, most };
    }
    if common.amount == before.amount && !period {
        return Follows::NotNeeded;
    }
    Follows::Needed
}

/// Every rule a change is held against; the form of the certificate is the guarantee's and is not
/// judged again.
pub(super) fn check(
    content: &ApplicationContent,
    terms: &ChangeTerms,
    unread: &[Field],
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    let before = &terms.before;
    let mut findings = vec![asked(content, terms)];
    findings.extend(conditions::works(content, circumstances.today));
    findings.retain(|finding| finding.rule != RuleId::ProductChosen);
    let Some(common) = content.terms(before.product) else {
        return findings;
    };
    let increase = common.amount > before.amount;
    findings.extend(match before.product {
        Product::Prepayment if increase => amounts::prepayment(content, unread, book),
        Product::Contract => amounts::contract(content, book)
            .into_iter()
            .map(|mut finding| {
                // Whether the tenth is asked for anew is the obligee's to say.
                if finding.rule == RuleId::ContractRate && finding.outcome == Outcome::Refuse {
                    finding.outcome = Outcome::Warn;
                }
                finding
            })
            .collect(),
        _ => Vec::new(),
    });
    let lump_sum = circumstances.lump_sum_agreement;
    findings.extend(conditions::terms(content, before.product, lump_sum));
    findings.retain(|finding| finding.rule != RuleId::ContractRider);
    findings.extend(conditions::information(content));
    findings
}

fn asked(content: &ApplicationContent, terms: &ChangeTerms) -> Finding {
    let before = &terms.before;
    let works = &content.works;
    let label = before.product.label();
    let fields = Field::of(before.product);
    let amount = content
        .terms(before.product)
        .map_or(Yen::ZERO, |common| common.amount);
    let (field, outcome, sentence) = match follows(content, terms) {
        Follows::Nothing => (
            Field::Price,
            Outcome::Refuse,
            "変更するところがありません。変わった請負金額・工期・保証金額を入力してください。"
                .to_owned(),
        ),
        Follows::NotNeeded => (
            Field::Price,
            Outcome::Refuse,
            format!(
                "{label}の変更手続きは不要です。請負金額だけの変更は、この保証契約の効力に影響を及ぼしません（証書の注2）。"
            ),
        ),
        Follows::Return { excess, most } => (
            fields.amount,
            Outcome::Refuse,
            format!(
                "減額後の{}の10分の5は{most}円で、いまの{}は{excess}円多くなっています。多い分の前払金を発注者へ返還し、{}を{most}円以下にしてください。",
                base_label(content, before),
                fields.amount.label(),
                fields.amount.label()
            ),
        ),
        Follows::Needed => (
            fields.amount,
            Outcome::Pass,
            format!("{label}の変更の証書を発行します。"),
        ),
    };
    Finding::new(RuleId::Change, field, outcome, sentence)
        .of(before.product)
        .figure(
            "請負金額",
            format!("{} → {}", yen(before.price), yen(works.price)),
        )
        .figure(
            "保証金額",
            format!("{} → {}", yen(before.amount), yen(amount)),
        )
        .figure(
            "工期の終わり",
            format!(
                "{} → {}",
                era_plain(before.period_to),
                era_plain(works.period_to)
            ),
        )
        .figure("保証金額の差", signed(before.amount, amount))
        .source("前払・中間は請負金額だけの変更なら手続き不要（証書の注2）。減額では10分の5まで")
}

fn base_label(content: &ApplicationContent, before: &Before) -> &'static str {
    match content.fy_base(before.product) {
        Some(_) => "今年度対象額",
        None => "請負金額",
    }
}

fn signed(before: Yen, after: Yen) -> String {
    if after >= before {
        format!("＋{}円", difference(after, before))
    } else {
        format!("－{}円", difference(before, after))
    }
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
