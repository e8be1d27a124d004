//! Secrets: encryption of keys at rest, the sureties' signatures, hashes of passwords and keys.
//!
//! Each process is given only the rings it needs: Net Desk opens keys (envelope keys), D-Sure checks
//! them (peppers), the worker seals, hashes and signs (all three), the Office none.

pub mod cli;
pub mod fault;
mod files;
pub mod hashing;
pub mod keyset;
mod phc;
pub mod ring;
pub mod scram;
pub mod sealer;
pub mod secret;
pub mod signing;

use std::path::{Path, PathBuf};

pub use fault::{Part, VaultError};
pub use hashing::{HashFault, Hashing};
pub use phc::Cost;
pub use ring::{Ring, SigningRing};
pub use sealer::{Sealed, Sealer};
pub use signing::{Signature, Signer};

/// Reads a file that holds a secret of any kind; only where nobody else can read it.
///
/// # Errors
/// As key rings: missing, readable by others, or broken.
pub fn read_secret(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, VaultError> {
    files::read(path)
}

/// Where a process finds its rings; what it does not need is `None`.
#[derive(Debug, Clone, Default)]
pub struct VaultFiles {
    pub kek: Option<PathBuf>,
    pub pepper: Option<PathBuf>,
    pub signing: Option<PathBuf>,
}

impl VaultFiles {
    /// The three files [`cli::make_keys`] writes into one folder.
    pub fn all_in(folder: &Path) -> Self {
        Self {
            kek: Some(folder.join(Part::Kek.file_name())),
            pepper: Some(folder.join(Part::Pepper.file_name())),
            signing: Some(folder.join(Part::Signing.file_name())),
        }
    }
}

/// What this process may do with secrets.
#[derive(Debug, Clone)]
pub struct Vault {
    sealer: Option<Sealer>,
    signer: Option<Signer>,
    hashing: Hashing,
}

impl Vault {
    /// Puts parts together.
    pub fn new(sealer: Option<Sealer>, signer: Option<Signer>, hashing: Hashing) -> Self {
        Self {
            sealer,
            signer,
            hashing,
        }
    }

    /// Reads every ring that is named, and starts the hashing threads (one per core is right).
    ///
    /// # Errors
    /// The sentence of the first ring that is missing, readable by others, an example or damaged.
    pub fn load(files: &VaultFiles, threads: usize, cost: Cost) -> Result<Self, VaultError> {
        let kek = files.kek.as_deref().map(|path| Ring::load(Part::Kek, path));
        let pepper = files
            .pepper
            .as_deref()
            .map(|path| Ring::load(Part::Pepper, path));
        let signing = files.signing.as_deref().map(SigningRing::load);
        let (kek, signing) = (kek.transpose()?, signing.transpose()?);
        Ok(Self::new(
            kek.map(Sealer::new),
            signing.map(Signer::new),
            Hashing::new(pepper.transpose()?, threads, cost)?,
        ))
    }

    /// # Errors
    /// [`VaultError::Absent`] in a process without envelope keys.
    pub fn sealer(&self) -> Result<&Sealer, VaultError> {
        let sealer = self.sealer.as_ref();
        sealer.ok_or(VaultError::Absent(Part::Kek))
    }

    /// # Errors
    /// [`VaultError::Absent`] in a process without signing keys.
    pub fn signer(&self) -> Result<&Signer, VaultError> {
        let signer = self.signer.as_ref();
        signer.ok_or(VaultError::Absent(Part::Signing))
    }

    /// Hashes of passwords; of authentication keys where there is a pepper.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;

    use super::*;
    use files::tests::Folder;

    #[test]
    fn a_process_holds_what_it_was_given_and_names_what_it_was_not() {
        let folder = Folder::new("vault-parts");
        let here = folder.path("");
        let mut rng = StdRng::seed_from_u64(1);
        cli::make_keys(&here, &['M'], &mut rng, date!(2026 - 11 - 21)).unwrap();
        let netdesk = VaultFiles {
            kek: Some(here.join("kek.json")),
            ..VaultFiles::default()
        };
        let netdesk = Vault::load(&netdesk, 1, Cost::Cheap).unwrap();
        assert!(netdesk.sealer().is_ok());
        let absent = netdesk.signer().unwrap_err().sentence();
        assert!(absent.contains("署名鍵の鍵束"), "{absent}");
        let dsure = VaultFiles {
            pepper: Some(here.join("pepper.json")),
            ..VaultFiles::default()
        };
        let dsure = Vault::load(&dsure, 1, Cost::Cheap).unwrap();
        let absent = dsure.sealer().unwrap_err().sentence();
        assert!(absent.contains("暗号化鍵（KEK）の鍵束"), "{absent}");
        let missing = VaultFiles::all_in(&here.join("nowhere"));
        let missing = Vault::load(&missing, 1, Cost::Cheap)
            .unwrap_err()
            .sentence();
        assert!(missing.contains("kek.json がありません"), "{missing}");
    }
}
