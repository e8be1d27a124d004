//! 一括納付: months with their sums, closing one, and what was paid for each statement.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use crate::domain::era;
use crate::domain::fee::Month;
use crate::domain::money::Yen;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::fees::closing::{self, Closed, Closing, Moved, OpenRow};
use crate::services::fees::papers;
use crate::services::fees::receipts::{self, Source};
use crate::services::fees::statements::{self, Entry};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::fee::{self, EntryLine};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag, Tone};
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

struct MonthLine {
    href: String,
    words: String,
    state: Tag,
    waiting: String,
    closings: i64,
    closed: String,
    open: String,
}

#[derive(Template)]
#[template(path = "office/fees/months.html")]
struct MonthsPage {
    shell: OfficeShell,
    lines: Vec<MonthLine>,
}

/// GET /office/fee-months
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let months = closing::months(&web, &who).await?;
    let today = era::tokyo_date(web.clock.now());
    let lines = months
        .iter()
        .map(|row| {
            let month = Month::of(row.month);
            MonthLine {
                href: to::FeeMonth(month).to_string(),
                words: month.words(),
                state: if row.closed_at.is_some() {
                    Tag::new(Tone::Ok, "締め済")
                } else if month.is_over(today) {
                    Tag::new(Tone::Warn, "締められます")
                } else {
                    Tag::new(Tone::Mute, "月の途中")
                },
                waiting: match row.open_fees {
                    0 => "―".to_owned(),
                    fees => format!(
                        "{}社・{fees}件　{}",
                        row.open_contractors,
                        papers::signed(row.open_amount)
                    ),
                },
                closings: row.closings,
                closed: papers::signed(row.closed_amount),
                open: papers::signed(row.closed_amount - row.settled),
            }
        })
        .collect();
    let shell = shell::shell(&web, &who, OfficeMenu::FeeMonths, "fee-months").await?;
    answer::page(&MonthsPage {
        shell: shell.flash(told),
        lines,
    })
}

struct ClosingLine {
    href: String,
    contractor: String,
    statement_no: String,
    fees: i32,
    total: String,
    open: String,
    state: Tag,
}

struct OpenLine {
    contractor: String,
    fees: i64,
    amount: String,
    entries: Vec<EntryLine>,
    /// Not every entry is shown.
    cut: bool,
}

fn open_line(row: &OpenRow, entries: &[Entry]) -> OpenLine {
    let own = entries
        .iter()
        .filter(|it| it.contractor == row.contractor_id);
    let entries: Vec<_> = own
        .map(|it| EntryLine::of(it, to::GUARANTEES).among_others())
        .collect();
    OpenLine {
        contractor: row.contractor_name.clone(),
        fees: row.fees,
        amount: papers::signed(row.amount),
        cut: usize::try_from(row.fees).is_ok_and(|fees| fees > entries.len()),
        entries,
    }
}

#[derive(Template)]
#[template(path = "office/fees/month.html")]
struct MonthPage {
    shell: OfficeShell,
    words: String,
    base: String,
    closed: Option<String>,
    over: bool,
    begins: String,
    closings: Vec<ClosingLine>,
    open: Vec<OpenLine>,
    total: String,
    unsettled: String,
}

fn month_of(typed: &str) -> Result<Month, AppError> {
    let month = Month::parse(typed).ok_or(AppError::NotFound)?;
    // One address per month.
    if month.to_string() == typed {
        Ok(month)
    } else {
        Err(AppError::NotFound)
    }
}

