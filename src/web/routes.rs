//! The table of routes: method, path, who may; remembered, so that a test can walk it.
//!
//! No access, no route: a handler cannot be reached without saying for whom it is. The guard of
//! each route looks the session up once, judges it, and hands the proof to the handler.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any};

use super::answer;
use super::page::SESSION_LEFT;
use super::rescue::{self, Via};
use super::session::{self, Proof};
use super::site::Site;
use super::state::Web;
use crate::domain::people::{ContractorRole, StaffRole};
use crate::error::AppError;
use crate::services::accounts::terms;
use crate::services::{ContractorUser, KeyHolder, Officer};

/// What a contractor's user must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompanyRight {
    /// Any role, even before the terms are accepted: terms, sign-out, keeping the session.
    BeforeTerms,
    /// Any role.
    Read,
    /// 作成: all but 閲覧.
    Write,
    /// 送信: 管理者 and 作成・送信.
    Send,
    /// 認証キー: all but 閲覧.
    SeeKey,
    /// The company's users: 管理者.
    Manage,
}

/// What a member of staff must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRight {
    /// Any role.
    Read,
    /// 審査
    Examine,
    /// 承認
    Approve,
    /// 審査 or 承認: returning, printing.
    Handle,
    /// 管理者. To others these pages are not there.
    Administer,
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody; no session is looked up unless the handler asks (`Option<ContractorUser>`).
    Public,
    /// The sign-in: whoever is in already is sent on.
    Anonymous,
    /// A user of a contractor. Without a session: sign-in; role too small: 403.
    Contractor(CompanyRight),
    /// Staff. Without a session: sign-in; role too small: 403, for `Administer` 404.
    Officer(StaffRight),
    /// Number and key were shown.
    KeyHolder,
}

impl CompanyRight {
    fn judge(self, role: ContractorRole) -> Result<(), AppError> {
        let (may, words) = match self {
            Self::BeforeTerms | Self::Read => (true, ""),
            Self::Write => (
                role.may_write(),
                "お使いのログインの役割（閲覧）では、申込を作成できません。作成できる方か、御社の管理者へご依頼ください。",
            ),
            Self::Send => (
                role.may_send(),
                "お使いのログインの役割では、申込を送信できません。送信できる方か、御社の管理者へご依頼ください。",
            ),
            Self::SeeKey => (
                role.may_see_key(),
                "お使いのログインの役割（閲覧）では、認証キーを表示できません。ほかの役割の方か、御社の管理者へご依頼ください。",
            ),
            Self::Manage => (
                role.may_manage(),
                "利用者の管理は、御社の管理者の方だけが行えます。",
            ),
        };
        if may {
            Ok(())
        } else {
            Err(AppError::Denied(words))
        }
    }
}

impl StaffRight {
    fn judge(self, role: StaffRole) -> Result<(), AppError> {
        let (may, words) = match self {
            Self::Read => (true, ""),
            Self::Examine => (
                role.may_examine(),
                "この操作は、審査の担当者だけが行えます。",
            ),
            Self::Approve => (role.may_approve(), "この操作は、承認者だけが行えます。"),
            Self::Handle => (
                role.may_examine() || role.may_approve(),
                "この操作は、審査の担当者か承認者だけが行えます。",
            ),
            Self::Administer if role.may_administer() => (true, ""),
            Self::Administer => return Err(AppError::NotFound),
        };
        if may {
            Ok(())
        } else {
            Err(AppError::Denied(words))
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    /// With its parameters: `/netdesk/applications/{id}`.
    pub path: &'static str,
    pub access: Access,
}

/// The routes of one site.
pub struct Routes {
    site: Site,
    lines: Vec<(RouteInfo, MethodRouter<Web>)>,
}

impl Routes {
    pub fn new(site: Site) -> Self {
        Self {
            site,
            lines: Vec::new(),
        }
    }

    /// A page (HEAD comes with it).
    #[must_use]
    pub fn get<H: Handler<T, Web>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// A deed.
    #[must_use]
    pub fn post<H: Handler<T, Web>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, access, handler)
    }

