//! A file that people attach: is it the PDF it should be, and nothing that acts by itself?
//!
//! Judged by its bytes alone; name and announced type say nothing. The scan is linear and keeps no
//! structure, so that no file can make it run long or deep.

use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::{memchr, memmem};

/// The largest file, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// The largest object stream that is looked into, unpacked.
const UNPACKED: u64 = 16 * 1024 * 1024;
/// All object streams of a file together, unpacked.
const UNPACKED_TOGETHER: u64 = 48 * 1024 * 1024;
/// Where a file has to end: readers allow some bytes after the mark.
const TAIL: usize = 1024;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadFault {
    /// No file was chosen, or it has no bytes.
    Empty,
    TooLarge,
    NotPdf,
    /// It begins as a PDF and does not end as one.
    Broken,
    /// It is encrypted: nobody can look into it.
    Locked,
    /// It carries scripts, starts programs, or carries other files.
    Acts,
}

impl UploadFault {
    /// The sentence beside the field; `label` is what should be attached.
    pub fn sentence(self, label: &str) -> String {
        match self {
            Self::Empty => {
                format!("{label}のPDFファイルを選んでください（空のファイルは添付できません）。")
            }
            Self::TooLarge => format!(
                "ファイルが10MBを超えています。解像度を下げて保存し直すなどして、10MB以下の{label}を選んでください。"
            ),
            Self::NotPdf => format!(
                "PDFではないファイルです。{label}をPDFにして（紙のときはスキャンして）、もう一度選んでください。"
            ),
            Self::Broken => format!(
                "PDFが途中で切れているか、壊れています。元の{label}から作り直すか、もう一度保存して、選んでください。"
            ),
            Self::Locked => format!(
                "パスワードなどで保護されたPDFは、弊社で開けません。保護を外した{label}を選んでください。"
            ),
            Self::Acts => format!(
                "動作（JavaScript・プログラムの起動）やほかのファイルが埋め込まれたPDFは、お預かりできません。{label}だけを印刷（PDFに保存）し直して、選んでください。"
            ),
        }
    }
}

/// Names that make a document do something, or carry what is no page.
const ACTING: [&[u8]; 6] = [
    b"JavaScript",
    b"JS",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"RichMedia",
];

/// Judges the bytes of a file.
///
/// # Errors
/// The first reason not to take it.
pub fn judge(bytes: &[u8]) -> Result<(), UploadFault> {
    if bytes.is_empty() {
        return Err(UploadFault::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(UploadFault::TooLarge);
    }
    if !(bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.")) {
        return Err(UploadFault::NotPdf);
    }
    let tail = bytes
        .get(bytes.len().saturating_sub(TAIL)..)
        .unwrap_or(bytes);
    if find(tail, b"%%EOF").is_none() || find(tail, b"startxref").is_none() {
        return Err(UploadFault::Broken);
    }
    Scan::default().file(bytes)
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    memmem::find(text, word)
}

#[derive(Default)]
struct Scan {
    unpacked: u64,
}

impl Scan {
    /// Everything outside of streams, and what packed object streams hold.
    fn file(&mut self, bytes: &[u8]) -> Result<(), UploadFault> {
        let mut rest = bytes;
        loop {
            let Some((head, data)) = next_stream(rest) else {
                return names(rest);
            };
            names(head)?;
            let end = find(data, b"endstream").ok_or(UploadFault::Broken)?;
            let (inside, after) = data.split_at_checked(end).ok_or(UploadFault::Broken)?;
            // The dictionary is what stands since the last object began.
            let begins = memmem::rfind(head, b"obj");
            let own = begins.and_then(|at| head.get(at..)).unwrap_or(head);
            if has_name(own, b"ObjStm") {
                self.objects(own, inside)?;
            }
            rest = after;
        }
    }

    fn objects(&mut self, dictionary: &[u8], data: &[u8]) -> Result<(), UploadFault> {
        if !has_name(dictionary, b"FlateDecode") {
            return names(data);
        }
        let mut plain = Vec::new();
        let taken = ZlibDecoder::new(data)
            .take(UNPACKED + 1)
            .read_to_end(&mut plain)
            .map_err(|_| UploadFault::Broken)?;
        self.unpacked += u64::try_from(taken).unwrap_or(u64::MAX);
        if self.unpacked > UNPACKED_TOGETHER || plain.len() as u64 > UNPACKED {
            return Err(UploadFault::Broken);
        }
        names(&plain)
    }
}

/// What stands before the next stream, and what follows its keyword.
fn next_stream(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    loop {
        let at = from + find(text.get(from..)?, b"stream")?;
        let (head, rest) = text.split_at_checked(at)?;
        let data = rest.get(b"stream".len()..)?;
        let ends = [&b"\r\n"[..], b"\n", b"\r"];
        let line = ends.into_iter().find_map(|end| data.strip_prefix(end));
        if let Some(data) = line.filter(|_| !head.ends_with(b"end")) {
            return Some((head, data));
        }
        from = at + b"stream".len();
    }
}

/// Refuses text that names what acts or is locked.
fn names(text: &[u8]) -> Result<(), UploadFault> {
    let mut rest = text;
    while let Some(at) = memchr(b'/', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let (name, length) = name(rest);
        if ACTING.contains(&name.as_slice()) {
            return Err(UploadFault::Acts);
        }
        if name == b"Encrypt" {
            return Err(UploadFault::Locked);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

fn has_name(text: &[u8], wanted: &[u8]) -> bool {
    text.split(|byte| *byte == b'/')
        .skip(1)
        .any(|rest| name(rest).0 == wanted)
}

/// The longest name that matters.
const LONGEST: usize = 16;

/// The name at the beginning of a text, `#4A` written out, and how many bytes it takes there.
fn name(text: &[u8]) -> (Vec<u8>, usize) {
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if byte.is_ascii_whitespace() || b"\0/<>[](){}%".contains(byte) || plain.len() > LONGEST {
            break;
        }
        match text.get(at..at + 3) {
            Some([b'#', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                plain.push(half(*high) << 4 | half(*low));
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    (plain, at)
}

fn half(digit: u8) -> u8 {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
