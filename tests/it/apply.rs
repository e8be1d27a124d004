//! A contractor's day: 保証申込 from the empty form to 状況, through the real router, and everything
//! people mistype, press twice, or take for theirs.

use akashi::services::{applications, drafts};
use time::Duration;
use uuid::Uuid;

use super::house::acts;
use super::house::{House, Page, Visitor};

const NEW: &str = "/netdesk/applications/new";
const KANAGAWA: &str = "神奈川県内広域水道企業団 企業長";

/// The worked example of the leaflets, as a person without script types it.
const WORKED: [(&str, &str); 17] = [
    ("obligee", KANAGAWA),
    ("works_name", "○○浄水場△△修繕工事"),
    ("kind", "works"),
    ("price", "50,000,000"),
    ("contract_date", "20260701"),
    ("period_from", "R8.7.1"),
    ("period_to", "令和9年3月31日"),
    ("award_date", "８／７／１"),
    ("prepayment_on", "on"),
    ("prepayment_form", "electronic"),
    ("prepayment_amount", "２０，０００，０００"),
    ("bank", "○○銀行　××支店"),
    ("prepayment_bill_to", "本社　総務部"),
    ("contract_on", "on"),
    ("contract_form", "electronic"),
    ("contract_amount", "500万円"),
    ("contract_bill_to", "本社　総務部"),
];

/// みなと野市: rates and rounding are known, so one yen too much is refused.
const MINATONO: [(&str, &str); 5] = [
    ("obligee", "みなと野市長"),
    ("works_name", "市道12号線舗装修繕工事"),
    ("price", "33,550,000"),
    ("prepayment_amount", "13,400,000"),
    ("contract_amount", "3,355,000"),
];

/// A form in a browser: where it is sent, and what stands in it.
#[derive(Clone)]
struct Sheet {
    action: String,
    fields: Vec<(String, String)>,
}

impl Sheet {
    fn of(page: &Page) -> Self {
        let action = page.attributes("form#apply", "action").remove(0);
        let fields = page.form_fields(&action);
        Self { action, fields }
    }

    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    fn fill(&mut self, values: &[(&str, &str)]) -> &mut Self {
        for (name, value) in values {
            self.set(name, value);
        }
        self
    }

    fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    async fn press(&self, visitor: &mut Visitor, button: (&str, &str)) -> Page {
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain([button])
            .collect();
        visitor.post(&self.action, &fields).await
    }

    async fn draft(&self, visitor: &mut Visitor) -> Page {
        self.press(visitor, ("go", "draft")).await
    }

    async fn next(&self, visitor: &mut Visitor) -> Page {
        self.press(visitor, ("go", "next")).await
    }
}

async fn fresh(visitor: &mut Visitor) -> Sheet {
    Sheet::of(visitor.get(NEW).await.is(200))
}

/// Fills the worked example and goes to its check page; the address of the application.
async fn checked(visitor: &mut Visitor) -> String {
    let mut sheet = fresh(visitor).await;
    let page = sheet.fill(&WORKED).next(visitor).await;
    let to = page.is(303).location().unwrap();
    to.strip_suffix("/confirmation").unwrap().to_owned()
}

async fn sent(visitor: &mut Visitor) -> String {
    let address = checked(visitor).await;
    let revision = revision(visitor, &address).await;
    let page = visitor
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await;
    page.is(303);
    address
}

async fn revision(visitor: &mut Visitor, address: &str) -> String {
    let page = visitor.get(&format!("{address}/confirmation")).await;
    let found = page.is(200).attributes("#confirm [name=revision]", "value");
    found.first().unwrap().clone()
}

fn id_of(address: &str) -> Uuid {
    address.rsplit('/').next().unwrap().parse().unwrap()
}

async fn count(house: &House) -> i64 {
    house.ask("select count(*) from applications").await
}

