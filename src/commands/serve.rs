//! `serve` and `work`: production's web and worker.

use std::net::SocketAddr;
use std::time::Duration;

use akashi::app::App;
use akashi::config::{Rings, Settings};
use akashi::db::{Db, Pool};
use akashi::mail::Mailer;
use akashi::sites;
use akashi::vault::{Cost, Vault};
use akashi::web::layers;
use akashi::web::ops;
use akashi::web::routes::Routes;
use akashi::web::serve::{ServeLimits, serve as accept};
use akashi::web::site::Site;
use akashi::web::state::Web;
use akashi::worker;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::setup::{app, block_on, hashing_threads, options, sentence, settings};
use super::{Ended, OneSite, logs};

/// `serve`
pub fn serve(site: Option<OneSite>) -> Ended {
    logs(true, "info");
    let settings = settings()?;
    let served = match site {
        None => vec![Site::Netdesk, Site::Office, Site::Dsure],
        Some(OneSite::Netdesk) => vec![Site::Netdesk],
        Some(OneSite::Office) => vec![Site::Office],
        Some(OneSite::Dsure) => vec![Site::Dsure],
    };
    let rings = match site {
        None => Rings::ALL_SITES,
        Some(OneSite::Netdesk) => Rings::NETDESK,
        Some(OneSite::Office) => Rings::OFFICE,
        Some(OneSite::Dsure) => Rings::DSURE,
    };
    let files = settings.rings(rings).map_err(sentence)?;
    let addresses = settings.addresses().map_err(sentence)?;
    let outside: Vec<&str> = served
        .iter()
        .map(|site| match site {
            Site::Netdesk => addresses.netdesk.as_str(),
            Site::Office => addresses.office.as_str(),
            Site::Dsure | Site::Demo => addresses.dsure.as_str(),
        })
        .collect();
    let proxies = settings.proxies(&outside).map_err(sentence)?;
    let vault =
        Vault::load(&files, hashing_threads(), Cost::Real).map_err(|error| error.sentence())?;
    block_on(async {
        let db = site_pools(&settings, &served)?;
        let roles = served.iter().map(|site| site.code()).collect();
        let weak = refuse_weak_logins(&db, roles).await?;
        let app = app(db, vault, addresses, settings.names.clone(), false);
        let stop = stopper()?;
        let metrics = match settings.metrics_bind {
            Some(bind) => Some(metrics(bind, stop.clone()).await?),
            None => None,
        };
        let router = house(&app, proxies, &served, Vec::new());
        let listener = listen(settings.bind).await?;
        tracing::info!(bind = %settings.bind, "serving");
        tokio::select! {
            ended = accept(listener, router, ServeLimits::default(), stopped(stop)) => {
                ended.map_err(|error| format!("the web stopped: {error}"))?;
            }
            sentence = weak => return Err(sentence),
        }
        if let Some(metrics) = metrics {
            let _ = metrics.await;
        }
        Ok(())
    })
}

/// `work`
pub fn work() -> Ended {
    logs(true, "info");
    let settings = settings()?;
    let files = settings.rings(Rings::WORKER).map_err(sentence)?;
    let addresses = settings.addresses().map_err(sentence)?;
    let mailer =
        Mailer::new(&settings.mail().map_err(sentence)?).map_err(|error| error.to_string())?;
    // One key after the other is hashed here: a second thread would only keep its memory.
    let vault = Vault::load(&files, 1, Cost::Real).map_err(|error| error.sentence())?;
    block_on(async {
        let db = match (&settings.worker_database, &settings.database) {
            (Some(login), _) => {
                let pool = Pool::new(options(login)?, settings.pool);
                Db::per_role(pool.clone(), pool.clone(), pool.clone(), pool)
            }
            (None, Some(login)) => Db::shared(Pool::new(options(login)?, settings.pool)),
            (None, None) => {
                return Err("AKASHI_WORKER_DATABASE_URL (or DATABASE_URL) is missing: set it to the database's address.".to_owned());
            }
        };
        let weak = refuse_weak_logins(&db, vec!["worker"]).await?;
        let app = app(db, vault, addresses, settings.names.clone(), false);
        let stop = stopper()?;
        let metrics = match settings.metrics_bind {
            Some(bind) => Some(metrics(bind, stop.clone()).await?),
            None => None,
        };
        tokio::select! {
            () = worker::run(app, mailer, stop) => {}
            sentence = weak => return Err(sentence),
        }
        if let Some(metrics) = metrics {
            let _ = metrics.await;
        }
        Ok(())
    })
}

