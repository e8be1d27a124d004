//! What this person may do with this application now, and why not the rest: one box of acts.
//!
//! The verbs of `services::examination` decide again; here is only shown what they would say.

use time::OffsetDateTime;

use crate::domain::application::{Act, ItemState, Stage};
use crate::domain::era;
use crate::domain::people::StaffRole;
use crate::domain::product::CertificateForm;
use crate::services::Officer;
use crate::services::applications::Item;
use crate::services::cases::Case;
use crate::services::history::Happened;
use crate::sites::office::words;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    pub account: i64,
    pub role: StaffRole,
}

impl From<&Officer> for Me {
    fn from(who: &Officer) -> Self {
        Self {
            account: who.account(),
            role: who.role(),
        }
    }
}

/// A product to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Value of its box.
    pub product: &'static str,
    pub label: &'static str,
    /// 電子保証 / 証書(紙)
    pub form: &'static str,
    /// 20,000,000円
    pub amount: String,
    /// Why it cannot be chosen; empty: it can.
    pub barred: Vec<String>,
    /// What an approval binds (or has bound): the beginning of its SHA-256.
    pub hash: String,
    /// What whoever approves has to overrule with a reason.
    pub judged: Vec<String>,
}

impl Line {
    fn of(case: &Case, item: &Item, barred: Vec<String>) -> Self {
        Self {
            hash: words::short_hash(case.bound(item).as_deref()),
            product: item.product.code(),
            label: item.product.label(),
            form: words::form(item.form),
            amount: words::yen_with_unit(item.amount),
            barred,
            judged: Vec::new(),
        }
    }

    pub fn open(&self) -> bool {
        self.barred.is_empty()
    }
}

/// A part of the box with a form of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// 審査を開始する
    TakeUp,
    /// 承認に回す
    PassOn(Vec<Line>),
    /// 承認する
    Approve(Vec<Line>),
    /// 発行する; 承認を取り消す, which nothing stands in the way of.
    Order(Vec<Line>, Vec<Line>),
    /// 入金確認
    Payment(Vec<Line>),
    /// 発行手続中
    UnderWay(Vec<Progress>),
    /// Nothing for this person: whose turn it is.
    Wait,
}

impl Deed {
    /// What has to be overruled to approve what can be chosen, each sentence once.
    pub fn judged(&self) -> Vec<&str> {
        let Self::Approve(lines) = self else {
            return Vec::new();
        };
        let mut all: Vec<&str> = Vec::new();
        for words in lines
            .iter()
            .filter(|it| it.open())
            .flat_map(|it| &it.judged)
        {
            if !all.contains(&words.as_str()) {
                all.push(words);
            }
        }
        all
    }

    /// Whether anything can be chosen.
    pub fn any_open(&self) -> bool {
        match self {
            Self::PassOn(lines)
            | Self::Approve(lines)
            | Self::Order(lines, _)
            | Self::Payment(lines) => lines.iter().any(Line::open),
            Self::TakeUp | Self::UnderWay(_) | Self::Wait => true,
        }
    }
}

/// How far an order has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub label: &'static str,
    pub electronic: bool,
    pub ordered: String,
    /// Number, bytes and signature are made (T1).
    pub signed: Option<String>,
}

/// A heading, a sentence, a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub lead: String,
    /// What stands in the way, where others have to act.
    pub whys: Vec<String>,
    /// 申し送り
    pub memos: Vec<Memo>,
    pub deed: Deed,
}

/// 申し送り: who wrote it, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    pub who: String,
    pub words: String,
}

/// The box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acts {
    /// Orders that came back: product and reason.
    pub came_back: Vec<(&'static str, String)>,
    pub sections: Vec<Section>,
    /// 差戻す is offered.
    pub may_return: bool,
    /// 謝絶する is offered for these.
    pub decline: Vec<Line>,
    /// 弊社からお客様へのお知らせ can be written.
    pub may_tell: bool,
    /// How many products a return takes back.
    pub products: usize,
}

/// Who examined must not approve.
const FOUR_EYES: &str = "審査した人は承認できません。ほかの承認者が承認してください。";

