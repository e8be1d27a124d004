//! The frames around pages: who is here, which menu entry is open, where help is.

use super::page::{BranchLine, Common, Flash, HelpLink, SessionEnd};
use super::site::{Names, Site};
use super::summary::ErrorSummary;
use super::urls;

/// A heading of a menu with its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuGroup {
    /// 作成する
    pub title: &'static str,
    /// Its entries.
    pub items: Vec<MenuItem>,
}

/// One entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// Where it leads.
    pub href: String,
    /// 保証契約一覧
    pub words: &'static str,
    /// A second, smaller part of the name: （前払・中間・契約）
    pub small: &'static str,
    /// A sentence for the top page.
    pub about: &'static str,
    /// How many wait there.
    pub count: Option<u64>,
    /// Whether it is the page shown.
    pub current: bool,
}

impl MenuItem {
    fn new(href: impl Into<String>, words: &'static str, current: bool) -> Self {
        Self {
            href: href.into(),
            words,
            small: "",
            about: "",
            count: None,
            current,
        }
    }

    fn small(self, small: &'static str) -> Self {
        Self { small, ..self }
    }

    fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    fn count(self, count: Option<u64>) -> Self {
        Self { count, ..self }
    }
}

/// Entries of Net Desk's menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    /// 全体トップ
    Top,
    /// 保証申込
    Apply,
    /// 契約保証予約申込
    Reserve,
    /// 下書き
    Drafts,
    /// 前払金請求書
    Invoices,
    /// 保証申込のお勧め
    Suggestions,
    /// 状況
    Status,
    /// 保証契約一覧
    Guarantees,
    /// 保証料計算書一覧
    Fees,
    /// 保証契約情報ダウンロード
    Downloads,
    /// 保証料計算
    Calculator,
    /// Q&A
    Questions,
    /// 電子保証対応の発注者
    Obligees,
    /// お客様情報
    Account,
    /// 利用規約
    Terms,
    /// ヘルプ
    Help,
}

/// Net Desk, signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetdeskShell {
    /// What all shells carry.
    pub common: Common,
    /// みなと建設株式会社
    pub company: String,
    /// minato.soumu
    pub login: String,
    /// 管理者
    pub role_word: String,
    /// Whether this person may write applications; without it 作成する is absent.
    pub may_write: bool,
    /// The branch that answers questions.
    pub branch: Option<BranchLine>,
    /// This screen's help.
    pub help: HelpLink,
    /// The open entry of the menu.
    pub current: Menu,
}

impl NetdeskShell {
    /// The menu of the leaflets, as far as it leads somewhere.
    pub fn menu(&self) -> Vec<MenuGroup> {
        use urls::netdesk as to;
        let item = |href, words, entry| MenuItem::new(href, words, self.current == entry);
        let mut groups = Vec::new();
        if self.may_write {
            groups.push(MenuGroup {
                title: "作成する",
                items: vec![
                    item(to::NEW_APPLICATION, "保証申込", Menu::Apply)
                        .small("（前払・中間・契約）")
                        .about("新しい申込を作ります"),
                    item(to::NEW_RESERVATION, "契約保証予約申込", Menu::Reserve)
                        .small("（入札ボンド）")
                        .about("入札の前に、契約保証を予約します"),
                    item(to::INVOICES, "前払金請求書", Menu::Invoices)
                        .about("保証の内容から請求書を作ります"),
                    item(to::SUGGESTIONS, "保証申込のお勧め", Menu::Suggestions)
                        .about("次にできる申込をお知らせします"),
                    item(to::DRAFTS, "下書き", Menu::Drafts).about("書きかけの申込を続けます"),
                ],
            });
        }
        groups.push(MenuGroup {
            title: "確認する",
            items: vec![
                item(to::STATUS, "状況", Menu::Status).about("送信した申込のいま"),
                item(to::GUARANTEES, "保証契約一覧", Menu::Guarantees)
                    .about("発行済みの保証と認証キー"),
                item(to::FEES, "保証料計算書一覧", Menu::Fees).about("計算書・返還・領収証"),
                item(to::DOWNLOADS, "保証契約情報ダウンロード", Menu::Downloads)
                    .about("一覧をCSV・Excel・JSONで"),
                item(to::CALCULATOR, "保証料計算", Menu::Calculator).about("保証料の概算と内訳"),
                item(to::QUESTIONS, "Q&A", Menu::Questions).about("よくあるご質問"),
                item(to::OBLIGEES, "電子保証対応の発注者", Menu::Obligees)
                    .about("対応の始まる日と契約"),
            ],
        });
        groups.push(MenuGroup {
            title: "便利にする",
            items: vec![
                item(to::ACCOUNT, "お客様情報", Menu::Account).about("会社・利用者・パスワード"),
                item(to::TERMS, "利用規約", Menu::Terms).about("インターネット保証サービス"),
                item(to::HELP, "ヘルプ", Menu::Help).about("画面ごとの短い説明"),
            ],
        });
        groups
    }
}

