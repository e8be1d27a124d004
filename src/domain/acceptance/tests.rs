use time::macros::date;

use super::*;
use crate::demo::books::books;

fn book(body: &str) -> RuleBook {
    books()
        .into_iter()
        .find(|it| it.body == body)
        .map(|it| it.book)
        .unwrap()
}

fn facts() -> AcceptanceFacts {
    AcceptanceFacts {
        kind: Some(ContractKind::Works),
        notice_date: None,
        award_date: None,
        contract_date: None,
        today: date!(2026 - 07 - 02),
    }
}

fn verdict(answer: &Acceptance) -> &'static str {
    match answer {
        Acceptance::Accepted { .. } => "accepted",
        Acceptance::Refused { .. } => "refused",
        Acceptance::NeedsDate { .. } => "needs date",
        Acceptance::NeedsKind { .. } => "needs kind",
        Acceptance::Unknown { .. } => "unknown",
    }
}

#[test]
fn t18_the_award_decides_and_its_first_day_counts() {
    let book = book("神奈川県内広域水道企業団");
    for product in Product::ALL {
        let before = AcceptanceFacts {
            award_date: Some(date!(2026 - 06 - 30)),
            contract_date: Some(date!(2026 - 07 - 01)),
            ..facts()
        };
        assert_eq!(
            decide(Some(&book), &before, product).sentence(),
            "この発注者は電子保証の対象日（落札決定日：令和8年7月1日以降）に当たりません。証書(紙)をお選びください。落札決定日は令和8年6月30日です。"
        );
        assert!(!decide(Some(&book), &before, product).may_choose());
        let on = AcceptanceFacts {
            award_date: Some(date!(2026 - 07 - 01)),
            ..facts()
        };
        assert_eq!(
            decide(Some(&book), &on, product),
            Acceptance::Accepted {
                sentence: "落札決定日 令和8年7月1日：電子保証をお選びいただけます。対象は企業団が認めた契約です。発注者が認めた契約であることをご確認ください。".to_owned()
            }
        );
    }
    assert_eq!(
        decide(Some(&book), &facts(), Product::Contract),
        Acceptance::NeedsDate {
            basis: Basis::AwardDate,
            sentence: "この発注者の電子保証の対象は、落札決定日が令和8年7月1日以降の契約です。電子保証を選ぶには、落札決定日を入力してください。".to_owned()
        }
    );
}

#[test]
fn t19_works_and_consulting_may_begin_on_different_days() {
    let rule = |kind, from| ElectronicRule::new(Basis::ContractDate, Some(from)).only(kind);
    let mut book = RuleBook::unknown("東見本市");
    book.electronic = Electronic::From {
        rules: vec![
            rule(ContractKind::Works, date!(2024 - 10 - 01)),
            rule(ContractKind::Consulting, date!(2025 - 04 - 01)),
        ],
    };
    let cases = [
        (ContractKind::Consulting, date!(2025 - 03 - 31), "refused"),
        (ContractKind::Consulting, date!(2025 - 04 - 01), "accepted"),
        (ContractKind::Works, date!(2024 - 09 - 30), "refused"),
        (ContractKind::Works, date!(2024 - 10 - 01), "accepted"),
    ];
    for (kind, contracted, expected) in cases {
        let facts = AcceptanceFacts {
            kind: Some(kind),
            contract_date: Some(contracted),
            ..facts()
        };
        let answer = decide(Some(&book), &facts, Product::Prepayment);
        assert_eq!(verdict(&answer), expected, "{kind:?} {contracted}");
    }
    let undecided = AcceptanceFacts {
        kind: None,
        contract_date: Some(date!(2025 - 03 - 31)),
        ..facts()
    };
    let answer = decide(Some(&book), &undecided, Product::Prepayment);
    assert_eq!(verdict(&answer), "needs kind");
    assert!(answer.sentence().contains("工事／業務委託を選んでください"));
    assert_eq!(
        summary(&book),
        "東見本市は、契約日が令和6年10月1日以降の工事と、契約日が令和7年4月1日以降の業務委託で電子保証に対応しています。"
    );
}

#[test]
fn t20_the_announcement_counts_and_not_the_contract() {
    let book = RuleBook::unknown("西見本市").electronic(ElectronicRule::new(
        Basis::NoticeDate,
        Some(date!(2025 - 10 - 01)),
    ));
    let facts = |notice| AcceptanceFacts {
        notice_date: notice,
        contract_date: Some(date!(2025 - 11 - 10)),
        ..facts()
    };
    let answers = [
        (Some(date!(2025 - 09 - 30)), "refused"),
        (Some(date!(2025 - 10 - 01)), "accepted"),
        (None, "needs date"),
    ];
    for (notice, expected) in answers {
        let answer = decide(Some(&book), &facts(notice), Product::Prepayment);
        assert_eq!(verdict(&answer), expected, "{notice:?}");
    }
}

