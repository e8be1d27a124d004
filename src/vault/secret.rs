//! Thirty-two secret bytes that never print and are wiped when dropped.

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A key, a pepper or a signing seed. In a file: base64.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret32([u8; 32]);

impl Secret32 {
    pub fn draw<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether a person typed this rather than a generator drew it: one byte again and again, a
    /// counting row, or readable text. A drawn key is taken for one with probability below 1e-13.
    pub fn looks_like_an_example(&self) -> bool {
        let step = self.0[1].wrapping_sub(self.0[0]);
        let counting = self
            .0
            .windows(2)
            .all(|pair| pair[1].wrapping_sub(pair[0]) == step);
        let text = self.0.iter().all(|byte| matches!(byte, b' '..=b'~' | 0));
        let repeated =
            (1..=16).any(|period| self.0.iter().zip(&self.0[period..]).all(|(a, b)| a == b));
        counting || text || repeated
    }
}

impl std::fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret32(…)")
    }
}

impl Serialize for Secret32 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&Zeroizing::new(STANDARD.encode(self.0)))
    }
}

impl<'de> Deserialize<'de> for Secret32 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Base64)
    }
}

/// Reads the secret straight from the file's buffer; no message repeats what was read.
struct Base64;

impl de::Visitor<'_> for Base64 {
    type Value = Secret32;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("base64 of 32 bytes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret32, E> {
        let wrong = || E::custom("a key is not base64 of 32 bytes");
        let mut bytes = Zeroizing::new([0; 33]);
        if text.len() != 44 {
            return Err(wrong());
        }
        match STANDARD.decode_slice(text, &mut *bytes) {
            Ok(32) => {}
            _ => return Err(wrong()),
        }
        let mut secret = Secret32([0; 32]);
        secret.0.copy_from_slice(&bytes[..32]);
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn never_prints() {
        let secret = Secret32::new(*b"a very secret key of 32 bytes!!!");
        assert_eq!(format!("{secret:?}"), "Secret32(…)");
    }

    #[test]
    fn typed_values_are_told_from_drawn_ones() {
        let counting: [u8; 32] = std::array::from_fn(|index| index as u8);
        let mut padded = [0; 32];
        padded[..8].copy_from_slice(b"changeme");
        for example in [
            [0; 32],
            [0xff; 32],
            counting,
            std::array::from_fn(|index| [0xde, 0xad, 0xbe, 0xef][index % 4]),
            *b"change-me change-me change-me !!",
            padded,
        ] {
            assert!(
                Secret32::new(example).looks_like_an_example(),
                "{example:?}"
            );
        }
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..10_000 {
            assert!(!Secret32::draw(&mut rng).looks_like_an_example());
        }
    }

    #[test]
    fn a_file_error_does_not_repeat_the_value() {
        let short = serde_json::from_str::<Secret32>("\"c2VjcmV0\"").unwrap_err();
        assert!(!short.to_string().contains("c2VjcmV0"), "{short}");
        let number = serde_json::from_str::<Secret32>("[1,2]").unwrap_err();
        assert!(
            number.to_string().contains("base64 of 32 bytes"),
            "{number}"
        );
    }
}
