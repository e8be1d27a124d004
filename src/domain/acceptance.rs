//! Does this obligee take an electronic certificate for this contract? (domain.md §7.3)

use time::Date;

use super::field::Field;
use super::product::Product;
use super::rulebook::{Basis, Electronic, ElectronicRule, RuleBook};
use super::wording::era_plain;
use super::works::{ContractKind, WorksContract};

/// What the answer hangs on, as far as it is known while the form is being filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptanceFacts {
    pub kind: Option<ContractKind>,
    /// 公告日 (or the day of designation, where the obligee takes either).
    pub notice_date: Option<Date>,
    /// 落札決定日
    pub award_date: Option<Date>,
    /// 請負契約日
    pub contract_date: Option<Date>,
    /// The application's day in Japan.
    pub today: Date,
}

impl AcceptanceFacts {
    pub fn of(works: &WorksContract, today: Date) -> Self {
        Self {
            kind: Some(works.kind),
            notice_date: works.notice_date,
            award_date: works.award_date,
            contract_date: works.contract_date,
            today,
        }
    }

    /// The date of the event that counts, where it is known.
    pub fn date(&self, basis: Basis) -> Option<Date> {
        match basis {
            Basis::NoticeDate | Basis::NoticeOrDesignation => self.notice_date,
            Basis::AwardDate => self.award_date,
            Basis::ContractDate => self.contract_date,
            Basis::StartOnly => Some(self.today),
            Basis::BidDate | Basis::PlannedContractNotice => None,
        }
    }
}

/// The answer, with the sentence that is said beside the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    Accepted {
        sentence: String,
    },
    Refused {
        sentence: String,
    },
    /// An electronic choice is refused until this date is entered.
    NeedsDate {
        basis: Basis,
        sentence: String,
    },
    NeedsKind {
        sentence: String,
    },
    /// Not known: a warning, and the branch decides.
    Unknown {
        sentence: String,
    },
}

impl Acceptance {
    pub fn sentence(&self) -> &str {
        match self {
            Self::Accepted { sentence }
            | Self::Refused { sentence }
            | Self::NeedsDate { sentence, .. }
            | Self::NeedsKind { sentence }
            | Self::Unknown { sentence } => sentence,
        }
    }

    /// May the electronic certificate be chosen as things stand? Also where nothing is known.
    pub fn may_choose(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Unknown { .. })
    }
}

/// The dates that an obligee's rule asks for beyond what the form always asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequiredDates {
    pub notice: bool,
    pub award: bool,
    /// The contract's date decides, so it is asked for a 契約保証 too.
    pub contract: bool,
}

/// Decides for one product. No book: nobody has registered this obligee.
pub fn decide(book: Option<&RuleBook>, facts: &AcceptanceFacts, product: Product) -> Acceptance {
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
    let [works, consulting] = ContractKind::ALL.map(|kind| for_kind(book, &rules, facts, kind));
    match facts.kind {
        Some(ContractKind::Works) => works,
        Some(ContractKind::Consulting) => consulting,
        None if works == consulting => works,
        None => Acceptance::NeedsKind {
            sentence: format!(
                "{}の電子保証の対象は、工事と業務委託で異なります。{}を選んでください。",
                book.body,
                Field::Kind.label()
            ),
        },
    }
}

