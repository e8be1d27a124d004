//! From what was typed to what is meant: the application form read field by field, with every
//! fault said at once beside its field. Nothing is corrected silently; names keep every byte.

use time::Date;

use super::content::{
    ApplicationContent, BidFacts, BidMethod, CommonTerms, ContractTerms, FeeMethod, Handover,
    Information, PrepaymentPlan, PrepaymentTerms,
};
use super::email::Email;
use super::era;
use super::field::Field;
use super::money::Yen;
use super::product::{CertificateForm, Product};
use super::text;
use super::typed::TypedForm;
use super::width;
use super::works::{ContractKind, JointVenture, WorksContract};

/// The longest 工事名, in characters a reader counts.
pub const WORKS_NAME_MAX: usize = 120;
const NAME_MAX: usize = 60;
const MESSAGE_MAX: usize = 1000;

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
        faults: Vec::new(),
    };
    let content = reader.content();
    Reading {
        content,
        faults: reader.faults,
    }
}

/// Stands where a date could not be read.
const NO_DAY: Date = Date::MIN;

struct Reader<'a> {
    form: &'a TypedForm,
    choices: &'a Choices,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn content(&mut self) -> ApplicationContent {
        let prepayment_on = self.form.checked(Field::PrepaymentOn.id());
        let contract_on = self.form.checked(Field::ContractOn.id());
        ApplicationContent {
            works: self.works(prepayment_on),
            prepayment: prepayment_on.then(|| self.prepayment()),
            contract: contract_on.then(|| ContractTerms {
                common: self.common(Product::Contract),
            }),
            bid: self.bid(),
            information: self.information(),
        }
    }

    fn works(&mut self, contract_date_needed: bool) -> WorksContract {
        let obligee = self.required_line(Field::Obligee, NAME_MAX);
        let works_name = self.required_line(Field::WorksName, WORKS_NAME_MAX);
        let kind = self.choice(Field::Kind, ContractKind::from_code);
        let price = self.required_money(Field::Price);
        let contract_date = if contract_date_needed {
            self.required_date(Field::ContractDate)
        } else {
            self.optional_date(Field::ContractDate)
        };
        let period_from = self.required_date(Field::PeriodFrom);
        let period_to = self.required_date(Field::PeriodTo);
        let notice_date = self.optional_date(Field::NoticeDate);
        let award_date = self.optional_date(Field::AwardDate);
        let jv = self.jv();
        let (obligee_id, obligee_name) = match &self.choices.obligee {
            Some((id, printed)) => (Some(*id), printed.clone()),
            None => (None, obligee.unwrap_or_default()),
        };
        WorksContract {
            obligee_id,
            obligee_name,
            works_name: works_name.unwrap_or_default(),
            kind: kind.unwrap_or(ContractKind::Works),
            price: price.unwrap_or(Yen::ZERO),
            contract_date,
            period_from: period_from.unwrap_or(NO_DAY),
            period_to: period_to.unwrap_or(NO_DAY),
            notice_date,
            award_date,
            jv,
        }
    }

    fn jv(&mut self) -> Option<JointVenture> {
        let name = self.line(Field::JvName, NAME_MAX);
        let representative = self.line(Field::JvRepresentative, NAME_MAX);
        let (name, representative) = (name?, representative?);
        if name.is_empty() && !representative.is_empty() {
            self.fault(
                Field::JvName,
                "JVの代表者を入力したときは、JV名も入力してください。",
            );
        } else if !name.is_empty() && representative.is_empty() {
            self.fault(
                Field::JvRepresentative,
                "JV名を入力したときは、JVの代表者も入力してください（認証キーのお知らせに印刷します）。",
            );
        }
        (!name.is_empty()).then_some(JointVenture {
            name,
            representative,
        })
    }

    fn prepayment(&mut self) -> PrepaymentTerms {
        let common = self.common(Product::Prepayment);
        let fy_base = self.optional_money(Field::FyBase);
        let bank = self.required_line(Field::Bank, NAME_MAX);
        let redeposit = self.yes_no(Field::Redeposit, "yes", "no");
        PrepaymentTerms {
            common,
            fy_base,
            bank: width::full_width(&bank.unwrap_or_default()),
            redeposit: redeposit.unwrap_or_default(),
        }
    }

    fn common(&mut self, product: Product) -> CommonTerms {
        let (form, amount, method, bill_to, statement) = match product {
            Product::Prepayment => (
                Field::PrepaymentForm,
                Field::PrepaymentAmount,
                Field::PrepaymentFeeMethod,
                Field::PrepaymentBillTo,
                Field::PrepaymentPaperStatement,
            ),
            Product::Contract => (
                Field::ContractForm,
                Field::ContractAmount,
                Field::ContractFeeMethod,
                Field::ContractBillTo,
                Field::ContractPaperStatement,
            ),
        };
        let form = self.choice(form, CertificateForm::from_code);
        let amount = self.required_money(amount);
        let fee_method = self.choice(method, FeeMethod::from_code);
        let bill_to = self.bill_to(bill_to);
        let paper_statement = self.yes_no(statement, "yes", "no");
        CommonTerms {
            form: form.unwrap_or(CertificateForm::Electronic),
            amount: amount.unwrap_or(Yen::ZERO),
            fee_method: fee_method.unwrap_or(FeeMethod::Transfer),
            bill_to: bill_to.unwrap_or_default(),
            paper_statement: paper_statement.unwrap_or_default(),
        }
    }

    fn bill_to(&mut self, field: Field) -> Option<String> {
        let typed = self.form.get(field.id());
        if self
            .choices
            .billing_places
            .iter()
            .any(|place| place == typed)
        {
            return Some(typed.to_owned());
        }
        self.fault(field, &format!("{}を選択してください。", field.label()));
        None
    }

    fn bid(&mut self) -> BidFacts {
        let method = self.optional_choice(Field::BidMethod, BidMethod::from_code);
        let planned_price = self.optional_money(Field::PlannedPrice);
        let plan = self.optional_choice(Field::PrepaymentPlan, PrepaymentPlan::from_code);
        BidFacts {
            method,
            planned_price,
            low_price: self.form.checked(Field::LowPrice.id()),
            midterm: self.form.checked(Field::Midterm.id()),
            prepayment_plan: plan,
        }
    }

    fn information(&mut self) -> Information {
        let branch = self
            .form
            .get(Field::Branch.id())
            .parse()
            .ok()
            .filter(|id| self.choices.branches.contains(id));
        if branch.is_none() {
            self.fault(Field::Branch, "申込送信先を選択してください。");
        }
        let handover = self.optional_choice(Field::Handover, Handover::from_code);
        let notify = self.yes_no(Field::Notify, "yes", "no");
        let email = self.email(notify == Some(true));
        let department = self.line(Field::Department, NAME_MAX);
        let post = self.line(Field::Post, NAME_MAX);
        let person = self.line(Field::Person, NAME_MAX);
        let tel = self.tel();
        let message = match text::block(self.form.get(Field::Message.id()), MESSAGE_MAX) {
            Ok(message) => Some(message),
            Err(fault) => {
                self.fault(Field::Message, &fault.sentence(Field::Message.label()));
                None
            }
        };
        Information {
            branch_id: branch.unwrap_or_default(),
            handover,
            notify: notify.unwrap_or_default(),
            email,
            department: department.unwrap_or_default(),
            post: post.unwrap_or_default(),
            person: person.unwrap_or_default(),
            tel: tel.unwrap_or_default(),
            message: message.unwrap_or_default(),
        }
    }

    fn email(&mut self, needed: bool) -> Option<String> {
        let typed = self.form.get(Field::Email.id());
        if typed.trim().is_empty() {
            if needed {
                self.fault(
                    Field::Email,
                    "お知らせを「希望する」ときは、メールアドレスを入力してください。",
                );
            }
            return None;
        }
        match Email::parse(typed) {
            Ok(email) => Some(email.as_str().to_owned()),
            Err(fault) => {
                self.fault(Field::Email, &fault.sentence(Field::Email.label()));
                None
            }
        }
    }

    fn tel(&mut self) -> Option<String> {
        let typed = self.form.get(Field::Tel.id());
        if typed.trim().is_empty() {
            return Some(String::new());
        }
        let folded = text::fold_figures(typed);
        let digits = folded.bytes().filter(u8::is_ascii_digit).count();
        let clean = folded
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'(' | b')'));
        if clean && (9..=15).contains(&digits) {
            Some(folded)
        } else {
            self.fault(
                Field::Tel,
                "連絡先電話番号は、045-000-0000 のように数字で入力してください（9～15けた）。",
            );
            None
        }
    }

    fn line(&mut self, field: Field, max: usize) -> Option<String> {
        match text::line(self.form.get(field.id()), max) {
            Ok(line) => Some(line),
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                None
            }
        }
    }

    fn required_line(&mut self, field: Field, max: usize) -> Option<String> {
        let line = self.line(field, max)?;
        match text::required(line) {
            Ok(line) => Some(line),
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                None
            }
        }
    }

    fn required_money(&mut self, field: Field) -> Option<Yen> {
        match Yen::parse(self.form.get(field.id())) {
            Ok(amount) => Some(amount),
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                None
            }
        }
    }

    fn optional_money(&mut self, field: Field) -> Option<Yen> {
        if self.form.get(field.id()).trim().is_empty() {
            None
        } else {
            self.required_money(field)
        }
    }

    fn required_date(&mut self, field: Field) -> Option<Date> {
        match era::parse_date(self.form.get(field.id())) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                None
            }
        }
    }

    fn optional_date(&mut self, field: Field) -> Option<Date> {
        if self.form.get(field.id()).trim().is_empty() {
            None
        } else {
            self.required_date(field)
        }
    }

    fn choice<T>(&mut self, field: Field, from: impl Fn(&str) -> Option<T>) -> Option<T> {
        let chosen = from(self.form.get(field.id()));
        if chosen.is_none() {
            self.fault(
                field,
                &format!("{}を選択してください。", choice_label(field)),
            );
        }
        chosen
    }

    fn optional_choice<T>(&mut self, field: Field, from: impl Fn(&str) -> Option<T>) -> Option<T> {
        if self.form.get(field.id()).is_empty() {
            None
        } else {
            self.choice(field, from)
        }
    }

    fn yes_no(&mut self, field: Field, yes: &str, no: &str) -> Option<bool> {
        self.choice(field, |code| match code {
            code if code == yes => Some(true),
            code if code == no => Some(false),
            _ => None,
        })
    }

    fn fault(&mut self, field: Field, sentence: &str) {
        self.faults.push(Fault {
            field,
            sentence: sentence.to_owned(),
        });
    }
}

/// Two fields share the leaflet's label; a sentence that leaves its field names the product too.
fn choice_label(field: Field) -> String {
    match field {
        Field::PrepaymentForm => "前払金保証の証書の形式（証書(紙)または電子保証）".to_owned(),
        Field::ContractForm => "契約保証の証書の形式（証書(紙)または電子保証）".to_owned(),
        Field::PrepaymentPaperStatement => "前払金保証の保証料計算書(紙)について".to_owned(),
        Field::ContractPaperStatement => "契約保証の保証料計算書(紙)について".to_owned(),
        other => other.label().to_owned(),
    }
}
