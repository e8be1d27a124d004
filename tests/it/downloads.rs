//! 保証契約情報ダウンロード: every own guarantee once, nobody else's, in files that are what they say.

use akashi::domain::product::Product;
use serde_json::Value;

use crate::house::House;
use crate::house::desk::{Desk, Ware};
use crate::life::asking;

fn lines(text: &str) -> Vec<&str> {
    text.split_terminator("\r\n").collect()
}

#[tokio::test]
async fn the_own_guarantees_come_as_csv_shift_jis_sheet_and_json() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut form = desk.form(Ware::Electronic);
    form.set("works_name", "=cmd|' /C calc'!A0 𠮷野川護岸工事");
    let (_, first) = desk.issued(&form, Product::Prepayment).await;
    let (_, second) = desk
        .issued(&desk.form(Ware::Paper), Ware::Paper.product())
        .await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get("/netdesk/downloads?asked=1").await;
    page.is(200)
        .says("2件")
        .says("CSV（UTF-8）")
        .says("Shift_JISの報告");
    let links = page.attributes("main a[download]", "href");
    assert_eq!(links.len(), 5);

    let csv = soumu.get(&links[0]).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        csv.header("content-disposition"),
        r#"attachment; filename="guarantees.csv""#
    );
    let text = csv.html();
    let rows = lines(text.strip_prefix('\u{FEFF}').unwrap());
    assert_eq!(rows.len(), 3);
    assert!(rows[0].starts_with("\"保証契約番号\",\"保証種類\""));
    let line = rows.iter().find(|row| row.contains(&first)).unwrap();
    // What would be a formula is none, and the fee of the ledger stands at the end.
    assert!(
        line.contains(",\"'=cmd|' /C calc'!A0 𠮷野川護岸工事\","),
        "{line}"
    );
    assert!(
        line.contains(",\"有効\",") && line.ends_with(",30000"),
        "{line}"
    );

    let sjis = soumu.get(&links[1]).await;
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&sjis.bytes);
    assert!(!broken && text.contains("〓野川護岸工事"), "{text}");
    let report = soumu.get(&links[2]).await.html();
    let rows = lines(&report);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[1],
        format!("\"{first}\",\"工事名\",\"𠮷\",\"U+20BB7\"")
    );

    let sheet = soumu.get(&links[3]).await;
    assert!(sheet.bytes.starts_with(b"PK"), "no workbook");
    let cells = unpacked(&sheet.bytes, "xl/worksheets/sheet1.xml");
    assert!(cells.contains(&first) && cells.contains(&second));
    assert!(!cells.contains("<f>"), "a formula");

    let json: Value = serde_json::from_slice(&soumu.get(&links[4]).await.bytes).unwrap();
    assert_eq!(json["schema"], "akashi/guarantees-1");
    let all = json["guarantees"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    let schema = soumu
        .get("/netdesk/downloads/guarantees-1.schema.json")
        .await;
    let schema: Value = serde_json::from_slice(&schema.bytes).unwrap();
    for one in all {
        fits(one, &schema);
    }

    // Another company has none of them.
    let mut other = house.contractor("yamato.soumu").await;
    other
        .get("/netdesk/downloads?asked=1")
        .await
        .says("条件に合う保証契約はありません。");
    let text = other.get("/netdesk/downloads/guarantees.csv").await.html();
    assert_eq!(lines(&text).len(), 1, "{text}");
    house.close().await;
}

#[tokio::test]
async fn conditions_choose_and_what_is_wrong_with_them_is_said() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let (_, number) = desk
        .issued(&desk.form(Ware::Electronic), Product::Prepayment)
        .await;
    desk.change_sent(&number, &asking(&[("period_to", "令和9年6月30日")]))
        .await
        .unwrap();
    let mut soumu = house.contractor("minato.soumu").await;
    for (conditions, count) in [
        ("product=prepayment", 1),
        ("product=contract&product=midterm", 0),
        ("form=paper", 0),
        ("form=electronic&from=2000-01-01&until=2100-12-31", 1),
        ("until=2000-01-01", 0),
    ] {
        soumu
            .get(&format!("/netdesk/downloads?asked=1&{conditions}"))
            .await
            .is(200)
            .says(&format!("{count}件"));
        let text = soumu
            .get(&format!("/netdesk/downloads/guarantees.csv?{conditions}"))
            .await
            .html();
        assert_eq!(lines(&text).len(), count + 1, "{conditions}");
    }
    let page = soumu
        .get("/netdesk/downloads?asked=1&from=R9.1.1&until=R8.1.1")
        .await;
    page.is(422)
        .says("期間の終わりは、期間の始めと同じ日か、それより後の日付にしてください。");
    assert_eq!(page.attributes("#f-from", "value"), ["R9.1.1"]);
    let page = soumu
        .get("/netdesk/downloads/guarantees.csv?from=R9.1.1&until=R8.1.1")
        .await;
    assert!(
        page.is(303)
            .location()
            .unwrap()
            .starts_with("/netdesk/downloads?")
    );
    soumu.get("/netdesk/downloads/guarantees.exe").await.is(404);
    house.close().await;
}

/// One file of a ZIP, as the workbook's own writer packs it.
fn unpacked(zip: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut file = archive.by_name(name).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut file, &mut text).unwrap();
    text
}

/// The part of JSON Schema that the published one uses for a guarantee.
fn fits(one: &Value, schema: &Value) {
    let shape = &schema["$defs"]["guarantee"];
    let fields = one.as_object().unwrap();
    let known = shape["properties"].as_object().unwrap();
    let required = shape["required"].as_array().unwrap();
    assert_eq!(fields.len(), known.len());
    assert_eq!(required.len(), known.len());
    for (name, value) in fields {
        let property = known
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not in the schema"));
        if let Some(words) = property["enum"].as_array() {
            assert!(words.contains(value), "{name}: {value}");
        }
        let kind = match value {
            Value::Null => "null",
            Value::Number(_) => "integer",
            _ => "string",
        };
        // A day is a string by reference; of an enum the words are known already.
        let said = property
            .to_string()
            .replace("\"#/$defs/day\"", "\"string\"");
        let named = property["enum"].is_array() || said.contains(&format!("\"{kind}\""));
        assert!(named, "{name}: {value}");
    }
}
