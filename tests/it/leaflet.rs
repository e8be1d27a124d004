//! The leaflets' worked example from sign-in to D-Sure, through the pages and without a browser.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use akashi::vault::Cost;
use akashi::verify;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};

use super::house::typed::{Typed, good, leaflet, with_contract};
use super::house::visitor::HOST;
use super::house::{House, Page, Plan, Visitor};

/// A name that must arrive as it was typed, down to the last byte.
const ODD: &str = "神\u{FA19}・髙橋\u{FA11}太郎・\u{20BB7}野家㈱前～道路工事";

/// The people of one day, each signed in through the page.
pub struct Day<'a> {
    pub house: &'a House,
    pub minato: Visitor,
    pub clerk: Visitor,
    pub approver: Visitor,
    pub town: Visitor,
}

impl<'a> Day<'a> {
    pub async fn begin(house: &'a House) -> Self {
        Self {
            minato: house.contractor("minato.soumu").await,
            clerk: house.officer("kanagawa.clerk").await,
            approver: house.officer("kanagawa.approver").await,
            town: house.stranger(),
            house,
        }
    }

    /// Types, checks and sends; returns the application's id.
    pub async fn apply(&mut self, fill: impl FnOnce(Typed) -> Typed) -> String {
        let form = fill(Typed::fresh(&mut self.minato).await);
        let page = form.check(&mut self.minato).await;
        assert_eq!(page.status, 303, "{:?}", page.all(".err"));
        let check = self.minato.get(&page.location().unwrap()).await;
        check
            .is(200)
            .says("まだ送信していません")
            .says("この内容で申し込む");
        check.says(form.get("works_name"));
        let submission = format!("{}/submission", form.address());
        let sent = Typed::of(&check, &submission);
        let done = self.minato.submit(&submission, &sent.pairs()).await;
        done.is(200).says("送信完了").says("R8-0");
        let status = self.minato.get(&format!("{}/status", form.address())).await;
        status.is(200).says("送信済").says(form.get("works_name"));
        form.get("application").to_owned()
    }

    async fn press(visitor: &mut Visitor, case: &str, button: &str, deed: &str, wares: &[&str]) {
        let page = visitor.get(case).await;
        page.is(200).says(button);
        let address = format!("{case}/{deed}");
        assert!(
            page.attributes("form", "action").contains(&address),
            "{case} has no form for {deed}"
        );
        let fields: Vec<_> = wares.iter().map(|ware| ("product", *ware)).collect();
        let page = visitor.act(case, deed, &fields).await;
        assert_eq!(page.status, 303, "{button}: {}", page.text());
    }

    /// Examined, approved and issued; returns the numbers in the order of the products.
    pub async fn issue(&mut self, id: &str, wares: &[&str]) -> Vec<String> {
        let case = format!("/office/applications/{id}");
        Self::press(&mut self.clerk, &case, "審査を開始する", "examination", &[]).await;
        self.reads(id, "審査中").await;
        Self::press(
            &mut self.clerk,
            &case,
            "承認に回す",
            "approval-request",
            wares,
        )
        .await;
        Self::press(&mut self.approver, &case, "承認する", "approval", wares).await;
        self.reads(id, "承認済").await;
        Self::press(&mut self.approver, &case, "発行する", "issue", wares).await;
        self.reads(id, "発行手続中").await;
        self.house.work().await;
        self.reads(id, "発行済").await;
        let page = self.approver.get(&case).await;
        page.says("発行済");
        sqlx::query_scalar(
            "select number || suffix from guarantees where application_id = $1::uuid
             order by product = 'contract'",
        )
        .bind(id)
        .fetch_all(&self.house.owner)
        .await
        .unwrap()
    }

    /// What the contractor reads on the status page.
    async fn reads(&mut self, id: &str, words: &str) {
        let address = format!("/netdesk/applications/{id}/status");
        self.minato.get(&address).await.is(200).says(words);
    }

