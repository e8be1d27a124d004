//! The executable itself: what it refuses to start with, and the login per role of the README.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration as Span, Instant};

use akashi::clock::Chance;
use akashi::vault::cli;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::house::{House, NOW, server};

const AKASHI: &str = env!("CARGO_BIN_EXE_akashi");

/// Logins and a folder of rings for one test; gone with it.
struct Shop {
    house: House,
    folder: std::path::PathBuf,
    names: Vec<String>,
}

impl Shop {
    async fn open(name: &str) -> Self {
        let house = House::new().await;
        let folder =
            std::env::temp_dir().join(format!("akashi-shop-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        cli::make_keys(
            &folder,
            &['M', 'H'],
            &mut Chance::seeded(1).rng(),
            NOW.date(),
        )
        .unwrap();
        Self {
            house,
            folder,
            names: Vec::new(),
        }
    }

    /// A login of this test's own, made with these words.
    async fn login(&mut self, words: &str, then: &str) -> String {
        let name = format!("{}_{}", self.house.database, self.names.len());
        for sql in [
            format!("create role {name} login {words}"),
            then.replace("{login}", &name),
        ] {
            if !sql.is_empty() {
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&self.house.owner)
                    .await
                    .unwrap();
            }
        }
        self.names.push(name.clone());
        name
    }

    fn url(&self, login: &str) -> String {
        let options: PgConnectOptions = server::url(&self.house.database).parse().unwrap();
        format!(
            "postgres://{login}@localhost:{}/{}?host={}",
            options.get_port(),
            self.house.database,
            options.get_socket().unwrap().display()
        )
    }

