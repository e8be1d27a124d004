//! 申込の一覧: what waits, the longest on top.

use askama::Template;
use axum::extract::State;
use time::OffsetDateTime;

use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::product::{CertificateForm, Product};
use crate::services::cases::{self, Counts, Queue, QueueLine, QueueQuery};
use crate::services::{Officer, cases::QueueItem};
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::field::{Choice, FieldView};
use crate::web::flash::Told;
use crate::web::form::{Query, RawForm};
use crate::web::page::Tag;
use crate::web::pager::Pager;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

const PER_PAGE: u64 = 20;

/// A tab of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Open,
    Fresh,
    Mine,
    Awaiting,
    Approved,
    Done,
    All,
}

impl View {
    const ALL: [Self; 7] = [
        Self::Open,
        Self::Fresh,
        Self::Mine,
        Self::Awaiting,
        Self::Approved,
        Self::Done,
        Self::All,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fresh => "new",
            Self::Mine => "mine",
            Self::Awaiting => "awaiting",
            Self::Approved => "approved",
            Self::Done => "done",
            Self::All => "all",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Open => "すすんでいる申込",
            Self::Fresh => "新着",
            Self::Mine => "自分の担当",
            Self::Awaiting => "承認待ち",
            Self::Approved => "承認済・発行手続中",
            Self::Done => "終わった申込",
            Self::All => "すべて",
        }
    }

    fn empty(self) -> &'static str {
        match self {
            Self::Open => "すすんでいる申込はありません。お客様が送信すると、ここに並びます。",
            Self::Fresh => "新着の申込はありません。お客様が送信すると、ここに並びます。",
            Self::Mine => "あなたが審査を始めた申込はありません。新着から選んで始めます。",
            Self::Awaiting => "承認を待っている申込はありません。",
            Self::Approved => "発行を待っている申込はありません。",
            Self::Done => "終わった申込はまだありません。",
            Self::All => "申込はまだありません。お客様が送信すると、ここに並びます。",
        }
    }

    fn count(self, counts: &Counts) -> Option<i64> {
        match self {
            Self::Open => Some(counts.open),
            Self::Fresh => Some(counts.fresh),
            Self::Mine => Some(counts.mine),
            Self::Awaiting => Some(counts.awaiting),
            Self::Approved => Some(counts.approved),
            Self::Done | Self::All => None,
        }
    }
}

/// What the address asks for.
#[derive(Debug, Clone)]
struct Asked {
    view: View,
    product: Option<Product>,
    form: Option<CertificateForm>,
    from: String,
    words: String,
    page: u64,
}

impl Asked {
    fn read(query: &RawForm) -> Self {
        let view = View::ALL
            .into_iter()
            .find(|view| view.code() == query.get("view"));
        // Who types into the header's search means all of them.
        let sought = !query.get("q").trim().is_empty();
        let usual = if sought { View::All } else { View::Open };
        Self {
            view: view.unwrap_or(usual),
            product: Product::from_code(query.get("product")),
            form: CertificateForm::from_code(query.get("form")),
            from: query.get("from").to_owned(),
            words: query.get("q").chars().take(200).collect(),
            page: query.get("page").parse().unwrap_or(1).clamp(1, 50_000),
        }
    }

    fn filtered(&self) -> bool {
        self.product.is_some()
            || self.form.is_some()
            || !self.from.trim().is_empty()
            || !self.words.trim().is_empty()
    }

