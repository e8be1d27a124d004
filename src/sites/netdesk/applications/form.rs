//! The page 申込の作成: one page, four sections, the obligee's rules beside them.

use askama::Template;
use time::OffsetDateTime;
use uuid::Uuid;

use super::rows::OBLIGEE_LIST;
use super::sheet::Sheet;
use super::typed::{self, BLOCKS};
use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::field::{Field, Section};
use crate::domain::product::Product;
use crate::services::drafts::OpenForm;
use crate::web::field::FieldView;
use crate::web::page::BranchLine;
use crate::web::shell::NetdeskShell;
use crate::web::summary::{ErrorItem, ErrorSummary};
use crate::web::urls::netdesk::{Application, NEW_APPLICATION};

/// What is known of the application the form belongs to.
#[derive(Debug, Clone)]
pub struct Origin {
    pub id: Uuid,
    /// `None` until the first save.
    pub kept: Option<Kept>,
}

/// A saved form.
#[derive(Debug, Clone)]
pub struct Kept {
    pub stage: Stage,
    pub revision: i32,
    pub by: String,
    pub at: OffsetDateTime,
    pub receipt_no: Option<String>,
    /// The branch's words with a return.
    pub words: Option<String>,
    /// 弊社からお客様へのお知らせ: when and what, newest first.
    pub notices: Vec<(String, String)>,
}

impl From<&OpenForm> for Origin {
    fn from(open: &OpenForm) -> Self {
        Self {
            id: open.id,
            kept: Some(Kept {
                stage: open.stage,
                revision: open.revision,
                by: open.updated_by.clone(),
                at: open.updated_at,
                receipt_no: open.receipt_no.clone(),
                words: open
                    .return_words
                    .clone()
                    .filter(|_| open.stage == Stage::Returned),
                notices: open
                    .notices
                    .iter()
                    .map(|notice| (era::stamp(notice.at), notice.words.clone()))
                    .collect(),
            }),
        }
    }
}

/// One tab.
pub struct Tab {
    pub section: Section,
    pub class: &'static str,
    pub words: String,
}

impl Tab {
    /// The anchor of the section.
    pub fn anchor(&self) -> String {
        format!("s-{}", self.section.id())
    }
}

/// The card of one product.
pub struct Block {
    pub product: Product,
    pub on: bool,
    pub switch: &'static str,
    pub words: &'static str,
    /// No product was chosen.
    pub error: Option<String>,
    pub rows: Vec<FieldView>,
}

/// A field that somebody else saved differently.
pub struct Difference {
    pub label: &'static str,
    pub theirs: String,
    pub ours: String,
}

/// Somebody saved in between: who, when, and where the two differ.
pub struct Clash {
    pub by: String,
    pub at: String,
    pub differences: Vec<Difference>,
}

/// 申込の作成
#[derive(Template)]
#[template(path = "netdesk/applications/form.html")]
pub struct FormPage {
    pub shell: NetdeskShell,
    origin: Origin,
    tabs: Vec<Tab>,
    works: Vec<FieldView>,
    blocks: Vec<Block>,
    bid: Vec<FieldView>,
    /// 落札決定日, where it stands in the first section.
    award_above: Option<String>,
    notice_aside: Option<FieldView>,
    sending: Vec<FieldView>,
    contact: Vec<FieldView>,
    message: FieldView,
    obligees: Vec<String>,
    amounts: Vec<(&'static str, String)>,
    /// The obligee's body and what its book says.
    book: Option<(String, Vec<(String, String)>)>,
    line: BranchLine,
    pub clash: Option<Clash>,
}

impl FormPage {
    /// Builds the page; with problems it says 「エラー：」 and lists them.
    pub fn new(mut shell: NetdeskShell, origin: Origin, sheet: &Sheet<'_>) -> Self {
        let tabs = Section::ALL
            .map(|section| {
                let (class, words) = sheet.state(section);
                Tab {
                    section,
                    class,
                    words,
                }
            })
            .into();
        let line = sheet
            .get(Field::Branch)
            .parse()
            .ok()
            .and_then(|id| sheet.offer.branch(id))
            .map(crate::sites::netdesk::frame::line)
            .or_else(|| shell.branch.clone())
            .unwrap_or_default();
        let mut page = Self {
            tabs,
            works: sheet.works(),
            blocks: BLOCKS.map(|product| block(sheet, product)).into(),
            bid: sheet.bid(),
            award_above: sheet.place().asks(Field::AwardDate).then(|| {
                sheet
                    .date(Field::AwardDate)
                    .map(era::plain)
                    .unwrap_or_default()
            }),
            notice_aside: sheet.notice_aside(),
            sending: sheet.sending(),
            contact: sheet.contact(),
            message: sheet.message(),
            obligees: sheet.offer.obligees.clone(),
            amounts: amounts(sheet),
            book: sheet.book.map(|book| (book.body.clone(), book.facts())),
            line,
            clash: None,
            origin,
            shell: {
                shell.common.errors = ErrorSummary::default();
                shell
            },
        };
        page.shell.common.errors = ErrorSummary {
            items: page.errors(),
            ..ErrorSummary::default()
        };
        if page.shell.common.errors.any() {
            page.shell.common.errors.lead =
                Some("入力した内容はすべて残っています。まだ送信していません。".to_owned());
        }
        page
    }

