//! 保証契約の一覧, newest first.

use askama::Template;
use axum::extract::State;
use time::Date;

use crate::domain::era;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::services::Officer;
use crate::services::guarantees::{self, GuaranteeLine, ListQuery, PER_PAGE, Stand};
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::form::{Query, RawForm};
use crate::web::page::{Tag, Tone};
use crate::web::pager::Pager;
use crate::web::places::{self, Place};
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

/// What the form asks for.
const FIELDS: [&str; 6] = ["q", "product", "form", "state", "from", "to"];

/// 状態
const STANDS: [(&str, &str, Stand); 3] = [
    ("in_force", "有効", Stand::InForce),
    ("expired", "期限切れ", Stand::Expired),
    ("ended", "解約", Stand::Ended),
];

struct Row {
    href: String,
    number: String,
    product: &'static str,
    form: &'static str,
    contractor: String,
    about: String,
    amount: String,
    until: String,
    issued: String,
    /// 解約, 期限切れ, 変更ー1
    tags: Vec<Tag>,
}

#[derive(Template)]
#[template(path = "office/guarantees/list.html")]
struct Page {
    shell: OfficeShell,
    heading: String,
    words: FieldView,
    product: FieldView,
    form: FieldView,
    state: FieldView,
    from: FieldView,
    to: FieldView,
    filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
}

struct Asked<'a> {
    raw: &'a RawForm,
}

impl Asked<'_> {
    fn day(&self, name: &str, label: &str) -> (Option<Date>, Option<String>) {
        let typed = self.raw.get(name);
        if typed.trim().is_empty() {
            return (None, None);
        }
        match era::parse_date(typed) {
            Ok(day) => (Some(day), None),
            Err(fault) => (None, Some(fault.sentence(label))),
        }
    }

    fn filtered(&self) -> bool {
        FIELDS
            .iter()
            .any(|name| !self.raw.get(name).trim().is_empty())
    }

    fn href(&self, more: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, String)> = FIELDS
            .into_iter()
            .filter(|name| !self.raw.get(name).trim().is_empty())
            .map(|name| (name, self.raw.get(name).to_owned()))
            .collect();
        pairs.extend(more.iter().cloned());
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if query.is_empty() {
            to::GUARANTEES.to_owned()
        } else {
            format!("{}?{query}", to::GUARANTEES)
        }
    }
}

/// GET /office/guarantees
pub async fn list(State(web): State<Web>, who: Officer, Query(raw): Query) -> PageResult {
    let asked = Asked { raw: &raw };
    let (from, from_fault) = asked.day("from", "発行日の始め");
    let (until, mut to_fault) = asked.day("to", "発行日の終わり");
    if let (Some(first), Some(last)) = (from, until)
        && first > last
    {
        to_fault =
            Some("発行日の終わりは、始めと同じ日か、それより後の日付にしてください。".to_owned());
    }
    // A whole number, however it is typed, finds its guarantee.
    let typed = raw.get("q");
    let sought = TypedNumber::parse(typed).map_or_else(
        |_| typed.chars().take(200).collect(),
        |number| number.digits().to_owned(),
    );
    let page = raw.get("page").parse().unwrap_or(1).clamp(1, 50);
    let query = ListQuery {
        product: Product::from_code(raw.get("product")),
        form: CertificateForm::from_code(raw.get("form")),
        from,
        to: until.filter(|_| to_fault.is_none()),
        words: sought,
        page,
        before: places::read(raw.get("before")),
        after: places::read(raw.get("after")),
    };
    let stand = STANDS
        .iter()
        .find(|(code, ..)| *code == raw.get("state"))
        .map(|(.., stand)| *stand);
    let found = guarantees::office_list(&web, &who, &query, stand).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Guarantees, "guarantees").await?;
    let pager = if found.total > 1_000 {
        Pager::keyset(
            found
                .previous
                .map(|row| asked.href(&[("after", row.write())])),
            found.next.map(|row| asked.href(&[("before", row.write())])),
        )
    } else {
        let number = |n: i64| u64::try_from(n).unwrap_or(1);
        Pager::pages(number(found.total), number(PER_PAGE), number(page), |n| {
            asked.href(&[("page", n.to_string())])
        })
    };
    let date = |name: &str, label: &str, fault: Option<String>| {
        FieldView::text(name, label, raw.get(name))
            .bare()
            .width("num")
            .error(fault)
    };
    let today = era::tokyo_date(web.clock.now());
    let mut page = Page {
        heading: if who.is_head() {
            format!("{}（すべての支店）", who.branch_name())
        } else {
            who.branch_name().to_owned()
        },
        words: FieldView::text("q", "番号・会社名・工事名・発注者", typed)
            .bare()
            .width("w"),
        product: choose(
            "product",
            raw.get("product"),
            &Product::ALL.map(|product| (product.code(), product.label())),
        ),
        form: choose(
            "form",
            raw.get("form"),
            &[
                ("electronic", words::form(CertificateForm::Electronic)),
                ("paper", words::form(CertificateForm::Paper)),
            ],
        ),
        state: choose(
            "state",
            raw.get("state"),
            &STANDS.map(|(code, words, _)| (code, words)),
        ),
        from: date("from", "発行日の始め", from_fault),
        to: date("to", "発行日の終わり", to_fault),
        filtered: asked.filtered(),
        rows: found
            .rows
            .into_iter()
            .map(|found| row(found, today))
            .collect(),
        pager,
        shell,
    };
    page.shell = page.shell.errors(ErrorSummary::of([&page.from, &page.to]));
    if page.shell.common.errors.any() {
        answer::unprocessable(&page)
    } else {
        answer::page(&page)
    }
}

fn choose(name: &str, chosen: &str, choices: &[(&str, &'static str)]) -> FieldView {
    let all = std::iter::once(Choice::new("", "すべて")).chain(
        choices
            .iter()
            .map(|(code, words)| Choice::new(*code, *words)),
    );
    FieldView::select(name, name, chosen, all.collect()).bare()
}

fn row(guarantee: GuaranteeLine, today: Date) -> Row {
    let state = match guarantee.terminated_on {
        Some(_) => Some(Tag::new(Tone::Ng, "解約")),
        None if guarantee.until < today => Some(Tag::new(Tone::Mute, "期限切れ")),
        None => None,
    };
    let change = guarantee
        .change
        .as_ref()
        .map(|change| Tag::new(Tone::Note, change.clone()));
    Row {
        tags: state.into_iter().chain(change).collect(),
        href: to::Guarantee(&guarantee.number).to_string(),
        number: guarantee.number,
        product: guarantee.product.label(),
        form: words::form(guarantee.form),
        contractor: guarantee.contractor_name,
        about: words::about(
            &guarantee.obligee_name,
            &guarantee.works_name,
            guarantee.jv_name.as_deref(),
        ),
        amount: words::yen(guarantee.amount),
        until: era::slashed(guarantee.until),
        issued: era::slashed(guarantee.issued_on),
    }
}
