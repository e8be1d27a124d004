//! 電子保証履歴一覧, or the page of a paper guarantee, as its contractor and its branch read it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Guarantee;
use crate::app::App;
use crate::db::certificates::{self, LookRow};
use crate::db::guarantees::{self, GuaranteeRow};
use crate::db::{acts, applications, events, issuing, obligees, sureties};
use crate::domain::certificate::Occasion;
use crate::domain::content::{ApplicationContent, Handover};
use crate::domain::era;
use crate::domain::guarantee::{self as life, Fate, Life};
use crate::domain::product::Product;
use crate::domain::rulebook::{HandIn, Moment, RuleBook};
use crate::domain::works::JointVenture;
use crate::error::AppError;
use crate::services::acts::{Act, ActState, outlook};
use crate::services::chain::Chain;
use crate::services::history::Entry;
use crate::services::renewals::{self, Renewal};
use crate::services::{ContractorUser, Officer, fees, same_works};

/// One certificate of the chain.
#[derive(Debug, Clone)]
pub struct Version {
    pub seq: i32,
    /// 対象: 新規 / 変更ーn
    pub occasion: Occasion,
    /// What became of it; the contractor is only given those that are shown.
    pub fate: Fate,
    /// 訂正: the version it stands for.
    pub corrects: Option<u32>,
    /// 電子保証発行日時; `None` on paper.
    pub arrived_at: Option<OffsetDateTime>,
    pub signed_at: OffsetDateTime,
    /// When the obligee opened this version in D-Sure.
    pub looks: Vec<LookRow>,
}

/// How a guarantee stood at a moment.
#[derive(Debug, Clone)]
pub struct Past {
    pub at: OffsetDateTime,
    /// `None` before its first certificate.
    pub life: Option<Life>,
}

/// One guarantee with everything around it.
#[derive(Debug, Clone)]
pub struct Detail {
    pub guarantee: Guarantee,
    /// The contractor's: the history as shown, 新規 first. The Office's: every certificate of the chain.
    pub versions: Vec<Version>,
    pub life: Life,
    /// Something was corrected or cancelled.
    pub withdrawn: bool,
    pub history: Vec<Entry>,
    /// Other issued guarantees of the same works: each has a key of its own.
    pub siblings: Vec<Guarantee>,
    /// How this obligee wants it handed in, from its rule book.
    pub hand_in: Option<HandIn>,
    /// Where the rule book comes from.
    pub hand_in_source: Option<String>,
    book: Option<RuleBook>,
    /// What its versions cost and gave back, oldest first.
    pub fees: Vec<fees::statements::Entry>,
    pub branch: sureties::BranchRow,
    /// The joint venture with its members, as applied for.
    pub venture: Option<JointVenture>,
    /// 保証証書受取, for paper.
    pub handover: Option<Handover>,
    /// The mail went (or will go) here, where 希望する.
    pub notify_email: Option<String>,
    /// 認証キーの再発行, oldest first.
    pub renewals: Vec<Renewal>,
    /// The newest key's version; 0 on paper and where it may not be read.
    pub key_version: i32,
    /// 訂正, 変更取消, 解約 (Office only).
    pub acts: Vec<Act>,
    /// A 変更の申込 that is not at its end: its application, and whether it was sent.
    pub change: Option<(uuid::Uuid, bool)>,
    /// As asked for (Office only).
    pub past: Option<Past>,
}

impl Detail {
    /// When the key of a product of these works is handed in: as this obligee wants it.
    pub fn moment(&self, product: Product) -> Moment {
        let wanted = self.book.as_ref().and_then(|book| book.hand_in_of(product));
        wanted.map_or(Moment::of(product), |entry| entry.when)
    }

    /// The version in force.
    pub fn in_force(&self) -> Option<&Version> {
        let mut versions = self.versions.iter();
        versions.find(|version| i64::from(version.seq) == i64::from(self.life.in_force))
    }

    /// Since when the newest key holds, where it was renewed.
    pub fn renewed_at(&self) -> Option<OffsetDateTime> {
        self.renewals
            .iter()
            .filter_map(|renewal| renewal.done_at)
            .max()
    }
}

/// A guarantee of the contractor by its ten digits. Showing it changes nothing.
///
/// # Errors
/// `NotFound` for other people's numbers.
pub async fn detail(app: &App, who: &ContractorUser, digits: &str) -> Result<Detail, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_contractor(&mut tx, who.surety, who.contractor, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let open = applications::open_change(&mut tx, who.surety, who.contractor, row.id).await?;
    let key = issuing::key_of(&mut tx, row.id).await?;
    let mut detail = detail_of(&mut tx, who.surety, row, app.clock.now()).await?;
    tx.commit().await?;
    // The leaflet: 「※訂正、変更取消された履歴は表示されません。」
    detail
        .versions
        .retain(|version| version.fate == Fate::Shown);
    detail
        .versions
        .sort_by_key(|version| version.occasion.change());
    detail.change = open.map(|row| (row.id, row.receipt_no.is_some()));
    detail.key_version = key.map_or(0, |key| key.key_version);
    Ok(detail)
}

