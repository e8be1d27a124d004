use time::Duration;
use time::macros::{date, datetime};

use super::*;

const START: OffsetDateTime = datetime!(2026-07-02 00:00 UTC);

/// Links from words: `new`, `c1` (変更ー1), `fix 2` (訂正 of link 2), `undo 2` (変更取消), `end`.
fn links(words: &[&str]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (index, word) in (1_u32..).zip(words) {
        let at = START + Duration::hours(i64::from(index));
        let number = |text: &str| text.parse::<u32>().unwrap();
        let known = |seq: u32| links[usize::try_from(seq).unwrap() - 1].occasion.clone();
        let (occasion, corrects) = match word.split_once(' ').unwrap_or((word, "")) {
            ("new", _) => (Occasion::New, None),
            ("end", _) => (
                Occasion::Termination {
                    on: date!(2026 - 12 - 1),
                },
                None,
            ),
            ("fix", of) => (known(number(of)), Some(number(of))),
            ("undo", of) => (
                Occasion::Cancellation {
                    number: known(number(of)).change(),
                    cancels: number(of),
                },
                None,
            ),
            (change, _) => (
                Occasion::Change {
                    number: number(change.trim_start_matches('c')),
                },
                None,
            ),
        };
        links.push(Link {
            seq: index,
            occasion,
            corrects,
            at,
        });
    }
    links
}

/// 「いま有効な版｜表示される版」
fn said(words: &[&str]) -> Result<String, Broken> {
    let life = Life::of(&links(words))?;
    let history: Vec<_> = life
        .history()
        .iter()
        .map(|known| format!("{}#{}", known.occasion.label(), known.seq))
        .collect();
    Ok(format!("{}｜{}", life.in_force, history.join(" ")))
}

#[test]
fn what_holds_and_what_is_shown() {
    for (words, expected) in [
        (vec!["new"], "1｜新規#1"),
        (vec!["new", "c1"], "2｜新規#1 変更ー1#2"),
        // T13: the corrected version is shown as 新規.
        (vec!["new", "fix 1"], "2｜新規#2"),
        (vec!["new", "fix 1", "fix 2"], "3｜新規#3"),
        (vec!["new", "c1", "fix 1"], "2｜新規#3 変更ー1#2"),
        // T14
        (vec!["new", "c1", "undo 2"], "1｜新規#1"),
        (vec!["new", "c1", "undo 2", "c2"], "4｜新規#1 変更ー2#4"),
        (vec!["new", "c1", "fix 2", "undo 3"], "1｜新規#1"),
        (vec!["new", "c1", "c2", "undo 3", "undo 2"], "1｜新規#1"),
        (vec!["new", "c1", "fix 1", "undo 2"], "3｜新規#3"),
        (vec!["new", "c1", "end"], "2｜新規#1 変更ー1#2"),
    ] {
        assert_eq!(said(&words).as_deref(), Ok(expected), "{words:?}");
    }
}

#[test]
fn what_is_no_life() {
    for words in [
        vec![],
        vec!["c1"],
        vec!["new", "new"],
        vec!["new", "c2"],
        // A cancelled number is used up.
        vec!["new", "c1", "undo 2", "c1"],
        vec!["new", "c1", "undo 2", "undo 2"],
        vec!["new", "c1", "c2", "undo 2"],
        vec!["new", "fix 1", "fix 1"],
        vec!["new", "c1", "undo 2", "fix 2"],
        vec!["new", "end", "c1"],
        vec!["new", "end", "end"],
    ] {
        assert!(said(&words).is_err(), "{words:?}");
    }
    let mut gap = links(&["new", "c1"]);
    gap[1].seq = 3;
    assert_eq!(Life::of(&gap), Err(Broken::Place(3)));
}

#[test]
fn the_past_is_what_had_arrived_by_then() {
    let links = links(&["new", "c1", "undo 2", "c2", "fix 1"]);
    let at = |hours: i64| Life::as_of(&links, START + Duration::hours(hours)).unwrap();
    assert_eq!(at(0), None);
    let in_force: Vec<_> = (1..=5).map(|hour| at(hour).unwrap().in_force).collect();
    assert_eq!(in_force, [1, 2, 1, 4, 4]);
    let shown = |hours: i64| -> Vec<u32> {
        let life = at(hours).unwrap();
        life.history().iter().map(|known| known.seq).collect()
    };
    assert_eq!(shown(4), [1, 4]);
    assert_eq!(shown(5), [5, 4]);
}

#[test]
fn what_may_still_be_done() {
    let today = date!(2027 - 03 - 31);
    let life = Life::of(&links(&["new", "c1", "fix 1"])).unwrap();
    assert_eq!(life.changeable(today, today), Ok(()));
    assert_eq!(
        life.changeable(today, date!(2027 - 03 - 30)),
        Err(Barrier::Expired)
    );
    assert_eq!(life.correctable(1), Err(Barrier::Hidden));
    assert_eq!(life.correctable(3), Ok(()));
    assert_eq!(life.correctable(9), Err(Barrier::Hidden));
    assert_eq!(life.may_cancel(2), Ok(1));
    assert_eq!(life.may_cancel(3), Err(Barrier::NotLatestChange));
    assert_eq!(life.may_cancel(1), Err(Barrier::Hidden));
    assert_eq!(life.next_change(), 2);
    assert_eq!(life.before(2).map(|known| known.seq), Some(3));
    assert_eq!(life.before(3), None);
    let none = Life::of(&links(&["new"])).unwrap();
    assert_eq!(none.may_cancel(1), Err(Barrier::NoChange));
    let ended = Life::of(&links(&["new", "c1", "end"])).unwrap();
    assert_eq!(ended.changeable(today, today), Err(Barrier::Ended));
    assert_eq!(ended.correctable(2), Err(Barrier::Ended));
    assert_eq!(ended.may_cancel(2), Err(Barrier::Ended));
    assert_eq!(
        ended.standing(today, today, today),
        Standing::Ended(date!(2026 - 12 - 1))
    );
}
