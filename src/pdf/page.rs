//! One A4 page drawn in millimetres from its top left corner.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, DictItem, LineDashPattern, Op, PaintMode, PdfFontHandle, Polygon, PolygonRing, Pt,
    TextItem, TextMatrix, TextRenderingMode, WindingOrder,
};

use super::PdfError;
use super::embed::{Fonts, font_id};
pub use super::finish::Meta;
use super::finish::{finish, utf16_bytes};
use super::font::{Glyph, glyphs};
pub use super::shapes::Area;
use super::shapes::{colour, corner, point, pt, round, rounded, square};
use super::style::{Ink, Style};

/// A page being drawn.
#[derive(Debug, Default)]
pub struct Page {
    ops: Vec<Op>,
    /// Pages before this one.
    before: Vec<Vec<Op>>,
    fonts: Fonts,
}

impl Page {
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws one line from `x`, its baseline at `y`, and returns its width in mm.
    ///
    /// # Errors
    /// [`PdfError::MissingGlyph`] for a character the font lacks.
    pub fn text(&mut self, x: f32, y: f32, style: &Style, text: &str) -> Result<f32, PdfError> {
        let (typeface, heavy, signs) = style.signs(text)?;
        let style = &Style {
            typeface,
            heavy,
            ..*style
        };
        let gaps = vec![style.tracking; signs.len()];
        // Letters set wide apart, and what a wide blank divides, would be read as columns of their own.
        let apart = style.tracking > 0.12 || text.contains(['\u{3000}', ' ']);
        let said = apart.then_some(text);
        self.show(x, y, style, &signs, &gaps, said);
        Ok(style.width_of(&signs))
    }

    /// Draws one line whose right edge is at `right`.
    ///
    /// # Errors
    /// As [`Page::text`].
    pub fn text_right(
        &mut self,
        right: f32,
        y: f32,
        style: &Style,
        text: &str,
    ) -> Result<(), PdfError> {
        self.text(right - style.width(text)?, y, style, text)
            .map(drop)
    }

    /// Draws one line in the middle of the page.
    ///
    /// # Errors
    /// As [`Page::text`].
    pub fn text_centred(
        &mut self,
        middle: f32,
        y: f32,
        style: &Style,
        text: &str,
    ) -> Result<(), PdfError> {
        self.text(middle - style.width(text)? / 2.0, y, style, text)
            .map(drop)
    }

