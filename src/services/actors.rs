//! Proof of who acts. Only this crate's session look-ups make these values.

use crate::db::Scope;
use crate::db::sureties::BranchRow;
use crate::domain::people::{ContractorRole, StaffRole};

/// A signed-in user of a contractor company.
#[derive(Debug, Clone)]
pub struct ContractorUser {
    pub(super) account: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: ContractorRole,
    pub(super) surety: i64,
    pub(super) surety_name: String,
    pub(super) suffix: char,
    pub(super) contractor: i64,
    pub(super) company: String,
    /// The company's usual branch, which answers its questions.
    pub(super) desk: BranchRow,
    pub(super) terms_version: Option<i32>,
    pub(super) session_until: time::OffsetDateTime,
}

/// A signed-in member of a branch's staff.
#[derive(Debug, Clone)]
pub struct Officer {
    pub(super) account: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: StaffRole,
    pub(super) surety: i64,
    pub(super) surety_name: String,
    pub(super) suffix: char,
    pub(super) branch: i64,
    pub(super) branch_name: String,
    /// Head office sees every branch.
    pub(super) is_head: bool,
    pub(super) session_until: time::OffsetDateTime,
}

/// Somebody who knows number and key of one guarantee.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    /// `35075-00001`, without the letter.
    pub(super) number: String,
    pub(super) session_sha256: [u8; 32],
    pub(super) network: String,
    pub(super) session_until: time::OffsetDateTime,
}

impl ContractorUser {
    pub fn account(&self) -> i64 {
        self.account
    }
    pub fn login(&self) -> &str {
        &self.login
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn email(&self) -> &str {
        &self.email
    }
    pub fn role(&self) -> ContractorRole {
        self.role
    }
    /// Whom to ask: the company's usual branch.
    pub fn desk(&self) -> &BranchRow {
        &self.desk
    }
    pub fn surety(&self) -> i64 {
        self.surety
    }
    pub fn surety_name(&self) -> &str {
        &self.surety_name
    }
    /// The fixed letter of this surety's contract numbers.
    pub fn suffix(&self) -> char {
        self.suffix
    }
    pub fn contractor(&self) -> i64 {
        self.contractor
    }
    pub fn company(&self) -> &str {
        &self.company
    }
    pub fn branch(&self) -> i64 {
        self.desk.id
    }
    /// The newest terms this person accepted.
    pub fn terms_version(&self) -> Option<i32> {
        self.terms_version
    }
    /// When the session ends without another request.
    pub fn session_until(&self) -> time::OffsetDateTime {
        self.session_until
    }
    /// What this person may see.
    pub fn scope(&self) -> Scope {
        Scope::Contractor {
            surety: self.surety,
            contractor: self.contractor,
        }
    }
}

impl Officer {
    pub fn account(&self) -> i64 {
        self.account
    }
    pub fn login(&self) -> &str {
        &self.login
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn role(&self) -> StaffRole {
        self.role
    }
    pub fn surety(&self) -> i64 {
        self.surety
    }
    pub fn surety_name(&self) -> &str {
        &self.surety_name
    }
    pub fn suffix(&self) -> char {
        self.suffix
    }
    pub fn branch(&self) -> i64 {
        self.branch
    }
    pub fn branch_name(&self) -> &str {
        &self.branch_name
    }
    pub fn is_head(&self) -> bool {
        self.is_head
    }
    pub fn session_until(&self) -> time::OffsetDateTime {
        self.session_until
    }
    /// What this person may see: the own branch, or all of them from head office.
    pub fn scope(&self) -> Scope {
        Scope::Office {
            surety: self.surety,
            branch: (!self.is_head).then_some(self.branch),
        }
    }
}

impl KeyHolder {
    pub fn number(&self) -> &str {
        &self.number
    }
    /// The session, as looks are counted by it.
    pub fn session_sha256(&self) -> &[u8; 32] {
        &self.session_sha256
    }
    /// Where the key was shown from.
    pub fn network(&self) -> &str {
        &self.network
    }
    pub fn session_until(&self) -> time::OffsetDateTime {
        self.session_until
    }
    /// This one guarantee and nothing else.
    pub fn scope(&self) -> Scope {
        Scope::Dsure {
            number: Some(self.number.clone()),
        }
    }
}
