//! The only reader of the environment; typed; secrets are named by files and never print.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::mail::{Guard, MailSettings};
use crate::vault::VaultFiles;

/// Where each site is reached from outside: used in mails, the QR code and the Origin check.
/// No trailing slash, path included: `https://netdesk.example/netdesk`.
#[derive(Debug, Clone)]
pub struct Addresses {
    pub netdesk: String,
    pub office: String,
    pub dsure: String,
}

impl Addresses {
    /// All three sites on one origin, as `demo` and small installations have it.
    pub fn on(origin: &str) -> Self {
        Self {
            netdesk: format!("{origin}/netdesk"),
            office: format!("{origin}/office"),
            dsure: format!("{origin}/dsure"),
        }
    }
}

/// The shown names of the sites, settings of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Net Desk's shown name.
    pub netdesk: String,
    /// The Office's shown name.
    pub office: String,
    /// D-Sure's shown name.
    pub dsure: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            netdesk: "ネットデスク".into(),
            office: "保証業務".into(),
            dsure: "保証確認サービス（D-Sure）".into(),
        }
    }
}

/// Everything a production process is told.
pub struct Settings {
    /// One login for all roles, where the four below are not given.
    pub database: Option<Login>,
    pub netdesk_database: Option<Login>,
    pub office_database: Option<Login>,
    pub dsure_database: Option<Login>,
    pub worker_database: Option<Login>,
    /// Connections per pool.
    pub pool: usize,
    pub bind: SocketAddr,
    /// `/metrics`, on a port of its own.
    pub metrics_bind: Option<SocketAddr>,
    /// Proxies in front, where somebody said how many.
    trusted_proxies: Option<usize>,
    pub names: Names,
    env: Env,
}

/// A database address, its password read from a file.
#[derive(Clone)]
pub struct Login {
    pub url: String,
    pub password: Option<Zeroizing<String>>,
}

/// Answers for a variable's name.
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The environment as it was given, or as a test gives it.
pub struct Env(Lookup);

impl Env {
    /// The process' own.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
    pub fn of_process() -> Self {
        Self(Box::new(|name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        }))
    }

    /// From pairs, for tests.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self(Box::new(move |wanted| {
            pairs
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
        }))
    }

    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }

    fn parse<T: FromStr>(&self, name: &str, meaning: &str) -> Result<Option<T>, Missing> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value
                .parse()
                .map(Some)
                .map_err(|_| Missing(format!("{name} must be {meaning}, but is {value:?}."))),
        }
    }

    fn need(&self, name: &str, meaning: &str) -> Result<String, Missing> {
        self.get(name)
            .ok_or_else(|| Missing(format!("{name} is missing: set it to {meaning}.")))
    }
}

/// One sentence that names what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Missing(pub String);

impl Settings {
    /// # Errors
    /// One sentence naming what is missing or cannot be read.
    pub fn read(env: Env) -> Result<Self, Missing> {
        let database = login(&env, "DATABASE_URL", "AKASHI_DATABASE_PASSWORD_FILE")?;
        let site = |name: &str| {
            login(
                &env,
                &format!("AKASHI_{name}_DATABASE_URL"),
                &format!("AKASHI_{name}_DATABASE_PASSWORD_FILE"),
            )
        };
        let names = Names::default();
        Ok(Self {
            netdesk_database: site("NETDESK")?,
            office_database: site("OFFICE")?,
            dsure_database: site("DSURE")?,
            worker_database: site("WORKER")?,
            database,
            pool: env
                .parse("AKASHI_POOL", "a number of connections")?
                .unwrap_or(10),
            bind: env
                .parse("AKASHI_BIND", "an address like 0.0.0.0:8080")?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            metrics_bind: env.parse("AKASHI_METRICS_BIND", "an address like 127.0.0.1:9100")?,
            trusted_proxies: env
                .parse("AKASHI_TRUSTED_PROXIES", "the number of proxies in front")?,
            names: Names {
                netdesk: env.get("AKASHI_NETDESK_NAME").unwrap_or(names.netdesk),
                office: env.get("AKASHI_OFFICE_NAME").unwrap_or(names.office),
                dsure: env.get("AKASHI_DSURE_NAME").unwrap_or(names.dsure),
            },
            env,
        })
    }

    /// The owner's login, for `migrate`, `user` and `surety`.
    ///
    /// # Errors
    /// When `DATABASE_URL` is missing.
    pub fn owner(&self) -> Result<&Login, Missing> {
        self.database.as_ref().ok_or_else(|| {
            Missing(
                "DATABASE_URL is missing: set it to the database's address (without its password; AKASHI_DATABASE_PASSWORD_FILE names the file that holds it)."
                    .to_owned(),
            )
        })
    }

