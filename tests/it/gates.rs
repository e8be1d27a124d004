//! Routes and their guards, over a real database: who is let through, and what happens to what was
//! typed when the session had ended.

use akashi::services::accounts::{Door, SessionToken, terms};
use akashi::services::{ContractorUser, Officer};
use akashi::web::form::RawForm;
use akashi::web::layers;
use akashi::web::rescue::Rescued;
use akashi::web::routes::{Access, CompanyRight, Routes, StaffRight};
use akashi::web::session;
use akashi::web::site::Site;
use akashi::web::state::Web;
use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use time::Duration;
use tower::ServiceExt;

use crate::gatehouse::Gatehouse;

fn netdesk() -> Routes {
    let may = Access::Contractor;
    let name = async |who: ContractorUser| who.login().to_owned();
    let form = async |who: ContractorUser, back: Rescued| {
        let typed = back.0.unwrap_or_default();
        format!(
            "{}:{}:{}",
            who.login(),
            typed.get("works"),
            typed.checked("new_password")
        )
    };
    let visitor = async |who: Option<ContractorUser>| {
        who.map_or_else(|| "somebody".to_owned(), |who| who.login().to_owned())
    };
    Routes::new(Site::Netdesk)
        .get("/netdesk/login", Access::Anonymous, async || "sign in")
        .get("/netdesk/help", Access::Public, visitor)
        .get("/netdesk/terms", may(CompanyRight::BeforeTerms), name)
        .get("/netdesk/read", may(CompanyRight::Read), name)
        .get("/netdesk/write", may(CompanyRight::Write), form)
        .post(
            "/netdesk/write",
            may(CompanyRight::Write),
            async |_: RawForm| StatusCode::NO_CONTENT,
        )
        .post(
            "/netdesk/write/submission",
            may(CompanyRight::Send),
            async || "sent",
        )
        .get("/netdesk/key", may(CompanyRight::SeeKey), name)
        .get("/netdesk/users", may(CompanyRight::Manage), name)
        .post(
            "/netdesk/session",
            may(CompanyRight::BeforeTerms),
            session::keep,
        )
        .get("/netdesk/mistake", Access::Public, name)
}

fn office() -> Routes {
    let name = async |who: Officer| who.login().to_owned();
    let may = Access::Officer;
    Routes::new(Site::Office)
        .get("/office/read", may(StaffRight::Read), name)
        .get("/office/examine", may(StaffRight::Examine), name)
        .get("/office/approve", may(StaffRight::Approve), name)
        .get("/office/handle", may(StaffRight::Handle), name)
        .get("/office/admin", may(StaffRight::Administer), name)
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The first cookie that was set, as it would be sent back.
    fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().unwrap()
    }
}

struct Visitor<'a> {
    router: &'a Router,
    cookies: String,
}

impl Visitor<'_> {
    async fn send(&self, request: Builder, body: &'static str) -> Answer {
        let request = request
            .header("cookie", &self.cookies)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    async fn post(&self, path: &str, body: &'static str) -> Answer {
        self.send(Request::post(path), body).await
    }
}

fn visitor<'a>(router: &'a Router, site: Site, token: &SessionToken) -> Visitor<'a> {
    Visitor {
        router,
        cookies: format!("__Host-{}={}", site.cookie(), token.expose()),
    }
}

fn serve(house: &Gatehouse, routes: Routes) -> Router {
    let web = Web::new(house.app.clone(), routes.site(), 0);
    layers::site(&web, routes)
}

#[tokio::test]
async fn each_role_opens_what_its_route_allows() {
    let house = Gatehouse::open("roles").await;
    let router = serve(&house, netdesk());
    for (login, opens) in [
        ("minato.soumu", [200, 200, 200, 200]),
        ("minato.sender", [200, 200, 200, 403]),
        ("minato.keiri", [200, 200, 200, 403]),
        ("minato.viewer", [200, 403, 403, 403]),
    ] {
        let who = house.contractor(login).await;
        terms::accept_terms(&house.app, &who, terms::CURRENT)
            .await
            .unwrap();
        let token = house.sign_in(Door::Netdesk, login).await;
        let visitor = visitor(&router, Site::Netdesk, &token);
        let mut statuses = Vec::new();
        for path in [
            "/netdesk/read",
            "/netdesk/write",
            "/netdesk/key",
            "/netdesk/users",
        ] {
            let answer = visitor.get(path).await;
            if answer.status == 403 {
                assert!(answer.body.contains("御社の管理者"), "{}", answer.body);
            }
            statuses.push(answer.status);
        }
        assert_eq!(statuses, opens, "{login}");
        let sent = visitor.post("/netdesk/write/submission", "").await.status;
        let may_send = matches!(login, "minato.soumu" | "minato.sender");
        assert_eq!(sent == 200, may_send, "{login} {sent}");
        assert_eq!(visitor.get("/netdesk/read").await.body, login);
    }
    let router = serve(&house, office());
    for (login, opens) in [
        ("kanagawa.clerk", [200, 200, 403, 200, 404]),
        ("kanagawa.approver", [200, 403, 200, 200, 404]),
        ("honsha.admin", [200, 403, 403, 403, 200]),
    ] {
        let token = house.sign_in(Door::Office, login).await;
        let visitor = visitor(&router, Site::Office, &token);
        let mut statuses = Vec::new();
        for path in ["read", "examine", "approve", "handle", "admin"] {
            statuses.push(visitor.get(&format!("/office/{path}")).await.status);
        }
        assert_eq!(statuses, opens, "{login}");
    }
}

