//! What stands in the way of issuing today, although it was right to apply: said to the staff.

use time::Date;

use crate::domain::content::ApplicationContent;
use crate::domain::product::Product;
use crate::domain::wording::era_plain;

/// Why `product`, applied for on `applied_on`, cannot be issued today; empty when the dates allow it.
pub fn before_issue(
    content: &ApplicationContent,
    product: Product,
    applied_on: Date,
    today: Date,
) -> Vec<String> {
    let mut reasons = Vec::new();
    let early = content.works.contract_date.filter(|date| *date > today);
    if let Some(date) = early.filter(|_| product.is_advance()) {
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
    let until = content.until(product, applied_on);
    if until < today {
        reasons.push(format!(
            "保証期限（{}）が過ぎているため、発行できません。工期を直していただくときは、お客様へ差し戻してください。",
            era_plain(until)
        ));
    }
    reasons
}
