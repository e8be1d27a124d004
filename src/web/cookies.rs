//! Cookies: read from a request, written for an answer. All are HttpOnly and for the whole host
//! (which `__Host-` demands).

use axum::http::{HeaderMap, HeaderValue, header};

use super::site::Site;
use super::state::Web;

/// The value of a cookie, if the browser sent it.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Sets a cookie. `max_age` in seconds; `None`: until the browser closes. The value must be
/// base64url or empty.
pub fn set(web: &Web, stem: &str, value: &str, max_age: Option<u32>) -> HeaderValue {
    let mut text = format!("{}={value}; Path=/; HttpOnly; ", web.cookie_name(stem));
    if web.secure() {
        text.push_str("Secure; ");
    }
    // Mails lead into Net Desk, so a link from outside must find the session there.
    text.push_str(match web.site() {
        Site::Netdesk => "SameSite=Lax",
        Site::Office | Site::Dsure | Site::Demo => "SameSite=Strict",
    });
    if let Some(seconds) = max_age {
        text.push_str(&format!("; Max-Age={seconds}"));
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Takes a cookie away.
pub fn clear(web: &Web, stem: &str) -> HeaderValue {
    set(web, stem, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::trial::web;

    #[tokio::test]
    async fn a_session_cookie_is_for_this_host_and_this_site_only() {
        for (site, https, expected) in [
            (
                Site::Netdesk,
                true,
                "__Host-akashi_nd=t; Path=/; HttpOnly; Secure; SameSite=Lax",
            ),
            (
                Site::Office,
                true,
                "__Host-akashi_of=t; Path=/; HttpOnly; Secure; SameSite=Strict",
            ),
            (
                Site::Dsure,
                true,
                "__Host-akashi_ds=t; Path=/; HttpOnly; Secure; SameSite=Strict",
            ),
            (
                Site::Netdesk,
                false,
                "akashi_nd=t; Path=/; HttpOnly; SameSite=Lax",
            ),
        ] {
            assert_eq!(set(&web(site, https), site.cookie(), "t", None), expected);
        }
        assert_eq!(
            clear(&web(Site::Office, true), "akashi_of"),
            "__Host-akashi_of=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"
        );
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("xakashi_nd=1; akashi_nd=2;b=3"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("c=4"));
        let found = ["akashi_nd", "b", "c", "d"].map(|name| read(&headers, name));
        assert_eq!(found, [Some("2"), Some("3"), Some("4"), None]);
    }
}
