//! What an issue left behind, counted from behind the walls.

use akashi::vault::sealer::{Sealed, key_context};
use mail_parser::MessageParser;
use uuid::Uuid;

use super::House;

/// Rows that belong to one application.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    pub guarantees: i64,
    pub certificates: i64,
    pub keys: i64,
    pub arrivals: i64,
    pub deposits: i64,
    pub deposited_certificates: i64,
    pub issue_jobs: i64,
    pub deposit_jobs: i64,
    pub mail_jobs: i64,
    pub issued_events: i64,
    pub mail_sent_events: i64,
    pub signed_events: i64,
    pub items_issued: i64,
}

impl Ledger {
    /// Exactly one of everything.
    pub const ELECTRONIC: Self = Self {
        guarantees: 1,
        certificates: 1,
        keys: 1,
        arrivals: 1,
        deposits: 1,
        deposited_certificates: 1,
        issue_jobs: 1,
        deposit_jobs: 1,
        mail_jobs: 1,
        issued_events: 1,
        mail_sent_events: 1,
        signed_events: 1,
        items_issued: 1,
    };
    /// No key, nothing at D-Sure, no mail.
    pub const PAPER: Self = Self {
        keys: 0,
        arrivals: 0,
        deposits: 0,
        deposited_certificates: 0,
        deposit_jobs: 0,
        mail_jobs: 0,
        mail_sent_events: 0,
        ..Self::ELECTRONIC
    };
}

impl House {
    pub async fn ledger(&self, application: Uuid) -> Ledger {
        let counts: Vec<i64> = sqlx::query_scalar(
            "with g as (select * from guarantees where application_id = $1),
               e as (select kind from events where application_id = $1),
               i as (select * from application_items where application_id = $1)
             select array[
               (select count(*) from g),
               (select count(*) from certificates c join g on g.id = c.guarantee_id),
               (select count(*) from guarantee_keys k join g on g.id = k.guarantee_id),
               (select count(*) from arrivals a join g on g.id = a.guarantee_id),
               (select count(*) from dsure.deposits d join g on g.number = d.number),
               (select count(*) from dsure.certificates d join g on g.number = d.number),
               (select count(*) from jobs j join i on j.payload ->> 'item' = i.id::text),
               (select count(*) from jobs j join g on j.payload ->> 'guarantee' = g.id::text
                  where j.kind = 'deposit'),
               (select count(*) from jobs j join g on j.payload ->> 'guarantee' = g.id::text
                  where j.kind = 'mail_issued'),
               (select count(*) from e where kind = 'issued'),
               (select count(*) from e where kind = 'mail_sent'),
               (select count(*) from e where kind = 'certificate_signed'),
               (select count(*) from i where state = 'issued')]",
        )
        .bind(application)
        .fetch_one(&self.owner)
        .await
        .unwrap();
        let [
            guarantees,
            certificates,
            keys,
            arrivals,
            deposits,
            deposited_certificates,
            issue_jobs,
            deposit_jobs,
            mail_jobs,
            issued_events,
            mail_sent_events,
            signed_events,
            items_issued,
        ] = counts.try_into().unwrap();
        Ledger {
            guarantees,
            certificates,
            keys,
            arrivals,
            deposits,
            deposited_certificates,
            issue_jobs,
            deposit_jobs,
            mail_jobs,
            issued_events,
            mail_sent_events,
            signed_events,
            items_issued,
        }
    }

    /// How many numbers all blocks have given out.
    pub async fn numbers_used(&self) -> i64 {
        self.ask("select sum(next - 1) from number_blocks").await
    }

    /// Every key there is, opened with the vault: number and key.
    pub async fn keys(&self) -> Vec<(String, String)> {
        type Row = (String, i64, i32, String, Vec<u8>, Vec<u8>);
        let rows: Vec<Row> = sqlx::query_as(
            "select g.number, k.guarantee_id, k.key_version, k.kek_id, k.nonce, k.ciphertext
             from guarantee_keys k join guarantees g on g.id = k.guarantee_id order by g.number",
        )
        .fetch_all(&self.owner)
        .await
        .unwrap();
        rows.into_iter()
            .map(|(number, guarantee, version, kek, nonce, ciphertext)| {
                let sealed = Sealed::from_columns(kek, &nonce, ciphertext).unwrap();
                let context = key_context(guarantee, version);
                let sealer = self.app.vault.sealer().unwrap();
                let plain = sealer.open(&sealed, &context).unwrap();
                (number, String::from_utf8(plain.to_vec()).unwrap())
            })
            .collect()
    }

    /// The caught mails, as bytes, oldest first.
    pub fn caught(&self) -> Vec<Vec<u8>> {
        let mut names: Vec<_> = std::fs::read_dir(&self.mails)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        names.sort();
        names
            .into_iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect()
    }

    /// Message-IDs of the caught mails, which are taken away.
    pub fn collect_mails(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.mails).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "eml") {
                let bytes = std::fs::read(&path).unwrap();
                let mail = MessageParser::default().parse(&bytes).unwrap();
                ids.push(mail.message_id().unwrap().to_owned());
                std::fs::remove_file(&path).unwrap();
            }
        }
        ids
    }
}
