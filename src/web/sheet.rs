//! The certificate as a sheet of paper on the screen, drawn from verified facts.
//!
//! `{{ sheet }}` in a template of any site; the page links `sheet.css` and puts it into
//! `<div class="paperwrap">`.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::certificate::{CertificateFace, HandlingBranch, Issuer, Occasion};
use crate::domain::era;
use crate::domain::product::CertificateForm;

/// A certificate to look at.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/sheet.html")]
pub struct Sheet {
    /// 保証証書
    pub name: &'static str,
    /// 前払金保証
    pub product: &'static str,
    /// 変更ー1, under the title.
    pub change: Option<String>,
    /// Whether the box says that no paper is issued.
    pub electronic: bool,
    /// 令和08年07月02日
    pub dated: String,
    pub rows: Vec<SheetRow>,
    pub vow: String,
    pub issuer: Issuer,
    pub branch: HandlingBranch,
    pub notes: Vec<String>,
    /// Two sentences above the certificate (Net Desk's screen, never printed).
    pub lead: bool,
    /// The word in the corner of a print: 写し.
    pub mark: &'static str,
    /// What does not hold today ([`crate::domain::remark`]), beside the mark and at the foot.
    pub remark: Vec<String>,
    /// The foot of a print: when and from where.
    pub line: String,
}

impl HtmlSafe for Sheet {}

/// One row: its label and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    pub label: &'static str,
    pub strong: bool,
    pub lines: Vec<SheetLine>,
}

/// One line of a row, cut where it may break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetLine {
    Words(String),
    /// Figures, and the unit behind them.
    Figures(String, &'static str),
    /// From, to.
    Period(String, String),
}

impl Sheet {
    /// The face as leaflet 000 prints it; a print is marked 写し and ends with `line`.
    pub fn copy(face: &CertificateFace, line: impl Into<String>) -> Self {
        let rows = face.rows().into_iter().map(|row| SheetRow {
            label: row.label,
            strong: row.strong,
            lines: row.lines.into_iter().map(|l| cut(row.label, l)).collect(),
        });
        let (name, product) = face.title_lines();
        Self {
            name,
            product,
            change: match face.occasion {
                Occasion::Change { .. } => Some(face.occasion.label()),
                _ => None,
            },
            electronic: face.form == CertificateForm::Electronic,
            dated: era::padded(face.dated),
            rows: rows.collect(),
            vow: face.vow.clone(),
            issuer: face.issuer.clone(),
            branch: face.branch.clone(),
            notes: face.notes.clone(),
            lead: false,
            mark: "写し",
            remark: Vec::new(),
            line: line.into(),
        }
    }

    /// With what does not hold today, in the frame.
    #[must_use]
    pub fn remarked(mut self, remark: Vec<String>) -> Self {
        self.remark = remark;
        self
    }

    /// With the two sentences of Net Desk's screen above it.
    #[must_use]
    pub fn with_lead(mut self) -> Self {
        self.lead = true;
        self
    }
}

/// Only rows that we write ourselves are cut: a name may hold any character.
fn cut(label: &str, line: String) -> SheetLine {
    match label {
        "保証契約番号" | "予約番号" => SheetLine::Figures(line, ""),
        "保証金額（総額）" | "請負金額（総額）" | "予約金額" | "予定請負金額" => {
            match line.strip_suffix("　円") {
                Some(amount) => SheetLine::Figures(amount.to_owned(), "　円"),
                None => SheetLine::Words(line),
            }
        }
        "工期" | "予定工期" => match line.split_once("　～　") {
            Some((from, to)) => SheetLine::Period(from.to_owned(), to.to_owned()),
            None => SheetLine::Words(line),
        },
        _ => SheetLine::Words(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::certificate::{Principal, SCHEMA};
    use crate::domain::money::Yen;
    use crate::domain::product::Product;
    use time::macros::date;

    fn face() -> CertificateFace {
        CertificateFace {
            schema: SCHEMA.into(),
            number: "35075-00003M".into(),
            seq: 1,
            occasion: Occasion::New,
            corrects: None,
            product: Product::Prepayment,
            form: CertificateForm::Electronic,
            dated: date!(2026 - 07 - 02),
            principal: Principal {
                address: "神奈川県横浜市見本区港町1番1号".into(),
                name: "みなと建設株式会社".into(),
                representative: "代表取締役　湊 一郎".into(),
                jv_name: None,
                jv_representative: None,
            },
            obligee: "神奈川県内広域水道企業団 企業長".into(),
            amount: Yen::parse("20,000,000").unwrap(),
            until: date!(2027 - 03 - 31),
            works_name: "1工区　～　3工区 <修繕> か\u{3099}け".into(),
            price: Yen::parse("50,000,000").unwrap(),
            period_from: date!(2026 - 07 - 01),
            period_to: date!(2027 - 03 - 31),
            contract_date: Some(date!(2026 - 07 - 01)),
            bid_date: None,
            bank: Some("○○銀行　××支店".into()),
            vow: "当会社は、前払金保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。"
                .into(),
            issuer: Issuer {
                name: "みらい建設業保証株式会社".into(),
                address: "東京都中央区見本町二丁目7番10号".into(),
                president_title: "取締役社長".into(),
                president_name: "見本 太郎".into(),
            },
            branch: HandlingBranch {
                name: "神奈川支店".into(),
                tel: "045-000-0000".into(),
                fax: "045-100-0000".into(),
            },
            notes: vec!["一".into(), "二".into()],
            approved_sha256: String::new(),
            previous_sha256: None,
        }
    }

    #[test]
    fn the_sheet_says_every_row_and_keeps_names_whole() {
        let html = Sheet::copy(&face(), "写し（印刷）").to_string();
        for row in face().rows() {
            assert!(html.contains(&format!("<dt>{}</dt>", row.label)));
        }
        assert!(html.contains("<dd>1工区　～　3工区 &#60;修繕&#62; か\u{3099}け</dd>"));
        assert!(html.contains(r#"<span class="num">20,000,000</span>　円"#));
        assert!(html.contains("令和08年07月01日　～</span>"));
        assert!(html.contains("電子的な取扱となります") && html.contains("写し（印刷）"));
        assert!(!html.contains("お客さまに代わり") && !html.contains("変更ー"));
    }

    #[test]
    fn what_does_not_hold_stands_beside_the_mark_and_at_the_foot() {
        let sheet = Sheet::copy(&face(), "写し（印刷）");
        assert!(!sheet.to_string().contains("sheet__remark"));
        let remark = vec!["解約済（令和8年11月22日）".to_owned()];
        let html = sheet.remarked(remark).to_string();
        assert!(html.contains(r#"<p class="sheet__remark">解約済（令和8年11月22日）</p>"#));
        assert!(
            html.contains(r#"<p class="sheet__print">解約済（令和8年11月22日）　写し（印刷）</p>"#)
        );
    }

    #[test]
    fn a_change_on_paper_says_so() {
        let mut face = face();
        face.occasion = Occasion::Change { number: 2 };
        face.form = CertificateForm::Paper;
        let html = Sheet::copy(&face, "").with_lead().to_string();
        assert!(html.contains("変更ー2") && html.contains("お客さまに代わり"));
        assert!(!html.contains("電子的な取扱となります"));
    }
}
