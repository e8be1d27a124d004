//! From a rule book to its form: what the next version starts from.

use time::Date;

use super::*;

/// Fills the form with a book and its days.
pub fn write(book: &RuleBook, span: Span) -> TypedForm {
    let mut form = TypedForm::default();
    let mut set = |name: &str, value: String| {
        if !value.is_empty() {
            form.set(name, value);
        }
    };
    set("valid_from", day(span.valid_from));
    set("valid_until", day(span.valid_until));
    match &book.electronic {
        Electronic::Unknown => set("electronic", "unknown".to_owned()),
        Electronic::PaperOnly => set("electronic", "paper_only".to_owned()),
        Electronic::From { rules } => {
            set("electronic", "from".to_owned());
            set("electronic-rules-rows", (rules.len() + 1).to_string());
            for (index, rule) in rules.iter().enumerate() {
                of_rule(&mut set, index, rule);
            }
        }
    }
    set("kinds-rows", (book.kinds.len() + 1).to_string());
    for (index, own) in book.kinds.iter().enumerate() {
        set(&format!("kinds-{index}-name"), own.name.clone());
        set(&format!("kinds-{index}-of"), own.of.code().to_owned());
        set(&format!("kinds-{index}-prepayment"), rate(own.prepayment));
    }
    let mut rates = book.rates.clone();
    for ((name, _), value) in RATES.into_iter().zip(rates_mut(&mut rates)) {
        set(name, rate(*value));
    }
    let unit =
        |unit: Option<RoundingUnit>| unit.map_or_else(String::new, |it| u32::from(it).to_string());
    set("rounding", unit(book.rounding));
    set("rounding_midterm", unit(book.rounding_midterm));
    set("conditions-rows", (book.conditions.len() + 1).to_string());
    for (index, condition) in book.conditions.iter().enumerate() {
        of_condition(&mut set, index, condition);
    }
    set("midterm", code(book.midterm.map(MidtermPolicy::code)));
    set("fy_base", code(book.fy_base.map(FyBase::code)));
    for (rule, severity) in &book.severities {
        set(
            &format!("severities-{}", rule.code()),
            severity.code().to_owned(),
        );
    }
    for entry in &book.hand_in {
        of_hand_in(&mut set, entry);
    }
    set("source", book.source.clone());
    set("checked_on", day(book.checked_on));
    form
}

fn of_rule(set: &mut impl FnMut(&str, String), index: usize, rule: &ElectronicRule) {
    let mut put =
        |field: &str, value: String| set(&format!("electronic-rules-{index}-{field}"), value);
    for kind in &rule.kinds {
        put(kind.code(), "on".to_owned());
    }
    for product in &rule.products {
        put(product.code(), "on".to_owned());
    }
    put("basis", rule.basis.code().to_owned());
    put("from", day(rule.from));
    put("until", day(rule.until));
    put("approved", rule.approved.clone().unwrap_or_default());
    put("sections", rule.sections.join("、"));
    put("own_kinds", rule.own_kinds.join("、"));
    put("except", rule.except.join("、"));
    put(
        "covers_changes_of_older",
        tick(rule.covers_changes_of_older),
    );
}

fn of_condition(set: &mut impl FnMut(&str, String), index: usize, condition: &Condition) {
    let mut put = |field: &str, value: String| set(&format!("conditions-{index}-{field}"), value);
    put("product", condition.product.code().to_owned());
    put("kind", code(condition.kind.map(ContractKind::code)));
    if let Some(minimum) = condition.minimum {
        put("price", minimum.price.code().to_owned());
        put("minimum", minimum.amount.to_string());
        put(
            "more_than",
            if minimum.more_than { "yes" } else { "" }.to_owned(),
        );
    }
    put(
        "days",
        condition
            .days
            .map_or_else(String::new, |days| days.to_string()),
    );
    put(
        "cap",
        condition
            .cap
            .map_or_else(String::new, |cap| cap.to_string()),
    );
}

fn of_hand_in(set: &mut impl FnMut(&str, String), entry: &HandIn) {
    let product = entry.product.code();
    let mut put = |field: &str, value: String| set(&format!("hand_in-{product}-{field}"), value);
    put("section", entry.section.clone().unwrap_or_default());
    put("channel", code(entry.channel.map(Channel::code)));
    put("address", entry.address.clone().unwrap_or_default());
    put("subject", entry.subject.clone().unwrap_or_default());
    put(
        "when",
        match entry.when {
            Moment::Contract => "contract",
            Moment::Claim => "claim",
        }
        .to_owned(),
    );
    put("phone", tick(entry.phone));
    put("with_claim", tick(entry.with_claim));
    put("note", entry.note.clone().unwrap_or_default());
}

fn tick(on: bool) -> String {
    if on { "on" } else { "" }.to_owned()
}

fn code(code: Option<&'static str>) -> String {
    code.unwrap_or_default().to_owned()
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, crate::domain::wording::slashed)
}

fn rate(rate: Option<Fraction>) -> String {
    rate.map_or_else(String::new, Fraction::words)
}
