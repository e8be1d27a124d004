//! ようこそ、ネットデスクへ: what waits, the menu, the newest guarantees.

use askama::Template;
use axum::extract::State;
use time::{Date, Duration, OffsetDateTime};

use super::drafts::short;
use super::frame;
use super::guarantees::end_tag;
use crate::domain::application::Stage;
use crate::domain::kind::ApplicationKind;
use crate::domain::product::CertificateForm;
use crate::domain::{era, text};
use crate::services::ContractorUser;
use crate::services::applications::{self, Line};
use crate::services::drafts::{self, DraftLine, DraftQuery};
use crate::services::guarantees::{self, Guarantee, GuaranteeLine, ListQuery};
use crate::web::answer::{self, PageResult};
use crate::web::flash::Told;
use crate::web::page::{HelpLink, Tag, Tone};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

/// Drafts shown here; all of them have a page of their own.
const DRAFTS_SHOWN: usize = 5;
/// Messages shown here, and for how long; each application keeps its own.
const NOTICES_SHOWN: usize = 5;
const NOTICE_FRESH: Duration = Duration::days(14);
/// Guarantees whose keys are looked at for what waits.
const KEYS_SHOWN: i64 = 10;
/// Guarantees in 最近の保証.
const NEWEST: usize = 5;

#[derive(Template)]
#[template(path = "netdesk/top/page.html")]
struct TopPage {
    shell: NetdeskShell,
    waits: Vec<Wait>,
    /// 「2件」
    drafts: String,
    newest: Vec<Row>,
}

/// Something the visitor can do next.
struct Wait {
    tone: Tone,
    icon: &'static str,
    tag: &'static str,
    works: String,
    obligee: String,
    words: String,
    href: String,
    act: &'static str,
}

struct Row {
    issued_on: String,
    product: &'static str,
    number: String,
    href: String,
    obligee: String,
    works: String,
    amount: String,
    form: &'static str,
    /// 解約 and 期限切れ.
    end: Option<Tag>,
}

/// `GET /netdesk/`
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(State(web): State<Web>, who: ContractorUser, Told(told): Told) -> PageResult {
    let branch = who.desk().clone();
    let sent = applications::list(&web, &who).await?;
    let returned = sent.iter().filter(|line| line.stage == Stage::Returned);
    let mut waits: Vec<Wait> = returned
        .map(|line| returned_wait(line, &branch.name))
        .collect();
    waits.extend(notice_waits(&sent, web.clock.now()));
    if who.role().may_see_key() {
        let unseen = guarantees::unseen(&web, &who, KEYS_SHOWN).await?;
        waits.extend(key_waits(&unseen));
    }
    let mut drafts = 0;
    if who.role().may_write() {
        let newest = drafts::page(&web, &who, &DraftQuery::default()).await?;
        waits.extend(newest.rows.iter().take(DRAFTS_SHOWN).map(draft_wait));
        drafts = newest.total;
    }
    let today = era::tokyo_date(web.clock.now());
    let newest = guarantees::list(&web, &who, &ListQuery::default()).await?;
    let help = HelpLink::netdesk("top", "全体トップのヘルプ");
    answer::page(&TopPage {
        shell: frame::shell_at(&web, &who, Menu::Top, help, &branch).flash(told),
        waits,
        drafts: if drafts > 1_000 {
            "1,000件以上".to_owned()
        } else {
            format!("{drafts}件")
        },
        newest: newest
            .rows
            .iter()
            .take(NEWEST)
            .map(|line| row(line, today))
            .collect(),
    })
}

fn returned_wait(line: &Line, branch: &str) -> Wait {
    Wait {
        tone: Tone::Warn,
        icon: "warn",
        tag: "差戻し（ご確認のお願い）",
        works: line.works_name.clone(),
        obligee: line.obligee_name.clone(),
        words: match &line.return_words {
            Some(words) => format!("支店から：{words}"),
            None => format!("{branch}へお問い合わせください。"),
        },
        href: to::Application(line.id).to_string(),
        act: "確認する",
    }
}

