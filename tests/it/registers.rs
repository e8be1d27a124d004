//! What an administrator keeps, through the pages of 管理.

use std::path::Path;

use super::house::{House, Page};

/// The address of the first link in the newest mail.
fn mailed_link(mails: &Path) -> String {
    let mut letters: Vec<_> = std::fs::read_dir(mails)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    letters.sort();
    let raw = std::fs::read(letters.last().unwrap()).unwrap();
    let letter = mail_parser::MessageParser::default().parse(&raw).unwrap();
    let text = letter.body_text(0).unwrap();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/invitations/"))
        .unwrap_or_else(|| panic!("no link in {text}"));
    let at = link
        .find("/office/")
        .or_else(|| link.find("/netdesk/"))
        .unwrap();
    link[at..].to_owned()
}

fn fields(page: &Page, action: &str) -> Vec<(String, String)> {
    page.form_fields(action)
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[tokio::test]
async fn to_others_the_registers_are_not_there() {
    let house = House::new().await;
    for login in ["nagano.clerk", "nagano.approver", "honsha.approver"] {
        let mut visitor = house.officer(login).await;
        for page in [
            "branches",
            "staff",
            "contractors",
            "obligees",
            "blocks",
            "jobs",
        ] {
            visitor.get(&format!("/office/admin/{page}")).await.is(404);
        }
        visitor
            .post("/office/admin/blocks", &[("block", "35099")])
            .await
            .is(404);
        visitor
            .get("/office/applications")
            .await
            .never_says("/office/admin/");
    }
    house.close().await;
}

#[tokio::test]
async fn branches_and_blocks_are_kept_and_once_only() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let new = "/office/admin/branches/new";
    let branch = [
        ("name", "静岡支店"),
        ("tel", "０５４－０００－００００"),
        ("fax", ""),
        ("email", "shizuoka@mirai.example"),
        ("hours", "平日 9:00～17:00"),
    ];
    admin
        .submit(new, &branch)
        .await
        .says("静岡支店を登録しました。")
        .says("054-000-0000");
    let again = admin.post(new, &branch).await;
    again.is(422).says("「静岡支店」はすでに登録されています。");
    let wrong = [
        ("name", ""),
        ("tel", "代表"),
        ("email", "nowhere"),
        ("hours", ""),
    ];
    let page = admin.post(new, &wrong).await;
    page.is(422)
        .says("支店名を入力してください。")
        .says("（いまの入力：代表）");
    assert!(page.html().contains("value=\"nowhere\""));

    let id: i64 = house
        .ask("select id from branches where name = '静岡支店'")
        .await;
    let edit = format!("/office/admin/branches/{id}");
    let page = admin.get(&edit).await;
    let mut kept = fields(&page, &edit);
    kept.iter_mut().find(|(name, _)| name == "fax").unwrap().1 = "054-100-0000".into();
    admin
        .submit(&edit, &pairs(&kept))
        .await
        .says("静岡支店の連絡先を変更しました。")
        .says("054-100-0000");

    let blocks = "/office/admin/blocks";
    let id = id.to_string();
    admin
        .post(blocks, &[("block", "35075"), ("branch", &id)])
        .await
        .is(422)
        .says("35075 はすでに割り当てられています。別の番号にしてください。");
    // Another surety's block is taken just as well.
    admin
        .post(blocks, &[("block", "71001"), ("branch", &id)])
        .await
        .is(422);
    admin
        .post(blocks, &[("block", "3507"), ("branch", &id)])
        .await
        .is(422)
        .says("番号ブロックは数字5けたです");
    admin
        .post(blocks, &[("block", "35099"), ("branch", "")])
        .await
        .is(422)
        .says("支店を一覧から選んでください。");
    let sapporo: i64 = house
        .ask("select id from branches where name = '札幌支店'")
        .await;
    admin
        .post(
            blocks,
            &[("block", "35099"), ("branch", &sapporo.to_string())],
        )
        .await
        .is(422);
    admin
        .submit(blocks, &[("block", "３５０９９"), ("branch", &id)])
        .await
        .says("番号ブロック 35099 を割り当てました。")
        .says("未使用");
    let written: i64 = house
        .ask("select count(*) from events where kind in ('branch_added', 'branch_changed', 'block_allotted')")
        .await;
    assert_eq!(written, 3, "each change is recorded, refusals are not");
    admin
        .get(&format!("/office/admin/branches/{sapporo}"))
        .await
        .is(404);
    house.close().await;
}

