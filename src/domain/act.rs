//! Acts of the branch on an issued guarantee (domain.md §6.3, §6.4): 訂正, 変更取消, 解約.

use serde::{Deserialize, Serialize};
use time::Date;

use super::certificate::{CertificateFace, Occasion};
use super::era;
use super::guarantee::{Barrier, Life};
use super::money::Yen;

/// Which act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActKind {
    /// 訂正: the branch printed something wrong.
    Correction,
    /// 変更取消
    Cancellation,
    /// 解約
    Termination,
}

impl ActKind {
    pub const ALL: [Self; 3] = [Self::Correction, Self::Cancellation, Self::Termination];

    pub fn label(self) -> &'static str {
        match self {
            Self::Correction => "訂正",
            Self::Cancellation => "変更取消",
            Self::Termination => "解約",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Cancellation => "cancellation",
            Self::Termination => "termination",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Everything on a certificate that a 訂正 may put right: all but number, product, form, surety and branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    pub address: String,
    pub name: String,
    pub representative: String,
    pub jv_name: Option<String>,
    pub jv_representative: Option<String>,
    pub obligee: String,
    pub amount: Yen,
    #[serde(with = "era::iso")]
    pub until: Date,
    pub works_name: String,
    pub price: Yen,
    #[serde(with = "era::iso")]
    pub period_from: Date,
    #[serde(with = "era::iso")]
    pub period_to: Date,
    #[serde(with = "era::iso::option")]
    pub contract_date: Option<Date>,
    pub bank: Option<String>,
}

impl Corrected {
    /// What a certificate says.
    pub fn of(face: &CertificateFace) -> Self {
        Self {
            address: face.principal.address.clone(),
            name: face.principal.name.clone(),
            representative: face.principal.representative.clone(),
            jv_name: face.principal.jv_name.clone(),
            jv_representative: face.principal.jv_representative.clone(),
            obligee: face.obligee.clone(),
            amount: face.amount,
            until: face.until,
            works_name: face.works_name.clone(),
            price: face.price,
            period_from: face.period_from,
            period_to: face.period_to,
            contract_date: face.contract_date,
            bank: face.bank.clone(),
        }
    }

    /// The certificate with these words in their places.
    pub fn put_into(&self, face: &CertificateFace) -> CertificateFace {
        let mut face = face.clone();
        face.principal.address.clone_from(&self.address);
        face.principal.name.clone_from(&self.name);
        face.principal
            .representative
            .clone_from(&self.representative);
        face.principal.jv_name.clone_from(&self.jv_name);
        face.principal
            .jv_representative
            .clone_from(&self.jv_representative);
        face.obligee.clone_from(&self.obligee);
        face.amount = self.amount;
        face.until = self.until;
        face.works_name.clone_from(&self.works_name);
        face.price = self.price;
        face.period_from = self.period_from;
        face.period_to = self.period_to;
        face.contract_date = self.contract_date;
        face.bank.clone_from(&self.bank);
        face
    }
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    Correction {
        target: u32,
        corrected: Box<Corrected>,
    },
    Cancellation {
        target: u32,
    },
    /// The guarantee ends on this day.
    Termination {
        on: Date,
    },
}

impl Proposal {
    pub fn kind(&self) -> ActKind {
        match self {
            Self::Correction { .. } => ActKind::Correction,
            Self::Cancellation { .. } => ActKind::Cancellation,
            Self::Termination { .. } => ActKind::Termination,
        }
    }

    /// The version it concerns.
    pub fn target(&self) -> Option<u32> {
        match self {
            Self::Correction { target, .. } | Self::Cancellation { target } => Some(*target),
            Self::Termination { .. } => None,
        }
    }

    /// Does it fit the guarantee's life?
    ///
    /// # Errors
    /// The [`Barrier`].
    pub fn fits(&self, life: &Life) -> Result<(), Barrier> {
        match self {
            Self::Correction { target, .. } => life.correctable(*target),
            Self::Cancellation { target } => life.may_cancel(*target).map(drop),
            Self::Termination { .. } => life.alive(),
        }
    }

    /// The face of the link it makes; `of` gives the certificates of the chain. Place and dates are the
    /// chain's.
    ///
    /// # Errors
    /// The [`Barrier`] where it does not fit.
    pub fn face<'a>(
        &self,
        life: &Life,
        of: impl Fn(u32) -> Option<&'a CertificateFace>,
    ) -> Result<CertificateFace, Barrier> {
        self.fits(life)?;
        let at = |seq: u32| of(seq).ok_or(Barrier::Hidden);
        let mut face = match self {
            Self::Correction { target, corrected } => {
                let mut face = corrected.put_into(at(*target)?);
                face.corrects = Some(*target);
                return Ok(face);
            }
            Self::Cancellation { target } => {
                let number = life.may_cancel(*target)?;
                let held = life.before(*target).ok_or(Barrier::NoChange)?;
                let mut face = at(held.seq)?.clone();
                face.occasion = Occasion::Cancellation {
                    number,
                    cancels: *target,
                };
                face
            }
            Self::Termination { on } => {
                let mut face = at(life.in_force)?.clone();
                face.occasion = Occasion::Termination { on: *on };
                face
            }
        };
        face.corrects = None;
        Ok(face)
    }
}
