//! Everything an application says, in the words of the check page: amounts with kanji, dates as
//! the certificate prints them.

use crate::domain::application::ItemState;
use crate::domain::content::{
    ApplicationContent, BidFacts, CommonTerms, Information, PrepaymentTerms,
};
use crate::domain::era;
use crate::domain::field::{Field, Section};
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::works::WorksContract;

/// One line: what it is called, what was answered, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub label: String,
    /// Empty where nothing was entered.
    pub value: String,
    /// A smaller second line.
    pub sub: String,
    /// The field it is changed at.
    pub field: &'static str,
    /// A figure, printed strong.
    pub figure: bool,
    /// An electronic certificate: shown as a tag with a key.
    pub key: bool,
}

impl Answer {
    fn new(field: Field, value: impl Into<String>) -> Self {
        Self {
            label: field.label().to_owned(),
            value: value.into(),
            sub: String::new(),
            field: field.id(),
            figure: false,
            key: false,
        }
    }

    fn named(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    fn sub(mut self, words: impl Into<String>) -> Self {
        self.sub = words.into();
        self
    }

    /// 「20,000,000 円」 with kanji beneath.
    fn yen(field: Field, amount: Yen, rest: &str) -> Self {
        Self {
            figure: true,
            ..Self::new(field, format!("{amount} 円")).sub(format!("{}{rest}", amount.kanji()))
        }
    }
}

/// One card of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// For ids.
    pub id: &'static str,
    pub title: &'static str,
    pub lines: Vec<Answer>,
}

/// All cards, in the order of the form. `asked`: the dates that decide stand with the works.
pub fn cards(content: &ApplicationContent, branch: &str) -> Vec<Card> {
    let mut cards = vec![Card {
        id: Section::Works.id(),
        title: Section::Works.label(),
        lines: works(&content.works),
    }];
    for product in content.products() {
        let Some(terms) = content.terms(product) else {
            continue;
        };
        let prepayment = content
            .prepayment
            .as_ref()
            .filter(|_| product == Product::Prepayment);
        cards.push(Card {
            id: product.code(),
            title: product.label(),
            lines: terms_of(product, terms, prepayment, content.works.price),
        });
    }
    cards.push(Card {
        id: Section::Bid.id(),
        title: Section::Bid.label(),
        lines: bid(&content.bid, content.prepayment.is_none()),
    });
    cards.push(Card {
        id: Section::Information.id(),
        title: "その他（インフォメーション）",
        lines: information(&content.information, branch),
    });
    cards
}

fn day(field: Field, date: Option<time::Date>) -> Answer {
    date.map_or_else(
        || Answer::new(field, ""),
        |date| Answer::new(field, era::padded(date)).sub(era::gregorian(date)),
    )
}

/// Writes `words` beneath the answer of one field, in place of what stands there.
pub fn add(cards: &mut [Card], field: Field, words: String) {
    let mut lines = cards.iter_mut().flat_map(|card| card.lines.iter_mut());
    if let Some(line) = lines.find(|line| line.field == field.id()) {
        line.sub = words;
    }
}

/// A date that no certificate prints: as people write it.
fn plain_day(field: Field, date: Option<time::Date>) -> Answer {
    date.map_or_else(
        || Answer::new(field, ""),
        |date| Answer::new(field, era::plain(date)).sub(era::gregorian(date)),
    )
}

fn works(works: &WorksContract) -> Vec<Answer> {
    let period = format!(
        "{}　～　{}",
        era::padded(works.period_from),
        era::padded(works.period_to)
    );
    let days = era::days_inclusive(works.period_from, works.period_to);
    let mut lines = vec![
        Answer::new(Field::Obligee, &works.obligee_name),
        Answer::new(Field::WorksName, &works.works_name),
        Answer::new(Field::Kind, works.kind.label()),
        Answer::yen(Field::Price, works.price, ""),
        day(Field::ContractDate, works.contract_date),
        Answer::new(Field::PeriodFrom, period)
            .named("工期")
            .sub(format!("{days}日間")),
    ];
    if works.notice_date.is_some() {
        lines.push(plain_day(Field::NoticeDate, works.notice_date));
    }
    lines.push(plain_day(Field::AwardDate, works.award_date));
    let (name, representative) = works.jv.as_ref().map_or(("", String::new()), |jv| {
        (jv.name.as_str(), format!("代表者　{}", jv.representative))
    });
    lines.push(Answer::new(Field::JvName, name).sub(representative));
    lines
}

