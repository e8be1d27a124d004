//! The page 申込の作成: one page, four sections, the obligee's rules beside them.

use askama::Template;
use time::OffsetDateTime;
use uuid::Uuid;

use super::place::DECIDING;
use super::rows::{OBLIGEE_LIST, PREPAYMENT_LIST};
use super::sheet::Sheet;
use super::tables::Table;
use super::typed;
use crate::domain::application::{ItemState, Stage};
use crate::domain::era;
use crate::domain::field::{Field, Section};
use crate::domain::kind::ApplicationKind;
use crate::domain::product::Product;
use crate::services::drafts::OpenForm;
use crate::web::field::FieldView;
use crate::web::page::BranchLine;
use crate::web::shell::NetdeskShell;
use crate::web::summary::{ErrorItem, ErrorSummary};
use crate::web::urls::netdesk::{Application, Guarantee, NEW_APPLICATION, NEW_RESERVATION};

/// What is known of the application the form belongs to.
#[derive(Debug, Clone)]
pub struct Origin {
    pub id: Uuid,
    pub kind: ApplicationKind,
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
    /// The reservation it was carried over from.
    pub reservation: Option<String>,
}

impl From<&OpenForm> for Origin {
    fn from(open: &OpenForm) -> Self {
        Self {
            id: open.id,
            kind: open.kind,
            kept: Some(Kept {
                reservation: open.reservation.clone(),
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
    members: Table,
    /// 債務負担行為・継続費 with its table; not asked before the bid.
    years: Option<(FieldView, Table)>,
    blocks: Vec<Block>,
    bid: Vec<FieldView>,
    /// 落札決定日, where it stands in the first section.
    award_above: Option<String>,
    dates_aside: Vec<FieldView>,
    sending: Vec<FieldView>,
    contact: Vec<FieldView>,
    message: FieldView,
    obligees: Vec<String>,
    prepayments: Vec<(String, String)>,
    amounts: Vec<(&'static str, String)>,
    /// The obligee's body and what its book says.
    book: Option<(String, Vec<(String, String)>)>,
    line: BranchLine,
    pub clash: Option<Clash>,
}

impl FormPage {
    /// Builds the page; with problems it says 「エラー：」 and lists them.
    pub fn new(mut shell: NetdeskShell, origin: Origin, sheet: &Sheet<'_>) -> Self {
        let tabs = sheet
            .kind
            .sections()
            .iter()
            .map(|section| {
                let (class, words) = sheet.state(*section);
                Tab {
                    section: *section,
                    class,
                    words,
                }
            })
            .collect();
        let alone = sheet.kind == ApplicationKind::Reservation;
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
            members: sheet.members(),
            years: (!alone).then(|| (sheet.obligation_row(), sheet.years())),
            blocks: sheet
                .kind
                .products()
                .iter()
                .map(|product| block(sheet, *product))
                .collect(),
            bid: if alone { Vec::new() } else { sheet.bid() },
            award_above: sheet.place().asks(Field::AwardDate).then(|| {
                sheet
                    .date(Field::AwardDate)
                    .map(era::plain)
                    .unwrap_or_default()
            }),
            dates_aside: if alone {
                Vec::new()
            } else {
                sheet.dates_aside()
            },
            sending: sheet.sending(),
            contact: sheet.contact(),
            message: sheet.message(),
            obligees: sheet.offer.obligees.clone(),
            prepayments: sheet.offer.prepayments.clone(),
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
        items.extend(self.members.errors());
        if let Some((row, table)) = &self.years {
            items.extend(row.errors());
            items.extend(table.errors());
        }
        for block in &self.blocks {
            items.extend(block.error.iter().map(|words| ErrorItem {
                target: format!("f-{}", block.switch),
                words: words.clone(),
            }));
            items.extend(of(&block.rows));
        }
        items.extend(of(&self.bid));
        items.extend(of(&self.dates_aside));
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
            None => match self.origin.kind {
                ApplicationKind::Reservation => NEW_RESERVATION.to_owned(),
                ApplicationKind::New | ApplicationKind::Change => NEW_APPLICATION.to_owned(),
            },
        }
    }

    /// 保証申込, 契約保証予約申込
    fn kind_word(&self) -> &'static str {
        self.origin.kind.label()
    }

    fn alone(&self) -> bool {
        self.origin.kind == ApplicationKind::Reservation
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

    /// The hidden dates are shown when something is in one or wrong with it.
    fn dates_open(&self) -> bool {
        self.dates_aside
            .iter()
            .any(|row| !row.value.is_empty() || row.error.is_some())
    }

    /// What the fold of the dates says.
    fn dates_words(&self) -> String {
        let labels: Vec<_> = DECIDING
            .into_iter()
            .filter(|field| *field != Field::AwardDate)
            .map(Field::label)
            .collect();
        format!(
            "{}を入力する（その日で電子保証の可否が決まる発注者のとき）",
            labels.join("・")
        )
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
    let mut rows = sheet.product(product);
    let mut error = sheet.error(switch);
    if product == Product::Reservation {
        // It has no switch to stand beside.
        let amount = typed::amount(product).id();
        if let (Some(row), Some(words)) =
            (rows.iter_mut().find(|row| row.name == amount), error.take())
        {
            let own = row.error.take().unwrap_or_default();
            row.error = Some(format!("{own}{words}"));
        }
    }
    Block {
        product,
        on: sheet.on(product),
        switch: switch.id(),
        words: switch.label(),
        error,
        rows,
    }
}

fn amounts(sheet: &Sheet<'_>) -> Vec<(&'static str, String)> {
    let shown = |field| {
        sheet
            .yen(field)
            .map_or_else(|| "―".to_owned(), |yen| format!("{yen}円"))
    };
    let price = match sheet.kind {
        ApplicationKind::Reservation => sheet.label(Field::Price),
        ApplicationKind::New | ApplicationKind::Change => "請負金額",
    };
    let mut rows = vec![(price, shown(Field::Price))];
    for product in sheet.kind.products().iter().copied() {
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
            label: ours.label(*field),
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
        use crate::domain::works::{ContractKind, Obligation};
        let code = self.get(field);
        let ticked = if code.is_empty() {
            "いいえ"
        } else {
            "はい"
        };
        let used = if code == "yes" {
            "利用する"
        } else {
            "利用しない"
        };
        let wanted = if code == "yes" {
            "希望する"
        } else {
            "希望しない"
        };
        let block = Product::ALL.into_iter().find_map(|product| {
            let fields = Field::of(product);
            match field {
                it if fields.form == Some(it) => {
                    Some(CertificateForm::from_code(code).map(CertificateForm::label))
                }
                it if fields.fee_method == it => {
                    Some(FeeMethod::from_code(code).map(FeeMethod::label))
                }
                it if fields.on == it => Some(Some(ticked)),
                it if fields.paper_statement == it => Some(Some(wanted)),
                _ => None,
            }
        });
        let word = match field {
            _ if block.is_some() => block.flatten(),
            Field::Kind => ContractKind::from_code(code).map(ContractKind::label),
            Field::Obligation => {
                Some(Obligation::from_code(code).map_or("なし", Obligation::label))
            }
            Field::BidMethod => BidMethod::from_code(code).map(BidMethod::label),
            Field::PrepaymentPlan => PrepaymentPlan::from_code(code).map(PrepaymentPlan::label),
            Field::Handover => Handover::from_code(code).map(Handover::label),
            Field::LowPrice
            | Field::Midterm
            | Field::MidtermConditionPrepaid
            | Field::MidtermConditionHalfOver
            | Field::MidtermConditionOnSchedule
            | Field::MidtermConditionHalfDone => Some(ticked),
            Field::Redeposit | Field::MidtermRedeposit => Some(used),
            Field::Notify => Some(wanted),
            Field::Branch => {
                let branch = code.parse().ok().and_then(|id| self.offer.branch(id));
                branch.map(|branch| branch.name.as_str())
            }
            _ => None,
        };
        word.unwrap_or(code).to_owned()
    }
}
