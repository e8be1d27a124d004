//! What a decision about an application stands on: its contents as they were seen, the rules'
//! outcomes, the fee, and what an approval would bind.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::applications::{Item, unprinted};
use super::changes::Base;
use super::fees::{self, Moved};
use super::issuance::{self, OTHER_VERSION};
use super::obligees::Obligee;
use super::{same_works, standing};
use crate::db::applications::CaseRow;
use crate::db::items::ItemRow;
use crate::db::sureties::{self, ContractorRow};
use crate::db::{issuing, obligees};
use crate::domain::application::ItemState;
use crate::domain::certificate::{Occasion, hex, sha256};
use crate::domain::content::ApplicationContent;
use crate::domain::era;
use crate::domain::guarantee::Barrier;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::rules::{self, Circumstances, Finding, Outcome};
use crate::error::AppError;

/// An application as somebody saw it. Every act of the branch names one, and is refused where the
/// application says something else by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: Uuid,
    mark: String,
}

impl Seen {
    /// From what a form carried.
    pub fn new(id: Uuid, mark: &str) -> Self {
        Self {
            id,
            mark: mark.to_owned(),
        }
    }

    /// What a form carries: SHA-256 over everything that was sent and all that would be printed.
    pub fn mark(&self) -> &str {
        &self.mark
    }
}

/// Everything a decision needs, read in one transaction.
#[derive(Debug, Clone)]
pub struct Grounds {
    pub seen: Seen,
    pub content: ApplicationContent,
    pub items: Vec<Item>,
    pub contractor: ContractorRow,
    pub obligee: Option<Obligee>,
    pub findings: Vec<Finding>,
    /// What a 変更の申込 changes.
    pub changes: Option<Changes>,
    /// What an approval of each product applied for binds.
    bindings: Vec<(Product, [u8; 32])>,
    today: Date,
    /// 申込日; of a change that of the application its guarantee came from.
    pub applied_on: Date,
}

/// The guarantee that a 変更の申込 changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// With its letter.
    pub number: String,
    /// The version it was written for: its place, and 新規 or 変更ーn.
    pub from: (u32, String),
    /// 変更ーn it becomes, while it is not issued.
    pub becomes: Option<String>,
    /// What it costs more (negative: is given back), with tax; `None` where no fee table was attached at
    /// issue.
    pub fee: Option<i64>,
}

impl Grounds {
    pub(super) async fn load(
        conn: &mut PgConnection,
        case: &CaseRow,
        rows: Vec<ItemRow>,
        now: OffsetDateTime,
    ) -> Result<Self, AppError> {
        let content = case.content.0.clone();
        let contractor = sureties::contractor(conn, case.surety_id, case.contractor_id).await?;
        let (surety, contractor_id) = (case.surety_id, case.contractor_id);
        let today = era::tokyo_date(now);
        // A change is judged by what its guarantee was issued under, everything else by the book of
        // its own day, whatever came later.
        let changed = match case.guarantee_id {
            Some(guarantee) => Some(Base::load(conn, guarantee).await?),
            None => None,
        };
        let (obligee, circumstances) = match &changed {
            Some(base) => (
                base.obligee.clone(),
                base.circumstances(today, contractor.lump_sum),
            ),
            None => {
                let applied_on = era::tokyo_date(case.first_sent_at);
                let row = match content.works.obligee_id {
                    Some(id) => obligees::find(conn, surety, id, applied_on).await?,
                    None => None,
                };
                let circumstances = Circumstances {
                    today,
                    applied_on,
                    lump_sum_agreement: contractor.lump_sum,
                    guarantees: standing::of(conn, surety, contractor_id, Some(case.id), &content)
                        .await?,
                };
                (row.map(Obligee::try_from).transpose()?, circumstances)
            }
        };
        let mut bindings = Vec::new();
        for draft in issuing::of_application(conn, case.id).await? {
            let product = Product::from_code(&draft.product);
            // What was left out of a corrected application has nothing to print.
            if let Some(product) = product.filter(|known| content.terms(*known).is_some()) {
                bindings.push((product, issuance::approved_hash(&draft)?));
            }
        }
        let mut findings = rules::check(
            &content,
            obligee.as_ref().and_then(|obligee| obligee.book.as_ref()),
            &circumstances,
        );
        let mut changes = None;
        if let Some((base, terms)) = changed.zip(content.change.as_ref()) {
            let barrier = base.barrier(today).map(Barrier::sentence);
            let moved = (base.life.in_force != terms.before.seq).then_some(OTHER_VERSION);
            // What was issued from this very application is no obstacle to it.
            let done = rows.iter().all(|row| row.state == ItemState::Issued.code());
            findings.push(rules::foundation(barrier.or(moved).filter(|_| !done)));
            let (old, product) = (terms.before.amount, terms.before.product);
            let new = content.terms(product).map_or(old, |it| it.amount);
            let fee = match case.guarantee_id {
                Some(guarantee) => {
                    fees::outlook(conn, guarantee, Moved::Amount { old, new }).await?
                }
                None => None,
            };
            let from = base.life.version(terms.before.seq);
            let number = base.life.next_change();
            changes = Some(Changes {
                from: (
                    terms.before.seq,
                    from.map_or_else(String::new, |from| from.occasion.label()),
                ),
                becomes: (!done).then(|| Occasion::Change { number }.label()),
                number: base.number,
                fee,
            });
        } else {
            let received =
                same_works::received(conn, surety, contractor_id, Some(case.id), &content).await?;
            findings.push(rules::overlap(&received));
        }
        findings.push(rules::printable(&unprinted(&content)));
        Ok(Self {
            seen: Seen::new(case.id, &mark(case, &bindings)?),
            items: rows
                .into_iter()
                .map(|row| Item::from_row(row, contractor.lump_sum))
                .collect::<Result<_, _>>()?,
            content,
            changes,
            contractor,
            obligee,
            findings,
            bindings,
            today,
            applied_on: circumstances.applied_on,
        })
    }

