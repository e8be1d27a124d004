//! Keys of one purpose: the newest works for new things, the older ones stay.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use time::Date;
use zeroize::Zeroizing;

use super::fault::{Part, VaultError};
use super::ring::not_a_ring;
use super::secret::Secret32;
use crate::domain::certificate::{hex, sha256};
use crate::domain::era;
use crate::domain::seal;

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
    pub(super) fn draw<R: CryptoRng + ?Sized>(part: Part, rng: &mut R, today: Date) -> Self {
        let (id, key) = draw(part, rng, today);
        Self {
            current: id.clone(),
            keys: BTreeMap::from([(id, key)]),
        }
    }

    pub(super) fn rotate<R: CryptoRng + ?Sized>(&mut self, part: Part, rng: &mut R, today: Date) {
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

    pub(super) fn check(&self, part: Part, path: &Path) -> Result<(), VaultError> {
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

    /// A set with one given key, example or not.
    #[cfg(test)]
    pub(super) fn of(part: Part, key: [u8; 32], created_on: Date) -> Self {
        let key = Secret32::new(key);
        let current = id_of(part, &key);
        let keys = BTreeMap::from([(current.clone(), StoredKey { created_on, key })]);
        Self { current, keys }
    }
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
