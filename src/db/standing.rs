//! Issued guarantees as the rules look at them.

use sqlx::PgConnection;
use time::Date;

/// An issued guarantee as it stands now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StandingRow {
    pub number: String,
    pub product: String,
    pub form: String,
    pub amount: i64,
    pub until: Date,
    pub obligee_name: String,
    pub works_name: String,
    pub terminated: bool,
}

const COLUMNS: &str = "number, product, form, amount, until, obligee_name, works_name,
  terminated_on is not null as terminated";

/// The contractor's issued guarantee of this number.
pub async fn numbered(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    number: &str,
) -> Result<Option<StandingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and number = $3 and issued_at is not null"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(number)
    .fetch_optional(conn)
    .await
}

/// The contractor's issued guarantees of the same works, by the works' search name.
pub async fn of_works(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    works_search: &str,
) -> Result<Vec<StandingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and works_key = hashtextextended($3, 0)
           and works_search = $3 and issued_at is not null order by number"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(works_search)
    .fetch_all(conn)
    .await
}
