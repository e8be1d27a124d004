//! Which fields a rule reads: what could not be read keeps only the rules silent that need it.

use super::{Finding, RuleId};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::product::Product;

/// Whether everything behind a finding could be read, and its field has no fault of its own yet.
pub(super) fn were_read(finding: &Finding, content: &ApplicationContent, unread: &[Field]) -> bool {
    !unread.contains(&finding.field)
        && inputs(finding, content)
            .iter()
            .all(|field| !unread.contains(field))
}

/// What the prepayment's ratio is reckoned from; a typed 今年度対象額 takes the price's place.
pub(super) fn base(content: &ApplicationContent, unread: &[Field]) -> &'static [Field] {
    let own = content.prepayment.as_ref().and_then(|it| it.fy_base);
    if own.is_some() || unread.contains(&Field::FyBase) {
        &[Field::FyBase, Field::Kind]
    } else {
        &[Field::Price, Field::Kind]
    }
}

fn inputs(finding: &Finding, content: &ApplicationContent) -> Vec<Field> {
    let contract = finding.product == Some(Product::Contract);
    let of = |prepayment, other| if contract { other } else { prepayment };
    match finding.rule {
        RuleId::Change => vec![Field::Price, Field::PeriodFrom, Field::PeriodTo],
        RuleId::ProductChosen => vec![Field::PrepaymentOn, Field::ContractOn],
        RuleId::Period => vec![Field::PeriodFrom, Field::PeriodTo],
        RuleId::ContractDate => vec![Field::ContractDate],
        RuleId::JointVenture => vec![Field::JvName, Field::JvRepresentative],
        // Kind and dates are asked of what could be read; the answer says which one it misses.
        RuleId::ElectronicAcceptance => vec![
            Field::Obligee,
            of(Field::PrepaymentForm, Field::ContractForm),
        ],
        RuleId::FiscalYearBase => vec![Field::FyBase, Field::Price],
        RuleId::AmountRange => vec![
            of(Field::PrepaymentAmount, Field::ContractAmount),
            Field::Price,
        ],
        RuleId::PrepaymentRate => {
            let mut fields = base(content, &[]).to_vec();
            fields.extend([Field::FyBase, Field::PrepaymentAmount, Field::Obligee]);
            fields
        }
        RuleId::PrepaymentRounding => vec![Field::PrepaymentAmount, Field::Obligee],
        RuleId::ContractRate => vec![Field::ContractAmount, Field::Price, Field::Obligee],
        RuleId::ContractRider => vec![Field::PrepaymentPlan],
        RuleId::Bank => vec![Field::Bank],
        RuleId::LumpSum => vec![of(Field::PrepaymentFeeMethod, Field::ContractFeeMethod)],
        RuleId::Handover => vec![Field::Handover],
        RuleId::NoticeMail => vec![Field::Notify, Field::Email],
        RuleId::Overlap => vec![Field::Obligee, Field::WorksName],
        RuleId::Printable | RuleId::Foundation => Vec::new(),
    }
}
