//! 保証料計算: what guarantees would cost, with every step of the working. Nothing is stored.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use time::Date;

use super::frame;
use crate::domain::era;
use crate::domain::fee::FeeProduct;
use crate::domain::money::{MoneyFault, Yen};
use crate::services::ContractorUser;
use crate::services::fees::{self, Quote};
use crate::web::answer::{self, PageResult};
use crate::web::fee::FeeBox;
use crate::web::field::FieldView;
use crate::web::form::Query;
use crate::web::page::HelpLink;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::span::Span;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;

const DAY: &str = "申込日";
const PERIOD: &str = "工期";

#[derive(Template)]
#[template(path = "netdesk/calculator/page.html")]
struct Page {
    shell: NetdeskShell,
    fields: Vec<FieldView>,
    answer: Option<Answer>,
}

/// What came out.
struct Answer {
    /// 「令和8年11月22日（2026年11月22日・日）」
    day: String,
    fees: Vec<FeeBox>,
    /// All of them together, where there are several and each is known.
    total: Option<String>,
    /// 工期 and what follows from it.
    period: Option<String>,
}

/// What was asked, as far as it could be read.
struct Asked {
    amounts: Vec<(FeeProduct, Yen)>,
    day: Date,
    period: Option<(Date, Date)>,
}

/// GET /netdesk/calculator?asked=1&prepayment=…&day=…
///
/// # Errors
/// When the database cannot be reached.
pub async fn show(State(web): State<Web>, who: ContractorUser, Query(query): Query) -> PageResult {
    let today = era::tokyo_date(web.clock.now());
    let get = |name: &str| query.get(name);
    let (fields, asked) = read(&get, today);
    let wanted = query.get("asked") == "1";
    let help = HelpLink::netdesk("calculator", "保証料計算のヘルプ");
    let mut shell = frame::shell(&web, &who, Menu::Calculator, help);
    if !wanted {
        let fields = fields.into_iter().map(|it| it.error(None::<String>));
        let page = Page {
            shell,
            fields: fields.map(|it| it.error_until(None::<String>)).collect(),
            answer: None,
        };
        return answer::page(&page);
    }
    let Some(asked) = asked else {
        shell = shell.errors(ErrorSummary::of(&fields));
        let page = Page {
            shell,
            fields,
            answer: None,
        };
        return answer::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let quotes = fees::reckoned(&web, &who, asked.day, &asked.amounts).await?;
    let answer = Some(told(&asked, &quotes));
    answer::page(&Page {
        shell,
        fields,
        answer,
    })
}

/// The fields with what is wrong in them; what was asked where nothing is.
fn read<'a>(get: &impl Fn(&str) -> &'a str, today: Date) -> (Vec<FieldView>, Option<Asked>) {
    let mut fields = Vec::new();
    let mut amounts = Vec::new();
    for product in FeeProduct::ALL {
        let (name, label) = (product.code(), amount_label(product));
        let fault = match Yen::parse(get(name)) {
            Ok(amount) => {
                amounts.push((product, amount));
                None
            }
            Err(MoneyFault::Empty) => None,
            Err(fault) => Some(fault.sentence(label)),
        };
        fields.push(FieldView::money(name, label, get(name)).error(fault));
    }
    let nothing = amounts.is_empty() && fields.iter().all(|it| it.error.is_none());
    if nothing && let Some(first) = fields.first_mut() {
        first.error = Some("計算する保証の金額を、少なくとも一つ入力してください。".to_owned());
    }
    let day = match get("day").trim() {
        "" => Ok(today),
        typed => era::parse_date(typed).map_err(|fault| fault.sentence(DAY)),
    };
    fields.push(
        FieldView::date("day", DAY, get("day"))
            .optional()
            .hint("申込を送信する日です。空欄のときは、きょうの料率で計算します。")
            .error(day.as_ref().err()),
    );
    let span = Span::read(get("from"), get("until"), PERIOD);
    fields.push(
        FieldView::period(PERIOD, ("from", get("from")), ("until", get("until")))
            .optional()
            .hint("入力すると、保証期限の目安も示します。")
            .error(span.from.as_ref().err())
            .error_until(span.until.as_ref().err()),
    );
    let sound = fields.iter().all(|field| field.errors().is_empty());
    let asked = match (day, span.days()) {
        (Ok(day), Some((from, until))) if sound => Some(Asked {
            amounts,
            day,
            period: from.zip(until),
        }),
        _ => None,
    };
    (fields, asked)
}

fn amount_label(product: FeeProduct) -> &'static str {
    match product {
        FeeProduct::Prepayment => "前払金保証金額",
        FeeProduct::Midterm => "中間前払金保証金額",
        FeeProduct::Contract => "契約保証金額",
        FeeProduct::Reservation => "契約保証予約金額",
    }
}

fn told(asked: &Asked, quotes: &[Option<Quote>]) -> Answer {
    let fees = asked.amounts.iter().zip(quotes);
    let known: Option<Vec<Yen>> = quotes
        .iter()
        .map(|quote| quote.as_ref().map(|quote| quote.fee.total))
        .collect();
    let sum = known.filter(|totals| totals.len() > 1).and_then(|totals| {
        totals
            .into_iter()
            .try_fold(Yen::ZERO, |sum, total| sum.checked_add(total))
    });
    Answer {
        day: era::both(asked.day),
        fees: fees
            .map(|((product, amount), quote)| {
                let title = format!("{}　{amount}円", product.label());
                FeeBox::of(&title, quote.as_ref()).rough().open()
            })
            .collect(),
        total: sum.map(|sum| format!("{sum}円")),
        period: asked.period.map(|(from, until)| {
            let days = era::days_inclusive(from, until);
            format!(
                "工期 {days}日。保証期限は工期の終わりの{}です（複数年度の契約の前払金・中間前払金は、年度の終わり）。",
                era::both(until)
            )
        }),
    }
}
