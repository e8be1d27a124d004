//! What earlier runs that were cut off left in the folder for temporary things.

use std::path::Path;
use std::time::Duration;

/// Removes what tests of ended processes left: their names carry the process' id. Folders of sockets
/// are named after their cluster's place; one goes when nothing in it listens and an hour has passed.
pub fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix("akashi-")) else {
            continue;
        };
        let ended = match creator(name) {
            Some(pid) => !alive(pid),
            None => is_hash(name) && is_forsaken(&entry.path()),
        };
        if ended {
            let path = entry.path();
            // Somebody else's, or swept by another run in the same moment.
            let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
        }
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The process in `it_4711_3`, `gate-doors-4711`, `wire-4711-2`: the first number that can be one.
fn creator(name: &str) -> Option<u32> {
    if is_hash(name) {
        return None;
    }
    name.split(|letter: char| !letter.is_ascii_digit())
        .find(|figures| figures.len() > 1)
        .and_then(|figures| figures.parse().ok())
}

fn alive(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

fn is_forsaken(folder: &Path) -> bool {
    let old = std::fs::metadata(folder)
        .and_then(|about| about.modified())
        .is_ok_and(|at| {
            at.elapsed()
                .is_ok_and(|since| since > Duration::from_secs(3600))
        });
    let listens = std::fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let locked = entry.file_name().to_string_lossy().ends_with(".lock");
            let holder = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let pid = holder
                .lines()
                .next()
                .and_then(|pid| pid.trim().parse().ok());
            locked && pid.is_some_and(alive)
        })
    });
    old && !listens
}

#[test]
fn what_ended_runs_left_is_swept_and_nothing_else() {
    let folder = std::env::temp_dir().join(format!("akashi-sweep-{}", std::process::id()));
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let (gone, here) = (child.id(), std::process::id());
    child.wait().unwrap();
    let make = |name: String| {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let left = [
        make(format!("akashi-it_{gone}_3")),
        make(format!("akashi-gate-doors-{gone}")),
        make(format!("akashi-wire-{gone}-{here}")),
    ];
    let kept = [
        make(format!("akashi-it_{here}_3")),
        make("akashi-202e3ec17e3dd959".to_owned()),
        make(format!("postgresql-{gone}")),
        make("akashi-notes".to_owned()),
    ];
    sweep(&folder);
    assert!(left.iter().all(|path| !path.exists()), "{left:?}");
    assert!(kept.iter().all(|path| path.exists()), "{kept:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}
