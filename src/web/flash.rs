//! The result of a deed, told once on the next page.
//!
//! It travels in a cookie of a minute; the page that reads it takes it away.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::page::{Flash, Tone};
use super::site::Site;
use super::state::Web;
use super::{answer, cookies};

fn stem(site: Site) -> &'static str {
    match site {
        Site::Netdesk => "akashi_nd_told",
        Site::Office => "akashi_of_told",
        Site::Dsure | Site::Demo => "akashi_ds_told",
    }
}

/// 303 to a page that then tells what happened.
pub fn see_other_telling(web: &Web, to: impl AsRef<str>, flash: &Flash) -> Response {
    let mut answer = answer::see_other(to);
    let words = format!("{}{}", flash.tone.code(), flash.words);
    let value = URL_SAFE_NO_PAD.encode(words);
    answer.headers_mut().append(
        header::SET_COOKIE,
        cookies::set(web, stem(web.site()), &value, Some(60)),
    );
    answer
}

/// What the last deed led to; a parameter of handlers whose page shows it.
#[derive(Debug, Default)]
pub struct Told(pub Option<Flash>);

impl FromRequestParts<Web> for Told {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self(read(web, &parts.headers)))
    }
}

fn read(web: &Web, headers: &HeaderMap) -> Option<Flash> {
    let sent = cookies::read(headers, &web.cookie_name(stem(web.site())))?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(sent).ok()?).ok()?;
    [Tone::Ok, Tone::Warn, Tone::Ng, Tone::Note]
        .into_iter()
        .find_map(|tone| {
            let words = text.strip_prefix(tone.code())?.to_owned();
            Some(Flash { tone, words })
        })
}

/// Whether a person asks for a page and something waits to be told.
pub(super) fn is_told(web: &Web, request: &Request) -> bool {
    *request.method() == Method::GET
        && request
            .headers()
            .get("sec-fetch-mode")
            .is_none_or(|mode| mode == "navigate")
        && cookies::read(request.headers(), &web.cookie_name(stem(web.site()))).is_some()
}

/// Takes the cookie away once a page has been shown.
pub(super) fn forget(web: &Web, answer: &mut Response) {
    if answer.status().is_success() {
        let cookie = cookies::clear(web, stem(web.site()));
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
