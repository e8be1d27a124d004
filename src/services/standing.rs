//! The issued guarantees an application builds on, for the rules.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::standing::{self, StandingRow};
use crate::domain::content::ApplicationContent;
use crate::domain::money::Yen;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rules::Standing;
use crate::domain::text;
use crate::error::AppError;

/// The guarantees that `content` builds on: the prepayment guarantee under a 中間前払金保証, and every
/// other 中間前払金保証 issued on it but those of the application `own`. None where it names nothing.
pub(super) async fn of(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    own: Option<Uuid>,
    content: &ApplicationContent,
) -> Result<Vec<Standing>, AppError> {
    if let Some(change) = &content.change {
        // A prepayment and a midterm one of the same works are judged together.
        let mut known = of_works(conn, surety, contractor, &content.works.works_name).await?;
        known.retain(|other| other.product != change.before.product);
        return Ok(known);
    }
    let Some(midterm) = content
        .midterm
        .as_ref()
        .filter(|it| !it.builds_on.is_empty())
    else {
        return Ok(Vec::new());
    };
    // As it is printed, with its letter, or without.
    let Ok(number) = TypedNumber::parse(&midterm.builds_on) else {
        return Ok(Vec::new());
    };
    let digits = number.digits();
    let row = standing::numbered(conn, surety, contractor, digits).await?;
    let midterms = standing::midterms_on(conn, surety, contractor, digits, own).await?;
    row.into_iter().chain(midterms).map(read).collect()
}

/// Every issued guarantee of the same works: what a change is judged together with.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn of_works(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    works_name: &str,
) -> Result<Vec<Standing>, AppError> {
    let key = text::search_key(works_name);
    let rows = standing::of_works(conn, surety, contractor, &key).await?;
    rows.into_iter().map(read).collect()
}

fn read(row: StandingRow) -> Result<Standing, AppError> {
    Ok(Standing {
        product: Product::from_code(&row.product)
            .ok_or_else(|| AppError::internal("unknown product"))?,
        form: CertificateForm::from_code(&row.form)
            .ok_or_else(|| AppError::internal("unknown form"))?,
        amount: Yen::new(row.amount)
            .ok_or_else(|| AppError::internal("a stored amount is no amount"))?,
        number: row.number,
        until: row.until,
        obligee_name: row.obligee_name,
        works_name: row.works_name,
        terminated: row.terminated,
    })
}
