//! The fonts of the documents: which characters they have, and how wide these are.
//!
//! A document is set in Noto Serif CJK JP or Noto Sans CJK JP, both cut to the same characters
//! (`fonts/cut.sh`). The bold cut and the figures of BIZ UDGothic have less and fall back to them, so
//! that every text one document prints, the others print too.

use std::sync::OnceLock;

use ttf_parser::Face;
use unicode_normalization::char::{compose, is_combining_mark};

use super::PdfError;

/// A font that ships with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Typeface {
    /// Certificates.
    Serif,
    /// Titles, amounts and the surety's name; a part of the characters.
    SerifBold,
    /// Notices and small print.
    Sans,
    /// Number and key: upright figures and letters of one width, told apart at a glance. ASCII only.
    Figures,
}

impl Typeface {
    /// Every font.
    pub const ALL: [Self; 4] = [Self::Serif, Self::SerifBold, Self::Sans, Self::Figures];

    /// The font file.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Serif => include_bytes!("fonts/NotoSerifCJKjp-Regular.otf"),
            Self::SerifBold => include_bytes!("fonts/NotoSerifCJKjp-Bold.otf"),
            Self::Sans => include_bytes!("fonts/NotoSansCJKjp-Regular.otf"),
            Self::Figures => include_bytes!("fonts/BIZUDGothic-Bold.ttf"),
        }
    }

    /// The PostScript name, as viewers list it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Serif => "NotoSerifCJKjp-Regular",
            Self::SerifBold => "NotoSerifCJKjp-Bold",
            Self::Sans => "NotoSansCJKjp-Regular",
            Self::Figures => "BIZUDGothic-Bold",
        }
    }

    /// The font to take for a text this one cannot print whole.
    pub fn fallback(self) -> Option<Self> {
        match self {
            Self::SerifBold => Some(Self::Serif),
            Self::Figures => Some(Self::Sans),
            Self::Serif | Self::Sans => None,
        }
    }

    fn face(self) -> Result<&'static Face<'static>, PdfError> {
        static FACES: [OnceLock<Option<Face<'static>>>; 4] = [const { OnceLock::new() }; 4];
        FACES[self as usize]
            .get_or_init(|| Face::parse(self.bytes(), 0).ok())
            .as_ref()
            .ok_or_else(|| PdfError::Broken(format!("{} cannot be read", self.name())))
    }
}

/// One printed sign: a character, with the marks or the variation selector that belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph<'text> {
    /// Index in the whole font.
    pub id: u16,
    /// Width in em, as the font has it.
    pub advance: f32,
    /// What to add to the width in em: marks that meet share their blank halves (JIS X 4051).
    pub kern: f32,
    /// What it stands for, byte for byte.
    pub text: &'text str,
}

/// The signs of one text in one font.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for the first character the font lacks.
pub fn glyphs(typeface: Typeface, text: &str) -> Result<Vec<Glyph<'_>>, PdfError> {
    let face = typeface.face()?;
    let em = f32::from(face.units_per_em());
    let mut signs = Vec::with_capacity(text.len() / 3 + 1);
    let mut rest = text;
    while let Some(cluster) = first_cluster(rest) {
        let id = glyph_of(face, cluster)?;
        let advance = f32::from(face.glyph_hor_advance(id).unwrap_or(0)) / em;
        rest = &rest[cluster.len()..];
        let meet = advance > 0.9 && blanks_meet(cluster, rest);
        signs.push(Glyph {
            id: id.0,
            advance,
            kern: if meet { -0.5 } else { 0.0 },
            text: cluster,
        });
    }
    Ok(signs)
}

/// Whether the blank half of a full-width mark lies against the blank half of the next one.
fn blanks_meet(mark: &str, rest: &str) -> bool {
    const OPENING: &str = "（「『【〔〈《［｛";
    const CLOSING: &str = "）」』】〕〉》］｝、。，．";
    let Some(next) = rest.chars().next() else {
        return false;
    };
    if CLOSING.contains(mark) {
        OPENING.contains(next) || CLOSING.contains(next)
    } else {
        OPENING.contains(mark) && OPENING.contains(next)
    }
}

/// The first character that no document can print. Forms should refuse it by name; `None` promises
/// that certificate and notice print every character of the text.
///
/// A variation sequence the fonts lack gives its base character, for the selector cannot be seen.
pub fn missing(text: &str) -> Option<char> {
    [Typeface::Serif, Typeface::Sans]
        .into_iter()
        .filter_map(|typeface| {
            let face = typeface.face().ok()?;
            let mut rest = text;
            while let Some(cluster) = first_cluster(rest) {
                if let Err(PdfError::MissingGlyph(character)) = glyph_of(face, cluster) {
                    return Some((text.len() - rest.len(), character));
                }
                rest = &rest[cluster.len()..];
            }
            None
        })
        .min_by_key(|(at, _)| *at)
        .map(|(_, character)| character)
}

