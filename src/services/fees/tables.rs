//! 保証料率表: an administrator proposes a version, a second person of the head office puts it in force
//! or declines it. A version is never changed; the next one follows it.

use serde_json::json;
use time::{Date, OffsetDateTime};

use crate::app::App;
use crate::db::fee_tables::{self, FeeTableRow};
use crate::db::{accounts, constraint};
use crate::domain::era;
use crate::domain::fee::{Fall, FeeProduct, FeeTable, TypedTable};
use crate::domain::text;
use crate::error::AppError;
use crate::pdf::font;
use crate::services::Officer;
use crate::services::history::{self, Happened};

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Proposed,
    InForce,
    Declined,
}

impl State {
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "承認待ち",
            Self::InForce => "承認済",
            Self::Declined => "不承認",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        match code {
            "proposed" => Some(Self::Proposed),
            "in_force" => Some(Self::InForce),
            "declined" => Some(Self::Declined),
            _ => None,
        }
    }
}

/// One version, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub id: i64,
    pub product: FeeProduct,
    pub version: i32,
    /// 適用開始日
    pub valid_from: Date,
    pub table: FeeTable,
    pub state: State,
    pub proposed_by: i64,
    pub proposed_name: String,
    pub proposed_at: OffsetDateTime,
    pub decided_name: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
    /// Why it was declined.
    pub reason: Option<String>,
}

impl TryFrom<FeeTableRow> for Version {
    type Error = AppError;

    fn try_from(row: FeeTableRow) -> Result<Self, AppError> {
        let broken = || AppError::internal(format!("fee table {} cannot be read", row.id));
        Ok(Self {
            product: FeeProduct::from_code(&row.product).ok_or_else(broken)?,
            state: State::from_code(&row.state).ok_or_else(broken)?,
            id: row.id,
            version: row.version,
            valid_from: row.valid_from,
            table: row.body.0,
            proposed_by: row.proposed_by,
            proposed_name: row.proposed_name,
            proposed_at: row.proposed_at,
            decided_name: row.decided_name,
            decided_at: row.decided_at,
            reason: row.reason,
        })
    }
}

/// The version that counts on a day, of those of one product.
pub fn counting(versions: &[Version], product: FeeProduct, day: Date) -> Option<&Version> {
    versions
        .iter()
        .filter(|it| it.product == product && it.state == State::InForce && it.valid_from <= day)
        .max_by_key(|it| (it.valid_from, it.version))
}

/// Every version of the surety, newest first within its product.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(app: &App, who: &Officer) -> Result<Vec<Version>, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let rows = fee_tables::list(&mut tx, who.surety).await?;
    tx.commit().await?;
    rows.into_iter().map(Version::try_from).collect()
}

/// A proposal as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalForm {
    /// 適用開始日
    pub valid_from: String,
    pub table: TypedTable,
    /// The falling edges were read and are meant.
    pub falls_meant: bool,
}

/// What is wrong beside which field.
pub type Faults = Vec<(String, String)>;

/// What came of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    Done(i64),
    /// Nothing was written. `falls` are the edges to be confirmed.
    Refused {
        faults: Faults,
        falls: Vec<Fall>,
    },
}

/// The field that says a falling edge is meant.
pub const FALLS_FIELD: &str = "falls_meant";
const FALLS_WORDS: &str =
    "金額の区分の境目で保証料が下がります。このままでよければ、確認の欄にしるしを付けてください。";

/// Proposes the next version of a product's table. A version may begin tomorrow at the earliest (today
/// where the product has none in force yet): what was sent before keeps the fee it was shown.
///
/// # Errors
/// `NotFound` for other roles than administrators.
pub async fn propose(
    app: &App,
    who: &Officer,
    product: FeeProduct,
    form: &ProposalForm,
) -> Result<Proposed, AppError> {
    if !who.role.may_administer() {
        return Err(AppError::NotFound);
    }
    let now = app.clock.now();
    let today = era::tokyo_date(now);
    let mut tx = app.db.begin(&who.scope()).await?;
    let standing = fee_tables::standing(&mut tx, who.surety, product.code()).await?;
    let mut faults = Faults::new();
    let mut falls = Vec::new();
    if standing.proposed {
        faults.push(already(product));
    }
    let valid_from = read_start(&form.valid_from, today, standing.in_force, &mut faults);
    let read = form.table.read(product);
    let table = match read {
        Ok(table) => {
            if let Some(missing) = font::missing(&table.name) {
                faults.push((
                    "name".to_owned(),
                    format!("料率表の名前の『{missing}』は保証料計算書に印刷できません。ほかの文字に直してください。"),
                ));
            }
            falls = table.falls();
            Some(table)
        }
        Err(wrong) => {
            let wrong = wrong.into_iter();
            faults.extend(wrong.map(|fault| (fault.place.field(), fault.sentence)));
            None
        }
    };
    if faults.is_empty() && !falls.is_empty() && !form.falls_meant {
        faults.push((FALLS_FIELD.to_owned(), FALLS_WORDS.to_owned()));
    }
    let (Some(table), Some(valid_from), true) = (table, valid_from, faults.is_empty()) else {
        return Ok(Proposed::Refused { faults, falls });
    };
    let body = serde_json::to_value(&table)?;
    let added = fee_tables::propose(
        &mut tx,
        who.surety,
        product.code(),
        valid_from,
        &body,
        who.account,
        now,
    )
    .await;
    let (id, version) = match added {
        Ok(added) => added,
        Err(error)
            if matches!(
                constraint(&error),
                Some("fee_tables_one_proposal" | "fee_tables_version_once")
            ) =>
        {
            let faults = vec![already(product)];
            return Ok(Proposed::Refused { faults, falls });
        }
        Err(error) => return Err(error.into()),
    };
    let words = format!(
        "{} 版{version}「{}」（{}から）",
        product.label(),
        table.name,
        era::slashed(valid_from)
    );
    let detail = json!({ "fee_table": id, "version": version });
    let what = Happened::FeeTableProposed;
    history::record_register(&mut tx, who, None, what, &words, detail, now).await?;
    tx.commit().await?;
    Ok(Proposed::Done(id))
}

