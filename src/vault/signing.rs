//! Signatures of the sureties over certificates' bytes.

use ed25519_dalek::{Signer as _, SigningKey};

use super::fault::{Part, VaultError};
use super::ring::SigningRing;
use crate::domain::seal::{PAYLOAD_TYPE, PublicKey, PublicKeys, pae};

/// A signature and the id of its key, as stored beside the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub key_id: String,
    pub sig: [u8; 64],
}

/// Signs with the newest key of a surety.
#[derive(Debug, Clone)]
pub struct Signer {
    ring: SigningRing,
}

impl Signer {
    pub fn new(ring: SigningRing) -> Self {
        Self { ring }
    }

    /// Signs the bytes of a certificate for the surety whose contract numbers end with this letter.
    /// The same key and bytes always give the same signature.
    ///
    /// # Errors
    /// [`VaultError::NoSurety`]
    pub fn sign(&self, surety_suffix: char, bytes: &[u8]) -> Result<Signature, VaultError> {
        let set = self.ring.get(surety_suffix);
        let set = set.ok_or(VaultError::NoSurety(surety_suffix))?;
        let id = set.current_id();
        let seed = set.get(id).ok_or_else(|| VaultError::UnknownKey {
            part: Part::Signing,
            id: id.to_owned(),
        })?;
        let sig = SigningKey::from_bytes(seed.bytes()).sign(&pae(PAYLOAD_TYPE, bytes));
        Ok(Signature {
            key_id: id.to_owned(),
            sig: sig.to_bytes(),
        })
    }

    /// All public keys, older ones too, by surety and day.
    pub fn public_keys(&self) -> PublicKeys {
        let mut keys: Vec<PublicKey> = Vec::new();
        for (letter, set) in self.ring.iter() {
            for (_, stored) in set.iter() {
                let public = SigningKey::from_bytes(stored.key.bytes()).verifying_key();
                keys.push(PublicKey::new(letter, public.to_bytes(), stored.created_on));
            }
        }
        keys.sort_by(|a, b| {
            (a.surety, a.created_on, &a.keyid).cmp(&(b.surety, b.created_on, &b.keyid))
        });
        PublicKeys { keys }
    }
}