#[tokio::test]
async fn the_worked_example_goes_from_the_form_to_its_status() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    assert_eq!(sheet.get("email"), "soumu@minato.example");
    assert_eq!(sheet.get("redeposit"), "no");
    assert_eq!(sheet.get("prepayment_fee_method"), "lump_sum");
    assert_eq!(sheet.get("notify"), "yes");

    // The same first save twice makes one draft.
    sheet.set("obligee", KANAGAWA).set("works_name", "○○浄水場");
    let first = sheet.draft(&mut soumu).await;
    let again = sheet.draft(&mut soumu).await;
    let address = first.is(303).location().unwrap();
    assert_eq!(again.is(303).location().unwrap(), address);
    assert_eq!(count(&house).await, 1);
    // Without script the date that decides is now asked for with the works.
    let page = soumu.get(&address).await;
    page.is(200)
        .says("下書きを保存しました。")
        .says("この発注者は、落札決定日で電子保証の可否が決まります。");
    assert_eq!(page.all("#s-works #f-award_date").len(), 1);
    soumu
        .get("/netdesk/drafts")
        .await
        .says("○○浄水場")
        .says("minato.soumu");
    let mut sheet = Sheet::of(&page);
    let page = sheet.fill(&WORKED).next(&mut soumu).await;
    let confirmation = page.is(303).location().unwrap();
    let page = soumu.get(&confirmation).await;
    for words in [
        "まだ送信していません",
        "50,000,000 円",
        "五千万円",
        "20,000,000 円",
        "二千万円・請負金額の40.0%",
        "五百万円・請負金額の10.0%",
        "令和08年07月01日　～　令和09年03月31日",
        "保証期限 令和09年03月31日",
        "○○銀行　××支店",
        "神奈川支店",
    ] {
        page.is(200).says(words);
    }
    let changes = page.attributes(".sumlist .act a", "href");
    assert!(changes.contains(&format!("{address}#f-prepayment_amount")));

    let submission = format!("{address}/submission");
    // Whoever comes back here before anything was sent is led to the check page.
    let page = soumu.get(&submission).await;
    assert_eq!(page.is(303).location().unwrap(), confirmation);
    let revision = revision(&mut soumu, &address).await;
    for _ in 0..2 {
        let page = soumu.post(&submission, &[("revision", &revision)]).await;
        assert_eq!(page.is(303).location().unwrap(), submission);
    }
    let page = soumu.get(&submission).await;
    page.is(200)
        .says("申し込みました")
        .says("R8-000001")
        .says("前払金保証")
        .says("送信済")
        .says("soumu@minato.example へメールでお知らせします")
        .says("平日 9:00～17:00");
    assert_eq!(count(&house).await, 1);
    let items: i64 = house.ask("select count(*) from application_items").await;
    assert_eq!(items, 2);

    // Back, reload, an old tab: the form is closed, and says where it went.
    let page = soumu.get(&address).await;
    assert_eq!(
        page.is(303).location().unwrap(),
        format!("{address}/status")
    );
    let page = soumu.get(&confirmation).await;
    assert_eq!(
        page.is(303).location().unwrap(),
        format!("{address}/status")
    );
    let page = sheet.set("works_name", "別の工事").draft(&mut soumu).await;
    assert_eq!(
        page.is(303).location().unwrap(),
        format!("{address}/status")
    );
    soumu
        .get(&format!("{address}/status"))
        .await
        .is(200)
        .says("すでに送信されています")
        .says("○○浄水場△△修繕工事")
        .says("この申込のいま")
        .says("送信した内容をすべて見る")
        .says("前払金保証金額 20,000,000 円");
    soumu.get("/netdesk/status").await.says("R8-000001");
    soumu
        .get("/netdesk/drafts")
        .await
        .says("下書きはありません");
    house.close().await;
}

#[tokio::test]
async fn bad_input_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut first = fresh(&mut soumu).await;
    first.fill(&WORKED).fill(&MINATONO);
    let page = first.draft(&mut soumu).await;
    let address = page.location().unwrap();
    let good = Sheet::of(&soumu.get(&address).await);
    let long = "橋".repeat(121);
    let much = "あ".repeat(1001);
    let cases: &[(&str, &str, &str)] = &[
        ("obligee", "", "発注者名を入力してください。"),
        ("works_name", "　 ", "工事名を入力してください。"),
        ("works_name", &long, "120文字以内"),
        ("works_name", "一行目\r\n二行目", "改行"),
        ("works_name", "橋\u{1F600}", "証書に印刷できません"),
        ("kind", "bridge", "工事／業務委託を選択してください。"),
        ("price", "", "請負金額（総額）を入力してください。"),
        ("price", "0", "いまは0円です"),
        ("price", "-1", "1円以上"),
        ("price", "1000000000000000000000000000000", "13けたまで"),
        ("prepayment_amount", "12a", "いまの入力：12a"),
        ("prepayment_amount", "13,400,001", "1円多く"),
        ("contract_amount", "3,350,000", "5,000円"),
        ("contract_date", "2026-02-30", "2026-02-30"),
        ("period_to", "R8.6.1", "始め（令和8年7月1日）より前"),
        ("bank", "", "預託金融機関(全角)を入力してください。"),
        (
            "prepayment_bill_to",
            "よその会社",
            "前払金保証料請求先を選択",
        ),
        ("branch", "999999", "申込送信先を選択してください。"),
        ("email", "soumu.minato.example", "メールアドレス"),
        ("email", "", "メールアドレスを入力してください。"),
        ("tel", "でんわ", "連絡先電話番号は"),
        ("jv_name", "見本JV", "JVの代表者も入力"),
        ("message", &much, "1000文字以内"),
        ("prepayment_form", "", "証書の形式"),
    ];
    let mut now = good.clone();
    for (field, typed, words) in cases {
        let kept_revision = now.get("revision").to_owned();
        let mut wrong = good.clone();
        wrong.set("revision", &kept_revision).set(field, typed);
        let page = wrong.next(&mut soumu).await;
        page.is(422);
        let title = page.all("title").remove(0);
        assert!(title.starts_with("エラー："), "{field} {typed}: {title}");
        let at = match *field {
            "jv_name" => "jv_representative",
            other => other,
        };
        let beside = page.all(&format!("#e-{at}")).join("");
        assert!(beside.contains(words), "{field} {typed}: {beside}");
        let above = page.all(".errs li a");
        assert!(above.iter().any(|said| said == beside.trim()), "{above:?}");
        for never in ["不正", "無効な", "禁止"] {
            assert!(!beside.contains(never), "{beside}");
        }
        now = Sheet::of(&page);
        assert_eq!(now.get("bank"), wrong.get("bank"));
        if !typed.contains('\n') && *field != "kind" && *field != "branch" {
            let shown = match *field {
                "prepayment_bill_to" => "",
                _ => typed,
            };
            assert_eq!(now.get(field), shown, "{field}");
        }
    }
    // All at once, and the draft kept each time.
    let mut empty = now.clone();
    for (name, _) in WORKED {
        empty.set(name, "");
    }
    empty.fields.retain(|(name, _)| !name.ends_with("_on"));
    let page = empty.next(&mut soumu).await;
    page.is(422);
    assert!(
        page.all(".errs li").len() >= 6,
        "{:?}",
        page.all(".errs li")
    );
    let mended = Sheet::of(&page).fill(&WORKED).clone();
    mended.next(&mut soumu).await.is(303);
    house.close().await;
}

