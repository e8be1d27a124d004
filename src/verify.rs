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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    const ENVELOPE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/envelope.json");
    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/keys.json");

    fn judge(path: &str, keys: Option<&str>) -> (bool, String) {
        let verdict = verify_file(Path::new(path), keys.map(Path::new));
        (verdict.ok, verdict.lines.join("\n"))
    }

    /// Judges bytes as a file.
    fn judge_bytes(name: &str, bytes: &[u8], keys: Option<&str>) -> (bool, String) {
        let name = format!("akashi-verify-{}-{name}", std::process::id());
        let path: PathBuf = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        let found = judge(path.to_str().unwrap(), keys);
        fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn a_right_envelope_is_told_with_all_it_says() {
        let (ok, text) = judge(ENVELOPE, Some(KEYS));
        assert!(ok, "{text}");
        for word in [
            "署名は正しい",
            "みらい建設業保証株式会社（番号の末尾 M、鍵 56475aa75463474c、2026-04-01 作成）",
            "35075-00001M",
            "第1版（新規）",
            "前払金保証",
            "株式会社\u{FA19}谷組",
            "20,000,000円",
            "令和09年03月15日",
            "976e7a1e6a1cf13d74a27615e3dab6e71d05de132e2b4d23fa4ca872f3b3aa38",
            "前の版のハッシュ：なし（最初の版）",
            "最新の版かは",
        ] {
            assert!(text.contains(word), "{word} in {text}");
        }
    }

    #[test]
    fn a_changed_amount_is_wrong_and_not_shown() {
        let mut envelope = Envelope::from_json(&fs::read(ENVELOPE).unwrap()).unwrap();
        let payload = String::from_utf8(envelope.payload).unwrap();
        envelope.payload = payload.replace(":20000000,", ":90000000,").into_bytes();
        let json = envelope.to_json().unwrap();
        let (ok, text) = judge_bytes("changed", &json, Some(KEYS));
        assert!(!ok && text.contains("内容と一致しません"), "{text}");
        assert!(!text.contains("90,000,000"), "{text}");
    }

    #[test]
    fn without_keys_nothing_is_proved() {
        let (ok, text) = judge(ENVELOPE, None);
        assert!(!ok && text.contains("/dsure/keys.json"), "{text}");
        assert!(
            text.contains("確かめていない内容") && text.contains("35075-00001M"),
            "{text}"
        );
    }

    #[test]
    fn a_pdf_proves_nothing_and_says_where_the_envelope_is() {
        for pdf in [b"%PDF-1.7\n".as_slice(), b"\xef\xbb\xbf\n%PDF-1.4"] {
            let (ok, text) = judge_bytes("pdf", pdf, Some(KEYS));
            assert!(!ok && text.contains("何も証明しません"), "{text}");
            assert!(text.contains("/dsure/certificates/{版}.json"), "{text}");
        }
    }

    #[test]
    fn other_files_get_their_own_sentence() {
        let envelope = Envelope::from_json(&fs::read(ENVELOPE).unwrap()).unwrap();
        for (name, bytes, word) in [
            ("empty", b"".as_slice(), "空のファイル"),
            ("text", "こんにちは".as_bytes(), "読み取れません"),
            ("face", &envelope.payload, "署名が付いていません"),
            ("keys", &fs::read(KEYS).unwrap(), "--keys に指定"),
        ] {
            let (ok, text) = judge_bytes(name, bytes, Some(KEYS));
            assert!(!ok && text.contains(word), "{name}: {text}");
        }
        let (ok, text) = judge("/nowhere/at/all.json", None);
        assert!(!ok && text.contains("読めません"), "{text}");
        let (ok, text) = judge(ENVELOPE, Some(ENVELOPE));
        assert!(
            !ok && text.contains("公開鍵の一覧として読み取れません"),
            "{text}"
        );
        let (ok, text) = judge_bytes("none", &fs::read(KEYS).unwrap(), None);
        assert!(!ok && text.contains("--keys"), "{text}");
    }

    #[test]
    fn a_file_cannot_steer_the_terminal() {
        let mut envelope = Envelope::from_json(&fs::read(ENVELOPE).unwrap()).unwrap();
        let payload = String::from_utf8(envelope.payload).unwrap();
        envelope.payload = payload
            .replace("みなと野市長", "\\u001b[2J\\u202e市長")
            .into_bytes();
        let (_, text) = judge_bytes("steer", &envelope.to_json().unwrap(), None);
        assert!(text.contains("\\u{1b}[2J\\u{202e}市長"), "{text}");
    }

    /// The second verifier, where python3 has `cryptography`; without it, it says that it cannot tell.
    #[test]
    fn another_implementation_agrees() {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_envelope.py");
        let run = |envelope: &str| {
            let mut run = std::process::Command::new("python3");
            run.args([script, envelope, KEYS]).status().ok()?.code()
        };
        let right = run(ENVELOPE);
        if !matches!(right, None | Some(2)) {
            assert_eq!(right, Some(0));
            let text = fs::read_to_string(ENVELOPE)
                .unwrap()
                .replace("\"sig\": \"Z", "\"sig\": \"a");
            let path = std::env::temp_dir().join(format!("akashi-second-{}", std::process::id()));
            fs::write(&path, text).unwrap();
            assert_eq!(run(path.to_str().unwrap()), Some(1));
            fs::remove_file(&path).unwrap();
        }
    }
}
