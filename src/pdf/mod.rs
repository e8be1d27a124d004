//! Documents as PDF: printpdf made comfortable, and one file per document.
//!
//! `font` knows which characters can be printed, `lines` where a line may end, `page` draws in
//! millimetres in a `style`, `finish` makes the bytes. The same input always gives the same bytes.

pub mod certificate;
mod embed;
pub mod fee_paper;
mod finish;
mod fit;
pub mod font;
pub mod invoice;
pub mod key_notice;
pub mod lines;
pub mod page;
#[cfg(test)]
mod sample;
mod shapes;
pub mod style;
#[cfg(test)]
mod tests;

/// Why a document was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// No font of the documents has this character; see [`font::missing`].
    #[error("no font of the documents has {0:?}")]
    MissingGlyph(char),
    /// A font or a document that the libraries below could not handle.
    #[error("the PDF could not be made: {0}")]
    Broken(String),
}