/// One field that cannot be read hides nothing that the rules say of the others.
#[tokio::test]
async fn everything_to_mend_is_said_at_once() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED).fill(&MINATONO).fill(&[
        ("prepayment_amount", "13,420,000"),
        ("bank", ""),
        ("contract_amount", "3,350,000"),
        ("email", "soumu.minato.example"),
    ]);
    let page = sheet.next(&mut soumu).await;
    page.is(422).says("確認が必要な項目が4件あります");
    let told = page.all(".errs li a");
    for (line, words) in told.iter().zip([
        "前払金保証金額は、13,400,000円以下にしてください",
        "預託金融機関(全角)を入力してください。",
        "契約保証金額は、3,355,000円以上にしてください",
        "メールアドレス",
    ]) {
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(
        page.all(".tabs .st"),
        ["✓ 入力済", "要修正 3件", "✓ 入力済", "要修正 1件"]
    );
    // Without kind, price and period: what hangs on them is silent, the rest is said.
    let mut poor = Sheet::of(&page);
    poor.fill(&[
        ("kind", ""),
        ("price", "たくさん"),
        ("period_from", "いつか"),
        ("prepayment_amount", "13,450,001"),
        ("contract_form", "paper"),
        ("prepayment_fee_method", "lump_sum"),
    ]);
    let page = poor.next(&mut soumu).await;
    let told = page.is(422).all(".errs li a").join("\n");
    for words in [
        "工事／業務委託を選択",
        "請負金額",
        "工期の始め",
        "50,001円の端数",
        "保証証書受取で「窓口」または「郵送」",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    for silent in ["以下にして", "以上にして", "より前に"] {
        assert!(!told.contains(silent), "{silent}: {told}");
    }
    // A village that takes paper only says so although the works have no name yet.
    let mut village = Sheet::of(&page);
    village
        .fill(&WORKED)
        .fill(&[("obligee", "松原村長"), ("works_name", ""), ("kind", "")]);
    let page = village.next(&mut soumu).await;
    let beside = page.is(422).all("#e-prepayment_form").join("");
    assert!(beside.contains("電子保証に対応していません"), "{beside}");
    house.close().await;
}

/// A blank, a width or a variant of a character is no way around an obligee's rules.
#[tokio::test]
async fn an_obligee_is_known_however_its_name_is_written() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    for typed in ["松原村長", "松原　村長", " 松 原 村 ", "松原\u{3000}村"] {
        let mut sheet = fresh(&mut soumu).await;
        sheet.fill(&WORKED).set("obligee", typed);
        let page = sheet.next(&mut soumu).await;
        let beside = page.is(422).all("#e-prepayment_form").join("");
        assert!(
            beside.contains("松原村は電子保証に対応していません"),
            "{typed}: {beside}"
        );
    }
    for (typed, said) in [
        ("神奈川県内広域水道企業団　企業長", true),
        ("神奈川縣内広域水道企業団", true),
        (KANAGAWA, false),
    ] {
        let mut sheet = fresh(&mut soumu).await;
        let page = sheet
            .fill(&WORKED)
            .set("obligee", typed)
            .next(&mut soumu)
            .await;
        let page = soumu.get(&page.is(303).location().unwrap()).await;
        let row = page.all(".sumlist > div").remove(0);
        assert!(row.contains(KANAGAWA), "{row}");
        assert_eq!(
            row.contains(&format!("入力は「{typed}」です")),
            said,
            "{row}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn the_check_page_says_what_opens_the_way_and_what_is_odd() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let first = checked(&mut soumu).await;
    let page = soumu.get(&format!("{first}/confirmation")).await;
    let award = page
        .all(".sumlist > div")
        .into_iter()
        .find(|row| row.starts_with("落札決定日"))
        .unwrap();
    assert!(award.contains("令和8年7月1日"), "{award}");
    assert!(
        award.contains("電子保証の対象（令和8年7月1日以降）です"),
        "{award}"
    );
    page.never_says("すでに");

    // The same once more: pointed out, not refused; and works that are over already.
    let first = sent(&mut soumu).await;
    let again = checked(&mut soumu).await;
    let page = soumu.get(&format!("{again}/confirmation")).await;
    page.says("同じ内容の申込をすでに受け付けています（受付番号 R8-000001）");
    let mut sheet = fresh(&mut soumu).await;
    let page = sheet
        .fill(&WORKED)
        .fill(&[
            ("works_name", "○○ 浄水場 △△修繕工事"),
            ("contract_date", "R8.4.1"),
            ("period_from", "R8.4.1"),
            ("period_to", "R8.6.30"),
        ])
        .next(&mut soumu)
        .await;
    let odd = page.is(303).location().unwrap();
    soumu
        .get(&odd)
        .await
        .says("R8-000001")
        .says("工期の終わりがすでに過ぎています（令和8年6月30日）");
    // Other works are no double; neither is what was taken back.
    let mut other = fresh(&mut soumu).await;
    let page = other
        .fill(&WORKED)
        .set("works_name", "別の浄水場修繕工事")
        .next(&mut soumu)
        .await;
    soumu
        .get(&page.location().unwrap())
        .await
        .never_says("同じ内容の申込");

    let revision = revision(&mut soumu, &again).await;
    soumu
        .post(&format!("{again}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    let mut clerk = house.officer("kanagawa.clerk").await;
    let case = format!("/office/applications/{}", id_of(&again));
    let rows = clerk.get(&case).await.all("tr");
    let row = |title: &str| {
        let found = rows.iter().find(|row| row.starts_with(title));
        found.unwrap_or_else(|| panic!("{title}: {rows:?}")).clone()
    };
    assert!(row("重なり").contains("注意"), "{}", row("重なり"));
    assert!(row("重なり").contains("R8-000001"), "{}", row("重なり"));
    assert!(row("印刷できない文字").contains("適合"));
    for address in [&first, &again] {
        soumu
            .post(&format!("{address}/withdrawal"), &[])
            .await
            .is(303);
    }
    let last = checked(&mut soumu).await;
    soumu
        .get(&format!("{last}/confirmation"))
        .await
        .never_says("同じ内容の申込");
    house.close().await;
}

#[tokio::test]
async fn no_product_and_forbidden_forms_are_refused_and_dates_decide() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED);
    sheet.fields.retain(|(name, _)| !name.ends_with("_on"));
    let page = sheet.next(&mut soumu).await;
    page.is(422).says("少なくとも一つ選んでください");
    assert_eq!(page.all("#e-prepayment_on").len(), 1);

    let mut sheet = Sheet::of(&page);
    let page = sheet
        .fill(&WORKED)
        .set("award_date", "令和8年6月30日")
        .next(&mut soumu)
        .await;
    page.is(422)
        .says("電子保証の対象日（落札決定日：令和8年7月1日以降）に当たりません");
    assert_eq!(page.all(".pick--no").len(), 2);
    let page = Sheet::of(&page)
        .set("award_date", "")
        .next(&mut soumu)
        .await;
    page.is(422).says("落札決定日を入力してください");
    let page = Sheet::of(&page)
        .set("award_date", "2026-07-01")
        .next(&mut soumu)
        .await;
    page.is(303);

    let mut yamato = house.contractor("yamato.soumu").await;
    let mut sheet = fresh(&mut yamato).await;
    let places = yamato.get(NEW).await;
    let place = places
        .attributes("#f-prepayment_bill_to option:nth-child(2)", "value")
        .remove(0);
    sheet.fill(&WORKED).set("obligee", "松原村長");
    for field in ["prepayment_bill_to", "contract_bill_to"] {
        sheet.set(field, &place);
    }
    for field in ["prepayment_fee_method", "contract_fee_method"] {
        sheet.set(field, "transfer");
    }
    let page = sheet.next(&mut yamato).await;
    page.is(422)
        .says("松原村は電子保証に対応していません。証書(紙)をお選びください。");
    assert!(page.attributes("[disabled]", "id").is_empty());
    let page = Sheet::of(&page)
        .set("prepayment_form", "paper")
        .set("contract_form", "paper")
        .set("handover", "counter")
        .next(&mut yamato)
        .await;
    page.is(303);
    house.close().await;
}

#[tokio::test]
async fn names_are_kept_byte_for_byte_and_figures_are_read() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let name = "\u{FA19}髙﨑\u{20BB7}㈱～橋";
    let mut sheet = fresh(&mut soumu).await;
    sheet
        .fill(&WORKED)
        .set("works_name", name)
        .set("jv_name", "見本・\u{FA19}JV")
        .set("jv_representative", "\u{FA19} 三郎")
        .set("price", "５千万")
        .set("prepayment_amount", "二千万")
        .set("contract_amount", "￥5,000,000-")
        .set("bank", "ﾐﾅﾄ銀行 A支店")
        .set("message", "一行目\r\n二行目 <&>");
    let page = sheet.next(&mut soumu).await;
    let address = page.is(303).location().unwrap();
    let address = address.strip_suffix("/confirmation").unwrap();
    soumu
        .get(&format!("{address}/confirmation"))
        .await
        .says(name)
        .says("ミナト銀行　Ａ支店");
    let revision = revision(&mut soumu, address).await;
    soumu
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    let who = house.user("minato.soumu").await;
    let status = applications::status(&house.app, &who, id_of(address))
        .await
        .unwrap();
    let works = &status.content.works;
    assert_eq!(works.works_name, name);
    assert_eq!(works.jv.as_ref().unwrap().representative, "\u{FA19} 三郎");
    assert_eq!(works.price.get(), 50_000_000);
    let terms = status.content.prepayment.as_ref().unwrap();
    assert_eq!(terms.common.amount.get(), 20_000_000);
    let contract = status.content.contract.as_ref().unwrap();
    assert_eq!(contract.common.amount.get(), 5_000_000);
    assert_eq!(status.content.information.message, "一行目\n二行目 <&>");
    house.close().await;
}

#[tokio::test]
async fn two_people_at_one_draft_both_learn_of_it() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut keiri = house.contractor("minato.keiri").await;
    let address = checked(&mut soumu).await;
    let stale_check = revision(&mut soumu, &address).await;
    let mut mine = Sheet::of(&soumu.get(&address).await);
    let mut theirs = Sheet::of(&keiri.get(&address).await);
    theirs
        .set("works_name", "経理が直した工事")
        .draft(&mut keiri)
        .await
        .is(303);
    let page = mine
        .set("works_name", "総務が直した工事")
        .draft(&mut soumu)
        .await;
    page.is(409)
        .says("ほかの画面で先に保存されました")
        .says("minato.keiriさんが 2026/07/02 14:30 に保存しました")
        .says("経理が直した工事")
        .says("総務が直した工事");
    assert_eq!(page.all("td[data-l=項目]"), ["工事名"]);
    // What was checked is not what lies there now.
    let submission = format!("{address}/submission");
    let page = soumu.post(&submission, &[("revision", &stale_check)]).await;
    page.is(409)
        .says("確認のあとで内容が変わりました")
        .says("経理が直した工事");
    let page = soumu.post(&submission, &[]).await;
    page.is(409);
    let sent: i64 = house.ask("select count(*) from application_items").await;
    assert_eq!(sent, 0);
    // The way on: this page's words replace the others'.
    let page = mine.draft(&mut soumu).await;
    let overwrite = Sheet::of(page.is(409));
    assert_eq!(overwrite.get("works_name"), "総務が直した工事");
    overwrite.draft(&mut soumu).await.is(303);
    soumu.get(&address).await.is(200);
    let page = soumu.get(&address).await;
    assert_eq!(Sheet::of(&page).get("works_name"), "総務が直した工事");
    house.close().await;
}

