//! Which fields a rule reads: what could not be read keeps only the rules silent that need it.

use super::{Judged, RuleId};
use crate::domain::content::ApplicationContent;
use crate::domain::field::Field;
use crate::domain::product::Product;

/// Whether everything behind it could be read, and its field has no fault of its own yet.
pub(super) fn were_read(
    judged: &Judged<'_>,
    content: &ApplicationContent,
    unread: &[Field],
) -> bool {
    !unread.contains(&judged.field)
        && inputs(judged, content)
            .iter()
            .all(|field| !unread.contains(field))
}

/// What the ratio of money paid in advance is reckoned from; a typed 今年度対象額 takes the price's
/// place, and so do the lines of the years.
pub(super) fn base(content: &ApplicationContent, product: Product, unread: &[Field]) -> Vec<Field> {
    let typed = fy_base(product);
    let mut fields = vec![Field::Kind];
    if content.fy_base(product).is_some() || unread.contains(&typed) {
        fields.push(typed);
    } else {
        fields.push(Field::Price);
    }
    if content.works.multi_year.is_some() {
        fields.extend(years());
        fields.extend([Field::PeriodFrom, Field::PeriodTo]);
    }
    fields
}

fn fy_base(product: Product) -> Field {
    match product {
        Product::Midterm => Field::MidtermFyBase,
        _ => Field::FyBase,
    }
}

fn years() -> impl Iterator<Item = Field> {
    Field::YEARS
        .into_iter()
        .flat_map(|(scheduled, ceiling)| [scheduled, ceiling])
}

fn period() -> [Field; 2] {
    [Field::PeriodFrom, Field::PeriodTo]
}

fn inputs(judged: &Judged<'_>, content: &ApplicationContent) -> Vec<Field> {
    let product = judged.product.unwrap_or(Product::Prepayment);
    let own = Field::of(product);
    let with_base = |more: &[Field]| {
        let mut fields = base(content, product, &[]);
        fields.extend([fy_base(product), own.amount, Field::Obligee]);
        fields.extend(more);
        fields
    };
    match judged.rule {
        RuleId::ProductChosen => Product::ALL.map(|product| Field::of(product).on).to_vec(),
        RuleId::Period => period().to_vec(),
        RuleId::ContractDate => vec![Field::ContractDate],
        RuleId::JointVenture => {
            let mut fields = vec![Field::JvName, Field::JvRepresentative];
            fields.extend(
                Field::MEMBERS
                    .into_iter()
                    .flat_map(|(name, share)| [name, share]),
            );
            fields
        }
        RuleId::MultiYear => {
            let mut fields = vec![Field::Price, Field::Obligation];
            fields.extend(period());
            fields.extend(years());
            fields
        }
        // Kind and dates are asked of what could be read; the answer says which one it misses.
        RuleId::ElectronicAcceptance => vec![
            Field::Obligee,
            own.form_or_switch(),
            Field::ObligeeSection,
            Field::KindDetail,
        ],
        RuleId::FiscalYearBase => {
            let mut fields = vec![fy_base(product), Field::Price];
            if content.works.multi_year.is_some() {
                fields.extend(years());
                fields.extend(period());
            }
            fields
        }
        RuleId::AmountRange => vec![own.amount, Field::Price],
        RuleId::MinimumPrice => vec![Field::Kind, Field::Obligee, judged.field],
        RuleId::MinimumDays => {
            let mut fields = vec![Field::Kind, Field::Obligee];
            fields.extend(period());
            fields
        }
        RuleId::PrepaymentRate | RuleId::Cap => with_base(&[Field::KindDetail]),
        RuleId::MidtermRate | RuleId::TogetherRate => {
            with_base(&[Field::MidtermPrepaid, Field::MidtermBuildsOn])
        }
        RuleId::DecreaseRate => with_base(&[]),
        RuleId::PrepaymentRounding | RuleId::MidtermRounding => vec![own.amount, Field::Obligee],
        RuleId::MidtermAllowed => vec![Field::Obligee],
        RuleId::MidtermBuildsOn => vec![Field::MidtermBuildsOn, Field::MidtermPrepaid],
        RuleId::MidtermConditions => Vec::new(),
        RuleId::MidtermDay => {
            let mut fields = vec![Field::MidtermApprovedOn, Field::Obligation];
            fields.extend(period());
            fields
        }
        RuleId::ContractRate => vec![Field::ContractAmount, Field::Price, Field::Obligee],
        RuleId::ReservationRate => vec![
            Field::ReservationAmount,
            Field::PlannedPrice,
            Field::Price,
            Field::Obligee,
        ],
        RuleId::ReservationForm => Vec::new(),
        RuleId::ContractRider => vec![Field::PrepaymentPlan],
        RuleId::Bank => vec![judged.field],
        RuleId::LumpSum => vec![own.fee_method],
        RuleId::Handover => vec![Field::Handover],
        RuleId::NoticeMail => vec![Field::Notify, Field::Email],
        RuleId::Overlap => vec![Field::Obligee, Field::WorksName],
        RuleId::Change => {
            let mut fields = vec![Field::Price, own.amount, fy_base(product)];
            fields.extend(period());
            fields
        }
        RuleId::Foundation | RuleId::FormLocked | RuleId::Printable => Vec::new(),
    }
}
