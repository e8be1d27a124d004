//! What holds for every page, read from its HTML.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

fn all<'a>(html: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(css).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// Fails with the page's name and what is wrong.
pub fn page(name: &str, source: &str) {
    let html = Html::parse_document(source);
    assert!(html.errors.is_empty(), "{name}: {:?}", html.errors);
    assert_eq!(all(&html, "h1").len(), 1, "{name}: one h1");
    assert_eq!(all(&html, "html[lang=ja][data-site]").len(), 1, "{name}");
    // The longest form, and the same with a sentence at every field.
    let most = if source.contains("class=\"errs") {
        112
    } else {
        66
    };
    assert!(source.len() < most * 1024, "{name}: {} bytes", source.len());
    let title = text(all(&html, "title")[0]);
    assert!(
        title.contains('｜') && !title.contains('\n'),
        "{name}: {title}"
    );
    links(name, &html);
    controls(name, &html);
    errors(name, &html, &title);
    for element in all(&html, "*") {
        for (attribute, _) in element.value().attrs() {
            let inline = attribute == "style" || attribute.starts_with("on");
            assert!(!inline, "{name}: {attribute} is forbidden by the CSP");
        }
    }
    assert!(
        all(&html, "script:not([src]), [disabled], [placeholder]").is_empty(),
        "{name}"
    );
}

/// Every id is unique, and everything that names an id finds it.
fn links(name: &str, html: &Html) {
    let mut ids = BTreeSet::new();
    for element in all(html, "[id]") {
        let id = element.attr("id").unwrap();
        assert!(ids.insert(id), "{name}: id {id} twice");
    }
    let attributes = [
        "aria-describedby",
        "aria-labelledby",
        "aria-controls",
        "for",
        "popovertarget",
        "list",
    ];
    for attribute in attributes {
        for element in all(html, &format!("[{attribute}]")) {
            for id in element.attr(attribute).unwrap().split(' ') {
                assert!(ids.contains(id), "{name}: {attribute}={id} leads nowhere");
            }
        }
    }
    for element in all(html, "a[href^='#'], use") {
        let id = element.attr("href").unwrap().trim_start_matches('#');
        assert!(ids.contains(id), "{name}: #{id} leads nowhere");
    }
    for element in all(html, "link[href], script[src]") {
        let to = element.attr("href").or(element.attr("src")).unwrap();
        assert!(
            to.starts_with("/static/") && to != "/static/unknown",
            "{name}: {to}"
        );
    }
}

/// Every control has a name to read out, every form an address.
fn controls(name: &str, html: &Html) {
    for element in all(html, "input:not([type=hidden]), select, textarea") {
        let id = element.attr("id").unwrap_or_default();
        let inside = element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|e| e.value().name() == "label");
        let outside = !all(html, &format!("label[for='{id}']")).is_empty();
        assert!(inside || outside, "{name}: {id} has no label");
    }
    for element in all(html, "form") {
        assert!(
            element.attr("action").is_some(),
            "{name}: a form without an address"
        );
    }
    for element in all(html, "[role=radiogroup], [role=group]") {
        assert!(
            element.attr("aria-labelledby").is_some(),
            "{name}: a nameless group"
        );
    }
}

/// The box, the fields and the title tell the same.
fn errors(name: &str, html: &Html, title: &str) {
    let told: Vec<_> = all(html, ".errs li a").into_iter().map(text).collect();
    let beside: Vec<_> = all(html, ".err").into_iter().map(text).collect();
    assert_eq!(told, beside, "{name}: the box and the fields say the same");
    assert_eq!(
        !told.is_empty(),
        title.starts_with("エラー："),
        "{name}: {title}"
    );
    for element in all(html, "[aria-invalid=true]") {
        let described = element.attr("aria-describedby").unwrap_or_default();
        assert!(
            described.split(' ').any(|id| id.starts_with("e-")),
            "{name}: {described}"
        );
    }
    for error in all(html, ".err") {
        let id = error.attr("id").unwrap();
        let said = all(
            html,
            &format!("[aria-invalid=true][aria-describedby~='{id}']"),
        );
        assert_eq!(said.len(), 1, "{name}: {id} belongs to one control");
    }
}
