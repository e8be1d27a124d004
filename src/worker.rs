//! The worker: a handler per kind of job, each calling one service. No rules of its own.
//!
//! It polls; there is no LISTEN, so a pooler in transaction mode fits.

use std::time::Duration as StdDuration;

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;
use tracing::{error, info, warn};
use uuid::Uuid;

use crate::app::App;
use crate::db::Scope;
use crate::db::jobs::{self, JobRow};
use crate::error::AppError;
use crate::mail::Mailer;
use crate::services::accounts::sessions;
use crate::services::issuance::{self, Outcome};
use crate::services::letters::{self, Composed, Kind};
use crate::services::{acts, deposits, keys, renewals};

/// How long the worker rests when nothing is due.
const REST: StdDuration = StdDuration::from_millis(100);
/// How often ended sessions, taken-back texts and old counts of failures are swept.
const SWEEP: Duration = Duration::minutes(10);
/// Jobs looked at in one round.
const ROUND: i64 = 16;
/// After so many failures a job is buried, with its reason.
const DATABASE_ATTEMPTS: i32 = 8;
/// With [`MAIL_REST`] between them at most, a letter is held on to for a day.
const MAIL_ATTEMPTS: i32 = 35;
const MAIL_REST: Duration = Duration::hours(1);
/// A job that has not ended by then is let go: neither a database nor a mail server that says
/// nothing may hold a lane. Shorter than a letter's lease.
const PATIENCE: StdDuration = StdDuration::from_secs(120);
/// The same for a look at the queue, or a word written into it.
const GLANCE: StdDuration = StdDuration::from_secs(30);

/// Letters wait for somebody else's server; what the database alone can do never waits behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Desk,
    Letters,
}

/// Runs jobs until told to stop; a job under way is finished first.
pub async fn run(app: App, mailer: Mailer, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = keys::register(&app).await {
            warn!(%error, "the signing keys could not be registered yet");
        } else {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(StdDuration::from_secs(1)) => {}
            _ = stop.changed() => return,
        }
    }
    info!("worker started");
    tokio::join!(
        keep_at(Lane::Desk, &app, &mailer, stop.clone()),
        keep_at(Lane::Letters, &app, &mailer, stop)
    );
    info!("worker stopped");
}

