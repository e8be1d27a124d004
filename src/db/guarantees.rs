//! 保証契約: what lists search, and what T1 and T2 write.

use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::content::ApplicationContent;

/// A guarantee as lists and detail pages read it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GuaranteeRow {
    pub id: i64,
    pub contractor_id: i64,
    pub branch_id: i64,
    pub application_id: Uuid,
    pub number: String,
    pub suffix: String,
    pub product: String,
    pub form: String,
    pub obligee_id: Option<i64>,
    pub obligee_name: String,
    pub works_name: String,
    pub contractor_name: String,
    pub jv_name: Option<String>,
    pub jv_representative: Option<String>,
    pub price: i64,
    pub amount: i64,
    pub until: Date,
    pub bank: Option<String>,
    pub current_seq: i32,
    pub issued_on: Date,
    pub issued_at: Option<OffsetDateTime>,
    pub terminated_on: Option<Date>,
}

const COLUMNS: &str =
    "id, contractor_id, branch_id, application_id, number, suffix, product, form, obligee_id,
  obligee_name, works_name, contractor_name, jv_name, jv_representative, price, amount, until, bank,
  current_seq, issued_on, issued_at, terminated_on";

/// A guarantee as a line of a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LineRow {
    pub id: i64,
    pub number: String,
    pub suffix: String,
    pub product: String,
    pub form: String,
    pub obligee_name: String,
    pub works_name: String,
    pub contractor_name: String,
    pub jv_name: Option<String>,
    pub price: i64,
    pub amount: i64,
    pub until: Date,
    pub issued_on: Date,
    pub terminated_on: Option<Date>,
    /// 対象 of the version in force, where it is not the first one; the Office's list only.
    #[sqlx(default)]
    pub occasion: Option<serde_json::Value>,
}

const LINE: &str = "id, number, suffix, product, form, obligee_name, works_name, contractor_name,
  jv_name, price, amount, until, issued_on, terminated_on";

/// Beside [`LINE`], where a list names the change in force.
const OCCASION: &str =
    "case when current_seq > 1 then (select convert_from(c.face, 'UTF8')::jsonb -> 'occasion'
    from certificates c where c.guarantee_id = guarantees.id and c.seq = guarantees.current_seq)
  end as occasion";

/// 状態
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    InForce,
    Expired,
    Ended,
}

/// A guarantee with the bytes of its version in force and the sum of its ledger, for a download.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RecordRow {
    #[sqlx(flatten)]
    pub row: GuaranteeRow,
    pub face: Vec<u8>,
    pub fee: i64,
}

/// What a download is asked for; `codes` of products, none for all.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    pub products: &'a [&'a str],
    pub form: Option<&'a str>,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// What a contractor's list is asked for. `like` carries its own `%`.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    pub product: Option<&'a str>,
    pub form: Option<&'a str>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub like: Option<&'a str>,
    /// Keyset: older than this row.
    pub before: Option<(Date, i64)>,
    /// Keyset: newer than this row; the rows come nearest first, that is oldest first.
    pub after: Option<(Date, i64)>,
    /// How it stands on a day.
    pub standing: Option<(Stand, Date)>,
    /// Only where pages are numbered (at most 1,000 hits).
    pub offset: i64,
    pub limit: i64,
}

impl Search<'_> {
    /// Only what was asked for stands in the statement: behind row-level security, `$1 is null or …`
    /// and `coalesce` would keep the dates out of the index.
    fn conditions(&self, query: &mut QueryBuilder<Postgres>) {
        if let Some(product) = self.product {
            query.push(" and product = ").push_bind(product.to_owned());
        }
        if let Some(form) = self.form {
            query.push(" and form = ").push_bind(form.to_owned());
        }
        if let Some(from) = self.from {
            query.push(" and issued_on >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" and issued_on <= ").push_bind(to);
        }
        match self.standing {
            Some((Stand::Ended, _)) => {
                query.push(" and terminated_on is not null");
            }
            Some((Stand::InForce, today)) => {
                query.push(" and terminated_on is null and until >= ");
                query.push_bind(today);
            }
            Some((Stand::Expired, today)) => {
                query.push(" and terminated_on is null and until < ");
                query.push_bind(today);
            }
            None => {}
        }
    }

    /// Newest first from the reader's place (with `after`, oldest first).
    fn place(&self, query: &mut QueryBuilder<Postgres>) {
        let (sign, order) = match self.after {
            Some(_) => (">", ""),
            None => ("<", "desc"),
        };
        if let Some((on, id)) = self.after.or(self.before) {
            query.push(format!(" and (issued_on, id) {sign} ("));
            query.push_bind(on).push(", ").push_bind(id).push(")");
        }
        query.push(format!(" order by issued_on {order}, id {order} offset "));
        query.push_bind(self.offset).push(" limit ");
        query.push_bind(self.limit);
    }
}