/// The same for staff of the own branch: the whole chain, and how it stood at a moment.
///
/// # Errors
/// `NotFound` outside the own surety and branch.
pub async fn office_detail(
    app: &App,
    who: &Officer,
    digits: &str,
    at: Option<OffsetDateTime>,
) -> Result<Detail, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let row = guarantees::find_of_office(&mut tx, who.surety, digits)
        .await?
        .ok_or(AppError::NotFound)?;
    let id = row.id;
    let mut detail = detail_of(&mut tx, who.surety, row, app.clock.now()).await?;
    let rows = acts::of_guarantee(&mut tx, id).await?;
    let chain = Chain::load(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    for row in rows {
        let act = Act::try_from(row)?;
        let target = act.proposal.target().and_then(|seq| chain.face(seq).ok());
        let mut act = act.compared(target);
        if act.state == ActState::Proposed {
            act.outlook = outlook::of(&mut tx, &chain, &act.proposal).await?;
        }
        detail.acts.push(act);
    }
    if let Some(at) = at {
        let life = Life::as_of(&chain.counting(), at).map_err(AppError::internal)?;
        detail.past = Some(Past { at, life });
    }
    tx.commit().await?;
    Ok(detail)
}

async fn detail_of(
    conn: &mut PgConnection,
    surety: i64,
    row: GuaranteeRow,
    now: OffsetDateTime,
) -> Result<Detail, AppError> {
    let obligee = match row.obligee_id {
        // Where a key is handed in is as the obligee wants it now.
        Some(id) => obligees::find(conn, surety, id, era::tokyo_date(now)).await?,
        None => None,
    };
    let book = obligee
        .and_then(|obligee| obligee.book)
        .map(serde_json::from_value::<RuleBook>)
        .transpose()?;
    let siblings = same_works::siblings(conn, surety, &row).await?;
    let guarantee = Guarantee::try_from(row)?;
    let looks = certificates::looks(conn, guarantee.id).await?;
    let chain = Chain::load(conn, guarantee.id)
        .await?
        .ok_or(AppError::NotFound)?;
    let life = chain.life()?;
    let versions = life
        .versions
        .iter()
        .map(|known| version(&chain, known, &looks))
        .collect::<Result<_, _>>()?;
    let withdrawn = life.withdrawn().next().is_some();
    let history = events::of_guarantee(conn, guarantee.id).await?;
    let branch = sureties::branch(conn, surety, guarantee.branch).await?;
    let fees = fees::statements::entries_of(conn, guarantee.id).await?;
    let content = guarantees::content_of(conn, guarantee.application).await?;
    let venture = content
        .as_ref()
        .and_then(|content| content.works.jv.clone());
    let information = content.map(|content: ApplicationContent| content.information);
    Ok(Detail {
        versions,
        withdrawn,
        life,
        history: history.into_iter().map(Entry::from).collect(),
        siblings: siblings
            .into_iter()
            .map(Guarantee::try_from)
            .collect::<Result<_, _>>()?,
        hand_in: book
            .as_ref()
            .and_then(|book| book.hand_in_of(guarantee.product))
            .cloned(),
        hand_in_source: book.as_ref().map(RuleBook::source_words),
        book,
        fees,
        branch,
        venture,
        handover: information.as_ref().and_then(|info| info.handover),
        notify_email: information
            .filter(|info| info.notify)
            .and_then(|info| info.email),
        renewals: renewals::of(conn, &guarantee).await?,
        key_version: 0,
        acts: Vec::new(),
        change: None,
        past: None,
        guarantee,
    })
}

fn version(chain: &Chain, known: &life::Version, looks: &[LookRow]) -> Result<Version, AppError> {
    let mut links = chain.links.iter();
    let held = links
        .find(|held| held.face.seq == known.seq)
        .ok_or_else(|| AppError::internal("the chain has no such link"))?;
    let seq = i32::try_from(known.seq).map_err(AppError::internal)?;
    Ok(Version {
        seq,
        occasion: known.occasion.clone(),
        fate: known.fate,
        corrects: known.corrects,
        arrived_at: held.arrived_at,
        signed_at: held.signed_at,
        looks: looks
            .iter()
            .filter(|look| look.seq == seq)
            .cloned()
            .collect(),
    })
}
