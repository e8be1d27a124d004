//! Every piece of the shells once, as pages: checked here, and written to `tests/output/gallery`
//! for the eye and for the browser checks.

pub mod check;

use askama::Template;
use axum::http::StatusCode;

use super::field::{Choice, FieldView, Ratio};
use super::page::{BranchLine, Common, Flash, HelpLink, SessionEnd, Tag, Tone};
use super::pager::Pager;
use super::shell::{DsureShell, GateShell, Menu, NetdeskShell, OfficeMenu, OfficeShell};
use super::site::{Names, Site};
use super::summary::ErrorSummary;
use super::urls;

pub fn branch() -> BranchLine {
    BranchLine {
        name: "神奈川支店".into(),
        tel: "045-000-0000".into(),
        fax: "045-100-0000".into(),
        mail: "kanagawa@mirai.example".into(),
        hours: "平日 9:00～17:00".into(),
    }
}

fn session(keep: &'static str) -> Option<SessionEnd> {
    let now = time::macros::datetime!(2026-07-02 5:32 UTC);
    Some(SessionEnd::new(
        now,
        now + time::Duration::minutes(30),
        keep,
    ))
}

pub fn netdesk(current: Menu) -> NetdeskShell {
    NetdeskShell {
        common: Common::new(&Names::default(), Site::Netdesk),
        company: "有限会社髙橋﨑工務店".into(),
        login: "takahashi.soumu".into(),
        role_word: "管理者".into(),
        may_write: true,
        branch: Some(branch()),
        help: HelpLink::netdesk("applications", "保証申込のヘルプ"),
        current,
    }
    .session(session(urls::netdesk::SESSION))
}

fn office() -> OfficeShell {
    OfficeShell {
        common: Common::new(&Names::default(), Site::Office),
        surety: "みらい建設業保証株式会社".into(),
        branch: "神奈川支店".into(),
        person: "kanagawa.clerk".into(),
        role_word: "審査".into(),
        administrator: true,
        keeps_months: true,
        open_applications: Some(6),
        open_acts: Some(2),
        buried_jobs: Some(1),
        query: "港町 <&>".into(),
        help: None,
        current: OfficeMenu::Applications,
    }
    .session(session(urls::office::SESSION))
    .flash(Some(Flash::ok("審査を開始しました。")))
}

fn forms() -> Vec<Choice> {
    vec![
        Choice::new("paper", "証書(紙)")
            .note("窓口または郵送で受け取り、原本を発注者へ提出します。"),
        Choice::new("electronic", "電子保証(認証キーを含む)")
            .barred("この発注者では、いまはお選びいただけません。"),
    ]
}

fn yes_no() -> Vec<Choice> {
    vec![
        Choice::new("yes", "希望する"),
        Choice::new("no", "希望しない"),
    ]
}

