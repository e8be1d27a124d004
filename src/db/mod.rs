//! SQL and nothing else: free functions on a connection, one file per family of tables.
//!
//! Every transaction begins in a [`Scope`]: the database role of a site and the settings that
//! row-level security reads. The begin and the settings travel in one message.

pub mod accounts;
pub mod acts;
pub mod applications;
pub mod blocks;
pub mod branches;
pub mod certificates;
pub mod closings;
pub mod contractors;
pub mod documents;
pub mod dsure;
pub mod events;
pub mod fee_tables;
pub mod fees;
pub mod follow_ups;
pub mod founding;
pub mod gate;
pub mod guarantees;
pub mod issuing;
pub mod items;
pub mod jobs;
pub mod letters;
pub mod links;
pub mod logins;
pub mod obligees;
mod pool;
pub mod queue;
pub mod receipts;
pub mod renewals;
pub mod reservations;
pub mod standing;
pub mod sureties;

use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use pool::Lent;

pub use pool::Pool;

/// For whom a transaction runs; decides role and visible rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One contractor company, from Net Desk.
    Contractor { surety: i64, contractor: i64 },
    /// Staff: one branch, or all of them (`None`: head office).
    Office { surety: i64, branch: Option<i64> },
    /// D-Sure, for one contract number: ten digits and a hyphen. What it writes (sessions, networks,
    /// looks) is not waited for: the machine's death may cost a second of it ([`commit_later`]).
    Dsure { number: Option<String> },
    /// The worker: every tenant, never a page.
    Worker,
    /// The command line setting an installation up, over the owner's login.
    Founder,
    /// A site's own role before anybody is known.
    Gate(Site),
}

/// A site with a database role and a pool of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    Netdesk,
    Office,
    Dsure,
}

impl Site {
    pub fn role(self) -> &'static str {
        match self {
            Self::Netdesk => "netdesk",
            Self::Office => "office",
            Self::Dsure => "dsure",
        }
    }
}

/// The pools. With one address for all, each transaction takes its role by `SET LOCAL ROLE`.
#[derive(Debug, Clone)]
pub struct Db {
    netdesk: Pool,
    office: Pool,
    dsure: Pool,
    worker: Pool,
    gates: [Pool; 3],
    take_role: bool,
}

impl Db {
    /// One login for everything: each transaction takes its role itself.
    pub fn shared(pool: Pool) -> Self {
        let gate = pool.half();
        Self {
            netdesk: pool.clone(),
            office: pool.clone(),
            dsure: pool.clone(),
            worker: pool,
            gates: [gate.clone(), gate.clone(), gate],
            take_role: true,
        }
    }

