//! Which rule.

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[$words:meta])* $name:ident, $code:literal, $title:literal, $graded:literal;)*) => {
        /// Which rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RuleId { $($(#[$words])* $name),* }

        impl RuleId {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable name, for records and the command line.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// 確認すること.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            /// Whether a rule book may say how much it counts: the obligee's own rules, not what
            /// every guarantee needs.
            pub fn is_graded(self) -> bool {
                match self { $(Self::$name => $graded),* }
            }
        }
    };
}

rules! {
    ProductChosen, "product_chosen", "申し込む保証", false;
    Period, "period", "工期と保証期限", false;
    ContractDate, "contract_date", "請負契約日", false;
    JointVenture, "joint_venture", "共同企業体", false;
    MultiYear, "multi_year", "年度ごとの額", false;
    ElectronicAcceptance, "electronic_acceptance", "電子保証の対象", true;
    FiscalYearBase, "fiscal_year_base", "今年度対象額", true;
    AmountRange, "amount_range", "保証金額の範囲", false;
    MinimumPrice, "minimum_price", "最低の金額", true;
    MinimumDays, "minimum_days", "最短の工期", true;
    PrepaymentRate, "prepayment_rate", "前払金の割合", true;
    PrepaymentRounding, "prepayment_rounding", "端数", true;
    /// A greatest amount in yen, of either prepayment.
    Cap, "cap", "限度額", true;
    MidtermAllowed, "midterm_allowed", "中間前払金の取扱い", true;
    MidtermBuildsOn, "midterm_builds_on", "もとになる前払金保証", false;
    MidtermConditions, "midterm_conditions", "中間前払金の要件", true;
    MidtermDay, "midterm_day", "認定日", true;
    MidtermRate, "midterm_rate", "中間前払金の割合", true;
    TogetherRate, "together_rate", "前払金と中間前払金の合計", true;
    MidtermRounding, "midterm_rounding", "中間前払金の端数", true;
    ContractRate, "contract_rate", "契約保証の割合", true;
    ContractRider, "contract_rider", "契約保証の前提", false;
    ReservationForm, "reservation_form", "予約の形式", false;
    ReservationRate, "reservation_rate", "予約する額", true;
    Bank, "bank", "預託金融機関", false;
    LumpSum, "lump_sum", "一括納付の契約", false;
    Handover, "handover", "保証証書受取", false;
    NoticeMail, "notice_mail", "お知らせの宛先", false;
    Overlap, "overlap", "重なり", false;
    Printable, "printable", "印刷できない文字", false;
    Change, "change", "変更の内容", false;
    Foundation, "foundation", "変更のもとの証書", false;
    FormLocked, "form_locked", "証書の形式", false;
    /// What may be kept of a prepayment where the price falls.
    DecreaseRate, "decrease_rate", "減額のときの割合", true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_stored_under_its_code() {
        for rule in RuleId::ALL {
            assert_eq!(
                serde_json::to_value(rule).unwrap(),
                serde_json::json!(rule.code())
            );
        }
    }
}
