//! 中間前払金保証 (domain.md §4.2): what it builds on, its four conditions, its first day, its amount.

use time::{Date, Duration};

use super::amounts::{self, sourced, yen};
use super::limits::{self, Limit};
use super::rates::Lid;
use super::{Circumstances, Judged, Outcome, RuleId, Standing, years};
use crate::domain::content::{ApplicationContent, MidtermConditions, MidtermTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, MidtermPolicy, RuleBook};
use crate::domain::wording::{era_plain, slashed, words};
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

pub(super) fn check<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    circumstances: &'a Circumstances,
) -> Vec<Judged<'a>> {
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
fn lids<'a>(
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
pub(super) struct Before {
    pub(super) prepaid: Yen,
    pub(super) earlier: Yen,
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
pub(super) fn together<'a>(
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

fn allowed<'a>(content: &'a ApplicationContent, book: Option<&'a RuleBook>) -> Judged<'a> {
    let body = amounts::body(content, book);
    let policy = book.and_then(|book| book.midterm);
    let partial = content.bid.partial_payment;
    let (outcome, field, sentence) = match policy {
        Some(MidtermPolicy::NotAllowed) => (
            Outcome::Refuse,
            Field::MidtermOn,
            words!("{body}は中間前払金を支払いません。中間前払金保証はご利用いただけません。"),
        ),
        Some(MidtermPolicy::Chosen) if partial => (
            Outcome::Refuse,
            Field::PartialPayment,
            words!(
                "{body}では、部分払を選んだ契約で中間前払金は支払われません。中間前払金保証はご利用いただけません。"
            ),
        ),
        Some(MidtermPolicy::Chosen) if !content.bid.midterm => (
            Outcome::Warn,
            Field::Midterm,
            words!(
                "{body}では、中間前払金か部分払かを契約のときに選びます。中間前払金を選んだ契約なら「中間前払金あり」を選んでください。"
            ),
        ),
        Some(MidtermPolicy::Allowed | MidtermPolicy::Chosen) => (
            Outcome::Pass,
            Field::MidtermOn,
            words!("{body}は中間前払金を支払います。"),
        ),
        None if partial => (
            Outcome::Warn,
            Field::PartialPayment,
            "部分払を選んだ契約では、中間前払金が支払われないことがあります。発注者へご確認ください。"
                .into(),
        ),
        None => (
            Outcome::Unchecked,
            Field::MidtermOn,
            words!("{body}の中間前払金の取扱いは未登録です。"),
        ),
    };
    Judged::new(RuleId::MidtermAllowed, field, outcome, sentence)
        .of(PRODUCT)
        .because(move |finding| {
            finding.source(match policy {
                Some(policy) => sourced(book, &format!("中間前払金を{}", policy.label())),
                None => "きまりに未登録".to_owned(),
            })
        })
}

fn builds_on<'a>(
    content: &ApplicationContent,
    terms: &'a MidtermTerms,
    circumstances: &'a Circumstances,
) -> Judged<'a> {
    let field = Field::MidtermBuildsOn;
    let number = &terms.builds_on;
    let standing = built_on(terms, circumstances);
    let found = match standing {
        None => (
            Outcome::Refuse,
            field,
            words!(
                "保証契約番号 {number} の、発行済みの前払金保証が見つかりません。前払金保証の証書か「保証契約一覧」で番号をお確かめください。"
            ),
        ),
        Some(standing) if standing.product != Product::Prepayment => (
            Outcome::Refuse,
            field,
            words!(
                "保証契約番号 {number} は{}です。この工事の前払金保証の番号を入力してください。",
                standing.product.label()
            ),
        ),
        Some(standing) if standing.terminated => (
            Outcome::Refuse,
            field,
            words!(
                "保証契約番号 {number} の前払金保証は解約されています。中間前払金保証には、いま有効な前払金保証が要ります。"
            ),
        ),
        Some(standing) if standing.until < circumstances.today => (
            Outcome::Refuse,
            field,
            words!(
                "保証契約番号 {number} の前払金保証は、保証期限（{}）が過ぎています。工期が延びたときは、先に前払金保証の変更をお申し込みください。",
                era_plain(standing.until)
            ),
        ),
        Some(standing) if standing.works_name != content.works.works_name => (
            Outcome::Warn,
            field,
            words!(
                "保証契約番号 {number} の前払金保証は、別の工事名（{}）です。番号をお確かめください。",
                standing.works_name
            ),
        ),
        Some(standing) if standing.amount != terms.prepaid => (
            Outcome::Warn,
            Field::MidtermPrepaid,
            words!(
                "受け取った前払金{}円が、前払金保証の保証金額{}円と違います。保証金額で確認しました。",
                terms.prepaid,
                standing.amount
            ),
        ),
        Some(standing) => (
            Outcome::Pass,
            field,
            words!(
                "前払金保証 {number}（{}円、{}まで）があります。",
                standing.amount,
                era_plain(standing.until)
            ),
        ),
    };
    let (outcome, at, sentence) = found;
    Judged::new(RuleId::MidtermBuildsOn, at, outcome, sentence)
        .of(PRODUCT)
        .because(move |finding| {
            let finding = finding
                .figure("前払金保証", number)
                .source("中間前払金保証には、発行済みの前払金保証が要る");
            match standing {
                Some(standing) => finding
                    .figure("保証金額", yen(standing.amount))
                    .figure("保証期限", slashed(standing.until)),
                None => finding,
            }
        })
}

