//! What stands beside a certificate: whether it is right, in force and the newest.

use time::{Date, OffsetDateTime};

use crate::domain::certificate::{Standing, hex};
use crate::domain::era;
use crate::domain::money::Yen;
use crate::services::viewing::{Change, Seen, Version, Withdrawn};
use crate::web::page::{Tag, Tone};
use crate::web::urls::dsure as to;

/// One line of 確認の結果.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Whether it may worry nobody.
    pub good: bool,
    pub words: String,
    pub note: String,
    /// Where to look instead.
    pub link: Option<(String, &'static str)>,
}

/// One line of 版.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    pub words: String,
    /// Absent for the version shown.
    pub href: Option<String>,
    pub current: bool,
    pub tag: Tag,
    /// 2026/07/02 15:31
    pub arrived: String,
    /// 2026-07-02T15:31+09:00
    pub machine: String,
}

/// One line of 取り下げられた版.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnLine {
    /// 変更ー1
    pub label: String,
    /// 変更取消
    pub how: &'static str,
    /// When it had arrived, and since when it counts no more.
    pub arrived: String,
    pub at: String,
    pub machine: String,
}

/// A band above the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    pub tone: Tone,
    pub strong: String,
    pub words: String,
    /// Where to look instead.
    pub link: Option<(String, String)>,
}

/// Everything around the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panels {
    pub checks: Vec<Check>,
    pub arrived: String,
    /// SHA-256 in groups of eight.
    pub fingerprint: Vec<String>,
    /// Newest first.
    pub versions: Vec<VersionLine>,
    pub changes: Vec<Change>,
    /// Versions that were withdrawn: what, how and when.
    pub withdrawn: Vec<WithdrawnLine>,
    /// Why what is shown does not hold as it stands; empty where it does.
    pub banners: Vec<Banner>,
    /// 40.0, of 請負金額.
    pub percent: Option<String>,
}

impl Panels {
    /// Right, in force and the newest.
    pub fn all_good(&self) -> bool {
        self.checks.iter().all(|check| check.good)
    }
}

/// `of` ends the addresses of this certificate (see `certificates`).
pub fn panels(seen: &Seen, today: Date, of: &str) -> Panels {
    let standing = standing(seen, today);
    Panels {
        checks: vec![
            signed(seen),
            in_force(seen, standing, today),
            newest(seen, of),
        ],
        arrived: era::stamp(seen.arrived_at),
        fingerprint: groups(&hex(&seen.fingerprint)),
        versions: versions(seen, standing, of),
        changes: seen.changes.clone(),
        withdrawn: seen.withdrawn.iter().map(withdrawn).collect(),
        banners: banners(seen, standing, of),
        percent: Yen::percent_half_up(seen.face.amount, seen.face.price),
    }
}

/// By the version in force and the whole chain; unknown where a signature is not right.
fn standing(seen: &Seen, today: Date) -> Option<Standing> {
    seen.holds.map(|holds| holds.on(today))
}

fn banners(seen: &Seen, standing: Option<Standing>, of: &str) -> Vec<Banner> {
    let newer = seen.superseded_by().zip(seen.holds);
    let mut banners = Vec::new();
    match standing {
        Some(Standing::Ended(on)) => banners.push(Banner {
            tone: Tone::Ng,
            strong: format!("この保証契約は解約されています（{}）。", era::plain(on)),
            words: match newer {
                None => "下の証書は、解約の前に有効だった内容です。".to_owned(),
                Some(_) => String::new(),
            },
            link: None,
        }),
        Some(Standing::Expired) => banners.push(Banner {
            tone: Tone::Warn,
            strong: "この保証契約は保証期限を過ぎています。".to_owned(),
            words: seen.holds.map_or_else(String::new, |holds| {
                format!("保証期限は {} でした。", era::both(holds.until))
            }),
            link: None,
        }),
        _ => {}
    }
    if let Some((held, holds)) = newer {
        let words = if holds.ended.is_some() {
            format!("解約の前に有効だった内容は{held}です。")
        } else {
            format!("いまの内容は{held}です。")
        };
        banners.push(Banner {
            tone: Tone::Warn,
            strong: "これは前の版です。".to_owned(),
            words,
            link: i32::try_from(holds.seq).ok().map(|seq| {
                let href = format!("{}?of={of}", to::Certificate(seq));
                (href, format!("{held}を見る"))
            }),
        });
    }
    banners
}

