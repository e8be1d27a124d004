//! What the obligee's rules say while the form is being typed in. Without script the same comes
//! with every save.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::place::DECIDING;
use super::sheet::{MARKED, Sheet};
use super::typed::{self, Sent};
use super::{Desk, json as respond};
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::Product;
use crate::services::ContractorUser;
use crate::web::answer::PageResult;
use crate::web::field::{Control, FieldView};
use crate::web::form::Submitted;
use crate::web::state::Web;

/// POST the form as it stands; nothing is saved.
pub async fn advice(
    State(web): State<Web>,
    who: ContractorUser,
    Submitted(sent): Submitted<Sent>,
) -> PageResult {
    let kind = ApplicationKind::of(&sent.form);
    let desk = Desk::open(&web, &who, kind).await?;
    let checked = desk.check(&sent.form).await?;
    let sheet = desk.sheet(&sent.form, &checked, &[]);
    Ok(respond(StatusCode::OK, &answer(&sheet)))
}

/// By field name: `says` (tone, icon, words), `cards` (barred, words), `limits`, which dates are
/// asked for with the works, and which fields are 必須 now (`needs`); by section the `tabs`; the obligee's book.
fn answer(sheet: &Sheet<'_>) -> Value {
    let mut says = Map::new();
    let mut cards = Map::new();
    let mut limits = Map::new();
    says.insert(Field::Obligee.id().into(), said(sheet.obligee_answer()));
    says.insert(Field::JvName.id().into(), said(sheet.members_answer()));
    let mut bases = Map::new();
    for product in sheet.kind.products().iter().copied() {
        if product == Product::Midterm {
            let day = Field::MidtermApprovedOn.id();
            says.insert(day.into(), said(sheet.midterm_answer()));
        }
        if product != Product::Reservation {
            let row = sheet.certificate_form(product);
            cards.insert(row.name.clone(), electronic_card(&row));
            says.insert(row.name.clone(), said(row.says));
        }
        let ids = sheet.base_fields(product).into_iter();
        let ids: Vec<_> = ids.map(|field| format!("f-{}", field.id())).collect();
        bases.insert(typed::amount(product).id().into(), ids.join(" ").into());
        limits.insert(
            typed::amount(product).id().into(),
            sheet.limit(product).into(),
        );
    }
    let mut years = Vec::new();
    if sheet.kind != ApplicationKind::Reservation {
        let row = Field::Obligation.id();
        says.insert(row.into(), said(sheet.years_answer()));
        let table = sheet.years();
        years.extend(
            table
                .lines
                .iter()
                .map(|line| json!([line.label, line.spare])),
        );
    }
    let mut tabs = Map::new();
    for section in sheet.kind.sections().iter().copied() {
        let (class, words) = sheet.state(section);
        tabs.insert(section.id().into(), json!([class, words]));
    }
    let needs: Map<String, Value> = MARKED
        .into_iter()
        .map(|field| (field.id().to_owned(), sheet.needs(field).into()))
        .collect();
    let place = sheet.place();
    let asks: Map<String, Value> = DECIDING
        .into_iter()
        .map(|field| (field.id().to_owned(), place.asks(field).into()))
        .collect();
    json!({
        "tabs": tabs,
        "book": sheet.book.map(|book| json!({ "body": book.body, "facts": book.facts() })),
        "says": says,
        "cards": cards,
        "limits": limits,
        "bases": bases,
        "years": years,
        "needs": needs,
        "asks": asks,
    })
}

fn said(says: Option<(crate::web::page::Tone, String)>) -> Value {
    says.map_or(
        Value::Null,
        |(tone, words)| json!({ "tone": tone.code(), "icon": tone.icon(), "words": words }),
    )
}

/// The second card: whether it can be had, and what it says.
fn electronic_card(row: &FieldView) -> Value {
    match &row.control {
        Control::Picks(choices) => choices.last().map_or(
            Value::Null,
            |card| json!({ "barred": card.barred, "words": card.note }),
        ),
        _ => Value::Null,
    }
}
