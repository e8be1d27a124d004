//! The form of a 保証申込 as a browser sends it: which fields are kept, what a fresh one holds.

use uuid::Uuid;

use super::place::Place;
use crate::domain::content::FeeMethod;
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::product::Product;
use crate::domain::typed::TypedForm;
use crate::services::drafts::Offer;

/// Which button was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// 下書き保存, or Enter.
    Save,
    /// 申込内容を確認する
    Check,
    /// 「…をクリア」
    Clear(Section),
}

/// Everything the form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub form: TypedForm,
    /// The id a fresh page proposed; `None` where it is none.
    pub proposed: Option<Uuid>,
    /// The revision the page showed; `None` on a fresh page.
    pub revision: Option<i32>,
    pub wish: Wish,
}

impl Sent {
    /// Takes the form's own fields and leaves every other one.
    pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let form = Field::ALL
            .iter()
            .filter_map(|field| Some((field.id(), get(field.id())?)))
            .collect();
        let wish = match (get("clear"), get("go")) {
            (Some(id), _) => Section::ALL
                .into_iter()
                .find(|section| section.id() == id)
                .map_or(Wish::Save, Wish::Clear),
            (None, Some("next")) => Wish::Check,
            (None, _) => Wish::Save,
        };
        Self {
            form,
            proposed: get("application").and_then(|id| Uuid::try_parse(id).ok()),
            revision: get("revision").and_then(|revision| revision.parse().ok()),
            wish,
        }
    }
}

/// What a fresh form holds: the company's usual branch, the person's mail, 一括納付 where it is
/// agreed.
pub fn defaults(kind: ApplicationKind, branch: i64, email: &str, offer: &Offer) -> TypedForm {
    let branch = branch.to_string();
    let mut form: TypedForm = [
        (Field::Branch, branch.as_str()),
        (Field::Email, email),
        (Field::Redeposit, "no"),
        (Field::MidtermRedeposit, "no"),
        (Field::Obligation, "none"),
        (Field::Notify, "yes"),
    ]
    .into_iter()
    .filter(|(field, _)| kind.asks(*field))
    .map(|(field, value)| (field.id(), value))
    .collect();
    for product in kind.products() {
        let fields = Field::of(*product);
        form.set(fields.paper_statement.id(), "no");
        if offer.lump_sum {
            form.set(fields.fee_method.id(), FeeMethod::LumpSum.code());
        }
        if let [only] = offer.billing_places.as_slice() {
            form.set(fields.bill_to.id(), only);
        }
    }
    kind.shape(&mut form);
    form
}

/// Empties one section, as the page shows it, back to what a fresh form holds.
pub fn clear(form: &mut TypedForm, section: Section, place: Place, fresh: &TypedForm) {
    for field in Field::ALL {
        if place.section(*field) != section {
            continue;
        }
        if fresh.has(field.id()) {
            form.set(field.id(), fresh.get(field.id()));
        } else {
            form.remove(field.id());
        }
    }
}

/// The field that switches a product on.
pub fn switch(product: Product) -> Field {
    Field::of(product).on
}

/// The field of a product's amount.
pub fn amount(product: Product) -> Field {
    Field::of(product).amount
}

/// What the button 「…をクリア」 calls a section.
pub fn section_name(section: Section) -> &'static str {
    match section {
        Section::Information => "インフォメーション",
        other => other.label(),
    }
}
