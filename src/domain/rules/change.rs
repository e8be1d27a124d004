//! A change of an issued guarantee (domain.md §6.3, T9–T12): what follows from the changed contract,
//! and whether what is asked for is right.

use time::Date;

use super::amounts::{self, difference, sourced, yen};
use super::limits;
use super::midterm::together;
use super::{Circumstances, Finding, Outcome, RuleId, years};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, RuleBook};
use crate::domain::wording::era_plain;

/// What has to be done about one guarantee after its contract has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follows {
    /// Nothing: the guarantee goes on as it is.
    NotNeeded { sentence: String },
    /// Part of the money paid in advance is to be returned, and the guarantee lowered.
    Return {
        /// How much is to be returned.
        excess: Yen,
        /// What may be kept of this guarantee's prepayment (of both together after a midterm one).
        most: Yen,
        sentence: String,
    },
    /// A changed certificate, 変更ー n: what of it becomes different.
    Needed { reasons: Vec<String> },
}

impl Follows {
    /// One code per answer, for the command line.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotNeeded { .. } => "not_needed",
            Self::Return { .. } => "return",
            Self::Needed { .. } => "needed",
        }
    }

    /// Everything it says, in one breath.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotNeeded { sentence } | Self::Return { sentence, .. } => sentence.clone(),
            Self::Needed { reasons } => reasons.concat(),
        }
    }
}

/// A change held against the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCheck {
    pub follows: Follows,
    pub findings: Vec<Finding>,
}

/// Holds a change of one guarantee against the rule book it was issued under.
///
/// `before` is what the guarantee says now, `after` what it is to say. `applied_on` of the
/// circumstances is the day of the application that made the guarantee: it fixes its fiscal year.
/// `guarantees` are the others of the same works: a midterm guarantee beside a prepayment one makes
/// their amounts be judged together. The form of the certificate is not judged again.
pub fn check_change(
    before: &ApplicationContent,
    after: &ApplicationContent,
    product: Product,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> ChangeCheck {
    let change = Change {
        before,
        after,
        product,
        book,
        circumstances,
    };
    let mut findings = Vec::new();
    findings.extend(change.form_locked());
    findings.extend(super::conditions::works(
        after,
        circumstances.today,
        circumstances.applied_on,
    ));
    findings.retain(|it| !matches!(it.rule, RuleId::ProductChosen | RuleId::ContractDate));
    findings.extend(years::lines(after));
    findings.extend(years::typed_base(
        after,
        product,
        book,
        circumstances.applied_on,
    ));
    let amount = change.amount(after);
    findings.push(amounts::range(after, product, amount));
    let (follows, more) = if product.is_advance() {
        change.of_advance()
    } else {
        change.of_contract()
    };
    findings.extend(more);
    let differs = before != after;
    if !differs {
        findings.push(
            Finding::new(
                RuleId::Changed,
                Field::ChangedOn,
                Outcome::Refuse,
                "変更する内容がありません。変わったところを入力してください。".to_owned(),
            )
            .of(product)
            .source("変更には、前と違うところが要る"),
        );
    }
    ChangeCheck {
        follows,
        findings: findings
            .into_iter()
            .map(|finding| finding.graded(book))
            .collect(),
    }
}

struct Change<'a> {
    before: &'a ApplicationContent,
    after: &'a ApplicationContent,
    product: Product,
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
}

