//! Every rule an application is held against, each with its outcome, the numbers behind it and
//! where it comes from. Integers only; the shown per cent never decides (domain.md §7.4).

use time::Date;

use super::content::ApplicationContent;
use super::field::Field;
use super::product::Product;
use super::rulebook::{RuleBook, Severity};

mod amounts;
mod change;
mod conditions;
mod id;
mod inputs;
mod issue;
mod limits;
mod midterm;
mod papers;
mod rates;
mod reservation;
mod standing;
#[cfg(test)]
mod tests;
mod years;

pub use change::{ChangeCheck, Follows, check_change, form_stays, foundation};
pub use id::RuleId;
pub use issue::before_issue;
pub use limits::{AmountFacts, Floor, Limit, contract_floor, prepayment_limit};
pub use midterm::{HalfTime, half_time, midterm_limit};
pub use papers::{overlap, printable};
pub use standing::Standing;
pub use years::{Base, base};

/// What the rules need to know beside the application and the rule book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The civil date in Japan.
    pub today: Date,
    /// 申込日: the civil date of the first sending, today while nothing was sent. 「開始日」 of a rule
    /// book is judged by it.
    pub applied_on: Date,
    /// The contractor carries a 一括納付 agreement with the surety.
    pub lump_sum_agreement: bool,
    /// Guarantees of the same contractor that were issued before, as far as the application builds on
    /// them: the prepayment guarantee under a 中間前払金保証 with what else was issued on it, and for a
    /// change those of the same works.
    pub guarantees: Vec<Standing>,
}

/// How one rule came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Pass,
    /// The obligee's own rule is not known and there is no general one.
    Unchecked,
    Warn,
    /// Refused, but the branch may overrule it with a reason: sent it can be, approved only so.
    Overrulable,
    Refuse,
}

impl Outcome {
    pub const ALL: [Self; 5] = [
        Self::Pass,
        Self::Unchecked,
        Self::Warn,
        Self::Overrulable,
        Self::Refuse,
    ];

    /// The Office's word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pass => "適合",
            Self::Unchecked => "確認なし",
            Self::Warn => "注意",
            Self::Overrulable => "支店判断",
            Self::Refuse => "拒む",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unchecked => "unchecked",
            Self::Warn => "warn",
            Self::Overrulable => "overrulable",
            Self::Refuse => "refuse",
        }
    }
}

/// One rule's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: RuleId,
    /// Where two products are held against the same rule: which.
    pub product: Option<Product>,
    /// The field that mends it.
    pub field: Field,
    pub outcome: Outcome,
    /// What, by how much, what would be right, where it comes from.
    pub sentence: String,
    /// The numbers behind it: label and value, in order.
    pub figures: Vec<(String, String)>,
    /// もとになるきまり.
    pub source: String,
    /// Something has to be typed before the rule can be judged: no rule book makes that less.
    asks: bool,
}

impl Finding {
    fn new(rule: RuleId, field: Field, outcome: Outcome, sentence: String) -> Self {
        Self {
            rule,
            product: None,
            field,
            outcome,
            sentence,
            figures: Vec::new(),
            source: String::new(),
            asks: false,
        }
    }

    fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    /// As much as the rule book lets it count.
    fn graded(mut self, book: Option<&RuleBook>) -> Self {
        let severity = book.and_then(|book| book.severities.get(&self.rule));
        let broken = matches!(self.outcome, Outcome::Warn | Outcome::Refuse);
        if let Some(severity) = severity.filter(|_| broken && !self.asks && self.rule.is_graded()) {
            self.outcome = match severity {
                Severity::Refuse => Outcome::Refuse,
                Severity::Warn => Outcome::Warn,
                Severity::Overrule => Outcome::Overrulable,
            };
            if self.outcome == Outcome::Overrulable {
                self.sentence
                    .push_str("お申し込みはできます。支店が判断します。");
            }
        }
        self
    }

    fn of(mut self, product: Product) -> Self {
        self.product = Some(product);
        self
    }

    fn figure(mut self, label: &str, value: impl ToString) -> Self {
        self.figures.push((label.to_owned(), value.to_string()));
        self
    }

    fn source(mut self, words: impl Into<String>) -> Self {
        self.source = words.into();
        self
    }
}

/// Holds an application against every rule that applies to it, passed ones included.
pub fn check(
    content: &ApplicationContent,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    check_readable(content, &[], book, circumstances)
}

/// The same while some fields could not be read: every rule whose own inputs could, so that all
/// there is to mend is said at once. At `unread` fields the contents hold stand-ins.
pub fn check_readable(
    content: &ApplicationContent,
    unread: &[Field],
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    let mut findings = every_rule(content, unread, book, circumstances);
    findings.retain(|finding| inputs::were_read(finding, content, unread));
    findings
        .into_iter()
        .map(|finding| finding.graded(book))
        .collect()
}

fn every_rule(
    content: &ApplicationContent,
    unread: &[Field],
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    if let Some(terms) = &content.change {
        return change::check(content, terms, book, circumstances);
    }
    let mut findings = conditions::works(content, circumstances.today, circumstances.applied_on);
    findings.extend(years::lines(content));
    for product in Product::ALL {
        findings.extend(conditions::electronic(
            content,
            unread,
            book,
            product,
            circumstances.applied_on,
        ));
        findings.extend(amounts::conditions(content, book, product));
        findings.extend(match product {
            Product::Prepayment => amounts::prepayment(content, unread, book, circumstances),
            Product::Midterm => midterm::check(content, unread, book, circumstances),
            Product::Contract => amounts::contract(content, book),
            Product::Reservation => reservation::check(content, book),
        });
        findings.extend(conditions::terms(
            content,
            product,
            circumstances.lump_sum_agreement,
        ));
    }
    findings.extend(conditions::information(content));
    findings
}

/// What stands in the way, each sentence once.
pub fn refusals(findings: &[Finding]) -> Vec<&Finding> {
    with_outcome(findings, &[Outcome::Refuse])
}

/// What whoever approves would have to overrule, each sentence once.
pub fn overrulable(findings: &[Finding]) -> Vec<&Finding> {
    with_outcome(findings, &[Outcome::Overrulable])
}

/// What is only pointed out to the contractor, each sentence once: what the branch will judge, too.
pub fn warnings(findings: &[Finding]) -> Vec<&Finding> {
    with_outcome(findings, &[Outcome::Warn, Outcome::Overrulable])
}

fn with_outcome<'a>(findings: &'a [Finding], outcomes: &[Outcome]) -> Vec<&'a Finding> {
    let mut kept: Vec<&Finding> = Vec::new();
    for finding in findings.iter().filter(|it| outcomes.contains(&it.outcome)) {
        // Rate and rounding broken together share one sentence, as do two products that miss one date.
        let said = kept
            .iter()
            .any(|it| it.field == finding.field && it.sentence == finding.sentence);
        if !said {
            kept.push(finding);
        }
    }
    kept
}
