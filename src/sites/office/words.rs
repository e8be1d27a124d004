//! Small forms in which the Office writes times, amounts and states.

use time::{Date, OffsetDateTime};

use crate::domain::application::ItemState;
use crate::domain::product::CertificateForm;
use crate::domain::{era, money::Yen};
use crate::web::page::{Tag, Tone};

/// 20,000,000
pub fn yen(amount: i64) -> String {
    Yen::new(amount).map_or_else(|| amount.to_string(), |yen| yen.to_string())
}

/// 20,000,000円
pub fn yen_with_unit(amount: i64) -> String {
    format!("{}円", yen(amount))
}

/// 40.0%, of whole yen; `None` where there is nothing to divide.
pub fn share(amount: i64, base: i64) -> Option<String> {
    let words = Yen::percent_half_up(Yen::new(amount)?, Yen::new(base)?)?;
    Some(format!("{words}%"))
}

/// The state of a product as staff reads it.
pub fn state(state: ItemState) -> Tag {
    use ItemState as S;
    let tone = match state {
        S::Submitted | S::UnderExamination | S::Ordered => Tone::Note,
        S::Returned | S::AwaitingApproval => Tone::Warn,
        S::Approved | S::Issued => Tone::Ok,
        S::Declined => Tone::Ng,
        S::Draft | S::Withdrawn => Tone::Mute,
    };
    Tag::new(tone, state.staff_word())
}

/// 電子保証 / 証書(紙)
pub fn form(form: CertificateForm) -> &'static str {
    match form {
        CertificateForm::Electronic => "電子保証",
        CertificateForm::Paper => "証書(紙)",
    }
}

/// 電子 / 紙, where there is little room.
pub fn form_short(form: CertificateForm) -> &'static str {
    match form {
        CertificateForm::Electronic => "電子",
        CertificateForm::Paper => "紙",
    }
}

/// 14:36
pub fn clock(at: OffsetDateTime) -> String {
    let at = era::tokyo(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// 07/02 14:36, with the year where it is not this year's.
pub fn short_time(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let day = era::tokyo_date(at);
    if day.year() == era::tokyo_date(now).year() {
        format!(
            "{:02}/{:02} {}",
            u8::from(day.month()),
            day.day(),
            clock(at)
        )
    } else {
        format!("{} {}", era::slashed(day), clock(at))
    }
}

/// 14:36 today, 昨日 11:08, else 06/30 15:20.
pub fn near_time(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let (day, today) = (era::tokyo_date(at), era::tokyo_date(now));
    if day == today {
        clock(at)
    } else if Some(day) == today.previous_day() {
        format!("昨日 {}", clock(at))
    } else {
        short_time(at, now)
    }
}

/// How long something has waited: 16分, 3時間20分, 2日.
pub fn age(since: OffsetDateTime, now: OffsetDateTime) -> String {
    let minutes = (now - since).whole_minutes().max(0);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}分"),
        (hours @ 1..24, 0) => format!("{hours}時間"),
        (hours @ 1..24, minutes) => format!("{hours}時間{minutes}分"),
        (hours, _) => format!("{}日", hours / 24),
    }
}

/// 2026/07/01（水）
pub fn day(date: Date) -> String {
    let long = era::gregorian(date);
    let weekday = long.find('（').and_then(|at| long.get(at..));
    format!("{}{}", era::slashed(date), weekday.unwrap_or_default())
}

/// The first sixteen digits of a SHA-256, in groups of four: enough for two people to compare.
pub fn short_hash(hex: Option<&str>) -> String {
    let digits: Vec<char> = hex.unwrap_or_default().chars().take(16).collect();
    let groups: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

/// 「みなと野市長／橋梁点検業務委託（みなと・やまと共同企業体）」
pub fn about(obligee: &str, works: &str, jv: Option<&str>) -> String {
    match jv {
        Some(jv) => format!("{obligee}／{works}（{jv}）"),
        None => format!("{obligee}／{works}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn waiting_is_said_in_words() {
        let now = datetime!(2026-07-02 05:52 UTC);
        for (since, words) in [
            (datetime!(2026-07-02 05:36 UTC), "16分"),
            (datetime!(2026-07-02 02:32 UTC), "3時間20分"),
            (datetime!(2026-07-02 02:52 UTC), "3時間"),
            (datetime!(2026-07-01 02:08 UTC), "1日"),
            (datetime!(2026-06-30 05:52 UTC), "2日"),
            (datetime!(2026-07-02 06:00 UTC), "0分"),
        ] {
            assert_eq!(age(since, now), words);
        }
    }

    #[test]
    fn times_are_japans_and_as_short_as_they_can_be() {
        let now = datetime!(2026-07-02 05:52 UTC);
        assert_eq!(near_time(datetime!(2026-07-01 15:10 UTC), now), "00:10");
        assert_eq!(
            near_time(datetime!(2026-07-01 02:08 UTC), now),
            "昨日 11:08"
        );
        assert_eq!(
            near_time(datetime!(2026-06-30 06:20 UTC), now),
            "06/30 15:20"
        );
        assert_eq!(
            near_time(datetime!(2025-06-30 06:20 UTC), now),
            "2025/06/30 15:20"
        );
        assert_eq!(day(date!(2026 - 07 - 01)), "2026/07/01（水）");
        assert_eq!(share(20_000_000, 50_000_000).as_deref(), Some("40.0%"));
        assert_eq!(share(1, 0), None);
    }
}
