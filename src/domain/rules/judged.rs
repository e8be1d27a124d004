//! How one rule came out before anybody reads why. Most rules pass and their words are never asked
//! for, so words are written only when a finding is told.

use super::{Finding, Outcome, RuleId};
use crate::domain::field::Field;
use crate::domain::product::Product;
use crate::domain::rulebook::{RuleBook, Severity};
use crate::domain::wording::Words;

type Telling<'a> = Box<dyn FnOnce(Finding) -> Finding + 'a>;

/// One rule's outcome; [`Judged::told`] says why.
pub struct Judged<'a> {
    pub rule: RuleId,
    /// Where two products are held against the same rule: which.
    pub product: Option<Product>,
    /// The field that mends it.
    pub field: Field,
    pub outcome: Outcome,
    /// Something has to be typed before the rule can be judged: no rule book makes that less.
    pub(super) asks: bool,
    pub(super) sentence: Words<'a>,
    /// Adds the figures and the source.
    reasons: Option<Telling<'a>>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(
        rule: RuleId,
        field: Field,
        outcome: Outcome,
        sentence: impl Into<Words<'a>>,
    ) -> Self {
        Self {
            rule,
            product: None,
            field,
            outcome,
            asks: false,
            sentence: sentence.into(),
            reasons: None,
        }
    }

    pub(super) fn of(mut self, product: Product) -> Self {
        self.product = Some(product);
        self
    }

    pub(super) fn asking(mut self, asks: bool) -> Self {
        self.asks = asks;
        self
    }

    /// Its figures and its source, for whoever reads them.
    pub(super) fn because(mut self, reasons: impl FnOnce(Finding) -> Finding + 'a) -> Self {
        self.reasons = Some(match self.reasons.take() {
            Some(first) => Box::new(move |finding| reasons(first(finding))),
            None => Box::new(reasons),
        });
        self
    }

    /// As much as the rule book lets it count.
    pub(super) fn graded(mut self, book: Option<&RuleBook>) -> Self {
        let severity = book.and_then(|book| book.severities.get(&self.rule));
        let broken = matches!(self.outcome, Outcome::Warn | Outcome::Refuse);
        if let Some(severity) = severity.filter(|_| broken && !self.asks && self.rule.is_graded()) {
            self.outcome = match severity {
                Severity::Refuse => Outcome::Refuse,
                Severity::Warn => Outcome::Warn,
                Severity::Overrule => Outcome::Overrulable,
            };
        }
        self
    }

    /// The same with every word written.
    pub fn told(self) -> Finding {
        let mut sentence = self.sentence.write();
        // No rule is overrulable by itself, only where a book grades it so.
        if self.outcome == Outcome::Overrulable {
            sentence.push_str("お申し込みはできます。支店が判断します。");
        }
        let finding = Finding {
            rule: self.rule,
            product: self.product,
            field: self.field,
            outcome: self.outcome,
            sentence,
            figures: Vec::new(),
            source: String::new(),
        };
        match self.reasons {
            Some(reasons) => reasons(finding),
            None => finding,
        }
    }
}
