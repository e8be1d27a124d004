//! 変更の申込: from a guarantee's page; what holds stands beside what is to hold, and the page says what
//! follows. The form of the certificate is locked, with the reason.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use uuid::Uuid;

use super::{frame, guarantee};
use crate::domain::entry::Fault;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::typed::TypedForm;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::applications::{self, Checked, Sent};
use crate::services::changes::{self, Change, Naming};
use crate::services::drafts::Saved;
use crate::services::fees::{self, ChangeFee};
use crate::web::answer::{self, PageResult, page_with, see_other};
use crate::web::changed::{self, Line};
use crate::web::fee::Step;
use crate::web::field::FieldView;
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::{Allowance, FormShape, RawForm, Submitted};
use crate::web::page::{Flash, HelpLink};
use crate::web::rescue::Rescued;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk::{Application, ChangeOf, Guarantee};

mod needless;
mod rows;

/// What the form sends.
#[derive(Debug, Clone)]
pub struct Typed {
    form: TypedForm,
    id: Option<Uuid>,
    revision: Option<i32>,
    /// 変更の内容を確認する was pressed.
    check: bool,
}

impl FormShape for Typed {
    const ALLOWANCE: Allowance = Allowance::LONG;

    fn read(form: &RawForm) -> Self {
        Self {
            form: Field::ALL
                .iter()
                .filter_map(|field| Some((field.id(), form.opt(field.id())?)))
                .collect(),
            id: Uuid::try_parse(form.get("application")).ok(),
            revision: form.get("revision").parse().ok(),
            check: form.get("go") == "next",
        }
    }
}

/// 変更の申込
#[derive(Template)]
#[template(path = "netdesk/changes/form.html")]
struct FormPage {
    shell: NetdeskShell,
    number: String,
    product: &'static str,
    action: String,
    back: String,
    id: Uuid,
    revision: Option<i32>,
    /// What cannot be changed here: label, words, and why.
    locked: Vec<(&'static str, String, &'static str)>,
    rows: Vec<FieldView>,
    contact: Vec<FieldView>,
    /// 弊社からのお願い, where it was returned.
    words: Option<String>,
    saved: Option<String>,
    /// A certificate's price-only change needs nothing.
    note: &'static str,
}

/// 変更の確認
#[derive(Template)]
#[template(path = "netdesk/changes/confirm.html")]
struct ConfirmPage {
    shell: NetdeskShell,
    number: String,
    product: &'static str,
    form: &'static str,
    address: ChangeOf,
    revision: i32,
    /// The version the old contents are of.
    base: u32,
    id: Uuid,
    lines: Vec<Line>,
    warnings: Vec<String>,
    reason: String,
    changed_on: String,
    /// 保証料の差: in words, and every step.
    fee: Option<FeeView>,
    /// What to hand in, and by when.
    duties: Vec<String>,
    may_send: bool,
    mail: Option<String>,
}

/// 保証料の差
struct FeeView {
    words: String,
    table: String,
    demo: bool,
    steps: Vec<Step>,
}

impl FeeView {
    fn of(fee: &ChangeFee) -> Self {
        let total = fee.difference.total();
        let amount = frame::yen(total.abs());
        Self {
            words: match total {
                0 => "保証料は変わりません。".to_owned(),
                more if more > 0 => format!("{amount}円の追加です。"),
                _ => format!("{amount}円をお返しします。"),
            },
            table: fee.table.clone(),
            demo: fee.table.starts_with("DEMO"),
            steps: crate::domain::fee::told(&fee.difference.lines),
        }
    }
}

/// Why no change can be begun, and where to look instead.
#[derive(Template)]
#[template(path = "netdesk/changes/barred.html")]
struct BarredPage {
    shell: NetdeskShell,
    number: String,
    back: String,
    words: String,
    link: Option<(String, String)>,
}

