//! What every verb may use; knows nobody above it.

use std::sync::Arc;

use crate::clock::{Chance, Clock};
use crate::config::{Addresses, Names};
use crate::db::Db;
use crate::vault::Vault;

/// The kitchen's tools. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub chance: Chance,
    pub vault: Arc<Vault>,
    pub addresses: Arc<Addresses>,
    /// What the installation calls its sites.
    pub names: Arc<Names>,
    /// Demo installations show their logins and need no second factor.
    pub demo: bool,
}

#[cfg(test)]
impl App {
    /// Without a database: for tests of what needs none.
    pub(crate) fn nowhere(scheme: &str) -> Self {
        let address = |name: &str| format!("{scheme}://{name}.example/{name}");
        let hashing = crate::vault::Hashing::new(None, 1, crate::vault::Cost::Cheap).unwrap();
        Self {
            db: Db::nowhere(),
            clock: Clock::System,
            chance: Chance::seeded(7),
            vault: Arc::new(Vault::new(None, None, hashing)),
            addresses: Arc::new(Addresses {
                netdesk: address("netdesk"),
                office: address("office"),
                dsure: address("dsure"),
            }),
            names: Arc::default(),
            demo: false,
        }
    }
}