fn already(product: FeeProduct) -> (String, String) {
    (
        "name".to_owned(),
        format!(
            "{}には、承認を待っている料率表があります。先にその承認か不承認を決めてください。",
            product.label()
        ),
    )
}

fn read_start(typed: &str, today: Date, in_force: bool, faults: &mut Faults) -> Option<Date> {
    const LABEL: &str = "適用開始日";
    let wrong = |sentence| ("valid_from".to_owned(), sentence);
    match era::parse_date(typed) {
        Ok(day) => match too_early(day, today, in_force) {
            Some(sentence) => {
                faults.push(wrong(sentence));
                None
            }
            None => Some(day),
        },
        Err(fault) => {
            faults.push(wrong(fault.sentence(LABEL)));
            None
        }
    }
}

/// Why a version may not begin on a day.
fn too_early(day: Date, today: Date, in_force: bool) -> Option<String> {
    let first = if in_force { today.next_day()? } else { today };
    (day < first).then(|| {
        format!(
            "適用開始日は{}以降にしてください（いまは{}です）。それより前にすると、すでに送信された申込の保証料が変わってしまいます。",
            era::slashed(first),
            era::slashed(day)
        )
    })
}

/// The decision of the second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve {
        /// The falling edges were read and are meant.
        falls_meant: bool,
    },
    Decline {
        reason: String,
    },
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Done(Box<Version>),
    /// Nothing was written.
    Refused(Faults),
}

/// Puts a proposal in force or declines it: an approver of the head office, never who proposed it.
///
/// # Errors
/// `Denied` for other roles, other branches and the proposer; `Conflict` where it is decided already
/// or its day has passed; `NotFound` outside the own surety.
pub async fn decide(
    app: &App,
    who: &Officer,
    id: i64,
    decision: &Decision,
) -> Result<Decided, AppError> {
    if !(who.role.may_approve() && who.is_head) {
        return Err(AppError::Denied(
            "料率表を承認できるのは、本店の承認者だけです。",
        ));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin(&who.scope()).await?;
    fee_tables::lock(&mut tx, who.surety, id).await?;
    let row = fee_tables::find(&mut tx, who.surety, id).await?;
    let version = Version::try_from(row.ok_or(AppError::NotFound)?)?;
    if version.state != State::Proposed {
        return Err(AppError::Conflict(format!(
            "この料率表は、すでに{}です。画面を確かめてください。",
            version.state.label()
        )));
    }
    let own = version.proposed_by == who.account
        || accounts::share_a_mail(&mut tx, who.account, Some(version.proposed_by), None).await?;
    if own {
        return Err(AppError::Denied(
            "提案した人は承認も不承認もできません。本店のほかの承認者が決めてください。",
        ));
    }
    let (state, reason, what) = match decision {
        Decision::Approve { falls_meant } => {
            if !version.table.falls().is_empty() && !falls_meant {
                return Ok(Decided::Refused(vec![(
                    FALLS_FIELD.to_owned(),
                    FALLS_WORDS.to_owned(),
                )]));
            }
            let product = version.product.code();
            let standing = fee_tables::standing(&mut tx, who.surety, product).await?;
            let today = era::tokyo_date(now);
            if let Some(sentence) = too_early(version.valid_from, today, standing.in_force) {
                return Err(AppError::Conflict(format!(
                    "{sentence}不承認にして、新しい適用開始日でもう一度提案してもらってください。"
                )));
            }
            ("in_force", None, Happened::FeeTableApproved)
        }
        Decision::Decline { reason } => match text::block(reason, 500).and_then(text::required) {
            Ok(reason) => ("declined", Some(reason), Happened::FeeTableDeclined),
            Err(fault) => {
                let sentence = fault.sentence("不承認の理由");
                return Ok(Decided::Refused(vec![("reason".to_owned(), sentence)]));
            }
        },
    };
    fee_tables::decide(&mut tx, id, state, who.account, reason.as_deref(), now).await?;
    let words = format!(
        "{} 版{}「{}」（{}から）",
        version.product.label(),
        version.version,
        version.table.name,
        era::slashed(version.valid_from)
    );
    let detail = json!({ "fee_table": id, "version": version.version });
    history::record_register(&mut tx, who, None, what, &words, detail, now).await?;
    tx.commit().await?;
    Ok(Decided::Done(Box::new(version)))
}
