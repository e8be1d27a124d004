//! What is asked of a product beside amounts and form: rider, bank, payment, how papers are handed.

use super::{Judged, Outcome, RuleId};
use crate::domain::content::{ApplicationContent, FeeMethod};
use crate::domain::field::Field;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::wording::words;

/// Of one product's terms.
pub(super) fn check(
    content: &ApplicationContent,
    product: Product,
    lump_sum_agreement: bool,
) -> Vec<Judged<'_>> {
    let Some(common) = content.terms(product) else {
        return Vec::new();
    };
    let mut judged = Vec::new();
    match product {
        Product::Prepayment => {
            judged.extend(
                content
                    .prepayment
                    .as_ref()
                    .map(|terms| bank(product, Field::Bank, &terms.bank)),
            );
        }
        Product::Midterm => {
            judged.extend(
                content
                    .midterm
                    .as_ref()
                    .map(|terms| bank(product, Field::MidtermBank, &terms.bank)),
            );
        }
        Product::Contract | Product::Reservation => judged.push(rider(content, product)),
    }
    if common.fee_method == FeeMethod::LumpSum {
        judged.push(lump_sum(product, lump_sum_agreement));
    }
    judged
}

/// 契約保証 is a rider of 前払金保証, and so is its reservation (domain.md §4.3, §4.4).
fn rider(content: &ApplicationContent, product: Product) -> Judged<'_> {
    if product == Product::Reservation {
        return reservation_rider(content);
    }
    let (outcome, sentence, standing) = match (&content.prepayment, content.bid.prepayment_plan) {
        (Some(_), _) => (
            Outcome::Pass,
            "前払金保証を同じ申込みで申し込んでいます。".into(),
            "同じ申込みで申込み",
        ),
        (None, Some(plan)) => (
            Outcome::Pass,
            words!("前払金保証の申込みは「{}」です。", plan.label()),
            plan.label(),
        ),
        (None, None) => (
            Outcome::Refuse,
            "契約保証は、前払金保証をご利用になる工事でお申し込みいただけます。前払金保証も申し込むか、入札の状況の「前払金保証の申込み」で「予定している」または「申込済」を選んでください。".into(),
            "なし",
        ),
    };
    Judged::new(
        RuleId::ContractRider,
        Field::PrepaymentPlan,
        outcome,
        sentence,
    )
    .of(Product::Contract)
    .because(move |finding| {
        finding
            .figure("前払金保証", standing)
            .source("前払金保証の申込・発行・予定のいずれか")
    })
}

fn reservation_rider(content: &ApplicationContent) -> Judged<'_> {
    let plan = content.bid.prepayment_plan;
    let (outcome, sentence) = match plan {
        Some(plan) => (
            Outcome::Pass,
            words!("前払金保証の申込みは「{}」です。", plan.label()),
        ),
        None => (
            Outcome::Refuse,
            "契約保証予約は、前払金保証をご利用になる予定の工事でお申し込みいただけます。「前払金保証の申込み」で「予定している」を選んでください。".into(),
        ),
    };
    Judged::new(
        RuleId::ContractRider,
        Field::PrepaymentPlan,
        outcome,
        sentence,
    )
    .of(Product::Reservation)
    .because(move |finding| {
        finding
            .figure("前払金保証", plan.map_or("なし", |plan| plan.label()))
            .source("前払金保証をご利用になる予定の工事")
    })
}

fn bank(product: Product, field: Field, name: &str) -> Judged<'_> {
    let label = field.label();
    let (outcome, sentence) = if name.trim().is_empty() {
        (
            Outcome::Refuse,
            words!("{label}に、金融機関名と支店名を入力してください。"),
        )
    } else if name.chars().any(is_half_width) {
        (
            Outcome::Refuse,
            words!(
                "{label}は、全角で入力してください（半角の文字：{}）。",
                narrow_letters(name)
            ),
        )
    } else {
        (
            Outcome::Pass,
            "預託金融機関は全角で入力されています。".into(),
        )
    };
    Judged::new(RuleId::Bank, field, outcome, sentence)
        .of(product)
        .because(move |finding| {
            finding
                .figure("預託金融機関", name)
                .source("証書に全角で印刷")
        })
}

/// 「「A」「空白」」, each letter once.
fn narrow_letters(name: &str) -> String {
    let mut narrow: Vec<char> = Vec::new();
    for letter in name.chars().filter(|letter| is_half_width(*letter)) {
        if !narrow.contains(&letter) {
            narrow.push(letter);
        }
    }
    narrow
        .into_iter()
        .map(|letter| match letter {
            ' ' => "「空白」".to_owned(),
            letter => format!("「{letter}」"),
        })
        .collect()
}

/// ASCII and the half-width forms of kana and signs.
fn is_half_width(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{FF61}'..='\u{FFDC}' | '\u{FFE8}'..='\u{FFEE}')
}

fn lump_sum<'a>(product: Product, agreement: bool) -> Judged<'a> {
    let field = Field::of(product).fee_method;
    let (outcome, sentence, standing) = if agreement {
        (Outcome::Pass, "一括納付の契約があります。", "あり")
    } else {
        (
            Outcome::Refuse,
            "一括納付は、弊社と一括納付の契約を結んでいるお客様にお選びいただけます。振込・現金・小切手のいずれかを選んでください。",
            "なし",
        )
    };
    Judged::new(RuleId::LumpSum, field, outcome, sentence)
        .of(product)
        .because(move |finding| {
            finding
                .figure("一括納付の契約", standing)
                .source("一括納付は契約のあるお客様")
        })
}

/// How the papers and the notice reach the contractor.
pub(super) fn information(content: &ApplicationContent) -> Vec<Judged<'_>> {
    let on_paper = || {
        content.products().filter(|product| {
            content
                .terms(*product)
                .is_some_and(|terms| terms.form == CertificateForm::Paper)
        })
    };
    let mut judged = Vec::new();
    if on_paper().next().is_some() {
        let papers = move || {
            on_paper()
                .map(Product::label)
                .collect::<Vec<_>>()
                .join("・")
        };
        let way = content.information.handover;
        let (outcome, sentence) = match way {
            Some(way) => (
                Outcome::Pass,
                words!("{}の証書(紙)は、{}でお渡しします。", papers(), way.label()),
            ),
            None => (
                Outcome::Refuse,
                words!(
                    "証書(紙)をお選びの保証（{}）があります。保証証書受取で「窓口」または「郵送」を選んでください。",
                    papers()
                ),
            ),
        };
        judged.push(
            Judged::new(RuleId::Handover, Field::Handover, outcome, sentence).because(
                move |finding| {
                    finding
                        .figure("保証証書受取", way.map_or("入力なし", |way| way.label()))
                        .source("証書(紙)には受取の方法が必要")
                },
            ),
        );
    }
    if content.information.notify {
        let email = content.information.email.as_deref().unwrap_or("").trim();
        let (outcome, sentence) = if email.is_empty() {
            (
                Outcome::Refuse,
                "電子保証発行完了のお知らせを希望される場合は、メールアドレスを入力してください。",
            )
        } else {
            (Outcome::Pass, "お知らせの宛先があります。")
        };
        judged.push(
            Judged::new(RuleId::NoticeMail, Field::Email, outcome, sentence).because(
                move |finding| {
                    finding
                        .figure("メールアドレス", email)
                        .source("希望する場合はメールアドレスが必要")
                },
            ),
        );
    }
    judged
}
