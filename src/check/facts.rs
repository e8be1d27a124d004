//! What a file says, read strictly: a word nobody understands is an error, not silence.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::domain::content::{
    ApplicationContent, BidFacts, BidMethod, CommonTerms, ContractTerms, FeeMethod, Handover,
    Information, MidtermConditions, MidtermTerms, PrepaymentPlan, PrepaymentTerms,
    ReservationTerms,
};
use crate::domain::era::iso;
use crate::domain::fee::{FeeProduct, FeeTable};
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::{RuleBook, Span};
use crate::domain::rules::{Circumstances, Standing};
use crate::domain::strays;
use crate::domain::works::{
    ContractKind, JointVenture, JvMember, MultiYear, Obligation, WorksContract, YearAmount,
};

/// Why a file is not understood: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(pub String);

/// A whole file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Facts {
    /// The schema the file was written for; only for editors.
    #[serde(default, rename = "$schema")]
    schema: Option<String>,
    /// The day of the check.
    #[serde(with = "iso")]
    pub today: Date,
    /// 申込日; `today` where it is not said.
    #[serde(default, with = "iso::option")]
    pub applied_on: Option<Date>,
    #[serde(default)]
    pub lump_sum_agreement: bool,
    pub application: Application,
    /// Guarantees issued before, as far as the application builds on them.
    #[serde(default)]
    pub guarantees: Vec<Guarantee>,
    /// The versions of the obligee's rule book; the one in force on 申込日 judges.
    #[serde(default)]
    pub rule_books: Vec<Version>,
    /// The application changes a guarantee that says this now.
    #[serde(default)]
    pub change: Option<Change>,
    /// What each product costs; without a table no fee is reckoned.
    #[serde(default)]
    fee_tables: FeeTables,
}

/// A fee table for each product, as the Office keeps them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct FeeTables {
    prepayment: Option<Value>,
    midterm: Option<Value>,
    contract: Option<Value>,
    reservation: Option<Value>,
}

/// One version of a rule book.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    pub book: RuleBook,
    #[serde(flatten)]
    pub span: Span,
}

/// What a guarantee says before it is changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    pub product: Product,
    pub before: Application,
}