fn signed(seen: &Seen) -> Check {
    Check {
        good: true,
        words: "署名は有効です".to_owned(),
        note: format!("{}（鍵 {}）", seen.face.issuer.name, seen.key_id),
        link: None,
    }
}

fn in_force(seen: &Seen, standing: Option<Standing>, today: Date) -> Check {
    let (good, words) = match standing {
        Some(Standing::InForce) => match seen.superseded_by() {
            // What is in force is the guarantee, not the version shown.
            Some(held) => (true, format!("保証契約は有効です（いまの版：{held}）")),
            None => (true, "本日、有効な保証です".to_owned()),
        },
        Some(Standing::Expired) => (false, "保証期限を過ぎています".to_owned()),
        Some(Standing::NotYet) => (false, "証書の日付より前です".to_owned()),
        Some(Standing::Ended(_)) => (false, "解約されています".to_owned()),
        None => (false, "有効かどうかを確かめられません".to_owned()),
    };
    let today = era::slashed(today);
    let until = seen.holds.map(|holds| holds.until);
    let note = match (standing, until) {
        (Some(Standing::Ended(on)), _) => format!("解約日 {}", era::slashed(on)),
        (Some(Standing::NotYet), _) => {
            format!("本日 {today}・証書の日付 {}", era::slashed(seen.face.dated))
        }
        (_, Some(until)) => format!("{today} 現在・保証期限 {}", era::slashed(until)),
        (_, None) => "署名を確認できない版があります。取扱支店へお問い合わせください。".to_owned(),
    };
    Check {
        good,
        words,
        note,
        link: None,
    }
}

fn newest(seen: &Seen, of: &str) -> Check {
    let label = seen.face.occasion.label();
    if seen.is_newest() {
        let note = if seen.versions.len() == 1 {
            format!("{label}（変更はありません）")
        } else {
            label
        };
        return Check {
            good: true,
            words: "最新の版です".to_owned(),
            note,
            link: None,
        };
    }
    let last = seen.versions.last();
    let name = last.and_then(|version| version.label.clone());
    Check {
        good: false,
        words: "前の版です".to_owned(),
        note: format!("表示しているのは「{label}」です。"),
        link: last
            .filter(|_| name.is_some())
            .map(|version| (address(version, of), "最新の版を見る")),
    }
}

fn address(version: &Version, of: &str) -> String {
    format!("{}?of={of}", to::Certificate(version.seq))
}

fn versions(seen: &Seen, standing: Option<Standing>, of: &str) -> Vec<VersionLine> {
    let last = seen.versions.len().saturating_sub(1);
    let line = |(index, version): (usize, &Version)| {
        let current = u32::try_from(version.seq) == Ok(seen.face.seq);
        let shown = if current { "・表示中" } else { "" };
        let tag = |tone, words: &str| Tag::new(tone, format!("{words}{shown}"));
        let tag = match (&version.label, index == last, standing) {
            (None, _, _) => tag(Tone::Ng, "表示できません"),
            (_, false, _) => tag(Tone::Mute, "前の版"),
            (_, true, Some(Standing::InForce)) => tag(Tone::Ok, "いま有効"),
            (_, true, Some(Standing::Expired)) => tag(Tone::Warn, "期限を経過"),
            (_, true, Some(Standing::Ended(_))) => tag(Tone::Ng, "解約"),
            (_, true, _) => tag(Tone::Note, "最新の版"),
        };
        let sound = version.label.is_some();
        VersionLine {
            words: version
                .label
                .clone()
                .unwrap_or_else(|| format!("{}番目の版（署名を確認できません）", version.seq)),
            href: (sound && !current).then(|| address(version, of)),
            current,
            tag,
            arrived: era::stamp(version.arrived_at),
            machine: machine(version.arrived_at),
        }
    };
    seen.versions.iter().enumerate().map(line).rev().collect()
}

fn withdrawn(line: &Withdrawn) -> WithdrawnLine {
    WithdrawnLine {
        label: line.label.clone(),
        how: line.how,
        arrived: era::stamp(line.arrived_at),
        at: era::stamp(line.at),
        machine: machine(line.at),
    }
}

/// An instant as `<time datetime>` wants it, on Japan's clock.
fn machine(instant: OffsetDateTime) -> String {
    let here = era::tokyo(instant);
    format!(
        "{}T{:02}:{:02}+09:00",
        here.date(),
        here.hour(),
        here.minute()
    )
}

