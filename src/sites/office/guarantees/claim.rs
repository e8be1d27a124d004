//! 保証金の試算: what the obligee could claim if the works ended unfinished.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::number_of;
use crate::domain::claim::Reckoning;
use crate::domain::money::{MoneyFault, Yen};
use crate::domain::product::Product;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::guarantees;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::form::Query;
use crate::web::path::Named;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

const BESIDE: &str = "ほかに支払われた額";
const BUILT: &str = "出来高に相当する代価";

#[derive(Template)]
#[template(path = "office/guarantees/claim.html")]
struct Page {
    shell: OfficeShell,
    number: String,
    works: String,
    product: &'static str,
    back: String,
    fields: Vec<FieldView>,
    /// The lines of the reckoning and its outcome.
    lines: Vec<(&'static str, String)>,
    payable: Option<Yen>,
    /// What holds the outcome down or up, if anything.
    note: Option<String>,
}

/// GET /office/guarantees/{number}/claim?beside=…&built=…
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named(typed): Named<String>,
    Query(query): Query,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let detail = guarantees::office_detail(&web, &who, number.digits(), None).await?;
    let guarantee = detail.guarantee;
    let advance = match guarantee.product {
        Product::Prepayment | Product::Midterm => Yen::new(guarantee.amount),
        Product::Contract | Product::Reservation => None,
    };
    let advance = advance.ok_or(AppError::NotFound)?;
    let price = Yen::new(guarantee.price).ok_or(AppError::NotFound)?;
    let asked = query.get("asked") == "1";
    let [beside, built] = [("beside", BESIDE), ("built", BUILT)].map(|(name, label)| {
        let read = amount(query.get(name), label, price, name == "beside");
        (name, label, read)
    });
    let field = |(name, label, read): &(&str, &str, Result<Yen, String>), hint: &str| {
        let fault = read.as_ref().err().filter(|_| asked);
        FieldView::money(name, label, query.get(name))
            .hint(hint)
            .error(fault)
    };
    let fields = vec![
        field(
            &beside,
            "部分払や、この保証のほかの前払金です。なければ空欄にします。",
        )
        .optional(),
        field(
            &built,
            "発注者が検査した既済部分の代価です。なければ 0 と入力します。",
        )
        .required(),
    ];
    let case = match (beside.2, built.2) {
        (Ok(beside), Ok(built)) if asked => Some(Reckoning {
            advance,
            beside,
            built,
        }),
        _ => None,
    };
    let wrong = asked && case.is_none();
    let mut shell = shell::shell(&web, &who, OfficeMenu::Guarantees, "guarantee").await?;
    if wrong {
        shell = shell.errors(ErrorSummary::of(&fields));
    }
    let page = Page {
        shell,
        works: guarantee.works_name,
        product: guarantee.product.label(),
        back: to::Guarantee(&guarantee.number).to_string(),
        number: guarantee.number,
        fields,
        lines: case.map_or_else(Vec::new, lines),
        payable: case.map(Reckoning::payable),
        note: case.and_then(note),
    };
    if wrong {
        answer::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    } else {
        answer::page(&page)
    }
}

/// An amount that may be nothing, and never more than the price.
fn amount(typed: &str, label: &str, price: Yen, may_be_empty: bool) -> Result<Yen, String> {
    let read = match Yen::parse(typed) {
        Err(MoneyFault::Zero) => Ok(Yen::ZERO),
        Err(MoneyFault::Empty) if may_be_empty => Ok(Yen::ZERO),
        read => read,
    };
    let read = read.map_err(|fault| fault.sentence(label))?;
    if read > price {
        return Err(format!(
            "{label}は、請負金額の{price}円以下にしてください。"
        ));
    }
    Ok(read)
}

fn lines(case: Reckoning) -> Vec<(&'static str, String)> {
    vec![
        ("前払金（保証金額）", format!("{}円", case.advance)),
        (BESIDE, format!("＋ {}円", case.beside)),
        (BUILT, format!("－ {}円", case.built)),
    ]
}

fn note(case: Reckoning) -> Option<String> {
    if case.payable() == Yen::ZERO {
        return Some("支払われた額は、出来高に相当する代価を超えていません。".to_owned());
    }
    (case.uncovered() > case.advance.get())
        .then(|| format!("保証金額の{}円までです。", case.advance))
}
