//! What only somebody with the registers and the fonts at hand can tell: earlier applications for
//! the same works, characters that no certificate can show.

use super::{Finding, Judged, Outcome, RuleId};
use crate::domain::field::Field;
use crate::domain::product::Product;

/// `received`: products another application has already asked for, each with its 受付番号.
pub fn overlap(received: &[(Product, String)]) -> Finding {
    let mut numbers: Vec<&str> = Vec::new();
    for (_, number) in received {
        if !numbers.contains(&number.as_str()) {
            numbers.push(number);
        }
    }
    let numbers = numbers.join("、");
    let products: Vec<_> = Product::ALL
        .into_iter()
        .filter(|product| received.iter().any(|(known, _)| known == product))
        .map(Product::label)
        .collect();
    let products = products.join("・");
    let (outcome, sentence, figure) = if received.is_empty() {
        (
            Outcome::Pass,
            "同じ内容の申込はありません。".to_owned(),
            "ありません".to_owned(),
        )
    } else {
        (
            Outcome::Warn,
            format!(
                "同じ内容の申込をすでに受け付けています（受付番号 {numbers}）。発注者・工事名・保証の種類（{products}）が同じです。二重のお申し込みでないか、お確かめください。"
            ),
            format!("{numbers}（{products}）"),
        )
    };
    Judged::new(RuleId::Overlap, Field::WorksName, outcome, sentence)
        .told()
        .figure("同じ発注者・工事名の申込", figure)
        .source("同じ工事の同じ保証は一つ")
}

/// `missing`: printed fields that hold characters no document font has, each with them.
pub fn printable(missing: &[(Field, String)]) -> Finding {
    let source = "証書の文字にすべてあること";
    let Some((field, _)) = missing.first() else {
        return Judged::new(
            RuleId::Printable,
            Field::WorksName,
            Outcome::Pass,
            "証書に印刷できない文字はありません。",
        )
        .told()
        .figure("発注者名・工事名・JV・金融機関名", "ありません")
        .source(source);
    };
    let words: Vec<_> = missing
        .iter()
        .map(|(field, letters)| format!("{}の『{letters}』", field.label()))
        .collect();
    missing.iter().fold(
        Judged::new(
            RuleId::Printable,
            *field,
            Outcome::Warn,
            format!("{}は証書に印刷できません。", words.join("、")),
        )
        .told()
        .source(source),
        |finding, (field, letters)| finding.figure(field.label(), letters),
    )
}
