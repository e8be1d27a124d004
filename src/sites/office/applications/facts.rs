//! What a case shows beside its acts: what the contractor wrote, the rules' outcomes, the history.

use time::Date;

use crate::domain::content::{ApplicationContent, CommonTerms, MidtermTerms};
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::Product;
use crate::domain::rules::{Finding, Outcome};
use crate::domain::works::year_words;
use crate::domain::{entry, era, midterm};
use crate::services::cases::Case;
use crate::services::history::Entry;
use crate::sites::office::words;
use crate::web::page::{Tag, Tone};

/// A heading with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub title: &'static str,
    pub lines: Vec<Fact>,
}

/// A label and what the contractor wrote; empty: 入力なし.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: &'static str,
    pub value: String,
    pub wide: bool,
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        label,
        value: value.into(),
        wide: false,
    }
}

fn wide(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        wide: true,
        ..fact(label, value)
    }
}

/// Everything that was sent, in the order and words of the form; what a change compares has its own card. `applied_on`: 申込日.
pub fn written(content: &ApplicationContent, branch: &str, applied_on: Date) -> Vec<Group> {
    let mut groups = vec![Group {
        title: "請負工事の情報",
        lines: works(content, applied_on),
    }];
    groups.extend(Product::ALL.into_iter().filter_map(|product| {
        let terms = content.terms(product)?;
        Some(Group {
            title: product.label(),
            lines: terms_of(content, product, terms, applied_on),
        })
    }));
    if content.reservation.is_none() {
        groups.push(bid(content));
    }
    groups.push(information(content, branch));
    groups
}

fn works(content: &ApplicationContent, applied_on: Date) -> Vec<Fact> {
    let works = &content.works;
    let kind = content.kind();
    let date = |date: Option<Date>| date.map_or_else(String::new, words::day);
    let period = match kind {
        ApplicationKind::Reservation => "予定工期",
        _ => "工期",
    };
    let mut lines = vec![
        wide("発注者名", &works.obligee_name),
        wide("工事名", &works.works_name),
        fact("工事／業務委託", works.kind.label()),
        fact(
            Field::Price.label_in(kind),
            words::yen_with_unit(works.price.get()),
        ),
        fact(
            Field::ContractDate.label_in(kind),
            date(works.contract_date),
        ),
    ];
    for (field, day) in [
        (Field::NoticeDate, works.notice_date),
        (Field::AwardDate, works.award_date),
        (Field::BidDate, works.bid_date),
        (Field::PlannedNoticeDate, works.planned_notice_date),
    ] {
        let always =
            kind == ApplicationKind::New && matches!(field, Field::NoticeDate | Field::AwardDate);
        if always || day.is_some() {
            lines.push(fact(field.label(), date(day)));
        }
    }
    lines.push(fact(
        period,
        format!(
            "{} ～ {}（{}日間）",
            era::slashed(works.period_from),
            era::slashed(works.period_to),
            era::days_inclusive(works.period_from, works.period_to)
        ),
    ));
    match &works.jv {
        Some(jv) => {
            lines.push(wide("JV名", &jv.name));
            lines.push(wide("JVの代表者", &jv.representative));
            let members: Vec<_> = jv
                .members
                .iter()
                .map(|it| format!("{}　{}%", it.name, entry::share_words(it.share)))
                .collect();
            if !members.is_empty() {
                lines.push(wide("構成員と出資比率", members.join("\n")));
            }
        }
        None => lines.push(fact("JV名", "なし")),
    }
    if let Some(multi) = &works.multi_year {
        let this = works.year_of(applied_on);
        let years: Vec<_> = multi
            .years
            .iter()
            .map(|line| {
                let now = if line.year == this {
                    "（今年度）"
                } else {
                    ""
                };
                format!(
                    "{}{now}　出来高予定額 {}円　支払限度額 {}円",
                    year_words(line.year),
                    line.scheduled,
                    line.ceiling
                )
            })
            .collect();
        lines.push(wide(multi.obligation.label(), years.join("\n")));
    }
    lines
}

