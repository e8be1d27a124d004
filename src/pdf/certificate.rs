//! 保証証書 on one A4 page, drawn from its frozen facts.
//!
//! The layout follows the leaflet (seed 000) in the dress of a paper certificate: double frame,
//! evenly spread labels, the amount larger than the rest.

use super::PdfError;
use super::fit::{Fit, fitting};
use super::font::Typeface;
use super::lines::{wrap, wrap_closed};
use super::page::{Area, Meta, Page};
use super::style::{Ink, Style};
use crate::domain::certificate::{CertificateFace, Occasion, Row};

/// Which of its three forms the certificate takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dress {
    /// An electronic certificate printed: marked 写し, says that no paper is issued.
    Copy {
        /// The foot line: when it was printed, from where, and what to check it against.
        line: String,
        /// What does not hold today ([`crate::domain::remark`]): beside the mark, and at the foot.
        remark: Vec<String>,
    },
    /// The paper certificate itself.
    Original,
    /// The paper certificate printed once more, marked 再印刷.
    Reprint {
        /// The foot line: why and when.
        note: String,
    },
}

impl Dress {
    fn mark(&self) -> Option<&'static str> {
        match self {
            Self::Copy { .. } => Some("写し"),
            Self::Original => None,
            Self::Reprint { .. } => Some("再印刷"),
        }
    }

    fn foot(&self) -> Option<String> {
        match self {
            Self::Copy { line, remark } if remark.is_empty() => Some(line.clone()),
            Self::Copy { line, remark } => Some(format!("{}　{line}", remark.join("　"))),
            Self::Original => None,
            Self::Reprint { note } => Some(note.clone()),
        }
    }

    fn remark(&self) -> &[String] {
        match self {
            Self::Copy { remark, .. } => remark,
            Self::Original | Self::Reprint { .. } => &[],
        }
    }
}

/// The side note of an electronic certificate (seed 000).
const NO_PAPER: [&str; 2] = ["保証証書（書面）の発行は行わない", "電子的な取扱となります"];

const LEFT: f32 = 24.0;
const RIGHT: f32 = 186.0;
const MIDDLE: f32 = 105.0;
/// Where labels are spread, and where values begin.
const LABEL: f32 = 25.0;
const LABEL_WIDTH: f32 = 38.5;
const VALUE: f32 = 69.0;
/// In points. Near enough to each other that a reader takes label and value for one line.
const LABEL_SIZE: f32 = 10.2;
const VALUE_SIZE: f32 = 10.6;
/// The inner frame's lower edge is at 281.4 mm.
const BOTTOM: f32 = 277.0;

/// The certificate as a PDF of one A4 page. Long texts wrap; where the page would be full, everything
/// is set a little smaller.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for a character no document font has, [`PdfError::Broken`] where a font
/// or the file cannot be written.
pub fn certificate(face: &CertificateFace, dress: &Dress) -> Result<Vec<u8>, PdfError> {
    let page = fitting(|fit| Sheet::draw(face, dress, fit))?;
    page.finish(&Meta {
        title: format!("{} {}", face.title(), face.number),
        author: face.issuer.name.clone(),
        dated: Some(face.dated),
    })
}

struct Sheet<'face> {
    page: Page,
    face: &'face CertificateFace,
    fit: Fit,
    /// The lower edge of what is drawn, from the top, in mm.
    y: f32,
}

impl<'face> Sheet<'face> {
    /// The drawn page and the room left between the body and the notes at its foot, in mm; negative
    /// where they overlap.
    fn draw(
        face: &'face CertificateFace,
        dress: &Dress,
        fit: Fit,
    ) -> Result<(Page, f32), PdfError> {
        let mut sheet = Sheet {
            page: Page::new(),
            face,
            fit,
            y: 0.0,
        };
        sheet.frame();
        sheet.head(dress)?;
        sheet.rows()?;
        sheet.vow()?;
        sheet.issuer()?;
        sheet.branch()?;
        let body = sheet.y;
        let foot = sheet.foot(dress)?;
        let notes = sheet.notes(foot)?;
        Ok((sheet.page, notes - body))
    }

    fn mm(&self, value: f32) -> f32 {
        value * self.fit.air
    }

    fn style(&self, typeface: Typeface, size: f32) -> Style {
        Style::new(typeface, size * self.fit.size)
    }

    fn frame(&mut self) {
        let frame = |inset: f32| Area {
            x: 14.0 + inset,
            y: 14.0 + inset,
            width: 182.0 - 2.0 * inset,
            height: 269.0 - 2.0 * inset,
        };
        self.page
            .area(frame(0.0), 0.0, Some((0.35, Ink::DARK)), None);
        self.page
            .area(frame(1.6), 0.0, Some((0.15, Ink::GREY)), None);
    }

