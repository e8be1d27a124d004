//! A rule book in words, for the screens: the box 発注者のきまり and the list of obligees.

use time::Date;

use super::{Basis, Electronic, ElectronicRule, Fraction, RuleBook};
use crate::domain::product::Product;
use crate::domain::wording::slashed;
use crate::domain::works::ContractKind;

/// One row of 「電子保証対応の発注者」.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// 対応 (`true`), 未対応 (`false`) or unknown.
    pub accepts: Option<bool>,
    /// 対象になる日.
    pub dates: String,
    /// 対象の契約.
    pub contracts: String,
    /// 提出の方法.
    pub hand_in: String,
}

impl RuleBook {
    /// Label and value of everything the book says, and that it does not say, in the screens' words.
    pub fn facts(&self) -> Vec<(String, String)> {
        self.facts_with(self.hand_in_facts())
    }

    /// The same for staff: of each product's hand-in all that is known, address, subject, moment and note.
    pub fn full_facts(&self) -> Vec<(String, String)> {
        let hand_in = Product::ALL.into_iter().filter_map(|product| {
            let label = match product {
                Product::Prepayment => "提出（前払金保証）",
                Product::Midterm => "提出（中間前払金保証）",
                Product::Contract => "提出（契約保証）",
                Product::Reservation => "提出（契約保証予約）",
            };
            Some((label, self.hand_in_of(product)?.full_words()))
        });
        self.facts_with(hand_in.collect())
    }