fn terms_of(
    content: &ApplicationContent,
    product: Product,
    terms: &CommonTerms,
    applied_on: Date,
) -> Vec<Fact> {
    let (base, of) = content.share_base(product, applied_on);
    let share = words::share(terms.amount.get(), base.get())
        .map_or_else(String::new, |share| format!("　{of}の{share}"));
    let mut lines = vec![
        wide("証書の形式", terms.form.label()),
        fact(
            if product == Product::Reservation {
                "予約金額"
            } else {
                "保証金額"
            },
            format!("{}{share}", words::yen_with_unit(terms.amount.get())),
        ),
        fact(
            if product == Product::Reservation {
                "予約期限"
            } else {
                "保証期限"
            },
            words::day(content.until(product, applied_on)),
        ),
    ];
    if let Some(midterm) = content
        .midterm
        .as_ref()
        .filter(|_| product == Product::Midterm)
    {
        lines.extend(foundation(content, midterm, applied_on));
    }
    if product.is_advance() {
        lines.push(fact(
            "今年度対象額",
            content
                .fy_base(product)
                .map_or_else(String::new, |base| words::yen_with_unit(base.get())),
        ));
    }
    if let Some(bank) = content.bank(product) {
        lines.push(fact("預託金融機関", bank));
        let used = match product {
            Product::Midterm => content.midterm.as_ref().is_some_and(|it| it.redeposit),
            _ => content.prepayment.as_ref().is_some_and(|it| it.redeposit),
        };
        let redeposit = if used {
            "再預託を利用する"
        } else {
            "再預託を利用しない"
        };
        lines.push(fact("再預託利用区分", redeposit));
    }
    let fee = match product {
        Product::Reservation => ["予約手数料支払方法", "予約手数料請求先", "手数料通知書(紙)"],
        _ => ["保証料支払方法", "保証料請求先", "保証料計算書(紙)"],
    };
    let [method, bill_to, statement] = fee;
    lines.push(fact(method, terms.fee_method.label()));
    lines.push(fact(bill_to, &terms.bill_to));
    lines.push(fact(statement, wanted(terms.paper_statement)));
    lines
}

/// What a midterm prepayment stands on.
fn foundation(content: &ApplicationContent, terms: &MidtermTerms, applied_on: Date) -> Vec<Fact> {
    let conditions: Vec<_> = terms
        .stated()
        .into_iter()
        .map(|(field, met)| {
            let answer = if met { "はい" } else { "いいえ" };
            format!("{}：{answer}", field.label())
        })
        .collect();
    vec![
        fact("前払金保証の保証契約番号", &terms.builds_on),
        fact(
            "受け取った前払金",
            words::yen_with_unit(terms.prepaid.get()),
        ),
        fact("認定日", words::day(terms.approved_on)),
        fact(
            "請求できる最初の日",
            midterm::first_day_words(&content.works, applied_on),
        ),
        wide("4つの条件", conditions.join("\n")),
    ]
}

fn wanted(yes: bool) -> &'static str {
    if yes {
        "希望する"
    } else {
        "希望しない"
    }
}

fn bid(content: &ApplicationContent) -> Group {
    let bid = &content.bid;
    let mut lines = vec![
        fact("入札方式", bid.method.map_or("", |method| method.label())),
        fact(
            "予定価格",
            bid.planned_price
                .map_or_else(String::new, |price| words::yen_with_unit(price.get())),
        ),
        fact(
            "低入札価格調査",
            if bid.low_price {
                "対象"
            } else {
                "対象でない"
            },
        ),
        fact("中間前払金", if bid.midterm { "あり" } else { "なし" }),
    ];
    if let Some(plan) = bid.prepayment_plan {
        lines.push(fact("前払金保証の申込み", plan.label()));
    }
    let told = [
        (
            "設計金額",
            bid.design_price
                .map(|price| words::yen_with_unit(price.get())),
        ),
        ("発注担当課", bid.obligee_section.clone()),
        ("契約の細目", bid.kind_detail.clone()),
        (
            "部分払",
            bid.partial_payment.then(|| "選択している".to_owned()),
        ),
        (
            "変更契約",
            bid.by_change
                .then(|| "変更契約により新しく申し込む".to_owned()),
        ),
    ];
    lines.extend(
        told.into_iter()
            .filter_map(|(label, value)| Some(fact(label, value?))),
    );
    Group {
        title: "入札の状況",
        lines,
    }
}

