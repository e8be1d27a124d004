//! What is signed, by which key, and how anyone checks it.
//!
//! The signature covers the stored bytes of a [`CertificateFace`] in the pre-authentication encoding
//! of DSSE (<https://github.com/secure-systems-lab/dsse>), Ed25519, checked with `verify_strict`.
//! Checking needs nothing but the envelope and the list of public keys.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use time::Date;

use super::certificate::{CertificateFace, hex, sha256};
use super::era;

mod proven;

/// The payload type every signature names, so that bytes signed for one purpose are no good for another.
pub const PAYLOAD_TYPE: &str = "application/vnd.akashi.certificate+json";

/// The only algorithm of [`PublicKey::algorithm`].
pub const ALGORITHM: &str = "Ed25519";

/// DSSE's pre-authentication encoding: the very bytes an Ed25519 signature covers.
pub fn pae(payload_type: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        bytes.len()
    );
    [head.as_bytes(), bytes].concat()
}

/// Id of a public key: the first eight bytes of its SHA-256, in hexadecimal.
pub fn key_id(public: &[u8; 32]) -> String {
    hex(&sha256(public)[..8])
}

/// One line of `/dsure/keys.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// [`key_id`] of the key.
    pub keyid: String,
    /// Letter at the end of the surety's contract numbers.
    pub surety: char,
    /// [`ALGORITHM`]
    pub algorithm: String,
    /// 32 bytes.
    #[serde(with = "base64_32")]
    pub public_key: [u8; 32],
    #[serde(with = "era::iso")]
    pub created_on: Date,
}

impl PublicKey {
    pub fn new(surety: char, public_key: [u8; 32], created_on: Date) -> Self {
        Self {
            keyid: key_id(&public_key),
            surety,
            algorithm: ALGORITHM.to_owned(),
            public_key,
            created_on,
        }
    }

    fn check(&self, signed: &[u8], sig: &[u8]) -> Result<(), SealFault> {
        let bad = || SealFault::BadSignature {
            key_id: self.keyid.clone(),
        };
        let reckon = || {
            VerifyingKey::from_bytes(&self.public_key)
                .and_then(|key| key.verify_strict(signed, &Signature::from_slice(sig)?))
                .is_ok()
        };
        if proven::holds(&self.public_key, sig, signed, reckon) {
            Ok(())
        } else {
            Err(bad())
        }
    }
}

/// The public keys of all sureties, older ones too: `/dsure/keys.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    pub keys: Vec<PublicKey>,
}

impl PublicKeys {
    /// Reads `keys.json`.
    ///
    /// # Errors
    /// [`SealFault::NotKeys`] when it is not such a list, or an id or algorithm does not fit its key.
    pub fn from_json(json: &[u8]) -> Result<Self, SealFault> {
        let list: Self =
            serde_json::from_slice(json).map_err(|error| SealFault::NotKeys(error.to_string()))?;
        for key in &list.keys {
            if key.algorithm != ALGORITHM {
                let why = format!("algorithm {:?} of key {}", key.algorithm, key.keyid);
                return Err(SealFault::NotKeys(why));
            }
            if key.keyid != key_id(&key.public_key) {
                let why = format!("keyid {} is not the id of its public key", key.keyid);
                return Err(SealFault::NotKeys(why));
            }
        }
        Ok(list)
    }

    /// # Errors
    /// Only if serde cannot write the struct, which its types rule out.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    pub fn get(&self, key_id: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.keyid == key_id)
    }
}

/// Checks a stored signature (64 bytes) over stored bytes, and says whose key made it.
///
/// # Errors
/// [`SealFault::UnknownKey`] or [`SealFault::BadSignature`].
pub fn verify_bytes<'keys>(
    bytes: &[u8],
    sig: &[u8],
    key_id: &str,
    keys: &'keys PublicKeys,
) -> Result<&'keys PublicKey, SealFault> {
    let key = keys.get(key_id).ok_or_else(|| SealFault::UnknownKey {
        key_id: key_id.to_owned(),
    })?;
    key.check(&pae(PAYLOAD_TYPE, bytes), sig)?;
    Ok(key)
}

