//! One guarantee for staff: its facts, versions, looks from D-Sure, history. Never its key.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use time::OffsetDateTime;

use super::number_of;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{entry, era};
use crate::error::AppError;
use crate::pdf::certificate::Dress;
use crate::services::Officer;
use crate::services::guarantees::{self, Detail, Version};
use crate::services::history::Happened;
use crate::services::reservations::{self, Outcome};
use crate::sites::office::applications::facts::{self, HistoryLine};
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::flash::Told;
use crate::web::path::Named;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

struct VersionLine {
    occasion: String,
    signed: String,
    /// 電子保証発行日時; none on paper.
    arrived: Option<String>,
    href: String,
    looks: Vec<Look>,
    current: bool,
}

struct Look {
    time: String,
    words: &'static str,
}

#[derive(Template)]
#[template(path = "office/guarantees/show.html")]
struct Page {
    shell: OfficeShell,
    base: String,
    number: String,
    product: &'static str,
    form: &'static str,
    paper: bool,
    works: String,
    facts: Vec<(&'static str, String)>,
    application: String,
    versions: Vec<VersionLine>,
    siblings: Vec<(String, String)>,
    printed: usize,
    may_print: bool,
    handover: Option<&'static str>,
    history: Vec<HistoryLine>,
    /// What came of a reservation: words, and where it is read.
    outcome: Option<(String, Option<String>)>,
}

fn outcome_view(outcome: Outcome) -> (String, Option<String>) {
    match outcome {
        Outcome::Open => ("入札の結果は、まだ知らされていません。".to_owned(), None),
        Outcome::Won(came) => {
            let words = match (&came.number, &came.receipt_no) {
                (Some(number), _) => format!("落札：契約保証 {number} を発行しました。"),
                (None, Some(receipt)) => format!("落札：契約保証の申込（受付番号 {receipt}）。"),
                (None, None) => "落札：契約保証の申込を作成中です。".to_owned(),
            };
            let sent = came.receipt_no.is_some();
            let href = sent.then(|| to::Case(came.application).to_string());
            (words, href)
        }
        Outcome::Lost { on, by, .. } => {
            (format!("落札しなかった：{}（{by}）", words::day(on)), None)
        }
    }
}

/// GET /office/guarantees/{number}; other ways to write the number lead to the printed one.
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
    Told(told): Told,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let detail = guarantees::office_detail(&web, &who, number.digits()).await?;
    if detail.guarantee.number != typed {
        let to = to::Guarantee(&detail.guarantee.number).to_string();
        return Ok(answer::see_other(to));
    }
    let shell = shell::shell(&web, &who, OfficeMenu::Guarantees, "guarantee").await?;
    let outcome = match detail.guarantee.product {
        Product::Reservation => {
            Some(reservations::office_outcome(&web, &who, detail.guarantee.id).await?)
        }
        _ => None,
    };
    let may_print = who.role().may_examine() || who.role().may_approve();
    let now = web.clock.now();
    let mut page = build(shell.flash(told), detail, may_print, now);
    page.outcome = outcome.map(outcome_view);
    answer::page(&page)
}

fn build(shell: OfficeShell, detail: Detail, may_print: bool, now: OffsetDateTime) -> Page {
    let base = to::Guarantee(&detail.guarantee.number).to_string();
    let electronic = detail.guarantee.form == CertificateForm::Electronic;
    Page {
        facts: facts_of(&detail),
        application: to::Case(detail.guarantee.application).to_string(),
        versions: detail
            .versions
            .iter()
            .rev()
            .map(|row| version(&base, row, detail.guarantee.current_seq, now))
            .collect(),
        siblings: detail
            .siblings
            .iter()
            .map(|other| {
                let words = format!(
                    "{}（{}）{}",
                    other.product.label(),
                    words::form(other.form),
                    other.number
                );
                (to::Guarantee(&other.number).to_string(), words)
            })
            .collect(),
        printed: detail
            .history
            .iter()
            .filter(|entry| entry.what == Some(Happened::PaperPrinted))
            .count(),
        may_print,
        handover: detail
            .handover
            .filter(|_| !electronic)
            .map(crate::domain::content::Handover::label),
        history: facts::history(&detail.history, now),
        product: detail.guarantee.product.label(),
        form: words::form(detail.guarantee.form),
        paper: !electronic,
        works: detail.guarantee.works_name,
        number: detail.guarantee.number,
        base,
        shell,
        outcome: None,
    }
}

fn facts_of(detail: &Detail) -> Vec<(&'static str, String)> {
    let guarantee = &detail.guarantee;
    let mut facts = vec![
        ("保証契約番号", guarantee.number.clone()),
        ("商品", guarantee.product.label().to_owned()),
        ("証書の形式", words::form(guarantee.form).to_owned()),
        ("請負契約者", guarantee.contractor_name.clone()),
    ];
    if let Some(jv) = &guarantee.jv_name {
        facts.push(("JV名", jv.clone()));
    }
    if let Some(member) = &guarantee.jv_representative {
        facts.push(("JVの代表者", member.clone()));
    }
    let members = detail.venture.iter().flat_map(|venture| &venture.members);
    let members: Vec<_> = members
        .map(|it| format!("{}　{}%", it.name, entry::share_words(it.share)))
        .collect();
    if !members.is_empty() {
        facts.push(("構成員と出資比率", members.join("、")));
    }
    facts.extend([
        ("発注者名", guarantee.obligee_name.clone()),
        ("工事名", guarantee.works_name.clone()),
        ("請負金額", words::yen_with_unit(guarantee.price)),
        ("保証金額", words::yen_with_unit(guarantee.amount)),
        ("保証期限", words::day(guarantee.until)),
        ("証書の日付", words::day(guarantee.issued_on)),
    ]);
    if let Some(bank) = &guarantee.bank {
        facts.push(("預託金融機関", bank.clone()));
    }
    facts.push(("取扱支店", detail.branch.name.clone()));
    if guarantee.form == CertificateForm::Electronic {
        let notice = match &detail.notify_email {
            Some(email) => format!("希望する（{email}）"),
            None => "希望しない".to_owned(),
        };
        facts.push(("発行完了のお知らせ", notice));
    }
    facts
}

fn version(base: &str, row: &Version, current: i32, now: OffsetDateTime) -> VersionLine {
    VersionLine {
        occasion: row.occasion.label(),
        signed: era::stamp(row.signed_at),
        arrived: row.arrived_at.map(era::stamp),
        href: format!("{base}/certificates/{}", row.seq),
        looks: row
            .looks
            .iter()
            .rev()
            .map(|look| Look {
                time: words::short_time(look.at, now),
                words: match look.kind.as_str() {
                    "pdf" => "PDF（写し）を保存",
                    "envelope" => "署名付きファイルを保存",
                    _ => "証書を表示",
                },
            })
            .collect(),
        current: row.seq == current,
    }
}

/// POST /office/guarantees/{number}/paper: the original, or a reprint that says so.
pub async fn print(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
) -> Result<Response, AppError> {
    let number = number_of(&who, &typed)?;
    let (verified, before) = guarantees::print_paper(&web, &who, number.digits()).await?;
    let dress = if before == 0 {
        Dress::Original
    } else {
        Dress::Reprint {
            note: format!(
                "再印刷（{}　{} {}）",
                era::stamp(web.clock.now()),
                who.branch_name(),
                who.login()
            ),
        }
    };
    let name = format!("{}-{}.pdf", verified.face.number, verified.face.seq);
    super::certificate::pdf(verified.face, dress, &name).await
}
