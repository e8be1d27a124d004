//! Who visits, and みなと建設's things that they try to reach.

use akashi::domain::typed::TypedForm;
use akashi::services::accounts::users::{self, Created, NewUser, Steward};
use akashi::services::accounts::{Door, SessionToken, invitation};
use akashi::services::guarantees::{self, KeyUse};
use akashi::services::{applications, drafts, sureties};
use akashi::web::site::Site;
use uuid::Uuid;

use crate::house::{House, Page, Visitor};

/// Passwords of those who are invited for the walk.
const PASSWORD: &str = "a walk through every room";

const ISSUED: &str = "01900000-0000-7000-8000-000000000001";
const RETURNED: &str = "01900000-0000-7000-8000-000000000002";
const DRAFT: &str = "01900000-0000-7000-8000-000000000003";
const BURIED: &str = "01900000-0000-7000-8000-0000000000bb";
const ACT: &str = "01900000-0000-7000-8000-0000000000ac";
const SENT: &str = "01900000-0000-7000-8000-0000000000aa";

const SETTLEMENT: &str = "01900000-0000-7000-8000-0000000000cc";
/// やまと土木's, of the stories.
const PAYMENT: &str = "01900000-0000-7000-8000-000000000007";

/// A mail for the demo's list.
const MAIL: &str = "000000-walk.eml";

/// 工事名 of みなと建設.
const WORKS_ISSUED: &str = "市道12号線舗装修繕工事";
const WORKS_RETURNED: &str = "みなと野市民プール改修工事";
const WORKS_DRAFT: &str = "港町三丁目汚水管布設工事";
const WORKS_SENT: &str = "みなと野駅前広場整備工事";

