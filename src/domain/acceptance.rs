//! Does this obligee take an electronic certificate for this contract? (domain.md §7.3)

use time::Date;

use super::content::ApplicationContent;
use super::field::Field;
use super::product::Product;
use super::rulebook::{Basis, Electronic, ElectronicRule, RuleBook};
use super::text;
use super::wording::{Words, era_plain, words};
use super::works::{ContractKind, WorksContract};

mod telling;

pub use telling::{date_field, summary};
use telling::{date_label, refused, undated, unregistered};

/// What the answer hangs on, as far as it is known while the form is being filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptanceFacts {
    pub kind: Option<ContractKind>,
    /// 契約の細目: one of the obligee's own kinds; `None` is none of them.
    pub detail: Option<String>,
    /// 発注担当課
    pub section: Option<String>,
    /// 公告日 (or the day of designation, where the obligee takes either).
    pub notice_date: Option<Date>,
    /// 入札日
    pub bid_date: Option<Date>,
    /// 契約予定工事通知日
    pub planned_notice_date: Option<Date>,
    /// 落札決定日
    pub award_date: Option<Date>,
    /// 請負契約日
    pub contract_date: Option<Date>,
    /// The guarantee comes into being by a change of the contract.
    pub by_change: bool,
    /// The application's day in Japan.
    pub today: Date,
}

impl AcceptanceFacts {
    /// Nothing known but the day.
    pub fn on(today: Date) -> Self {
        Self {
            kind: None,
            detail: None,
            section: None,
            notice_date: None,
            bid_date: None,
            planned_notice_date: None,
            award_date: None,
            contract_date: None,
            by_change: false,
            today,
        }
    }

    pub fn of(content: &ApplicationContent, today: Date) -> Self {
        let (works, bid) = (&content.works, &content.bid);
        Self {
            kind: Some(works.kind),
            detail: bid.kind_detail.clone(),
            section: bid.obligee_section.clone(),
            notice_date: works.notice_date,
            bid_date: works.bid_date,
            planned_notice_date: works.planned_notice_date,
            award_date: works.award_date,
            contract_date: works.contract_date,
            by_change: bid.by_change,
            today,
        }
    }

    /// The date of the event that counts, where it is known.
    pub fn date(&self, basis: Basis) -> Option<Date> {
        match basis {
            Basis::NoticeDate | Basis::NoticeOrDesignation => self.notice_date,
            Basis::BidDate => self.bid_date,
            Basis::PlannedContractNotice => self.planned_notice_date,
            Basis::AwardDate => self.award_date,
            Basis::ContractDate => self.contract_date,
            Basis::StartOnly => Some(self.today),
        }
    }
}

/// The answer, with the sentence that is said beside the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance<'a> {
    Accepted {
        sentence: Words<'a>,
    },
    Refused {
        sentence: Words<'a>,
    },
    /// An electronic choice is refused until this date is entered.
    NeedsDate {
        basis: Basis,
        sentence: Words<'a>,
    },
    NeedsKind {
        sentence: Words<'a>,
    },
    /// Only some sections' contracts are taken, and which one it is was not said.
    NeedsSection {
        sentence: Words<'a>,
    },
    /// Not known: a warning, and the branch decides.
    Unknown {
        sentence: Words<'a>,
    },
}

impl Acceptance<'_> {
    pub fn sentence(&self) -> String {
        let words = match self {
            Self::Accepted { sentence }
            | Self::Refused { sentence }
            | Self::NeedsDate { sentence, .. }
            | Self::NeedsKind { sentence }
            | Self::NeedsSection { sentence }
            | Self::Unknown { sentence } => sentence,
        };
        words.write()
    }

    /// May the electronic certificate be chosen as things stand? Also where nothing is known.
    pub fn may_choose(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Unknown { .. })
    }
}

/// What an obligee's rules ask for beyond what the form always asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequiredDates {
    pub notice: bool,
    pub bid: bool,
    pub planned_notice: bool,
    pub award: bool,
    /// The contract's date decides, so it is asked for a 契約保証 too.
    pub contract: bool,
}