    fn head(&mut self, dress: &Dress) -> Result<(), PdfError> {
        if let Some(mark) = dress.mark() {
            let style = Style::new(Typeface::SerifBold, 12.0).tracking(0.4);
            let width = style.width(mark)? + 10.0;
            let area = Area {
                x: LEFT + 1.5,
                y: 24.0,
                width,
                height: 7.8,
            };
            self.page.area(area, 0.0, Some((0.5, Ink::DARK)), None);
            self.page
                .text_centred(area.x + width / 2.0, 29.5, &style, mark)?;
            self.remark(area.x + width + 3.0, dress)?;
        }
        let date = crate::domain::era::padded(self.face.dated);
        let style = Style::new(Typeface::Serif, 11.0).tracking(0.03);
        self.page.text_right(RIGHT, 27.5, &style, &date)?;

        let style = Style::new(Typeface::SerifBold, 23.0).tracking(0.5);
        let (name, product) = self.face.title_lines();
        self.page.text_centred(MIDDLE, 41.0, &style, name)?;
        let style = Style::new(Typeface::Serif, 12.0).tracking(0.12);
        let product = format!("（{product}）");
        self.page.text_centred(MIDDLE, 48.3, &style, &product)?;
        self.y = 54.5;
        if let Occasion::Change { .. } = self.face.occasion {
            self.page
                .text_centred(MIDDLE, 54.8, &style, &self.face.occasion.label())?;
            self.y = 59.5;
        }
        if let Dress::Copy { .. } = dress {
            let style = Style::new(Typeface::Sans, 7.5).ink(Ink::DARK);
            let width = style.width(NO_PAPER[0])? + 4.4;
            let area = Area {
                x: RIGHT - width,
                y: 38.6,
                width,
                height: 10.8,
            };
            self.page.area(area, 0.0, Some((0.2, Ink::GREY)), None);
            for (line, y) in NO_PAPER.into_iter().zip([43.2, 47.4]) {
                self.page.text(area.x + 2.2, y, &style, line)?;
            }
        }
        Ok(())
    }

    /// What does not hold today, between the mark and the date.
    fn remark(&mut self, left: f32, dress: &Dress) -> Result<(), PdfError> {
        let style = Style::new(Typeface::Sans, 10.0).ink(Ink::DARK);
        let room = RIGHT - 46.0 - left;
        for (words, y) in dress.remark().iter().zip([27.0, 31.6]) {
            let style = style.fitting(words, room)?;
            self.page.text(left, y, &style, words)?;
        }
        Ok(())
    }

    fn rows(&mut self) -> Result<(), PdfError> {
        let rows = self.face.rows();
        for (index, row) in rows.iter().enumerate() {
            let (weight, ink) = if index == 0 {
                (0.5, Ink::DARK)
            } else {
                (0.2, Ink::LIGHT)
            };
            self.page.rule(LEFT, RIGHT, self.y, weight, ink);
            self.row(row)?;
        }
        self.page.rule(LEFT, RIGHT, self.y, 0.5, Ink::DARK);
        Ok(())
    }

    fn row(&mut self, row: &Row) -> Result<(), PdfError> {
        let style = if row.strong {
            self.style(Typeface::SerifBold, 14.0).tracking(0.04)
        } else {
            self.style(Typeface::Serif, VALUE_SIZE).tracking(0.02)
        };
        let label = self.style(Typeface::Serif, LABEL_SIZE).ink(Ink::DARK);
        // Every row's first baseline is at the same depth, so that label and value share it.
        let mut baseline = self.y + self.mm(if row.strong { 7.0 } else { 6.65 });
        self.page
            .text_label((LABEL, LABEL_WIDTH, VALUE), baseline, &label, row.label)?;
        let pitch = style.em() * 1.7;
        baseline -= pitch;
        for text in &row.lines {
            let (style, lines) = wrap_closed(&style, text, RIGHT - VALUE)?;
            for line in lines {
                baseline += pitch;
                self.page.text(VALUE, baseline, &style, line)?;
            }
        }
        self.y = baseline + self.mm(if row.strong { 4.1 } else { 3.85 });
        Ok(())
    }