    /// SHA-256 of what an approval of a product binds; `None` where it is not applied for.
    pub fn binding(&self, product: Product) -> Option<&[u8; 32]> {
        let mut bindings = self.bindings.iter();
        let found = bindings.find(|(known, _)| *known == product);
        found.map(|(_, hash)| hash)
    }

    /// The same in hexadecimal; for a product that is approved, what was approved.
    pub fn bound(&self, item: &Item) -> Option<String> {
        let approved = item.approved_sha256.as_deref();
        approved
            .or_else(|| self.binding(item.product).map(<[u8; 32]>::as_slice))
            .map(hex)
    }

    /// Rules that refuse a product, or the works as a whole: approving waits until none does.
    pub fn refusals(&self, product: Product) -> Vec<String> {
        self.said(product, Outcome::Refuse)
    }

    /// Rules that refuse a product unless whoever approves overrules them with a reason.
    pub fn overrulable(&self, product: Product) -> Vec<String> {
        self.said(product, Outcome::Overrulable)
    }

    fn said(&self, product: Product, outcome: Outcome) -> Vec<String> {
        let mut sentences: Vec<String> = Vec::new();
        for finding in self.broken(product, outcome) {
            let sentence = format!("{}：{}", finding.rule.title(), finding.sentence);
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }

    /// The findings of one outcome that concern a product.
    pub(super) fn broken(
        &self,
        product: Product,
        outcome: Outcome,
    ) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            finding.outcome == outcome && finding.product.is_none_or(|known| known == product)
        })
    }

    /// Why a product cannot be issued yet; empty when it can.
    pub fn obstacles(&self, item: &Item) -> Vec<String> {
        let mut reasons = Vec::new();
        if item.fee_due {
            let label = item.product.label();
            if item.due.paid == Yen::ZERO {
                reasons.push(format!(
                    "{label}の保証料の入金確認が済んでいません（一括納付のご契約もありません）。"
                ));
            }
            if let Some((short, quote)) = item.due.shortfall().zip(item.due.quote.as_ref()) {
                reasons.push(format!(
                    "{label}の保証料が{short}円不足しています（保証料{}円、入金確認{}円）。",
                    quote.fee.total, item.due.paid
                ));
            }
        }
        reasons.extend(self.refusals(item.product));
        reasons.extend(rules::before_issue(
            &self.content,
            item.product,
            self.applied_on,
            self.today,
        ));
        let approved = item.approved_sha256.as_deref();
        if item.state == ItemState::Approved
            && approved != self.binding(item.product).map(<[u8; 32]>::as_slice)
        {
            reasons.push(issuance::OTHER_THAN_APPROVED.to_owned());
        }
        reasons
    }
}

/// What was sent, when, and what of it (with the registers' names and addresses) would be printed.
fn mark(case: &CaseRow, bindings: &[(Product, [u8; 32])]) -> Result<String, AppError> {
    let mut bytes = serde_json::to_vec(&case.content.0)?;
    bytes.extend(case.sent_at.unix_timestamp_nanos().to_be_bytes());
    for (product, hash) in bindings {
        bytes.extend(product.code().as_bytes());
        bytes.extend(hash);
    }
    Ok(hex(&sha256(&bytes)))
}
