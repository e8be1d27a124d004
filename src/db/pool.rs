//! Connections, lent and given back.
//!
//! A connection comes back to the pool at once where its borrower said that all is well: a committed
//! transaction, a statement that succeeded. Every other one (an error, a browser that left in the
//! middle of a `begin`) is put in order first, apart from the request, and is closed where that fails.
//! sqlx's own pool asks every returned connection whether it still lives, and would need a further
//! question for what a cancelled `begin` leaves behind (sqlx 0.9.0: the next borrower's row is lost):
//! two round trips for each page, which this one spares.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool as Connections, PoolError, QueueMode, RecycleError,
    RecycleResult, Timeouts,
};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Handle;

/// Longest wait for a connection, be it lent out or not made yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection older than this is made anew, so that a server's memory of long ago is given back.
const OLD: Duration = Duration::from_mins(30);

/// A connection unused for longer is asked whether it still lives, and has as long for its answer.
const RESTED: Duration = Duration::from_secs(1);

/// What the server itself ends, whatever role a transaction takes: a statement after ten seconds, a
/// wait for a lock after three, an idle transaction after fifteen. Asked for once, when a connection
/// is opened: no message of any transaction is spent on it, and `set local role` cannot lose it.
const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "3s"),
    ("idle_in_transaction_session_timeout", "15s"),
];

/// Plans are made once, without looking at values: behind row-level security the planner believes a
/// search for a word finds next to nothing, and with values at hand reads a whole table instead of
/// twenty rows along an index.
const PLANS: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];

/// Connections of one login; clones share them.
#[derive(Debug, Clone)]
pub struct Pool {
    connections: Connections<Maker>,
    size: usize,
}

#[derive(Debug)]
struct Maker {
    options: PgConnectOptions,
}

impl Manager for Maker {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<PgConnection, sqlx::Error> {
        // A large future, and rarely needed: not part of everybody's.
        Box::pin(PgConnection::connect_with(&self.options)).await
    }

    /// What lay idle while the server was started anew is passed over here, and costs nobody a page.
    async fn recycle(
        &self,
        connection: &mut PgConnection,
        past: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        if past.age() > OLD {
            return Err(RecycleError::message("old"));
        }
        if past.last_used() > RESTED {
            connection.ping().await?;
        }
        Ok(())
    }
}

impl Pool {
    /// At most `size` connections, made when they are needed.
    pub fn new(options: PgConnectOptions, size: usize) -> Self {
        let size = size.max(1);
        let maker = Maker {
            options: options.options(LIMITS).options(PLANS),
        };
        let building = Connections::builder(maker)
            .max_size(size)
            .runtime(Runtime::Tokio1)
            // A connection that broke without a word must not use up its borrower's patience.
            .timeouts(Timeouts {
                recycle: Some(RESTED),
                ..Timeouts::default()
            })
            // Few warm connections rather than all of them in turn.
            .queue_mode(QueueMode::Lifo)
            .build();
        #[expect(
            clippy::expect_used,
            reason = "only a runtime could be missing, and one is named"
        )]
        let connections = building.expect("a pool");
        Self { connections, size }
    }

    /// Other connections of the same login, half as many.
    pub(super) fn half(&self) -> Self {
        Self::new(
            self.connections.manager().options.clone(),
            self.size.div_ceil(2),
        )
    }

    /// Lends a connection that stands outside any transaction.
    ///
    /// # Errors
    /// `PoolTimedOut` when none came free in time; whatever connecting failed with.
    async fn lend(&self) -> Result<Lent, sqlx::Error> {
        let connection = tokio::time::timeout(PATIENCE, self.connections.get())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?;
        let connection = connection.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(_) => sqlx::Error::PoolTimedOut,
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                sqlx::Error::PoolClosed
            }
        })?;
        Ok(Lent {
            connection: Some(connection),
            begun: false,
        })
    }

    /// Asks one thing outside any transaction.
    ///
    /// # Errors
    /// When none came free in time (`PoolTimedOut`); whatever `question` failed with.
    pub async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut lent = self.lend().await?;
        let answer = question(&mut lent).await?;
        lent.settle();
        Ok(answer)
    }

    /// Lends a connection in a transaction that `sql` begins.
    ///
    /// # Errors
    /// As [`Self::lend`]; whatever beginning failed with.
    pub(super) async fn begin(&self, sql: &str) -> Result<Lent, sqlx::Error> {
        let mut lent = self.lend().await?;
        // From here on a request that is dropped leaves a transaction behind.
        lent.begun = true;
        // Only digits, hyphens and our own words are pasted in (`Db::begin`).
        let begin = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        begin.execute(&mut *lent).await?;
        Ok(lent)
    }

    /// Ends idle connections; those that are lent end when they come back.
    pub async fn close(&self) {
        for connection in self.connections.retain(|_, _| false).removed {
            let _ = connection.close().await;
        }
        self.connections.close();
    }
}

/// A connection on loan.
#[must_use = "a connection that is not settled costs a round trip on its way back"]
pub(super) struct Lent {
    connection: Option<Object<Maker>>,
    begun: bool,
}

impl Lent {
    /// All is well: it goes back as it is.
    pub(super) fn settle(mut self) {
        drop(self.connection.take());
    }

    /// # Errors
    /// When the commit's answer was lost or the database refused it.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("commit").execute(&mut *self).await?;
        self.settle();
        Ok(())
    }
}

/// Given back by somebody who did not say that all is well: a transaction is taken back, what is left
/// of an answer is read.
impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(tidy(connection, self.begun))),
            Err(_) => drop(Object::take(connection)),
        }
    }
}

async fn tidy(mut connection: Object<Maker>, begun: bool) {
    let work = async {
        if begun {
            sqlx::raw_sql("rollback").execute(&mut *connection).await?;
            Ok(())
        } else {
            connection.ping().await
        }
    };
    if !matches!(tokio::time::timeout(PATIENCE, work).await, Ok(Ok(()))) {
        drop(Object::take(connection));
    }
}

const TAKEN: &str = "only settling and dropping take it, and both end the loan";

impl Deref for Lent {
    type Target = PgConnection;

    #[expect(
        clippy::expect_used,
        reason = "a loan has its connection until it ends"
    )]
    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect(TAKEN)
    }
}

impl DerefMut for Lent {
    #[expect(
        clippy::expect_used,
        reason = "a loan has its connection until it ends"
    )]
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect(TAKEN)
    }
}