/// What fits state and role.
pub fn acts(case: &Case, me: Me, now: OffsetDateTime) -> Acts {
    let handles = me.role.may_examine() || me.role.may_approve();
    let mut sections = Vec::new();
    sections.extend(under_way(case, now));
    sections.extend(take_up(case, me));
    sections.extend(pass_on(case, me));
    sections.extend(approve(case, me));
    sections.extend(order(case, me, now));
    sections.extend(payment(case, me));
    if sections.is_empty() {
        sections.push(end(case));
    }
    let stuck = case.items.iter().any(|item| {
        item.number.is_some() || !item.state.is_final() && item.state.after(Act::Return).is_none()
    });
    Acts {
        came_back: case
            .items
            .iter()
            .filter(|item| item.state == ItemState::Approved)
            .filter_map(|item| Some((item.product.label(), item.reason.clone()?)))
            .collect(),
        sections,
        may_return: handles && case.stage == Stage::UnderExamination && !stuck,
        decline: if me.role.may_approve() {
            those(case, |item| item.state.after(Act::Decline).is_some())
        } else {
            Vec::new()
        },
        may_tell: handles,
        products: case
            .items
            .iter()
            .filter(|item| !item.state.is_final())
            .count(),
    }
}

fn those(case: &Case, wanted: impl Fn(&Item) -> bool) -> Vec<Line> {
    case.items
        .iter()
        .filter(|item| wanted(item))
        .map(|item| Line::of(case, item, Vec::new()))
        .collect()
}

fn section(title: &str, lead: impl Into<String>, deed: Deed) -> Section {
    Section {
        title: title.to_owned(),
        lead: lead.into(),
        whys: Vec::new(),
        memos: Vec::new(),
        deed,
    }
}

fn take_up(case: &Case, me: Me) -> Option<Section> {
    if case.stage != Stage::Submitted {
        return None;
    }
    Some(if me.role.may_examine() {
        section(
            "審査を始めます",
            "まだだれも見ていません。始めると、お客様の画面は「審査中」になります。",
            Deed::TakeUp,
        )
    } else {
        section(
            "審査を待っています",
            "審査を始めるのは、審査の担当者です。",
            Deed::Wait,
        )
    })
}

fn pass_on(case: &Case, me: Me) -> Option<Section> {
    let lines = those(case, |item| item.state == ItemState::UnderExamination);
    if lines.is_empty() {
        return None;
    }
    Some(if me.role.may_examine() {
        section(
            "審査の結果を決めます",
            format!(
                "きまりの確認は{}。承認する人へ渡す商品を選びます。",
                outcome_words(case)
            ),
            Deed::PassOn(lines),
        )
    } else {
        let by = case.examiner.as_ref().map_or("", |by| by.name.as_str());
        section(
            "審査中です",
            format!("{by} が審査しています。承認に回されると、ここで承認できます。"),
            Deed::Wait,
        )
    })
}

fn outcome_words(case: &Case) -> String {
    use crate::domain::rules;
    let refused = rules::refusals(&case.findings).len();
    let judged = rules::overrulable(&case.findings).len();
    let warned = rules::warnings(&case.findings).len() - judged;
    if judged > 0 {
        return format!(
            "支店の判断が要るものが{judged}件、拒むものが{refused}件、注意が{warned}件あります"
        );
    }
    match (refused, warned) {
        (0, 0) => "すべて適合です".to_owned(),
        (0, warned) => format!("注意が{warned}件、拒むものはありません"),
        (refused, 0) => format!("拒むものが{refused}件あります"),
        (refused, warned) => format!("拒むものが{refused}件、注意が{warned}件あります"),
    }
}

fn approve(case: &Case, me: Me) -> Option<Section> {
    let waiting: Vec<&Item> = case
        .items
        .iter()
        .filter(|item| item.state == ItemState::AwaitingApproval)
        .collect();
    if waiting.is_empty() {
        return None;
    }
    let examined = |item: &Item| {
        item.examined_by.as_ref().map(|by| by.0) == Some(me.account)
            || case.examiner.as_ref().map(|by| by.account) == Some(me.account)
    };
    if !me.role.may_approve() {
        let lead = if waiting.iter().any(|item| examined(item)) {
            "あなたが審査しました。審査した人は承認できません。承認は、ほかの承認者が行います。"
        } else {
            "承認は、承認者が行います。"
        };
        return Some(section("承認を待っています", lead, Deed::Wait));
    }
    let lines: Vec<Line> = waiting
        .into_iter()
        .map(|item| {
            let mut barred = case.refusals(item.product);
            if examined(item) {
                barred.insert(0, FOUR_EYES.to_owned());
            }
            Line {
                judged: case.overrulable(item.product),
                ..Line::of(case, item, barred)
            }
        })
        .collect();
    Some(Section {
        memos: memos(case),
        ..section(
            "承認するか決めます",
            "承認すると、いま表示している内容に結び付きます。あとから書き換えることはできません。",
            Deed::Approve(lines),
        )
    })
}

