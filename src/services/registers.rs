//! What the registers of an administrator share: reading one typed field after another.

use time::Date;

use crate::domain::email::Email;
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::text::{self, TextFault};
use crate::error::AppError;
use crate::pdf::font;
use crate::services::Officer;
pub use crate::services::accounts::users::FieldFault;

/// Only the surety's administrator keeps registers; to others they are not there.
///
/// # Errors
/// `NotFound` for other roles.
pub(super) fn administrator(who: &Officer) -> Result<(), AppError> {
    if who.role.may_administer() {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// What became of a register's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept<T> {
    Done(T),
    Refused(Vec<FieldFault>),
}

/// Reads fields and collects what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<FieldFault>,
}

impl Reader {
    pub(super) fn fault(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.faults.push(FieldFault {
            field,
            sentence: sentence.into(),
        });
    }

    /// One line that must be there.
    pub(super) fn line(
        &mut self,
        field: &'static str,
        label: &str,
        typed: &str,
        max: usize,
    ) -> String {
        let read = text::line(typed, max).and_then(text::required);
        self.keep(field, label, read)
    }

    /// A line that certificates print: every character has a glyph.
    pub(super) fn printed(
        &mut self,
        field: &'static str,
        label: &str,
        typed: &str,
        max: usize,
    ) -> String {
        let line = self.line(field, label, typed, max);
        if let Some(missing) = font::missing(&line) {
            self.fault(
                field,
                format!(
                    "{label}の『{missing}』は証書に印刷できません。ほかの文字に直してください。"
                ),
            );
        }
        line
    }

    /// A telephone or FAX number: figures and hyphens, however they were typed.
    pub(super) fn phone(
        &mut self,
        field: &'static str,
        label: &str,
        typed: &str,
        needed: bool,
    ) -> String {
        let folded = text::fold_figures(typed);
        if folded.is_empty() {
            if needed {
                self.fault(field, format!("{label}を入力してください。"));
            }
            return folded;
        }
        let figures = folded.bytes().filter(u8::is_ascii_digit).count();
        let plain = folded
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-()+".contains(&byte));
        if !plain || !(9..=15).contains(&figures) {
            self.fault(
                field,
                format!(
                    "{label}は、045-000-0000 のように数字とハイフンで入力してください（いまの入力：{}）。",
                    text::excerpt(typed)
                ),
            );
        }
        folded
    }

    pub(super) fn email(&mut self, field: &'static str, label: &str, typed: &str) -> String {
        match Email::parse(typed) {
            Ok(email) => email.as_str().to_owned(),
            Err(fault) => {
                self.fault(field, fault.sentence(label));
                String::new()
            }
        }
    }

    /// An amount of at least one yen.
    pub(super) fn money(&mut self, field: &'static str, label: &str, typed: &str) -> Yen {
        Yen::parse(typed).unwrap_or_else(|fault| {
            self.fault(field, fault.sentence(label));
            Yen::ZERO
        })
    }

    /// A date in any form a person types.
    pub(super) fn date(&mut self, field: &'static str, label: &str, typed: &str) -> Date {
        era::parse_date(typed).unwrap_or_else(|fault| {
            self.fault(field, fault.sentence(label));
            Date::MIN
        })
    }

    /// Some lines of words that must be there.
    pub(super) fn block(
        &mut self,
        field: &'static str,
        label: &str,
        typed: &str,
        max: usize,
    ) -> String {
        let read = text::block(typed, max).and_then(text::required);
        self.keep(field, label, read)
    }

    /// One of the choices offered, by id.
    pub(super) fn choice(&mut self, field: &'static str, label: &str, typed: Option<i64>) -> i64 {
        typed.unwrap_or_else(|| {
            self.fault(field, format!("{label}を一覧から選んでください。"));
            0
        })
    }

    /// Some lines, at least one, each as [`Reader::line`].
    pub(super) fn lines(
        &mut self,
        field: &'static str,
        label: &str,
        typed: &str,
        max: usize,
    ) -> Vec<String> {
        let lines: Vec<&str> = typed
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        if lines.is_empty() {
            self.fault(
                field,
                format!("{label}を、一行に一つずつ入力してください。"),
            );
        } else if lines.len() > 20 {
            self.fault(
                field,
                format!(
                    "{label}は20か所までにしてください（いまは{}か所です）。",
                    lines.len()
                ),
            );
        }
        let mut kept: Vec<String> = Vec::new();
        for line in lines.into_iter().take(20) {
            match text::line(line, max) {
                Ok(line) if !kept.contains(&line) => kept.push(line),
                Ok(_) => {}
                Err(fault) => {
                    self.fault(field, fault.sentence(label));
                    break;
                }
            }
        }
        kept
    }

    fn keep(
        &mut self,
        field: &'static str,
        label: &str,
        read: Result<String, TextFault>,
    ) -> String {
        read.unwrap_or_else(|fault| {
            self.fault(field, fault.sentence(label));
            String::new()
        })
    }
}

/// One fault that the database found.
pub(super) fn refused<T>(field: &'static str, sentence: impl Into<String>) -> Kept<T> {
    Kept::Refused(vec![FieldFault {
        field,
        sentence: sentence.into(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_telephones_are_read_as_typed_and_kept_plain() {
        let mut reader = Reader::default();
        assert_eq!(
            reader.phone("tel", "電話", "０４５－０００－００００", true),
            "045-000-0000"
        );
        assert_eq!(reader.phone("fax", "FAX", "", false), "");
        assert!(reader.faults.is_empty());
        reader.phone("tel", "電話", "代表まで", true);
        reader.phone("tel", "電話", "", true);
        assert_eq!(reader.faults.len(), 2);
        assert!(reader.faults[0].sentence.contains("代表まで"));
    }

    #[test]
    fn what_is_printed_must_have_a_glyph() {
        let mut reader = Reader::default();
        reader.printed("name", "会社名", "有限会社髙橋﨑工務店", 100);
        assert!(reader.faults.is_empty());
        reader.printed("name", "会社名", "🏗建設", 100);
        assert!(reader.faults[0].sentence.contains("『🏗』"));
    }

    #[test]
    fn places_are_one_a_line_and_each_once() {
        let mut reader = Reader::default();
        let typed = " 本社　総務部 \r\n\r\n横浜営業所\r\n横浜営業所";
        let places = reader.lines("places", "保証料請求先", typed, 40);
        assert_eq!(places, ["本社　総務部", "横浜営業所"]);
        reader.lines("places", "保証料請求先", "\n \n", 40);
        assert_eq!(reader.faults.len(), 1);
    }
}
