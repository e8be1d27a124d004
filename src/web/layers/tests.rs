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
    let told = async |told: flash::Told| Html(told.0.map(|flash| flash.words).unwrap_or_default());
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
        Request::post("/netdesk/form").header("content-type", "application/x-www-form-urlencoded")
    };
    let (answer, page) = ask(form(), "works=%ff%fe").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(
        page.contains("UTF-8ではありません") && page.contains("失われていません"),
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
        Request::post("/netdesk/form").header("content-type", "application/x-www-form-urlencoded")
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
async fn an_unreachable_database_is_said_with_a_reference() {
    let cookie = "__Host-akashi_nd=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    let (answer, page) = ask(Request::get("/netdesk/own").header("cookie", cookie), "").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
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