fn shell(web: &Web, who: &ContractorUser) -> NetdeskShell {
    let help = HelpLink::netdesk("changes", "変更の申込のヘルプ");
    frame::shell(web, who, Menu::Guarantees, help)
}

/// GET 変更の申込
pub async fn form(
    State(web): State<Web>,
    who: ContractorUser,
    Path(typed): Path<String>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let number = guarantee::number_of(&who, &typed)?;
    let change = changes::open(&web, &who, number.digits()).await?;
    if let Some(barred) = barred(&web, &who, &change) {
        return answer::page(&barred);
    }
    let flash = rescued.flash().or(told);
    let form = match &rescued.0 {
        Some(raw) => {
            let sent = <Typed as FormShape>::read(raw);
            changes::merged(&change.form, change.before.product, &sent.form)
        }
        None => change.form.clone(),
    };
    let mut page = form_page(&web, &who, &change, &form, &[]);
    page.shell.common.flash = flash;
    answer::page(&page)
}

/// The page that says why nothing can be changed now.
fn barred(web: &Web, who: &ContractorUser, change: &Change) -> Option<BarredPage> {
    let number = change.guarantee.number.clone();
    let (words, link) = match (&change.under_way, &change.barrier) {
        (Some((receipt, id)), _) => (
            format!(
                "この保証契約の変更の申込（受付番号 {receipt}）を、支店で手続きしています。終わってから、つぎの変更をお申し込みください。"
            ),
            Some((
                Application(*id).status(),
                "変更の申込の状況を見る".to_owned(),
            )),
        ),
        (None, Some(words)) if change.kept.is_none() => (words.clone(), None),
        _ => return None,
    };
    Some(BarredPage {
        shell: shell(web, who),
        back: Guarantee(&number).to_string(),
        number,
        words,
        link,
    })
}

fn form_page(
    web: &Web,
    who: &ContractorUser,
    change: &Change,
    form: &TypedForm,
    problems: &[Fault],
) -> FormPage {
    let guarantee = &change.guarantee;
    let number = guarantee.number.clone();
    let kept = change.kept.as_ref();
    let rows = rows::of(change, form, problems);
    let contact = rows::contact(form, guarantee.form, problems);
    let mut shell = shell(web, who);
    shell.common.errors = ErrorSummary::of(rows.iter().chain(&contact));
    if shell.common.errors.any() {
        shell.common.errors.lead =
            Some("入力した内容はすべて残っています。まだ送信していません。".to_owned());
    }
    FormPage {
        product: guarantee.product.label(),
        action: ChangeOf::new(&number).to_string(),
        back: Guarantee(&number).to_string(),
        id: kept.map_or_else(|| web.chance.id(web.clock.now()), |kept| kept.id),
        revision: kept.map(|kept| kept.revision),
        locked: vec![
            ("保証契約番号", number.clone(), "番号は変わりません。"),
            (
                "証書の形式",
                guarantee.form.label().to_owned(),
                "同じ保証契約の変更では、証書の形式を変えられません。",
            ),
            (
                "発注者名",
                guarantee.obligee_name.clone(),
                "名前の誤りは、支店が訂正します。",
            ),
            ("工事名", guarantee.works_name.clone(), ""),
        ],
        rows,
        contact,
        words: kept.and_then(|kept| kept.return_words.clone()),
        saved: kept.map(|kept| era::stamp(kept.updated_at)),
        note: if guarantee.product.is_advance() {
            "請負金額だけが変わるときは、変更の手続きは不要です（証書の注2）。減額で前払金が多くなりすぎるときは、その額をお知らせします。"
        } else {
            "請負金額が変わったときは、発注者が請負金額の10分の1以上への変更を求めることがあります。"
        },
        number,
        shell,
    }
}

