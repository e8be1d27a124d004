//! Every rule an application is held against, each with its outcome, the numbers behind it and
//! where it comes from. Integers only; the shown per cent never decides (domain.md §7.4).

use time::Date;

use super::content::ApplicationContent;
use super::field::Field;
use super::product::Product;
use super::rulebook::RuleBook;

mod amounts;
mod change;
mod contract;
mod electronic;
mod id;
mod inputs;
mod issue;
mod judged;
mod limits;
mod midterm;
mod papers;
mod rates;
mod reservation;
mod standing;
mod terms;
#[cfg(test)]
mod tests;
mod years;

pub use change::{ChangeCheck, Follows, check_change, form_stays, foundation};
pub use id::RuleId;
pub use issue::before_issue;
pub use judged::Judged;
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
}

impl Finding {
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
    told(judge(content, &[], book, circumstances))
}

/// Every word of what was judged.
pub fn told(judged: Vec<Judged<'_>>) -> Vec<Finding> {
    judged.into_iter().map(Judged::told).collect()
}

/// The words of what refuses or is pointed out: all that whoever applies has to read.
pub fn obstacles(mut judged: Vec<Judged<'_>>) -> Vec<Finding> {
    judged.retain(|it| it.outcome >= Outcome::Warn);
    told(judged)
}

/// Holds an application against every rule that applies to it, passed ones included, and writes no
/// words yet.
///
/// While some fields could not be read (`unread`, where the contents hold stand-ins): every rule
/// whose own inputs could, so that all there is to mend is said at once.
pub fn judge<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
) -> Vec<Judged<'a>> {
    let mut judged = every_rule(content, unread, book, circumstances);
    if !unread.is_empty() {
        judged.retain(|it| inputs::were_read(it, content, unread));
    }
    judged.into_iter().map(|it| it.graded(book)).collect()
}

fn every_rule<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
) -> Vec<Judged<'a>> {
    if let Some(terms) = &content.change {
        return change::check(content, terms, book, circumstances);
    }
    let mut judged = contract::check(content, circumstances.today, circumstances.applied_on);
    judged.extend(years::lines(content));
    for product in Product::ALL {
        judged.extend(electronic::check(
            content,
            unread,
            book,
            product,
            circumstances.applied_on,
        ));
        judged.extend(amounts::conditions(content, book, product));
        judged.extend(match product {
            Product::Prepayment => amounts::prepayment(content, unread, book, circumstances),
            Product::Midterm => midterm::check(content, unread, book, circumstances),
            Product::Contract => amounts::contract(content, book),
            Product::Reservation => reservation::check(content, book),
        });
        judged.extend(terms::check(
            content,
            product,
            circumstances.lump_sum_agreement,
        ));
    }
    judged.extend(terms::information(content));
    judged
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