    fn href(&self, view: View, page: u64) -> String {
        let mut pairs = Vec::new();
        if view != View::Open || self.filtered() {
            pairs.push(("view", view.code().to_owned()));
        }
        if let Some(product) = self.product {
            pairs.push(("product", product.code().to_owned()));
        }
        if let Some(form) = self.form {
            pairs.push(("form", form.code().to_owned()));
        }
        if !self.from.trim().is_empty() {
            pairs.push(("from", self.from.clone()));
        }
        if !self.words.trim().is_empty() {
            pairs.push(("q", self.words.clone()));
        }
        if page > 1 {
            pairs.push(("page", page.to_string()));
        }
        match serde_urlencoded::to_string(&pairs) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", to::APPLICATIONS),
            _ => to::APPLICATIONS.to_owned(),
        }
    }

    fn query(&self, since: Option<time::Date>) -> QueueQuery {
        let open = vec![Stage::Submitted, Stage::UnderExamination, Stage::Returned];
        let (stages, states) = match self.view {
            View::Open | View::Mine => (open, vec![]),
            View::Fresh => (vec![Stage::Submitted], vec![]),
            View::Awaiting => (open, vec![ItemState::AwaitingApproval]),
            View::Approved => (open, vec![ItemState::Approved, ItemState::Ordered]),
            View::Done => (vec![Stage::Closed, Stage::Withdrawn], vec![]),
            View::All => (vec![], vec![]),
        };
        QueueQuery {
            stages,
            states,
            product: self.product,
            form: self.form,
            words: self.words.clone(),
            own: self.view == View::Mine,
            since,
            newest_first: matches!(self.view, View::Done | View::All),
            page: i64::try_from(self.page).unwrap_or(1),
            per_page: i64::try_from(PER_PAGE).unwrap_or(20),
        }
    }
}

struct Tab {
    href: String,
    words: &'static str,
    count: Option<i64>,
    current: bool,
}

struct Tile {
    title: &'static str,
    count: i64,
    below: String,
    hot: bool,
}

struct Line {
    href: String,
    receipt_no: String,
    sent: String,
    contractor: String,
    about: String,
    branch: String,
    age: String,
    examiner: String,
    /// The guarantee it changes.
    changes: Option<String>,
    items: Vec<LineItem>,
}

struct LineItem {
    product: &'static str,
    form: &'static str,
    amount: String,
    tag: Tag,
}

#[derive(Template)]
#[template(path = "office/applications/queue.html")]
struct Page {
    shell: OfficeShell,
    heading: String,
    clock: String,
    here: String,
    view: &'static str,
    tiles: Vec<Tile>,
    tabs: Vec<Tab>,
    product: FieldView,
    form: FieldView,
    from: FieldView,
    words: FieldView,
    filtered: bool,
    cleared: String,
    all_branches: bool,
    lines: Vec<Line>,
    empty: &'static str,
    pager: Pager,
}

/// GET /office/applications
pub async fn list(
    State(web): State<Web>,
    who: Officer,
    Query(query): Query,
    Told(told): Told,
) -> PageResult {
    let asked = Asked::read(&query);
    let since = if asked.from.trim().is_empty() {
        Ok(None)
    } else {
        era::parse_date(&asked.from).map(Some)
    };
    let counts = cases::counts(&web, &who).await?;
    let issued = cases::issued_today(&web, &who).await?;
    let found = cases::queue(&web, &who, &asked.query(since.clone().unwrap_or(None))).await?;
    let shell = shell::with_counts(
        &web,
        &who,
        OfficeMenu::Applications,
        "applications",
        &counts,
    );
    let wrong = since.err().map(|fault| fault.sentence("受付日"));
    let now = web.clock.now();
    let page = build(
        shell.flash(told),
        &who_sees(&who),
        &asked,
        wrong,
        Numbers {
            counts: &counts,
            issued,
            now,
        },
        found,
    );
    if page.shell.common.errors.any() {
        answer::unprocessable(&page)
    } else {
        answer::page(&page)
    }
}

/// The heading's second half, and whether lines name their branch.
struct Reach {
    words: String,
    all_branches: bool,
}

fn who_sees(who: &Officer) -> Reach {
    Reach {
        words: if who.is_head() {
            format!("{}（すべての支店）", who.branch_name())
        } else {
            who.branch_name().to_owned()
        },
        all_branches: who.is_head(),
    }
}

/// What the tiles show, and when.
struct Numbers<'a> {
    counts: &'a Counts,
    issued: (i64, i64),
    now: OffsetDateTime,
}

