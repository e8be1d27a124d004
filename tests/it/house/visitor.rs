//! A browser, as far as a router can tell: cookies, Origin and Sec-Fetch-Site as Chromium sends
//! them, forms filled by their labels' fields, redirects followed by hand or by `follow`.

use std::collections::BTreeMap;
use std::time::Instant;

use akashi::services::accounts::DEMO_PASSWORD;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::Page;

pub const HOST: &str = "127.0.0.1:8080";

#[derive(Clone)]
pub struct Visitor {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// Addresses asked for, and addresses that answers led to.
    asked: Vec<String>,
    led: Vec<String>,
}

impl Visitor {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            asked: Vec::new(),
            led: Vec::new(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header(header::HOST, HOST)
            .header("sec-fetch-site", "same-origin");
        self.send(request, Body::empty(), path).await
    }

    /// GET, and every redirect after it.
    pub async fn visit(&mut self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..5 {
            let Some(next) = page.location() else { break };
            page = self.get(&next).await;
        }
        page
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.post_raw(path, body.into_bytes()).await
    }

    pub async fn post_raw(&mut self, path: &str, body: Vec<u8>) -> Page {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body), path).await
    }

    /// POST and the page it leads to.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        match page.location() {
            Some(next) => self.visit(&next).await,
            None => page,
        }
    }

    /// Presses a button of the case page: what its forms carry unseen goes along.
    pub async fn act(&mut self, base: &str, deed: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(base).await;
        let hidden = |name: &str| {
            let values = page.attributes(&format!("input[type=hidden][name={name}]"), "value");
            values.into_iter().next().unwrap_or_default()
        };
        let (seen, form_id) = (hidden("seen"), hidden("form_id"));
        let mut all = vec![("seen", seen.as_str())];
        if !fields.iter().any(|(name, _)| *name == "form_id") {
            all.push(("form_id", &form_id));
        }
        all.extend_from_slice(fields);
        self.post(&format!("{base}/{deed}"), &all).await
    }

    /// The same, and the page it leads to.
    pub async fn act_on(&mut self, base: &str, deed: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.act(base, deed, fields).await;
        match page.location() {
            Some(next) => self.visit(&next).await,
            None => page,
        }
    }

    /// A request of one's own making, with this visitor's cookies and nothing else.
    pub async fn send(
        &mut self,
        mut request: axum::http::request::Builder,
        body: Body,
        path: &str,
    ) -> Page {
        if !self.cookies.is_empty() {
            let line: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        let request = request.body(body).unwrap();
        let began = Instant::now();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for set in head.headers.get_all(header::SET_COOKIE) {
            let text = set.to_str().unwrap();
            let (pair, rest) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() || rest.to_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let took = began.elapsed();
        let page = Page {
            took,
            ..Page::new(path, head, bytes.to_vec())
        };
        page.check();
        self.asked.push(path.to_owned());
        self.led.extend(page.location());
        page
    }

    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Every address asked for so far.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(String::as_str)
    }

    /// Every address an answer led to.
    pub fn led(&self) -> impl Iterator<Item = &str> {
        self.led.iter().map(String::as_str)
    }

    /// Signs in through the page; accepts the terms of use where they are asked for.
    pub async fn sign_in(&mut self, path: &str, login: &str) {
        self.sign_in_with(path, login, DEMO_PASSWORD).await;
    }

    /// Signs in with a password of one's own.
    pub async fn sign_in_with(&mut self, path: &str, login: &str, password: &str) {
        let page = self
            .post(path, &[("login", login), ("password", password)])
            .await;
        assert_eq!(
            page.status,
            303,
            "{login} could not sign in: {}",
            page.text()
        );
        let next = page.location().unwrap();
        let page = self.visit(&next).await;
        if page.path == "/netdesk/terms" {
            let mut fields = page.form_fields("/netdesk/terms");
            for tick in page.attributes("main input[type=checkbox]", "name") {
                fields.push((tick, "on".to_owned()));
            }
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let page = self.post("/netdesk/terms", &fields).await;
            assert_eq!(
                page.status,
                303,
                "the terms could not be accepted: {}",
                page.text()
            );
        }
    }
}
