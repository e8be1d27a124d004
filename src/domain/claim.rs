//! 保証金 that an obligee could claim when works end unfinished (domain.md §4.7; 公共工事の前払金保証事業に
//! 関する法律 art. 2). A reckoning for staff: nothing is paid from here.

use super::money::Yen;

/// What the obligee has paid, and what the works are worth. Whole yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// The money in advance this guarantee stands for.
    pub advance: Yen,
    /// What was paid beside it: 部分払, other money in advance.
    pub beside: Yen,
    /// 既済部分の代価: what the built part is worth.
    pub built: Yen,
}

impl Reckoning {
    /// What was paid and is not covered by what was built.
    pub fn uncovered(self) -> i64 {
        (self.advance.get() + self.beside.get() - self.built.get()).max(0)
    }

    /// What the surety would pay: what is not covered, at most the money in advance.
    pub fn payable(self) -> Yen {
        Yen::new(self.uncovered()).map_or(self.advance, |yen| yen.min(self.advance))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn yen(value: i64) -> Yen {
        Yen::new(value).unwrap()
    }

    /// T28: 10,000,000 of which 4,000,000 were prepaid, ended at 15 % and at 45 % after 2,000,000.
    #[test]
    fn t28_what_is_not_covered_by_what_was_built_is_paid() {
        for (beside, built, payable) in [
            (0, 1_500_000, 2_500_000),
            (2_000_000, 4_500_000, 1_500_000),
            (0, 4_000_000, 0),
            (0, 4_000_001, 0),
            (0, 0, 4_000_000),
            (2_000_000, 1_000_000, 4_000_000),
        ] {
            let case = Reckoning {
                advance: yen(4_000_000),
                beside: yen(beside),
                built: yen(built),
            };
            assert_eq!(case.payable(), yen(payable), "{case:?}");
        }
    }

    proptest! {
        #[test]
        fn never_more_than_the_advance_nor_than_what_is_not_covered(
            advance in 0..=9_999_999_999_999i64,
            beside in 0..=9_999_999_999_999i64,
            built in 0..=9_999_999_999_999i64,
        ) {
            let case = Reckoning { advance: yen(advance), beside: yen(beside), built: yen(built) };
            let paid = case.payable().get();
            prop_assert!(paid <= advance && paid <= case.uncovered());
            prop_assert!(paid == advance || paid == case.uncovered());
        }
    }
}
