//! The rows of 変更の申込: each says what holds now.

use crate::domain::content::{Before, Handover};
use crate::domain::entry::Fault;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::typed::TypedForm;
use crate::services::changes::Change;
use crate::web::field::{Choice, FieldView};

fn error(field: Field, problems: &[Fault]) -> Option<String> {
    let words: String = problems
        .iter()
        .filter(|fault| fault.field == field)
        .map(|fault| fault.sentence.as_str())
        .collect();
    (!words.is_empty()).then_some(words)
}

fn money(field: Field, form: &TypedForm, problems: &[Fault]) -> FieldView {
    let typed = form.get(field.id());
    let read = Yen::parse(typed).map_or_else(|_| String::new(), Yen::man);
    FieldView::money(field.id(), field.label(), typed)
        .read(read)
        .error(error(field, problems))
}

fn now(words: String) -> String {
    format!("いま：{words}")
}

/// The fields that may change.
pub fn of(change: &Change, form: &TypedForm, problems: &[Fault]) -> Vec<FieldView> {
    let before = &change.before;
    let mut rows = vec![
        money(Field::Price, form, problems)
            .required()
            .hint(now(format!("{}円", before.price))),
        period(before, form, problems),
    ];
    if let Some(field) = fy_base(before.product) {
        let known = before
            .fy_base
            .map_or_else(|| "なし".to_owned(), |base| format!("{base}円"));
        rows.push(money(field, form, problems).optional().hint(now(known)));
    }
    rows.push(
        money(Field::of(before.product).amount, form, problems)
            .required()
            .hint(now(format!("{}円", before.amount))),
    );
    let day = form.get(Field::ChangedOn.id());
    let read = era::parse_date(day).map_or_else(|_| String::new(), era::both);
    rows.push(
        FieldView::date(Field::ChangedOn.id(), Field::ChangedOn.label(), day)
            .required()
            .read(read)
            .hint("変更契約を結んだ日、または結ぶ日です。")
            .error(error(Field::ChangedOn, problems)),
    );
    rows.push(
        FieldView::area(
            Field::ChangeReason.id(),
            Field::ChangeReason.label(),
            form.get(Field::ChangeReason.id()),
            2,
        )
        .required()
        .hint("例：設計変更による増額")
        .error(error(Field::ChangeReason, problems)),
    );
    rows
}

fn fy_base(product: Product) -> Option<Field> {
    match product {
        Product::Prepayment => Some(Field::FyBase),
        Product::Midterm => Some(Field::MidtermFyBase),
        Product::Contract | Product::Reservation => None,
    }
}

fn period(before: &Before, form: &TypedForm, problems: &[Fault]) -> FieldView {
    let (from, to) = (Field::PeriodFrom, Field::PeriodTo);
    FieldView::period(
        "工期",
        (from.id(), form.get(from.id())),
        (to.id(), form.get(to.id())),
    )
    .required()
    .hint(now(format!(
        "{} ～ {}",
        era::plain(before.period_from),
        era::plain(before.period_to)
    )))
    .error(error(from, problems))
    .error_until(error(to, problems))
}

/// Whom to tell, and whom to ask.
pub fn contact(
    form: &TypedForm,
    certificate: CertificateForm,
    problems: &[Fault],
) -> Vec<FieldView> {
    let text = |field: Field| {
        FieldView::text(field.id(), field.label(), form.get(field.id()))
            .error(error(field, problems))
    };
    let wanted = vec![
        Choice::new("yes", "希望する"),
        Choice::new("no", "希望しない"),
    ];
    let radios = |field: Field, choices| {
        FieldView::radios(field.id(), field.label(), form.get(field.id()), choices)
            .required()
            .error(error(field, problems))
    };
    // A mail tells of electronic certificates; paper is handed over.
    let mut rows = match certificate {
        CertificateForm::Paper => vec![radios(
            Field::Handover,
            Handover::ALL
                .into_iter()
                .map(|way| Choice::new(way.code(), way.label()))
                .collect(),
        )],
        CertificateForm::Electronic => vec![
            radios(Field::Notify, wanted),
            text(Field::Email)
                .optional()
                .width("in--m")
                .autocomplete("email")
                .input_mode("email")
                .code()
                .hint("「希望する」ときに必要です。"),
        ],
    };
    rows.extend([
        text(Field::Person).optional().width("in--m"),
        text(Field::Tel)
            .optional()
            .width("in--date num")
            .autocomplete("tel")
            .input_mode("tel"),
        FieldView::area(
            Field::Message.id(),
            Field::Message.label(),
            form.get(Field::Message.id()),
            2,
        )
        .optional()
        .error(error(Field::Message, problems)),
    ]);
    rows
}