/// Decides for one product. No book: nobody has registered this obligee.
pub fn decide<'a>(
    book: Option<&'a RuleBook>,
    facts: &AcceptanceFacts,
    product: Product,
) -> Acceptance<'a> {
    if product == Product::Reservation {
        return refused("契約保証予約は、電子保証になりません。".to_owned());
    }
    let Some(book) = book else {
        return unregistered();
    };
    let rules = match &book.electronic {
        Electronic::Unknown => return unregistered(),
        Electronic::PaperOnly => {
            return refused(format!("{}は電子保証に対応していません。", book.body));
        }
        Electronic::From { rules } => rules,
    };
    let rules: Vec<_> = rules
        .iter()
        .filter(|rule| rule.products.contains(&product))
        .collect();
    if rules.is_empty() {
        return refused(format!(
            "{}は{}では電子保証に対応していません。",
            book.body,
            product.label()
        ));
    }
    if let Some(kind) = facts.kind {
        return for_kind(book, &rules, facts, kind);
    }
    let [works, consulting] = ContractKind::ALL.map(|kind| for_kind(book, &rules, facts, kind));
    if works == consulting {
        return works;
    }
    Acceptance::NeedsKind {
        sentence: words!(
            "{}の電子保証の対象は、工事と業務委託で異なります。{}を選んでください。",
            book.body,
            Field::Kind.label()
        ),
    }
}

fn for_kind<'a>(
    book: &'a RuleBook,
    rules: &[&'a ElectronicRule],
    facts: &AcceptanceFacts,
    kind: ContractKind,
) -> Acceptance<'a> {
    let own = book.own_kind(kind, facts.detail.as_deref());
    let own = own.map(|own| own.name.as_str());
    let (covering, others): (Vec<&'a ElectronicRule>, Vec<_>) =
        rules.iter().partition(|rule| rule.covers(kind, own));
    let answers = covering
        .into_iter()
        .map(|rule| apply(book, rule, facts, own.unwrap_or(kind.label())));
    // Where an obligee has several rules for one kind, the kindest answer stands.
    answers.min_by_key(rank).unwrap_or_else(|| {
        if let Some(own) = own {
            return refused(format!("{}では、{own}は電子保証の対象外です。", book.body));
        }
        let mut kinds: Vec<_> = others.iter().map(|rule| rule.kinds_words()).collect();
        kinds.dedup();
        refused(format!(
            "{}が電子保証に対応しているのは{}だけです（{}は対象外です）。",
            book.body,
            kinds.join("・"),
            kind.label()
        ))
    })
}

fn rank(answer: &Acceptance<'_>) -> u8 {
    match answer {
        Acceptance::Accepted { .. } => 0,
        Acceptance::NeedsDate { .. }
        | Acceptance::NeedsKind { .. }
        | Acceptance::NeedsSection { .. } => 1,
        Acceptance::Unknown { .. } => 2,
        Acceptance::Refused { .. } => 3,
    }
}

fn apply<'a>(
    book: &'a RuleBook,
    rule: &'a ElectronicRule,
    facts: &AcceptanceFacts,
    named: &'a str,
) -> Acceptance<'a> {
    if let Some(answer) = section_of(book, rule, facts) {
        return answer;
    }
    let condition = || {
        rule.approved.as_ref().map_or_else(String::new, |approved| {
            format!("対象は{approved}です。発注者が認めた契約であることをご確認ください。")
        })
    };
    if !rule.is_dated() {
        return Acceptance::Accepted {
            sentence: words!("電子保証をお選びいただけます。{}", condition()),
        };
    }
    let window = || rule.window(era_plain).unwrap_or_default();
    let basis = rule.basis;
    let Some(date) = facts.date(basis) else {
        return undated(basis, &window());
    };
    let label = date_label(basis);
    let older = rule.from.is_some_and(|from| date < from);
    let newer = rule.until.is_some_and(|until| date > until);
    if older && !newer && facts.by_change && rule.covers_changes_of_older {
        return Acceptance::Accepted {
            sentence: words!(
                "{label} {}：対象日より前の契約ですが、変更契約による新しい保証なので、電子保証をお選びいただけます。{}",
                era_plain(date),
                condition()
            ),
        };
    }
    if older || newer {
        return Acceptance::Refused {
            sentence: words!(
                "この発注者は電子保証の対象日（{}：{}）に当たりません。証書(紙)をお選びください。{label}は{}です。",
                basis.label(),
                window(),
                era_plain(date)
            ),
        };
    }
    let usual = facts.kind.is_none_or(|kind| kind.label() == named);
    let (dot, kind) = if rule.kinds.len() == 1 || !usual {
        ("・", named)
    } else {
        ("", "")
    };
    Acceptance::Accepted {
        sentence: words!(
            "{label} {}{dot}{kind}：電子保証をお選びいただけます。{}",
            era_plain(date),
            condition()
        ),
    }
}

