//! 保証契約一覧: 検索条件, ピンポイント検索, the tabs 保証申込 and 電子保証（認証キー）.

use askama::Template;
use axum::extract::State;

use super::frame;

use crate::domain::certificate::Standing;
use crate::domain::era;
use crate::domain::kind::ApplicationKind;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::guarantees::{self, GuaranteeLine, ListQuery, PER_PAGE};
use crate::services::items::{self, ItemQuery, Listed};
use crate::web::answer::{self, PageResult};
use crate::web::form::{Query, RawForm};
use crate::web::page::{HelpLink, Tag, Tone};
use crate::web::pager::Pager;
use crate::web::places::{self, Place};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::span::Span;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

/// Up to here every page can be reached; beyond, the list is read by keyset.
const COUNTED: i64 = 1_000;

#[derive(Template)]
#[template(path = "netdesk/guarantees/list.html")]
struct ListPage {
    shell: NetdeskShell,
    suffix: char,
    typed: Typed,
    faults: Faults,
    rows: Vec<Row>,
    pager: Option<Pager>,
    /// The addresses of the tabs, with the same conditions.
    tab_items: String,
    tab_key: String,
    tab_reserved: String,
}

/// Which list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// 保証申込: every product that was sent.
    Items,
    /// 電子保証（認証キー）: issued electronic guarantees.
    Key,
    /// 契約保証予約（入札ボンド）: every reservation that was sent.
    Reserved,
}

impl Tab {
    fn code(self) -> &'static str {
        match self {
            Self::Items => "application",
            Self::Key => "key",
            Self::Reserved => "reservation",
        }
    }
}

/// What was typed, untouched.
#[derive(Debug, Clone)]
struct Typed {
    tab: Tab,
    kind: Option<Product>,
    from: String,
    to: String,
    work: String,
    no: Option<String>,
}

/// Sentences beside the fields.
#[derive(Debug, Clone, Default)]
struct Faults {
    from: Option<String>,
    to: Option<String>,
    no: Option<String>,
}

struct Row {
    no: i64,
    product: &'static str,
    number: Option<String>,
    /// The state's word, on the tab 保証申込.
    word: &'static str,
    form: &'static str,
    obligee: String,
    works: String,
    jv: Option<String>,
    price: String,
    href: String,
    /// 解約 and 期限切れ; among the applications 変更.
    end: Option<Tag>,
    /// Names the row for those who hear the link only.
    subject: String,
}

impl Typed {
    fn read(form: &RawForm) -> Self {
        Self {
            tab: match form.get("tab") {
                "application" => Tab::Items,
                "reservation" => Tab::Reserved,
                _ => Tab::Key,
            },
            kind: Product::from_code(form.get("kind"))
                .filter(|product| Product::TOGETHER.contains(product)),
            from: form.get("from").to_owned(),
            to: form.get("to").to_owned(),
            work: form.get("work").to_owned(),
            no: form.opt("no").map(str::to_owned),
        }
    }

    /// The address of this search on a tab, with more behind it.
    fn href(&self, tab: Tab, more: &[(&str, String)]) -> String {
        let mut fields = vec![("tab", tab.code().to_owned())];
        if let Some(product) = self.kind {
            fields.push(("kind", product.code().to_owned()));
        }
        for (name, value) in [("from", &self.from), ("to", &self.to), ("work", &self.work)] {
            if !value.is_empty() {
                fields.push((name, value.clone()));
            }
        }
        fields.extend(more.iter().cloned());
        let query = serde_urlencoded::to_string(&fields).unwrap_or_default();
        format!("{}?{query}", to::GUARANTEES)
    }

    fn any(&self) -> bool {
        let texts = [&self.from, &self.to, &self.work];
        self.kind.is_some() || texts.iter().any(|text| !text.trim().is_empty())
    }
}

/// `GET /netdesk/guarantees`: the conditions stand in the address; a number found leads straight to
/// its detail.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(State(web): State<Web>, who: ContractorUser, Query(form): Query) -> PageResult {
    let typed = Typed::read(&form);
    let mut faults = Faults::default();
    if let Some(no) = &typed.no {
        match pinpoint(&web, &who, no).await? {
            Ok(number) => return Ok(answer::see_other(to::Guarantee(&number).to_string())),
            Err(sentence) => faults.no = Some(sentence),
        }
    }
    let span = Span::read(&typed.from, &typed.to, "期間");
    let days = span.days();
    faults.from = span.from.err();
    faults.to = span.until.err();
    let help = HelpLink::netdesk("guarantees", "保証契約一覧のヘルプ");
    let mut shell = frame::shell(&web, &who, Menu::Guarantees, help);
    let (rows, pager) = if let Some((from, until)) = days {
        let asked = Asked {
            from,
            until,
            page: form.get("page").parse().unwrap_or(1).clamp(1, 50),
            before: form.get("before"),
            after: form.get("after"),
        };
        let (rows, pager) = match typed.tab {
            Tab::Items | Tab::Reserved => applied(&web, &who, &typed, &asked).await?,
            Tab::Key => issued(&web, &who, &typed, &asked).await?,
        };
        (rows, Some(pager))
    } else {
        (Vec::new(), None)
    };
    let summary = summary(&faults);
    let refused = summary.any();
    shell = shell.errors(summary);
    let page = ListPage {
        suffix: who.suffix(),
        tab_items: typed.href(Tab::Items, &[]),
        tab_key: typed.href(Tab::Key, &[]),
        tab_reserved: typed.href(Tab::Reserved, &[]),
        shell,
        typed,
        faults,
        rows,
        pager,
    };
    if refused {
        answer::unprocessable(&page)
    } else {
        answer::page(&page)
    }
}

