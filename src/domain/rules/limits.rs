//! Ceilings and floors of the guaranteed amounts: the obligee's where it is known, else the
//! general ones (decisions.md, "Obligees, rule books").

use crate::domain::content::ApplicationContent;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, RoundingUnit, RuleBook};
use crate::domain::works::ContractKind;

/// What a limit is reckoned from, as far as the form is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AmountFacts {
    pub kind: Option<ContractKind>,
    /// 請負金額
    pub price: Option<Yen>,
    /// 今年度対象額; takes the price's place for the prepayment.
    pub fy_base: Option<Yen>,
    /// 低入札価格調査の対象
    pub low_price: bool,
    /// 契約の細目
    pub detail: Option<String>,
}

impl AmountFacts {
    pub fn of(content: &ApplicationContent) -> Self {
        Self {
            kind: Some(content.works.kind),
            price: Some(content.works.price),
            fy_base: content.prepayment.as_ref().and_then(|terms| terms.fy_base),
            low_price: content.bid.low_price,
            detail: content.bid.kind_detail.clone(),
        }
    }

    /// What the prepayment's ratio is a ratio of.
    pub fn base(&self) -> Option<Yen> {
        self.fy_base.or(self.price)
    }
}

/// The most a prepayment guarantee may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub ceiling: Yen,
    /// 「10分の4・10万円未満切捨て」
    pub words: String,
    /// From the obligee's own rule; else a general number that only warns.
    pub known: bool,
}

impl Limit {
    /// 「上限 13,400,000円（10分の4・10万円未満切捨て）」, or 「目安 …」.
    pub fn text(&self) -> String {
        let label = if self.known { "上限" } else { "目安" };
        format!("{label} {}円（{}）", self.ceiling, self.words)
    }
}

/// The least a contract guarantee may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    pub floor: Yen,
    /// 「10分の1」
    pub words: String,
    /// From the obligee's own rule; else a general number that only warns.
    pub known: bool,
}

impl Floor {
    /// 「下限 3,355,000円（10分の1）」, or 「目安 …以上」.
    pub fn text(&self) -> String {
        if self.known {
            format!("下限 {}円（{}）", self.floor, self.words)
        } else {
            format!("目安 {}円以上（{}）", self.floor, self.words)
        }
    }
}

/// A rate that holds for one contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) rate: Fraction,
    /// The obligee's own, which refuses; else the general one, which warns.
    pub(super) known: bool,
    /// The one for a low-price bid (低入札).
    low_price: bool,
}

impl Bound {
    /// 「請負金額の10分の4」, 「請負金額の10分の2・低入札」.
    pub(super) fn of_base(&self, base_label: &str) -> String {
        let low = if self.low_price { "・低入札" } else { "" };
        format!("{base_label}の{}{low}", self.rate.words())
    }

    /// The rate of `base`, its end cut off.
    pub(super) fn limit(&self, base: Yen, unit: Option<RoundingUnit>) -> Limit {
        let ceiling = self.rate.floor_of(base);
        Limit {
            ceiling: unit.map_or(ceiling, |unit| unit.cut(ceiling)),
            words: self.words(unit.and_then(RoundingUnit::words)),
            known: self.known,
        }
    }

    pub(super) fn words(&self, rounding: Option<String>) -> String {
        let general = if self.known { "" } else { "一般の" };
        let low = if self.low_price { "・低入札" } else { "" };
        let rounding = rounding.map_or_else(String::new, |words| format!("・{words}"));
        format!("{general}{}{low}{rounding}", self.rate.words())
    }
}

/// The prepayment's bounds: never empty, the obligee's own first.
pub(super) fn prepayment_bounds(
    kind: ContractKind,
    detail: Option<&str>,
    low_price: bool,
    book: Option<&RuleBook>,
) -> Vec<Bound> {
    let general = match kind {
        ContractKind::Works => Fraction::tenths(4),
        ContractKind::Consulting => Fraction::tenths(3),
    };
    let rates = book.map(|book| &book.rates);
    let own = book.and_then(|book| book.prepayment_rate(kind, detail));
    bounds(
        (own, general),
        (
            rates.and_then(|rates| rates.low_price(kind)),
            Fraction::tenths(2),
        ),
        low_price,
    )
}

/// One rate: the obligee's own, else the general one.
pub(super) fn one(own: Option<Fraction>, general: Fraction) -> Bound {
    Bound {
        rate: own.unwrap_or(general),
        known: own.is_some(),
        low_price: false,
    }
}

/// The contract guarantee's bounds: never empty, the obligee's own first.
pub(super) fn contract_bounds(low_price: bool, book: Option<&RuleBook>) -> Vec<Bound> {
    let rates = book.map(|book| &book.rates);
    bounds(
        (rates.and_then(|rates| rates.contract), Fraction::tenths(1)),
        (
            rates.and_then(|rates| rates.contract_low_price),
            Fraction::tenths(3),
        ),
        low_price,
    )
}

/// Each pair: the obligee's rate where known, and the general one.
///
/// A low-price bid whose own rate is unknown is still held to the obligee's ordinary rate.
fn bounds(
    ordinary: (Option<Fraction>, Fraction),
    low: (Option<Fraction>, Fraction),
    low_price: bool,
) -> Vec<Bound> {
    let bound = |(own, general): (Option<Fraction>, Fraction), low_price| Bound {
        rate: own.unwrap_or(general),
        known: own.is_some(),
        low_price,
    };
    match (low_price, low.0, ordinary.0) {
        (false, _, _) => vec![bound(ordinary, false)],
        (true, None, Some(_)) => vec![bound(ordinary, false), bound(low, true)],
        (true, _, _) => vec![bound(low, true)],
    }
}

/// The greatest amount in yen that the obligee lets be paid in advance, where it has one.
pub(super) fn cap(book: Option<&RuleBook>, product: Product, kind: ContractKind) -> Option<Yen> {
    let conditions = book?.conditions_of(product, kind);
    conditions.filter_map(|condition| condition.cap).min()
}

/// The ceiling to show beside 前払金保証金額; `None` until kind and price are there.
pub fn prepayment_limit(facts: &AmountFacts, book: Option<&RuleBook>) -> Option<Limit> {
    let (kind, base) = (facts.kind?, facts.base()?);
    let unit = book.and_then(|book| book.rounding_of(Product::Prepayment));
    let bounds = prepayment_bounds(kind, facts.detail.as_deref(), facts.low_price, book);
    let cap = cap(book, Product::Prepayment, kind).map(|cap| Limit {
        ceiling: unit.map_or(cap, |unit| unit.cut(cap)),
        words: format!("限度額{cap}円"),
        known: true,
    });
    bounds
        .into_iter()
        .map(|bound| bound.limit(base, unit))
        .chain(cap)
        .min_by_key(|limit| limit.ceiling)
}

/// The floor to show beside 契約保証金額; `None` until the price is there.
pub fn contract_floor(facts: &AmountFacts, book: Option<&RuleBook>) -> Option<Floor> {
    let price = facts.price?;
    contract_bounds(facts.low_price, book)
        .into_iter()
        .map(|bound| Floor {
            floor: bound.rate.ceil_of(price),
            words: bound.words(None),
            known: bound.known,
        })
        .max_by_key(|floor| floor.floor)
}
