//! One amount against rate and rounding: the comparison, its figures and its sentence.

use super::amounts::{difference, grouped, yen};
use super::limits::Bound;
use super::{Finding, Outcome, RuleId};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{RoundingUnit, RuleBook};
use crate::domain::wording::{shown_tenths, tenths_text};

/// One guaranteed amount beside what it is measured by.
pub(super) struct Claim<'a> {
    pub(super) amount: Yen,
    pub(super) base: Yen,
    pub(super) base_label: &'static str,
    pub(super) body: &'a str,
    pub(super) book: Option<&'a RuleBook>,
}

impl Claim<'_> {
    fn unit(&self) -> Option<RoundingUnit> {
        self.book.and_then(|book| book.rounding)
    }

    fn exceeds(&self, bound: &Bound) -> bool {
        let (amount, limit) = bound.rate.sides(self.amount, self.base);
        amount > limit
    }

    fn misses(&self, bound: &Bound) -> bool {
        let (amount, limit) = bound.rate.sides(self.amount, self.base);
        amount < limit
    }

    pub(super) fn prepayment_rate(&self, bounds: &[Bound]) -> Option<Finding> {
        let bound = bounds
            .iter()
            .find(|bound| self.exceeds(bound))
            .or(bounds.last())?;
        let label = Field::PrepaymentAmount.label();
        let ceiling = bound.rate.floor_of(self.base);
        let rule = bound.of_base(self.base_label);
        let (outcome, sentence) = match (self.exceeds(bound), bound.known) {
            (false, known) => (
                Outcome::Pass,
                format!(
                    "{label}は、{}{rule}以内です（上限まで{}円）。",
                    if known { "" } else { "一般の" },
                    difference(ceiling, self.amount)
                ),
            ),
            (true, true) => (Outcome::Refuse, self.over_own(bound)),
            (true, false) => (
                Outcome::Warn,
                format!(
                    "{label}が、一般の上限{ceiling}円（{rule}）を超えています。{}{}",
                    self.excess(bound, ceiling),
                    self.ask_obligee()
                ),
            ),
        };
        let sign = if outcome == Outcome::Pass {
            "≦"
        } else {
            "＞"
        };
        Some(
            self.reckoned(
                Finding::new(
                    RuleId::PrepaymentRate,
                    Field::PrepaymentAmount,
                    outcome,
                    sentence,
                ),
                bound,
                sign,
            )
            .of(Product::Prepayment)
            .figure("上限", yen(ceiling)),
        )
    }

    /// The one right ceiling of the obligee: its rate, then its rounding where that is known too.
    fn own_ceiling(&self, bound: &Bound) -> Yen {
        let ceiling = bound.rate.floor_of(self.base);
        self.unit().map_or(ceiling, |unit| unit.cut(ceiling))
    }

    fn over_own(&self, bound: &Bound) -> String {
        let ceiling = self.own_ceiling(bound);
        let rounding = self
            .unit()
            .and_then(RoundingUnit::words)
            .map_or_else(String::new, |words| format!("・{words}"));
        let rule = format!(
            "{}のきまり：{}{rounding}",
            self.body,
            bound.of_base(self.base_label)
        );
        if ceiling == Yen::ZERO {
            return format!(
                "この{}では前払金の上限が0円になるため、前払金保証をお申し込みいただけません（{rule}）。",
                self.base_label
            );
        }
        format!(
            "{}は、{ceiling}円以下にしてください（{rule}）。{}",
            Field::PrepaymentAmount.label(),
            self.excess(bound, ceiling)
        )
    }

    /// By how much too much, and that the shown ratio hides it, where it does.
    fn excess(&self, bound: &Bound, ceiling: Yen) -> String {
        let over = difference(self.amount, ceiling);
        match shown_tenths(self.amount.get(), self.base.get()) {
            Some(shown) if self.exceeds(bound) && shown <= bound.rate.shown_tenths() => format!(
                "表示は{}ですが、{over}円多くなっています。",
                tenths_text(shown)
            ),
            _ => format!("いまの額は{over}円多くなっています。"),
        }
    }

    pub(super) fn rounding(&self, own: Option<&Bound>) -> Finding {
        let field = Field::PrepaymentAmount;
        let finding = |outcome, sentence| {
            Finding::new(RuleId::PrepaymentRounding, field, outcome, sentence)
                .of(Product::Prepayment)
        };
        let Some(unit) = self.unit() else {
            return finding(
                Outcome::Unchecked,
                format!("{}の端数の扱いは未登録です。", self.body),
            )
            .source("きまりに未登録");
        };
        let Some(words) = unit.words() else {
            return finding(
                Outcome::Pass,
                format!("{}に端数の切捨てはありません。", self.body),
            )
            .source(self.own_source("端数の切捨てなし"));
        };
        let cut = unit.cut(self.amount);
        let rest = difference(self.amount, cut);
        let (outcome, sentence) = if cut == self.amount {
            (
                Outcome::Pass,
                format!("{}に端数はありません（{words}）。", field.label()),
            )
        } else if let Some(bound) = own.filter(|bound| self.amount > self.own_ceiling(bound)) {
            // Rate and rounding together name one right amount, in one sentence.
            (Outcome::Refuse, self.over_own(bound))
        } else {
            let right = if cut == Yen::ZERO { unit.yen() } else { cut };
            (
                Outcome::Refuse,
                format!(
                    "{}は、{}単位の額（たとえば{right}円）にしてください（{}のきまり：{words}）。いまの額には{rest}円の端数があります。",
                    field.label(),
                    unit.size(),
                    self.body
                ),
            )
        };
        finding(outcome, sentence)
            .figure("単位", yen(unit.yen()))
            .figure("端数", format!("{rest}円"))
            .source(self.own_source(&words))
    }

    pub(super) fn contract_rate(&self, bounds: &[Bound]) -> Option<Finding> {
        let bound = bounds
            .iter()
            .find(|bound| self.misses(bound))
            .or(bounds.last())?;
        let label = Field::ContractAmount.label();
        let floor = bound.rate.ceil_of(self.base);
        let rule = bound.of_base(self.base_label);
        let (outcome, sentence) = match (self.misses(bound), bound.known) {
            (false, known) => (
                Outcome::Pass,
                format!(
                    "{label}は、{}{rule}以上です（下限より{}円多い額です）。",
                    if known { "" } else { "一般の" },
                    difference(self.amount, floor)
                ),
            ),
            (true, true) => (
                Outcome::Refuse,
                format!(
                    "{label}は、{floor}円以上にしてください（{}のきまり：{rule}）。{}",
                    self.body,
                    self.shortage(bound, floor)
                ),
            ),
            (true, false) => (
                Outcome::Warn,
                format!(
                    "{label}が、一般の下限{floor}円（{rule}）に足りません。{}{}",
                    self.shortage(bound, floor),
                    self.ask_obligee()
                ),
            ),
        };
        let sign = if outcome == Outcome::Pass {
            "≧"
        } else {
            "＜"
        };
        Some(
            self.reckoned(
                Finding::new(
                    RuleId::ContractRate,
                    Field::ContractAmount,
                    outcome,
                    sentence,
                ),
                bound,
                sign,
            )
            .of(Product::Contract)
            .figure("下限", yen(floor)),
        )
    }

    fn shortage(&self, bound: &Bound, floor: Yen) -> String {
        let short = difference(floor, self.amount);
        match shown_tenths(self.amount.get(), self.base.get()) {
            Some(shown) if shown >= bound.rate.shown_tenths() => {
                format!("表示は{}ですが、{short}円足りません。", tenths_text(shown))
            }
            _ => format!("いまの額は{short}円足りません。"),
        }
    }

    fn ask_obligee(&self) -> String {
        format!(
            "{}の割合は未登録です。発注者の定めをご確認ください。",
            self.body
        )
    }

    /// Both sides of the comparison, and the shown ratio, and where the rate comes from.
    fn reckoned(&self, finding: Finding, bound: &Bound, sign: &str) -> Finding {
        let (left, right) = bound.rate.sides(self.amount, self.base);
        let rate = bound.rate;
        let shown = shown_tenths(self.amount.get(), self.base.get());
        let source = if bound.known {
            self.own_source(&bound.of_base(self.base_label))
        } else {
            format!(
                "割合は未登録。一般の{}で確認（拒まず、知らせるだけ）",
                rate.words()
            )
        };
        finding
            .figure(
                "式",
                format!(
                    "{}×{} {sign} {}×{}",
                    self.amount,
                    rate.denominator(),
                    self.base,
                    rate.numerator()
                ),
            )
            .figure(
                "計算",
                format!("{} {sign} {}", grouped(left), grouped(right)),
            )
            .figure(
                "表示の割合",
                shown.map_or_else(|| "―".to_owned(), tenths_text),
            )
            .source(source)
    }

    /// 「きまり：請負金額の10分の4（発注者の案内、2026/07/01 確認）」.
    fn own_source(&self, rule: &str) -> String {
        match self.book.map(RuleBook::source_words) {
            Some(words) if !words.is_empty() => format!("きまり：{rule}　出典：{words}"),
            _ => format!("きまり：{rule}"),
        }
    }
}
