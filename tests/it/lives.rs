//! Whole lives: random steps of several people on real guarantees, beside a small model of what a
//! person with the leaflets and a pencil would write down. The model uses nothing of the rules' code.

use akashi::domain::act::Proposal;
use akashi::error::AppError;
use akashi::services::{acts, changes, guarantees, renewals};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::macros::date;
use uuid::Uuid;

use crate::house::House;
use crate::house::desk::{Desk, Ware};
use crate::life::asking;

const DIGITS: usize = 11;
/// Steps of one life.
const STEPS: usize = 14;

/// What a certificate says, as far as the steps touch it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Says {
    works: String,
    price: i64,
    amount: i64,
    /// Months after 2027-03.
    months: u8,
}

/// A line of the pencil's history: 新規 is 0, 変更ーn is n; the link it stands at; what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    number: u32,
    seq: i32,
    says: Says,
}

/// The pencil's page.
#[derive(Debug)]
struct Model {
    /// As everybody sees it, in order.
    shown: Vec<Line>,
    /// Links that were corrected or cancelled.
    gone: Vec<i32>,
    last: i32,
    certificates: usize,
    /// Numbers 変更ーn that are used up.
    used: u32,
    ended: bool,
}

impl Model {
    fn held(&self) -> &Line {
        self.shown.last().unwrap()
    }

    fn labels(&self) -> Vec<String> {
        let name = |line: &Line| match line.number {
            0 => format!("新規#{}", line.seq),
            n => format!("変更ー{n}#{}", line.seq),
        };
        self.shown.iter().map(name).collect()
    }
}

/// The demo's tables, written down once more.
fn fee(ware: Ware, amount: i64) -> i64 {
    let ppm = |yen: i64, rate: i64| i128::from(yen) * i128::from(rate);
    let sum = match ware {
        Ware::Electronic => {
            ppm(amount.min(10_000_000), 1_800) + ppm((amount - 10_000_000).max(0), 1_200)
        }
        Ware::Paper if amount <= 5_000_000 => ppm(amount, 5_000),
        Ware::Paper => ppm(amount, 4_000) + 5_000 * 1_000_000,
    };
    i64::try_from(sum / 1_000_000).unwrap().max(1_000)
}

/// The day a month ends, as it is typed and as it is stored.
fn month_end(months: u8) -> (String, time::Date) {
    let (year, month) = (2027, 3 + months);
    let day = time::util::days_in_month(time::Month::try_from(month).unwrap(), year);
    let date = time::Date::from_calendar_date(year, month.try_into().unwrap(), day).unwrap();
    (format!("令和9年{month}月{day}日"), date)
}

/// One guarantee under test.
struct Case<'a> {
    desk: &'a Desk<'a>,
    ware: Ware,
    number: String,
    model: Model,
    key: Option<String>,
    old_keys: Vec<String>,
    rng: StdRng,
    /// What was done, for whoever reads a failure.
    diary: Vec<String>,
}

impl<'a> Case<'a> {
    async fn begin(desk: &'a Desk<'a>, ware: Ware, seed: u64) -> Self {
        let (_, number) = desk.issued(&desk.form(ware), ware.product()).await;
        let says = Says {
            works: "○○浄水場△△修繕工事".to_owned(),
            price: 50_000_000,
            amount: match ware {
                Ware::Electronic => 20_000_000,
                Ware::Paper => 5_000_000,
            },
            months: 0,
        };
        let key = match ware {
            Ware::Electronic => Some(desk.key(&number).await),
            Ware::Paper => None,
        };
        let first = Line {
            number: 0,
            seq: 1,
            says,
        };
        Self {
            desk,
            ware,
            number,
            model: Model {
                shown: vec![first],
                gone: Vec::new(),
                last: 1,
                certificates: 1,
                used: 0,
                ended: false,
            },
            key,
            old_keys: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
            diary: vec![format!("{ware:?}, seed {seed}")],
        }
    }

    fn digits(&self) -> String {
        self.number[..DIGITS].to_owned()
    }

