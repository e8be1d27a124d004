//! The files themselves, made while they are sent: a batch at a time.

use std::io::Write;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt};
use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook, Worksheet, XlsxError};
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, mpsc};

use crate::domain::era;
use crate::domain::export::{self, Cell, HEADS, Record, SCHEMA};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::downloads::{self, Mark, Wish};
use crate::web::state::Web;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    ShiftJis,
    /// What the Shift_JIS file could not write.
    Missing,
    Xlsx,
    Json,
}

impl Format {
    pub const ALL: [Self; 5] = [
        Self::Csv,
        Self::ShiftJis,
        Self::Missing,
        Self::Xlsx,
        Self::Json,
    ];

    pub fn file(self) -> &'static str {
        match self {
            Self::Csv => "guarantees.csv",
            Self::ShiftJis => "guarantees-sjis.csv",
            Self::Missing => "guarantees-sjis-report.csv",
            Self::Xlsx => "guarantees.xlsx",
            Self::Json => "guarantees.json",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Csv => "CSV（UTF-8）",
            Self::ShiftJis => "CSV（Shift_JIS）",
            Self::Missing => "Shift_JISの報告",
            Self::Xlsx => "Excel（XLSX）",
            Self::Json => "JSON",
        }
    }

    pub fn kind(self) -> &'static str {
        match self {
            Self::Csv | Self::Missing => "text/csv; charset=utf-8",
            Self::ShiftJis => "text/csv; charset=shift_jis",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn head(self) -> Vec<u8> {
        const BOM: &str = "\u{FEFF}";
        match self {
            Self::Csv => format!("{BOM}{}", export::csv_head()).into_bytes(),
            Self::ShiftJis => export::shift_jis(&export::csv_head()).0,
            Self::Missing => {
                let heads = ["保証契約番号", "項目", "書けない文字", "文字の番号"].map(text);
                format!("{BOM}{}", export::csv_line(&heads)).into_bytes()
            }
            Self::Json => format!(r#"{{"schema":"{SCHEMA}","guarantees":["#).into_bytes(),
            Self::Xlsx => Vec::new(),
        }
    }

    fn tail(self) -> &'static [u8] {
        match self {
            Self::Json => b"\n]}\n",
            _ => b"",
        }
    }

    /// The lines of some guarantees; `first` where none stands before them.
    fn lines(self, records: &[Record], mut first: bool) -> Result<Vec<u8>, AppError> {
        let mut lines = Vec::new();
        for record in records {
            match self {
                Self::Csv => lines.extend(export::csv_line(&record.cells()).into_bytes()),
                Self::ShiftJis => {
                    lines.extend(export::shift_jis(&export::csv_line(&record.cells())).0);
                }
                Self::Missing => lines.extend(missing(record).into_bytes()),
                Self::Json => {
                    lines.extend(if first { &b"\n"[..] } else { &b",\n"[..] });
                    serde_json::to_writer(&mut lines, record)?;
                }
                Self::Xlsx => {}
            }
            first = false;
        }
        Ok(lines)
    }
}

fn text(words: &str) -> Cell<'_> {
    Cell::Text(words.into())
}

/// A line for each cell of which something cannot be written.
fn missing(record: &Record) -> String {
    let mut lines = String::new();
    for (cell, head) in record.cells().iter().zip(HEADS) {
        let Cell::Text(words) = cell else { continue };
        let (_, letters) = export::shift_jis(words);
        if letters.is_empty() {
            continue;
        }
        let codes: Vec<_> = letters
            .iter()
            .map(|letter| format!("U+{:04X}", u32::from(*letter)))
            .collect();
        let letters: String = letters.into_iter().collect();
        let codes = codes.join(" ");
        lines.push_str(&export::csv_line(&[
            text(&record.number),
            text(head),
            text(&letters),
            text(&codes),
        ]));
    }
    lines
}

/// Where a stream stands.
enum At {
    Start,
    After(Option<Mark>, bool),
    End,
}