/// Every kind of row; with sentences to mend in all of them, or in none.
fn rows(wrong: bool) -> Vec<FieldView> {
    let say = |words: &'static str| wrong.then_some(words);
    let banks = vec![
        Choice::new("", "選択してください"),
        Choice::new("hq", "本社　総務部"),
    ];
    vec![
        FieldView::text("work", "工事名", "○○浄水場<△△>修繕工事 \"髙﨑\"")
            .required()
            .hint("契約書のとおりに入力してください。")
            .error(say("工事名を入力してください。")),
        FieldView::money("price", "請負金額（総額）", "33,550,000")
            .required()
            .read("3,355万円")
            .hint("カンマや「円」「万円」、全角数字のままでも受け付けます。")
            .error(say("請負金額（総額）は、1円以上にしてください。")),
        FieldView::date("contracted", "請負契約日", "R8.7.1")
            .required()
            .read("令和8年7月1日（2026年7月1日・水）")
            .error(say("請負契約日の「R8.7.32」は、ない日付です。日をお確かめください。")),
        FieldView::period("工期", ("from", "R8.7.1"), ("to", "R9.3.31"))
            .required()
            .read("2026年7月1日（水）～ 2027年3月31日（水）・274日間")
            .error(say("工期の始めを入力してください。"))
            .error_until(say("工期の終わりは、始まりより後の日付にしてください。")),
        FieldView::picks("form", "保証証書の形式について", "paper", forms())
            .required()
            .hint("※電子保証対応の発注者は")
            .hint_link(urls::netdesk::OBLIGEES, "こちら")
            .hint("です。")
            .says(Tone::Ok, "みなと野市は、電子保証に対応しています。")
            .error(say("保証証書の形式についてを選択してください。")),
        FieldView::money("advance", "前払金保証金額", "13,420,000")
            .required()
            .help("前払金保証金額", &["発注者へ請求する前払金の額です。", "端数は発注者の定めによります。"])
            .ratio(Ratio {
                permille: Some(400),
                top: 60,
                high: Some(399),
                limit: "上限 13,400,000円（10分の4・10万円未満切捨て）".into(),
                of: vec!["yearly".into(), "price".into()],
            })
            .hint("(請負金額もしくは今年度対象額に対する前払金保証金額の割合)")
            .error(say("前払金保証金額は、13,400,000円以下にしてください。いまの額は20,000円多くなっています。")),
        FieldView::radios("calculation", "保証料計算書(紙)について", "no", yes_no())
            .required()
            .hint("※保証料計算書は弊社手続き完了後にご確認いただけます。")
            .error(say("保証料計算書(紙)についてを選択してください。")),
        FieldView::select("bill", "保証料請求先", "hq", banks)
            .required()
            .help("保証料請求先", &["保証料の請求書をお送りする宛先です。"])
            .error(say("保証料請求先を選択してください。")),
        FieldView::tick("midterm", "中間前払金", true, "中間前払金あり")
            .optional()
            .error(say("中間前払金ありは、前払金保証と一緒に選んでください。")),
        FieldView::text("mail", "メールアドレス", "soumu@minato.example")
            .width("in--m")
            .input_mode("email")
            .code()
            .suggestions("mails")
            .error(say("メールアドレスは「名前@会社名」の形で入力してください。")),
        FieldView::area("message", "お客様から弊社への連絡事項", "一行目\n</textarea>二行目", 3)
            .optional()
            .error(say("お客様から弊社への連絡事項は、1,000文字以内にしてください。")),
        FieldView::shown("news", "弊社からお客様へのお知らせ", "お知らせはありません。"),
    ]
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "shell/netdesk_task.html" %}{% import "shell/macros.html" as ui %}
{% block title %}部品の見本{% endblock %}
{% block page %}<form action="/gallery" method="post" novalidate data-autosave="/gallery/draft">
<div class="wrap pagepad">
{% call ui::crumbs([("/netdesk/", "全体トップ")], "部品の見本") %}{% endcall %}
<div class="titlebar"><h1>部品の見本</h1>{% call ui::steps("申込の手順", ["申込作成", "申込確認", "送信完了"], 2) %}{% endcall %}</div>
<div class="mb5">{{ shell.common.errors }}</div>
<div class="cols"><div><section class="card" aria-labelledby="g-h"><div class="card__head"><h2 id="g-h">入力の行</h2>{% call ui::switch("advance_on", "前払金保証を申し込む", true, "fold") %}{% endcall %}<p class="meta"><span>手続状況：下書き</span></p></div>
<div class="card__body" id="fold">{% for row in rows %}{{ row }}
{% endfor %}</div></section></div>
<aside class="stack rail" aria-label="この申込について">{% call ui::contact(line) %}{% endcall %}</aside></div></div>
<datalist id="mails"><option value="soumu@minato.example"></datalist>
<div class="dock"><div class="wrap dock__in"><p class="state small muted" role="status" data-saved>まだ保存していません</p><button class="btn btn--line push" type="submit" name="go" value="draft">下書き保存</button><button class="btn btn--main" type="submit" name="go" value="next">申込内容を確認する</button></div></div>
</form>{% endblock %}"##
)]
struct Form {
    shell: NetdeskShell,
    rows: Vec<FieldView>,
    line: BranchLine,
}