/// A character and what modifies it.
fn first_cluster(text: &str) -> Option<&str> {
    let mut characters = text.char_indices().skip(1);
    let end = characters.find(|(_, character)| !modifies(*character));
    (!text.is_empty()).then(|| end.map_or(text, |(at, _)| &text[..at]))
}

fn modifies(character: char) -> bool {
    is_variation_selector(character) || is_combining_mark(character)
}

fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Marks are drawn through the composed character; the text itself stays as it was written.
fn glyph_of(face: &Face<'_>, cluster: &str) -> Result<ttf_parser::GlyphId, PdfError> {
    let mut characters = cluster.chars();
    let Some(mut base) = characters.next() else {
        return Err(PdfError::MissingGlyph('\0'));
    };
    let mut found = match face.glyph_index(base) {
        Some(id) if !modifies(base) => id,
        _ => return Err(PdfError::MissingGlyph(base)),
    };
    for modifier in characters {
        if is_variation_selector(modifier) {
            found = face
                .glyph_variation_index(base, modifier)
                .ok_or(PdfError::MissingGlyph(base))?;
        } else {
            base = compose(base, modifier).ok_or(PdfError::MissingGlyph(modifier))?;
            found = face
                .glyph_index(base)
                .ok_or(PdfError::MissingGlyph(modifier))?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_signs_of_the_trade_can_be_printed() {
        for text in [
            "有限会社髙橋﨑工務店",
            "\u{FA19}三郎",
            "𠮷野家川護岸",
            "㈱みなと　㈲やまと",
            "Ａ工区～Ｂ工区　延長１２０ｍ〜",
            "⼯事 ㎡ ㎥ ㌔ Ⅲ ⅳ ① ⑳ № ℡ ㊤",
            "辻\u{E0100}本 辻\u{E0101}本",
            "か\u{3099}け崩れ（ハ\u{309A}イフ\u{309A}）",
            "É e\u{301} ― — － − ‐ ￥ ¥ \u{A0}",
            "ｶﾞｰﾄﾞﾚｰﾙ設置・（その１）【翌債】〔仮称〕「」『』〈〉《》",
        ] {
            assert_eq!(missing(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_character_no_font_has_is_named() {
        for (text, character) in [
            ("安全第一😀工事", '😀'),
            ("😀", '😀'),
            ("行\n末", '\n'),
            ("橋\tA", '\t'),
            ("工\u{200B}事", '\u{200B}'),
            ("工\u{AD}事", '\u{AD}'),
            ("か\u{309A}", '\u{309A}'),
            ("\u{3099}", '\u{3099}'),
            ("工\u{E01EF}", '工'),
            ("한", '한'),
        ] {
            assert_eq!(missing(text), Some(character), "{text:?}");
        }
    }

    #[test]
    fn both_texts_fonts_print_the_same_characters() {
        let serif = Typeface::Serif.face().unwrap();
        let sans = Typeface::Sans.face().unwrap();
        for character in (0..0x3_0000).filter_map(char::from_u32) {
            assert_eq!(
                serif.glyph_index(character).is_some(),
                sans.glyph_index(character).is_some(),
                "{character:?}"
            );
        }
    }

    #[test]
    fn a_variation_sequence_draws_its_own_form_and_keeps_its_text() {
        let plain = glyphs(Typeface::Serif, "辻").unwrap();
        let signs = glyphs(Typeface::Serif, "辻\u{E0101}辻\u{E0100}").unwrap();
        assert_eq!(signs.len(), 2);
        assert_eq!(signs[0].text, "辻\u{E0101}");
        assert_ne!(signs[0].id, signs[1].id);
        assert!(signs.iter().any(|sign| sign.id == plain[0].id));
    }

    #[test]
    fn marks_that_meet_share_their_blank_halves() {
        let kerns = |text| -> Vec<f32> {
            let signs = glyphs(Typeface::Sans, text).unwrap();
            signs.iter().map(|sign| sign.kern).collect()
        };
        assert_eq!(kerns("）、又"), [-0.5, 0.0, 0.0]);
        assert_eq!(kerns("「（仮"), [-0.5, 0.0, 0.0]);
        assert_eq!(kerns("工（そ）"), [0.0; 4]);
    }

    #[test]
    fn a_kanji_is_as_wide_as_an_em() {
        let signs = glyphs(Typeface::Serif, "証1").unwrap();
        assert!((signs[0].advance - 1.0).abs() < 1e-6);
        assert!(signs[1].advance > 0.4 && signs[1].advance < 0.7);
    }
}