    /// Every sentence in the order of the page.
    fn errors(&self) -> Vec<ErrorItem> {
        let of = |rows: &[FieldView]| rows.iter().flat_map(FieldView::errors).collect::<Vec<_>>();
        let mut items = of(&self.works);
        for block in &self.blocks {
            items.extend(block.error.iter().map(|words| ErrorItem {
                target: format!("f-{}", block.switch),
                words: words.clone(),
            }));
            items.extend(of(&block.rows));
        }
        items.extend(of(&self.bid));
        items.extend(self.notice_aside.iter().flat_map(FieldView::errors));
        items.extend(of(&self.sending));
        items.extend(of(&self.contact));
        items.extend(self.message.errors());
        items
    }

    fn is_returned(&self) -> bool {
        self.stage() == Some(Stage::Returned)
    }

    fn stage(&self) -> Option<Stage> {
        self.origin.kept.as_ref().map(|kept| kept.stage)
    }

    /// 手続状況
    fn state_word(&self) -> &'static str {
        let state = match self.stage() {
            Some(Stage::Returned) => ItemState::Returned,
            _ => ItemState::Draft,
        };
        state.contractor_word(false)
    }

    fn title(&self) -> &'static str {
        if self.is_returned() {
            "申込の訂正（再送信）"
        } else {
            "申込の作成（新規）"
        }
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        match self.origin.kept {
            Some(_) => Application(self.origin.id).form(),
            None => NEW_APPLICATION.to_owned(),
        }
    }

    /// The line in the dock.
    fn saved(&self) -> String {
        self.origin.kept.as_ref().map_or_else(
            || "まだ保存していません".to_owned(),
            |kept| saved_words(kept.at),
        )
    }

    /// Nothing was written to the contractor yet.
    fn untold(&self) -> bool {
        self.origin
            .kept
            .as_ref()
            .is_none_or(|kept| kept.words.is_none() && kept.notices.is_empty())
    }

    fn address(&self) -> Application {
        Application(self.origin.id)
    }

    /// The hidden 公告日 is shown when something is in it or wrong with it.
    fn notice_open(&self) -> bool {
        self.notice_aside
            .as_ref()
            .is_some_and(|row| !row.value.is_empty() || row.error.is_some())
    }
}

/// 「14時32分に下書き保存しました」, in Japan's time.
pub fn saved_words(at: OffsetDateTime) -> String {
    let here = era::tokyo(at);
    format!(
        "✓ {}時{:02}分に下書き保存しました",
        here.hour(),
        here.minute()
    )
}

fn block(sheet: &Sheet<'_>, product: Product) -> Block {
    let switch = typed::switch(product);
    Block {
        product,
        on: sheet.on(product),
        switch: switch.id(),
        words: switch.label(),
        error: sheet.error(switch),
        rows: sheet.product(product),
    }
}

fn amounts(sheet: &Sheet<'_>) -> Vec<(&'static str, String)> {
    let shown = |field| {
        sheet
            .yen(field)
            .map_or_else(|| "―".to_owned(), |yen| format!("{yen}円"))
    };
    let mut rows = vec![("請負金額", shown(Field::Price))];
    for product in BLOCKS {
        let words = if sheet.on(product) {
            shown(typed::amount(product))
        } else {
            "申し込まない".to_owned()
        };
        rows.push((product.label(), words));
    }
    rows
}

/// Where two forms differ, field by field, as people read them.
pub fn differences(theirs: &Sheet<'_>, ours: &Sheet<'_>) -> Vec<Difference> {
    Field::ALL
        .iter()
        .filter(|field| theirs.get(**field) != ours.get(**field))
        .map(|field| Difference {
            label: field.label(),
            theirs: theirs.said(*field),
            ours: ours.said(*field),
        })
        .collect()
}

impl Sheet<'_> {
    /// A field's value in the words of the page.
    fn said(&self, field: Field) -> String {
        use crate::domain::content::{BidMethod, FeeMethod, Handover, PrepaymentPlan};
        use crate::domain::product::CertificateForm;
        use crate::domain::works::ContractKind;
        let code = self.get(field);
        let word = match field {
            Field::Kind => ContractKind::from_code(code).map(ContractKind::label),
            Field::PrepaymentForm | Field::ContractForm => {
                CertificateForm::from_code(code).map(CertificateForm::label)
            }
            Field::PrepaymentFeeMethod | Field::ContractFeeMethod => {
                FeeMethod::from_code(code).map(FeeMethod::label)
            }
            Field::BidMethod => BidMethod::from_code(code).map(BidMethod::label),
            Field::PrepaymentPlan => PrepaymentPlan::from_code(code).map(PrepaymentPlan::label),
            Field::Handover => Handover::from_code(code).map(Handover::label),
            Field::PrepaymentOn | Field::ContractOn | Field::LowPrice | Field::Midterm => {
                Some(if code.is_empty() {
                    "いいえ"
                } else {
                    "はい"
                })
            }
            Field::Redeposit => Some(if code == "yes" {
                "利用する"
            } else {
                "利用しない"
            }),
            Field::PrepaymentPaperStatement | Field::ContractPaperStatement | Field::Notify => {
                Some(if code == "yes" {
                    "希望する"
                } else {
                    "希望しない"
                })
            }
            Field::Branch => {
                let branch = code.parse().ok().and_then(|id| self.offer.branch(id));
                branch.map(|branch| branch.name.as_str())
            }
            _ => None,
        };
        word.unwrap_or(code).to_owned()
    }
}