pub struct Guest {
    /// The column of the tables.
    pub name: &'static str,
    way: Way,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Nobody,
    /// A demo login of Net Desk.
    Company(&'static str),
    /// Invited to a company by an administrator of its surety: company's login, role.
    Invited(&'static str, &'static str),
    /// A demo login of the Office.
    Staff(&'static str),
    /// Invited to the head office with a role.
    Colleague(&'static str),
    /// With number and key of this login's electronic guarantee.
    Key(&'static str, &'static str),
}

const fn guest(name: &'static str, way: Way) -> Guest {
    Guest { name, way }
}

pub const STRANGERS: [Guest; 1] = [guest("anonymous", Way::Nobody)];

pub const MINATO: [Guest; 4] = [
    guest("m.admin", Way::Company("minato.soumu")),
    guest("m.sender", Way::Invited("minato.soumu", "sender")),
    guest("m.writer", Way::Company("minato.keiri")),
    guest("m.viewer", Way::Invited("minato.soumu", "viewer")),
];

pub const OTHER_COMPANIES: [Guest; 6] = [
    guest("y.admin", Way::Invited("yamato.soumu", "administrator")),
    guest("y.sender", Way::Company("yamato.soumu")),
    guest("y.writer", Way::Invited("yamato.soumu", "writer")),
    guest("y.viewer", Way::Invited("yamato.soumu", "viewer")),
    guest("t.admin", Way::Invited("taisetsu.soumu", "administrator")),
    guest("t.sender", Way::Company("taisetsu.soumu")),
];

pub const STAFF: [Guest; 5] = [
    guest("k.clerk", Way::Staff("kanagawa.clerk")),
    guest("k.approver", Way::Staff("kanagawa.approver")),
    guest("h.clerk", Way::Colleague("clerk")),
    guest("h.approver", Way::Staff("honsha.approver")),
    guest("h.admin", Way::Staff("honsha.admin")),
];

pub const OTHER_STAFF: [Guest; 5] = [
    guest("n.clerk", Way::Staff("nagano.clerk")),
    guest("n.approver", Way::Staff("nagano.approver")),
    guest("s.clerk", Way::Staff("sapporo.clerk")),
    guest("s.approver", Way::Staff("sapporo.approver")),
    guest("s.admin", Way::Staff("kita.admin")),
];

pub const HOLDERS: [Guest; 2] = [
    guest("holder", Way::Key("minato.soumu", "35075-00001M")),
    guest("other", Way::Key("taisetsu.soumu", "71001-00001H")),
];

impl Guest {
    /// Where the guest's session belongs.
    pub fn site(&self) -> Site {
        match self.way {
            Way::Nobody => Site::Demo,
            Way::Company(_) | Way::Invited(..) => Site::Netdesk,
            Way::Staff(_) | Way::Colleague(_) => Site::Office,
            Way::Key(..) => Site::Dsure,
        }
    }

    /// Comes in through the site's own door.
    pub async fn enter(&self, house: &House) -> Visitor {
        let mut visitor = house.stranger();
        match self.way {
            Way::Nobody => {}
            Way::Company(login) => visitor = house.contractor(login).await,
            Way::Staff(login) => visitor = house.officer(login).await,
            Way::Invited(login, role) => {
                let login = invite(house, login, role).await;
                visitor
                    .sign_in_with("/netdesk/login", &login, PASSWORD)
                    .await;
            }
            Way::Colleague(role) => {
                let login = invite_to_head_office(house, role).await;
                visitor
                    .sign_in_with("/office/login", &login, PASSWORD)
                    .await;
            }
            Way::Key(login, number) => {
                let key = key_of(house, login, number).await;
                let page = visitor
                    .post("/dsure/", &[("number", number), ("key", &key)])
                    .await;
                page.is(303);
            }
        }
        visitor
    }
}

async fn key_of(house: &House, login: &str, number: &str) -> String {
    let who = house.user(login).await;
    let key = guarantees::key(&house.app, &who, &number[..11], KeyUse::Page).await;
    key.unwrap().expose().to_owned()
}

async fn invite(house: &House, colleague: &str, role: &str) -> String {
    let admin = if colleague.starts_with("taisetsu") {
        "kita.admin"
    } else {
        "honsha.admin"
    };
    let admin = house.staff(admin).await;
    let company: i64 = sqlx::query_scalar("select contractor_id from accounts where login = $1")
        .bind(colleague)
        .fetch_one(&house.owner)
        .await
        .unwrap();
    let steward = Steward::of_contractor(&admin, company).unwrap();
    let typed = newcomer(role, None);
    join(house, &steward, &typed, Door::Netdesk).await
}

async fn invite_to_head_office(house: &House, role: &str) -> String {
    let admin = house.staff("honsha.admin").await;
    let steward = Steward::of_staff(&admin).unwrap();
    let typed = newcomer(role, Some(admin.branch()));
    join(house, &steward, &typed, Door::Office).await
}

fn newcomer(role: &str, branch: Option<i64>) -> NewUser {
    NewUser {
        login: format!("walk.{role}"),
        name: "巡回 花子".to_owned(),
        email: "walk@walk.example".to_owned(),
        role: role.to_owned(),
        branch,
    }
}

/// Made by an administrator, invited by mail; the link in it sets the password.
async fn join(house: &House, steward: &Steward, typed: &NewUser, door: Door) -> String {
    let made = users::create_user(&house.app, steward, typed)
        .await
        .unwrap();
    assert!(matches!(made, Created::Done(_)), "{made:?}");
    house.work().await;
    let mails = house.mails().await;
    let link = mails
        .iter()
        .rev()
        .find_map(|mail| mail.body.split("/invitations/").nth(1));
    let Some(token) = link else {
        let why: Option<String> = house
            .ask("select last_error from jobs where state <> 'done' limit 1")
            .await;
        panic!("the invitation did not arrive: {why:?}");
    };
    let token = SessionToken::read(token.split_whitespace().next().unwrap()).unwrap();
    invitation::accept_invitation(&house.app, door, token.expose(), PASSWORD)
        .await
        .unwrap();
    typed.login.clone()
}

/// An end of the electronic guarantee that waits for a decision.
async fn propose(house: &House) {
    let clerk = house.staff("kanagawa.clerk").await;
    let on = akashi::domain::era::tokyo_date(house.app.clock.now());
    let seen = akashi::services::acts::OnScreen {
        digits: "35075-00001",
        last: 1,
    };
    let end = akashi::domain::act::Proposal::Termination { on };
    let id = Uuid::try_parse(ACT).unwrap();
    akashi::services::acts::propose(&house.app, &clerk, seen, id, &end, "理由")
        .await
        .unwrap();
}

/// A letter that was given up, as the worker leaves it.
async fn bury(house: &House) {
    sqlx::query(
        "insert into jobs (id, surety_id, kind, payload, state, run_at, attempts, last_error, created_at, finished_at)
         select $1, surety_id, kind, payload, 'buried', run_at, 10, '-', created_at, finished_at
         from jobs where kind = 'mail_returned'",
    )
    .bind(Uuid::try_parse(BURIED).unwrap())
    .execute(&house.owner)
    .await
    .unwrap();
}

/// A month of みなと建設 that was closed and paid in part, as the verbs write it.
async fn close_june(house: &House) -> i64 {
    let closing: i64 = house
        .ask(
            "insert into closings (surety_id, contractor_id, branch_id, month, statement_no, amount, tax, fees,
               closed_at, closed_by)
             select surety_id, id, branch_id, '2026-06-01', '2026-06-00001', 30000, 0, 1, now(), 'x'
             from contractors where name like 'みなと%' returning id",
        )
        .await;
    sqlx::query(
        "insert into settlements (id, surety_id, contractor_id, branch_id, closing_id, amount, settled_on,
           confirmed_by, confirmed_at)
         select $1, k.surety_id, k.contractor_id, k.branch_id, k.id, 10000, '2026-07-01',
           (select id from accounts where login = 'honsha.admin'), now() from closings k",
    )
    .bind(Uuid::try_parse(SETTLEMENT).unwrap())
    .execute(&house.owner)
    .await
    .unwrap();
    closing
}

/// Nobody had the right to run it: it goes with the walk.
pub async fn unbury(house: &House) {
    sqlx::query("delete from jobs where state = 'buried'")
        .execute(&house.owner)
        .await
        .unwrap();
}

/// What the addresses of the walk name.
pub struct Things {
    keiri: i64,
    colleague: i64,
    company: i64,
    branch: i64,
    obligee: i64,
    /// The charge of みなと建設's electronic guarantee, a fee table of its surety, its closing.
    charge: i64,
    table: i64,
    closing: i64,
    key: String,
}

impl Things {
    /// Adds to the stories what the walk needs: an application that waits, and a mail.
    pub async fn of(house: &House) -> Self {
        let soumu = house.user("minato.soumu").await;
        let branch = sureties::branches(&house.app, &soumu).await.unwrap();
        let branch = branch
            .iter()
            .find(|known| known.name == "神奈川支店")
            .unwrap();
        let id = Uuid::try_parse(SENT).unwrap();
        let form = form(&branch.id.to_string());
        drafts::save(&house.app, &soumu, id, None, &form)
            .await
            .unwrap();
        let sent = applications::submit(&house.app, &soumu, id, 1)
            .await
            .unwrap();
        assert!(matches!(sent, applications::Sent::Done { .. }), "{sent:?}");
        house.work().await;
        propose(house).await;
        bury(house).await;
        let closing = close_june(house).await;
        std::fs::write(house.mails.join(MAIL), "Subject: walk\r\n\r\nwalk\r\n").unwrap();
        Self {
            colleague: house
                .ask("select id from accounts where login = 'kanagawa.clerk'")
                .await,
            company: house
                .ask("select id from contractors where name like 'みなと%'")
                .await,
            branch: branch.id,
            obligee: house
                .ask("select id from obligees where title_name = 'みなと野市長'")
                .await,
            charge: house
                .ask("select f.id from fees f join guarantees g on g.id = f.guarantee_id where g.number = '35075-00001'")
                .await,
            table: house
                .ask("select t.id from fee_tables t join sureties s on s.id = t.surety_id where s.suffix = 'M' and product = 'contract'")
                .await,
            closing,
            keiri: house
                .ask("select id from accounts where login = 'minato.keiri'")
                .await,
            key: key_of(house, "minato.soumu", "35075-00001M").await,
        }
    }

