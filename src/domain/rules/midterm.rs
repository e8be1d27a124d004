//! 中間前払金保証 (domain.md §4.2): what it builds on, its four conditions, its first day, its amount.

use time::{Date, Duration};

use super::amounts::{self, sourced, yen};
use super::limits::{self, Limit};
use super::rates::Lid;
use super::{Circumstances, Finding, Outcome, RuleId, Standing, years};
use crate::domain::content::{ApplicationContent, MidtermConditions, MidtermTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, MidtermPolicy, RuleBook};
use crate::domain::wording::{era_plain, slashed};
use crate::domain::works::{WorksContract, fiscal_year_end};

const PRODUCT: Product = Product::Midterm;

/// Half of the time in which the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfTime {
    pub from: Date,
    pub to: Date,
    /// First and last day counted.
    pub days: i64,
    /// Half of them, a half day counted as one.
    pub half: i64,
    /// The first day on which the obligee can find that half is over; `None` for a single day.
    pub first_day: Option<Date>,
}

/// Of the period, for a contract over several years of that fiscal year's part of it; `None` where
/// the period ends before it begins.
pub fn half_time(works: &WorksContract, applied_on: Date) -> Option<HalfTime> {
    let (mut from, mut to) = (works.period_from, works.period_to);
    if from > to {
        return None;
    }
    if works.multi_year.is_some() {
        let year = works.year_of(applied_on);
        from = from.max(fiscal_year_end(year - 1).next_day()?);
        to = to.min(fiscal_year_end(year));
    }
    let days = (to - from).whole_days() + 1;
    let half = (days + 1) / 2;
    Some(HalfTime {
        from,
        to,
        days,
        half,
        first_day: from.checked_add(Duration::days(half)).filter(|_| days > 1),
    })
}

/// The prepayment guarantee it builds on, where it is among those issued before.
fn built_on<'a>(terms: &MidtermTerms, circumstances: &'a Circumstances) -> Option<&'a Standing> {
    circumstances
        .guarantees
        .iter()
        .find(|standing| standing.is_numbered(&terms.builds_on))
}

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

