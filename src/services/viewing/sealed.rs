//! What stands under a number, judged by its signatures: pure, from stored rows to what may be shown.

use time::{Date, OffsetDateTime};

use crate::db::dsure::VersionRow;
use crate::domain::certificate::{CertificateFace, Standing, hex, sha256};
use crate::domain::era;
use crate::domain::guarantee::{self, Fate, Life, Link};
use crate::domain::remark::{self, Place};
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
    /// The history everybody sees: 新規 first.
    pub versions: Vec<Version>,
    /// Versions that were corrected or cancelled since, oldest first.
    pub withdrawn: Vec<Withdrawn>,
    /// What holds, where every signature of the chain is right.
    pub holds: Option<Holds>,
    /// What is other than in the version before.
    pub changes: Vec<Change>,
    /// The signed bytes and their signature.
    envelope: Envelope,
}

/// What holds now, as the whole chain says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// The version in force.
    pub seq: u32,
    dated: Date,
    /// Its 保証期限.
    pub until: Date,
    /// 解約日
    pub ended: Option<Date>,
}

impl Holds {
    #[cfg(test)]
    pub(crate) fn ending(self, on: Date) -> Self {
        Self {
            ended: Some(on),
            ..self
        }
    }

    pub fn on(&self, today: Date) -> Standing {
        match self.ended {
            Some(on) => Standing::Ended(on),
            None => Standing::on(today, self.dated, self.until),
        }
    }
}

/// One line of the list of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub seq: i32,
    /// 新規, 変更ー1; `None` where the signature is not right.
    pub label: Option<String>,
    pub arrived_at: OffsetDateTime,
}

/// A version that counts no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// 変更ー1
    pub label: String,
    /// 訂正 or 変更取消
    pub how: &'static str,
    /// When it had arrived.
    pub arrived_at: OffsetDateTime,
    /// Since when it counts no more.
    pub at: OffsetDateTime,
}

/// What a look comes to.
#[derive(Debug, Clone)]
pub enum Judged {
    Seen(Box<Seen>),
    /// The version was withdrawn; the one in force instead.
    Withdrawn {
        line: Withdrawn,
        in_force: u32,
    },
    Fault(Fault),
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
    /// The one in force; where that cannot be told, the last one of the chain.
    pub fn is_newest(&self) -> bool {
        match self.holds {
            Some(holds) => holds.seq == self.face.seq,
            None => {
                let last = self.versions.last().map(|version| version.seq);
                last == i32::try_from(self.face.seq).ok()
            }
        }
    }

    /// Label of the version in force, where it is not this one.
    pub fn superseded_by(&self) -> Option<&str> {
        let held = self.holds.filter(|holds| holds.seq != self.face.seq)?;
        let mut versions = self.versions.iter();
        versions
            .find(|version| u32::try_from(version.seq) == Ok(held.seq))?
            .label
            .as_deref()
    }

    /// What a copy of it says that does not hold on `today`.
    pub fn remark(&self, today: Date) -> Vec<String> {
        let Some(holds) = self.holds else {
            return vec!["有効かどうかを確かめられません".to_owned()];
        };
        let place = match self.superseded_by() {
            Some(held) => Place::Earlier(held.to_owned()),
            None => Place::InForce,
        };
        remark::remark(holds.on(today), &place)
    }

    /// The signed envelope, as `verify` reads it.
    ///
    /// # Errors
    /// Only if serde cannot write it, which its types rule out.
    pub fn envelope(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.envelope.to_json()
    }
}

/// What a number holds, seen at link `seq`; `None` where there is no such version. A statement (変更取消,
/// 解約) is no version to look at, but its envelope may be had.
pub(super) fn judge(number: &str, seq: i32, rows: &[VersionRow], kind: Kind) -> Option<Judged> {
    let at = rows.iter().position(|row| row.seq == seq)?;
    let faces = faces(number, rows);
    let shown = match faces.get(at)? {
        Ok(face) => face.clone(),
        Err(fault) => return Some(Judged::Fault(fault.clone())),
    };
    if !shown.occasion.is_certificate() && kind != Kind::Envelope {
        return None;
    }
    let life = life(rows, &faces);
    if let Some((life, version)) = life
        .as_ref()
        .and_then(|life| Some((life, life.version(shown.seq)?)))
        && let Some(line) = withdrawn(version)
    {
        let in_force = life.in_force;
        return Some(Judged::Withdrawn { line, in_force });
    }
    let row = rows.get(at)?;
    let face_of = |seq: u32| {
        let mut sound = faces.iter().flatten();
        sound.find(|face| face.seq == seq)
    };
    let before = life.as_ref().and_then(|life| life.before(shown.seq));
    let before = before.and_then(|version| face_of(version.seq));
    let held = life.as_ref().and_then(|life| face_of(life.in_force));
    let holds = life.as_ref().zip(held).map(|(life, face)| Holds {
        seq: life.in_force,
        dated: face.dated,
        until: face.until,
        ended: life.end.map(|end| end.on),
    });
    let versions = match &life {
        Some(life) => life.history().into_iter().filter_map(line).collect(),
        None => rows.iter().zip(&faces).map(unproven).collect(),
    };
    let gone = life.iter().flat_map(Life::withdrawn).filter_map(withdrawn);
    Some(Judged::Seen(Box::new(Seen {
        key_id: row.key_id.clone(),
        arrived_at: row.arrived_at,
        fingerprint: sha256(&row.face),
        versions,
        withdrawn: gone.collect(),
        holds,
        changes: before.map_or_else(Vec::new, |before| changes(before, &shown)),
        envelope: Envelope::new(row.face.clone(), &row.key_id, &row.signature),
        face: shown,
    })))
}

/// Every face of the chain, as far as its signature is right.
fn faces(number: &str, rows: &[VersionRow]) -> Vec<Result<CertificateFace, Fault>> {
    let mut faces: Vec<Result<CertificateFace, Fault>> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| rows.get(index));
        // A broken version says nothing about the one after it, which is signed for itself.
        let before = before.filter(|_| faces.last().is_some_and(Result::is_ok));
        faces.push(face(number, row).and_then(|face| chained(face, before)));
    }
    faces
}

/// The guarantee's life; unknown while one signature is not right.
fn life(rows: &[VersionRow], faces: &[Result<CertificateFace, Fault>]) -> Option<Life> {
    let links = rows.iter().zip(faces).map(|(row, face)| {
        let face = face.as_ref().ok()?;
        Some(Link::of(face, row.arrived_at))
    });
    let links: Option<Vec<Link>> = links.collect();
    Life::of(&links?).ok()
}

fn line(version: &guarantee::Version) -> Option<Version> {
    Some(Version {
        seq: i32::try_from(version.seq).ok()?,
        label: Some(version.occasion.label()),
        arrived_at: version.at,
    })
}

fn unproven((row, face): (&VersionRow, &Result<CertificateFace, Fault>)) -> Version {
    Version {
        seq: row.seq,
        label: face.as_ref().ok().map(|face| face.occasion.label()),
        arrived_at: row.arrived_at,
    }
}

fn withdrawn(version: &guarantee::Version) -> Option<Withdrawn> {
    let (how, at) = match version.fate {
        Fate::Shown => return None,
        Fate::Corrected { at, .. } => ("訂正", at),
        Fate::Cancelled { at, .. } => ("変更取消", at),
    };
    Some(Withdrawn {
        label: version.occasion.label(),
        how,
        arrived_at: version.at,
        at,
    })
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
    let differences = before.differences(after).into_iter();
    differences
        .map(|(label, before, after)| Change {
            label,
            before,
            after,
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