fn form(wrong: bool) -> String {
    let rows = rows(wrong);
    let errors =
        ErrorSummary::of(&rows).lead("入力した内容はすべて残っています。まだ送信していません。");
    let errors = if wrong {
        errors
    } else {
        ErrorSummary::default()
    };
    let shell = netdesk(Menu::Apply).errors(errors);
    Form {
        shell,
        rows,
        line: branch(),
    }
    .render()
    .unwrap()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "shell/netdesk.html" %}{% import "shell/macros.html" as ui %}
{% block title %}読む部品の見本{% endblock %}
{% block content %}{% call ui::crumbs([("/netdesk/", "全体トップ")], "読む部品の見本") %}{% endcall %}
<div class="titlebar"><h1>読む部品の見本</h1><span class="tagrow">{% for tag in tags %}{{ tag }}{% endfor %}</span></div>
{% call ui::notice("warn", "warn") %}<p><b>別の認証キーがあります。</b>契約保証のキーは契約を結ぶときに提出します。</p>{% endcall %}
<section class="card" aria-labelledby="g-f"><div class="card__head"><h2 id="g-f">電子保証概要</h2>{% call ui::help("overview", "電子保証概要") %}<p>発行した電子保証の内容です。</p>{% endcall %}</div><div class="card__body pt2"><dl class="facts facts--2">{% call ui::kv_num("保証契約番号", "35075-00003M") %}{% endcall %}{% call ui::kv("JV名", "") %}{% endcall %}</dl>
<dl class="sumlist">{% call ui::answer("工事名", "○○浄水場△△修繕工事", "/netdesk/applications/1#f-work") %}{% endcall %}</dl>
<p class="mt2"><button class="btn btn--line" type="button" data-copy="a" hidden>{% call ui::icon("copy") %}{% endcall %}<span data-copy-label>コピー</span></button> <button class="btn btn--line" type="button" data-print hidden>{% call ui::icon("print") %}{% endcall %}印刷</button></p><p class="vh" role="status" data-live></p></div></section>
<section class="card" aria-label="一覧">{{ pager }}</section>
{% call ui::empty("まだ申込はありません。", "/netdesk/applications/new", "保証申込を作成する") %}{% endcall %}
{% endblock %}"##
)]
struct Reading {
    shell: NetdeskShell,
    tags: Vec<Tag>,
    pager: Pager,
}

fn reading() -> String {
    let tags = [
        (Tone::Ok, "発行済"),
        (Tone::Warn, "差戻し（ご確認のお願い）"),
        (Tone::Ng, "お引き受けできません"),
        (Tone::Note, "審査中"),
        (Tone::Mute, "下書き"),
    ];
    Reading {
        shell: netdesk(Menu::Guarantees).flash(Some(Flash::ok("下書きを保存しました。"))),
        tags: tags.map(|(tone, words)| Tag::new(tone, words)).to_vec(),
        pager: Pager::pages(412, 20, 3, |n| format!("?page={n}&q=港")),
    }
    .render()
    .unwrap()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "shell/office.html" %}{% block title %}申込の一覧（神奈川支店）{% endblock %}
{% block content %}<div class="titlebar titlebar--t"><h1>申込の一覧</h1></div><section class="card" aria-label="一覧"><form class="filters" role="search" aria-label="申込の絞り込み" action="/office/applications"><label>商品{{ product }}</label><button class="btn btn--line btn--s" type="submit">絞り込む</button></form>{{ pager }}</section>{% endblock %}"##
)]
struct Queue {
    shell: OfficeShell,
    product: FieldView,
    pager: Pager,
}

fn queue() -> String {
    let products = vec![
        Choice::new("", "すべて"),
        Choice::new("advance", "前払金保証"),
    ];
    Queue {
        shell: office(),
        product: FieldView::select("product", "商品", "", products).bare(),
        pager: Pager::keyset(None, Some("?after=12".into())),
    }
    .render()
    .unwrap()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "shell/dsure.html" %}{% block title %}電子証書の確認{% endblock %}{% block content %}<h1>電子証書の確認</h1>{% endblock %}"##
)]
struct Viewer {
    shell: DsureShell,
}