fn information(content: &ApplicationContent, branch: &str) -> Group {
    let info = &content.information;
    let mut lines = vec![fact("申込送信先", branch)];
    if let Some(handover) = info.handover {
        let label = Field::Handover.label_in(content.kind());
        lines.push(fact(label, handover.label()));
    }
    if content.reservation.is_none() {
        lines.push(fact("発行完了のお知らせ", wanted(info.notify)));
        lines.push(wide(
            "メールアドレス",
            info.email.clone().unwrap_or_default(),
        ));
    }
    let contact = [&info.department, &info.post, &info.person, &info.tel];
    let contact: Vec<&str> = contact
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    lines.push(wide("連絡先", contact.join("　")));
    lines.push(wide("お客様からの連絡事項", &info.message));
    Group {
        title: "その他",
        lines,
    }
}

/// One row of きまりの確認.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    pub title: String,
    pub source: String,
    /// The numbers behind it, one a line.
    pub figures: Vec<String>,
    pub tag: Tag,
    pub sentence: String,
}

/// Every rule's outcome, in the order of the rules.
pub fn rules(findings: &[Finding]) -> Vec<RuleLine> {
    findings.iter().map(rule).collect()
}

fn rule(finding: &Finding) -> RuleLine {
    let title = match finding.product {
        Some(product) => format!("{}（{}）", finding.rule.title(), product.label()),
        None => finding.rule.title().to_owned(),
    };
    RuleLine {
        title,
        source: finding.source.clone(),
        figures: finding
            .figures
            .iter()
            .map(|(label, value)| format!("{label}：{value}"))
            .collect(),
        tag: Tag::new(tone(finding.outcome), finding.outcome.label()),
        sentence: finding.sentence.clone(),
    }
}

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Pass => Tone::Ok,
        Outcome::Unchecked => Tone::Mute,
        Outcome::Warn | Outcome::Overrulable => Tone::Warn,
        Outcome::Refuse => Tone::Ng,
    }
}

/// 「適合 7」 and so on, with words for all; 支店判断 only where there is something to judge.
pub fn tally(findings: &[Finding]) -> Vec<String> {
    [
        Outcome::Pass,
        Outcome::Warn,
        Outcome::Overrulable,
        Outcome::Refuse,
        Outcome::Unchecked,
    ]
    .into_iter()
    .filter_map(|outcome| {
        let count = findings.iter().filter(|it| it.outcome == outcome).count();
        (count > 0 || outcome != Outcome::Overrulable)
            .then(|| format!("{} {count}", outcome.label()))
    })
    .collect()
}

/// One line of 履歴.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// 2026/07/02 14:41
    pub time: String,
    pub who: String,
    /// 前払金保証：承認
    pub what: String,
    /// 差戻しの言葉, a number, an amount.
    pub words: String,
}

/// Newest first.
pub fn history(entries: &[Entry]) -> Vec<HistoryLine> {
    entries
        .iter()
        .rev()
        .map(|entry| HistoryLine {
            time: era::stamp(entry.at),
            who: entry.who.clone(),
            what: match entry.product {
                Some(product) => format!("{}：{}", product.label(), entry.label()),
                None => entry.label().to_owned(),
            },
            words: entry.words.clone(),
        })
        .collect()
}

/// The heading of the rule book and its lines, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookView {
    pub title: String,
    pub facts: Vec<(String, String)>,
    /// 「版1」, where there is one.
    pub version: Option<i32>,
}

/// 発注者のきまり of a case.
pub fn book(case: &Case) -> BookView {
    let name = case.obligee.as_ref().map_or_else(
        || case.content.works.obligee_name.clone(),
        |obligee| obligee.name.clone(),
    );
    BookView {
        title: format!("{name}のきまり"),
        facts: case
            .obligee
            .as_ref()
            .and_then(|obligee| obligee.book.as_ref())
            .map_or_else(Vec::new, crate::domain::rulebook::RuleBook::full_facts),
        version: case.obligee.as_ref().and_then(|obligee| obligee.version),
    }
}
