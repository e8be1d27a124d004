//! Whether the obligee takes the electronic certificate that was chosen.

use time::Date;

use super::amounts::sourced;
use super::{Finding, Judged, Outcome, RuleId};
use crate::domain::acceptance::{self, Acceptance, AcceptanceFacts};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::{Electronic, RuleBook};
use crate::domain::wording::slashed;

pub(super) fn check<'a>(
    content: &'a ApplicationContent,
    unread: &[Field],
    book: Option<&'a RuleBook>,
    product: Product,
    applied_on: Date,
) -> Option<Judged<'a>> {
    let terms = content.terms(product)?;
    // That a reservation is never electronic is a rule of its own.
    if terms.form != CertificateForm::Electronic || product == Product::Reservation {
        return None;
    }
    let mut facts = AcceptanceFacts::of(content, applied_on);
    if unread.contains(&Field::Kind) {
        facts.kind = None;
    }
    let (field, outcome, sentence) = match acceptance::decide(book, &facts, product) {
        Acceptance::Accepted { sentence } => (None, Outcome::Pass, sentence),
        Acceptance::Unknown { sentence } => (None, Outcome::Warn, sentence),
        Acceptance::Refused { sentence } => (None, Outcome::Refuse, sentence),
        Acceptance::NeedsDate { basis, sentence } => (
            Some(acceptance::date_field(basis).unwrap_or(form_field(product))),
            Outcome::Refuse,
            sentence,
        ),
        Acceptance::NeedsKind { sentence } => (Some(Field::Kind), Outcome::Refuse, sentence),
        Acceptance::NeedsSection { sentence } => {
            (Some(Field::ObligeeSection), Outcome::Refuse, sentence)
        }
    };
    Some(
        Judged::new(
            RuleId::ElectronicAcceptance,
            field.unwrap_or(form_field(product)),
            outcome,
            sentence,
        )
        .of(product)
        .asking(field.is_some())
        .because(move |finding| acceptance_reasons(finding, content, book, &facts)),
    )
}

fn acceptance_reasons(
    mut finding: Finding,
    content: &ApplicationContent,
    book: Option<&RuleBook>,
    facts: &AcceptanceFacts,
) -> Finding {
    let kind = content.works.kind;
    finding = finding.figure("工事／業務委託", kind.label());
    for (field, value) in [
        (Field::KindDetail, &facts.detail),
        (Field::ObligeeSection, &facts.section),
    ] {
        if let Some(value) = value {
            finding = finding.figure(field.label(), value);
        }
    }
    if let Some(Electronic::From { rules }) = book.map(|book| &book.electronic) {
        for rule in rules.iter().filter(|rule| rule.kinds.contains(&kind)) {
            if let Some(window) = rule.window(slashed) {
                let date = facts
                    .date(rule.basis)
                    .map_or_else(|| "入力なし".to_owned(), slashed);
                finding = finding.figure(rule.basis.label(), format!("{date}（対象：{window}）"));
            }
        }
    }
    finding.source(match book {
        None => "この発注者のきまりは未登録".to_owned(),
        Some(book) => sourced(Some(book), &acceptance::summary(book)),
    })
}

fn form_field(product: Product) -> Field {
    Field::of(product).form_or_switch()
}
