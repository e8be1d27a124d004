//! The part of each font that one document uses.
//!
//! printpdf without its layout engine embeds fonts whole, so the cut is made here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use allsorts::binary::read::ReadScope;
use allsorts::error::ParseError;
use allsorts::font_data::{DynamicFontTableProvider, FontData};
use allsorts::subset::{CmapTarget, SubsetProfile, subset};
use allsorts::tables::FontTableProvider;
use allsorts::tag;
use printpdf::{FontId, ParsedFont, PdfDocument, PdfFont};

use super::PdfError;
use super::font::{Glyph, Typeface};

/// The glyphs used so far; each font counts them in the order of their first use, after `.notdef`.
#[derive(Debug, Default)]
pub struct Fonts {
    used: BTreeMap<Typeface, Used>,
}

#[derive(Debug, Default)]
struct Used {
    ids: Vec<u16>,
    /// By the glyph's index in the whole font: its index in the cut, and what it stands for.
    known: BTreeMap<u16, (u16, String)>,
}

impl Fonts {
    /// The glyph's index in the cut font, and whether the cut font's table of characters will say
    /// what it stands for here. It cannot where one glyph serves two characters of one document,
    /// such as ～ and 〜.
    pub fn take(&mut self, typeface: Typeface, glyph: &Glyph<'_>) -> (u16, bool) {
        let used = self.used.entry(typeface).or_default();
        if used.ids.is_empty() {
            used.ids.push(0);
        }
        let (index, text) = used.known.entry(glyph.id).or_insert_with(|| {
            used.ids.push(glyph.id);
            let index = u16::try_from(used.ids.len() - 1).unwrap_or(0);
            (index, glyph.text.to_owned())
        });
        (*index, text == glyph.text)
    }

    /// Cuts the fonts and puts them into the document.
    pub fn embed(&self, document: &mut PdfDocument) -> Result<(), PdfError> {
        for (typeface, used) in &self.used {
            let cut = cut(*typeface, &used.ids)?;
            let mut parsed = ParsedFont::from_bytes(&cut, 0, &mut Vec::new())
                .ok_or_else(|| broken(*typeface, "its cut cannot be read"))?;
            parsed.font_name = Some(format!("{}+{}", cut_tag(&used.ids), typeface.name()));
            document
                .resources
                .fonts
                .map
                .insert(font_id(*typeface), PdfFont::new(parsed));
        }
        Ok(())
    }
}

/// The fixed name of the font among the page's resources.
pub fn font_id(typeface: Typeface) -> FontId {
    FontId(typeface.name().to_owned())
}

fn cut(typeface: Typeface, ids: &[u16]) -> Result<Vec<u8>, PdfError> {
    let font = ReadScope::new(typeface.bytes())
        .read::<FontData<'_>>()
        .map_err(|error| broken(typeface, error))?;
    let tables = font
        .table_provider(0)
        .map_err(|error| broken(typeface, error))?;
    let provider = Unmapped {
        tables,
        cmap: one_mapping(ids.last().copied().unwrap_or(0)),
    };
    subset(&provider, ids, &SubsetProfile::Pdf, CmapTarget::Unicode)
        .map_err(|error| broken(typeface, error))
}

/// A font without its table of characters. The document names glyphs, not characters, and to look
/// each of the font's sixteen thousand characters up among those used is most of the work of a cut.
struct Unmapped<'font> {
    tables: DynamicFontTableProvider<'font>,
    cmap: Vec<u8>,
}

impl FontTableProvider for Unmapped<'_> {
    fn table_data(&self, table: u32) -> Result<Option<Cow<'_, [u8]>>, ParseError> {
        if table == tag::CMAP {
            Ok(Some(Cow::Borrowed(&self.cmap)))
        } else {
            self.tables.table_data(table)
        }
    }

    fn has_table(&self, table: u32) -> bool {
        self.tables.has_table(table)
    }

    fn table_tags(&self) -> Option<Vec<u32>> {
        self.tables.table_tags()
    }
}

/// The smallest valid `cmap`: a blank that means the glyph `id`.
fn one_mapping(id: u16) -> Vec<u8> {
    let header: [u16; 6] = [0, 1, 3, 10, 0, 12];
    let table: [u16; 2] = [12, 0];
    let rest: [u32; 6] = [28, 0, 1, 0x20, 0x20, u32::from(id)];
    let mut bytes: Vec<u8> = header
        .iter()
        .chain(&table)
        .flat_map(|word| word.to_be_bytes())
        .collect();
    bytes.extend(rest.iter().flat_map(|word| word.to_be_bytes()));
    bytes
}

fn broken(typeface: Typeface, error: impl std::fmt::Display) -> PdfError {
    PdfError::Broken(format!("{}: {error}", typeface.name()))
}

/// Six capital letters that differ between cuts (ISO 32000-1, 9.6.4), made from the glyphs.
fn cut_tag(ids: &[u16]) -> String {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
    crate::domain::certificate::sha256(&bytes)
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect()
}
