//! 前払金請求書: a plain form that many obligees take, on one page. Where an obligee has a form of its
//! own, that one counts; so the sheet says nothing that only one obligee asks for.

use time::Date;

use super::PdfError;
use super::font::Typeface;
use super::lines::wrap;
use super::page::{Area, Meta, Page};
use super::style::{Ink, Style};
use crate::domain::era;

/// What the invoice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// 前払金請求書, 中間前払金請求書
    pub title: String,
    pub dated: Date,
    /// 「みなと野市長」
    pub obligee: String,
    pub address: String,
    /// The company; of a joint venture its name first.
    pub claimant: Vec<String>,
    /// 代表者
    pub representative: String,
    /// 前払金, 中間前払金
    pub money: &'static str,
    /// 「20,000,000円」
    pub amount: String,
    pub facts: Vec<(&'static str, String)>,
    /// The account into which it is paid.
    pub account: Vec<(&'static str, String)>,
}

const LEFT: f32 = 25.0;
const RIGHT: f32 = 185.0;
const VALUES: f32 = LEFT + 48.0;

fn serif(size: f32) -> Style {
    Style::new(Typeface::Serif, size)
}

/// The invoice as a PDF.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for a character no document font has, [`PdfError::Broken`] where a font
/// or the file cannot be written.
pub fn invoice(invoice: &Invoice) -> Result<Vec<u8>, PdfError> {
    let mut page = Page::new();
    let plain = serif(11.0);
    page.text_right(RIGHT, 27.0, &plain, &era::plain(invoice.dated))?;
    let title = serif(20.0).tracking(0.3).heavy();
    page.text_centred(105.0, 44.0, &title, &invoice.title)?;
    let mut y = 60.0;
    let to = format!("{}　様", invoice.obligee);
    for line in wrap(&serif(13.0), &to, 110.0)? {
        page.text(LEFT, y, &serif(13.0), line)?;
        y += 7.0;
    }
    y += 4.0;
    page.text(100.0, y, &serif(9.5).ink(Ink::DARK), "請求者")?;
    y += 6.0;
    let name = serif(12.0);
    for line in wrap(&plain, &invoice.address, RIGHT - 100.0)? {
        page.text(100.0, y, &plain, line)?;
        y += 5.8;
    }
    for part in invoice.claimant.iter().chain([&invoice.representative]) {
        for line in wrap(&name, part, RIGHT - 100.0)? {
            page.text(100.0, y, &name, line)?;
            y += 6.4;
        }
    }
    y += 8.0;
    let lead = format!("下記のとおり、{}を請求します。", invoice.money);
    page.text(LEFT, y, &serif(12.0), &lead)?;
    y += 6.0;
    let area = Area {
        x: LEFT,
        y,
        width: RIGHT - LEFT,
        height: 16.0,
    };
    page.area(area, 0.0, Some((0.5, Ink::BLACK)), None);
    page.text(LEFT + 5.0, y + 10.4, &serif(12.0).heavy(), "請求金額")?;
    let figure = serif(18.0).heavy();
    page.text_right(
        RIGHT - 6.0,
        y + 10.8,
        &figure,
        &format!("金　{}", invoice.amount),
    )?;
    y += 16.0 + 10.0;
    page.text_centred(105.0, y, &serif(12.0), "記")?;
    y += 6.0;
    y = lines(&mut page, y, &invoice.facts)?;
    y += 9.0;
    page.text(LEFT, y, &serif(11.5).heavy(), "振込先（前払金の預託口座）")?;
    y += 3.0;
    lines(&mut page, y, &invoice.account)?;
    page.finish(&Meta {
        title: invoice.title.clone(),
        author: invoice.claimant.first().cloned().unwrap_or_default(),
        dated: Some(invoice.dated),
    })
}

/// Labels and values, ruled; the lower edge.
fn lines(page: &mut Page, top: f32, facts: &[(&str, String)]) -> Result<f32, PdfError> {
    let (label_style, style) = (serif(10.5).ink(Ink::DARK), serif(11.0));
    let mut y = top;
    page.rule(LEFT, RIGHT, y, 0.3, Ink::DARK);
    for (label, value) in facts {
        page.text(LEFT + 3.0, y + 6.2, &label_style, label)?;
        for line in wrap(&style, value, RIGHT - VALUES - 3.0)? {
            y += 6.2;
            page.text(VALUES, y, &style, line)?;
        }
        y += 2.6;
        page.rule(LEFT, RIGHT, y, 0.15, Ink::GREY);
    }
    Ok(y)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::pdf::sample;

    fn sample() -> Invoice {
        Invoice {
            title: "前払金請求書".to_owned(),
            dated: date!(2026 - 07 - 03),
            obligee: "神奈川県内広域水道企業団 企業長".to_owned(),
            address: "神奈川県横浜市見本区港町1番1号".to_owned(),
            claimant: vec!["みなと建設株式会社".to_owned()],
            representative: "代表取締役　湊 一郎".to_owned(),
            money: "前払金",
            amount: "20,000,000円".to_owned(),
            facts: vec![("工事名", sample::long_works_name())],
            account: vec![("口座名義", "ミナトケンセツ（カ".to_owned())],
        }
    }

    #[test]
    fn it_fits_a_page_and_the_same_input_gives_the_same_bytes() {
        let bytes = invoice(&sample()).unwrap();
        assert_eq!(bytes, invoice(&sample()).unwrap());
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        assert_eq!(document.get_pages().len(), 1);
    }
}
