//! Signing in and out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::drafts::short;
use super::frame;
use crate::demo::world::{self, DemoLogin};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::people::ContractorRole;
use crate::error::AppError;
use crate::services::accounts::signin::{self, SignIn};
use crate::services::accounts::{DEMO_PASSWORD, Door};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::{Query, RawForm};
use crate::web::network::Network;
use crate::web::page::Flash;
use crate::web::session::{self, Presented};
use crate::web::shell::GateShell;
use crate::web::site::Site;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::{rescue, urls::netdesk as to};

#[derive(Template)]
#[template(path = "netdesk/gate/login.html")]
struct LoginPage {
    shell: GateShell,
    /// The browser still brought the cookie of a session that is over.
    ended: bool,
    /// What was typed waits for its writer.
    kept: bool,
    waiting: Option<Waiting>,
    login: FieldView,
    password: FieldView,
    next: String,
    demo_logins: Vec<DemoLogin>,
    demo_password: &'static str,
}

/// A 保証申込 that was being typed when the session ended.
struct Waiting {
    screen: &'static str,
    /// 工事名; empty where none was typed yet.
    works: String,
    until: String,
}

impl Waiting {
    async fn find(web: &Web, headers: &HeaderMap, page: &str) -> Result<Option<Self>, AppError> {
        let screen = match page {
            to::NEW_APPLICATION => "保証申込　申込の作成（新規）",
            page if page.starts_with("/netdesk/applications/") => "保証申込　申込の作成",
            _ => return Ok(None),
        };
        let waiting = rescue::peek(web, headers, page).await?;
        Ok(waiting.map(|(form, until)| Self {
            screen,
            works: short(form.get(Field::WorksName.id()).trim()),
            until: era::stamp(until),
        }))
    }
}

impl LoginPage {
    /// A role's word in the table of the demo.
    fn role(&self, code: &str) -> &'static str {
        ContractorRole::from_code(code).map_or("", ContractorRole::label)
    }

    fn new(shell: GateShell, login: &str, next: &str) -> Self {
        Self {
            shell,
            ended: false,
            kept: false,
            waiting: None,
            login: FieldView::login("login", "ログインID", login),
            password: FieldView::password("password", "パスワード", "current-password")
                .hint("貼り付けもできます。"),
            // Only addresses of this site come back with the form.
            next: session::safe_next(Site::Netdesk, next)
                .unwrap_or_default()
                .to_owned(),
            demo_logins: world::netdesk_logins(),
            demo_password: DEMO_PASSWORD,
        }
    }
}

/// `GET /netdesk/login`
///
/// # Errors
/// `Internal` when the template fails.
pub async fn page(
    State(web): State<Web>,
    Told(told): Told,
    Presented(old): Presented,
    headers: HeaderMap,
    Query(query): Query,
) -> PageResult {
    let shell = frame::gate(&web, told);
    let mut page = LoginPage::new(shell, "", query.get("next"));
    page.ended = old.is_some();
    page.kept = page.ended && rescue::waits(&web, &headers);
    if page.kept {
        page.waiting = Waiting::find(&web, &headers, &page.next).await?;
    }
    answer::page(&page)
}

/// `POST /netdesk/login`: one sentence for every "no".
///
/// # Errors
/// `Busy` when too many passwords are being checked.
pub async fn sign_in(
    State(web): State<Web>,
    Network(network): Network,
    Presented(old): Presented,
    form: RawForm,
) -> PageResult {
    let (login, password) = (form.get("login"), form.get("password"));
    let next = form.get("next");
    let mut page = LoginPage::new(frame::gate(&web, None), login, next);
    if login.trim().is_empty() {
        page.login = page.login.error(Some("ログインIDを入力してください。"));
    }
    if password.is_empty() {
        page.password = page.password.error(Some("パスワードを入力してください。"));
    }
    let summary = ErrorSummary::of([&page.login, &page.password]);
    if summary.any() {
        page.shell = page.shell.errors(summary);
        return answer::unprocessable(&page);
    }
    match signin::sign_in(&web, Door::Netdesk, login, password, &network).await? {
        SignIn::In(token) => {
            // A new sign-in replaces the old one.
            if let Some(old) = old {
                signin::sign_out(&web, Door::Netdesk, &old).await?;
            }
            let mut answer = answer::see_other(session::after_sign_in(Site::Netdesk, next));
            let cookie = session::opened(&web, &token);
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
        SignIn::Refused => {
            page.shell = page.shell.errors(ErrorSummary::titled(
                "ログインできませんでした",
                "ログインIDかパスワードが違うか、いまはご利用いただけないログインです。大文字と小文字をお確かめのうえ、もう一度入力してください。",
            ));
            answer::unprocessable(&page)
        }
        SignIn::Wait(seconds) => {
            page.shell = page.shell.errors(ErrorSummary::titled(
                "しばらくおいてからお試しください",
                format!(
                    "ログインできない入力が続いたため、いったん受け付けを止めています。{}ほどおいてから、もう一度お試しください。",
                    answer::wait_words(seconds)
                ),
            ));
            let mut answer = answer::page_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
            Ok(answer)
        }
    }
}

/// `POST /netdesk/logout`: ends this site's session only.
///
/// # Errors
/// `Internal`
pub async fn sign_out(State(web): State<Web>, Presented(token): Presented) -> PageResult {
    if let Some(token) = token {
        signin::sign_out(&web, Door::Netdesk, &token).await?;
    }
    let told = Flash::ok("ログアウトしました。");
    let mut answer = flash::see_other_telling(&web, to::LOGIN, &told);
    let headers = answer.headers_mut();
    headers.append(header::SET_COOKIE, session::closed(&web));
    // Not cookies: those of the other sites on this host live on.
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(answer)
}
