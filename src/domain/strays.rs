//! Words of a JSON file that nobody understood: what was read is written again and compared. A rate
//! under a misspelt name would be no rate.

use serde_json::Value;

/// The path of the first field that was typed and not understood.
pub fn first(typed: &Value, kept: &Value) -> Option<String> {
    match (typed, kept) {
        (Value::Object(typed), Value::Object(kept)) => {
            typed.iter().find_map(|(name, value)| match kept.get(name) {
                None => Some(name.clone()),
                Some(kept) => first(value, kept).map(|rest| format!("{name}.{rest}")),
            })
        }
        (Value::Array(typed), Value::Array(kept)) => {
            typed
                .iter()
                .zip(kept)
                .enumerate()
                .find_map(|(index, (typed, kept))| {
                    first(typed, kept).map(|rest| format!("{}.{rest}", index + 1))
                })
        }
        _ => None,
    }
}
