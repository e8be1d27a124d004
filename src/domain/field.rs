//! The fields of the application form: the name each has in the form, its label, its section.

use super::product::Product;

/// A part of the application form (申込の作成).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    Works,
    Guarantee,
    Bid,
    Information,
}

impl Section {
    pub const ALL: [Self; 4] = [Self::Works, Self::Guarantee, Self::Bid, Self::Information];

    /// The value of a 「…をクリア」 button and of the tab's anchor.
    pub fn id(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Guarantee => "guarantee",
            Self::Bid => "bid",
            Self::Information => "information",
        }
    }

    /// The leaflet's word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Works => "請負工事の情報",
            Self::Guarantee => "保証の申込内容",
            Self::Bid => "入札の状況",
            Self::Information => "その他",
        }
    }
}

macro_rules! fields {
    ($($name:ident, $id:literal, $section:ident, $label:literal;)*) => {
        /// One field of the application form.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Field { $($name),* }

        impl Field {
            /// In the order of the form.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The form's name of the field.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }

            /// The leaflet's label (domain.md §5.1).
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }

            /// Where in the form it stands.
            pub fn section(self) -> Section {
                match self { $(Self::$name => Section::$section),* }
            }
        }
    };
}

fields! {
    Obligee, "obligee", Works, "発注者名";
    WorksName, "works_name", Works, "工事名";
    Kind, "kind", Works, "工事／業務委託";
    Price, "price", Works, "請負金額（総額）";
    ContractDate, "contract_date", Works, "請負契約日";
    PeriodFrom, "period_from", Works, "工期の始め";
    PeriodTo, "period_to", Works, "工期の終わり";
    NoticeDate, "notice_date", Works, "公告日";
    AwardDate, "award_date", Works, "落札決定日";
    BidDate, "bid_date", Works, "入札日";
    PlannedNoticeDate, "planned_notice_date", Works, "契約予定工事通知日";
    JvName, "jv_name", Works, "JV名";
    JvRepresentative, "jv_representative", Works, "JVの代表者";
    JvMember1, "jv_member_1", Works, "構成員1";
    JvShare1, "jv_share_1", Works, "出資比率1";
    JvMember2, "jv_member_2", Works, "構成員2";
    JvShare2, "jv_share_2", Works, "出資比率2";
    JvMember3, "jv_member_3", Works, "構成員3";
    JvShare3, "jv_share_3", Works, "出資比率3";
    JvMember4, "jv_member_4", Works, "構成員4";
    JvShare4, "jv_share_4", Works, "出資比率4";
    JvMember5, "jv_member_5", Works, "構成員5";
    JvShare5, "jv_share_5", Works, "出資比率5";
    Obligation, "obligation", Works, "複数年度の契約";
    Scheduled1, "scheduled_1", Works, "1年度目の出来高予定額";
    Ceiling1, "ceiling_1", Works, "1年度目の支払限度額";
    Scheduled2, "scheduled_2", Works, "2年度目の出来高予定額";
    Ceiling2, "ceiling_2", Works, "2年度目の支払限度額";
    Scheduled3, "scheduled_3", Works, "3年度目の出来高予定額";
    Ceiling3, "ceiling_3", Works, "3年度目の支払限度額";
    Scheduled4, "scheduled_4", Works, "4年度目の出来高予定額";
    Ceiling4, "ceiling_4", Works, "4年度目の支払限度額";
    Scheduled5, "scheduled_5", Works, "5年度目の出来高予定額";
    Ceiling5, "ceiling_5", Works, "5年度目の支払限度額";
    PrepaymentOn, "prepayment_on", Guarantee, "前払金保証を申し込む";
    PrepaymentForm, "prepayment_form", Guarantee, "保証証書の形式について";
    FyBase, "fy_base", Guarantee, "今年度対象額";
    PrepaymentAmount, "prepayment_amount", Guarantee, "前払金保証金額";
    Bank, "bank", Guarantee, "預託金融機関(全角)";
    Redeposit, "redeposit", Guarantee, "再預託利用区分";
    PrepaymentFeeMethod, "prepayment_fee_method", Guarantee, "前払金保証料支払方法";
    PrepaymentBillTo, "prepayment_bill_to", Guarantee, "前払金保証料請求先";
    PrepaymentPaperStatement, "prepayment_paper_statement", Guarantee, "保証料計算書(紙)について";
    MidtermOn, "midterm_on", Guarantee, "中間前払金保証を申し込む";
    MidtermForm, "midterm_form", Guarantee, "保証証書の形式について";
    MidtermBuildsOn, "midterm_builds_on", Guarantee, "前払金保証の保証契約番号";
    MidtermPrepaid, "midterm_prepaid", Guarantee, "受け取った前払金の額";
    MidtermApprovedOn, "midterm_approved_on", Guarantee, "認定日";
    MidtermConditionPrepaid, "midterm_condition_prepaid", Guarantee, "前払金をすでに受け取っている";
    MidtermConditionHalfOver, "midterm_condition_half_over", Guarantee, "工期の2分の1を過ぎている";
    MidtermConditionOnSchedule, "midterm_condition_on_schedule", Guarantee, "工期の2分の1までに行う予定の作業が終わっている";
    MidtermConditionHalfDone, "midterm_condition_half_done", Guarantee, "出来高が請負金額の2分の1以上である";
    MidtermFyBase, "midterm_fy_base", Guarantee, "今年度対象額";
    MidtermAmount, "midterm_amount", Guarantee, "中間前払金保証金額";
    MidtermBank, "midterm_bank", Guarantee, "預託金融機関(全角)";
    MidtermRedeposit, "midterm_redeposit", Guarantee, "再預託利用区分";
    MidtermFeeMethod, "midterm_fee_method", Guarantee, "中間前払金保証料支払方法";
    MidtermBillTo, "midterm_bill_to", Guarantee, "中間前払金保証料請求先";
    MidtermPaperStatement, "midterm_paper_statement", Guarantee, "保証料計算書(紙)について";
    ContractOn, "contract_on", Guarantee, "契約保証を申し込む";
    ContractForm, "contract_form", Guarantee, "保証証書の形式について";
    ContractAmount, "contract_amount", Guarantee, "契約保証金額";
    ContractFeeMethod, "contract_fee_method", Guarantee, "契約保証料支払方法";
    ContractBillTo, "contract_bill_to", Guarantee, "契約保証料請求先";
    ContractPaperStatement, "contract_paper_statement", Guarantee, "保証料計算書(紙)について";
    ReservationOn, "reservation_on", Guarantee, "契約保証予約を申し込む";
    ReservationAmount, "reservation_amount", Guarantee, "予約金額";
    ReservationFeeMethod, "reservation_fee_method", Guarantee, "予約手数料支払方法";
    ReservationBillTo, "reservation_bill_to", Guarantee, "予約手数料請求先";
    ReservationPaperStatement, "reservation_paper_statement", Guarantee, "手数料通知書(紙)について";
    ChangedOn, "changed_on", Guarantee, "変更契約日";
    ChangeReason, "change_reason", Guarantee, "変更の理由";
    BidMethod, "bid_method", Bid, "入札方式";
    PlannedPrice, "planned_price", Bid, "予定価格";
    LowPrice, "low_price", Bid, "低入札価格調査の対象";
    Midterm, "midterm", Bid, "中間前払金あり";
    PrepaymentPlan, "prepayment_plan", Bid, "前払金保証の申込み";
    DesignPrice, "design_price", Bid, "設計金額";
    ObligeeSection, "obligee_section", Bid, "発注担当課";
    KindDetail, "kind_detail", Bid, "契約の細目";
    PartialPayment, "partial_payment", Bid, "部分払を選択している";
    ByChange, "by_change", Bid, "変更契約により新しく申し込む";
    Branch, "branch", Information, "申込送信先";
    Handover, "handover", Information, "保証証書受取";
    Notify, "notify", Information, "電子保証発行完了のお知らせ";
    Email, "email", Information, "メールアドレス";
    Department, "department", Information, "担当部署";
    Post, "post", Information, "役職";
    Person, "person", Information, "担当者名";
    Tel, "tel", Information, "連絡先電話番号";
    Message, "message", Information, "お客様から弊社への連絡事項";
}

