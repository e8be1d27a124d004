//! 認定調書: what is taken, what is refused beside its field, who fetches it and how.

use akashi::domain::product::Product;
use axum::body::Body;
use axum::http::{Method, Request, header};
use uuid::Uuid;

use super::house::desk::{Desk, Ware};
use super::house::visitor::HOST;
use super::house::{House, Page, Visitor};

/// A small PDF that says what it is.
pub fn pdf(words: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n% {words}\nxref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
    )
    .into_bytes()
}

/// Sends a file as a browser does.
pub async fn attach(visitor: &mut Visitor, id: Uuid, name: &str, bytes: &[u8]) -> Page {
    let path = format!("/netdesk/applications/{id}/approval-record");
    let mut body = format!(
        "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend(bytes);
    body.extend(b"\r\n--line--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(&path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line");
    visitor.send(request, Body::from(body), &path).await
}

/// A draft of 中間前払金保証 on an issued 前払金保証.
async fn midterm(desk: &Desk<'_>) -> Uuid {
    let product = Ware::Electronic.product();
    let (_, number) = desk.issued(&desk.form(Ware::Electronic), product).await;
    let (id, _) = desk.draft(&super::midterm::form(desk, &number)).await;
    id
}

#[tokio::test]
async fn without_its_record_a_midterm_prepayment_is_not_sent() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = midterm(&desk).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let confirmation = format!("/netdesk/applications/{id}/confirmation");
    let page = soumu.get(&confirmation).await;
    page.is(200).says("まだ添付していません").says("10MBまで");
    let revision = page.attributes("[name=revision]", "value").remove(0);
    let submission = format!("/netdesk/applications/{id}/submission");
    let page = soumu.post(&submission, &[("revision", &revision)]).await;
    page.is(422);
    assert_eq!(
        page.all("#e-file"),
        [
            "認定調書（PDF）を添付してください。中間前払金保証のお申し込みには、発注者の認定調書が必要です。"
        ]
    );
    let page = attach(&mut soumu, id, "認定調書.pdf", &pdf("一")).await;
    page.is(303);
    soumu
        .visit(&page.location().unwrap())
        .await
        .says("認定調書を添付しました。まだ送信していません。")
        .says("認定調書.pdf 1KB");
    let page = soumu.submit(&submission, &[("revision", &revision)]).await;
    page.is(200).says("申し込みました");
    // Sent: it stays as it was sent.
    let page = attach(&mut soumu, id, "別の.pdf", &pdf("二")).await;
    page.is(303);
    soumu
        .visit(&page.location().unwrap())
        .await
        .says("認定調書は差し替えていません");
    let names: Vec<String> = sqlx::query_scalar("select name from documents")
        .fetch_all(&house.owner)
        .await
        .unwrap();
    assert_eq!(names, ["認定調書.pdf"]);
    house.close().await;
}

#[tokio::test]
async fn what_is_no_record_is_refused_beside_the_field_and_changes_nothing() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = midterm(&desk).await;
    let mut soumu = house.contractor("minato.soumu").await;
    attach(&mut soumu, id, "前の.pdf", &pdf("前")).await.is(303);
    let whole = pdf(&"頁".repeat(2000));
    let mut large = pdf("");
    large.resize(10 * 1024 * 1024 + 1, b' ');
    for (bytes, words) in [
        (&b""[..], "空のファイル"),
        (
            b"PK\x03\x04 \xE6\x96\x87\xE6\x9B\xB8",
            "PDFではないファイルです",
        ),
        (
            &whole[..whole.len() / 2],
            "途中で切れているか、壊れています",
        ),
        (&large, "10MBを超えています"),
        (
            &pdf("x /OpenAction << /S /JavaScript /JS (1) >>"),
            "動作（JavaScript・プログラムの起動）",
        ),
        (&pdf("/Encrypt 4 0 R"), "保護されたPDF"),
    ] {
        let page = attach(&mut soumu, id, "a.pdf", bytes).await;
        page.is(422);
        let said = page.all("#e-file");
        assert!(said[0].contains(words), "{said:?} does not say {words}");
        page.says("前の.pdf");
    }
    // Twice the size, announced: refused all the same, with the same words.
    let page = attach(&mut soumu, id, "a.pdf", &vec![b' '; 21 * 1024 * 1024]).await;
    assert!(page.is(422).all("#e-file")[0].contains("10MBを超えています"));
    // No form of this kind, a form without a file, one cut off in the middle.
    let path = format!("/netdesk/applications/{id}/approval-record");
    soumu.post(&path, &[("file", "x")]).await.is(415);
    for (body, status) in [
        (
            "--line\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--line--\r\n",
            422,
        ),
        (
            "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 and then noth",
            400,
        ),
    ] {
        let request = Request::builder()
            .method(Method::POST)
            .uri(&path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line");
        soumu
            .send(request, Body::from(body), &path)
            .await
            .is(status);
    }
    let kept: Vec<(String, Vec<u8>)> = sqlx::query_as("select name, bytes from documents")
        .fetch_all(&house.owner)
        .await
        .unwrap();
    assert_eq!(kept, [("前の.pdf".to_owned(), pdf("前"))]);
    house.close().await;
}