#[tokio::test]
async fn who_may_not_send_sees_who_can() {
    let house = House::new().await;
    let mut keiri = house.contractor("minato.keiri").await;
    let address = checked(&mut keiri).await;
    let page = keiri.get(&format!("{address}/confirmation")).await;
    page.is(200)
        .says("送信できません")
        .says("管理者")
        .never_says("この内容で申し込む</button>");
    let revision = revision(&mut keiri, &address).await;
    keiri
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(403);
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    keiri.get(&format!("{address}/withdrawal")).await.is(403);
    house.close().await;
}

#[tokio::test]
async fn other_peoples_and_unknown_ids_are_not_there() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let draft = checked(&mut soumu).await;
    let done = sent(&mut soumu).await;
    let mut neighbour = house.contractor("yamato.soumu").await;
    let mut elsewhere = house.contractor("taisetsu.soumu").await;
    let unknown = "/netdesk/applications/01900000-0000-7000-8000-00000000dead".to_owned();
    let garbage = "/netdesk/applications/1%27--".to_owned();
    for visitor in [&mut neighbour, &mut elsewhere] {
        for address in [&draft, &done, &unknown, &garbage] {
            for page in [
                "",
                "/confirmation",
                "/submission",
                "/status",
                "/withdrawal",
                "/deletion",
            ] {
                visitor.get(&format!("{address}{page}")).await.is(404);
            }
            for deed in ["", "/submission", "/withdrawal", "/deletion"] {
                let path = format!("{address}{deed}");
                visitor.post(&path, &[("revision", "1")]).await.is(404);
            }
        }
        // Nor under the id a fresh page proposes.
        let id = draft.rsplit('/').next().unwrap();
        visitor.post(NEW, &[("application", id)]).await.is(404);
        let path = "/netdesk/applications/autosave";
        visitor.post(path, &[("application", id)]).await.is(404);
    }
    soumu.get(&draft).await.is(200);
    house.close().await;
}

