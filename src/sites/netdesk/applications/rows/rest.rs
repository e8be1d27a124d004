//! The rows of 入札の状況 and その他.

use super::super::place::DECIDING;
use super::super::sheet::Sheet;
use super::{CHOOSE, wanted};
use crate::domain::content::{BidMethod, Handover, PrepaymentPlan};
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::web::field::{Choice, FieldView};

impl Sheet<'_> {
    /// 入札の状況
    pub fn bid(&self) -> Vec<FieldView> {
        let methods = BidMethod::ALL
            .map(|method| Choice::new(method.code(), method.label()))
            .into();
        let mut rows = vec![
            self.select(Field::BidMethod, "選択しない", methods)
                .optional(),
        ];
        if !self.place().asks(Field::AwardDate) {
            rows.push(self.marked(Field::AwardDate, self.day(Field::AwardDate)));
        }
        rows.push(self.money(Field::PlannedPrice).optional());
        let ticked = |field: Field, label: &str, words: &str| {
            FieldView::tick(field.id(), label, self.form.checked(field.id()), words)
                .optional()
                .error(self.error(field))
        };
        rows.push(ticked(
            Field::LowPrice,
            Field::LowPrice.label(),
            "対象である",
        ));
        rows.push(ticked(Field::Midterm, "中間前払金", Field::Midterm.label()));
        rows.push(
            self.prepayment_plan()
                .hint("契約保証だけを申し込むときに選びます。"),
        );
        rows.extend(self.distinctions());
        rows
    }

    /// 前払金保証の申込み: what a 契約保証 alone, and a reservation, rides on.
    pub(super) fn prepayment_plan(&self) -> FieldView {
        let plans = PrepaymentPlan::ALL
            .map(|plan| Choice::new(plan.code(), plan.label()))
            .into();
        self.marked(
            Field::PrepaymentPlan,
            self.radios(Field::PrepaymentPlan, plans),
        )
    }

    /// The dates that no rule asks for, 落札決定日 aside: folded away.
    pub fn dates_aside(&self) -> Vec<FieldView> {
        DECIDING
            .into_iter()
            .filter(|field| *field != Field::AwardDate && !self.place().asks(*field))
            .map(|field| {
                let row = self.marked(field, self.day(field));
                match field {
                    Field::NoticeDate => row.hint("指名競争入札では、指名の日を入力します。"),
                    _ => row,
                }
            })
            .collect()
    }

    /// 申込送信先、保証証書受取
    pub fn sending(&self) -> Vec<FieldView> {
        let branches = self
            .offer
            .branches
            .iter()
            .map(|branch| Choice::new(branch.id.to_string(), &branch.name))
            .collect();
        let handover = Handover::ALL
            .map(|handover| Choice::new(handover.code(), handover.label()))
            .into();
        let email = self
            .text(Field::Email)
            .width("in--m")
            .autocomplete("email")
            .input_mode("email")
            .code()
            .help(
                Field::Email.label(),
                &["発行完了のお知らせをお送りします。認証キーはメールに記載しません。"],
            )
            .hint("「希望する」ときに必要です。");
        let handover = self.marked(Field::Handover, self.radios(Field::Handover, handover));
        let branch = self.select(Field::Branch, CHOOSE, branches).required();
        if self.kind == ApplicationKind::Reservation {
            let words = "契約保証予約証書は紙で発行します。受け取りの方法を選びます。";
            return vec![branch, handover.hint(words)];
        }
        vec![
            branch,
            handover.hint("証書(紙)を選んだ保証があるときに選びます。"),
            self.radios(Field::Notify, wanted())
                .required()
                .hint("※「希望する」場合、弊社手続き完了後にメールを送信します。"),
            self.marked(Field::Email, email),
        ]
    }

    /// 連絡先
    pub fn contact(&self) -> Vec<FieldView> {
        vec![
            self.text(Field::Department).optional().width("in--m").help(
                Field::Department.label(),
                &["証書や内容についてお尋ねするときの連絡先です。"],
            ),
            self.text(Field::Post).optional().width("in--m"),
            self.text(Field::Person).optional().width("in--m"),
            self.text(Field::Tel)
                .optional()
                .width("in--date num")
                .autocomplete("tel")
                .input_mode("tel"),
        ]
    }

    /// お客様から弊社への連絡事項
    pub fn message(&self) -> FieldView {
        let field = Field::Message;
        FieldView::area(field.id(), field.label(), self.get(field), 3)
            .optional()
            .error(self.error(field))
    }
}
