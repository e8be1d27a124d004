//! Where the dates stand that may decide whether an electronic guarantee is taken: with the works where
//! the obligee's rule asks for them, else among the bid's facts. Each stands once.

use crate::domain::acceptance::{self, RequiredDates};
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::rulebook::RuleBook;

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
}

impl Place {
    pub fn of(kind: ApplicationKind, book: Option<&RuleBook>) -> Self {
        Self {
            kind,
            required: acceptance::required_dates(book),
        }
    }

    /// The obligee's rule asks for this date.
    pub fn asks(self, field: Field) -> bool {
        if self.kind == ApplicationKind::Reservation {
            return field == Field::BidDate;
        }
        match field {
            Field::NoticeDate => self.required.notice,
            Field::BidDate => self.required.bid,
            Field::PlannedNoticeDate => self.required.planned_notice,
            Field::AwardDate => self.required.award,
            Field::ContractDate => self.required.contract,
            _ => false,
        }
    }

    /// The section in which the page shows a field.
    pub fn section(self, field: Field) -> Section {
        // Of a bid that is not decided yet only this is known: it stands with the guarantee.
        let reserves = self.kind == ApplicationKind::Reservation;
        if reserves && field == Field::PrepaymentPlan {
            Section::Guarantee
        } else if DECIDING.contains(&field) && !self.asks(field) {
            Section::Bid
        } else {
            field.section()
        }
    }
}
