//! 契約保証予約（入札ボンド）: its page after issue, and what comes of it.

use askama::Template;
use axum::extract::{Path, State};
use time::Date;

use super::applications;
use super::guarantee::number_of;
use crate::domain::application::Stage;
use crate::domain::content::Handover;
use crate::domain::era;
use crate::domain::kind::ApplicationKind;
use crate::domain::works::WorksContract;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::guarantees::{self, Detail, Guarantee};
use crate::services::reservations::{self, Came, Outcome};
use crate::web::answer::{self, PageResult};
use crate::web::fee::EntryLine;
use crate::web::field::FieldView;
use crate::web::flash::see_other_telling;
use crate::web::form::RawForm;
use crate::web::page::{BranchLine, Flash, HelpLink, Tag, Tone};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

/// 契約保証予約の詳細
#[derive(Template)]
#[template(path = "netdesk/reservations/show.html")]
struct ReservationPage {
    shell: NetdeskShell,
    number: String,
    state: Tag,
    works: String,
    obligee: String,
    jv: Option<String>,
    contractor: String,
    price: String,
    amount: String,
    until: String,
    /// 入札日, 契約予定日, 予定工期
    days: Vec<(&'static str, String)>,
    /// 予約手数料, each with its 手数料通知書.
    fees: Vec<EntryLine>,
    issued_on: String,
    handover: &'static str,
    came: Option<CameView>,
    /// 落札しなかった: when, told by whom at what time.
    lost: Option<(String, String)>,
    may_write: bool,
    lost_on: FieldView,
    branch: BranchLine,
}

/// The 契約保証 that came of it.
struct CameView {
    words: String,
    href: String,
    link: &'static str,
}

impl ReservationPage {
    fn new(
        shell: NetdeskShell,
        detail: &Detail,
        works: Option<&WorksContract>,
        outcome: Outcome,
        lost_on: FieldView,
    ) -> Self {
        let guarantee = &detail.guarantee;
        let may_write = shell.may_write;
        let (state, came, lost) = match outcome {
            Outcome::Open => (Tag::new(Tone::Ok, "予約中"), None, None),
            Outcome::Won(came) => (
                Tag::new(Tone::Ok, "落札（契約保証へ）"),
                Some(came_view(&came, may_write)),
                None,
            ),
            Outcome::Lost { on, by, at } => (
                Tag::new(Tone::Mute, "終了（落札しなかった）"),
                None,
                Some((era::plain(on), format!("{} {by}", era::stamp(at)))),
            ),
        };
        Self {
            number: guarantee.number.clone(),
            state,
            works: guarantee.works_name.clone(),
            obligee: guarantee.obligee_name.clone(),
            jv: guarantee.jv_name.clone(),
            contractor: guarantee.contractor_name.clone(),
            price: super::frame::yen(guarantee.price),
            amount: super::frame::yen(guarantee.amount),
            until: era::padded(guarantee.until),
            days: works.map(planned).unwrap_or_default(),
            fees: detail
                .fees
                .iter()
                .map(|entry| EntryLine::of(entry, to::GUARANTEES))
                .collect(),
            issued_on: era::slashed(guarantee.issued_on),
            handover: detail
                .handover
                .map_or("支店からご連絡します", Handover::label),
            came,
            lost,
            may_write,
            lost_on,
            branch: super::frame::line(&detail.branch),
            shell,
        }
    }

    fn address(&self) -> to::Guarantee<'_> {
        to::Guarantee(&self.number)
    }
}

/// The days that are planned before a bid.
fn planned(works: &WorksContract) -> Vec<(&'static str, String)> {
    let day = |day: Option<Date>| day.map_or_else(|| "―".to_owned(), era::padded);
    let (from, to) = (works.period_from, works.period_to);
    vec![
        ("入札日", day(works.bid_date)),
        ("契約予定日", day(works.contract_date)),
        (
            "予定工期",
            format!("{} ～ {}", era::padded(from), era::padded(to)),
        ),
    ]
}

