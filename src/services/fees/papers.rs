//! From what the ledger says to its paper, the same for contractor and branch.

use crate::domain::era;
use crate::domain::fee::{self, FeeProduct};
use crate::domain::money::Yen;
use crate::error::AppError;
use crate::pdf::fee_paper::{FeePaper, PaperRow, fee_paper};

use super::receipts::{Purpose, Receipt};
use super::statements::{Kind, Monthly, Parties, Statement};

/// 「30,000円」, 「△2,400円」
pub fn signed(yen: i64) -> String {
    let plain = Yen::new(yen.saturating_abs()).unwrap_or(Yen::MAX);
    if yen < 0 {
        format!("△{plain}円")
    } else {
        format!("{plain}円")
    }
}

fn frame(title: &'static str, parties: &Parties) -> FeePaper {
    let branch = &parties.branch;
    FeePaper {
        title,
        to: parties.contractor.name.clone(),
        to_address: parties.contractor.address.clone(),
        surety_name: parties.surety.name.clone(),
        surety_address: parties.surety.address.clone(),
        contact: vec![
            branch.name.clone(),
            format!("TEL：{}　FAX：{}", branch.tel, branch.fax),
            format!("{}（土日祝日・年末年始除く）", branch.hours),
        ],
        ..FeePaper::default()
    }
}

impl From<fee::Step> for PaperRow {
    fn from(step: fee::Step) -> Self {
        Self {
            label: step.label,
            working: step.working,
            value: step.value,
            heading: step.heading,
        }
    }
}

fn tax_note(taxed: bool, tax: i64) -> String {
    if taxed {
        format!("うち消費税 {}", signed(tax))
    } else {
        "非課税".to_owned()
    }
}

/// 保証料計算書 or 保証料返還計算書.
pub fn statement(statement: &Statement) -> FeePaper {
    let entry = &statement.entry;
    let back = entry.gives_back();
    let total = entry.total();
    let mut facts = vec![
        (
            match entry.product {
                FeeProduct::Reservation => "予約番号",
                _ => "保証契約番号",
            }
            .to_owned(),
            entry.number.clone(),
        ),
        (
            "商品（保証区分）".to_owned(),
            format!("{}（{}）", entry.product.label(), entry.occasion),
        ),
        ("工事名".to_owned(), entry.works_name.clone()),
        ("発注者名".to_owned(), entry.obligee_name.clone()),
        ("計算の日".to_owned(), era::both(entry.day)),
        ("料率表".to_owned(), entry.table_words()),
    ];
    let how = if entry.monthly {
        "一括納付（月ごとの計算書にまとめます）".to_owned()
    } else {
        entry
            .fee_method
            .map_or_else(String::new, |method| method.label().to_owned())
    };
    let how_label = if back {
        "返還の方法"
    } else {
        "お支払方法"
    };
    let how = match (back, entry.monthly) {
        (true, false) => "別にご連絡する方法でお返しします".to_owned(),
        _ => how,
    };
    facts.push((how_label.to_owned(), how));
    let lead = match entry.kind {
        Kind::Charge => "　次のとおり、保証料を計算しましたのでお知らせします。",
        Kind::Extra => "　保証契約の変更により、次のとおり保証料を追加しますのでお知らせします。",
        Kind::Decrease => {
            "　保証契約の変更により、次のとおり保証料をお返ししますのでお知らせします。"
        }
        Kind::Cancelled if back => {
            "　変更の取消しにより、次のとおり保証料をお返ししますのでお知らせします。"
        }
        Kind::Cancelled => {
            "　変更の取消しにより、お返しした保証料を次のとおり申し受けますのでお知らせします。"
        }
        Kind::Termination => {
            "　保証契約の解約により、返還する保証料を次のとおり計算しましたのでお知らせします。"
        }
    };
    let shown = if back { -total } else { total };
    let tax = if back { -entry.tax } else { entry.tax };
    // A reservation is no guarantee yet, and what it costs is called otherwise.
    let (lead, what) = if entry.product == FeeProduct::Reservation {
        (lead.replace("保証料", "予約手数料"), "予約手数料")
    } else {
        (lead.to_owned(), "保証料")
    };
    FeePaper {
        marks: demo(entry.is_demo()),
        dated: Some(entry.day),
        lead,
        sum: (if back { "返還額" } else { what }.to_owned(), signed(shown)),
        sum_note: tax_note(entry.product.is_taxed(), tax),
        facts,
        rows_title: "計算の内訳",
        rows: fee::told_of(entry.product, &entry.lines)
            .into_iter()
            .map(PaperRow::from)
            .collect(),
        notes: vec!["※端数処理は最後に一度だけ行っています。".to_owned()],
        ..frame(entry.title(), &statement.parties)
    }
}

