//! Secrets at rest.
#[derive(Debug)]
pub struct Vault;
