//! The page a visitor sees when there is nothing better to show: what happened, what to do.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::shell::GateShell;
use super::site::{Names, Site};

#[derive(Template)]
#[template(path = "shell/problem.html")]
struct Problem<'a> {
    shell: GateShell,
    status: u16,
    title: &'static str,
    what: &'a str,
    todo: &'static [&'static str],
    reference: Option<&'a str>,
    desk: &'static str,
}

/// Title, what happened, what to do.
type Words = (&'static str, &'static str, &'static [&'static str]);

/// An error page in the dress of the site, with `no-store`. The reference (the request's id)
/// is shown for accidents only (5xx): a visitor's own slip needs no number.
pub fn problem(names: &Names, site: Site, status: StatusCode, reference: Option<&str>) -> Response {
    problem_saying(names, site, status, reference, None)
}

/// As [`problem`], with a sentence about what happened in place of the status' own.
pub fn problem_saying(
    names: &Names,
    site: Site,
    status: StatusCode,
    reference: Option<&str>,
    said: Option<&str>,
) -> Response {
    let (title, usual, todo) = words(site, status);
    let what = said.unwrap_or(usual);
    let page = Problem {
        shell: GateShell::new(names, site),
        status: status.as_u16(),
        title,
        what,
        todo,
        reference: reference.filter(|_| status.is_server_error()),
        desk: desk(site),
    };
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    match page.render() {
        Ok(body) => (status, head, body).into_response(),
        Err(_) => (status, title).into_response(),
    }
}

/// Who takes the number of an accident.
fn desk(site: Site) -> &'static str {
    match site {
        Site::Netdesk => "取扱支店",
        Site::Office | Site::Demo => "システムの管理者",
        Site::Dsure => "受注者または取扱支店",
    }
}

fn words(site: Site, status: StatusCode) -> Words {
    match status {
        StatusCode::FORBIDDEN => (
            "この操作はご利用いただけません",
            "お使いのログインの役割では開けない画面か、このサイトの外から送られた内容です。",
            &[
                "このサイトの画面から、もう一度操作してください。",
                "役割を変えるときは、管理者へご依頼ください。",
            ],
        ),
        StatusCode::NOT_FOUND => not_found(site),
        StatusCode::METHOD_NOT_ALLOWED => (
            "この画面はその開き方ができません",
            "送信の結果の画面を、直接開いた可能性があります。",
            &[
                "はじめの画面へ進み、もう一度お選びください。送信した内容が二重になることはありません。",
            ],
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "通信に時間がかかりすぎました",
            "送信の途中で時間が切れたため、受け取れませんでした。",
            &[
                "ブラウザーの「戻る」で前の画面に戻り、もう一度送信してください。入力した内容は残っています。",
            ],
        ),
        StatusCode::CONFLICT => (
            "ほかの画面で先に変わりました",
            "開いている間に、同じ内容がほかの人かほかの画面で変わりました。今回の操作は行っていません。",
            &["新しい内容を開いて確かめてから、もう一度操作してください。"],
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "送信した内容が大きすぎます",
            "一度に受け取れる大きさを超えたため、受け取れませんでした。内容は保存していません。",
            &[
                "ブラウザーの「戻る」で前の画面に戻り、長い文章を短くして、もう一度送信してください。",
            ],
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "受け取れない形で送られました",
            "この画面は、このサイトの入力画面からの送信だけを受け取ります。",
            &["はじめの画面から進み、入力画面の送信ボタンを押してください。"],
        ),
        StatusCode::UNPROCESSABLE_ENTITY => (
            "送信した内容を読み取れませんでした",
            "入力欄の一部が欠けているか、画面が古くなっています。内容は保存していません。",
            &[
                "ブラウザーの「戻る」で前の画面に戻り、読み込み直してから、もう一度送信してください。",
            ],
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "しばらくおいてからお試しください",
            "短い間に何度も操作があったため、いったん受け付けを止めています。",
            &["少し時間をおいてから、もう一度操作してください。"],
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "ただいま混み合っているか、点検をしています",
            "いまは処理できません。保存した下書きと、受け付けた申込は残っています。",
            &[
                "数分おいてから、もう一度お試しください。同じ送信を繰り返しても、二重にはなりません。",
            ],
        ),
        status if status.is_server_error() => (
            "システムの都合で処理できませんでした",
            "処理の途中で問題が起きました。保存した下書きと、受け付けた申込は残っています。",
            &["時間をおいてやり直してください。同じ送信を繰り返しても、二重にはなりません。"],
        ),
        _ => (
            "送信した内容を読み取れませんでした",
            "アドレスか送信した内容の一部が、この画面で読める形になっていません。",
            &["ブラウザーの「戻る」で前の画面に戻り、もう一度操作してください。"],
        ),
    }
}

fn not_found(site: Site) -> Words {
    let title = "ページが見つかりません";
    match site {
        Site::Netdesk => (
            title,
            "アドレスが変わったか、ほかの会社の書類を開こうとした可能性があります。",
            &[
                "発行済みの保証は「保証契約一覧」で、保証契約番号から探せます。",
                "送信した申込は「状況」で確かめられます。",
            ],
        ),
        Site::Office => (
            title,
            "アドレスが変わったか、ほかの支店の書類を開こうとした可能性があります。",
            &["申込の一覧で、番号・会社・工事名から探してください。"],
        ),
        Site::Dsure => (
            title,
            "アドレスが変わったか、いま開いている証書とは別のものを開こうとした可能性があります。",
            &["保証契約番号と認証キーを入力して、証書を開いてください。"],
        ),
        Site::Demo => (
            title,
            "アドレスが変わった可能性があります。",
            &["デモの入口から、三つのサイトを開けます。"],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(site: Site, status: StatusCode) -> String {
        let answer = problem(&Names::default(), site, status, Some("7F3A-20C1"));
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn each_site_shows_each_problem_in_its_own_dress() {
        let statuses = [400, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503];
        for site in [Site::Netdesk, Site::Office, Site::Dsure, Site::Demo] {
            for status in statuses.map(|code| StatusCode::from_u16(code).unwrap()) {
                let html = body(site, status).await;
                let name = Names::default().of(site).to_owned();
                assert!(html.contains(&format!("｜{name}</title>")), "{status}");
                assert!(html.contains(&format!(r#"data-site="{}""#, site.code())));
                assert!(html.contains(site.home_words()));
                assert_eq!(
                    html.contains("7F3A-20C1"),
                    status.is_server_error(),
                    "only accidents carry a number: {status}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_missing_page_says_where_to_look_instead() {
        let html = body(Site::Netdesk, StatusCode::NOT_FOUND).await;
        assert!(html.contains("保証契約一覧") && html.contains("状況"));
    }
}
