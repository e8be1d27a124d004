//! From printpdf's document to bytes: the same input gives the same bytes.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{
    CustomPdfConformance, Mm, Op, PdfConformance, PdfDocument, PdfPage, PdfSaveOptions,
};
use time::Date;

use super::PdfError;
use super::embed::Fonts;
use crate::domain::certificate::sha256;

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Shown in the viewer's title bar.
    pub title: String,
    /// The issuing company.
    pub author: String,
    /// The document's date; `None` where it has none.
    pub dated: Option<Date>,
}

/// Width and height of the paper in mm.
pub const A4: (f32, f32) = (210.0, 297.0);

/// A4 pages as a PDF 1.7.
pub fn finish(pages: Vec<Vec<Op>>, fonts: &Fonts, meta: &Meta) -> Result<Vec<u8>, PdfError> {
    let mut document = PdfDocument::new(&meta.title);
    document.metadata.info.conformance = plain();
    fonts.embed(&mut document)?;
    let pages = pages.into_iter();
    let pages = pages.map(|ops| PdfPage::new(Mm(A4.0), Mm(A4.1), ops));
    document.pages.extend(pages);
    let mut warnings = Vec::new();
    let mut pdf = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    pdf.version = "1.7".to_owned();
    let info = pdf.add_object(info(meta));
    if let Ok(old) = pdf.trailer.get(b"Info").and_then(Object::as_reference) {
        pdf.objects.remove(&old);
    }
    pdf.trailer.set("Info", info);
    let catalog = pdf.catalog_mut().map_err(broken)?;
    catalog.set("Lang", Object::string_literal("ja-JP"));
    catalog.set("PageLayout", "SinglePage");
    catalog.set(
        "ViewerPreferences",
        Dictionary::from_iter([("DisplayDocTitle", Object::Boolean(true))]),
    );
    catalog.remove(b"OutputIntents");
    pdf.objects.values_mut().for_each(drop_default_widths);
    // printpdf draws both ids at random; a digest of the rest is as unique and can be repeated.
    pdf.trailer.remove(b"ID");
    pdf.renumber_objects();
    pdf.compress();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).map_err(broken)?;
    let digest = sha256(&bytes)[..16].to_vec();
    let id = Object::String(digest, StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    bytes.clear();
    pdf.save_to(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

/// printpdf lists the width of every glyph; those of a whole em are the default anyway, and in a
/// Japanese text they are nearly all.
fn drop_default_widths(object: &mut Object) {
    let Ok(font) = object.as_dict_mut() else {
        return;
    };
    let descendants = font.get_mut(b"DescendantFonts").ok();
    let Some(Object::Array(descendants)) = descendants else {
        return;
    };
    for descendant in descendants {
        let Ok(descendant) = descendant.as_dict_mut() else {
            continue;
        };
        let default = descendant.get(b"DW").ok().cloned();
        if let (Some(default), Ok(Object::Array(widths))) = (default, descendant.get_mut(b"W")) {
            // Pairs of a first code and the widths from there on.
            let kept = widths.chunks_exact(2).filter(|pair| match pair {
                [_, Object::Array(run)] => run.iter().any(|width| *width != default),
                _ => true,
            });
            *widths = kept.flatten().cloned().collect();
        }
    }
}

/// No PDF/X and no PDF/A: neither is claimed that was not checked.
fn plain() -> PdfConformance {
    PdfConformance::Custom(CustomPdfConformance {
        identifier: String::new(),
        allows_3d_content: false,
        allows_video_content: false,
        allows_audio_content: false,
        allows_embedded_javascript: false,
        allows_jpeg_content: false,
        requires_xmp_metadata: false,
        allows_default_fonts: false,
        requires_icc_profile: false,
        allows_pdf_layers: false,
    })
}

fn info(meta: &Meta) -> Dictionary {
    let mut info = BTreeMap::from([
        ("Title", utf16(&meta.title)),
        ("Author", utf16(&meta.author)),
        ("Producer", Object::string_literal("Akashi")),
    ]);
    if let Some(date) = meta.dated {
        let written = format!(
            "D:{:04}{:02}{:02}000000+09'00'",
            date.year(),
            u8::from(date.month()),
            date.day()
        );
        info.insert("CreationDate", Object::string_literal(written));
    }
    Dictionary::from_iter(info)
}

/// A text string of the PDF (ISO 32000-1, 7.9.2.2).
pub fn utf16(text: &str) -> Object {
    Object::String(utf16_bytes(text), StringFormat::Hexadecimal)
}

/// UTF-16BE with its byte order mark.
pub fn utf16_bytes(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    bytes
}

fn broken(error: impl std::fmt::Display) -> PdfError {
    PdfError::Broken(error.to_string())
}
