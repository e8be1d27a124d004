//! Every rule an application is held against, each with its outcome, the numbers behind it and
//! where it comes from. Integers only; the shown per cent never decides (domain.md §7.4).

use time::Date;

use super::content::ApplicationContent;
use super::field::Field;
use super::product::Product;
use super::rulebook::RuleBook;

mod amounts;
mod change;
mod conditions;
mod inputs;
mod issue;
mod limits;
mod papers;
mod rates;
#[cfg(test)]
mod tests;

pub use change::{Follows, follows, foundation};
pub use issue::before_issue;
pub use limits::{AmountFacts, Floor, Limit, contract_floor, prepayment_limit};
pub use papers::{overlap, printable};

/// What the rules need to know beside the application and the rule book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The civil date in Japan.
    pub today: Date,
    /// 申込日: the civil date of the first sending, today while nothing was sent. 「開始日」 of a rule
    /// book is judged by it.
    pub applied_on: Date,
    /// The contractor carries a 一括納付 agreement with the surety.
    pub lump_sum_agreement: bool,
}

/// How one rule came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Pass,
    /// The obligee's own rule is not known and there is no general one.
    Unchecked,
    Warn,
    Refuse,
}

impl Outcome {
    /// The Office's word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pass => "適合",
            Self::Unchecked => "確認なし",
            Self::Warn => "注意",
            Self::Refuse => "拒む",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unchecked => "unchecked",
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }
}

/// Which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleId {
    ProductChosen,
    /// 変更の内容
    Change,
    /// 変更のもと
    Foundation,
    Period,
    ContractDate,
    JointVenture,
    ElectronicAcceptance,
    FiscalYearBase,
    AmountRange,
    PrepaymentRate,
    PrepaymentRounding,
    ContractRate,
    ContractRider,
    Bank,
    LumpSum,
    Handover,
    NoticeMail,
    Overlap,
    Printable,
}

impl RuleId {
    /// Stable name, for records and the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::ProductChosen => "product_chosen",
            Self::Change => "change",
            Self::Foundation => "foundation",
            Self::Period => "period",
            Self::ContractDate => "contract_date",
            Self::JointVenture => "joint_venture",
            Self::ElectronicAcceptance => "electronic_acceptance",
            Self::FiscalYearBase => "fiscal_year_base",
            Self::AmountRange => "amount_range",
            Self::PrepaymentRate => "prepayment_rate",
            Self::PrepaymentRounding => "prepayment_rounding",
            Self::ContractRate => "contract_rate",
            Self::ContractRider => "contract_rider",
            Self::Bank => "bank",
            Self::LumpSum => "lump_sum",
            Self::Handover => "handover",
            Self::NoticeMail => "notice_mail",
            Self::Overlap => "overlap",
            Self::Printable => "printable",
        }
    }

    /// 確認すること.
    pub fn title(self) -> &'static str {
        match self {
            Self::ProductChosen => "申し込む保証",
            Self::Change => "変更の内容",
            Self::Foundation => "変更のもとの証書",
            Self::Period => "工期と保証期限",
            Self::ContractDate => "請負契約日",
            Self::JointVenture => "共同企業体",
            Self::ElectronicAcceptance => "電子保証の対象",
            Self::FiscalYearBase => "今年度対象額",
            Self::AmountRange => "保証金額の範囲",
            Self::PrepaymentRate => "前払金の割合",
            Self::PrepaymentRounding => "端数",
            Self::ContractRate => "契約保証の割合",
            Self::ContractRider => "契約保証の前提",
            Self::Bank => "預託金融機関",
            Self::LumpSum => "一括納付の契約",
            Self::Handover => "保証証書受取",
            Self::NoticeMail => "お知らせの宛先",
            Self::Overlap => "重なり",
            Self::Printable => "印刷できない文字",
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
    fn new(rule: RuleId, field: Field, outcome: Outcome, sentence: String) -> Self {
        Self {
            rule,
            product: None,
            field,
            outcome,
            sentence,
            figures: Vec::new(),
            source: String::new(),
        }
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
}

fn every_rule(
    content: &ApplicationContent,
    unread: &[Field],
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    if let Some(terms) = &content.change {
        return change::check(content, terms, unread, book, circumstances);
    }
    let mut findings = conditions::works(content, circumstances.today);
    for product in Product::ALL {
        findings.extend(conditions::electronic(
            content,
            unread,
            book,
            product,
            circumstances.applied_on,
        ));
        findings.extend(match product {
            Product::Prepayment => amounts::prepayment(content, unread, book),
            Product::Contract => amounts::contract(content, book),
            Product::Midterm | Product::Reservation => Vec::new(),
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
    with_outcome(findings, Outcome::Refuse)
}

/// What is only pointed out, each sentence once.
pub fn warnings(findings: &[Finding]) -> Vec<&Finding> {
    with_outcome(findings, Outcome::Warn)
}

fn with_outcome(findings: &[Finding], outcome: Outcome) -> Vec<&Finding> {
    let mut kept: Vec<&Finding> = Vec::new();
    for finding in findings.iter().filter(|it| it.outcome == outcome) {
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
