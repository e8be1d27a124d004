//! The files of `static/`, carried inside the program and named by their content.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::domain::certificate::{hex, sha256};

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One file: its plain name, its type, its bytes.
type File = (&'static str, &'static str, &'static [u8]);

const FILES: [File; 7] = [
    ("hosho.css", CSS, include_bytes!("../../static/hosho.css")),
    ("office.css", CSS, include_bytes!("../../static/office.css")),
    ("sheet.css", CSS, include_bytes!("../../static/sheet.css")),
    ("akashi.js", JS, include_bytes!("../../static/akashi.js")),
    ("apply.js", JS, include_bytes!("../../static/apply.js")),
    ("record.js", JS, include_bytes!("../../static/record.js")),
    (
        "favicon.svg",
        SVG,
        include_bytes!("../../static/favicon.svg"),
    ),
];

struct Asset {
    url: String,
    kind: &'static str,
    bytes: &'static [u8],
}

/// By plain name.
static BY_NAME: LazyLock<BTreeMap<&'static str, Asset>> = LazyLock::new(|| {
    FILES
        .into_iter()
        .map(|(name, kind, bytes)| {
            let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
            let hash = hex(&sha256(bytes));
            let url = format!(
                "/static/{stem}.{}.{ending}",
                hash.get(..16).unwrap_or_default()
            );
            (name, Asset { url, kind, bytes })
        })
        .collect()
});

/// The address of a file, `/static/hosho.0123456789abcdef.css`. It changes with the content,
/// so browsers may keep it for ever. A name that does not exist leads to a 404.
pub fn url(name: &str) -> &'static str {
    BY_NAME
        .get(name)
        .map_or("/static/unknown", |asset| asset.url.as_str())
}

/// Serves the files; merge it beside the sites.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let found = BY_NAME
        .values()
        .find(|asset| asset.url.strip_prefix("/static/") == Some(name.as_str()));
    match found {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn ask(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router::<()>().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_comes_with_its_type_and_may_be_kept_for_ever() {
        for (name, kind, _) in FILES {
            let answer = ask(url(name)).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], kind, "{name}");
            assert_eq!(
                answer.headers()[header::CACHE_CONTROL],
                "public, max-age=31536000, immutable"
            );
        }
    }

    #[tokio::test]
    async fn another_hash_or_a_plain_name_is_not_found() {
        let old = "/static/hosho.0000000000000000.css";
        for path in ["/static/hosho.css", old, url("nothing.css")] {
            assert_eq!(ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn what_a_page_loads_stays_small() {
        let size = |name| {
            let found = FILES.iter().find(|(known, ..)| *known == name);
            found.map_or(usize::MAX, |(.., bytes)| bytes.len())
        };
        let scripts = size("akashi.js") + size("apply.js");
        assert!(scripts <= 17 * 1024, "{scripts}");
        for own in ["office.css", "sheet.css"] {
            let sum = size("hosho.css") + size(own);
            assert!(sum <= 68 * 1024, "hosho.css with {own}: {sum}");
        }
        assert!(size("hosho.css") <= 60 * 1024);
    }
}
