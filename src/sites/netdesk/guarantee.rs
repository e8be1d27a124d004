//! 電子保証履歴一覧: the key, the guarantee, its versions; and 保証契約の詳細 of a paper guarantee.

use askama::Template;
use axum::extract::{Path, State};

use super::{frame, reservations};
use time::Date;

use crate::domain::application::ItemState;
use crate::domain::certificate::Standing;
use crate::domain::key::AuthenticationKey;
use crate::domain::number::TypedNumber;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::{entry, era, text};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::guarantees::{self, Detail, KeyUse, Version};
use crate::services::renewals::{self, Renewal};
use crate::web::answer::{self, PageResult, Uncompressed};
use crate::web::fee::EntryLine;
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::RawForm;
use crate::web::page::{Flash, HelpLink, Tag, Tone};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk as to;

pub(super) mod handing;

use handing::{HandInBox, Sibling, Step, hand_in_box, paper_hand_in, siblings, steps};

/// Looks shown one by one; older ones are counted.
const LOOKS_SHOWN: usize = 3;
/// Longest reason for a new key, in characters.
const REASON_MAX: usize = 500;

#[derive(Template)]
#[template(path = "netdesk/guarantees/detail.html")]
struct ElectronicPage {
    shell: NetdeskShell,
    state: Tag,
    /// `None` for 閲覧.
    key: Option<KeyView>,
    siblings: Vec<Sibling>,
    facts: Facts,
    versions: Vec<VersionRow>,
    hand_in: HandInBox,
    steps: Vec<Step>,
    /// 保証料計算書 and 保証料返還計算書.
    fees: Vec<EntryLine>,
    /// Something was corrected or cancelled, and is not shown.
    withdrawn: bool,
    acts: Acts,
    renewals: Vec<RenewalLine>,
    /// Since when the newest key holds, where it was renewed.
    renewed: Option<String>,
    /// 認証キーの再発行 can be asked for: the form's own id.
    may_ask: Option<uuid::Uuid>,
}

