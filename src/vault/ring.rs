//! Key rings: the newest key works, the older ones still decrypt and verify.

use std::collections::BTreeMap;
use std::path::Path;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use time::Date;
use zeroize::Zeroizing;

use super::fault::{Part, VaultError};
use super::files;
use super::keyset::KeySet;
use super::secret::Secret32;

/// Version of the files' format.
const VERSION: u32 = 1;

/// The ring of envelope keys or of peppers.
#[derive(Debug, Clone)]
pub struct Ring {
    part: Part,
    set: KeySet,
}

impl Ring {
    /// A ring with one new key. `part` is [`Part::Kek`] or [`Part::Pepper`].
    pub fn make<R: CryptoRng + ?Sized>(part: Part, rng: &mut R, today: Date) -> Self {
        let set = KeySet::draw(part, rng, today);
        Self { part, set }
    }

    /// Adds a new key and makes it the current one.
    pub fn rotate<R: CryptoRng + ?Sized>(&mut self, rng: &mut R, today: Date) {
        self.set.rotate(self.part, rng, today);
    }

    /// # Errors
    /// One sentence for what is missing, short, readable by others, an example or another file.
    pub fn load(part: Part, path: &Path) -> Result<Self, VaultError> {
        let file: RingFile = parse(part, path)?;
        check_head(part, path, file.version, &file.kind)?;
        file.keys.check(part, path)?;
        let set = file.keys;
        Ok(Self { part, set })
    }

    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        to_json(&RingFile {
            version: VERSION,
            kind: self.part.code().to_owned(),
            keys: self.set.clone(),
        })
    }

    /// Writes a new file with mode 0400.
    ///
    /// # Errors
    /// [`VaultError::Exists`] where there is a file: it is never overwritten.
    pub fn create(&self, path: &Path) -> Result<(), VaultError> {
        files::create(path, &self.to_json()?)
    }

    #[cfg(test)]
    pub(super) fn of(part: Part, key: [u8; 32]) -> Self {
        let set = KeySet::of(part, key, time::macros::date!(2026 - 04 - 01));
        Self { part, set }
    }

    pub fn keys(&self) -> &KeySet {
        &self.set
    }

    /// The newest key and its id.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`], which loading rules out.
    pub fn current(&self) -> Result<(&str, &Secret32), VaultError> {
        let id = self.set.current_id();
        Ok((id, self.get(id)?))
    }

    /// # Errors
    /// [`VaultError::UnknownKey`]
    pub fn get(&self, id: &str) -> Result<&Secret32, VaultError> {
        self.set.get(id).ok_or_else(|| VaultError::UnknownKey {
            part: self.part,
            id: id.to_owned(),
        })
    }
}

/// The ring of signing seeds: one current key per surety, named by the letter of its numbers.
#[derive(Debug, Clone, Default)]
pub struct SigningRing {
    sureties: BTreeMap<char, KeySet>,
}

impl SigningRing {
    /// A ring with one new key for each letter.
    ///
    /// # Errors
    /// [`VaultError::NotALetter`]
    pub fn make<R: CryptoRng + ?Sized>(
        letters: &[char],
        rng: &mut R,
        today: Date,
    ) -> Result<Self, VaultError> {
        let mut ring = Self::default();
        for letter in letters {
            ring.add(*letter, rng, today)?;
        }
        Ok(ring)
    }

    /// Gives a surety its first key; one that has a key keeps it.
    ///
    /// # Errors
    /// [`VaultError::NotALetter`]
    pub fn add<R: CryptoRng + ?Sized>(
        &mut self,
        letter: char,
        rng: &mut R,
        today: Date,
    ) -> Result<(), VaultError> {
        if !letter.is_ascii_uppercase() {
            return Err(VaultError::NotALetter(letter));
        }
        self.sureties
            .entry(letter)
            .or_insert_with(|| KeySet::draw(Part::Signing, rng, today));
        Ok(())
    }

    /// Adds a new key for one surety and makes it the current one.
    ///
    /// # Errors
    /// [`VaultError::NoSurety`]
    pub fn rotate<R: CryptoRng + ?Sized>(
        &mut self,
        letter: char,
        rng: &mut R,
        today: Date,
    ) -> Result<(), VaultError> {
        let set = self.sureties.get_mut(&letter);
        set.ok_or(VaultError::NoSurety(letter))?
            .rotate(Part::Signing, rng, today);
        Ok(())
    }

