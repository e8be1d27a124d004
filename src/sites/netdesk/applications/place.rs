//! Where the dates stand that may decide whether an electronic guarantee is taken: with the works where
//! the obligee's rule asks for them, else among the bid's facts. Each stands once.

use crate::domain::acceptance::{self, RequiredDates};
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::rulebook::{Basis, Electronic, RuleBook};

/// The dates that move.
pub const DECIDING: [Field; 4] = [
    Field::NoticeDate,
    Field::AwardDate,
    Field::BidDate,
    Field::PlannedNoticeDate,
];

/// The form's arrangement for one kind of application and one obligee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    kind: ApplicationKind,
    required: RequiredDates,
    bid: bool,
    planned: bool,
}

impl Place {
    pub fn of(kind: ApplicationKind, book: Option<&RuleBook>) -> Self {
        let hangs_on = |basis: Basis| match book.map(|book| &book.electronic) {
            Some(Electronic::From { rules }) => rules
                .iter()
                .any(|rule| rule.basis == basis && (rule.from.is_some() || rule.until.is_some())),
            _ => false,
        };
        Self {
            kind,
            required: acceptance::required_dates(book),
            bid: hangs_on(Basis::BidDate),
            planned: hangs_on(Basis::PlannedContractNotice),
        }
    }

    /// The obligee's rule asks for this date.
    pub fn asks(self, field: Field) -> bool {
        if self.kind == ApplicationKind::Reservation {
            return field == Field::BidDate;
        }
        match field {
            Field::NoticeDate => self.required.notice,
            Field::AwardDate => self.required.award,
            Field::ContractDate => self.required.contract,
            Field::BidDate => self.bid,
            Field::PlannedNoticeDate => self.planned,
            _ => false,
        }
    }

    /// The section in which the page shows a field.
    pub fn section(self, field: Field) -> Section {
        if DECIDING.contains(&field) && !self.asks(field) {
            Section::Bid
        } else {
            field.section()
        }
    }
}
