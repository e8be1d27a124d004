//! An e-mail address that every mail server takes.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::text;

/// An address such as `soumu@minato.example`: plain ASCII, the domain in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Most characters of an address (RFC 5321: a path of 256 with its brackets).
    pub const MAX: usize = 254;

    /// Reads a typed address: any width, blanks around it, the domain's case do not matter.
    ///
    /// # Errors
    /// The [`EmailFault`] whose sentence belongs beside the field.
    pub fn parse(typed: &str) -> Result<Self, EmailFault> {
        let folded: String = typed.trim().nfkc().collect();
        let folded = folded.trim();
        if folded.is_empty() {
            return Err(EmailFault::Empty);
        }
        if folded.len() > Self::MAX {
            return Err(EmailFault::TooLong(folded.chars().count()));
        }
        match folded.split_once('@') {
            Some((local, domain)) if sound_local(local) && sound_domain(domain) => {
                Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
            }
            _ => Err(EmailFault::Shape(text::excerpt(typed))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A dot-atom (RFC 5322 §3.2.3) of at most 64 characters; no quoted strings.
fn sound_local(local: &str) -> bool {
    local.len() <= 64
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
        })
}

/// A host name with a dot (RFC 1123) whose last part is not a figure.
fn sound_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.split('.').all(label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, top)| !top.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailFault;

    fn try_from(text: String) -> Result<Self, EmailFault> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    #[error("no e-mail address")]
    Empty,
    #[error("{0:?} is not an e-mail address")]
    Shape(String),
    #[error("an e-mail address of {0} characters")]
    TooLong(usize),
}

impl EmailFault {
    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::Shape(typed) => {
                format!("{label}は「名前@会社名」の形で入力してください（いまの入力：{typed}）。")
            }
            Self::TooLong(count) => format!(
                "{label}は{}文字以内で入力してください（いまは{count}文字です）。",
                Email::MAX
            ),
        }
    }
}

#[cfg(test)]
mod tests;