    /// The key as the detail page shows it.
    pub async fn key(&mut self, number: &str) -> String {
        let page = self
            .minato
            .get(&format!("/netdesk/guarantees/{number}"))
            .await;
        page.is(200).says("電子保証履歴一覧").says("認証キー");
        let groups = page.all(".key__grp > span");
        assert_eq!(groups.len(), 3, "the key stands in three groups");
        let key = groups.concat();
        assert_eq!(key.chars().count(), 12);
        assert_eq!(page.attributes("[data-copy]", "data-copy"), [key.as_str()]);
        key
    }

    /// D-Sure's sign-in; the page it leads to.
    pub async fn show(&mut self, number: &str, key: &str) -> Page {
        self.town
            .get("/dsure/")
            .await
            .is(200)
            .says("証書を確認する");
        let page = self
            .town
            .post("/dsure/", &[("number", number), ("key", key)])
            .await;
        assert_eq!(page.status, 303, "{}", page.text());
        self.town.get(&page.location().unwrap()).await
    }
}

/// What pdftotext reads, blanks taken out.
pub fn text_of(pdf: &Page) -> String {
    assert_eq!(
        pdf.header("content-type"),
        "application/pdf",
        "{}",
        pdf.path
    );
    let name = pdf.path.replace('/', "-");
    // Every house begins with the same numbers: two tests may read a document of the same name at once.
    static READ: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let nth = READ.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("akashi-{}-{nth}{name}", std::process::id()));
    std::fs::write(&path, &pdf.bytes).unwrap();
    let answer = Command::new("pdftotext")
        .args(["-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(answer.status.success(), "{answer:?}");
    let text = String::from_utf8(answer.stdout).unwrap();
    text.split_whitespace().collect()
}

#[tokio::test]
async fn the_worked_example_from_sign_in_to_d_sure() {
    let house = House::new().await;
    let mut day = Day::begin(&house).await;
    let works = "○○浄水場△△修繕工事";
    let id = day.apply(leaflet).await;
    let numbers = day.issue(&id, &["prepayment", "contract"]).await;
    let mut drawn = numbers.clone();
    drawn.sort();
    assert_eq!(drawn, ["35075-00001M", "35075-00002M"]);

    // One mail for each, after the arrival, with a link and without a key.
    let mails = house.mails().await;
    assert_eq!(mails.len(), 2);
    for number in &numbers {
        let mail = mails
            .iter()
            .find(|mail| mail.body.contains(number))
            .unwrap();
        assert_eq!(
            mail.summary.subject,
            "電子保証（認証キー）発行完了のお知らせ"
        );
        assert_eq!(mail.summary.to, "soumu@minato.example");
        assert!(
            mail.body.contains(number) && mail.body.contains(works),
            "{}",
            mail.body
        );
        assert!(mail.body.contains(&format!("/netdesk/guarantees/{number}")));
    }

    let keys = [day.key(&numbers[0]).await, day.key(&numbers[1]).await];
    assert_ne!(keys[0], keys[1], "each guarantee has a key of its own");
    for mail in &mails {
        assert!(keys.iter().all(|key| !mail.body.contains(key.as_str())));
    }
    for (at, (number, key)) in numbers.iter().zip(&keys).enumerate() {
        let [product, amount] = [["前払金保証", "20,000,000"], ["契約保証", "5,000,000"]][at];
        let notice = format!("/netdesk/guarantees/{number}/key-notice.pdf");
        let notice = day.minato.get(&notice).await;
        assert_eq!(notice.is(200).header("cache-control"), "no-store");
        let text = text_of(&notice);
        for words in [
            "電子保証にかかる「認証キー」のお知らせ",
            number,
            key,
            works,
            product,
            "みなと建設株式会社",
        ] {
            assert!(text.contains(words), "the notice lacks {words}: {text}");
        }

        let page = day.show(number, key).await;
        page.is(200).says(works).says(product).says(number);
        page.says(amount)
            .says("神奈川県内広域水道企業団")
            .says("署名は有効です");
        page.says("保証証書（書面）の発行は行わない")
            .never_says(key);
        assert_eq!(page.html().contains("預託金融機関"), at == 0);
        let pdf = day.town.get("/dsure/certificates/1.pdf").await;
        let text = text_of(&pdf);
        for words in [works, number, amount, "写し", "令和09年03月31日"] {
            assert!(text.contains(words), "the copy lacks {words}: {text}");
        }
        assert!(!text.contains(key.as_str()));
        verified(&mut day, number, works).await;
        day.town
            .submit("/dsure/logout", &[])
            .await
            .says("ログアウトしました。");
        day.town.get("/dsure/certificates/1").await.is(303);

        // The contractor reads when it was looked at; the branch, too.
        let seen = "2026/07/02 14:30";
        let detail = format!("/netdesk/guarantees/{number}");
        let page = day.minato.get(&detail).await;
        page.says("発注者が証書を閲覧")
            .says(seen)
            .never_says("まだありません");
        let page = day.clerk.get(&format!("/office/guarantees/{number}")).await;
        page.is(200).says("証書を表示").never_says(key);
    }
    for (visitor, site) in [
        (&mut day.minato, "/netdesk"),
        (&mut day.clerk, "/office"),
        (&mut day.approver, "/office"),
    ] {
        visitor
            .submit(&format!("{site}/logout"), &[])
            .await
            .says("ログアウトしました。");
    }
    day.minato.get("/netdesk/").await.is(303);
    day.clerk.get("/office/applications").await.is(303);
    house.close().await;
}

/// The envelope, checked by the command line's own judge.
async fn verified(day: &mut Day<'_>, number: &str, works: &str) {
    let envelope = day.town.get("/dsure/certificates/1.json").await;
    let keys = day.town.get("/dsure/keys.json").await;
    let folder = std::env::temp_dir().join(format!("akashi-{}-{number}", day.house.database));
    std::fs::create_dir_all(&folder).unwrap();
    let (file, ring) = (folder.join("envelope.json"), folder.join("keys.json"));
    std::fs::write(&file, &envelope.is(200).bytes).unwrap();
    std::fs::write(&ring, &keys.is(200).bytes).unwrap();
    let verdict = verify::verify_file(&file, Some(&ring));
    assert!(verdict.ok, "{:?}", verdict.lines);
    let lines = verdict.lines.join("\n");
    assert!(lines.contains(number) && lines.contains(works), "{lines}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn odd_names_arrive_byte_for_byte() {
    let house = House::new().await;
    let mut day = Day::begin(&house).await;
    let odd = |form| {
        good(form)
            .set("works_name", ODD)
            .set("jv_name", "髙\u{FA11}・\u{20BB7}共同企業体")
            .set("jv_representative", "㈱\u{FA19}組")
    };
    let id = day.apply(odd).await;
    let case = format!("/office/applications/{id}");
    let page = day.clerk.get(&case).await;
    assert!(page.html().contains(ODD), "the case page");
    let number = day.issue(&id, &["prepayment"]).await.remove(0);
    let key = day.key(&number).await;
    for path in [
        format!("/netdesk/applications/{id}/status"),
        format!("/netdesk/guarantees/{number}"),
        format!("/netdesk/guarantees/{number}/certificates/1"),
        "/netdesk/guarantees".to_owned(),
    ] {
        assert!(day.minato.get(&path).await.html().contains(ODD), "{path}");
    }
    let page = day.show(&number, &key).await;
    assert!(page.html().contains(ODD), "D-Sure");
    assert!(page.html().contains("髙\u{FA11}・\u{20BB7}共同企業体"));
    for path in ["1.pdf", "1.json"] {
        let page = day.town.get(&format!("/dsure/certificates/{path}")).await;
        let text = if path == "1.pdf" {
            text_of(&page)
        } else {
            let envelope: serde_json::Value = serde_json::from_slice(&page.bytes).unwrap();
            let payload = envelope["payload"].as_str().unwrap();
            use base64::Engine;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(payload)
                .unwrap();
            String::from_utf8(bytes).unwrap()
        };
        assert!(text.contains(ODD), "{path}: {text}");
    }
    verified(&mut day, &number, ODD).await;
    let mail = house.mails().await.remove(0);
    assert!(mail.body.contains(ODD), "{}", mail.body);
    house.close().await;
}

#[tokio::test]
async fn paper_is_printed_in_the_office_and_a_second_printing_says_so() {
    let house = House::new().await;
    let mut day = Day::begin(&house).await;
    let id = day
        .apply(|form| {
            with_contract(good(form), "paper")
                .without("prepayment_on")
                .set("prepayment_plan", "planned")
                .set("handover", "post")
        })
        .await;
    let number = day.issue(&id, &["contract"]).await.remove(0);
    assert!(house.mails().await.is_empty(), "paper sends no key notice");
    let print = format!("/office/guarantees/{number}/paper");
    let first = text_of(&day.approver.post(&print, &[]).await);
    assert!(first.contains(&number) && !first.contains("再印刷") && !first.contains("写し"));
    let second = text_of(&day.clerk.post(&print, &[]).await);
    assert!(
        second.contains("再印刷") && second.contains("kanagawa.clerk"),
        "{second}"
    );
    let page = day.clerk.get(&format!("/office/guarantees/{number}")).await;
    page.says("再印刷");
    let printed: i64 = house
        .ask("select count(*) from events where kind = 'paper_printed'")
        .await;
    assert_eq!(printed, 2);
    let page = day
        .minato
        .get(&format!("/netdesk/guarantees/{number}"))
        .await;
    page.is(200).says("証書（紙）").says("郵送");
    assert!(page.all(".key__grp").is_empty(), "paper has no key");
    // Nothing of it was deposited: no key opens it.
    let page = day
        .town
        .post("/dsure/", &[("number", &number), ("key", "AAAABBBBCCCC")])
        .await;
    page.is(422);
    house.close().await;
}

/// One failing attempt: how long the answer took, and what it was.
async fn attempt(house: &House, number: &str, key: &str) -> (Duration, Page) {
    let body = serde_urlencoded::to_string([("number", number), ("key", key)]).unwrap();
    let network = std::net::SocketAddr::from(([192, 0, 2, 7], 4711));
    let request = Request::post("/dsure/")
        .extension(ConnectInfo(network))
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = house
        .stranger()
        .send(request, Body::from(body), "/dsure/")
        .await;
    (page.took, page)
}

/// Tries of each kind that a median is taken of.
const TRIES: usize = 200;
/// Tries added each time the medians differ: other work on the machine is no leak, and a leak
/// stays.
const MORE: usize = 40;
/// Tries of each kind after which a difference is one.
const MOST: usize = 1_000;

fn median(times: &[Duration]) -> f64 {
    let mut last = times[times.len() - TRIES..].to_vec();
    last.sort_unstable();
    last[TRIES / 2].as_secs_f64()
}

#[tokio::test]
async fn failures_at_d_sure_answer_alike_and_take_alike() {
    let house = House::with(Plan {
        cost: Cost::Real,
        ..Plan::default()
    })
    .await
    .with_stories()
    .await;
    let paper: String = house
        .ask("select number || suffix from guarantees where form = 'paper' limit 1")
        .await;
    let kinds = [
        ("35075-00001M", "AAAABBBBCCCC"),
        ("99999-99999M", "AAAABBBBCCCC"),
        ("35075-00001H", "AAAABBBBCCCC"),
        (paper.as_str(), "AAAABBBBCCCC"),
    ];
    let mut times = vec![Vec::new(); kinds.len()];
    let mut answers = HashSet::new();
    let mut medians = Vec::new();
    for round in 0..MOST {
        // Each in turn, beginning with another one every time.
        for step in 0..kinds.len() {
            let kind = (round + step) % kinds.len();
            let (number, key) = kinds[kind];
            let (took, page) = attempt(&house, number, key).await;
            times[kind].push(took);
            answers.insert(page.is(422).html().replace(number, "…"));
        }
        assert_eq!(answers.len(), 1, "failures differ in their bytes");
        // Nobody has to wait here; what waiting looks like is another test's.
        sqlx::query("delete from limits")
            .execute(&house.owner)
            .await
            .unwrap();
        let tries = round + 1;
        if tries < TRIES || !(tries - TRIES).is_multiple_of(MORE) {
            continue;
        }
        medians = times.iter().map(|times| median(times)).collect();
        let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
        let most = medians.iter().copied().fold(0.0, f64::max);
        if most / least <= 1.05 {
            house.close().await;
            return;
        }
    }
    panic!("failures can be told apart by their time, in seconds: {medians:?}");
}
