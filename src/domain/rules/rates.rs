//! One amount against rate and rounding: the comparison, its figures and its sentence.

use super::amounts::{difference, grouped, sourced, yen};
use super::limits::Bound;
use super::{Finding, Judged, Outcome, RuleId};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{RoundingUnit, RuleBook};
use crate::domain::wording::{Words, shown_tenths, tenths_text, words};

/// One guaranteed amount beside what it is measured by.
pub(super) struct Claim<'a> {
    pub(super) product: Product,
    pub(super) amount: Yen,
    pub(super) base: Yen,
    pub(super) base_label: &'static str,
    pub(super) body: &'a str,
    pub(super) book: Option<&'a RuleBook>,
    /// What else holds the amount down beside its rate.
    pub(super) lids: Vec<Lid<'a>>,
    /// 端数 counts: not where an amount is lowered.
    pub(super) rounded: bool,
}

/// A greatest amount that is no rate of the base by itself: 限度額, or what both prepayments may be
/// together without what was paid before.
#[derive(Clone)]
pub(super) struct Lid<'a> {
    pub(super) rule: RuleId,
    pub(super) limit: Yen,
    /// 「限度額50,000,000円」
    pub(super) words: Words<'a>,
    /// The obligee's own, which refuses; else a general one, which warns.
    pub(super) known: bool,
    /// The number behind it: label and value.
    pub(super) figure: (&'static str, Words<'a>),
}

impl Lid<'_> {
    pub(super) fn cap(cap: Yen) -> Self {
        Self {
            rule: RuleId::Cap,
            limit: cap,
            words: words!("限度額{cap}円"),
            known: true,
            figure: ("限度額", words!("{cap}円")),
        }
    }
}