    fn vow(&mut self) -> Result<(), PdfError> {
        let style = self.style(Typeface::Serif, VALUE_SIZE).tracking(0.02);
        let indented = format!("　{}", self.face.vow);
        let mut baseline = self.y + self.mm(9.2);
        let (style, lines) = wrap_closed(&style, &indented, RIGHT - LEFT)?;
        for line in lines {
            self.page.text(LEFT, baseline, &style, line)?;
            baseline += style.em() * 1.75;
        }
        self.y = baseline - style.em() * 1.75;
        Ok(())
    }

    fn issuer(&mut self) -> Result<(), PdfError> {
        let face = self.face;
        let issuer = &face.issuer;
        let room = RIGHT - LEFT;
        let plain = self.style(Typeface::Serif, VALUE_SIZE).tracking(0.02);
        let name = self
            .style(Typeface::SerifBold, 14.0)
            .tracking(0.08)
            .fitting(&issuer.name, room)?;
        let wide = plain.tracking(0.1);
        let title = format!("{}　", issuer.president_title);
        let address = plain.fitting(&issuer.address, room)?;
        let widths = [
            address.width(&issuer.address)?,
            name.width(&issuer.name)?,
            plain.width(&title)? + wide.width(&issuer.president_name)?,
        ];
        let left = RIGHT - widths.into_iter().fold(0.0, f32::max);
        let mut baseline = self.y + self.mm(13.5);
        self.page.text(left, baseline, &address, &issuer.address)?;
        baseline += self.mm(8.0);
        self.page.text(left, baseline, &name, &issuer.name)?;
        baseline += self.mm(8.0);
        let plain = plain.fitting(&format!("{title}{}", issuer.president_name), room)?;
        let end = left + self.page.text(left, baseline, &plain, &title)?;
        self.page
            .text(end, baseline, &plain.tracking(0.1), &issuer.president_name)?;
        self.y = baseline;
        Ok(())
    }

    fn branch(&mut self) -> Result<(), PdfError> {
        let branch = &self.face.branch;
        let style = self.style(Typeface::Serif, 9.5).tracking(0.03);
        let lines = [
            branch.name.clone(),
            format!("TEL：{}", branch.tel),
            format!("FAX：{}", branch.fax),
        ];
        let mut width = 0.0_f32;
        for line in &lines {
            width = width.max(style.width(line)?);
        }
        let label = "取扱箇所";
        let left = RIGHT - width;
        let mut baseline = self.y + self.mm(10.5);
        self.page.text(
            left - self.mm(5.0) - style.width(label)?,
            baseline,
            &style,
            label,
        )?;
        for line in &lines {
            self.page.text(left, baseline, &style, line)?;
            baseline += self.mm(5.3);
        }
        self.y = baseline - self.mm(5.3) + self.mm(2.5);
        Ok(())
    }

    /// The foot line; returns its upper edge.
    fn foot(&mut self, dress: &Dress) -> Result<f32, PdfError> {
        let Some(text) = dress.foot() else {
            return Ok(BOTTOM - 2.5);
        };
        let style = Style::new(Typeface::Sans, 7.2).ink(Ink::DARK);
        let lines = wrap(&style, &text, RIGHT - LEFT)?;
        let pitch = style.em() * 1.55;
        let mut baseline = BOTTOM;
        for line in lines.iter().rev() {
            self.page.text(LEFT, baseline, &style, line)?;
            baseline -= pitch;
        }
        let top = baseline - 1.0;
        self.page.rule(LEFT, RIGHT, top, 0.2, Ink::GREY);
        Ok(top - 3.6)
    }

    /// （注）, standing on `bottom`; returns their upper edge.
    fn notes(&mut self, bottom: f32) -> Result<f32, PdfError> {
        if self.face.notes.is_empty() {
            return Ok(bottom);
        }
        let style = self.style(Typeface::Serif, 9.2).ink(Ink::DARK);
        let left = LEFT + style.width("（注）")?;
        let text = left + style.width("1.　")?;
        let mut lines = Vec::new();
        for (index, note) in self.face.notes.iter().enumerate() {
            for (part, line) in wrap(&style, note, RIGHT - text)?.into_iter().enumerate() {
                let number = (part == 0).then(|| format!("{}.", index + 1));
                lines.push((number, line));
            }
        }
        let mut baseline = bottom;
        for (number, line) in lines.iter().rev() {
            self.page.text(text, baseline, &style, line)?;
            if let Some(number) = number {
                self.page.text(left, baseline, &style, number)?;
            }
            baseline -= style.em() * 1.65;
        }
        let first = baseline + style.em() * 1.65;
        self.page.text(LEFT, first, &style, "（注）")?;
        let top = first - self.mm(6.2);
        self.page.dotted(LEFT, RIGHT, top, Ink::GREY);
        Ok(top)
    }
}
