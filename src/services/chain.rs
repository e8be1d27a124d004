//! The chain of a guarantee at work: read and verified under its lock, one link longer, settled.
//!
//! A change (from an application) and an act (訂正, 変更取消, 解約) each add one signed link that names
//! the hash of the one before it. On paper a link counts when it is signed, electronically when it has
//! arrived at D-Sure.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::guarantees::public_key;
use super::history::About;
use crate::app::App;
use crate::db::jobs;
use crate::db::links::{self, GuaranteeHead, LinkRow, NewLink, Standing};
use crate::domain::certificate::{CertificateFace, hex, sha256};
use crate::domain::guarantee::{Fate, Life, Link};
use crate::domain::product::{CertificateForm, Product};
use crate::domain::seal::{self, PublicKeys};
use crate::domain::text;
use crate::error::AppError;

/// One verified link.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub face: CertificateFace,
    pub bytes: Vec<u8>,
    pub signed_at: OffsetDateTime,
    pub arrived_at: Option<OffsetDateTime>,
    /// The application's product behind it.
    pub item: Option<Uuid>,
}

impl Held {
    fn read(row: LinkRow) -> Result<Self, AppError> {
        let keys = PublicKeys {
            keys: vec![public_key(&row.key)?],
        };
        let (face, _) = seal::verify_face(&row.face, &row.signature, &row.key.key_id, &keys)
            .map_err(AppError::internal)?;
        Ok(Self {
            face,
            bytes: row.face,
            signed_at: row.signed_at,
            arrived_at: row.arrived_at,
            item: row.item_id,
        })
    }

    /// Since when it counts: arrival, on paper the signing.
    pub fn counts_since(&self) -> Option<OffsetDateTime> {
        match self.face.form {
            CertificateForm::Electronic => self.arrived_at,
            CertificateForm::Paper => Some(self.signed_at),
        }
    }
}

/// A guarantee with its whole chain, every signature checked.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub head: GuaranteeHead,
    pub links: Vec<Held>,
}

impl Chain {
    /// Under the guarantee's lock (worker only).
    pub async fn lock(conn: &mut PgConnection, guarantee: i64) -> Result<Option<Self>, AppError> {
        match links::lock(conn, guarantee).await? {
            Some(head) => Self::read(conn, head).await.map(Some),
            None => Ok(None),
        }
    }