/// What is applied for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Application {
    pub works: Works,
    #[serde(default)]
    pub prepayment: Option<Prepayment>,
    #[serde(default)]
    pub midterm: Option<Midterm>,
    #[serde(default)]
    pub contract: Option<Contract>,
    #[serde(default)]
    pub reservation: Option<Reservation>,
    #[serde(default)]
    pub bid: Bid,
    #[serde(default)]
    pub handover: Option<Handover>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Works {
    #[serde(default)]
    obligee: Option<String>,
    #[serde(default)]
    name: Option<String>,
    kind: ContractKind,
    price: Yen,
    #[serde(with = "iso")]
    period_from: Date,
    #[serde(with = "iso")]
    period_to: Date,
    #[serde(default, with = "iso::option")]
    contract_date: Option<Date>,
    #[serde(default, with = "iso::option")]
    notice_date: Option<Date>,
    #[serde(default, with = "iso::option")]
    bid_date: Option<Date>,
    #[serde(default, with = "iso::option")]
    planned_notice_date: Option<Date>,
    #[serde(default, with = "iso::option")]
    award_date: Option<Date>,
    #[serde(default)]
    jv: Option<Jv>,
    #[serde(default)]
    multi_year: Option<Years>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Jv {
    name: String,
    representative: String,
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Member {
    name: String,
    /// In hundredths of a per cent: 60 % is 6000.
    share: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Years {
    obligation: Obligation,
    years: Vec<Year>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Year {
    year: i32,
    scheduled: Yen,
    ceiling: Yen,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prepayment {
    form: CertificateForm,
    amount: Yen,
    #[serde(default)]
    fy_base: Option<Yen>,
    #[serde(default)]
    bank: Option<String>,
    #[serde(default)]
    fee_method: Option<FeeMethod>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Midterm {
    form: CertificateForm,
    amount: Yen,
    #[serde(default)]
    fy_base: Option<Yen>,
    builds_on: String,
    prepaid: Yen,
    #[serde(with = "iso")]
    approved_on: Date,
    conditions: Conditions,
    #[serde(default)]
    bank: Option<String>,
    #[serde(default)]
    fee_method: Option<FeeMethod>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Conditions {
    prepaid: bool,
    half_over: bool,
    on_schedule: bool,
    half_done: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contract {
    form: CertificateForm,
    amount: Yen,
    #[serde(default)]
    fee_method: Option<FeeMethod>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reservation {
    amount: Yen,
    #[serde(default = "on_paper")]
    form: CertificateForm,
    #[serde(default)]
    fee_method: Option<FeeMethod>,
}

fn on_paper() -> CertificateForm {
    CertificateForm::Paper
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bid {
    method: Option<BidMethod>,
    planned_price: Option<Yen>,
    design_price: Option<Yen>,
    low_price: bool,
    midterm: bool,
    partial_payment: bool,
    by_change: bool,
    prepayment_plan: Option<PrepaymentPlan>,
    obligee_section: Option<String>,
    kind_detail: Option<String>,
}

/// A guarantee issued before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Guarantee {
    number: String,
    product: Product,
    #[serde(default = "electronic")]
    form: CertificateForm,
    amount: Yen,
    #[serde(with = "iso")]
    until: Date,
    #[serde(default)]
    obligee: Option<String>,
    #[serde(default)]
    works_name: Option<String>,
    #[serde(default)]
    terminated: bool,
}

fn electronic() -> CertificateForm {
    CertificateForm::Electronic
}

/// Fiscal years a contract may have, as the form's dates.
const YEARS: std::ops::RangeInclusive<i32> = 1868..=2100;

/// Stand in where a file does not say who and what.
const OBLIGEE: &str = "発注者";
const WORKS: &str = "工事";

impl Facts {
    /// # Errors
    /// Where and why the file is not understood.
    pub fn read(file: &[u8]) -> Result<Self, NotUnderstood> {
        let facts: Self =
            serde_json::from_slice(file).map_err(|error| NotUnderstood(error.to_string()))?;
        let typed =
            serde_json::from_slice(file).map_err(|error| NotUnderstood(error.to_string()))?;
        let kept =
            serde_json::to_value(&facts).map_err(|error| NotUnderstood(error.to_string()))?;
        if let Some(path) = strays::first(&typed, &kept) {
            return Err(NotUnderstood(format!("there is no field {path}")));
        }
        facts.checked()
    }

    /// Books that hold together, and days that fit one another.
    fn checked(self) -> Result<Self, NotUnderstood> {
        let mut before: Option<Span> = None;
        for (index, version) in self.rule_books.iter().enumerate() {
            let place = format!("rule_books.{}", index + 1);
            if let Some(fault) = version.book.faults().into_iter().next() {
                return Err(NotUnderstood(format!(
                    "{place}.book.{}: {}",
                    fault.place, fault.sentence
                )));
            }
            version.span.follows(before).map_err(|fault| {
                NotUnderstood(format!("{place}.valid_from: {}", fault.sentence()))
            })?;
            before = Some(version.span);
        }
        let before = self.change.iter().map(|change| &change.before);
        for application in std::iter::once(&self.application).chain(before) {
            let years = application.works.multi_year.iter().flat_map(|it| &it.years);
            if let Some(line) = years.into_iter().find(|line| !YEARS.contains(&line.year)) {
                return Err(NotUnderstood(format!(
                    "works.multi_year.years: {} is no fiscal year (the calendar year it begins in, from {} to {})",
                    line.year,
                    YEARS.start(),
                    YEARS.end()
                )));
            }
        }
        for product in Product::ALL {
            self.fee_table(product)?;
        }
        if let Some(change) = &self.change {
            for (place, application) in [
                ("application", &self.application),
                ("change.before", &change.before),
            ] {
                if !application.has(change.product) {
                    return Err(NotUnderstood(format!(
                        "{place}.{}: the change is one of this product, which is missing here",
                        change.product.code()
                    )));
                }
            }
        }
        Ok(self)
    }

    /// What a product costs; `None` where the file has no table for it.
    ///
    /// # Errors
    /// Everything that is wrong with the table.
    pub fn fee_table(&self, product: Product) -> Result<Option<FeeTable>, NotUnderstood> {
        let (table, of) = match product {
            Product::Prepayment => (&self.fee_tables.prepayment, FeeProduct::Prepayment),
            Product::Midterm => (&self.fee_tables.midterm, FeeProduct::Midterm),
            Product::Contract => (&self.fee_tables.contract, FeeProduct::Contract),
            Product::Reservation => (&self.fee_tables.reservation, FeeProduct::Reservation),
        };
        let Some(table) = table else {
            return Ok(None);
        };
        let table = FeeTable::from_json(table.clone(), of).map_err(|faults| {
            let faults: Vec<String> = faults
                .iter()
                .map(|fault| {
                    format!(
                        "fee_tables.{}.{}: {}",
                        of.code(),
                        fault.place.path(),
                        fault.sentence
                    )
                })
                .collect();
            NotUnderstood(faults.join(" / "))
        })?;
        Ok(Some(table))
    }

    /// 申込日
    pub fn applied_on(&self) -> Date {
        self.applied_on.unwrap_or(self.today)
    }

    /// The version in force on 申込日.
    pub fn version(&self) -> Option<&Version> {
        let spans: Vec<Span> = self.rule_books.iter().map(|version| version.span).collect();
        let index = Span::in_force(&spans, self.applied_on())?;
        self.rule_books.get(index)
    }

    pub fn circumstances(&self) -> Circumstances {
        Circumstances {
            today: self.today,
            applied_on: self.applied_on(),
            lump_sum_agreement: self.lump_sum_agreement,
            guarantees: self
                .guarantees
                .iter()
                .map(|guarantee| guarantee.standing(&self.application.works))
                .collect(),
        }
    }
}

impl Guarantee {
    fn standing(&self, works: &Works) -> Standing {
        let named = |own: &Option<String>, of: &Option<String>, other: &str| {
            own.clone()
                .or_else(|| of.clone())
                .unwrap_or_else(|| other.to_owned())
        };
        Standing {
            number: self.number.clone(),
            product: self.product,
            form: self.form,
            amount: self.amount,
            until: self.until,
            obligee_name: named(&self.obligee, &works.obligee, OBLIGEE),
            works_name: named(&self.works_name, &works.name, WORKS),
            terminated: self.terminated,
        }
    }
}

impl Application {
    fn has(&self, product: Product) -> bool {
        match product {
            Product::Prepayment => self.prepayment.is_some(),
            Product::Midterm => self.midterm.is_some(),
            Product::Contract => self.contract.is_some(),
            Product::Reservation => self.reservation.is_some(),
        }
    }

    /// As the form would have it; what a file need not say has a stand-in and is [`Self::unsaid`].
    pub fn content(&self) -> ApplicationContent {
        let common = |form, amount, method: Option<FeeMethod>| CommonTerms {
            form,
            amount,
            fee_method: method.unwrap_or(FeeMethod::Transfer),
            bill_to: String::new(),
            paper_statement: false,
        };
        let bank = |bank: &Option<String>| bank.clone().unwrap_or_default();
        ApplicationContent {
            works: self.works.contract(),
            prepayment: self.prepayment.as_ref().map(|it| PrepaymentTerms {
                common: common(it.form, it.amount, it.fee_method),
                fy_base: it.fy_base,
                bank: bank(&it.bank),
                redeposit: false,
            }),
            midterm: self.midterm.as_ref().map(|it| MidtermTerms {
                common: common(it.form, it.amount, it.fee_method),
                fy_base: it.fy_base,
                builds_on: it.builds_on.clone(),
                prepaid: it.prepaid,
                approved_on: it.approved_on,
                conditions: MidtermConditions {
                    prepaid: it.conditions.prepaid,
                    half_over: it.conditions.half_over,
                    on_schedule: it.conditions.on_schedule,
                    half_done: it.conditions.half_done,
                },
                bank: bank(&it.bank),
                redeposit: false,
            }),
            contract: self.contract.as_ref().map(|it| ContractTerms {
                common: common(it.form, it.amount, it.fee_method),
            }),
            reservation: self.reservation.as_ref().map(|it| ReservationTerms {
                common: common(it.form, it.amount, it.fee_method),
            }),
            change: None,
            bid: self.bid.facts(),
            information: Information {
                branch_id: 0,
                handover: self.handover,
                notify: false,
                email: None,
                department: String::new(),
                post: String::new(),
                person: String::new(),
                tel: String::new(),
                message: String::new(),
            },
        }
    }

    /// Fields the file does not speak of: the rules about them stay silent.
    pub fn unsaid(&self) -> Vec<Field> {
        let mut unsaid = Vec::new();
        let bank = |bank: Option<&Option<String>>| bank.is_some_and(Option::is_none);
        if bank(self.prepayment.as_ref().map(|it| &it.bank)) {
            unsaid.push(Field::Bank);
        }
        if bank(self.midterm.as_ref().map(|it| &it.bank)) {
            unsaid.push(Field::MidtermBank);
        }
        if self.handover.is_none() {
            unsaid.push(Field::Handover);
        }
        unsaid
    }
}

impl Works {
    fn contract(&self) -> WorksContract {
        WorksContract {
            obligee_id: None,
            obligee_name: self.obligee.clone().unwrap_or_else(|| OBLIGEE.to_owned()),
            works_name: self.name.clone().unwrap_or_else(|| WORKS.to_owned()),
            kind: self.kind,
            price: self.price,
            contract_date: self.contract_date,
            period_from: self.period_from,
            period_to: self.period_to,
            notice_date: self.notice_date,
            award_date: self.award_date,
            bid_date: self.bid_date,
            planned_notice_date: self.planned_notice_date,
            jv: self.jv.as_ref().map(|jv| JointVenture {
                name: jv.name.clone(),
                representative: jv.representative.clone(),
                members: jv
                    .members
                    .iter()
                    .map(|member| JvMember {
                        name: member.name.clone(),
                        share: member.share,
                    })
                    .collect(),
            }),
            multi_year: self.multi_year.as_ref().map(|years| MultiYear {
                obligation: years.obligation,
                years: years
                    .years
                    .iter()
                    .map(|line| YearAmount {
                        year: line.year,
                        scheduled: line.scheduled,
                        ceiling: line.ceiling,
                    })
                    .collect(),
            }),
        }
    }
}

impl Bid {
    fn facts(&self) -> BidFacts {
        BidFacts {
            method: self.method,
            planned_price: self.planned_price,
            low_price: self.low_price,
            midterm: self.midterm,
            prepayment_plan: self.prepayment_plan,
            design_price: self.design_price,
            obligee_section: self.obligee_section.clone(),
            kind_detail: self.kind_detail.clone(),
            partial_payment: self.partial_payment,
            by_change: self.by_change,
        }
    }
}
