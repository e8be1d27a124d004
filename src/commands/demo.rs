//! `demo`: everything on this machine with one command.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use akashi::clock::{Chance, Clock};
use akashi::config::{Addresses, Env, Login, Names};
use akashi::db::{Db, Pool};
use akashi::demo::catcher::Catcher;
use akashi::demo::cluster::{Cluster, find_programs};
use akashi::demo::world;
use akashi::domain::era;
use akashi::mail::{Guard, MailSettings, Mailer};
use akashi::services::accounts::DEMO_PASSWORD;
use akashi::sites;
use akashi::vault::{Cost, Vault, VaultFiles, cli};
use akashi::web::serve::{ServeLimits, serve as accept};
use akashi::web::site::Site;
use akashi::worker;
use clap::Args;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::serve::{house, listen, stopped, stopper};
use super::setup::{app, block_on, hashing_threads, migrate_over, options};
use super::{Ended, logs, say};

const DATABASE: &str = "akashi";

#[derive(Debug, Args)]
pub struct Options {
    /// Where the three sites are served.
    #[arg(long, default_value = "127.0.0.1:8080")]
    bind: SocketAddr,
    /// Where everything is kept: the database's files, key rings, caught mails.
    #[arg(long, default_value = "./.data")]
    data: PathBuf,
}

pub fn run(demo: &Options) -> Ended {
    logs(false, "warn");
    if !demo.bind.ip().is_loopback() {
        return Err(format!(
            "demo shows its passwords to everybody who opens it, so it is reached from this machine alone: --bind takes a loopback address like 127.0.0.1:8080, not {}.",
            demo.bind
        ));
    }
    let env = Env::of_process();
    std::fs::create_dir_all(&demo.data)
        .map_err(|error| format!("{} cannot be made: {error}", demo.data.display()))?;
    let data = demo
        .data
        .canonicalize()
        .map_err(|error| format!("{} cannot be found: {error}", demo.data.display()))?;
    // From the main thread: the server is told when the thread that started it ends.
    let (cluster, address) = match env.get("DATABASE_URL") {
        Some(url) => (None, url),
        None => {
            let path = env.get("PATH").map(OsString::from);
            let programs =
                find_programs(None, path.as_deref()).map_err(|error| error.to_string())?;
            let cluster = Cluster::start(&programs, &data).map_err(|error| error.to_string())?;
            let url = cluster.url(DATABASE);
            (Some(cluster), url)
        }
    };
    let place = cluster.as_ref().map(|cluster| Place {
        server: cluster.url("postgres"),
        folder: cluster.place().to_path_buf(),
        moved: cluster.moved(),
    });
    let ended = block_on(live(demo, &data, &address, place));
    if let Some(cluster) = cluster {
        cluster.stop().map_err(|error| error.to_string())?;
    }
    ended
}

/// The private server, where there is one.
struct Place {
    server: String,
    folder: PathBuf,
    moved: bool,
}

async fn live(demo: &Options, data: &Path, address: &str, place: Option<Place>) -> Ended {
    let stop = stopper()?;
    // The port first: a second start elsewhere fails before anything is touched.
    let listener = listen(demo.bind).await?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    if let Some(place) = &place {
        make_database(&place.server).await?;
    }
    let login = Login {
        url: address.to_owned(),
        password: None,
    };
    let options = options(&login)?;
    if place.is_none() {
        refuse_strangers(&options).await?;
    }
    migrate_over(&options).await?;
    let keys = data.join("keys");
    make_rings(&keys)?;
    let vault = Vault::load(&VaultFiles::all_in(&keys), hashing_threads(), Cost::Real)
        .map_err(|error| error.sentence())?;
    let mails = data.join("mail");
    let catcher = Catcher::start(SocketAddr::from(([127, 0, 0, 1], 0)), mails.clone())
        .await
        .map_err(|error| format!("the mail catcher could not be started: {error}"))?;
    let mailer = Mailer::new(&MailSettings {
        host: catcher.addr().ip().to_string(),
        port: catcher.addr().port(),
        guard: Guard::Plain,
        login: None,
        from: "no-reply@akashi.example".to_owned(),
        timeout: Duration::from_secs(10),
    })
    .map_err(|error| error.to_string())?;
    let origin = format!("http://{bound}");
    let app = app(
        Db::shared(Pool::new(options, 12)),
        vault,
        Addresses::on(&origin),
        Names::default(),
        true,
    );
    world::load(&app, &mailer)
        .await
        .map_err(|error| format!("the demo world could not be loaded: {error}"))?;
    let served = [Site::Netdesk, Site::Office, Site::Dsure];
    let more = vec![(Site::Demo, sites::demo::routes(mails.clone()))];
    let router = house(&app, 0, &served, more);
    let worker = tokio::spawn(worker::run(app.clone(), mailer, stop.clone()));
    greet(&origin, data, &mails, place.as_ref());
    accept(listener, router, ServeLimits::default(), stopped(stop))
        .await
        .map_err(|error| format!("the web stopped: {error}"))?;
    // A job under way is finished; a mail server that says nothing is not waited for.
    let _ = tokio::time::timeout(Duration::from_millis(500), worker).await;
    let _ = tokio::time::timeout(Duration::from_millis(300), app.db.close()).await;
    Ok(())
}

