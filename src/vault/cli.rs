//! What the command line does with rings: make them once, add newer keys. The main program words it.

use std::path::{Path, PathBuf};

use rand::CryptoRng;
use time::Date;

use super::fault::{Part, VaultError};
use super::files;
use super::ring::{Ring, SigningRing};

/// Makes what is not there yet in a folder: `kek.json`, `pepper.json`, `signing.json` (mode 0400).
/// Rings that are there are checked and kept; a surety without a signing key gets one.
/// Gives back the files that were written.
///
/// # Errors
/// [`VaultError`], with what was made before it kept.
pub fn make_keys<R: CryptoRng + ?Sized>(
    folder: &Path,
    suffixes: &[char],
    rng: &mut R,
    today: Date,
) -> Result<Vec<PathBuf>, VaultError> {
    files::locked(folder, || {
        let mut written = Vec::new();
        for part in [Part::Kek, Part::Pepper] {
            let path = folder.join(part.file_name());
            match Ring::load(part, &path) {
                Ok(_) => {}
                Err(VaultError::NoFile(_)) => {
                    Ring::make(part, rng, today).create(&path)?;
                    written.push(path);
                }
                Err(fault) => return Err(fault),
            }
        }
        let path = folder.join(Part::Signing.file_name());
        let (mut ring, there) = match SigningRing::load(&path) {
            Ok(ring) => (ring, true),
            Err(VaultError::NoFile(_)) => (SigningRing::default(), false),
            Err(fault) => return Err(fault),
        };
        let before = ring.iter().count();
        for letter in suffixes {
            ring.add(*letter, rng, today)?;
        }
        if !there {
            ring.create(&path)?;
            written.push(path);
        } else if ring.iter().count() > before {
            files::replace(&path, &ring.to_json()?)?;
            written.push(path);
        }
        Ok(written)
    })
}

/// Adds a new current key to one ring of a folder and gives back the file. Older keys stay.
/// Processes take up the new key when they start again: those that only open or check (Net Desk,
/// D-Sure) before the worker, so that they know a key before anything is made with it.
///
/// # Errors
/// [`VaultError::NoFile`], [`VaultError::NoSurety`] and those of reading and writing.
pub fn rotate<R: CryptoRng + ?Sized>(
    folder: &Path,
    which: Rotate,
    rng: &mut R,
    today: Date,
) -> Result<PathBuf, VaultError> {
    files::locked(folder, || {
        let path = folder.join(which.part().file_name());
        match which {
            Rotate::Kek | Rotate::Pepper => {
                let mut ring = Ring::load(which.part(), &path)?;
                ring.rotate(rng, today);
                files::replace(&path, &ring.to_json()?)?;
                Ok(path)
            }
            Rotate::Signing(letter) => {
                let mut ring = SigningRing::load(&path)?;
                ring.rotate(letter, rng, today)?;
                files::replace(&path, &ring.to_json()?)?;
                Ok(path)
            }
        }
    })
}

/// Which ring gets a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotate {
    Kek,
    Pepper,
    /// Of the surety with this letter.
    Signing(char),
}

impl Rotate {
    fn part(self) -> Part {
        match self {
            Self::Kek => Part::Kek,
            Self::Pepper => Part::Pepper,
            Self::Signing(_) => Part::Signing,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;

    use super::*;
    use crate::vault::files::tests::Folder;
    use crate::vault::sealer::key_context;
    use crate::vault::{Cost, Vault, VaultFiles};

    const TODAY: Date = date!(2026 - 11 - 21);

    fn rng() -> StdRng {
        StdRng::seed_from_u64(5)
    }

    #[test]
    fn makes_all_rings_once_and_adds_a_new_surety() {
        let folder = Folder::new("cli-make");
        let here = folder.path("");
        let made = make_keys(&here, &['M', 'H'], &mut rng(), TODAY).unwrap();
        assert_eq!(made.len(), 3);
        let before = fs::read(here.join("kek.json")).unwrap();
        let mut other = StdRng::seed_from_u64(6);
        assert!(
            make_keys(&here, &['M', 'H'], &mut other, TODAY)
                .unwrap()
                .is_empty()
        );
        let signing = SigningRing::load(&here.join("signing.json")).unwrap();
        let again = make_keys(&here, &['M', 'Q'], &mut other, TODAY).unwrap();
        assert_eq!(again, [here.join("signing.json")]);
        assert_eq!(fs::read(here.join("kek.json")).unwrap(), before);
        let wider = SigningRing::load(&here.join("signing.json")).unwrap();
        assert_eq!(
            wider.iter().map(|(letter, _)| letter).collect::<String>(),
            "HMQ"
        );
        let id = |ring: &SigningRing| ring.get('M').unwrap().current_id().to_owned();
        assert_eq!(id(&wider), id(&signing));
    }

    #[tokio::test]
    async fn what_was_made_before_a_rotation_still_opens_and_verifies() {
        let folder = Folder::new("cli-rotate");
        let here = folder.path("");
        make_keys(&here, &['M'], &mut rng(), TODAY).unwrap();
        let load = || Vault::load(&VaultFiles::all_in(&here), 1, Cost::Cheap).unwrap();
        let before = load();
        let sealed = before
            .sealer()
            .unwrap()
            .seal(&mut rng(), &key_context(1, 1), b"key")
            .unwrap();
        let signature = before.signer().unwrap().sign('M', b"face").unwrap();
        let phc = before.hashing().hash_key("key", [1; 16]).await.unwrap();
        let mut other = StdRng::seed_from_u64(6);
        for which in [Rotate::Kek, Rotate::Pepper, Rotate::Signing('M')] {
            rotate(&here, which, &mut other, TODAY).unwrap();
        }
        let after = load();
        let sealer = after.sealer().unwrap();
        assert!(!sealer.is_current(&sealed));
        assert_eq!(*sealer.open(&sealed, &key_context(1, 1)).unwrap(), b"key");
        assert!(!after.hashing().is_current(&phc));
        assert_eq!(
            after.hashing().verify_key_or_dummy("key", Some(&phc)).await,
            Ok(true)
        );
        let signer = after.signer().unwrap();
        assert!(signer.public_keys().get(&signature.key_id).is_some());
        assert_ne!(signer.sign('M', b"face").unwrap().key_id, signature.key_id);
        let unknown = rotate(&here, Rotate::Signing('Q'), &mut other, TODAY).unwrap_err();
        assert!(
            unknown.sentence().contains("末尾が Q"),
            "{}",
            unknown.sentence()
        );
    }

    #[test]
    fn two_rotations_at_once_lose_no_key() {
        let folder = Folder::new("cli-race");
        let here = folder.path("");
        make_keys(&here, &[], &mut rng(), TODAY).unwrap();
        std::thread::scope(|scope| {
            for seed in 10..18 {
                let here = &here;
                scope.spawn(move || {
                    let mut rng = StdRng::seed_from_u64(seed);
                    rotate(here, Rotate::Kek, &mut rng, TODAY).unwrap();
                });
            }
        });
        let ring = Ring::load(Part::Kek, &here.join("kek.json")).unwrap();
        assert_eq!(ring.keys().iter().count(), 9);
    }
}
