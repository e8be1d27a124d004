//! `verify FILE [--keys FILE]`: anyone checks a signed certificate on their own machine.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::domain::certificate::{CertificateFace, hex, sha256};
use crate::domain::era;
use crate::domain::seal::{Envelope, PublicKeys, SealFault};

/// Longest file looked at, in bytes; an envelope has some 5 KB.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What was found, as lines to print. `ok` only when a signature was checked and is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub ok: bool,
    pub lines: Vec<String>,
}

/// Judges a file: a signed envelope against the public keys of `keys`, or says what it is instead.
pub fn verify_file(path: &Path, keys: Option<&Path>) -> Verdict {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(line) => return not_ok(vec![line]),
    };
    // A PDF reader looks for the mark in the first kilobyte, and so do we.
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|window| window == b"%PDF-") {
        return not_ok(pdf());
    }
    let envelope = match Envelope::from_json(&bytes) {
        Ok(envelope) => envelope,
        Err(fault) => return not_ok(not_an_envelope(&bytes, &fault)),
    };
    let Some(keys) = keys else {
        return not_ok(without_keys(&envelope));
    };
    let keys = match read(keys).map(|json| PublicKeys::from_json(&json)) {
        Ok(Ok(keys)) => keys,
        Ok(Err(fault)) => return not_ok(vec![fault.sentence()]),
        Err(line) => return not_ok(vec![line]),
    };
    match envelope.verify_face(&keys) {
        Ok((face, key)) => {
            let mut lines = vec![
                "署名は正しいものです。内容は発行時から変わっていません。".to_owned(),
                format!(
                    "署名者　　　　：{}（番号の末尾 {}、鍵 {}、{} 作成）",
                    face.issuer.name, key.surety, key.keyid, key.created_on
                ),
            ];
            lines.extend(contents(&face, &envelope.payload));
            lines.push(
                "現在有効か、これが最新の版かは、保証確認サービス（D-Sure）でお確かめください。"
                    .to_owned(),
            );
            Verdict {
                ok: true,
                lines: lines.iter().map(|line| printable(line)).collect(),
            }
        }
        Err(fault) => not_ok(vec![fault.sentence()]),
    }
}

fn not_ok(lines: Vec<String>) -> Verdict {
    Verdict {
        ok: false,
        lines: lines.iter().map(|line| printable(line)).collect(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let found = File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{} を読めません（{error}）。", path.display()))?;
    if found == 0 {
        return Err(format!("{} は空のファイルです。", path.display()));
    }
    if bytes.len() as u64 > LONGEST {
        return Err(format!(
            "{} は大きすぎます。証書データは数キロバイトです。",
            path.display()
        ));
    }
    Ok(bytes)
}

fn pdf() -> Vec<String> {
    vec![
        "これは PDF です。PDF は証書を見やすく写したもので、それだけでは何も証明しません。".to_owned(),
        "証明になるのは署名付きの証書データです。保証確認サービス（D-Sure）に保証契約番号と認証キーで入り、/dsure/certificates/{版}.json を保存して、そのファイルを確かめてください（{版} は 1 から始まる版の番号です）。".to_owned(),
    ]
}

fn not_an_envelope(bytes: &[u8], fault: &SealFault) -> Vec<String> {
    let mut lines = vec![fault.sentence()];
    if CertificateFace::from_bytes(bytes).is_ok() {
        lines.push("これは証書の内容だけで、署名が付いていません。".to_owned());
    } else if PublicKeys::from_json(bytes).is_ok_and(|keys| !keys.keys.is_empty()) {
        lines.push("これは公開鍵の一覧です。--keys に指定してください。".to_owned());
    }
    lines
}

fn without_keys(envelope: &Envelope) -> Vec<String> {
    let mut lines = vec![
        "署名はまだ確かめていません。公開鍵の一覧が要ります。".to_owned(),
        "保証確認サービス（D-Sure）の /dsure/keys.json を保存し、「akashi verify ファイル --keys keys.json」としてください。".to_owned(),
    ];
    for signature in &envelope.signatures {
        lines.push(format!("署名の鍵　　　：{}", signature.keyid));
    }
    match CertificateFace::from_bytes(&envelope.payload) {
        Ok(face) => {
            lines.push("確かめていない内容：".to_owned());
            lines.extend(contents(&face, &envelope.payload));
        }
        Err(_) => lines.push("中身は保証証書として読み取れません。".to_owned()),
    }
    lines
}

fn contents(face: &CertificateFace, payload: &[u8]) -> Vec<String> {
    let before = face.previous_sha256.as_deref();
    vec![
        format!("保証契約番号　：{}", face.number),
        format!(
            "版　　　　　　：第{}版（{}）",
            face.seq,
            face.occasion.label()
        ),
        format!("保証種類　　　：{}", face.product.label()),
        format!("保証契約者　　：{}", face.principal.name),
        format!("被保証者　　　：{}", face.obligee),
        format!("工事名　　　　：{}", face.works_name),
        format!("保証金額　　　：{}円", face.amount),
        format!("保証期限　　　：{}", era::padded(face.until)),
        format!("発行日　　　　：{}", era::padded(face.dated)),
        format!("この版のハッシュ：{}", hex(&sha256(payload))),
        format!("前の版のハッシュ：{}", before.unwrap_or("なし（最初の版）")),
    ]
}

/// A file from elsewhere must not steer the terminal: control and direction characters are spelt out.
fn printable(line: &str) -> String {
    line.chars()
        .flat_map(|character| {
            let steers = character.is_control()
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            let spelt = steers.then(|| character.escape_unicode().collect::<Vec<_>>());
            spelt.unwrap_or_else(|| vec![character])
        })
        .collect()
}