fn terms_of(
    product: Product,
    terms: &CommonTerms,
    prepayment: Option<&PrepaymentTerms>,
    price: Yen,
) -> Vec<Answer> {
    let fields = Field::of(product);
    let (amount, method) = (fields.amount, fields.fee_method);
    let (bill_to, statement) = (fields.bill_to, fields.paper_statement);
    let form = fields.form_or_switch();
    let fy_base = prepayment.and_then(|terms| terms.fy_base);
    let (base, label) = fy_base.map_or((price, "請負金額"), |base| (base, "今年度対象額"));
    let share = Yen::percent_half_up(terms.amount, base)
        .map_or_else(String::new, |share| format!("・{label}の{share}%"));
    let mut lines = vec![Answer {
        key: terms.form == CertificateForm::Electronic,
        ..Answer::new(form, terms.form.label())
    }];
    if prepayment.is_some() {
        lines.push(fy_base.map_or_else(
            || Answer::new(Field::FyBase, ""),
            |base| Answer::yen(Field::FyBase, base, ""),
        ));
    }
    lines.push(Answer::yen(amount, terms.amount, &share));
    if let Some(prepayment) = prepayment {
        lines.push(Answer::new(Field::Bank, &prepayment.bank).named("預託金融機関"));
        let redeposit = if prepayment.redeposit {
            "再預託を利用する"
        } else {
            "再預託を利用しない"
        };
        lines.push(Answer::new(Field::Redeposit, redeposit));
    }
    lines.push(Answer::new(method, terms.fee_method.label()));
    lines.push(Answer::new(bill_to, &terms.bill_to));
    lines.push(Answer::new(statement, wanted(terms.paper_statement)));
    lines
}

fn bid(bid: &BidFacts, contract_only: bool) -> Vec<Answer> {
    let mut lines = vec![
        Answer::new(
            Field::BidMethod,
            bid.method.map_or("", |method| method.label()),
        ),
        bid.planned_price.map_or_else(
            || Answer::new(Field::PlannedPrice, ""),
            |price| Answer::yen(Field::PlannedPrice, price, ""),
        ),
        Answer::new(
            Field::LowPrice,
            if bid.low_price { "はい" } else { "いいえ" },
        ),
        Answer::new(Field::Midterm, if bid.midterm { "あり" } else { "なし" }).named("中間前払金"),
    ];
    if contract_only || bid.prepayment_plan.is_some() {
        lines.push(Answer::new(
            Field::PrepaymentPlan,
            bid.prepayment_plan.map_or("", |plan| plan.label()),
        ));
    }
    lines.extend(
        bid.design_price
            .map(|price| Answer::yen(Field::DesignPrice, price, "")),
    );
    for (field, value) in [
        (Field::ObligeeSection, bid.obligee_section.as_deref()),
        (Field::KindDetail, bid.kind_detail.as_deref()),
        (Field::PartialPayment, bid.partial_payment.then_some("はい")),
        (Field::ByChange, bid.by_change.then_some("はい")),
    ] {
        lines.extend(value.map(|value| Answer::new(field, value)));
    }
    lines
}

fn information(information: &Information, branch: &str) -> Vec<Answer> {
    let person = [
        &information.department,
        &information.post,
        &information.person,
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .cloned()
    .collect::<Vec<_>>()
    .join("　");
    vec![
        Answer::new(Field::Branch, branch),
        Answer::new(
            Field::Handover,
            information.handover.map_or("", |handover| handover.label()),
        ),
        Answer::new(Field::Notify, wanted(information.notify))
            .sub(information.email.clone().unwrap_or_default()),
        Answer::new(Field::Department, person)
            .named("連絡先")
            .sub(&information.tel),
        Answer::new(Field::Message, &information.message),
    ]
}

fn wanted(yes: bool) -> &'static str {
    if yes {
        "希望する"
    } else {
        "希望しない"
    }
}

/// One product as lists of an application show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductLine {
    pub product: &'static str,
    pub form: &'static str,
    pub amount: String,
    pub state: crate::web::page::Tag,
    /// 保証契約番号, once issued.
    pub number: Option<String>,
    /// 謝絶の理由
    pub reason: Option<String>,
}

impl ProductLine {
    pub fn of(item: &crate::services::applications::Item) -> Self {
        Self {
            product: item.product.label(),
            form: match item.form {
                CertificateForm::Paper => "証書(紙)",
                CertificateForm::Electronic => "電子保証",
            },
            amount: yen_words(item.amount),
            state: tag(item.state, item.contractor_word()),
            number: item.number.clone(),
            reason: item
                .reason
                .clone()
                .filter(|_| item.state == ItemState::Declined),
        }
    }
}

/// A state as a tag; the words come from the one table.
pub fn tag(state: ItemState, words: &str) -> crate::web::page::Tag {
    use crate::web::page::{Tag, Tone};
    let tone = match state {
        ItemState::Returned => Tone::Warn,
        ItemState::Issued => Tone::Ok,
        ItemState::Declined => Tone::Ng,
        ItemState::Draft | ItemState::Withdrawn => Tone::Mute,
        _ => Tone::Note,
    };
    Tag::new(tone, words)
}

/// 「20,000,000円」 as lists show it.
pub fn yen_words(amount: i64) -> String {
    Yen::new(amount).map_or_else(|| "―".to_owned(), |yen| format!("{yen}円"))
}
