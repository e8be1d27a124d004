//! The works contract itself: what is applied for at all, its period, its date, its joint venture.

use time::Date;

use super::{Judged, Outcome, RuleId};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::product::Product;
use crate::domain::wording::{era_plain, slashed, words};

/// The rules on the works contract and on what is applied for at all.
pub(super) fn check(
    content: &ApplicationContent,
    today: Date,
    applied_on: Date,
) -> Vec<Judged<'_>> {
    let mut judged = vec![product_chosen(content), period(content, today, applied_on)];
    if content.prepayment.is_some() || content.midterm.is_some() {
        judged.push(contract_date(content, today));
    }
    judged.extend(joint_venture(content));
    judged
}

fn product_chosen(content: &ApplicationContent) -> Judged<'_> {
    let names = |dot| {
        let products: Vec<_> = content.products().map(Product::label).collect();
        products.join(dot)
    };
    let (outcome, sentence) = if content.products().next().is_none() {
        (
            Outcome::Refuse,
            "前払金保証と契約保証のうち、申し込むものを少なくとも一つ選んでください。".into(),
        )
    } else {
        (Outcome::Pass, words!("{}のお申し込みです。", names("と")))
    };
    Judged::new(
        RuleId::ProductChosen,
        Field::PrepaymentOn,
        outcome,
        sentence,
    )
    .because(move |finding| {
        finding
            .figure("申込み", names("・"))
            .source("申込みには保証が一つ以上必要")
    })
}

fn period(content: &ApplicationContent, today: Date, applied_on: Date) -> Judged<'_> {
    let (from, to) = (content.works.period_from, content.works.period_to);
    let days = (to - from).whole_days() + 1;
    let (outcome, sentence) = if from > to {
        (
            Outcome::Refuse,
            words!(
                "工期の終わり（{}）が、始め（{}）より前になっています。始めの日と同じか、それより後の日を入力してください。",
                era_plain(to),
                era_plain(from)
            ),
        )
    } else if to < today {
        (
            Outcome::Warn,
            words!(
                "工期の終わりがすでに過ぎています（{}）。日付に誤りがないか、お確かめください。",
                era_plain(to)
            ),
        )
    } else {
        let until = move || until_words(content, applied_on);
        (Outcome::Pass, words!("工期は{days}日間、{}です。", until()))
    };
    Judged::new(RuleId::Period, Field::PeriodTo, outcome, sentence).because(move |finding| {
        let length = if from > to {
            String::new()
        } else {
            format!("（{days}日）")
        };
        finding
            .figure(
                "工期",
                format!("{} ～ {}{length}", slashed(from), slashed(to)),
            )
            .source("保証期限＝工期の終わり")
    })
}

/// Of a contract over several fiscal years each year's prepayment ends with the year.
fn until_words(content: &ApplicationContent, applied_on: Date) -> String {
    let to = content.works.period_to;
    let advance = content.works.advance_until(applied_on);
    if advance < to && content.products().any(Product::is_advance) {
        format!(
            "前払金・中間前払金の保証期限は年度の終わりの{}、契約保証の保証期限は{}",
            era_plain(advance),
            era_plain(to)
        )
    } else {
        format!("保証期限は{}", era_plain(to))
    }
}

/// A date after today only warns on applying; [`super::before_issue`] stops the issue.
fn contract_date(content: &ApplicationContent, today: Date) -> Judged<'_> {
    let product = if content.prepayment.is_some() {
        Product::Prepayment
    } else {
        Product::Midterm
    };
    let label = product.label();
    let signed = content.works.contract_date;
    let (outcome, sentence) = match signed {
        None => (
            Outcome::Refuse,
            words!("{label}のお申し込みには、請負契約日を入力してください。"),
        ),
        Some(date) if date > today => (
            Outcome::Warn,
            words!(
                "請負契約日（{}）がきょう（{}）より後です。お申し込みはできますが、{label}の発行は契約日からになります。",
                era_plain(date),
                era_plain(today)
            ),
        ),
        Some(date) => (
            Outcome::Pass,
            words!("請負契約日は{}です。", era_plain(date)),
        ),
    };
    Judged::new(RuleId::ContractDate, Field::ContractDate, outcome, sentence)
        .of(product)
        .because(move |finding| {
            let compared = signed.map_or_else(
                || "入力なし".to_owned(),
                |date| {
                    let sign = if date > today { "＞" } else { "≦" };
                    format!("{} {sign} {}", slashed(date), slashed(today))
                },
            );
            finding
                .figure("請負契約日", compared)
                .source(format!("{label}の発行は、請負契約の日から"))
        })
}

fn joint_venture(content: &ApplicationContent) -> Option<Judged<'_>> {
    let jv = content.works.jv.as_ref()?;
    let (name, representative) = (jv.name.trim(), jv.representative.trim());
    let shares: u64 = jv
        .members
        .iter()
        .map(|member| u64::from(member.share))
        .sum();
    let among = jv.members.iter().any(|it| it.name.trim() == representative);
    let (field, outcome, sentence) = if name.is_empty() {
        (
            Field::JvName,
            Outcome::Refuse,
            "JVの代表者が入力されています。JV名も入力してください。".into(),
        )
    } else if representative.is_empty() {
        (
            Field::JvRepresentative,
            Outcome::Refuse,
            "JV名が入力されています。JVの代表者も入力してください。認証キーのお知らせには、この名前を印刷します。".into(),
        )
    } else if !jv.members.is_empty() && !among {
        (
            Field::JvMember1,
            Outcome::Refuse,
            words!(
                "JVの代表者（{representative}）が構成員にありません。構成員に、代表者と同じ会社名を入れてください。"
            ),
        )
    } else if !jv.members.is_empty() && shares != 10_000 {
        (
            Field::JvShare1,
            Outcome::Refuse,
            words!(
                "出資比率の合計を100%にしてください（いまは{}.{:02}%です）。",
                shares / 100,
                shares % 100
            ),
        )
    } else {
        (
            Field::JvRepresentative,
            Outcome::Pass,
            "JV名と代表者があります。".into(),
        )
    };
    Some(
        Judged::new(RuleId::JointVenture, field, outcome, sentence).because(move |finding| {
            let named = finding
                .figure("JV名", &jv.name)
                .figure("代表者", &jv.representative);
            let share = |it: u32| format!("{}.{:02}%", it / 100, it % 100);
            jv.members
                .iter()
                .fold(named, |finding, member| {
                    finding.figure(&member.name, share(member.share))
                })
                .source("共同企業体では代表者が必要")
        }),
    )
}
