//! 前払金請求書: of which guarantee, into which account, and the paper.

use askama::Template;
use axum::extract::State;
use time::Date;

use super::frame;
use super::guarantee::number_of;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::text;
use crate::services::ContractorUser;
use crate::services::guarantees::Guarantee;
use crate::services::invoices::{self, Basis, Claim};
use crate::web::answer::{self, PageResult};
use crate::web::fee;
use crate::web::field::{Choice, FieldView};
use crate::web::form::RawForm;
use crate::web::page::HelpLink;
use crate::web::path::Named;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

/// 口座名義 and the bank, in characters.
const NAME_MAX: usize = 60;
/// 預金種別
const KINDS: [&str; 4] = ["普通預金", "決済用預金", "当座預金", "別段預金"];

#[derive(Template)]
#[template(path = "netdesk/invoices/list.html")]
struct ListPage {
    shell: NetdeskShell,
    rows: Vec<Row>,
}

struct Row {
    number: String,
    product: &'static str,
    obligee: String,
    works: String,
    amount: String,
    href: String,
}

#[derive(Template)]
#[template(path = "netdesk/invoices/form.html")]
struct FormPage {
    shell: NetdeskShell,
    address: String,
    guarantee: String,
    title: String,
    number: String,
    /// What the paper takes from the certificate.
    facts: Vec<(&'static str, String)>,
    fields: Vec<FieldView>,
}

/// What was typed, as far as it could be read.
struct Typed {
    dated: Result<Date, String>,
    amount: Result<Yen, String>,
    bank: Result<String, String>,
    kind: String,
    account: Result<String, String>,
    holder: Result<String, String>,
}

/// GET 前払金請求書
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(State(web): State<Web>, who: ContractorUser) -> PageResult {
    let found = invoices::list(&web, &who).await?;
    answer::page(&ListPage {
        shell: shell(&web, &who),
        rows: found.into_iter().map(row).collect(),
    })
}

fn row(guarantee: Guarantee) -> Row {
    Row {
        href: to::Guarantee(&guarantee.number).invoice(),
        product: guarantee.product.label(),
        amount: frame::yen(guarantee.amount),
        number: guarantee.number,
        obligee: guarantee.obligee_name,
        works: guarantee.works_name,
    }
}

fn shell(web: &Web, who: &ContractorUser) -> NetdeskShell {
    let help = HelpLink::netdesk("invoices", "前払金請求書のヘルプ");
    frame::shell(web, who, Menu::Invoices, help)
}

/// GET 前払金請求書 of one guarantee
///
/// # Errors
/// As [`invoices::basis`].
pub async fn form(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let basis = invoices::basis(&web, &who, number.digits()).await?;
    let today = era::tokyo_date(web.clock.now());
    let fresh = RawForm::default()
        .with("dated", era::plain(today))
        .with("amount", basis.face.amount.to_string())
        .with("bank", basis.face.bank.clone().unwrap_or_default())
        .with("kind", KINDS[0]);
    answer::page(&page(shell(&web, &who), &basis, &fresh, None))
}

/// POST 前払金請求書: the PDF, or the form with what is wrong.
///
/// # Errors
/// As [`invoices::basis`].
pub async fn make(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
    sent: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let basis = invoices::basis(&web, &who, number.digits()).await?;
    let typed = read(&sent, &basis);
    let (Ok(dated), Ok(amount), Ok(bank), Ok(account), Ok(holder)) = (
        &typed.dated,
        &typed.amount,
        &typed.bank,
        &typed.account,
        &typed.holder,
    ) else {
        let mut page = page(shell(&web, &who), &basis, &sent, Some(&typed));
        let summary = ErrorSummary::of(&page.fields);
        page.shell = page.shell.errors(summary);
        return answer::unprocessable(&page);
    };
    let claim = Claim {
        dated: *dated,
        amount: *amount,
        bank: bank.clone(),
        kind: typed.kind.clone(),
        account: account.clone(),
        holder: holder.clone(),
    };
    let bytes = invoices::make(&web, &who, &basis, claim).await?;
    Ok(fee::pdf(
        &format!("invoice-{}.pdf", basis.guarantee.number),
        bytes,
    ))
}

fn read(sent: &RawForm, basis: &Basis) -> Typed {
    let amount = Yen::parse(sent.get("amount")).map_err(|fault| fault.sentence("請求金額"));
    let most = basis.face.amount;
    let account: String = text::search_key(sent.get("account"));
    let plain = (4..=10).contains(&account.len()) && account.bytes().all(|it| it.is_ascii_digit());
    let kind = sent.get("kind");
    Typed {
        dated: era::parse_date(sent.get("dated")).map_err(|fault| fault.sentence("請求日")),
        amount: amount.and_then(|amount| {
            if amount > most {
                return Err(format!(
                    "請求金額は、保証金額の{most}円以下にしてください。増額するときは、先に保証の変更をお申し込みください。"
                ));
            }
            Ok(amount)
        }),
        bank: words(sent.get("bank"), "預託金融機関"),
        kind: KINDS
            .into_iter()
            .find(|it| *it == kind)
            .unwrap_or(KINDS[0])
            .to_owned(),
        account: if plain {
            Ok(account)
        } else {
            Err("口座番号は、4けたから10けたの数字で入力してください。".to_owned())
        },
        holder: words(sent.get("holder"), "口座名義"),
    }
}

/// A line that the paper can print.
fn words(typed: &str, label: &str) -> Result<String, String> {
    let line = text::line(typed, NAME_MAX)
        .and_then(text::required)
        .map_err(|fault| fault.sentence(label))?;
    match invoices::unprintable(&line) {
        Some(letter) => Err(format!(
            "『{letter}』は請求書に印刷できません。別の字にしてください。"
        )),
        None => Ok(line),
    }
}

fn page(shell: NetdeskShell, basis: &Basis, sent: &RawForm, typed: Option<&Typed>) -> FormPage {
    let get = |name: &str| sent.get(name);
    let kinds = KINDS.map(|kind| Choice::new(kind, kind)).to_vec();
    let fields = vec![
        FieldView::date("dated", "請求日", get("dated"))
            .required()
            .error(typed.and_then(|it| it.dated.as_ref().err())),
        FieldView::money("amount", "請求金額", get("amount"))
            .required()
            .hint("保証金額までの額です。")
            .error(typed.and_then(|it| it.amount.as_ref().err())),
        FieldView::text("bank", Field::Bank.label(), get("bank"))
            .required()
            .hint("証書に記載した預託金融機関です。")
            .error(typed.and_then(|it| it.bank.as_ref().err())),
        FieldView::radios("kind", "預金種別", get("kind"), kinds),
        FieldView::text("account", "口座番号", get("account"))
            .required()
            .width("in--no num")
            .input_mode("numeric")
            .error(typed.and_then(|it| it.account.as_ref().err())),
        FieldView::text("holder", "口座名義（カナ）", get("holder"))
            .required()
            .error(typed.and_then(|it| it.holder.as_ref().err())),
    ];
    let address = to::Guarantee(&basis.guarantee.number);
    FormPage {
        shell,
        address: address.invoice(),
        guarantee: address.to_string(),
        title: basis.title(),
        number: basis.guarantee.number.clone(),
        facts: basis.facts(),
        fields,
    }
}