    /// The outside addresses of the sites.
    ///
    /// # Errors
    /// When one is missing or is not https (plain http is taken for loopback only).
    pub fn addresses(&self) -> Result<Addresses, Missing> {
        let one = |name: &str, path: &str| {
            let variable = format!("AKASHI_{name}_URL");
            let meaning = format!("the site's outside address, like https://example.jp{path}");
            let url = self.env.need(&variable, &meaning)?;
            let url = url.trim_end_matches('/').to_owned();
            let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
                .iter()
                .any(|start| {
                    url.strip_prefix(start)
                        .is_some_and(|rest| rest.starts_with(':') || rest.starts_with('/'))
                });
            if !(url.starts_with("https://") || loopback) {
                return Err(Missing(format!("{variable} must begin with https://.")));
            }
            if !url.ends_with(path) {
                return Err(Missing(format!("{variable} must end in {path}.")));
            }
            Ok(url)
        };
        Ok(Addresses {
            netdesk: one("NETDESK", "/netdesk")?,
            office: one("OFFICE", "/office")?,
            dsure: one("DSURE", "/dsure")?,
        })
    }

    /// How many proxies stand between visitors and this process, for the sites served at `served`.
    ///
    /// # Errors
    /// When nobody said so and a site is reached by https, which ends at a proxy: all visitors would
    /// count as one network, and one person's failures would lock out everybody.
    pub fn proxies(&self, served: &[&str]) -> Result<usize, Missing> {
        match self.trusted_proxies {
            Some(count) => Ok(count),
            None if served.iter().any(|url| url.starts_with("https://")) => Err(Missing(
                "AKASHI_TRUSTED_PROXIES is missing: set it to the number of proxies between the visitors and this process (0 where visitors reach it directly)."
                    .to_owned(),
            )),
            None => Ok(0),
        }
    }

    /// The key rings this process is given.
    ///
    /// # Errors
    /// When one that is needed is missing.
    pub fn rings(&self, need: Rings) -> Result<VaultFiles, Missing> {
        let file = |needed: bool, name: &str, what: &str| {
            if needed {
                self.env
                    .need(
                        name,
                        &format!("the file of the {what} (made by `akashi keys make`)"),
                    )
                    .map(|path| Some(PathBuf::from(path)))
            } else {
                Ok(None)
            }
        };
        Ok(VaultFiles {
            kek: file(need.kek, "AKASHI_KEK_FILE", "key-encryption keys")?,
            pepper: file(need.pepper, "AKASHI_PEPPER_FILE", "peppers")?,
            signing: file(need.signing, "AKASHI_SIGNING_FILE", "signing keys")?,
        })
    }

    /// How mail leaves.
    ///
    /// # Errors
    /// When host or sender is missing, or a guard is unknown.
    pub fn mail(&self) -> Result<MailSettings, Missing> {
        let host = self
            .env
            .need("AKASHI_SMTP_HOST", "the mail server's name")?;
        let guard = match self.env.get("AKASHI_SMTP_TLS").as_deref() {
            None | Some("starttls") => Guard::StartTls,
            Some("tls") => Guard::Tls,
            Some("none") => Guard::Plain,
            Some(other) => {
                return Err(Missing(format!(
                    "AKASHI_SMTP_TLS must be starttls, tls or none, but is {other:?}."
                )));
            }
        };
        let standard = if guard == Guard::Tls { 465 } else { 587 };
        let login = match self.env.get("AKASHI_SMTP_USER") {
            None => None,
            Some(user) => {
                let file = self.env.need(
                    "AKASHI_SMTP_PASSWORD_FILE",
                    "the file of the mail server's password",
                )?;
                if guard == Guard::Plain && !is_loopback(&host) {
                    return Err(Missing(format!(
                        "AKASHI_SMTP_TLS is none, and {host} is not this machine: the password of AKASHI_SMTP_USER would travel in the clear. Set it to starttls or tls."
                    )));
                }
                Some((user, secret("AKASHI_SMTP_PASSWORD_FILE", Path::new(&file))?))
            }
        };
        Ok(MailSettings {
            host,
            port: self
                .env
                .parse("AKASHI_SMTP_PORT", "a port number")?
                .unwrap_or(standard),
            guard,
            login,
            from: self.env.need("AKASHI_MAIL_FROM", "the sender's address")?,
            timeout: Duration::from_secs(30),
        })
    }
}

/// Which rings a process needs: each is given no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rings {
    pub kek: bool,
    pub pepper: bool,
    pub signing: bool,
}

impl Rings {
    pub const NETDESK: Self = Self {
        kek: true,
        pepper: false,
        signing: false,
    };
    pub const OFFICE: Self = Self {
        kek: false,
        pepper: false,
        signing: false,
    };
    pub const DSURE: Self = Self {
        kek: false,
        pepper: true,
        signing: false,
    };
    pub const WORKER: Self = Self {
        kek: true,
        pepper: true,
        signing: true,
    };
    pub const ALL_SITES: Self = Self {
        kek: true,
        pepper: true,
        signing: false,
    };
}

