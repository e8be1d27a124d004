//! 状況: where every application that was sent stands, and taking one back.

use askama::Template;
use axum::extract::State;
use time::OffsetDateTime;
use uuid::Uuid;

use super::applications::Id;
use super::applications::answers::{self, Card, ProductLine};
use super::frame;
use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::applications::{self, Item, Line, Status};
use crate::services::history::{self, Happened};
use crate::web::answer::{PageResult, page, see_other};
use crate::web::changed;
use crate::web::fee::FeeBox;
use crate::web::flash::{Told, see_other_telling};
use crate::web::page::{BranchLine, Flash, HelpLink, Tag, Tone};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk::{Application, Guarantee};

mod way;

use way::{Step, overall, way};

/// One application in the list.
pub struct Row {
    address: String,
    /// 変更の申込 and 契約保証予約 say so.
    kind: Option<Tag>,
    receipt_no: String,
    works_name: String,
    obligee_name: String,
    price: String,
    sent_at: String,
    /// When the branch last wrote something.
    told: Option<Tag>,
    /// 保証種類 and state of each product.
    states: Vec<(&'static str, Tag)>,
}

/// 状況
#[derive(Template)]
#[template(path = "netdesk/status/list.html")]
pub struct ListPage {
    shell: NetdeskShell,
    rows: Vec<Row>,
    waiting: usize,
    may_write: bool,
}

/// Another application, beside the one shown.
pub struct Other {
    address: String,
    works_name: String,
    tag: Tag,
}

/// 弊社からお客様へのお知らせ
pub struct Notice {
    at: String,
    words: Vec<String>,
}

/// 状況 of one application
#[derive(Template)]
#[template(path = "netdesk/status/show.html")]
pub struct ShowPage {
    shell: NetdeskShell,
    address: Application,
    works_name: String,
    obligee_name: String,
    receipt_no: String,
    sent_at: String,
    sent_by: String,
    /// The reservation it was carried over from.
    reservation: Option<String>,
    /// 変更の申込: the number that is changed.
    changes: Option<String>,
    price_label: &'static str,
    price: String,
    tag: Option<Tag>,
    /// The branch's request, by lines, with its time.
    words: Option<(Vec<String>, String)>,
    now: String,
    steps: Vec<Step>,
    products: Vec<ProductLine>,
    cards: Vec<Card>,
    /// 変更の前と後
    changed: Vec<changed::Line>,
    /// 保証料, product by product; none of what was declined or withdrawn.
    fees: Vec<FeeBox>,
    notices: Vec<Notice>,
    others: Vec<Other>,
    stage: Stage,
    may_write: bool,
    may_send: bool,
    line: BranchLine,
}

/// 取下げの確認
#[derive(Template)]
#[template(path = "netdesk/status/withdrawal.html")]
pub struct WithdrawalPage {
    shell: NetdeskShell,
    address: Application,
    receipt_no: String,
    works_name: String,
    obligee_name: String,
    products: Vec<ProductLine>,
    returned: bool,
}

fn shell(web: &Web, who: &ContractorUser) -> NetdeskShell {
    let help = HelpLink::netdesk("status", "状況のヘルプ");
    frame::shell(web, who, Menu::Status, help)
}

/// GET 状況
pub async fn list(State(web): State<Web>, who: ContractorUser, Told(told): Told) -> PageResult {
    let mut lines = applications::list(&web, &who).await?;
    // What waits for the contractor stands first; otherwise the last touched.
    lines.sort_by_key(|line| line.stage != Stage::Returned);
    page(&ListPage {
        shell: shell(&web, &who).flash(told),
        waiting: lines
            .iter()
            .filter(|line| line.stage == Stage::Returned)
            .count(),
        rows: lines.iter().map(row).collect(),
        may_write: who.role().may_write(),
    })
}

fn row(line: &Line) -> Row {
    Row {
        address: Application(line.id).status(),
        kind: answers::kind_tag(line.kind),
        receipt_no: line.receipt_no.clone().unwrap_or_default(),
        works_name: line.works_name.clone(),
        obligee_name: line.obligee_name.clone(),
        price: line.price.map_or_else(String::new, answers::yen_words),
        sent_at: line.sent_at.map(era::stamp).unwrap_or_default(),
        told: line.notice.as_ref().map(|notice| {
            let day = era::slashed(era::tokyo_date(notice.at));
            Tag::new(Tone::Note, format!("お知らせ {day}"))
        }),
        states: line
            .items
            .iter()
            .map(|item| {
                (
                    item.product.short(),
                    answers::tag(item.state, item.contractor_word()),
                )
            })
            .collect(),
    }
}

/// GET 状況 of one application
pub async fn show(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    Told(told): Told,
) -> PageResult {
    let status = match applications::status(&web, &who, id).await {
        Ok(status) => status,
        Err(AppError::NotFound) if who.role().may_write() => {
            // A draft has no status yet; its form is the place to be.
            crate::services::drafts::open(&web, &who, id).await?;
            return Ok(see_other(Application(id).form()));
        }
        Err(error) => return Err(error),
    };
    let others = applications::list(&web, &who).await?;
    let shell = shell(&web, &who).flash(told);
    page(&show_page(shell, &who, &status, &others, web.clock.now()))
}

fn show_page(
    shell: NetdeskShell,
    who: &ContractorUser,
    status: &Status,
    others: &[Line],
    now: OffsetDateTime,
) -> ShowPage {
    let works = &status.content.works;
    let returned_at = status
        .history
        .iter()
        .rev()
        .find(|entry| entry.what == Some(Happened::Returned))
        .map(|entry| era::stamp(entry.at))
        .unwrap_or_default();
    ShowPage {
        shell,
        address: Application(status.id),
        works_name: works.works_name.clone(),
        obligee_name: works.obligee_name.clone(),
        receipt_no: status.receipt_no.clone(),
        sent_at: era::stamp(status.sent_at),
        sent_by: status.sent_by.clone(),
        reservation: status.reservation.clone(),
        changes: status.changes.clone(),
        price_label: match status.content.kind() {
            ApplicationKind::Reservation => Field::Price.label_in(ApplicationKind::Reservation),
            _ => "請負金額",
        },
        price: format!("{} 円", works.price),
        tag: state_tag(&status.items),
        words: status
            .return_words
            .as_deref()
            .filter(|_| status.stage == Stage::Returned)
            .map(|words| (paragraphs(words), returned_at)),
        now: era::stamp(now),
        steps: way(status),
        products: status.items.iter().map(ProductLine::of).collect(),
        cards: answers::cards(
            &status.content,
            &status.branch.name,
            era::tokyo_date(status.first_sent_at),
        ),
        changed: status
            .content
            .change
            .as_ref()
            .map_or_else(Vec::new, |terms| {
                changed::of(
                    &status.content,
                    terms,
                    era::tokyo_date(status.first_sent_at),
                )
            }),
        fees: status.items.iter().filter_map(fee).collect(),
        notices: notices(status),
        others: others_than(status.id, others),
        stage: status.stage,
        may_write: who.role().may_write(),
        may_send: who.role().may_send(),
        line: frame::line(&status.branch),
    }
}

fn fee(item: &Item) -> Option<FeeBox> {
    let over = matches!(item.state, ItemState::Declined | ItemState::Withdrawn);
    let charged = item.state == ItemState::Issued;
    let fee = FeeBox::due(item.product.label(), &item.due, charged);
    (!over).then(|| if charged { fee } else { fee.rough() })
}

fn state_tag(items: &[Item]) -> Option<Tag> {
    overall(items).map(|item| answers::tag(item.state, item.contractor_word()))
}

fn notices(status: &Status) -> Vec<Notice> {
    history::notices(status.history.iter())
        .into_iter()
        .map(|notice| Notice {
            at: era::stamp(notice.at),
            words: paragraphs(&notice.words),
        })
        .collect()
}

/// A text of several lines, line by line.
fn paragraphs(words: &str) -> Vec<String> {
    words
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How many others stand beside an application.
const OTHERS: usize = 5;

fn others_than(id: Uuid, lines: &[Line]) -> Vec<Other> {
    lines
        .iter()
        .filter(|line| line.id != id)
        .filter_map(|line| {
            Some(Other {
                address: Application(line.id).status(),
                works_name: line.works_name.clone(),
                tag: state_tag(&line.items)?,
            })
        })
        .take(OTHERS)
        .collect()
}

/// GET 取下げの確認
pub async fn ask_withdrawal(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    let status = applications::status(&web, &who, id).await?;
    if !status.stage.is_withdrawable() {
        return Ok(see_other(Application(id).status()));
    }
    page(&WithdrawalPage {
        shell: shell(&web, &who),
        address: Application(id),
        receipt_no: status.receipt_no.clone(),
        works_name: status.content.works.works_name.clone(),
        obligee_name: status.content.works.obligee_name.clone(),
        products: status.items.iter().map(ProductLine::of).collect(),
        returned: status.stage == Stage::Returned,
    })
}

/// POST 取下げ
pub async fn withdraw(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    let told = match applications::withdraw(&web, &who, id).await {
        Ok(()) => Flash::ok("申込を取り下げました。"),
        // The branch was faster: the status page shows it.
        Err(AppError::Conflict(words)) => Flash::warn(words),
        Err(error) => return Err(error),
    };
    Ok(see_other_telling(&web, Application(id).status(), &told))
}