#[tokio::test]
async fn sign_in_and_terms_come_first() {
    let house = Gatehouse::open("first").await;
    let router = serve(&house, netdesk());
    let nobody = Visitor {
        router: &router,
        cookies: String::new(),
    };
    let answer = nobody.get("/netdesk/read?page=2").await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        answer.header("location"),
        "/netdesk/login?next=%2Fnetdesk%2Fread%3Fpage%3D2"
    );
    assert_eq!(nobody.get("/netdesk/login").await.status, 200);
    assert_eq!(nobody.get("/netdesk/help").await.body, "somebody");

    let token = house.sign_in(Door::Netdesk, "minato.keiri").await;
    let keiri = visitor(&router, Site::Netdesk, &token);
    let answer = keiri.get("/netdesk/read").await;
    assert_eq!(
        answer.header("location"),
        "/netdesk/terms?next=%2Fnetdesk%2Fread"
    );
    assert_eq!(keiri.get("/netdesk/terms").await.body, "minato.keiri");
    assert_eq!(keiri.get("/netdesk/help").await.body, "minato.keiri");
    assert_eq!(
        keiri.get("/netdesk/login").await.header("location"),
        "/netdesk/"
    );
    // A session of one site opens nothing at another, whatever its cookie is called.
    let router = serve(&house, office());
    let answer = visitor(&router, Site::Office, &token)
        .get("/office/read")
        .await;
    assert_eq!(
        answer.header("location"),
        "/office/login?next=%2Foffice%2Fread"
    );
    // A handler cannot have a proof its route does not demand.
    assert_eq!(keiri.get("/netdesk/mistake").await.status, 500);

    let kept = keiri.post("/netdesk/session", "").await;
    assert_eq!((kept.status, kept.header("x-session-left")), (204, "1800"));
    house.app.clock.advance(Duration::seconds(30));
    let read = keiri.get("/netdesk/terms").await;
    assert_eq!(
        read.header("x-session-left"),
        "1770",
        "seen at most once a minute"
    );
}

#[tokio::test]
async fn what_was_typed_survives_the_end_of_the_session() {
    let house = Gatehouse::open("rescue").await;
    let router = serve(&house, netdesk());
    for login in ["minato.keiri", "minato.soumu"] {
        let who = house.contractor(login).await;
        terms::accept_terms(&house.app, &who, terms::CURRENT)
            .await
            .unwrap();
    }
    let token = house.sign_in(Door::Netdesk, "minato.keiri").await;
    let late = visitor(&router, Site::Netdesk, &token);
    house.app.clock.advance(Duration::minutes(40));
    let typed = "works=%E6%B5%84%E6%B0%B4%E5%A0%B4+%EF%A8%99&new_password=secret";
    let answer = late.post("/netdesk/write", typed).await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        answer.header("location"),
        "/netdesk/login?next=%2Fnetdesk%2Fwrite"
    );
    let kept = answer.cookie().to_owned();
    let set = answer.header("set-cookie");
    assert!(kept.starts_with("__Host-akashi_nd_kept="), "{kept}");
    assert!(
        set.contains("HttpOnly; Secure") && set.contains("Max-Age=1800"),
        "{set}"
    );
    let row = house
        .text("select encode(ciphertext, 'escape') || path from rescues")
        .await;
    assert!(
        !row.contains("works") && row.ends_with("/netdesk/write"),
        "sealed"
    );

    let back = async |login: &str, path: &str| {
        let token = house.sign_in(Door::Netdesk, login).await;
        let mut visitor = visitor(&router, Site::Netdesk, &token);
        visitor.cookies = format!("{}; {kept}", visitor.cookies);
        visitor.get(path).await.body
    };
    assert_eq!(
        back("minato.soumu", "/netdesk/write").await,
        "minato.soumu::false",
        "not hers"
    );
    assert_eq!(
        back("minato.keiri", "/netdesk/write").await,
        "minato.keiri:浄水場 \u{FA19}:false",
        "hers, without the password"
    );
    assert_eq!(
        back("minato.keiri", "/netdesk/write").await,
        "minato.keiri::false",
        "once"
    );

    // A deed without a page of its own leads back to where the button was.
    let from = Request::post("/netdesk/write/submission")
        .header("referer", "https://netdesk.example/netdesk/write?step=2");
    let answer = late.send(from, "works=a").await;
    assert_eq!(
        answer.header("location"),
        "/netdesk/login?next=%2Fnetdesk%2Fwrite"
    );
    // A script keeps its words itself, strangers have nothing to keep, broken bytes are not kept.
    let scripted = Request::post("/netdesk/write").header("sec-fetch-mode", "cors");
    assert_eq!(
        late.send(scripted, "works=a").await.header("set-cookie"),
        ""
    );
    let nobody = Visitor {
        router: &router,
        cookies: String::new(),
    };
    assert_eq!(
        nobody
            .post("/netdesk/write", "works=a")
            .await
            .header("set-cookie"),
        ""
    );
    let broken = late.post("/netdesk/write", "works=%ff").await;
    assert_eq!((broken.status, broken.header("set-cookie")), (303, ""));
    assert_eq!(house.text("select count(*)::text from rescues").await, "1");
}
