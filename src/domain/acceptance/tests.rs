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
        ..AcceptanceFacts::on(date!(2026 - 07 - 02))
    }
}

fn verdict(answer: &Acceptance) -> &'static str {
    match answer {
        Acceptance::Accepted { .. } => "accepted",
        Acceptance::Refused { .. } => "refused",
        Acceptance::NeedsDate { .. } => "needs date",
        Acceptance::NeedsKind { .. } => "needs kind",
        Acceptance::NeedsSection { .. } => "needs section",
        Acceptance::Unknown { .. } => "unknown",
    }
}

#[test]
fn t18_the_award_decides_and_its_first_day_counts() {
    let book = book("神奈川県内広域水道企業団");
    for product in Product::TOGETHER {
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
                sentence: "落札決定日 令和8年7月1日：電子保証をお選びいただけます。対象は企業団が認めた契約です。発注者が認めた契約であることをご確認ください。".into()
            }
        );
    }
    assert_eq!(
        decide(Some(&book), &facts(), Product::Contract),
        Acceptance::NeedsDate {
            basis: Basis::AwardDate,
            sentence: "この発注者の電子保証の対象は、落札決定日が令和8年7月1日以降の契約です。電子保証を選ぶには、落札決定日を入力してください。".into()
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
    let matsubara = book("松原村");
    let matsubara = decide(Some(&matsubara), &facts(), Product::Prepayment);
    assert_eq!(
        matsubara,
        Acceptance::Refused {
            sentence: "松原村は電子保証に対応していません。証書(紙)をお選びください。".into()
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
        ..consulting.clone()
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
                sentence: "発注者の電子保証対応が未登録です。発注者へご確認ください。".into()
            }
        );
    }
}

#[test]
fn every_basis_date_is_asked_for_and_decides() {
    let from = date!(2024 - 01 - 01);
    type Fill = fn(&mut AcceptanceFacts, time::Date);
    let cases: [(Basis, &str, Fill); 6] = [
        (Basis::NoticeDate, "公告日", |it, day| {
            it.notice_date = Some(day)
        }),
        (
            Basis::NoticeOrDesignation,
            "公告日または指名日",
            |it, day| {
                it.notice_date = Some(day);
            },
        ),
        (Basis::BidDate, "入札日", |it, day| {
            it.bid_date = Some(day)
        }),
        (
            Basis::PlannedContractNotice,
            "契約予定工事通知日",
            |it, day| {
                it.planned_notice_date = Some(day);
            },
        ),
        (Basis::AwardDate, "落札決定日", |it, day| {
            it.award_date = Some(day)
        }),
        (Basis::ContractDate, "契約締結日", |it, day| {
            it.contract_date = Some(day)
        }),
    ];
    for (basis, words, fill) in cases {
        let book = RuleBook::unknown("中見本市").electronic(ElectronicRule::new(basis, Some(from)));
        let answer = decide(Some(&book), &facts(), Product::Contract);
        assert_eq!(verdict(&answer), "needs date", "{words}");
        assert!(
            answer
                .sentence()
                .contains(&format!("{words}が令和6年1月1日以降")),
            "{}",
            answer.sentence()
        );
        assert!(date_field(basis).is_some());
        for (day, expected) in [
            (from, "accepted"),
            (from.previous_day().unwrap(), "refused"),
        ] {
            let mut facts = facts();
            fill(&mut facts, day);
            let answer = decide(Some(&book), &facts, Product::Contract);
            assert_eq!(verdict(&answer), expected, "{words} {day}");
        }
    }
}

#[test]
fn a_list_of_sections_decides_and_is_asked_for() {
    let mut rule = ElectronicRule::new(Basis::StartOnly, None);
    rule.sections = vec!["契約課".to_owned(), "契約検査課".to_owned()];
    let book = RuleBook::unknown("東見本市").electronic(rule);
    let of = |section: Option<&str>| {
        let facts = AcceptanceFacts {
            section: section.map(str::to_owned),
            ..facts()
        };
        decide(Some(&book), &facts, Product::Prepayment)
    };
    assert_eq!(
        of(None).sentence(),
        "東見本市が電子保証に対応しているのは契約課・契約検査課の契約だけです。電子保証を選ぶには、発注担当課を入力してください。"
    );
    assert_eq!(verdict(&of(None)), "needs section");
    assert_eq!(verdict(&of(Some("契約 検査課"))), "accepted");
    assert_eq!(verdict(&of(Some("水道課"))), "refused");
    assert!(of(Some("水道課")).sentence().contains("いまの入力：水道課"));
}

#[test]
fn an_obligee_may_tell_apart_kinds_of_its_own() {
    let mut rule = ElectronicRule::new(Basis::StartOnly, None);
    rule.except = vec!["工事監理".to_owned()];
    let mut book = RuleBook::unknown("西見本市").electronic(rule);
    book.kinds = vec![crate::domain::rulebook::OwnKind {
        name: "工事監理".to_owned(),
        of: ContractKind::Consulting,
        prepayment: None,
    }];
    let of = |kind, detail: Option<&str>| {
        let facts = AcceptanceFacts {
            kind: Some(kind),
            detail: detail.map(str::to_owned),
            ..facts()
        };
        decide(Some(&book), &facts, Product::Prepayment)
    };
    assert_eq!(verdict(&of(ContractKind::Consulting, None)), "accepted");
    assert_eq!(
        of(ContractKind::Consulting, Some("工事監理")).sentence(),
        "西見本市では、工事監理は電子保証の対象外です。証書(紙)をお選びください。"
    );
    // The same word for a works contract names none of the obligee's kinds.
    assert_eq!(
        verdict(&of(ContractKind::Works, Some("工事監理"))),
        "accepted"
    );
}

#[test]
fn a_change_of_an_older_contract_is_covered_only_where_the_book_says_so() {
    let from = date!(2024 - 01 - 01);
    let older = AcceptanceFacts {
        planned_notice_date: Some(date!(2023 - 12 - 31)),
        by_change: true,
        ..facts()
    };
    for (covers, expected) in [(true, "accepted"), (false, "refused")] {
        let mut rule = ElectronicRule::new(Basis::PlannedContractNotice, Some(from));
        rule.covers_changes_of_older = covers;
        let book = RuleBook::unknown("北見本市").electronic(rule);
        let answer = decide(Some(&book), &older, Product::Prepayment);
        assert_eq!(verdict(&answer), expected);
        let new = AcceptanceFacts {
            by_change: false,
            ..older.clone()
        };
        let answer = decide(Some(&book), &new, Product::Prepayment);
        assert_eq!(verdict(&answer), "refused");
    }
}

#[test]
fn a_reservation_is_never_electronic() {
    for book in [None, Some(book("取手市"))] {
        let answer = decide(book.as_ref(), &facts(), Product::Reservation);
        assert_eq!(
            answer.sentence(),
            "契約保証予約は、電子保証になりません。証書(紙)をお選びください。"
        );
        assert!(!answer.may_choose());
    }
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
