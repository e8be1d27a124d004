//! One A4 page drawn in millimetres from its top left corner.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, Color, DictItem, LineDashPattern, LinePoint, Mm, Op, PaintMode, PdfFontHandle,
    Point, Polygon, PolygonRing, Pt, Rgb, TextItem, TextMatrix, TextRenderingMode, WindingOrder,
};

use super::PdfError;
use super::embed::{Fonts, font_id};
pub use super::finish::{A4, Meta};
use super::finish::{finish, utf16_bytes};
use super::font::{Glyph, Typeface, glyphs};

const MM_PER_PT: f32 = 25.4 / 72.0;

/// A colour, red, green and blue from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

impl Ink {
    pub const BLACK: Self = Self(0, 0, 0);
    pub const DARK: Self = Self(0x33, 0x33, 0x33);
    pub const GREY: Self = Self(0x77, 0x77, 0x77);
    pub const LIGHT: Self = Self(0xBB, 0xBB, 0xBB);
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub typeface: Typeface,
    /// In points.
    pub size: f32,
    /// Space after each character, in em.
    pub tracking: f32,
    /// Draws Noto Sans heavier, which ships in one weight only.
    pub heavy: bool,
    pub ink: Ink,
}

impl Style {
    pub fn new(typeface: Typeface, size: f32) -> Self {
        Self {
            typeface,
            size,
            tracking: 0.0,
            heavy: false,
            ink: Ink::BLACK,
        }
    }

    #[must_use]
    pub fn tracking(self, em: f32) -> Self {
        Self {
            tracking: em,
            ..self
        }
    }

    #[must_use]
    pub fn heavy(self) -> Self {
        Self {
            heavy: true,
            ..self
        }
    }

    #[must_use]
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// One em in mm.
    pub fn em(&self) -> f32 {
        self.size * MM_PER_PT
    }

    /// The width of a text in mm, without the space after its last character.
    ///
    /// # Errors
    /// [`PdfError::MissingGlyph`] for a character the font lacks.
    pub fn width(&self, text: &str) -> Result<f32, PdfError> {
        let (_, _, signs) = self.signs(text)?;
        Ok(self.width_of(&signs))
    }

    /// The style made smaller until the text is no wider than `width` mm.
    ///
    /// # Errors
    /// As [`Style::width`].
    pub fn fitting(self, text: &str, width: f32) -> Result<Self, PdfError> {
        let natural = self.width(text)?;
        let factor = if natural > width {
            width / natural
        } else {
            1.0
        };
        Ok(Self {
            size: self.size * factor,
            ..self
        })
    }

    fn width_of(&self, signs: &[Glyph<'_>]) -> f32 {
        let advances: f32 = signs.iter().map(|sign| sign.advance + self.tracking).sum();
        (advances - if signs.is_empty() { 0.0 } else { self.tracking }) * self.em()
    }

    /// The text in the style's font, or whole in its fallback, drawn heavier there.
    fn signs<'text>(
        &self,
        text: &'text str,
    ) -> Result<(Typeface, bool, Vec<Glyph<'text>>), PdfError> {
        match (glyphs(self.typeface, text), self.typeface.fallback()) {
            (Err(PdfError::MissingGlyph(_)), Some(other)) => {
                glyphs(other, text).map(|signs| (other, true, signs))
            }
            (signs, _) => signs.map(|signs| (self.typeface, self.heavy, signs)),
        }
    }
}

/// A rectangle in mm: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A page being drawn.
#[derive(Debug, Default)]
pub struct Page {
    ops: Vec<Op>,
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
        // Letters set wide apart would be read as words of their own.
        let said = (style.tracking > 0.12).then_some(text);
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

    /// Draws a label with its characters spread evenly over `width`; it is read as one word.
    ///
    /// # Errors
    /// As [`Page::text`].
    pub fn text_spread(
        &mut self,
        x: f32,
        y: f32,
        width: f32,
        style: &Style,
        text: &str,
    ) -> Result<(), PdfError> {
        let (typeface, heavy, signs) = style.signs(text)?;
        let style = &Style {
            typeface,
            heavy,
            tracking: 0.0,
            ..*style
        };
        let free = (width - style.width_of(&signs)) / style.em();
        let between = u16::try_from(signs.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let gap = if between == 0 {
            0.0
        } else {
            (free / f32::from(between)).max(0.0)
        };
        let gaps = vec![gap; signs.len()];
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
                round(-gap * 1000.0),
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

    /// The page as a PDF.
    ///
    /// # Errors
    /// [`PdfError::Broken`] when a font cannot be cut or the file not be written.
    pub fn finish(self, meta: &Meta) -> Result<Vec<u8>, PdfError> {
        finish(self.ops, &self.fonts, meta)
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

fn colour(ink: Ink) -> Color {
    let part = |value: u8| round(f32::from(value) / 255.0);
    Color::Rgb(Rgb {
        r: part(ink.0),
        g: part(ink.1),
        b: part(ink.2),
        icc_profile: None,
    })
}

fn square(area: Area) -> Vec<LinePoint> {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    [
        (x, y),
        (x + width, y),
        (x + width, y + height),
        (x, y + height),
    ]
    .map(|(x, y)| corner(x, y))
    .to_vec()
}

fn rounded(area: Area, radius: f32) -> Vec<LinePoint> {
    /// Distance of a circle's Bézier handles from the corner, in radii.
    const HANDLE: f32 = 0.447_7;
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    let (right, bottom, near) = (x + width, y + height, radius * HANDLE);
    let handle = |x, y| LinePoint {
        p: point(x, y),
        bezier: true,
    };
    vec![
        corner(x + radius, y),
        corner(right - radius, y),
        handle(right - near, y),
        handle(right, y + near),
        corner(right, y + radius),
        corner(right, bottom - radius),
        handle(right, bottom - near),
        handle(right - near, bottom),
        corner(right - radius, bottom),
        corner(x + radius, bottom),
        handle(x + near, bottom),
        handle(x, bottom - near),
        corner(x, bottom - radius),
        corner(x, y + radius),
        handle(x, y + near),
        handle(x + near, y),
        corner(x + radius, y),
    ]
}

fn corner(x: f32, y: f32) -> LinePoint {
    LinePoint {
        p: point(x, y),
        bezier: false,
    }
}

/// printpdf counts from the bottom left corner.
fn point(x: f32, y: f32) -> Point {
    Point {
        x: pt(x),
        y: pt(A4.1 - y),
    }
}

fn pt(mm: f32) -> Pt {
    Pt(round(Pt::from(Mm(mm)).0))
}

/// Three decimals: less than a thousandth of a point is noise that costs bytes.
fn round(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}
