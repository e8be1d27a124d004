//! What stands under a number, judged by its signatures: pure, from stored rows to what may be shown.

use time::{Date, OffsetDateTime};

use crate::db::dsure::VersionRow;
use crate::domain::certificate::{CertificateFace, hex, sha256};
use crate::domain::era;
use crate::domain::seal::{self, Envelope, PublicKey, PublicKeys, SealFault};

/// How somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Page,
    Pdf,
    Envelope,
}

impl Kind {
    /// The word of the column `kind`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Pdf => "pdf",
            Self::Envelope => "envelope",
        }
    }
}

/// One version that may be shown: its signature is right, and it is the one that was asked for.
#[derive(Debug, Clone)]
pub struct Seen {
    pub face: CertificateFace,
    /// The key that signed it.
    pub key_id: String,
    pub arrived_at: OffsetDateTime,
    /// SHA-256 of the signed bytes.
    pub fingerprint: [u8; 32],
    /// All versions, oldest first.
    pub versions: Vec<Version>,
    /// 保証期限 of the newest version, if that one's signature is right.
    pub until: Option<Date>,
    /// What is other than in the version before.
    pub changes: Vec<Change>,
    /// The signed bytes and their signature.
    envelope: Envelope,
}

/// One line of the list of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub seq: i32,
    /// 新規, 変更ー1; `None` where the signature is not right.
    pub label: Option<String>,
    pub arrived_at: OffsetDateTime,
}

/// A row of the certificate that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub label: &'static str,
    pub before: String,
    pub after: String,
}

/// Why a version must not be shown. For the log: no number, no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the key {0} is not known")]
    UnknownKey(String),
    #[error("the signature does not fit the bytes (key {0})")]
    Signature(String),
    #[error("signed, but no certificate")]
    NotAFace,
    #[error("signed by another surety's key {0}")]
    OtherSurety(String),
    #[error("signed, but for another number or version")]
    OtherPlace,
    #[error("signed, but after another version than the one stored before it")]
    Chain,
}

impl Seen {
    pub fn is_newest(&self) -> bool {
        self.versions.last().map(|version| version.seq) == i32::try_from(self.face.seq).ok()
    }

    /// The signed envelope, as `verify` reads it.
    ///
    /// # Errors
    /// Only if serde cannot write it, which its types rule out.
    pub fn envelope(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.envelope.to_json()
    }
}

/// What a number holds, seen at version `seq`; `None` where there is no such version.
pub(super) fn judge(number: &str, seq: i32, rows: &[VersionRow]) -> Option<Result<Seen, Fault>> {
    let at = rows.iter().position(|row| row.seq == seq)?;
    let mut faces: Vec<Result<CertificateFace, Fault>> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| rows.get(index));
        // A broken version says nothing about the one after it, which is signed for itself.
        let before = before.filter(|_| faces.last().is_some_and(Result::is_ok));
        faces.push(face(number, row).and_then(|face| chained(face, before)));
    }
    let row = rows.get(at)?;
    let shown = match faces.get(at)? {
        Ok(face) => face.clone(),
        Err(fault) => return Some(Err(fault.clone())),
    };
    let before = at
        .checked_sub(1)
        .and_then(|at| faces.get(at)?.as_ref().ok());
    let versions = rows.iter().zip(&faces).map(|(row, face)| Version {
        seq: row.seq,
        label: face.as_ref().ok().map(|face| face.occasion.label()),
        arrived_at: row.arrived_at,
    });
    Some(Ok(Seen {
        key_id: row.key_id.clone(),
        arrived_at: row.arrived_at,
        fingerprint: sha256(&row.face),
        versions: versions.collect(),
        until: faces.last()?.as_ref().ok().map(|face| face.until),
        changes: before.map_or_else(Vec::new, |before| changes(before, &shown)),
        envelope: Envelope::new(row.face.clone(), &row.key_id, &row.signature),
        face: shown,
    }))
}

/// The face of one row: right signature, right surety, right place.
fn face(number: &str, row: &VersionRow) -> Result<CertificateFace, Fault> {
    let keys = PublicKeys {
        keys: key_of(row).into_iter().collect(),
    };
    let (face, _) =
        seal::verify_face(&row.face, &row.signature, &row.key_id, &keys).map_err(fault)?;
    let here = format!("{number}{}", row.suffix);
    if face.number == here && i32::try_from(face.seq) == Ok(row.seq) {
        Ok(face)
    } else {
        Err(Fault::OtherPlace)
    }
}

fn chained(face: CertificateFace, before: Option<&VersionRow>) -> Result<CertificateFace, Fault> {
    let Some(before) = before else {
        return Ok(face);
    };
    let hash = hex(&sha256(&before.face));
    let follows = face.previous_sha256.as_deref() == Some(hash.as_str());
    if follows { Ok(face) } else { Err(Fault::Chain) }
}

/// The key a row names, if it is known and is what its id says.
fn key_of(row: &VersionRow) -> Option<PublicKey> {
    let letter = row.key_suffix.as_deref()?.chars().next()?;
    let created_on = era::tokyo_date(row.key_created_at?);
    let key = PublicKey::new(
        letter,
        row.public_key.as_deref()?.try_into().ok()?,
        created_on,
    );
    (key.keyid == row.key_id).then_some(key)
}

fn fault(fault: SealFault) -> Fault {
    match fault {
        SealFault::UnknownKey { key_id } => Fault::UnknownKey(key_id),
        SealFault::BadSignature { key_id } => Fault::Signature(key_id),
        SealFault::WrongSurety { surety, .. } => Fault::OtherSurety(surety.to_string()),
        SealFault::NotAFace(_) | SealFault::NotAnEnvelope(_) | SealFault::NotKeys(_) => {
            Fault::NotAFace
        }
    }
}

/// The rows that differ, in the certificate's order.
fn changes(before: &CertificateFace, after: &CertificateFace) -> Vec<Change> {
    let (old, new) = (before.rows(), after.rows());
    let labels = new.iter().chain(&old).map(|row| row.label);
    let mut seen = Vec::new();
    let mut changes = Vec::new();
    for label in labels {
        if seen.contains(&label) {
            continue;
        }
        seen.push(label);
        let words = |rows: &[crate::domain::certificate::Row]| {
            let row = rows.iter().find(|row| row.label == label);
            row.map_or_else(String::new, |row| row.lines.join("　"))
        };
        let (before, after) = (words(&old), words(&new));
        if before != after {
            changes.push(Change {
                label,
                before,
                after,
            });
        }
    }
    changes
}

#[cfg(test)]
pub(crate) mod tests;
