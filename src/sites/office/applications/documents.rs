//! Files that came with an application: always saved, never opened in the browser.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::error::AppError;
use crate::services::Officer;
use crate::services::documents;
use crate::web::path::Named;
use crate::web::state::Web;

/// GET /office/applications/{id}/documents/{document}
pub async fn fetch(
    State(web): State<Web>,
    who: Officer,
    Named((id, document)): Named<(Uuid, Uuid)>,
) -> Result<Response, AppError> {
    let (name, bytes) = documents::fetch(&web, &who, id, document).await?;
    let head = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox".to_owned(),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((head, bytes).into_response())
}

/// Saved under its own name (RFC 6266); browsers that know no such name take the plain one.
fn disposition(name: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"document.pdf\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_header() {
        assert_eq!(
            disposition("認定\".pdf\r\nX: y"),
            "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E8%AA%8D%E5%AE%9A%22.pdf%0D%0AX%3A%20y"
        );
    }
}
