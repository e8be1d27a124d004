//! The rules that are not about amounts: dates, forms, conditions, people.

use time::Date;

use super::amounts::sourced;
use super::{Finding, Judged, Outcome, RuleId};
use crate::domain::acceptance::{self, Acceptance, AcceptanceFacts};
use crate::domain::content::{ApplicationContent, FeeMethod};
use crate::domain::field::Field;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::{Electronic, RuleBook};
use crate::domain::wording::{era_plain, slashed, words};

/// The rules on the works contract and on what is applied for at all.
pub(super) fn works(
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

/// Whether the obligee takes the electronic certificate that was chosen.
pub(super) fn electronic<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    product: Product,
    applied_on: Date,
) -> Option<Judged<'a>> {
    let terms = content.terms(product)?;
    // That a reservation is never electronic is a rule of its own.
    if terms.form != CertificateForm::Electronic || product == Product::Reservation {
        return None;
    }
    let mut facts = AcceptanceFacts::of(content, applied_on);
    if unread.contains(&Field::Kind) {
        facts.kind = None;
    }
    let (field, outcome, sentence) = match acceptance::decide(book, &facts, product) {
        Acceptance::Accepted { sentence } => (None, Outcome::Pass, sentence),
        Acceptance::Unknown { sentence } => (None, Outcome::Warn, sentence),
        Acceptance::Refused { sentence } => (None, Outcome::Refuse, sentence),
        Acceptance::NeedsDate { basis, sentence } => (
            Some(acceptance::date_field(basis).unwrap_or(form_field(product))),
            Outcome::Refuse,
            sentence,
        ),
        Acceptance::NeedsKind { sentence } => (Some(Field::Kind), Outcome::Refuse, sentence),
        Acceptance::NeedsSection { sentence } => {
            (Some(Field::ObligeeSection), Outcome::Refuse, sentence)
        }
    };
    Some(
        Judged::new(
            RuleId::ElectronicAcceptance,
            field.unwrap_or(form_field(product)),
            outcome,
            sentence,
        )
        .of(product)
        .asking(field.is_some())
        .because(move |finding| acceptance_reasons(finding, content, book, &facts)),
    )
}

fn acceptance_reasons(
    mut finding: Finding,
    content: &ApplicationContent,
    book: Option<&RuleBook>,
    facts: &AcceptanceFacts,
) -> Finding {
    let kind = content.works.kind;
    finding = finding.figure("工事／業務委託", kind.label());
    for (field, value) in [
        (Field::KindDetail, &facts.detail),
        (Field::ObligeeSection, &facts.section),
    ] {
        if let Some(value) = value {
            finding = finding.figure(field.label(), value);
        }
    }
    if let Some(Electronic::From { rules }) = book.map(|book| &book.electronic) {
        for rule in rules.iter().filter(|rule| rule.kinds.contains(&kind)) {
            if let Some(window) = rule.window(slashed) {
                let date = facts
                    .date(rule.basis)
                    .map_or_else(|| "入力なし".to_owned(), slashed);
                finding = finding.figure(rule.basis.label(), format!("{date}（対象：{window}）"));
            }
        }
    }
    finding.source(match book {
        None => "この発注者のきまりは未登録".to_owned(),
        Some(book) => sourced(Some(book), &acceptance::summary(book)),
    })
}

fn form_field(product: Product) -> Field {
    Field::of(product).form_or_switch()
}

/// What is asked of one product's terms beside amounts and form.
pub(super) fn terms(
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
