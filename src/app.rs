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
