//! What every request passes on its way in and every answer on its way out.
//!
//! From outside: request id, span, figures and headers → compression → dress of errors → panics →
//! origin and time → the guard of the route. The connection's own patience and the shield against
//! leaving browsers stand before all of it, in the accept loop.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, DefaultPredicate, Predicate};
use tracing::Instrument;

use super::answer::{Said, Uncompressed};
use super::problem::problem_saying;
use super::routes::Routes;
use super::state::Web;
use super::{flash, origin};

/// Longest a page may be in the making. Deeds are never cut: what bounds them is the database's
/// statement time-out, so that an answer never lies about what happened.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// No inline scripts or styles anywhere, nothing from elsewhere, nobody may frame us.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// One site, ready to be served.
pub fn site(web: &Web, routes: Routes) -> Router {
    let fit: And<DefaultPredicate, MayCompress> = DefaultPredicate::new().and(MayCompress);
    // One stack: a router boxes what each call of `layer` wraps, and every middleware copies what is
    // below it for every request.
    let stack = ServiceBuilder::new()
        .layer(from_fn_with_state(web.clone(), watch))
        .layer(CompressionLayer::new().compress_when(fit))
        .layer(from_fn_with_state(web.clone(), dress))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(web.clone(), enter));
    routes.into_router(web).layer(stack)
}

/// All sites of a process side by side, with the files they share. What belongs to none of them is
/// a bare 404.
pub fn house(sites: impl IntoIterator<Item = Router>, https: bool) -> Router {
    // The sites' own answers have their headers already.
    let rest = super::assets::router()
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn_with_state(https, protected));
    sites.into_iter().fold(rest, Router::merge)
}

async fn protected(State(https): State<bool>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    protect(answer.headers_mut(), https);
    answer
}

/// The id of a request: in the log, in `x-request-id`, and on the page of an accident.
#[derive(Debug, Clone)]
struct RequestId {
    id: String,
    /// Its last eight figures, as people read them out: `7F3A-20C1`.
    reference: String,
}

impl RequestId {
    fn draw(web: &Web) -> Self {
        let id = web.chance.id(web.clock.now()).to_string();
        let tail = id.get(id.len() - 8..).unwrap_or_default().to_uppercase();
        let (left, right) = tail.split_at_checked(4).unwrap_or((&tail, ""));
        Self {
            reference: format!("{left}-{right}"),
            id,
        }
    }
}

async fn watch(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::draw(&web);
    let method = label(request.method());
    // The template, never the address: addresses hold numbers, and links hold secrets.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    let site = web.site().code();
    let span = tracing::info_span!("request", id = %id.id, reference = %id.reference, site, method, %route);
    let header = HeaderValue::from_str(&id.id);
    request.extensions_mut().insert(id);
    let mut answer = next.run(request).instrument(span.clone()).await;
    let taken = began.elapsed();
    let status = answer.status().as_u16();
    span.in_scope(|| {
        tracing::info!(
            status,
            ms = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
    });
    let labels = [
        ("site", site.to_owned()),
        ("method", method.to_owned()),
        ("route", route),
    ];
    metrics::histogram!("http_request_seconds", &labels).record(taken.as_secs_f64());
    let [site, method, route] = labels;
    let labels = [site, method, route, ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    if let Ok(header) = header {
        answer
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), header);
    }
    protect(answer.headers_mut(), web.secure());
    answer
}

/// Few names, whatever is sent: they become labels of figures.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Headers of every answer, unless the handler chose its own.
fn protect(headers: &mut HeaderMap, https: bool) {
    let always = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let https = https.then_some((
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=63072000; includeSubDomains",
    ));
    for (name, value) in always.into_iter().chain(https) {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

/// Takes away what was told once, and gives bare error answers the site's page. What has a page of
/// its own (a form with its errors, JSON for a script) passes.
async fn dress(State(web): State<Web>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let told = flash::is_told(&web, &request);
    let mut answer = next.run(request).await;
    if told {
        flash::forget(&web, &mut answer);
    }
    let reference = id.map(|id| id.reference);
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE);
    // axum's own refusals are English text.
    let bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    let said = parts.extensions.remove::<Said>().map(|Said(words)| words);
    let mut dressed = problem_saying(
        web.names(),
        web.site(),
        status,
        reference.as_deref(),
        said.as_deref(),
    );
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &parts.headers {
        dressed.headers_mut().append(name, value.clone());
    }
    dressed
}

/// What comes from elsewhere stays out; what only looks has its time.
async fn enter(State(web): State<Web>, request: Request, next: Next) -> Response {
    if let Some(refusal) = origin::refuse(&web, &request) {
        return refusal;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!("a page took too long");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The panic's own words went to the panic hook; the visitor gets the reference.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Answers marked [`Uncompressed`] stay as they are.
#[derive(Debug, Clone, Copy)]
struct MayCompress;

impl Predicate for MayCompress {
    fn should_compress<B: axum::body::HttpBody>(&self, answer: &axum::http::Response<B>) -> bool {
        answer.extensions().get::<Uncompressed>().is_none()
    }
}

#[cfg(test)]
mod tests;
