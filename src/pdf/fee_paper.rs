//! Papers about fees: 保証料計算書, 保証料返還計算書, 一括納付の計算書, 領収証. One frame, as many pages as
//! the lines need.

use time::Date;

use super::PdfError;
use super::font::Typeface;
use super::lines::wrap;
use super::page::{Area, Meta, Page};
use super::style::{Ink, Style};
use crate::domain::era;

/// What such a paper says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeePaper {
    /// 保証料計算書
    pub title: &'static str,
    /// Under the title: 再発行, 「DEMO…」
    pub marks: Vec<String>,
    /// 「計算書番号 2026-11-00001」; empty where there is none.
    pub number: String,
    pub dated: Option<Date>,
    /// みなと建設株式会社
    pub to: String,
    pub to_address: String,
    pub surety_name: String,
    pub surety_address: String,
    /// Branch, telephone, hours, a line each.
    pub contact: Vec<String>,
    /// Before the sum.
    pub lead: String,
    /// 「保証料」 and 「30,000円」
    pub sum: (String, String),
    /// Beneath the sum: 非課税, うち消費税.
    pub sum_note: String,
    pub facts: Vec<(String, String)>,
    /// Over the rows; without rows it is not printed.
    pub rows_title: &'static str,
    pub rows: Vec<PaperRow>,
    pub notes: Vec<String>,
}

/// A line of the working, or of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    pub label: String,
    pub working: String,
    pub value: String,
    pub heading: bool,
}

const LEFT: f32 = 20.0;
const RIGHT: f32 = 190.0;
const BOTTOM: f32 = 277.0;
/// Where workings end and values begin.
const WORKING: f32 = 150.0;
const BLUE: Ink = Ink(0x00, 0x55, 0xAD);
const PALE: Ink = Ink(0xEE, 0xF6, 0xFD);

/// The paper as a PDF.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for a character no document font has, [`PdfError::Broken`] where a font
/// or the file cannot be written.
pub fn fee_paper(paper: &FeePaper) -> Result<Vec<u8>, PdfError> {
    let mut sheet = Sheet {
        page: Page::new(),
        paper,
        y: 0.0,
        pages: 1,
    };
    sheet.head()?;
    sheet.sum()?;
    sheet.facts()?;
    sheet.rows()?;
    sheet.notes()?;
    sheet.foot()?;
    sheet.page.finish(&Meta {
        title: [paper.title, &paper.number].join(" ").trim().to_owned(),
        author: paper.surety_name.clone(),
        dated: paper.dated,
    })
}

struct Sheet<'paper> {
    page: Page,
    paper: &'paper FeePaper,
    /// The lower edge of what is drawn, from the top, in mm.
    y: f32,
    pages: usize,
}

fn sans(size: f32) -> Style {
    Style::new(Typeface::Sans, size)
}