    async fn step(&mut self, at: usize) {
        match self.rng.random_range(0..22) {
            0..=6 => self.change().await,
            7..=10 => self.correct().await,
            11..=13 => self.cancel().await,
            14 | 15 => self.renew().await,
            16 => self.strangers().await,
            17 => self.clerk_alone().await,
            18 => self.at_once().await,
            _ if at >= STEPS / 2 => self.end().await,
            _ => self.change().await,
        }
        self.check().await;
    }

    async fn change(&mut self) {
        let held = self.model.held().says.clone();
        let mut says = held.clone();
        let grows = self.rng.random_bool(0.7);
        if grows {
            says.price += self.rng.random_range(1..=40) * 100_000;
            let share = match self.ware {
                Ware::Electronic => says.price * 4 / 10,
                Ware::Paper => says.price / 10,
            };
            says.amount = share / 100_000 * 100_000;
            if self.ware == Ware::Paper {
                says.amount = (share + 99_999) / 100_000 * 100_000;
            }
        }
        if !grows || self.rng.random_bool(0.3) {
            says.months = if held.months < 9 { held.months + 1 } else { 1 };
        }
        self.diary.push(format!("change to {says:?}"));
        let amount = match self.ware {
            Ware::Electronic => "prepayment_amount",
            Ware::Paper => "contract_amount",
        };
        let form = asking(&[
            ("price", &says.price.to_string()),
            (amount, &says.amount.to_string()),
            ("period_to", &month_end(says.months).0),
        ]);
        if self.model.ended {
            let refused = self.desk.change_sent(&self.number, &form).await;
            assert!(refused.is_err(), "{:?}", self.diary);
            return;
        }
        self.desk.changed(&self.number, &form).await;
        let model = &mut self.model;
        model.used += 1;
        model.last += 1;
        model.certificates += 1;
        model.shown.push(Line {
            number: model.used,
            seq: model.last,
            says,
        });
    }

    /// 訂正 of any link, also of some that cannot be.
    async fn correct(&mut self) {
        let target = self.rng.random_range(1..=self.model.last);
        let place = self.model.shown.iter().position(|line| line.seq == target);
        let place = place.filter(|_| !self.model.ended);
        let shown = self.model.held().seq;
        let mut right = self.desk.contents(&self.number, shown).await;
        let number = self.model.last + 1;
        if let Some(place) = place {
            right = self.desk.contents(&self.number, target).await;
            let says = &self.model.shown[place].says;
            assert_eq!(right.works_name, says.works);
        }
        right.works_name = format!("○○浄水場△△修繕工事（訂正{number}）");
        let amount = right.amount.get() - self.rng.random_range(0..=3) * 100_000;
        right.amount = akashi::domain::money::Yen::new(amount).unwrap();
        let proposal = Proposal::Correction {
            target: target.try_into().unwrap(),
            corrected: Box::new(right.clone()),
        };
        self.diary.push(format!("correct {target} to {amount}"));
        let Some(place) = place else {
            return self.refused(&proposal).await;
        };
        self.desk.acted(&self.number, &proposal).await;
        let model = &mut self.model;
        model.last += 1;
        model.certificates += 1;
        model.gone.push(target);
        let line = &mut model.shown[place];
        line.seq = model.last;
        line.says.works = right.works_name;
        line.says.amount = amount;
    }

    /// 変更取消 of any shown version; only the newest change can be.
    async fn cancel(&mut self) {
        let at = self.rng.random_range(0..self.model.shown.len());
        let line = self.model.shown[at].clone();
        let proposal = Proposal::Cancellation {
            target: line.seq.try_into().unwrap(),
        };
        self.diary.push(format!("cancel {}", line.seq));
        let newest = at + 1 == self.model.shown.len();
        if self.model.ended || !newest || line.number == 0 {
            return self.refused(&proposal).await;
        }
        self.desk.acted(&self.number, &proposal).await;
        self.model.shown.pop();
        self.model.gone.push(line.seq);
        self.model.last += 1;
    }

    async fn end(&mut self) {
        let on = date!(2026 - 07 - 02);
        let proposal = Proposal::Termination { on };
        self.diary.push("end".to_owned());
        if self.model.ended {
            return self.refused(&proposal).await;
        }
        self.desk.acted(&self.number, &proposal).await;
        self.model.ended = true;
        self.model.last += 1;
    }