fn of_contractor_where(
    query: &mut QueryBuilder<Postgres>,
    surety: i64,
    contractor: i64,
    search: &Search<'_>,
) {
    query.push(" from guarantees where surety_id = ");
    query.push_bind(surety).push(" and contractor_id = ");
    query
        .push_bind(contractor)
        .push(" and issued_at is not null");
    search.conditions(query);
    if let Some(like) = search.like {
        query
            .push(" and works_search like ")
            .push_bind(like.to_owned());
    }
}

/// A page of what a search finds, newest first, and how much it finds in all, counted to 1,001.
///
/// While pages are numbered, one look along the index finds the hits, counts them and cuts the page
/// out of them; the rows themselves are fetched for the page alone.
async fn page(
    conn: &mut PgConnection,
    search: &Search<'_>,
    line: &str,
    conditions: impl Fn(&mut QueryBuilder<Postgres>),
) -> Result<(Vec<LineRow>, i64), sqlx::Error> {
    if search.before.or(search.after).is_none() {
        let mut query = QueryBuilder::new("with hits as materialized (select id, issued_on");
        conditions(&mut query);
        query.push(
            " order by issued_on desc, id desc limit 1001),
             page as (select id from hits order by issued_on desc, id desc offset ",
        );
        query.push_bind(search.offset).push(" limit ");
        query.push_bind(search.limit);
        query.push(format!(
            ") select (select count(*) from hits) as total, {line}
             from page join guarantees using (id) order by issued_on desc, id desc"
        ));
        let rows: Vec<Counted> = query.build_query_as().fetch_all(&mut *conn).await?;
        if let Some(first) = rows.first() {
            let total = first.total;
            return Ok((rows.into_iter().map(|counted| counted.row).collect(), total));
        }
        if search.offset == 0 {
            return Ok((Vec::new(), 0));
        }
    }
    let mut query = QueryBuilder::new(format!("select {line}"));
    conditions(&mut query);
    search.place(&mut query);
    let rows = query.build_query_as().fetch_all(&mut *conn).await?;
    let mut query = QueryBuilder::new("select count(*) from (select 1");
    conditions(&mut query);
    query.push(" limit 1001) hits");
    let total = query.build_query_scalar().fetch_one(conn).await?;
    Ok((rows, total))
}

/// A row of a page, with how much the search finds in all.
#[derive(sqlx::FromRow)]
struct Counted {
    total: i64,
    #[sqlx(flatten)]
    row: LineRow,
}

/// A contractor's guarantees.
pub async fn of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    search: &Search<'_>,
) -> Result<(Vec<LineRow>, i64), sqlx::Error> {
    page(conn, search, LINE, |query| {
        of_contractor_where(query, surety, contractor, search);
    })
    .await
}

impl Wanted<'_> {
    fn conditions(&self, query: &mut QueryBuilder<Postgres>, surety: i64, contractor: i64) {
        query.push(" from guarantees where surety_id = ");
        query.push_bind(surety).push(" and contractor_id = ");
        query
            .push_bind(contractor)
            .push(" and issued_at is not null");
        if !self.products.is_empty() {
            let codes: Vec<String> = self.products.iter().map(|it| (*it).to_owned()).collect();
            query.push(" and product = any(").push_bind(codes).push(")");
        }
        if let Some(form) = self.form {
            query.push(" and form = ").push_bind(form.to_owned());
        }
        if let Some(from) = self.from {
            query.push(" and issued_on >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" and issued_on <= ").push_bind(to);
        }
    }
}

/// How many guarantees a download holds.
pub async fn count_wanted(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    wanted: &Wanted<'_>,
) -> Result<i64, sqlx::Error> {
    let mut query = QueryBuilder::new("select count(*)");
    wanted.conditions(&mut query, surety, contractor);
    query.build_query_scalar().fetch_one(conn).await
}

/// The next of them, oldest first, after a row.
pub async fn next_wanted(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    wanted: &Wanted<'_>,
    after: Option<(Date, i64)>,
    limit: i64,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    let mut query = QueryBuilder::new(format!("with wanted as materialized (select {COLUMNS}"));
    wanted.conditions(&mut query, surety, contractor);
    if let Some((on, id)) = after {
        query.push(" and (issued_on, id) > (");
        query.push_bind(on).push(", ").push_bind(id).push(")");
    }
    query
        .push(" order by issued_on, id limit ")
        .push_bind(limit);
    query.push(
        ") select wanted.*, c.face, coalesce(f.fee, 0)::bigint as fee
         from wanted join certificates c on c.guarantee_id = wanted.id and c.seq = wanted.current_seq
         left join lateral (select sum(amount + tax) as fee from fees where guarantee_id = wanted.id) f
           on true
         order by issued_on, id",
    );
    query.build_query_as().fetch_all(conn).await
}

