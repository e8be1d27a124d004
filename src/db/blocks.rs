//! Number blocks: PPPPP of the contract numbers, each allotted to one branch.

use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BlockRow {
    pub block: String,
    pub branch_name: String,
    /// The number that comes next; 100000: full.
    pub next: i32,
    pub allotted_at: OffsetDateTime,
}

pub async fn list(conn: &mut PgConnection, surety: i64) -> Result<Vec<BlockRow>, sqlx::Error> {
    sqlx::query_as(
        "select n.block, b.name as branch_name, n.next, n.allotted_at
         from number_blocks n
         join branches b on b.surety_id = n.surety_id and b.id = n.branch_id
         where n.surety_id = $1 order by b.is_head desc, b.id, n.block",
    )
    .bind(surety)
    .fetch_all(conn)
    .await
}

/// Allots a block. It is once in the installation (`number_blocks_pkey`), has five digits
/// (`number_blocks_five_digits`), and the branch is the surety's own (`number_blocks_branch`).
pub async fn add(
    conn: &mut PgConnection,
    surety: i64,
    branch: i64,
    block: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into number_blocks (block, surety_id, branch_id, allotted_at) values ($1, $2, $3, $4)",
    )
    .bind(block)
    .bind(surety)
    .bind(branch)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}