#[tokio::test]
async fn a_returned_application_is_corrected_and_sent_again() {
    let house = House::new().await.with_stories().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = "/netdesk/applications/01900000-0000-7000-8000-000000000002";
    let list = soumu.get("/netdesk/status").await;
    list.says("ご確認をお願いしている申込が1件あります");
    let first = list.all("tbody tr").remove(0);
    assert!(first.contains("差戻し（ご確認のお願い）"), "{first}");
    let page = soumu.get(&format!("{address}/status")).await;
    page.is(200)
        .says("神奈川支店からのお願い")
        .says("工期の終わりが契約書と違うようです。")
        .says("お客様の再送信をお待ちしています。");
    let receipt = page.all(".facts .num").remove(0);
    let page = soumu.get(address).await;
    page.is(200)
        .says("申込の訂正（再送信）")
        .says("工期の終わりが契約書と違うようです。");
    let page = Sheet::of(&page)
        .set("period_to", "令和9年3月12日")
        .next(&mut soumu)
        .await;
    page.is(303);
    let revision = revision(&mut soumu, address).await;
    soumu
        .post(&format!("{address}/submission"), &[("revision", &revision)])
        .await
        .is(303);
    let page = soumu.get(&format!("{address}/status")).await;
    page.says("送信済（2回目）").says("令和09年03月12日");
    assert_eq!(page.all(".facts .num").remove(0), receipt);
    assert_eq!(page.all(".line .now b"), ["送信済（2回目）"]);
    house.close().await;
}