    async fn refused(&self, proposal: &Proposal) {
        let answer = self.desk.proposed(&self.number, proposal).await;
        let refused = matches!(answer, Err(AppError::Conflict(_)));
        assert!(refused, "{answer:?}: {:?}", self.diary);
    }

    async fn renew(&mut self) {
        let desk = self.desk;
        let app = &desk.house.app;
        let id = app.chance.id(app.clock.now());
        let ordered = renewals::order(app, &desk.clerk, &self.digits(), id, "控えの紛失").await;
        self.diary.push("renew".to_owned());
        let Some(key) = &mut self.key else {
            assert!(matches!(ordered, Err(AppError::NotFound)), "{ordered:?}");
            return;
        };
        if self.model.ended {
            assert!(matches!(ordered, Err(AppError::Conflict(_))), "{ordered:?}");
            return;
        }
        ordered.unwrap();
        desk.house.work().await;
        let new = desk.key(&self.number).await;
        assert_ne!(&new, key);
        self.old_keys.push(std::mem::replace(key, new));
    }

    /// Another company, another branch: for them there is no such guarantee.
    async fn strangers(&mut self) {
        let house = self.desk.house;
        let app = &house.app;
        let digits = self.digits();
        self.diary.push("strangers".to_owned());
        let yamato = house.user("yamato.soumu").await;
        let opened = changes::open(app, &yamato, &digits).await;
        assert!(matches!(opened, Err(AppError::NotFound)));
        let nagano = house.staff("nagano.clerk").await;
        let seen = acts::OnScreen {
            digits: &digits,
            last: self.model.last.try_into().unwrap(),
        };
        let end = Proposal::Termination {
            on: date!(2026 - 07 - 02),
        };
        let id = app.chance.id(app.clock.now());
        let proposed = acts::propose(app, &nagano, seen, id, &end, "理由").await;
        assert!(matches!(proposed, Err(AppError::NotFound)), "{proposed:?}");
    }

    /// A clerk cannot do alone what wants four eyes; what was proposed is dropped again.
    async fn clerk_alone(&mut self) {
        let desk = self.desk;
        let app = &desk.house.app;
        self.diary.push("clerk alone".to_owned());
        let end = Proposal::Termination {
            on: date!(2026 - 07 - 02),
        };
        if self.model.ended {
            return self.refused(&end).await;
        }
        let id = desk.proposed(&self.number, &end).await.unwrap();
        let digits = self.digits();
        let alone = acts::approve(app, &desk.clerk, &digits, id).await;
        assert!(matches!(alone, Err(AppError::Denied(_))), "{alone:?}");
        acts::drop_act(app, &desk.clerk, &digits, id, "思い違い")
            .await
            .unwrap();
    }

    /// The approver presses in two windows while the clerk orders a new key: one correction, and one
    /// new key or none.
    async fn at_once(&mut self) {
        let desk = self.desk;
        let app = &desk.house.app;
        self.diary.push("at once".to_owned());
        if self.model.ended {
            return;
        }
        let digits = self.digits();
        let target = self.model.held().seq;
        let mut right = desk.contents(&self.number, target).await;
        right.works_name = format!("○○浄水場△△修繕工事（同時{}）", self.model.last + 1);
        let proposal = Proposal::Correction {
            target: target.try_into().unwrap(),
            corrected: Box::new(right.clone()),
        };
        let act = desk.proposed(&self.number, &proposal).await.unwrap();
        let key = app.chance.id(app.clock.now());
        let (one, other, ordered) = tokio::join!(
            acts::approve(app, &desk.approver, &digits, act),
            acts::approve(app, &desk.approver, &digits, act),
            renewals::order(app, &desk.clerk, &digits, key, "控えの紛失"),
        );
        let done = [&one, &other].iter().filter(|it| it.is_ok()).count();
        // Pressed twice by one person is pressed once; what came of it is counted below.
        assert!(done >= 1, "{one:?} {other:?}: {:?}", self.diary);
        desk.house.work().await;
        let model = &mut self.model;
        model.last += 1;
        model.certificates += 1;
        model.gone.push(target);
        let last = model.last;
        let held = model.shown.last_mut().unwrap();
        held.seq = last;
        held.says.works = right.works_name;
        let Some(key) = &mut self.key else {
            assert!(matches!(ordered, Err(AppError::NotFound)), "{ordered:?}");
            return;
        };
        if ordered.is_ok() {
            let new = desk.key(&self.number).await;
            assert_ne!(&new, key);
            self.old_keys.push(std::mem::replace(key, new));
        }
    }

