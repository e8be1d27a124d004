//! A form as it was typed: field names and raw text, kept byte for byte.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a person typed; an absent field reads as empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypedForm(BTreeMap<String, String>);

impl TypedForm {
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A box was ticked.
    pub fn checked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// As a page can show it: a NUL, which no page holds, as the mark of a broken character.
    #[must_use]
    pub fn shown(&self) -> Self {
        self.iter()
            .map(|(name, value)| (name, value.replace('\0', "\u{FFFD}")))
            .collect()
    }

    /// Fields whose text is blank say nothing.
    pub fn is_blank(&self) -> bool {
        self.0.values().all(|value| value.trim().is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for TypedForm {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}
