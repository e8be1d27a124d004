//! 番号ブロック: PPPPP of the contract numbers, allotted to branches.

use serde_json::json;
use time::OffsetDateTime;

use super::Officer;
use super::history::{self, Happened};
use super::registers::{Kept, administrator, refused};
use crate::app::App;
use crate::db::{blocks, constraint};
use crate::domain::text;
use crate::error::AppError;

/// A block and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// 35075
    pub block: String,
    pub branch: String,
    /// Numbers drawn so far.
    pub used: i32,
    /// Numbers left of 99,999.
    pub left: i32,
    pub allotted_at: OffsetDateTime,
}

/// The own surety's blocks by branch.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn list(app: &App, who: &Officer) -> Result<Vec<Block>, AppError> {
    administrator(who)?;
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = blocks::list(&mut tx, who.surety).await?;
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|row| Block {
            used: row.next - 1,
            left: 100_000 - row.next,
            block: row.block,
            branch: row.branch_name,
            allotted_at: row.allotted_at,
        })
        .collect())
}

/// Allots a block to a branch; for ever, and once in the installation.
/// Fields: `block`, `branch`.
///
/// # Errors
/// `NotFound` for other roles.
pub async fn allot(
    app: &App,
    who: &Officer,
    typed: &str,
    branch: Option<i64>,
) -> Result<Kept<String>, AppError> {
    administrator(who)?;
    let block = text::fold_figures(typed);
    if block.is_empty() {
        return Ok(refused(
            "block",
            "番号ブロックを入力してください（例：35076）。",
        ));
    }
    if block.len() != 5 || !block.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(refused(
            "block",
            format!(
                "番号ブロックは数字5けたです（例：35076）。いまの入力は「{}」です。",
                text::excerpt(typed)
            ),
        ));
    }
    let Some(branch) = branch else {
        return Ok(refused("branch", "支店を一覧から選んでください。"));
    };
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    if let Err(error) = blocks::add(&mut tx, who.surety, branch, &block, now).await {
        return match constraint(&error) {
            Some("number_blocks_pkey") => Ok(refused(
                "block",
                format!("{block} はすでに割り当てられています。別の番号にしてください。"),
            )),
            Some("number_blocks_branch") => Ok(refused("branch", "支店を一覧から選んでください。")),
            _ => Err(error.into()),
        };
    }
    let detail = json!({ "block": block, "branch": branch });
    let what = Happened::BlockAllotted;
    history::record_register(&mut tx, who, None, what, &block, detail, now).await?;
    tx.commit().await?;
    Ok(Kept::Done(block))
}
