//! A guarantee that was issued before, as far as rules look at it.

use time::Date;

use crate::domain::money::Yen;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};

/// An issued guarantee of the same contractor, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// 保証契約番号, with its letter or without: `35075-00001M`.
    pub number: String,
    pub product: Product,
    pub form: CertificateForm,
    /// 保証金額, after changes.
    pub amount: Yen,
    /// 保証期限, after changes.
    pub until: Date,
    /// 被保証者
    pub obligee_name: String,
    pub works_name: String,
    /// 解約
    pub terminated: bool,
}

impl Standing {
    /// Whether `number` is this guarantee's; the letter need not be there.
    pub fn is_numbered(&self, number: &str) -> bool {
        let digits = |number: &str| {
            TypedNumber::parse(number)
                .map(|typed| typed.digits().to_owned())
                .unwrap_or_else(|_| number.to_owned())
        };
        self.number == number || digits(&self.number) == digits(number)
    }
}
