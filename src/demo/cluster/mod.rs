//! The private PostgreSQL of `demo` and of the tests: made, started and stopped by us, reachable over a Unix socket
//! only, gone when we are gone.
//!
//! Blocking; call it before the runtime starts or from `spawn_blocking`.

mod error;
mod leftovers;
mod place;
mod programs;
mod runner;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, fchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub use error::ClusterError;
pub use programs::{Programs, find_programs};

use error::at;
use place::Place;
use runner::Keeper;

/// The superuser of every cluster made here; the socket's folder is the guard.
const SUPERUSER: &str = "akashi";
/// Recovery after a crash may take long; a server that dies is noticed at once.
const START_PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long each of fast, immediate and killed may take: together within the five seconds of Ctrl-C.
const STOP_STEPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_millis(3000)),
    (Signal::SIGQUIT, Duration::from_millis(1000)),
    (Signal::SIGKILL, Duration::from_millis(500)),
];
const LOG_LIMIT: u64 = 5_000_000;

/// A running PostgreSQL. Dropping it stops the server, as [`Cluster::stop`] does.
#[derive(Debug)]
pub struct Cluster {
    child: Child,
    _keeper: Keeper,
    socket_folder: PathBuf,
    fresh: bool,
    place: Place,
}

impl Cluster {
    /// Starts the cluster of `data`, making it first where there is none. As root it runs under `postgres` or
    /// `nobody`, and where that user cannot get into `data` its files lie below `/var/lib/akashi-demo`
    /// (see [`Cluster::moved`]).
    ///
    /// # Errors
    /// A sentence saying what stands in the way; nothing is left running.
    pub fn start(programs: &Programs, data: &Path) -> Result<Self, ClusterError> {
        Self::start_with(programs, data, &[])
    }

    /// As [`Cluster::start`], with server settings such as `fsync=off` (which also makes a new cluster unsynced).
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(
        programs: &Programs,
        data: &Path,
        settings: &[&str],
    ) -> Result<Self, ClusterError> {
        let place = place::settle(data)?;
        let pg = place.pg();
        let version = fs::read_to_string(pg.join("PG_VERSION")).ok();
        let version = version.as_deref().map(str::trim);
        let folder = programs
            .folder_for(version)
            .ok_or_else(|| ClusterError::OtherVersion {
                folder: pg.clone(),
                data: version.unwrap_or_default().to_owned(),
            })?;
        let fresh = version.is_none();
        if fresh {
            make(&place, folder, settings)?;
        }
        let socket_folder = place.socket_folder()?;
        leftovers::clear(&pg, &socket_folder)?;
        let (child, keeper) = launch(&place, folder, &socket_folder, settings)?;
        let mut cluster = Self {
            child,
            _keeper: keeper,
            socket_folder,
            fresh,
            place,
        };
        cluster.until_ready()?;
        Ok(cluster)
    }

