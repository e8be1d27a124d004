//! From what was typed to what is meant: the application form read field by field, with every
//! fault said at once beside its field. Nothing is corrected silently; names keep every byte.

use time::Date;

use super::content::{
    ApplicationContent, Before, BidFacts, BidMethod, ChangeTerms, CommonTerms, ContractTerms,
    FeeMethod, Handover, Information, MidtermConditions, MidtermTerms, PrepaymentPlan,
    PrepaymentTerms, ReservationTerms,
};
use super::email::Email;
use super::era;
use super::field::Field;
use super::money::Yen;
use super::number::TypedNumber;
use super::product::{CertificateForm, Product};
use super::text;
use super::typed::TypedForm;
use super::width;
use super::works::{
    ContractKind, JointVenture, JvMember, MultiYear, Obligation, WorksContract, YearAmount,
};

mod share;

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
        let midterm_on = self.form.checked(Field::MidtermOn.id());
        let contract_on = self.form.checked(Field::ContractOn.id());
        let reservation_on = self.form.checked(Field::ReservationOn.id());
        ApplicationContent {
            works: self.works(prepayment_on || midterm_on || reservation_on),
            prepayment: prepayment_on.then(|| self.prepayment()),
            midterm: midterm_on.then(|| self.midterm()),
            contract: contract_on.then(|| ContractTerms {
                common: self.common(Product::Contract),
            }),
            reservation: reservation_on.then(|| ReservationTerms {
                common: self.common(Product::Reservation),
            }),
            change: self.change(),
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
        let bid_date = self.optional_date(Field::BidDate);
        let planned_notice_date = self.optional_date(Field::PlannedNoticeDate);
        let jv = self.jv();
        let multi_year = self.multi_year(period_from);
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
            bid_date,
            planned_notice_date,
            jv,
            multi_year,
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
        let members = self.members(&representative);
        (!name.is_empty()).then_some(JointVenture {
            name,
            representative,
            members,
        })
    }

    /// 構成員 with their shares: none at all, or all of them with the representative, making 100 %.
    fn members(&mut self, representative: &str) -> Vec<JvMember> {
        let mut members = Vec::new();
        let before = self.faults.len();
        for (member, share) in Field::MEMBERS {
            let name = self.line(member, NAME_MAX).unwrap_or_default();
            let typed = self.form.get(share.id()).trim().to_owned();
            match (name.is_empty(), typed.is_empty()) {
                (true, true) => {}
                (true, false) => self.fault(
                    member,
                    &format!("{}の会社名を入力してください。", member.label()),
                ),
                (false, true) => self.fault(
                    share,
                    &format!("{name}の出資比率を、60 や 33.34 のように入力してください。"),
                ),
                (false, false) => match share::parse(&typed) {
                    Some(share) => members.push(JvMember { name, share }),
                    None => self.fault(
                        share,
                        &format!(
                            "{name}の出資比率は、60 や 33.34 のように、0より大きく100以下の数字（小数は2けたまで）で入力してください。"
                        ),
                    ),
                },
            }
        }
        if self.faults.len() > before {
            return members;
        }
        let sum: u32 = members.iter().map(|member| member.share).sum();
        if !members.is_empty() && sum != share::WHOLE {
            self.fault(
                Field::JvShare1,
                &format!(
                    "出資比率の合計を100%にしてください（いまは{}%です）。",
                    share::words(sum)
                ),
            );
        } else if !members.is_empty() && !members.iter().any(|member| member.name == representative)
        {
            self.fault(
                Field::JvMember1,
                "構成員に、JVの代表者と同じ会社名を入れてください。",
            );
        }
        members
    }

    /// 債務負担行為・継続費: the lines from the period's first fiscal year on.
    fn multi_year(&mut self, period_from: Option<Date>) -> Option<MultiYear> {
        let obligation = self.optional_choice(Field::Obligation, |code| match code {
            "none" => Some(None),
            code => Obligation::from_code(code).map(Some),
        })??;
        let first = period_from.map_or(0, era::fiscal_year);
        let mut years = Vec::new();
        for ((scheduled, ceiling), year) in Field::YEARS.into_iter().zip(first..) {
            let blank = |field: Field| self.form.get(field.id()).trim().is_empty();
            if blank(scheduled) && blank(ceiling) {
                continue;
            }
            years.push(YearAmount {
                year,
                scheduled: self.required_money(scheduled).unwrap_or(Yen::ZERO),
                ceiling: self.required_money(ceiling).unwrap_or(Yen::ZERO),
            });
        }
        Some(MultiYear { obligation, years })
    }

    fn midterm(&mut self) -> MidtermTerms {
        let common = self.common(Product::Midterm);
        let builds_on = match TypedNumber::parse(self.form.get(Field::MidtermBuildsOn.id())) {
            Ok(number) => number.digits().to_owned(),
            Err(fault) => {
                let label = Field::MidtermBuildsOn.label();
                self.fault(Field::MidtermBuildsOn, &fault.sentence(label));
                String::new()
            }
        };
        let prepaid = self.required_money(Field::MidtermPrepaid);
        let approved_on = self.required_date(Field::MidtermApprovedOn);
        let fy_base = self.optional_money(Field::MidtermFyBase);
        let bank = self.required_line(Field::MidtermBank, NAME_MAX);
        let redeposit = self.yes_no(Field::MidtermRedeposit, "yes", "no");
        let ticked = |field: Field| self.form.checked(field.id());
        MidtermTerms {
            common,
            fy_base,
            builds_on,
            prepaid: prepaid.unwrap_or(Yen::ZERO),
            approved_on: approved_on.unwrap_or(NO_DAY),
            conditions: MidtermConditions {
                prepaid: ticked(Field::MidtermConditionPrepaid),
                half_over: ticked(Field::MidtermConditionHalfOver),
                on_schedule: ticked(Field::MidtermConditionOnSchedule),
                half_done: ticked(Field::MidtermConditionHalfDone),
            },
            bank: width::full_width(&bank.unwrap_or_default()),
            redeposit: redeposit.unwrap_or_default(),
        }
    }

    fn change(&mut self) -> Option<ChangeTerms> {
        let before = self.choices.change?;
        let changed_on = self.required_date(Field::ChangedOn);
        let field = Field::ChangeReason;
        let reason = match text::block(self.form.get(field.id()), REASON_MAX) {
            Ok(reason) if reason.trim().is_empty() => {
                self.fault(
                    field,
                    "変更の理由を入力してください（例：設計変更による増額）。",
                );
                String::new()
            }
            Ok(reason) => reason,
            Err(fault) => {
                self.fault(field, &fault.sentence(field.label()));
                String::new()
            }
        };
        Some(ChangeTerms {
            changed_on: changed_on.unwrap_or(NO_DAY),
            reason,
            before,
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
        let fields = Field::of(product);
        let form = match fields.form {
            Some(field) => self.choice(field, CertificateForm::from_code),
            // A reservation is never electronic (decisions.md).
            None => Some(CertificateForm::Paper),
        };
        let amount = self.required_money(fields.amount);
        let fee_method = self.choice(fields.fee_method, FeeMethod::from_code);
        let bill_to = self.bill_to(fields.bill_to);
        let paper_statement = self.yes_no(fields.paper_statement, "yes", "no");
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
        let design_price = self.optional_money(Field::DesignPrice);
        let named = |line: Option<String>| line.filter(|line| !line.is_empty());
        let obligee_section = named(self.line(Field::ObligeeSection, NAME_MAX));
        let kind_detail = named(self.line(Field::KindDetail, NAME_MAX));
        BidFacts {
            method,
            planned_price,
            low_price: self.form.checked(Field::LowPrice.id()),
            midterm: self.form.checked(Field::Midterm.id()),
            prepayment_plan: plan,
            design_price,
            obligee_section,
            kind_detail,
            partial_payment: self.form.checked(Field::PartialPayment.id()),
            by_change: self.form.checked(Field::ByChange.id()),
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
    for product in Product::ALL {
        let fields = Field::of(product);
        if fields.form == Some(field) {
            return format!("{}の証書の形式（証書(紙)または電子保証）", product.label());
        }
        if fields.paper_statement == field {
            return format!("{}の{}", product.label(), field.label());
        }
    }
    field.label().to_owned()
}