    /// Draws the label of a row: its characters spread evenly over a column, read as one word that
    /// reaches to the value, so that readers keep label and value together. `place` is the column's
    /// left edge, its width, and where the value begins.
    ///
    /// # Errors
    /// As [`Page::text`].
    pub fn text_label(
        &mut self,
        place: (f32, f32, f32),
        y: f32,
        style: &Style,
        text: &str,
    ) -> Result<(), PdfError> {
        let (x, width, value) = place;
        let (typeface, heavy, mut signs) = style.signs(text)?;
        let style = &Style {
            typeface,
            heavy,
            tracking: 0.0,
            ..*style
        };
        let natural = style.width_of(&signs);
        let between = u16::try_from(signs.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let gap = ((width - natural) / style.em() / f32::from(between.max(1))).max(0.0);
        let mut gaps = vec![gap; signs.len()];
        let blank = glyphs(typeface, " ")?;
        let drawn = natural + gap * f32::from(between) * style.em();
        let blank_width = blank.iter().map(|sign| sign.advance).sum::<f32>() + 0.25;
        if let Some(last) = gaps.last_mut() {
            *last = ((value - x - drawn) / style.em() - blank_width).max(0.0);
        }
        signs.extend(blank);
        gaps.push(0.0);
        self.show(x, y, style, &signs, &gaps, Some(text));
        Ok(())
    }

    /// Draws groups of characters with `gap` em between them; they are read and copied as one word.
    ///
    /// # Errors
    /// As [`Page::text`].
    pub fn text_groups(
        &mut self,
        x: f32,
        y: f32,
        style: &Style,
        gap: f32,
        groups: &[String],
    ) -> Result<f32, PdfError> {
        let whole = groups.concat();
        let (typeface, heavy, signs) = style.signs(&whole)?;
        let style = &Style {
            typeface,
            heavy,
            ..*style
        };
        let mut ends = Vec::with_capacity(groups.len());
        let mut end = 0;
        for group in groups {
            end += group.len();
            ends.push(end);
        }
        let mut at = 0;
        let gaps: Vec<f32> = signs
            .iter()
            .map(|sign| {
                at += sign.text.len();
                let wide = at < whole.len() && ends.contains(&at);
                style.tracking + if wide { gap } else { 0.0 }
            })
            .collect();
        let extra: f32 = gaps.iter().map(|gap| gap - style.tracking).sum();
        self.show(x, y, style, &signs, &gaps, Some(&whole));
        Ok(style.width_of(&signs) + extra * style.em())
    }

    /// `said` is what a reader or a copy takes the whole run for (ISO 32000-1, 14.9.4).
    fn show(
        &mut self,
        x: f32,
        y: f32,
        style: &Style,
        signs: &[Glyph<'_>],
        gaps: &[f32],
        said: Option<&str>,
    ) {
        if signs.is_empty() {
            return;
        }
        let mut exact = true;
        let mut run = Vec::with_capacity(signs.len());
        for (sign, gap) in signs.iter().zip(gaps) {
            let (id, told) = self.fonts.take(style.typeface, sign);
            exact &= told;
            run.push(Codepoint::with_cid(
                id,
                round(-(gap + sign.kern) * 1000.0),
                sign.text.to_owned(),
            ));
        }
        let own: String = signs.iter().map(|sign| sign.text).collect();
        let said = said.or((!exact).then_some(own.as_str()));
        if let Some(text) = said {
            self.ops.push(actual_text(text));
        }
        let font = PdfFontHandle::External(font_id(style.typeface));
        self.ops.extend([
            Op::StartTextSection,
            Op::SetFillColor {
                col: colour(style.ink),
            },
            Op::SetFont {
                font,
                size: Pt(round(style.size)),
            },
        ]);
        if style.heavy {
            self.ops.extend([
                Op::SetOutlineColor {
                    col: colour(style.ink),
                },
                Op::SetOutlineThickness {
                    pt: Pt(round(style.size * 0.035)),
                },
                Op::SetTextRenderingMode {
                    mode: TextRenderingMode::FillStroke,
                },
            ]);
        }
        let place = point(x, y);
        self.ops.extend([
            Op::SetTextMatrix {
                matrix: TextMatrix::Translate(place.x, place.y),
            },
            Op::ShowText {
                items: vec![TextItem::GlyphIds(run)],
            },
        ]);
        if style.heavy {
            self.ops.push(Op::SetTextRenderingMode {
                mode: TextRenderingMode::Fill,
            });
        }
        self.ops.push(Op::EndTextSection);
        if said.is_some() {
            self.ops.push(Op::EndMarkedContent);
        }
    }

    /// A horizontal rule of `weight` mm.
    pub fn rule(&mut self, left: f32, right: f32, y: f32, weight: f32, ink: Ink) {
        self.line(left, right, y, weight, ink, LineDashPattern::solid());
    }

    /// A dotted horizontal rule.
    pub fn dotted(&mut self, left: f32, right: f32, y: f32, ink: Ink) {
        self.line(
            left,
            right,
            y,
            0.25,
            ink,
            LineDashPattern::new(0.0, &[0.75, 1.5]),
        );
    }

    fn line(
        &mut self,
        left: f32,
        right: f32,
        y: f32,
        weight: f32,
        ink: Ink,
        dash: LineDashPattern,
    ) {
        self.ops.extend([
            Op::SetLineDashPattern { dash },
            Op::SetOutlineColor { col: colour(ink) },
            Op::SetOutlineThickness { pt: pt(weight) },
            Op::DrawLine {
                line: printpdf::Line {
                    points: vec![corner(left, y), corner(right, y)],
                    is_closed: false,
                },
            },
            Op::SetLineDashPattern {
                dash: LineDashPattern::solid(),
            },
        ]);
    }

    /// A box: its corners rounded by `radius` mm, drawn with `edge` (mm and colour), filled with `fill`.
    pub fn area(&mut self, area: Area, radius: f32, edge: Option<(f32, Ink)>, fill: Option<Ink>) {
        let mode = match (edge, fill) {
            (Some(_), Some(_)) => PaintMode::FillStroke,
            (Some(_), None) => PaintMode::Stroke,
            (None, Some(_)) => PaintMode::Fill,
            (None, None) => return,
        };
        if let Some((weight, ink)) = edge {
            self.ops.push(Op::SetOutlineColor { col: colour(ink) });
            self.ops.push(Op::SetOutlineThickness { pt: pt(weight) });
        }
        if let Some(ink) = fill {
            self.ops.push(Op::SetFillColor { col: colour(ink) });
        }
        let points = if radius > 0.0 {
            rounded(area, radius)
        } else {
            square(area)
        };
        self.polygon(vec![PolygonRing { points }], mode);
    }

    /// Filled rectangles as one shape, so that no seam shows between neighbours.
    pub fn mosaic(&mut self, tiles: &[Area], ink: Ink) {
        self.ops.push(Op::SetFillColor { col: colour(ink) });
        let rings = tiles
            .iter()
            .map(|tile| PolygonRing {
                points: square(*tile),
            })
            .collect();
        self.polygon(rings, PaintMode::Fill);
    }

    fn polygon(&mut self, rings: Vec<PolygonRing>, mode: PaintMode) {
        let winding_order = WindingOrder::NonZero;
        self.ops.push(Op::DrawPolygon {
            polygon: Polygon {
                rings,
                mode,
                winding_order,
            },
        });
    }

    /// Begins the next page; what was drawn stays on the one before.
    pub fn turn(&mut self) {
        self.before.push(std::mem::take(&mut self.ops));
    }

    /// The page as a PDF.
    ///
    /// # Errors
    /// [`PdfError::Broken`] when a font cannot be cut or the file not be written.
    pub fn finish(mut self, meta: &Meta) -> Result<Vec<u8>, PdfError> {
        self.turn();
        finish(self.before, &self.fonts, meta)
    }
}

fn actual_text(text: &str) -> Op {
    let said = DictItem::Bytes(utf16_bytes(text));
    Op::BeginMarkedContentWithProperties {
        tag: "Span".to_owned(),
        properties: DictItem::Dict {
            map: BTreeMap::from([("ActualText".to_owned(), said)]),
        },
    }
}
