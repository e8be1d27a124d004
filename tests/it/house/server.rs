//! One PostgreSQL for the whole run: the one that `tests/run` started, or one of our own. Each test
//! clones a template that is migrated and has the demo's people.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::mpsc;

use akashi::db::{self, Db, Pool};
use akashi::demo::catcher::Catcher;
use akashi::demo::cluster::{Cluster, find_programs};
use akashi::demo::world;
use akashi::vault::Cost;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;

static SERVER: OnceLock<String> = OnceLock::new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static TOLD: OnceCell<String> = OnceCell::const_new();

/// The address of a database of this run's server.
#[expect(clippy::disallowed_methods, reason = "the tests' one setting")]
pub fn url(database: &str) -> String {
    SERVER
        .get_or_init(|| {
            super::sweep::sweep(&std::env::temp_dir());
            std::env::var("AKASHI_TEST_SERVER").unwrap_or_else(|_| start())
        })
        .replace("{database}", database)
}

/// Starts a server of our own. Its thread lives as long as the run: the server ends with it.
fn start() -> String {
    let (say, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let data = std::path::PathBuf::from(format!("/tmp/akashi-tests-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let programs = find_programs(None, std::env::var_os("PATH").as_deref()).unwrap();
        let quick = [
            "fsync=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=64MB",
        ];
        let cluster = Cluster::start_with(&programs, &data, &quick).unwrap();
        say.send(cluster.url("{database}")).unwrap();
        loop {
            std::thread::park();
        }
    });
    hear.recv().unwrap()
}

async fn server() -> PgConnection {
    PgConnection::connect(&url("postgres")).await.unwrap()
}

/// A plain pool over this login, for looking behind the walls.
pub fn owner(url: &str, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .connect_lazy_with(url.parse().unwrap())
}

async fn template() -> &'static str {
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("it_template_{}", std::process::id());
            let mut conn = server().await;
            sqlx::query(AssertSqlSafe(format!("create database {name}")))
                .execute(&mut conn)
                .await
                .unwrap();
            let options = url(&name).parse().unwrap();
            db::migrate(&options).await.unwrap();
            let app = super::app(Db::shared(Pool::new(options, 2)), Cost::Cheap, true, 4711);
            world::found(&app).await.unwrap();
            app.db.close().await;
            name
        })
        .await
}

/// The template with the demo's stories in it.
async fn told() -> &'static str {
    TOLD.get_or_init(|| async {
        let name = format!("it_told_{}", std::process::id());
        clone(template().await, &name).await;
        let mails = std::env::temp_dir().join(format!("akashi-{name}"));
        let catcher = Catcher::start(SocketAddr::from(([127, 0, 0, 1], 0)), mails.clone())
            .await
            .unwrap();
        let pool = Pool::new(url(&name).parse().unwrap(), 4);
        let app = super::app(Db::shared(pool), Cost::Cheap, true, 4712);
        world::load(&app, &super::mailer_to(catcher.addr()))
            .await
            .unwrap();
        app.db.close().await;
        std::fs::remove_dir_all(&mails).unwrap();
        name
    })
    .await
}

pub async fn clone_template(name: &str, with_stories: bool) {
    let template = if with_stories {
        told().await
    } else {
        template().await
    };
    clone(template, name).await;
}

async fn clone(template: &str, name: &str) {
    let mut conn = server().await;
    sqlx::query(AssertSqlSafe(format!(
        "create database {name} template {template}"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
}

pub async fn drop_database(name: &str) {
    let mut conn = server().await;
    sqlx::query(AssertSqlSafe(format!(
        "drop database if exists {name} with (force)"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
}
