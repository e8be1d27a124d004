//! Drafts that were begun from a guarantee already, and works that lack something.

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// The newest draft of a 中間前払金保証 that builds on this number.
pub async fn midterm_draft(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    number: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select id from applications
         where surety_id = $1 and contractor_id = $2 and stage = 'draft' and kind = 'new'
           and form ->> 'midterm_on' = 'on' and form ->> 'midterm_builds_on' = $3
         order by updated_at desc, id limit 1",
    )
    .bind(surety)
    .bind(contractor)
    .bind(number)
    .fetch_optional(conn)
    .await
}

/// The newest draft of a 前払金保証 for the works of a guarantee.
pub async fn prepayment_draft(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    guarantee: i64,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select a.id from applications a
         join guarantees g on g.id = $3 and g.works_key = a.works_key and g.works_search = a.works_search
         where a.surety_id = $1 and a.contractor_id = $2 and a.stage = 'draft' and a.kind = 'new'
           and a.form ->> 'prepayment_on' = 'on' and a.obligee_name = g.obligee_name
         order by a.updated_at desc, a.id limit 1",
    )
    .bind(surety)
    .bind(contractor)
    .bind(guarantee)
    .fetch_optional(conn)
    .await
}

/// A guarantee in force whose works may lack something, with the certificate it is under.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LackingRow {
    /// Number with letter.
    pub number: String,
    pub application_id: Uuid,
    pub obligee_id: Option<i64>,
    pub obligee_name: String,
    pub works_name: String,
    pub face: Vec<u8>,
}

const LACKING: &str = "select g.number || g.suffix as number, g.application_id, g.obligee_id,
    g.obligee_name, g.works_name, c.face
  from guarantees g join certificates c on c.guarantee_id = g.id and c.seq = g.current_seq
  where g.surety_id = $1 and g.contractor_id = $2 and g.issued_at is not null
    and g.terminated_on is null and g.until >= $3";

/// Neither a guarantee of this product for the works of `g`, nor an application for one under way.
const NONE_OF: &str = "not exists (select from guarantees o where o.surety_id = $1
      and o.contractor_id = $2 and o.works_key = g.works_key and o.works_search = g.works_search
      and o.product = $4 and o.issued_at is not null and o.terminated_on is null)
    and not exists (select from applications a join application_items i on i.application_id = a.id
      where a.surety_id = $1 and a.contractor_id = $2 and a.works_key = g.works_key
        and a.works_search = g.works_search and i.product = $4
        and i.state not in ('issued', 'declined', 'withdrawn'))";

/// Guarantees of `product` in force for whose works there is none of `lacked`; newest first.
pub async fn lacking(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    today: Date,
    product: &str,
    lacked: &str,
    limit: i64,
) -> Result<Vec<LackingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{LACKING} and g.product = $5 and {NONE_OF} order by g.issued_on desc, g.id desc limit $6"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(today)
    .bind(lacked)
    .bind(product)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Guarantees in force whose period ends before that of a changed one for the same works, with no
/// change under way; newest first.
pub async fn outrun(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    today: Date,
    limit: i64,
) -> Result<Vec<LackingRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{LACKING} and g.product <> 'reservation'
           and exists (select from guarantees o
             join certificates oc on oc.guarantee_id = o.id and oc.seq = o.current_seq
             where o.surety_id = $1 and o.contractor_id = $2 and o.works_key = g.works_key
               and o.works_search = g.works_search and o.id <> g.id and o.current_seq > 1
               and o.issued_at is not null and o.terminated_on is null and o.product <> 'reservation'
               and convert_from(oc.face, 'UTF8')::jsonb ->> 'period_to'
                 > convert_from(c.face, 'UTF8')::jsonb ->> 'period_to')
           and not exists (select from application_items i where i.guarantee_id = g.id
             and i.state not in ('issued', 'declined', 'withdrawn'))
         order by g.issued_on desc, g.id desc limit $4"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Reservations whose bid was before today and of which nobody has said how it went, and won ones
/// whose 契約保証 was begun and not sent (then with that draft); newest first.
pub async fn undecided_bids(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    today: Date,
    limit: i64,
) -> Result<Vec<(LackingRow, Option<Uuid>)>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Bid {
        #[sqlx(flatten)]
        row: LackingRow,
        draft: Option<Uuid>,
    }
    let bids: Vec<Bid> = sqlx::query_as(
        "select g.number || g.suffix as number, g.application_id, g.obligee_id, g.obligee_name,
           g.works_name, c.face, d.id as draft
         from guarantees g join certificates c on c.guarantee_id = g.id and c.seq = g.current_seq
         left join applications d on d.surety_id = $1 and d.contractor_id = $2
           and d.reservation_id = g.id and d.stage <> 'withdrawn'
         where g.surety_id = $1 and g.contractor_id = $2 and g.issued_at is not null
           and g.terminated_on is null and g.product = 'reservation'
           and (d.id is null or d.stage = 'draft')
           and not exists (select from lost_bids l where l.guarantee_id = g.id)
           and (d.id is not null or (convert_from(c.face, 'UTF8')::jsonb ->> 'bid_date')::date < $3)
         order by g.issued_on desc, g.id desc limit $4",
    )
    .bind(surety)
    .bind(contractor)
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(bids.into_iter().map(|bid| (bid.row, bid.draft)).collect())
}
