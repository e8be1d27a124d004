//! Where the cluster's files lie, who owns them, and that nobody else uses them.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{io, thread};

use sha2::{Digest, Sha256};

use super::error::{ClusterError, at};
use super::runner::Runner;

const ELSEWHERE: &str = "/var/lib/akashi-demo";
/// In the data folder: names the place where the files really are.
const POINTER: &str = "cluster-place";
/// A program being started elsewhere in this process shares the lock for the moment between fork and exec.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// A settled place: `folder/pg` is (or becomes) the cluster, `folder/pg.new` one being made.
#[derive(Debug)]
pub(super) struct Place {
    pub folder: PathBuf,
    pub moved: bool,
    pub runner: Option<Runner>,
    /// Held until the cluster is stopped.
    _locks: Vec<File>,
}

impl Place {
    pub fn pg(&self) -> PathBuf {
        self.folder.join("pg")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// A short folder for the socket, since its path must stay within 107 bytes: made, ours, closed to others.
    pub fn socket_folder(&self) -> Result<PathBuf, ClusterError> {
        let owner = self.runner.as_ref().map_or_else(
            || nix::unistd::geteuid().as_raw(),
            |runner| runner.uid.as_raw(),
        );
        // The owner is part of the name: another user's leftover is never in the way.
        let name = hash(&[self.folder.as_os_str().as_bytes(), &owner.to_be_bytes()]);
        let folder = Path::new("/tmp").join(format!("akashi-{name}"));
        match private_folder(&folder, self.runner.as_ref()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other.map_err(at("ソケット用フォルダーの作成", &folder))?,
        }
        let found = fs::symlink_metadata(&folder).map_err(at("確認", &folder))?;
        if !found.is_dir() || found.uid() != owner {
            return Err(ClusterError::OtherOwner {
                folder,
                owner: found.uid(),
            });
        }
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
                .map_err(at("権限の設定", &folder))?;
        }
        Ok(folder)
    }

    /// An empty `pg.new` for initdb; what an interrupted one left is cleared.
    pub fn nursery(&self) -> Result<PathBuf, ClusterError> {
        nursery(&self.folder, self.runner.as_ref())
    }
}

/// Decides where the cluster of `data` lies and locks it.
pub(super) fn settle(data: &Path) -> Result<Place, ClusterError> {
    fs::create_dir_all(data).map_err(at("作成", data))?;
    let data = data.canonicalize().map_err(at("確認", data))?;
    let lock_of_data = lock(&data)?;
    let pg = data.join("pg");
    let owner = fs::metadata(&pg).ok().map(|found| found.uid());
    let me = nix::unistd::geteuid();
    let here = |runner| Place {
        folder: data.clone(),
        moved: false,
        runner,
        _locks: Vec::new(),
    };
    let mut place = match (me.is_root(), owner) {
        (false, Some(owner)) if owner != me.as_raw() => {
            return Err(ClusterError::OtherOwner { folder: pg, owner });
        }
        (false, _) => here(None),
        (true, Some(owner)) => {
            let runner = Runner::of_uid(owner).ok_or_else(|| ClusterError::OtherOwner {
                folder: pg.clone(),
                owner,
            })?;
            if !runner.reaches(&pg) {
                return Err(ClusterError::OutOfReach {
                    folder: pg,
                    user: runner.name,
                });
            }
            here(Some(runner))
        }
        (true, None) => as_root(&data)?,
    };
    place._locks.push(lock_of_data);
    Ok(place)
}

/// Root and no cluster in the data folder itself: follow the pointer, stay where the stand-in can work, or move.
fn as_root(data: &Path) -> Result<Place, ClusterError> {
    if let Some(folder) = pointed(data) {
        let owner = fs::metadata(&folder).map_err(at("確認", &folder))?.uid();
        let runner = Runner::of_uid(owner).ok_or_else(|| ClusterError::OtherOwner {
            folder: folder.clone(),
            owner,
        })?;
        return elsewhere(folder, runner);
    }
    let runner = Runner::stand_in()?;
    let stays = nursery(data, Some(&runner)).is_ok_and(|nursery| {
        let reached = runner.reaches(&nursery);
        let _ = fs::remove_dir(&nursery);
        reached
    });
    if stays {
        return Ok(Place {
            folder: data.to_path_buf(),
            moved: false,
            runner: Some(runner),
            _locks: Vec::new(),
        });
    }
    let folder = new_elsewhere(data, &runner)?;
    let pointer = data.join(POINTER);
    fs::write(&pointer, folder.as_os_str().as_bytes()).map_err(at("書き込み", &pointer))?;
    elsewhere(folder, runner)
}

fn elsewhere(folder: PathBuf, runner: Runner) -> Result<Place, ClusterError> {
    if !runner.reaches(&folder) {
        return Err(ClusterError::OutOfReach {
            folder,
            user: runner.name,
        });
    }
    let locks = vec![lock(&folder)?];
    Ok(Place {
        folder,
        moved: true,
        runner: Some(runner),
        _locks: locks,
    })
}

fn pointed(data: &Path) -> Option<PathBuf> {
    let bytes = fs::read(data.join(POINTER)).ok()?;
    let folder = PathBuf::from(OsString::from_vec(bytes));
    folder.is_dir().then_some(folder)
}

/// A place of its own that was not there before: files of a data folder since deleted are left alone, never reused.
fn new_elsewhere(data: &Path, runner: &Runner) -> Result<PathBuf, ClusterError> {
    let base = Path::new(ELSEWHERE);
    fs::create_dir_all(base)
        .and_then(|()| fs::set_permissions(base, fs::Permissions::from_mode(0o755)))
        .map_err(at("作成", base))?;
    let name = hash(&[data.as_os_str().as_bytes()]);
    let mut folder = base.join(&name);
    let mut count = 1;
    loop {
        match private_folder(&folder, Some(runner)) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                count += 1;
                folder = base.join(format!("{name}-{count}"));
            }
            Err(error) => return Err(at("作成", &folder)(error)),
        }
    }
}

fn nursery(folder: &Path, runner: Option<&Runner>) -> Result<PathBuf, ClusterError> {
    let nursery = folder.join("pg.new");
    match fs::remove_dir_all(&nursery) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(at("片付け", &nursery)(error));
        }
        _ => {}
    }
    private_folder(&nursery, runner).map_err(at("作成", &nursery))?;
    Ok(nursery)
}

fn private_folder(folder: &Path, runner: Option<&Runner>) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)?;
    if let Some(runner) = runner {
        std::os::unix::fs::lchown(folder, Some(runner.uid.as_raw()), Some(runner.gid.as_raw()))?;
    }
    Ok(())
}

/// Another `demo` on the same files would stop the first one's server. The lock ends with its holder, however that ends.
fn lock(folder: &Path) -> Result<File, ClusterError> {
    let file = File::open(folder).map_err(at("確認", folder))?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(at("排他", folder)(error)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(ClusterError::InUse {
                    folder: folder.to_path_buf(),
                });
            }
        }
    }
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
