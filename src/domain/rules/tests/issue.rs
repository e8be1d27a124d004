//! What is said to the staff before an issue.

use super::*;

#[test]
fn the_dates_of_the_works_say_from_when_and_until_when_it_can_be_issued() {
    let mut content = t1();
    content.works.contract_date = Some(date!(2026 - 07 - 03));
    let stop = |product, day| before_issue(&content, product, NOW.applied_on, day).join("");
    assert_eq!(
        stop(Product::Prepayment, NOW.today),
        "請負契約日（令和8年7月3日）より前は発行できません。その日になったら発行してください。"
    );
    assert_eq!(stop(Product::Contract, NOW.today), "");
    assert_eq!(stop(Product::Prepayment, date!(2026 - 07 - 03)), "");
    // The last day of the guarantee is a day of it; the day after nothing can be guaranteed.
    for product in Product::TOGETHER {
        let last = content.works.period_to;
        assert_eq!(stop(product, last), "");
        let late = stop(product, last.next_day().unwrap());
        assert!(
            late.contains("が過ぎているため、発行できません。"),
            "{late}"
        );
    }
}
