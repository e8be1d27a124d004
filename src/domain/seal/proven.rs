//! A signature that held for these very bytes holds for ever: what was reckoned once in this process
//! is remembered. A page, its print and its PDF are looked at one after the other.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// So many are remembered, 32 bytes each; then it begins anew.
const MOST: usize = 8_192;

static PROVEN: LazyLock<Mutex<HashSet<[u8; 32]>>> = LazyLock::new(Mutex::default);

/// Whether `sig` by `key` over `signed` holds: as remembered, else as `reckon` finds. Only what held
/// is remembered, by a hash of all three.
pub(super) fn holds(
    key: &[u8; 32],
    sig: &[u8],
    signed: &[u8],
    reckon: impl FnOnce() -> bool,
) -> bool {
    let name: [u8; 32] = Sha256::new()
        .chain_update(key)
        .chain_update((sig.len() as u64).to_be_bytes())
        .chain_update(sig)
        .chain_update(signed)
        .finalize()
        .into();
    let proven = || PROVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if proven().contains(&name) {
        return true;
    }
    let held = reckon();
    if held {
        let mut proven = proven();
        if proven.len() >= MOST {
            proven.clear();
        }
        proven.insert(name);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_held_is_remembered_and_for_nothing_else() {
        let key = [7; 32];
        let never = || panic!("reckoned again");
        assert!(!holds(&key, b"sig", b"bytes", || false));
        assert!(
            holds(&key, b"sig", b"bytes", || true),
            "a no is not remembered"
        );
        assert!(holds(&key, b"sig", b"bytes", never));
        for (key, sig, signed) in [
            (&[8; 32], &b"sig"[..], &b"bytes"[..]),
            (&key, b"sih", b"bytes"),
            (&key, b"sig", b"byteS"),
            (&key, b"si", b"gbytes"),
        ] {
            assert!(!holds(key, sig, signed, || false));
        }
        for number in 0..=MOST as u64 {
            assert!(holds(&[9; 32], b"", &number.to_be_bytes(), || true));
        }
        let proven = PROVEN.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(proven.len() <= MOST);
    }
}
