//! The fields of the application form: the name each has in the form, its label, its section.

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
    JvName, "jv_name", Works, "JV名";
    JvRepresentative, "jv_representative", Works, "JVの代表者";
    PrepaymentOn, "prepayment_on", Guarantee, "前払金保証を申し込む";
    PrepaymentForm, "prepayment_form", Guarantee, "保証証書の形式について";
    FyBase, "fy_base", Guarantee, "今年度対象額";
    PrepaymentAmount, "prepayment_amount", Guarantee, "前払金保証金額";
    Bank, "bank", Guarantee, "預託金融機関(全角)";
    Redeposit, "redeposit", Guarantee, "再預託利用区分";
    PrepaymentFeeMethod, "prepayment_fee_method", Guarantee, "前払金保証料支払方法";
    PrepaymentBillTo, "prepayment_bill_to", Guarantee, "前払金保証料請求先";
    PrepaymentPaperStatement, "prepayment_paper_statement", Guarantee, "保証料計算書(紙)について";
    ContractOn, "contract_on", Guarantee, "契約保証を申し込む";
    ContractForm, "contract_form", Guarantee, "保証証書の形式について";
    ContractAmount, "contract_amount", Guarantee, "契約保証金額";
    ContractFeeMethod, "contract_fee_method", Guarantee, "契約保証料支払方法";
    ContractBillTo, "contract_bill_to", Guarantee, "契約保証料請求先";
    ContractPaperStatement, "contract_paper_statement", Guarantee, "保証料計算書(紙)について";
    BidMethod, "bid_method", Bid, "入札方式";
    PlannedPrice, "planned_price", Bid, "予定価格";
    LowPrice, "low_price", Bid, "低入札価格調査の対象";
    Midterm, "midterm", Bid, "中間前払金あり";
    PrepaymentPlan, "prepayment_plan", Bid, "前払金保証の申込み";
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

impl Field {
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
