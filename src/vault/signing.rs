//! Signatures of the sureties over certificates' bytes.

use ed25519_dalek::{Signer as _, SigningKey};

use super::fault::{Part, VaultError};
use super::ring::SigningRing;
use crate::domain::seal::{PAYLOAD_TYPE, PublicKey, PublicKeys, pae};

/// A signature and the id of its key, as stored beside the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub key_id: String,
    /// The key's public half.
    pub public_key: [u8; 32],
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
        let key = SigningKey::from_bytes(seed.bytes());
        let sig = key.sign(&pae(PAYLOAD_TYPE, bytes));
        Ok(Signature {
            key_id: id.to_owned(),
            public_key: key.verifying_key().to_bytes(),
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

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;

    use super::*;
    use crate::domain::certificate::hex;
    use crate::domain::seal::{Envelope, SealFault, verify_bytes};

    const ENVELOPE: &[u8] = include_bytes!("../../tests/vectors/envelope.json");
    const KEYS: &[u8] = include_bytes!("../../tests/vectors/keys.json");

    fn example() -> Signer {
        let seed = std::array::from_fn(|index| index as u8);
        Signer::new(SigningRing::of('M', seed))
    }

    #[test]
    fn makes_the_signature_of_the_test_vector() {
        let envelope = Envelope::from_json(ENVELOPE).unwrap();
        let signature = example().sign('M', &envelope.payload).unwrap();
        assert_eq!(
            hex(&signature.sig),
            "644732303f59c45ca89369bc16cb2501338a285f31aee51eda44dd5cdb534b5c\
             e9db2b0a03002aeb94dda4955c55d8235691547efe44818bfddbc28136aab105"
        );
        let ours = Envelope::new(envelope.payload.clone(), &signature.key_id, &signature.sig);
        assert_eq!(ours, envelope);
        assert_eq!(
            example().public_keys(),
            PublicKeys::from_json(KEYS).unwrap()
        );
    }

    #[test]
    fn after_a_rotation_old_signatures_stay_right() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut ring = SigningRing::make(&['M', 'H'], &mut rng, date!(2026 - 04 - 01)).unwrap();
        let old = Signer::new(ring.clone()).sign('M', b"face").unwrap();
        ring.rotate('M', &mut rng, date!(2027 - 04 - 01)).unwrap();
        let signer = Signer::new(ring);
        let new = signer.sign('M', b"face").unwrap();
        let keys = signer.public_keys();
        assert_ne!(old.key_id, new.key_id);
        assert_eq!(
            keys.keys.iter().map(|key| key.surety).collect::<String>(),
            "HMM"
        );
        for signature in [&old, &new] {
            let key = verify_bytes(b"face", &signature.sig, &signature.key_id, &keys).unwrap();
            assert_eq!(key.surety, 'M');
        }
        let swapped = verify_bytes(b"face", &old.sig, &new.key_id, &keys);
        assert!(matches!(swapped, Err(SealFault::BadSignature { .. })));
        assert!(matches!(
            signer.sign('Q', b"face"),
            Err(VaultError::NoSurety('Q'))
        ));
    }
}
