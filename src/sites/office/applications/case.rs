//! One application with everything the branch needs to decide, and the box of acts.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;
use uuid::Uuid;

use super::acts::{self, Acts, Deed, Me};
use super::change::{self, ChangeCard};
use super::facts::{self, BookView, Group, HistoryLine, RuleLine};
use super::way::{self, Step};
use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::applications::Item;
use crate::services::cases::{self, Case};
use crate::services::documents::{Document, size_words};
use crate::services::fees::receipts::{self, PaymentRow};
use crate::services::history::Happened;
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::fee::FeeBox;
use crate::web::field::FieldView;
use crate::web::flash::Told;
use crate::web::form::RawForm;
use crate::web::page::{Tag, Tone};
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

/// What stands in the forms of the page, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// 承認する人への申し送り
    pub memo: String,
    /// 支店の判断の理由
    pub overrule: String,
    /// 差戻しの言葉
    pub words: String,
    /// 謝絶の理由
    pub reason: String,
    /// お知らせ
    pub message: String,
    /// 入金: amount and date.
    pub amount: String,
    pub paid_on: String,
    /// The id of the forms that may be sent once: 入金確認, お知らせ.
    pub form_id: String,
    /// Of which form the boxes are known, and which products were ticked there.
    pub chosen: Option<(&'static str, Vec<String>)>,
    /// Field and sentence.
    pub faults: Vec<(&'static str, String)>,
    /// A refusal that belongs to no field: heading and sentence.
    pub refused: Option<(&'static str, String)>,
}

impl Typed {
    /// What a form sent after the session's end had in it.
    pub fn from_raw(form: &RawForm) -> Self {
        Self {
            memo: form.get("memo").to_owned(),
            overrule: form.get("overrule").to_owned(),
            words: form.get("words").to_owned(),
            reason: form.get("reason").to_owned(),
            message: form.get("message").to_owned(),
            amount: form.get("amount").to_owned(),
            paid_on: form.get("paid_on").to_owned(),
            form_id: form.get("form_id").to_owned(),
            ..Self::default()
        }
    }

    fn fault(&self, field: &str) -> Option<String> {
        let mut faults = self.faults.iter();
        faults
            .find(|(known, _)| *known == field)
            .map(|(_, sentence)| sentence.clone())
    }
}

struct ItemLine {
    label: &'static str,
    form: &'static str,
    amount: String,
    number: Option<String>,
    href: String,
    paper: bool,
    tag: Tag,
    /// 謝絶の理由
    reason: Option<String>,
}

struct Eye {
    title: &'static str,
    name: String,
    words: String,
    class: &'static str,
}

/// A file that was sent with it.
struct DocumentLine {
    name: String,
    words: String,
    sha256: String,
    href: String,
}

fn document_line(case: &Case, document: &Document) -> DocumentLine {
    DocumentLine {
        name: document.name.clone(),
        words: format!(
            "{}　{} {} 添付",
            size_words(document.size),
            era::stamp(document.at),
            document.by
        ),
        sha256: document.sha256.clone(),
        href: to::Case(case.id).document(document.id),
    }
}

/// A payment that was confirmed.
struct PaidLine {
    words: String,
    receipt: String,
    action: String,
}

struct FeeLine {
    fee: FeeBox,
    tone: Tone,
    words: String,
}

#[derive(Template)]
#[template(path = "office/applications/case.html")]
pub(super) struct Page {
    shell: OfficeShell,
    base: String,
    receipt_no: String,
    works_name: String,
    tags: Vec<Tag>,
    contractor: String,
    lump_sum: bool,
    obligee: String,
    price: String,
    branch: String,
    way: Vec<Step>,
    returned: Option<ReturnedNote>,
    acts: Acts,
    /// 変更の前と後
    change: Option<ChangeCard>,
    items: Vec<ItemLine>,
    rules: Vec<RuleLine>,
    tally: Vec<String>,
    checked: String,
    book: BookView,
    written: Vec<Group>,
    sent: String,
    /// The reservation it was carried over from.
    reservation: Option<String>,
    documents: Vec<DocumentLine>,
    eyes: Vec<Eye>,
    eyes_words: &'static str,
    fees: Vec<FeeLine>,
    /// Confirmed payments, each with its receipt.
    payments: Vec<PaidLine>,
    told: Vec<HistoryLine>,
    history: Vec<HistoryLine>,
    /// What the forms carry: the contents as they are shown here.
    seen: String,
    memo: FieldView,
    overrule: FieldView,
    words: FieldView,
    reason: FieldView,
    message: FieldView,
    amount: FieldView,
    paid_on: FieldView,
    typed: Typed,
}

struct ReturnedNote {
    title: &'static str,
    words: String,
}

impl Page {
    /// Whether a box of a form is ticked: as it was sent, else all of them, but never several
    /// products at once where there is no way back.
    fn ticked(&self, form: &str, product: &str, several: bool) -> bool {
        let ends = matches!(form, "choose-decline" | "choose-approval-withdrawal");
        self.sent(form, product).unwrap_or(!(ends && several))
    }

    fn picked(&self, product: &str, first: &bool) -> bool {
        self.sent("choose-payment", product).unwrap_or(*first)
    }

    fn sent(&self, form: &str, product: &str) -> Option<bool> {
        let (known, products) = self.typed.chosen.as_ref()?;
        (*known == form).then(|| products.iter().any(|code| code == product))
    }

    fn fault(&self, field: &str) -> Option<String> {
        self.typed.fault(field)
    }
}

/// GET /office/applications/{id}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let flash = rescued.flash().or(told);
    let typed = rescued.0.as_ref().map(Typed::from_raw).unwrap_or_default();
    let mut page = load(&web, &who, id, typed).await?;
    page.shell = page.shell.flash(flash);
    answer::page(&page)
}

/// GET /office/applications/{id}/progress: 204 while a product is 発行手続中, then 200.
pub async fn progress(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
) -> Result<Response, AppError> {
    let status = if cases::under_way(&web, &who, id).await? {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::OK
    };
    Ok(status.into_response())
}

/// The page as it stands now, with what was typed.
pub(super) async fn load(
    web: &Web,
    who: &Officer,
    id: Uuid,
    mut typed: Typed,
) -> Result<Page, AppError> {
    let case = cases::case(web, who, id).await?;
    let payments = receipts::of_application(web, who, id).await?;
    let shell = shell::shell(web, who, OfficeMenu::Applications, "case").await?;
    let now = web.clock.now();
    if Uuid::parse_str(&typed.form_id).is_err() {
        typed.form_id = web.chance.id(now).to_string();
    }
    let mut page = build(shell, &case, who.into(), typed, now);
    page.payments = payments.iter().map(paid_line).collect();
    Ok(page)
}

fn build(shell: OfficeShell, case: &Case, me: Me, typed: Typed, now: OffsetDateTime) -> Page {
    let fields = Fields::of(&typed);
    let acts = acts::acts(case, me, now);
    Page {
        shell: shell.errors(errors(&typed, &fields)),
        base: to::Case(case.id).to_string(),
        receipt_no: case.receipt_no.clone(),
        works_name: case.content.works.works_name.clone(),
        tags: tags(case),
        contractor: case.contractor.name.clone(),
        lump_sum: case.contractor.lump_sum,
        obligee: case.content.works.obligee_name.clone(),
        price: words::yen_with_unit(case.content.works.price.get()),
        branch: case.branch.name.clone(),
        way: way::steps(case, now),
        returned: returned(case),
        change: change::card(case),
        items: case
            .items
            .iter()
            .map(|item| item_line(case, item))
            .collect(),
        rules: facts::rules(&case.findings),
        tally: facts::tally(&case.findings),
        checked: checked(case, now),
        book: facts::book(case),
        written: facts::written(
            &case.content,
            &case.branch.name,
            era::tokyo_date(case.first_sent_at),
        ),
        reservation: case.reservation.clone(),
        documents: case
            .documents
            .iter()
            .map(|document| document_line(case, document))
            .collect(),
        sent: format!(
            "{} {} 送信・変更できません",
            era::stamp(case.sent_at),
            case.sent_by
        ),
        eyes: eyes(case, me, now),
        eyes_words: eyes_words(case, me),
        fees: case
            .items
            .iter()
            .filter(|item| !matches!(item.state, ItemState::Withdrawn | ItemState::Declined))
            .map(fee)
            .collect(),
        payments: Vec::new(),
        told: facts::history(
            &case
                .history
                .iter()
                .filter(|entry| entry.what == Some(Happened::MessageToContractor))
                .cloned()
                .collect::<Vec<_>>(),
        ),
        history: facts::history(&case.history),
        seen: case.seen.mark().to_owned(),
        memo: fields.memo,
        overrule: fields.overrule,
        words: fields.words,
        reason: fields.reason,
        message: fields.message,
        amount: fields.amount,
        paid_on: fields.paid_on,
        acts,
        typed,
    }
}

fn paid_line(row: &PaymentRow) -> PaidLine {
    let product = row.product.as_deref().and_then(Product::from_code);
    PaidLine {
        words: format!(
            "{} {}（{}）",
            product.map_or("", Product::label),
            words::yen_with_unit(row.amount),
            era::slashed(row.paid_on)
        ),
        receipt: match &row.receipt_no {
            Some(number) => format!("領収証 {number}（{}回印刷）", row.printed),
            None => "領収証は未発行".to_owned(),
        },
        action: to::payment_receipt(row.id),
    }
}

struct Fields {
    memo: FieldView,
    overrule: FieldView,
    words: FieldView,
    reason: FieldView,
    message: FieldView,
    amount: FieldView,
    paid_on: FieldView,
}

impl Fields {
    fn of(typed: &Typed) -> Self {
        Self {
            memo: FieldView::area("memo", "承認する人への申し送り", &typed.memo, 2)
                .stacked()
                .optional()
                .error(typed.fault("memo")),
            overrule: FieldView::area("overrule", "支店の判断の理由", &typed.overrule, 2)
                .stacked()
                .required()
                .error(typed.fault("overrule")),
            words: FieldView::area("words", "お客様への言葉", &typed.words, 3)
                .stacked()
                .required()
                .error(typed.fault("words")),
            reason: FieldView::area("reason", "理由（お客様に表示します）", &typed.reason, 3)
                .stacked()
                .required()
                .error(typed.fault("reason")),
            message: FieldView::area("message", "お知らせの言葉", &typed.message, 2)
                .stacked()
                .error(typed.fault("message")),
            amount: FieldView::money("amount", "入金の金額", &typed.amount)
                .stacked()
                .required()
                .error(typed.fault("amount")),
            paid_on: FieldView::date("paid_on", "入金の日", &typed.paid_on)
                .stacked()
                .required()
                .error(typed.fault("paid_on")),
        }
    }
}

fn errors(typed: &Typed, fields: &Fields) -> ErrorSummary {
    if let Some((title, sentence)) = &typed.refused {
        return ErrorSummary::titled(*title, sentence);
    }
    let views = [
        &fields.amount,
        &fields.paid_on,
        &fields.memo,
        &fields.overrule,
        &fields.words,
        &fields.reason,
        &fields.message,
    ];
    let boxes = typed
        .faults
        .iter()
        .filter(|(field, _)| field.starts_with("choose-"));
    boxes.fold(ErrorSummary::of(views), |errors, (field, sentence)| {
        errors.link(*field, sentence)
    })
}

/// Each state once, in the order of the products.
fn tags(case: &Case) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for item in &case.items {
        let tag = words::state(item.state);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn returned(case: &Case) -> Option<ReturnedNote> {
    let words = case.return_words.clone()?;
    let title = match case.stage {
        Stage::Returned => "お客様へお返ししています",
        _ => "一度差し戻した申込です。そのときの言葉",
    };
    Some(ReturnedNote { title, words })
}

fn item_line(case: &Case, item: &Item) -> ItemLine {
    // A change takes no number of its own.
    let changed = case.changes.as_ref().map(|changes| changes.number.as_str());
    let number = item.number.as_deref().or(changed);
    ItemLine {
        label: item.product.label(),
        form: words::form(item.form),
        amount: words::yen(item.amount),
        href: number.map_or_else(String::new, |number| to::Guarantee(number).to_string()),
        number: number.map(str::to_owned),
        paper: item.form == CertificateForm::Paper && item.state == ItemState::Issued,
        tag: words::state(item.state),
        reason: item
            .reason
            .clone()
            .filter(|_| item.state == ItemState::Declined),
    }
}

fn checked(case: &Case, now: OffsetDateTime) -> String {
    let today = era::slashed(era::tokyo_date(now));
    match case
        .obligee
        .as_ref()
        .and_then(|obligee| Some((&obligee.name, obligee.version?)))
    {
        Some((name, version)) => format!("{name}のきまり 版{version} で、{today} 現在の結果です。"),
        None => format!(
            "この発注者のきまりは登録がないため、一般の決まりで確認しました（{today} 現在）。"
        ),
    }
}

fn eyes(case: &Case, me: Me, now: OffsetDateTime) -> Vec<Eye> {
    let examination = match &case.examiner {
        None => Eye {
            title: "審査",
            name: "未着手".to_owned(),
            words: "―".to_owned(),
            class: "",
        },
        Some(by) => {
            let busy = case
                .items
                .iter()
                .any(|item| item.state == ItemState::UnderExamination);
            let time = words::short_time(by.at, now);
            Eye {
                title: "審査",
                name: if by.account == me.account {
                    format!("{}（あなた）", by.name)
                } else {
                    by.name.clone()
                },
                words: if busy {
                    format!("{time} ～ 審査中")
                } else {
                    format!("{time} 開始・済")
                },
                class: if busy { "me" } else { "ok" },
            }
        }
    };
    let approvals = case.items.iter().filter_map(|item| {
        let by = item.approved_by.as_ref()?;
        let at = item.approved_at?;
        Some(Eye {
            title: "承認",
            name: if by.0 == me.account {
                format!("{}（あなた）", by.1)
            } else {
                by.1.clone()
            },
            words: format!("{} {}", item.product.label(), words::short_time(at, now)),
            class: "ok",
        })
    });
    let mut all: Vec<Eye> = std::iter::once(examination).chain(approvals).collect();
    if all.len() == 1 {
        all.push(Eye {
            title: "承認",
            name: "未定".to_owned(),
            words: "―".to_owned(),
            class: "",
        });
    }
    all
}

fn eyes_words(case: &Case, me: Me) -> &'static str {
    let approved = case.items.iter().any(|item| item.approved_by.is_some());
    let mine = case.examiner.as_ref().map(|by| by.account) == Some(me.account);
    if approved {
        "審査した人と承認した人は、別の人です。"
    } else if mine {
        "あなたが審査しています。承認は、ほかの承認者が行います。"
    } else if me.role.may_approve() && case.examiner.is_some() {
        "あなたはこの申込を審査していないので、承認できます。"
    } else {
        "審査した人は承認できません。"
    }
}

fn fee(item: &Item) -> FeeLine {
    let (tone, words) = if item.fee_due && item.paid_before {
        (
            Tone::Warn,
            "保証金額・工期・請負金額のどれかが変わったため、前の入金確認は数えません。いまの保証料の入金を確認するまで発行できません。",
        )
    } else if item.fee_due && item.paid {
        (
            Tone::Warn,
            "保証料が不足しています。残りの入金を確認するまで発行できません。",
        )
    } else if item.fee_due {
        (
            Tone::Warn,
            "入金の確認が済んでいません。確認するまで発行できません。",
        )
    } else if item.paid {
        (Tone::Ok, "入金を確認しました。")
    } else if item.due.is_free() {
        (Tone::Ok, "この変更に、お支払いいただく保証料はありません。")
    } else {
        (
            Tone::Ok,
            "一括納付の契約があるため、入金を待たずに発行できます。",
        )
    };
    let short = item.due.shortfall().filter(|short| *short > Yen::ZERO);
    let missing = match short.filter(|_| item.fee_due) {
        Some(short) => format!("不足は{short}円です（入金確認{}円）。", item.due.paid),
        None => String::new(),
    };
    FeeLine {
        fee: FeeBox::due(
            item.product.label(),
            &item.due,
            item.state == ItemState::Issued,
        ),
        tone,
        words: format!("{words}{missing}（{}）", item.fee_method.label()),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