/// As [`verify_bytes`], reads the face, and demands that the key belongs to the surety whose letter
/// ends the contract number: one surety's key is no good for another's certificates.
///
/// # Errors
/// Every [`SealFault`] but [`SealFault::NotKeys`].
pub fn verify_face<'keys>(
    bytes: &[u8],
    sig: &[u8],
    key_id: &str,
    keys: &'keys PublicKeys,
) -> Result<(CertificateFace, &'keys PublicKey), SealFault> {
    let key = verify_bytes(bytes, sig, key_id, keys)?;
    let face = CertificateFace::from_bytes(bytes)
        .map_err(|error| SealFault::NotAFace(error.to_string()))?;
    if face.number.ends_with(key.surety) {
        Ok((face, key))
    } else {
        Err(SealFault::WrongSurety {
            number: face.number,
            surety: key.surety,
        })
    }
}

/// The signed envelope people download as `.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// [`PAYLOAD_TYPE`]
    pub payload_type: String,
    /// Base64 of the stored bytes, unchanged.
    #[serde(with = "base64_vec")]
    pub payload: Vec<u8>,
    pub signatures: Vec<EnvelopeSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    pub keyid: String,
    /// 64 bytes.
    #[serde(with = "base64_vec")]
    pub sig: Vec<u8>,
}

impl Envelope {
    pub fn new(bytes: Vec<u8>, key_id: &str, sig: &[u8]) -> Self {
        Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: bytes,
            signatures: vec![EnvelopeSignature {
                keyid: key_id.to_owned(),
                sig: sig.to_vec(),
            }],
        }
    }

    /// # Errors
    /// Only if serde cannot write the struct, which its types rule out.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Reads an envelope without judging its signatures.
    ///
    /// # Errors
    /// [`SealFault::NotAnEnvelope`]
    pub fn from_json(json: &[u8]) -> Result<Self, SealFault> {
        let not = |why: &str| SealFault::NotAnEnvelope(why.to_owned());
        let envelope: Self =
            serde_json::from_slice(json).map_err(|error| not(&error.to_string()))?;
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(not("payloadType is not that of a certificate"));
        }
        if envelope.signatures.is_empty() {
            return Err(not("there is no signature"));
        }
        Ok(envelope)
    }

    /// The payload, once a known key's signature over it is right and no known key's is wrong.
    ///
    /// # Errors
    /// [`SealFault::NotAnEnvelope`], [`SealFault::UnknownKey`] when no key is known, or
    /// [`SealFault::BadSignature`].
    pub fn verify(&self, keys: &PublicKeys) -> Result<Vec<u8>, SealFault> {
        self.signer(keys)?;
        Ok(self.payload.clone())
    }

    /// The face and the key that signed it; see [`verify_face`].
    ///
    /// # Errors
    /// Every [`SealFault`] but [`SealFault::NotKeys`].
    pub fn verify_face<'keys>(
        &self,
        keys: &'keys PublicKeys,
    ) -> Result<(CertificateFace, &'keys PublicKey), SealFault> {
        let signature = self.signer(keys)?;
        verify_face(&self.payload, &signature.sig, &signature.keyid, keys)
    }

    fn signer(&self, keys: &PublicKeys) -> Result<&EnvelopeSignature, SealFault> {
        if self.payload_type != PAYLOAD_TYPE {
            let why = "payloadType is not that of a certificate";
            return Err(SealFault::NotAnEnvelope(why.to_owned()));
        }
        let mut signer = None;
        let mut unknown = None;
        for signature in &self.signatures {
            match verify_bytes(&self.payload, &signature.sig, &signature.keyid, keys) {
                Ok(_) => signer = signer.or(Some(signature)),
                Err(fault @ SealFault::UnknownKey { .. }) => unknown = unknown.or(Some(fault)),
                Err(fault) => return Err(fault),
            }
        }
        signer.ok_or_else(|| {
            let none = || SealFault::NotAnEnvelope("there is no signature".to_owned());
            unknown.unwrap_or_else(none)
        })
    }
}