    /// A pool that leads nowhere.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self::shared(Pool::new(PgConnectOptions::new().socket("/nonexistent"), 1))
    }

    /// One login per role, as production has it.
    pub fn per_role(netdesk: Pool, office: Pool, dsure: Pool, worker: Pool) -> Self {
        Self {
            gates: [&netdesk, &office, &dsure].map(Pool::half),
            netdesk,
            office,
            dsure,
            worker,
            take_role: false,
        }
    }

    /// The pool behind a site's gate functions (session look-up): security-definer functions of
    /// `gatekeeper`, which need no tenant and no role of the caller.
    pub fn gate(&self, site: Site) -> &Pool {
        let [netdesk, office, dsure] = &self.gates;
        match site {
            Site::Netdesk => netdesk,
            Site::Office => office,
            Site::Dsure => dsure,
        }
    }

    pub fn worker(&self) -> &Pool {
        &self.worker
    }

    /// Ends every idle connection; those at work end with their work.
    pub async fn close(&self) {
        let sites = [&self.netdesk, &self.office, &self.dsure, &self.worker];
        for pool in sites.into_iter().chain(&self.gates) {
            pool.close().await;
        }
    }

    /// What is wrong with the login behind a role, if anything is: one that row-level security does
    /// not bind would make the second wall a picture of one.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn weakness(&self, role: &'static str) -> Result<Option<String>, sqlx::Error> {
        let pool = match role {
            "netdesk" => &self.netdesk,
            "office" => &self.office,
            "dsure" => &self.dsure,
            _ => &self.worker,
        };
        let login: String = pool
            .ask(async |conn| {
                let user = sqlx::query_scalar("select session_user::text");
                user.fetch_one(conn).await
            })
            .await?;
        let mut begin = String::from("begin");
        if self.take_role {
            begin.push_str("; set local role ");
            begin.push_str(role);
        }
        let mut tx = match pool.begin(&begin).await {
            Ok(tx) => tx,
            Err(error) if error.as_database_error().is_some() => {
                return Ok(Some(format!(
                    "The database login {login} may not act as {role}: run `akashi migrate` first, then `grant {role} to {login}`."
                )));
            }
            Err(error) => return Err(error),
        };
        let (acts_as, unbound, member): (String, bool, bool) = sqlx::query_as(
            "select current_user::text, rolsuper or rolbypassrls,
               to_regrole($1) is not null and pg_has_role(current_user, to_regrole($1), 'usage')
             from pg_roles where rolname = current_user",
        )
        .bind(role)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(if unbound {
            Some(format!(
                "The database login {login} works for {role} as {acts_as}, whom row-level security does not bind (superuser or BYPASSRLS): make a login of its own, `grant {role} to` it and `alter role … set role {role}`."
            ))
        } else if member {
            None
        } else {
            Some(format!(
                "The database login {login} works as {acts_as}, who has not the rights of {role}: `grant {role} to {login}` and `alter role {login} set role {role}`."
            ))
        })
    }

    /// Begins a transaction in a scope.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self, scope: &Scope) -> Result<Tx, sqlx::Error> {
        let (pool, role) = match scope {
            Scope::Contractor { .. } | Scope::Gate(Site::Netdesk) => (&self.netdesk, "netdesk"),
            Scope::Office { .. } | Scope::Gate(Site::Office) => (&self.office, "office"),
            Scope::Dsure { .. } | Scope::Gate(Site::Dsure) => (&self.dsure, "dsure"),
            Scope::Worker => (&self.worker, "worker"),
            Scope::Founder => (&self.worker, "founder"),
        };
        let mut begin = String::from("begin");
        if self.take_role {
            begin.push_str("; set local role ");
            begin.push_str(role);
        }
        match scope {
            Scope::Contractor { surety, contractor } => {
                begin.push_str(&format!(
                    "; set local app.surety = '{surety}'; set local app.contractor = '{contractor}'"
                ));
            }
            Scope::Office { surety, branch } => {
                let branch = branch.map_or_else(|| "all".to_owned(), |id| id.to_string());
                begin.push_str(&format!(
                    "; set local app.surety = '{surety}'; set local app.branch = '{branch}'"
                ));
            }
            Scope::Dsure {
                number: Some(number),
            } if number.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
                begin.push_str(&format!(
                    "; set local app.number = '{number}'; set local synchronous_commit = off"
                ));
            }
            Scope::Dsure { .. } | Scope::Worker | Scope::Founder | Scope::Gate(_) => {}
        }
        let lent = pool.begin(&begin).await?;
        Ok(Tx { lent })
    }
}

/// A transaction in a scope; rolls back unless committed.
#[must_use = "a transaction that is not committed changes nothing"]
pub struct Tx {
    lent: Lent,
}

impl Tx {
    /// # Errors
    /// When the commit's answer was lost or the database refused it.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.lent.commit().await
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.lent
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.lent
    }
}

/// This transaction may be lost with the machine (at most a second of looks); nothing acknowledged
/// to a person may be written under it.
pub async fn commit_later(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("set local synchronous_commit = off")
        .execute(conn)
        .await
        .map(drop)
}

/// Brings the tables up to date over a connection of its own, which may take the time it needs.
///
/// # Errors
/// When a step fails; what came before it stays.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), sqlx::migrate::MigrateError> {
    let mut conn = PgConnection::connect_with(options).await?;
    MIGRATIONS.run(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Embedded migrations.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The name of the violated constraint, if an error is one.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error
        .as_database_error()
        .and_then(|error| error.constraint())
}

/// Exactly one row must have changed.
///
/// # Errors
/// `RowNotFound` otherwise.
pub fn one(result: sqlx::postgres::PgQueryResult) -> Result<(), sqlx::Error> {
    if result.rows_affected() == 1 {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound)
    }
}
