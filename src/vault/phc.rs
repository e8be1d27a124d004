//! What one argon2id hash is made of, and its text: `$argon2id$v=19$m=…,t=…,p=…[,keyid=…]$salt$hash`.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, KeyId, Params, ParamsBuilder, Version};

use super::hashing::HashFault;
use super::ring::Ring;

/// How dear a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// 19456 KiB, two passes, one lane (OWASP, ASVS appendix C): some 26 ms of a core.
    Real,
    /// For tests: 64 KiB, one pass.
    Cheap,
}

impl Cost {
    /// Memory in KiB and passes.
    fn terms(self) -> (u32, u32) {
        match self {
            Self::Real => (19_456, 2),
            Self::Cheap => (64, 1),
        }
    }
}

/// Everything a hash depends on but the secret.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    memory: u32,
    passes: u32,
    /// Id of the pepper, if there is one.
    pub(super) pepper: Option<String>,
    salt: Vec<u8>,
}

impl Recipe {
    pub(super) fn new(cost: Cost, pepper: Option<String>, salt: [u8; 16]) -> Self {
        let (memory, passes) = cost.terms();
        Self {
            memory,
            passes,
            pepper,
            salt: salt.to_vec(),
        }
    }

    pub(super) fn is_at(&self, cost: Cost) -> bool {
        (self.memory, self.passes) == cost.terms()
    }

    /// Blocks of a KiB the hash needs.
    pub(super) fn blocks(&self) -> usize {
        usize::try_from(self.memory).unwrap_or(usize::MAX)
    }

    fn params(&self) -> Result<Params, HashFault> {
        let mut builder = ParamsBuilder::new();
        builder.m_cost(self.memory).t_cost(self.passes).p_cost(1);
        if let Some(id) = &self.pepper {
            let id = KeyId::new(id.as_bytes()).map_err(|_| HashFault::Unreadable)?;
            builder.keyid(id);
        }
        builder.build().map_err(|_| HashFault::Unreadable)
    }

    pub(super) fn hash(
        &self,
        peppers: Option<&Ring>,
        secret: &[u8],
        memory: &mut [Block],
    ) -> Result<[u8; 32], HashFault> {
        let params = self.params()?;
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let argon2 = match &self.pepper {
            None => Argon2::new(algorithm, version, params),
            Some(id) => {
                let pepper = peppers
                    .and_then(|ring| ring.keys().get(id))
                    .ok_or_else(|| HashFault::NoPepper(Some(id.clone())))?;
                Argon2::new_with_secret(pepper.bytes(), algorithm, version, params)
                    .map_err(|_| HashFault::Failed)?
            }
        };
        let mut output = [0; 32];
        argon2
            .hash_password_into_with_memory(secret, &self.salt, &mut output, memory)
            .map_err(|_| HashFault::Failed)?;
        Ok(output)
    }

    pub(super) fn write(&self, output: &[u8; 32]) -> Result<String, HashFault> {
        let failed = |_| HashFault::Failed;
        let phc = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params()?).map_err(|_| HashFault::Failed)?,
            salt: Some(Salt::new(&self.salt).map_err(failed)?),
            hash: Some(Output::new(output).map_err(failed)?),
        };
        Ok(phc.to_string())
    }
}

/// Reads a stored hash. Terms dearer than [`Cost::Real`] are refused: a changed row may cost no more
/// than a true one.
pub(super) fn read(text: &str) -> Result<(Recipe, [u8; 32]), HashFault> {
    let phc = PasswordHash::new(text).map_err(|_| HashFault::Unreadable)?;
    let params = Params::try_from(&phc).map_err(|_| HashFault::Unreadable)?;
    let (memory, passes) = Cost::Real.terms();
    let ours = phc.algorithm == ARGON2ID_IDENT
        && phc.version == Some(Version::V0x13.into())
        && params.p_cost() == 1
        && params.data().is_empty()
        && params.m_cost() <= memory
        && params.t_cost() <= passes;
    let (Some(salt), Some(hash), true) = (phc.salt, phc.hash, ours) else {
        return Err(HashFault::Unreadable);
    };
    let expected = <[u8; 32]>::try_from(hash.as_bytes()).map_err(|_| HashFault::Unreadable)?;
    let pepper = match params.keyid() {
        [] => None,
        id => Some(String::from_utf8(id.to_vec()).map_err(|_| HashFault::Unreadable)?),
    };
    let recipe = Recipe {
        memory: params.m_cost(),
        passes: params.t_cost(),
        pepper,
        salt: salt.to_vec(),
    };
    Ok((recipe, expected))
}