/// A file written batch by batch while it is read.
pub fn stream(web: &Web, who: &ContractorUser, wish: Wish, format: Format) -> Body {
    let (web, who) = (web.clone(), who.clone());
    let pieces = stream::try_unfold(At::Start, move |at| {
        let (web, who, wish) = (web.clone(), who.clone(), wish.clone());
        async move {
            match at {
                At::Start => {
                    Ok::<_, AppError>(Some((Bytes::from(format.head()), At::After(None, true))))
                }
                At::After(mark, first) => {
                    let (records, more) = downloads::next(&web, &who, &wish, mark).await?;
                    let mut lines = format.lines(&records, first)?;
                    let next = if more.is_some() {
                        At::After(more, false)
                    } else {
                        lines.extend(format.tail());
                        At::End
                    };
                    Ok(Some((Bytes::from(lines), next)))
                }
                At::End => Ok(None),
            }
        }
    });
    // A file that breaks off must not look whole: an error ends the answer unfinished.
    Body::from_stream(pieces.inspect(|piece| {
        if let Err(error) = piece {
            tracing::error!(%error, "a download broke off");
        }
    }))
}

/// Workbooks are packed one at a time: each takes a processor.
static PACKING: Semaphore = Semaphore::const_new(1);

/// A workbook, written to a file without a name and sent from there.
pub async fn workbook(web: &Web, who: &ContractorUser, wish: Wish) -> Result<Body, AppError> {
    let _place = PACKING.acquire().await.map_err(AppError::internal)?;
    let (give, mut take) = mpsc::channel::<Vec<Record>>(2);
    let packing = tokio::task::spawn_blocking(move || pack(|| take.blocking_recv()));
    let mut mark = None;
    loop {
        let (records, more) = downloads::next(web, who, &wish, mark).await?;
        if give.send(records).await.is_err() {
            break;
        }
        mark = more;
        if mark.is_none() {
            break;
        }
    }
    drop(give);
    let file = packing.await.map_err(AppError::internal)??;
    let file = tokio::fs::File::from_std(file);
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; 64 * 1024];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    Ok(Body::from_stream(pieces))
}

fn pack(mut take: impl FnMut() -> Option<Vec<Record>>) -> Result<std::fs::File, AppError> {
    let fault = |error: XlsxError| AppError::internal(error);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().map_err(fault)?;
    let looks = Looks::new();
    heads(sheet, &looks).map_err(fault)?;
    let mut row = 1;
    while let Some(records) = take() {
        for record in &records {
            line(sheet, row, record, &looks).map_err(fault)?;
            row += 1;
        }
    }
    let mut file = tempfile::tempfile().map_err(AppError::internal)?;
    book.save_to_writer(&mut file).map_err(fault)?;
    file.flush().map_err(AppError::internal)?;
    std::io::Seek::rewind(&mut file).map_err(AppError::internal)?;
    Ok(file)
}

struct Looks {
    head: Look,
    day: Look,
    yen: Look,
}

impl Looks {
    fn new() -> Self {
        Self {
            head: Look::new().set_bold(),
            day: Look::new().set_num_format("yyyy/mm/dd"),
            yen: Look::new().set_num_format("#,##0"),
        }
    }
}

fn heads(sheet: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name("保証契約")?;
    sheet.set_freeze_panes(1, 1)?;
    for (column, head) in (0..).zip(HEADS) {
        let wide = matches!(head, "発注者名" | "工事名" | "JV名" | "預託金融機関");
        sheet.set_column_width(column, if wide { 32.0 } else { 15.0 })?;
        sheet.write_string_with_format(0, column, head, &looks.head)?;
    }
    Ok(())
}

/// Text is written as text: no cell of a workbook is taken for a formula.
fn line(sheet: &mut Worksheet, row: u32, record: &Record, looks: &Looks) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(record.cells()) {
        match cell {
            Cell::Text(words) => sheet.write_string(row, column, words.as_ref())?,
            // Doubles are exact to 9 quadrillion yen.
            #[expect(clippy::cast_precision_loss)]
            Cell::Yen(yen) => {
                sheet.write_number_with_format(row, column, yen as f64, &looks.yen)?
            }
            Cell::Day(day) => {
                let year = u16::try_from(day.year()).unwrap_or_default();
                match ExcelDateTime::from_ymd(year, u8::from(day.month()), day.day()) {
                    Ok(on) => sheet.write_datetime_with_format(row, column, on, &looks.day)?,
                    // Before 1900 a workbook knows no days.
                    Err(_) => sheet.write_string(row, column, era::slashed(day))?,
                }
            }
            Cell::Nothing => continue,
        };
    }
    Ok(())
}
