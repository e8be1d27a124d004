//! A database of its own with a few people in it, reached as production does: one login per role.

use std::path::PathBuf;
use std::sync::Arc;

use akashi::app::App;
use akashi::clock::{Chance, Clock};
use akashi::config::Addresses;
use akashi::db::{self, Db, Pool};
use akashi::demo::cluster::{Cluster, find_programs};
use akashi::services::accounts::signin::{self, SignIn};
use akashi::services::accounts::{Door, SessionToken, sessions};
use akashi::services::{ContractorUser, Officer};
use akashi::vault::{Cost, Hashing, Vault};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgPool};
use time::macros::datetime;

/// The password of everybody.
pub const PASSWORD: &str = "correct horse 12";

pub struct Gatehouse {
    pub app: App,
    /// As the owner of everything; for looking behind the scenes.
    pub owner: PgPool,
    // Dropped last: the server goes after its connections.
    _cluster: Cluster,
    _scratch: Scratch,
}

struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two sureties; みなと建設 and 大雪建設 with users of every role, staff of the first surety.
const PEOPLE: &str = "
insert into sureties (name, address, president_title, president_name, suffix, vow_prepayment, vow_contract)
  values ('みらい', '東京都', '取締役社長', '見本 太郎', 'M', '-', '-'), ('きた', '札幌市', '取締役社長', '見本 次郎', 'H', '-', '-');
insert into branches (surety_id, name, tel, fax, email, hours, is_head)
  values (1, '営業部', '-', '-', '-', '-', true), (1, '神奈川支店', '-', '-', '-', '-', false), (2, '札幌支店', '-', '-', '-', '-', true);
insert into contractors (surety_id, branch_id, name, address, representative, email, created_at)
  values (1, 2, 'みなと建設株式会社', '横浜市', '湊 一郎', 'soumu@minato.example', '2026-04-01Z'),
         (2, 3, '大雪建設株式会社', '札幌市', '神 三郎', 'soumu@taisetsu.example', '2026-04-01Z');
insert into accounts (site, login, surety_id, contractor_id, branch_id, role, name, email, password_phc, sessions_after, created_at)
  select site, login, surety, contractor, branch, role, login, login || '@minato.example', $1, '2026-04-01Z', '2026-04-01Z'
  from (values
    ('netdesk', 'minato.soumu', 1, 1, null::int, 'administrator'),
    ('netdesk', 'minato.sender', 1, 1, null, 'sender'),
    ('netdesk', 'minato.keiri', 1, 1, null, 'writer'),
    ('netdesk', 'minato.viewer', 1, 1, null, 'viewer'),
    ('netdesk', 'taisetsu.soumu', 2, 2, null, 'administrator'),
    ('office', 'kanagawa.clerk', 1, null, 2, 'clerk'),
    ('office', 'kanagawa.approver', 1, null, 2, 'approver'),
    ('office', 'honsha.admin', 1, null, 1, 'administrator')
  ) as people (site, login, surety, contractor, branch, role);
";

impl Gatehouse {
    pub async fn open(name: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = PathBuf::from(format!("/tmp/akashi-gate-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let scratch = Scratch(folder);
        let programs = find_programs(None, std::env::var_os("PATH").as_deref()).unwrap();
        let quick = ["fsync=off", "shared_buffers=16MB"];
        let cluster = Cluster::start_with(&programs, &scratch.0.join("data"), &quick).unwrap();
        let options: PgConnectOptions = cluster.url("postgres").parse().unwrap();
        db::migrate(&options).await.unwrap();
        let owner = super::house::server::owner(&cluster.url("postgres"), 3);
        let hashing = Hashing::new(None, 2, Cost::Cheap).unwrap();
        let phc = hashing.hash(PASSWORD, [7; 16]).await.unwrap();
        let people = PEOPLE.replace("$1", &format!("'{phc}'"));
        sqlx::raw_sql(AssertSqlSafe(people))
            .execute(&owner)
            .await
            .unwrap();
        let mut pools = Vec::new();
        for role in ["netdesk", "office", "dsure", "worker"] {
            let login = AssertSqlSafe(format!("alter role {role} login"));
            sqlx::raw_sql(login).execute(&owner).await.unwrap();
            pools.push(Pool::new(options.clone().username(role), 4));
        }
        let [netdesk, office, dsure, worker] = pools.try_into().unwrap();
        let address = |site: &str| format!("https://{site}.example/{site}");
        let app = App {
            db: Db::per_role(netdesk, office, dsure, worker),
            clock: Clock::fixed(datetime!(2026-07-01 00:00 UTC)),
            chance: Chance::seeded(7),
            vault: Arc::new(Vault::new(None, None, hashing)),
            addresses: Arc::new(Addresses {
                netdesk: address("netdesk"),
                office: address("office"),
                dsure: address("dsure"),
            }),
            names: Arc::default(),
            demo: false,
        };
        Self {
            app,
            owner,
            _cluster: cluster,
            _scratch: scratch,
        }
    }

    pub async fn sign_in(&self, door: Door, login: &str) -> SessionToken {
        match signin::sign_in(&self.app, door, login, PASSWORD, "test")
            .await
            .unwrap()
        {
            SignIn::In(token) => token,
            other => panic!("{login}: {other:?}"),
        }
    }

    pub async fn contractor(&self, login: &str) -> ContractorUser {
        let token = self.sign_in(Door::Netdesk, login).await;
        sessions::contractor_of(&self.app, &token)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn officer(&self, login: &str) -> Officer {
        let token = self.sign_in(Door::Office, login).await;
        sessions::officer_of(&self.app, &token)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.owner).await.unwrap();
    }

    /// One text value, as the owner sees it.
    pub async fn text(&self, sql: &'static str) -> String {
        sqlx::query_scalar(sql)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }
}
