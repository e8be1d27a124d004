//! What can keep the private PostgreSQL from running, each as one sentence a person can act on.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no private PostgreSQL. Its `Display` is one Japanese sentence: what, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "PostgreSQL {min} 以降のプログラム（initdb と postgres）が見つかりません。Debian では apt-get install postgresql で入ります。"
    )]
    NotInstalled { min: u32 },
    #[error(
        "{} に PostgreSQL {min} 以降のプログラム（initdb と postgres）がありません。その二つが入っているフォルダーを指定してください。",
        folder.display()
    )]
    NotInFolder { folder: PathBuf, min: u32 },
    #[error(
        "{} のデータは PostgreSQL {data} のものですが、PostgreSQL {data} のプログラムが見つかりません。PostgreSQL {data} を入れるか、別のデータフォルダーを指定してください。",
        folder.display()
    )]
    OtherVersion { folder: PathBuf, data: String },
    #[error(
        "{} は、すでに動いている別の demo が使っています。そちらを終了するか、別のデータフォルダーを指定してください。",
        folder.display()
    )]
    InUse { folder: PathBuf },
    #[error(
        "{} のデータは別の利用者（uid {owner}）のものです。その利用者か root で起動するか、別のデータフォルダーを指定してください。",
        folder.display()
    )]
    OtherOwner { folder: PathBuf, owner: u32 },
    #[error(
        "利用者 {user} が {} に入れないため、PostgreSQL を起動できません。途中のフォルダーの権限を見直すか、別のデータフォルダーを指定してください。",
        folder.display()
    )]
    OutOfReach { folder: PathBuf, user: String },
    #[error(
        "root のままでは PostgreSQL を起動できず、代わりに使う利用者（postgres または nobody）もいません。一般の利用者で起動してください。"
    )]
    NobodyToRunAs,
    #[error(
        "前回の PostgreSQL（pid {pid}）がまだ {} を使っていて終わりません。しばらく待って、もう一度起動してください。",
        folder.display()
    )]
    StillRunning { folder: PathBuf, pid: u32 },
    #[error("PostgreSQL のデータを {} に作れませんでした。initdb の説明: {said}", folder.display())]
    NotMade { folder: PathBuf, said: String },
    #[error("PostgreSQL が起動しませんでした。{} の末尾: {said}", log.display())]
    NotStarted { log: PathBuf, said: String },
    #[error("{} を扱えませんでした（{doing}）: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

/// Names the file and the act of an I/O error.
pub(super) fn at<'a>(
    doing: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> ClusterError + 'a {
    move |source| ClusterError::Io {
        doing,
        path: path.to_path_buf(),
        source,
    }
}
