//! Starting PostgreSQL's programs: as whom, with which surroundings, and bound to our own life.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::{io, thread};

use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, User};

use super::error::ClusterError;

/// The unprivileged user that stands in for root, because PostgreSQL refuses root.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    pub uid: Uid,
    pub gid: Gid,
    pub name: String,
}

impl Runner {
    /// `postgres` where there is one, else `nobody`.
    pub fn stand_in() -> Result<Self, ClusterError> {
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .filter(|user| !user.uid.is_root())
            .map(Self::from)
            .ok_or(ClusterError::NobodyToRunAs)
    }

    /// Whoever owns data that is already there; `None` for root or an unknown uid.
    pub fn of_uid(uid: u32) -> Option<Self> {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten()?;
        (!user.uid.is_root()).then(|| Self::from(user))
    }

    /// Tries for real whether this user gets into `folder`: the child changes uid first, then its folder.
    pub fn reaches(&self, folder: &Path) -> bool {
        command(Path::new("/bin/sh"), Some(self))
            .args(["-c", ":"])
            .current_dir(folder)
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl From<User> for Runner {
    fn from(user: User) -> Self {
        Self {
            uid: user.uid,
            gid: user.gid,
            name: user.name,
        }
    }
}

/// A program with a bare environment (`PGPORT` and friends would change what it does), no terminal and, as root,
/// another user.
pub(super) fn command(program: &Path, runner: Option<&Runner>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(runner) = runner {
        command.uid(runner.uid.as_raw()).gid(runner.gid.as_raw());
    }
    command
}

/// The child gets `signal` when the *thread* that spawns it ends, whichever way.
#[expect(
    unsafe_code,
    reason = "pre_exec is unsafe; the two calls inside are async-signal-safe"
)]
pub(super) fn die_with_us(command: &mut Command, signal: Signal) {
    let parent = nix::unistd::getpid();
    // SAFETY: prctl and getppid allocate nothing and take no lock. The kernel forgets the setting at a change of
    // uid, and std runs this after it.
    unsafe {
        command.pre_exec(move || {
            nix::sys::prctl::set_pdeathsig(signal)?;
            if nix::unistd::getppid() == parent {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(libc::ESRCH))
            }
        });
    }
}

/// Keeps the thread that spawned the server alive; dropping it lets that thread end.
pub(super) type Keeper = mpsc::Sender<()>;

/// Spawns from a thread of its own that lives as long as the returned [`Keeper`], so that the death signal means
/// "the process is gone" whatever thread asked for the server (a test's thread ends with the test).
pub(super) fn spawn_kept(mut command: Command) -> io::Result<(Child, Keeper)> {
    let (hand_over, child) = mpsc::sync_channel(1);
    let (keeper, kept) = mpsc::channel::<()>();
    thread::Builder::new()
        .name("postgres-keeper".to_owned())
        .spawn(move || {
            let spawned = command.spawn();
            let alive = spawned.is_ok();
            let _ = hand_over.send(spawned);
            if alive {
                let _ = kept.recv();
            }
        })?;
    let child = child.recv().map_err(io::Error::other)??;
    Ok((child, keeper))
}
