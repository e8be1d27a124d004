//! 契約保証予約（入札ボンド）: a promise before the bid (domain.md §4.4).

use super::amounts::{self, body};
use super::limits::contract_bounds;
use super::rates::Claim;
use super::{Judged, Outcome, RuleId};
use crate::domain::content::ApplicationContent;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::RuleBook;

const PRODUCT: Product = Product::Reservation;

pub(super) fn check<'a>(
    content: &'a ApplicationContent,
    book: Option<&'a RuleBook>,
) -> Vec<Judged<'a>> {
    let Some(terms) = &content.reservation else {
        return Vec::new();
    };
    let mut judged = vec![form(terms.common.form)];
    judged.push(amounts::range(content, PRODUCT, terms.common.amount));
    if terms.common.amount == Yen::ZERO {
        return judged;
    }
    let planned = content.bid.planned_price;
    let claim = Claim {
        product: PRODUCT,
        amount: terms.common.amount,
        base: planned.unwrap_or(content.works.price),
        base_label: if planned.is_some() {
            "予定価格"
        } else {
            "請負金額"
        },
        body: body(content, book),
        book,
        lids: Vec::new(),
        rounded: false,
    };
    let bounds = contract_bounds(content.bid.low_price, book);
    judged.extend(
        claim
            .floor_rate(RuleId::ReservationRate, &bounds)
            .map(|mut rate| {
                // The price is not known before the bid: what is too little now is only pointed out.
                rate.outcome = rate.outcome.min(Outcome::Warn);
                rate
            }),
    );
    judged
}

fn form<'a>(form: CertificateForm) -> Judged<'a> {
    let (outcome, sentence) = match form {
        CertificateForm::Paper => (Outcome::Pass, "契約保証予約は証書(紙)でお渡しします。"),
        CertificateForm::Electronic => (
            Outcome::Refuse,
            "契約保証予約は電子保証になりません。証書(紙)をお選びください。",
        ),
    };
    Judged::new(
        RuleId::ReservationForm,
        crate::domain::field::Field::of(PRODUCT).form_or_switch(),
        outcome,
        sentence,
    )
    .of(PRODUCT)
    .because(move |finding| {
        finding
            .figure("証書の形式", form.label())
            .source("契約保証予約は電子にならない")
    })
}