fn for_kind(
    book: &RuleBook,
    rules: &[&ElectronicRule],
    facts: &AcceptanceFacts,
    kind: ContractKind,
) -> Acceptance {
    let (covering, others): (Vec<&ElectronicRule>, Vec<_>) =
        rules.iter().partition(|rule| rule.kinds.contains(&kind));
    let answers = covering.into_iter().map(|rule| apply(rule, facts, kind));
    // Where an obligee has several rules for one kind, the kindest answer stands.
    answers.min_by_key(rank).unwrap_or_else(|| {
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

fn rank(answer: &Acceptance) -> u8 {
    match answer {
        Acceptance::Accepted { .. } => 0,
        Acceptance::NeedsDate { .. } | Acceptance::NeedsKind { .. } => 1,
        Acceptance::Unknown { .. } => 2,
        Acceptance::Refused { .. } => 3,
    }
}

fn apply(rule: &ElectronicRule, facts: &AcceptanceFacts, kind: ContractKind) -> Acceptance {
    let condition = rule.approved.as_ref().map_or_else(String::new, |approved| {
        format!("対象は{approved}です。発注者が認めた契約であることをご確認ください。")
    });
    let Some(window) = rule.window(era_plain) else {
        return Acceptance::Accepted {
            sentence: format!("電子保証をお選びいただけます。{condition}"),
        };
    };
    let basis = rule.basis;
    let Some(date) = facts.date(basis) else {
        return undated(basis, &window);
    };
    let label = date_label(basis);
    if rule.from.is_some_and(|from| date < from) || rule.until.is_some_and(|until| date > until) {
        return Acceptance::Refused {
            sentence: format!(
                "この発注者は電子保証の対象日（{}：{window}）に当たりません。証書(紙)をお選びください。{label}は{}です。",
                basis.label(),
                era_plain(date)
            ),
        };
    }
    let kind = if rule.kinds.len() == 1 {
        format!("・{}", kind.label())
    } else {
        String::new()
    };
    Acceptance::Accepted {
        sentence: format!(
            "{label} {}{kind}：電子保証をお選びいただけます。{condition}",
            era_plain(date)
        ),
    }
}

fn undated(basis: Basis, window: &str) -> Acceptance {
    let rule = format!(
        "この発注者の電子保証の対象は、{}が{window}の契約です。",
        basis.label()
    );
    if date_field(basis).is_some() {
        Acceptance::NeedsDate {
            basis,
            sentence: format!(
                "{rule}電子保証を選ぶには、{}を入力してください。",
                date_label(basis)
            ),
        }
    } else {
        // The form has no place for this date, so nobody can be asked to enter it.
        Acceptance::Unknown {
            sentence: format!(
                "{rule}{}はこの画面では確かめられません。発注者へご確認ください。",
                basis.label()
            ),
        }
    }
}

/// The form's field for the date that counts; `None` where the form does not ask for it.
pub fn date_field(basis: Basis) -> Option<Field> {
    match basis {
        Basis::NoticeDate | Basis::NoticeOrDesignation => Some(Field::NoticeDate),
        Basis::AwardDate => Some(Field::AwardDate),
        Basis::ContractDate => Some(Field::ContractDate),
        Basis::BidDate | Basis::PlannedContractNotice | Basis::StartOnly => None,
    }
}

fn date_label(basis: Basis) -> &'static str {
    match basis {
        Basis::NoticeOrDesignation => "公告日（指名競争入札では指名の日）",
        basis => date_field(basis).map_or(basis.label(), Field::label),
    }
}

fn refused(why: String) -> Acceptance {
    Acceptance::Refused {
        sentence: why + "証書(紙)をお選びください。",
    }
}

fn unregistered() -> Acceptance {
    Acceptance::Unknown {
        sentence: "発注者の電子保証対応が未登録です。発注者へご確認ください。".to_owned(),
    }
}

/// One line beside the obligee's name and in 「電子保証対応の発注者」.
pub fn summary(book: &RuleBook) -> String {
    match &book.electronic {
        Electronic::Unknown => format!(
            "{}の電子保証対応は未登録です。発注者へご確認ください。",
            book.body
        ),
        Electronic::PaperOnly => format!(
            "{}は電子保証に対応していません。証書(紙)でお申し込みください。",
            book.body
        ),
        Electronic::From { rules } => {
            let mut scopes: Vec<String> = Vec::new();
            for rule in rules {
                let contracts = rule.contracts_words();
                let contracts = contracts.trim_end_matches("だけ");
                let scope = match (rule.window(era_plain), rule.basis) {
                    (None, _) => contracts.to_owned(),
                    (Some(window), Basis::StartOnly) => {
                        format!("お申し込みが{window}の、{contracts}")
                    }
                    (Some(window), basis) => {
                        let comma = if rule.approved.is_some() { "、" } else { "" };
                        format!("{}が{window}の{comma}{contracts}", basis.short())
                    }
                };
                if !scopes.contains(&scope) {
                    scopes.push(scope);
                }
            }
            format!(
                "{}は、{}で電子保証に対応しています。",
                book.body,
                scopes.join("と、")
            )
        }
    }
}

/// The days within which the date typed into `field` makes this contract an electronic one:
/// 「令和8年7月1日以降」. `None` where no rule hangs on it, or it does not fall among them.
pub fn window_met(book: Option<&RuleBook>, works: &WorksContract, field: Field) -> Option<String> {
    let Electronic::From { rules } = &book?.electronic else {
        return None;
    };
    let rule = rules.iter().find(|rule| {
        let date = match field {
            Field::NoticeDate => works.notice_date,
            Field::AwardDate => works.award_date,
            _ => works.contract_date,
        };
        date_field(rule.basis) == Some(field)
            && rule.kinds.contains(&works.kind)
            && date.is_some_and(|date| {
                rule.from.is_none_or(|from| date >= from)
                    && rule.until.is_none_or(|until| date <= until)
            })
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
                Some(Field::AwardDate) => dates.award = true,
                Some(Field::ContractDate) => dates.contract = true,
                _ => {}
            }
        }
    }
    dates
}

#[cfg(test)]
mod tests;
