//! The golden table: every case of `tests/golden/cases.tsv` against the rules themselves and against
//! `akashi check`, and both schemas against everything that goes in and comes out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use akashi::check::{self, Facts};
use akashi::domain::rules::{self, Finding, Outcome};
use serde_json::{Map, Value, json};

use super::schema::Schema;

fn golden(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read_to_string(path.join(file)).unwrap()
}

/// One line of the table, by column.
struct Case(BTreeMap<String, String>);

impl Case {
    fn all() -> Vec<Self> {
        let text = golden("cases.tsv");
        let mut lines = text.lines();
        let heads: Vec<&str> = lines.next().unwrap().split('\t').collect();
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                assert_eq!(cells.len(), heads.len(), "{line}");
                let named = heads.iter().zip(cells);
                Self(
                    named
                        .map(|(head, cell)| ((*head).to_owned(), cell.to_owned()))
                        .collect(),
                )
            })
            .collect()
    }

    fn get(&self, head: &str) -> &str {
        let mut found = self.0.iter().filter(|(known, _)| known.starts_with(head));
        let cell = found
            .find(|(known, _)| *known == head)
            .or_else(|| self.0.iter().find(|(known, _)| known.starts_with(head)));
        cell.unwrap_or_else(|| panic!("no column {head}")).1
    }

    fn name(&self) -> String {
        format!(
            "case {} ({}, {}: {})",
            self.get("番号"),
            self.get("よりどころ"),
            self.get("発注者"),
            self.get("説明")
        )
    }

    fn product(&self) -> &'static str {
        match self.get("保証") {
            "前払金保証" => "prepayment",
            "中間前払金保証" => "midterm",
            "契約保証" => "contract",
            "契約保証予約" => "reservation",
            other => panic!("{other}"),
        }
    }

    fn text(&self, head: &str) -> Value {
        match self.get(head) {
            "" => Value::Null,
            text => json!(text),
        }
    }

    fn yen(&self, head: &str) -> Value {
        match self.get(head) {
            "" => Value::Null,
            digits => json!(digits.parse::<i64>().unwrap()),
        }
    }

    fn application(&self, before: bool) -> Value {
        let old = |head: &str, now: &str| match (before, self.get(head)) {
            (true, "") | (false, _) => self.0[now].clone(),
            (true, old) => old.to_owned(),
        };
        let number = |text: String| json!(text.parse::<i64>().unwrap());
        let form = match self.get("形式") {
            "電子" => "electronic",
            _ => "paper",
        };
        let mut terms = json!({
            "form": form,
            "amount": number(old("変更前の保証金額", "保証金額")),
        });
        match self.product() {
            "prepayment" => terms["fy_base"] = self.yen("今年度対象額"),
            "midterm" => {
                let unmet = self.get("満たさない要件");
                for (name, value) in [
                    ("fy_base", self.yen("今年度対象額")),
                    ("builds_on", json!("35075-00001")),
                    ("prepaid", self.yen("受け取った前払金")),
                    ("approved_on", self.text("認定日")),
                    (
                        "conditions",
                        json!({
                            "prepaid": true, "half_over": true, "on_schedule": true,
                            "half_done": unmet != "出来高",
                        }),
                    ),
                ] {
                    terms[name] = value;
                }
            }
            _ => {}
        }
        let plan = match self.get("前払金保証の予定") {
            "予定" => json!("planned"),
            "申込済" => json!("applied"),
            _ => Value::Null,
        };
        let mut application = Map::new();
        application.insert(
            "works".to_owned(),
            json!({
                "obligee": format!("{}長", self.get("発注者")),
                "kind": if self.get("種類") == "工事" { "works" } else { "consulting" },
                "price": number(old("変更前の請負金額", "請負金額")),
                "period_from": self.text("工期の始め"),
                "period_to": old("変更前の工期の終わり", "工期の終わり"),
                "contract_date": self.text("契約日"),
                "notice_date": self.text("公告日・指名日"),
                "bid_date": self.text("入札日"),
                "planned_notice_date": self.text("契約予定工事通知日"),
                "award_date": self.text("落札決定日"),
                "jv": self.jv(),
                "multi_year": self.years(),
            }),
        );
        application.insert(self.product().to_owned(), terms);
        application.insert(
            "bid".to_owned(),
            json!({
                "planned_price": self.yen("予定価格"),
                "design_price": self.yen("設計金額"),
                "low_price": self.get("低入札") == "はい",
                "partial_payment": self.get("部分払") == "はい",
                "by_change": self.get("変更による新規") == "はい",
                "prepayment_plan": plan,
                "obligee_section": self.text("発注担当課"),
                "kind_detail": self.text("契約の細目"),
            }),
        );
        Value::Object(application)
    }

    fn years(&self) -> Value {
        let text = self.get("年度ごとの額");
        if text.is_empty() {
            return Value::Null;
        }
        let line = |line: &str| {
            let (year, amounts) = line.split_once(':').unwrap();
            let (scheduled, ceiling) = amounts.split_once('/').unwrap();
            let number = |text: &str| text.parse::<i64>().unwrap();
            json!({ "year": number(year), "scheduled": number(scheduled), "ceiling": number(ceiling) })
        };
        let years: Vec<Value> = text.split(';').map(line).collect();
        json!({ "obligation": "authority", "years": years })
    }

    fn jv(&self) -> Value {
        let text = self.get("JV");
        let Some((representative, members)) = text.split_once(';') else {
            return Value::Null;
        };
        let member = |member: &str| {
            let (name, share) = member.split_once('=').unwrap();
            let share: u32 = share.replace('.', "").parse().unwrap();
            json!({ "name": name, "share": share })
        };
        let members: Vec<Value> = members.split(',').map(member).collect();
        json!({ "name": "特定建設工事共同企業体", "representative": representative, "members": members })
    }

    /// The file a keeper of rule books would write for it.
    fn facts(&self, books: &[Value]) -> Value {
        let own: Vec<&Value> = books
            .iter()
            .filter(|version| version["book"]["body"] == self.get("発注者"))
            .collect();
        assert!(!own.is_empty(), "{}: no such book", self.name());
        let mut guarantees = Vec::new();
        if self.product() == "midterm" {
            let until = match self.get("前払金保証の期限") {
                "" => self.get("工期の終わり"),
                until => until,
            };
            guarantees.push(json!({
                "number": "35075-00001", "product": "prepayment",
                "amount": self.yen("受け取った前払金"), "until": until,
            }));
        }
        if let Some((kind, amount)) = self.get("ほかの保証").split_once(':') {
            assert_eq!(kind, "中間");
            guarantees.push(json!({
                "number": "35075-00009", "product": "midterm",
                "amount": amount.parse::<i64>().unwrap(), "until": self.get("工期の終わり"),
            }));
        }
        let change = match self.get("変更の要否") {
            "" => Value::Null,
            _ => json!({ "product": self.product(), "before": self.application(true) }),
        };
        json!({
            "today": self.get("申込日"),
            "application": self.application(false),
            "guarantees": guarantees,
            "rule_books": own,
            "change": change,
            "fee_tables": self.fee_tables(),
        })
    }

    /// The one sourced rate (中間 0.065 %), with the rounding the case asks for.
    fn fee_tables(&self) -> Value {
        let rounding = match self.get("保証料の丸め") {
            "" => return json!({}),
            "切捨て" => "floor",
            "四捨五入" => "half_up",
            other => panic!("{other}"),
        };
        json!({ self.product(): {
            "name": "中間前払金保証（0.065%）", "mode": "flat", "rounding": rounding, "refund": "none",
            "brackets": [{ "over": 0, "up_to": null, "rate_ppm": 650 }],
        } })
    }

    /// Title and outcome of every broken rule, in any order.
    fn broken(&self) -> Vec<String> {
        let mut broken: Vec<String> = self
            .get("外れるきまり")
            .split('、')
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect();
        broken.sort();
        broken
    }
}