/// POST 変更の申込: saves, then does what was wished.
pub async fn save(
    State(web): State<Web>,
    who: ContractorUser,
    Path(number): Path<String>,
    Submitted(typed): Submitted<Typed>,
) -> PageResult {
    let number = guarantee::number_of(&who, &number)?;
    let change = changes::open(&web, &who, number.digits()).await?;
    let address = ChangeOf::new(&change.guarantee.number);
    let naming = Naming {
        id: typed.id.unwrap_or_else(|| web.chance.id(web.clock.now())),
        revision: typed.revision,
    };
    let form = changes::merged(&change.form, change.before.product, &typed.form);
    let saved = match changes::save(&web, &who, number.digits(), naming, &typed.form).await {
        Ok(saved) => saved,
        Err(AppError::Conflict(words)) => {
            let mut page = form_page(&web, &who, &change, &form, &[]);
            page.shell.common.errors = ErrorSummary::titled("変更を申し込めません", words);
            return page_with(StatusCode::CONFLICT, &page);
        }
        Err(error) => return Err(error),
    };
    match saved {
        Saved::At { .. } if typed.check => {
            let checked = changes::check(&web, &who, &change, &form).await?;
            if checked.may_be_sent() {
                return Ok(see_other(address.confirmation()));
            }
            let change = changes::open(&web, &who, number.digits()).await?;
            refused(&web, &who, &change, &form, &checked).await
        }
        Saved::At { .. } => Ok(see_other_telling(
            &web,
            address.to_string(),
            &Flash::ok("下書きを保存しました。まだ送信していません。"),
        )),
        Saved::Stale { by, at, .. } => {
            let mut page = form_page(&web, &who, &change, &form, &[]);
            page.shell.common.errors = ErrorSummary::titled(
                "ほかの人が先に保存しました",
                format!(
                    "{by}さんが {} に保存しています。この画面の入力は、まだ保存していません。よろしければ、もう一度保存してください（先に保存された内容は置きかわります）。",
                    era::stamp(at)
                ),
            );
            page_with(StatusCode::CONFLICT, &page)
        }
        Saved::Refused(faults) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form_page(&web, &who, &change, &form, &faults),
        ),
        Saved::Closed => Ok(see_other(Guarantee(&change.guarantee.number).to_string())),
    }
}