/// Electronic, in force, among the newest fifty, and not opened by anybody in D-Sure; newest first.
pub async fn unseen(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    today: Date,
    limit: i64,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from (select * from guarantees
           where surety_id = $1 and contractor_id = $2 and issued_at is not null
             and form = 'electronic' and until >= $3 and terminated_on is null
           order by issued_on desc, id desc limit 50) newest
         where not exists (select from looks_of(newest.id) l where l.seq = newest.current_seq
           and l.at >= coalesce((select max(r.done_at) from key_renewals r where r.guarantee_id = newest.id), '-infinity'))
         order by issued_on desc, id desc limit $4"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A contractor's guarantees of some products in force on a day, newest first.
pub async fn in_force(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    products: &[&str],
    today: Date,
    limit: i64,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null
           and product = any($3) and until >= $4 and terminated_on is null
         order by issued_on desc, id desc limit $5"
    )))
    .bind(surety)
    .bind(contractor)
    .bind(products)
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// By its ten digits, among a contractor's own.
pub async fn find_of_contractor(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
    number: &str,
) -> Result<Option<GuaranteeRow>, sqlx::Error> {
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

/// The guarantees of the same works, issued ones only.
pub async fn of_application(
    conn: &mut PgConnection,
    surety: i64,
    application: Uuid,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and application_id = $2 and issued_at is not null order by id"
    )))
    .bind(surety)
    .bind(application)
    .fetch_all(conn)
    .await
}

/// Issued guarantees of one company with another product for works of this search name, newest
/// first, as far as their time touches `from`..=`until`: works that return every year have one name.
pub async fn of_same_works(
    conn: &mut PgConnection,
    own: &GuaranteeRow,
    surety: i64,
    works_search: &str,
) -> Result<Vec<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null
           and works_key = hashtextextended($3::text, 0) and works_search = $3
           and product <> $4 and until >= $5 and issued_on <= $6
         order by id desc limit 20"
    )))
    .bind(surety)
    .bind(own.contractor_id)
    .bind(works_search)
    .bind(&own.product)
    .bind(own.issued_on)
    .bind(own.until)
    .fetch_all(conn)
    .await
}

/// The newest fifty 前払金保証 of a company, expired ones too: number with letter, and 工事名.
pub async fn prepayments(
    conn: &mut PgConnection,
    surety: i64,
    contractor: i64,
) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "select number || suffix, works_name from guarantees
         where surety_id = $1 and contractor_id = $2 and issued_at is not null and product = 'prepayment'
         order by issued_on desc, id desc limit 50",
    )
    .bind(surety)
    .bind(contractor)
    .fetch_all(conn)
    .await
}

/// Number with letter.
pub async fn number(conn: &mut PgConnection, id: i64) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select number || suffix from guarantees where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The contents of the application it came from.
pub async fn content_of(
    conn: &mut PgConnection,
    application: Uuid,
) -> Result<Option<ApplicationContent>, sqlx::Error> {
    let content: Option<Option<Json<ApplicationContent>>> =
        sqlx::query_scalar("select content from applications where id = $1")
            .bind(application)
            .fetch_optional(conn)
            .await?;
    Ok(content.flatten().map(|content| content.0))
}

/// One printing at a time: the lock row stands for the printer.
pub async fn lock(conn: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7253, $1)")
        .bind(i32::try_from(id % i64::from(i32::MAX)).unwrap_or_default())
        .execute(conn)
        .await
        .map(drop)
}

/// By its ten digits, for staff.
pub async fn find_of_office(
    conn: &mut PgConnection,
    surety: i64,
    number: &str,
) -> Result<Option<GuaranteeRow>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from guarantees where surety_id = $1 and number = $2 and issued_at is not null"
    )))
    .bind(surety)
    .bind(number)
    .fetch_optional(conn)
    .await
}

fn of_office_where(
    query: &mut QueryBuilder<Postgres>,
    surety: i64,
    branch: Option<i64>,
    search: &Search<'_>,
    words: Option<&str>,
) {
    query.push(" from guarantees where surety_id = ");
    query.push_bind(surety).push(" and issued_at is not null");
    if let Some(branch) = branch {
        query.push(" and branch_id = ").push_bind(branch);
    }
    search.conditions(query);
    if let Some(like) = search.like {
        for (start, column) in [
            (" and (", "works_search"),
            (" or ", "lower(number || suffix)"),
        ] {
            query.push(start).push(column).push(" like ");
            query.push_bind(like.to_owned());
        }
        for column in ["contractor_name", "obligee_name"] {
            query.push(" or ").push(column).push(" like ");
            query.push_bind(words.map(str::to_owned));
        }
        query.push(")");
    }
}

/// The Office's list: a surety's or a branch's guarantees. `words` is what was typed, with `%` around
/// it: names are sought as written.
pub async fn of_office(
    conn: &mut PgConnection,
    surety: i64,
    branch: Option<i64>,
    search: &Search<'_>,
    words: Option<&str>,
) -> Result<(Vec<LineRow>, i64), sqlx::Error> {
    page(conn, search, &format!("{LINE}, {OCCASION}"), |query| {
        of_office_where(query, surety, branch, search, words);
    })
    .await
}
