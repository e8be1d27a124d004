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