impl Sheet<'_> {
    fn head(&mut self) -> Result<(), PdfError> {
        let paper = self.paper;
        let title = sans(18.0).tracking(0.12).heavy();
        self.page.text_centred(105.0, 27.0, &title, paper.title)?;
        self.y = 33.0;
        for mark in &paper.marks {
            let style = sans(11.0).heavy().fitting(mark, RIGHT - LEFT)?;
            self.page.text_centred(105.0, self.y + 2.0, &style, mark)?;
            self.y += 6.0;
        }
        self.page.rule(LEFT, RIGHT, self.y, 0.6, BLUE);
        self.y += 7.0;
        let small = sans(9.5);
        let mut right = self.y;
        if let Some(date) = paper.dated {
            self.page
                .text_right(RIGHT, right, &small, &era::plain(date))?;
            right += 5.0;
        }
        if !paper.number.is_empty() {
            self.page.text_right(RIGHT, right, &small, &paper.number)?;
            right += 5.0;
        }
        let to = format!("{}　御中", paper.to);
        let name = sans(13.0).heavy();
        let mut left = self.y + 6.0;
        for line in wrap(&small, &paper.to_address, 88.0)? {
            self.page.text(LEFT, left, &small, line)?;
            left += 5.0;
        }
        left += 1.5;
        for line in wrap(&name, &to, 88.0)? {
            self.page.text(LEFT, left, &name, line)?;
            left += 6.5;
        }
        right += 9.0;
        let surety = sans(11.5).heavy().fitting(&paper.surety_name, 78.0)?;
        self.page.text(112.0, right, &surety, &paper.surety_name)?;
        right += 5.5;
        for text in std::iter::once(&paper.surety_address).chain(&paper.contact) {
            for line in wrap(&small, text, 78.0)? {
                self.page.text(112.0, right, &small, line)?;
                right += 5.0;
            }
        }
        self.y = left.max(right) + 2.0;
        Ok(())
    }

    fn sum(&mut self) -> Result<(), PdfError> {
        let paper = self.paper;
        let lead = sans(10.5);
        for line in wrap(&lead, &paper.lead, RIGHT - LEFT)? {
            self.y += 5.5;
            self.page.text(LEFT, self.y, &lead, line)?;
        }
        self.y += 4.0;
        let area = Area {
            x: LEFT,
            y: self.y,
            width: RIGHT - LEFT,
            height: 17.0,
        };
        self.page.area(area, 1.5, Some((0.3, BLUE)), Some(PALE));
        let (label, value) = &paper.sum;
        let base = self.y + 10.8;
        self.page
            .text(LEFT + 6.0, base, &sans(12.0).heavy(), label)?;
        let note = sans(9.0).ink(Ink::DARK);
        let width = note.width(&paper.sum_note)?;
        self.page
            .text_right(RIGHT - 6.0, base, &note, &paper.sum_note)?;
        let figure = sans(19.0).heavy().fitting(value, 95.0)?;
        let edge = RIGHT - 6.0 - if width > 0.0 { width + 4.0 } else { 0.0 };
        self.page.text_right(edge, base + 0.8, &figure, value)?;
        self.y += 17.0 + 3.0;
        Ok(())
    }

    fn facts(&mut self) -> Result<(), PdfError> {
        let (style, label_style) = (sans(10.0), sans(9.5).ink(Ink::DARK));
        for (label, value) in &self.paper.facts {
            let lines = wrap(&style, value, RIGHT - LEFT - 42.0)?;
            self.room(6.5 * rows_of(lines.len()))?;
            self.page
                .text(LEFT + 2.0, self.y + 4.6, &label_style, label)?;
            for line in lines {
                self.page.text(LEFT + 42.0, self.y + 4.6, &style, line)?;
                self.y += 5.2;
            }
            self.y += 1.3;
            self.page.rule(LEFT, RIGHT, self.y, 0.15, Ink::LIGHT);
        }
        Ok(())
    }

    fn rows(&mut self) -> Result<(), PdfError> {
        let paper = self.paper;
        if paper.rows.is_empty() {
            return Ok(());
        }
        self.room(24.0)?;
        self.y += 9.0;
        self.page
            .text(LEFT, self.y, &sans(11.5).heavy(), paper.rows_title)?;
        self.y += 2.5;
        self.page.rule(LEFT, RIGHT, self.y, 0.4, Ink::DARK);
        for row in &paper.rows {
            self.row(row)?;
        }
        self.page.rule(LEFT, RIGHT, self.y, 0.4, Ink::DARK);
        Ok(())
    }

    /// The working stands between label and value where there is room, else beneath the label.
    fn row(&mut self, row: &PaperRow) -> Result<(), PdfError> {
        let (label, small) = (sans(9.8), sans(9.0).ink(Ink::DARK));
        if row.heading {
            self.room(16.0)?;
            self.page
                .text(LEFT + 2.0, self.y + 6.2, &sans(10.0).heavy(), &row.label)?;
            self.y += 8.4;
            self.page.rule(LEFT, RIGHT, self.y, 0.15, Ink::LIGHT);
            return Ok(());
        }
        let labels = wrap(&label, &row.label, WORKING - LEFT - 4.0)?;
        let beside = labels.len() == 1
            && label.width(&row.label)? + small.width(&row.working)? + 8.0 < WORKING - LEFT;
        let workings = if beside || row.working.is_empty() {
            Vec::new()
        } else {
            wrap(&small, &row.working, WORKING - LEFT - 8.0)?
        };
        self.room(6.8 * rows_of(labels.len() + workings.len()))?;
        let base = self.y + 4.8;
        let value = sans(10.0).fitting(&row.value, RIGHT - WORKING - 2.0)?;
        let wide = sans(10.0).width(&row.value)? > RIGHT - WORKING - 2.0;
        if !wide {
            self.page
                .text_right(RIGHT - 2.0, base, &value, &row.value)?;
        }
        if beside && !row.working.is_empty() {
            self.page.text_right(WORKING, base, &small, &row.working)?;
        }
        for line in labels {
            self.y += 5.2;
            self.page.text(LEFT + 2.0, self.y - 0.4, &label, line)?;
        }
        for line in workings {
            self.y += 4.8;
            self.page.text(LEFT + 6.0, self.y - 0.4, &small, line)?;
        }
        if wide {
            for line in wrap(&sans(9.8), &row.value, RIGHT - LEFT - 8.0)? {
                self.y += 5.2;
                self.page.text(LEFT + 6.0, self.y - 0.4, &sans(9.8), line)?;
            }
        }
        self.y += 1.6;
        self.page.rule(LEFT, RIGHT, self.y, 0.15, Ink::LIGHT);
        Ok(())
    }

    fn notes(&mut self) -> Result<(), PdfError> {
        let style = sans(9.0).ink(Ink::DARK);
        self.y += 3.0;
        for note in &self.paper.notes {
            let lines = wrap(&style, note, RIGHT - LEFT - 4.0)?;
            self.room(4.8 * rows_of(lines.len()) + 1.0)?;
            for line in lines {
                self.y += 4.8;
                self.page.text(LEFT + 2.0, self.y, &style, line)?;
            }
        }
        Ok(())
    }

    /// Begins another page where so much room is not left.
    fn room(&mut self, height: f32) -> Result<(), PdfError> {
        if self.y + height <= BOTTOM {
            return Ok(());
        }
        self.foot()?;
        self.page.turn();
        self.pages += 1;
        let words = format!("{}（続き）　{}", self.paper.title, self.paper.number);
        self.page
            .text(LEFT, 20.0, &sans(9.5).ink(Ink::DARK), words.trim_end())?;
        self.y = 24.0;
        self.page.rule(LEFT, RIGHT, self.y, 0.4, Ink::DARK);
        Ok(())
    }

    fn foot(&mut self) -> Result<(), PdfError> {
        let style = sans(8.5).ink(Ink::GREY);
        self.page
            .text(LEFT, 285.0, &style, &self.paper.surety_name)?;
        let words = format!("{}ページ", self.pages);
        self.page.text_right(RIGHT, 285.0, &style, &words)
    }
}