/// A database in which anybody else's sureties stand is left as it is.
async fn refuse_strangers(options: &PgConnectOptions) -> Ended {
    let broken = |error: sqlx::Error| format!("the database could not be read: {error}");
    let mut conn = PgConnection::connect_with(options).await.map_err(broken)?;
    let mut tx = conn.begin().await.map_err(broken)?;
    let there: bool = sqlx::query_scalar("select to_regclass('public.sureties') is not null")
        .fetch_one(&mut *tx)
        .await
        .map_err(broken)?;
    if !there {
        return Ok(());
    }
    // Row-level security binds the tables' owner too.
    let sql = "set local role founder";
    sqlx::raw_sql(sql).execute(&mut *tx).await.map_err(broken)?;
    let names: Vec<String> = sqlx::query_scalar("select name from sureties order by id")
        .fetch_all(&mut *tx)
        .await
        .map_err(broken)?;
    let known = world::surety_names();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(stranger) => Err(format!(
            "the database that DATABASE_URL names holds {stranger}, which is not of the demo: give demo a database of its own, or none."
        )),
    }
}

async fn make_database(server: &str) -> Ended {
    let options: PgConnectOptions = server
        .parse()
        .map_err(|error| format!("the server's address cannot be read: {error}"))?;
    let broken = |error: sqlx::Error| format!("the database could not be made: {error}");
    let mut conn = PgConnection::connect_with(&options).await.map_err(broken)?;
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut conn)
            .await
            .map_err(broken)?;
    if !there {
        sqlx::query("create database akashi")
            .execute(&mut conn)
            .await
            .map_err(broken)?;
    }
    conn.close().await.map_err(broken)
}

/// The demo's own rings, made on the first start; never a built-in secret.
fn make_rings(folder: &Path) -> Ended {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let today = era::tokyo_date(Clock::System.now());
    cli::make_keys(folder, &['M', 'H'], &mut Chance::System.rng(), today)
        .map(drop)
        .map_err(|error| error.sentence())
}

fn greet(origin: &str, data: &Path, mails: &Path, place: Option<&Place>) {
    say("");
    say("Akashi 証 — デモ");
    say(&format!("  入口（三つの扉）      {origin}/"));
    say(&format!("  ネットデスク          {origin}/netdesk/"));
    say(&format!("  保証業務              {origin}/office/"));
    say(&format!("  保証確認（D-Sure）    {origin}/dsure/"));
    say("");
    say(&format!("  パスワードはすべて    {DEMO_PASSWORD}"));
    let netdesk: Vec<_> = world::netdesk_logins()
        .iter()
        .map(|login| login.login)
        .collect();
    let office: Vec<_> = world::office_logins()
        .iter()
        .map(|login| login.login)
        .collect();
    say(&format!("  ネットデスク          {}", netdesk.join("  ")));
    for (index, line) in office.chunks(5).enumerate() {
        let head = if index == 0 {
            "保証業務    "
        } else {
            "            "
        };
        say(&format!("  {head}          {}", line.join("  ")));
    }
    say("");
    say(&format!(
        "  メールは外へ出ません  {}（{origin}/demo/mail で読めます）",
        mails.display()
    ));
    say(&format!("  データ                {}", data.display()));
    match place {
        Some(place) if place.moved => say(&format!(
            "  データベース          {}（このフォルダーには、PostgreSQL を動かす利用者が入れないため）",
            place.folder.display()
        )),
        Some(_) => {}
        None => say("  データベース          DATABASE_URL のもの"),
    }
    say("  終わるときは Ctrl-C");
    say("");
}
