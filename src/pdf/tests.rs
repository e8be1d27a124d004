//! The documents, read back with lopdf.

use lopdf::{Document, Object};
use printpdf::{PdfParseOptions, PdfWarnMsg};

use super::PdfError;
use super::certificate::{Dress, certificate};
use super::key_notice::{KeyNotice, key_notice};
use super::sample::{contract, long_notice, long_venture, notice, odd_names, prepayment};
use crate::domain::certificate::{CertificateFace, Occasion};

fn copy() -> Dress {
    Dress::Copy {
        line: "写し（2026/07/03 10:12 に保証確認サービス（D-Sure）から印刷）。この印刷物は写しです。保証内容は保証確認サービスの画面でご確認ください。　指紋 3F9A 6C02 E17B 8D44".to_owned(),
        remark: Vec::new(),
    }
}

fn dead_copy() -> Dress {
    let Dress::Copy { line, .. } = copy() else {
        panic!("a copy")
    };
    let remark = ["解約済（令和8年11月22日）", "前の版　最新は変更ー12"];
    Dress::Copy {
        line,
        remark: remark.map(str::to_owned).to_vec(),
    }
}

#[test]
fn a_copy_of_what_does_not_hold_says_so_beside_its_mark_and_at_its_foot() {
    let bytes = certificate(&prepayment(), &dead_copy()).unwrap();
    let said = drawn(&bytes);
    assert_eq!(
        said.matches("解約済（令和8年11月22日）").count(),
        2,
        "{said}"
    );
    assert_eq!(said.matches("前の版最新は変更ー12").count(), 2, "{said}");
    assert_eq!(Document::load_mem(&bytes).unwrap().get_pages().len(), 1);
    // The signed face is drawn as ever.
    let plain = drawn(&certificate(&prepayment(), &copy()).unwrap());
    assert!(!plain.contains("解約済") && !plain.contains("前の版"));
}

fn reprint() -> Dress {
    Dress::Reprint {
        note: "再印刷（2026/07/03 10:12、2回目）".to_owned(),
    }
}

fn certificates() -> Vec<(CertificateFace, Dress)> {
    let mut change = prepayment();
    change.occasion = Occasion::Change { number: 1 };
    vec![
        (prepayment(), copy()),
        (contract(), Dress::Original),
        (contract(), reprint()),
        (change.clone(), copy()),
        (change, dead_copy()),
        (long_venture(), copy()),
        (odd_names(), copy()),
    ]
}

fn all() -> Vec<Vec<u8>> {
    let notices = [notice(), long_notice()];
    certificates()
        .iter()
        .map(|(face, dress)| certificate(face, dress).unwrap())
        .chain(notices.iter().map(|notice| key_notice(notice).unwrap()))
        .collect()
}

/// The texts a reader is given: what marked content says it stands for, in the page's order.
fn said(bytes: &[u8]) -> Vec<String> {
    let pdf = Document::load_mem(bytes).unwrap();
    let page = pdf.get_pages()[&1];
    let content = pdf.get_and_decode_page_content(page).unwrap();
    content
        .operations
        .iter()
        .filter(|operation| operation.operator == "BDC")
        .map(|operation| {
            let span = operation.operands[1].as_dict().unwrap();
            text(span.get(b"ActualText").unwrap())
        })
        .collect()
}

/// Every text drawn on the page, decoded through the fonts' own tables, without the blanks that
/// stand for distances.
fn drawn(bytes: &[u8]) -> String {
    let mut warnings: Vec<PdfWarnMsg> = Vec::new();
    let pdf =
        printpdf::PdfDocument::parse(bytes, &PdfParseOptions::default(), &mut warnings).unwrap();
    let mut text = pdf.extract_text().concat().concat();
    text.retain(|character| !character.is_whitespace());
    text
}

fn text(object: &Object) -> String {
    let bytes = object.as_str().unwrap();
    assert_eq!(&bytes[..2], [0xFE, 0xFF]);
    let units: Vec<u16> = bytes[2..]
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

#[test]
fn the_same_document_has_the_same_bytes_and_another_has_its_own_id() {
    let (first, again) = (all(), all());
    assert!(first == again);
    let mut ids: Vec<Vec<u8>> = first
        .iter()
        .map(|bytes| {
            let pdf = Document::load_mem(bytes).unwrap();
            let id = pdf.trailer.get(b"ID").unwrap().as_array().unwrap();
            id[0].as_str().unwrap().to_vec()
        })
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), first.len());
}