#[tokio::test]
async fn what_was_sent_can_be_withdrawn_until_examination_starts() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let first = sent(&mut soumu).await;
    let ask = format!("{first}/withdrawal");
    soumu
        .get(&ask)
        .await
        .is(200)
        .says("この申込を取り下げますか");
    let page = soumu.submit(&ask, &[]).await;
    page.is(200).says("申込を取り下げました。").says("取下げ");
    assert!(page.all(".line .wait").is_empty());
    let page = soumu.get(&ask).await;
    page.is(303);

    let second = sent(&mut soumu).await;
    let clerk = house.staff("kanagawa.clerk").await;
    acts::take_up(&house.app, &clerk, id_of(&second))
        .await
        .unwrap();
    let page = soumu.submit(&format!("{second}/withdrawal"), &[]).await;
    page.is(200)
        .says("審査が始まったため、取り下げられません")
        .says("神奈川支店が審査を始めました。");
    assert_eq!(page.all(".line .now b"), ["審査中"]);
    assert!(
        page.attributes("a", "href")
            .iter()
            .all(|to| !to.ends_with("/withdrawal"))
    );
    house.close().await;
}

#[tokio::test]
async fn drafts_are_deleted_only_after_a_question_and_never_once_sent() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    let page = sheet
        .set("works_name", "要らない橋")
        .draft(&mut soumu)
        .await;
    let address = page.location().unwrap();
    let ask = format!("{address}/deletion");
    soumu.get(&ask).await.is(200).says("要らない橋");
    let page = soumu.submit(&ask, &[]).await;
    page.is(200)
        .says("下書きを削除しました。")
        .says("下書きはありません");
    soumu.get(&address).await.is(404);
    let done = sent(&mut soumu).await;
    soumu.post(&format!("{done}/deletion"), &[]).await.is(404);
    soumu.get(&format!("{done}/status")).await.is(200);
    house.close().await;
}

#[tokio::test]
async fn clearing_a_section_keeps_the_others_and_saves() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    let page = sheet
        .fill(&WORKED)
        .press(&mut soumu, ("clear", "guarantee"))
        .await;
    let to = page.is(303).location().unwrap();
    assert!(to.ends_with("#s-guarantee"), "{to}");
    let address = to.split('#').next().unwrap();
    let page = soumu.get(address).await;
    page.says("保証の申込内容をクリアし、下書きを保存しました。");
    let sheet = Sheet::of(&page);
    assert_eq!(sheet.get("prepayment_amount"), "");
    assert_eq!(sheet.get("prepayment_on"), "");
    assert_eq!(sheet.get("price"), "50,000,000");
    assert_eq!(sheet.get("award_date"), "８／７／１");
    house.close().await;
}

