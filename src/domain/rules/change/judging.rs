//! One change held against rates, roundings and what the certificate says.

use time::Date;

use super::Follows;
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, RuleBook};
use crate::domain::rules::amounts::{self, difference, sourced, yen};
use crate::domain::rules::midterm::{Before, together};
use crate::domain::rules::{Circumstances, Judged, Outcome, RuleId, contract, limits, years};
use crate::domain::wording::{Words, era_plain, words};

/// Old and new contents of one product.
pub(super) struct Change<'a, 'b> {
    pub(super) before: &'b ApplicationContent,
    pub(super) after: &'a ApplicationContent,
    pub(super) product: Product,
    pub(super) book: Option<&'a RuleBook>,
    pub(super) circumstances: &'a Circumstances,
    /// What the rates were of before, where it is known apart from `before`: the lines of years are
    /// not among what a change keeps of its guarantee.
    pub(super) base_before: Option<Yen>,
}

impl<'a> Change<'a, '_> {
    /// What follows, and every rule on the change itself.
    pub(super) fn judged(&self) -> (Follows, Vec<Judged<'a>>) {
        let (after, product) = (self.after, self.product);
        let (book, circumstances) = (self.book, self.circumstances);
        let mut judged = Vec::new();
        judged.extend(self.form_locked());
        judged.extend(contract::check(
            after,
            circumstances.today,
            circumstances.applied_on,
        ));
        judged.retain(|it| !matches!(it.rule, RuleId::ProductChosen | RuleId::ContractDate));
        judged.extend(years::lines(after));
        judged.extend(years::typed_base(
            after,
            product,
            book,
            circumstances.applied_on,
        ));
        judged.push(amounts::range(after, product, self.amount(after)));
        let (follows, more) = if product.is_advance() {
            self.of_advance()
        } else {
            self.of_contract()
        };
        judged.extend(more);
        (follows, judged)
    }

    pub(super) fn nothing(&self) -> Judged<'a> {
        self.about(
            Field::Price,
            Outcome::Refuse,
            "変更するところがありません。変わった請負金額・工期・保証金額を入力してください。"
                .to_owned(),
        )
    }

    /// What the contractor is told of what follows.
    pub(super) fn asked(&self, follows: &Follows) -> Judged<'a> {
        match follows {
            Follows::NotNeeded { sentence } => self.about(
                Field::Price,
                Outcome::Refuse,
                if self.product.is_advance() {
                    format!(
                        "{sentence}請負金額だけの変更は、この保証契約の効力に影響を及ぼしません（証書の注2）。"
                    )
                } else {
                    sentence.clone()
                },
            ),
            // By how much too much is said beside the amount.
            Follows::Return { .. } => self.about(
                Field::of(self.product).amount,
                Outcome::Pass,
                format!("{}の返還があります。", self.money()),
            ),
            Follows::Needed { reasons } => self.about(
                Field::of(self.product).amount,
                Outcome::Pass,
                format!(
                    "{}の変更の証書を発行します。{}",
                    self.product.label(),
                    reasons.concat()
                ),
            ),
        }
    }

    fn about(&self, field: Field, outcome: Outcome, sentence: String) -> Judged<'a> {
        let (old, new) = (self.amount(self.before), self.amount(self.after));
        let (was, is) = (&self.before.works, &self.after.works);
        let prices = (was.price, is.price);
        let ends = (was.period_to, is.period_to);
        Judged::new(RuleId::Change, field, outcome, sentence)
            .of(self.product)
            .because(move |finding| {
                let difference = if new >= old {
                    format!("＋{}円", difference(new, old))
                } else {
                    format!("－{}円", difference(old, new))
                };
                let (was, is) = prices;
                let (from, to) = ends;
                finding
                    .figure("請負金額", format!("{} → {}", yen(was), yen(is)))
                    .figure("保証金額", format!("{} → {}", yen(old), yen(new)))
                    .figure("保証金額の差", difference)
                    .figure(
                        "工期の終わり",
                        format!("{} → {}", era_plain(from), era_plain(to)),
                    )
                    .source("前払・中間は請負金額だけの変更なら手続き不要（証書の注2）")
            })
    }

    fn amount(&self, content: &ApplicationContent) -> Yen {
        content
            .terms(self.product)
            .map_or(Yen::ZERO, |terms| terms.amount)
    }

    pub(super) fn base(&self, content: &ApplicationContent) -> years::Base {
        years::base(
            content,
            self.product,
            self.book,
            self.circumstances.applied_on,
        )
    }

    fn until(&self, content: &ApplicationContent) -> Date {
        content.until(self.product, self.circumstances.applied_on)
    }

    /// 証書の形式 stays what it was (seed 003, Q5).
    fn form_locked(&self) -> Option<Judged<'a>> {
        let (before, after) = (
            self.before.terms(self.product)?.form,
            self.after.terms(self.product)?.form,
        );
        let (outcome, sentence) = if before == after {
            (
                Outcome::Pass,
                words!("証書の形式は、{}のまま変わりません。", before.label()),
            )
        } else {
            (Outcome::Refuse, super::form_stays(before).into())
        };
        Some(
            Judged::new(
                RuleId::FormLocked,
                Field::of(self.product).form_or_switch(),
                outcome,
                sentence,
            )
            .of(self.product)
            .because(move |finding| {
                finding
                    .figure("いまの形式", before.label())
                    .figure("変更後", after.label())
                    .source("同じ保証契約に紙と電子は混ざらない")
            }),
        )
    }

    /// Everything but price and amount that the certificate says, each as a sentence.
    fn printed(&self) -> Vec<String> {
        let (before, after) = (self.before, self.after);
        let mut reasons = Vec::new();
        let mut differs = |label: &str, different: bool| {
            if different {
                reasons.push(format!("{label}が変わります。"));
            }
        };
        let (old, new) = (&before.works, &after.works);
        differs("被保証者", old.obligee_name != new.obligee_name);
        differs("工事名", old.works_name != new.works_name);
        differs("請負契約日", old.contract_date != new.contract_date);
        differs("共同企業体", old.jv != new.jv);
        differs(
            "預託金融機関",
            before.bank(self.product) != after.bank(self.product),
        );
        reasons
    }

    fn until_reason(&self) -> Option<String> {
        let (old, new) = (self.until(self.before), self.until(self.after));
        let (was, is) = (&self.before.works, &self.after.works);
        if old != new {
            Some(format!(
                "保証期限が{}から{}に変わります。",
                era_plain(old),
                era_plain(new)
            ))
        } else if (was.period_from, was.period_to) != (is.period_from, is.period_to) {
            Some("工期が変わります。".to_owned())
        } else {
            None
        }
    }

    fn amount_reason(&self) -> Option<String> {
        let (old, new) = (self.amount(self.before), self.amount(self.after));
        (old != new).then(|| format!("保証金額が{old}円から{new}円に変わります。"))
    }

    /// 前払 and 中間: a change of the price alone needs nothing, unless money is to be returned.
    fn of_advance(&self) -> (Follows, Vec<Judged<'a>>) {
        let (old, new) = (self.amount(self.before), self.amount(self.after));
        let mut judged = Vec::new();
        if new > old {
            judged.extend(self.increase());
        }
        let base_before = self
            .base_before
            .unwrap_or_else(|| self.base(self.before).amount);
        let fell = self.base(self.after).amount < base_before;
        let mut reasons = self.printed();
        reasons.extend(self.until_reason());
        reasons.extend(self.amount_reason());
        // A raised amount is held to the ordinary rate, which is the stricter one.
        let decrease = (fell && new <= old).then(|| self.decrease());
        let follows = match decrease {
            Some((kept, most, excess)) => {
                let sentence = kept.sentence.clone();
                judged.push(kept);
                if excess > Yen::ZERO {
                    Follows::Return {
                        excess,
                        most,
                        sentence: sentence.write(),
                    }
                } else {
                    self.follows(reasons)
                }
            }
            None => self.follows(reasons),
        };
        (follows, judged)
    }

    fn follows(&self, reasons: Vec<String>) -> Follows {
        if reasons.is_empty() {
            Follows::NotNeeded {
                sentence: format!("{}の変更手続きは不要です。", self.product.label()),
            }
        } else {
            Follows::Needed { reasons }
        }
    }

    /// An increase is held to the ordinary rates and to the rounding (T10).
    fn increase(&self) -> Vec<Judged<'a>> {
        let kind = self.after.works.kind;
        let amount = self.amount(self.after);
        let mut claim = amounts::advance(
            self.after,
            self.product,
            amount,
            self.book,
            self.circumstances,
        );
        let others = self.others();
        if others > Yen::ZERO {
            claim.lids.push(together(
                self.after,
                Before {
                    prepaid: others,
                    earlier: Yen::ZERO,
                },
                amount,
                self.book,
                self.circumstances,
            ));
        }
        let (rule, bounds) = match self.product {
            Product::Midterm => (
                RuleId::MidtermRate,
                vec![limits::one(
                    self.book.and_then(|book| book.rates.midterm(kind)),
                    Fraction::tenths(2),
                )],
            ),
            _ => (
                RuleId::PrepaymentRate,
                limits::prepayment_bounds(
                    kind,
                    self.after.bid.kind_detail.as_deref(),
                    self.after.bid.low_price,
                    self.book,
                ),
            ),
        };
        let mut judged: Vec<_> = claim.advance_rate(rule, &bounds).into_iter().collect();
        judged.extend(claim.under_lids(&bounds));
        judged.push(claim.rounding(bounds.iter().find(|bound| bound.known)));
        judged
    }

    /// The guaranteed amount of the other prepayment of the same works.
    fn others(&self) -> Yen {
        self.circumstances
            .guarantees
            .iter()
            .filter(|it| {
                it.product.is_advance()
                    && it.product != self.product
                    && !it.terminated
                    && it.works_name == self.before.works.works_name
            })
            .fold(Yen::ZERO, |sum, it| {
                sum.checked_add(it.amount).unwrap_or(Yen::MAX)
            })
    }

    /// What may be kept where the base falls (T11): no rounding, and not the ordinary rate. Returns
    /// the finding, the most that may be kept, and how much is over it.
    fn decrease(&self) -> (Judged<'a>, Yen, Yen) {
        let kind = self.after.works.kind;
        let others = self.others();
        let joint = others > Yen::ZERO;
        let own = self.book.and_then(|book| book.rates.decrease(kind, joint));
        let bound = limits::one(own, Fraction::tenths(if joint { 6 } else { 5 }));
        let base = self.base(self.after);
        let amount = self.amount(self.after);
        let sum = amount.checked_add(others).unwrap_or(Yen::MAX);
        let most = bound.rate.floor_of(base.amount);
        let excess = sum.checked_sub(most).unwrap_or(Yen::ZERO);
        let (left, right) = bound.rate.sides(sum, base.amount);
        let general = if bound.known { "" } else { "一般の割合" };
        let what = if joint {
            format!("前払金と中間前払金の合計{sum}円")
        } else {
            format!("{}{sum}円", self.money())
        };
        let share = format!("変更後の{}の{}", base.label, bound.rate.words());
        let rule = if bound.known {
            format!("{share}（{most}円）")
        } else {
            format!("{general}（{share}・{most}円）")
        };
        let old = self.amount(self.before);
        let (outcome, sentence) = if excess == Yen::ZERO {
            (
                Outcome::Pass,
                if amount < old {
                    format!(
                        "{}{}円を返還します（{old}円から{amount}円へ）。残る{what}は、{rule}以内です。",
                        self.money(),
                        difference(old, amount)
                    )
                } else {
                    format!("{what}は、{rule}以内です。返還は要りません。")
                },
            )
        } else if !bound.known {
            (
                Outcome::Warn,
                format!(
                    "{what}が、{rule}を{}円超えています。この発注者の割合は登録されていません。返還が要るかどうかを発注者へご確認ください。",
                    difference(sum, most)
                ),
            )
        } else {
            let lower = if joint {
                "どちらの保証金額を減らすかは支店が決めます。"
            } else if most == Yen::ZERO {
                "全額を返還してください。"
            } else {
                ""
            };
            let ask = if joint || most == Yen::ZERO {
                String::new()
            } else {
                format!("し、保証金額を{most}円以下に変更")
            };
            (
                Outcome::Refuse,
                format!(
                    "{what}が、{rule}を{}円超えています。{}円を返還{ask}してください。{lower}",
                    difference(sum, most),
                    difference(sum, most)
                ),
            )
        };
        let sign = if left <= right { "≦" } else { "＞" };
        let back = old
            .checked_sub(amount)
            .and_then(|lowered| lowered.checked_add(excess))
            .unwrap_or(excess);
        let book = self.book;
        let judged = Judged::new(
            RuleId::DecreaseRate,
            Field::of(self.product).amount,
            outcome,
            sentence,
        )
        .of(self.product)
        .because(move |finding| {
            let rate = bound.rate;
            let finding = finding
                .figure(
                    "式",
                    format!(
                        "{sum}×{} {sign} {}×{}",
                        rate.denominator(),
                        base.amount,
                        rate.numerator()
                    ),
                )
                .figure("残せる額", yen(most))
                .figure("返還する額", yen(back));
            let finding = if joint {
                finding.figure("もう一方の保証金額", yen(others))
            } else {
                finding
            };
            let rule = format!("減額のときは{}の{}", base.label, rate.words());
            finding.source(if bound.known {
                sourced(book, &rule)
            } else {
                format!(
                    "割合は未登録。一般の{}で確認（拒まず、知らせるだけ）",
                    rate.words()
                )
            })
        });
        (judged, most, excess)
    }

    fn money(&self) -> &'static str {
        match self.product {
            Product::Midterm => "中間前払金",
            _ => "前払金",
        }
    }

    /// 契約保証: the price is on the certificate, and a tenth of the new one may be asked for (T9). A
    /// shortened period may stay.
    fn of_contract(&self) -> (Follows, Vec<Judged<'a>>) {
        let (old, new) = (&self.before.works, &self.after.works);
        let claim = amounts::floor(self.after, self.product, self.amount(self.after), self.book);
        let bounds = limits::contract_bounds(self.after.bid.low_price, self.book);
        let floor = claim
            .floor_rate(RuleId::ContractRate, &bounds)
            .map(|rate| self.asked_anew(rate));
        let mut reasons = self.printed();
        if old.price != new.price {
            reasons.push(format!(
                "請負金額が{}円から{}円に変わります。",
                old.price, new.price
            ));
        }
        reasons.extend(self.amount_reason());
        let starts = old.period_from != new.period_from;
        if new.period_to > old.period_to || starts {
            reasons.extend(self.until_reason());
        }
        let follows = if reasons.is_empty() && new.period_to < old.period_to {
            Follows::NotNeeded {
                sentence: format!(
                    "工期が短くなっても、契約保証はいまの保証期限（{}）のままで差し支えありません。",
                    era_plain(self.until(self.before))
                ),
            }
        } else {
            self.follows(reasons)
        };
        (follows, floor.into_iter().collect())
    }

    /// Too little for the new price is what the obligee may ask for, not what the change is refused for.
    fn asked_anew(&self, mut rate: Judged<'a>) -> Judged<'a> {
        if rate.outcome == Outcome::Pass {
            return rate;
        }
        let bounds = limits::contract_bounds(self.after.bid.low_price, self.book);
        let least = bounds
            .iter()
            .map(|bound| (bound.rate.ceil_of(self.after.works.price), bound))
            .max_by_key(|(least, _)| *least);
        rate.outcome = Outcome::Warn;
        if let Some((least, bound)) = least {
            rate.sentence = Words::from(format!(
                "契約保証金額{}円は、変更後の{}（{least}円）に足りません。発注者から{least}円への増額を求められることがあります。",
                self.amount(self.after),
                bound.of_base("請負金額")
            ));
        }
        rate
    }
}