fn viewer() -> String {
    let shell = DsureShell {
        common: Common::new(&Names::default(), Site::Dsure),
        number: "35075-00003M".into(),
        help: None,
    };
    let shell = shell.session(session(urls::dsure::SESSION));
    Viewer { shell }.render().unwrap()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "shell/plain.html" %}{% block title %}ログイン{% endblock %}
{% block content %}<section class="card gate__card" aria-labelledby="h1"><h1 id="h1">ログイン</h1>{{ shell.common.errors }}<form action="/netdesk/login" method="post" novalidate>{% for row in rows %}{{ row }}{% endfor %}<button class="btn btn--main btn--block mt5" type="submit">ログイン</button></form></section>{% endblock %}
{% block guide %}<section class="card card--pad"><h2 class="h-s">ご案内</h2><p>紙の保証証書も従来どおり選択できます。</p></section>{% endblock %}
{% block demo %}<section class="demo" aria-labelledby="h-demo"><h2 id="h-demo"><span class="tag tag--mute">デモ</span>お試し用のログイン</h2></section>{% endblock %}"##
)]
struct Gate {
    shell: GateShell,
    rows: Vec<FieldView>,
}

fn gate(site: Site, demo: bool) -> String {
    let mut shell = GateShell::new(&Names::default(), site);
    shell.common.demo = demo;
    shell.contact = Some(branch());
    let rows = vec![
        FieldView::login("login", "ログインID", "minato.soumu").required(),
        FieldView::password("password", "パスワード", "current-password")
            .required()
            .hint("貼り付けもできます。")
            .error(Some("ログインIDまたはパスワードが違います。")),
    ];
    let shell = shell.errors(ErrorSummary::of(&rows));
    Gate { shell, rows }.render().unwrap()
}

async fn missing(site: Site, status: StatusCode) -> String {
    let answer = super::problem::problem(&Names::default(), site, status, Some("7F3A-20C1"));
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
        .await
        .unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn every_piece_is_whole() {
    let mut pages = vec![
        ("form", form(false)),
        ("form-error", form(true)),
        ("reading", reading()),
        ("office", queue()),
        ("dsure", viewer()),
        ("login", gate(Site::Netdesk, true)),
        ("login-office", gate(Site::Office, false)),
        ("login-dsure", gate(Site::Dsure, false)),
    ];
    pages.push(("404", missing(Site::Netdesk, StatusCode::NOT_FOUND).await));
    pages.push((
        "500",
        missing(Site::Office, StatusCode::INTERNAL_SERVER_ERROR).await,
    ));
    pages.push((
        "429",
        missing(Site::Dsure, StatusCode::TOO_MANY_REQUESTS).await,
    ));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output/gallery");
    std::fs::create_dir_all(folder).unwrap();
    for (name, html) in &pages {
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
        check::page(name, html);
    }
}

#[test]
fn what_was_typed_comes_back_untouched() {
    let html = scraper::Html::parse_document(&form(true));
    let one = |css: &str| {
        let all = scraper::Selector::parse(css).unwrap();
        html.select(&all).next().unwrap()
    };
    let work = one("#f-work").attr("value").unwrap();
    assert_eq!(work, "○○浄水場<△△>修繕工事 \"髙﨑\"");
    let message: String = one("#f-message").text().collect();
    assert_eq!(message, "一行目\n</textarea>二行目");
    assert!(one("#f-form").attr("checked").is_some());
    assert!(one("#f-bill option[value=hq]").attr("selected").is_some());
}

#[test]
fn only_administrators_see_the_administration() {
    let words = |administrator| {
        let shell = OfficeShell {
            administrator,
            ..office()
        };
        shell
            .menu()
            .into_iter()
            .map(|group| group.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(false), ["申込", "保証"]);
    assert_eq!(words(true), ["申込", "保証", "管理"]);
}

#[test]
fn who_may_not_write_is_not_offered_to() {
    let titles = |may_write| {
        let shell = NetdeskShell {
            may_write,
            ..netdesk(Menu::Top)
        };
        shell
            .menu()
            .into_iter()
            .map(|group| group.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(true), ["作成する", "確認する", "便利にする"]);
    assert_eq!(titles(false), ["確認する", "便利にする"]);
}