/// The newest messages of the last days, one for each application.
fn notice_waits(lines: &[Line], now: OffsetDateTime) -> Vec<Wait> {
    let mut told: Vec<_> = lines
        .iter()
        .filter(|line| line.stage != Stage::Withdrawn)
        .filter_map(|line| Some((line, line.notice.as_ref()?)))
        .filter(|(_, notice)| now - notice.at < NOTICE_FRESH)
        .collect();
    told.sort_by_key(|(_, notice)| std::cmp::Reverse(notice.at));
    told.into_iter()
        .take(NOTICES_SHOWN)
        .map(|(line, notice)| Wait {
            tone: Tone::Note,
            icon: "info",
            tag: "弊社からのお知らせ",
            works: line.works_name.clone(),
            obligee: line.obligee_name.clone(),
            words: format!(
                "{}　{}",
                era::stamp(notice.at),
                text::excerpt(&notice.words)
            ),
            href: to::Application(line.id).status(),
            act: "読む",
        })
        .collect()
}

/// One entry for the guarantees of the same works.
fn key_waits(unseen: &[Guarantee]) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    let mut seen = Vec::new();
    for guarantee in unseen {
        if seen.contains(&guarantee.application) {
            continue;
        }
        seen.push(guarantee.application);
        let mut same: Vec<&Guarantee> = unseen
            .iter()
            .filter(|other| other.application == guarantee.application)
            .collect();
        same.sort_by_key(|guarantee| guarantee.product);
        let products: Vec<_> = same.iter().map(|other| other.product.label()).collect();
        let first = same.first().map_or(guarantee, |first| first);
        waits.push(Wait {
            tone: Tone::Note,
            icon: "key",
            tag: "認証キーのご提出",
            works: guarantee.works_name.clone(),
            obligee: guarantee.obligee_name.clone(),
            words: format!(
                "{}の{}が発行されました。発注者の閲覧はまだありません。",
                products.join("と"),
                if first.current_seq == 1 {
                    "電子保証"
                } else {
                    "新しい証書"
                }
            ),
            href: to::Guarantee(&first.number).to_string(),
            act: "認証キーを見る",
        });
    }
    waits
}

fn draft_wait(draft: &DraftLine) -> Wait {
    let or = |text: &str, otherwise: &str| match text.trim() {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    Wait {
        tone: Tone::Mute,
        icon: "pen",
        tag: match draft.kind {
            ApplicationKind::New => "下書き",
            ApplicationKind::Reservation => "下書き（予約）",
            ApplicationKind::Change => "下書き（変更）",
        },
        works: or(&short(&draft.works_name), "（工事名は未入力）"),
        obligee: short(&draft.obligee_name),
        words: format!(
            "{} に {} が保存",
            era::stamp(draft.updated_at),
            draft.updated_by
        ),
        href: to::Application(draft.id).to_string(),
        act: "続きを書く",
    }
}

fn row(guarantee: &GuaranteeLine, today: Date) -> Row {
    Row {
        end: end_tag(guarantee.standing(today)),
        issued_on: era::slashed(guarantee.issued_on),
        product: guarantee.product.short(),
        href: to::Guarantee(&guarantee.number).to_string(),
        number: guarantee.number.clone(),
        obligee: guarantee.obligee_name.clone(),
        works: guarantee.works_name.clone(),
        amount: format!("{}円", frame::yen(guarantee.amount)),
        form: match guarantee.form {
            CertificateForm::Electronic => "電子",
            CertificateForm::Paper => "紙",
        },
    }
}

impl TopPage {
    /// The icon of a menu's heading.
    fn icon_of(&self, title: &str) -> &'static str {
        match title {
            "作成する" => "pen",
            "確認する" => "list",
            _ => "gear",
        }
    }
}