#[tokio::test]
async fn the_branch_saves_the_record_and_nobody_else_finds_it() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = midterm(&desk).await;
    let mut soumu = house.contractor("minato.soumu").await;
    let name = "認定調書 髙﨑 (最終).pdf";
    attach(&mut soumu, id, name, &pdf("初め")).await.is(303);
    attach(&mut soumu, id, name, &pdf("差し替え")).await.is(303);
    let mut clerk = house.officer("kanagawa.clerk").await;
    let case = format!("/office/applications/{id}");
    clerk.get(&case).await.is(404);
    let submission = format!("/netdesk/applications/{id}/submission");
    soumu
        .submit(&submission, &[("revision", "1")])
        .await
        .says("申し込みました");
    let page = clerk.get(&case).await;
    page.is(200)
        .says("認定調書")
        .says(name)
        .says("minato.soumu 添付")
        .says("4つの条件")
        .says("請求できる最初の日")
        .never_says("差し替え前");
    let href = page.attributes("a[download]", "href").remove(0);
    let file = clerk.get(&href).await;
    file.is(200);
    assert_eq!(file.bytes, pdf("差し替え"));
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(
        file.header("content-security-policy")
            .ends_with("; sandbox")
    );
    let disposition = file.header("content-disposition");
    assert!(
        disposition
            .starts_with("attachment; filename=\"document.pdf\"; filename*=UTF-8''%E8%AA%8D"),
        "{disposition}"
    );
    // Other branches, other sureties, other applications' addresses.
    for login in ["nagano.clerk", "sapporo.clerk", "kita.admin"] {
        house.officer(login).await.get(&href).await.is(404);
    }
    let elsewhere = href.replace(&id.to_string(), &Uuid::from_u128(7).to_string());
    clerk.get(&elsewhere).await.is(404);
    let mut yamato = house.contractor("yamato.soumu").await;
    attach(&mut yamato, id, "a.pdf", &pdf("")).await.is(404);

    // Returned: replaced once more; the branch keeps both and sees which is which.
    let app = &house.app;
    super::house::acts::take_up(app, &desk.clerk, id)
        .await
        .unwrap();
    super::house::acts::return_with(app, &desk.clerk, id, "日付をお確かめください。")
        .await
        .unwrap();
    attach(&mut soumu, id, "二度目.pdf", &pdf("二度目"))
        .await
        .is(303);
    // Not sent again yet: the branch still reads what was sent.
    clerk.get(&case).await.never_says("二度目.pdf");
    let page = soumu
        .get(&format!("/netdesk/applications/{id}/confirmation"))
        .await;
    let revision = page
        .says("二度目.pdf")
        .attributes("[name=revision]", "value")
        .remove(0);
    soumu
        .submit(&submission, &[("revision", &revision)])
        .await
        .says("申し込みました");
    clerk
        .get(&case)
        .await
        .says("二度目.pdf")
        .says("差し替え前")
        .says(name);
    let status = akashi::services::applications::status(app, &desk.who, id)
        .await
        .unwrap();
    assert_eq!(status.items[0].product, Product::Midterm);
    house.work().await;
    house.close().await;
}

#[tokio::test]
async fn a_record_goes_with_its_draft_and_what_was_sent_stays() {
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let id = midterm(&desk).await;
    let mut soumu = house.contractor("minato.soumu").await;
    attach(&mut soumu, id, "a.pdf", &pdf("")).await.is(303);
    let count = || house.ask::<i64>("select count(*) from documents");
    assert_eq!(count().await, 1);
    soumu
        .post(&format!("/netdesk/applications/{id}/deletion"), &[])
        .await
        .is(303);
    assert_eq!(count().await, 0);
    let id = midterm(&desk).await;
    attach(&mut soumu, id, "a.pdf", &pdf("")).await.is(303);
    soumu
        .submit(
            &format!("/netdesk/applications/{id}/submission"),
            &[("revision", "1")],
        )
        .await
        .says("申し込みました");
    for sql in ["update documents set name = 'x'", "delete from documents"] {
        let refused = sqlx::query(sql).execute(&house.owner).await.unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("a document that was sent stays"),
            "{refused}"
        );
    }
    house.close().await;
}
