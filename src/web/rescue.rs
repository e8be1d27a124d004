//! A form sent after the session had ended: kept, and given back to its writer after sign-in.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use time::OffsetDateTime;

use super::form::{self, Allowance, RawForm};
use super::page::Flash;
use super::site::Site;
use super::state::Web;
use super::{answer, cookies, session};
use crate::error::AppError;
use crate::services::accounts::Person;
use crate::services::rescues::{self, RescueKey};
use crate::services::{ContractorUser, Officer};

/// Shown on the page that gives the words back.
pub const NOTICE: &str = "入力内容を戻しました。まだ送信していません。";

/// What was typed when the session ended, if this page and this person have something waiting.
/// Taking it empties the place. A parameter of the handler that shows the form.
#[derive(Debug, Default)]
pub struct Rescued(pub Option<RawForm>);

impl Rescued {
    /// The notice to show above the form.
    pub fn flash(&self) -> Option<Flash> {
        self.0.as_ref().map(|_| Flash::warn(NOTICE))
    }
}

impl FromRequestParts<Web> for Rescued {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, AppError> {
        let Some(key) = key(web, &parts.headers) else {
            return Ok(Self(None));
        };
        let contractor = parts.extensions.get::<ContractorUser>().map(Person::from);
        let officer = parts.extensions.get::<Officer>().map(Person::from);
        match contractor.or(officer) {
            Some(who) => take(web, who, &key, parts.uri.path()).await.map(Self),
            None => Ok(Self(None)),
        }
    }
}

/// Takes what waits for this person at this page.
///
/// # Errors
/// `Internal`
pub async fn take(
    web: &Web,
    who: impl Into<Person>,
    key: &RescueKey,
    path: &str,
) -> Result<Option<RawForm>, AppError> {
    let plain = rescues::take(web, who, key, path).await?;
    // What we wrote ourselves is readable; if not, there is nothing to give back.
    Ok(plain.and_then(|plain| RawForm::parse_within(&plain, Allowance::LONG).ok()))
}

/// Whether this browser holds the key to something kept, for the sign-in page to say so.
pub fn waits(web: &Web, headers: &HeaderMap) -> bool {
    key(web, headers).is_some()
}

/// What this browser has waiting for the page at `path`, and until when; nothing is taken.
///
/// # Errors
/// `Internal`
pub async fn peek(
    web: &Web,
    headers: &HeaderMap,
    path: &str,
) -> Result<Option<(RawForm, OffsetDateTime)>, AppError> {
    let (Some(key), Some(door)) = (key(web, headers), web.site().door()) else {
        return Ok(None);
    };
    let waiting = rescues::peek(web, door, &key, path).await?;
    Ok(waiting.and_then(|(plain, until)| {
        let form = RawForm::parse_within(&plain, Allowance::LONG).ok()?;
        Some((form, until))
    }))
}

fn key(web: &Web, headers: &HeaderMap) -> Option<RescueKey> {
    cookies::read(headers, &web.cookie_name(stem(web.site()))).and_then(RescueKey::read)
}

fn stem(site: Site) -> &'static str {
    match site {
        Site::Netdesk => "akashi_nd_kept",
        Site::Office => "akashi_of_kept",
        Site::Dsure | Site::Demo => "akashi_kept",
    }
}

/// Answers a form that came without a living session: keeps it where that can be done, and sends
/// the visitor through `via` (sign-in, terms) to the page it belongs to.
pub(super) async fn set_aside(web: &Web, request: Request, has_page: bool, via: Via) -> Response {
    let (parts, body) = request.into_parts();
    let page = page_of(web.site(), &parts, has_page);
    let mut answer =
        answer::see_other(via.address(web.site(), page.as_deref().unwrap_or_default()));
    let (Some(door), Some(token), Some(page)) = (
        web.site().door(),
        session::presented(web, &parts.headers),
        page.filter(|_| is_navigation(&parts.headers)),
    ) else {
        return answer;
    };
    let Ok(typed) = form::read(&parts.headers, body, Allowance::LONG).await else {
        return answer;
    };
    let typed = typed.without(|name| name.to_ascii_lowercase().contains("password"));
    let kept = match typed.encode() {
        Ok(plain) if !plain.is_empty() => {
            rescues::keep(web, door, &token, &page, plain.as_bytes()).await
        }
        _ => return answer,
    };
    match kept {
        Ok(Some(key)) => {
            answer
                .headers_mut()
                .append(header::SET_COOKIE, cookie(web, &key));
        }
        Ok(None) => {}
        // The way to the sign-in matters more.
        Err(error) => tracing::error!(%error, "what was typed could not be kept"),
    }
    answer
}

fn cookie(web: &Web, key: &RescueKey) -> HeaderValue {
    let seconds = u32::try_from(rescues::LASTS.whole_seconds()).unwrap_or_default();
    cookies::set(web, stem(web.site()), key.expose(), Some(seconds))
}

/// What stands between the visitor and the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    SignIn,
    Terms,
}

impl Via {
    pub(super) fn address(self, site: Site, next: &str) -> String {
        match self {
            Self::SignIn => session::login_address(site, next),
            Self::Terms => {
                let next = session::safe_next(site, next).unwrap_or_else(|| site.home());
                let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
                format!("{}?{query}", super::urls::netdesk::TERMS)
            }
        }
    }
}

/// A person's press of a button, not a script's own request (which keeps its words on the page).
fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_none_or(|mode| mode == "navigate")
}

/// The page with the form: the same path where it can be looked at, else where the visitor was.
fn page_of(site: Site, parts: &Parts, has_page: bool) -> Option<String> {
    if has_page {
        return session::safe_next(site, parts.uri.path()).map(str::to_owned);
    }
    let referer = parts.headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = referer.split_once("://")?;
    let path = rest.find('/').and_then(|at| rest.get(at..))?;
    let path = path.split(['?', '#']).next()?;
    session::safe_next(site, path).map(str::to_owned)
}