pub(super) fn check(
    content: &ApplicationContent,
    unread: &[Field],
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Finding> {
    let Some(terms) = &content.midterm else {
        return Vec::new();
    };
    let mut findings = vec![
        allowed(content, book),
        builds_on(content, terms, circumstances),
        conditions(terms.conditions),
    ];
    let half = half_time(&content.works, circumstances.applied_on);
    findings.extend(half.map(|half| day(terms, half, circumstances)));
    findings.extend(years::typed_base(
        content,
        PRODUCT,
        book,
        circumstances.applied_on,
    ));
    findings.push(amounts::range(content, PRODUCT, terms.common.amount));
    if terms.common.amount == Yen::ZERO {
        return findings;
    }
    let bounds = [limits::one(
        book.and_then(|book| book.rates.midterm(content.works.kind)),
        Fraction::tenths(2),
    )];
    let mut claim = amounts::advance(content, PRODUCT, terms.common.amount, book, circumstances);
    claim.lids.extend(lids(content, terms, book, circumstances));
    findings.extend(claim.advance_rate(RuleId::MidtermRate, &bounds));
    findings.extend(claim.under_lids(&bounds));
    findings.push(claim.rounding(amounts::own_bound(content, unread, PRODUCT, &bounds)));
    findings
}

/// What was issued before holds the amount down: both prepayments together, and an earlier
/// 中間前払金保証 on the same prepayment.
fn lids(
    content: &ApplicationContent,
    terms: &MidtermTerms,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Vec<Lid> {
    let (earlier, amount) = (earlier(circumstances), terms.common.amount);
    let prepaid = prepaid(terms, circumstances);
    let paid = prepaid.checked_add(earlier).unwrap_or(Yen::MAX);
    let mut both = together(content, paid, amount, book, circumstances);
    if earlier > Yen::ZERO {
        let paid = format!("前払金{paid}円");
        let each = format!("前払金{prepaid}円と発行済みの中間前払金{earlier}円");
        both.words = both.words.replace(&paid, &each);
    }
    let mut lids = vec![both];
    if earlier > Yen::ZERO {
        let own = book.and_then(|book| book.rates.midterm(content.works.kind));
        let bound = limits::one(own, Fraction::tenths(2));
        let base = years::base(content, PRODUCT, book, circumstances.applied_on);
        let whole = bound.rate.floor_of(base.amount);
        lids.push(Lid {
            rule: RuleId::MidtermRate,
            limit: whole.checked_sub(earlier).unwrap_or(Yen::ZERO),
            words: format!(
                "{}（{whole}円）から発行済みの中間前払金{earlier}円を引いた額",
                bound.of_base(base.label)
            ),
            known: bound.known,
            figures: vec![("発行済みの中間前払金".to_owned(), yen(earlier))],
        });
    }
    lids
}

/// Both prepayments together, without what was paid before.
pub(super) fn together(
    content: &ApplicationContent,
    prepaid: Yen,
    amount: Yen,
    book: Option<&RuleBook>,
    circumstances: &Circumstances,
) -> Lid {
    let own = book.and_then(|book| book.rates.together(content.works.kind));
    let bound = limits::one(own, Fraction::tenths(6));
    let base = years::base(content, PRODUCT, book, circumstances.applied_on);
    let whole = bound.rate.floor_of(base.amount);
    let sum = i128::from(prepaid.get()) + i128::from(amount.get());
    let left = sum * i128::from(bound.rate.denominator());
    let right = i128::from(base.amount.get()) * i128::from(bound.rate.numerator());
    let sign = if left <= right { "≦" } else { "＞" };
    Lid {
        rule: RuleId::TogetherRate,
        limit: whole.checked_sub(prepaid).unwrap_or(Yen::ZERO),
        words: format!(
            "{}（{whole}円）から前払金{prepaid}円を引いた額",
            bound.of_base(base.label)
        ),
        known: bound.known,
        figures: vec![(
            "式".to_owned(),
            format!(
                "({prepaid}+{amount})×{} {sign} {}×{}",
                bound.rate.denominator(),
                base.amount,
                bound.rate.numerator()
            ),
        )],
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
        words: lid.words,
        known: lid.known,
    });
    [rate.limit(base.amount, unit)]
        .into_iter()
        .chain(lids)
        .min_by_key(|limit| limit.ceiling)
}

fn allowed(content: &ApplicationContent, book: Option<&RuleBook>) -> Finding {
    let body = amounts::body(content, book);
    let policy = book.and_then(|book| book.midterm);
    let partial = content.bid.partial_payment;
    let (outcome, field, sentence) = match policy {
        Some(MidtermPolicy::NotAllowed) => (
            Outcome::Refuse,
            Field::MidtermOn,
            format!("{body}は中間前払金を支払いません。中間前払金保証はご利用いただけません。"),
        ),
        Some(MidtermPolicy::Chosen) if partial => (
            Outcome::Refuse,
            Field::PartialPayment,
            format!(
                "{body}では、部分払を選んだ契約で中間前払金は支払われません。中間前払金保証はご利用いただけません。"
            ),
        ),
        Some(MidtermPolicy::Chosen) if !content.bid.midterm => (
            Outcome::Warn,
            Field::Midterm,
            format!(
                "{body}では、中間前払金か部分払かを契約のときに選びます。中間前払金を選んだ契約なら「中間前払金あり」を選んでください。"
            ),
        ),
        Some(MidtermPolicy::Allowed | MidtermPolicy::Chosen) => (
            Outcome::Pass,
            Field::MidtermOn,
            format!("{body}は中間前払金を支払います。"),
        ),
        None if partial => (
            Outcome::Warn,
            Field::PartialPayment,
            "部分払を選んだ契約では、中間前払金が支払われないことがあります。発注者へご確認ください。"
                .to_owned(),
        ),
        None => (
            Outcome::Unchecked,
            Field::MidtermOn,
            format!("{body}の中間前払金の取扱いは未登録です。"),
        ),
    };
    let source = match (book, policy) {
        (Some(book), Some(policy)) => sourced(book, &format!("中間前払金を{}", policy.label())),
        _ => "きまりに未登録".to_owned(),
    };
    Finding::new(RuleId::MidtermAllowed, field, outcome, sentence)
        .of(PRODUCT)
        .source(source)
}

fn builds_on(
    content: &ApplicationContent,
    terms: &MidtermTerms,
    circumstances: &Circumstances,
) -> Finding {
    let field = Field::MidtermBuildsOn;
    let number = &terms.builds_on;
    let standing = built_on(terms, circumstances);
    let found = match standing {
        None => (
            Outcome::Refuse,
            field,
            format!(
                "保証契約番号 {number} の、発行済みの前払金保証が見つかりません。前払金保証の証書か「保証契約一覧」で番号をお確かめください。"
            ),
        ),
        Some(standing) if standing.product != Product::Prepayment => (
            Outcome::Refuse,
            field,
            format!(
                "保証契約番号 {number} は{}です。この工事の前払金保証の番号を入力してください。",
                standing.product.label()
            ),
        ),
        Some(standing) if standing.terminated => (
            Outcome::Refuse,
            field,
            format!(
                "保証契約番号 {number} の前払金保証は解約されています。中間前払金保証には、いま有効な前払金保証が要ります。"
            ),
        ),
        Some(standing) if standing.until < circumstances.today => (
            Outcome::Refuse,
            field,
            format!(
                "保証契約番号 {number} の前払金保証は、保証期限（{}）が過ぎています。工期が延びたときは、先に前払金保証の変更をお申し込みください。",
                era_plain(standing.until)
            ),
        ),
        Some(standing) if standing.works_name != content.works.works_name => (
            Outcome::Warn,
            field,
            format!(
                "保証契約番号 {number} の前払金保証は、別の工事名（{}）です。番号をお確かめください。",
                standing.works_name
            ),
        ),
        Some(standing) if standing.amount != terms.prepaid => (
            Outcome::Warn,
            Field::MidtermPrepaid,
            format!(
                "受け取った前払金{}円が、前払金保証の保証金額{}円と違います。保証金額で確認しました。",
                terms.prepaid, standing.amount
            ),
        ),
        Some(standing) => (
            Outcome::Pass,
            field,
            format!(
                "前払金保証 {number}（{}円、{}まで）があります。",
                standing.amount,
                era_plain(standing.until)
            ),
        ),
    };
    let (outcome, at, sentence) = found;
    let finding = Finding::new(RuleId::MidtermBuildsOn, at, outcome, sentence)
        .of(PRODUCT)
        .figure("前払金保証", number)
        .source("中間前払金保証には、発行済みの前払金保証が要る");
    match standing {
        Some(standing) => finding
            .figure("保証金額", yen(standing.amount))
            .figure("保証期限", slashed(standing.until)),
        None => finding,
    }
}

fn conditions(met: MidtermConditions) -> Finding {
    let all = [
        (Field::MidtermConditionPrepaid, met.prepaid),
        (Field::MidtermConditionHalfOver, met.half_over),
        (Field::MidtermConditionOnSchedule, met.on_schedule),
        (Field::MidtermConditionHalfDone, met.half_done),
    ];
    let missing: Vec<Field> = all
        .iter()
        .filter(|(_, met)| !met)
        .map(|(field, _)| *field)
        .collect();
    let (outcome, field, sentence) = match missing.first() {
        None => (
            Outcome::Pass,
            Field::MidtermConditionPrepaid,
            "中間前払金の四つの要件は、どれも満たされています。".to_owned(),
        ),
        Some(field) => (
            Outcome::Refuse,
            *field,
            format!(
                "中間前払金には四つの要件がすべて要ります。まだ満たされていないもの：{}。満たされてからお申し込みください。",
                missing
                    .iter()
                    .map(|field| format!("「{}」", field.label()))
                    .collect::<String>()
            ),
        ),
    };
    all.iter()
        .fold(
            Finding::new(RuleId::MidtermConditions, field, outcome, sentence).of(PRODUCT),
            |finding, (field, met)| {
                finding.figure(field.label(), if *met { "はい" } else { "いいえ" })
            },
        )
        .source("中間前払金の四つの要件")
}

fn day(terms: &MidtermTerms, half: HalfTime, circumstances: &Circumstances) -> Finding {
    let field = Field::MidtermApprovedOn;
    let approved = terms.approved_on;
    let Some(first) = half.first_day else {
        return Finding::new(
            RuleId::MidtermDay,
            Field::MidtermOn,
            Outcome::Refuse,
            "工期が1日のため、中間前払金保証はご利用いただけません。".to_owned(),
        )
        .asking()
        .of(PRODUCT)
        .figure("工期", "1日")
        .source("工期の2分の1を過ぎていること");
    };
    let (outcome, sentence) = if approved > circumstances.today {
        (
            Outcome::Refuse,
            format!(
                "認定日（{}）がきょう（{}）より後です。認定調書の日付を入力してください。",
                era_plain(approved),
                era_plain(circumstances.today)
            ),
        )
    } else if approved < first {
        (
            Outcome::Warn,
            format!(
                "認定日（{}）が、認定を受けられる最初の日（{}）より前です。認定調書の日付をお確かめください。",
                era_plain(approved),
                era_plain(first)
            ),
        )
    } else {
        (
            Outcome::Pass,
            format!(
                "認定日は{}で、認定を受けられる最初の日（{}）以後です。",
                era_plain(approved),
                era_plain(first)
            ),
        )
    };
    let finding = Finding::new(RuleId::MidtermDay, field, outcome, sentence);
    let finding = if approved > circumstances.today {
        finding.asking()
    } else {
        finding
    };
    finding
        .of(PRODUCT)
        .figure(
            "工期",
            format!(
                "{} ～ {}（{}日）",
                slashed(half.from),
                slashed(half.to),
                half.days
            ),
        )
        .figure("工期の2分の1", format!("{}日", half.half))
        .figure("認定を受けられる最初の日", slashed(first))
        .source("工期の2分の1を過ぎた日から（初日を数える）")
}
