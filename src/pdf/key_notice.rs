//! 電子保証にかかる「認証キー」のお知らせ: what the contractor hands to the obligee (seed 000).

use qrcode::{Color, EcLevel, QrCode};

use super::PdfError;
use super::fit::{Fit, fitting};
use super::font::Typeface;
use super::lines::{wrap, wrap_closed};
use super::page::{Area, Meta, Page};
use super::style::{Ink, Style};
use crate::domain::product::Product;

/// What the notice says. It holds the key in the clear: make it, hand it out, drop it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyNotice {
    pub works_name: String,
    /// 受注者名; of a joint venture its representative.
    pub contractor_name: String,
    pub product: Product,
    /// 保証契約番号 with its letter.
    pub number: String,
    /// The key in three groups of four.
    pub key_groups: [String; 3],
    /// The address of D-Sure's entrance; printed and drawn as QR. It never holds number or key.
    pub dsure_url: String,
    pub surety_name: String,
    pub surety_address: String,
    pub branch_name: String,
    pub tel: String,
    pub fax: String,
    /// Opening hours: 「平日 9:00～17:00（土日祝日・年末年始除く）」.
    pub hours: String,
    /// 「変更ー1」 where the notice follows a change.
    pub occasion: Option<String>,
    /// When the key was renewed: 「2026/07/02 15:31」.
    pub renewed_at: Option<String>,
}

const TITLE: &str = "電子保証にかかる「認証キー」のお知らせ";
const OPENING: [&str; 2] = [
    "　電子証書を「保証確認サービス（D-Sure）」に掲載しましたので、お知らせします。",
    "　つきましては、お客様にて下記内容をご確認いただき、次のいずれかの方法でこのPDFファイルを発注者様にご提出ください。",
];
const WAYS: [&str; 2] = [
    "①電子契約システムへのアップロード",
    "②電子メールに添付して送信",
];
const CLOSING: [&str; 2] = [
    "　電子保証のご利用にあたっては、発注者様への「保証契約番号」と「認証キー」のご提出をもって、前払金請求手続（前払金保証）、又は請負契約締結手続（契約保証）が完了いたします。",
    "　ご不明な点がございましたら、当社の営業部・支店までお問い合わせください。",
];
const KEY_HINT: [&str; 3] = [
    "12文字。大文字と小文字は区別されます。",
    "空白は読みやすくするためのもので、入力しなくて構いません。",
    "認証キーを再発行したときは、このお知らせの認証キーは使えなくなります。",
];
const REQUEST: &str = "【発注者様へのお願い】";
const REQUEST_TEXT: &str = "「保証確認サービス（D-Sure）」にログインし、上記の「保証契約番号」と「認証キー」をもって電子証書を閲覧ください。";

const LEFT: f32 = 20.0;
const RIGHT: f32 = 190.0;
const LABEL: f32 = 22.5;
const LABEL_WIDTH: f32 = 40.0;
const VALUE: f32 = 68.0;
const BOTTOM: f32 = 279.0;
const BLUE: Ink = Ink(0x00, 0x55, 0xAD);
const PALE: Ink = Ink(0xEE, 0xF6, 0xFD);

/// The notice as a PDF of one A4 page.
///
/// Number and key are text: a copy gives the key's twelve characters without blanks, the gaps between
/// its groups are drawn only.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for a character no document font has, [`PdfError::Broken`] where a font
/// or the file cannot be written or the address is too long for a QR code.
pub fn key_notice(notice: &KeyNotice) -> Result<Vec<u8>, PdfError> {
    let page = fitting(|fit| Sheet::draw(notice, fit))?;
    page.finish(&Meta {
        title: format!("{TITLE} {}", notice.number),
        author: notice.surety_name.clone(),
        dated: None,
    })
}

struct Sheet<'notice> {
    page: Page,
    notice: &'notice KeyNotice,
    fit: Fit,
    /// The lower edge of what is drawn, from the top, in mm.
    y: f32,
}

impl<'notice> Sheet<'notice> {
    /// The page and the room left above its foot in mm.
    fn draw(notice: &'notice KeyNotice, fit: Fit) -> Result<(Page, f32), PdfError> {
        let mut sheet = Sheet {
            page: Page::new(),
            notice,
            fit,
            y: 0.0,
        };
        sheet.head()?;
        sheet.paragraphs(OPENING)?;
        sheet.ways()?;
        sheet.paragraphs(CLOSING)?;
        sheet.rows()?;
        sheet.request()?;
        let body = sheet.y;
        let foot = sheet.foot()?;
        Ok((sheet.page, foot - body))
    }

    fn mm(&self, value: f32) -> f32 {
        value * self.fit.air
    }

