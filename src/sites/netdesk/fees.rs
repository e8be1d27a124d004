//! 保証料計算書一覧: statements, refunds, months, receipts, and what is open.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::frame;
use super::guarantee::number_of;
use crate::domain::era;
use crate::domain::fee::FeeProduct;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::fees::closing::Closing;
use crate::services::fees::papers;
use crate::services::fees::receipts::{self, Source};
use crate::services::fees::statements::{self, PaymentRow};
use crate::web::answer::{PageResult, page};
use crate::web::fee::{self, EntryLine};
use crate::web::form::Query;
use crate::web::page::{HelpLink, Tag, Tone};
use crate::web::path::Named;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

struct ClosingLine {
    month: String,
    statement_no: String,
    fees: i32,
    total: String,
    open: String,
    state: Tag,
    paper: String,
}

struct PaymentLine {
    on: String,
    amount: String,
    what: String,
    receipt: String,
    action: String,
}

#[derive(Template)]
#[template(path = "netdesk/fees/page.html")]
struct Page {
    shell: NetdeskShell,
    entries: Vec<EntryLine>,
    next: Option<String>,
    /// Older entries are shown.
    later: bool,
    closings: Vec<ClosingLine>,
    payments: Vec<PaymentLine>,
    electronic: bool,
    /// To be paid for closed months, and to be given back.
    open: String,
    open_refunds: String,
    /// What the next statement will gather.
    ungathered: String,
}

/// GET /netdesk/fees
pub async fn list(State(web): State<Web>, who: ContractorUser, Query(query): Query) -> PageResult {
    let before = query.get("before").parse().ok();
    let account = statements::account(&web, &who, before).await?;
    let help = HelpLink::netdesk("fees", "保証料計算書一覧のヘルプ");
    page(&Page {
        shell: frame::shell(&web, &who, Menu::Fees, help),
        entries: account
            .entries
            .iter()
            .map(|entry| EntryLine::of(entry, to::GUARANTEES).among_others())
            .collect(),
        next: account.next.map(|id| format!("{}?before={id}", to::FEES)),
        later: before.is_some(),
        closings: account.closings.iter().map(closing_line).collect(),
        payments: account.payments.iter().map(payment_line).collect(),
        electronic: account.electronic_receipts,
        open: papers::signed(account.open),
        open_refunds: papers::signed(account.open_refunds),
        ungathered: papers::signed(account.ungathered),
    })
}

fn closing_line(closing: &Closing) -> ClosingLine {
    let state = match (closing.open(), closing.total() < 0) {
        (0, true) => Tag::new(Tone::Ok, "返還済"),
        (0, false) if closing.total() == 0 => Tag::new(Tone::Mute, "お支払いなし"),
        (0, false) => Tag::new(Tone::Ok, "お支払い済"),
        (_, true) => Tag::new(Tone::Note, "返還待ち"),
        (_, false) => Tag::new(Tone::Warn, "お支払い待ち"),
    };
    ClosingLine {
        month: closing.month.words(),
        statement_no: closing.statement_no.clone(),
        fees: closing.fees,
        total: papers::signed(closing.total()),
        open: papers::signed(closing.open()),
        state,
        paper: format!("{}/closings/{}.pdf", to::FEES, closing.id),
    }
}

fn payment_line(row: &PaymentRow) -> PaymentLine {
    let product = row.product.as_deref().and_then(FeeProduct::from_code);
    let (what, kind) = match (&row.statement_no, product) {
        (Some(number), _) => (format!("一括納付 {number}"), "settlements"),
        (None, product) => {
            let label = product.map_or("", FeeProduct::label);
            let works = row.works_name.as_deref().unwrap_or_default();
            (format!("{label}　{works}"), "payments")
        }
    };
    PaymentLine {
        on: era::slashed(row.paid_on),
        amount: papers::signed(row.amount),
        what,
        receipt: match (&row.receipt_no, row.printed) {
            (Some(number), printed) => format!("{number}（{printed}回発行）"),
            (None, _) => "―".to_owned(),
        },
        action: format!("{}/receipts/{kind}/{}", to::FEES, row.id),
    }
}

/// GET /netdesk/guarantees/{number}/fee-statements/{file}
pub async fn statement(
    State(web): State<Web>,
    who: ContractorUser,
    Named((number, file)): Named<(String, String)>,
) -> PageResult {
    let number = number_of(&who, &number)?;
    let id = fee::asked(&file).ok_or(AppError::NotFound)?;
    let found = statements::statement(&web, &who, number.digits(), id).await?;
    let name = format!("{}-fee-{id}.pdf", found.entry.number);
    let bytes = papers::draw(papers::statement(&found)).await?;
    Ok(fee::pdf(&name, bytes))
}

/// GET /netdesk/fees/closings/{file}
pub async fn monthly(
    State(web): State<Web>,
    who: ContractorUser,
    Named(file): Named<String>,
) -> PageResult {
    let id = fee::asked(&file).ok_or(AppError::NotFound)?;
    let monthly = statements::monthly(&web, &who, id).await?;
    let name = format!("{}.pdf", monthly.closing.statement_no);
    let bytes = papers::draw(papers::monthly(&monthly)).await?;
    Ok(fee::pdf(&name, bytes))
}

/// POST /netdesk/fees/receipts/payments/{id}
pub async fn payment_receipt(
    State(web): State<Web>,
    who: ContractorUser,
    Named(id): Named<Uuid>,
) -> PageResult {
    receipt(&web, &who, Source::Payment(id)).await
}

/// POST /netdesk/fees/receipts/settlements/{id}
pub async fn settlement_receipt(
    State(web): State<Web>,
    who: ContractorUser,
    Named(id): Named<Uuid>,
) -> PageResult {
    receipt(&web, &who, Source::Settlement(id)).await
}

async fn receipt(web: &Web, who: &ContractorUser, source: Source) -> PageResult {
    let receipt = receipts::take(web, who, source).await?;
    let name = format!("receipt-{}.pdf", receipt.number);
    let bytes = papers::draw(papers::receipt(&receipt)).await?;
    Ok(fee::pdf(&name, bytes))
}
