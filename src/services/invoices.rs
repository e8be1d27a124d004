//! 前払金請求書: what the paper says of a guarantee, and that it was made. The paper itself is kept
//! nowhere: it is the contractor's own.

use serde_json::json;
use time::Date;

use super::ContractorUser;
use super::guarantees::{Guarantee, signed_face};
use super::history::{self, By, Happened};
use crate::app::App;
use crate::db::guarantees;
use crate::domain::certificate::CertificateFace;
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::error::AppError;
use crate::pdf::font;
use crate::pdf::invoice::{Invoice, invoice};

/// Guarantees whose money may be claimed, shown at once.
const LIMIT: i64 = 100;

/// What is guaranteed, as its certificate in force says it.
#[derive(Debug, Clone)]
pub struct Basis {
    pub guarantee: Guarantee,
    pub face: CertificateFace,
}

/// The own guarantees of money paid in advance that are in force, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &ContractorUser) -> Result<Vec<Guarantee>, AppError> {
    let today = era::tokyo_date(app.clock.now());
    let products = [Product::Prepayment.code(), Product::Midterm.code()];
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows =
        guarantees::in_force(&mut tx, who.surety, who.contractor, &products, today, LIMIT).await?;
    tx.commit().await?;
    rows.into_iter().map(Guarantee::try_from).collect()
}

/// What an invoice on a guarantee says.
///
/// # Errors
/// `NotFound` for other people's numbers and other products; `Conflict` after 解約.
pub async fn basis(app: &App, who: &ContractorUser, digits: &str) -> Result<Basis, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let face = signed_face(&mut tx, row.id, row.current_seq).await?;
    tx.commit().await?;
    let guarantee = Guarantee::try_from(row)?;
    if !guarantee.product.is_advance() {
        return Err(AppError::NotFound);
    }
    if guarantee.terminated_on.is_some() {
        return Err(AppError::Conflict(
            "この保証契約は解約されているため、請求書を作れません。".to_owned(),
        ));
    }
    Ok(Basis { guarantee, face })
}

impl Basis {
    fn money(&self) -> &'static str {
        match self.guarantee.product {
            Product::Midterm => "中間前払金",
            _ => "前払金",
        }
    }

    /// 前払金請求書, 中間前払金請求書
    pub fn title(&self) -> String {
        format!("{}請求書", self.money())
    }

    /// What the paper takes from the certificate: label and value.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let face = &self.face;
        let period = (era::plain(face.period_from), era::plain(face.period_to));
        vec![
            ("工事名", face.works_name.clone()),
            (
                "請負契約日",
                face.contract_date
                    .map_or_else(|| "―".to_owned(), era::plain),
            ),
            ("請負代金額", format!("{}円", face.price)),
            ("工期", format!("{}から{}まで", period.0, period.1)),
            ("保証会社", face.issuer.name.clone()),
            ("保証契約番号", self.guarantee.number.clone()),
        ]
    }

    /// Of a joint venture its name and its representative company.
    fn claimant(&self) -> Vec<String> {
        let principal = &self.face.principal;
        match (&principal.jv_name, &principal.jv_representative) {
            (Some(name), Some(representative)) => {
                vec![name.clone(), format!("代表者　{representative}")]
            }
            _ => vec![principal.name.clone()],
        }
    }
}

/// What is claimed, and where it is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub dated: Date,
    pub amount: Yen,
    /// 預託金融機関
    pub bank: String,
    /// 預金種別
    pub kind: String,
    pub account: String,
    pub holder: String,
}

/// The first character of a line that no document font has.
pub fn unprintable(line: &str) -> Option<char> {
    font::missing(line)
}

/// The paper as a PDF. That it was made is written down: its amount and day, nothing of the account.
///
/// # Errors
/// When the database cannot be reached, or the paper cannot be drawn.
pub async fn make(
    app: &App,
    who: &ContractorUser,
    basis: &Basis,
    claim: Claim,
) -> Result<Vec<u8>, AppError> {
    let (amount, dated) = (claim.amount, claim.dated);
    let paper = Invoice {
        title: basis.title(),
        dated,
        obligee: basis.face.obligee.clone(),
        address: basis.face.principal.address.clone(),
        claimant: basis.claimant(),
        representative: basis.face.principal.representative.clone(),
        money: basis.money(),
        amount: format!("{amount}円"),
        facts: basis.facts(),
        account: vec![
            ("金融機関", claim.bank),
            ("預金種別", claim.kind),
            ("口座番号", claim.account),
            ("口座名義", claim.holder),
        ],
    };
    // Drawing takes milliseconds of pure reckoning: not on a thread that serves others.
    let bytes = tokio::task::spawn_blocking(move || invoice(&paper))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    made(app, who, basis, amount, dated).await?;
    Ok(bytes)
}

async fn made(
    app: &App,
    who: &ContractorUser,
    basis: &Basis,
    amount: Yen,
    dated: Date,
) -> Result<(), AppError> {
    let about = basis.guarantee.about(who);
    let words = format!("{amount}円（{}付）", era::plain(dated));
    let mut tx = app.db.begin(&who.scope()).await?;
    history::record(
        &mut tx,
        By::Contractor(who),
        &about,
        Happened::InvoiceMade,
        &words,
        json!({}),
        app.clock.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
