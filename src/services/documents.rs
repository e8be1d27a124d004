//! 認定調書 and what else belongs to an application: attached by its contractor, replaced until it is
//! sent, then fetched by the branch.

use time::OffsetDateTime;
use uuid::Uuid;

use super::drafts::stage_of;
use super::{ContractorUser, Officer};
use crate::app::App;
use crate::db::applications;
use crate::db::documents::{self, DocumentRow, NewDocument};
use crate::domain::certificate::{hex, sha256};
use crate::domain::upload::{self, UploadFault};
use crate::error::AppError;

/// What the one kind of document is called.
pub const APPROVAL_RECORD: &str = "認定調書";
const KIND: &str = "approval_record";
/// The longest file name that is kept, in characters.
const NAME_MAX: usize = 120;

/// A document, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: Uuid,
    /// The file's own name.
    pub name: String,
    /// Bytes.
    pub size: i32,
    /// Hexadecimal SHA-256.
    pub sha256: String,
    pub by: String,
    pub at: OffsetDateTime,
    /// `None` while it may still be replaced.
    pub sent_at: Option<OffsetDateTime>,
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            size: row.size,
            sha256: hex(&row.sha256),
            by: row.uploaded_by,
            at: row.uploaded_at,
            sent_at: row.sent_at,
        }
    }
}

/// 「1.2MB」, 「340KB」.
pub fn size_words(bytes: i32) -> String {
    let kib = (i64::from(bytes) + 1023) / 1024;
    if kib < 1024 {
        format!("{kib}KB")
    } else {
        format!("{}.{}MB", kib / 1024, kib % 1024 * 10 / 1024)
    }
}

/// What came of attaching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    Done,
    /// Nothing was changed.
    Refused(UploadFault),
    /// The application was sent meanwhile.
    Closed,
}

/// Attaches the 認定調書 to a draft or a returned application, in place of one not sent yet.
///
/// # Errors
/// `Denied` for 閲覧; `NotFound` for other people's ids.
pub async fn attach(
    app: &App,
    who: &ContractorUser,
    application: Uuid,
    name: &str,
    bytes: &[u8],
) -> Result<Attached, AppError> {
    if !who.role.may_write() {
        return Err(AppError::Denied("作成の権限がありません。"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = applications::lock(&mut tx, who.surety, who.contractor, application)
        .await?
        .ok_or(AppError::NotFound)?;
    if !stage_of(&row)?.is_editable() {
        return Ok(Attached::Closed);
    }
    if let Err(fault) = upload::judge(bytes) {
        return Ok(Attached::Refused(fault));
    }
    documents::attach(
        &mut tx,
        &NewDocument {
            id: app.chance.id(now),
            surety: who.surety,
            contractor: who.contractor,
            application,
            kind: KIND,
            name: &shown_name(name),
            bytes,
            sha256: &sha256(bytes),
            by: &who.login,
            at: now,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Attached::Done)
}

/// The newest one of the own application: what is sent with it, or was sent.
///
/// # Errors
/// When the database cannot be reached.
pub async fn newest(
    app: &App,
    who: &ContractorUser,
    application: Uuid,
) -> Result<Option<Document>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = documents::of_application(&mut tx, who.surety, application).await?;
    tx.commit().await?;
    Ok(rows.into_iter().next().map(Document::from))
}

/// Name and bytes for the branch.
///
/// # Errors
/// `NotFound` outside the own branch and for what was not sent.
pub async fn fetch(
    app: &App,
    who: &Officer,
    case: Uuid,
    id: Uuid,
) -> Result<(String, Vec<u8>), AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let found = documents::bytes(&mut tx, who.surety, case, id).await?;
    tx.commit().await?;
    found.ok_or(AppError::NotFound)
}

/// What goes along when an application is sent: its 認定調書 where one is asked for. `None` where it
/// is missing.
pub(super) async fn send_along(
    conn: &mut sqlx::PgConnection,
    who: &ContractorUser,
    application: Uuid,
    asked: bool,
    now: OffsetDateTime,
) -> Result<Option<Vec<DocumentRow>>, AppError> {
    if !asked {
        documents::discard(conn, application, KIND).await?;
        return Ok(Some(Vec::new()));
    }
    let mut rows = documents::of_application(conn, who.surety, application).await?;
    rows.truncate(1);
    if rows.is_empty() {
        return Ok(None);
    }
    documents::send(conn, application, now).await?;
    Ok(Some(rows))
}

/// A file's name as people know it: without folders, without what no page shows.
fn shown_name(typed: &str) -> String {
    let bare = typed.rsplit(['/', '\\']).next().unwrap_or(typed);
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let clean: String = bare.chars().filter(|c| !hidden(*c)).collect();
    let clean = clean.trim();
    if clean.is_empty() {
        return format!("{APPROVAL_RECORD}.pdf");
    }
    if clean.chars().count() <= NAME_MAX {
        return clean.to_owned();
    }
    // Its end says what it is.
    let (stem, end) = clean.rsplit_once('.').unwrap_or((clean, "pdf"));
    let end: String = end.chars().take(10).collect();
    let stem: String = stem.chars().take(NAME_MAX - 12).collect();
    format!("{stem}….{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_kept_without_its_folders_and_tricks() {
        for (typed, shown) in [
            ("認定調書_髙橋.pdf", "認定調書_髙橋.pdf"),
            ("C:\\書類\\認定.pdf", "認定.pdf"),
            ("../../etc/passwd", "passwd"),
            ("認定\u{202E}fdp.exe", "認定fdp.exe"),
            ("a\r\nb.pdf", "ab.pdf"),
            ("  ", "認定調書.pdf"),
        ] {
            assert_eq!(shown_name(typed), shown, "{typed:?}");
        }
        let long = format!("{}.pdf", "長".repeat(300));
        let shown = shown_name(&long);
        assert!(
            shown.chars().count() <= NAME_MAX && shown.ends_with("….pdf"),
            "{shown}"
        );
    }
}
