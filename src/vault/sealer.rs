//! Encryption at rest: XChaCha20-Poly1305 under the key ring, bound to the row it belongs to.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::{CryptoRng, Rng};
use zeroize::Zeroizing;

use super::fault::VaultError;
use super::ring::Ring;
use super::secret::Secret32;

const NONCE: usize = 24;

/// What a row of the database keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key of the ring.
    pub kek_id: String,
    pub nonce: [u8; 24],
    /// Ciphertext with its 16 bytes of tag.
    pub ciphertext: Vec<u8>,
}

impl Sealed {
    /// From the columns of a row.
    ///
    /// # Errors
    /// [`VaultError::Tampered`] when the nonce is not 24 bytes long.
    pub fn from_columns(
        kek_id: String,
        nonce: &[u8],
        ciphertext: Vec<u8>,
    ) -> Result<Self, VaultError> {
        let nonce = nonce.try_into().map_err(|_| VaultError::Tampered)?;
        Ok(Self {
            kek_id,
            nonce,
            ciphertext,
        })
    }
}

/// The context of an authentication key's row: version `key_version` of guarantee `guarantee_id`.
/// The id of the envelope key is added by the sealer (security: rows cannot be swapped).
pub fn key_context(guarantee_id: i64, key_version: i32) -> Vec<u8> {
    let mut context = b"ak1".to_vec();
    context.extend_from_slice(&guarantee_id.to_be_bytes());
    context.extend_from_slice(&key_version.to_be_bytes());
    context
}

/// Seals with the newest key of the ring, opens with any.
#[derive(Debug, Clone)]
pub struct Sealer {
    ring: Ring,
}

impl Sealer {
    /// `ring` holds envelope keys.
    pub fn new(ring: Ring) -> Self {
        Self { ring }
    }

    /// Encrypts `plain`; it opens only under the same `context` (see [`key_context`]).
    ///
    /// # Errors
    /// [`VaultError::TooLong`] beyond 256 GiB.
    pub fn seal<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        context: &[u8],
        plain: &[u8],
    ) -> Result<Sealed, VaultError> {
        let (kek_id, key) = self.ring.current()?;
        let nonce = draw_nonce(rng);
        Ok(Sealed {
            kek_id: kek_id.to_owned(),
            nonce,
            ciphertext: encrypt(key, &nonce, &bound(context, kek_id), plain)?,
        })
    }

    /// # Errors
    /// [`VaultError::UnknownKey`] when the ring lost the key, [`VaultError::Tampered`] when contents,
    /// nonce, key id or context are not those of the sealing.
    pub fn open(&self, sealed: &Sealed, context: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = self.ring.get(&sealed.kek_id)?;
        let context = bound(context, &sealed.kek_id);
        decrypt(key, &sealed.nonce, &context, &sealed.ciphertext)
    }

    /// Whether the newest key sealed it; if not, open and seal again.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        self.ring.keys().current_id() == sealed.kek_id
    }

    /// Ids of all keys, for a check at start-up against the ids in the database.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.ring.keys().iter().map(|(id, _)| id)
    }
}

/// What [`seal_with`] made: the columns of a rescued form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedForm {
    pub nonce: [u8; 24],
    /// Ciphertext with its 16 bytes of tag.
    pub ciphertext: Vec<u8>,
}

/// Encrypts with a key that no ring knows, such as one a browser's cookie holds.
///
/// # Errors
/// [`VaultError::TooLong`] beyond 256 GiB.
pub fn seal_with<R: CryptoRng + ?Sized>(
    key: &[u8; 32],
    rng: &mut R,
    context: &[u8],
    plain: &[u8],
) -> Result<SealedForm, VaultError> {
    let nonce = draw_nonce(rng);
    let ciphertext = encrypt(&Secret32::new(*key), &nonce, context, plain)?;
    Ok(SealedForm { nonce, ciphertext })
}

/// Opens what [`seal_with`] made, from its two columns.
///
/// # Errors
/// [`VaultError::Tampered`]
pub fn open_with(
    key: &[u8; 32],
    context: &[u8],
    nonce: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let nonce = nonce.try_into().map_err(|_| VaultError::Tampered)?;
    decrypt(&Secret32::new(*key), nonce, context, ciphertext)
}

/// Ids of keys have one length, so context and id cannot run into each other.
fn bound(context: &[u8], kek_id: &str) -> Vec<u8> {
    [context, kek_id.as_bytes()].concat()
}

fn draw_nonce<R: Rng + ?Sized>(rng: &mut R) -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    nonce
}

fn encrypt(
    key: &Secret32,
    nonce: &[u8; NONCE],
    aad: &[u8],
    msg: &[u8],
) -> Result<Vec<u8>, VaultError> {
    XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(*nonce), Payload { msg, aad })
        .map_err(|_| VaultError::TooLong)
}

