//! Who asks: from the cookie to the proof, and back to the cookie.
//!
//! A handler names the proof it needs as a parameter (`who: ContractorUser`). The route's guard
//! ([`super::routes`]) has put it there; where the table of routes does not demand it, there is
//! none to be had.

use std::convert::Infallible;
use std::future::Future;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use time::OffsetDateTime;

use super::cookies;
use super::page::SessionEnd;
use super::site::Site;
use super::state::Web;
use super::urls;
use crate::app::App;
use crate::error::AppError;
use crate::services::accounts::{SessionToken, sessions};
use crate::services::{ContractorUser, KeyHolder, Officer, holders};

/// A proof of who acts, as a session of its site yields it.
pub trait Proof: Clone + Send + Sync + 'static {
    const SITE: Site;

    /// The living session's owner.
    fn find(
        app: &App,
        token: &SessionToken,
    ) -> impl Future<Output = Result<Option<Self>, AppError>> + Send;

    /// When the session ends without another request.
    fn until(&self) -> OffsetDateTime;

    /// The account, for the audit log; whoever only shows a key has none.
    fn account(&self) -> Option<i64>;
}

impl Proof for ContractorUser {
    const SITE: Site = Site::Netdesk;

    async fn find(app: &App, token: &SessionToken) -> Result<Option<Self>, AppError> {
        sessions::contractor_of(app, token).await
    }

    fn until(&self) -> OffsetDateTime {
        self.session_until()
    }

    fn account(&self) -> Option<i64> {
        Some(self.account())
    }
}

impl Proof for Officer {
    const SITE: Site = Site::Office;

    async fn find(app: &App, token: &SessionToken) -> Result<Option<Self>, AppError> {
        sessions::officer_of(app, token).await
    }

    fn until(&self) -> OffsetDateTime {
        self.session_until()
    }

    fn account(&self) -> Option<i64> {
        Some(self.account())
    }
}

impl Proof for KeyHolder {
    const SITE: Site = Site::Dsure;

    async fn find(app: &App, token: &SessionToken) -> Result<Option<Self>, AppError> {
        holders::holder_of(app, token).await
    }

    fn until(&self) -> OffsetDateTime {
        self.session_until()
    }

    fn account(&self) -> Option<i64> {
        None
    }
}

/// The session's owner, from the cookie of a request.
pub(super) async fn look<P: Proof>(web: &Web, headers: &HeaderMap) -> Result<Option<P>, AppError> {
    match presented(web, headers) {
        Some(token) if web.site() == P::SITE => P::find(web, &token).await,
        _ => Ok(None),
    }
}

/// The token a browser presents, living or not.
pub(super) fn presented(web: &Web, headers: &HeaderMap) -> Option<SessionToken> {
    cookies::read(headers, &web.session_cookie()).and_then(SessionToken::read)
}

macro_rules! extract {
    ($($proof:ty),+) => {$(
        impl FromRequestParts<Web> for $proof {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, AppError> {
                parts.extensions.get::<Self>().cloned().ok_or_else(|| {
                    AppError::internal("a handler asks for a proof that its route does not demand")
                })
            }
        }

        /// On public pages: whoever is signed in, if anybody.
        impl OptionalFromRequestParts<Web> for $proof {
            type Rejection = AppError;

            async fn from_request_parts(
                parts: &mut Parts,
                web: &Web,
            ) -> Result<Option<Self>, AppError> {
                match parts.extensions.get::<Self>() {
                    Some(proof) => Ok(Some(proof.clone())),
                    None => look::<Self>(web, &parts.headers).await,
                }
            }
        }
    )+};
}

extract!(ContractorUser, Officer, KeyHolder);

/// The token this request came with, for signing out.
#[derive(Debug)]
pub struct Presented(pub Option<SessionToken>);

impl FromRequestParts<Web> for Presented {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self(presented(web, &parts.headers)))
    }
}

/// `Set-Cookie` of a new session.
pub fn opened(web: &Web, token: &SessionToken) -> HeaderValue {
    cookies::set(web, web.site().cookie(), token.expose(), None)
}

/// `Set-Cookie` of an ended session.
pub fn closed(web: &Web) -> HeaderValue {
    cookies::clear(web, web.site().cookie())
}

/// When the session of a page's reader ends, for the shell.
pub fn end<P: Proof>(web: &Web, who: &P) -> SessionEnd {
    let keep = match P::SITE {
        Site::Netdesk => urls::netdesk::SESSION,
        Site::Office => urls::office::SESSION,
        Site::Dsure | Site::Demo => urls::dsure::SESSION,
    };
    SessionEnd::new(web.clock.now(), who.until(), keep)
}

/// `POST …/session`: the look-up itself has kept it alive, and the guard tells how long it lasts.
pub async fn keep() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The address of the sign-in page that leads on to `next`.
pub fn login_address(site: Site, next: &str) -> String {
    match safe_next(site, next) {
        Some(next) if site.door().is_some() => {
            let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
            format!("{}?{query}", site.login())
        }
        _ => site.login().to_owned(),
    }
}

/// Where a visitor goes after signing in: `next` where it is safe, else the site's first page.
pub fn after_sign_in(site: Site, next: &str) -> &str {
    safe_next(site, next).unwrap_or_else(|| site.home())
}

/// An address within this site, or nothing: a link must not lead elsewhere by way of our sign-in.
pub fn safe_next(site: Site, next: &str) -> Option<&str> {
    let below = next.strip_prefix(site.prefix())?;
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let plain = next.len() <= 2_000 && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    // Browsers read %2e as a dot, too.
    let climbs = path
        .split('/')
        .map(|segment| segment.to_ascii_lowercase().replace("%2e", "."))
        .any(|segment| segment == "." || segment == "..");
    let inside = below.starts_with('/') && !below.starts_with("//");
    let loops = path == site.login() || path == format!("{}/logout", site.prefix());
    (plain && inside && !climbs && !loops).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_on_within_its_own_site_only() {
        let ask = |next| safe_next(Site::Netdesk, next);
        for good in [
            "/netdesk/",
            "/netdesk/applications/new",
            "/netdesk/guarantees?q=a%26b&page=2#list",
            "/netdesk/guarantees/35075-00001M",
        ] {
            assert_eq!(ask(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "/netdesk",
            "/netdesk//evil.example",
            "/netdeskevil/",
            "/office/applications",
            "//evil.example/netdesk/",
            "https://evil.example/netdesk/",
            "/netdesk/../office",
            "/netdesk/%2E%2e/office",
            "/netdesk/.%2e",
            "/netdesk/\\evil",
            "/netdesk/a\r\nset-cookie: x",
            "/netdesk/日本",
            "/netdesk/login",
            "/netdesk/login?next=/netdesk/login",
            "/netdesk/logout",
            &format!("/netdesk/{}", "a".repeat(2_000)),
        ] {
            assert_eq!(ask(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_way_back_travels_in_the_address() {
        assert_eq!(
            login_address(Site::Netdesk, "/netdesk/guarantees?q=1&p=2"),
            "/netdesk/login?next=%2Fnetdesk%2Fguarantees%3Fq%3D1%26p%3D2"
        );
        assert_eq!(
            login_address(Site::Office, "//evil.example"),
            "/office/login"
        );
        assert_eq!(
            login_address(Site::Dsure, "/dsure/certificates/1"),
            "/dsure/"
        );
        assert_eq!(
            after_sign_in(Site::Office, "/netdesk/"),
            Site::Office.home()
        );
    }
}