fn came_view(came: &Came, may_write: bool) -> CameView {
    let address = to::Application(came.application);
    match (&came.number, &came.receipt_no, came.stage) {
        (Some(number), ..) => CameView {
            words: format!("契約保証 {number} を発行しました。"),
            href: to::Guarantee(number).to_string(),
            link: "契約保証の詳細を見る",
        },
        (None, Some(receipt), _) => CameView {
            words: format!("契約保証を申し込みました（受付番号 {receipt}）。"),
            href: address.status(),
            link: "申込の状況を見る",
        },
        (None, None, Stage::Draft) if may_write => CameView {
            words: "契約保証の申込を作成中です（下書き）。".to_owned(),
            href: address.form(),
            link: "契約保証の申込の続きを書く",
        },
        _ => CameView {
            words: "契約保証の申込を作成中です（下書き）。".to_owned(),
            href: to::STATUS.to_owned(),
            link: "状況を開く",
        },
    }
}

fn lost_on(typed: &str, fault: Option<String>) -> FieldView {
    FieldView::date("lost_on", "結果が分かった日", typed)
        .stacked()
        .required()
        .error(fault)
}

/// The page of an own reservation.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn page(
    web: &Web,
    who: &ContractorUser,
    shell: NetdeskShell,
    detail: &Detail,
) -> PageResult {
    let outcome = reservations::outcome(web, who, detail.guarantee.id).await?;
    let works = reservations::works(web, who, detail.guarantee.application).await?;
    let today = era::plain(era::tokyo_date(web.clock.now()));
    let field = lost_on(&today, None);
    let page = ReservationPage::new(shell, detail, works.as_ref(), outcome, field);
    answer::page(&page)
}

/// POST 落札した：契約保証を申し込む
pub async fn award(
    State(web): State<Web>,
    who: ContractorUser,
    Path(typed): Path<String>,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let fresh = applications::empty(&web, &who, ApplicationKind::New).await?;
    match reservations::win(&web, &who, number.digits(), &fresh).await {
        Ok(id) => {
            let words =
                "予約の内容を引き継ぎました。落札した金額・工期・契約日を確かめてください。";
            let to = to::Application(id).form();
            Ok(see_other_telling(&web, to, &Flash::ok(words)))
        }
        Err(AppError::Conflict(words)) => back(&web, &who, number.digits(), words).await,
        Err(error) => Err(error),
    }
}

/// POST 落札しなかった
pub async fn lose(
    State(web): State<Web>,
    who: ContractorUser,
    Path(typed): Path<String>,
    form: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let digits = number.digits();
    let today = era::tokyo_date(web.clock.now());
    let day = form.get("lost_on");
    let label = "結果が分かった日";
    let read = era::parse_date(day).map_err(|fault| fault.sentence(label));
    let fault = match read {
        Ok(on) if on > today => format!(
            "{label}は、きょう（{}）かそれより前の日付にしてください。",
            era::plain(today)
        ),
        Ok(on) => {
            return match reservations::lose(&web, &who, digits, on).await {
                Ok(()) => {
                    let words = "落札しなかったことを記録しました。この予約は終わりました。";
                    let own = own(&web, &who, digits).await?;
                    let to = to::Guarantee(&own.number).to_string();
                    Ok(see_other_telling(&web, to, &Flash::ok(words)))
                }
                Err(AppError::Conflict(words)) => back(&web, &who, digits, words).await,
                Err(error) => Err(error),
            };
        }
        Err(sentence) => sentence,
    };
    let detail = guarantees::detail(&web, &who, digits).await?;
    if detail.guarantee.product != crate::domain::product::Product::Reservation {
        return Err(AppError::NotFound);
    }
    let outcome = reservations::outcome(&web, &who, detail.guarantee.id).await?;
    let field = lost_on(day, Some(fault));
    let shell = shell(&web, &who, &detail).errors(ErrorSummary::of([&field]));
    let works = reservations::works(&web, &who, detail.guarantee.application).await?;
    let page = ReservationPage::new(shell, &detail, works.as_ref(), outcome, field);
    answer::unprocessable(&page)
}

pub(super) fn shell(web: &Web, who: &ContractorUser, detail: &Detail) -> NetdeskShell {
    let help = HelpLink::netdesk("reservations", "契約保証予約のヘルプ");
    super::frame::shell_at(web, who, Menu::Guarantees, help, &detail.branch)
}

async fn own(web: &Web, who: &ContractorUser, digits: &str) -> Result<Guarantee, AppError> {
    let found = guarantees::find(web, who, digits).await?;
    found.ok_or(AppError::NotFound)
}

/// The page again, with why nothing was done.
async fn back(web: &Web, who: &ContractorUser, digits: &str, words: String) -> PageResult {
    let own = own(web, who, digits).await?;
    let to = to::Guarantee(&own.number).to_string();
    Ok(see_other_telling(web, to, &Flash::warn(words)))
}
