//! From what was typed to what is meant: the application form read field by field, with every
//! fault said at once beside its field. Nothing is corrected silently; names keep every byte.

use super::content::{ApplicationContent, Before, BidFacts, ContractTerms, ReservationTerms};
use super::field::Field;
use super::kind::ApplicationKind;
use super::product::Product;
use super::typed::TypedForm;

mod products;
mod reader;
mod rest;
mod share;
mod works;

use reader::Reader;
pub use share::{parse as share, words as share_words};

/// The longest 工事名, in characters a reader counts.
pub const WORKS_NAME_MAX: usize = 120;
const NAME_MAX: usize = 60;
const MESSAGE_MAX: usize = 1000;
const REASON_MAX: usize = 500;

/// What is wrong with one field, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: Field,
    pub sentence: String,
}

/// What the form's choices may name.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Branches by id: 申込送信先.
    pub branches: Vec<i64>,
    /// 保証料請求先 of this contractor.
    pub billing_places: Vec<String>,
    /// The register's obligee for the name typed: id, and the name it is printed with.
    pub obligee: Option<(i64, String)>,
    /// For 変更の申込: what holds now.
    pub change: Option<Before>,
}

/// A form as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// With a stand-in at every field that has a fault; never sent, never shown.
    pub content: ApplicationContent,
    /// All faults, in the order of the form.
    pub faults: Vec<Fault>,
}

impl Reading {
    /// The fields that could not be read.
    pub fn unread(&self) -> Vec<Field> {
        self.faults.iter().map(|fault| fault.field).collect()
    }

    /// The contents, where every field could be read.
    ///
    /// # Errors
    /// All faults.
    pub fn whole(self) -> Result<ApplicationContent, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(self.content)
        } else {
            Err(self.faults)
        }
    }
}

/// Reads the whole form; what cannot be read is said, and does not keep the rest from being read.
pub fn read(form: &TypedForm, choices: &Choices) -> Reading {
    let mut reader = Reader {
        form,
        choices,
        kind: ApplicationKind::of(form),
        faults: Vec::new(),
    };
    let content = reader.content();
    Reading {
        content,
        faults: reader.faults,
    }
}

impl Reader<'_> {
    fn content(&mut self) -> ApplicationContent {
        let alone = self.kind == ApplicationKind::Reservation;
        let on = |product: Product| {
            alone == (product == Product::Reservation)
                && self.form.checked(Field::of(product).on.id())
        };
        let [prepayment, midterm, contract, reservation] = Product::ALL.map(on);
        ApplicationContent {
            works: self.works(prepayment || midterm || reservation),
            prepayment: prepayment.then(|| self.prepayment()),
            midterm: midterm.then(|| self.midterm()),
            contract: contract.then(|| ContractTerms {
                common: self.common(Product::Contract),
            }),
            reservation: reservation.then(|| ReservationTerms {
                common: self.common(Product::Reservation),
            }),
            change: self.change(),
            bid: if alone {
                BidFacts {
                    prepayment_plan: self.prepayment_plan(),
                    ..BidFacts::default()
                }
            } else {
                self.bid()
            },
            information: self.information(),
        }
    }
}