    /// The thing a word of the tables names; other words stand for themselves.
    pub fn named(&self, word: &str) -> String {
        match word {
            "issued" => ISSUED.to_owned(),
            "returned" => RETURNED.to_owned(),
            "draft" => DRAFT.to_owned(),
            "sent" => SENT.to_owned(),
            "electronic" => "35075-00001M".to_owned(),
            "paper" => "35075-00002M".to_owned(),
            "colleague" => self.colleague.to_string(),
            "company" => self.company.to_string(),
            "branch" => self.branch.to_string(),
            "obligee" => self.obligee.to_string(),
            "buried" => BURIED.to_owned(),
            "act" => ACT.to_owned(),
            "charge" => self.charge.to_string(),
            "statement.pdf" => format!("{}.pdf", self.charge),
            "table" => self.table.to_string(),
            "closing" => self.closing.to_string(),
            "closing.pdf" => format!("{}.pdf", self.closing),
            "settlement" => SETTLEMENT.to_owned(),
            "payment" => PAYMENT.to_owned(),
            "keiri" => self.keiri.to_string(),
            "mail" => MAIL.to_owned(),
            other => other.to_owned(),
        }
    }

    /// What a deed is sent with where an empty form would not even ask for it.
    pub fn body(&self, route: &str) -> Vec<(&'static str, String)> {
        match route {
            "POST /netdesk/applications/autosave" => vec![
                ("application", DRAFT.to_owned()),
                ("revision", "0".to_owned()),
            ],
            "POST /netdesk/account/users/{id}/role"
            | "POST /office/admin/contractors/{id}/users/{user}/role" => {
                vec![("role", "writer".to_owned())]
            }
            "POST /office/admin/staff/{id}/role" => vec![("role", "clerk".to_owned())],
            route if route.ends_with("/state") => vec![("state", "open".to_owned())],
            "POST /netdesk/applications/{id}/copy"
            | "POST /netdesk/guarantees/{number}/key-renewal"
            | "POST /office/guarantees/{number}/key-renewals" => {
                vec![("id", SENT.to_owned())]
            }
            "POST /office/applications/{id}/payment"
            | "POST /office/fee-closings/{id}/payment"
            | "POST /office/fee-refunds/{id}/payment" => vec![("form_id", SENT.to_owned())],
            _ => Vec::new(),
        }
    }

