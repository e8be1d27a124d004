//! One guarantee for staff: its facts, versions, looks from D-Sure, history. Never its key.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{number_of, outcome};
use crate::domain::act::Proposal;
use crate::domain::certificate::Standing;
use crate::domain::guarantee::{Fate, Life};
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{entry, era};
use crate::error::AppError;
use crate::pdf::certificate::Dress;
use crate::services::Officer;
use crate::services::acts::{Act, ActState};
use crate::services::guarantees::{self, Detail, Past, Version};
use crate::services::history::Happened;
use crate::services::renewals::{Renewal, RenewalState};
use crate::services::reservations::{self, Outcome};
use crate::sites::office::applications::facts::{self, HistoryLine};
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::fee::EntryLine;
use crate::web::flash::Told;
use crate::web::form::Query;
use crate::web::page::{Tag, Tone};
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
    tags: Vec<Tag>,
    /// Addresses of the forms that correct or cancel it.
    correct: Option<String>,
    cancel: Option<String>,
    /// 訂正: when it was put right.
    corrected: Option<String>,
}

/// An act, as the page shows it.
struct ActView {
    kind: &'static str,
    title: String,
    state: Tag,
    reason: String,
    proposed: String,
    decided: Option<String>,
    words: String,
    /// What is other afterwards: label, as it is, as it is to be.
    changes: Vec<(&'static str, String, String)>,
    /// Addresses of the decisions, where this person may decide.
    approve: Option<String>,
    drop: Option<String>,
    /// What it comes to, one sentence each; what approving does.
    outcome: Vec<String>,
    approval: &'static str,
    /// Why this person may not approve.
    barred: Option<&'static str>,
    open: bool,
}

/// A renewal of the key.
struct RenewalView {
    at: String,
    state: &'static str,
    reason: String,
    words: String,
    grant: Option<String>,
    decline: Option<String>,
}

/// How it stood at a moment.
struct PastView {
    at: String,
    words: String,
    lines: Vec<(String, String, bool)>,
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
    state: Tag,
    acts: Vec<ActView>,
    renewals: Vec<RenewalView>,
    /// 解約 may be proposed: its address.
    terminate: Option<String>,
    /// 保証金の試算, for money in advance.
    claim: Option<String>,
    /// A new key may be ordered: the form's own id.
    renew: Option<Uuid>,
    /// What was typed into 「この日時の状態を見る」, and what came of it.
    asked: String,
    asked_fault: Option<String>,
    past: Option<PastView>,
    printed: usize,
    may_print: bool,
    handover: Option<&'static str>,
    /// 保証料計算書 and 保証料返還計算書.
    fees: Vec<EntryLine>,
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
    Query(query): Query,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let asked = query.get("at").trim().to_owned();
    let moment = (!asked.is_empty()).then(|| era::parse_moment(&asked));
    let at = moment.as_ref().and_then(|read| read.as_ref().ok()).copied();
    let detail = guarantees::office_detail(&web, &who, number.digits(), at).await?;
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
    let now = web.clock.now();
    let mut page = build(&web, &who, shell.flash(told), detail, now);
    page.asked = asked;
    page.asked_fault = moment
        .and_then(Result::err)
        .map(|fault| fault.sentence("日時"));
    page.outcome = outcome.map(outcome_view);
    answer::page(&page)
}

fn build(
    web: &Web,
    who: &Officer,
    shell: OfficeShell,
    detail: Detail,
    now: OffsetDateTime,
) -> Page {
    let may_print = who.role().may_examine() || who.role().may_approve();
    let alive = detail.life.end.is_none();
    let busy = detail.acts.iter().any(|act| act.state.is_open());
    let free = alive && !busy && who.role().may_examine();
    let renewing = detail
        .renewals
        .iter()
        .any(|renewal| renewal.state.is_open());
    let base = to::Guarantee(&detail.guarantee.number).to_string();
    let electronic = detail.guarantee.form == CertificateForm::Electronic;
    let advance = matches!(
        detail.guarantee.product,
        Product::Prepayment | Product::Midterm
    );
    Page {
        facts: facts_of(&detail),
        application: to::Case(detail.guarantee.application).to_string(),
        versions: versions(&base, &detail, free, now),
        state: state(&detail, now),
        acts: detail
            .acts
            .iter()
            .rev()
            .map(|act| act_view(who, &base, act, &detail))
            .collect(),
        renewals: detail
            .renewals
            .iter()
            .rev()
            .map(|renewal| renewal_view(&base, renewal, may_print))
            .collect(),
        terminate: free.then(|| format!("{base}/acts/termination")),
        claim: advance.then(|| to::Guarantee(&detail.guarantee.number).claim()),
        renew: (electronic && alive && may_print && !renewing).then(|| web.chance.id(now)),
        asked: String::new(),
        asked_fault: None,
        past: detail.past.as_ref().map(|past| past_view(past, &base)),
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
        fees: detail
            .fees
            .iter()
            .map(|entry| EntryLine::of(entry, to::GUARANTEES))
            .collect(),
        history: facts::history(&detail.history),
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

/// How it stands today.
fn state(detail: &Detail, now: OffsetDateTime) -> Tag {
    match detail.guarantee.standing(era::tokyo_date(now)) {
        Standing::Ended(on) => Tag::new(Tone::Ng, format!("解約（{}）", era::slashed(on))),
        Standing::Expired => Tag::new(Tone::Mute, "保証期限を経過"),
        Standing::NotYet | Standing::InForce => Tag::new(Tone::Ok, "発行済"),
    }
}

fn act_view(who: &Officer, base: &str, act: &Act, detail: &Detail) -> ActView {
    let label = |seq: u32| {
        let known = detail.life.version(seq);
        known.map_or_else(String::new, |known| {
            format!("「{}」", known.occasion.label())
        })
    };
    let title = match &act.proposal {
        Proposal::Correction { target, .. } => format!("{}の訂正", label(*target)),
        Proposal::Cancellation { target } => format!("{}の変更取消", label(*target)),
        Proposal::Termination { on } => format!("解約（解約日 {}）", era::plain(*on)),
    };
    let own = act.proposed_by == who.account();
    let waiting = act.state == ActState::Proposed;
    let may = waiting && who.role().may_approve() && !own;
    let drop = waiting && (own || who.role().may_approve());
    let at = format!("{base}/decisions/{}", act.id);
    ActView {
        kind: act.proposal.kind().label(),
        title,
        state: Tag::new(
            match act.state {
                ActState::Proposed => Tone::Warn,
                ActState::Approved => Tone::Note,
                ActState::Done => Tone::Ok,
                ActState::Dropped => Tone::Mute,
            },
            act.state.label(),
        ),
        reason: act.reason.clone(),
        proposed: format!("{} {}", era::stamp(act.proposed_at), act.proposed_name),
        decided: act
            .decided_at
            .zip(act.decided_name.as_ref())
            .map(|(at, name)| format!("{} {name}", era::stamp(at))),
        words: act.words.clone(),
        changes: match act.outlook.as_ref().and_then(|it| it.back_to.as_ref()) {
            Some(back) => back.changes.clone(),
            None => act.changes.clone(),
        },
        outcome: act.outlook.as_ref().map_or_else(Vec::new, |outlook| {
            let mut said: Vec<String> = outcome::back_to(outlook).into_iter().collect();
            said.extend(outcome::untouched(outlook));
            said.push(outcome::fee(act.proposal.kind(), outlook));
            said
        }),
        approval: outcome::approval(act.proposal.kind(), detail.guarantee.form),
        approve: may.then(|| format!("{at}/approval")),
        drop: drop.then(|| format!("{at}/drop")),
        barred: (waiting && who.role().may_approve() && own)
            .then_some("起案した人は承認できません。ほかの承認者が承認してください。"),
        open: act.state.is_open(),
    }
}

fn renewal_view(base: &str, renewal: &Renewal, may: bool) -> RenewalView {
    let decide = may && renewal.state == RenewalState::Asked;
    let at = format!("{base}/key-renewals/{}", renewal.id);
    let asked = renewal.asked_by.as_ref();
    RenewalView {
        at: renewal.at.map_or_else(String::new, era::stamp),
        state: renewal.state.label(),
        reason: match asked {
            Some(login) => format!("{}（お客様 {login} のご依頼）", renewal.reason),
            None => renewal.reason.clone(),
        },
        words: match renewal.done_at {
            Some(at) => format!("{} から新しい認証キー", era::stamp(at)),
            None => renewal.words.clone(),
        },
        grant: decide.then(|| format!("{at}/grant")),
        decline: decide.then(|| format!("{at}/decline")),
    }
}

fn past_view(past: &Past, base: &str) -> PastView {
    let lines = past.life.iter().flat_map(|life| {
        life.history().into_iter().map(|known| {
            (
                known.occasion.label(),
                format!("{base}/certificates/{}", known.seq),
                known.seq == life.in_force,
            )
        })
    });
    PastView {
        at: era::stamp(past.at),
        words: match &past.life {
            None => "この日時には、まだ発行されていません。".to_owned(),
            Some(life) if life.end.is_some() => "この日時には、解約されています。".to_owned(),
            Some(_) => "この日時に表示されていた版です。".to_owned(),
        },
        lines: lines.collect(),
    }
}

/// The version in force first, then the newest.
fn versions(base: &str, detail: &Detail, free: bool, now: OffsetDateTime) -> Vec<VersionLine> {
    let held = match detail.guarantee.standing(era::tokyo_date(now)) {
        Standing::Ended(_) => Tag::new(Tone::Ng, "解約時の版"),
        Standing::Expired => Tag::new(Tone::Mute, "期限切れの版"),
        Standing::NotYet | Standing::InForce => Tag::new(Tone::Ok, "いま有効"),
    };
    let mut rows: Vec<&Version> = detail.versions.iter().rev().collect();
    rows.sort_by_key(|row| u32::try_from(row.seq) != Ok(detail.life.in_force));
    rows.into_iter()
        .map(|row| version(base, row, &detail.life, free, &held))
        .collect()
}

fn version(base: &str, row: &Version, life: &Life, free: bool, held: &Tag) -> VersionLine {
    let seq = u32::try_from(row.seq).unwrap_or_default();
    let mut tags = Vec::new();
    match row.fate {
        Fate::Shown if seq == life.in_force => tags.push(held.clone()),
        Fate::Shown => {}
        Fate::Corrected { at, .. } => {
            tags.push(Tag::new(Tone::Mute, format!("訂正済 {}", era::stamp(at))));
        }
        Fate::Cancelled { at, .. } => {
            tags.push(Tag::new(Tone::Mute, format!("変更取消 {}", era::stamp(at))));
        }
    }
    let shown = row.fate == Fate::Shown && free;
    VersionLine {
        tags,
        correct: shown.then(|| format!("{base}/acts/correction-{seq}")),
        cancel: (shown && life.may_cancel(seq).is_ok())
            .then(|| format!("{base}/acts/cancellation-{seq}")),
        corrected: row
            .corrects
            .map(|_| era::slashed(era::tokyo_date(row.arrived_at.unwrap_or(row.signed_at)))),
        occasion: row.occasion.label(),
        signed: era::stamp(row.signed_at),
        arrived: row.arrived_at.map(era::stamp),
        href: format!("{base}/certificates/{}", row.seq),
        looks: row
            .looks
            .iter()
            .rev()
            .map(|look| Look {
                time: era::stamp(look.at),
                words: match look.kind.as_str() {
                    "pdf" => "PDF（写し）を保存",
                    "envelope" => "署名付きファイルを保存",
                    _ => "証書を表示",
                },
            })
            .collect(),
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