async fn refused(
    web: &Web,
    who: &ContractorUser,
    change: &Change,
    form: &TypedForm,
    checked: &Checked,
) -> PageResult {
    if let Some(page) = needless::page(web, who, change, checked).await? {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let page = form_page(web, who, change, form, &checked.problems());
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// GET 変更の確認
pub async fn confirm(
    State(web): State<Web>,
    who: ContractorUser,
    Path(number): Path<String>,
    Told(told): Told,
) -> PageResult {
    let number = guarantee::number_of(&who, &number)?;
    let change = changes::open(&web, &who, number.digits()).await?;
    let address = ChangeOf::new(&change.guarantee.number);
    let Some(kept) = &change.kept else {
        return Ok(see_other(address.to_string()));
    };
    let checked = changes::check(&web, &who, &change, &kept.form).await?;
    match confirm_page(&web, &who, &change, &checked) {
        Some(mut page) => {
            let amount = checked
                .content
                .as_ref()
                .and_then(|content| content.terms(change.guarantee.product))
                .map_or(Yen::ZERO, |common| common.amount);
            let id = change.guarantee.id;
            let fee = fees::change_fee(&web, &who, id, change.before.amount, amount).await?;
            page.fee = fee.as_ref().map(FeeView::of);
            page.shell.common.flash = told;
            answer::page(&page)
        }
        None => refused(&web, &who, &change, &kept.form, &checked).await,
    }
}

fn confirm_page(
    web: &Web,
    who: &ContractorUser,
    change: &Change,
    checked: &Checked,
) -> Option<ConfirmPage> {
    let kept = change.kept.as_ref()?;
    let content = checked.content.as_ref().filter(|_| checked.may_be_sent())?;
    let terms = content.change.as_ref()?;
    let guarantee = &change.guarantee;
    let warnings = crate::domain::rules::warnings(&checked.findings);
    Some(ConfirmPage {
        shell: shell(web, who),
        number: guarantee.number.clone(),
        product: guarantee.product.label(),
        form: guarantee.form.label(),
        address: ChangeOf::new(&guarantee.number),
        revision: kept.revision,
        base: change.before.seq,
        id: kept.id,
        lines: changed::of(content, terms, era::tokyo_date(web.clock.now())),
        warnings: warnings
            .into_iter()
            .map(|finding| finding.sentence.clone())
            .collect(),
        reason: terms.reason.clone(),
        changed_on: era::both(terms.changed_on),
        fee: None,
        duties: duties(guarantee.product, guarantee.form, terms.before.amount, {
            content
                .terms(guarantee.product)
                .map_or(Yen::ZERO, |common| common.amount)
        }),
        may_send: who.role().may_send(),
        mail: content.information.email.clone().filter(|_| {
            content.information.notify && guarantee.form == CertificateForm::Electronic
        }),
    })
}

/// What is to be handed in, and by when (domain.md §6.3).
fn duties(product: Product, form: CertificateForm, before: Yen, after: Yen) -> Vec<String> {
    let mut duties = Vec::new();
    match form {
        CertificateForm::Electronic => duties.push(
            "認証キーは新規発行時のものから変わりません。変更の証書が届いたことを、発注者へお知らせください。お知らせ（PDF）は印刷し直せます。".to_owned(),
        ),
        CertificateForm::Paper => duties.push(
            "変更の証書（原本）を受け取り、発注者へ提出してください。".to_owned(),
        ),
    }
    if product.is_advance() && after > before {
        duties.push("追加の前払金は、変更の証書が届いてから請求してください。".to_owned());
    }
    if let Some(lowered) = before.checked_sub(after)
        && product.is_advance()
        && lowered > Yen::ZERO
    {
        duties.push(format!(
            "前払金{lowered}円を、発注者の定める期限までに発注者へ返還してください（{before}円から{after}円へ）。"
        ));
    }
    if product == Product::Contract {
        duties.push("変更契約を結ぶときに、発注者へ提出してください。".to_owned());
    }
    duties
}

/// POST この内容で変更を申し込む
pub async fn submit(
    State(web): State<Web>,
    who: ContractorUser,
    Path(number): Path<String>,
    form: RawForm,
) -> PageResult {
    let number = guarantee::number_of(&who, &number)?;
    let change = changes::open(&web, &who, number.digits()).await?;
    let address = ChangeOf::new(&change.guarantee.number);
    let id = Uuid::try_parse(form.get("application")).map_err(|_| AppError::NotFound)?;
    let revision = form.get("revision").parse().unwrap_or(0);
    // What was confirmed beside the old contents of another version was not confirmed.
    let base: Option<u32> = form.get("base").parse().ok();
    if base.is_some_and(|base| base != change.before.seq) {
        return Ok(see_other_telling(
            &web,
            address.confirmation(),
            &Flash::warn(
                "確認のあとで、もとの証書に変更・訂正・取消がありました。いまの証書との違いを確かめてから、もう一度押してください。まだ送信していません。",
            ),
        ));
    }
    match applications::submit(&web, &who, id, revision).await? {
        Sent::Done { .. } | Sent::Already => Ok(see_other(Application(id).submission())),
        Sent::Refused(checked) => {
            let form = change.form.clone();
            refused(&web, &who, &change, &form, &checked).await
        }
        // Only a new 中間前払金保証 is held up for its record.
        Sent::Stale | Sent::NoRecord => Ok(see_other_telling(
            &web,
            address.confirmation(),
            &Flash::warn(
                "確認のあとで内容が変わりました。新しい内容を確かめてから、もう一度押してください。まだ送信していません。",
            ),
        )),
    }
}
