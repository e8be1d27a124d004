//! What only some obligees tell contracts apart by: asked for where their rules hang on it.

use super::sheet::Sheet;
use crate::domain::acceptance;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::web::field::{Choice, FieldView};

impl Sheet<'_> {
    /// The rows that this obligee's rules ask for, and those with something typed or wrong in them.
    pub fn distinctions(&self) -> Vec<FieldView> {
        let asked = acceptance::distinctions(self.book);
        let wanted = |field: Field, asked: bool| {
            asked || !self.get(field).is_empty() || self.error(field).is_some()
        };
        let mut rows = Vec::new();
        if wanted(Field::KindDetail, !asked.details.is_empty()) {
            rows.push(
                self.among(Field::KindDetail, "どれでもない", &asked.details)
                    .optional()
                    .hint("この発注者が区別している契約のどれかに当たるときに選びます。"),
            );
        }
        if wanted(Field::ObligeeSection, !asked.sections.is_empty()) {
            let mut sections = asked.sections.clone();
            sections.push("その他の課".to_owned());
            let row = self.among(Field::ObligeeSection, "選択してください", &sections);
            rows.push(row.hint("この発注者は、担当の課で電子保証の可否が決まります。"));
        }
        if wanted(Field::DesignPrice, asked.design_price) {
            let field = Field::DesignPrice;
            let read = self
                .yen(field)
                .filter(|yen| yen.get() >= 10_000)
                .map_or_else(String::new, Yen::man);
            rows.push(
                FieldView::money(field.id(), field.label(), self.get(field))
                    .read(read)
                    .error(self.error(field))
                    .optional()
                    .hint("この発注者は、設計金額で対象が決まります。"),
            );
        }
        for (field, label, words, asked) in [
            (
                Field::PartialPayment,
                "部分払",
                Field::PartialPayment.label(),
                asked.partial_payment,
            ),
            (
                Field::ByChange,
                "変更契約",
                Field::ByChange.label(),
                asked.by_change,
            ),
        ] {
            if wanted(field, asked) {
                rows.push(
                    FieldView::tick(field.id(), label, self.form.checked(field.id()), words)
                        .optional()
                        .error(self.error(field)),
                );
            }
        }
        rows
    }

    /// One of the obligee's own words; what was typed before stays to be chosen.
    fn among(&self, field: Field, first: &str, words: &[String]) -> FieldView {
        let typed = self.get(field);
        let mut choices = vec![Choice::new("", first)];
        choices.extend(words.iter().map(|word| Choice::new(word, word)));
        if !typed.is_empty() && !words.iter().any(|word| word == typed) {
            choices.push(Choice::new(typed, typed));
        }
        FieldView::select(field.id(), field.label(), typed, choices).error(self.error(field))
    }
}
