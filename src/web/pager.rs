//! 「全1ページ(8件)中の1ページ目を表示しています」

use askama::Template;
use askama::filters::HtmlSafe;

/// One place in the row of page numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The page shown.
    Here(u64),
    /// Another page and its address.
    Page(u64, String),
    /// Pages left out.
    Gap,
}

/// Below a list; `{{ pager }}` in a template.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/pager.html")]
pub struct Pager {
    /// The leaflet's sentence, or the one for many hits.
    pub words: String,
    /// 前へ
    pub previous: Option<String>,
    /// 次へ
    pub next: Option<String>,
    /// The page numbers; none where the list is read by keyset.
    pub steps: Vec<Step>,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// Up to 1,000 hits: every page can be reached. `page` counts from 1; `href` gives the
    /// address of a page. A page behind the last one counts as the last.
    pub fn pages(total: u64, per_page: u64, page: u64, href: impl Fn(u64) -> String) -> Self {
        let last = total.div_ceil(per_page.max(1)).max(1);
        let page = page.clamp(1, last);
        let mut steps = Vec::new();
        if last > 1 {
            let shown = |n: u64| n == 1 || n == last || n.abs_diff(page) <= 1;
            for n in 1..=last {
                if n == page {
                    steps.push(Step::Here(n));
                } else if shown(n) {
                    steps.push(Step::Page(n, href(n)));
                } else if steps.last() != Some(&Step::Gap) {
                    steps.push(Step::Gap);
                }
            }
        }
        Self {
            words: format!("全{last}ページ({total}件)中の{page}ページ目を表示しています"),
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < last).then(|| href(page + 1)),
            steps,
        }
    }

    /// More than 1,000 hits: forwards and backwards by keyset.
    pub fn keyset(previous: Option<String>, next: Option<String>) -> Self {
        Self {
            words: "1,000件以上あります。条件をしぼると、ページの数を表示します".into(),
            previous,
            next,
            steps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(pager: &Pager) -> String {
        let each = pager.steps.iter().map(|step| match step {
            Step::Here(n) => format!("[{n}]"),
            Step::Page(n, _) => n.to_string(),
            Step::Gap => "…".into(),
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn it_speaks_the_leaflets_words() {
        let pager = Pager::pages(8, 20, 1, |n| format!("?page={n}"));
        assert_eq!(pager.words, "全1ページ(8件)中の1ページ目を表示しています");
        assert_eq!(
            (numbers(&pager), pager.previous, pager.next),
            (String::new(), None, None)
        );
    }

    #[test]
    fn far_pages_are_left_out_but_the_ends_stay() {
        let at = |page| numbers(&Pager::pages(1_000, 20, page, |n| format!("?page={n}")));
        assert_eq!(at(1), "[1] 2 … 50");
        assert_eq!(at(25), "1 … 24 [25] 26 … 50");
        assert_eq!(at(99), "1 … 49 [50]");
    }

    #[test]
    fn nothing_found_is_one_empty_page() {
        let pager = Pager::pages(0, 20, 3, |n| format!("?page={n}"));
        assert_eq!(pager.words, "全1ページ(0件)中の1ページ目を表示しています");
    }
}
