//! A form held against register, rule book and fonts; changes nothing.

use time::OffsetDateTime;
use uuid::Uuid;

use super::super::changes::Base;
use super::super::{ContractorUser, obligees, same_works, standing};
use crate::app::App;
use crate::db::{applications, guarantees, sureties};
use crate::domain::content::ApplicationContent;
use crate::domain::entry::{self, Choices, Fault, Reading};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::number::TypedNumber;
use crate::domain::product::Product;
use crate::domain::rulebook::RuleBook;
use crate::domain::rules::{self, Circumstances, Finding};
use crate::domain::typed::TypedForm;
use crate::error::AppError;
use crate::pdf::font;

/// A form held against everything that is known.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The typed contents, where every field could be read.
    pub content: Option<ApplicationContent>,
    /// Fields that could not be read, and characters that cannot be printed.
    pub faults: Vec<Fault>,
    /// What stands in the way or is pointed out, of every rule whose own fields could be read.
    pub findings: Vec<Finding>,
    /// The obligee's rule book, where the typed name is in the register.
    pub book: Option<RuleBook>,
}

impl Checked {
    /// Nothing refuses; warnings may remain.
    pub fn may_be_sent(&self) -> bool {
        self.content.is_some()
            && self.faults.is_empty()
            && rules::refusals(&self.findings).is_empty()
    }

    /// Everything to mend, beside its field: faults first, then refusing rules.
    pub fn problems(&self) -> Vec<Fault> {
        let refused = rules::refusals(&self.findings)
            .into_iter()
            .map(|finding| Fault {
                field: finding.field,
                sentence: finding.sentence.clone(),
            });
        self.faults.iter().cloned().chain(refused).collect()
    }
}

/// Holds a form against register, rule book and fonts. Changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn check(app: &App, who: &ContractorUser, form: &TypedForm) -> Result<Checked, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let checked = check_in(app, &mut tx, who, None, form).await?;
    tx.commit().await?;
    Ok(checked)
}

/// The same for the check page of application `id`: also against what was received before.
///
/// # Errors
/// When the database cannot be reached.
pub async fn check_to_send(
    app: &App,
    who: &ContractorUser,
    id: Uuid,
    form: &TypedForm,
) -> Result<Checked, AppError> {
    let mut tx = app.db.begin(&who.scope()).await?;
    let checked = check_in(app, &mut tx, who, Some(id), form).await?;
    tx.commit().await?;
    Ok(checked)
}

pub(super) async fn check_in(
    app: &App,
    conn: &mut sqlx::PgConnection,
    who: &ContractorUser,
    id: Option<Uuid>,
    form: &TypedForm,
) -> Result<Checked, AppError> {
    let known = match id {
        Some(id) => applications::find(conn, who.surety, who.contractor, id).await?,
        None => None,
    };
    if let Some(guarantee) = known.as_ref().and_then(|row| row.guarantee_id) {
        return check_change_in(app, conn, who, guarantee, form).await;
    }
    let now = app.clock.now();
    let first_sent_at = known.and_then(|row| row.first_sent_at);
    let mut checked =
        read_and_judge(app, conn, who, form, first_sent_at.unwrap_or(now), None).await?;
    if let Some(content) = checked.content.as_ref().filter(|_| id.is_some()) {
        let (surety, contractor) = (who.surety, who.contractor);
        let received = same_works::received(conn, surety, contractor, id, content).await?;
        checked.findings.push(rules::overlap(&received));
    }
    Ok(checked)
}

/// The form of a change, held against what holds now.
pub(in crate::services) async fn check_change_in(
    app: &App,
    conn: &mut sqlx::PgConnection,
    who: &ContractorUser,
    guarantee: i64,
    form: &TypedForm,
) -> Result<Checked, AppError> {
    let now = app.clock.now();
    let base = Base::load(conn, guarantee).await?;
    let mut checked = read_and_judge(app, conn, who, form, now, Some(&base)).await?;
    if let Some(barrier) = base.barrier(era::tokyo_date(now)) {
        checked.faults.push(Fault {
            field: Field::ChangedOn,
            sentence: barrier.sentence().to_owned(),
        });
    }
    Ok(checked)
}