    async fn check(&self) {
        let (desk, model, diary) = (self.desk, &self.model, self.diary.join("\n"));
        let app = &desk.house.app;
        assert_eq!(desk.history(&self.number).await, model.labels(), "{diary}");
        let digits = self.digits();
        let found = guarantees::find(app, &desk.who, &digits).await;
        let found = found.unwrap().unwrap();
        let held = model.held();
        let says = Says {
            works: found.works_name.clone(),
            price: found.price,
            amount: found.amount,
            months: held.says.months,
        };
        assert_eq!(says, held.says, "{diary}");
        assert_eq!(found.until, month_end(held.says.months).1, "{diary}");
        assert_eq!(found.terminated_on.is_some(), model.ended, "{diary}");
        let office = guarantees::office_detail(app, &desk.clerk, &digits, None).await;
        assert_eq!(
            office.unwrap().versions.len(),
            model.certificates,
            "{diary}"
        );
        if let Some(key) = &self.key {
            assert_eq!(
                desk.opens(&self.number, key).await,
                Some(held.seq),
                "{diary}"
            );
            if let Some(old) = self.old_keys.last() {
                assert_eq!(desk.opens(&self.number, old).await, None, "{diary}");
            }
        }
        let ledger: i64 = self
            .ask("select coalesce(sum(f.amount), 0)::bigint from fees f")
            .await;
        assert_eq!(ledger, fee(self.ware, held.says.amount), "{diary}");
        let keys: i64 = self.ask("select count(*) from guarantee_keys f").await;
        let renewed = i64::try_from(self.old_keys.len()).unwrap();
        let one = i64::from(self.key.is_some());
        assert_eq!(keys, one + renewed, "{diary}");
        self.chained().await;
    }

    /// A number out of one table's rows of this guarantee.
    async fn ask(&self, select: &'static str) -> i64 {
        let sql = format!(
            "{select} join guarantees g on g.id = f.guarantee_id where g.number || g.suffix = $1"
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(&self.number)
            .fetch_one(&self.desk.house.owner)
            .await
            .unwrap()
    }

    /// Every link names the hash of the one before it, none is missing, and each says what it did.
    async fn chained(&self) {
        let rows: Vec<(i32, Vec<u8>)> = sqlx::query_as(
            "select c.seq, c.face from certificates c join guarantees g on g.id = c.guarantee_id
             where g.number || g.suffix = $1 order by c.seq",
        )
        .bind(&self.number)
        .fetch_all(&self.desk.house.owner)
        .await
        .unwrap();
        assert_eq!(rows.len(), usize::try_from(self.model.last).unwrap());
        let mut before: Option<String> = None;
        for (at, (seq, bytes)) in (1..).zip(rows) {
            assert_eq!(at, seq);
            let face: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(face["previous_sha256"].as_str(), before.as_deref());
            let hash = Sha256::digest(&bytes);
            before = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
            let line = self.model.shown.iter().find(|line| line.seq == seq);
            if let Some(line) = line {
                assert_eq!(face["works_name"].as_str(), Some(line.says.works.as_str()));
                assert_eq!(face["amount"].as_i64(), Some(line.says.amount));
            }
        }
    }

    /// What the contractor and the obligee can open, page by page.
    async fn opened_by_hand(&self) {
        let house = self.desk.house;
        let mut soumu = house.contractor("minato.soumu").await;
        let digits = self.digits();
        for seq in 1..=self.model.last {
            let shown = self.model.shown.iter().find(|line| line.seq == seq);
            let path = format!("/netdesk/guarantees/{digits}/certificates/{seq}");
            let page = soumu.get(&path).await;
            match shown {
                // A paper's certificate is the paper: no page shows it.
                Some(line) if self.ware == Ware::Electronic => page.is(200).says(&line.says.works),
                _ => page.is(404),
            };
        }
        let Some(key) = &self.key else { return };
        let mut obligee = house.stranger();
        let fields = [("number", self.number.as_str()), ("key", key.as_str())];
        let page = obligee.submit("/dsure/", &fields).await;
        page.is(200).says(&self.model.held().says.works);
        for seq in &self.model.gone {
            let page = obligee.get(&format!("/dsure/certificates/{seq}")).await;
            page.is(410).never_says("（訂正");
        }
    }
}

#[tokio::test]
async fn lives_go_as_a_pencil_would_write_them_down() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let mut seen = (0, 0, 0);
    for (seed, ware) in [
        (11, Ware::Electronic),
        (12, Ware::Paper),
        (13, Ware::Electronic),
        (14, Ware::Electronic),
        (15, Ware::Paper),
        (16, Ware::Electronic),
    ] {
        let mut case = Case::begin(&desk, ware, seed).await;
        case.check().await;
        for at in 0..STEPS {
            case.step(at).await;
        }
        case.opened_by_hand().await;
        seen.0 += case.model.gone.len();
        seen.1 += case.old_keys.len();
        seen.2 += usize::from(case.model.ended);
    }
    // The lives were lives: something was withdrawn, keys were renewed, some ended.
    assert!(seen.0 > 5 && seen.1 > 1 && seen.2 > 1, "{seen:?}");
    house.close().await;
}