impl Change<'_> {
    fn amount(&self, content: &ApplicationContent) -> Yen {
        content
            .terms(self.product)
            .map_or(Yen::ZERO, |terms| terms.amount)
    }

    fn base(&self, content: &ApplicationContent) -> years::Base {
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
    fn form_locked(&self) -> Option<Finding> {
        let (before, after) = (
            self.before.terms(self.product)?.form,
            self.after.terms(self.product)?.form,
        );
        let (outcome, sentence) = if before == after {
            (
                Outcome::Pass,
                format!("証書の形式は、{}のまま変わりません。", before.label()),
            )
        } else {
            (
                Outcome::Refuse,
                format!(
                    "同じ保証契約の変更では、証書の形式を変えられません。{}のままお申し込みください。",
                    before.label()
                ),
            )
        };
        Some(
            Finding::new(
                RuleId::FormLocked,
                Field::of(self.product).form_or_switch(),
                outcome,
                sentence,
            )
            .of(self.product)
            .figure("いまの形式", before.label())
            .figure("変更後", after.label())
            .source("同じ保証契約に紙と電子は混ざらない"),
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
    fn of_advance(&self) -> (Follows, Vec<Finding>) {
        let (old, new) = (self.amount(self.before), self.amount(self.after));
        let mut findings = Vec::new();
        if new > old {
            findings.extend(self.increase());
        }
        let fell = self.base(self.after).amount < self.base(self.before).amount;
        let decrease = fell.then(|| self.decrease());
        let mut reasons = self.printed();
        reasons.extend(self.until_reason());
        reasons.extend(self.amount_reason());
        let follows = match &decrease {
            Some((finding, most, excess)) => {
                // A raised amount is held to the ordinary rate, which is the stricter one.
                if new <= old {
                    findings.push(finding.clone());
                }
                if *excess > Yen::ZERO && new <= old {
                    Follows::Return {
                        excess: *excess,
                        most: *most,
                        sentence: finding.sentence.clone(),
                    }
                } else {
                    self.follows(reasons)
                }
            }
            None => self.follows(reasons),
        };
        (follows, findings)
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
    fn increase(&self) -> Vec<Finding> {
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
                others,
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
        let mut findings: Vec<Finding> = claim.advance_rate(rule, &bounds).into_iter().collect();
        findings.extend(claim.under_lids(&bounds));
        findings.push(claim.rounding(bounds.iter().find(|bound| bound.known)));
        findings
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
    fn decrease(&self) -> (Finding, Yen, Yen) {
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
        let general = if bound.known { "" } else { "一般の" };
        let what = if joint {
            format!("前払金と中間前払金の合計{sum}円")
        } else {
            format!("{}{sum}円", self.money())
        };
        let rule = format!("変更後の{}の{}（{most}円）", base.label, bound.rate.words());
        let (outcome, sentence) = if excess == Yen::ZERO {
            (
                Outcome::Pass,
                format!("{what}は、{general}{rule}以内です。返還は要りません。"),
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
            let outcome = if bound.known {
                Outcome::Refuse
            } else {
                Outcome::Warn
            };
            (
                outcome,
                format!(
                    "{what}が、{general}{rule}を{}円超えています。{}円を返還{ask}してください。{lower}",
                    difference(sum, most),
                    difference(sum, most)
                ),
            )
        };
        let sign = if left <= right { "≦" } else { "＞" };
        let mut finding = Finding::new(
            RuleId::DecreaseRate,
            Field::of(self.product).amount,
            outcome,
            sentence,
        )
        .of(self.product)
        .figure(
            "式",
            format!(
                "{sum}×{} {sign} {}×{}",
                bound.rate.denominator(),
                base.amount,
                bound.rate.numerator()
            ),
        )
        .figure("残せる額", yen(most))
        .figure("返還する額", yen(excess));
        if joint {
            finding = finding.figure("もう一方の保証金額", yen(others));
        }
        let source = match self.book.filter(|_| bound.known) {
            Some(book) => sourced(
                book,
                &format!("減額のときは{}の{}", base.label, bound.rate.words()),
            ),
            None => format!(
                "割合は未登録。一般の{}で確認（拒まず、知らせるだけ）",
                bound.rate.words()
            ),
        };
        (finding.source(source), most, excess)
    }

    fn money(&self) -> &'static str {
        match self.product {
            Product::Midterm => "中間前払金",
            _ => "前払金",
        }
    }

    /// 契約保証: the price is on the certificate, and a tenth of the new one may be asked for (T9). A
    /// shortened period may stay.
    fn of_contract(&self) -> (Follows, Vec<Finding>) {
        let (old, new) = (&self.before.works, &self.after.works);
        let claim = amounts::floor(self.after, self.product, self.amount(self.after), self.book);
        let bounds = limits::contract_bounds(self.after.bid.low_price, self.book);
        let floor = claim
            .floor_rate(RuleId::ContractRate, &bounds)
            .map(|finding| self.asked_anew(finding));
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
    fn asked_anew(&self, mut finding: Finding) -> Finding {
        if finding.outcome == Outcome::Pass {
            return finding;
        }
        let bounds = limits::contract_bounds(self.after.bid.low_price, self.book);
        let least = bounds
            .iter()
            .map(|bound| (bound.rate.ceil_of(self.after.works.price), bound))
            .max_by_key(|(least, _)| *least);
        finding.outcome = Outcome::Warn;
        if let Some((least, bound)) = least {
            finding.sentence = format!(
                "契約保証金額{}円は、変更後の{}（{least}円）に足りません。発注者から{least}円への増額を求められることがあります。",
                self.amount(self.after),
                bound.of_base("請負金額")
            );
        }
        finding
    }
}
