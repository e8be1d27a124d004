//! Everything an application says, in the words of the check page: amounts with kanji, dates as
//! the certificate prints them.

use time::Date;

use crate::domain::application::ItemState;
use crate::domain::content::{
    ApplicationContent, BidFacts, CommonTerms, Information, MidtermTerms,
};
use crate::domain::era::fiscal_year;
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::works::year_words;
use crate::domain::{entry, era, midterm};

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

/// All cards, in the order of the form. `applied_on`: 申込日, by which this fiscal year is told.
pub fn cards(content: &ApplicationContent, branch: &str, applied_on: Date) -> Vec<Card> {
    let reserved = content.reservation.is_some();
    let mut cards = vec![Card {
        id: Section::Works.id(),
        title: Section::Works.label(),
        lines: works(content, applied_on),
    }];
    for product in content.products() {
        let Some(terms) = content.terms(product) else {
            continue;
        };
        cards.push(Card {
            id: product.code(),
            title: product.label(),
            lines: terms_of(content, product, terms, applied_on),
        });
    }
    if !reserved {
        cards.push(Card {
            id: Section::Bid.id(),
            title: Section::Bid.label(),
            lines: bid(&content.bid, content.prepayment.is_none()),
        });
    }
    cards.push(Card {
        id: Section::Information.id(),
        title: "その他（インフォメーション）",
        lines: information(&content.information, branch, reserved),
    });
    cards
}

/// Why 保証期限 of a product is that day.
pub fn until_words(content: &ApplicationContent, product: Product, until: Date) -> &'static str {
    match product {
        Product::Reservation if Some(until) == content.works.contract_date => {
            "契約予定日と同じ日です"
        }
        _ if until == content.works.period_to => "工期の終わりと同じ日です",
        _ => "今年度の終わりの日です（複数年度の契約）",
    }
}

fn day(field: Field, date: Option<Date>) -> Answer {
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
fn plain_day(field: Field, date: Option<Date>) -> Answer {
    date.map_or_else(
        || Answer::new(field, ""),
        |date| Answer::new(field, era::plain(date)).sub(era::gregorian(date)),
    )
}

fn works(content: &ApplicationContent, applied_on: Date) -> Vec<Answer> {
    let works = &content.works;
    let kind = content.kind();
    let named = |answer: Answer, field: Field| answer.named(field.label_in(kind));
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
        named(Answer::yen(Field::Price, works.price, ""), Field::Price),
        named(
            day(Field::ContractDate, works.contract_date),
            Field::ContractDate,
        ),
        Answer::new(Field::PeriodFrom, period)
            .named(if kind == ApplicationKind::Reservation {
                "予定工期"
            } else {
                "工期"
            })
            .sub(format!("{days}日間")),
    ];
    for (field, date) in [
        (Field::NoticeDate, works.notice_date),
        (Field::AwardDate, works.award_date),
        (Field::BidDate, works.bid_date),
        (Field::PlannedNoticeDate, works.planned_notice_date),
    ] {
        if date.is_some() || field == Field::AwardDate && kind == ApplicationKind::New {
            lines.push(plain_day(field, date));
        }
    }
    let (name, representative) = works.jv.as_ref().map_or(("", String::new()), |jv| {
        (jv.name.as_str(), format!("代表者　{}", jv.representative))
    });
    lines.push(Answer::new(Field::JvName, name).sub(representative));
    let members = works.jv.iter().flat_map(|jv| &jv.members);
    for (member, (field, _)) in members.zip(Field::MEMBERS) {
        let share = entry::share_words(member.share);
        lines.push(Answer::new(field, &member.name).sub(format!("出資比率 {share}%")));
    }
    if let Some(multi) = &works.multi_year {
        lines.push(Answer::new(Field::Obligation, multi.obligation.label()));
        let this = works.year_of(applied_on);
        for line in &multi.years {
            let year = year_words(line.year);
            let label = if line.year == this {
                format!("{year}（今年度）")
            } else {
                year
            };
            let first = fiscal_year(works.period_from);
            let at = usize::try_from(line.year - first).unwrap_or_default();
            let field = Field::YEARS
                .get(at)
                .map_or(Field::Obligation, |(scheduled, _)| *scheduled);
            lines.push(
                Answer::new(field, format!("出来高予定額 {} 円", line.scheduled))
                    .named(&label)
                    .sub(format!("支払限度額 {} 円", line.ceiling)),
            );
        }
    }
    lines
}