    /// Without a lock, for showing and for judging a proposal.
    pub async fn load(conn: &mut PgConnection, guarantee: i64) -> Result<Option<Self>, AppError> {
        match links::head(conn, guarantee).await? {
            Some(head) => Self::read(conn, head).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read(conn: &mut PgConnection, head: GuaranteeHead) -> Result<Self, AppError> {
        let rows = links::chain(conn, head.id).await?;
        let links: Vec<_> = rows
            .into_iter()
            .map(Held::read)
            .collect::<Result<_, AppError>>()?;
        for pair in links.windows(2) {
            let [before, after] = pair else { continue };
            let hash = hex(&sha256(&before.bytes));
            if after.face.previous_sha256.as_deref() != Some(hash.as_str()) {
                return Err(AppError::internal(
                    "a link does not follow the one before it",
                ));
            }
        }
        Ok(Self { head, links })
    }

    /// Links as life sees them: those that count.
    pub fn counting(&self) -> Vec<Link> {
        self.links
            .iter()
            .filter_map(|held| Some(Link::of(&held.face, held.counts_since()?)))
            .collect()
    }

    /// # Errors
    /// `Internal` where the links make no life.
    pub fn life(&self) -> Result<Life, AppError> {
        Life::of(&self.counting()).map_err(AppError::internal)
    }

    /// A link is on its way to D-Sure: the next one waits for it.
    pub fn is_under_way(&self) -> bool {
        self.links.iter().any(|held| held.counts_since().is_none())
    }

    pub fn face(&self, seq: u32) -> Result<&CertificateFace, AppError> {
        let found = self.links.iter().find(|held| held.face.seq == seq);
        found
            .map(|held| &held.face)
            .ok_or_else(|| AppError::internal("the chain has no such link"))
    }

    /// The application's product behind a version: of a corrected one that of the version it stands for;
    /// `None` for the first, whose item the guarantee names.
    pub fn item_behind(&self, seq: u32) -> Option<Uuid> {
        let mut seq = seq;
        loop {
            let held = self.links.iter().find(|held| held.face.seq == seq)?;
            match held.face.corrects {
                Some(earlier) if earlier < seq => seq = earlier,
                _ => return held.item,
            }
        }
    }

    pub fn about(&self) -> About {
        About {
            surety: self.head.surety_id,
            contractor: self.head.contractor_id,
            branch: Some(self.head.branch_id),
            application: None,
            product: Product::from_code(&self.head.product),
            guarantee: Some(self.head.id),
        }
    }

    /// With its letter.
    pub fn number(&self) -> String {
        format!("{}{}", self.head.number, self.head.suffix)
    }

    /// The face made the next link: number, place and the hash before it are the chain's.
    ///
    /// # Errors
    /// `Internal` for an empty chain.
    pub fn placed(&self, mut face: CertificateFace) -> Result<CertificateFace, AppError> {
        let last = self
            .links
            .last()
            .ok_or_else(|| AppError::internal("a chain without links"))?;
        face.number = self.number();
        face.seq = last.face.seq + 1;
        face.previous_sha256 = Some(hex(&sha256(&last.bytes)));
        Ok(face)
    }
}

/// Where a link comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    Item(Uuid),
    Act(Uuid),
}

/// Signs and appends the next link; an electronic one is queued for its deposit, a paper one counts at
/// once. Returns its place in the chain.
pub(super) async fn append(
    app: &App,
    conn: &mut PgConnection,
    chain: &mut Chain,
    face: CertificateFace,
    origin: Origin,
    now: OffsetDateTime,
) -> Result<i32, AppError> {
    let face = chain.placed(face)?;
    let bytes = face.to_bytes()?;
    let suffix = chain.head.suffix.chars().next().unwrap_or('?');
    let signature = app.vault.signer()?.sign(suffix, &bytes)?;
    let seq = i32::try_from(face.seq).map_err(AppError::internal)?;
    let before = chain.links.last().map(|held| sha256(&held.bytes));
    let (item, act) = match origin {
        Origin::Item(item) => (Some(item), None),
        Origin::Act(act) => (None, Some(act)),
    };
    links::append(
        conn,
        &chain.head,
        &NewLink {
            seq,
            kind: if face.occasion.is_certificate() {
                "certificate"
            } else {
                "statement"
            },
            face: &bytes,
            signature: &signature.sig,
            key_id: &signature.key_id,
            public_key: &signature.public_key,
            sha256: &sha256(&bytes),
            previous_sha256: before.as_ref().map_or(&[], <[u8; 32]>::as_slice),
            signed_at: now,
            item,
            act,
        },
    )
    .await?;
    let electronic = face.form == CertificateForm::Electronic;
    chain.links.push(Held {
        face,
        bytes,
        signed_at: now,
        arrived_at: None,
        item,
    });
    if electronic {
        let payload = json!({ "guarantee": chain.head.id, "seq": seq });
        let job = app.chance.id(now);
        jobs::add(conn, job, chain.head.surety_id, "deposit", &payload, now).await?;
    } else {
        settle(conn, chain).await?;
    }
    Ok(seq)
}

/// Writes down what holds now, for lists and searches, from the chain itself.
pub(super) async fn settle(conn: &mut PgConnection, chain: &Chain) -> Result<(), AppError> {
    let life = chain.life()?;
    let face = chain.face(life.in_force)?;
    let mut gone = (Vec::new(), Vec::new());
    for version in life.withdrawn() {
        let (Fate::Corrected { by, .. } | Fate::Cancelled { by, .. }) = version.fate else {
            continue;
        };
        gone.0
            .push(i32::try_from(version.seq).map_err(AppError::internal)?);
        gone.1.push(i32::try_from(by).map_err(AppError::internal)?);
    }
    links::settle(
        conn,
        &chain.head,
        &Standing {
            in_force: i32::try_from(life.in_force).map_err(AppError::internal)?,
            obligee_name: &face.obligee,
            works_name: &face.works_name,
            works_search: &text::search_key(&face.works_name),
            contractor_name: &face.principal.name,
            jv_name: face.principal.jv_name.as_deref(),
            jv_representative: face.principal.jv_representative.as_deref(),
            price: face.price.get(),
            amount: face.amount.get(),
            until: face.until,
            bank: face.bank.as_deref(),
            terminated_on: life.end.map(|end| end.on),
            withdrawn: (&gone.0, &gone.1),
        },
    )
    .await?;
    Ok(())
}