    fn style(&self, size: f32) -> Style {
        Style::new(Typeface::Sans, size * self.fit.size)
    }

    fn head(&mut self) -> Result<(), PdfError> {
        let style = Style::new(Typeface::Sans, 17.5).tracking(0.02).heavy();
        self.page.text_centred(105.0, 26.0, &style, TITLE)?;
        self.y = 33.0;
        if let Some(occasion) = &self.notice.occasion {
            let style = Style::new(Typeface::Sans, 11.5).tracking(0.1);
            self.page.text_centred(105.0, 34.0, &style, occasion)?;
            self.y = 38.5;
        }
        if let Some(at) = &self.notice.renewed_at {
            let style = Style::new(Typeface::Sans, 9.5);
            let words =
                format!("認証キー再発行 {at}（これより前のお知らせの認証キーは使えません）");
            self.page
                .text_centred(105.0, self.y + 4.0, &style, &words)?;
            self.y += 7.0;
        }
        self.page.rule(LEFT, RIGHT, self.y, 0.6, BLUE);
        self.y += self.mm(6.0);
        Ok(())
    }

    fn paragraphs(&mut self, texts: [&str; 2]) -> Result<(), PdfError> {
        let style = self.style(10.5);
        let pitch = style.em() * 1.78;
        for text in texts {
            for line in wrap(&style, text, RIGHT - LEFT)? {
                self.y += pitch;
                self.page
                    .text(LEFT, self.y - style.em() * 0.5, &style, line)?;
            }
        }
        Ok(())
    }

    fn ways(&mut self) -> Result<(), PdfError> {
        let style = self.style(10.5).heavy();
        let (width, height) = (78.0, self.mm(11.5));
        let top = self.y + self.mm(3.5);
        let baseline = top + height / 2.0 + style.em() * 0.36;
        for (x, text) in [LEFT, RIGHT - width].into_iter().zip(WAYS) {
            let area = Area {
                x,
                y: top,
                width,
                height,
            };
            self.page.area(area, 1.5, Some((0.3, BLUE)), Some(PALE));
            self.page
                .text_centred(x + width / 2.0, baseline, &style, text)?;
            if x == LEFT {
                self.page
                    .text_centred(105.0, baseline, &self.style(10.5), "又は")?;
            }
        }
        self.y = top + height + self.mm(3.5);
        Ok(())
    }

    fn rows(&mut self) -> Result<(), PdfError> {
        let style = self.style(10.5);
        self.y += self.mm(10.5);
        self.page.text_centred(105.0, self.y, &style, "記")?;
        self.y += self.mm(5.0);
        self.page.rule(LEFT, RIGHT, self.y, 0.5, Ink::DARK);
        let notice = self.notice;
        let figures = Style::new(Typeface::Figures, 15.0 * self.fit.size).tracking(0.03);
        self.row("工事名", None, &self.style(12.0), &notice.works_name)?;
        let small = Some("（JVの場合は代表者）");
        self.row(
            "受注者名",
            small,
            &self.style(12.0),
            &notice.contractor_name,
        )?;
        self.row(
            "商品（保証区分）",
            None,
            &self.style(12.0),
            notice.product.label(),
        )?;
        self.row("保証契約番号", None, &figures, &notice.number)?;
        self.key_row()?;
        self.page.rule(LEFT, RIGHT, self.y, 0.5, Ink::DARK);
        Ok(())
    }

    fn row(
        &mut self,
        label: &str,
        small: Option<&str>,
        value: &Style,
        text: &str,
    ) -> Result<(), PdfError> {
        let style = self.style(10.5);
        let baseline = self.y + self.mm(7.9);
        self.page
            .text_label((LABEL, LABEL_WIDTH, VALUE), baseline, &style, label)?;
        let mut below = baseline;
        if let Some(small) = small {
            below += self.mm(4.6);
            self.page
                .text(LABEL - 1.2, below, &self.style(8.5), small)?;
        }
        let pitch = value.em() * 1.5;
        let (value, lines) = wrap_closed(value, text, RIGHT - VALUE)?;
        let mut at = baseline;
        for line in lines {
            self.page.text(VALUE, at, &value, line)?;
            at += pitch;
        }
        below = below.max(at - pitch);
        self.y = below + self.mm(4.6);
        self.page.rule(LEFT, RIGHT, self.y, 0.2, Ink::LIGHT);
        Ok(())
    }