/// The number as printed, or why there is nothing to open. Other people's numbers are not there.
async fn pinpoint(
    web: &Web,
    who: &ContractorUser,
    typed: &str,
) -> Result<Result<String, String>, AppError> {
    let number = match TypedNumber::parse(typed) {
        Ok(number) => number,
        Err(fault) => return Ok(Err(fault.sentence("保証契約番号"))),
    };
    let own = number.letter().is_none_or(|letter| letter == who.suffix());
    let found = if own {
        guarantees::find(web, who, number.digits()).await?
    } else {
        None
    };
    Ok(match found {
        Some(guarantee) => Ok(guarantee.number),
        None => Err(format!(
            "{}{} の保証は見つかりません。番号をお確かめください。発行前の申込は「保証申込」の一覧にあります。",
            number.digits(),
            number.letter().unwrap_or(who.suffix()),
        )),
    })
}

fn summary(faults: &Faults) -> ErrorSummary {
    let said = [
        ("f-from", &faults.from),
        ("f-to", &faults.to),
        ("f-no", &faults.no),
    ];
    said.into_iter()
        .filter_map(|(target, words)| words.as_ref().map(|words| (target, words)))
        .fold(ErrorSummary::default(), |all, (target, words)| {
            all.link(target, words)
        })
}

/// What of the list is asked for.
struct Asked<'a> {
    from: Option<time::Date>,
    until: Option<time::Date>,
    page: i64,
    before: &'a str,
    after: &'a str,
}

impl Asked<'_> {
    fn first_no(&self) -> i64 {
        (self.page - 1) * PER_PAGE + 1
    }
}

async fn issued(
    web: &Web,
    who: &ContractorUser,
    typed: &Typed,
    asked: &Asked<'_>,
) -> Result<(Vec<Row>, Pager), AppError> {
    let query = ListQuery {
        product: typed.kind,
        form: Some(CertificateForm::Electronic),
        from: asked.from,
        to: asked.until,
        words: typed.work.clone(),
        page: asked.page,
        before: places::read(asked.before),
        after: places::read(asked.after),
    };
    let list = guarantees::list(web, who, &query).await?;
    let keyset = query.before.is_some() || query.after.is_some();
    let pager = pager(typed, list.total, asked, list.previous, list.next);
    let first = if keyset { 1 } else { asked.first_no() };
    let today = era::tokyo_date(web.clock.now());
    let rows = (first..).zip(&list.rows);
    Ok((
        rows.map(|(no, row)| guarantee_row(no, row, today))
            .collect(),
        pager,
    ))
}

async fn applied(
    web: &Web,
    who: &ContractorUser,
    typed: &Typed,
    asked: &Asked<'_>,
) -> Result<(Vec<Row>, Pager), AppError> {
    let reserved = typed.tab == Tab::Reserved;
    let query = ItemQuery {
        product: typed.kind.filter(|_| !reserved),
        reserved,
        from: asked.from,
        to: asked.until,
        words: typed.work.clone(),
        page: asked.page,
        before: places::read(asked.before),
        after: places::read(asked.after),
    };
    let list = items::list(web, who, &query).await?;
    let keyset = query.before.is_some() || query.after.is_some();
    let pager = pager(typed, list.total, asked, list.previous, list.next);
    let first = if keyset { 1 } else { asked.first_no() };
    let rows = (first..).zip(&list.rows);
    Ok((rows.map(|(no, row)| item_row(no, row)).collect(), pager))
}

fn pager<P: Place>(
    typed: &Typed,
    total: i64,
    asked: &Asked<'_>,
    previous: Option<P>,
    next: Option<P>,
) -> Pager {
    if total > COUNTED {
        let turn = |name: &'static str, place: P| typed.href(typed.tab, &[(name, place.write())]);
        return Pager::keyset(
            previous.map(|place| turn("after", place)),
            next.map(|place| turn("before", place)),
        );
    }
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    Pager::pages(count(total), count(PER_PAGE), count(asked.page), |page| {
        typed.href(typed.tab, &[("page", page.to_string())])
    })
}

/// What a list says of a guarantee that no longer holds.
pub(super) fn end_tag(standing: Standing) -> Option<Tag> {
    match standing {
        Standing::Ended(_) => Some(Tag::new(Tone::Ng, "解約")),
        Standing::Expired => Some(Tag::new(Tone::Mute, "期限切れ")),
        Standing::NotYet | Standing::InForce => None,
    }
}

fn guarantee_row(no: i64, row: &GuaranteeLine, today: time::Date) -> Row {
    Row {
        end: end_tag(row.standing(today)),
        no,
        product: row.product.short(),
        word: "",
        form: "電子",
        obligee: row.obligee_name.clone(),
        works: row.works_name.clone(),
        jv: row.jv_name.clone(),
        price: format!("{}円", frame::yen(row.price)),
        href: to::Guarantee(&row.number).to_string(),
        subject: row.number.clone(),
        number: Some(row.number.clone()),
    }
}

fn item_row(no: i64, row: &Listed) -> Row {
    Row {
        end: (row.kind == ApplicationKind::Change).then(|| Tag::new(Tone::Mute, "変更")),
        no,
        product: row.product.short(),
        word: row.word(),
        form: match row.form {
            CertificateForm::Paper => "紙",
            CertificateForm::Electronic => "電子",
        },
        obligee: row.obligee_name.clone(),
        works: row.works_name.clone(),
        jv: row.jv_name.clone(),
        price: row
            .price
            .map_or_else(String::new, |price| format!("{}円", frame::yen(price))),
        href: match &row.number {
            Some(number) => to::Guarantee(number).to_string(),
            None => to::Application(row.application).to_string(),
        },
        subject: match &row.number {
            Some(number) => number.clone(),
            None => format!("{}（{}）", row.works_name, row.product.label()),
        },
        number: row.number.clone(),
    }
}
