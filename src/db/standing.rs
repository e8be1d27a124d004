//! Issued guarantees as the rules look at them.

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

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

/// The contractor's issued 中間前払金保証 that build on the prepayment guarantee `number`, without those
/// of the application `own`.
pub async fn midterms_on(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    number: &str,
    own: Option<Uuid>,
) -> Result<Vec<StandingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees g
         where surety_id = $1 and contractor_id = $2 and product = 'midterm'
           and issued_at is not null and application_id is distinct from $4
           and exists (select from applications a where a.id = g.application_id
             and left(a.content -> 'midterm' ->> 'builds_on', 11) = $3)
         order by number"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(number)
    .bind(own)
    .fetch_all(conn)
    .await
}