    /// # Errors
    /// As [`Ring::load`].
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        let file: SigningFile = parse(Part::Signing, path)?;
        check_head(Part::Signing, path, file.version, &file.kind)?;
        for (letter, set) in &file.sureties {
            if !letter.is_ascii_uppercase() {
                let why = "the letter of a surety is A to Z";
                return Err(not_a_ring(Part::Signing, path, why));
            }
            set.check(Part::Signing, path)?;
        }
        let sureties = file.sureties;
        Ok(Self { sureties })
    }

    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        to_json(&SigningFile {
            version: VERSION,
            kind: Part::Signing.code().to_owned(),
            sureties: self.sureties.clone(),
        })
    }

    /// Writes a new file with mode 0400.
    ///
    /// # Errors
    /// [`VaultError::Exists`] where there is a file: it is never overwritten.
    pub fn create(&self, path: &Path) -> Result<(), VaultError> {
        files::create(path, &self.to_json()?)
    }

    #[cfg(test)]
    pub(super) fn of(letter: char, seed: [u8; 32]) -> Self {
        let set = KeySet::of(Part::Signing, seed, time::macros::date!(2026 - 04 - 01));
        let sureties = BTreeMap::from([(letter, set)]);
        Self { sureties }
    }

    /// Keys of the surety with this letter.
    pub fn get(&self, letter: char) -> Option<&KeySet> {
        self.sureties.get(&letter)
    }

    /// Every surety's letter with its keys.
    pub fn iter(&self) -> impl Iterator<Item = (char, &KeySet)> {
        self.sureties.iter().map(|(letter, set)| (*letter, set))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingFile {
    version: u32,
    kind: String,
    keys: KeySet,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningFile {
    version: u32,
    kind: String,
    sureties: BTreeMap<char, KeySet>,
}

fn parse<T: for<'de> Deserialize<'de>>(part: Part, path: &Path) -> Result<T, VaultError> {
    let bytes = files::read(path)?;
    serde_json::from_slice(&bytes).map_err(|error| not_a_ring(part, path, &error.to_string()))
}

fn check_head(part: Part, path: &Path, version: u32, kind: &str) -> Result<(), VaultError> {
    if kind != part.code() {
        let why = format!("it is a {}", kind.escape_debug());
        return Err(not_a_ring(part, path, &why));
    }
    if version != VERSION {
        let why = format!("version {version} is not known");
        return Err(not_a_ring(part, path, &why));
    }
    Ok(())
}

pub(super) fn not_a_ring(part: Part, path: &Path, why: &str) -> VaultError {
    VaultError::NotARing {
        path: path.to_owned(),
        part,
        why: why.to_owned(),
    }
}

fn to_json(file: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    // Room enough at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    serde_json::to_writer_pretty(&mut *bytes, file)
        .map_err(|error| files::io(Path::new("ring"), std::io::Error::other(error)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;

    use super::*;
    use crate::vault::files::tests::Folder;

    const TODAY: Date = date!(2026 - 11 - 21);

    fn rng() -> StdRng {
        StdRng::seed_from_u64(7)
    }

    #[test]
    fn a_ring_comes_back_from_its_file() {
        let folder = Folder::new("ring-round");
        let path = folder.path("kek.json");
        let ring = Ring::make(Part::Kek, &mut rng(), TODAY);
        ring.create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o400
        );
        let back = Ring::load(Part::Kek, &path).unwrap();
        assert_eq!(back.current().unwrap(), ring.current().unwrap());
        assert_eq!(back.keys().iter().next().unwrap().1.created_on, TODAY);
    }

    #[test]
    fn no_ring_is_written_over_another() {
        let folder = Folder::new("ring-twice");
        let path = folder.path("kek.json");
        Ring::make(Part::Kek, &mut rng(), TODAY)
            .create(&path)
            .unwrap();
        let before = fs::read(&path).unwrap();
        let other = Ring::make(Part::Kek, &mut StdRng::seed_from_u64(8), TODAY);
        assert!(matches!(other.create(&path), Err(VaultError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(
            fs::read_dir(folder.path("")).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn each_bad_file_gets_its_own_sentence() {
        let folder = Folder::new("ring-bad");
        let path = folder.path("kek.json");
        let put = |text: &str, mode: u32| {
            // Only root may write over what was made read-only.
            let _ = fs::remove_file(&path);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        };
        let load = |text: &str, mode: u32| {
            put(text, mode);
            Ring::load(Part::Kek, &path).unwrap_err().sentence()
        };
        let missing = Ring::load(Part::Kek, &path).unwrap_err().sentence();
        assert!(missing.contains("がありません"), "{missing}");
        let good = Ring::make(Part::Kek, &mut rng(), TODAY).to_json().unwrap();
        let good = std::str::from_utf8(&good).unwrap();
        for mode in [0o440, 0o404, 0o644, 0o620] {
            let open = load(good, mode);
            assert!(open.contains("chmod 0400"), "{mode:o}: {open}");
        }
        let empty = load("", 0o400);
        assert!(empty.contains("鍵束として読めません"), "{empty}");
        put(good, 0o400);
        let id = Ring::load(Part::Kek, &path).unwrap();
        let id = id.current().unwrap().0.to_owned();
        let short = load(&good.replace("=\"", "\""), 0o400);
        assert!(short.contains("not base64 of 32 bytes"), "{short}");
        let lost = load(&good.replacen(&id, "00000000", 1), 0o400);
        assert!(
            lost.contains("current names a key that is not there"),
            "{lost}"
        );
        let moved = load(&good.replace(&id, "00000000"), 0o400);
        assert!(moved.contains("exchanged or damaged"), "{moved}");
        let newer = load(&good.replace("\"version\": 1", "\"version\": 2"), 0o400);
        assert!(newer.contains("version 2 is not known"), "{newer}");
        let example = Ring::of(Part::Kek, [7; 32]).to_json().unwrap();
        let example = load(std::str::from_utf8(&example).unwrap(), 0o400);
        assert!(example.contains("見本の値"), "{example}");
        let pepper = Ring::make(Part::Pepper, &mut rng(), TODAY)
            .to_json()
            .unwrap();
        let pepper = load(std::str::from_utf8(&pepper).unwrap(), 0o400);
        assert!(pepper.contains("it is a pepper ring"), "{pepper}");
        for sentence in [missing, empty, short, lost, moved, newer, example, pepper] {
            assert!(sentence.contains("kek.json"), "{sentence}");
        }
    }

    #[test]
    fn the_seed_of_the_test_vectors_is_refused() {
        let folder = Folder::new("ring-example-seed");
        let path = folder.path("signing.json");
        let seed = std::array::from_fn(|index| index as u8);
        SigningRing::of('M', seed).create(&path).unwrap();
        let fault = SigningRing::load(&path).unwrap_err();
        assert!(matches!(fault, VaultError::Example { .. }), "{fault}");
    }

    #[test]
    fn a_newer_key_works_and_the_older_stays() {
        let mut ring = Ring::make(Part::Kek, &mut rng(), TODAY);
        let (old, key) = ring
            .current()
            .map(|(id, key)| (id.to_owned(), key.clone()))
            .unwrap();
        ring.rotate(&mut StdRng::seed_from_u64(9), TODAY);
        assert_ne!(ring.current().unwrap().0, old);
        assert_eq!(*ring.get(&old).unwrap(), key);
    }

    #[test]
    fn a_surety_keeps_its_key_when_another_comes() {
        let mut ring = SigningRing::make(&['M'], &mut rng(), TODAY).unwrap();
        let before = ring.get('M').unwrap().current_id().to_owned();
        ring.add('M', &mut rng(), TODAY).unwrap();
        ring.add('H', &mut rng(), TODAY).unwrap();
        assert_eq!(ring.get('M').unwrap().current_id(), before);
        assert!(ring.get('H').is_some());
        assert!(matches!(
            ring.add('m', &mut rng(), TODAY),
            Err(VaultError::NotALetter('m'))
        ));
        assert!(matches!(
            ring.rotate('Q', &mut rng(), TODAY),
            Err(VaultError::NoSurety('Q'))
        ));
    }

    #[test]
    fn nothing_prints_a_key() {
        let ring = Ring::of(Part::Kek, *b"VISIBLE-VISIBLE-VISIBLE-VISIBLE!");
        let printed = format!("{ring:?} {:?}", SigningRing::of('M', [86; 32]));
        assert!(
            !printed.contains("VISIBLE") && !printed.contains("86, 86"),
            "{printed}"
        );
    }
}
