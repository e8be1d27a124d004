//! The private PostgreSQL: started, stopped, shot, and started again, with its data.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use akashi::demo::cluster::{Cluster, ClusterError, Programs, find_programs};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, PgConnection};

const QUICK: &[&str] = &["fsync=off", "shared_buffers=16MB"];

struct Scratch(PathBuf);

impl Scratch {
    /// In a folder that any user may enter, as the stand-in for root must.
    fn new(name: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = PathBuf::from(format!("/tmp/akashi-it-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn programs() -> Programs {
    find_programs(None, std::env::var_os("PATH").as_deref()).unwrap()
}

fn start(data: &Path) -> Cluster {
    Cluster::start_with(&programs(), data, QUICK).unwrap()
}

/// Runs statements one after the other and gives the last one's single text value.
fn ask(cluster: &Cluster, statements: &[&'static str]) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(&cluster.url("postgres"))
            .await
            .unwrap();
        let (last, before) = statements.split_last().unwrap();
        for statement in before {
            sqlx::query(*statement)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let answer = sqlx::query_scalar(*last)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        answer
    })
}

#[test]
fn what_was_written_is_there_after_a_stop_and_a_start() {
    let scratch = Scratch::new("keeps");
    let cluster = start(&scratch.data());
    assert!(cluster.fresh());
    let answer = ask(
        &cluster,
        &[
            "create table kept (word text)",
            "insert into kept values ('証')",
            "select word from kept",
        ],
    );
    assert_eq!(answer, "証");
    let socket = cluster.socket_folder().to_path_buf();
    let begin = Instant::now();
    cluster.stop().unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
    assert!(!socket.exists(), "nothing is left below /tmp");

    let cluster = start(&scratch.data());
    assert!(!cluster.fresh());
    assert_eq!(ask(&cluster, &["select word from kept"]), "証");
    assert_eq!(
        ask(
            &cluster,
            &["select current_setting('listen_addresses') || current_setting('fsync')"]
        ),
        "off"
    );
}

#[test]
fn a_second_start_on_the_same_folder_is_refused_and_disturbs_nobody() {
    let scratch = Scratch::new("second");
    let first = start(&scratch.data());
    let error = Cluster::start_with(&programs(), &scratch.data(), QUICK).unwrap_err();
    assert!(matches!(error, ClusterError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("すでに動いている"), "{error}");
    assert_eq!(ask(&first, &["select 'served'"]), "served");
}

#[test]
fn a_killed_server_starts_again_with_everything_acknowledged() {
    let scratch = Scratch::new("killed");
    let cluster = start(&scratch.data());
    ask(
        &cluster,
        &[
            "create table kept (word text)",
            "insert into kept values ('a')",
            "select 'x'",
        ],
    );
    kill(Pid::from_raw(cluster.pid().cast_signed()), Signal::SIGKILL).unwrap();
    // The dead server is not reaped here and its lock files stay, as after a crash.
    drop(cluster);
    let cluster = start(&scratch.data());
    assert_eq!(ask(&cluster, &["select word from kept"]), "a");
}

#[test]
fn a_strangers_pid_in_the_lock_files_is_no_obstacle() {
    let scratch = Scratch::new("recycled");
    let cluster = start(&scratch.data());
    let pg = cluster.place().join("pg");
    let sockets = cluster.socket_folder().to_path_buf();
    let pid_file = std::fs::read_to_string(pg.join("postmaster.pid")).unwrap();
    cluster.stop().unwrap();
    // The old pid now belongs to something else of the same user: what a restarted container leaves.
    let owner = std::fs::metadata(&pg).unwrap();
    let mut stranger = Command::new("sleep")
        .arg("60")
        .uid(owner.uid())
        .spawn()
        .unwrap();
    let old = pid_file.lines().next().unwrap();
    let stale = pid_file.replacen(old, &stranger.id().to_string(), 1);
    std::fs::create_dir_all(&sockets).unwrap();
    for file in [
        pg.join("postmaster.pid"),
        sockets.join(".s.PGSQL.5432.lock"),
    ] {
        std::fs::write(&file, &stale).unwrap();
        chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    chown(&sockets, Some(owner.uid()), Some(owner.gid())).unwrap();
    let started = Cluster::start_with(&programs(), &scratch.data(), QUICK);
    let untouched = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert_eq!(ask(&started.unwrap(), &["select 'up'"]), "up");
    assert!(
        untouched,
        "a process that is no server of ours is left alone"
    );
}

#[test]
fn a_server_left_over_by_a_killed_demo_is_ended_first() {
    let scratch = Scratch::new("orphan");
    let cluster = start(&scratch.data());
    ask(
        &cluster,
        &[
            "create table kept (word text)",
            "insert into kept values ('o')",
            "select 'x'",
        ],
    );
    let pg = cluster.place().join("pg");
    let sockets = cluster.socket_folder().to_path_buf();
    cluster.stop().unwrap();
    let owner = std::fs::metadata(&pg).unwrap();
    std::fs::create_dir_all(&sockets).unwrap();
    chown(&sockets, Some(owner.uid()), Some(owner.gid())).unwrap();
    let mut orphan = Command::new(programs().folder().unwrap().join("postgres"))
        .arg("-D")
        .arg(&pg)
        .arg("-k")
        .arg(&sockets)
        .args(["-c", "listen_addresses="])
        .current_dir("/")
        .uid(owner.uid())
        .gid(owner.gid())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while !sockets.join(".s.PGSQL.5432").exists() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "the orphan never came up"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let cluster = start(&scratch.data());
    assert_eq!(ask(&cluster, &["select word from kept"]), "o");
    assert!(orphan.wait().unwrap().success(), "ended cleanly, not shot");
}

#[test]
fn a_path_longer_than_any_socket_address_works() {
    let scratch = Scratch::new("long");
    let data = scratch
        .0
        .join("長い名前のフォルダー".repeat(3))
        .join("with 'quotes' and spaces".repeat(6));
    assert!(data.as_os_str().len() > 200);
    let cluster = start(&data);
    assert!(cluster.socket_folder().as_os_str().len() < 60);
    assert_eq!(ask(&cluster, &["select 'far'"]), "far");
}

#[test]
fn a_server_that_cannot_start_says_what_it_said() {
    let scratch = Scratch::new("broken");
    let error =
        Cluster::start_with(&programs(), &scratch.data(), &["no_such_setting=1"]).unwrap_err();
    assert!(matches!(error, ClusterError::NotStarted { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    // … and holds nothing back.
    drop(start(&scratch.data()));
}
