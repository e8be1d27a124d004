//! What PostgreSQL keeps of a password (RFC 7677): reckoned here, so that no password stands in a
//! statement, where a server's log might keep it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// PostgreSQL's own number.
const ROUNDS: u32 = 4096;

/// `SCRAM-SHA-256$4096:salt$stored key:server key`, for `create role … password`.
pub fn verifier(password: &str, salt: [u8; 16]) -> String {
    let mut block = salt.to_vec();
    block.extend_from_slice(&1_u32.to_be_bytes());
    let mut round = mac(password.as_bytes(), &block);
    let mut salted = round;
    for _ in 1..ROUNDS {
        round = mac(password.as_bytes(), &round);
        for (sum, byte) in salted.iter_mut().zip(round) {
            *sum ^= byte;
        }
    }
    let stored = Sha256::digest(mac(&salted, b"Client Key"));
    let server = mac(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${ROUNDS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored),
        STANDARD.encode(server)
    )
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // A key of any length is taken.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().into())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, section 3.
    #[test]
    fn the_standards_own_example_comes_out() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        assert_eq!(
            verifier("pencil", salt.try_into().unwrap()),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
