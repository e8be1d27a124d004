//! What else there is for the same works: guarantees with keys of their own, applications that
//! were received before.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::applications;
use crate::db::guarantees::{self, GuaranteeRow};
use crate::domain::content::ApplicationContent;
use crate::domain::product::Product;
use crate::domain::text;
use crate::error::AppError;

/// Other issued guarantees of the same works: of the same application, or of the same company,
/// obligee and works name with the other product.
pub(super) async fn siblings(
    conn: &mut PgConnection,
    surety: i64,
    own: &GuaranteeRow,
) -> Result<Vec<GuaranteeRow>, AppError> {
    let mut siblings = guarantees::of_application(conn, surety, own.application_id).await?;
    siblings.retain(|other| other.id != own.id);
    let works = text::search_key(&own.works_name);
    let obligee = text::search_key(&own.obligee_name);
    for other in guarantees::of_same_works(conn, own, surety, &works).await? {
        let known = siblings.iter().any(|it| it.id == other.id);
        let one_register = own.obligee_id.is_some() && other.obligee_id == own.obligee_id;
        if !known && (one_register || text::search_key(&other.obligee_name) == obligee) {
            siblings.push(other);
        }
    }
    Ok(siblings)
}

/// The products of `content` that another application of the company has already asked for, each
/// with that application's 受付番号.
pub(super) async fn received(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    own: Option<Uuid>,
    content: &ApplicationContent,
) -> Result<Vec<(Product, String)>, AppError> {
    let works = text::search_key(&content.works.works_name);
    if works.is_empty() {
        return Ok(Vec::new());
    }
    let obligee = text::search_key(&content.works.obligee_name);
    let rows = applications::of_same_works(conn, surety, contractor, &works, own).await?;
    Ok(rows
        .into_iter()
        .filter(|row| text::search_key(&row.obligee_name) == obligee)
        .filter_map(|row| Some((Product::from_code(&row.product)?, row.receipt_no)))
        .filter(|(product, _)| content.terms(*product).is_some())
        .collect())
}
