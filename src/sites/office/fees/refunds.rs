//! 返還: what is given back outside the closings, until it is paid out; and the papers of a guarantee.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::months::{moved, moved_fields};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::fees::statements::{self, Entry};
use crate::services::fees::{closing, papers};
use crate::sites::office::guarantees::number_of;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::fee::{self, EntryLine};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

struct Refund {
    line: EntryLine,
    contractor: String,
    guarantee: String,
    open: String,
    action: String,
    form_id: String,
    amount: FieldView,
    settled_on: FieldView,
}

#[derive(Template)]
#[template(path = "office/fees/refunds.html")]
struct Page {
    shell: OfficeShell,
    refunds: Vec<Refund>,
    may_settle: bool,
}

/// GET /office/fee-refunds
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let mut page = page(&web, &who, None).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// The form that was sent, with what is wrong in it.
type Sent<'a> = (i64, &'a RawForm, &'a [(&'static str, String)]);

async fn page(web: &Web, who: &Officer, sent: Option<Sent<'_>>) -> Result<Page, AppError> {
    let entries = statements::open_refunds(web, who).await?;
    let shell = shell::shell(web, who, OfficeMenu::FeeRefunds, "fee-refunds").await?;
    let refunds: Vec<_> = entries
        .iter()
        .map(|entry| refund(web, entry, sent))
        .collect();
    let fields = refunds.iter().flat_map(|it| [&it.amount, &it.settled_on]);
    let errors = ErrorSummary::of(fields);
    Ok(Page {
        shell: shell.errors(errors),
        refunds,
        may_settle: who.role().may_examine(),
    })
}

fn refund(web: &Web, entry: &Entry, sent: Option<Sent<'_>>) -> Refund {
    let blank = RawForm::default();
    let own = sent.filter(|(id, ..)| *id == entry.id);
    let (form, faults) = own.map_or((&blank, &[][..]), |(_, form, faults)| (form, faults));
    let (amount, settled_on, form_id) = moved_fields(web, form, faults, true);
    Refund {
        line: EntryLine::of(entry, to::GUARANTEES).among_others(),
        contractor: entry.contractor_name.clone(),
        guarantee: to::Guarantee(&entry.number).to_string(),
        open: papers::signed(entry.open_refund()),
        action: format!("{}/{}/payment", to::FEE_REFUNDS, entry.id),
        form_id,
        // One form per refund: the fields are told apart by its number.
        amount: FieldView {
            name: format!("amount-{}", entry.id),
            ..amount
        },
        settled_on: FieldView {
            name: format!("settled_on-{}", entry.id),
            ..settled_on
        },
    }
}

/// POST /office/fee-refunds/{id}/payment
pub async fn settle(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let plain = RawForm::default()
        .with("form_id", form.get("form_id"))
        .with("amount", form.get(&format!("amount-{id}")))
        .with("settled_on", form.get(&format!("settled_on-{id}")));
    let moved = match moved(&web, &plain)? {
        Ok(moved) => moved,
        Err(faults) => {
            let entries = statements::open_refunds(&web, &who).await?;
            if entries.iter().all(|entry| entry.id != id) {
                return Err(AppError::NotFound);
            }
            let page = page(&web, &who, Some((id, &plain, &faults))).await?;
            return answer::unprocessable(&page);
        }
    };
    match closing::pay_out(&web, &who, id, moved).await {
        Ok(()) => Ok(flash::see_other_telling(
            &web,
            to::FEE_REFUNDS,
            &Flash::ok(format!("{}円の返還を確認しました。", moved.amount)),
        )),
        Err(AppError::Conflict(words)) => {
            let mut page = page(&web, &who, None).await?;
            let errors = ErrorSummary::titled("記録していません", words);
            page.shell = page.shell.errors(errors);
            answer::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error),
    }
}

/// GET /office/guarantees/{number}/fee-statements/{file}
pub async fn statement(
    State(web): State<Web>,
    who: Officer,
    Named((number, file)): Named<(String, String)>,
) -> PageResult {
    let number = number_of(&who, &number)?;
    let id = fee::asked(&file).ok_or(AppError::NotFound)?;
    let found = statements::office_statement(&web, &who, number.digits(), id).await?;
    let name = format!("{}-fee-{id}.pdf", found.entry.number);
    let bytes = papers::draw(papers::statement(&found)).await?;
    Ok(fee::pdf(&name, bytes))
}
