//! TestHouse: the whole of Akashi on a database of its own, a real PostgreSQL behind it and a real
//! SMTP catcher beside it. Clock and chance are fixed; mails lie in a folder.
//!
//! Every page any test fetches is checked ([`page::Page::check`]); a house that is dropped with
//! unprocessed or buried jobs fails its test unless it said that it expects them.

pub mod acts;
pub mod desk;
pub mod ledger;
pub mod page;
pub mod proxy;
pub mod server;
mod sweep;
pub mod typed;
pub mod visitor;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use akashi::app::App;
use akashi::clock::{Chance, Clock};
use akashi::config::{Addresses, Names};
use akashi::db::{Db, Pool};
use akashi::demo::catcher::{self, Catcher, Mail};
use akashi::demo::world;
use akashi::mail::{Guard, MailSettings, Mailer};
use akashi::services::{ContractorUser, Officer};
use akashi::sites;
use akashi::vault::{Cost, Hashing, Part, Ring, Sealer, Signer, SigningRing, Vault};
use akashi::web::layers;
use akashi::web::ops;
use akashi::web::site::Site;
use akashi::web::state::Web;
use akashi::worker;
use axum::Router;
use sqlx::PgPool;
use time::macros::datetime;

pub use page::Page;
pub use visitor::Visitor;

/// 2026-07-02 14:30 in Japan.
pub const NOW: time::OffsetDateTime = datetime!(2026-07-02 05:30 UTC);

static COUNT: AtomicU64 = AtomicU64::new(0);

pub struct House {
    pub app: App,
    pub router: Router,
    pub mailer: Mailer,
    pub catcher: Catcher,
    pub mails: PathBuf,
    /// Superuser's pool: for looking behind the walls, never for acting.
    pub owner: PgPool,
    pub database: String,
}

/// A database's address from its name.
pub type Address = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What a house is built with.
pub struct Plan {
    pub demo: bool,
    /// The demo's stories have been told already.
    pub told: bool,
    pub cost: Cost,
    /// PostgreSQL to reach instead of the shared one (a fault proxy): host folder or address.
    pub url: Option<Address>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            demo: true,
            told: false,
            cost: Cost::Cheap,
            url: None,
        }
    }
}

impl House {
    /// A house with the demo's people and towns, and no applications yet.
    pub async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    /// A house with the demo's people and their stories; quicker than [`House::with_stories`]. The
    /// stories' mails were sent long ago.
    pub async fn told() -> Self {
        Self::with(Plan {
            told: true,
            ..Plan::default()
        })
        .await
    }

