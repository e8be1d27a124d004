//! For operators and balancers: alive, ready, figures.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::state::Web;
use crate::services::health;

/// Bounds of the histogram of answers, in seconds.
const SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// `/healthz`: the process answers. `/readyz`: every site it serves has its database, migrated.
pub fn router(sites: Vec<Web>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .with_state(sites)
}

async fn ready(State(sites): State<Vec<Web>>) -> Response {
    for web in &sites {
        if let Err(error) = health::ready(web, web.site().audience()).await {
            tracing::warn!(site = web.site().code(), %error, "not ready");
            return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
        }
    }
    "ready\n".into_response()
}

/// Begins to count; once per process, before the first request.
///
/// # Errors
/// When something else counts already.
pub fn count() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()
}

/// `/metrics`, on a port of its own.
pub fn metrics(handle: PrometheusHandle) -> Router {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let show = async move || ([(header::CONTENT_TYPE, kind)], handle.render());
    Router::new().route("/metrics", get(show))
}