    fn facts_with(&self, hand_in: Vec<(&'static str, String)>) -> Vec<(String, String)> {
        let mut facts = vec![
            ("電子保証", self.electronic_words()),
            ("前払金の割合", self.prepayment_words()),
            (
                "端数",
                match self.rounding {
                    None => "未登録".to_owned(),
                    Some(unit) => unit.words().unwrap_or_else(|| "切捨てなし".to_owned()),
                },
            ),
            ("契約保証", self.contract_words()),
        ];
        facts.extend(self.more());
        facts.extend(hand_in);
        if !self.source.is_empty() {
            facts.push(("出典", self.source_words()));
        }
        facts
            .into_iter()
            .map(|(label, value)| (label.to_owned(), value))
            .collect()
    }

    /// What only some books say.
    fn more(&self) -> Vec<(&'static str, String)> {
        let rates = &self.rates;
        let mut facts = Vec::new();
        let rate = |both: Option<Fraction>, consulting: Option<Fraction>| {
            let both = both.map(Fraction::words);
            let consulting = consulting.map(|rate| format!("業務委託 {}", rate.words()));
            let words: Vec<String> = both.into_iter().chain(consulting).collect();
            (!words.is_empty()).then(|| words.join("、"))
        };
        let mut say = |label, words: Option<String>| {
            facts.extend(words.map(|words| (label, words)));
        };
        say(
            "中間前払金",
            self.midterm.map(|policy| policy.label().to_owned()),
        );
        say(
            "中間前払金の割合",
            rate(rates.midterm, rates.midterm_consulting),
        );
        say(
            "前払金と中間前払金の合計",
            rate(rates.together, rates.together_consulting),
        );
        say(
            "減額のとき残せる割合",
            rate(rates.decrease, rates.decrease_consulting),
        );
        say(
            "減額のとき残せる割合（中間前払金があるとき）",
            rate(rates.decrease_with_midterm, None),
        );
        say(
            "中間前払金の端数",
            self.rounding_midterm
                .map(|unit| unit.words().unwrap_or_else(|| "切捨てなし".to_owned())),
        );
        say(
            "今年度対象額",
            self.fy_base.map(|base| base.label().to_owned()),
        );
        for condition in &self.conditions {
            say("対象になる契約", Some(condition.words()));
        }
        for own in &self.kinds {
            let rate = own
                .prepayment
                .map_or_else(String::new, |rate| format!("、前払金 {}", rate.words()));
            say(
                "契約の細目",
                Some(format!("{}（{}{rate}）", own.name, own.of.label())),
            );
        }
        for (rule, severity) in &self.severities {
            say(
                "きまりから外れたとき",
                Some(format!("{}：{}", rule.title(), severity.label())),
            );
        }
        facts
    }

    /// The obligee's row in 「電子保証対応の発注者」.
    pub fn listing(&self) -> Listing {
        let hand_in = self
            .hand_in_facts()
            .into_iter()
            .map(|(label, words)| match label {
                "提出" => words,
                other => format!(
                    "{}：{words}",
                    other.trim_start_matches("提出（").trim_end_matches('）')
                ),
            })
            .collect::<Vec<_>>();
        let hand_in = if hand_in.is_empty() {
            "発注者の案内による".to_owned()
        } else {
            hand_in.join("、")
        };
        match &self.electronic {
            Electronic::Unknown => Listing {
                accepts: None,
                dates: "―".to_owned(),
                contracts: "発注者へご確認ください".to_owned(),
                hand_in,
            },
            Electronic::PaperOnly => Listing {
                accepts: Some(false),
                dates: "―".to_owned(),
                contracts: "証書(紙)でお申し込みください".to_owned(),
                hand_in: "―".to_owned(),
            },
            Electronic::From { rules } => Listing {
                accepts: Some(true),
                dates: distinct(rules.iter().map(|rule| {
                    rule.days().map_or_else(
                        || "期日の定めなし".to_owned(),
                        |days| {
                            if one_scope(rules) {
                                days
                            } else {
                                format!("{}：{days}", rule.kinds_words())
                            }
                        },
                    )
                })),
                contracts: distinct(rules.iter().map(ElectronicRule::contracts_words)),
                hand_in,
            },
        }
    }

    /// 「発注者の案内（2026/07/01 確認）」.
    pub fn source_words(&self) -> String {
        match self.checked_on {
            Some(day) => format!("{}（{} 確認）", self.source, slashed(day)),
            None => self.source.clone(),
        }
    }

    fn electronic_words(&self) -> String {
        match &self.electronic {
            Electronic::Unknown => "未登録".to_owned(),
            Electronic::PaperOnly => "対応していません（証書(紙)だけ）".to_owned(),
            Electronic::From { rules } => distinct(rules.iter().map(|rule| {
                let contracts = rule.contracts_words();
                match rule.days() {
                    Some(days) => format!("{contracts}。{days}"),
                    None => contracts,
                }
            })),
        }
    }

    fn prepayment_words(&self) -> String {
        let rates = &self.rates;
        let words = match (rates.prepayment_works, rates.prepayment_consulting) {
            (None, None) => {
                return "未登録（一般の割合（工事 10分の4、業務委託 10分の3）で目安をお知らせします）"
                    .to_owned();
            }
            (Some(works), None) => works.words(),
            (None, Some(consulting)) => format!("業務委託 {}", consulting.words()),
            (Some(works), Some(consulting)) => {
                format!("工事 {}、業務委託 {}", works.words(), consulting.words())
            }
        };
        with_low_price(words, rates.prepayment_low_price)
    }

    fn contract_words(&self) -> String {
        match self.rates.contract {
            Some(rate) => with_low_price(rate.words(), self.rates.contract_low_price),
            None => "未登録（一般の10分の1で目安をお知らせします）".to_owned(),
        }
    }

    /// One line where both products go the same way, else one for each.
    fn hand_in_facts(&self) -> Vec<(&'static str, String)> {
        let of = |product| self.hand_in_of(product).and_then(super::HandIn::words);
        match (of(Product::Prepayment), of(Product::Contract)) {
            (None, None) => Vec::new(),
            (Some(one), Some(other)) if one == other => vec![("提出", one)],
            (prepayment, contract) => [
                prepayment.map(|words| ("提出（前払金保証）", words)),
                contract.map(|words| ("提出（契約保証）", words)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }
}

impl ElectronicRule {
    /// 「契約日が2025/04/01以降」; `None` where no day is named.
    fn days(&self) -> Option<String> {
        let window = self.window(slashed)?;
        Some(match self.basis {
            Basis::StartOnly => window.replace("以降", "から"),
            basis => format!("{}が{window}", basis.short()),
        })
    }

    /// Whether it holds only from or until a day.
    pub(in crate::domain) fn is_dated(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// 「2025/04/01以降」, its dates written by `write`; `None` where no day is named.
    pub(in crate::domain) fn window(&self, write: fn(Date) -> String) -> Option<String> {
        match (self.from, self.until) {
            (None, None) => None,
            (Some(from), None) => Some(format!("{}以降", write(from))),
            (None, Some(until)) => Some(format!("{}以前", write(until))),
            (Some(from), Some(until)) => Some(format!("{}から{}まで", write(from), write(until))),
        }
    }

    /// 「工事だけ」, 「駒ヶ根市が認めた工事・業務委託」.
    pub(in crate::domain) fn contracts_words(&self) -> String {
        let mut words = match &self.approved {
            Some(approved) => approved.clone(),
            None if self.kinds.len() == 1 => format!("{}だけ", self.kinds_words()),
            None => self.kinds_words(),
        };
        if !Product::TOGETHER
            .iter()
            .all(|product| self.products.contains(product))
        {
            let products: Vec<_> = self.products.iter().map(|it| it.label()).collect();
            words.push_str(&format!("（{}だけ）", products.join("・")));
        }
        if !self.own_kinds.is_empty() {
            words.push_str(&format!("（{}も）", self.own_kinds.join("・")));
        }
        if !self.except.is_empty() {
            words.push_str(&format!("（{}を除く）", self.except.join("・")));
        }
        if !self.sections.is_empty() {
            words.push_str(&format!("（{}の契約だけ）", self.sections.join("・")));
        }
        if self.covers_changes_of_older {
            words.push_str("（それより前の契約の変更による新しい保証も）");
        }
        words
    }

    /// 「工事・業務委託」.
    pub(in crate::domain) fn kinds_words(&self) -> String {
        ContractKind::ALL
            .into_iter()
            .filter(|kind| self.kinds.contains(kind))
            .map(ContractKind::label)
            .collect::<Vec<_>>()
            .join("・")
    }
}

fn with_low_price(words: String, low_price: Option<Fraction>) -> String {
    match low_price {
        Some(rate) => format!("{words}（低入札のとき{}）", rate.words()),
        None => words,
    }
}

fn one_scope(rules: &[ElectronicRule]) -> bool {
    rules.windows(2).all(|pair| match pair {
        [one, other] => one.kinds == other.kinds,
        _ => true,
    })
}

fn distinct(words: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen.join("、")
}
