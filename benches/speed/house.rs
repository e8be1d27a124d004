//! The private cluster, the key rings, and what is measured once: memory, PDFs, the start.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use akashi::app::App;
use akashi::clock::{Chance, Clock};
use akashi::config::{Addresses, Names};
use akashi::db::{Db, Pool};
use akashi::demo::catcher::Catcher;
use akashi::demo::cluster::{Cluster, find_programs};
use akashi::domain::era;
use akashi::mail::{Guard, MailSettings, Mailer};
use akashi::vault::{Cost, Vault, VaultFiles, cli};
use sqlx::postgres::PgConnectOptions;

use super::limit::{Round, Server};
use super::load::Ask;
use super::report::Report;
use super::stage::{self, Process, Stage, Web};
use super::{Outcome, cpu, load, world};

/// As production has it: fsync and synchronous commit stay on. The log's prefix marks its entries.
const SETTINGS: [&str; 4] = [
    "max_connections=100",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "log_line_prefix=@@%p ",
];

pub struct House {
    cluster: Cluster,
    server: Server,
    options: PgConnectOptions,
    scratch: PathBuf,
    keep: bool,
}

impl House {
    pub fn open(keep: bool) -> Outcome<Self> {
        let scratch = std::env::temp_dir().join(format!("akashi-bench-{}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        // The server may run under another user, who must get through.
        fs::set_permissions(&scratch, fs::Permissions::from_mode(0o755))?;
        let programs = find_programs(None, std::env::var_os("PATH").as_deref())?;
        let cluster = Cluster::start_with(&programs, &scratch.join("data"), &SETTINGS)?;
        let folder = programs.folder().ok_or("no PostgreSQL programs")?;
        let server = Server {
            pgbench: pgbench(folder),
            socket: cluster.socket_folder().to_path_buf(),
            user: cluster.user().to_owned(),
            postmaster: cluster.pid(),
            log: cluster.place().join("postgres.log"),
            scratch: scratch.clone(),
        };
        let keys = scratch.join("keys");
        fs::create_dir_all(&keys)?;
        let today = era::tokyo_date(Clock::System.now());
        cli::make_keys(&keys, &['M', 'H'], &mut Chance::System.rng(), today)
            .map_err(|error| error.sentence())?;
        Ok(Self {
            options: cluster.url("postgres").parse()?,
            server,
            cluster,
            scratch,
            keep,
        })
    }

    /// Stops the server and takes everything away.
    pub fn close(self) -> Outcome<()> {
        let place = self.cluster.place().to_path_buf();
        self.cluster.stop()?;
        if self.keep {
            eprintln!("kept: {}", self.scratch.display());
        } else {
            fs::remove_dir_all(&self.scratch)?;
            let _ = fs::remove_dir_all(place);
        }
        Ok(())
    }

    fn vault(&self, cost: Cost) -> Outcome<Vault> {
        let files = VaultFiles::all_in(&self.scratch.join("keys"));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Vault::load(&files, threads, cost).map_err(|error| error.sentence())?)
    }

    /// A kitchen without a database yet.
    pub fn app(&self, cost: Cost) -> Outcome<App> {
        let nowhere = Pool::new(self.options.clone(), 1);
        Ok(App {
            db: Db::shared(nowhere),
            clock: Clock::System,
            chance: Chance::System,
            vault: Arc::new(self.vault(cost)?),
            addresses: Arc::new(Addresses::on("http://127.0.0.1")),
            names: Arc::new(Names::default()),
            demo: true,
        })
    }

    /// A database of so many guarantees with the web before it, warm.
    pub async fn stage(&self, guarantees: i64) -> Outcome<Stage> {
        let name = format!("akashi_{guarantees}");
        let catcher = Catcher::start(
            std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
            self.scratch.join("mail"),
        )
        .await?;
        let mailer = Mailer::new(&MailSettings {
            host: catcher.addr().ip().to_string(),
            port: catcher.addr().port(),
            guard: Guard::Plain,
            login: None,
            from: "no-reply@akashi.example".to_owned(),
            timeout: Duration::from_secs(10),
        })?;
        let real = self.app(Cost::Real)?;
        let kitchen = |db| App { db, ..real.clone() };
        let world = world::build(
            &self.options,
            &name,
            guarantees,
            &real.vault,
            kitchen,
            &mailer,
        )
        .await?;
        let url = self.cluster.url(&name);
        let keys = self.scratch.join("keys");
        let cheap = self.app(Cost::Cheap)?;
        let options = self.options.clone().database(&name);
        let cheap = App {
            db: Db::shared(Pool::new(options.clone(), 10)),
            ..cheap
        };
        let stage = Stage::open(world, self.server.clone(), options, &url, &keys, &cheap).await?;
        cheap.db.close().await;
        Ok(stage)
    }

    /// The hashing threads alone, kept busy by eight that wait.
    pub async fn argon2(&self, app: &App, time: Duration) -> Outcome<Round> {
        let hashing = app.vault.hashing().clone();
        let verifier = hashing.hash_key("AAAAaaaa2222", app.chance.bytes()).await?;
        let me = std::process::id();
        let before = cpu::of(me);
        let began = Instant::now();
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..world::CLIENTS {
            let (hashing, verifier) = (hashing.clone(), verifier.clone());
            waiting.spawn(async move {
                let mut done = 0_u32;
                while began.elapsed() < time {
                    let right = hashing
                        .verify_key_or_dummy("AAAAaaaa2222", Some(&verifier))
                        .await?;
                    if !right {
                        return Err("a right key was found wrong".into());
                    }
                    done += 1;
                }
                Outcome::Ok(done)
            });
        }
        let mut done = 0;
        while let Some(part) = waiting.join_next().await {
            done += part??;
        }
        Ok(Round {
            per_second: f64::from(done) / began.elapsed().as_secs_f64(),
            cpu: (cpu::of(me) - before) / f64::from(done.max(1)),
        })
    }
}

/// Memory after the load with 1,000 sign-ins and 1,000 PDFs, and what a warm PDF takes.
pub async fn living(house: &House, stage: Stage, report: &mut Report) -> Outcome<()> {
    let host = stage.host;
    let url = house.cluster.url(&stage.world.name);
    let catcher = Catcher::start(
        std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        house.scratch.join("mail-work"),
    )
    .await?;
    let mut environment = stage::environment(&url, &house.scratch.join("keys"), host);
    environment.extend([
        ("AKASHI_SMTP_HOST", catcher.addr().ip().to_string()),
        ("AKASHI_SMTP_PORT", catcher.addr().port().to_string()),
        ("AKASHI_SMTP_TLS", "none".to_owned()),
        ("AKASHI_MAIL_FROM", "no-reply@akashi.example".to_owned()),
    ]);
    let worker = Process::start(&["work"], &environment, &house.scratch.join("work.log"))?;
    let each = 1_000_usize.div_ceil(world::CLIENTS);
    let signins = stage.ours(Web::SignIn, Duration::from_secs(90), each)?;
    let desk = stage.world.desks.first().ok_or("nobody is signed in")?;
    let asks: Vec<Ask> = desk
        .numbers
        .iter()
        .map(|number| {
            let path = format!("/netdesk/guarantees/{number}/certificates/1.pdf");
            Ask::get(host, &path, &format!("akashi_nd={}", desk.token), "%PDF-")
        })
        .collect();
    let one = std::slice::from_ref(&asks);
    load::run(host, one, Duration::from_secs(20), 20)?;
    let before = cpu::of(stage.web.pid());
    let pdfs = load::run(host, one, Duration::from_secs(60), 1_000)?;
    let spent = (cpu::of(stage.web.pid()) - before) * 1000.0 / pdfs.done.max(1) as f64;
    report.living(
        signins.load.done,
        &pdfs,
        spent,
        cpu::resident(stage.web.pid()),
        cpu::resident(worker.pid()),
    );
    worker.stop()?;
    // The start on what is there.
    stage.web.stop()?;
    let began = Instant::now();
    let log = house.scratch.join("again.log");
    let web = Process::start(&["serve"], &environment, &log)?;
    stage::first_answer(host, "/dsure/")?;
    report.started("serve", began.elapsed().as_secs_f64());
    web.stop()
}

/// `demo` on a cluster that is there already: from the command to the first page.
pub fn starting(house: &House, report: &mut Report) -> Outcome<()> {
    let data = house.scratch.join("demo");
    let host = stage::free_port()?;
    let bind = host.to_string();
    let folder = data.display().to_string();
    fs::create_dir_all(&data)?;
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755))?;
    let log = house.scratch.join("demo.log");
    let arguments = ["demo", "--bind", bind.as_str(), "--data", folder.as_str()];
    for again in [false, true] {
        let began = Instant::now();
        let demo = Process::start(&arguments, &[], &log)?;
        stage::first_answer(host, "/")?;
        let seconds = began.elapsed().as_secs_f64();
        report.started(if again { "demo, again" } else { "demo, first" }, seconds);
        demo.stop()?;
    }
    Ok(())
}

/// pgbench lies beside the server's programs, or where their links lead, or on the PATH.
fn pgbench(folder: &Path) -> PathBuf {
    let real = fs::canonicalize(folder.join("postgres")).unwrap_or_default();
    [Some(folder), real.parent()]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.is_file())
        .unwrap_or_else(|| PathBuf::from("pgbench"))
}
