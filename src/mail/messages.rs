//! The letters, in the leaflets' words (domain.md §10).

use askama::Template;

use super::{Letter, MailError};

/// 電子保証（認証キー）発行完了のお知らせ: a link, never a key.
#[derive(Debug, Template)]
#[template(path = "mail/issued.txt", escape = "none")]
pub struct Issued<'a> {
    pub company: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub product: &'a str,
    /// 新規 / 変更ーn
    pub occasion: &'a str,
    /// A change: the key is the one of before.
    pub changed: bool,
    pub number: &'a str,
    pub works_name: &'a str,
    pub obligee: &'a str,
    /// 2026/11/20 14:05
    pub arrived_at: &'a str,
    /// The page of the guarantee in Net Desk.
    pub link: &'a str,
    pub surety: &'a str,
    pub branch: &'a str,
    pub tel: &'a str,
    pub hours: &'a str,
}

/// 変更取消 or 解約.
#[derive(Debug, Template)]
#[template(path = "mail/ended.txt", escape = "none")]
pub struct Ended<'a> {
    pub company: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub product: &'a str,
    /// 変更ー1; empty for 解約.
    pub cancelled: &'a str,
    /// 解約日: 令和8年12月1日
    pub ended_on: Option<&'a str>,
    pub number: &'a str,
    pub works_name: &'a str,
    pub obligee: &'a str,
    pub link: &'a str,
    pub surety: &'a str,
    pub branch: &'a str,
    pub tel: &'a str,
    pub hours: &'a str,
}

/// 認証キーの再発行: a link, never a key.
#[derive(Debug, Template)]
#[template(path = "mail/renewed.txt", escape = "none")]
pub struct Renewed<'a> {
    pub company: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub product: &'a str,
    pub number: &'a str,
    pub works_name: &'a str,
    pub obligee: &'a str,
    /// 2026/11/20 14:05
    pub at: &'a str,
    pub link: &'a str,
    pub surety: &'a str,
    pub branch: &'a str,
    pub tel: &'a str,
    pub hours: &'a str,
}

/// 差戻し: what the branch asks.
#[derive(Debug, Template)]
#[template(path = "mail/returned.txt", escape = "none")]
pub struct Returned<'a> {
    pub company: &'a str,
    pub person: &'a str,
    pub receipt_no: &'a str,
    pub works_name: &'a str,
    pub words: &'a str,
    pub link: &'a str,
    pub surety: &'a str,
    pub branch: &'a str,
    pub tel: &'a str,
    pub hours: &'a str,
}

/// An invitation, or a new one for a forgotten password: the single-use link.
#[derive(Debug, Template)]
#[template(path = "mail/invitation.txt", escape = "none")]
pub struct Invitation<'a> {
    pub name: &'a str,
    pub company: &'a str,
    pub service: &'a str,
    pub login: &'a str,
    pub link: &'a str,
    /// 72時間 / 30分
    pub lasts: &'a str,
    pub reset: bool,
    /// After too many wrong passwords.
    pub locked: bool,
    pub surety: &'a str,
}

/// パスワードの変更: told to the account's own address, with no link and no secret.
#[derive(Debug, Template)]
#[template(path = "mail/password.txt", escape = "none")]
pub struct PasswordChanged<'a> {
    pub name: &'a str,
    pub company: &'a str,
    pub service: &'a str,
    pub login: &'a str,
    /// 2026/11/20 14:05
    pub at: &'a str,
    /// Of the surety, not of a contractor.
    pub staff: bool,
    pub surety: &'a str,
    pub branch: &'a str,
    pub tel: &'a str,
}

impl PasswordChanged<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        letter(to, "パスワード変更のお知らせ", self)
    }
}

impl Issued<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        letter(to, "電子保証（認証キー）発行完了のお知らせ", self)
    }
}

impl Ended<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        let what = if self.ended_on.is_some() {
            "解約"
        } else {
            "変更取消"
        };
        let subject = format!("保証契約の{what}のお知らせ（{}）", self.number);
        letter(to, &subject, self)
    }
}

impl Renewed<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        letter(to, "認証キー再発行のお知らせ", self)
    }
}

impl Returned<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        let subject = format!("保証申込のご確認のお願い（受付番号 {}）", self.receipt_no);
        letter(to, &subject, self)
    }
}

impl Invitation<'_> {
    /// # Errors
    /// Only if the template cannot be written.
    pub fn letter(&self, to: &str) -> Result<Letter, MailError> {
        let subject = if self.reset {
            "パスワード再設定のご案内"
        } else {
            "ご利用開始のご案内"
        };
        letter(to, subject, self)
    }
}

fn letter(to: &str, subject: &str, body: &impl Template) -> Result<Letter, MailError> {
    Ok(Letter {
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: body
            .render()
            .map_err(|error| MailError::Letter(error.to_string()))?,
    })
}