async fn keep_at(lane: Lane, app: &App, mailer: &Mailer, mut stop: watch::Receiver<bool>) {
    let mut swept = app.clock.now();
    while !*stop.borrow() {
        if lane == Lane::Desk && app.clock.now() - swept > SWEEP {
            swept = app.clock.now();
            if let Err(error) = sessions::sweep(app).await {
                warn!(%error, "what has served its time could not be swept yet");
            }
        }
        let busy = match round(lane, app, mailer, PATIENCE).await {
            Ok(done) => done > 0,
            Err(error) => {
                warn!(%error, "the queue could not be read");
                false
            }
        };
        if !busy {
            tokio::select! {
                () = tokio::time::sleep(REST) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Runs everything that is due now, also what that causes; for tests and benches.
///
/// # Errors
/// When the queue cannot be read.
pub async fn drain(app: &App, mailer: &Mailer) -> Result<usize, AppError> {
    drain_within(app, mailer, PATIENCE).await
}

/// As [`drain`], with another patience for each job.
///
/// # Errors
/// As [`drain`].
pub async fn drain_within(
    app: &App,
    mailer: &Mailer,
    patience: StdDuration,
) -> Result<usize, AppError> {
    keys::register(app).await?;
    let mut total = 0;
    loop {
        let done = round(Lane::Desk, app, mailer, patience).await?
            + round(Lane::Letters, app, mailer, patience).await?;
        if done == 0 {
            return Ok(total);
        }
        total += done;
    }
}

/// One look at a lane of the queue; returns how many jobs were worked on.
async fn round(
    lane: Lane,
    app: &App,
    mailer: &Mailer,
    patience: StdDuration,
) -> Result<usize, AppError> {
    let look = async {
        let mut tx = app.db.begin(&Scope::Worker).await?;
        let due = jobs::due(&mut tx, lane == Lane::Letters, app.clock.now(), ROUND).await?;
        tx.commit().await?;
        Ok(due)
    };
    let due = at_a_glance(look).await?;
    let count = due.len();
    for job in due {
        let (app, mailer) = (app.clone(), mailer.clone());
        let (own, told) = (app.clone(), job.clone());
        // Each job in a task of its own: a panic is that job's failure, not the worker's end.
        let task =
            tokio::spawn(
                async move { tokio::time::timeout(patience, work(&app, &mailer, job)).await },
            );
        let words = match task.await {
            Ok(Ok(())) => continue,
            Ok(Err(_)) => "the job did not end in time",
            Err(_) => "the job panicked",
        };
        error!(id = %told.id, kind = %told.kind, "{words}");
        failed(&own, &told, words).await;
    }
    Ok(count)
}

async fn at_a_glance<T>(look: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    tokio::time::timeout(GLANCE, look)
        .await
        .map_err(AppError::internal)?
}

async fn work(app: &App, mailer: &Mailer, job: JobRow) {
    metrics::counter!("akashi_jobs_total", "kind" => job.kind.clone()).increment(1);
    if let Some(kind) = Kind::of(&job.kind, &job.payload) {
        mail(app, mailer, &job, &kind).await;
        return;
    }
    let result = match job.kind.as_str() {
        "issue" => match id_of(&job, "item") {
            Some(item) => issuance::issue(app, job.id, item).await,
            None => Ok(Outcome::Hopeless("処理の内容が読めません".to_owned())),
        },
        "deposit" => match (
            job.payload["guarantee"].as_i64(),
            job.payload["seq"]
                .as_i64()
                .and_then(|seq| i32::try_from(seq).ok()),
        ) {
            (Some(guarantee), Some(seq)) => deposits::deposit(app, job.id, guarantee, seq).await,
            _ => Ok(Outcome::Hopeless("処理の内容が読めません".to_owned())),
        },
        "act" => match id_of(&job, "act") {
            Some(act) => acts::run(app, job.id, act).await,
            None => Ok(Outcome::Hopeless("処理の内容が読めません".to_owned())),
        },
        "renew_key" => match (id_of(&job, "renewal"), job.payload["guarantee"].as_i64()) {
            (Some(renewal), Some(guarantee)) => {
                renewals::run(app, job.id, renewal, guarantee).await
            }
            _ => Ok(Outcome::Hopeless("処理の内容が読めません".to_owned())),
        },
        _ => Ok(Outcome::Hopeless("この種類の処理を知りません".to_owned())),
    };
    match result {
        Ok(Outcome::Done) => info!(id = %job.id, kind = %job.kind, "job done"),
        Ok(Outcome::Gone) => {}
        Ok(Outcome::Hopeless(reason)) => bury(app, &job, &reason).await,
        Err(error) => {
            warn!(id = %job.id, kind = %job.kind, %error, "job failed");
            failed(app, &job, &error.to_string()).await;
        }
    }
}

fn id_of(job: &JobRow, name: &str) -> Option<Uuid> {
    job.payload[name].as_str().and_then(|id| id.parse().ok())
}

/// One attempt more has failed: tried again later, and at last buried, so that it neither turns in
/// a circle nor holds up others.
async fn failed(app: &App, job: &JobRow, words: &str) {
    let attempts = job.attempts + 1;
    if attempts >= DATABASE_ATTEMPTS {
        error!(id = %job.id, kind = %job.kind, "job given up");
        let reason = format!("{attempts}回試みましたが、処理を終えられませんでした。");
        bury(app, job, &reason).await;
        return;
    }
    let at = later(
        app.clock.now(),
        job.attempts,
        Duration::seconds(1),
        Duration::minutes(5),
    );
    let postponed = letters::postpone(app, job.id, job.attempts, attempts, at, words);
    if let Err(error) = at_a_glance(postponed).await {
        warn!(id = %job.id, %error, "the attempt could not be counted");
    }
}

async fn bury(app: &App, job: &JobRow, reason: &str) {
    let buried = match (id_of(job, "item"), id_of(job, "act")) {
        (Some(item), _) if job.kind == "issue" => {
            issuance::give_up(app, job.id, item, reason).await
        }
        (_, Some(act)) if job.kind == "act" => acts::give_up(app, job.id, act, reason).await,
        _ => keys::bury(app, job.id, reason).await,
    };
    if let Err(error) = buried {
        warn!(id = %job.id, %error, "a job could not be buried yet");
    }
}

async fn mail(app: &App, mailer: &Mailer, job: &JobRow, kind: &Kind) {
    let letter = match letters::compose(app, job.id, kind).await {
        Ok(Composed::Letter(letter)) => letter,
        Ok(Composed::Nothing | Composed::Gone) => return,
        Err(error) => {
            warn!(id = %job.id, %error, "a letter could not be written yet");
            failed(app, job, &error.to_string()).await;
            return;
        }
    };
    let attempt = job.attempts + 1;
    let result = match mailer.send(&letter, job.id, app.clock.now()).await {
        Ok(()) => {
            info!(id = %job.id, kind = %job.kind, "letter sent");
            letters::sent(app, job.id, kind).await
        }
        Err(error) if error.is_permanent() || attempt >= MAIL_ATTEMPTS => {
            warn!(id = %job.id, %error, "letter given up");
            letters::give_up(app, job.id, kind, &error.to_string()).await
        }
        Err(error) => {
            warn!(id = %job.id, %error, "letter not sent yet");
            let at = later(
                app.clock.now(),
                job.attempts,
                Duration::seconds(2),
                MAIL_REST,
            );
            // The lease has counted this attempt.
            letters::postpone(app, job.id, attempt, attempt, at, &error.to_string()).await
        }
    };
    if let Err(error) = result {
        warn!(id = %job.id, %error, "the letter's outcome could not be written");
    }
}

/// Twice as long each time, up to a limit.
fn later(now: OffsetDateTime, attempts: i32, first: Duration, most: Duration) -> OffsetDateTime {
    let exponent = u32::try_from(attempts.clamp(0, 20)).unwrap_or(20);
    now + (first * 2_i32.saturating_pow(exponent)).min(most)
}