fn demo(is: bool) -> Vec<String> {
    if is {
        vec!["DEMO（実際の料率で計算したものではありません）".to_owned()]
    } else {
        Vec::new()
    }
}

/// 一括納付の計算書.
pub fn monthly(monthly: &Monthly) -> FeePaper {
    let closing = &monthly.closing;
    let total = closing.total();
    let rows = monthly.entries.iter().map(|entry| PaperRow {
        label: format!(
            "{}　{}　{}（{}）",
            era::slashed(entry.day),
            entry.number,
            entry.product.label(),
            entry.occasion
        ),
        working: entry.works_name.clone(),
        value: signed(entry.total()),
        heading: false,
    });
    let taxed = monthly.entries.iter().any(|entry| entry.product.is_taxed());
    let lead = if total < 0 {
        format!(
            "　{}分の保証料を次のとおりまとめました。差引きの額をお返しします。",
            closing.month.words()
        )
    } else {
        format!(
            "　{}分の保証料を次のとおりまとめましたので、お支払いください。",
            closing.month.words()
        )
    };
    FeePaper {
        marks: demo(monthly.entries.iter().any(|entry| entry.is_demo())),
        number: format!("計算書番号 {}", closing.statement_no),
        dated: Some(era::tokyo_date(closing.closed_at)),
        lead,
        sum: (
            if total < 0 {
                "差引き返還額"
            } else {
                "お支払額"
            }
            .to_owned(),
            signed(total.abs()),
        ),
        sum_note: tax_note(taxed, closing.tax),
        facts: vec![
            ("対象の月".to_owned(), closing.month.words()),
            ("件数".to_owned(), format!("{}件", closing.fees)),
        ],
        rows_title: "明細",
        rows: rows.collect(),
        notes: vec![
            "※△は、お返しする保証料です。".to_owned(),
            "※それぞれの計算の内訳は、保証ごとの保証料計算書に記載しています。".to_owned(),
        ],
        ..frame("一括納付 保証料計算書", &monthly.parties)
    }
}

/// 領収証.
pub fn receipt(receipt: &Receipt) -> FeePaper {
    let mut facts = vec![("お支払いの日".to_owned(), era::both(receipt.paid_on))];
    let (purpose, taxed) = match &receipt.purpose {
        Purpose::Guarantee {
            product,
            works_name,
            obligee_name,
            number,
        } => {
            if let Some(number) = number {
                facts.push(("保証契約番号".to_owned(), number.clone()));
            }
            facts.push(("工事名".to_owned(), works_name.clone()));
            facts.push(("発注者名".to_owned(), obligee_name.clone()));
            (
                match product {
                    FeeProduct::Reservation => "契約保証予約の予約手数料として".to_owned(),
                    _ => format!("{}の保証料として", product.label()),
                },
                product.is_taxed(),
            )
        }
        Purpose::Month {
            month,
            statement_no,
        } => {
            facts.push(("計算書番号".to_owned(), statement_no.clone()));
            (
                format!("一括納付 {}分の保証料として", month.words()),
                receipt.tax > Yen::ZERO,
            )
        }
    };
    facts.insert(0, ("ただし".to_owned(), purpose));
    let mut marks = Vec::new();
    if receipt.copy > 1 {
        marks.push(format!(
            "再発行（{}、{}回目）",
            era::stamp(receipt.printed_at),
            receipt.copy
        ));
    }
    FeePaper {
        marks,
        number: format!("領収証番号 {}", receipt.number),
        dated: Some(receipt.issued_on),
        lead: "　次の金額を領収しました。".to_owned(),
        sum: ("領収金額".to_owned(), signed(receipt.amount.get())),
        sum_note: tax_note(taxed, receipt.tax.get()),
        facts,
        ..frame("領収証", &receipt.parties)
    }
}

/// Draws a paper: tens of milliseconds of pure reckoning, not on a thread that serves others.
///
/// # Errors
/// `Internal` where it cannot be drawn.
pub async fn draw(paper: FeePaper) -> Result<Vec<u8>, AppError> {
    tokio::task::spawn_blocking(move || fee_paper(&paper))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
}
