//! A fetched page, and what every page owes its reader.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::response::Parts;
use axum::http::{StatusCode, header};
use scraper::{Html, Selector};

pub struct Page {
    pub path: String,
    pub status: u16,
    pub head: Parts,
    pub bytes: Vec<u8>,
    /// From the request to the answer's last byte.
    pub took: Duration,
}

impl Page {
    pub fn new(path: &str, head: Parts, bytes: Vec<u8>) -> Self {
        Self {
            path: path.split(['?', '#']).next().unwrap_or(path).to_owned(),
            status: head.status.as_u16(),
            head,
            bytes,
            took: Duration::ZERO,
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.head
            .headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> Option<String> {
        let location = self.header("location");
        (self.head.status == StatusCode::SEE_OTHER && !location.is_empty())
            .then(|| location.to_owned())
    }

    pub fn html(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    fn document(&self) -> Html {
        Html::parse_document(&self.html())
    }

    /// The text a person reads, blanks folded.
    pub fn text(&self) -> String {
        let document = self.document();
        let body = Selector::parse("main").unwrap();
        let text: String = match document.select(&body).next() {
            Some(main) => main.text().collect::<Vec<_>>().join(" "),
            None => self.html(),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Fails with the page's text where the words are missing. Blanks do not count.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        assert!(
            squeeze(&self.text()).contains(&squeeze(words)),
            "{} ({}) does not say 「{words}」:\n{}",
            self.path,
            self.status,
            self.text()
        );
        self
    }

    #[track_caller]
    pub fn never_says(&self, words: &str) -> &Self {
        assert!(
            !self.html().contains(words),
            "{} says 「{words}」",
            self.path
        );
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// Texts of everything a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.document()
            .select(&selector)
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    /// One attribute of everything a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.document()
            .select(&selector)
            .filter_map(|element| element.value().attr(name).map(str::to_owned))
            .collect()
    }

    /// The fields of the form that posts to an address, as a browser would send them untouched.
    pub fn form_fields(&self, action: &str) -> Vec<(String, String)> {
        let document = self.document();
        let forms = Selector::parse("form").unwrap();
        let controls = Selector::parse("input, textarea, select").unwrap();
        let options = Selector::parse("option[selected]").unwrap();
        let first = Selector::parse("option").unwrap();
        let form = document
            .select(&forms)
            .find(|form| form.value().attr("action") == Some(action))
            .unwrap_or_else(|| panic!("{} has no form for {action}", self.path));
        let mut fields = Vec::new();
        for control in form.select(&controls) {
            let value = control.value();
            let Some(name) = value.attr("name") else {
                continue;
            };
            let text = match value.name() {
                "textarea" => control.text().collect::<String>(),
                "select" => control
                    .select(&options)
                    .next()
                    .or_else(|| control.select(&first).next())
                    .map(|option| {
                        option
                            .value()
                            .attr("value")
                            .map_or_else(|| option.text().collect(), str::to_owned)
                    })
                    .unwrap_or_default(),
                _ => {
                    let kind = value.attr("type").unwrap_or("text");
                    if matches!(kind, "submit" | "button")
                        || matches!(kind, "checkbox" | "radio") && value.attr("checked").is_none()
                    {
                        continue;
                    }
                    let standard = if kind == "checkbox" { "on" } else { "" };
                    value.attr("value").unwrap_or(standard).to_owned()
                }
            };
            fields.push((name.to_owned(), text));
        }
        fields
    }

    /// What every answer owes: no accident, the headers, and of a page one h1, a title, Japanese,
    /// labels, ids said once, forms with an address.
    #[track_caller]
    pub fn check(&self) {
        assert!(
            self.status < 500 || self.status == 503,
            "{} answered {}: {}",
            self.path,
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        if !self.path.starts_with("/healthz") && !self.path.starts_with("/readyz") {
            assert!(
                self.header("content-security-policy")
                    .starts_with("default-src 'none'"),
                "{}",
                self.path
            );
            assert_eq!(
                self.header("x-content-type-options"),
                "nosniff",
                "{}",
                self.path
            );
        }
        let kind = self
            .head
            .headers
            .get(header::CONTENT_TYPE)
            .map_or("", |kind| kind.to_str().unwrap());
        if !kind.starts_with("text/html") || self.bytes.is_empty() {
            return;
        }
        let html = self.html();
        assert!(
            html.contains("<html lang=\"ja\""),
            "{} is not marked as Japanese",
            self.path
        );
        assert!(!html.contains(" style="), "{} has inline style", self.path);
        assert!(
            !html.contains("<script>"),
            "{} has inline script",
            self.path
        );
        assert_eq!(self.all("h1").len(), 1, "{} has not one h1", self.path);
        assert!(
            self.all("title").iter().any(|title| title.contains('｜')),
            "{} has no title",
            self.path
        );
        let ids = self.attributes("[id]", "id");
        let unique: HashSet<_> = ids.iter().collect();
        assert_eq!(
            ids.len(),
            unique.len(),
            "{} says an id twice: {ids:?}",
            self.path
        );
        let labelled: HashSet<_> = self.attributes("label[for]", "for").into_iter().collect();
        self.check_labels(&labelled);
        let forms = Selector::parse("form").unwrap();
        for form in self.document().select(&forms) {
            assert!(
                form.value()
                    .attr("action")
                    .is_some_and(|action| action.starts_with('/')),
                "{}: a form has no address",
                self.path
            );
        }
    }

    #[track_caller]
    fn check_labels(&self, labelled: &HashSet<String>) {
        let controls = Selector::parse("input, select, textarea").unwrap();
        let document = self.document();
        for control in document.select(&controls) {
            let value = control.value();
            if value.attr("type") == Some("hidden") {
                continue;
            }
            let named = value.attr("aria-label").is_some()
                || value.attr("aria-labelledby").is_some()
                || value.attr("id").is_some_and(|id| labelled.contains(id))
                || control.ancestors().any(|node| {
                    node.value()
                        .as_element()
                        .is_some_and(|element| element.name() == "label")
                });
            assert!(
                named,
                "{}: {:?} has no label",
                self.path,
                value.attr("name")
            );
        }
    }
}