#[tokio::test]
async fn what_was_typed_survives_the_end_of_the_session() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED);
    house.app.clock.advance(Duration::minutes(31));
    let page = sheet.next(&mut soumu).await;
    let login = page.is(303).location().unwrap();
    assert!(login.starts_with("/netdesk/login"), "{login}");
    assert_eq!(count(&house).await, 0);
    // The sign-in page names what it keeps, to this browser only.
    soumu
        .get(&login)
        .await
        .says("「○○浄水場△△修繕工事」の入力をお預かりしました")
        .says("お預かりの期限 2026/07/02 ");
    let mut other = house.stranger();
    other.get(&login).await.never_says("浄水場");
    soumu.sign_in("/netdesk/login", "minato.soumu").await;
    let page = soumu.get(NEW).await;
    page.says("入力内容を戻しました。まだ送信していません。");
    let back = Sheet::of(&page);
    assert_eq!(back.get("prepayment_amount"), "２０，０００，０００");
    assert_eq!(back.get("application"), sheet.get("application"));
    back.next(&mut soumu).await.is(303);
    house.close().await;
}

#[tokio::test]
async fn the_script_saves_and_asks_without_changing_what_is_sent() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let mut sheet = fresh(&mut soumu).await;
    sheet.fill(&WORKED);
    sheet.action = "/netdesk/applications/advice".to_owned();
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(200).bytes).unwrap();
    assert_eq!(told["asks"]["award_date"], true);
    assert_eq!(told["says"]["prepayment_form"]["tone"], "ok");
    assert_eq!(told["cards"]["contract_form"]["barred"], false);
    assert_eq!(count(&house).await, 0, "advice saves nothing");
    sheet.action = "/netdesk/applications/autosave".to_owned();
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(200).bytes).unwrap();
    assert_eq!(told["fields"]["revision"], "1");
    let address = told["action"].as_str().unwrap();
    let open = drafts::open(
        &house.app,
        &house.user("minato.soumu").await,
        id_of(address),
    )
    .await
    .unwrap();
    assert_eq!(open.form.get("award_date"), "８／７／１");
    assert!(!open.form.has("go") && !open.form.has("revision"));
    // A later save that still names the first page's revision is told so.
    sheet.set("revision", "1").set("works_name", "次");
    sheet.draft(&mut soumu).await.is(200);
    sheet.set("works_name", "その次");
    let page = sheet.draft(&mut soumu).await;
    let told: serde_json::Value = serde_json::from_slice(&page.is(409).bytes).unwrap();
    assert!(told["words"].as_str().unwrap().contains("minato.soumu"));
    house.close().await;
}

#[tokio::test]
async fn the_register_says_who_takes_what() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = soumu.get("/netdesk/obligees").await;
    page.is(200)
        .says("神奈川県内広域水道企業団 対応 落札決定日が2026/07/01以降")
        .says("松原村 未対応");
    page.never_says("北の町");
    let page = soumu.get("/netdesk/obligees?q=%E6%9D%BE%E5%8E%9F").await;
    assert_eq!(page.all("tbody tr").len(), 1);
    let page = soumu.get("/netdesk/obligees?q=%3Cb%3E").await;
    page.says("登録されていません");
    house.close().await;
}

/// 必須 stands where an empty field would be refused, and nowhere else; the script hears the same.
#[tokio::test]
async fn the_marks_follow_what_would_be_refused() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let all = [
        "contract_date",
        "award_date",
        "notice_date",
        "prepayment_plan",
        "handover",
        "jv_name",
        "jv_representative",
        "email",
    ];
    /// What is typed over the worked example, and what is 必須 then.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[], &["contract_date", "award_date", "email"]),
        (
            &[("prepayment_form", "paper")],
            &["contract_date", "award_date", "handover", "email"],
        ),
        (
            &[("prepayment_form", "paper"), ("contract_form", "paper")],
            &["contract_date", "handover", "email"],
        ),
        (
            &[("prepayment_on", ""), ("notify", "no")],
            &["award_date", "prepayment_plan"],
        ),
        (
            &[("obligee", "みなと野市長"), ("prepayment_on", "")],
            &["contract_date", "prepayment_plan", "email"],
        ),
        (
            &[
                ("obligee", "みなと野市長"),
                ("prepayment_on", ""),
                ("contract_form", "paper"),
            ],
            &["prepayment_plan", "handover", "email"],
        ),
        (
            &[("jv_name", "見本JV"), ("obligee", "だれも知らない町長")],
            &["contract_date", "jv_representative", "email"],
        ),
    ];
    for (typed, required) in cases {
        let mut sheet = fresh(&mut soumu).await;
        sheet.fill(&WORKED).fill(typed);
        sheet
            .fields
            .retain(|(name, value)| !name.ends_with("_on") || value == "on");
        let page = sheet.draft(&mut soumu).await;
        let address = page.is(303).location().unwrap();
        let page = soumu.get(&address).await;
        let fields: Vec<_> = sheet
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let advice = soumu.post("/netdesk/applications/advice", &fields).await;
        let told: serde_json::Value = serde_json::from_slice(&advice.is(200).bytes).unwrap();
        for name in all {
            let wanted = required.contains(&name);
            let mark = page.all(&format!(
                ".row:has([name={name}]) .row__label :is(.req, .opt)"
            ));
            assert_eq!(
                mark,
                [if wanted { "必須" } else { "任意" }],
                "{name} {typed:?}"
            );
            assert_eq!(told["needs"][name], wanted, "{name} {typed:?}");
            // The mark speaks the truth: left empty, the field is refused or it is not.
            let now = Sheet::of(&soumu.get(&address).await);
            let mut empty = Sheet::of(&page);
            empty.set("revision", now.get("revision")).set(name, "");
            let refused = empty.next(&mut soumu).await;
            let said = !refused.all(&format!("#e-{name}")).is_empty();
            assert_eq!(said, wanted, "{name} {typed:?}: {:?}", refused.all(".err"));
        }
    }
    house.close().await;
}