    fn on<H: Handler<T, Web>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let info = RouteInfo {
            method,
            path,
            access,
        };
        let router = MethodRouter::new().on(filter, handler);
        self.lines.push((info, router));
        self
    }

    /// Takes over another part of the same site.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self
    }

    pub fn site(&self) -> Site {
        self.site
    }

    /// The table, for the test that walks it.
    pub fn table(&self) -> Vec<RouteInfo> {
        self.lines.iter().map(|(info, _)| info.clone()).collect()
    }

    /// The router behind [`super::layers`]; what lies below the site's prefix and is not in the
    /// table is the site's own 404.
    pub(super) fn into_router(self, web: &Web) -> Router {
        let pages: Vec<&str> = self
            .lines
            .iter()
            .filter(|(info, _)| info.method == Method::GET)
            .map(|(info, _)| info.path)
            .collect();
        let mut paths: BTreeMap<&str, MethodRouter<Web>> = BTreeMap::new();
        for (info, router) in &self.lines {
            let gate = Gate {
                web: web.clone(),
                access: info.access,
                has_page: pages.contains(&info.path),
            };
            let guarded = router.clone().layer(from_fn_with_state(gate, guard));
            let known = paths.remove(info.path).unwrap_or_default();
            paths.insert(info.path, known.merge(guarded));
        }
        let prefix = self.site.prefix();
        let home = self.site.home();
        let mut router = Router::new().route(
            &format!("{prefix}/{{*rest}}"),
            any(async || StatusCode::NOT_FOUND),
        );
        let bare = [prefix.to_owned(), format!("{prefix}/")];
        for path in bare
            .iter()
            .filter(|path| !paths.contains_key(path.as_str()))
        {
            let leads_home = async move || answer::see_other(home);
            router = router.route(path, axum::routing::get(leads_home));
        }
        for (path, methods) in paths {
            router = router.route(path, methods);
        }
        router.with_state(web.clone())
    }
}

#[derive(Clone)]
struct Gate {
    web: Web,
    access: Access,
    has_page: bool,
}

async fn guard(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let web = &gate.web;
    let answered = match gate.access {
        Access::Public => Ok(next.run(request).await),
        Access::Anonymous => anonymous(web, request, next).await,
        Access::Contractor(right) => {
            let judge = |who: &ContractorUser| {
                right.judge(who.role())?;
                let terms = right == CompanyRight::BeforeTerms || terms::accepted(who);
                Ok((!terms).then_some(Via::Terms))
            };
            admit::<ContractorUser>(&gate, request, next, judge).await
        }
        Access::Officer(right) => {
            let judge = |who: &Officer| right.judge(who.role()).map(|()| None);
            admit::<Officer>(&gate, request, next, judge).await
        }
        Access::KeyHolder => admit::<KeyHolder>(&gate, request, next, |_| Ok(None)).await,
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// The sign-in page has nothing for those who are in; signing in again is their right.
async fn anonymous(web: &Web, request: Request, next: Next) -> Result<Response, AppError> {
    let headers = request.headers();
    let inside = *request.method() == Method::GET
        && match web.site() {
            Site::Netdesk => session::look::<ContractorUser>(web, headers)
                .await?
                .is_some(),
            Site::Office => session::look::<Officer>(web, headers).await?.is_some(),
            // The form of D-Sure also opens another certificate.
            Site::Dsure | Site::Demo => false,
        };
    if inside {
        return Ok(answer::see_other(web.site().home()));
    }
    Ok(next.run(request).await)
}

async fn admit<P: Proof>(
    gate: &Gate,
    mut request: Request,
    next: Next,
    judge: impl Fn(&P) -> Result<Option<Via>, AppError>,
) -> Result<Response, AppError> {
    let web = &gate.web;
    let looks_only = matches!(*request.method(), Method::GET | Method::HEAD);
    let found = session::look::<P>(web, request.headers()).await?;
    let judged = match found {
        Some(who) => judge(&who)?.map_or(Ok(who), Err),
        None => Err(Via::SignIn),
    };
    let who = match judged {
        Ok(who) => who,
        Err(via) if looks_only => {
            let next = request
                .uri()
                .path_and_query()
                .map_or("", |next| next.as_str());
            return Ok(answer::see_other(via.address(web.site(), next)));
        }
        Err(via) => return Ok(rescue::set_aside(web, request, gate.has_page, via).await),
    };
    let left = who.until() - web.clock.now();
    let (account, site) = (who.account(), web.site().code());
    request.extensions_mut().insert(who);
    let mut answer = next.run(request).await;
    // Somebody else's, or nobody's: row-level security tells us no more than them. The address holds
    // numbers and stays out; the request's span has its template.
    if answer.status() == StatusCode::NOT_FOUND {
        tracing::info!(target: "audit", site, account, "asked for what is not there for them");
    }
    let seconds = u64::try_from(left.whole_seconds()).unwrap_or_default();
    answer
        .headers_mut()
        .insert(SESSION_LEFT, HeaderValue::from(seconds));
    Ok(answer)
}