    pub async fn with(plan: Plan) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let database = format!("it_{}_{number}", std::process::id());
        server::clone_template(&database, plan.told).await;
        let url = plan
            .url
            .as_ref()
            .map_or_else(|| server::url(&database), |url| url(&database));
        let pool = Pool::new(url.parse().unwrap(), 12);
        let mails = std::env::temp_dir().join(format!("akashi-{database}"));
        let _ = std::fs::remove_dir_all(&mails);
        let catcher = Catcher::start(SocketAddr::from(([127, 0, 0, 1], 0)), mails.clone())
            .await
            .unwrap();
        let mailer = mailer_to(catcher.addr());
        let app = app(Db::shared(pool), plan.cost, plan.demo, number);
        let owner = server::owner(&server::url(&database), 4);
        let router = router(&app, mails.clone());
        Self {
            app,
            router,
            mailer,
            catcher,
            mails,
            owner,
            database,
        }
    }

    /// Runs everything that is due, also what that causes.
    pub async fn work(&self) -> usize {
        worker::drain(&self.app, &self.mailer).await.unwrap()
    }

    /// A browser without a session.
    pub fn stranger(&self) -> Visitor {
        Visitor::new(self.router.clone())
    }

    /// A browser signed in to Net Desk through its own page.
    pub async fn contractor(&self, login: &str) -> Visitor {
        let mut visitor = self.stranger();
        visitor.sign_in("/netdesk/login", login).await;
        visitor
    }

    /// A browser signed in to the Office through its own page.
    pub async fn officer(&self, login: &str) -> Visitor {
        let mut visitor = self.stranger();
        visitor.sign_in("/office/login", login).await;
        visitor
    }

    /// Proof of a contractor's user, for tests of verbs.
    pub async fn user(&self, login: &str) -> ContractorUser {
        world::contractor(&self.app, login).await.unwrap()
    }

    /// Proof of a member of staff, for tests of verbs.
    pub async fn staff(&self, login: &str) -> Officer {
        world::officer(&self.app, login).await.unwrap()
    }

    /// The demo's stories, told through the verbs.
    pub async fn with_stories(self) -> Self {
        world::load(&self.app, &self.mailer).await.unwrap();
        self
    }

    /// The mails that arrived, oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        let mut mails = Vec::new();
        for summary in catcher::list(&self.mails).await.unwrap() {
            mails.extend(catcher::read(&self.mails, &summary.name).await.unwrap());
        }
        mails.reverse();
        mails
    }

    /// One value from behind the walls.
    pub async fn ask<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }

    /// The same house over another connection to its database.
    pub fn over(&self, db: Db) -> App {
        App {
            db,
            ..self.app.clone()
        }
    }

    /// Ends a test: no job may be left, the database goes.
    pub async fn close(self) {
        let left: i64 = self
            .ask("select count(*) from jobs where state <> 'done'")
            .await;
        assert_eq!(left, 0, "jobs were left behind");
        self.tear_down().await;
    }

    /// Ends a test that leaves jobs on purpose.
    pub async fn tear_down(self) {
        self.app.db.close().await;
        self.owner.close().await;
        let _ = std::fs::remove_dir_all(&self.mails);
        server::drop_database(&self.database).await;
    }
}

pub fn mailer_to(address: SocketAddr) -> Mailer {
    patient_mailer_to(address, Duration::from_secs(2))
}

pub fn patient_mailer_to(address: SocketAddr, timeout: Duration) -> Mailer {
    Mailer::new(&MailSettings {
        host: address.ip().to_string(),
        port: address.port(),
        guard: Guard::Plain,
        login: None,
        from: "no-reply@akashi.example".to_owned(),
        timeout,
    })
    .unwrap()
}

/// The rings of every house are the same, so that a house can open what its template sealed.
const RINGS: u64 = 0xA5;

/// A kitchen over a database, with chances of its own.
pub fn app(db: Db, cost: Cost, demo: bool, seed: u64) -> App {
    let chance = Chance::seeded(seed);
    App {
        db,
        clock: Clock::fixed(NOW),
        vault: Arc::new(vault(&Chance::seeded(RINGS), cost)),
        chance,
        addresses: Arc::new(Addresses::on("http://127.0.0.1:8080")),
        names: Arc::new(Names::default()),
        demo,
    }
}

fn vault(chance: &Chance, cost: Cost) -> Vault {
    let today = NOW.date();
    let kek = Ring::make(Part::Kek, &mut chance.rng(), today);
    let pepper = Ring::make(Part::Pepper, &mut chance.rng(), today);
    let signing = SigningRing::make(&['M', 'H'], &mut chance.rng(), today).unwrap();
    let hashing = Hashing::new(Some(pepper), 2, cost).unwrap();
    Vault::new(Some(Sealer::new(kek)), Some(Signer::new(signing)), hashing)
}

fn router(app: &App, mails: PathBuf) -> Router {
    let sites = [Site::Netdesk, Site::Office, Site::Dsure];
    let webs: Vec<Web> = sites
        .iter()
        .map(|site| Web::new(app.clone(), *site, 0))
        .collect();
    let mut rooms: Vec<Router> = webs
        .iter()
        .map(|web| layers::site(web, sites::routes(web.site())))
        .collect();
    if app.demo {
        let web = Web::new(app.clone(), Site::Demo, 0);
        rooms.push(layers::site(&web, sites::demo::routes(mails)));
    }
    rooms.push(ops::router(webs));
    layers::house(rooms, false)
}