#[tokio::test]
async fn staff_come_in_by_a_mailed_link_and_leave_when_stopped() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let branch: i64 = house
        .ask("select id from branches where name = '千葉支店'")
        .await;
    let branch = branch.to_string();
    let new = "/office/admin/staff/new";
    let refused = [
        ("login", "nagano.clerk"),
        ("name", "千葉 新"),
        ("email", "new@staff.example"),
        ("branch", branch.as_str()),
        ("role", "clerk"),
    ];
    admin
        .post(new, &refused)
        .await
        .is(422)
        .says("ログインID「nagano.clerk」はすでに使われています。");
    let person = [
        ("login", "chiba.second"),
        ("name", "千葉 新"),
        ("email", "new@staff.example"),
        ("branch", branch.as_str()),
        ("role", "clerk"),
    ];
    admin
        .submit(new, &person)
        .await
        .says("千葉 新 さんを登録しました。")
        .says("招待中");
    house.work().await;

    let link = mailed_link(&house.mails);
    let mut guest = house.stranger();
    guest
        .get(&link)
        .await
        .says("パスワードの設定")
        .says("chiba.second");
    guest
        .post(
            &link,
            &[("new_password", "short"), ("new_password_again", "short")],
        )
        .await
        .is(422)
        .says("パスワードは15文字以上で入力してください。");
    let good = "見本の花が咲く支店の朝です2026";
    guest
        .submit(
            &link,
            &[("new_password", good), ("new_password_again", good)],
        )
        .await
        .says("パスワードを設定しました。");
    guest
        .get(&link)
        .await
        .is(404)
        .says("このリンクは使えません");
    guest
        .post(
            "/office/login",
            &[("login", "chiba.second"), ("password", good)],
        )
        .await
        .is(303);
    guest
        .get("/office/applications")
        .await
        .is(200)
        .says("千葉支店");

    let old_password = [
        ("old_password", "wrong wrong wrong"),
        ("new_password", good),
        ("new_password_again", good),
    ];
    guest
        .post("/office/account/password", &old_password)
        .await
        .is(422)
        .says("いまのパスワードと違います。");

    let id: i64 = house
        .ask("select id from accounts where login = 'chiba.second'")
        .await;
    let page = format!("/office/admin/staff/{id}");
    admin.get(&page).await.says("利用中");
    admin
        .submit(&format!("{page}/state"), &[("state", "stop")])
        .await
        .says("ログインを停止しました。");
    guest.get("/office/applications").await.is(303);
    admin
        .submit(&format!("{page}/state"), &[("state", "open")])
        .await
        .says("ログインを再開しました。");
    let own: i64 = house
        .ask("select id from accounts where login = 'honsha.admin'")
        .await;
    admin
        .submit(
            &format!("/office/admin/staff/{own}/state"),
            &[("state", "stop")],
        )
        .await
        .says("ご自身の役割の変更や停止はできません。");
    house.close().await;
}

