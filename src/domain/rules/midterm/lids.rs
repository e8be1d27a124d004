//! What holds a 中間前払金 down beside its own rate: what was paid or guaranteed before.

use super::{PRODUCT, built_on};
use crate::domain::content::{ApplicationContent, MidtermTerms};
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, RuleBook};
use crate::domain::rules::limits::{self, Limit};
use crate::domain::rules::rates::Lid;
use crate::domain::rules::{Circumstances, RuleId, years};
use crate::domain::wording::words;

/// What was paid before: the guaranteed amount where it is known, else as typed.
fn prepaid(terms: &MidtermTerms, circumstances: &Circumstances) -> Yen {
    built_on(terms, circumstances)
        .filter(|standing| standing.product == Product::Prepayment)
        .map_or(terms.prepaid, |standing| standing.amount)
}

/// 中間前払金 guaranteed before on the same prepayment guarantee.
fn earlier(circumstances: &Circumstances) -> Yen {
    circumstances
        .guarantees
        .iter()
        .filter(|standing| standing.product == PRODUCT && !standing.terminated)
        .fold(Yen::ZERO, |sum, standing| {
            sum.checked_add(standing.amount).unwrap_or(Yen::MAX)
        })
}

/// What was issued before holds the amount down: both prepayments together, and an earlier
/// 中間前払金保証 on the same prepayment.
pub(super) fn lids<'a>(
    content: &ApplicationContent,
    terms: &MidtermTerms,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Lid<'a>> {
    let before = Before {
        prepaid: prepaid(terms, circumstances),
        earlier: earlier(circumstances),
    };
    let mut lids = vec![together(
        content,
        before,
        terms.common.amount,
        book,
        circumstances,
    )];
    let earlier = before.earlier;
    if earlier > Yen::ZERO {
        let own = book.and_then(|book| book.rates.midterm(content.works.kind));
        let bound = limits::one(own, Fraction::tenths(2));
        let base = years::base(content, PRODUCT, book, circumstances.applied_on);
        let whole = bound.rate.floor_of(base.amount);
        lids.push(Lid {
            rule: RuleId::MidtermRate,
            limit: whole.checked_sub(earlier).unwrap_or(Yen::ZERO),
            words: words!(
                "{}（{whole}円）から発行済みの中間前払金{earlier}円を引いた額",
                bound.of_base(base.label)
            ),
            known: bound.known,
            figure: ("発行済みの中間前払金", words!("{earlier}円")),
        });
    }
    lids
}

/// What was paid of the other prepayment, and of the same one before.
#[derive(Clone, Copy)]
pub(in crate::domain::rules) struct Before {
    pub(in crate::domain::rules) prepaid: Yen,
    pub(in crate::domain::rules) earlier: Yen,
}

impl Before {
    fn sum(self) -> Yen {
        self.prepaid.checked_add(self.earlier).unwrap_or(Yen::MAX)
    }

    fn words(self) -> String {
        let Self { prepaid, earlier } = self;
        if earlier == Yen::ZERO {
            return format!("前払金{prepaid}円");
        }
        format!("前払金{prepaid}円と発行済みの中間前払金{earlier}円")
    }
}

/// Both prepayments together, without what was paid before.
pub(in crate::domain::rules) fn together<'a>(
    content: &ApplicationContent,
    before: Before,
    amount: Yen,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Lid<'a> {
    let own = book.and_then(|book| book.rates.together(content.works.kind));
    let bound = limits::one(own, Fraction::tenths(6));
    let base = years::base(content, PRODUCT, book, circumstances.applied_on);
    let whole = bound.rate.floor_of(base.amount);
    let paid = before.sum();
    let sum = i128::from(paid.get()) + i128::from(amount.get());
    let left = sum * i128::from(bound.rate.denominator());
    let right = i128::from(base.amount.get()) * i128::from(bound.rate.numerator());
    let sign = if left <= right { "≦" } else { "＞" };
    Lid {
        rule: RuleId::TogetherRate,
        limit: whole.checked_sub(paid).unwrap_or(Yen::ZERO),
        words: words!(
            "{}（{whole}円）から{}を引いた額",
            bound.of_base(base.label),
            before.words()
        ),
        known: bound.known,
        figure: (
            "式",
            words!(
                "({paid}+{amount})×{} {sign} {}×{}",
                bound.rate.denominator(),
                base.amount,
                bound.rate.numerator()
            ),
        ),
    }
}

/// The ceiling to show beside 中間前払金保証金額; `None` where it is not applied for.
pub fn midterm_limit(
    content: &ApplicationContent,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Option<Limit> {
    let terms = content.midterm.as_ref()?;
    let base = years::base(content, PRODUCT, book, circumstances.applied_on);
    let unit = book.and_then(|book| book.rounding_of(PRODUCT));
    let rate = limits::one(
        book.and_then(|book| book.rates.midterm(content.works.kind)),
        Fraction::tenths(2),
    );
    let before = lids(content, terms, book, circumstances);
    let cut = |limit: Yen| unit.map_or(limit, |unit| unit.cut(limit));
    let cap = limits::cap(book, PRODUCT, content.works.kind).map(Lid::cap);
    let lids = before.into_iter().chain(cap).map(|lid| Limit {
        ceiling: cut(lid.limit),
        words: lid.words.write(),
        known: lid.known,
    });
    [rate.limit(base.amount, unit)]
        .into_iter()
        .chain(lids)
        .min_by_key(|limit| limit.ceiling)
}