fn decrypt(
    key: &Secret32,
    nonce: &[u8; NONCE],
    aad: &[u8],
    msg: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Tampered)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;

    use super::*;
    use crate::domain::certificate::hex;
    use crate::vault::Part;

    const KEY: &str = "Z28YUE4J3Bux";

    fn sealed() -> (Sealer, Sealed) {
        let mut rng = StdRng::seed_from_u64(3);
        let sealer = Sealer::new(Ring::make(Part::Kek, &mut rng, date!(2026 - 11 - 21)));
        let sealed = sealer
            .seal(&mut rng, &key_context(12, 1), KEY.as_bytes())
            .unwrap();
        (sealer, sealed)
    }

    #[test]
    fn opens_what_it_sealed() {
        let (sealer, sealed) = sealed();
        let opened = sealer.open(&sealed, &key_context(12, 1)).unwrap();
        assert_eq!(*opened, KEY.as_bytes());
        assert!(
            !sealed
                .ciphertext
                .windows(4)
                .any(|part| KEY.as_bytes().starts_with(part))
        );
    }

    #[test]
    fn the_same_key_twice_looks_different() {
        let (sealer, first) = sealed();
        let mut rng = StdRng::seed_from_u64(4);
        let second = sealer
            .seal(&mut rng, &key_context(12, 1), KEY.as_bytes())
            .unwrap();
        assert_ne!(first.ciphertext, second.ciphertext);
    }

    #[test]
    fn a_row_moved_to_another_guarantee_or_version_does_not_open() {
        let (sealer, sealed) = sealed();
        for context in [key_context(13, 1), key_context(12, 2), Vec::new()] {
            let fault = sealer.open(&sealed, &context).unwrap_err();
            assert!(matches!(fault, VaultError::Tampered), "{fault}");
        }
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let (sealer, sealed) = sealed();
        for bit in 0..sealed.ciphertext.len() * 8 {
            let mut changed = sealed.clone();
            changed.ciphertext[bit / 8] ^= 1 << (bit % 8);
            let fault = sealer.open(&changed, &key_context(12, 1)).unwrap_err();
            assert!(matches!(fault, VaultError::Tampered), "bit {bit}: {fault}");
        }
        let mut changed = sealed.clone();
        changed.nonce[0] ^= 1;
        assert!(sealer.open(&changed, &key_context(12, 1)).is_err());
        let mut changed = sealed;
        changed.ciphertext.clear();
        assert!(sealer.open(&changed, &key_context(12, 1)).is_err());
    }

    #[test]
    fn after_a_rotation_old_rows_open_and_new_ones_use_the_new_key() {
        let (sealer, old) = sealed();
        let mut rng = StdRng::seed_from_u64(5);
        let mut ring = sealer.ring;
        ring.rotate(&mut rng, date!(2027 - 04 - 01));
        let sealer = Sealer::new(ring);
        let context = key_context(12, 1);
        assert_eq!(*sealer.open(&old, &context).unwrap(), KEY.as_bytes());
        assert!(!sealer.is_current(&old));
        let new = sealer.seal(&mut rng, &context, KEY.as_bytes()).unwrap();
        assert!(sealer.is_current(&new) && new.kek_id != old.kek_id);
        // A row cannot be passed off as sealed with another key.
        let (nonce, ciphertext) = (old.nonce, old.ciphertext.clone());
        let kek_id = new.kek_id;
        let posed = Sealed {
            kek_id,
            nonce,
            ciphertext,
        };
        assert!(matches!(
            sealer.open(&posed, &context),
            Err(VaultError::Tampered)
        ));
        let other = Sealer::new(Ring::make(Part::Kek, &mut rng, date!(2027 - 04 - 01)));
        assert!(matches!(
            other.open(&old, &context),
            Err(VaultError::UnknownKey { .. })
        ));
    }

    /// Rows written today must open in ten years. The bytes were made by another implementation:
    /// HChaCha20 by hand over the ChaCha20-Poly1305 of Python's `cryptography`.
    #[test]
    fn a_row_of_the_first_format_opens() {
        let ring = Ring::of(Part::Kek, std::array::from_fn(|index| index as u8));
        let sealer = Sealer::new(ring);
        let nonce = [0x24; 24];
        let key = sealer.ring.current().unwrap();
        assert_eq!(key.0, "bc09439e");
        let aad = b"ak1\0\0\0\0\0\0\0\x0c\0\0\0\x01bc09439e";
        assert_eq!(bound(&key_context(12, 1), key.0), aad);
        let ciphertext = encrypt(key.1, &nonce, aad, KEY.as_bytes()).unwrap();
        assert_eq!(
            hex(&ciphertext),
            "f1f76027c4e8592e4700e78fa2eb8a98fdde47714b7936ca8c0d88cf"
        );
        let row = Sealed::from_columns("bc09439e".to_owned(), &nonce, ciphertext).unwrap();
        assert_eq!(
            *sealer.open(&row, &key_context(12, 1)).unwrap(),
            KEY.as_bytes()
        );
    }

    #[test]
    fn a_rescued_form_opens_with_its_cookie_only() {
        let mut rng = StdRng::seed_from_u64(6);
        let form = seal_with(&[1; 32], &mut rng, b"netdesk", "工事名".as_bytes()).unwrap();
        let open = |key: u8, context: &[u8], nonce: &[u8]| {
            open_with(&[key; 32], context, nonce, &form.ciphertext)
        };
        assert_eq!(
            *open(1, b"netdesk", &form.nonce).unwrap(),
            "工事名".as_bytes()
        );
        assert!(open(2, b"netdesk", &form.nonce).is_err());
        assert!(open(1, b"office", &form.nonce).is_err());
        assert!(open(1, b"netdesk", &form.nonce[1..]).is_err());
    }
}