#[tokio::test]
async fn an_invitation_to_a_mistyped_address_is_mended() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let branch: i64 = house
        .ask("select id from branches where name = '千葉支店'")
        .await;
    let head: i64 = house
        .ask("select id from branches where name = '営業部'")
        .await;
    let (branch, head) = (branch.to_string(), head.to_string());
    admin
        .submit(
            "/office/admin/staff/new",
            &[
                ("login", "chiba.third"),
                ("name", "千葉 三"),
                ("email", "chiba.thrid@mirai.example"),
                ("role", "clerk"),
                ("branch", &branch),
            ],
        )
        .await
        .says("招待メールをお送りします。");
    house.work().await;
    let wrong = mailed_link(&house.mails);
    house.stranger().get(&wrong).await.is(200);
    let id: i64 = house
        .ask("select id from accounts where login = 'chiba.third'")
        .await;
    let page = format!("/office/admin/staff/{id}");
    let details = format!("{page}/details");
    admin.get(&page).await.says("登録の内容を変更する");
    admin
        .get(&details)
        .await
        .is(200)
        .says("前のアドレスへ送ったリンクは使えなくなります");
    let taken: String = house
        .ask("select email from accounts where login = 'chiba.clerk'")
        .await;
    admin
        .post(
            &details,
            &[("name", ""), ("email", &taken), ("branch", &branch)],
        )
        .await
        .is(422)
        .says("氏名");
    admin
        .post(
            &details,
            &[
                ("name", "千葉 三郎"),
                ("email", &taken),
                ("branch", &branch),
            ],
        )
        .await
        .is(422)
        .says("ほかの職員がすでに使っています");
    admin
        .submit(
            &details,
            &[
                ("name", "千葉 三郎"),
                ("email", "chiba.third@mirai.example"),
                ("branch", &head),
            ],
        )
        .await
        .says("新しいアドレスへ招待メールをお送りします。")
        .says("千葉 三郎")
        .says("chiba.third@mirai.example")
        .says("営業部");
    house.stranger().get(&wrong).await.is(404);
    house.work().await;
    let mail = house.mails().await.pop().unwrap();
    assert!(mail.summary.to.contains("chiba.third@mirai.example"));
    house
        .stranger()
        .get(&mailed_link(&house.mails))
        .await
        .is(200);
    let kept: String = house
        .ask("select (detail -> 'from' ->> 'email') || ' ' || (detail -> 'to' ->> 'email') from events where kind = 'account_corrected'")
        .await;
    assert_eq!(kept, "chiba.thrid@mirai.example chiba.third@mirai.example");
    house.close().await;
}