fn build(
    shell: OfficeShell,
    reach: &Reach,
    asked: &Asked,
    wrong: Option<String>,
    numbers: Numbers<'_>,
    found: Queue,
) -> Page {
    let Numbers {
        counts,
        issued,
        now,
    } = numbers;
    let total = u64::try_from(found.total).unwrap_or(0);
    let href = |page| asked.href(asked.view, page);
    let pager = if total > 1_000 {
        let more = found.lines.len() as u64 == PER_PAGE;
        Pager::keyset(
            (asked.page > 1).then(|| href(asked.page - 1)),
            more.then(|| href(asked.page + 1)),
        )
    } else {
        Pager::pages(total, PER_PAGE, asked.page, href)
    };
    let from = FieldView::text("from", "受付日から", &asked.from)
        .bare()
        .width("num")
        .error(wrong);
    let mut shell = shell.errors(ErrorSummary::of([&from]));
    shell.query.clone_from(&asked.words);
    Page {
        shell,
        heading: reach.words.clone(),
        clock: words::clock(now).replace(':', "時") + "分",
        here: href(asked.page),
        view: asked.view.code(),
        tiles: tiles(counts, issued, now),
        tabs: View::ALL
            .into_iter()
            .map(|view| Tab {
                href: asked.href(view, 1),
                words: view.words(),
                count: view.count(counts),
                current: view == asked.view,
            })
            .collect(),
        product: choose(
            "product",
            "商品",
            asked.product.map(Product::code),
            &Product::ALL.map(|product| (product.code(), product.label())),
        ),
        form: choose(
            "form",
            "形式",
            asked.form.map(CertificateForm::code),
            &[
                ("electronic", words::form(CertificateForm::Electronic)),
                ("paper", words::form(CertificateForm::Paper)),
            ],
        ),
        from,
        words: FieldView::text("q", "会社名・工事名・発注者・番号", &asked.words)
            .bare()
            .width("w"),
        filtered: asked.filtered(),
        cleared: Asked {
            view: asked.view,
            ..Asked::read(&RawForm::default())
        }
        .href(asked.view, 1),
        all_branches: reach.all_branches,
        lines: found.lines.into_iter().map(|row| line(row, now)).collect(),
        empty: asked.view.empty(),
        pager,
    }
}

fn choose(
    name: &str,
    label: &str,
    chosen: Option<&str>,
    choices: &[(&str, &'static str)],
) -> FieldView {
    let all = std::iter::once(Choice::new("", "すべて")).chain(
        choices
            .iter()
            .map(|(code, words)| Choice::new(*code, *words)),
    );
    FieldView::select(name, label, chosen.unwrap_or_default(), all.collect()).bare()
}

fn tiles(counts: &Counts, issued: (i64, i64), now: OffsetDateTime) -> Vec<Tile> {
    let oldest = |since: Option<OffsetDateTime>| {
        since.map_or_else(
            || "待っているものはありません".to_owned(),
            |at| format!("いちばん古い受付 {}", words::near_time(at, now)),
        )
    };
    vec![
        Tile {
            title: "新着",
            count: counts.fresh,
            below: oldest(counts.fresh_since),
            hot: false,
        },
        Tile {
            title: "自分の担当",
            count: counts.mine,
            below: format!("支店の差戻し中 {}件", counts.returned),
            hot: false,
        },
        Tile {
            title: "承認待ち",
            count: counts.awaiting,
            below: oldest(counts.awaiting_since),
            hot: counts.awaiting > 0,
        },
        Tile {
            title: "今日の発行",
            count: issued.0 + issued.1,
            below: format!(
                "電子 {}・紙 {}　発行手続中 {}",
                issued.0, issued.1, counts.ordered
            ),
            hot: false,
        },
    ]
}

fn line(row: QueueLine, now: OffsetDateTime) -> Line {
    Line {
        href: to::Case(row.id).to_string(),
        receipt_no: row.receipt_no,
        sent: words::near_time(row.sent_at, now),
        contractor: row.contractor,
        about: words::about(&row.obligee_name, &row.works_name, row.jv_name.as_deref()),
        branch: row.branch,
        age: words::age(row.sent_at, now),
        examiner: row.examiner.unwrap_or_else(|| "―".to_owned()),
        changes: row.changes,
        items: row.items.iter().map(line_item).collect(),
    }
}

fn line_item(item: &QueueItem) -> LineItem {
    LineItem {
        product: item.product.short(),
        form: words::form_short(item.form),
        amount: words::yen(item.amount),
        tag: words::state(item.state),
    }
}
