//! Key rings: the newest key works, the older ones still decrypt and verify.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use time::Date;
use zeroize::Zeroizing;

use super::fault::{Part, VaultError};
use super::files;
use super::secret::Secret32;
use crate::domain::certificate::{hex, sha256};
use crate::domain::era;
use crate::domain::seal;

/// Version of the files' format.
const VERSION: u32 = 1;

/// One key with its day of birth.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredKey {
    #[serde(with = "era::iso")]
    pub created_on: Date,
    pub key: Secret32,
}

/// Keys by id, and the id of the one that works for new things.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    current: String,
    keys: BTreeMap<String, StoredKey>,
}

impl KeySet {
    fn draw<R: CryptoRng + ?Sized>(part: Part, rng: &mut R, today: Date) -> Self {
        let (id, key) = draw(part, rng, today);
        Self {
            current: id.clone(),
            keys: BTreeMap::from([(id, key)]),
        }
    }

    fn rotate<R: CryptoRng + ?Sized>(&mut self, part: Part, rng: &mut R, today: Date) {
        let (id, key) = draw(part, rng, today);
        self.current.clone_from(&id);
        self.keys.insert(id, key);
    }

    /// Id of the newest key.
    pub fn current_id(&self) -> &str {
        &self.current
    }

    pub fn get(&self, id: &str) -> Option<&Secret32> {
        self.keys.get(id).map(|stored| &stored.key)
    }

    /// Every key with its id, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredKey)> {
        self.keys.iter().map(|(id, stored)| (id.as_str(), stored))
    }

    fn check(&self, part: Part, path: &Path) -> Result<(), VaultError> {
        if !self.keys.contains_key(&self.current) {
            return Err(not_a_ring(
                part,
                path,
                "current names a key that is not there",
            ));
        }
        for (id, stored) in &self.keys {
            if stored.key.looks_like_an_example() {
                let (path, id) = (path.to_owned(), id.clone());
                return Err(VaultError::Example { path, id });
            }
            if *id != id_of(part, &stored.key) {
                let why = format!("key {id} was exchanged or damaged");
                return Err(not_a_ring(part, path, &why));
            }
        }
        Ok(())
    }
}

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

    pub fn part(&self) -> Part {
        self.part
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

fn draw<R: CryptoRng + ?Sized>(part: Part, rng: &mut R, today: Date) -> (String, StoredKey) {
    let key = Secret32::draw(rng);
    let created_on = today;
    (id_of(part, &key), StoredKey { created_on, key })
}

/// A key's id follows from the key, so that a mixed-up file is noticed when it is read.
/// A pepper's id stands in its hashes, where eight characters have room.
fn id_of(part: Part, key: &Secret32) -> String {
    match part {
        Part::Signing => {
            let public = SigningKey::from_bytes(key.bytes()).verifying_key();
            seal::key_id(public.as_bytes())
        }
        Part::Kek | Part::Pepper => {
            let mut text = Zeroizing::new(part.code().as_bytes().to_vec());
            text.reserve_exact(key.bytes().len());
            text.extend_from_slice(key.bytes());
            hex(&sha256(&text)[..4])
        }
    }
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

fn not_a_ring(part: Part, path: &Path, why: &str) -> VaultError {
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