    /// The folder of the Unix socket (`host` of a connection).
    pub fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    /// The database superuser (no password; the socket's folder is closed to others).
    pub fn user(&self) -> &'static str {
        SUPERUSER
    }

    /// A connection address for `database`, as sqlx and psql read it. A new cluster has `postgres` only.
    pub fn url(&self, database: &str) -> String {
        let host = self.socket_folder.display();
        format!("postgres://{SUPERUSER}@localhost/{database}?host={host}&port=5432")
    }

    /// The folder where the cluster's files and its log really lie.
    pub fn place(&self) -> &Path {
        &self.place.folder
    }

    /// Whether [`Cluster::place`] is not the data folder that was asked for.
    pub fn moved(&self) -> bool {
        self.place.moved
    }

    /// The Unix user that stands in for root; `None` where the server runs as we do.
    pub fn stand_in(&self) -> Option<&str> {
        self.place
            .runner
            .as_ref()
            .map(|runner| runner.name.as_str())
    }

    /// Whether this start made the cluster.
    pub fn fresh(&self) -> bool {
        self.fresh
    }

    /// The server's process, for drills that kill it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends every session, stops the server (fast, then harder) and frees the data folder.
    ///
    /// # Errors
    /// When the server does not end within four and a half seconds.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), ClusterError> {
        for (signal, patience) in STOP_STEPS {
            if self.ended(Duration::ZERO)? {
                break;
            }
            let _ = kill(Pid::from_raw(self.child.id().cast_signed()), signal);
            self.ended(patience)?;
        }
        if !self.ended(Duration::ZERO)? {
            return Err(ClusterError::StillRunning {
                folder: self.place.pg(),
                pid: self.child.id(),
            });
        }
        let _ = fs::remove_dir(&self.socket_folder);
        Ok(())
    }

    fn ended(&mut self, patience: Duration) -> Result<bool, ClusterError> {
        let deadline = Instant::now() + patience;
        loop {
            let status = self
                .child
                .try_wait()
                .map_err(at("終了の確認", &self.place.folder))?;
            if status.is_some() || Instant::now() >= deadline {
                return Ok(status.is_some());
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Ready when `postmaster.pid` names our child and its eighth line says so.
    fn until_ready(&mut self) -> Result<(), ClusterError> {
        let pid_file = self.place.pg().join("postmaster.pid");
        let child = self.child.id().to_string();
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            let written = fs::read_to_string(&pid_file).unwrap_or_default();
            let ours = written
                .lines()
                .next()
                .is_some_and(|line| line.trim() == child);
            if ours
                && written
                    .lines()
                    .nth(7)
                    .is_some_and(|line| line.trim() == "ready")
            {
                return Ok(());
            }
            if self.ended(LOOK_EVERY)? || Instant::now() >= deadline {
                let log = self.place.log();
                let said = tail(&fs::read(&log).unwrap_or_default());
                return Err(ClusterError::NotStarted { log, said });
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// initdb into a folder beside, then one rename: a cluster is there whole or not at all.
fn make(place: &Place, programs: &Path, settings: &[&str]) -> Result<(), ClusterError> {
    let pg = place.pg();
    let nursery = place.nursery()?;
    let mut initdb = runner::command(&programs.join("initdb"), place.runner.as_ref());
    initdb
        .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
        .arg(format!("--username={SUPERUSER}"))
        .args(settings.contains(&"fsync=off").then_some("--no-sync"))
        .arg("-D")
        .arg(&nursery)
        .stderr(Stdio::piped());
    runner::die_with_us(&mut initdb, Signal::SIGKILL);
    let output = initdb.output().map_err(at("initdb の起動", programs))?;
    if !output.status.success() {
        let said = tail(&output.stderr);
        return Err(ClusterError::NotMade { folder: pg, said });
    }
    fs::rename(&nursery, &pg).map_err(at("名前の変更", &pg))
}

fn launch(
    place: &Place,
    programs: &Path,
    socket_folder: &Path,
    settings: &[&str],
) -> Result<(Child, Keeper), ClusterError> {
    let log_path = place.log();
    let long = fs::metadata(&log_path).is_ok_and(|log| log.len() > LOG_LIMIT);
    let log = OpenOptions::new()
        .create(true)
        .write(true)
        .append(!long)
        .truncate(long)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(&log_path)
        .map_err(at("ログの作成", &log_path))?;
    if let Some(runner) = &place.runner {
        // Root may have started the cluster of a user, who will want to write on.
        let (uid, gid) = (runner.uid.as_raw(), runner.gid.as_raw());
        fchown(&log, Some(uid), Some(gid)).map_err(at("ログの作成", &log_path))?;
    }
    let again = log.try_clone().map_err(at("ログの作成", &log_path))?;
    let program = programs.join("postgres");
    let mut postgres = runner::command(&program, place.runner.as_ref());
    postgres
        .arg("-D")
        .arg(place.pg())
        .arg("-k")
        .arg(socket_folder)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            "port=5432",
        ]);
    for setting in settings {
        postgres.arg("-c").arg(setting);
    }
    // A group of its own: Ctrl-C must reach us alone, and the server ends after the web has drained.
    postgres.stdout(log).stderr(again).process_group(0);
    runner::die_with_us(&mut postgres, Signal::SIGINT);
    runner::spawn_kept(postgres).map_err(at("postgres の起動", &program))
}

/// The last few lines of what a program said, as one line.
fn tail(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(4)..].join(" / ")
}
