use ed25519_dalek::{Signer, SigningKey};
use time::macros::datetime;

use super::*;
use crate::domain::seal::{PAYLOAD_TYPE, pae};

const ENVELOPE: &[u8] = include_bytes!("../../../../tests/vectors/envelope.json");

/// Two versions of 35075-00001M, signed with a key of surety M.
fn rows() -> Vec<VersionRow> {
    let bytes = Envelope::from_json(ENVELOPE).unwrap().payload;
    let first = CertificateFace::from_bytes(&bytes).unwrap();
    let first = row(&first, 'M');
    let mut second = CertificateFace::from_bytes(&first.face).unwrap();
    second.seq = 2;
    second.occasion = crate::domain::certificate::Occasion::Change { number: 1 };
    second.until = time::macros::date!(2027 - 06 - 30);
    second.previous_sha256 = Some(hex(&sha256(&first.face)));
    let second = row(&second, 'M');
    vec![first, second]
}

fn row(face: &CertificateFace, letter: char) -> VersionRow {
    let bytes = face.to_bytes().unwrap();
    let secret = SigningKey::from_bytes(&[u8::try_from(letter).unwrap(); 32]);
    let public = secret.verifying_key().to_bytes();
    VersionRow {
        seq: i32::try_from(face.seq).unwrap(),
        signature: secret.sign(&pae(PAYLOAD_TYPE, &bytes)).to_bytes().to_vec(),
        face: bytes,
        key_id: seal::key_id(&public),
        arrived_at: datetime!(2026-07-02 06:31 UTC),
        public_key: Some(public.to_vec()),
        key_suffix: Some(letter.to_string()),
        key_created_at: Some(datetime!(2026-04-01 00:00 UTC)),
        suffix: "M".to_owned(),
    }
}

/// For tests of what is shown.
pub(crate) fn sample(seq: i32) -> Seen {
    ask(seq, &rows()).unwrap()
}

fn ask(seq: i32, rows: &[VersionRow]) -> Result<Seen, Fault> {
    match judge("35075-00001", seq, rows, Kind::Page).unwrap() {
        Judged::Seen(seen) => Ok(*seen),
        Judged::Fault(fault) => Err(fault),
        Judged::Withdrawn { line, .. } => panic!("{line:?}"),
    }
}

#[test]
fn the_newest_version_is_shown_with_what_changed() {
    let seen = ask(2, &rows()).unwrap();
    assert!(seen.is_newest());
    let until = seen.holds.map(|holds| holds.until);
    assert_eq!(until, Some(time::macros::date!(2027 - 06 - 30)));
    let labels: Vec<_> = seen.versions.iter().map(|v| v.label.as_deref()).collect();
    assert_eq!(labels, [Some("新規"), Some("変更ー1")]);
    let changed: Vec<_> = seen
        .changes
        .iter()
        .map(|c| (c.label, c.after.as_str()))
        .collect();
    assert_eq!(changed, [("保証期限", "令和09年06月30日")]);
    assert_eq!(seen.fingerprint, sha256(&rows()[1].face));
}

#[test]
fn an_older_version_knows_that_it_is_old() {
    let seen = ask(1, &rows()).unwrap();
    assert!(!seen.is_newest() && seen.changes.is_empty());
    // Whether it is in force is told by the newest one.
    let until = seen.holds.map(|holds| holds.until);
    assert_eq!(until, Some(time::macros::date!(2027 - 06 - 30)));
    assert!(judge("35075-00001", 3, &rows(), Kind::Page).is_none());
    assert!(judge("35075-00001", 1, &[], Kind::Page).is_none());
}

#[test]
fn the_envelope_is_the_stored_bytes() {
    let rows = rows();
    let envelope = ask(1, &rows).unwrap().envelope().unwrap();
    let envelope = Envelope::from_json(&envelope).unwrap();
    assert_eq!(envelope.payload, rows[0].face);
    assert_eq!(envelope.signatures[0].sig, rows[0].signature);
}

