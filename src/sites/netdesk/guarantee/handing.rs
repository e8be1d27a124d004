//! Handing a guarantee in: where and when, how far it is, and the other guarantees of the works.

use time::OffsetDateTime;

use crate::domain::certificate::Occasion;
use crate::domain::era;
use crate::domain::product::CertificateForm;
use crate::domain::rulebook::{Channel, HandIn};
use crate::services::guarantees::Detail;
use crate::services::hand_ins;
use crate::services::history::Happened;
use crate::web::urls::netdesk as to;

/// Another guarantee of the same works.
pub(super) struct Sibling {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) product: &'static str,
    pub(super) electronic: bool,
    /// When its key is handed in, and when this one's.
    pub(super) moment: &'static str,
}

/// この発注者への提出.
pub(in crate::sites::netdesk) struct HandInBox {
    pub(in crate::sites::netdesk) known: bool,
    pub(in crate::sites::netdesk) section: String,
    pub(in crate::sites::netdesk) channel: &'static str,
    pub(in crate::sites::netdesk) address: Option<String>,
    pub(in crate::sites::netdesk) subject: Option<String>,
    pub(in crate::sites::netdesk) note: Option<String>,
    pub(in crate::sites::netdesk) moment: &'static str,
    pub(in crate::sites::netdesk) source: Option<String>,
}

/// 提出までの流れ.
pub(super) struct Step {
    pub(super) class: &'static str,
    pub(super) words: String,
    pub(super) at: Option<String>,
    pub(super) note: String,
}

pub(super) fn siblings(detail: &Detail) -> Vec<Sibling> {
    detail
        .siblings
        .iter()
        .map(|other| Sibling {
            href: to::Guarantee(&other.number).to_string(),
            number: other.number.clone(),
            product: other.product.label(),
            electronic: other.form == CertificateForm::Electronic,
            moment: detail.moment(other.product).of_product(other.product),
        })
        .collect()
}

pub(in crate::sites::netdesk) fn hand_in_box(detail: &Detail) -> HandInBox {
    let product = detail.guarantee.product;
    let known = detail.hand_in.clone();
    let way = known.clone().unwrap_or_else(|| HandIn::new(product));
    HandInBox {
        known: known.is_some(),
        section: way
            .section
            .unwrap_or_else(|| "契約の担当部署（発注者へご確認ください）".into()),
        channel: way.channel.map_or(
            "お知らせ（PDF）を電子契約システムへアップロードするか、電子メールに添付して送信します",
            |channel| channel.sentence(),
        ),
        address: way.address,
        // The pattern of a subject names the works.
        subject: way
            .subject
            .map(|pattern| pattern.replace("{工事名}", &detail.guarantee.works_name)),
        note: way.note,
        moment: way.when.of_product(product),
        source: detail.hand_in_source.clone().filter(|_| known.is_some()),
    }
}

/// The same for paper: what the book notes of sending a key is not said of an original.
pub(super) fn paper_hand_in(detail: &Detail) -> HandInBox {
    let keyed = detail
        .hand_in
        .as_ref()
        .and_then(|entry| entry.channel)
        .is_some_and(|channel| channel != Channel::Print);
    let mut shown = hand_in_box(detail);
    shown.note = shown.note.filter(|_| !keyed);
    shown
}

/// What was done with the newest certificate and the newest key, and what is next.
pub(super) fn steps(detail: &Detail) -> Vec<Step> {
    let newest = detail.versions.last();
    let arrived = newest.and_then(|version| version.arrived_at);
    let renewed = detail.renewed_at();
    let since = arrived.max(renewed);
    let changed = newest.is_some_and(|version| version.occasion != Occasion::New);
    let label = newest.map_or_else(String::new, |version| version.occasion.label());
    let mut steps = vec![Step {
        class: "done",
        words: if changed {
            format!("{label}の証書を発行")
        } else {
            "電子保証を発行".to_owned()
        },
        at: arrived.map(era::stamp),
        note: String::new(),
    }];
    if let Some(at) = renewed {
        let step = Step {
            class: "done",
            words: "認証キーを再発行".to_owned(),
            at: Some(era::stamp(at)),
            note: "前のキーは使えません。".to_owned(),
        };
        let place = if renewed < arrived { 0 } else { 1 };
        steps.insert(place, step);
    }
    let after = |at: OffsetDateTime| since.is_none_or(|since| at >= since);
    let told = detail
        .history
        .iter()
        .filter(|entry| entry.what == Some(Happened::MailSent))
        .find(|entry| after(entry.at));
    if let Some(address) = &detail.notify_email {
        steps.push(Step {
            class: if told.is_some() { "done" } else { "wait" },
            words: "お知らせメールを送信".to_owned(),
            at: told.map(|entry| era::stamp(entry.at)),
            note: address.clone(),
        });
    }
    let looks = newest.into_iter().flat_map(|version| &version.looks);
    let first = looks.map(|look| look.at).filter(|at| after(*at)).min();
    let words = match (changed, renewed.is_some() && renewed == since) {
        (_, true) => "新しい認証キーを発注者へ提出".to_owned(),
        (true, false) => format!("{label}が届いたことを発注者へお知らせ"),
        (false, false) => "認証キーを発注者へ提出".to_owned(),
    };
    let handed = hand_ins::newest(&detail.history).filter(|entry| after(entry.at));
    let gone = first.is_some() || handed.is_some();
    let open = |waiting: &str| match first {
        Some(_) => String::new(),
        None => waiting.to_owned(),
    };
    steps.push(Step {
        class: if gone { "done" } else { "now" },
        words,
        at: None,
        note: handed.map_or_else(|| open("つぎはここです。"), |entry| entry.words.clone()),
    });
    steps.push(Step {
        class: match first {
            Some(_) => "done",
            None if gone => "now",
            None => "wait",
        },
        words: "発注者が証書を閲覧".to_owned(),
        at: first.map(era::stamp),
        note: open("D-Sure で開かれた日時をここに示します。"),
    });
    steps
}