/// The fields of one product's block; a reservation has no certificate form to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductFields {
    /// The switch of the block.
    pub on: Field,
    pub form: Option<Field>,
    pub amount: Field,
    pub fee_method: Field,
    pub bill_to: Field,
    pub paper_statement: Field,
}

impl ProductFields {
    /// Where the form of the certificate is said: beside its choice, else beside the switch.
    pub fn form_or_switch(&self) -> Field {
        self.form.unwrap_or(self.on)
    }
}

impl Field {
    /// 構成員 and 出資比率, line by line.
    pub const MEMBERS: [(Self, Self); 5] = [
        (Self::JvMember1, Self::JvShare1),
        (Self::JvMember2, Self::JvShare2),
        (Self::JvMember3, Self::JvShare3),
        (Self::JvMember4, Self::JvShare4),
        (Self::JvMember5, Self::JvShare5),
    ];

    /// 出来高予定額 and 支払限度額, year by year.
    pub const YEARS: [(Self, Self); 5] = [
        (Self::Scheduled1, Self::Ceiling1),
        (Self::Scheduled2, Self::Ceiling2),
        (Self::Scheduled3, Self::Ceiling3),
        (Self::Scheduled4, Self::Ceiling4),
        (Self::Scheduled5, Self::Ceiling5),
    ];

    /// The fields of a product's block.
    pub const fn of(product: Product) -> ProductFields {
        match product {
            Product::Prepayment => ProductFields {
                on: Self::PrepaymentOn,
                form: Some(Self::PrepaymentForm),
                amount: Self::PrepaymentAmount,
                fee_method: Self::PrepaymentFeeMethod,
                bill_to: Self::PrepaymentBillTo,
                paper_statement: Self::PrepaymentPaperStatement,
            },
            Product::Midterm => ProductFields {
                on: Self::MidtermOn,
                form: Some(Self::MidtermForm),
                amount: Self::MidtermAmount,
                fee_method: Self::MidtermFeeMethod,
                bill_to: Self::MidtermBillTo,
                paper_statement: Self::MidtermPaperStatement,
            },
            Product::Contract => ProductFields {
                on: Self::ContractOn,
                form: Some(Self::ContractForm),
                amount: Self::ContractAmount,
                fee_method: Self::ContractFeeMethod,
                bill_to: Self::ContractBillTo,
                paper_statement: Self::ContractPaperStatement,
            },
            Product::Reservation => ProductFields {
                on: Self::ReservationOn,
                form: None,
                amount: Self::ReservationAmount,
                fee_method: Self::ReservationFeeMethod,
                bill_to: Self::ReservationBillTo,
                paper_statement: Self::ReservationPaperStatement,
            },
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_and_is_found_by_it() {
        let names: HashSet<_> = Field::ALL.iter().map(|field| field.id()).collect();
        assert_eq!(names.len(), Field::ALL.len());
        for field in Field::ALL {
            assert_eq!(Field::from_id(field.id()), Some(*field));
        }
        assert_eq!(Field::from_id("nothing"), None);
    }
}
