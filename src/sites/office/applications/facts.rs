//! What a case shows beside its acts: what the contractor wrote, the rules' outcomes, the history.

use time::{Date, OffsetDateTime};

use crate::domain::content::{ApplicationContent, ChangeTerms, CommonTerms};
use crate::domain::era;
use crate::domain::product::Product;
use crate::domain::rules::{Finding, Outcome};
use crate::services::cases::Case;
use crate::services::history::Entry;
use crate::sites::office::words;
use crate::web::changed;
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

/// Everything that was sent, in the order and words of the form.
pub fn written(content: &ApplicationContent, branch: &str) -> Vec<Group> {
    let works = &content.works;
    let date = |date: Option<Date>| date.map_or_else(String::new, words::day);
    let mut lines = vec![
        wide("発注者名", &works.obligee_name),
        wide("工事名", &works.works_name),
        fact("工事／業務委託", works.kind.label()),
        fact("請負金額（総額）", words::yen_with_unit(works.price.get())),
        fact("請負契約日", date(works.contract_date)),
        fact("公告日", date(works.notice_date)),
        fact("落札決定日", date(works.award_date)),
        fact(
            "工期",
            format!(
                "{} ～ {}",
                era::slashed(works.period_from),
                era::slashed(works.period_to)
            ),
        ),
    ];
    match &works.jv {
        Some(jv) => {
            lines.push(fact("JV名", &jv.name));
            lines.push(fact("JVの代表者", &jv.representative));
        }
        None => lines.push(fact("JV名", "なし")),
    }
    let mut groups: Vec<Group> = content
        .change
        .iter()
        .map(|terms| change(content, terms))
        .collect();
    groups.push(Group {
        title: "請負工事の情報",
        lines,
    });
    groups.extend(Product::ALL.into_iter().filter_map(|product| {
        let terms = content.terms(product)?;
        Some(Group {
            title: product.label(),
            lines: terms_of(content, product, terms),
        })
    }));
    groups.push(bid(content));
    groups.push(information(content, branch));
    groups
}

/// What holds and what is to hold.
fn change(content: &ApplicationContent, terms: &ChangeTerms) -> Group {
    let mut lines = vec![
        fact("変更契約日", words::day(terms.changed_on)),
        wide("変更の理由", &terms.reason),
    ];
    // The expiry is reckoned anew from what was sent; the day only picks the fiscal year.
    for line in changed::of(content, terms, terms.changed_on) {
        let value = if line.changed {
            format!("{} → {}", line.before, line.after)
        } else {
            format!("{}（変更なし）", line.before)
        };
        lines.push(wide(line.label, value));
    }
    Group {
        title: "変更の前と後",
        lines,
    }
}

fn terms_of(content: &ApplicationContent, product: Product, terms: &CommonTerms) -> Vec<Fact> {
    let prepayment = content
        .prepayment
        .as_ref()
        .filter(|_| product == Product::Prepayment);
    let base = prepayment
        .and_then(|prepayment| prepayment.fy_base)
        .unwrap_or(content.works.price);
    let share = words::share(terms.amount.get(), base.get());
    let mut lines = vec![
        wide("証書の形式", terms.form.label()),
        fact(
            "保証金額",
            format!(
                "{}　{}",
                words::yen_with_unit(terms.amount.get()),
                share.unwrap_or_default()
            ),
        ),
    ];
    if let Some(prepayment) = prepayment {
        lines.push(fact(
            "今年度対象額",
            prepayment
                .fy_base
                .map_or_else(String::new, |base| words::yen_with_unit(base.get())),
        ));
        lines.push(fact("預託金融機関", &prepayment.bank));
        let redeposit = if prepayment.redeposit {
            "再預託を利用する"
        } else {
            "再預託を利用しない"
        };
        lines.push(fact("再預託利用区分", redeposit));
    }
    lines.push(fact("保証料支払方法", terms.fee_method.label()));
    lines.push(fact("保証料請求先", &terms.bill_to));
    lines.push(fact("保証料計算書(紙)", wanted(terms.paper_statement)));
    lines
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
        lines.push(fact("保証証書受取", handover.label()));
    }
    lines.push(fact("発行完了のお知らせ", wanted(info.notify)));
    lines.push(wide(
        "メールアドレス",
        info.email.clone().unwrap_or_default(),
    ));
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
    /// 07/02 14:41
    pub time: String,
    pub who: String,
    /// 前払金保証：承認
    pub what: String,
    /// 差戻しの言葉, a number, an amount.
    pub words: String,
}

/// Newest first.
pub fn history(entries: &[Entry], now: OffsetDateTime) -> Vec<HistoryLine> {
    entries
        .iter()
        .rev()
        .map(|entry| HistoryLine {
            time: words::short_time(entry.at, now),
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
