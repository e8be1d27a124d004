//! 入札の状況 and その他（インフォメーション）.

use super::reader::{NO_DAY, Reader};
use super::{MESSAGE_MAX, NAME_MAX, REASON_MAX};
use crate::domain::content::{
    BidFacts, BidMethod, ChangeTerms, Handover, Information, PrepaymentPlan,
};
use crate::domain::email::Email;
use crate::domain::field::Field;
use crate::domain::text;

impl Reader<'_> {
    pub(super) fn bid(&mut self) -> BidFacts {
        let method = self.optional_choice(Field::BidMethod, BidMethod::from_code);
        let planned_price = self.optional_money(Field::PlannedPrice);
        let plan = self.prepayment_plan();
        let design_price = self.optional_money(Field::DesignPrice);
        let named = |line: Option<String>| line.filter(|line| !line.is_empty());
        let obligee_section = named(self.line(Field::ObligeeSection, NAME_MAX));
        let kind_detail = named(self.line(Field::KindDetail, NAME_MAX));
        BidFacts {
            method,
            planned_price,
            low_price: self.form.checked(Field::LowPrice.id()),
            midterm: self.form.checked(Field::Midterm.id()),
            prepayment_plan: plan,
            design_price,
            obligee_section,
            kind_detail,
            partial_payment: self.form.checked(Field::PartialPayment.id()),
            by_change: self.form.checked(Field::ByChange.id()),
        }
    }

    pub(super) fn prepayment_plan(&mut self) -> Option<PrepaymentPlan> {
        self.optional_choice(Field::PrepaymentPlan, PrepaymentPlan::from_code)
    }

    /// 変更の申込: when and why, on what holds now.
    pub(super) fn change(&mut self) -> Option<ChangeTerms> {
        let before = self.choices.change?;
        let changed_on = self.required_date(Field::ChangedOn);
        let field = Field::ChangeReason;
        let reason = match text::block(self.form.get(field.id()), REASON_MAX) {
            Ok(reason) if reason.trim().is_empty() => {
                self.fault(
                    field,
                    "変更の理由を入力してください（例：設計変更による増額）。",
                );
                String::new()
            }
            Ok(reason) => reason,
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                String::new()
            }
        };
        Some(ChangeTerms {
            changed_on: changed_on.unwrap_or(NO_DAY),
            reason,
            before,
        })
    }

    pub(super) fn information(&mut self) -> Information {
        let branch = self
            .form
            .get(Field::Branch.id())
            .parse()
            .ok()
            .filter(|id| self.choices.branches.contains(id));
        if branch.is_none() {
            self.fault(Field::Branch, "申込送信先を選択してください。");
        }
        let handover = self.optional_choice(Field::Handover, Handover::from_code);
        // Of a reservation there is no electronic certificate to tell of.
        let (notify, email) = if self.kind.asks(Field::Notify) {
            let notify = self.yes_no(Field::Notify, "yes", "no");
            (notify, self.email(notify == Some(true)))
        } else {
            (Some(false), None)
        };
        let department = self.line(Field::Department, NAME_MAX);
        let post = self.line(Field::Post, NAME_MAX);
        let person = self.line(Field::Person, NAME_MAX);
        let tel = self.tel();
        let message = match text::block(self.form.get(Field::Message.id()), MESSAGE_MAX) {
            Ok(message) => Some(message),
            Err(fault) => {
                self.fault(Field::Message, &fault.sentence(Field::Message.label()));
                None
            }
        };
        Information {
            branch_id: branch.unwrap_or_default(),
            handover,
            notify: notify.unwrap_or_default(),
            email,
            department: department.unwrap_or_default(),
            post: post.unwrap_or_default(),
            person: person.unwrap_or_default(),
            tel: tel.unwrap_or_default(),
            message: message.unwrap_or_default(),
        }
    }

    pub(super) fn email(&mut self, needed: bool) -> Option<String> {
        let typed = self.form.get(Field::Email.id());
        if typed.trim().is_empty() {
            if needed {
                self.fault(
                    Field::Email,
                    "お知らせを「希望する」ときは、メールアドレスを入力してください。",
                );
            }
            return None;
        }
        match Email::parse(typed) {
            Ok(email) => Some(email.as_str().to_owned()),
            Err(fault) => {
                self.fault(Field::Email, &fault.sentence(Field::Email.label()));
                None
            }
        }
    }

    pub(super) fn tel(&mut self) -> Option<String> {
        let typed = self.form.get(Field::Tel.id());
        if typed.trim().is_empty() {
            return Some(String::new());
        }
        let folded = text::fold_figures(typed);
        let digits = folded.bytes().filter(u8::is_ascii_digit).count();
        let clean = folded
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'(' | b')'));
        if clean && (9..=15).contains(&digits) {
            Some(folded)
        } else {
            self.fault(
                Field::Tel,
                "連絡先電話番号は、045-000-0000 のように数字で入力してください（9～15けた）。",
            );
            None
        }
    }
}
