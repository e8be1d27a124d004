//! The tables of the walk: a line per route and example, a column per kind of visitor.

use akashi::web::site::Site;
use axum::http::Method;

use super::people::Things;

pub struct Table {
    pub site: Site,
    columns: Vec<String>,
    pub lines: Vec<Line>,
}

pub struct Line {
    pub method: Method,
    /// With its parameters.
    template: String,
    /// One word for each parameter.
    with: Vec<String>,
    cells: Vec<String>,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Table {
    pub fn read(site: Site, text: &str) -> Self {
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
            .map(|line| line.split_once('|').unwrap());
        let columns = words(lines.next().unwrap().1);
        let lines: Vec<Line> = lines.map(|(left, right)| Line::read(left, right)).collect();
        for line in &lines {
            assert_eq!(
                line.cells.len(),
                columns.len(),
                "a cell is missing: {}",
                line.template
            );
            let parameters = line.template.matches('{').count();
            assert_eq!(
                line.with.len(),
                parameters,
                "not every parameter has its word: {}",
                line.template
            );
        }
        Self {
            site,
            columns,
            lines,
        }
    }

    /// What a visitor is to get: the own column, else that of everybody from elsewhere.
    pub fn expected<'a>(&self, line: &'a Line, visitor: &str) -> &'a str {
        let column = |name: &str| self.columns.iter().position(|column| column == name);
        let at = column(visitor).or_else(|| column("elsewhere")).unwrap();
        &line.cells[at]
    }
}

impl Line {
    fn read(left: &str, right: &str) -> Self {
        let mut left = words(left).into_iter();
        let method = left.next().unwrap().parse().unwrap();
        Self {
            method,
            template: left.next().unwrap(),
            with: left.collect(),
            cells: words(right),
        }
    }

    /// As the site's own table names it.
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// The address with the things in it.
    pub fn path(&self, things: &Things) -> String {
        let mut path = self.template.clone();
        for word in &self.with {
            let (open, close) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(open..=close, &things.named(word));
        }
        path
    }
}
