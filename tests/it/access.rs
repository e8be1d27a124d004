//! Every route with every kind of visitor, against tables written by hand (`access/*.txt`).
//!
//! The tables say what each visitor gets to see; they are not derived from the routes' own
//! `Access`. A route without a line fails, and so does a line without a route.

mod people;
mod table;

use std::collections::BTreeSet;

use akashi::sites;
use akashi::web::site::Site;
use axum::body::Body;
use axum::http::{Method, Request, header};

use super::house::visitor::HOST;
use super::house::{House, Page, Visitor};
use people::{Guest, Things};
use table::{Line, Table};

const TABLES: [(Site, &str); 4] = [
    (Site::Netdesk, include_str!("access/netdesk.txt")),
    (Site::Office, include_str!("access/office.txt")),
    (Site::Dsure, include_str!("access/dsure.txt")),
    (Site::Demo, include_str!("access/demo.txt")),
];

fn tables() -> Vec<Table> {
    TABLES
        .iter()
        .map(|(site, text)| Table::read(*site, text))
        .collect()
}

/// Every route of a site as `GET /path/{id}`.
fn routes(site: Site) -> BTreeSet<String> {
    let routes = match site {
        Site::Demo => sites::demo::routes(std::env::temp_dir()),
        site => sites::routes(site),
    };
    let table = routes.table();
    let names: BTreeSet<_> = table
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(names.len(), table.len(), "a route stands twice");
    names
}

#[test]
fn the_tables_know_every_route_and_no_other() {
    for table in tables() {
        let written: BTreeSet<_> = table.lines.iter().map(Line::route).collect();
        let there = routes(table.site);
        let missing: Vec<_> = there.difference(&written).collect();
        assert!(missing.is_empty(), "nobody wrote who may: {missing:#?}");
        let gone: Vec<_> = written.difference(&there).collect();
        assert!(gone.is_empty(), "there is no such route: {gone:#?}");
        assert!(!written.is_empty());
    }
}

/// One request of the walk.
async fn ask(visitor: &mut Visitor, line: &Line, things: &Things) -> Page {
    let path = line.path(things);
    if line.method == Method::GET {
        visitor.get(&path).await
    } else {
        let body = things.body(&line.route());
        let body: Vec<_> = body
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        visitor.post(&path, &body).await
    }
}

/// What the answer was, in the words of the tables.
fn outcome(site: Site, page: &Page) -> String {
    match page.location() {
        Some(to) if to.split('?').next() == Some(site.login()) => "in".to_owned(),
        _ => page.status.to_string(),
    }
}

async fn walk(guests: &[Guest]) {
    let mut wrong = Vec::new();
    for guest in guests {
        let house = House::told().await;
        let things = Things::of(&house).await;
        let mut visitor = guest.enter(&house).await;
        for table in tables() {
            for line in &table.lines {
                let page = ask(&mut visitor, line, &things).await;
                let got = outcome(table.site, &page);
                let expected = table.expected(line, guest.name);
                let path = line.path(&things);
                if got != expected {
                    wrong.push(format!(
                        "{:<12} {} {path}: expected {expected}, got {got}",
                        guest.name, line.method
                    ));
                }
                if table.site == Site::Demo {
                    continue;
                }
                for words in things.secrets_from(guest) {
                    if things.reads(&page).contains(words) {
                        wrong.push(format!("{:<12} {path}: reads 「{words}」", guest.name));
                    }
                }
            }
        }
        house.work().await;
        people::unbury(&house).await;
        house.close().await;
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn nobody_passes_without_a_session() {
    walk(&people::STRANGERS).await;
}

#[tokio::test]
async fn a_company_reaches_its_own_papers_and_each_role_its_own_deeds() {
    walk(&people::MINATO).await;
}

#[tokio::test]
async fn other_companies_find_nothing_of_it() {
    walk(&people::OTHER_COMPANIES).await;
}

#[tokio::test]
async fn staff_of_the_branch_and_of_the_head_office_see_it() {
    walk(&people::STAFF).await;
}

#[tokio::test]
async fn staff_of_other_branches_and_sureties_find_nothing_of_it() {
    walk(&people::OTHER_STAFF).await;
}

#[tokio::test]
async fn who_shows_a_key_sees_one_certificate() {
    walk(&people::HOLDERS).await;
}

/// A page opened on another site may not act for whoever is signed in here.
#[tokio::test]
async fn no_deed_is_done_for_a_page_of_another_site() {
    let house = House::told().await;
    let things = Things::of(&house).await;
    for guest in [&people::MINATO[0], &people::STAFF[0], &people::HOLDERS[0]] {
        let visitor = guest.enter(&house).await;
        for table in tables() {
            for line in table
                .lines
                .iter()
                .filter(|line| line.method == Method::POST)
            {
                for foreign in FOREIGN {
                    let path = line.path(&things);
                    let mut request = Request::post(path.as_str())
                        .header(header::HOST, HOST)
                        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                    for (name, value) in *foreign {
                        request = request.header(*name, *value);
                    }
                    let own = guest.site() == table.site;
                    if foreign.is_empty() && !own {
                        // Without a session of this site there is nobody to act for.
                        continue;
                    }
                    let page = visitor.clone().send(request, Body::empty(), &path).await;
                    assert_eq!(page.status, 403, "{} {path} with {foreign:?}", guest.name);
                }
            }
        }
        let mut visitor = visitor;
        let inside = visitor.get(guest.site().home()).await;
        assert_eq!(inside.status, 200, "{} is still signed in", guest.name);
    }
    people::unbury(&house).await;
    house.close().await;
}

/// Headers of requests that did not come from the site's own pages.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[("sec-fetch-site", "cross-site")],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "http://127.0.0.1:8080"),
    ],
    &[("origin", "https://elsewhere.example")],
    &[("origin", "null")],
    &[
        ("sec-fetch-site", "same-origin"),
        ("origin", "https://127.0.0.1:8081"),
    ],
    // A cookie, and nothing that says where it comes from.
    &[],
];

/// Looking without a body is looking.
#[tokio::test]
async fn head_is_guarded_as_get_is() {
    let house = House::told().await;
    let things = Things::of(&house).await;
    for table in tables() {
        for line in table.lines.iter().filter(|line| line.method == Method::GET) {
            let path = line.path(&things);
            let request = Request::head(path.as_str()).header(header::HOST, HOST);
            let page = house.stranger().send(request, Body::empty(), &path).await;
            let expected = table.expected(line, "anonymous");
            assert_eq!(outcome(table.site, &page), expected, "HEAD {path}");
            assert!(page.bytes.is_empty(), "HEAD {path} has a body");
        }
    }
    people::unbury(&house).await;
    house.close().await;
}