fn broken(findings: &[Finding]) -> Vec<String> {
    let mut broken: Vec<String> = findings
        .iter()
        .filter(|it| it.outcome > Outcome::Unchecked)
        .map(|it| format!("{}={}", it.rule.title(), it.outcome.label()))
        .collect();
    broken.sort();
    broken.dedup();
    broken
}

fn label(verdict: &str) -> &'static str {
    match verdict {
        "pass" => "可",
        "warn" => "注意",
        "overrulable" => "支店判断",
        "refuse" => "拒む",
        other => panic!("{other}"),
    }
}

/// `akashi check -`: exit status, what it printed, what it complained of.
fn run(file: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_akashi"))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(file.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn every_case_comes_out_as_the_table_says() {
    let books: Vec<Value> = serde_json::from_str(&golden("books.json")).unwrap();
    let (asks, answers) = (
        Schema::read(check::SCHEMA),
        Schema::read(check::ANSWER_SCHEMA),
    );
    let cases = Case::all();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    for example in [
        "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T18", "T19", "T20", "T21", "T22",
    ] {
        assert!(
            cases.iter().any(|case| case.get("よりどころ") == example),
            "{example} is missing"
        );
    }
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.name();
        let file = case.facts(&books);
        asks.check(&file)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        let text = file.to_string();

        // The rules themselves.
        let facts = Facts::read(text.as_bytes()).unwrap_or_else(|why| panic!("{name}: {why}"));
        let content = facts.application.content();
        let book = facts.version().map(|version| &version.book);
        let circumstances = facts.circumstances();
        let findings = match &facts.change {
            None => rules::told(rules::judge(
                &content,
                &facts.application.unsaid(),
                book,
                &circumstances,
            )),
            Some(change) => {
                let before = change.before.content();
                rules::check_change(&before, &content, change.product, book, &circumstances)
                    .findings
            }
        };
        if broken(&findings) != case.broken() {
            wrong.push(format!("{name}: {:?}", broken(&findings)));
            continue;
        }

        // And the command.
        let (status, printed, complaint) = run(&text);
        assert_eq!(complaint, "", "{name}");
        let answer: Value = serde_json::from_str(&printed).unwrap();
        answers
            .check(&answer)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        let verdict = label(answer["verdict"].as_str().unwrap());
        let status_expected = i32::from(matches!(case.get("結論"), "拒む" | "支店判断"));
        let product = &answer["products"][0];
        let right = match case.get("変更の要否") {
            change if change.starts_with("返還") => &answer["change"]["most"],
            _ => &product["limit"]["yen"],
        };
        let right = match case.get("正しい額") {
            "" => "",
            _ => &right.to_string(),
        };
        let follows = match answer["change"]["follows"].as_str() {
            None => String::new(),
            Some("not_needed") => "不要".to_owned(),
            Some("needed") => "変更".to_owned(),
            Some(_) => {
                let excess = answer["change"]["excess"].as_i64().unwrap();
                format!("返還{}", akashi::domain::money::Yen::new(excess).unwrap())
            }
        };
        let fee = match answer["fees"].as_array().unwrap().as_slice() {
            [] => String::new(),
            fees => fees[0]["total"].to_string(),
        };
        let found = [
            ("結論", verdict),
            ("正しい額", right),
            ("保証期限", product["until"].as_str().unwrap()),
            (
                "半分を過ぎた最初の日",
                product["first_day"].as_str().unwrap_or_default(),
            ),
            ("変更の要否", &follows),
            ("保証料", &fee),
        ];
        for (head, found) in found {
            if case.get(head) != found {
                wrong.push(format!("{name}: {head} is {found}, not {}", case.get(head)));
            }
        }
        assert_eq!(status, status_expected, "{name}");
        let same = answer["findings"].as_array().unwrap().len() == findings.len();
        assert!(same, "{name}: the command says something else");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_books_of_the_table_name_their_source_and_the_day_it_was_looked_up() {
    let books: Vec<Value> = serde_json::from_str(&golden("books.json")).unwrap();
    assert!(books.len() >= 30);
    for version in &books {
        let book = &version["book"];
        assert!(!book["source"].as_str().unwrap().is_empty(), "{book}");
        assert!(book["checked_on"].is_string(), "{book}");
    }
}

#[test]
fn what_is_not_understood_is_said_with_its_place_and_status_2() {
    let books: Vec<Value> = serde_json::from_str(&golden("books.json")).unwrap();
    let asks = Schema::read(check::SCHEMA);
    let good = Case::all()[0].facts(&books);
    let spoiled = |path: &[&str], value: Value| {
        let mut file = good.clone();
        let mut place = &mut file;
        for step in path {
            place = match step.parse::<usize>() {
                Ok(index) => &mut place[index],
                Err(_) => &mut place[*step],
            };
        }
        *place = value;
        file
    };
    let rules = ["rule_books", "0", "book", "electronic", "rules", "0"];
    let rule = |last: &'static str| rules.into_iter().chain([last]).collect::<Vec<_>>();
    // Each with whether the schema, too, can tell.
    let cases = [
        (
            spoiled(&["application", "works", "prise"], json!(1)),
            "there is no field application.works.prise",
            true,
        ),
        (
            spoiled(&["application", "works", "price"], json!("50")),
            "invalid type: string",
            true,
        ),
        (
            spoiled(&["application", "works", "price"], json!(-1)),
            "not an amount",
            true,
        ),
        (
            spoiled(&["application", "works", "price"], json!(1e13)),
            "invalid type: floating point",
            true,
        ),
        (
            spoiled(&["application", "works", "kind"], json!("building")),
            "unknown variant `building`",
            true,
        ),
        (
            spoiled(&["application", "works", "period_to"], json!("2027/03/31")),
            "at line 1 column",
            true,
        ),
        (
            spoiled(&["application", "works"], Value::Null),
            "invalid type: null",
            true,
        ),
        (
            spoiled(&["today"], json!("2026-02-30")),
            "at line 1 column",
            false,
        ),
        (
            spoiled(
                &["rule_books", "0", "book", "rates", "midtrem"],
                json!(null),
            ),
            "there is no field rule_books.1.book.rates.midtrem",
            true,
        ),
        (
            spoiled(
                &["rule_books", "0", "book", "rates", "midterm"],
                json!({"numerator": 3, "denominator": 2}),
            ),
            "between 0 and 1",
            false,
        ),
        (
            spoiled(&rule("until"), json!("2020-01-01")),
            "rule_books.1.book.electronic.rules.0.until: 終わりの日は",
            false,
        ),
        (
            spoiled(&rule("kinds"), json!([])),
            "rule_books.1.book.electronic.rules.0.kinds",
            false,
        ),
        (
            spoiled(
                &["rule_books", "0", "book", "severities"],
                json!({"period": "warn"}),
            ),
            "rule_books.1.book.severities.period",
            true,
        ),
        (
            spoiled(&["rule_books", "0", "valid_until"], json!("x")),
            "line 1",
            true,
        ),
        (
            {
                let version = good["rule_books"][0].clone();
                let mut late = version.clone();
                late["valid_from"] = json!("2027-04-02");
                let mut first = version;
                first["valid_until"] = json!("2027-03-31");
                spoiled(&["rule_books"], json!([first, late]))
            },
            "rule_books.2.valid_from: いちばん新しい版は令和9年3月31日までです。",
            false,
        ),
        (
            spoiled(
                &["change"],
                json!({"product": "contract", "before": good["application"]}),
            ),
            "application.contract: the change is one of this product",
            false,
        ),
        (
            spoiled(
                &["application", "works", "multi_year"],
                json!({"obligation": "authority", "years": [{"year": 8, "scheduled": 1, "ceiling": 1}]}),
            ),
            "8 is no fiscal year",
            true,
        ),
        (
            spoiled(
                &["fee_tables"],
                json!({"prepayment": {"name": "料率", "mode": "flat", "rounding": "floor", "refund": "none",
                    "brackets": [{"over": 0, "up_to": 5, "rate_ppm": 650}]}}),
            ),
            "fee_tables.prepayment.brackets",
            false,
        ),
        (
            spoiled(&["fee_tables"], json!({"prepaiment": null})),
            "there is no field fee_tables.prepaiment",
            true,
        ),
        (json!([]), "invalid", true),
    ];
    for (file, words, by_schema) in cases {
        let (status, printed, complaint) = run(&file.to_string());
        assert_eq!(status, 2, "{words}: {printed}");
        assert_eq!(printed, "");
        assert!(
            complaint.starts_with("standard input is not understood: "),
            "{complaint}"
        );
        assert!(complaint.contains(words), "{words}: {complaint}");
        assert_eq!(asks.check(&file).is_err(), by_schema, "{words}");
    }
    for text in [
        "",
        "{",
        "{\"today\": \"2026-07-02\"}",
        "\u{FEFF}{}",
        "null",
        "{\"today\":1,\"today\":1}",
    ] {
        assert_eq!(run(text).0, 2, "{text}");
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_akashi"))
        .args(["check", "/nowhere/facts.json"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(2));
    let none = Command::new(env!("CARGO_BIN_EXE_akashi"))
        .arg("check")
        .output()
        .unwrap();
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn both_schemas_are_printed() {
    for (flag, schema) in [
        ("--schema", check::SCHEMA),
        ("--answer-schema", check::ANSWER_SCHEMA),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_akashi"))
            .args(["check", flag])
            .output()
            .unwrap();
        assert!(output.status.success());
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed, serde_json::from_str::<Value>(schema).unwrap());
        assert_eq!(
            printed["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
}

#[test]
fn the_readmes_example_ends_as_the_readme_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let example = readme
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .find(|block| block.contains("\"application\""))
        .unwrap();
    let file: Value = serde_json::from_str(example).unwrap();
    Schema::read(check::SCHEMA).check(&file).unwrap();
    let (status, printed, _) = run(example);
    assert_eq!(status, 1, "{printed}");
    let answer: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(answer["products"][0]["limit"]["yen"], 3_700_000);
    let mut right = file;
    right["application"]["prepayment"]["amount"] = json!(3_700_000);
    assert_eq!(run(&right.to_string()).0, 0);
    // The day before the version begins the general rate only warns.
    right["application"]["prepayment"]["amount"] = json!(3_703_681);
    right["application"]["prepayment"]["form"] = json!("paper");
    right["applied_on"] = json!("2027-03-31");
    let (status, printed, _) = run(&right.to_string());
    assert_eq!(status, 0, "{printed}");
    let answer: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(answer["verdict"], "warn");
}

#[test]
fn the_fee_is_printed_with_every_step_and_a_change_with_its_difference() {
    let table = json!({
        "name": "DEMO（実際の料率ではありません）", "mode": "marginal", "rounding": "floor", "refund": "none",
        "minimum": 1_000,
        "brackets": [
            { "over": 0, "up_to": 10_000_000, "rate_ppm": 3_000 },
            { "over": 10_000_000, "up_to": null, "rate_ppm": 1_000 },
        ],
    });
    let works = json!({
        "kind": "works", "price": 62_000_000, "period_from": "2026-07-01", "period_to": "2027-03-31",
        "contract_date": "2026-07-01",
    });
    let mut before = works.clone();
    before["price"] = json!(50_000_000);
    let mut file = json!({
        "today": "2026-07-02",
        "application": { "works": works, "prepayment": { "form": "paper", "amount": 24_800_000 } },
        "fee_tables": { "prepayment": table },
    });
    Schema::read(check::SCHEMA).check(&file).unwrap();
    let answer = |file: &Value| -> Value {
        let (status, printed, complaint) = run(&file.to_string());
        assert_eq!(status, 0, "{complaint}{printed}");
        let answer = serde_json::from_str(&printed).unwrap();
        Schema::read(check::ANSWER_SCHEMA).check(&answer).unwrap();
        answer
    };
    let new = answer(&file);
    let fee = &new["fees"][0];
    // 10,000,000 × 0.3 % and 14,800,000 × 0.1 %.
    assert_eq!((&fee["amount"], &fee["tax"]), (&json!(44_800), &json!(0)));
    assert_eq!(fee["demo"], true);
    let kinds: Vec<&str> = fee["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "base", "bracket", "rate", "product", "bracket", "rate", "product", "sum", "rounding",
            "minimum"
        ]
    );
    file["change"] = json!({
        "product": "prepayment",
        "before": { "works": before, "prepayment": { "form": "paper", "amount": 20_000_000 } },
    });
    let change = answer(&file);
    assert_eq!(change["change"]["follows"], "needed");
    // 44,800 less 40,000.
    assert_eq!(change["fees"][0]["total"], 4_800);
}