/// Reads a form and holds it against register, rule book and fonts.
async fn read_and_judge(
    app: &App,
    conn: &mut sqlx::PgConnection,
    who: &ContractorUser,
    form: &TypedForm,
    applied_at: OffsetDateTime,
    change: Option<&Base>,
) -> Result<Checked, AppError> {
    let (today, applied_on) = (
        era::tokyo_date(app.clock.now()),
        era::tokyo_date(applied_at),
    );
    let typed = form.get(Field::Obligee.id());
    let named = obligees::meant(conn, who.surety, typed, applied_on).await?;
    let book = match (change, named.as_ref().and_then(|row| row.book.clone())) {
        (Some(base), _) => base
            .obligee
            .as_ref()
            .and_then(|obligee| obligee.book.clone()),
        (None, Some(book)) => Some(serde_json::from_value::<RuleBook>(book)?),
        (None, None) => None,
    };
    let contractor = sureties::contractor(conn, who.surety, who.contractor).await?;
    let branches = sureties::branches(conn, who.surety).await?;
    let choices = Choices {
        branches: branches.iter().map(|branch| branch.id).collect(),
        billing_places: contractor.billing_places,
        obligee: named.map(|row| (row.id, row.title_name)),
        change: change.map(|base| base.before),
    };
    let mut checked = Checked {
        content: None,
        faults: Vec::new(),
        findings: Vec::new(),
        book,
    };
    let reading = entry::read(form, &choices);
    let circumstances = match change {
        Some(base) => base.circumstances(today, contractor.lump_sum),
        None => Circumstances {
            today,
            applied_on,
            lump_sum_agreement: contractor.lump_sum,
            guarantees: standing::of(conn, who.surety, who.contractor, None, &reading.content)
                .await?,
        },
    };
    checked.findings = rules::obstacles(rules::judge(
        &reading.content,
        &reading.unread(),
        checked.book.as_ref(),
        &circumstances,
    ));
    let mut reading = reading;
    if let Some(fault) = foundation(conn, who, &mut reading).await? {
        reading.faults.push(fault);
    }
    match reading.whole() {
        Ok(content) => checked.content = Some(content),
        Err(faults) => checked.faults = faults,
    }
    unprintable(form, &mut checked.faults);
    Ok(checked)
}

/// The 前払金保証 that 中間前払金保証 builds on: an issued one of the same company. Its number is kept
/// as it is printed.
async fn foundation(
    conn: &mut sqlx::PgConnection,
    who: &ContractorUser,
    reading: &mut Reading,
) -> Result<Option<Fault>, AppError> {
    let unread = reading.unread();
    let Some(terms) = reading.content.midterm.as_mut() else {
        return Ok(None);
    };
    let field = Field::MidtermBuildsOn;
    let Ok(typed) = TypedNumber::parse(&terms.builds_on) else {
        return Ok(None);
    };
    if unread.contains(&field) {
        return Ok(None);
    }
    let found =
        guarantees::find_of_contractor(conn, who.surety, who.contractor, typed.digits()).await?;
    let own = typed.letter().is_none_or(|letter| letter == who.suffix());
    let sentence = match found.filter(|_| own) {
        Some(row) if row.product == Product::Prepayment.code() => {
            terms.builds_on = format!("{}{}", row.number, row.suffix);
            return Ok(None);
        }
        Some(row) => {
            let product = Product::from_code(&row.product).map_or("", Product::label);
            format!(
                "{}{} は{product}の番号です。前払金保証の保証契約番号を入力してください（保証契約一覧で確かめられます）。",
                row.number, row.suffix
            )
        }
        None => format!(
            "{} の前払金保証は見つかりません。発行済みの前払金保証の番号を、保証契約一覧で確かめて入力してください。",
            terms.builds_on
        ),
    };
    Ok(Some(Fault { field, sentence }))
}

/// Characters no document font has are refused by name in fields that are printed (decisions.md).
fn unprintable(form: &TypedForm, faults: &mut Vec<Fault>) {
    let kind = ApplicationKind::of(form);
    for field in [
        Field::Obligee,
        Field::WorksName,
        Field::JvName,
        Field::JvRepresentative,
        Field::Bank,
        Field::MidtermBank,
    ] {
        if !kind.asks(field) {
            continue;
        }
        let already = faults.iter().any(|fault| fault.field == field);
        if let Some(missing) = font::missing(form.get(field.id())).filter(|_| !already) {
            faults.push(Fault {
                field,
                sentence: format!(
                    "{}の『{missing}』は証書に印刷できません。ほかの文字に直してください。",
                    field.label()
                ),
            });
        }
    }
}

/// Printed fields of a sent application with characters that no document font has.
pub(in crate::services) fn unprinted(content: &ApplicationContent) -> Vec<(Field, String)> {
    let works = &content.works;
    let jv = works.jv.as_ref();
    [
        (Field::Obligee, Some(&works.obligee_name)),
        (Field::WorksName, Some(&works.works_name)),
        (Field::JvName, jv.map(|jv| &jv.name)),
        (Field::JvRepresentative, jv.map(|jv| &jv.representative)),
        (
            Field::Bank,
            content.prepayment.as_ref().map(|terms| &terms.bank),
        ),
        (
            Field::MidtermBank,
            content.midterm.as_ref().map(|terms| &terms.bank),
        ),
    ]
    .into_iter()
    .filter_map(|(field, text)| Some((field, font::missing(text?)?.to_string())))
    .collect()
}
