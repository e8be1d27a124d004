//! How a text is set, and how wide it then is.

use super::PdfError;
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

    pub(super) fn width_of(&self, signs: &[Glyph<'_>]) -> f32 {
        let advances: f32 = signs
            .iter()
            .map(|sign| sign.advance + sign.kern + self.tracking)
            .sum();
        (advances - if signs.is_empty() { 0.0 } else { self.tracking }) * self.em()
    }

    /// The text in the style's font, or whole in its fallback, drawn heavier there.
    pub(super) fn signs<'text>(
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