#[test]
fn the_last_day_is_still_taken() {
    let mut rule = ElectronicRule::new(Basis::ContractDate, Some(date!(2026 - 04 - 01)));
    rule.until = Some(date!(2027 - 03 - 31));
    let book = RuleBook::unknown("南見本市").electronic(rule);
    for (contracted, expected) in [
        (date!(2027 - 03 - 31), "accepted"),
        (date!(2027 - 04 - 01), "refused"),
    ] {
        let facts = AcceptanceFacts {
            contract_date: Some(contracted),
            ..facts()
        };
        let answer = decide(Some(&book), &facts, Product::Contract);
        assert_eq!(verdict(&answer), expected, "{contracted}");
    }
}

#[test]
fn a_start_day_is_held_against_the_day_of_applying() {
    let book = book("駒ヶ根市");
    for (today, expected) in [
        (date!(2026 - 03 - 31), "refused"),
        (date!(2026 - 04 - 01), "accepted"),
    ] {
        let facts = AcceptanceFacts { today, ..facts() };
        let answer = decide(Some(&book), &facts, Product::Prepayment);
        assert_eq!(verdict(&answer), expected, "{today}");
    }
}

#[test]
fn what_is_not_taken_is_named() {
    let matsubara = decide(Some(&book("松原村")), &facts(), Product::Prepayment);
    assert_eq!(
        matsubara,
        Acceptance::Refused {
            sentence: "松原村は電子保証に対応していません。証書(紙)をお選びください。".to_owned()
        }
    );
    let consulting = AcceptanceFacts {
        kind: Some(ContractKind::Consulting),
        contract_date: Some(date!(2026 - 06 - 22)),
        ..facts()
    };
    assert_eq!(
        decide(Some(&book("みなと野市")), &consulting, Product::Prepayment).sentence(),
        "みなと野市が電子保証に対応しているのは工事だけです（業務委託は対象外です）。証書(紙)をお選びください。"
    );
    let works = AcceptanceFacts {
        kind: Some(ContractKind::Works),
        ..consulting
    };
    assert_eq!(
        decide(Some(&book("みなと野市")), &works, Product::Prepayment).sentence(),
        "請負契約日 令和8年6月22日・工事：電子保証をお選びいただけます。"
    );
    let mut rule = ElectronicRule::new(Basis::StartOnly, None);
    rule.products = vec![Product::Prepayment];
    let book = RuleBook::unknown("北見本市").electronic(rule);
    assert!(decide(Some(&book), &facts(), Product::Prepayment).may_choose());
    assert_eq!(
        decide(Some(&book), &facts(), Product::Contract).sentence(),
        "北見本市は契約保証では電子保証に対応していません。証書(紙)をお選びください。"
    );
}

#[test]
fn what_nobody_knows_is_said_and_not_refused() {
    for answer in [
        decide(None, &facts(), Product::Prepayment),
        decide(
            Some(&RuleBook::unknown("中見本市")),
            &facts(),
            Product::Contract,
        ),
    ] {
        assert_eq!(
            answer,
            Acceptance::Unknown {
                sentence: "発注者の電子保証対応が未登録です。発注者へご確認ください。".to_owned()
            }
        );
    }
    // The form has no field for the day of the bid.
    let book = RuleBook::unknown("中見本市").electronic(ElectronicRule::new(
        Basis::BidDate,
        Some(date!(2023 - 04 - 01)),
    ));
    let answer = decide(Some(&book), &facts(), Product::Contract);
    assert_eq!(verdict(&answer), "unknown");
    assert!(answer.sentence().contains("入札日が令和5年4月1日以降"));
}

#[test]
fn the_form_asks_only_for_the_dates_that_decide() {
    let asked = |body: &str| {
        let dates = required_dates(Some(&book(body)));
        (dates.notice, dates.award, dates.contract)
    };
    assert_eq!(asked("神奈川県内広域水道企業団"), (false, true, false));
    assert_eq!(asked("北の町"), (true, false, false));
    assert_eq!(asked("みなと野市"), (false, false, true));
    assert_eq!(asked("駒ヶ根市"), (false, false, false));
    assert_eq!(asked("取手市"), (false, false, false));
    assert_eq!(required_dates(None), RequiredDates::default());
}

#[test]
fn the_list_says_each_obligee_in_one_line() {
    let said: Vec<_> = books().iter().map(|it| summary(&it.book)).collect();
    assert_eq!(
        said,
        [
            "駒ヶ根市は、お申し込みが令和8年4月1日以降の、駒ヶ根市が認めた工事・業務委託で電子保証に対応しています。",
            "取手市は、取手市が認めた工事・業務委託で電子保証に対応しています。",
            "柏市は、柏市が認めた工事・業務委託で電子保証に対応しています。",
            "神奈川県内広域水道企業団は、落札決定日が令和8年7月1日以降の、企業団が認めた契約で電子保証に対応しています。",
            "みなと野市は、契約日が令和7年4月1日以降の工事で電子保証に対応しています。",
            "松原村は電子保証に対応していません。証書(紙)でお申し込みください。",
            "北の町は、公告日が令和8年4月1日以降の工事・業務委託で電子保証に対応しています。",
        ]
    );
}