/// Entries of the Office's menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeMenu {
    /// 申込の一覧
    Applications,
    /// 保証契約
    Guarantees,
    /// 訂正・変更取消・解約
    Acts,
    /// 保証料率表
    FeeTables,
    /// 一括納付
    FeeMonths,
    /// 保証料の返還
    FeeRefunds,
    /// 支店
    Branches,
    /// 職員
    Staff,
    /// お客様
    Contractors,
    /// 発注者ときまり
    Obligees,
    /// 番号ブロック
    Blocks,
    /// 処理の記録
    Jobs,
    /// The own account: no entry of the menu.
    Account,
}

/// Office, signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeShell {
    /// What all shells carry.
    pub common: Common,
    /// みらい建設業保証株式会社
    pub surety: String,
    /// 神奈川支店
    pub branch: String,
    /// kanagawa.clerk
    pub person: String,
    /// 審査
    pub role_word: String,
    /// Whether 管理 is shown.
    pub administrator: bool,
    /// Whether 一括納付 is shown: the head office's clerks and administrators close months.
    pub keeps_months: bool,
    /// Applications under way in reach of this person.
    pub open_applications: Option<u64>,
    /// Acts and requests for keys that wait for a decision.
    pub open_acts: Option<u64>,
    /// Jobs that gave up and wait for a person.
    pub buried_jobs: Option<u64>,
    /// What was typed into the search of the header.
    pub query: String,
    /// This screen's help, where there is one.
    pub help: Option<HelpLink>,
    /// The open entry of the menu.
    pub current: OfficeMenu,
}

impl OfficeShell {
    /// The menu, with 管理 for administrators.
    pub fn menu(&self) -> Vec<MenuGroup> {
        use urls::office as to;
        let item = |href, words, entry| MenuItem::new(href, words, self.current == entry);
        let mut groups = vec![
            MenuGroup {
                title: "申込",
                items: vec![
                    item(to::APPLICATIONS, "申込の一覧", OfficeMenu::Applications)
                        .count(self.open_applications),
                ],
            },
            MenuGroup {
                title: "保証",
                items: vec![
                    item(to::GUARANTEES, "保証契約", OfficeMenu::Guarantees),
                    item(to::ACTS, "訂正・変更取消・解約", OfficeMenu::Acts)
                        .count(self.open_acts.filter(|n| *n > 0)),
                ],
            },
            self.fees(),
        ];
        if self.administrator {
            groups.push(MenuGroup {
                title: "管理",
                items: vec![
                    item(to::BRANCHES, "支店", OfficeMenu::Branches),
                    item(to::STAFF, "職員", OfficeMenu::Staff),
                    item(to::CONTRACTORS, "お客様", OfficeMenu::Contractors),
                    item(to::OBLIGEES, "発注者ときまり", OfficeMenu::Obligees),
                    item(to::BLOCKS, "番号ブロック", OfficeMenu::Blocks),
                    item(to::JOBS, "処理の記録", OfficeMenu::Jobs)
                        .count(self.buried_jobs.filter(|n| *n > 0)),
                ],
            });
        }
        groups
    }
}

impl OfficeShell {
    fn fees(&self) -> MenuGroup {
        use urls::office as to;
        let item = |href, words, entry| MenuItem::new(href, words, self.current == entry);
        let mut items = vec![item(to::FEE_TABLES, "保証料率表", OfficeMenu::FeeTables)];
        if self.keeps_months {
            items.push(item(to::FEE_MONTHS, "一括納付", OfficeMenu::FeeMonths));
        }
        items.push(item(to::FEE_REFUNDS, "返還", OfficeMenu::FeeRefunds));
        MenuGroup {
            title: "保証料",
            items,
        }
    }
}

/// D-Sure with a certificate open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsureShell {
    /// What all shells carry.
    pub common: Common,
    /// 35075-00003M
    pub number: String,
    /// This screen's help, where there is one.
    pub help: Option<HelpLink>,
}

/// Pages without a session: sign-in, error pages, the doors of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateShell {
    /// What all shells carry.
    pub common: Common,
    /// Whom to call; left out where the visitor's surety is not known.
    pub contact: Option<BranchLine>,
    /// This screen's help, where there is one.
    pub help: Option<HelpLink>,
}

impl GateShell {
    /// The plain frame of a site.
    pub fn new(names: &Names, site: Site) -> Self {
        Self {
            common: Common::new(names, site),
            contact: None,
            help: None,
        }
    }
}

/// Setters all shells share.
macro_rules! shared {
    ($($shell:ty),+) => {$(
        impl $shell {
            /// Shows the result of the last act.
            #[must_use]
            pub fn flash(mut self, flash: Option<Flash>) -> Self {
                self.common.flash = flash;
                self
            }

            /// Shows what has to be mended, and says 「エラー：」 in the title.
            #[must_use]
            pub fn errors(mut self, errors: ErrorSummary) -> Self {
                self.common.errors = errors;
                self
            }

            /// Tells when the session ends.
            #[must_use]
            pub fn session(mut self, end: Option<SessionEnd>) -> Self {
                self.common.session = end;
                self
            }
        }
    )+};
}

shared!(NetdeskShell, OfficeShell, DsureShell, GateShell);
