//! The rule book (きまり): what a surety knows of one obligee. What it does not know is unknown,
//! and then only warns (decisions.md, "Severity"); no number is invented here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use super::product::Product;
use super::rules::RuleId;
use super::text;
use super::works::ContractKind;

mod conditions;
mod day;
mod electronic;
mod facts;
pub mod form;
mod fraction;
mod hand_in;
mod rates;
mod span;
#[cfg(test)]
mod tests;

pub use conditions::{Condition, FyBase, MidtermPolicy, Minimum, OwnKind, PriceKind};
pub use electronic::{Basis, Electronic, ElectronicRule};
pub use facts::Listing;
pub use fraction::{Fraction, RoundingUnit};
pub use hand_in::{Channel, HandIn, Moment};
pub use rates::Rates;
pub use span::{Span, SpanFault};

/// Everything a surety knows of one obligee, at one time. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBook {
    /// The obligee without its title: 「みなと野市」.
    pub body: String,
    pub electronic: Electronic,
    /// Kinds of contract the obligee tells apart beside 工事 and 業務委託: 工事監理 …
    #[serde(default)]
    pub kinds: Vec<OwnKind>,
    #[serde(default)]
    pub rates: Rates,
    /// 端数 of the prepayment; `None` is unknown.
    #[serde(default)]
    pub rounding: Option<RoundingUnit>,
    /// 端数 of the midterm prepayment where it differs.
    #[serde(default)]
    pub rounding_midterm: Option<RoundingUnit>,
    /// Least price, least days, greatest amount, by product and kind.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// 中間前払金; `None` is unknown.
    #[serde(default)]
    pub midterm: Option<MidtermPolicy>,
    /// Which of a year's amounts the rates are rates of; `None` is unknown.
    #[serde(default)]
    pub fy_base: Option<FyBase>,
    /// Where a rule is not to count as it does by itself; see [`Severity`].
    #[serde(default)]
    pub severities: BTreeMap<RuleId, Severity>,
    /// Where and how the key is handed in; at most one entry per product.
    #[serde(default)]
    pub hand_in: Vec<HandIn>,
    /// Where all this was read: 「発注者の案内」.
    #[serde(default)]
    pub source: String,
    /// When somebody last looked there.
    #[serde(default, with = "day")]
    pub checked_on: Option<Date>,
}

/// What a broken rule does. By itself a number of the book refuses and a general one warns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Refuse,
    Warn,
    /// The application can be sent; whoever approves has to overrule it with a reason.
    Overrule,
}

impl Severity {
    pub const ALL: [Self; 3] = [Self::Refuse, Self::Warn, Self::Overrule];

    pub fn label(self) -> &'static str {
        match self {
            Self::Refuse => "拒む",
            Self::Warn => "注意",
            Self::Overrule => "支店が判断",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
            Self::Overrule => "overrule",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.code() == code)
    }
}

