//! Where PostgreSQL's own programs lie on this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::ClusterError;

/// Views with `security_invoker`, which row-level security needs, came with 15.
const OLDEST: u32 = 15;
const DEBIAN: &str = "/usr/lib/postgresql";

/// Folders that hold `initdb` and `postgres`, best first.
#[derive(Debug, Clone)]
pub struct Programs {
    found: Vec<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// The folder to use: the one whose major version made the data, else the best.
    pub(super) fn folder_for(&self, data_version: Option<&str>) -> Option<&Path> {
        self.found
            .iter()
            .find(|found| data_version.is_none_or(|version| version == found.major.to_string()))
            .map(|found| found.folder.as_path())
    }

    /// The folder that a new cluster is made with.
    pub fn folder(&self) -> Option<&Path> {
        self.folder_for(None)
    }
}

/// Looks in `hint` alone where one is given; else along `path` (the value of `PATH`), where `pg_config --bindir`
/// points, and in Debian's `/usr/lib/postgresql/*/bin`, newest first.
///
/// # Errors
/// [`ClusterError::NotInstalled`], or [`ClusterError::NotInFolder`] for a hint that holds no usable pair.
pub fn find_programs(hint: Option<&Path>, path: Option<&OsStr>) -> Result<Programs, ClusterError> {
    find_below(hint, path, Path::new(DEBIAN))
}

fn find_below(
    hint: Option<&Path>,
    path: Option<&OsStr>,
    debian: &Path,
) -> Result<Programs, ClusterError> {
    if let Some(folder) = hint {
        let found = usable(folder).ok_or_else(|| ClusterError::NotInFolder {
            folder: folder.to_path_buf(),
            min: OLDEST,
        })?;
        return Ok(Programs { found: vec![found] });
    }
    let on_path: Vec<PathBuf> = path
        .map(|value| {
            std::env::split_paths(value)
                .filter(|p| p.is_absolute())
                .collect()
        })
        .unwrap_or_default();
    let mut folders = on_path.clone();
    folders.extend(on_path.iter().find_map(|folder| bindir(folder)));
    folders.extend(debian_folders(debian));
    let mut found: Vec<Found> = Vec::new();
    for folder in folders {
        if found.iter().any(|known| known.folder == folder) {
            continue;
        }
        found.extend(usable(&folder));
    }
    if found.is_empty() {
        return Err(ClusterError::NotInstalled { min: OLDEST });
    }
    Ok(Programs { found })
}

fn bindir(folder: &Path) -> Option<PathBuf> {
    let answer = first_line(&folder.join("pg_config"), "--bindir")?;
    Some(PathBuf::from(answer))
}

fn debian_folders(debian: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(debian)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// Both programs are there, answer, and are new enough.
fn usable(folder: &Path) -> Option<Found> {
    first_line(&folder.join("initdb"), "--version")?;
    let major = major_of(&first_line(&folder.join("postgres"), "--version")?)?;
    (major >= OLDEST).then(|| Found {
        folder: folder.to_path_buf(),
        major,
    })
}

fn first_line(program: &Path, argument: &str) -> Option<String> {
    if !program.is_file() {
        return None;
    }
    let output = Command::new(program)
        .arg(argument)
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.lines().next().map(|line| line.trim().to_owned()))?
}

/// `postgres (PostgreSQL) 15.18 (Debian …)`, also `17devel` and `18beta1`.
fn major_of(answer: &str) -> Option<u32> {
    let version = answer.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn fake(folder: &Path, version: &str) {
        std::fs::create_dir_all(folder).unwrap();
        for name in ["initdb", "postgres"] {
            let file = folder.join(name);
            std::fs::write(
                &file,
                format!("#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n"),
            )
            .unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn scratch(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("akashi-programs-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn newest_debian_version_first_and_the_datas_own_where_there_is_data() {
        let debian = scratch("debian");
        fake(&debian.join("9/bin"), "9.6.24");
        fake(&debian.join("15/bin"), "15.18 (Debian 15.18-0)");
        fake(&debian.join("17/bin"), "17beta1");
        std::fs::create_dir_all(debian.join("18/bin")).unwrap();
        let programs = find_below(None, None, &debian).unwrap();
        assert_eq!(programs.folder(), Some(debian.join("17/bin").as_path()));
        assert_eq!(
            programs.folder_for(Some("15")),
            Some(debian.join("15/bin").as_path())
        );
        assert_eq!(programs.folder_for(Some("9")), None, "too old to be served");
        std::fs::remove_dir_all(debian).unwrap();
    }

    #[test]
    fn path_goes_before_debians_folder_and_pg_config_leads_on() {
        let home = scratch("path");
        fake(&home.join("usr/15/bin"), "15.1");
        fake(&home.join("opt/bin"), "16.2");
        let tools = home.join("tools");
        std::fs::create_dir_all(&tools).unwrap();
        let config = tools.join("pg_config");
        std::fs::write(
            &config,
            format!("#!/bin/sh\necho {}\n", home.join("opt/bin").display()),
        )
        .unwrap();
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o755)).unwrap();
        let programs = find_below(None, Some(tools.as_os_str()), &home.join("usr")).unwrap();
        assert_eq!(programs.folder(), Some(home.join("opt/bin").as_path()));
        let direct = find_below(
            None,
            Some(home.join("opt/bin").as_os_str()),
            &home.join("none"),
        )
        .unwrap();
        assert_eq!(direct.folder(), Some(home.join("opt/bin").as_path()));
        std::fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn nothing_installed_is_one_sentence_that_says_what_to_install() {
        let nowhere = scratch("none");
        let error = find_below(None, Some(nowhere.as_os_str()), &nowhere)
            .unwrap_err()
            .to_string();
        assert!(error.contains("apt-get install postgresql"), "{error}");
        assert!(!error.contains('\n'));
        let hinted = find_below(Some(&nowhere), None, Path::new(DEBIAN))
            .unwrap_err()
            .to_string();
        assert!(hinted.contains(&*nowhere.to_string_lossy()), "{hinted}");
        std::fs::remove_dir_all(nowhere).unwrap();
    }
}