fn login(env: &Env, url: &str, password_file: &str) -> Result<Option<Login>, Missing> {
    let Some(address) = env.get(url) else {
        return Ok(None);
    };
    let authority = address
        .split_once("://")
        .map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(""));
    let user_info = authority.rsplit_once('@').map_or("", |(user, _)| user);
    if user_info.contains(':') || address.contains("password=") {
        return Err(Missing(format!(
            "{url} must not hold a password: put it into a file and name that in {password_file}."
        )));
    }
    let password = match env.get(password_file) {
        None => None,
        Some(path) => Some(secret(password_file, Path::new(&path))?),
    };
    Ok(Some(Login {
        url: address,
        password,
    }))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A secret file's one line; refused where others could read it too, as key rings are.
fn secret(name: &str, path: &Path) -> Result<Zeroizing<String>, Missing> {
    let bytes =
        crate::vault::read_secret(path).map_err(|error| Missing(format!("{name}: {error}")))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Missing(format!("{name}: {} is no text.", path.display())))?;
    let trimmed = text.trim_end_matches(['\r', '\n']);
    if trimmed.is_empty() {
        return Err(Missing(format!("{name}: {} is empty.", path.display())));
    }
    Ok(Zeroizing::new(trimmed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings::read(Env::of(pairs)).unwrap()
    }

    #[test]
    fn what_is_missing_is_named_in_one_sentence() {
        let empty = settings(&[]);
        assert!(
            empty
                .owner()
                .is_err_and(|e| e.0.starts_with("DATABASE_URL is missing"))
        );
        assert!(
            empty
                .addresses()
                .is_err_and(|e| e.0.contains("AKASHI_NETDESK_URL is missing"))
        );
        assert!(
            empty
                .mail()
                .is_err_and(|e| e.0.contains("AKASHI_SMTP_HOST is missing"))
        );
        let rings = empty.rings(Rings::WORKER);
        assert!(rings.is_err_and(|e| e.0.contains("AKASHI_KEK_FILE is missing")));
        assert!(empty.rings(Rings::OFFICE).is_ok());
    }

    #[test]
    fn behind_https_somebody_says_how_many_proxies_there_are() {
        let count = |pairs: &[(&str, &str)], url| settings(pairs).proxies(&[url]);
        let outside = "https://n.example/netdesk";
        assert!(count(&[], outside).is_err_and(|e| e.0.starts_with("AKASHI_TRUSTED_PROXIES is")));
        assert_eq!(count(&[], "http://127.0.0.1:8080/netdesk"), Ok(0));
        assert_eq!(count(&[("AKASHI_TRUSTED_PROXIES", "0")], outside), Ok(0));
        assert_eq!(count(&[("AKASHI_TRUSTED_PROXIES", "2")], outside), Ok(2));
        let odd = Settings::read(Env::of(&[("AKASHI_TRUSTED_PROXIES", "one")]));
        assert!(odd.is_err_and(|e| e.0.contains("AKASHI_TRUSTED_PROXIES must be")));
    }

    #[test]
    fn secrets_stay_secret_on_the_disk_and_on_the_wire() {
        use std::os::unix::fs::PermissionsExt;
        let file = std::env::temp_dir().join(format!("akashi-config-{}", std::process::id()));
        let mode = |mode| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        std::fs::write(&file, "secret\n").unwrap();
        let path = file.to_str().unwrap().to_owned();
        let mail = |host, tls| {
            settings(&[
                ("AKASHI_SMTP_HOST", host),
                ("AKASHI_SMTP_TLS", tls),
                ("AKASHI_SMTP_USER", "akashi"),
                ("AKASHI_SMTP_PASSWORD_FILE", &path),
                ("AKASHI_MAIL_FROM", "no-reply@akashi.example"),
            ])
            .mail()
        };
        mode(0o644);
        assert!(mail("mail.example", "tls").is_err_and(|e| e.0.contains("0644")));
        mode(0o400);
        let login = mail("mail.example", "tls").unwrap().login.unwrap();
        assert_eq!(*login.1, "secret");
        assert!(mail("mail.example", "none").is_err_and(|e| e.0.contains("in the clear")));
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(mail(host, "none").is_ok(), "{host}");
        }
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn a_password_in_an_address_is_refused() {
        for url in ["postgres://a:b@h/d", "postgres://a@h/d?password=b"] {
            let read = Settings::read(Env::of(&[("DATABASE_URL", url)]));
            assert!(
                read.is_err_and(|e| e.0.contains("must not hold a password")),
                "{url}"
            );
        }
        assert!(Settings::read(Env::of(&[("DATABASE_URL", "postgres://a@h:5432/d")])).is_ok());
    }

    #[test]
    fn sites_outside_loopback_are_https() {
        let site = |url| {
            settings(&[
                ("AKASHI_NETDESK_URL", url),
                ("AKASHI_OFFICE_URL", "https://o.example/office"),
                ("AKASHI_DSURE_URL", "https://d.example/dsure/"),
            ])
            .addresses()
        };
        assert!(site("http://n.example/netdesk").is_err());
        assert!(site("http://localhost.example/netdesk").is_err());
        assert!(site("https://n.example").is_err());
        assert!(site("http://127.0.0.1:8080/netdesk").is_ok());
        assert!(
            site("https://n.example/netdesk").is_ok_and(|a| a.dsure == "https://d.example/dsure")
        );
    }
}
