//! What handlers answer, and how accidents become pages.
//!
//! An error answer leaves here as a bare status, at most with a sentence; the outer layer
//! ([`super::layers`]) dresses it in the site's page, with the request's reference where it helps.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::error::AppError;

/// What a handler returns; `?` on any verb.
pub type PageResult = Result<Response, AppError>;

/// The sentence of a bare error answer, for the page that dresses it.
#[derive(Debug, Clone)]
pub(super) struct Said(pub(super) String);

/// An answer that must not be compressed: it holds a secret beside words that others may choose
/// (BREACH).
#[derive(Debug, Clone, Copy)]
pub struct Uncompressed;

/// A page, 200.
///
/// # Errors
/// `Internal` when the template fails.
pub fn page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// The same page again with its errors, 422; everything typed is in it.
///
/// # Errors
/// `Internal` when the template fails.
pub fn unprocessable(template: &impl Template) -> PageResult {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A page with another status.
///
/// # Errors
/// `Internal` when the template fails.
pub fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    let body = template.render().map_err(AppError::internal)?;
    Ok((status, Html(body)).into_response())
}

/// 303 to an address of ours, already percent-encoded.
pub fn see_other(to: impl AsRef<str>) -> Response {
    match HeaderValue::from_str(to.as_ref()) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// An error page that says `words` instead of the status' own.
pub fn problem(status: StatusCode, words: impl Into<String>) -> Response {
    let mut answer = status.into_response();
    answer.extensions_mut().insert(Said(words.into()));
    answer
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Denied(words) => problem(StatusCode::FORBIDDEN, words),
            Self::Conflict(words) => problem(StatusCode::CONFLICT, words),
            Self::TooMany(seconds) => {
                let words = format!(
                    "短い間に何度も操作があったため、いったん受け付けを止めています。{}ほどおいてから、もう一度操作してください。",
                    wait_words(seconds)
                );
                later(problem(StatusCode::TOO_MANY_REQUESTS, words), seconds)
            }
            Self::Busy(seconds) => {
                tracing::warn!("busy");
                later(StatusCode::SERVICE_UNAVAILABLE.into_response(), seconds)
            }
            Self::Internal(error) => {
                tracing::error!(error = %chain(&*error), "accident");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// 「45秒」, 「3分」: a wait as people say it.
pub fn wait_words(seconds: u64) -> String {
    if seconds < 60 {
        format!("{}秒", seconds.max(1))
    } else {
        format!("{}分", seconds.div_ceil(60))
    }
}

fn later(mut answer: Response, seconds: u64) -> Response {
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !words.ends_with(&next) {
            words.push_str(": ");
            words.push_str(&next);
        }
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_accident_has_its_status() {
        for (error, status, retry) in [
            (AppError::NotFound, 404, None),
            (AppError::Denied("できません。"), 403, None),
            (AppError::Conflict("先に変わりました。".into()), 409, None),
            (AppError::TooMany(90), 429, Some("90")),
            (AppError::Busy(0), 503, Some("1")),
            (AppError::internal("secret detail"), 500, None),
        ] {
            let answer = error.into_response();
            assert_eq!(answer.status().as_u16(), status);
            let after = answer.headers().get(header::RETRY_AFTER);
            assert_eq!(after.map(|value| value.to_str().unwrap()), retry);
        }
    }

    #[test]
    fn a_wait_is_rounded_up_to_minutes() {
        let words = [0, 45, 60, 61].map(wait_words);
        assert_eq!(words, ["1秒", "45秒", "1分", "2分"]);
    }
}
