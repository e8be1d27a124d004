//! 中間前払金保証 (domain.md §4.2): what it builds on, its four conditions, its first day, its amount.

use super::amounts::{self, sourced, yen};
use super::limits;
use super::{Circumstances, Judged, Outcome, RuleId, Standing, years};
use crate::domain::content::{ApplicationContent, MidtermConditions, MidtermTerms};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rulebook::{Fraction, MidtermPolicy, RuleBook};
use crate::domain::wording::{era_plain, slashed, words};

mod half;
mod lids;

pub use half::{HalfTime, half_time};
pub use lids::midterm_limit;
pub(super) use lids::{Before, together};

const PRODUCT: Product = Product::Midterm;

/// The prepayment guarantee it builds on, where it is among those issued before.
fn built_on<'a>(terms: &MidtermTerms, circumstances: &'a Circumstances) -> Option<&'a Standing> {
    circumstances
        .guarantees
        .iter()
        .find(|standing| standing.is_numbered(&terms.builds_on))
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
    claim
        .lids
        .extend(lids::lids(content, terms, book, circumstances));
    findings.extend(claim.advance_rate(RuleId::MidtermRate, &bounds));
    findings.extend(claim.under_lids(&bounds));
    findings.push(claim.rounding(amounts::own_bound(content, unread, PRODUCT, &bounds)));
    findings
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