/// A message reaches the contractor wherever it looks, not only inside the one application.
#[tokio::test]
async fn a_message_of_the_branch_is_seen_from_the_top_page_on() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let address = sent(&mut soumu).await;
    let id = id_of(&address);
    soumu
        .get("/netdesk/status")
        .await
        .never_says("お知らせ 2026");
    let clerk = house.staff("kanagawa.clerk").await;
    let words = "契約書の写しを\nFAXでお送りください。";
    acts::tell_contractor(&house.app, &clerk, id, words)
        .await
        .unwrap();
    let top = soumu.get("/netdesk/").await;
    let wait = top.all(".waits li").remove(0);
    for part in ["弊社からのお知らせ", "契約書の写しを", "○○浄水場△△修繕工事"]
    {
        assert!(wait.contains(part), "{wait}");
    }
    let links = top.attributes(".waits a", "href");
    assert!(links.contains(&format!("{address}/status")), "{links:?}");
    soumu
        .get("/netdesk/status")
        .await
        .says("お知らせ 2026/07/02");

    // Returned: the form shows the request and the message.
    acts::take_up(&house.app, &clerk, id).await.unwrap();
    acts::return_with(&house.app, &clerk, id, "工期をご確認ください。")
        .await
        .unwrap();
    let form = soumu.get(&address).await;
    let row = form
        .all(".row")
        .into_iter()
        .find(|row| row.starts_with("弊社からお客様へのお知らせ"))
        .unwrap();
    assert!(
        row.contains("契約書の写しを") && row.contains("工期をご確認ください。"),
        "{row}"
    );
    // Two weeks later it is no news any more; the application still tells it.
    house.app.clock.advance(Duration::days(15));
    house.work().await;
    let mut soumu = house.contractor("minato.soumu").await;
    soumu
        .get("/netdesk/")
        .await
        .never_says("弊社からのお知らせ");
    soumu
        .get(&format!("{address}/status"))
        .await
        .says("契約書の写しを");
    house.close().await;
}

#[tokio::test]
async fn every_draft_can_be_reached_however_many_there_are() {
    let house = House::new().await;
    let mut soumu = house.contractor("minato.soumu").await;
    let page = fresh(&mut soumu)
        .await
        .set("works_name", "はじめの工事")
        .draft(&mut soumu)
        .await;
    page.is(303);
    let more = |from: i32, to: i32| {
        format!(
            "insert into applications (id, surety_id, contractor_id, stage, form, works_name,
               created_by, created_at, updated_by, updated_at)
             select gen_random_uuid(), surety_id, contractor_id, 'draft', form, '下書き' || n,
               created_by, created_at, updated_by, updated_at + n * interval '1 second'
             from generate_series({from}, {to}) n, (select * from applications where works_name = 'はじめの工事') a"
        )
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(more(1, 249)))
        .execute(&house.owner)
        .await
        .unwrap();
    let page = soumu.get("/netdesk/drafts").await;
    page.is(200)
        .says("250件")
        .says("全13ページ(250件)中の1ページ目を表示しています")
        .never_says("はじめの工事");
    soumu.get("/netdesk/").await.says("250件あります");
    soumu
        .get("/netdesk/drafts?page=13")
        .await
        .says("はじめの工事");
    sqlx::raw_sql(sqlx::AssertSqlSafe(more(250, 1_010)))
        .execute(&house.owner)
        .await
        .unwrap();
    let mut address = "/netdesk/drafts".to_owned();
    let mut seen = Vec::new();
    let last = loop {
        let page = soumu.get(&address).await;
        page.is(200).says("1,000件以上");
        let rows = page.all("td[data-l='発注者名・工事名'] a");
        seen.extend(rows.clone());
        match page.attributes("a[rel=next]", "href").pop() {
            Some(next) => address = next,
            None => break rows,
        }
    };
    assert_eq!(last.last().unwrap(), "はじめの工事");
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (1_011, 1_011));
    let page = soumu.get(&address).await;
    let back = page.attributes("a[rel=prev]", "href").remove(0);
    let before = soumu.get(&back).await;
    assert!(before.attributes("a[rel=next]", "href").len() == 1);
    house.close().await;
}