#[tokio::test]
async fn contractors_are_kept_with_their_users() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    let branch: i64 = house
        .ask("select id from branches where name = '茨城支店'")
        .await;
    let branch = branch.to_string();
    let new = "/office/admin/contractors/new";
    let mut company = vec![
        ("name", "株式会社神\u{FA19}﨑組"),
        ("address", "茨城県取手市見本台9番9号"),
        ("representative", "代表取締役　神 四郎"),
        ("email", "soumu@kanzaki.example"),
        ("tel", ""),
        ("branch", branch.as_str()),
        ("billing_places", "本社\r\n取手営業所"),
    ];
    let mut unprintable = company.clone();
    unprintable[0].1 = "🏗建設株式会社";
    unprintable[6].1 = " ";
    admin
        .post(new, &unprintable)
        .await
        .is(422)
        .says("会社名の『🏗』は証書に印刷できません。")
        .says("保証料請求先を、一行に一つずつ入力してください。");
    let page = admin.submit(new, &company).await;
    page.says("株式会社神\u{FA19}﨑組を登録しました。")
        .says("利用者はまだいません。");
    let stored = house
        .ask::<String>("select name from contractors where email = 'soumu@kanzaki.example'")
        .await;
    assert_eq!(
        stored, "株式会社神\u{FA19}﨑組",
        "a name is kept byte for byte"
    );
    admin
        .post(new, &company)
        .await
        .is(422)
        .says("同じ所在地ですでに登録されています。");

    let id: i64 = house
        .ask("select id from contractors where email = 'soumu@kanzaki.example'")
        .await;
    let base = format!("/office/admin/contractors/{id}");
    company.remove(0);
    company[1].1 = "代表取締役　神 五郎";
    company.push(("lump_sum", "on"));
    admin
        .submit(&base, &company)
        .await
        .says("お客様の情報を変更しました。");
    let (after, lump): (String, bool) = (
        house
            .ask("select representative from contractors where email = 'soumu@kanzaki.example'")
            .await,
        house
            .ask("select lump_sum from contractors where email = 'soumu@kanzaki.example'")
            .await,
    );
    assert_eq!((after.as_str(), lump), ("代表取締役　神 五郎", true));
    admin
        .get("/office/admin/contractors?q=%EF%A8%91")
        .await
        .says("神\u{FA19}﨑組");

    let person = [
        ("login", "kanzaki.soumu"),
        ("name", "総務 一"),
        ("email", "soumu@kanzaki.example"),
        ("role", "administrator"),
    ];
    admin
        .submit(&format!("{base}/users/new"), &person)
        .await
        .says("総務 一 さんを登録しました。")
        .says("招待中");
    house.work().await;
    assert!(mailed_link(&house.mails).starts_with("/netdesk/invitations/"));
    let user: i64 = house
        .ask("select id from accounts where login = 'kanzaki.soumu'")
        .await;
    admin
        .submit(&format!("{base}/users/{user}/role"), &[("role", "viewer")])
        .await
        .says("役割を変更しました。")
        .says("閲覧");
    // Another company's user is not of this circle, another surety's company is not there.
    let other: i64 = house
        .ask("select id from accounts where login = 'yamato.soumu'")
        .await;
    admin.get(&format!("{base}/users/{other}")).await.is(404);
    let taisetsu: i64 = house
        .ask("select id from contractors where name = '大雪建設株式会社'")
        .await;
    admin
        .get(&format!("/office/admin/contractors/{taisetsu}"))
        .await
        .is(404);
    admin
        .post(
            &format!("/office/admin/contractors/{taisetsu}/users/new"),
            &person,
        )
        .await
        .is(404);
    house.close().await;
}

#[tokio::test]
async fn rule_books_are_shown_in_full_and_stuck_jobs_run_again() {
    let house = House::new().await;
    let mut admin = house.officer("honsha.admin").await;
    admin
        .get("/office/admin/obligees")
        .await
        .says("みなと野市")
        .says("神奈川県内広域水道企業団")
        .never_says("北の町");
    let id: i64 = house
        .ask("select id from obligees where name = 'みなと野市'")
        .await;
    admin
        .get(&format!("/office/admin/obligees/{id}"))
        .await
        .says("10分の4")
        .says("端数")
        .says("版1");
    let foreign: i64 = house
        .ask("select id from obligees where name = '北の町'")
        .await;
    admin
        .get(&format!("/office/admin/obligees/{foreign}"))
        .await
        .is(404);

    admin
        .get("/office/admin/jobs")
        .await
        .says("止まっている処理はありません。");
    let account: i64 = house
        .ask("select id from accounts where login = 'chiba.clerk'")
        .await;
    admin
        .post(&format!("/office/admin/staff/{account}/invitation"), &[])
        .await
        .is(303);
    sqlx::query("update jobs set state = 'buried', attempts = 12, last_error = '宛先のサーバーが応答しません'")
        .execute(&house.owner)
        .await
        .unwrap();
    let page = admin.get("/office/admin/jobs").await;
    page.says("招待・再設定のメール")
        .says("chiba.clerk")
        .says("宛先のサーバーが応答しません")
        .says("12回");
    let run = page.attributes("main form", "action").remove(0);
    let mut other = house.officer("kita.admin").await;
    other
        .get("/office/admin/jobs")
        .await
        .says("止まっている処理はありません。");
    other.post(&run, &[]).await.is(404);
    admin
        .submit(&run, &[])
        .await
        .says("もう一度実行します。")
        .says("止まっている処理はありません。");
    admin
        .submit(&run, &[])
        .await
        .says("すでに実行し直されています");
    assert_eq!(house.work().await, 1);
    assert!(mailed_link(&house.mails).starts_with("/office/invitations/"));
    house.close().await;
}