    fn key_row(&mut self) -> Result<(), PdfError> {
        let key = Style::new(Typeface::Figures, 24.0 * self.fit.size).tracking(0.05);
        let hint = self.style(8.8).ink(Ink::DARK);
        let baseline = self.y + self.mm(12.0);
        let pitch = hint.em() * 1.6;
        let first = baseline + self.mm(6.8);
        let height = first + pitch + self.mm(4.2) - self.y;
        let area = Area {
            x: LEFT,
            y: self.y,
            width: RIGHT - LEFT,
            height,
        };
        self.page.area(area, 0.0, None, Some(PALE));
        self.page.text_label(
            (LABEL, LABEL_WIDTH, VALUE),
            baseline,
            &self.style(10.5),
            "認証キー",
        )?;
        self.page
            .text_groups(VALUE, baseline, &key, 0.45, &self.notice.key_groups)?;
        for (line, y) in KEY_HINT.into_iter().zip([first, first + pitch]) {
            self.page.text(VALUE, y, &hint, line)?;
        }
        self.y += height;
        Ok(())
    }

    fn request(&mut self) -> Result<(), PdfError> {
        let style = self.style(10.5);
        let top = self.y + self.mm(7.0);
        let inner = LEFT + 5.0;
        let width = RIGHT - inner - 38.0;
        let address = self.style(10.0);
        let mut lines = vec![(REQUEST, style.heavy())];
        lines.extend(
            wrap(&style, REQUEST_TEXT, width)?
                .into_iter()
                .map(|line| (line, style)),
        );
        let url = &self.notice.dsure_url;
        lines.extend(
            wrap(&address, url, width)?
                .into_iter()
                .map(|line| (line, address)),
        );
        let pitch = style.em() * 1.72;
        let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let text = f32::from(count) * pitch;
        let height = (text + self.mm(6.0)).max(36.0);
        let area = Area {
            x: LEFT,
            y: top,
            width: RIGHT - LEFT,
            height,
        };
        self.page.area(area, 1.5, Some((0.3, Ink::GREY)), None);
        let mut baseline = top + (height - text) / 2.0 + pitch * 0.7;
        for (line, style) in lines {
            self.page.text(inner, baseline, &style, line)?;
            baseline += pitch;
        }
        let side = 25.0;
        let qr = Area {
            x: RIGHT - 6.0 - side,
            y: top + (height - side - 5.0) / 2.0,
            width: side,
            height: side,
        };
        self.qr(qr)?;
        let caption = Style::new(Typeface::Sans, 8.5);
        self.page.text_centred(
            qr.x + side / 2.0,
            qr.y + side + 4.4,
            &caption,
            "D-Sure の入口",
        )?;
        self.y = top + height;
        Ok(())
    }

    /// The address as a QR code of dark rectangles, one per run of dark modules.
    fn qr(&mut self, area: Area) -> Result<(), PdfError> {
        let code = QrCode::with_error_correction_level(&self.notice.dsure_url, EcLevel::M)
            .map_err(|error| PdfError::Broken(error.to_string()))?;
        let count = code.width();
        let side = area.width / f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let modules = code.to_colors();
        let mut tiles = Vec::new();
        let mut y = area.y;
        for row in modules.chunks(count) {
            let mut x = area.x;
            for run in row.chunk_by(|one, next| one == next) {
                let width = side * f32::from(u16::try_from(run.len()).unwrap_or(u16::MAX));
                if run.first() == Some(&Color::Dark) {
                    tiles.push(Area {
                        x,
                        y,
                        width,
                        height: side,
                    });
                }
                x += width;
            }
            y += side;
        }
        self.page.mosaic(&tiles, Ink::BLACK);
        Ok(())
    }

    /// Surety and branch at the foot; returns their upper edge.
    fn foot(&mut self) -> Result<f32, PdfError> {
        let notice = self.notice;
        let name = Style::new(Typeface::Sans, 13.0)
            .heavy()
            .fitting(&notice.surety_name, 82.0)?;
        let small = Style::new(Typeface::Sans, 9.5);
        let pitch = small.em() * 1.62;
        let address = wrap(&small, &notice.surety_address, 82.0)?;
        let mut baseline = BOTTOM;
        for line in address.iter().rev() {
            self.page.text(LEFT, baseline, &small, line)?;
            baseline -= pitch;
        }
        baseline -= 0.8;
        self.page.text(LEFT, baseline, &name, &notice.surety_name)?;
        let top = baseline - name.em();
        let lines = [
            format!("お問い合わせ先　{}", notice.branch_name),
            format!("TEL：{}　FAX：{}", notice.tel, notice.fax),
            notice.hours.clone(),
        ];
        let mut width = 0.0_f32;
        for line in &lines {
            width = width.max(small.fitting(line, 84.0)?.width(line)?);
        }
        let mut baseline = BOTTOM;
        for line in lines.iter().rev() {
            self.page
                .text(RIGHT - width, baseline, &small.fitting(line, 84.0)?, line)?;
            baseline -= pitch;
        }
        Ok(top.min(baseline) - 4.0)
    }
}