fn conditions<'a>(met: MidtermConditions) -> Judged<'a> {
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
            "中間前払金の四つの要件は、どれも満たされています。".into(),
        ),
        Some(field) => (
            Outcome::Refuse,
            *field,
            words!(
                "中間前払金には四つの要件がすべて要ります。まだ満たされていないもの：{}。満たされてからお申し込みください。",
                missing
                    .iter()
                    .map(|field| format!("「{}」", field.label()))
                    .collect::<String>()
            ),
        ),
    };
    Judged::new(RuleId::MidtermConditions, field, outcome, sentence)
        .of(PRODUCT)
        .because(move |finding| {
            all.iter()
                .fold(finding, |finding, (field, met)| {
                    finding.figure(field.label(), if *met { "はい" } else { "いいえ" })
                })
                .source("中間前払金の四つの要件")
        })
}

fn day<'a>(terms: &MidtermTerms, half: HalfTime, circumstances: &Circumstances) -> Judged<'a> {
    let field = Field::MidtermApprovedOn;
    let approved = terms.approved_on;
    let Some(first) = half.first_day else {
        return Judged::new(
            RuleId::MidtermDay,
            Field::MidtermOn,
            Outcome::Refuse,
            "工期が1日のため、中間前払金保証はご利用いただけません。",
        )
        .asking(true)
        .of(PRODUCT)
        .because(|finding| {
            finding
                .figure("工期", "1日")
                .source("工期の2分の1を過ぎていること")
        });
    };
    let today = circumstances.today;
    let (outcome, sentence) = if approved > today {
        (
            Outcome::Refuse,
            words!(
                "認定日（{}）がきょう（{}）より後です。認定調書の日付を入力してください。",
                era_plain(approved),
                era_plain(today)
            ),
        )
    } else if approved < first {
        (
            Outcome::Warn,
            words!(
                "認定日（{}）が、認定を受けられる最初の日（{}）より前です。認定調書の日付をお確かめください。",
                era_plain(approved),
                era_plain(first)
            ),
        )
    } else {
        (
            Outcome::Pass,
            words!(
                "認定日は{}で、認定を受けられる最初の日（{}）以後です。",
                era_plain(approved),
                era_plain(first)
            ),
        )
    };
    Judged::new(RuleId::MidtermDay, field, outcome, sentence)
        .asking(approved > today)
        .of(PRODUCT)
        .because(move |finding| {
            finding
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
        })
}
