//! 保証契約情報ダウンロード: one guarantee as a line of a file, and how a line is written so that no
//! spreadsheet takes a name for a formula.

use std::borrow::Cow;

use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::certificate::Standing;
use super::era;
use super::product::{CertificateForm, Product};

/// The schema that a downloaded JSON names (`static/schema/guarantees-1.json`).
pub const SCHEMA: &str = "akashi/guarantees-1";

/// A guarantee as it stands when it is downloaded; amounts in whole yen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// 保証契約番号, with its letter.
    pub number: String,
    pub product: Product,
    pub form: CertificateForm,
    /// 対象: 「新規」「変更ー1」.
    pub version: String,
    pub state: State,
    pub obligee: String,
    pub works: String,
    pub jv: Option<String>,
    /// 請負契約日
    #[serde(with = "era::iso::option")]
    pub contract_date: Option<Date>,
    #[serde(with = "era::iso")]
    pub period_from: Date,
    #[serde(with = "era::iso")]
    pub period_to: Date,
    /// 請負金額
    pub price: i64,
    /// 保証金額
    pub amount: i64,
    /// 保証期限
    #[serde(with = "era::iso")]
    pub until: Date,
    /// 預託金融機関
    pub bank: Option<String>,
    /// The first certificate's date.
    #[serde(with = "era::iso")]
    pub issued_on: Date,
    /// 電子保証発行日時 (of paper: the moment of issue), in UTC.
    #[serde(with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
    /// 解約日
    #[serde(with = "era::iso::option")]
    pub terminated_on: Option<Date>,
    /// 保証料: all that was charged and given back so far, with tax.
    pub fee: i64,
}

/// 状態
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    InForce,
    Expired,
    Terminated,
}

impl State {
    pub fn label(self) -> &'static str {
        match self {
            Self::InForce => "有効",
            Self::Expired => "期限切れ",
            Self::Terminated => "解約",
        }
    }
}

impl From<Standing> for State {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Ended(_) => Self::Terminated,
            Standing::Expired => Self::Expired,
            Standing::NotYet | Standing::InForce => Self::InForce,
        }
    }
}

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Yen(i64),
    Day(Date),
    Nothing,
}

impl<'a> Cell<'a> {
    fn text(words: &'a str) -> Self {
        Self::Text(Cow::Borrowed(words))
    }

    fn optional(words: Option<&'a str>) -> Self {
        words.map_or(Self::Nothing, Self::text)
    }

    fn day(day: Option<Date>) -> Self {
        day.map_or(Self::Nothing, Self::Day)
    }
}

/// The heads of the columns, in the order of [`Record::cells`].
pub const HEADS: [&str; 19] = [
    "保証契約番号",
    "保証種類",
    "証書の形式",
    "対象",
    "状態",
    "発注者名",
    "工事名",
    "JV名",
    "請負契約日",
    "工期の始め",
    "工期の終わり",
    "請負金額",
    "保証金額",
    "保証期限",
    "預託金融機関",
    "発行日",
    "発行日時",
    "解約日",
    "保証料",
];

impl Record {
    pub fn cells(&self) -> [Cell<'_>; HEADS.len()] {
        [
            Cell::text(&self.number),
            Cell::text(self.product.label()),
            Cell::text(self.form.label()),
            Cell::text(&self.version),
            Cell::text(self.state.label()),
            Cell::text(&self.obligee),
            Cell::text(&self.works),
            Cell::optional(self.jv.as_deref()),
            Cell::day(self.contract_date),
            Cell::Day(self.period_from),
            Cell::Day(self.period_to),
            Cell::Yen(self.price),
            Cell::Yen(self.amount),
            Cell::Day(self.until),
            Cell::optional(self.bank.as_deref()),
            Cell::Day(self.issued_on),
            self.issued_at
                .map_or(Cell::Nothing, |at| Cell::Text(era::stamp(at).into())),
            Cell::day(self.terminated_on),
            Cell::Yen(self.fee),
        ]
    }
}

/// The words so that no spreadsheet reads them as a formula: what begins like one, half or full
/// width, gets an apostrophe in front.
pub fn harmless(words: &str) -> Cow<'_, str> {
    let formula = |first: char| {
        matches!(
            first,
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '−' | '＠' | '\t' | '\r' | '\n'
        )
    };
    if words.trim_start().starts_with(formula) || words.starts_with(formula) {
        Cow::Owned(format!("'{words}"))
    } else {
        Cow::Borrowed(words)
    }
}

/// One line of a CSV with its end; text is quoted always, figures and dates never.
pub fn csv_line(cells: &[Cell<'_>]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match cell {
            Cell::Text(words) => {
                line.push('"');
                line.push_str(&harmless(words).replace('"', "\"\""));
                line.push('"');
            }
            Cell::Yen(yen) => line.push_str(&yen.to_string()),
            Cell::Day(day) => line.push_str(&era::slashed(*day)),
            Cell::Nothing => {}
        }
    }
    line.push_str("\r\n");
    line
}

/// The heads as a line of a CSV.
pub fn csv_head() -> String {
    csv_line(&HEADS.map(Cell::text))
}

/// What stands in a Shift_JIS file for a character that it does not have.
pub const MISSING: char = '〓';

/// The line as a Windows program writes Shift_JIS, and the characters that it does not have.
pub fn shift_jis(line: &str) -> (Vec<u8>, Vec<char>) {
    let (bytes, _, lost) = encoding_rs::SHIFT_JIS.encode(line);
    if !lost {
        return (bytes.into_owned(), Vec::new());
    }
    let missing: Vec<char> = line.chars().filter(|it| !in_shift_jis(*it)).collect();
    let mended: String = line
        .chars()
        .map(|it| if in_shift_jis(it) { it } else { MISSING })
        .collect();
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(&mended);
    (bytes.into_owned(), missing)
}

fn in_shift_jis(letter: char) -> bool {
    let mut own = [0; 4];
    let (_, _, lost) = encoding_rs::SHIFT_JIS.encode(letter.encode_utf8(&mut own));
    !lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_made_harmless() {
        for words in [
            "=cmd|' /C calc'!A0",
            "＝HYPERLINK(1)",
            "+1",
            "－2",
            "@SUM(A1)",
            "\t=1",
            " =1",
        ] {
            let line = csv_line(&[Cell::text(words)]);
            assert!(line.starts_with("\"'"), "{line:?}");
        }
        assert_eq!(harmless("市道12号線=改良"), "市道12号線=改良");
    }

    #[test]
    fn quotes_and_commas_stay_inside_their_cell() {
        let cells = [Cell::text("「甲\"乙,丙」"), Cell::Yen(-5), Cell::Nothing];
        assert_eq!(csv_line(&cells), "\"「甲\"\"乙,丙」\",-5,\r\n");
    }

    #[test]
    fn shift_jis_says_what_it_does_not_have() {
        let (bytes, missing) = shift_jis("髙橋﨑①～𠮷邉");
        assert_eq!(missing, ['𠮷']);
        let (words, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
        assert!(!broken);
        assert_eq!(words, "髙橋﨑①～〓邉");
    }
}