fn terms_of(
    content: &ApplicationContent,
    product: Product,
    terms: &CommonTerms,
    applied_on: Date,
) -> Vec<Answer> {
    let fields = Field::of(product);
    let (amount, method) = (fields.amount, fields.fee_method);
    let (bill_to, statement) = (fields.bill_to, fields.paper_statement);
    let (base, label) = content.share_base(product, applied_on);
    let share = Yen::percent_half_up(terms.amount, base)
        .map_or_else(String::new, |share| format!("・{label}の{share}%"));
    let mut lines = Vec::new();
    match fields.form {
        Some(form) => lines.push(Answer {
            key: terms.form == CertificateForm::Electronic,
            ..Answer::new(form, terms.form.label())
        }),
        // A reservation has nothing to choose.
        None => lines.push(Answer::new(amount, terms.form.label()).named("予約証書の形式")),
    }
    if let Some(midterm) = content
        .midterm
        .as_ref()
        .filter(|_| product == Product::Midterm)
    {
        lines.extend(foundation(content, midterm, applied_on));
    }
    if product.is_advance() {
        let field = match product {
            Product::Midterm => Field::MidtermFyBase,
            _ => Field::FyBase,
        };
        lines.push(content.fy_base(product).map_or_else(
            || Answer::new(field, ""),
            |base| Answer::yen(field, base, ""),
        ));
    }
    lines.push(Answer::yen(amount, terms.amount, &share));
    if product == Product::Reservation {
        let plan = content.bid.prepayment_plan;
        let words = plan.map_or("", |plan| plan.label());
        lines.push(Answer::new(Field::PrepaymentPlan, words));
    }
    let (bank, redeposit) = match product {
        Product::Midterm => (Field::MidtermBank, Field::MidtermRedeposit),
        _ => (Field::Bank, Field::Redeposit),
    };
    if let Some(name) = content.bank(product) {
        lines.push(Answer::new(bank, name).named("預託金融機関"));
        let used = match product {
            Product::Midterm => content
                .midterm
                .as_ref()
                .is_some_and(|terms| terms.redeposit),
            _ => content
                .prepayment
                .as_ref()
                .is_some_and(|terms| terms.redeposit),
        };
        let words = if used {
            "再預託を利用する"
        } else {
            "再預託を利用しない"
        };
        lines.push(Answer::new(redeposit, words));
    }
    lines.push(Answer::new(method, terms.fee_method.label()));
    lines.push(Answer::new(bill_to, &terms.bill_to));
    lines.push(Answer::new(statement, wanted(terms.paper_statement)));
    lines
}

fn foundation(content: &ApplicationContent, terms: &MidtermTerms, applied_on: Date) -> Vec<Answer> {
    let first = midterm::first_day_words(&content.works, applied_on);
    let mut lines = vec![
        Answer::new(Field::MidtermBuildsOn, &terms.builds_on),
        Answer::yen(Field::MidtermPrepaid, terms.prepaid, ""),
        plain_day(Field::MidtermApprovedOn, Some(terms.approved_on)).sub(format!(
            "{}　請求できる最初の日：{first}",
            era::gregorian(terms.approved_on)
        )),
    ];
    lines.extend(
        terms
            .stated()
            .into_iter()
            .zip(1..)
            .map(|((field, met), number)| {
                let answer = if met { "はい" } else { "いいえ" };
                Answer::new(field, answer)
                    .named(&format!("条件{number}"))
                    .sub(field.label())
            }),
    );
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

fn information(information: &Information, branch: &str, reserved: bool) -> Vec<Answer> {
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
    let handover = Answer::new(
        Field::Handover,
        information.handover.map_or("", |handover| handover.label()),
    );
    let mut lines = vec![Answer::new(Field::Branch, branch)];
    if reserved {
        let kind = ApplicationKind::Reservation;
        lines.push(handover.named(Field::Handover.label_in(kind)));
    } else {
        lines.push(handover);
        lines.push(
            Answer::new(Field::Notify, wanted(information.notify))
                .sub(information.email.clone().unwrap_or_default()),
        );
    }
    lines.push(
        Answer::new(Field::Department, person)
            .named("連絡先")
            .sub(&information.tel),
    );
    lines.push(Answer::new(Field::Message, &information.message));
    lines
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

/// What marks an application that is not a plain 保証申込.
pub fn kind_tag(kind: ApplicationKind) -> Option<crate::web::page::Tag> {
    use crate::web::page::{Tag, Tone};
    (kind != ApplicationKind::New).then(|| Tag::new(Tone::Mute, kind.label()))
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
