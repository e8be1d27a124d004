//! Files of secrets: read only where nobody else can, written once, replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::fault::VaultError;

/// A ring of a hundred sureties with a hundred keys each is below this.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Reads a secret file.
///
/// # Errors
/// [`VaultError::NoFile`], [`VaultError::OpenToOthers`] when group or others have any right to it,
/// [`VaultError::Io`].
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let mut file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => VaultError::NoFile(path.to_owned()),
        _ => io(path, source),
    })?;
    // Asked of the open file, so that what is judged is what is read.
    let about = file.metadata().map_err(|source| io(path, source))?;
    if !about.is_file() || about.len() > LONGEST {
        let source = std::io::Error::new(ErrorKind::InvalidInput, "not a key ring's file");
        return Err(io(path, source));
    }
    let mode = about.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(VaultError::OpenToOthers { path, mode });
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let room = usize::try_from(about.len()).unwrap_or_default() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let read = (&mut file).take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|source| io(path, source))?;
    Ok(bytes)
}

/// Writes a new file with mode 0400.
///
/// # Errors
/// [`VaultError::Exists`] when there is one: it stays untouched. [`VaultError::Io`].
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let beside = write_beside(path, bytes)?;
    // A link refuses where something is; a rename would replace it.
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside).map_err(|source| io(&beside, source))?;
    linked.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => VaultError::Exists(path.to_owned()),
        _ => io(path, source),
    })?;
    sync_folder(path)
}

/// Replaces a file in one step: readers see the old one or the new one.
///
/// # Errors
/// [`VaultError::Io`]
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let beside = write_beside(path, bytes)?;
    fs::rename(&beside, path).map_err(|source| io(path, source))?;
    sync_folder(path)
}

/// Holds the folder's lock while `change` runs, so that two changes do not lose each other's keys.
///
/// # Errors
/// [`VaultError::Io`], and those of `change`.
pub fn locked<T>(
    folder: &Path,
    change: impl FnOnce() -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let lock = File::open(folder).map_err(|source| match source.kind() {
        ErrorKind::NotFound => VaultError::NoFile(folder.to_owned()),
        _ => io(folder, source),
    })?;
    lock.lock().map_err(|source| io(folder, source))?;
    let done = change();
    drop(lock);
    done
}

fn write_beside(path: &Path, bytes: &[u8]) -> Result<PathBuf, VaultError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(name);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o400)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    match written {
        Ok(()) => Ok(beside),
        Err(source) => {
            if source.kind() != ErrorKind::AlreadyExists {
                // What was half written holds keys; that it cannot be removed is the lesser news.
                let _ = fs::remove_file(&beside);
            }
            Err(io(&beside, source))
        }
    }
}

fn sync_folder(path: &Path) -> Result<(), VaultError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| io(folder, source))
}

pub(super) fn io(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An empty folder that goes with its test.
    pub(in crate::vault) struct Folder(PathBuf);

    impl Folder {
        pub(in crate::vault) fn new(name: &str) -> Self {
            let name = format!("akashi-vault-{}-{name}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        pub(in crate::vault) fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_in_place_of_a_file_is_said() {
        let folder = Folder::new("files-folder");
        let fault = read(&folder.path("")).unwrap_err();
        assert!(matches!(fault, VaultError::Io { .. }), "{fault}");
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let folder = Folder::new("files-none");
        let fault = create(&folder.path("no/such/kek.json"), b"secret").unwrap_err();
        assert!(matches!(fault, VaultError::Io { .. }), "{fault}");
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 0);
    }
}
