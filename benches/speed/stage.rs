//! One database with Akashi's web before it, and the four pieces of work done on both ways.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use akashi::app::App;
use akashi::db;
use akashi::domain::era;
use akashi::domain::fee::Month;
use akashi::services::fees::closing::{self, Closed};
use akashi::services::issuance::Outcome as Worked;
use akashi::services::{deposits, issuance};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

use super::limit::{Bound, Round, Script, Server, script, steps};
use super::load::{self, Ask, Load};
use super::world::{CLIENTS, Desk, World, id, id_expression};
use super::{Outcome, cpu};

/// Fees of the month that is closed.
pub const MONTH: u64 = 20_000;

/// A process of Akashi's own program; ends with this value.
pub struct Process {
    child: Child,
}

impl Process {
    pub fn start(arguments: &[&str], environment: &[(&str, String)], log: &Path) -> Outcome<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_akashi"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log)?);
        for (name, value) in environment {
            command.env(name, value);
        }
        Ok(Self {
            child: command.spawn()?,
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stop(mut self) -> Outcome<()> {
        self.end()
    }

    fn end(&mut self) -> Outcome<()> {
        if self.child.try_wait()?.is_none() {
            kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGINT)?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// A port of this machine that is free now.
pub fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Waits for the first 200; says how long it took, in seconds.
pub fn first_answer(host: SocketAddr, path: &str) -> Outcome<f64> {
    let began = Instant::now();
    let ask = Ask::get(host, path, "", "");
    loop {
        if load::once(host, &ask).is_ok() {
            return Ok(began.elapsed().as_secs_f64());
        }
        if began.elapsed() > Duration::from_secs(60) {
            return Err(format!("nobody answers on {host}").into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a round of Akashi came to.
#[derive(Debug, Default)]
pub struct Ours {
    pub load: Load,
    /// Of Akashi and PostgreSQL, per piece of work.
    pub cpu: f64,
}

/// The kinds of work over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Web {
    Certificate,
    List,
    BigList,
    SignIn,
}

pub struct Stage {
    pub world: World,
    pub web: Process,
    pub host: SocketAddr,
    pub server: Server,
    options: PgConnectOptions,
    asks: BTreeMap<Web, Vec<Vec<Ask>>>,
    scripts: BTreeMap<Web, Vec<Script>>,
    issue: Script,
    /// The next order nobody has issued, the same for every client.
    next_order: usize,
}

/// Settings of `serve` and `work` for one database.
pub fn environment(url: &str, keys: &Path, host: SocketAddr) -> Vec<(&'static str, String)> {
    let ring = |name: &str| keys.join(name).display().to_string();
    vec![
        ("DATABASE_URL", url.to_owned()),
        ("AKASHI_BIND", host.to_string()),
        ("AKASHI_NETDESK_URL", format!("http://{host}/netdesk")),
        ("AKASHI_OFFICE_URL", format!("http://{host}/office")),
        ("AKASHI_DSURE_URL", format!("http://{host}/dsure")),
        ("AKASHI_KEK_FILE", ring("kek.json")),
        ("AKASHI_PEPPER_FILE", ring("pepper.json")),
        ("AKASHI_SIGNING_FILE", ring("signing.json")),
    ]
}

impl Stage {
    pub async fn open(
        world: World,
        server: Server,
        options: PgConnectOptions,
        url: &str,
        keys: &Path,
        app: &App,
    ) -> Outcome<Self> {
        let host = free_port()?;
        let log = server.scratch.join(format!("{}.log", world.name));
        let web = Process::start(&["serve"], &environment(url, keys, host), &log)?;
        first_answer(host, "/dsure/")?;
        let mut stage = Self {
            asks: asks(&world, host),
            scripts: BTreeMap::new(),
            issue: Script::default(),
            next_order: 0,
            options: options.database(&world.name),
            world,
            web,
            host,
            server,
        };
        for work in [Web::Certificate, Web::List, Web::BigList, Web::SignIn] {
            stage.ours(work, Duration::from_millis(700), usize::MAX)?;
        }
        stage.issue(app, 30).await?;
        stage.learn(app).await?;
        Ok(stage)
    }

    /// One round of Akashi over HTTP.
    pub fn ours(&self, work: Web, time: Duration, most: usize) -> Outcome<Ours> {
        let asks = self.asks.get(&work).ok_or("no such work")?;
        let before = self.cpu();
        let load = load::run(self.host, asks, time, most)?;
        let cpu = (self.cpu() - before) / (load.done.max(1) as f64);
        Ok(Ours { load, cpu })
    }

    fn cpu(&self) -> f64 {
        cpu::of(self.web.pid()) + cpu::of_postgres(self.server.postmaster)
    }

    /// One round of the limit of a page.
    pub fn limit(&self, work: Web, seconds: u64) -> Outcome<Round> {
        let scripts = self.scripts.get(&work).ok_or("no such work")?;
        self.server
            .pgbench(&self.world.name, scripts, Bound::Seconds(seconds), &[])
    }

    /// The limit of the big list with an exact count.
    pub fn limit_exact(&self, seconds: u64) -> Outcome<Round> {
        let mut scripts = self
            .scripts
            .get(&Web::BigList)
            .ok_or("no such work")?
            .clone();
        for script in &mut scripts {
            let exact = script.text.replace("limit 1001)", ")");
            if exact == script.text {
                return Err("the list's count is not capped at 1,001".into());
            }
            script.text = exact;
        }
        self.server
            .pgbench(&self.world.name, &scripts, Bound::Seconds(seconds), &[])
    }

    /// One round of the limit of issuing: `each` per client. The script sends one certificate's bytes
    /// again and again, which the database would refuse: the limit alone is spared that check.
    pub async fn limit_issue(&mut self, each: usize) -> Outcome<Round> {
        let first = self.next_order;
        self.next_order += each;
        // The script counts up before it does anything.
        let from = i64::try_from(first)? - 1;
        let mut conn = PgConnection::connect_with(&self.options).await?;
        conn.execute("alter table certificates disable trigger fits")
            .await?;
        let round = self.server.pgbench(
            &self.world.name,
            std::slice::from_ref(&self.issue),
            Bound::Each(each),
            &[("n", from.to_string())],
        );
        conn.execute("alter table certificates enable trigger fits")
            .await?;
        conn.close().await?;
        round
    }

    /// One round of T1 and T2 by the worker's verbs: `each` per client, eight at a time.
    pub async fn issue(&mut self, app: &App, each: usize) -> Outcome<Ours> {
        let first = self.next_order;
        self.next_order += each;
        let me = std::process::id();
        let spent = || cpu::of(me) + cpu::of_postgres(self.server.postmaster);
        let before = spent();
        let began = Instant::now();
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let app = app.clone();
            clients.spawn(async move {
                let mut millis = Vec::new();
                for number in first..first + each {
                    let began = Instant::now();
                    let (job, item) = (id('b', client, number), id('a', client, number));
                    let worked = issuance::issue(&app, job.parse()?, item.parse()?).await?;
                    if worked != Worked::Done {
                        return Err(format!("an order was not issued: {worked:?}").into());
                    }
                    millis.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                Outcome::Ok(millis)
            });
        }
        let issued = gather(clients).await?;
        let (seconds, cpu_issue) = (began.elapsed().as_secs_f64(), spent() - before);
        let jobs = Arc::new(self.deposits().await?);
        let before = spent();
        let began = Instant::now();
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let (app, jobs) = (app.clone(), Arc::clone(&jobs));
            clients.spawn(async move {
                let mut millis = Vec::new();
                for (job, guarantee) in jobs.iter().skip(client).step_by(CLIENTS) {
                    let began = Instant::now();
                    let worked = deposits::deposit(&app, *job, *guarantee, 1).await?;
                    if worked != Worked::Done {
                        return Err(format!("a deposit failed: {worked:?}").into());
                    }
                    millis.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                Outcome::Ok(millis)
            });
        }
        let deposited = gather(clients).await?;
        let seconds = seconds + began.elapsed().as_secs_f64();
        let cpu = cpu_issue + spent() - before;
        let done = issued.len();
        if deposited.len() != done {
            return Err("not every order was deposited".into());
        }
        // T1 and T2 of a guarantee are separate jobs; what is timed is their sum.
        let mut millis: Vec<f64> = issued.iter().zip(&deposited).map(|(a, b)| a + b).collect();
        millis.sort_by(f64::total_cmp);
        Ok(Ours {
            cpu: cpu / done as f64,
            load: Load {
                done,
                seconds,
                millis,
            },
        })
    }

    async fn deposits(&self) -> Outcome<Vec<(uuid::Uuid, i64)>> {
        let mut conn = PgConnection::connect_with(&self.options).await?;
        let rows = conn
            .fetch_all(
                "select id, (payload ->> 'guarantee')::bigint from jobs where kind = 'deposit' and state = 'ready' order by id",
            )
            .await?;
        conn.close().await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// A kitchen over this database, with a pool as `work` has it.
    pub fn app(&self, like: &App) -> App {
        let pool = db::Pool::new(self.options.clone(), 10);
        App {
            db: db::Db::shared(pool),
            ..like.clone()
        }
    }

    /// Writes the limit's scripts: each piece of work is done once under the server's log.
    async fn learn(&mut self, app: &App) -> Outcome<()> {
        let log = self.server_log();
        let mut conn = PgConnection::connect_with(&self.options).await?;
        set_logging(&mut conn, true).await?;
        let none = BTreeMap::new();
        for work in [Web::Certificate, Web::List, Web::BigList] {
            let mut scripts = Vec::new();
            for (client, asks) in self.asks.get(&work).into_iter().flatten().enumerate() {
                let ask = asks.get(client).or(asks.first()).ok_or("nothing to ask")?;
                let from = std::fs::metadata(&log)?.len();
                load::once(self.host, ask)?;
                std::thread::sleep(Duration::from_millis(60));
                let steps = own(steps(&log, from)?);
                scripts.push(script(&format!("v{client}"), &steps, &none, &[]));
            }
            self.scripts.insert(work, scripts);
        }
        let from = std::fs::metadata(&log)?.len();
        let number = self.next_order;
        self.next_order += 1;
        let item = id('a', 0, number);
        issuance::issue(app, id('b', 0, number).parse()?, item.parse()?).await?;
        std::thread::sleep(Duration::from_millis(100));
        let mut taught = own(steps(&log, from)?);
        let (deposit, guarantee) = *self.deposits().await?.first().ok_or("no deposit")?;
        let from = std::fs::metadata(&log)?.len();
        deposits::deposit(app, deposit, guarantee, 1).await?;
        std::thread::sleep(Duration::from_millis(100));
        taught.extend(own(steps(&log, from)?));
        set_logging(&mut conn, false).await?;
        let row = conn
            .fetch_one(AssertSqlSafe(format!(
                "select number, application_id::text, contractor_id::text, branch_id::text from guarantees where id = {guarantee}"
            )))
            .await?;
        conn.close().await?;
        let digits = "(:t_block || '-' || lpad(:t_serial::text, 5, '0'))";
        let changing: BTreeMap<String, String> = [
            (item, id_expression('a')),
            (id('b', 0, number), id_expression('b')),
            (deposit.to_string(), id_expression('d')),
            (guarantee.to_string(), ":g_guarantee_id".to_owned()),
            (row.try_get(0)?, digits.to_owned()),
            (row.try_get(1)?, ":i_application_id".to_owned()),
            (row.try_get(2)?, ":i_contractor_id".to_owned()),
            (row.try_get(3)?, ":i_branch_id".to_owned()),
        ]
        .into();
        let kept = [
            ("for update of i", "i_"),
            ("update number_blocks", "t_"),
            ("insert into guarantees", "g_"),
        ];
        let mut written = script("c", &taught, &changing, &kept);
        written.text = format!("\\set n :n + 1\n{}", written.text);
        self.issue = written;
        let file = self.server.scratch.join("scripts.txt");
        let certificate = self
            .scripts
            .get(&Web::Certificate)
            .and_then(|all| all.first());
        let list = self.scripts.get(&Web::List).and_then(|all| all.first());
        let text = |script: Option<&Script>| script.map_or("", |script| &script.text).to_owned();
        let all = [text(certificate), text(list), self.issue.text.clone()].join("\n----\n");
        std::fs::write(file, all)?;
        Ok(())
    }

    /// Closes a month of [`MONTH`] fees by the command's verb; how long it took, in seconds.
    pub async fn close_month(&self, app: &App) -> Outcome<f64> {
        let today = era::tokyo_date(app.clock.now());
        let before = Month::of(today).first_day() - time::Duration::days(1);
        let month = Month::of(before);
        let mut conn = PgConnection::connect_with(&self.options).await?;
        let written = conn
            .execute(AssertSqlSafe(format!(
                "insert into fees (surety_id, contractor_id, branch_id, guarantee_id, product, seq, kind, amount, tax,
                   lines, fee_table_id, fee_method, monthly, day, at)
                 select g.surety_id, g.contractor_id, g.branch_id, g.id, g.product, 1, 'charge', 22080, 0, '[]', t.id,
                   'lump_sum', true, date '{before}', now()
                 from guarantees g join fee_tables t on t.surety_id = g.surety_id and t.product = g.product
                 where not exists (select from fees f where f.guarantee_id = g.id)
                 order by g.id limit {MONTH}"
            )))
            .await?
            .rows_affected();
        conn.execute("analyze fees").await?;
        conn.close().await?;
        if written != MONTH {
            return Err(format!("only {written} fees could be written").into());
        }
        let began = Instant::now();
        let closed = closing::close_by_command(app, 'M', month).await?;
        let seconds = began.elapsed().as_secs_f64();
        match closed {
            Closed::Done { fees, .. } if u64::try_from(fees)? == MONTH => Ok(seconds),
            other => Err(format!("the month was not closed: {other:?}").into()),
        }
    }

    fn server_log(&self) -> PathBuf {
        self.server.log.clone()
    }

    /// How many statements each piece of work sends, one message each.
    pub fn messages(&self) -> (usize, usize, usize) {
        let count = |script: Option<&Script>| {
            let mut piped = false;
            script.map_or(0, |script| {
                script
                    .text
                    .lines()
                    .filter(|line| {
                        if line.starts_with("\\startpipeline") {
                            piped = true;
                            return true;
                        }
                        if line.starts_with("\\endpipeline") {
                            piped = false;
                            return false;
                        }
                        !piped && (line.ends_with(';') || line.contains(" \\gset "))
                    })
                    .count()
            })
        };
        let of = |work| count(self.scripts.get(&work).and_then(|all| all.first()));
        (
            of(Web::Certificate),
            of(Web::List),
            count(Some(&self.issue)),
        )
    }
}

/// Without the statements by which this program looks on.
fn own(steps: Vec<super::limit::Step>) -> Vec<super::limit::Step> {
    let foreign = ["pg_reload_conf", "alter system", "payload ->> 'guarantee'"];
    steps
        .into_iter()
        .filter(|step| !foreign.iter().any(|piece| step.sql.contains(piece)))
        .collect()
}

async fn set_logging(conn: &mut PgConnection, on: bool) -> Outcome<()> {
    let value = if on { "all" } else { "none" };
    conn.execute(AssertSqlSafe(format!(
        "alter system set log_statement = '{value}'"
    )))
    .await?;
    conn.execute("select pg_reload_conf()").await?;
    tokio::time::sleep(Duration::from_millis(400)).await;
    Ok(())
}

async fn gather(mut clients: tokio::task::JoinSet<Outcome<Vec<f64>>>) -> Outcome<Vec<f64>> {
    let mut all = Vec::new();
    while let Some(client) = clients.join_next().await {
        all.extend(client??);
    }
    Ok(all)
}

fn asks(world: &World, host: SocketAddr) -> BTreeMap<Web, Vec<Vec<Ask>>> {
    let cookie = |desk: &Desk| format!("akashi_nd={}", desk.token);
    let certificates = world.desks.iter().map(|desk| {
        let page = |number: &String| {
            let path = format!("/netdesk/guarantees/{number}/certificates/1");
            Ask::get(host, &path, &cookie(desk), number)
        };
        desk.numbers.iter().map(page).collect()
    });
    // 舗装
    let search = "/netdesk/guarantees?tab=key&kind=prepayment&from=2024-07-01&to=2026-06-30&work=%E8%88%97%E8%A3%85";
    let lists = world
        .desks
        .iter()
        .map(|desk| vec![Ask::get(host, search, &cookie(desk), "舗装修繕工事</")]);
    let big = world
        .big
        .iter()
        .map(|desk| vec![Ask::get(host, search, &cookie(desk), "1,000件以上")]);
    let each = world.keys.len() / CLIENTS;
    let signins = world.keys.chunks(each).map(|keys| {
        keys.iter()
            .map(|(number, key)| {
                let body = format!("number={number}&key={key}");
                Ask::post(host, "/dsure/", &body, 303, "akashi_ds=")
            })
            .collect()
    });
    [
        (Web::Certificate, certificates.collect()),
        (Web::List, lists.collect()),
        (Web::BigList, big.collect()),
        (Web::SignIn, signins.collect()),
    ]
    .into()
}
