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
