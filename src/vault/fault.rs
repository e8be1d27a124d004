//! What can be wrong with secrets, in a sentence an operator can act on.

use std::path::PathBuf;

/// `Display` is for logs, [`VaultError::sentence`] for the operator. Neither ever holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("this process holds no {}", .0.code())]
    Absent(Part),
    #[error("cannot read or write {path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{0} is not there")]
    NoFile(PathBuf),
    #[error("{0} is already there and is never overwritten")]
    Exists(PathBuf),
    #[error("{path} may be read by others (mode {mode:04o})")]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("{path} is no {} of ours: {why}", .part.code())]
    NotARing {
        path: PathBuf,
        part: Part,
        why: String,
    },
    #[error("{path} holds an example in place of key {id}")]
    Example { path: PathBuf, id: String },
    #[error("key {id:?} is not in the {}", .part.code())]
    UnknownKey { part: Part, id: String },
    #[error("no signing key for the surety with letter {0}")]
    NoSurety(char),
    #[error("{0:?} cannot be the letter of a surety")]
    NotALetter(char),
    #[error("the ciphertext does not fit its key, place or contents")]
    Tampered,
    #[error("the plain bytes are too long to seal")]
    TooLong,
    #[error("a hashing thread did not start: {0}")]
    Threads(std::io::Error),
}

/// The three rings of the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Envelope keys: encrypt authentication keys at rest.
    Kek,
    /// Peppers: mixed into D-Sure's verifiers.
    Pepper,
    /// Ed25519 seeds, per surety.
    Signing,
}

impl Part {
    /// The word inside the file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kek => "kek ring",
            Self::Pepper => "pepper ring",
            Self::Signing => "signing ring",
        }
    }

    /// The word for operators.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kek => "暗号化鍵（KEK）の鍵束",
            Self::Pepper => "ペッパーの鍵束",
            Self::Signing => "署名鍵の鍵束",
        }
    }

    /// The file `keys` makes.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Kek => "kek.json",
            Self::Pepper => "pepper.json",
            Self::Signing => "signing.json",
        }
    }
}

impl VaultError {
    /// What is wrong and what to do, in one Japanese sentence or two.
    pub fn sentence(&self) -> String {
        match self {
            Self::Absent(part) => format!(
                "このプロセスには{}が渡されていないため、処理できません。設定でファイルを指定してください。",
                part.label()
            ),
            Self::Io { path, source } => format!(
                "{} を読み書きできません（{source}）。置き場所と権限をご確認ください。",
                path.display()
            ),
            Self::NoFile(path) => format!(
                "{} がありません。「akashi keys」で作るか、バックアップから戻してください。",
                path.display()
            ),
            Self::Exists(path) => format!(
                "{} はすでにあります。鍵は上書きしません。新しい鍵を加えるには交替（rotate）を使ってください。",
                path.display()
            ),
            Self::OpenToOthers { path, mode } => format!(
                "{} をほかの利用者が読めます（権限 {mode:04o}）。「chmod 0400」で所有者だけが読めるようにしてください。",
                path.display()
            ),
            Self::NotARing { path, part, why } => format!(
                "{} は{}として読めません（{why}）。「akashi keys」で作ったファイルを指定してください。",
                path.display(),
                part.label()
            ),
            Self::Example { path, id } => format!(
                "{} の鍵 {id} は見本の値です。「akashi keys」で本物の鍵を作ってください。",
                path.display()
            ),
            Self::UnknownKey { part, id } => format!(
                "鍵 {id} が{}にありません。古い鍵も残した鍵束を指定してください。",
                part.label()
            ),
            Self::NoSurety(letter) => format!(
                "番号の末尾が {letter} の保証会社の署名鍵がありません。「akashi keys」で加えてください。"
            ),
            Self::NotALetter(letter) => format!(
                "「{}」は保証会社の文字にできません。英大文字1文字（A～Z）にしてください。",
                letter.escape_default()
            ),
            Self::Tampered => {
                "暗号化された値を復号できません。鍵束が違うか、保存された値が書き換えられています。"
                    .to_owned()
            }
            Self::TooLong => "暗号化する値が長すぎます。".to_owned(),
            Self::Threads(source) => format!(
                "照合用のスレッドを始められません（{source}）。メモリとスレッド数の上限をご確認ください。"
            ),
        }
    }
}
