//! What an application is about: a new guarantee, a reservation, a change. It stays what it began as.

use super::field::{Field, Section};
use super::product::Product;
use super::typed::TypedForm;

/// The kind of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApplicationKind {
    /// 保証申込（前払・中間・契約）
    New,
    /// 契約保証予約申込（入札ボンド）
    Reservation,
    /// 変更の申込
    Change,
}

impl ApplicationKind {
    pub const ALL: [Self; 3] = [Self::New, Self::Reservation, Self::Change];

    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reservation => "reservation",
            Self::Change => "change",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The kind a typed form says it is: a reservation is applied for alone.
    pub fn of(form: &TypedForm) -> Self {
        if form.checked(Field::ReservationOn.id()) {
            Self::Reservation
        } else {
            Self::New
        }
    }

    /// The heading of its form.
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "保証申込",
            Self::Reservation => "契約保証予約申込",
            Self::Change => "変更の申込",
        }
    }

    /// The products its form has a block for.
    pub fn products(self) -> &'static [Product] {
        match self {
            Self::New | Self::Change => &Product::TOGETHER,
            Self::Reservation => &[Product::Reservation],
        }
    }

    /// The sections of its form: of a bid that is not decided yet there is nothing to say.
    pub fn sections(self) -> &'static [Section] {
        match self {
            Self::New | Self::Change => &Section::ALL,
            Self::Reservation => &[Section::Works, Section::Guarantee, Section::Information],
        }
    }

    /// Whether its form asks for a field.
    pub fn asks(self, field: Field) -> bool {
        let reserved = matches!(
            field,
            Field::ReservationOn
                | Field::ReservationAmount
                | Field::ReservationFeeMethod
                | Field::ReservationBillTo
                | Field::ReservationPaperStatement
        );
        match (self, field) {
            (_, Field::ChangedOn | Field::ChangeReason) => self == Self::Change,
            (Self::New | Self::Change, _) => !reserved,
            (Self::Reservation, Field::Notify | Field::Email) => false,
            (Self::Reservation, field) => {
                reserved
                    || matches!(field, Field::BidDate | Field::PrepaymentPlan)
                    || field.section() == Section::Information
                    || field.section() == Section::Works && !is_later(field)
            }
        }
    }

    /// Makes a typed form one of this kind: the switch that tells it is set, the others are off.
    pub fn shape(self, form: &mut TypedForm) {
        match self {
            Self::Reservation => {
                form.set(Field::ReservationOn.id(), "on");
                for product in Product::TOGETHER {
                    form.remove(Field::of(product).on.id());
                }
            }
            Self::New | Self::Change => form.remove(Field::ReservationOn.id()),
        }
    }
}

/// Facts of the works that nobody knows before the bid.
fn is_later(field: Field) -> bool {
    let yearly = |(scheduled, ceiling)| field == scheduled || field == ceiling;
    matches!(
        field,
        Field::NoticeDate | Field::AwardDate | Field::PlannedNoticeDate | Field::Obligation
    ) || Field::YEARS.into_iter().any(yearly)
}

impl Field {
    /// The label in a form of this kind: before the bid price, period and contract are planned.
    pub fn label_in(self, kind: ApplicationKind) -> &'static str {
        if kind != ApplicationKind::Reservation {
            return self.label();
        }
        match self {
            Self::Price => "予定請負金額",
            Self::ContractDate => "契約予定日",
            Self::PeriodFrom => "予定工期の始め",
            Self::PeriodTo => "予定工期の終わり",
            Self::Handover => "予約証書受取",
            other => other.label(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_stays_alone_and_nothing_else_becomes_one() {
        let mut form: TypedForm = [("prepayment_on", "on"), ("contract_on", "on")]
            .into_iter()
            .collect();
        ApplicationKind::Reservation.shape(&mut form);
        assert_eq!(ApplicationKind::of(&form), ApplicationKind::Reservation);
        assert!(!form.checked("prepayment_on") && !form.checked("contract_on"));
        ApplicationKind::New.shape(&mut form);
        assert_eq!(ApplicationKind::of(&form), ApplicationKind::New);
        for kind in ApplicationKind::ALL {
            assert_eq!(ApplicationKind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn what_the_bid_decides_is_not_asked_before_it() {
        let kind = ApplicationKind::Reservation;
        for field in [
            Field::AwardDate,
            Field::Scheduled1,
            Field::PrepaymentAmount,
            Field::LowPrice,
            Field::Notify,
            Field::ChangeReason,
        ] {
            assert!(!kind.asks(field), "{field:?}");
        }
        for field in [
            Field::BidDate,
            Field::PrepaymentPlan,
            Field::Price,
            Field::JvShare5,
            Field::Handover,
        ] {
            assert!(kind.asks(field), "{field:?}");
        }
        assert_eq!(Field::Price.label_in(kind), "予定請負金額");
        assert_eq!(
            Field::Price.label_in(ApplicationKind::New),
            "請負金額（総額）"
        );
    }
}