#[test]
fn every_document_is_one_a4_page_in_japanese_with_a_title_and_claims_no_standard() {
    for bytes in all() {
        let pdf = Document::load_mem(&bytes).unwrap();
        assert_eq!(pdf.version, "1.7");
        let pages = pdf.get_pages();
        assert_eq!(pages.len(), 1);
        let page = pdf.get_dictionary(pages[&1]).unwrap();
        let corners: Vec<f32> = page
            .get(b"MediaBox")
            .and_then(Object::as_array)
            .unwrap()
            .iter()
            .map(|number| number.as_float().unwrap())
            .collect();
        assert!((corners[2] - 595.276).abs() < 0.01 && (corners[3] - 841.89).abs() < 0.01);
        let catalog = pdf.catalog().unwrap();
        assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"ja-JP");
        assert!(!catalog.has(b"OutputIntents") && !catalog.has(b"Metadata"));
        let info = pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
        let info = pdf.get_dictionary(info).unwrap();
        assert!(text(info.get(b"Title").unwrap()).contains("350"));
        assert!(!info.has(b"GTS_PDFXVersion"));
    }
}

#[test]
fn every_font_is_embedded_and_cut_and_the_file_is_small() {
    for bytes in all() {
        assert!(bytes.len() < 80_000, "{}", bytes.len());
        let pdf = Document::load_mem(&bytes).unwrap();
        let descriptors: Vec<_> = pdf
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok())
            .filter(|dictionary| dictionary.has_type(b"FontDescriptor"))
            .collect();
        assert!(!descriptors.is_empty());
        for descriptor in descriptors {
            let name = descriptor.get(b"FontName").unwrap().as_name().unwrap();
            let (tag, face) = std::str::from_utf8(name).unwrap().split_once('+').unwrap();
            assert!(tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()));
            assert!(
                face.starts_with("Noto") || face.starts_with("BIZ"),
                "{face}"
            );
            assert!(descriptor.has(b"FontFile2") || descriptor.has(b"FontFile3"));
        }
    }
    let usual = certificate(&prepayment(), &copy()).unwrap();
    assert!(usual.len() <= 60_000, "{}", usual.len());
    let usual = key_notice(&notice()).unwrap();
    assert!(usual.len() <= 40_000, "{}", usual.len());
}

#[test]
fn each_row_is_said_in_order_label_then_value() {
    let bytes = certificate(&prepayment(), &copy()).unwrap();
    let said = said(&bytes).join("\n");
    let order = [
        "保証契約番号",
        "保証契約者",
        "代表取締役　湊 一郎",
        "被保証者",
        "神奈川県内広域水道企業団 企業長",
        "保証金額（総額）",
        "20,000,000　円",
        "保証期限",
        "工事名",
        "請負金額（総額）",
        "50,000,000　円",
        "工期",
        "令和08年07月01日　～　令和09年03月31日",
        "請負契約日",
        "預託金融機関",
        "○○銀行　××支店",
    ];
    let mut at = 0;
    for words in order {
        let found = said[at..].find(words);
        assert!(found.is_some(), "{words} after {}", &said[at..]);
        at += found.unwrap() + words.len();
    }
}

#[test]
fn each_dress_bears_its_own_marks() {
    for (dress, copied, reprinted) in [
        (copy(), true, false),
        (Dress::Original, false, false),
        (reprint(), false, true),
    ] {
        let said = said(&certificate(&contract(), &dress).unwrap());
        assert_eq!(said.contains(&"写し".to_owned()), copied, "{dress:?}");
        assert_eq!(said.contains(&"再印刷".to_owned()), reprinted, "{dress:?}");
        let drawn = drawn(&certificate(&contract(), &dress).unwrap());
        assert_eq!(drawn.contains("書面"), copied, "{dress:?}");
        assert!(!drawn.contains("預託金融機関") && !drawn.contains("変更ー1"));
    }
    let mut face = contract();
    face.occasion = Occasion::Change { number: 3 };
    let drawn = drawn(&certificate(&face, &Dress::Original).unwrap());
    assert!(drawn.contains("変更ー3"), "{drawn}");
}

#[test]
fn nothing_of_a_long_text_is_cut_off() {
    let face = long_venture();
    assert_eq!(face.works_name.chars().count(), 120);
    let drawn_certificate = drawn(&certificate(&face, &copy()).unwrap());
    let notice = long_notice();
    let drawn_notice = drawn(&key_notice(&notice).unwrap());
    for character in face.works_name.chars() {
        assert!(drawn_certificate.contains(character), "{character}");
        assert!(drawn_notice.contains(character), "{character}");
    }
    assert!(drawn_certificate.contains("（分割２号）"));
    assert!(drawn_notice.contains("（分割２号）"));
}

