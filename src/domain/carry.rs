//! A form carried over from an issued guarantee: what is in force of its works contract, and what its
//! contractor typed besides. Nothing is sent by it; everything can still be changed.

use super::certificate::CertificateFace;
use super::content::PrepaymentPlan;
use super::era;
use super::field::Field;
use super::kind::ApplicationKind;
use super::product::Product;
use super::typed::TypedForm;

/// What is typed once for the works, whoever asks for which product.
const WORKS: [Field; 15] = [
    Field::Kind,
    Field::NoticeDate,
    Field::AwardDate,
    Field::BidDate,
    Field::PlannedNoticeDate,
    Field::JvMember1,
    Field::JvShare1,
    Field::JvMember2,
    Field::JvShare2,
    Field::JvMember3,
    Field::JvShare3,
    Field::JvMember4,
    Field::JvShare4,
    Field::JvMember5,
    Field::JvShare5,
];

const BID: [Field; 4] = [
    Field::BidMethod,
    Field::PlannedPrice,
    Field::LowPrice,
    Field::Midterm,
];

const INFORMATION: [Field; 8] = [
    Field::Branch,
    Field::Handover,
    Field::Notify,
    Field::Email,
    Field::Department,
    Field::Post,
    Field::Person,
    Field::Tel,
];

/// 中間前払金保証 on an issued 前払金保証: `typed` is its application as sent, `face` its certificate in
/// force, `fresh` what an empty form holds.
pub fn midterm(typed: &TypedForm, face: &CertificateFace, fresh: &TypedForm) -> TypedForm {
    let mut form = advance(typed, face, fresh);
    switch(&mut form, Product::Midterm);
    form.set(Field::MidtermBuildsOn.id(), face.number.as_str());
    form.set(Field::MidtermPrepaid.id(), face.amount.to_string());
    form.set(Field::MidtermForm.id(), face.form.code());
    fee(typed, &mut form, Product::Prepayment, Product::Midterm);
    if let Some(bank) = &face.bank {
        form.set(Field::MidtermBank.id(), bank.as_str());
    }
    let redeposit = typed.get(Field::Redeposit.id());
    form.set(Field::MidtermRedeposit.id(), redeposit);
    form
}

/// 契約保証 on a reservation whose bid was won: `typed` is the reservation's application as sent,
/// `face` its certificate.
pub fn contract(typed: &TypedForm, face: &CertificateFace, fresh: &TypedForm) -> TypedForm {
    let mut form = works(typed, face, fresh);
    switch(&mut form, Product::Contract);
    form.set(Field::ContractAmount.id(), face.amount.to_string());
    fee(typed, &mut form, Product::Reservation, Product::Contract);
    // Reservations are for works with a prepayment planned only (domain.md §4.4).
    let planned = PrepaymentPlan::Planned.code();
    form.set(Field::PrepaymentPlan.id(), planned);
    form
}

/// 前払金保証 for the works of an issued 契約保証: `typed` is its application as sent, `face` its
/// certificate in force.
pub fn prepayment(typed: &TypedForm, face: &CertificateFace, fresh: &TypedForm) -> TypedForm {
    let mut form = advance(typed, face, fresh);
    switch(&mut form, Product::Prepayment);
    fee(typed, &mut form, Product::Contract, Product::Prepayment);
    if let Some(field) = Field::of(Product::Prepayment).form {
        form.set(field.id(), face.form.code());
    }
    form
}

/// An earlier application typed anew: all that was typed, over what an empty form of its kind holds.
pub fn copied(typed: &TypedForm, kind: ApplicationKind, fresh: &TypedForm) -> TypedForm {
    let mut form = fresh.clone();
    for (name, value) in typed.iter() {
        form.set(name, value);
    }
    // A product that was not asked for is not asked for by the empty form either.
    for product in Product::ALL {
        let on = Field::of(product).on.id();
        if !typed.has(on) {
            form.remove(on);
        }
    }
    kind.shape(&mut form);
    form
}

/// What money paid in advance for the works hangs on: their years and their bid besides.
fn advance(typed: &TypedForm, face: &CertificateFace, fresh: &TypedForm) -> TypedForm {
    let mut form = works(typed, face, fresh);
    let years = Field::YEARS.into_iter().flat_map(<[Field; 2]>::from);
    copy(
        typed,
        &mut form,
        std::iter::once(Field::Obligation).chain(years),
    );
    copy(typed, &mut form, BID);
    form
}

fn works(typed: &TypedForm, face: &CertificateFace, fresh: &TypedForm) -> TypedForm {
    let mut form = fresh.clone();
    copy(typed, &mut form, WORKS);
    copy(typed, &mut form, INFORMATION);
    let jv = &face.principal;
    for (field, value) in [
        (Field::Obligee, Some(face.obligee.clone())),
        (Field::WorksName, Some(face.works_name.clone())),
        (Field::Price, Some(face.price.to_string())),
        (Field::ContractDate, face.contract_date.map(era::plain)),
        (Field::PeriodFrom, Some(era::plain(face.period_from))),
        (Field::PeriodTo, Some(era::plain(face.period_to))),
        (Field::JvName, jv.jv_name.clone()),
        (Field::JvRepresentative, jv.jv_representative.clone()),
    ] {
        if let Some(value) = value {
            form.set(field.id(), value);
        }
    }
    form
}

fn switch(form: &mut TypedForm, product: Product) {
    form.set(Field::of(product).on.id(), "on");
}

fn fee(typed: &TypedForm, form: &mut TypedForm, from: Product, to: Product) {
    let (from, to) = (Field::of(from), Field::of(to));
    for (from, to) in [
        (from.fee_method, to.fee_method),
        (from.bill_to, to.bill_to),
        (from.paper_statement, to.paper_statement),
    ] {
        if typed.has(from.id()) {
            form.set(to.id(), typed.get(from.id()));
        }
    }
}

fn copy(from: &TypedForm, to: &mut TypedForm, fields: impl IntoIterator<Item = Field>) {
    for field in fields {
        if from.has(field.id()) {
            to.set(field.id(), from.get(field.id()));
        }
    }
}