impl RuleBook {
    /// A book in which nothing is known yet.
    pub fn unknown(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            electronic: Electronic::Unknown,
            kinds: Vec::new(),
            rates: Rates::default(),
            rounding: None,
            rounding_midterm: None,
            conditions: Vec::new(),
            midterm: None,
            fy_base: None,
            severities: BTreeMap::new(),
            hand_in: Vec::new(),
            source: String::new(),
            checked_on: None,
        }
    }

    /// The obligee takes electronic guarantees under this one rule.
    #[must_use]
    pub fn electronic(mut self, rule: ElectronicRule) -> Self {
        self.electronic = Electronic::From { rules: vec![rule] };
        self
    }

    #[must_use]
    pub fn paper_only(mut self) -> Self {
        self.electronic = Electronic::PaperOnly;
        self
    }

    #[must_use]
    pub fn rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    #[must_use]
    pub fn rounding(mut self, unit: RoundingUnit) -> Self {
        self.rounding = Some(unit);
        self
    }

    #[must_use]
    pub fn condition(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    #[must_use]
    pub fn severity(mut self, rule: RuleId, severity: Severity) -> Self {
        self.severities.insert(rule, severity);
        self
    }

    #[must_use]
    pub fn hand_in(mut self, hand_in: Vec<HandIn>) -> Self {
        self.hand_in = hand_in;
        self
    }

    #[must_use]
    pub fn source(mut self, source: &str, checked_on: Option<Date>) -> Self {
        source.clone_into(&mut self.source);
        self.checked_on = checked_on;
        self
    }

    /// How the key of `product` is handed in, where that is known.
    pub fn hand_in_of(&self, product: Product) -> Option<&HandIn> {
        self.hand_in.iter().find(|entry| entry.product == product)
    }

    /// 端数 of money paid in advance, where it is known.
    pub fn rounding_of(&self, product: Product) -> Option<RoundingUnit> {
        match product {
            Product::Prepayment => self.rounding,
            Product::Midterm => self.rounding_midterm.or(self.rounding),
            Product::Contract | Product::Reservation => None,
        }
    }

    /// The obligee's own kind of contract that was named, in any width and writing.
    pub fn own_kind(&self, kind: ContractKind, named: Option<&str>) -> Option<&OwnKind> {
        let named = text::search_key(named?);
        self.kinds
            .iter()
            .find(|own| own.of == kind && text::search_key(&own.name) == named)
    }

    /// The rate of the prepayment for a contract of this kind, where it is known.
    pub fn prepayment_rate(&self, kind: ContractKind, detail: Option<&str>) -> Option<Fraction> {
        self.own_kind(kind, detail)
            .and_then(|own| own.prepayment)
            .or(self.rates.prepayment(kind))
    }

    /// What is asked of a product's contract beside rates, each in the order of the book.
    pub fn conditions_of(
        &self,
        product: Product,
        kind: ContractKind,
    ) -> impl Iterator<Item = &Condition> {
        self.conditions
            .iter()
            .filter(move |it| it.product == product && it.kind.is_none_or(|only| only == kind))
    }

    /// What is wrong within the book itself, each with the field that mends it: a day that comes
    /// before another, an entry that stands twice, a name the book does not know.
    pub fn faults(&self) -> Vec<BookFault> {
        let mut faults = Vec::new();
        let mut fault =
            |place: String, sentence: String| faults.push(BookFault { place, sentence });
        if let Electronic::From { rules } = &self.electronic {
            if rules.is_empty() {
                fault(
                    "electronic".to_owned(),
                    "電子保証に対応しているときは、対象のきまりを一つ以上入力してください。"
                        .to_owned(),
                );
            }
            for (index, rule) in rules.iter().enumerate() {
                if let (Some(from), Some(until)) = (rule.from, rule.until)
                    && until < from
                {
                    fault(
                        format!("electronic.rules.{index}.until"),
                        "終わりの日は、始まりの日と同じか、それより後の日にしてください。"
                            .to_owned(),
                    );
                }
                if rule.kinds.is_empty() && rule.own_kinds.is_empty() {
                    fault(
                        format!("electronic.rules.{index}.kinds"),
                        "対象の契約（工事・業務委託）を一つ以上選んでください。".to_owned(),
                    );
                }
                if rule.products.is_empty() {
                    fault(
                        format!("electronic.rules.{index}.products"),
                        "対象の保証を一つ以上選んでください。".to_owned(),
                    );
                }
                if rule.products.contains(&Product::Reservation) {
                    fault(
                        format!("electronic.rules.{index}.products"),
                        "契約保証予約は電子保証になりません。対象から外してください。".to_owned(),
                    );
                }
                for name in rule.own_kinds.iter().chain(&rule.except) {
                    if !self.kinds.iter().any(|own| own.name == *name) {
                        fault(
                            format!("electronic.rules.{index}.except"),
                            format!(
                                "「{name}」は、この発注者の契約の細目にありません。細目に加えるか、名前を直してください。"
                            ),
                        );
                    }
                }
            }
        }
        for (index, own) in self.kinds.iter().enumerate() {
            if own.name.trim().is_empty() {
                fault(
                    format!("kinds.{index}.name"),
                    "契約の細目の名前を入力してください。".to_owned(),
                );
            } else if self.kinds.iter().take(index).any(|it| it.name == own.name) {
                fault(
                    format!("kinds.{index}.name"),
                    format!("「{}」が二つあります。一つにしてください。", own.name),
                );
            }
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            if condition.minimum.is_none() && condition.days.is_none() && condition.cap.is_none() {
                fault(
                    format!("conditions.{index}.minimum"),
                    "最低の金額・最短の日数・限度額のどれかを入力してください。".to_owned(),
                );
            }
            if condition.cap == Some(super::money::Yen::ZERO) {
                fault(
                    format!("conditions.{index}.cap"),
                    "限度額は、1円以上の額を入力してください。".to_owned(),
                );
            }
        }
        for (index, entry) in self.hand_in.iter().enumerate() {
            if self
                .hand_in
                .iter()
                .take(index)
                .any(|it| it.product == entry.product)
            {
                fault(
                    format!("hand_in.{index}.product"),
                    format!(
                        "{}の提出先が二つあります。一つにしてください。",
                        entry.product.label()
                    ),
                );
            }
        }
        for rule in self.severities.keys().filter(|rule| !rule.is_graded()) {
            fault(
                format!("severities.{}", rule.code()),
                format!("「{}」の扱いは変えられません。", rule.title()),
            );
        }
        faults
    }
}

/// Something wrong within a book: where (`electronic.rules.0.until`), and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFault {
    pub place: String,
    pub sentence: String,
}
