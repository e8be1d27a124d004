//! As much of JSON Schema (draft 2020-12) as our own schemas use; a word it does not know is an error,
//! so that nothing in them goes unchecked.

use serde_json::Value;

pub struct Schema(Value);

/// What only tells people something.
const NOTES: [&str; 4] = ["$schema", "title", "description", "$defs"];

impl Schema {
    pub fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    /// Where a value is not what the schema says, and why.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        self.at(&self.0, value, "")
    }

    fn at(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let wrong = |why: String| Err(format!("{path}: {why}"));
        let schema = schema.as_object().unwrap();
        for (word, rule) in schema {
            match word.as_str() {
                note if NOTES.contains(&note) => {}
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    let target = &self.0["$defs"][name];
                    assert!(target.is_object(), "no {name}");
                    self.at(target, value, path)?;
                }
                "anyOf" => {
                    let tried: Vec<_> = rule
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|one| self.at(one, value, path))
                        .collect();
                    if tried.iter().all(Result::is_err) {
                        return wrong(format!("none of {tried:?}"));
                    }
                }
                "type" => {
                    let fits = match rule.as_str().unwrap() {
                        "object" => value.is_object(),
                        "array" => value.is_array(),
                        "string" => value.is_string(),
                        "boolean" => value.is_boolean(),
                        "null" => value.is_null(),
                        "integer" => value.as_f64().is_some_and(|it| it.fract() == 0.0),
                        other => panic!("type {other}"),
                    };
                    if !fits {
                        return wrong(format!("{value} is no {rule}"));
                    }
                }
                "enum" => {
                    if !rule.as_array().unwrap().contains(value) {
                        return wrong(format!("{value} is not among {rule}"));
                    }
                }
                "const" => {
                    if value != rule {
                        return wrong(format!("{value} is not {rule}"));
                    }
                }
                "required" => {
                    for name in rule.as_array().unwrap() {
                        if value.get(name.as_str().unwrap()).is_none() {
                            return wrong(format!("{name} is missing"));
                        }
                    }
                }
                "properties" => {
                    for (name, own) in rule.as_object().unwrap() {
                        if let Some(inner) = value.get(name) {
                            self.at(own, inner, &format!("{path}.{name}"))?;
                        }
                    }
                }
                "additionalProperties" => {
                    assert_eq!(rule, &Value::Bool(false));
                    for name in value.as_object().into_iter().flat_map(|it| it.keys()) {
                        if schema["properties"].get(name).is_none() {
                            return wrong(format!("{name} is not known"));
                        }
                    }
                }
                "items" => {
                    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.at(rule, inner, &format!("{path}.{index}"))?;
                    }
                }
                "minimum" => {
                    if value.as_f64().is_some_and(|it| it < rule.as_f64().unwrap()) {
                        return wrong(format!("{value} is less than {rule}"));
                    }
                }
                "maximum" => {
                    if value.as_f64().is_some_and(|it| it > rule.as_f64().unwrap()) {
                        return wrong(format!("{value} is more than {rule}"));
                    }
                }
                "pattern" => {
                    if let Some(text) = value.as_str()
                        && !matches(rule.as_str().unwrap(), text)
                    {
                        return wrong(format!("{value} is not {rule}"));
                    }
                }
                other => panic!("the schema says {other}, which nobody checks"),
            }
        }
        Ok(())
    }
}

/// The patterns our schemas use.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match pattern {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
            let parts: Vec<&str> = text.split('-').collect();
            matches!(parts[..], [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2
                && digits(y) && digits(m) && digits(d))
        }
        "^[0-9]+\\.[0-9]$" => text
            .split_once('.')
            .is_some_and(|(whole, place)| digits(whole) && digits(place) && place.len() == 1),
        other => panic!("pattern {other}"),
    }
}
