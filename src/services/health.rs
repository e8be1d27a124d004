//! Whether this process can serve.

use std::time::Duration;

use crate::app::App;
use crate::db::{MIGRATIONS, gate};
use crate::error::AppError;

pub use crate::db::Site as Audience;

/// Longest wait for the database's answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The site's database answers within half a second and has had every migration of this program.
///
/// # Errors
/// `Internal` with the reason, for the log.
pub async fn ready(app: &App, site: Audience) -> Result<(), AppError> {
    let newest = tokio::time::timeout(PATIENCE, gate::newest_migration(app.db.gate(site)))
        .await
        .map_err(AppError::internal)??;
    let wanted = MIGRATIONS.iter().map(|step| step.version).max();
    if newest < wanted {
        return Err(AppError::internal(format!(
            "the database stands at migration {newest:?}, this program needs {wanted:?}"
        )));
    }
    Ok(())
}