/// Whether the section stands in the way; `None` where it does not.
fn section_of<'a>(
    book: &'a RuleBook,
    rule: &'a ElectronicRule,
    facts: &AcceptanceFacts,
) -> Option<Acceptance<'a>> {
    let as_written = |section| rule.sections.contains(section);
    if rule.sections.is_empty() || facts.section.as_ref().is_some_and(as_written) {
        return None;
    }
    let known = rule.sections.join("・");
    let named = facts.section.as_deref().map(text::search_key);
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        return Some(Acceptance::NeedsSection {
            sentence: words!(
                "{}が電子保証に対応しているのは{known}の契約だけです。電子保証を選ぶには、{}を入力してください。",
                book.body,
                Field::ObligeeSection.label()
            ),
        });
    };
    if rule
        .sections
        .iter()
        .any(|section| text::search_key(section) == named)
    {
        return None;
    }
    Some(refused(format!(
        "{}が電子保証に対応しているのは{known}の契約だけです（いまの入力：{}）。",
        book.body,
        facts.section.as_deref().unwrap_or_default()
    )))
}

/// The days within which the date typed into `field` makes this contract an electronic one:
/// 「令和8年7月1日以降」. `None` where no rule hangs on it, or it does not fall among them.
pub fn window_met(book: Option<&RuleBook>, works: &WorksContract, field: Field) -> Option<String> {
    let Electronic::From { rules } = &book?.electronic else {
        return None;
    };
    let date = match field {
        Field::NoticeDate => works.notice_date,
        Field::BidDate => works.bid_date,
        Field::PlannedNoticeDate => works.planned_notice_date,
        Field::AwardDate => works.award_date,
        _ => works.contract_date,
    }?;
    let rule = rules.iter().find(|rule| {
        date_field(rule.basis) == Some(field)
            && rule.kinds.contains(&works.kind)
            && rule.from.is_none_or(|from| date >= from)
            && rule.until.is_none_or(|until| date <= until)
    })?;
    rule.window(era_plain)
}

/// Which dates the obligee's rules ask for. Without a book: none.
pub fn required_dates(book: Option<&RuleBook>) -> RequiredDates {
    let mut dates = RequiredDates::default();
    if let Some(Electronic::From { rules }) = book.map(|book| &book.electronic) {
        for rule in rules {
            if rule.from.is_none() && rule.until.is_none() {
                continue;
            }
            match date_field(rule.basis) {
                Some(Field::NoticeDate) => dates.notice = true,
                Some(Field::BidDate) => dates.bid = true,
                Some(Field::PlannedNoticeDate) => dates.planned_notice = true,
                Some(Field::AwardDate) => dates.award = true,
                Some(Field::ContractDate) => dates.contract = true,
                _ => {}
            }
        }
    }
    dates
}

/// What the obligee's rules tell contracts apart by, beside dates: what the form has to offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distinctions {
    /// 発注担当課 that are taken; empty: it does not matter.
    pub sections: Vec<String>,
    /// 契約の細目, each with its name.
    pub details: Vec<String>,
    /// 設計金額 decides.
    pub design_price: bool,
    /// 中間前払金 or 部分払 is a choice.
    pub partial_payment: bool,
    /// A guarantee by a change of an older contract is judged otherwise.
    pub by_change: bool,
}

/// What an application to this obligee has to say beside the usual.
pub fn distinctions(book: Option<&RuleBook>) -> Distinctions {
    use super::rulebook::{MidtermPolicy, PriceKind};
    let Some(book) = book else {
        return Distinctions::default();
    };
    let rules: &[ElectronicRule] = match &book.electronic {
        Electronic::From { rules } => rules,
        Electronic::Unknown | Electronic::PaperOnly => &[],
    };
    let mut sections: Vec<String> = Vec::new();
    for section in rules.iter().flat_map(|rule| &rule.sections) {
        if !sections.contains(section) {
            sections.push(section.clone());
        }
    }
    Distinctions {
        sections,
        details: book.kinds.iter().map(|own| own.name.clone()).collect(),
        design_price: book.conditions.iter().any(|it| {
            it.minimum
                .is_some_and(|minimum| minimum.price == PriceKind::Design)
        }),
        partial_payment: book.midterm == Some(MidtermPolicy::Chosen),
        by_change: rules.iter().any(|rule| rule.covers_changes_of_older),
    }
}

#[cfg(test)]
mod tests;
