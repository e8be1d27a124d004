//! A change of an issued guarantee (domain.md §6.3, T9–T12): what follows from the changed contract,
//! and whether what is asked for is right.

use super::{Circumstances, Finding, Judged, Outcome, RuleId};
use crate::domain::content::{ApplicationContent, Before, ChangeTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::RuleBook;

mod judging;

use judging::Change;

/// What has to be done about one guarantee after its contract has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follows {
    /// Nothing: the guarantee goes on as it is.
    NotNeeded { sentence: String },
    /// Part of the money paid in advance is to be returned, and the guarantee lowered.
    Return {
        /// How much is to be returned.
        excess: Yen,
        /// What may be kept of this guarantee's prepayment (of both together after a midterm one).
        most: Yen,
        sentence: String,
    },
    /// A changed certificate, 変更ー n: what of it becomes different.
    Needed { reasons: Vec<String> },
}

impl Follows {
    /// One code per answer, for the command line.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotNeeded { .. } => "not_needed",
            Self::Return { .. } => "return",
            Self::Needed { .. } => "needed",
        }
    }

    /// Everything it says, in one breath.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotNeeded { sentence } | Self::Return { sentence, .. } => sentence.clone(),
            Self::Needed { reasons } => reasons.concat(),
        }
    }
}

/// A change held against the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCheck {
    pub follows: Follows,
    pub findings: Vec<Finding>,
}

/// Holds a change of one guarantee against the rule book it was issued under.
///
/// `before` is what the guarantee says now, `after` what it is to say. `applied_on` of the
/// circumstances is the day of the application that made the guarantee: it fixes its fiscal year.
/// `guarantees` are the others of the same works: a midterm guarantee beside a prepayment one makes
/// their amounts be judged together. The form of the certificate is not judged again.
pub fn check_change(
    before: &ApplicationContent,
    after: &ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> ChangeCheck {
    let change = Change {
        before,
        after,
        product,
        book,
        circumstances,
        base_before: None,
    };
    let (follows, mut judged) = change.judged();
    if before == after {
        judged.push(change.nothing());
    }
    ChangeCheck {
        follows,
        findings: super::told(judged.into_iter().map(|it| it.graded(book)).collect()),
    }
}

/// A 変更の申込 against every rule: what the change itself is held against, and whether there is
/// anything to change. Of a price that needs no change the contractor is told so, and it stops there.
pub(super) fn check<'a>(
    content: &'a ApplicationContent,
    terms: &ChangeTerms,
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
) -> Vec<Judged<'a>> {
    let product = terms.before.product;
    let before = terms.before.content(content);
    let change = Change {
        before: &before,
        after: content,
        product,
        book,
        circumstances,
        base_before: terms.before.base,
    };
    let (follows, more) = change.judged();
    let base = change.base(content).amount;
    let same_base = change.base_before.is_none_or(|before| before == base);
    let mut judged = vec![if before == *content && same_base {
        change.nothing()
    } else {
        change.asked(&follows)
    }];
    judged.extend(more);
    let lump_sum = circumstances.lump_sum_agreement;
    judged.extend(super::terms::check(content, product, lump_sum));
    judged.retain(|it| it.rule != RuleId::ContractRider);
    judged.extend(super::terms::information(content));
    judged
}

impl Before {
    /// The contents as they were: `after` with what a change may change taken back.
    fn content(&self, after: &ApplicationContent) -> ApplicationContent {
        let mut before = after.clone();
        before.works.price = self.price;
        before.works.period_from = self.period_from;
        before.works.period_to = self.period_to;
        let common = match self.product {
            Product::Prepayment => before.prepayment.as_mut().map(|terms| {
                terms.fy_base = self.fy_base;
                &mut terms.common
            }),
            Product::Midterm => before.midterm.as_mut().map(|terms| {
                terms.fy_base = self.fy_base;
                &mut terms.common
            }),
            Product::Contract => before.contract.as_mut().map(|terms| &mut terms.common),
            Product::Reservation => before.reservation.as_mut().map(|terms| &mut terms.common),
        };
        if let Some(common) = common {
            common.amount = self.amount;
        }
        before
    }
}

/// Why a change cannot be asked for in the other form (seed 003, Q5), and what to do.
pub fn form_stays(form: CertificateForm) -> String {
    format!(
        "同じ保証契約の変更では、証書の形式を変えられません。{}のままお申し込みください。",
        form.label()
    )
}

/// Whether the version a change was built on still holds, and may be changed; `barrier` says why not.
pub fn foundation(barrier: Option<&'static str>) -> Finding {
    let (outcome, sentence) = match barrier {
        Some(words) => (Outcome::Refuse, words),
        None => (Outcome::Pass, "変更のもとの証書は、いまも有効です。"),
    };
    Judged::new(RuleId::Foundation, Field::ChangedOn, outcome, sentence)
        .told()
        .source("変更は、いま有効な証書の上に")
}
