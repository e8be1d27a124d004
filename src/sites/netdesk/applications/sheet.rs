//! One typed form held against what is known: the source of every row of the page.

use time::Date;

use super::place::Place;
use super::typed;
use crate::domain::acceptance::{self, Acceptance, AcceptanceFacts};
use crate::domain::entry::Fault;
use crate::domain::era;
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::rulebook::{Electronic, RuleBook};
use crate::domain::rules::{self, AmountFacts};
use crate::domain::typed::TypedForm;
use crate::domain::works::ContractKind;
use crate::services::drafts::Offer;
use crate::web::page::Tone;

/// Fields whose mark hangs on what stands in others.
pub const MARKED: [Field; 10] = [
    Field::ContractDate,
    Field::NoticeDate,
    Field::BidDate,
    Field::PlannedNoticeDate,
    Field::AwardDate,
    Field::JvName,
    Field::JvRepresentative,
    Field::PrepaymentPlan,
    Field::Handover,
    Field::Email,
];

/// What the page is made of.
pub struct Sheet<'a> {
    pub kind: ApplicationKind,
    pub form: &'a TypedForm,
    /// What a fresh form holds.
    pub fresh: &'a TypedForm,
    pub offer: &'a Offer,
    /// The obligee's rule book, where the typed name is in the register.
    pub book: Option<&'a RuleBook>,
    /// What cannot be read yet; it decides the tabs' words, and is shown only on asking.
    pub unread: &'a [Fault],
    /// What is shown beside the fields.
    pub problems: &'a [Fault],
    /// The civil date in Japan.
    pub today: Date,
}

