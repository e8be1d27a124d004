//! A contractor's day: 保証申込 from the empty form to 状況, through the real router, and everything
//! people mistype, press twice, or take for theirs.

mod around;
mod lives;

use akashi::services::applications;
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
    assert_eq!(page.all(".pick--no").len(), 3);
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