/// Why a certificate's seal does not hold. `Display` is for logs, [`SealFault::sentence`] for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    #[error("not a signed envelope: {0}")]
    NotAnEnvelope(String),
    #[error("not a list of public keys: {0}")]
    NotKeys(String),
    #[error("key {key_id} is not known")]
    UnknownKey { key_id: String },
    #[error("the signature by key {key_id} does not fit the bytes")]
    BadSignature { key_id: String },
    #[error("signed, but not a certificate: {0}")]
    NotAFace(String),
    #[error("certificate {number} is signed with a key of surety {surety}")]
    WrongSurety { number: String, surety: char },
}

impl SealFault {
    /// What is wrong and what to do, in Japanese.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotAnEnvelope(_) => "署名付きの保証証書データ（証書の画面から保存できる .json ファイル）として読み取れません。ファイルをもう一度保存してください。".to_owned(),
            Self::NotKeys(_) => "公開鍵の一覧として読み取れません。保証確認サービス（D-Sure）の /dsure/keys.json を保存し直してください。".to_owned(),
            Self::UnknownKey { key_id } => format!(
                "署名に使われた鍵（{key_id}）が公開鍵の一覧にないため、署名を確かめられません。最新の /dsure/keys.json をご用意ください。"
            ),
            Self::BadSignature { key_id } => format!(
                "署名（鍵 {key_id}）が内容と一致しません。発行後に内容が書き換えられたか、ファイルが壊れています。この証書を信用せず、取扱箇所へお問い合わせください。"
            ),
            Self::NotAFace(_) => "署名は内容と一致しますが、保証証書として読み取れない内容です。取扱箇所へお問い合わせください。".to_owned(),
            Self::WrongSurety { number, surety } => format!(
                "保証契約番号 {number} の証書に、別の保証会社（番号の末尾 {surety}）の鍵で署名されています。この証書を信用せず、取扱箇所へお問い合わせください。"
            ),
        }
    }
}

