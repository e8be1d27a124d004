//! 申込確認: everything as it will be printed, and the one button that sends it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::answers::{self, Card};
use super::place::DECIDING;
use super::{Desk, Id, frame};
use crate::domain::acceptance;
use crate::domain::application::Stage;
use crate::domain::content::ApplicationContent;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::product::CertificateForm;
use crate::domain::rulebook::RuleBook;
use crate::domain::rules;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::applications::{self, Sent};
use crate::services::documents;
use crate::services::drafts::{self, OpenForm};
use crate::services::fees;
use crate::web::answer::{PageResult, page_with, see_other};
use crate::web::fee::FeeBox;
use crate::web::flash::Told;
use crate::web::form::RawForm;
use crate::web::page::BranchLine;
use crate::web::shell::NetdeskShell;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk::{Application, ChangeOf, Guarantee};

/// 申込確認
#[derive(Template)]
#[template(path = "netdesk/applications/confirm.html")]
pub struct ConfirmPage {
    shell: NetdeskShell,
    address: Application,
    revision: i32,
    cards: Vec<Card>,
    /// Rules that warn: what, and the field it is about.
    warnings: Vec<(String, &'static str)>,
    kind: ApplicationKind,
    /// 保証期限 of each product: name, date, and why.
    expiries: Vec<(&'static str, String, String)>,
    /// 認定調書, where 中間前払金保証 is applied for.
    record: Option<Record>,
    /// The reservation it was carried over from.
    reservation: Option<String>,
    /// 保証料（概算）, product by product.
    fees: Vec<FeeBox>,
    /// Whether this person may send.
    may_send: bool,
    returned: bool,
    /// Mail goes here after issue.
    mail: Option<String>,
    line: BranchLine,
}

impl ConfirmPage {
    fn reserves(&self) -> bool {
        self.kind == ApplicationKind::Reservation
    }
}

/// The card of the 認定調書.
pub struct Record {
    /// Name, size, and when it was attached by whom.
    attached: Option<(String, String, String)>,
    error: Option<String>,
}

/// GET 申込確認
pub async fn show(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    Told(told): Told,
) -> PageResult {
    let open = match drafts::open(&web, &who, id).await {
        Ok(open) => open,
        Err(AppError::NotFound) => {
            applications::status(&web, &who, id).await?;
            return Ok(see_other(Application(id).status()));
        }
        Err(error) => return Err(error),
    };
    if let Some(number) = &open.change_of {
        return Ok(see_other(ChangeOf::new(number).confirmation()));
    }
    match page(&web, &who, &open).await? {
        Some(mut page) => {
            page.shell.common.flash = told;
            page_with(StatusCode::OK, &page)
        }
        None => Ok(see_other(Application(id).problems())),
    }
}

/// POST この内容で申し込む
pub async fn submit(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    form: RawForm,
) -> PageResult {
    let revision = form.get("revision").parse().unwrap_or(0);
    match applications::submit(&web, &who, id, revision).await? {
        Sent::Done { .. } | Sent::Already => Ok(see_other(Application(id).submission())),
        Sent::Refused(checked) => {
            let open = drafts::open(&web, &who, id).await?;
            let desk = Desk::open(&web, &who, open.kind).await?;
            let problems = checked.problems();
            let page = desk.page((&open).into(), &open.form, &checked, &problems);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Sent::Stale => changed(&web, &who, id).await,
        Sent::NoRecord => {
            let words = "認定調書（PDF）を添付してください。中間前払金保証のお申し込みには、発注者の認定調書が必要です。";
            refused_record(&web, &who, id, words.to_owned()).await
        }
    }
}

/// What was wrong with the 認定調書, beside its field; nothing has changed.
pub async fn refused_record(
    web: &Web,
    who: &ContractorUser,
    id: Uuid,
    sentence: String,
) -> PageResult {
    let open = drafts::open(web, who, id).await?;
    let Some(mut page) = page(web, who, &open).await? else {
        return Ok(see_other(Application(id).problems()));
    };
    page.shell.common.errors = ErrorSummary::default().link("f-file", &sentence);
    let record = page.record.get_or_insert(Record {
        attached: None,
        error: None,
    });
    record.error = Some(sentence);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Somebody saved after the check page was shown: the newest contents, and nothing sent.
async fn changed(web: &Web, who: &ContractorUser, id: Uuid) -> PageResult {
    let open = drafts::open(web, who, id).await?;
    let Some(mut page) = page(web, who, &open).await? else {
        return Ok(see_other(Application(id).problems()));
    };
    page.shell.common.errors = ErrorSummary::titled(
        "確認のあとで内容が変わりました",
        format!(
            "{}さんが {} に保存しました。まだ送信していません。新しい内容を確かめてから、もう一度「この内容で申し込む」を押してください。",
            open.updated_by,
            era::stamp(open.updated_at)
        ),
    );
    page_with(StatusCode::CONFLICT, &page)
}

/// The page, or nothing where something has to be mended first.
async fn page(
    web: &Web,
    who: &ContractorUser,
    open: &OpenForm,
) -> Result<Option<ConfirmPage>, AppError> {
    let checked = applications::check_to_send(web, who, open.id, &open.form).await?;
    let Some(content) = checked.content.as_ref().filter(|_| checked.may_be_sent()) else {
        return Ok(None);
    };
    let offer = drafts::offer(web, who).await?;
    let shell = frame(web, who, open.kind);
    let line = offer
        .branch(content.information.branch_id)
        .map(crate::sites::netdesk::frame::line)
        .unwrap_or_default();
    let mut warnings: Vec<_> = rules::warnings(&checked.findings)
        .into_iter()
        .map(|finding| (finding.sentence.clone(), finding.field.id()))
        .collect();
    warnings.extend(left_out(open, content));
    let fees = fees::estimate(web, who, open.id, content).await?;
    let today = era::tokyo_date(web.clock.now());
    let applied_on = open.first_sent_at.map_or(today, era::tokyo_date);
    let mut cards = answers::cards(content, &line.name, applied_on);
    as_printed(&mut cards, open, content);
    deciding_days(&mut cards, checked.book.as_ref(), content);
    let electronic = content.products().any(|product| {
        content
            .terms(product)
            .is_some_and(|terms| terms.form == CertificateForm::Electronic)
    });
    Ok(Some(ConfirmPage {
        shell,
        address: Application(open.id),
        revision: open.revision,
        cards,
        warnings,
        kind: open.kind,
        expiries: content
            .products()
            .map(|product| {
                let until = content.until(product, applied_on);
                let why = answers::until_words(content, product, until);
                (product.label(), era::padded(until), why.to_owned())
            })
            .collect(),
        record: match content.midterm {
            Some(_) => Some(record(web, who, open.id).await?),
            None => None,
        },
        reservation: open.reservation.clone(),
        fees: fees
            .iter()
            .map(|(product, quote)| FeeBox::of(product.label(), quote.as_ref()).rough().open())
            .collect(),
        may_send: who.role().may_send(),
        returned: open.stage == Stage::Returned,
        mail: content
            .information
            .email
            .clone()
            .filter(|_| content.information.notify && electronic),
        line,
    }))
}

async fn record(web: &Web, who: &ContractorUser, id: Uuid) -> Result<Record, AppError> {
    let newest = documents::newest(web, who, id).await?;
    Ok(Record {
        attached: newest.map(|document| {
            let at = format!("{} {}", era::stamp(document.at), document.by);
            (document.name, documents::size_words(document.size), at)
        }),
        error: None,
    })
}

/// The obligee is printed as the register names it: said where something else was typed.
fn as_printed(cards: &mut [Card], open: &OpenForm, content: &ApplicationContent) {
    let typed = open.form.get(Field::Obligee.id()).trim();
    if typed != content.works.obligee_name {
        answers::add(
            cards,
            Field::Obligee,
            format!("入力は「{typed}」です。証書には、登録されているこの名前を印刷します。"),
        );
    }
}

/// The date that opened the way to an electronic guarantee says so.
fn deciding_days(cards: &mut [Card], book: Option<&RuleBook>, content: &ApplicationContent) {
    let electronic = content.products().any(|product| {
        content
            .terms(product)
            .is_some_and(|terms| terms.form == CertificateForm::Electronic)
    });
    if !electronic {
        return;
    }
    for field in DECIDING {
        if let Some(window) = acceptance::window_met(book, &content.works, field) {
            answers::add(cards, field, format!("電子保証の対象（{window}）です"));
        }
    }
}

/// An amount typed for a product that is switched off is not sent: that must not pass unseen.
fn left_out(open: &OpenForm, content: &ApplicationContent) -> Vec<(String, &'static str)> {
    open.kind
        .products()
        .iter()
        .copied()
        .filter(|product| content.terms(*product).is_none())
        .filter_map(|product| {
            let field: Field = super::typed::amount(product);
            let amount = Yen::parse(open.form.get(field.id())).ok()?;
            let switch = super::typed::switch(product);
            Some((
                format!(
                    "{}（入力は{amount}円）は「{}」を選んでいないため、申し込みません。",
                    product.label(),
                    switch.label()
                ),
                switch.id(),
            ))
        })
        .collect()
}
