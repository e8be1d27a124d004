//! 保証の申込内容: the block of each product.

use super::NAME_MAX;
use super::reader::{NO_DAY, Reader};
use crate::domain::content::{
    CommonTerms, FeeMethod, MidtermConditions, MidtermTerms, PrepaymentTerms,
};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::width;

impl Reader<'_> {
    pub(super) fn midterm(&mut self) -> MidtermTerms {
        let common = self.common(Product::Midterm);
        let builds_on = match TypedNumber::parse(self.form.get(Field::MidtermBuildsOn.id())) {
            Ok(number) => {
                let letter = number.letter().map(String::from).unwrap_or_default();
                format!("{}{letter}", number.digits())
            }
            Err(fault) => {
                let label = Field::MidtermBuildsOn.label();
                self.fault(Field::MidtermBuildsOn, &fault.sentence(label));
                String::new()
            }
        };
        let prepaid = self.required_money(Field::MidtermPrepaid);
        let approved_on = self.required_date(Field::MidtermApprovedOn);
        let fy_base = self.optional_money(Field::MidtermFyBase);
        let bank = self.required_line(Field::MidtermBank, NAME_MAX);
        let redeposit = self.yes_no(Field::MidtermRedeposit, "yes", "no");
        let ticked = |field: Field| self.form.checked(field.id());
        MidtermTerms {
            common,
            fy_base,
            builds_on,
            prepaid: prepaid.unwrap_or(Yen::ZERO),
            approved_on: approved_on.unwrap_or(NO_DAY),
            conditions: MidtermConditions {
                prepaid: ticked(Field::MidtermConditionPrepaid),
                half_over: ticked(Field::MidtermConditionHalfOver),
                on_schedule: ticked(Field::MidtermConditionOnSchedule),
                half_done: ticked(Field::MidtermConditionHalfDone),
            },
            bank: width::full_width(&bank.unwrap_or_default()),
            redeposit: redeposit.unwrap_or_default(),
        }
    }

    pub(super) fn prepayment(&mut self) -> PrepaymentTerms {
        let common = self.common(Product::Prepayment);
        let fy_base = self.optional_money(Field::FyBase);
        let bank = self.required_line(Field::Bank, NAME_MAX);
        let redeposit = self.yes_no(Field::Redeposit, "yes", "no");
        PrepaymentTerms {
            common,
            fy_base,
            bank: width::full_width(&bank.unwrap_or_default()),
            redeposit: redeposit.unwrap_or_default(),
        }
    }

    pub(super) fn common(&mut self, product: Product) -> CommonTerms {
        let fields = Field::of(product);
        let form = match fields.form {
            Some(field) => self.choice(field, CertificateForm::from_code),
            // A reservation is never electronic (decisions.md).
            None => Some(CertificateForm::Paper),
        };
        let amount = self.required_money(fields.amount);
        let fee_method = self.choice(fields.fee_method, FeeMethod::from_code);
        let bill_to = self.bill_to(fields.bill_to);
        let paper_statement = self.yes_no(fields.paper_statement, "yes", "no");
        CommonTerms {
            form: form.unwrap_or(CertificateForm::Electronic),
            amount: amount.unwrap_or(Yen::ZERO),
            fee_method: fee_method.unwrap_or(FeeMethod::Transfer),
            bill_to: bill_to.unwrap_or_default(),
            paper_statement: paper_statement.unwrap_or_default(),
        }
    }

    pub(super) fn bill_to(&mut self, field: Field) -> Option<String> {
        let typed = self.form.get(field.id());
        if self
            .choices
            .billing_places
            .iter()
            .any(|place| place == typed)
        {
            return Some(typed.to_owned());
        }
        self.fault(field, &format!("{}を選択してください。", field.label()));
        None
    }
}
