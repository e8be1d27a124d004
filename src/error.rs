//! Accidents. What a person can mend is a value of the verb, never an error.

/// What a verb may fail with. No HTTP; the site that asked dresses it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Not there, or not theirs: the same answer.
    #[error("not found")]
    NotFound,
    /// Theirs to see, not theirs to do.
    #[error("denied: {0}")]
    Denied(&'static str),
    /// Somebody was faster, or the page was stale. The sentence is for people.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Over a limit: seconds to wait.
    #[error("too many attempts, wait {0} s")]
    TooMany(u64),
    /// Every hand is full just now: seconds after which to come again.
    #[error("busy, come again in {0} s")]
    Busy(u64),
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

/// Whether the same request may succeed a moment later: a lock held too long, a statement too slow, no
/// connection free, the server stopping, starting or gone, its disk full. By SQLSTATE (PostgreSQL's
/// appendix A).
fn is_passing(error: &sqlx::Error) -> bool {
    const QUERY_CANCELED: &str = "57014";
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    const IDLE_IN_TRANSACTION: &str = "25P03";
    const DEADLOCK: &str = "40P01";
    const RESOURCES: &str = "53";
    const SHUTDOWN: &str = "57P";
    const SYSTEM: &str = "58";
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
        other => other
            .as_database_error()
            .and_then(|error| error.code())
            .is_some_and(|code| {
                [
                    QUERY_CANCELED,
                    LOCK_NOT_AVAILABLE,
                    IDLE_IN_TRANSACTION,
                    DEADLOCK,
                    RESOURCES,
                    SHUTDOWN,
                    SYSTEM,
                ]
                .iter()
                .any(|known| code.starts_with(known))
            }),
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            passing if is_passing(&passing) => {
                tracing::error!(error = %passing, "the database cannot just now");
                Self::Busy(5)
            }
            other => Self::internal(other),
        }
    }
}

impl From<crate::vault::VaultError> for AppError {
    fn from(error: crate::vault::VaultError) -> Self {
        Self::internal(error)
    }
}

impl From<crate::vault::HashFault> for AppError {
    fn from(fault: crate::vault::HashFault) -> Self {
        match fault {
            // The hashing threads' queue is full: a moment later there is room.
            crate::vault::HashFault::Busy => Self::Busy(2),
            other => Self::internal(other),
        }
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<crate::domain::certificate::FaceError> for AppError {
    fn from(error: crate::domain::certificate::FaceError) -> Self {
        Self::internal(error)
    }
}
