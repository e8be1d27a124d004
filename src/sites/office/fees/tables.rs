//! 保証料率表: every version, one of them in full, proposing the next, deciding about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::view::{self, Compared, Row};
use crate::domain::era;
use crate::domain::fee::{FeeProduct, Mode, RefundPolicy, Rounding, TypedBracket, TypedTable};
use crate::error::AppError;
use crate::services::Officer;
use crate::services::fees::receipts;
use crate::services::fees::tables::{
    self, Decided, Decision, FALLS_FIELD, Faults, ProposalForm, Proposed, State as Stands, Version,
};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::fee::FeeBox;
use crate::web::field::{Choice, FieldView};
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag};
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

/// Rows a fresh form offers, and how many more each press adds.
const ROWS: usize = 4;
/// Rows at most.
const MOST_ROWS: usize = 30;

struct Line {
    href: String,
    version: i32,
    name: String,
    from: String,
    tag: Tag,
    proposed: String,
    decided: String,
}

struct Group {
    product: FeeProduct,
    lines: Vec<Line>,
    /// Nobody can propose while one waits.
    waiting: bool,
}

#[derive(Template)]
#[template(path = "office/fees/tables.html")]
struct ListPage {
    shell: OfficeShell,
    groups: Vec<Group>,
    administrator: bool,
    /// Contractors get receipts as PDF as well.
    electronic: bool,
}

/// GET /office/fee-tables
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let versions = tables::list(&web, &who).await?;
    let today = era::tokyo_date(web.clock.now());
    let groups = FeeProduct::ALL.map(|product| {
        let counting = tables::counting(&versions, product, today).map(|it| it.id);
        let own = versions.iter().filter(|it| it.product == product);
        Group {
            product,
            waiting: own.clone().any(|it| it.state == Stands::Proposed),
            lines: own
                .map(|it| Line {
                    href: to::FeeTable(it.id).to_string(),
                    version: it.version,
                    name: it.table.name.clone(),
                    from: era::slashed(it.valid_from),
                    tag: view::tag(it, counting == Some(it.id), today),
                    proposed: signed(&it.proposed_name, Some(it.proposed_at)),
                    decided: it
                        .decided_name
                        .as_deref()
                        .map_or_else(String::new, |name| signed(name, it.decided_at)),
                })
                .collect(),
        }
    });
    let shell = shell::shell(&web, &who, OfficeMenu::FeeTables, "fee-tables").await?;
    answer::page(&ListPage {
        shell: shell.flash(told),
        groups: groups.into(),
        administrator: who.role().may_administer(),
        electronic: receipts::electronic(&web, &who).await?,
    })
}

/// POST /office/fee-receipts: receipts as PDF for contractors, on or off.
pub async fn receipts(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let on = form.get("electronic") == "on";
    receipts::set_electronic(&web, &who, on).await?;
    let words = if on {
        "領収証を、紙のほかに電子（PDF）でもお渡しします。"
    } else {
        "領収証は紙だけでお渡しします。"
    };
    Ok(flash::see_other_telling(
        &web,
        to::FEE_TABLES,
        &Flash::ok(words),
    ))
}

fn signed(name: &str, at: Option<time::OffsetDateTime>) -> String {
    match at {
        Some(at) => format!("{name}　{}", era::stamp(at)),
        None => name.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "office/fees/table.html")]