    fn start(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Child {
        let file = |name: &str| self.folder.join(name).display().to_string();
        Command::new(AKASHI)
            .args(arguments)
            .env_clear()
            .env("AKASHI_BIND", "127.0.0.1:0")
            .env("AKASHI_NETDESK_URL", "http://127.0.0.1:8080/netdesk")
            .env("AKASHI_OFFICE_URL", "http://127.0.0.1:8080/office")
            .env("AKASHI_DSURE_URL", "http://127.0.0.1:8080/dsure")
            .env("AKASHI_KEK_FILE", file("kek.json"))
            .env("AKASHI_PEPPER_FILE", file("pepper.json"))
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// What it says when it refuses to start.
    fn refusal(&self, arguments: &[&str], settings: &[(&str, &str)]) -> String {
        let mut child = self.start(arguments, settings);
        let begin = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begin.elapsed() > Span::from_secs(10) {
                child.kill().unwrap();
                panic!("it started: {settings:?}");
            }
            std::thread::sleep(Span::from_millis(20));
        }
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        said
    }

    async fn close(self) {
        for name in &self.names {
            let sql = format!("drop role {name}");
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&self.house.owner)
                .await
                .unwrap();
        }
        std::fs::remove_dir_all(&self.folder).unwrap();
        self.house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_runs_with_a_login_that_is_its_role_and_no_other() {
    let mut shop = Shop::open("own").await;
    let login = shop
        .login(
            "noinherit",
            "grant netdesk to {login}; alter role {login} set role netdesk",
        )
        .await;
    let url = shop.url(&login);
    let mut child = shop.start(
        &["serve", "--site", "netdesk"],
        &[
            ("AKASHI_NETDESK_DATABASE_URL", &url),
            ("AKASHI_BIND", "127.0.0.1:48431"),
        ],
    );
    let begin = Instant::now();
    let ready = loop {
        if let Ok(mut stream) = std::net::TcpStream::connect("127.0.0.1:48431") {
            use std::io::Write;
            stream
                .write_all(
                    b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n",
                )
                .unwrap();
            let mut said = String::new();
            let _ = stream.read_to_string(&mut said);
            break said;
        }
        assert!(
            begin.elapsed() < Span::from_secs(10),
            "{:?}",
            child.try_wait()
        );
        std::thread::sleep(Span::from_millis(20));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");
    let mut conn = PgConnection::connect(&url).await.unwrap();
    for other in ["office", "worker", "dsure", "gatekeeper", "founder"] {
        let sql = format!("set role {other}");
        let refused = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
        assert!(
            refused.is_err_and(|error| error.to_string().contains("permission denied")),
            "{other}"
        );
    }
    conn.close().await.unwrap();
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_beyond_row_level_security_are_refused() {
    let mut shop = Shop::open("weak").await;
    let strong = shop.login("superuser", "").await;
    let bypassing = shop
        .login(
            "bypassrls",
            "grant netdesk, office, dsure, worker to {login}",
        )
        .await;
    let nobody = shop.login("", "").await;
    let serve = ["serve", "--site", "netdesk"];
    for login in [&strong, &bypassing] {
        let url = shop.url(login);
        let said = shop.refusal(&serve, &[("AKASHI_NETDESK_DATABASE_URL", &url)]);
        assert!(said.contains("row-level security does not bind"), "{said}");
    }
    let url = shop.url(&nobody);
    let said = shop.refusal(&serve, &[("AKASHI_NETDESK_DATABASE_URL", &url)]);
    assert!(said.contains("has not the rights of netdesk"), "{said}");
    let said = shop.refusal(&serve, &[("DATABASE_URL", &url)]);
    assert!(said.contains("may not act as netdesk"), "{said}");
    let said = shop.refusal(
        &serve,
        &[
            ("DATABASE_URL", &url),
            ("AKASHI_NETDESK_URL", "https://n.example/netdesk"),
        ],
    );
    assert!(said.contains("AKASHI_TRUSTED_PROXIES is missing"), "{said}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_stays_on_this_machine_and_out_of_other_peoples_databases() {
    let shop = Shop::open("demo").await;
    let data = shop.folder.join("data").display().to_string();
    let said = shop.refusal(&["demo", "--bind", "0.0.0.0:0", "--data", &data], &[]);
    assert!(said.contains("loopback"), "{said}");
    sqlx::raw_sql("update sureties set name = 'ほんもの保証株式会社' where suffix = 'H'")
        .execute(&shop.house.owner)
        .await
        .unwrap();
    let url = server::url(&shop.house.database);
    let said = shop.refusal(
        &["demo", "--bind", "127.0.0.1:0", "--data", &data],
        &[("DATABASE_URL", &url)],
    );
    assert!(said.contains("ほんもの保証株式会社"), "{said}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_makes_a_login_per_role_that_keeps_its_password_out_of_statements() {
    use std::os::unix::fs::PermissionsExt;
    let mut shop = Shop::open("logins").await;
    let login = format!("{}_made", shop.house.database);
    let file = shop.folder.join("office");
    std::fs::write(&file, "correct horse battery\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    let (owner, url) = (server::url(&shop.house.database), shop.url(&login));
    for made in [true, false] {
        let mut child = shop.start(
            &["migrate"],
            &[
                ("DATABASE_URL", &owner),
                ("AKASHI_OFFICE_DATABASE_URL", &url),
                (
                    "AKASHI_OFFICE_DATABASE_PASSWORD_FILE",
                    file.to_str().unwrap(),
                ),
            ],
        );
        let mut said = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        assert_eq!(
            said.contains(&format!("The login {login} acts as office.")),
            made,
            "{said}"
        );
    }
    shop.names.push(login.clone());
    let kept: String = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
        .bind(&login)
        .fetch_one(&shop.house.owner)
        .await
        .unwrap();
    assert!(kept.starts_with("SCRAM-SHA-256$4096:"), "{kept}");
    let mut conn = PgConnection::connect(&url).await.unwrap();
    let who: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(who, "office");
    assert!(
        sqlx::raw_sql("set role netdesk")
            .execute(&mut conn)
            .await
            .is_err()
    );
    conn.close().await.unwrap();
    shop.close().await;
}
