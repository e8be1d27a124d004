use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

const TAIL_WORDS: &str = "\nxref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n";

/// A PDF with this between its head and its end.
fn pdf(body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj << /Type /Catalog >> endobj\n".to_vec();
    bytes.extend(body.as_ref());
    bytes.extend(TAIL_WORDS.as_bytes());
    bytes
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!("7 0 obj << {dictionary} >>\nstream\r\n").into_bytes();
    bytes.extend(data);
    bytes.extend(b"\nendstream endobj\n");
    bytes
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_plain_pdf_is_taken_and_what_is_none_is_not() {
    assert_eq!(judge(&pdf("2 0 obj << /Type /Page >> endobj")), Ok(()));
    assert_eq!(judge(b""), Err(UploadFault::Empty));
    assert_eq!(judge(b"PK\x03\x04 a letter"), Err(UploadFault::NotPdf));
    assert_eq!(judge(b" %PDF-1.7 ... %%EOF"), Err(UploadFault::NotPdf));
    let whole = pdf(vec![b' '; 4096]);
    assert_eq!(judge(&whole[..whole.len() / 2]), Err(UploadFault::Broken));
    let mut large = pdf("");
    large.resize(LARGEST + 1, b' ');
    assert_eq!(judge(&large), Err(UploadFault::TooLarge));
}

#[test]
fn what_acts_by_itself_is_refused_however_its_name_is_written() {
    for body in [
        "2 0 obj << /S /JavaScript /JS (app.alert\\(1\\)) >> endobj",
        "2 0 obj << /S/Launch/F (x.exe) >> endobj",
        "2 0 obj << /Names << /EmbeddedFiles 3 0 R >> >> endobj",
        "2 0 obj << /Type /EmbeddedFile >> endobj",
        "2 0 obj << /S /#4aava#53cript >> endobj",
    ] {
        assert_eq!(judge(&pdf(body)), Err(UploadFault::Acts), "{body}");
    }
    // Also where a picture follows it.
    let mut before = b"2 0 obj << /S /Launch /F (x.exe) >> endobj\n".to_vec();
    before.extend(stream("/Subtype /Image", b"xx"));
    assert_eq!(judge(&pdf(before)), Err(UploadFault::Acts));
    let locked = pdf("trailer << /Encrypt 9 0 R >>");
    assert_eq!(judge(&locked), Err(UploadFault::Locked));
}

#[test]
fn packed_objects_are_looked_into_and_pictures_are_not() {
    let hidden = b"2 0 << /S /JavaScript /JS (x) >>";
    let objects = "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode";
    assert_eq!(
        judge(&pdf(stream(objects, &packed(hidden)))),
        Err(UploadFault::Acts)
    );
    assert_eq!(
        judge(&pdf(stream("/Type /ObjStm /N 1 /First 4", hidden))),
        Err(UploadFault::Acts)
    );
    assert_eq!(
        judge(&pdf(stream(objects, &packed(b"2 0 << /Type /Page >>")))),
        Ok(())
    );
    // A picture may hold any bytes.
    assert_eq!(
        judge(&pdf(stream("/Subtype /Image /Filter /DCTDecode", hidden))),
        Ok(())
    );
    assert_eq!(
        judge(&pdf(stream(objects, b"no zlib at all"))),
        Err(UploadFault::Broken)
    );
    let bomb = packed(&vec![b' '; 17 * 1024 * 1024]);
    assert_eq!(
        judge(&pdf(stream(objects, &bomb))),
        Err(UploadFault::Broken)
    );
}

#[test]
fn a_file_of_the_greatest_size_is_judged_in_a_moment() {
    let mut worst = b"%PDF-1.7\n".to_vec();
    worst.extend(b"stream/end".repeat(LARGEST / 10 - 100));
    worst.extend(TAIL_WORDS.as_bytes());
    let began = std::time::Instant::now();
    let _ = judge(&worst);
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

#[test]
fn each_reason_says_what_to_do() {
    for fault in [
        UploadFault::Empty,
        UploadFault::TooLarge,
        UploadFault::NotPdf,
        UploadFault::Broken,
        UploadFault::Locked,
        UploadFault::Acts,
    ] {
        let words = fault.sentence("認定調書");
        assert!(words.contains("選んでください"), "{words}");
    }
}