/// GET /office/fee-months/{month}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
    Told(told): Told,
) -> PageResult {
    let mut page = page(&web, &who, month_of(&typed)?).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

async fn page(web: &Web, who: &Officer, month: Month) -> Result<MonthPage, AppError> {
    let view = closing::month(web, who, month).await?;
    let closings = &view.closings;
    let total: i64 = closings.iter().map(Closing::total).sum();
    let unsettled: i64 = closings.iter().map(|it| it.open().max(0)).sum();
    Ok(MonthPage {
        shell: shell::shell(web, who, OfficeMenu::FeeMonths, "fee-months").await?,
        words: month.words(),
        base: to::FeeMonth(month).to_string(),
        closed: view
            .closed
            .as_ref()
            .map(|(at, by)| format!("{}　{by}", era::stamp(*at))),
        over: month.is_over(era::tokyo_date(web.clock.now())),
        begins: era::slashed(month.next_first_day()),
        closings: closings.iter().map(closing_line).collect(),
        open: view
            .open
            .iter()
            .map(|row| open_line(row, &view.entries))
            .collect(),
        total: papers::signed(total),
        unsettled: papers::signed(unsettled),
    })
}

fn closing_line(closing: &Closing) -> ClosingLine {
    ClosingLine {
        href: to::FeeClosing(closing.id).to_string(),
        contractor: closing.contractor_name.clone(),
        statement_no: closing.statement_no.clone(),
        fees: closing.fees,
        total: papers::signed(closing.total()),
        open: papers::signed(closing.open()),
        state: settled_tag(closing),
    }
}

/// Whether what a statement says has moved.
pub fn settled_tag(closing: &Closing) -> Tag {
    match (closing.open(), closing.total() < 0) {
        (0, true) => Tag::new(Tone::Ok, "返還済"),
        (0, false) => Tag::new(Tone::Ok, "入金済"),
        (_, true) => Tag::new(Tone::Warn, "返還待ち"),
        (open, false) if open < closing.total() => Tag::new(Tone::Warn, "一部入金"),
        (_, false) => Tag::new(Tone::Warn, "入金待ち"),
    }
}

/// POST /office/fee-months/{month}/closing
pub async fn close(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
) -> PageResult {
    let month = month_of(&typed)?;
    let closed = closing::close(&web, &who, month).await?;
    let words = closed.sentence(month);
    match closed {
        Closed::Done { .. } => {
            let to = to::FeeMonth(month).to_string();
            Ok(flash::see_other_telling(&web, to, &Flash::ok(words)))
        }
        Closed::Already { .. } | Closed::Refused(_) => {
            let mut page = page(&web, &who, month).await?;
            let errors = ErrorSummary::titled("締めていません", words);
            page.shell = page.shell.errors(errors);
            answer::page_with(StatusCode::CONFLICT, &page)
        }
    }
}

struct SettledLine {
    on: String,
    amount: String,
    by: String,
    receipt: Option<String>,
}

#[derive(Template)]
#[template(path = "office/fees/closing.html")]
struct ClosingPage {
    shell: OfficeShell,
    title: String,
    month: String,
    month_href: String,
    base: String,
    facts: Vec<(&'static str, String)>,
    tag: Tag,
    entries: Vec<EntryLine>,
    settled: Vec<SettledLine>,
    /// Something has still to move.
    open: bool,
    back: bool,
    form_id: String,
    amount: FieldView,
    settled_on: FieldView,
}

/// GET /office/fee-closings/{id}
pub async fn closing(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let told = rescued.flash().or(told);
    let form = rescued.0.unwrap_or_default();
    let mut page = closing_page(&web, &who, id, &form, &[]).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

async fn closing_page(
    web: &Web,
    who: &Officer,
    id: i64,
    form: &RawForm,
    faults: &[(&'static str, String)],
) -> Result<ClosingPage, AppError> {
    let (closing, entries, settled) = closing::one(web, who, id).await?;
    let back = closing.total() < 0;
    let (amount, settled_on, form_id) = moved_fields(web, form, faults, back);
    let errors = ErrorSummary::of([&amount, &settled_on]);
    let shell = shell::shell(web, who, OfficeMenu::FeeMonths, "fee-months").await?;
    Ok(ClosingPage {
        shell: shell.errors(errors),
        title: format!("{}　{}", closing.contractor_name, closing.month.words()),
        month: closing.month.words(),
        month_href: to::FeeMonth(closing.month).to_string(),
        base: to::FeeClosing(id).to_string(),
        facts: vec![
            ("お客様", closing.contractor_name.clone()),
            ("計算書番号", closing.statement_no.clone()),
            ("件数", format!("{}件", closing.fees)),
            (
                if back {
                    "差引き返還額"
                } else {
                    "お支払額"
                },
                papers::signed(closing.total().abs()),
            ),
            ("残り", papers::signed(closing.open())),
            (
                "締めた日時・人",
                format!("{}　{}", era::stamp(closing.closed_at), closing.closed_by),
            ),
        ],
        tag: settled_tag(&closing),
        entries: entries
            .iter()
            .map(|it| EntryLine::of(it, to::GUARANTEES).among_others())
            .collect(),
        settled: settled
            .into_iter()
            .map(|row| SettledLine {
                on: era::slashed(row.settled_on),
                amount: papers::signed(row.amount),
                by: format!("{}　{}", row.confirmed_name, era::stamp(row.confirmed_at)),
                receipt: (!back).then(|| to::settlement_receipt(row.id)),
            })
            .collect(),
        open: closing.open() > 0,
        back,
        form_id,
        amount,
        settled_on,
    })
}

/// Amount and day of what moved, and the id of the form.
pub fn moved_fields(
    web: &Web,
    form: &RawForm,
    faults: &[(&'static str, String)],
    back: bool,
) -> (FieldView, FieldView, String) {
    let fault = |field: &str| {
        let mut own = faults.iter().filter(|(known, _)| *known == field);
        own.next().map(|(_, sentence)| sentence.clone())
    };
    let (money, day) = if back {
        ("返還の金額", "返還の日")
    } else {
        ("入金の金額", "入金の日")
    };
    let form_id = match Uuid::parse_str(form.get("form_id")) {
        Ok(kept) if !faults.is_empty() => kept,
        _ => web.chance.id(web.clock.now()),
    };
    (
        FieldView::money("amount", money, form.get("amount"))
            .stacked()
            .required()
            .error(fault("amount")),
        FieldView::date("settled_on", day, form.get("settled_on"))
            .stacked()
            .required()
            .error(fault("settled_on")),
        form_id.to_string(),
    )
}

/// What is wrong beside which field.
pub type Wrong = Vec<(&'static str, String)>;

/// What a form says moved.
///
/// # Errors
/// Everything wrong with it, each sentence with its field; `NotFound` in the outer result for a form
/// without its id.
pub fn moved(web: &Web, form: &RawForm) -> Result<Result<Moved, Wrong>, AppError> {
    let form_id = Uuid::parse_str(form.get("form_id")).map_err(|_| AppError::NotFound)?;
    let today = era::tokyo_date(web.clock.now());
    let mut faults = Vec::new();
    let amount = Yen::parse(form.get("amount"));
    if let Err(fault) = &amount {
        faults.push(("amount", fault.sentence("金額")));
    }
    let on = era::parse_date(form.get("settled_on"));
    match &on {
        Err(fault) => faults.push(("settled_on", fault.sentence("日付"))),
        Ok(day) if *day > today => faults.push((
            "settled_on",
            format!(
                "日付は、今日（{}）までにしてください。お金が動いたのを確かめてから記録します。",
                era::plain(today)
            ),
        )),
        Ok(_) => {}
    }
    match (amount, on) {
        (Ok(amount), Ok(on)) if faults.is_empty() => Ok(Ok(Moved {
            form_id,
            amount,
            on,
        })),
        _ => Ok(Err(faults)),
    }
}

/// POST /office/fee-closings/{id}/payment
pub async fn settle(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let moved = match moved(&web, &form)? {
        Ok(moved) => moved,
        Err(faults) => {
            let page = closing_page(&web, &who, id, &form, &faults).await?;
            return answer::unprocessable(&page);
        }
    };
    match closing::settle(&web, &who, id, moved).await {
        Ok(()) => Ok(flash::see_other_telling(
            &web,
            to::FeeClosing(id).to_string(),
            &Flash::ok(format!("{}円を確認しました。", moved.amount)),
        )),
        Err(AppError::Conflict(words)) => {
            let mut page = closing_page(&web, &who, id, &form, &[]).await?;
            let errors = ErrorSummary::titled("記録していません", words);
            page.shell = page.shell.errors(errors);
            answer::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error),
    }
}

/// GET /office/fee-closings/{id}/statement.pdf
pub async fn statement(State(web): State<Web>, who: Officer, Named(id): Named<i64>) -> PageResult {
    let monthly = statements::office_monthly(&web, &who, id).await?;
    let name = format!("{}.pdf", monthly.closing.statement_no);
    let bytes = papers::draw(papers::monthly(&monthly)).await?;
    Ok(fee::pdf(&name, bytes))
}

/// POST /office/receipts/settlements/{id}: 領収証 of what was paid for a month.
pub async fn settlement_receipt(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
) -> PageResult {
    receipt(&web, &who, Source::Settlement(id)).await
}

/// POST /office/receipts/payments/{id}: 領収証 of an 入金確認.
pub async fn payment_receipt(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
) -> PageResult {
    receipt(&web, &who, Source::Payment(id)).await
}

async fn receipt(web: &Web, who: &Officer, source: Source) -> PageResult {
    let receipt = receipts::print(web, who, source).await?;
    let name = format!("receipt-{}.pdf", receipt.number);
    let bytes = papers::draw(papers::receipt(&receipt)).await?;
    Ok(fee::pdf(&name, bytes))
}
