//! Where 公告日 and 落札決定日 stand: with the works where the obligee's rule asks for them,
//! else among the bid's facts. Each stands once.

use crate::domain::acceptance::{self, RequiredDates};
use crate::domain::field::{Field, Section};
use crate::domain::rulebook::RuleBook;

/// The form's arrangement for one obligee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    required: RequiredDates,
}

impl Place {
    pub fn of(book: Option<&RuleBook>) -> Self {
        Self {
            required: acceptance::required_dates(book),
        }
    }

    /// The obligee's rule asks for this date.
    pub fn asks(self, field: Field) -> bool {
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
        match field {
            Field::NoticeDate | Field::AwardDate if !self.asks(field) => Section::Bid,
            field => field.section(),
        }
    }
}