mod base64_vec {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

mod base64_32 {
    use super::base64_vec;
    use serde::{Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        base64_vec::serialize(bytes, to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let bytes = base64_vec::deserialize(from)?;
        <[u8; 32]>::try_from(bytes).map_err(|_| D::Error::custom("a key is 32 bytes long"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPE: &[u8] = include_bytes!("../../tests/vectors/envelope.json");
    const KEYS: &[u8] = include_bytes!("../../tests/vectors/keys.json");

    fn vector() -> (Envelope, PublicKeys) {
        let keys = PublicKeys::from_json(KEYS).unwrap();
        (Envelope::from_json(ENVELOPE).unwrap(), keys)
    }

    #[test]
    fn pae_is_that_of_dsse() {
        // The example of the DSSE protocol's own text.
        let bytes = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            bytes,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("類", "証".as_bytes()), "DSSEv1 3 類 3 証".as_bytes());
    }

    #[test]
    fn the_test_vector_is_right_and_keeps_its_bytes() {
        let (envelope, keys) = vector();
        let bytes = envelope.verify(&keys).unwrap();
        assert_eq!(
            hex(&sha256(&bytes)),
            "976e7a1e6a1cf13d74a27615e3dab6e71d05de132e2b4d23fa4ca872f3b3aa38"
        );
        let (face, key) = envelope.verify_face(&keys).unwrap();
        assert_eq!((face.number.as_str(), key.surety), ("35075-00001M", 'M'));
        assert_eq!(face.principal.name, "株式会社\u{FA19}谷組");
        let again = Envelope::from_json(&envelope.to_json().unwrap()).unwrap();
        assert_eq!(again, envelope);
        assert_eq!(
            PublicKeys::from_json(&keys.to_json().unwrap()).unwrap(),
            keys
        );
    }

    #[test]
    fn a_change_anywhere_in_payload_or_signature_is_noticed() {
        let (envelope, keys) = vector();
        let bad = |envelope: &Envelope| {
            matches!(envelope.verify(&keys), Err(SealFault::BadSignature { .. }))
        };
        for bit in (0..512).step_by(13) {
            let mut changed = envelope.clone();
            changed.signatures[0].sig[bit / 8] ^= 1 << (bit % 8);
            assert!(bad(&changed), "bit {bit} of the signature");
        }
        for byte in (0..envelope.payload.len()).step_by(29) {
            let mut changed = envelope.clone();
            changed.payload[byte] ^= 1;
            assert!(bad(&changed), "byte {byte} of the payload");
        }
        let mut spaced = envelope.clone();
        spaced.payload.push(b' ');
        assert!(bad(&spaced));
        let mut cut = envelope;
        cut.signatures[0].sig.pop();
        assert!(bad(&cut));
    }

    #[test]
    fn a_key_of_small_order_signs_nothing() {
        // With the neutral element as key, an unstrict check takes this for any message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut sig = [0; 64];
        sig[0] = 1;
        let key = PublicKey::new('M', neutral, time::macros::date!(2026 - 04 - 01));
        let id = key.keyid.clone();
        let keys = PublicKeys { keys: vec![key] };
        let fault = verify_bytes(b"anything", &sig, &id, &keys).unwrap_err();
        assert_eq!(fault, SealFault::BadSignature { key_id: id });
    }

    #[test]
    fn unknown_keys_do_not_count_and_wrong_known_ones_do() {
        let (mut envelope, keys) = vector();
        let stranger = EnvelopeSignature {
            keyid: "0123456789abcdef".to_owned(),
            sig: vec![0; 64],
        };
        envelope.signatures.insert(0, stranger.clone());
        assert!(envelope.verify(&keys).is_ok());
        envelope.signatures.remove(1);
        let fault = envelope.verify(&keys).unwrap_err();
        assert_eq!(
            fault,
            SealFault::UnknownKey {
                key_id: stranger.keyid
            }
        );
        assert!(fault.sentence().contains("0123456789abcdef"));
        let (mut envelope, _) = vector();
        let mut second = envelope.signatures[0].clone();
        second.sig[0] ^= 1;
        envelope.signatures.push(second);
        assert!(matches!(
            envelope.verify(&keys),
            Err(SealFault::BadSignature { .. })
        ));
        envelope.signatures.clear();
        assert!(matches!(
            envelope.verify(&keys),
            Err(SealFault::NotAnEnvelope(_))
        ));
    }

    #[test]
    fn one_surety_cannot_sign_for_another() {
        let (envelope, mut keys) = vector();
        keys.keys[0].surety = 'H';
        let fault = envelope.verify_face(&keys).unwrap_err();
        assert!(matches!(fault, SealFault::WrongSurety { .. }), "{fault}");
        assert!(
            fault.sentence().contains("35075-00001M"),
            "{}",
            fault.sentence()
        );
    }

    #[test]
    fn lists_of_keys_are_read_strictly() {
        let text = std::str::from_utf8(KEYS).unwrap();
        for broken in [
            text.replace("56475aa7", "00000000"),
            text.replace("Ed25519", "none"),
            text.replace("2026-04-01", "2026-04-31"),
            text.replace("\"public_key\": \"", "\"public_key\": \"AAAA"),
            "{}".to_owned(),
        ] {
            let fault = PublicKeys::from_json(broken.as_bytes()).unwrap_err();
            assert!(matches!(fault, SealFault::NotKeys(_)), "{broken}");
        }
    }

    #[test]
    fn other_files_are_no_envelopes() {
        let text = std::str::from_utf8(ENVELOPE).unwrap();
        let mut empty = vector().0;
        empty.signatures.clear();
        for other in [
            text.replace("akashi.certificate", "akashi.other"),
            text.replace("\"payload\": \"", "\"payload\": \"?"),
            String::from_utf8(empty.to_json().unwrap()).unwrap(),
            "[]".to_owned(),
        ] {
            let fault = Envelope::from_json(other.as_bytes()).unwrap_err();
            assert!(matches!(fault, SealFault::NotAnEnvelope(_)), "{other}");
        }
    }
}
