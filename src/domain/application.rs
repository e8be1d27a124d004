//! The life of a 保証申込 and of each product in it: one enum, one table of words (decisions.md).

use serde::{Deserialize, Serialize};

/// Where one product of an application stands. A draft has no items yet; its word is here too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Draft,
    Submitted,
    UnderExamination,
    Returned,
    AwaitingApproval,
    Approved,
    Ordered,
    Issued,
    Declined,
    Withdrawn,
}

impl ItemState {
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Submitted,
        Self::UnderExamination,
        Self::Returned,
        Self::AwaitingApproval,
        Self::Approved,
        Self::Ordered,
        Self::Issued,
        Self::Declined,
        Self::Withdrawn,
    ];

    /// What the contractor reads. `fee_due`: the fee is neither confirmed nor under 一括納付.
    pub fn contractor_word(self, fee_due: bool) -> &'static str {
        match self {
            Self::Draft => "下書き",
            Self::Submitted => "送信済",
            Self::UnderExamination | Self::AwaitingApproval => "審査中",
            Self::Returned => "差戻し（ご確認のお願い）",
            Self::Approved if fee_due => "承認済（保証料のお支払い待ち）",
            Self::Approved => "承認済",
            Self::Ordered => "発行手続中",
            Self::Issued => "発行済",
            Self::Declined => "お引き受けできません",
            Self::Withdrawn => "取下げ",
        }
    }

    /// What staff read.
    pub fn staff_word(self) -> &'static str {
        match self {
            Self::Draft => "下書き",
            Self::Submitted => "新着",
            Self::UnderExamination => "審査中",
            Self::Returned => "差戻し中",
            Self::AwaitingApproval => "承認待ち",
            Self::Approved => "承認済",
            Self::Ordered => "発行手続中",
            Self::Issued => "発行済",
            Self::Declined => "謝絶",
            Self::Withdrawn => "取下げ",
        }
    }

    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderExamination => "under_examination",
            Self::Returned => "returned",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Approved => "approved",
            Self::Ordered => "ordered",
            Self::Issued => "issued",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The end of the road: nothing happens to the item any more. Only what a corrected application
    /// left out can come back, with the next correction.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Issued | Self::Declined | Self::Withdrawn)
    }
}

/// What is done to an application or to one product of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// 審査を開始する (application)
    TakeUp,
    /// 差戻す (application)
    Return,
    /// 取下げ (application, by its contractor)
    Withdraw,
    /// Sent again after a return (application)
    Resubmit,
    /// 承認に回す (item)
    PassOn,
    /// 承認する (item)
    Approve,
    /// The approval taken back, before the order (item)
    TakeBack,
    /// 謝絶する (item)
    Decline,
    /// 発行する (item)
    Order,
    /// T2 for electronic, T1 for paper (item)
    Issue,
    /// The order's job was buried (item)
    Bury,
}

impl ItemState {
    /// The state after an act, or `None` where the act does not fit this state.
    pub fn after(self, act: Act) -> Option<Self> {
        use ItemState as S;
        match (act, self) {
            (Act::TakeUp, S::Submitted) => Some(S::UnderExamination),
            (Act::Return, S::UnderExamination | S::AwaitingApproval | S::Approved) => {
                Some(S::Returned)
            }
            (Act::Withdraw, S::Submitted | S::Returned) => Some(S::Withdrawn),
            (Act::Resubmit, S::Returned | S::Withdrawn) => Some(S::Submitted),
            (Act::PassOn, S::UnderExamination) => Some(S::AwaitingApproval),
            (Act::Approve, S::AwaitingApproval) => Some(S::Approved),
            (Act::TakeBack, S::Approved) => Some(S::AwaitingApproval),
            (Act::Decline, S::UnderExamination | S::AwaitingApproval) => Some(S::Declined),
            (Act::Order, S::Approved) => Some(S::Ordered),
            (Act::Issue, S::Ordered) => Some(S::Issued),
            (Act::Bury, S::Ordered) => Some(S::Approved),
            _ => None,
        }
    }
}

/// Where the application as a whole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Draft,
    Submitted,
    UnderExamination,
    Returned,
    Withdrawn,
    /// Every product has come to its end.
    Closed,
}

impl Stage {
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Submitted,
        Self::UnderExamination,
        Self::Returned,
        Self::Withdrawn,
        Self::Closed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderExamination => "under_examination",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// The contractor may type in the form.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// The contractor may withdraw: sent and not yet examined, or returned.
    pub fn is_withdrawable(self) -> bool {
        matches!(self, Self::Submitted | Self::Returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes_are_each_said_once() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::from_code(state.code()), Some(state));
        }
        for stage in Stage::ALL {
            assert_eq!(Stage::from_code(stage.code()), Some(stage));
        }
        assert_eq!(
            ItemState::Approved.contractor_word(true),
            "承認済（保証料のお支払い待ち）"
        );
        assert_eq!(ItemState::AwaitingApproval.contractor_word(false), "審査中");
        assert_eq!(ItemState::AwaitingApproval.staff_word(), "承認待ち");
    }

    #[test]
    fn the_straight_way_leads_to_issue() {
        let way = [
            Act::TakeUp,
            Act::PassOn,
            Act::Approve,
            Act::Order,
            Act::Issue,
        ];
        let end = way
            .into_iter()
            .try_fold(ItemState::Submitted, ItemState::after);
        assert_eq!(end, Some(ItemState::Issued));
    }

    #[test]
    fn final_states_take_no_act() {
        let acts = [
            Act::TakeUp,
            Act::Return,
            Act::Withdraw,
            Act::Resubmit,
            Act::PassOn,
            Act::Approve,
            Act::TakeBack,
            Act::Decline,
            Act::Order,
            Act::Issue,
            Act::Bury,
        ];
        for state in ItemState::ALL.into_iter().filter(|state| state.is_final()) {
            for act in acts {
                let again = (state, act) == (ItemState::Withdrawn, Act::Resubmit);
                let expected = again.then_some(ItemState::Submitted);
                assert_eq!(state.after(act), expected, "{state:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_contractor_cannot_withdraw_once_examination_began() {
        assert_eq!(ItemState::UnderExamination.after(Act::Withdraw), None);
        assert_eq!(
            ItemState::Submitted.after(Act::Withdraw),
            Some(ItemState::Withdrawn)
        );
    }
}