fn groups(hex: &str) -> Vec<String> {
    let letters: Vec<char> = hex.chars().collect();
    letters
        .chunks(8)
        .map(|group| group.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::services::viewing::sealed::tests::sample;

    fn words(seq: i32, today: Date) -> Vec<(bool, String)> {
        let panels = panels(&sample(seq), today, "mark");
        let say = |check: Check| (check.good, format!("{}｜{}", check.words, check.note));
        panels.checks.into_iter().map(say).collect()
    }

    #[test]
    fn in_force_on_the_last_day_and_expired_on_the_next() {
        let (good, said) = words(2, date!(2027 - 06 - 30)).remove(1);
        assert!(good);
        assert_eq!(
            said,
            "本日、有効な保証です｜2027/06/30 現在・保証期限 2027/06/30"
        );
        let (good, said) = words(2, date!(2027 - 07 - 01)).remove(1);
        assert!(!good);
        assert_eq!(
            said,
            "保証期限を過ぎています｜2027/07/01 現在・保証期限 2027/06/30"
        );
        let (good, said) = words(2, date!(2026 - 07 - 03)).remove(1);
        assert!(!good);
        assert_eq!(
            said,
            "証書の日付より前です｜本日 2026/07/03・証書の日付 2026/07/04"
        );
    }

    #[test]
    fn an_old_version_leads_to_the_newest() {
        let panels = panels(&sample(1), date!(2026 - 07 - 10), "mark");
        let newest = &panels.checks[2];
        assert_eq!((newest.good, newest.words.as_str()), (false, "前の版です"));
        let href = "/dsure/certificates/2?of=mark".to_owned();
        assert_eq!(
            panels.checks[1].words,
            "保証契約は有効です（いまの版：変更ー1）"
        );
        let [banner] = panels.banners.as_slice() else {
            panic!("one band");
        };
        assert_eq!(
            (banner.tone, banner.strong.as_str(), banner.words.as_str()),
            (
                Tone::Warn,
                "これは前の版です。",
                "いまの内容は変更ー1です。"
            )
        );
        let link = banner.link.clone().unwrap();
        assert_eq!(link, (href.clone(), "変更ー1を見る".to_owned()));
        assert_eq!(newest.link, Some((href.clone(), "最新の版を見る")));
        let lines: Vec<_> = panels
            .versions
            .iter()
            .map(|v| v.tag.words.as_str())
            .collect();
        assert_eq!(lines, ["いま有効", "前の版・表示中"]);
        assert_eq!(panels.versions[0].href, Some(href));
        assert_eq!(panels.versions[0].machine, "2026-07-02T15:31+09:00");
        assert_eq!(panels.versions[1].href, None);
    }

    #[test]
    fn what_ended_or_expired_says_so_above_and_in_its_frame() {
        let mut seen = sample(2);
        let bands = |seen: &Seen, today| panels(seen, today, "mark").banners;
        assert_eq!(bands(&seen, date!(2027 - 06 - 30)), []);
        let late = date!(2027 - 07 - 01);
        let band = &bands(&seen, late)[0];
        assert_eq!(band.strong, "この保証契約は保証期限を過ぎています。");
        assert_eq!(seen.remark(late), ["期限切れ"]);
        seen.holds = seen.holds.map(|holds| holds.ending(date!(2026 - 11 - 22)));
        let band = &bands(&seen, late)[0];
        assert_eq!(
            band.strong,
            "この保証契約は解約されています（令和8年11月22日）。"
        );
        assert_eq!(seen.remark(late), ["解約済（令和8年11月22日）"]);
    }

    #[test]
    fn without_a_sound_newest_version_nothing_is_said_to_be_in_force() {
        let mut seen = sample(1);
        seen.holds = None;
        seen.versions[1].label = None;
        let panels = panels(&seen, date!(2026 - 07 - 10), "mark");
        assert_eq!(panels.checks[1].words, "有効かどうかを確かめられません");
        assert_eq!(panels.checks[2].link, None);
        assert_eq!(panels.versions[0].tag.words, "表示できません");
        assert_eq!(panels.versions[0].href, None);
    }

    #[test]
    fn the_fingerprint_is_whole() {
        let groups = panels(&sample(1), date!(2026 - 07 - 10), "mark").fingerprint;
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 8));
    }
}