#[test]
fn whatever_was_meddled_with_is_not_shown() {
    let broken = |change: fn(&mut Vec<VersionRow>)| {
        let mut rows = rows();
        change(&mut rows);
        ask(2, &rows).unwrap_err()
    };
    let one_yen = |rows: &mut Vec<VersionRow>| {
        let text = String::from_utf8(rows[1].face.clone()).unwrap();
        rows[1].face = text.replace("2027-06-30", "2028-06-30").into_bytes();
    };
    assert!(matches!(broken(one_yen), Fault::Signature(_)));
    assert!(matches!(
        broken(|rows| rows[1].signature[0] ^= 1),
        Fault::Signature(_)
    ));
    assert!(matches!(
        broken(|rows| rows[1].public_key = None),
        Fault::UnknownKey(_)
    ));
    // A key put under another key's id.
    let other = |rows: &mut Vec<VersionRow>| rows[1].public_key = Some(vec![7; 32]);
    assert!(matches!(broken(other), Fault::UnknownKey(_)));
    // The version before, under the number of the newest.
    let swapped = |rows: &mut Vec<VersionRow>| {
        rows[1] = VersionRow {
            seq: 2,
            ..rows[0].clone()
        };
    };
    assert_eq!(broken(swapped), Fault::OtherPlace);
    // Another surety signs with its own key.
    let stranger = |rows: &mut Vec<VersionRow>| {
        let face = CertificateFace::from_bytes(&rows[1].face).unwrap();
        rows[1] = row(&face, 'H');
    };
    assert_eq!(broken(stranger), Fault::OtherSurety("H".to_owned()));
    let elsewhere = judge("35075-00002", 1, &rows(), Kind::Page).unwrap();
    assert!(matches!(elsewhere, Judged::Fault(Fault::OtherPlace)));
}

#[test]
fn versions_hang_together() {
    // Both signed rightly, but the second was not made after this first one.
    let mut rows = rows();
    let mut first = CertificateFace::from_bytes(&rows[0].face).unwrap();
    first.works_name.push('改');
    rows[0] = row(&first, 'M');
    assert_eq!(ask(2, &rows).unwrap_err(), Fault::Chain);
    assert!(ask(1, &rows).is_ok());
}

#[test]
fn a_broken_old_version_is_named_but_not_shown() {
    let mut rows = rows();
    rows[0].signature[5] ^= 1;
    let seen = ask(2, &rows).unwrap();
    assert_eq!(seen.versions[0].label, None);
    // Without the whole chain nobody knows what holds.
    assert_eq!(seen.holds, None);
    assert!(seen.changes.is_empty());
    assert!(ask(1, &rows).is_err());
}

/// The chain of `rows`, one link longer.
fn longer(mut rows: Vec<VersionRow>, change: impl Fn(&mut CertificateFace)) -> Vec<VersionRow> {
    let last = rows.last().unwrap();
    let mut face = CertificateFace::from_bytes(&last.face).unwrap();
    face.seq += 1;
    face.previous_sha256 = Some(hex(&sha256(&last.face)));
    change(&mut face);
    rows.push(row(&face, 'M'));
    rows
}

#[test]
fn a_cancelled_change_is_set_apart_and_the_version_before_holds_again() {
    let rows = longer(rows(), |face| {
        face.occasion = crate::domain::certificate::Occasion::Cancellation {
            number: 1,
            cancels: 2,
        };
    });
    let seen = ask(1, &rows).unwrap();
    assert!(seen.is_newest());
    assert_eq!(seen.versions.len(), 1);
    assert_eq!(
        (seen.withdrawn[0].label.as_str(), seen.withdrawn[0].how),
        ("変更ー1", "変更取消")
    );
    let gone = judge("35075-00001", 2, &rows, Kind::Page).unwrap();
    assert!(matches!(gone, Judged::Withdrawn { in_force: 1, .. }));
    assert!(judge("35075-00001", 3, &rows, Kind::Page).is_none());
    let statement = judge("35075-00001", 3, &rows, Kind::Envelope);
    assert!(matches!(statement, Some(Judged::Seen(_))));
}

#[test]
fn an_ended_guarantee_holds_no_more() {
    let on = time::macros::date!(2026 - 12 - 01);
    let rows = longer(rows(), |face| {
        face.occasion = crate::domain::certificate::Occasion::Termination { on };
    });
    let seen = ask(2, &rows).unwrap();
    let today = time::macros::date!(2026 - 12 - 02);
    assert_eq!(seen.holds.unwrap().on(today), Standing::Ended(on));
}