fn rows_of(count: usize) -> f32 {
    f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use lopdf::Document;
    use time::macros::date;

    use super::*;

    fn paper(rows: usize) -> FeePaper {
        FeePaper {
            title: "一括納付 保証料計算書",
            marks: vec!["再発行（2026/07/02 14:30、2回目）".to_owned()],
            number: "計算書番号 2026-11-00001".to_owned(),
            dated: Some(date!(2026 - 12 - 01)),
            to: "有限会社\u{9AD9}橋\u{FA11}工務店".to_owned(),
            to_address: "茨城県取手市見本台3番3号".to_owned(),
            surety_name: "みらい建設業保証株式会社".to_owned(),
            surety_address: "東京都中央区見本町二丁目7番10号".to_owned(),
            contact: vec!["茨城支店".to_owned(), "TEL：029-000-0000".to_owned()],
            lead: "　2026年11月分の保証料を次のとおりまとめました。".to_owned(),
            sum: ("お支払額".to_owned(), "9,999,999,999,999円".to_owned()),
            sum_note: "うち消費税 705円".to_owned(),
            facts: vec![("工事名".to_owned(), "市道改良工事（第２期）".repeat(12))],
            rows_title: "明細",
            rows: (0..rows)
                .map(|at| PaperRow {
                    label: format!(
                        "2026/11/{:02}　35075-{at:05}M　前払金保証（新規）",
                        at % 30 + 1
                    ),
                    working: "市道改良工事（第２期）".repeat(1 + at % 9),
                    value: "△1,234,567円".to_owned(),
                    heading: at % 40 == 0,
                })
                .collect(),
            notes: vec!["※△は、お返しする保証料です。".to_owned()],
        }
    }

    fn pages(bytes: &[u8]) -> usize {
        Document::load_mem(bytes).unwrap().get_pages().len()
    }

    #[test]
    fn it_takes_the_pages_it_needs_and_the_same_input_gives_the_same_bytes() {
        let short = fee_paper(&paper(3)).unwrap();
        assert_eq!(pages(&short), 1);
        assert_eq!(short, fee_paper(&paper(3)).unwrap());
        let long = fee_paper(&paper(120)).unwrap();
        assert!((5..12).contains(&pages(&long)), "{}", pages(&long));
    }

    #[test]
    fn a_character_no_font_has_is_an_error_and_no_gap() {
        let mut odd = paper(1);
        odd.to = "\u{1F4B0}".to_owned();
        assert_eq!(fee_paper(&odd), Err(PdfError::MissingGlyph('\u{1F4B0}')));
    }
}
