//! What handlers are given: the kitchen, and which site they stand in.

use std::ops::Deref;
use std::sync::Arc;

use super::site::{Names, Site};
use crate::app::App;
use crate::services::accounts::Door;
use crate::services::health::Audience;

/// The state of every handler; `web.db()`-less on purpose: only verbs of `services` do things.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    app: App,
    site: Site,
    trusted_proxies: usize,
    /// `https://netdesk.example`, without path; `None`: compare with Host (demo).
    origin: Option<String>,
    secure: bool,
}

impl Web {
    /// `trusted_proxies`: how many proxies of our own stand before this process.
    pub fn new(app: App, site: Site, trusted_proxies: usize) -> Self {
        let base = match site {
            Site::Netdesk => &app.addresses.netdesk,
            Site::Office => &app.addresses.office,
            Site::Dsure | Site::Demo => &app.addresses.dsure,
        };
        let origin = super::origin::of_address(base);
        let secure = base.starts_with("https://");
        let origin = (!app.demo).then_some(origin);
        Self(Arc::new(Inner {
            app,
            site,
            trusted_proxies,
            origin,
            secure,
        }))
    }

    pub fn site(&self) -> Site {
        self.0.site
    }

    pub fn names(&self) -> &Names {
        &self.0.app.names
    }

    pub fn trusted_proxies(&self) -> usize {
        self.0.trusted_proxies
    }

    /// The origin that requests must name; `None` under `demo`, which compares with Host.
    pub fn origin(&self) -> Option<&str> {
        self.0.origin.as_deref()
    }

    /// Whether browsers reach this site by https.
    pub fn secure(&self) -> bool {
        self.0.secure
    }

    /// The name of this site's session cookie.
    pub fn session_cookie(&self) -> String {
        self.cookie_name(self.0.site.cookie())
    }

    /// `__Host-` under https: no other host can set it.
    pub fn cookie_name(&self, stem: &str) -> String {
        let prefix = if self.0.secure { "__Host-" } else { "" };
        format!("{prefix}{stem}")
    }
}

impl Deref for Web {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0.app
    }
}

impl Site {
    /// What all addresses of the site begin with; no slash at the end.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Netdesk => "/netdesk",
            Self::Office => "/office",
            Self::Dsure => "/dsure",
            Self::Demo => "/demo",
        }
    }

    /// Where the anonymous are sent.
    pub fn login(self) -> &'static str {
        use super::urls;
        match self {
            Self::Netdesk => urls::netdesk::LOGIN,
            Self::Office => urls::office::LOGIN,
            Self::Dsure => urls::dsure::TOP,
            Self::Demo => urls::demo::TOP,
        }
    }

    /// Stem of the session cookie's name.
    pub fn cookie(self) -> &'static str {
        match self {
            Self::Netdesk => "akashi_nd",
            Self::Office => "akashi_of",
            Self::Dsure => "akashi_ds",
            Self::Demo => "akashi_demo",
        }
    }

    /// Where its accounts are, if it has any.
    pub fn door(self) -> Option<Door> {
        match self {
            Self::Netdesk => Some(Door::Netdesk),
            Self::Office => Some(Door::Office),
            Self::Dsure | Self::Demo => None,
        }
    }

    /// Whose database role it uses.
    pub fn audience(self) -> Audience {
        match self {
            Self::Netdesk => Audience::Netdesk,
            Self::Office => Audience::Office,
            Self::Dsure | Self::Demo => Audience::Dsure,
        }
    }
}
