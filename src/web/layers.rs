//! What every request passes on its way in and every answer on its way out.
//!
//! From outside: request id, span and figures → headers → compression → dress of errors → panics →
//! time → origin → the guard of the route. The connection's own patience and the shield against
//! leaving browsers stand before all of it, in the accept loop.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
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
    routes
        .into_router(web)
        .layer(from_fn_with_state(web.clone(), origin::check))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(web.clone(), flash::shown))
        .layer(from_fn_with_state(web.clone(), dress))
        .layer(CompressionLayer::new().compress_when(fit))
        .layer(from_fn_with_state(web.clone(), watch))
}

/// All sites of a process side by side, with the files they share. What belongs to none of them is
/// a bare 404.
pub fn house(sites: impl IntoIterator<Item = Router>, https: bool) -> Router {
    sites
        .into_iter()
        .fold(super::assets::router(), Router::merge)
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn_with_state(https, protected))
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

/// Gives bare error answers the site's page. What has a page of its own (a form with its errors,
/// JSON for a script) passes.
async fn dress(State(web): State<Web>, request: Request, next: Next) -> Response {
    let reference = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.reference.clone());
    let answer = next.run(request).await;
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

async fn in_time(request: Request, next: Next) -> Response {
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
mod tests {
    use super::*;
    use crate::error::AppError;
    use crate::web::answer;
    use crate::web::form::RawForm;
    use crate::web::page::Flash;
    use crate::web::routes::{Access, CompanyRight};
    use crate::web::site::Site;
    use crate::web::trial::web;
    use axum::body::Body;
    use axum::response::Html;
    use tower::ServiceExt;

    fn routes(web: &Web) -> Routes {
        let telling = web.clone();
        let free = Access::Public;
        let busy = async || Err::<(), _>(AppError::Busy(2));
        let secret = "the database's own words";
        let accident = async move || Err::<(), _>(AppError::internal(secret));
        let long = "証".repeat(2_000);
        let key = long.clone();
        let tell = async move || {
            flash::see_other_telling(&telling, "/netdesk/told", &Flash::ok("保存しました。"))
        };
        let told =
            async |told: flash::Told| Html(told.0.map(|flash| flash.words).unwrap_or_default());
        Routes::new(Site::Netdesk)
            .get("/netdesk/page", free, async move || Html(long.clone()))
            .get("/netdesk/key", free, async move || {
                (axum::Extension(Uncompressed), Html(key.clone()))
            })
            .get("/netdesk/busy", free, busy)
            .get("/netdesk/accident", free, accident)
            .get("/netdesk/panic", free, panics)
            .get(
                "/netdesk/number/{n}",
                free,
                async |_: axum::extract::Path<u32>| "fine",
            )
            .get("/netdesk/conflict", free, conflict)
            .post("/netdesk/form", free, async |_: RawForm| {
                StatusCode::NO_CONTENT
            })
            .post("/netdesk/tell", free, tell)
            .get("/netdesk/told", free, told)
            .get(
                "/netdesk/own",
                Access::Contractor(CompanyRight::Read),
                async || "own",
            )
    }

    async fn conflict() -> answer::PageResult {
        Err(AppError::Conflict("先に承認されました。".into()))
    }

    async fn panics() -> StatusCode {
        panic!("words that nobody should read")
    }

    async fn ask(request: axum::http::request::Builder, body: &str) -> (Response, String) {
        let web = web(Site::Netdesk, true);
        let router = house([site(&web, routes(&web))], true);
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let words = String::from_utf8_lossy(&body).into_owned();
        (Response::from_parts(parts, Body::empty()), words)
    }

    async fn get(path: &str) -> (Response, String) {
        ask(Request::get(path), "").await
    }

    #[tokio::test]
    async fn every_answer_carries_the_headers() {
        for path in [
            "/netdesk/page",
            "/netdesk/accident",
            "/netdesk/nothing",
            "/elsewhere",
        ] {
            let (answer, _) = get(path).await;
            let headers = answer.headers();
            for (name, words) in [
                ("content-security-policy", CSP),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                (
                    "strict-transport-security",
                    "max-age=63072000; includeSubDomains",
                ),
                ("cross-origin-opener-policy", "same-origin"),
                ("cache-control", "no-store"),
            ] {
                let all: Vec<_> = headers.get_all(name).iter().collect();
                assert_eq!(all, [words], "{path} {name}");
            }
        }
        assert!(!CSP.contains("unsafe"));
    }

    #[tokio::test]
    async fn every_accident_is_a_page_of_the_site_without_its_details() {
        for (path, status, words) in [
            ("/netdesk/nothing", 404, "ページが見つかりません"),
            ("/netdesk/number/abc", 400, "読み取れませんでした"),
            ("/netdesk/form", 405, "その開き方ができません"),
            ("/netdesk/conflict", 409, "先に承認されました。"),
            ("/netdesk/accident", 500, "システムの都合で"),
            ("/netdesk/panic", 500, "システムの都合で"),
            ("/netdesk/busy", 503, "混み合っている"),
        ] {
            let (answer, page) = get(path).await;
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert!(
                page.contains(words) && page.contains("data-site=\"netdesk\""),
                "{path}: {page}"
            );
            assert!(
                !page.contains("own words") && !page.contains("nobody should read"),
                "{path}"
            );
            assert!(!page.contains("Invalid URL"), "{path}");
            let id = answer.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .to_uppercase();
            let tail = &id[id.len() - 8..];
            let reference = format!("{}-{}", &tail[..4], &tail[4..]);
            assert_eq!(page.contains(&reference), status >= 500, "{path}");
        }
        let (busy, _) = get("/netdesk/busy").await;
        assert_eq!(busy.headers()[header::RETRY_AFTER], "2");
    }

    #[tokio::test]
    async fn a_form_with_broken_characters_gets_a_page_that_says_so() {
        let form = || {
            Request::post("/netdesk/form")
                .header("content-type", "application/x-www-form-urlencoded")
        };
        let (answer, page) = ask(form(), "works=%ff%fe").await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(
            page.contains("UTF-8ではありません") && page.contains("保存していません"),
            "{page}"
        );
        let (answer, page) = ask(form(), "works=a%00").await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(page.contains("NUL"), "{page}");
        assert_eq!(
            ask(form(), "works=a").await.0.status(),
            StatusCode::NO_CONTENT
        );
    }

    #[tokio::test]
    async fn a_request_from_elsewhere_is_refused_before_any_handler() {
        let form = || {
            Request::post("/netdesk/form")
                .header("content-type", "application/x-www-form-urlencoded")
        };
        let (answer, page) = ask(form().header("origin", "https://evil.example"), "a=1").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(page.contains("このサイトの外から"), "{page}");
        let cookie = "__Host-akashi_nd=abc";
        assert_eq!(
            ask(form().header("cookie", cookie), "a=1").await.0.status(),
            403
        );
        let own = form()
            .header("cookie", cookie)
            .header("origin", "https://netdesk.example");
        assert_eq!(ask(own, "a=1").await.0.status(), StatusCode::NO_CONTENT);
    }

    #[tokio::test]
    async fn pages_are_compressed_but_secrets_are_not() {
        let ask_gzip =
            |path: &'static str| ask(Request::get(path).header("accept-encoding", "gzip"), "");
        let (page, _) = ask_gzip("/netdesk/page").await;
        assert_eq!(page.headers()[header::CONTENT_ENCODING], "gzip");
        let (key, _) = ask_gzip("/netdesk/key").await;
        assert!(!key.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn a_deed_is_told_once() {
        let (answer, _) = ask(Request::post("/netdesk/tell"), "").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let (answer, page) = ask(Request::get("/netdesk/told").header("cookie", &cookie), "").await;
        assert_eq!(page, "保存しました。");
        let cleared = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cleared.contains("akashi_nd_told=;") && cleared.contains("Max-Age=0"),
            "{cleared}"
        );
        assert_eq!(get("/netdesk/told").await.1, "");
    }

    #[tokio::test]
    async fn the_anonymous_are_led_to_the_sign_in_without_a_look_up() {
        for cookie in [
            "",
            "__Host-akashi_nd=forged",
            "akashi_nd=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_",
        ] {
            let (answer, _) = ask(
                Request::get("/netdesk/own?page=2").header("cookie", cookie),
                "",
            )
            .await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{cookie}");
            let to = &answer.headers()[header::LOCATION];
            assert_eq!(to, "/netdesk/login?next=%2Fnetdesk%2Fown%3Fpage%3D2");
        }
        let (answer, _) = get("/netdesk").await;
        assert_eq!(answer.headers()[header::LOCATION], "/netdesk/");
    }

    #[tokio::test]
    async fn a_failing_database_is_an_accident_with_a_reference() {
        let cookie = "__Host-akashi_nd=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
        let (answer, page) = ask(Request::get("/netdesk/own").header("cookie", cookie), "").await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("続くときは、番号"), "{page}");
    }

    #[test]
    fn the_table_of_routes_is_remembered() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let _inside = runtime.enter();
        let table = routes(&web(Site::Netdesk, true)).table();
        let own = table
            .iter()
            .find(|line| line.path == "/netdesk/own")
            .unwrap();
        assert_eq!(own.method, Method::GET);
        assert_eq!(own.access, Access::Contractor(CompanyRight::Read));
        assert_eq!(table.len(), 11);
    }
}
