//! The two tables of the form: the members of a joint venture, the amounts per fiscal year. Each stands
//! folded until it is needed; cells are ordinary fields with labels and errors of their own.

use askama::Template;
use askama::filters::HtmlSafe;

use super::sheet::Sheet;
use crate::domain::field::Field;
use crate::domain::works::year_words;
use crate::web::field::FieldView;
use crate::web::summary::ErrorItem;

/// One line: what it is called, and its two cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    /// Not shown as things stand: the period does not reach it, and nothing is typed.
    pub spare: bool,
    pub cells: [FieldView; 2],
}

/// A table of the form; `{{ table }}` writes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "netdesk/applications/table.html")]
pub struct Table {
    /// For ids: `jv`, `years`.
    pub id: &'static str,
    pub open: bool,
    pub summary: &'static str,
    pub hint: &'static str,
    /// Head of the first column, and of the cells.
    pub heads: [&'static str; 3],
    pub lines: Vec<Line>,
}

impl HtmlSafe for Table {}

impl Table {
    /// Every sentence in it, with the ids to jump to.
    pub fn errors(&self) -> Vec<ErrorItem> {
        let cells = self.lines.iter().flat_map(|line| &line.cells);
        cells.flat_map(FieldView::errors).collect()
    }
}

impl Sheet<'_> {
    /// A cell: its label is heard, the head of its column is seen.
    fn cell(&self, field: Field, label: &str) -> FieldView {
        let mut cell = match field {
            field if is_amount(field) => self.money(field),
            _ => self.text(field),
        };
        label.clone_into(&mut cell.label);
        cell.bare()
    }

    /// 構成員と出資比率
    pub fn members(&self) -> Table {
        let lines: Vec<_> = Field::MEMBERS
            .into_iter()
            .map(|(member, share)| Line {
                label: member.label().to_owned(),
                spare: false,
                cells: [
                    self.cell(member, &format!("{}の会社名", member.label()))
                        .width("in--m"),
                    self.cell(share, &format!("{}の出資比率", member.label()))
                        .width("in--share num")
                        .input_mode("decimal"),
                ],
            })
            .collect();
        Table {
            id: "jv",
            open: self.used(Field::MEMBERS),
            summary: "構成員と出資比率を入力する（共同企業体のとき）",
            hint: "代表者を含めた全社と、出資比率（合計100%）を入力します。小数は2けたまでです。",
            heads: ["", "構成員（会社名）", "出資比率（%）"],
            lines,
        }
    }

    /// 年度ごとの金額
    pub fn years(&self) -> Table {
        let lines: Vec<_> = self
            .year_lines()
            .into_iter()
            .zip(1..)
            .map(|(line, number)| {
                let label = match line.year {
                    Some(year) => year_words(year),
                    None => format!("{number}年度目"),
                };
                Line {
                    spare: line.spare,
                    cells: [
                        self.cell(line.scheduled, &format!("{label}の出来高予定額")),
                        self.cell(line.ceiling, &format!("{label}の支払限度額")),
                    ],
                    label,
                }
            })
            .collect();
        Table {
            id: "years",
            open: self.obligation().is_some() || self.used(Field::YEARS),
            summary: "年度ごとの金額を入力する（債務負担行為・継続費のとき）",
            hint: "工期の始まる年度から順に、契約書の出来高予定額と支払限度額を入力します。",
            heads: ["年度", "出来高予定額", "支払限度額"],
            lines,
        }
    }

    fn used(&self, lines: [(Field, Field); 5]) -> bool {
        let mut fields = lines.into_iter().flat_map(<[Field; 2]>::from);
        fields.any(|field| !self.get(field).trim().is_empty() || self.error(field).is_some())
    }
}

fn is_amount(field: Field) -> bool {
    let mut years = Field::YEARS.into_iter().flat_map(<[Field; 2]>::from);
    years.any(|known| known == field)
}
