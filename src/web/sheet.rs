//! 保証証書 on screen: the paper as the leaflet prints it, drawn from a verified face.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::certificate::{CertificateFace, Occasion};
use crate::domain::era;
use crate::domain::product::CertificateForm;

/// The certificate as a page shows it; `{{ sheet }}` in a template, inside `paperwrap` or `cert-cols`.
/// Its heading is an `h2` with the id `ct`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "sheet/certificate.html")]
pub struct Sheet {
    /// Sentences above the paper, where the site has any (Net Desk: the leaflet's two).
    pub lead: Vec<&'static str>,
    /// 令和08年07月02日
    pub dated: String,
    /// 前払金保証
    pub product: &'static str,
    /// 変更ー1; `None` on the first version.
    pub change: Option<String>,
    /// Electronic: says that no paper is issued.
    pub electronic: bool,
    pub rows: Vec<SheetRow>,
    pub vow: String,
    pub issuer_address: String,
    pub issuer_name: String,
    pub president_title: String,
    pub president_name: String,
    pub branch: String,
    pub tel: String,
    pub fax: String,
    pub notes: Vec<String>,
    /// The foot line of a print: 「写し（2026/07/02 15:40 に…から印刷）。…」
    pub print_line: String,
}

impl HtmlSafe for Sheet {}

/// One row of the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    pub label: &'static str,
    /// Lines, each in pieces that do not break (工期).
    pub lines: Vec<Vec<String>>,
    pub strong: bool,
}

impl Sheet {
    /// Draws a face; `print_line` says of a print where it came from and that it is a copy.
    pub fn of(face: &CertificateFace, print_line: impl Into<String>) -> Self {
        let rows = face.rows().into_iter().map(|row| SheetRow {
            label: row.label,
            strong: row.strong,
            lines: row
                .lines
                .iter()
                .map(|line| pieces(row.label, line))
                .collect(),
        });
        Self {
            lead: Vec::new(),
            dated: era::padded(face.dated),
            product: face.product.label(),
            change: match face.occasion {
                Occasion::New => None,
                Occasion::Change { .. } => Some(face.occasion.label()),
            },
            electronic: face.form == CertificateForm::Electronic,
            rows: rows.collect(),
            vow: face.vow.clone(),
            issuer_address: face.issuer.address.clone(),
            issuer_name: face.issuer.name.clone(),
            president_title: face.issuer.president_title.clone(),
            president_name: face.issuer.president_name.clone(),
            branch: face.branch.name.clone(),
            tel: face.branch.tel.clone(),
            fax: face.branch.fax.clone(),
            notes: face.notes.clone(),
            print_line: print_line.into(),
        }
    }

    /// With sentences above the paper.
    #[must_use]
    pub fn lead(mut self, sentences: &[&'static str]) -> Self {
        self.lead = sentences.to_vec();
        self
    }
}

/// The two ends of 工期 stay whole; everything else breaks where it likes.
fn pieces(label: &str, line: &str) -> Vec<String> {
    match line.split_once("　～　") {
        Some((from, to)) if label == "工期" => vec![format!("{from}　～"), to.to_owned()],
        _ => vec![line.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::sample;

    #[test]
    fn the_paper_says_what_the_face_says() {
        let face = sample::prepayment();
        let html = Sheet::of(&face, "写し").render().unwrap();
        for words in [
            "令和08年07月02日",
            "（前払金保証）",
            "保証証書（書面）の発行は行わない",
            "35075-00003M",
            "みなと建設株式会社",
            "20,000,000　円",
            "○○銀行　××支店",
            "当会社は、前払金保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。",
            "TEL：045-000-0000",
            "FAX：045-100-0000",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert_eq!(html.matches("<dt>").count(), 10);
        assert!(!html.contains("sheet__sub") && !html.contains("sheet__lead"));
    }

    #[test]
    fn paper_has_no_electronic_note_and_a_change_is_named() {
        let mut face = sample::contract();
        face.occasion = Occasion::Change { number: 1 };
        let html = Sheet::of(&face, "写し")
            .lead(&["ご覧ください。"])
            .render()
            .unwrap();
        assert!(!html.contains("電子的な取扱"));
        assert!(html.contains("変更ー1") && html.contains("ご覧ください。"));
        assert_eq!(html.matches("<dt>").count(), 9);
    }
}