#[tokio::test]
async fn two_changes_at_once_make_one() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (_, number) = desk.issued(&form, Ware::Electronic.product()).await;
    let keiri = house.user("minato.keiri").await;
    let app = &house.app;
    let ids: [Uuid; 2] = [1, 2].map(|_| app.chance.id(app.clock.now()));
    let typed = asking(&[("period_to", "令和9年6月30日")]);
    let naming = |id| changes::Naming { id, revision: None };
    let digits = &number[..DIGITS];
    let (one, other) = tokio::join!(
        changes::save(app, &desk.who, digits, naming(ids[0]), &typed),
        changes::save(app, &keiri, digits, naming(ids[1]), &typed),
    );
    let answers = [one, other];
    let kept = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(kept, 1, "{answers:?}");
    let refused = answers.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(refused, AppError::Conflict(_)), "{refused:?}");
    assert!(refused.to_string().contains("すでにあります"), "{refused}");
    house.close().await;
}

#[tokio::test]
async fn t17_paper_and_electronic_never_mix_in_one_guarantee() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let form = desk.form(Ware::Electronic);
    let (_, number) = desk.issued(&form, Ware::Electronic.product()).await;
    // The page has no choice to make; what is posted past it is refused, and nothing is kept of it.
    let later = ("period_to", "令和9年6月30日");
    let paper = asking(&[later, ("prepayment_form", "paper")]);
    let refused = desk.change_saved(&number, &paper).await.unwrap_err();
    assert!(matches!(refused, AppError::Conflict(_)), "{refused:?}");
    let words = "同じ保証契約の変更では、証書の形式を変えられません。電子保証(認証キーを含む)のままお申し込みください。";
    assert!(refused.to_string().contains(words), "{refused}");
    let kept: i64 = house
        .ask("select count(*) from applications where kind = 'change'")
        .await;
    assert_eq!(kept, 0);
    desk.changed(&number, &asking(&[later])).await;
    let forms: Vec<String> =
        sqlx::query_scalar("select convert_from(face, 'utf8')::json ->> 'form' from certificates")
            .fetch_all(&house.owner)
            .await
            .unwrap();
    assert_eq!(forms, ["electronic", "electronic"]);
    // The database refuses the step by itself, whoever asks.
    let id = desk
        .change_saved(&number, &asking(&[("period_to", "令和9年7月31日")]))
        .await
        .unwrap();
    akashi::services::applications::submit(&house.app, &desk.who, id, 1)
        .await
        .unwrap();
    let mixed =
        sqlx::query("update application_items set form = 'paper' where application_id = $1")
            .bind(id)
            .execute(&house.owner)
            .await;
    let refused = mixed.unwrap_err();
    let refused = refused.as_database_error().unwrap();
    assert_eq!(refused.code().as_deref(), Some("23503"), "{refused}");
    house.close().await;
}
