use super::*;
use axum::Router;
use axum::routing::post;
use tower::ServiceExt;

struct Boxes {
    name: String,
    ticked: Vec<String>,
}

impl FormShape for Boxes {
    const REPEATED: &'static [&'static str] = &["box"];

    fn read(form: &RawForm) -> Self {
        Self {
            name: form.get("name").to_owned(),
            ticked: form.all("box").map(str::to_owned).collect(),
        }
    }
}

async fn send(kind: &str, body: impl Into<Body>) -> (StatusCode, String) {
    let echo = async |Submitted(form): Submitted<Boxes>| {
        format!("{}|{}", form.name, form.ticked.join(","))
    };
    let request = Request::post("/").header("content-type", kind);
    let answer = Router::new()
        .route("/", post(echo))
        .oneshot(request.body(body.into()).unwrap())
        .await
        .unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn what_was_typed_arrives_byte_for_byte() {
    for (body, heard) in [
        ("name=%E7%A5%9E+%e3%81%8b%E3%82%99", "神 か\u{3099}|"),
        ("name=%EF%A8%99%F0%A0%AE%B7", "\u{FA19}\u{20BB7}|"),
        ("name=a%3Db%26c&box=1&box=2", "a=b&c|1,2"),
        ("name=10%25&&box", "10%|"),
        ("name=100%&other=1", "100%|"),
        ("name=line1%0D%0Aline2", "line1\r\nline2|"),
        ("", "|"),
    ] {
        assert_eq!(
            send(FORM, body).await,
            (StatusCode::OK, heard.into()),
            "{body}"
        );
    }
    let named = send("application/x-www-form-urlencoded; charset=UTF-8", "name=a").await;
    assert_eq!(named.0, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let large = format!("name={}", "a".repeat(LIMIT));
    let many = "a=1&".repeat(1_001);
    for (body, status) in [
        ("name=%ff%fe", 400),
        ("name=%E7%A5", 400),
        ("%ff=1", 400),
        ("name=%ED%A0%80", 400),
        ("name=a%00b", 400),
        ("name=1&name=2", 400),
        ("name=1&other=x&other=x", 400),
        (&large, 413),
        (&many, 413),
    ] {
        let (told, _) = send(FORM, body.to_owned()).await;
        assert_eq!(told.as_u16(), status, "{:.40}", body);
    }
    for kind in [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=Shift_JIS",
    ] {
        assert_eq!(send(kind, "name=a").await.0.as_u16(), 415, "{kind}");
    }
}

#[tokio::test]
async fn a_body_without_a_length_is_limited_too() {
    let body = Body::new(Pieces(vec![Some(vec![b'a'; 1024]); 300]));
    assert_eq!(send(FORM, body).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let body = Body::new(Pieces(vec![None, Some(b"name=a".to_vec())]));
    assert_eq!(send(FORM, body).await.0, StatusCode::REQUEST_TIMEOUT);
}

/// A body in pieces, the last one first; `None`: the line breaks.
struct Pieces(Vec<Option<Vec<u8>>>);

impl axum::body::HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<std::io::Result<hyper::body::Frame<Bytes>>>> {
        let piece = self.0.pop().map(|piece| match piece {
            Some(bytes) => Ok(hyper::body::Frame::data(bytes.into())),
            None => Err(std::io::Error::other("gone")),
        });
        std::task::Poll::Ready(piece)
    }
}

#[test]
fn a_form_survives_its_own_encoding_and_shows_no_values() {
    let form = RawForm::default()
        .with("名", "髙 & =%")
        .with("b", "1")
        .with("b", "2");
    let encoded = form.encode().unwrap();
    assert_eq!(RawForm::parse(encoded.as_bytes()), Ok(form.clone()));
    assert_eq!(format!("{form:?}"), r#"["名", "b", "b"]"#);
    assert_eq!(
        form.clone().without(|name| name == "b"),
        RawForm::default().with("名", "髙 & =%")
    );
    assert!(form.checked("b") && !form.checked("c"));
    assert_eq!(
        (form.get("b"), form.get("c"), form.opt("c")),
        ("1", "", None)
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        if let Ok(form) = RawForm::parse(&bytes) {
            let again = RawForm::parse(form.encode().unwrap().as_bytes());
            proptest::prop_assert_eq!(again, Ok(form));
        }
    }
}
