//! The form read field by field: what is typed, or a fault beside it.

use time::Date;

use super::{Choices, Fault};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::text;
use crate::domain::typed::TypedForm;

/// Stands where a date could not be read.
pub(super) const NO_DAY: Date = Date::MIN;

pub(super) struct Reader<'a> {
    pub(super) form: &'a TypedForm,
    pub(super) choices: &'a Choices,
    pub(super) kind: ApplicationKind,
    pub(super) faults: Vec<Fault>,
}

impl Reader<'_> {
    /// What the form calls a field.
    pub(super) fn label(&self, field: Field) -> &'static str {
        field.label_in(self.kind)
    }

    pub(super) fn line(&mut self, field: Field, max: usize) -> Option<String> {
        match text::line(self.form.get(field.id()), max) {
            Ok(line) => Some(line),
            Err(fault) => {
                self.fault(field, &fault.sentence(self.label(field)));
                None
            }
        }
    }

    pub(super) fn required_line(&mut self, field: Field, max: usize) -> Option<String> {
        let line = self.line(field, max)?;
        match text::required(line) {
            Ok(line) => Some(line),
            Err(fault) => {
                self.fault(field, &fault.sentence(self.label(field)));
                None
            }
        }
    }

    pub(super) fn required_money(&mut self, field: Field) -> Option<Yen> {
        match Yen::parse(self.form.get(field.id())) {
            Ok(amount) => Some(amount),
            Err(fault) => {
                self.fault(field, &fault.sentence(self.label(field)));
                None
            }
        }
    }

    pub(super) fn optional_money(&mut self, field: Field) -> Option<Yen> {
        if self.form.get(field.id()).trim().is_empty() {
            None
        } else {
            self.required_money(field)
        }
    }

    pub(super) fn required_date(&mut self, field: Field) -> Option<Date> {
        match era::parse_date(self.form.get(field.id())) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.fault(field, &fault.sentence(self.label(field)));
                None
            }
        }
    }

    pub(super) fn optional_date(&mut self, field: Field) -> Option<Date> {
        if self.form.get(field.id()).trim().is_empty() {
            None
        } else {
            self.required_date(field)
        }
    }

    pub(super) fn choice<T>(
        &mut self,
        field: Field,
        from: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let chosen = from(self.form.get(field.id()));
        if chosen.is_none() {
            self.fault(
                field,
                &format!("{}を選択してください。", choice_label(field, self.kind)),
            );
        }
        chosen
    }

    pub(super) fn optional_choice<T>(
        &mut self,
        field: Field,
        from: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.form.get(field.id()).is_empty() {
            None
        } else {
            self.choice(field, from)
        }
    }

    pub(super) fn yes_no(&mut self, field: Field, yes: &str, no: &str) -> Option<bool> {
        self.choice(field, |code| match code {
            code if code == yes => Some(true),
            code if code == no => Some(false),
            _ => None,
        })
    }

    pub(super) fn fault(&mut self, field: Field, sentence: &str) {
        self.faults.push(Fault {
            field,
            sentence: sentence.to_owned(),
        });
    }
}

/// Two fields share the leaflet's label; a sentence that leaves its field names the product too.
fn choice_label(field: Field, kind: ApplicationKind) -> String {
    for product in Product::ALL {
        let fields = Field::of(product);
        if fields.form == Some(field) {
            return format!("{}の証書の形式（証書(紙)または電子保証）", product.label());
        }
        if fields.paper_statement == field {
            return format!("{}の{}", product.label(), field.label());
        }
    }
    field.label_in(kind).to_owned()
}
