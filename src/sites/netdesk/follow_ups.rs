//! What comes next: 保証申込のお勧め, guarantees begun from other ones, 前の申込を写して作成.

use askama::Template;
use axum::extract::State;

use super::applications::{self, Id, answers};
use super::frame;
use super::guarantee::number_of;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::follow_ups::{self, Next};
use crate::services::suggestions::{self, Lack, Suggestion};
use crate::web::answer::{self, PageResult};
use crate::web::flash::see_other_telling;
use crate::web::form::RawForm;
use crate::web::page::{Flash, HelpLink, Tag, Tone};
use crate::web::path::Named;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

#[derive(Template)]
#[template(path = "netdesk/follow_ups/suggestions.html")]
struct SuggestionsPage {
    shell: NetdeskShell,
    rows: Vec<Row>,
}

/// One suggestion.
struct Row {
    tag: Tag,
    works: String,
    obligee: String,
    words: String,
    number: String,
    href: String,
    act: Option<Act>,
}

/// What starts it.
struct Act {
    address: String,
    words: &'static str,
    /// A form is sent; else a page is opened.
    posts: bool,
}

#[derive(Template)]
#[template(path = "netdesk/follow_ups/copies.html")]
struct CopiesPage {
    shell: NetdeskShell,
    rows: Vec<Earlier>,
}

/// An application that may be copied.
struct Earlier {
    address: to::Application,
    /// The id that the draft would get: pressed twice, there is one.
    id: String,
    receipt_no: String,
    works: String,
    obligee: String,
    price: String,
    sent_at: String,
    kind: Option<Tag>,
}

/// GET 保証申込のお勧め
///
/// # Errors
/// When the database cannot be reached.
pub async fn suggestions(State(web): State<Web>, who: ContractorUser) -> PageResult {
    let found = suggestions::list(&web, &who).await?;
    let help = HelpLink::netdesk("suggestions", "保証申込のお勧めのヘルプ");
    let may_write = who.role().may_write();
    answer::page(&SuggestionsPage {
        shell: frame::shell(&web, &who, Menu::Suggestions, help),
        rows: found.into_iter().map(|it| row(it, may_write)).collect(),
    })
}

fn row(found: Suggestion, may_write: bool) -> Row {
    let address = to::Guarantee(&found.number);
    let product = found.product.label();
    let opens = |address: String, words| Act {
        address,
        words,
        posts: false,
    };
    let posts = |address: String, words| Act {
        address,
        words,
        posts: true,
    };
    let (tag, words, act) = match found.lack {
        Lack::Prepayment => (
            "前払金保証",
            "契約保証は発行済みで、前払金保証はまだ申し込まれていません。".to_owned(),
            posts(address.prepayment(), "前払金保証を申し込む"),
        ),
        Lack::Midterm { since } => (
            "中間前払金保証",
            format!(
                "工期の2分の1が過ぎ、{}から中間前払金の認定を受けられます。",
                era::plain(since)
            ),
            posts(address.midterm(), "中間前払金保証を申し込む"),
        ),
        Lack::Extension { until } => (
            "工期の延長",
            format!(
                "同じ工事のほかの保証は、工期を延ばす変更をしています。この{product}の保証期限は{}のままです。",
                era::plain(until)
            ),
            opens(
                to::ChangeOf::new(&found.number).to_string(),
                "変更を申し込む",
            ),
        ),
        Lack::Bid { on } => (
            "入札の結果",
            format!(
                "{}の入札の結果をお知らせください。落札したときは、そのまま契約保証を申し込めます。",
                on.map_or_else(|| "予定".to_owned(), era::plain)
            ),
            opens(address.to_string(), "結果を入力する"),
        ),
        Lack::Draft(draft) => (
            "契約保証",
            "落札した予約から作った契約保証の申込が、まだ送信されていません。".to_owned(),
            opens(to::Application(draft).form(), "申込の続きを書く"),
        ),
    };
    Row {
        tag: Tag::new(Tone::Note, tag),
        href: address.to_string(),
        words,
        act: may_write.then_some(act),
        works: found.works_name,
        obligee: found.obligee_name,
        number: found.number,
    }
}

/// GET 前の申込を写して作成
///
/// # Errors
/// When the database cannot be reached.
pub async fn copies(State(web): State<Web>, who: ContractorUser) -> PageResult {
    use crate::services::applications;
    let mut earlier = applications::list(&web, &who).await?;
    earlier.retain(|line| line.kind != ApplicationKind::Change);
    let help = HelpLink::netdesk("applications", "保証申込のヘルプ");
    answer::page(&CopiesPage {
        shell: frame::shell(&web, &who, Menu::Apply, help),
        rows: earlier
            .into_iter()
            .map(|line| Earlier {
                address: to::Application(line.id),
                id: web.chance.id(web.clock.now()).to_string(),
                kind: answers::kind_tag(line.kind),
                receipt_no: line.receipt_no.unwrap_or_default(),
                works: line.works_name,
                obligee: line.obligee_name,
                price: line.price.map_or_else(String::new, answers::yen_words),
                sent_at: line.sent_at.map(era::stamp).unwrap_or_default(),
            })
            .collect(),
    })
}

/// POST 写して作成
///
/// # Errors
/// As [`follow_ups::copy`].
pub async fn copy(
    State(web): State<Web>,
    who: ContractorUser,
    Id(earlier): Id,
    form: RawForm,
) -> PageResult {
    let id = uuid::Uuid::try_parse(form.get("id")).map_err(|_| AppError::NotFound)?;
    let kind = follow_ups::copied_kind(&web, &who, earlier).await?;
    let fresh = applications::empty(&web, &who, kind).await?;
    follow_ups::copy(&web, &who, earlier, id, kind, &fresh).await?;
    let words =
        "前の申込の内容を写しました。工事名・金額・日付を、今回の契約に合わせて直してください。";
    let to = to::Application(id).form();
    Ok(see_other_telling(&web, to, &Flash::ok(words)))
}

/// POST 中間前払金保証を申し込む
///
/// # Errors
/// As [`follow_ups::start`].
pub async fn midterm(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
) -> PageResult {
    let words = "前払金保証の内容を引き継ぎました。認定日・金額を入力してください。";
    let at = Field::MidtermApprovedOn;
    start(&web, &who, &typed, Next::Midterm, at, words).await
}

/// POST 前払金保証を続けて申し込む
///
/// # Errors
/// As [`follow_ups::start`].
pub async fn prepayment(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
) -> PageResult {
    let words = "契約保証の内容を引き継ぎました。前払金保証金額と預託金融機関を入力してください。";
    let at = Field::PrepaymentAmount;
    start(&web, &who, &typed, Next::Prepayment, at, words).await
}

/// Leads to the draft, at the field that is to be typed first.
async fn start(
    web: &Web,
    who: &ContractorUser,
    typed: &str,
    next: Next,
    at: Field,
    words: &str,
) -> PageResult {
    let number = number_of(who, typed)?;
    let fresh = applications::empty(web, who, ApplicationKind::New).await?;
    let id = follow_ups::start(web, who, number.digits(), next, &fresh).await?;
    let to = to::Application(id).field(at.id());
    Ok(see_other_telling(web, to, &Flash::ok(words)))
}
