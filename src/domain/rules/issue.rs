//! What stands in the way of issuing today, although it was right to apply: said to the staff.

use time::Date;

use crate::domain::content::ApplicationContent;
use crate::domain::product::Product;
use crate::domain::wording::era_plain;

/// Why `product` cannot be issued today; empty when the dates allow it.
pub fn before_issue(content: &ApplicationContent, product: Product, today: Date) -> Vec<String> {
    let works = &content.works;
    let mut reasons = Vec::new();
    let early = works.contract_date.filter(|date| *date > today);
    if let Some(date) = early.filter(|_| product == Product::Prepayment) {
        reasons.push(format!(
            "請負契約日（{}）より前は発行できません。その日になったら発行してください。",
            era_plain(date)
        ));
    }
    let changed = content.change.as_ref().map(|terms| terms.changed_on);
    if let Some(date) = changed.filter(|date| *date > today) {
        reasons.push(format!(
            "変更契約日（{}）より前は、変更の証書を発行できません。その日になったら発行してください。",
            era_plain(date)
        ));
    }
    if works.period_to < today {
        reasons.push(format!(
            "保証期限（{}）が過ぎているため、発行できません。工期を直していただくときは、お客様へ差し戻してください。",
            era_plain(works.period_to)
        ));
    }
    reasons
}
