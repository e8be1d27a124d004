//! What a killed server leaves behind, cleared without ever touching a living one.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::ClusterError;

const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Ends an orphaned server of an earlier run and removes its lock files. The caller holds the lock on the folder,
/// so whoever started that server is gone.
pub(super) fn clear(pg: &Path, socket_folder: &Path) -> Result<(), ClusterError> {
    let pid_file = pg.join("postmaster.pid");
    let written = fs::read_to_string(&pid_file).unwrap_or_default();
    let pid = written
        .lines()
        .next()
        .and_then(|line| line.trim().parse::<i32>().ok());
    if let Some(pid) = pid {
        end_orphan(pid, pg)?;
    }
    // Line 7: key and id of the shared memory that every process of a cluster stays attached to; PostgreSQL's own
    // proof that nobody works on the files.
    let segment = written.lines().nth(6).and_then(Segment::parse);
    let free = segment.is_none_or(|segment| wait(PATIENCE, || segment.attached() == Some(0)));
    if free {
        // With a recycled pid PostgreSQL would take a stranger for the old server and refuse.
        let _ = fs::remove_file(&pid_file);
    } else if segment.is_some_and(|segment| segment.attached().is_some()) {
        return Err(still_running(pid.unwrap_or_default(), pg));
    }
    for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] {
        let _ = fs::remove_file(socket_folder.join(name));
    }
    Ok(())
}

fn end_orphan(pid: i32, pg: &Path) -> Result<(), ClusterError> {
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        if !serves(pid, pg) {
            return Ok(());
        }
        let _ = kill(Pid::from_raw(pid), signal);
        if wait(PATIENCE, || !serves(pid, pg)) {
            return Ok(());
        }
    }
    Err(still_running(pid, pg))
}

/// The process lives and was started with our folder; a zombie's command line is empty, a recycled pid's another.
fn serves(pid: i32, pg: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let folder = pg.as_os_str().as_bytes();
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
        line.split(|byte| *byte == 0)
            .any(|argument| argument == folder)
    })
}

/// A piece of System V shared memory. The key comes from the folder's inode, so a recycled id is no match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    key: i32,
    id: i32,
}

impl Segment {
    /// `    key    id`, the key printed unsigned in one table and signed in the other.
    fn parse(line: &str) -> Option<Self> {
        let mut columns = line.split_whitespace();
        let mut number = || columns.next()?.parse::<i128>().ok();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::as_conversions,
            reason = "a key is 32 bits, however printed"
        )]
        let (key, id) = (number()? as i32, number()? as i32);
        Some(Self { key, id })
    }

    /// How many processes hold it; `None` where the kernel does not tell.
    fn attached(self) -> Option<u32> {
        let table = fs::read_to_string("/proc/sysvipc/shm").ok()?;
        let row = table
            .lines()
            .skip(1)
            .find(|line| Self::parse(line) == Some(self));
        Some(
            row.and_then(|row| row.split_whitespace().nth(6)?.parse().ok())
                .unwrap_or(0),
        )
    }
}

fn still_running(pid: i32, pg: &Path) -> ClusterError {
    ClusterError::StillRunning {
        folder: pg.to_path_buf(),
        pid: pid.unsigned_abs(),
    }
}

fn wait(patience: Duration, done: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if done() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_key_is_the_same_in_both_tables() {
        let in_pid_file = Segment::parse("18446744072414584321    131072");
        let in_kernel_table =
            Segment::parse("-1294967295     131072   600   56 18028 18759   6   101");
        assert!(in_pid_file.is_some());
        assert_eq!(in_pid_file, in_kernel_table);
        assert_ne!(
            in_pid_file,
            Segment::parse("7 131072"),
            "a recycled id of another cluster"
        );
    }
}