#[test]
fn lines_of_a_full_page_stay_apart_and_inside_the_frame() {
    const MM: f32 = 72.0 / 25.4;
    let bytes = certificate(&long_venture(), &copy()).unwrap();
    let pdf = Document::load_mem(&bytes).unwrap();
    let content = pdf
        .get_and_decode_page_content(pdf.get_pages()[&1])
        .unwrap();
    let mut baselines: Vec<f32> = content
        .operations
        .iter()
        .filter(|operation| operation.operator == "Tm")
        .map(|operation| 297.0 - operation.operands[5].as_float().unwrap() / MM)
        .collect();
    baselines.sort_by(f32::total_cmp);
    assert!(baselines.last().is_some_and(|last| *last < 281.0));
    let body = baselines.iter().position(|y| *y > 58.0).unwrap();
    for pair in baselines[body..].windows(2) {
        let apart = pair[1] - pair[0];
        let one_line = apart < 0.01;
        assert!(one_line || apart > 2.6, "{pair:?}");
    }
}

#[test]
fn rare_characters_are_said_as_they_were_written() {
    let mut face = odd_names();
    face.obligee = "取手市長（⼯事担当・工務課）".to_owned();
    let bytes = certificate(&face, &copy()).unwrap();
    let said = said(&bytes).join("\n");
    assert!(
        said.contains("代表取締役　\u{FA19} 𠮷郎・辻\u{E0101}　邉子"),
        "{said}"
    );
    // One glyph stands for both wave dashes and for both 工, and か with its mark is drawn composed.
    assert!(said.contains("～〜歩道拡幅"), "{said}");
    assert!(
        said.contains("取手市長（\u{2F2F}事担当・\u{5DE5}務課）"),
        "{said}"
    );
    assert!(said.contains("か\u{3099}け崩れ"), "{said}");
    assert!(drawn(&bytes).contains("有限会社髙橋﨑工務店㈱"));
}

#[test]
fn number_and_key_are_copied_without_blanks_and_the_qr_says_the_entrance_only() {
    let bytes = key_notice(&notice()).unwrap();
    assert!(said(&bytes).contains(&"Z28YUE4J3Bux".to_owned()));
    assert!(drawn(&bytes).contains("35075-00003M"));
    let other = KeyNotice {
        key_groups: ["ABCD", "EFGH", "JKLM"].map(str::to_owned),
        number: "35075-00009M".to_owned(),
        ..notice()
    };
    let entrance = "https://dsure.example/dsure/";
    assert_eq!(read_qr(&bytes), entrance);
    assert_eq!(read_qr(&key_notice(&other).unwrap()), entrance);
}

/// Paints the filled rectangles of the page's largest shape and reads them as a QR code.
fn read_qr(bytes: &[u8]) -> String {
    let pdf = Document::load_mem(bytes).unwrap();
    let content = pdf
        .get_and_decode_page_content(pdf.get_pages()[&1])
        .unwrap();
    let mut shapes = vec![Vec::new()];
    for operation in &content.operations {
        let point = || {
            (
                operation.operands[0].as_float().unwrap(),
                operation.operands[1].as_float().unwrap(),
            )
        };
        match operation.operator.as_str() {
            "m" => shapes.last_mut().unwrap().push(vec![point()]),
            "l" => shapes.last_mut().unwrap().last_mut().unwrap().push(point()),
            "c" | "h" => {}
            _ => shapes.push(Vec::new()),
        }
    }
    let tiles = shapes.into_iter().max_by_key(Vec::len).unwrap();
    let corners = |tile: &Vec<(f32, f32)>| {
        let xs = tile.iter().map(|point| point.0);
        let ys = tile.iter().map(|point| point.1);
        (
            xs.clone().fold(f32::MAX, f32::min),
            xs.fold(0.0, f32::max),
            ys.clone().fold(f32::MAX, f32::min),
            ys.fold(0.0, f32::max),
        )
    };
    let boxes: Vec<_> = tiles.iter().map(corners).collect();
    let left = boxes.iter().map(|tile| tile.0).fold(f32::MAX, f32::min);
    let top = boxes.iter().map(|tile| tile.3).fold(0.0, f32::max);
    let picture = image::GrayImage::from_fn(400, 400, |x, y| {
        let (x, y) = (
            left + (x as f32 - 40.0) / 4.0,
            top - (y as f32 - 40.0) / 4.0,
        );
        let dark = boxes
            .iter()
            .any(|tile| x >= tile.0 && x < tile.1 && y >= tile.2 && y < tile.3);
        image::Luma([if dark { 0 } else { 255 }])
    });
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(400, 400, |x, y| {
        picture.get_pixel(x as u32, y as u32).0[0]
    });
    let codes = prepared.detect_grids();
    assert_eq!(codes.len(), 1);
    codes[0].decode().unwrap().1
}

#[test]
fn a_character_no_font_has_is_an_error_that_names_it() {
    let mut face = prepayment();
    face.works_name.push('😀');
    assert_eq!(
        certificate(&face, &Dress::Original),
        Err(PdfError::MissingGlyph('😀'))
    );
    let mut face = prepayment();
    face.issuer.name = "𠮷野保証\u{FA19}㈱".to_owned();
    assert!(
        certificate(&face, &Dress::Original).is_ok(),
        "the bold cut falls back"
    );
}