/// Refuses logins that row-level security does not bind. Where the database does not answer yet, the
/// future that is returned goes on asking, and ends only with a sentence.
async fn refuse_weak_logins(
    db: &Db,
    roles: Vec<&'static str>,
) -> Result<impl Future<Output = String> + use<>, String> {
    let known = match tokio::time::timeout(Duration::from_secs(3), weakness(db, &roles)).await {
        Ok(Ok(Some(sentence))) => return Err(sentence),
        Ok(Ok(None)) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer yet");
            false
        }
        Err(_) => {
            tracing::warn!("the database does not answer yet");
            false
        }
    };
    let db = db.clone();
    Ok(async move {
        if known {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match weakness(&db, &roles).await {
                Ok(Some(sentence)) => return sentence,
                Ok(None) => return std::future::pending().await,
                Err(_) => {}
            }
        }
    })
}

async fn weakness(db: &Db, roles: &[&'static str]) -> Result<Option<String>, sqlx::Error> {
    for role in roles {
        if let Some(sentence) = db.weakness(role).await? {
            return Ok(Some(sentence));
        }
    }
    Ok(None)
}

/// A pool per served site, each with the login of its own role; or one for all.
fn site_pools(settings: &Settings, served: &[Site]) -> Result<Db, String> {
    let own = |site: Site| match site {
        Site::Netdesk => ("NETDESK", &settings.netdesk_database),
        Site::Office => ("OFFICE", &settings.office_database),
        Site::Dsure | Site::Demo => ("DSURE", &settings.dsure_database),
    };
    if served.iter().all(|site| own(*site).1.is_none())
        && let Some(login) = &settings.database
    {
        return Ok(Db::shared(Pool::new(options(login)?, settings.pool)));
    }
    let mut pools: Vec<(Site, Pool)> = Vec::new();
    for site in served {
        let (name, login) = own(*site);
        let login = login.as_ref().ok_or_else(|| {
            format!("AKASHI_{name}_DATABASE_URL (or DATABASE_URL) is missing: set it to the database's address.")
        })?;
        pools.push((*site, Pool::new(options(login)?, settings.pool)));
    }
    let of = |site: Site| {
        pools
            .iter()
            .find(|(own, _)| *own == site)
            .or_else(|| pools.first())
            .map(|(_, pool)| pool.clone())
            .ok_or_else(|| "no site is served".to_owned())
    };
    // A site that is not served here has no pool of its own, and no route that would use one.
    Ok(Db::per_role(
        of(Site::Netdesk)?,
        of(Site::Office)?,
        of(Site::Dsure)?,
        of(Site::Netdesk)?,
    ))
}

/// The sites of a process with health checks, and what else the caller serves beside them.
pub fn house(
    app: &App,
    trusted_proxies: usize,
    served: &[Site],
    more: Vec<(Site, Routes)>,
) -> Router {
    let webs: Vec<Web> = served
        .iter()
        .map(|site| Web::new(app.clone(), *site, trusted_proxies))
        .collect();
    let mut rooms: Vec<Router> = webs
        .iter()
        .map(|web| layers::site(web, sites::routes(web.site())))
        .collect();
    for (site, routes) in more {
        rooms.push(layers::site(
            &Web::new(app.clone(), site, trusted_proxies),
            routes,
        ));
    }
    let https = webs.iter().any(Web::secure);
    rooms.push(ops::router(webs));
    layers::house(rooms, https)
}

/// `/metrics` on a port of its own.
async fn metrics(
    bind: SocketAddr,
    stop: watch::Receiver<bool>,
) -> Result<tokio::task::JoinHandle<std::io::Result<()>>, String> {
    let handle = ops::count().map_err(|error| format!("the figures cannot be counted: {error}"))?;
    let listener = listen(bind).await?;
    let limits = ServeLimits {
        max_connections: 16,
        ..ServeLimits::default()
    };
    Ok(tokio::spawn(accept(
        listener,
        ops::metrics(handle),
        limits,
        stopped(stop),
    )))
}

pub async fn listen(bind: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(bind)
        .await
        .map_err(|error| format!("{bind} cannot be listened on: {error}"))
}

/// Turns true on SIGINT or SIGTERM.
pub fn stopper() -> Result<watch::Receiver<bool>, String> {
    let (say, heard) = watch::channel(false);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        // Nobody left to hear it: everything has ended already.
        let _ = say.send(true);
        // Keeps the channel open, so that the receivers read `true` and not a closed end.
        std::future::pending::<()>().await;
    });
    Ok(heard)
}

pub async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
