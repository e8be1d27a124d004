//! Coming in and going out of Net Desk, as its pages say it: sign-in, terms, invitation, users,
//! password, help.

use akashi::services::accounts::DEMO_PASSWORD;
use akashi::services::accounts::invitation::{self, Purpose};

use time::Duration;

use super::house::{House, Visitor};

const LOGIN: &str = "/netdesk/login";
const NEW: &str = "湊の港に十五文字をこえる長い言葉";

async fn account(house: &House, sql: &'static str) -> i64 {
    house.ask(sql).await
}

async fn try_in(visitor: &mut Visitor, login: &str, password: &str) -> super::house::Page {
    visitor
        .post(LOGIN, &[("login", login), ("password", password)])
        .await
}

#[tokio::test]
async fn every_no_is_one_answer_and_nothing_typed_is_lost() {
    let house = House::new().await;
    let mut visitor = house.stranger();
    let mut answers = Vec::new();
    for (login, password) in [
        ("minato.soumu", "not the password"),
        ("nobody.here", "not the password"),
        ("nagano.clerk", DEMO_PASSWORD),
    ] {
        let page = try_in(&mut visitor, login, password).await;
        page.is(422).says("ログインできませんでした");
        assert!(page.attributes("#f-password", "value").concat().is_empty());
        assert_eq!(page.attributes("#f-login", "value"), [login]);
        assert!(visitor.cookies().is_empty(), "{login}: a cookie");
        answers.push(page.html().replace(&format!(r#"value="{login}""#), "…"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "failures can be told apart");
    try_in(&mut visitor, " ", "x")
        .await
        .is(422)
        .says("ログインIDを入力してください。");
    try_in(&mut visitor, "x", "")
        .await
        .is(422)
        .says("パスワードを入力してください。");
    for _ in 0..9 {
        try_in(&mut visitor, "minato.soumu", "not the password").await;
    }
    let page = try_in(&mut visitor, "minato.soumu", DEMO_PASSWORD).await;
    page.is(429).says("いったん受け付けを止めています");
    assert_eq!(
        page.header("retry-after").parse::<u64>().map(|s| s > 0),
        Ok(true)
    );
    house.close().await;
}

#[tokio::test]
async fn sign_in_leads_on_only_within_net_desk_and_sign_out_ends_it() {
    let house = House::new().await;
    let mut visitor = house.stranger();
    let to = visitor
        .get("/netdesk/guarantees?kind=contract")
        .await
        .location()
        .unwrap();
    let page = visitor.get(&to).await;
    let next = page.attributes("input[name=next]", "value");
    assert_eq!(next, ["/netdesk/guarantees?kind=contract"]);
    for (next, led) in [
        (
            "/netdesk/guarantees?kind=contract",
            "/netdesk/guarantees?kind=contract",
        ),
        ("https://evil.example/", "/netdesk/"),
        ("/office/applications", "/netdesk/"),
        ("", "/netdesk/"),
    ] {
        let fields = [
            ("login", "ＭＩＮＡＴＯ．ｓｏｕｍｕ"),
            ("password", DEMO_PASSWORD),
            ("next", next),
        ];
        let page = visitor.post(LOGIN, &fields).await;
        assert_eq!(page.location().as_deref(), Some(led), "{next}");
    }
    let kept = visitor.clone();
    let page = visitor.submit("/netdesk/logout", &[]).await;
    page.is(200).says("ログアウトしました。").says("ログインID");
    for mut browser in [visitor, kept] {
        let to = browser.get("/netdesk/guarantees").await.location().unwrap();
        assert!(
            to.starts_with(LOGIN),
            "the session is over everywhere: {to}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn the_terms_come_first_and_are_recorded() {
    let house = House::new().await;
    house
        .stranger()
        .get("/netdesk/terms")
        .await
        .is(200)
        .says("利用規約")
        .never_says("同意して利用を始める");
    let mut visitor = house.stranger();
    try_in(&mut visitor, "yamato.soumu", DEMO_PASSWORD)
        .await
        .is(303);
    let page = visitor.visit("/netdesk/guarantees").await;
    page.is(200).says("同意して利用を始める");
    let fields = [("version", "1"), ("next", "/netdesk/guarantees")];
    let page = visitor.post("/netdesk/terms", &fields).await;
    page.is(422).says("印を付けてください");
    let accepted = "select count(*) from terms_acceptances";
    assert_eq!(house.ask::<i64>(accepted).await, 0);
    let page = visitor
        .post(
            "/netdesk/terms",
            &[
                ("version", "1"),
                ("next", "/netdesk/guarantees"),
                ("agree", "on"),
            ],
        )
        .await;
    assert_eq!(page.location().as_deref(), Some("/netdesk/guarantees"));
    assert_eq!(house.ask::<i64>(accepted).await, 1);
    visitor
        .get("/netdesk/terms")
        .await
        .is(200)
        .says("この版には同意済みです。");
    visitor
        .post("/netdesk/terms", &[("version", "2"), ("agree", "on")])
        .await
        .is(409);
    house.close().await;
}

#[tokio::test]
async fn an_invited_person_sets_a_password_once() {
    let house = House::new().await;
    let mut boss = house.contractor("minato.soumu").await;
    let new = "/netdesk/account/users/new";
    let page = boss
        .post(
            new,
            &[
                ("login", "み"),
                ("name", ""),
                ("email", "x"),
                ("role", "king"),
            ],
        )
        .await;
    page.is(422)
        .says("氏名を入力してください")
        .says("役割を一覧から選んでください。");
    assert_eq!(page.attributes("#f-login", "value"), ["み"]);
    let fields = [
        ("login", "minato.new"),
        ("name", "神\u{FA19} 花子"),
        ("email", "new@minato.example"),
        ("role", "viewer"),
    ];
    boss.submit(new, &fields)
        .await
        .is(200)
        .says("招待メールをお送りします")
        .says("神\u{FA19} 花子")
        .says("招待中");
    house.work().await;
    let id = account(&house, "select id from accounts where login = 'minato.new'").await;
    let link = invitation::make_link(&house.app, id, Purpose::Invitation)
        .await
        .unwrap()
        .unwrap();
    let path = format!("/netdesk/invitations/{}", link.token().expose());
    let mut guest = house.stranger();
    guest
        .get(&path)
        .await
        .is(200)
        .says("minato.new")
        .says("パスワードを設定する");
    for (first, second, words) in [
        ("", "", "新しいパスワードを入力してください。"),
        ("short", "short", "15文字以上"),
        (NEW, "another", "確認の入力が"),
    ] {
        let fields = [("new_password", first), ("new_password_again", second)];
        guest.post(&path, &fields).await.is(422).says(words);
    }
    let fields = [("new_password", NEW), ("new_password_again", NEW)];
    guest
        .submit(&path, &fields)
        .await
        .is(200)
        .says("パスワードを設定しました。");
    guest
        .get(&path)
        .await
        .is(404)
        .says("このリンクは使えません");
    guest.post(&path, &fields).await.is(404);
    try_in(&mut guest, "minato.new", NEW).await.is(303);
    house.close().await;
}

#[tokio::test]
async fn only_the_companys_administrator_manages_its_people() {
    let house = House::new().await;
    let mut boss = house.contractor("minato.soumu").await;
    let mut keiri = house.contractor("minato.keiri").await;
    let id = account(
        &house,
        "select id from accounts where login = 'minato.keiri'",
    )
    .await;
    let theirs = account(
        &house,
        "select id from accounts where login = 'yamato.soumu'",
    )
    .await;
    let own = account(
        &house,
        "select id from accounts where login = 'minato.soumu'",
    )
    .await;
    let user = |id: i64| format!("/netdesk/account/users/{id}");
    boss.get("/netdesk/account")
        .await
        .is(200)
        .says("minato.keiri")
        .says("作成のみ");
    keiri
        .get("/netdesk/account")
        .await
        .is(200)
        .never_says("minato.soumu");
    keiri.get(&user(id)).await.is(403);
    keiri
        .post(&format!("{}/role", user(id)), &[("role", "administrator")])
        .await
        .is(403);
    for missing in [user(theirs), user(0), format!("{}x", user(id))] {
        boss.get(&missing).await.is(404);
        boss.post(&format!("{missing}/state"), &[("state", "stop")])
            .await
            .is(404);
    }
    let role = format!("{}/role", user(id));
    boss.submit(&role, &[("role", "sender")])
        .await
        .is(200)
        .says("役割を「作成・送信」にしました。");
    boss.post(&role, &[("role", "king")]).await.is(404);
    boss.submit(&format!("{}/state", user(own)), &[("state", "stop")])
        .await
        .says("ご自身の役割の変更や停止はできません。");
    boss.submit(&format!("{}/state", user(id)), &[("state", "stop")])
        .await
        .is(200)
        .says("停止しました。")
        .says("停止中");
    let to = keiri.get("/netdesk/").await.location().unwrap();
    assert!(to.starts_with(LOGIN), "a stopped login is out at once");
    boss.post(&format!("{}/invitation", user(id)), &[])
        .await
        .is(409);
    boss.submit(&format!("{}/state", user(id)), &[("state", "open")])
        .await
        .says("再開しました。");
    boss.submit(&format!("{}/invitation", user(id)), &[])
        .await
        .says("期限は30分です。");
    house.work().await;
    house.close().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let house = House::new().await;
    let mut here = house.contractor("minato.soumu").await;
    let mut there = house.contractor("minato.soumu").await;
    let path = "/netdesk/account/password";
    here.get(path).await.is(200);
    let change = |old: &'static str| {
        [
            ("old_password", old),
            ("new_password", NEW),
            ("new_password_again", NEW),
        ]
    };
    here.post(path, &change(""))
        .await
        .is(422)
        .says("いまのパスワードを入力してください。");
    here.post(path, &change("wrong"))
        .await
        .is(422)
        .says("いまのパスワードと違います。");
    house.app.clock.advance(Duration::seconds(1));
    here.submit(path, &change(DEMO_PASSWORD))
        .await
        .is(200)
        .says("パスワードを変更しました。");
    here.get("/netdesk/account").await.is(200);
    let to = there.get("/netdesk/account").await.location().unwrap();
    assert!(to.starts_with(LOGIN));
    there
        .get(&to)
        .await
        .is(200)
        .says("もう一度ログインしてください");
    house.work().await;
    assert_eq!(house.caught().len(), 1, "its owner is told");
    house.close().await;
}

#[tokio::test]
async fn every_screen_has_its_help_for_everybody() {
    let house = House::new().await;
    let (mut inside, mut outside) = (house.contractor("minato.soumu").await, house.stranger());
    let index = inside.get("/netdesk/help").await;
    let topics = index.attributes("main .bul a", "href");
    assert!(topics.len() >= 7, "{topics:?}");
    for topic in &topics {
        inside.get(topic).await.is(200).says("のヘルプ");
        outside.get(topic).await.is(200).says("のヘルプ");
    }
    inside.get("/netdesk/help/nothing").await.is(404);
    // The help each page links to is there.
    for page in [
        "/netdesk/",
        "/netdesk/guarantees",
        "/netdesk/account",
        "/netdesk/status",
        "/netdesk/obligees",
        "/netdesk/applications/new",
    ] {
        let links = inside
            .get(page)
            .await
            .attributes("a[href^='/netdesk/help/']", "href");
        assert!(
            links.iter().all(|link| topics.contains(link)) && !links.is_empty(),
            "{page}: {links:?}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn the_foot_names_the_companys_own_branch_and_no_other() {
    let house = House::new().await;
    let people = [
        ("minato.soumu", "神奈川支店"),
        ("yamato.soumu", "長野支店"),
        ("taisetsu.soumu", "札幌支店"),
    ];
    for (login, branch) in people {
        let mut visitor = house.contractor(login).await;
        visitor.post("/netdesk/terms", &[("version", "1")]).await;
        let foot = visitor.get("/netdesk/").await.all("footer").join(" ");
        for (_, other) in people {
            assert_eq!(foot.contains(other), other == branch, "{login}: {foot}");
        }
    }
    house.close().await;
}