/// What can be begun from here.
struct Acts {
    /// 変更の申込: the address, and the words of the button.
    change: Option<(String, &'static str)>,
    /// 解約日
    ended: Option<String>,
}

/// One line of 認証キーの再発行.
struct RenewalLine {
    at: String,
    state: &'static str,
    reason: String,
    /// Why the branch declined, or when it was done.
    words: String,
}

#[derive(Template)]
#[template(path = "netdesk/guarantees/paper.html")]
struct PaperPage {
    shell: NetdeskShell,
    state: Tag,
    hand_in: HandInBox,
    siblings: Vec<Sibling>,
    facts: Facts,
    handover: &'static str,
    posted: bool,
    issued_on: String,
    branch: crate::web::page::BranchLine,
    /// 保証料計算書 and 保証料返還計算書.
    fees: Vec<EntryLine>,
    versions: Vec<VersionRow>,
    withdrawn: bool,
    acts: Acts,
}

/// 電子保証概要.
struct Facts {
    number: String,
    product: &'static str,
    contractor: String,
    jv: Option<String>,
    works: String,
    obligee: String,
    price: String,
    amount: String,
    bank: Option<String>,
    /// 構成員 with shares.
    members: Vec<(String, String)>,
    /// What is begun from this guarantee: address and product.
    next: Option<(String, &'static str)>,
}

/// The key as people read it; it lives as long as the answer is written.
struct KeyView {
    /// For readers of the screen: 「Z 2 8 Y、U E 4 J、3 B u x」.
    spelled: String,
    groups: Vec<Vec<(char, bool)>>,
    /// For the telephone.
    reading: String,
    /// What the copy button copies.
    plain: String,
}

struct VersionRow {
    no: usize,
    arrived: String,
    /// Machine-readable.
    arrived_iso: String,
    occasion: String,
    looks: Vec<String>,
    more_looks: usize,
    href: String,
}

/// A number in an address, forgiving in form. Another surety's letter names nothing here.
///
/// # Errors
/// `NotFound`
pub(super) fn number_of(who: &ContractorUser, typed: &str) -> Result<TypedNumber, AppError> {
    TypedNumber::parse(typed)
        .ok()
        .filter(|number| number.letter().is_none_or(|letter| letter == who.suffix()))
        .ok_or(AppError::NotFound)
}

/// `GET /netdesk/guarantees/{number}`; other ways to write the number lead to the printed one.
///
/// # Errors
/// `NotFound` for other people's numbers.
pub async fn detail(
    State(web): State<Web>,
    who: ContractorUser,
    Path(typed): Path<String>,
    Told(told): Told,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let detail = guarantees::detail(&web, &who, number.digits()).await?;
    if detail.guarantee.number != typed {
        let to = to::Guarantee(&detail.guarantee.number).to_string();
        return Ok(answer::see_other(to));
    }
    let help = HelpLink::netdesk("guarantees", "保証契約一覧のヘルプ");
    let shell = frame::shell_at(&web, &who, Menu::Guarantees, help, &detail.branch).flash(told);
    if detail.guarantee.product == Product::Reservation {
        return reservations::page(&web, &who, shell, &detail).await;
    }
    let today = era::tokyo_date(web.clock.now());
    let acts = acts(&who, &detail);
    if detail.guarantee.form == CertificateForm::Paper {
        return answer::page(&paper_page(shell, detail, acts, today));
    }
    let key = if who.role().may_see_key() {
        let key = guarantees::key(&web, &who, number.digits(), KeyUse::Page).await?;
        Some(key_view(&key))
    } else {
        None
    };
    let open = detail
        .renewals
        .iter()
        .any(|renewal| renewal.state.is_open());
    let may = who.role().may_see_key() && !open && detail.life.end.is_none();
    let may_ask = may.then(|| web.chance.id(web.clock.now()));
    let mut page = electronic_page(shell, detail, key, acts, today);
    page.may_ask = may_ask;
    let mut answer = answer::page(&page)?;
    // The key stands beside names that other people chose.
    answer.extensions_mut().insert(Uncompressed);
    Ok(answer)
}

fn electronic_page(
    shell: NetdeskShell,
    detail: Detail,
    key: Option<KeyView>,
    acts: Acts,
    today: Date,
) -> ElectronicPage {
    let number = &detail.guarantee.number;
    let arrived = detail.versions.iter().filter(|v| v.arrived_at.is_some());
    ElectronicPage {
        state: state(&detail, today),
        withdrawn: detail.withdrawn,
        renewals: detail.renewals.iter().map(renewal).collect(),
        renewed: detail.renewed_at().map(era::stamp),
        may_ask: None,
        acts,
        versions: arrived
            .enumerate()
            .map(|(at, version)| version_row(number, at + 1, version))
            .collect(),
        siblings: siblings(&detail),
        hand_in: hand_in_box(&detail),
        steps: steps(&detail),
        fees: fees(&detail),
        facts: facts(detail, shell.may_write),
        shell,
        key,
    }
}

fn paper_page(shell: NetdeskShell, detail: Detail, acts: Acts, today: Date) -> PaperPage {
    let number = &detail.guarantee.number;
    let versions = detail.versions.iter().enumerate();
    PaperPage {
        state: state(&detail, today),
        versions: versions
            .map(|(at, version)| version_row(number, at + 1, version))
            .collect(),
        withdrawn: detail.withdrawn,
        acts,
        siblings: siblings(&detail),
        handover: detail
            .handover
            .map_or("支店からご連絡します", |way| way.label()),
        hand_in: paper_hand_in(&detail),
        posted: detail.handover == Some(crate::domain::content::Handover::Post),
        issued_on: era::slashed(detail.guarantee.issued_on),
        branch: frame::line(&detail.branch),
        fees: fees(&detail),
        facts: facts(detail, shell.may_write),
        shell,
    }
}

/// How it stands: 発行済 while it holds.
fn state(detail: &Detail, today: Date) -> Tag {
    match detail.guarantee.standing(today) {
        Standing::Ended(_) => Tag::new(Tone::Ng, "解約"),
        Standing::Expired => Tag::new(Tone::Mute, "保証期限を経過"),
        Standing::NotYet | Standing::InForce => {
            Tag::new(Tone::Ok, ItemState::Issued.contractor_word(false))
        }
    }
}

fn acts(who: &ContractorUser, detail: &Detail) -> Acts {
    let guarantee = &detail.guarantee;
    let words = match detail.change {
        Some((_, false)) => "変更の申込の続きを書く",
        Some((_, true)) => "変更の申込（手続中）",
        None => "変更の申込",
    };
    let may = who.role().may_write()
        && detail.life.end.is_none()
        && guarantee.product != Product::Reservation;
    Acts {
        change: may.then(|| (to::ChangeOf::new(&guarantee.number).to_string(), words)),
        ended: guarantee.terminated_on.map(era::plain),
    }
}

fn renewal(renewal: &Renewal) -> RenewalLine {
    let words = match renewal.done_at {
        Some(at) => format!("{} から新しい認証キー", era::stamp(at)),
        None => renewal.words.clone(),
    };
    RenewalLine {
        at: renewal.at.map_or_else(String::new, era::stamp),
        state: renewal.state.label(),
        // What the branch wrote for itself stays there.
        reason: match renewal.asked_by {
            Some(_) => renewal.reason.clone(),
            None => "支店による再発行".to_owned(),
        },
        words,
    }
}

/// POST 認証キーの再発行を依頼する
///
/// # Errors
/// As the verb.
pub async fn ask_renewal(
    State(web): State<Web>,
    who: ContractorUser,
    Path(typed): Path<String>,
    form: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let back = to::Guarantee(&typed).to_string();
    let id = uuid::Uuid::try_parse(form.get("id")).map_err(|_| AppError::NotFound)?;
    guarantees::find(&web, &who, number.digits())
        .await?
        .ok_or(AppError::NotFound)?;
    let reason = text::block(form.get("reason"), REASON_MAX).and_then(text::required);
    let told = match reason {
        Err(fault) => Flash::warn(fault.sentence("再発行の理由")),
        Ok(reason) => match renewals::ask(&web, &who, number.digits(), id, &reason).await {
            Ok(()) => Flash::ok(
                "認証キーの再発行を支店に依頼しました。新しい認証キーができるまで、いまの認証キーが使えます。お急ぎのときは支店へお電話ください。",
            ),
            Err(AppError::Conflict(words)) => Flash::warn(words),
            Err(error) => return Err(error),
        },
    };
    Ok(see_other_telling(&web, back, &told))
}

fn fees(detail: &Detail) -> Vec<EntryLine> {
    let entries = detail.fees.iter();
    entries
        .map(|entry| EntryLine::of(entry, to::GUARANTEES))
        .collect()
}

fn facts(detail: Detail, may_write: bool) -> Facts {
    let guarantee = detail.guarantee;
    let address = to::Guarantee(&guarantee.number);
    let next = match guarantee.product {
        Product::Prepayment => Some((address.midterm(), Product::Midterm)),
        Product::Contract => Some((address.prepayment(), Product::Prepayment)),
        Product::Midterm | Product::Reservation => None,
    };
    let had = |product| {
        let mut others = detail.siblings.iter();
        others.any(|other| other.product == product && other.terminated_on.is_none())
    };
    let begins = may_write && guarantee.terminated_on.is_none();
    let next = next.filter(|(_, product)| begins && !had(*product));
    Facts {
        next: next.map(|(address, product)| (address, product.label())),
        members: detail
            .venture
            .into_iter()
            .flat_map(|venture| venture.members)
            .map(|member| (member.name, entry::share_words(member.share)))
            .collect(),
        number: guarantee.number,
        product: guarantee.product.label(),
        contractor: guarantee.contractor_name,
        jv: guarantee.jv_name,
        works: guarantee.works_name,
        obligee: guarantee.obligee_name,
        price: frame::yen(guarantee.price),
        amount: frame::yen(guarantee.amount),
        bank: guarantee.bank,
    }
}

fn key_view(key: &AuthenticationKey) -> KeyView {
    let groups = key.groups();
    let spaced = groups.iter().map(|group| {
        let letters: Vec<String> = group.chars().map(String::from).collect();
        letters.join(" ")
    });
    KeyView {
        spelled: spaced.collect::<Vec<_>>().join("、"),
        groups: groups
            .iter()
            .map(|group| group.chars().map(|c| (c, c.is_ascii_digit())).collect())
            .collect(),
        reading: key.reading(),
        plain: key.expose().to_owned(),
    }
}

fn version_row(number: &str, no: usize, version: &Version) -> VersionRow {
    let looks = version.looks.iter().rev().take(LOOKS_SHOWN);
    VersionRow {
        no,
        arrived: version.arrived_at.map_or_else(String::new, era::stamp),
        arrived_iso: version.arrived_at.map_or_else(String::new, frame::iso),
        occasion: version.occasion.label(),
        looks: looks.map(|look| era::stamp(look.at)).collect(),
        more_looks: version.looks.len().saturating_sub(LOOKS_SHOWN),
        href: to::Certificate(number, version.seq).to_string(),
    }
}

impl ElectronicPage {
    /// When this guarantee's own key is handed in, for the notice about the other one.
    fn own_moment(&self) -> &'static str {
        self.hand_in.moment
    }

    /// Another guarantee of the works has a key of its own.
    fn other_keys(&self) -> bool {
        self.siblings.iter().any(|other| other.electronic)
    }

    /// 前払金保証 and the like, for headings.
    fn product(&self) -> &'static str {
        self.facts.product
    }
}
