//! Requests that change something must come from this site's own pages.
//!
//! `Sec-Fetch-Site`, else `Origin`, as tower-http's `CsrfLayer` and Go do it, with two stricter
//! rules: a session cookie with neither header is refused, and an `Origin` must be the configured
//! one, scheme included.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::cookies;
use super::state::Web;

/// Why a request is refused; for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// `Sec-Fetch-Site` names another site.
    Site,
    /// `Origin` is another one, `null`, or there are several.
    Origin,
    /// A session, but nothing says where the request comes from.
    Unknown,
}

/// The answer to a request that must not go further.
pub(super) fn refuse(web: &Web, request: &Request) -> Option<Response> {
    let why = judge(
        request.method(),
        request.headers(),
        web.origin(),
        &web.session_cookie(),
    )
    .err()?;
    tracing::warn!(target: "audit", ?why, "a request from elsewhere was refused");
    Some(StatusCode::FORBIDDEN.into_response())
}

/// The rules. `own`: the configured origin, or `None` to compare with Host.
///
/// # Errors
/// Why it is refused.
pub fn judge(
    method: &Method,
    headers: &HeaderMap,
    own: Option<&str>,
    session_cookie: &str,
) -> Result<(), Foreign> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if !matches!(site, None | Some(b"same-origin" | b"none")) {
        return Err(Foreign::Site);
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = origins.next();
    if origins.next().is_some() {
        return Err(Foreign::Origin);
    }
    match origin {
        Some(origin) if !is_own(origin.to_str().unwrap_or_default(), own, headers) => {
            Err(Foreign::Origin)
        }
        None if site.is_none() && cookies::read(headers, session_cookie).is_some() => {
            Err(Foreign::Unknown)
        }
        _ => Ok(()),
    }
}

fn is_own(origin: &str, own: Option<&str>, headers: &HeaderMap) -> bool {
    if let Some(own) = own {
        return origin == own;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| !host.is_empty());
    let named = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    named.is_some() && named == host
}

/// Scheme and host of a base address, as browsers write an origin: small letters, no default port.
pub fn of_address(base: &str) -> String {
    let base = base.to_ascii_lowercase();
    let Some((scheme, rest)) = base.split_once("://") else {
        return base;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(port).unwrap_or(host);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const OWN: &str = "https://netdesk.example";

    fn ask(own: Option<&str>, headers: &[(&'static str, &'static str)]) -> Result<(), Foreign> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        judge(&Method::POST, &map, own, "__Host-akashi_nd")
    }

    #[test]
    fn only_own_pages_may_change_something() {
        let session = ("cookie", "a=b; __Host-akashi_nd=token");
        let own = ("origin", "https://netdesk.example");
        for (headers, expected) in [
            (
                vec![("sec-fetch-site", "same-origin"), own, session],
                Ok(()),
            ),
            (vec![("sec-fetch-site", "none"), session], Ok(())),
            (vec![own, session], Ok(())),
            (vec![], Ok(())),
            (vec![session], Err(Foreign::Unknown)),
            (vec![("sec-fetch-site", "cross-site")], Err(Foreign::Site)),
            (
                vec![("sec-fetch-site", "same-site"), own],
                Err(Foreign::Site),
            ),
            (
                vec![("sec-fetch-site", "newly-invented")],
                Err(Foreign::Site),
            ),
            (
                vec![("origin", "https://evil.example")],
                Err(Foreign::Origin),
            ),
            (
                vec![
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://evil.example"),
                ],
                Err(Foreign::Origin),
            ),
            (vec![("origin", "null")], Err(Foreign::Origin)),
            (
                vec![("origin", "http://netdesk.example")],
                Err(Foreign::Origin),
            ),
            (
                vec![("origin", "https://netdesk.example:8443")],
                Err(Foreign::Origin),
            ),
            (
                vec![own, ("origin", "https://evil.example")],
                Err(Foreign::Origin),
            ),
        ] {
            assert_eq!(ask(Some(OWN), &headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn the_demo_compares_with_the_host_it_was_called_by() {
        let local = ("host", "localhost:8080");
        assert_eq!(
            ask(None, &[local, ("origin", "http://localhost:8080")]),
            Ok(())
        );
        for origin in [
            "http://127.0.0.1:8080",
            "http://localhost:9090",
            "null",
            "localhost:8080",
        ] {
            assert_eq!(
                ask(None, &[local, ("origin", origin)]),
                Err(Foreign::Origin),
                "{origin}"
            );
        }
        assert_eq!(ask(None, &[("origin", "http://")]), Err(Foreign::Origin));
    }

    #[test]
    fn looking_is_free() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
        assert_eq!(judge(&Method::GET, &headers, Some(OWN), "c"), Ok(()));
        assert_eq!(
            judge(&Method::DELETE, &headers, Some(OWN), "c"),
            Err(Foreign::Site)
        );
    }

    #[test]
    fn an_address_has_an_origin() {
        for (address, origin) in [
            ("https://NetDesk.example/netdesk", "https://netdesk.example"),
            (
                "https://netdesk.example:443/netdesk",
                "https://netdesk.example",
            ),
            ("http://127.0.0.1:8080/netdesk", "http://127.0.0.1:8080"),
            ("http://a.example:80", "http://a.example"),
        ] {
            assert_eq!(of_address(address), origin);
        }
    }
}
