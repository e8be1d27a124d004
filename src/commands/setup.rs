//! What several commands need: a runtime, a database, the kitchen, migrations.

use std::str::FromStr;
use std::sync::Arc;

use akashi::app::App;
use akashi::clock::{Chance, Clock};
use akashi::config::{Addresses, Env, Login, Missing, Names, Rings, Settings};
use akashi::db::{self, Db, Pool, logins};
use akashi::vault::{Cost, Vault, scram};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::Ended;

/// A runtime of its own for a command.
pub fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime could not be started: {error}"))?
        .block_on(work)
}

pub fn settings() -> Result<Settings, String> {
    Settings::read(Env::of_process()).map_err(sentence)
}

pub fn sentence(missing: Missing) -> String {
    missing.0
}

/// Connection options out of an address and a password from its file.
pub fn options(login: &Login) -> Result<PgConnectOptions, String> {
    let options = PgConnectOptions::from_str(&login.url)
        .map_err(|error| format!("the database address cannot be read: {error}"))?
        .application_name("akashi");
    Ok(match &login.password {
        Some(password) => options.password(password),
        None => options,
    })
}

/// Hashing threads: one per core (performance.md, 8).
pub fn hashing_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The kitchen of a command that runs over the owner's login.
pub fn owner_app(settings: &Settings) -> Result<App, String> {
    let pool = Pool::new(options(settings.owner().map_err(sentence)?)?, 2);
    let vault = Vault::load(
        &settings.rings(Rings::OFFICE).map_err(sentence)?,
        1,
        Cost::Real,
    )
    .map_err(|error| error.sentence())?;
    Ok(app(
        Db::shared(pool),
        vault,
        Addresses::on("http://127.0.0.1"),
        settings.names.clone(),
        false,
    ))
}

pub fn app(db: Db, vault: Vault, addresses: Addresses, names: Names, demo: bool) -> App {
    App {
        db,
        clock: Clock::System,
        chance: Chance::System,
        vault: Arc::new(vault),
        addresses: Arc::new(addresses),
        names: Arc::new(names),
        demo,
    }
}

/// `migrate`
pub fn migrate() -> Ended {
    super::logs(true, "info");
    let settings = settings()?;
    block_on(async {
        let owner = options(settings.owner().map_err(sentence)?)?;
        migrate_over(&owner).await?;
        make_logins(&settings, &owner).await?;
        super::say("The database's tables are up to date.");
        Ok(())
    })
}

/// The logins that the roles' own addresses name, where they are not there yet.
async fn make_logins(settings: &Settings, owner: &PgConnectOptions) -> Ended {
    for (role, login) in [
        ("netdesk", &settings.netdesk_database),
        ("office", &settings.office_database),
        ("dsure", &settings.dsure_database),
        ("worker", &settings.worker_database),
    ] {
        let Some(login) = login else { continue };
        let wanted = options(login)?;
        let name = wanted.get_username();
        if name == owner.get_username() {
            continue;
        }
        let verifier = login
            .password
            .as_ref()
            .map(|password| scram::verifier(password, Chance::System.bytes()));
        let broken = |error: sqlx::Error| format!("the login {name} could not be made: {error}");
        let mut conn = PgConnection::connect_with(owner).await.map_err(broken)?;
        if logins::make(&mut conn, name, role, verifier.as_deref())
            .await
            .map_err(broken)?
        {
            super::say(&format!("The login {name} acts as {role}."));
        }
    }
    Ok(())
}

pub async fn migrate_over(owner: &PgConnectOptions) -> Ended {
    db::migrate(owner)
        .await
        .map_err(|error| format!("the database could not be brought up to date: {error}"))
}