impl Sheet<'_> {
    pub fn get(&self, field: Field) -> &str {
        self.form.get(field.id())
    }

    pub fn place(&self) -> Place {
        Place::of(self.kind, self.book)
    }

    /// What this form calls a field.
    pub fn label(&self, field: Field) -> &'static str {
        field.label_in(self.kind)
    }

    pub fn on(&self, product: Product) -> bool {
        self.form.checked(typed::switch(product).id())
    }

    pub fn works_kind(&self) -> Option<ContractKind> {
        ContractKind::from_code(self.get(Field::Kind))
    }

    pub fn yen(&self, field: Field) -> Option<Yen> {
        Yen::parse(self.get(field)).ok()
    }

    pub fn date(&self, field: Field) -> Option<Date> {
        era::parse_date(self.get(field)).ok()
    }

    /// Everything wrong with one field, in one breath.
    pub fn error(&self, field: Field) -> Option<String> {
        let words: String = self
            .problems
            .iter()
            .filter(|fault| fault.field == field)
            .map(|fault| fault.sentence.as_str())
            .collect();
        (!words.is_empty()).then_some(words)
    }

    /// The line beside the obligee's name.
    pub fn obligee_answer(&self) -> Option<(Tone, String)> {
        // A reservation is never electronic.
        if self.kind == ApplicationKind::Reservation {
            return None;
        }
        let Some(book) = self.book else {
            return (!self.get(Field::Obligee).trim().is_empty()).then(|| {
                let words = "発注者の電子保証対応が未登録です。発注者へご確認ください。";
                (Tone::Warn, words.to_owned())
            });
        };
        let tone = match book.electronic {
            Electronic::From { .. } => Tone::Ok,
            Electronic::PaperOnly | Electronic::Unknown => Tone::Warn,
        };
        Some((tone, acceptance::summary(book)))
    }

    /// Whether an electronic certificate can be had, said beside the choice; nothing before an
    /// obligee is named.
    pub fn acceptance(&self, product: Product) -> Option<Acceptance<'_>> {
        let facts = self.facts();
        let named = !self.get(Field::Obligee).trim().is_empty();
        named.then(|| acceptance::decide(self.book, &facts, product))
    }

    /// Whether an empty field would be refused as things stand: what its mark 必須 says.
    pub fn needs(&self, field: Field) -> bool {
        let typed = |field: Field| !self.get(field).trim().is_empty();
        let on = |product| self.on(product);
        let reserves = self.kind == ApplicationKind::Reservation;
        match field {
            Field::ContractDate => {
                reserves || on(Product::Prepayment) || on(Product::Midterm) || self.decides(field)
            }
            Field::BidDate => reserves || self.decides(field),
            Field::NoticeDate | Field::AwardDate | Field::PlannedNoticeDate => self.decides(field),
            Field::JvName => typed(Field::JvRepresentative),
            Field::JvRepresentative => typed(Field::JvName),
            Field::PrepaymentPlan => reserves || on(Product::Contract) && !on(Product::Prepayment),
            Field::Handover => {
                reserves
                    || Product::ALL
                        .into_iter()
                        .any(|it| on(it) && self.form_of(it) == Some(CertificateForm::Paper))
            }
            Field::Email => self.get(Field::Notify) != "no",
            _ => false,
        }
    }

    /// An electronic certificate is chosen, and the obligee's rule hangs on this date.
    fn decides(&self, field: Field) -> bool {
        let facts = self.facts_without(field);
        Product::ALL.into_iter().any(|product| {
            self.on(product)
                && self.form_of(product) == Some(CertificateForm::Electronic)
                && matches!(
                    acceptance::decide(self.book, &facts, product),
                    Acceptance::NeedsDate { basis, .. } if acceptance::date_field(basis) == Some(field)
                )
        })
    }

    fn form_of(&self, product: Product) -> Option<CertificateForm> {
        CertificateForm::from_code(self.get(Field::of(product).form?))
    }

    fn facts(&self) -> AcceptanceFacts {
        self.facts_without(Field::Obligee)
    }

    /// The facts as if one date were not known.
    fn facts_without(&self, unknown: Field) -> AcceptanceFacts {
        let date = |field: Field| self.date(field).filter(|_| field != unknown);
        AcceptanceFacts {
            kind: self.works_kind(),
            detail: self.named(Field::KindDetail),
            section: self.named(Field::ObligeeSection),
            notice_date: date(Field::NoticeDate),
            bid_date: date(Field::BidDate),
            planned_notice_date: date(Field::PlannedNoticeDate),
            award_date: date(Field::AwardDate),
            contract_date: date(Field::ContractDate),
            by_change: self.form.checked(Field::ByChange.id()),
            today: self.today,
        }
    }

    fn amounts(&self) -> AmountFacts {
        AmountFacts {
            kind: self.works_kind(),
            price: self.yen(Field::Price),
            fy_base: self.year_base(Product::Prepayment),
            low_price: self.form.checked(Field::LowPrice.id()),
            detail: self.named(Field::KindDetail),
        }
    }

    fn named(&self, field: Field) -> Option<String> {
        let typed = self.get(field).trim();
        (!typed.is_empty()).then(|| typed.to_owned())
    }

    /// What the ratio of a product is a ratio of.
    pub fn base(&self, product: Product) -> Option<Yen> {
        match product {
            Product::Prepayment | Product::Midterm => {
                self.year_base(product).or(self.yen(Field::Price))
            }
            Product::Contract | Product::Reservation => self.yen(Field::Price),
        }
    }

    /// The fields whose value the ratio of a product is a share of; the first one with a value counts.
    pub fn base_fields(&self, product: Product) -> Vec<Field> {
        let mut fields = match product {
            Product::Prepayment => vec![Field::FyBase],
            Product::Midterm => vec![Field::MidtermFyBase],
            Product::Contract | Product::Reservation => Vec::new(),
        };
        if product.is_advance() {
            fields.extend(self.this_year().map(|line| line.scheduled));
        }
        fields.push(Field::Price);
        fields
    }

    /// The words beside the ratio.
    pub fn limit(&self, product: Product) -> String {
        let facts = self.amounts();
        let limit = match product {
            Product::Prepayment => {
                rules::prepayment_limit(&facts, self.book).map(|limit| limit.text())
            }
            Product::Midterm => self.midterm_limit(),
            Product::Contract | Product::Reservation => {
                rules::contract_floor(&facts, self.book).map(|floor| floor.text())
            }
        };
        limit.unwrap_or_else(|| match (product, facts.price) {
            (Product::Prepayment, Some(_)) => "工事／業務委託を選ぶと目安を表示します".to_owned(),
            _ => format!("{}を入力すると割合を表示します", self.price_word()),
        })
    }

    fn price_word(&self) -> &'static str {
        match self.kind {
            ApplicationKind::Reservation => self.label(Field::Price),
            ApplicationKind::New | ApplicationKind::Change => "請負金額",
        }
    }

    /// The ceiling of the prepayment, where it can be reckoned.
    pub fn ceiling(&self) -> Option<Yen> {
        rules::prepayment_limit(&self.amounts(), self.book).map(|limit| limit.ceiling)
    }

    /// How many problems stand in a section.
    pub fn problems_in(&self, section: Section) -> usize {
        let place = self.place();
        Field::ALL
            .iter()
            .filter(|field| place.section(**field) == section)
            .filter(|field| self.problems.iter().any(|fault| fault.field == **field))
            .count()
    }

    /// The class and the words of a tab's state.
    pub fn state(&self, section: Section) -> (&'static str, String) {
        let place = self.place();
        let wrong = self.problems_in(section);
        if wrong > 0 {
            return ("ng", format!("要修正 {wrong}件"));
        }
        let typed = Field::ALL.iter().any(|field| {
            place.section(*field) == section && self.get(*field) != self.fresh.get(field.id())
        });
        let readable = self
            .unread
            .iter()
            .all(|fault| place.section(fault.field) != section);
        let chosen =
            section != Section::Guarantee || Product::ALL.into_iter().any(|it| self.on(it));
        match (typed, readable && chosen) {
            (false, _) if section == Section::Bid => ("todo", "任意".to_owned()),
            (true, true) => ("ok", "✓ 入力済".to_owned()),
            (false, true) if section == Section::Information => ("ok", "✓ 入力済".to_owned()),
            (false, _) => ("todo", "未入力".to_owned()),
            (true, false) => ("now", "入力中".to_owned()),
        }
    }
}

/// Tenths of a per cent, half up; for showing only.
pub fn permille(amount: Yen, base: Yen) -> Option<u32> {
    let base = i128::from(base.get());
    let doubled = i128::from(amount.get()) * 2000 + base;
    let tenths = doubled.checked_div(base * 2)?;
    Some(u32::try_from(tenths).unwrap_or(u32::MAX))
}