impl<'a> Claim<'a> {
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
    pub(super) fn advance_rate(&self, rule_id: RuleId, bounds: &[Bound]) -> Option<Judged<'a>> {
        let bound = *bounds
            .iter()
            .find(|bound| self.exceeds(bound))
            .or(bounds.last())?;
        let (label, amount, base_label) = (self.field().label(), self.amount, self.base_label);
        let ceiling = bound.rate.floor_of(self.base);
        let (outcome, sentence) = match (self.exceeds(&bound), bound.known) {
            (false, known) => (
                Outcome::Pass,
                words!(
                    "{label}は、{}{}以内です（上限まで{}円）。",
                    if known { "" } else { "一般の" },
                    bound.of_base(base_label),
                    difference(ceiling, amount)
                ),
            ),
            (true, true) => (Outcome::Refuse, self.over_own(&bound).into()),
            (true, false) if ceiling == Yen::ZERO => (
                Outcome::Warn,
                self.useless(&bound.of_base(base_label)).into(),
            ),
            (true, false) => (
                Outcome::Warn,
                format!(
                    "{label}が、一般の上限{ceiling}円（{}）を超えています。{}{}",
                    bound.of_base(base_label),
                    self.excess(&bound, ceiling),
                    self.ask_obligee()
                )
                .into(),
            ),
        };
        let sign = if outcome == Outcome::Pass {
            "≦"
        } else {
            "＞"
        };
        let reckoned = self.reckoned(bound, sign);
        Some(
            Judged::new(rule_id, self.field(), outcome, sentence)
                .of(self.product)
                .because(move |finding| reckoned(finding).figure("上限", yen(ceiling))),
        )
    }

    /// The one right ceiling of the obligee with the words of what gives it: its rate or a lower lid,
    /// then its rounding where that is known too.
    fn own_ceiling(&self, bound: &Bound) -> (Yen, String) {
        let (bound, base_label) = (*bound, self.base_label);
        let rate = (
            bound.rate.floor_of(self.base),
            Words::told(move || bound.of_base(base_label)),
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
        let words = words.write();
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
    pub(super) fn under_lids(&self, bounds: &[Bound]) -> Vec<Judged<'a>> {
        let Some(bound) = bounds.first() else {
            return Vec::new();
        };
        self.lids.iter().map(|lid| self.under(lid, bound)).collect()
    }

    fn under(&self, lid: &Lid<'a>, bound: &Bound) -> Judged<'a> {
        let (label, amount, book) = (self.field().label(), self.amount, self.book);
        let (limit, known, words) = (lid.limit, lid.known, lid.words.clone());
        let (outcome, sentence) = if amount <= limit {
            let words = words.clone();
            (
                Outcome::Pass,
                words!(
                    "{label}は、{}以内です（上限まで{}円）。",
                    words.write(),
                    difference(limit, amount)
                ),
            )
        } else if known {
            (Outcome::Refuse, self.over_own(bound).into())
        } else if limit == Yen::ZERO {
            let rule = format!("一般の{}", words.write());
            (Outcome::Warn, self.useless(&rule).into())
        } else {
            (
                Outcome::Warn,
                format!(
                    "{label}が、一般の上限{limit}円（{}）を超えています。いまの額は{}円多くなっています。{}",
                    words.write(),
                    difference(amount, limit),
                    self.ask_obligee()
                )
                .into(),
            )
        };
        let (name, value) = lid.figure.clone();
        Judged::new(lid.rule, self.field(), outcome, sentence)
            .of(self.product)
            .because(move |finding| {
                finding
                    .figure(name, value.write())
                    .figure("上限", yen(limit))
                    .source(if known {
                        sourced(book, &words.write())
                    } else {
                        "割合は未登録。一般の割合で確認（拒まず、知らせるだけ）".to_owned()
                    })
            })
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

    pub(super) fn rounding(&self, own: Option<&Bound>) -> Judged<'a> {
        let (field, body, book) = (self.field(), self.body, self.book);
        let label = field.label();
        let rule = match self.product {
            Product::Midterm => RuleId::MidtermRounding,
            _ => RuleId::PrepaymentRounding,
        };
        let judged =
            |outcome, sentence| Judged::new(rule, field, outcome, sentence).of(self.product);
        let Some(unit) = self.unit() else {
            let words = words!("{body}の端数の扱いは未登録です。");
            return judged(Outcome::Unchecked, words)
                .because(|finding| finding.source("きまりに未登録"));
        };
        if unit.words().is_none() {
            let words = words!("{body}に端数の切捨てはありません。");
            return judged(Outcome::Pass, words)
                .because(move |finding| finding.source(sourced(book, "端数の切捨てなし")));
        }
        let rule = move || unit.words().unwrap_or_default();
        let cut = unit.cut(self.amount);
        let amount = self.amount;
        let (outcome, sentence) = if cut == amount {
            (
                Outcome::Pass,
                words!("{label}に端数はありません（{}）。", rule()),
            )
        } else if let Some(bound) = own.filter(|bound| amount > self.own_ceiling(bound).0) {
            // Rate and rounding together name one right amount, in one sentence.
            (Outcome::Refuse, self.over_own(bound).into())
        } else {
            let right = if cut == Yen::ZERO { unit.yen() } else { cut };
            (
                Outcome::Refuse,
                words!(
                    "{label}は、{}単位の額（たとえば{right}円）にしてください（{body}のきまり：{}）。いまの額には{}円の端数があります。",
                    unit.size(),
                    rule(),
                    difference(amount, cut)
                ),
            )
        };
        judged(outcome, sentence).because(move |finding| {
            finding
                .figure("単位", yen(unit.yen()))
                .figure("端数", format!("{}円", difference(amount, cut)))
                .source(sourced(book, &rule()))
        })
    }

    pub(super) fn floor_rate(&self, rule_id: RuleId, bounds: &[Bound]) -> Option<Judged<'a>> {
        let bound = *bounds
            .iter()
            .find(|bound| self.misses(bound))
            .or(bounds.last())?;
        let (label, amount, base_label) = (self.field().label(), self.amount, self.base_label);
        let floor = bound.rate.ceil_of(self.base);
        let (outcome, sentence) = match (self.misses(&bound), bound.known) {
            (false, known) => (
                Outcome::Pass,
                words!(
                    "{label}は、{}{}以上です（下限より{}円多い額です）。",
                    if known { "" } else { "一般の" },
                    bound.of_base(base_label),
                    difference(amount, floor)
                ),
            ),
            (true, true) => (
                Outcome::Refuse,
                format!(
                    "{label}は、{floor}円以上にしてください（{}のきまり：{}）。{}",
                    self.body,
                    bound.of_base(base_label),
                    self.shortage(&bound, floor)
                )
                .into(),
            ),
            (true, false) => (
                Outcome::Warn,
                format!(
                    "{label}が、一般の下限{floor}円（{}）に足りません。{}{}",
                    bound.of_base(base_label),
                    self.shortage(&bound, floor),
                    self.ask_obligee()
                )
                .into(),
            ),
        };
        let sign = if outcome == Outcome::Pass {
            "≧"
        } else {
            "＜"
        };
        let reckoned = self.reckoned(bound, sign);
        Some(
            Judged::new(rule_id, self.field(), outcome, sentence)
                .of(self.product)
                .because(move |finding| reckoned(finding).figure("下限", yen(floor))),
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
    fn reckoned(
        &self,
        bound: Bound,
        sign: &'static str,
    ) -> impl FnOnce(Finding) -> Finding + use<'a> {
        let (amount, base, base_label, book) = (self.amount, self.base, self.base_label, self.book);
        move |finding| {
            let rate = bound.rate;
            let (left, right) = rate.sides(amount, base);
            let shown = shown_tenths(amount.get(), base.get());
            let source = if bound.known {
                sourced(book, &bound.of_base(base_label))
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
                        "{amount}×{} {sign} {base}×{}",
                        rate.denominator(),
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
    }
}