/// What whoever examined wrote to whoever approves, since the contents were last sent; each once.
fn memos(case: &Case) -> Vec<Memo> {
    let mut memos: Vec<Memo> = Vec::new();
    for entry in &case.history {
        match entry.what {
            Some(Happened::Submitted | Happened::Resubmitted) => memos.clear(),
            Some(Happened::PassedOn) if !entry.words.is_empty() => {
                let memo = Memo {
                    who: entry.who.clone(),
                    words: entry.words.clone(),
                };
                if !memos.contains(&memo) {
                    memos.push(memo);
                }
            }
            _ => {}
        }
    }
    memos
}

fn order(case: &Case, me: Me, now: OffsetDateTime) -> Option<Section> {
    let lines: Vec<Line> = case
        .items
        .iter()
        .filter(|item| item.state == ItemState::Approved)
        .map(|item| Line::of(case, item, case.obstacles(item)))
        .collect();
    if lines.is_empty() {
        return None;
    }
    if !me.role.may_approve() {
        let due = lines.iter().any(|line| !line.open());
        let lead = if due {
            "承認は済んでいます。下の事情がなくなると、承認者が発行します。"
        } else {
            "承認は済んでいます。発行は、承認者が行います。"
        };
        return Some(Section {
            whys: lines.into_iter().flat_map(|line| line.barred).collect(),
            ..section("発行を待っています", lead, Deed::Wait)
        });
    }
    Some(section(
        "発行します",
        format!(
            "番号を採り、証書に署名します。電子保証は D-Sure へ届け、そのあとでお客様にメールを送ります。証書の日付は発行した日（今日なら {}）になります。",
            era::padded(era::tokyo_date(now))
        ),
        Deed::Order(lines, those(case, |item| item.state == ItemState::Approved)),
    ))
}

fn payment(case: &Case, me: Me) -> Option<Section> {
    if !me.role.may_examine() {
        return None;
    }
    let lines = those(case, |item| {
        item.fee_due
            && matches!(
                item.state,
                ItemState::UnderExamination | ItemState::AwaitingApproval | ItemState::Approved
            )
    });
    if lines.is_empty() {
        return None;
    }
    Some(section(
        "保証料の入金を確認します",
        "入金を確かめたら、金額と入金の日を記録します。記録するまで発行できません。",
        Deed::Payment(lines),
    ))
}

fn under_way(case: &Case, now: OffsetDateTime) -> Option<Section> {
    let progress: Vec<Progress> = case
        .items
        .iter()
        .filter(|item| item.state == ItemState::Ordered)
        .map(|item| {
            // Only what happened since this order counts.
            let signed = case.history.iter().rev().find(|entry| {
                entry.product == Some(item.product)
                    && entry.what == Some(Happened::CertificateSigned)
                    && item.ordered_at.is_none_or(|at| entry.at >= at)
            });
            Progress {
                label: item.product.label(),
                electronic: item.form == CertificateForm::Electronic,
                ordered: item
                    .ordered_at
                    .map_or_else(String::new, |at| words::short_time(at, now)),
                signed: signed.map(|entry| words::short_time(entry.at, now)),
            }
        })
        .collect();
    if progress.is_empty() {
        return None;
    }
    let labels: Vec<_> = progress.iter().map(|one| one.label).collect();
    let title = format!("発行手続中（{}）", labels.join("・"));
    let lead = "このページを閉じても、手続きは進みます。";
    Some(section(&title, lead, Deed::UnderWay(progress)))
}

/// Nothing is left to do for anybody here.
fn end(case: &Case) -> Section {
    let (title, lead) = match case.stage {
        Stage::Returned => (
            "お客様の訂正を待っています",
            "差し戻した申込です。お客様が訂正して送り直すと、もう一度「新着」に並びます。",
        ),
        Stage::Withdrawn => (
            "取り下げられた申込です",
            "お客様が取り下げました。することはありません。",
        ),
        _ => (
            "手続きは終わりました",
            "この申込ですることは、もうありません。",
        ),
    };
    section(title, lead, Deed::Wait)
}
