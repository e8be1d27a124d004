//! The obligees of the demo world and their rule books.
//!
//! The first four are named in the leaflets and stand here as samples, with what those say and
//! nothing more; nothing is ever sent to them. The others are invented.

use time::{Date, Month};

use crate::domain::product::Product;
use crate::domain::rulebook::{
    Basis, Channel, ElectronicRule, Fraction, HandIn, Rates, RoundingUnit, RuleBook,
};
use crate::domain::works::ContractKind;

/// One obligee as the demo registers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoObligee {
    /// 「みなと野市」
    pub body: &'static str,
    /// 被保証者 on the certificate: 「みなと野市長」
    pub title: &'static str,
    pub book: RuleBook,
    /// The number suffix of the surety that keeps the book: `M` or `H`.
    pub surety: &'static str,
    /// The branch its contractors usually apply to.
    pub branch: &'static str,
}

/// All seven, in the order of the demo's table.
pub fn books() -> Vec<DemoObligee> {
    let leaflet = "発注者の案内";
    let invented = "見本のきまり（架空の発注者）";
    vec![
        DemoObligee {
            body: "駒ヶ根市",
            title: "駒ヶ根市長",
            book: RuleBook::unknown("駒ヶ根市")
                .electronic(
                    ElectronicRule::new(Basis::StartOnly, day(2026, Month::April, 1))
                        .approved("駒ヶ根市が認めた工事・業務委託"),
                )
                .hand_in(both(|entry| {
                    entry
                        .by(Channel::Mail)
                        .note("その他の必要書類と合わせて送信します")
                }))
                .source(leaflet, day(2026, Month::April, 1)),
            surety: "M",
            branch: "長野支店",
        },
        DemoObligee {
            body: "取手市",
            title: "取手市長",
            book: RuleBook::unknown("取手市")
                .electronic(
                    ElectronicRule::new(Basis::StartOnly, None)
                        .approved("取手市が認めた工事・業務委託"),
                )
                .hand_in(both(|entry| {
                    entry
                        .by(Channel::Mail)
                        .note("その他の必要書類と合わせて送信します")
                }))
                .source(leaflet, day(2026, Month::April, 1)),
            surety: "M",
            branch: "茨城支店",
        },
        DemoObligee {
            body: "柏市",
            title: "柏市長",
            book: RuleBook::unknown("柏市")
                .electronic(
                    ElectronicRule::new(Basis::StartOnly, None)
                        .approved("柏市が認めた工事・業務委託"),
                )
                .source(leaflet, day(2025, Month::December, 26)),
            surety: "M",
            branch: "千葉支店",
        },
        DemoObligee {
            body: "神奈川県内広域水道企業団",
            title: "神奈川県内広域水道企業団 企業長",
            book: RuleBook::unknown("神奈川県内広域水道企業団")
                .electronic(
                    ElectronicRule::new(Basis::AwardDate, day(2026, Month::July, 1))
                        .approved("企業団が認めた契約"),
                )
                .hand_in(both(|entry| {
                    entry
                        .to("総務部契約検査課")
                        .by(Channel::Mail)
                        .note("その他の必要書類と合わせて送信します")
                }))
                .source(leaflet, day(2026, Month::July, 1)),
            surety: "M",
            branch: "神奈川支店",
        },
        DemoObligee {
            body: "みなと野市",
            title: "みなと野市長",
            book: RuleBook::unknown("みなと野市")
                .electronic(
                    ElectronicRule::new(Basis::ContractDate, day(2025, Month::April, 1))
                        .only(ContractKind::Works),
                )
                .rates(Rates {
                    prepayment_works: Some(Fraction::tenths(4)),
                    prepayment_low_price: Some(Fraction::tenths(2)),
                    contract: Some(Fraction::tenths(1)),
                    contract_low_price: Some(Fraction::tenths(3)),
                    decrease: Some(Fraction::tenths(5)),
                    ..Rates::default()
                })
                .rounding(RoundingUnit::HUNDRED_THOUSAND)
                .hand_in(vec![
                    HandIn::new(Product::Prepayment)
                        .to("工事担当課")
                        .by(Channel::Mail)
                        .subject("【前払金】{工事名}")
                        .note("前払金の請求書と合わせて送信します"),
                    HandIn::new(Product::Contract)
                        .to("契約課")
                        .by(Channel::Upload)
                        .note("契約書と同じ案件にアップロードします"),
                ])
                .source(invented, day(2025, Month::April, 1)),
            surety: "M",
            branch: "神奈川支店",
        },
        DemoObligee {
            body: "松原村",
            title: "松原村長",
            book: RuleBook::unknown("松原村")
                .paper_only()
                .rates(Rates {
                    prepayment_works: Some(Fraction::tenths(4)),
                    contract: Some(Fraction::tenths(1)),
                    ..Rates::default()
                })
                .rounding(RoundingUnit::TEN_THOUSAND)
                .hand_in(both(|entry| {
                    entry.to("総務課").note("証書(紙)の原本を提出します")
                }))
                .source(invented, day(2025, Month::April, 1)),
            surety: "M",
            branch: "長野支店",
        },
        DemoObligee {
            body: "北の町",
            title: "北の町長",
            book: RuleBook::unknown("北の町")
                .electronic(ElectronicRule::new(
                    Basis::NoticeDate,
                    day(2026, Month::April, 1),
                ))
                .rates(Rates {
                    prepayment_works: Some(Fraction::tenths(4)),
                    prepayment_consulting: Some(Fraction::tenths(3)),
                    midterm: Some(Fraction::tenths(2)),
                    contract: Some(Fraction::tenths(1)),
                    ..Rates::default()
                })
                .rounding(RoundingUnit::NONE)
                .hand_in(vec![
                    HandIn::new(Product::Prepayment)
                        .to("建設課")
                        .by(Channel::Mail)
                        .subject("【前払保証】{工事名}"),
                    HandIn::new(Product::Contract)
                        .to("総務課契約係")
                        .by(Channel::Mail)
                        .subject("【契約保証】{工事名}"),
                ])
                .source(invented, day(2026, Month::April, 1)),
            surety: "H",
            branch: "札幌支店",
        },
    ]
}

/// The same hand-in for both products.
fn both(fill: impl Fn(HandIn) -> HandIn) -> Vec<HandIn> {
    [Product::Prepayment, Product::Contract]
        .into_iter()
        .map(|product| fill(HandIn::new(product)))
        .collect()
}

fn day(year: i32, month: Month, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, month, day).ok()
}