struct ShowPage {
    shell: OfficeShell,
    title: String,
    tag: Tag,
    facts: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    examples: Vec<FeeBox>,
    signs: Vec<(&'static str, String)>,
    /// Old beside new, while it waits.
    beside: Vec<Compared>,
    old: String,
    falls: Vec<String>,
    base: String,
    /// The reader is the one to decide.
    may_decide: bool,
    own: bool,
    waiting: bool,
    falls_meant: FieldView,
    reason: FieldView,
    /// 「2030/04/01」
    begins: String,
}

/// GET /office/fee-tables/{id}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let told = rescued.flash().or(told);
    let form = rescued.0.unwrap_or_default();
    let mut page = page(&web, &who, id, &form, &Faults::new()).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

async fn page(
    web: &Web,
    who: &Officer,
    id: i64,
    form: &RawForm,
    faults: &Faults,
) -> Result<ShowPage, AppError> {
    let versions = tables::list(web, who).await?;
    let today = era::tokyo_date(web.clock.now());
    let version = versions.iter().find(|it| it.id == id);
    let version = version.ok_or(AppError::NotFound)?;
    let waiting = version.state == Stands::Proposed;
    let old = tables::counting(&versions, version.product, version.valid_from.max(today));
    let counts = tables::counting(&versions, version.product, today).map(|it| it.id) == Some(id);
    let fault = |field: &str| sentence(faults, field);
    let falls: Vec<_> = version
        .table
        .falls()
        .iter()
        .map(|it| it.sentence())
        .collect();
    let falls_meant = FieldView::tick(
        FALLS_FIELD,
        "境目の確認",
        form.checked(FALLS_FIELD),
        "保証料が下がる境目があることを確かめました。このままでよい。",
    )
    .error(fault(FALLS_FIELD));
    let reason = FieldView::area("reason", "不承認の理由", form.get("reason"), 2)
        .stacked()
        .required()
        .error(fault("reason"));
    let shell = shell::shell(web, who, OfficeMenu::FeeTables, "fee-tables").await?;
    let shown = if falls.is_empty() {
        vec![&reason]
    } else {
        vec![&falls_meant, &reason]
    };
    let mut signs = vec![(
        "提案",
        signed(&version.proposed_name, Some(version.proposed_at)),
    )];
    if let Some(name) = &version.decided_name {
        let word = version.state.label();
        signs.push((word, signed(name, version.decided_at)));
    }
    if let Some(why) = &version.reason {
        signs.push(("不承認の理由", why.clone()));
    }
    Ok(ShowPage {
        shell: shell.errors(ErrorSummary::of(shown)),
        title: title(version),
        tag: view::tag(version, counts, today),
        facts: view::facts(version),
        rows: view::rows(&version.table),
        examples: view::worked(version),
        signs,
        beside: if waiting {
            view::beside(old, version)
        } else {
            Vec::new()
        },
        old: old.map_or_else(
            || "いまはありません".to_owned(),
            |old| format!("いまの版{}", old.version),
        ),
        falls,
        base: to::FeeTable(id).to_string(),
        may_decide: waiting
            && who.role().may_approve()
            && who.is_head()
            && version.proposed_by != who.account(),
        own: version.proposed_by == who.account(),
        waiting,
        falls_meant,
        reason,
        begins: era::slashed(version.valid_from),
    })
}

fn title(version: &Version) -> String {
    format!("{}の料率表　版{}", version.product.label(), version.version)
}

fn sentence(faults: &Faults, field: &str) -> Option<String> {
    let mut own = faults.iter().filter(|(known, _)| known == field);
    own.next().map(|(_, sentence)| sentence.clone())
}

/// POST /office/fee-tables/{id}/approval
pub async fn approve(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let decision = Decision::Approve {
        falls_meant: form.checked(FALLS_FIELD),
    };
    decided(&web, &who, id, &form, &decision).await
}

/// POST /office/fee-tables/{id}/refusal
pub async fn decline(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    form: RawForm,
) -> PageResult {
    let decision = Decision::Decline {
        reason: form.get("reason").to_owned(),
    };
    decided(&web, &who, id, &form, &decision).await
}

async fn decided(
    web: &Web,
    who: &Officer,
    id: i64,
    form: &RawForm,
    decision: &Decision,
) -> PageResult {
    match tables::decide(web, who, id, decision).await {
        Ok(Decided::Done(version)) => {
            let words = match decision {
                Decision::Approve { .. } => format!(
                    "{}を承認しました。{}に送信された申込から使います。",
                    title(&version),
                    era::slashed(version.valid_from)
                ),
                Decision::Decline { .. } => format!("{}を不承認にしました。", title(&version)),
            };
            let told = Flash::ok(words);
            Ok(flash::see_other_telling(web, to::FEE_TABLES, &told))
        }
        Ok(Decided::Refused(faults)) => {
            answer::unprocessable(&page(web, who, id, form, &faults).await?)
        }
        Err(AppError::Conflict(words)) => {
            let mut page = page(web, who, id, form, &Faults::new()).await?;
            let errors = ErrorSummary::titled("いまの状態では行えませんでした", words);
            page.shell = page.shell.errors(errors);
            answer::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error),
    }
}

struct BracketFields {
    number: usize,
    fields: [FieldView; 4],
}

#[derive(Template)]
#[template(path = "office/fees/form.html")]
struct FormPage {
    shell: OfficeShell,
    title: String,
    action: String,
    head: Vec<FieldView>,
    rows: Vec<BracketFields>,
    more: bool,
    tail: Vec<FieldView>,
    falls: Vec<String>,
    falls_meant: FieldView,
}

fn product_of(code: &str) -> Result<FeeProduct, AppError> {
    FeeProduct::from_code(code).ok_or(AppError::NotFound)
}

/// GET /office/fee-tables/new/{product}
pub async fn new(
    State(web): State<Web>,
    who: Officer,
    Named(code): Named<String>,
    rescued: Rescued,
) -> PageResult {
    let product = product_of(&code)?;
    let told = rescued.flash();
    let form = match &rescued.0 {
        Some(kept) => typed(kept),
        None => {
            let versions = tables::list(&web, &who).await?;
            let today = era::tokyo_date(web.clock.now());
            let newest = versions
                .iter()
                .filter(|it| it.product == product && it.state == Stands::InForce)
                .max_by_key(|it| (it.valid_from, it.version))
                .or_else(|| tables::counting(&versions, product, today));
            ProposalForm {
                table: newest.map_or_else(TypedTable::default, |it| TypedTable::of(&it.table)),
                ..ProposalForm::default()
            }
        }
    };
    let rows = form.table.brackets.len().max(ROWS);
    let mut page = form_page(&web, &who, product, &form, rows, &Faults::new(), &[]).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

/// POST /office/fee-tables/new/{product}: 提案する, or 行をふやす.
pub async fn propose(
    State(web): State<Web>,
    who: Officer,
    Named(code): Named<String>,
    raw: RawForm,
) -> PageResult {
    let product = product_of(&code)?;
    let form = typed(&raw);
    let rows = form.table.brackets.len().clamp(ROWS, MOST_ROWS);
    if raw.get("act") == "rows" {
        let rows = (rows + ROWS).min(MOST_ROWS);
        let none = Faults::new();
        return answer::page(&form_page(&web, &who, product, &form, rows, &none, &[]).await?);
    }
    match tables::propose(&web, &who, product, &form).await? {
        Proposed::Done(id) => {
            let told = Flash::ok(format!(
                "{}の料率表を提案しました。本店の承認者が承認すると使えるようになります。",
                product.label()
            ));
            let to = to::FeeTable(id).to_string();
            Ok(flash::see_other_telling(&web, to, &told))
        }
        Proposed::Refused { faults, falls } => {
            let falls: Vec<_> = falls.iter().map(|it| it.sentence()).collect();
            let page = form_page(&web, &who, product, &form, rows, &faults, &falls).await?;
            answer::unprocessable(&page)
        }
    }
}

fn typed(form: &RawForm) -> ProposalForm {
    let shown: usize = form.get("rows").parse().unwrap_or(ROWS);
    let own = |name: &str| form.get(name).to_owned();
    ProposalForm {
        valid_from: own("valid_from"),
        table: TypedTable {
            name: own("name"),
            mode: own("mode"),
            brackets: (1..=shown.min(MOST_ROWS))
                .map(|row| TypedBracket {
                    over: own(&format!("over-{row}")),
                    up_to: own(&format!("up_to-{row}")),
                    rate: own(&format!("rate-{row}")),
                    base_fee: own(&format!("base_fee-{row}")),
                })
                .collect(),
            minimum: own("minimum"),
            rounding: own("rounding"),
            refund: own("refund"),
            tax: own("tax"),
        },
        falls_meant: form.checked(FALLS_FIELD),
    }
}

async fn form_page(
    web: &Web,
    who: &Officer,
    product: FeeProduct,
    form: &ProposalForm,
    rows: usize,
    faults: &Faults,
    falls: &[String],
) -> Result<FormPage, AppError> {
    let fault = |field: &str| sentence(faults, field);
    let table = &form.table;
    let head = vec![
        FieldView::text("name", "料率表の名前", &table.name)
            .required()
            .hint("保証料計算書と画面に表示します。見本の料率は「DEMO」で始めてください。"),
        FieldView::date("valid_from", "適用開始日", &form.valid_from)
            .required()
            .hint("この日に初めて送信された申込から使います。"),
        FieldView::radios(
            "mode",
            "数え方",
            &table.mode,
            Mode::ALL
                .map(|it| Choice::new(it.code(), it.label()))
                .into(),
        )
        .required(),
    ];
    let mut tail = vec![
        FieldView::money("minimum", "最低保証料", &table.minimum).optional(),
        FieldView::radios(
            "rounding",
            "端数処理",
            &table.rounding,
            Rounding::ALL
                .map(|it| Choice::new(it.code(), it.label()))
                .into(),
        )
        .required(),
        FieldView::select(
            "refund",
            "解約のときの返還",
            &table.refund,
            std::iter::once(Choice::new("", "選択してください"))
                .chain(RefundPolicy::ALL.map(|it| Choice::new(it.code(), it.label())))
                .collect(),
        )
        .required(),
    ];
    if product.is_taxed() {
        tail.push(
            FieldView::text("tax", "消費税率（％）", &table.tax)
                .required()
                .width("in--s")
                .input_mode("decimal"),
        );
    }
    let with = |fields: Vec<FieldView>| -> Vec<FieldView> {
        fields
            .into_iter()
            .map(|field| {
                let words = fault(&field.name);
                field.error(words)
            })
            .collect()
    };
    let (head, tail) = (with(head), with(tail));
    let blank = TypedBracket::default();
    let rows: Vec<_> = (1..=rows)
        .map(|number| {
            let row = table.brackets.get(number - 1).unwrap_or(&blank);
            BracketFields {
                number,
                fields: bracket(number, row).map(|field| {
                    let words = fault(&field.name);
                    field.error(words)
                }),
            }
        })
        .collect();
    let falls_meant = FieldView::tick(
        FALLS_FIELD,
        "境目の確認",
        form.falls_meant,
        "保証料が下がる境目があることを確かめました。このままでよい。",
    )
    .error(fault(FALLS_FIELD));
    let shell = shell::shell(web, who, OfficeMenu::FeeTables, "fee-tables").await?;
    let all = head
        .iter()
        .chain(rows.iter().flat_map(|row| &row.fields))
        .chain(&tail)
        .chain(Some(&falls_meant).filter(|_| !falls.is_empty()));
    let errors = ErrorSummary::of(all);
    Ok(FormPage {
        shell: shell.errors(errors),
        title: format!("{}の料率表を提案する", product.label()),
        action: format!("{}/new/{}", to::FEE_TABLES, product.code()),
        more: rows.len() < MOST_ROWS,
        head,
        rows,
        tail,
        falls: falls.to_vec(),
        falls_meant,
    })
}

fn bracket(number: usize, row: &TypedBracket) -> [FieldView; 4] {
    let name = |stem: &str| format!("{stem}-{number}");
    let money = |stem: &str, label: &str, value: &str, unit: &'static str| FieldView {
        unit,
        ..FieldView::money(&name(stem), label, value).bare()
    };
    [
        money("over", "下限", &row.over, "円を超え"),
        money("up_to", "上限", &row.up_to, "円以下"),
        FieldView {
            unit: "％",
            ..FieldView::text(&name("rate"), "料率", &row.rate).bare()
        }
        .width("in--money in--s")
        .input_mode("decimal"),
        money("base_fee", "定額", &row.base_fee, "円"),
    ]
}
