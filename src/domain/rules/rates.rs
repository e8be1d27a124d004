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
    pub(super) product: Product,
    pub(super) amount: Yen,
    pub(super) base: Yen,
    pub(super) base_label: &'static str,
    pub(super) body: &'a str,
    pub(super) book: Option<&'a RuleBook>,
    /// What else holds the amount down beside its rate.
    pub(super) lids: Vec<Lid>,
    /// 端数 counts: not where an amount is lowered.
    pub(super) rounded: bool,
}

/// A greatest amount that is no rate of the base by itself: 限度額, or what both prepayments may be
/// together without what was paid before.
#[derive(Debug, Clone)]
pub(super) struct Lid {
    pub(super) rule: RuleId,
    pub(super) limit: Yen,
    /// 「限度額50,000,000円」
    pub(super) words: String,
    /// The obligee's own, which refuses; else a general one, which warns.
    pub(super) known: bool,
    pub(super) figures: Vec<(String, String)>,
}

impl Lid {
    pub(super) fn cap(cap: Yen) -> Self {
        Self {
            rule: RuleId::Cap,
            limit: cap,
            words: format!("限度額{cap}円"),
            known: true,
            figures: vec![("限度額".to_owned(), yen(cap))],
        }
    }
}

impl Claim<'_> {
    fn unit(&self) -> Option<RoundingUnit> {
        let book = self.book.filter(|_| self.rounded)?;
        book.rounding_of(self.product)
    }

    fn field(&self) -> Field {
        Field::of(self.product).amount
    }

    /// 「前払金」, 「中間前払金」
    fn money(&self) -> &'static str {
        match self.product {
            Product::Midterm => "中間前払金",
            _ => "前払金",
        }
    }

    fn exceeds(&self, bound: &Bound) -> bool {
        let (amount, limit) = bound.rate.sides(self.amount, self.base);
        amount > limit
    }

    fn misses(&self, bound: &Bound) -> bool {
        let (amount, limit) = bound.rate.sides(self.amount, self.base);
        amount < limit
    }

    /// The rate of money paid in advance, under the rule's name.
    pub(super) fn advance_rate(&self, rule_id: RuleId, bounds: &[Bound]) -> Option<Finding> {
        let bound = bounds
            .iter()
            .find(|bound| self.exceeds(bound))
            .or(bounds.last())?;
        let label = self.field().label();
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
            (true, false) if ceiling == Yen::ZERO => (Outcome::Warn, self.useless(&rule)),
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
                Finding::new(rule_id, self.field(), outcome, sentence),
                bound,
                sign,
            )
            .of(self.product)
            .figure("上限", yen(ceiling)),
        )
    }

    /// The one right ceiling of the obligee with the words of what gives it: its rate or a lower lid,
    /// then its rounding where that is known too.
    fn own_ceiling(&self, bound: &Bound) -> (Yen, String) {
        let rate = (
            bound.rate.floor_of(self.base),
            bound.of_base(self.base_label),
        );
        let lids = self.lids.iter().filter(|lid| lid.known);
        // Of two that name the same amount the rate is the plainer one.
        let (ceiling, words) = bound
            .known
            .then_some(rate.clone())
            .into_iter()
            .chain(lids.map(|lid| (lid.limit, lid.words.clone())))
            .min_by_key(|(limit, _)| *limit)
            .unwrap_or(rate);
        let rounding = self
            .unit()
            .and_then(RoundingUnit::words)
            .map_or_else(String::new, |words| format!("・{words}"));
        (
            self.unit().map_or(ceiling, |unit| unit.cut(ceiling)),
            format!("{words}{rounding}"),
        )
    }

    fn useless(&self, rule: &str) -> String {
        let (money, label) = (self.money(), self.product.label());
        if self.product == Product::Midterm {
            return format!(
                "この{}では{money}の上限が0円になるため、{label}はご利用いただけません（{rule}）。",
                self.base_label
            );
        }
        format!(
            "この{}では{money}の上限が0円になるため、{label}をお申し込みいただけません（{rule}）。",
            self.base_label
        )
    }

    fn over_own(&self, bound: &Bound) -> String {
        let (ceiling, words) = self.own_ceiling(bound);
        let rule = format!("{}のきまり：{words}", self.body);
        if ceiling == Yen::ZERO {
            return self.useless(&rule);
        }
        format!(
            "{}は、{ceiling}円以下にしてください（{rule}）。{}",
            self.field().label(),
            self.excess(bound, ceiling)
        )
    }

    /// Held against each lid.
    pub(super) fn under_lids(&self, bounds: &[Bound]) -> Vec<Finding> {
        let Some(bound) = bounds.first() else {
            return Vec::new();
        };
        let of = |lid: &Lid| {
            let label = self.field().label();
            let (outcome, sentence) = if self.amount <= lid.limit {
                (
                    Outcome::Pass,
                    format!(
                        "{label}は、{}以内です（上限まで{}円）。",
                        lid.words,
                        difference(lid.limit, self.amount)
                    ),
                )
            } else if lid.known {
                (Outcome::Refuse, self.over_own(bound))
            } else if lid.limit == Yen::ZERO {
                (Outcome::Warn, self.useless(&format!("一般の{}", lid.words)))
            } else {
                (
                    Outcome::Warn,
                    format!(
                        "{label}が、一般の上限{}円（{}）を超えています。いまの額は{}円多くなっています。{}",
                        lid.limit,
                        lid.words,
                        difference(self.amount, lid.limit),
                        self.ask_obligee()
                    ),
                )
            };
            let mut finding = Finding::new(lid.rule, self.field(), outcome, sentence)
                .of(self.product)
                .source(if lid.known {
                    self.own_source(&lid.words)
                } else {
                    "割合は未登録。一般の割合で確認（拒まず、知らせるだけ）".to_owned()
                });
            finding.figures.extend(lid.figures.iter().cloned());
            finding.figure("上限", yen(lid.limit))
        };
        self.lids.iter().map(of).collect()
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
        let field = self.field();
        let rule = match self.product {
            Product::Midterm => RuleId::MidtermRounding,
            _ => RuleId::PrepaymentRounding,
        };
        let finding =
            |outcome, sentence| Finding::new(rule, field, outcome, sentence).of(self.product);
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
        } else if let Some(bound) = own.filter(|bound| self.amount > self.own_ceiling(bound).0) {
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

    pub(super) fn floor_rate(&self, rule_id: RuleId, bounds: &[Bound]) -> Option<Finding> {
        let bound = bounds
            .iter()
            .find(|bound| self.misses(bound))
            .or(bounds.last())?;
        let label = self.field().label();
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
                Finding::new(rule_id, self.field(), outcome, sentence),
                bound,
                sign,
            )
            .of(self.product)
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