    /// What this guest must not read anywhere.
    pub fn secrets_from(&self, guest: &Guest) -> Vec<&str> {
        let all = [WORKS_ISSUED, WORKS_RETURNED, WORKS_DRAFT, WORKS_SENT];
        match guest.name {
            "m.admin" | "m.sender" | "m.writer" => vec![],
            "m.viewer" => vec![WORKS_DRAFT, self.key.as_str()],
            name if name.starts_with("k.") || name.starts_with("h.") => {
                vec![WORKS_DRAFT, self.key.as_str()]
            }
            "holder" => vec![
                WORKS_RETURNED,
                WORKS_DRAFT,
                WORKS_SENT,
                "35075-00002",
                self.key.as_str(),
            ],
            _ => all
                .into_iter()
                .chain(["35075-00001M", "35075-00002", self.key.as_str()])
                .collect(),
        }
    }

    /// Everything a page holds, its tags taken out so that a key in pieces is found, too.
    pub fn reads(&self, page: &Page) -> String {
        let text = String::from_utf8_lossy(&page.bytes);
        let mut inside = false;
        let bare: String = text
            .chars()
            .filter(|c| {
                match c {
                    '<' => inside = true,
                    '>' => {
                        inside = false;
                        return false;
                    }
                    _ => {}
                }
                !inside && !c.is_whitespace()
            })
            .collect();
        format!("{bare}\n{text}")
    }
}

fn form(branch: &str) -> TypedForm {
    [
        ("obligee", "みなと野市長"),
        ("works_name", WORKS_SENT),
        ("kind", "works"),
        ("price", "33,550,000"),
        ("contract_date", "令和8年6月22日"),
        ("period_from", "令和8年6月23日"),
        ("period_to", "令和9年2月26日"),
        ("prepayment_on", "on"),
        ("prepayment_form", "electronic"),
        ("prepayment_amount", "13,400,000"),
        ("bank", "見本銀行　港町支店"),
        ("redeposit", "no"),
        ("prepayment_fee_method", "lump_sum"),
        ("prepayment_bill_to", "本社　総務部"),
        ("prepayment_paper_statement", "no"),
        ("branch", branch),
        ("notify", "no"),
    ]
    .into_iter()
    .collect()
}
