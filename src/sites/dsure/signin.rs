//! 電子証書を確認する: number and key.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::gate;
use crate::services::KeyHolder;
use crate::services::holders;
use crate::services::viewing::{self, Opened};
use crate::web::answer::{PageResult, page, page_with, see_other, wait_words};
use crate::web::field::FieldView;
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::{FormShape, RawForm, Submitted};
use crate::web::network::Network;
use crate::web::page::Flash;
use crate::web::session::{self, Presented};
use crate::web::shell::GateShell;
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::dsure as to;

#[derive(Template)]
#[template(path = "dsure/signin/form.html")]
struct FormPage {
    shell: GateShell,
    number: FieldView,
    key: FieldView,
}

/// As typed.
#[derive(Default)]
pub struct DoorForm {
    number: String,
    key: String,
}

/// Without the key, which is a secret.
impl std::fmt::Debug for DoorForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DoorForm").finish_non_exhaustive()
    }
}

impl FormShape for DoorForm {
    fn read(form: &RawForm) -> Self {
        Self {
            number: form.get("number").to_owned(),
            key: form.get("key").to_owned(),
        }
    }
}

/// The page with what was typed as number; a key is never given back.
fn form_page(shell: GateShell, typed: &str, wrong: (Option<String>, Option<String>)) -> FormPage {
    let number = FieldView::text("number", "保証契約番号", typed)
        .required()
        .stacked()
        .code()
        .width("in--m num")
        .hint("例：35075-00003M。ハイフンや末尾の英字は、なくても構いません。")
        .error(wrong.0);
    let key = FieldView::text("key", "認証キー", "")
        .required()
        .stacked()
        .code()
        .width("in--key")
        .hint("12文字。大文字と小文字は区別されます。空白やハイフン、全角で入力しても構いません。貼り付けもできます。")
        .error(wrong.1);
    let errors = if shell.common.errors.any() {
        shell.common.errors.clone()
    } else {
        ErrorSummary::of([&number, &key])
    };
    FormPage {
        shell: shell.errors(errors),
        number,
        key,
    }
}

/// The form. Whose session has just ended reads why the form is here again.
///
/// # Errors
/// When the database cannot be reached.
pub async fn form(
    State(web): State<Web>,
    Presented(token): Presented,
    who: Option<KeyHolder>,
    Told(told): Told,
) -> PageResult {
    let ended = (token.is_some() && who.is_none()).then(|| {
        Flash::warn("閲覧できる時間が終わりました。もう一度ご覧になるときは、番号と認証キーを入力してください。")
    });
    let shell = gate(&web).flash(told.or(ended));
    page(&form_page(shell, "", (None, None)))
}

/// Opens the newest version, or says what is wrong.
///
/// # Errors
/// `Busy` when too many try at once.
pub async fn open(
    State(web): State<Web>,
    Network(network): Network,
    Presented(before): Presented,
    Submitted(typed): Submitted<DoorForm>,
) -> PageResult {
    let (number, key) = (typed.number.as_str(), typed.key.as_str());
    let refused = |title: &str, lead: String, status| {
        let shell = gate(&web).errors(ErrorSummary::titled(title, lead));
        page_with(status, &form_page(shell, number, (None, None)))
    };
    let closed = "証書を開けませんでした";
    match viewing::open(&web, number, key, &network, before.as_ref()).await? {
        Opened::In { token, seq, ended } => {
            let address = to::Certificate(seq).to_string();
            let mut answer = match ended {
                None => see_other(address),
                Some(number) => {
                    let words = format!(
                        "先に開いていた証書（{number}）の閲覧は終わりました。一度に開けるのは一つの番号です。"
                    );
                    see_other_telling(&web, address, &Flash::warn(words))
                }
            };
            let cookie = session::opened(&web, &token);
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
        Opened::Unreadable { number: no, key } => {
            let page = form_page(gate(&web), number, (no, key));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Opened::Wrong => refused(
            closed,
            "保証契約番号または認証キーが正しくありません。お知らせの「保証契約番号」と「認証キー」の12文字を、もう一度お確かめください。大文字と小文字は区別されます。".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Opened::Wait(seconds) => {
            let words = format!(
                "しばらく時間をおいてからお試しください。続けて正しくない入力があったため、あと{}ほど受け付けを止めています。",
                wait_words(seconds)
            );
            let mut answer = refused(closed, words, StatusCode::TOO_MANY_REQUESTS)?;
            let after = HeaderValue::from(seconds.max(1));
            answer.headers_mut().insert(header::RETRY_AFTER, after);
            Ok(answer)
        }
    }
}

/// ログアウト, also for a session that has ended already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn close(State(web): State<Web>, Presented(token): Presented) -> PageResult {
    if let Some(token) = token {
        holders::sign_out(&web, &token).await?;
    }
    let told = Flash::ok("ログアウトしました。");
    let mut answer: Response = see_other_telling(&web, to::TOP, &told);
    let cookie = session::closed(&web);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::site::{Names, Site};

    fn shell() -> GateShell {
        GateShell::new(&Names::default(), Site::Dsure)
    }

    #[test]
    fn the_number_comes_back_and_the_key_does_not() {
        let page = form_page(
            shell(),
            "３５０７５<b>",
            (None, Some("12文字です。".into())),
        );
        let html = page.render().unwrap();
        assert!(html.contains(r#"value="３５０７５&#60;b&#62;""#), "{html}");
        assert!(html.contains(r#"id="f-key" name="key" type="text" value="""#));
        assert!(html.contains("<title>エラー：電子証書を確認する｜保証確認サービス（D-Sure）"));
        assert_eq!(html.matches("12文字です。").count(), 2, "box and field");
    }

    #[test]
    fn a_wrong_pair_blames_no_field() {
        let errors = ErrorSummary::titled("証書を開けませんでした", "正しくありません。");
        let html = form_page(shell().errors(errors), "35075-00003M", (None, None))
            .render()
            .unwrap();
        assert!(html.contains("証書を開けませんでした") && !html.contains("aria-invalid"));
        assert!(html.contains("証書を確認する</button>"));
    }
}
