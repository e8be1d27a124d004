//! The mail catcher, spoken to by lettre and by hand.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use akashi::demo::catcher::{Behaviour, Catcher, MAX_MAIL, list, read};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

type Post = AsyncSmtpTransport<Tokio1Executor>;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("akashi-mail-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    async fn catcher(&self) -> Catcher {
        Catcher::start("127.0.0.1:0".parse().unwrap(), self.0.join("mail"))
            .await
            .unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn post(catcher: &Catcher) -> Post {
    Post::builder_dangerous(catcher.addr().ip().to_string())
        .port(catcher.addr().port())
        .build()
}

/// One attempt under a time-out of its own, since lettre's covers connecting only; `None` where that ran out.
async fn attempt(catcher: &Catcher) -> Option<Result<Response, Error>> {
    timeout(Duration::from_secs(2), post(catcher).send(mail("x", "x")))
        .await
        .ok()
}

fn mail(id: &str, body: &str) -> Message {
    Message::builder()
        .from(Mailbox::new(
            Some("みらい建設業保証株式会社".into()),
            "desk@mirai.example".parse().unwrap(),
        ))
        .to("soumu@minato.example".parse().unwrap())
        .subject("電子保証（認証キー）発行完了のお知らせ")
        .message_id(Some(format!("<{id}@akashi.example>")))
        .header(ContentType::TEXT_PLAIN)
        .body(body.to_owned())
        .unwrap()
}

#[tokio::test]
async fn a_mail_lies_complete_in_the_folder_and_reads_as_written() {
    let scratch = Scratch::new("whole");
    let catcher = scratch.catcher().await;
    let body = "○○浄水場△△修繕工事\r\n.点で始まる行\r\n..\r\n.\r\n髙橋\u{FA19}𠮷\r\n";
    let sent = mail("issue-7", body);
    post(&catcher).send(sent.clone()).await.unwrap();
    post(&catcher).send(mail("issue-8", "次")).await.unwrap();

    let mails = list(catcher.folder()).await.unwrap();
    assert_eq!(mails.len(), 2);
    assert_eq!(
        mails[0].message_id, "issue-8@akashi.example",
        "the newest first"
    );
    let first = &mails[1];
    assert_eq!(first.name, "000001-issue-7.eml");
    assert_eq!(first.subject, "電子保証（認証キー）発行完了のお知らせ");
    assert_eq!(first.from, "みらい建設業保証株式会社 <desk@mirai.example>");
    assert_eq!(first.to, "soumu@minato.example");
    assert!(first.date.is_some());
    let opened = read(catcher.folder(), &first.name).await.unwrap().unwrap();
    assert_eq!(opened.body, body);
    let formatted = sent.formatted();
    assert_eq!(
        opened.raw.trim_ascii_end(),
        formatted.trim_ascii_end(),
        "byte for byte"
    );
}

#[tokio::test]
async fn counting_goes_on_after_a_restart_and_unfinished_files_are_no_mails() {
    let scratch = Scratch::new("again");
    let catcher = scratch.catcher().await;
    post(&catcher).send(mail("a", "1")).await.unwrap();
    drop(catcher);
    std::fs::write(scratch.0.join("mail/.000002.part"), "half").unwrap();
    let catcher = scratch.catcher().await;
    post(&catcher).send(mail("b", "2")).await.unwrap();
    let names: Vec<String> = list(catcher.folder())
        .await
        .unwrap()
        .into_iter()
        .map(|mail| mail.name)
        .collect();
    assert_eq!(names, ["000002-b.eml", "000001-a.eml"]);
}

#[tokio::test]
async fn only_mails_can_be_read() {
    let scratch = Scratch::new("tricks");
    let catcher = scratch.catcher().await;
    std::fs::write(
        scratch.0.join("000001-secret.eml"),
        "Subject: x\r\n\r\nsecret",
    )
    .unwrap();
    std::os::unix::fs::symlink(
        scratch.0.join("000001-secret.eml"),
        catcher.folder().join("000009-link.eml"),
    )
    .unwrap();
    for name in [
        "../000001-secret.eml",
        "000009-link.eml",
        "000001-none.eml",
        "/etc/passwd",
        "",
        "..",
    ] {
        assert_eq!(
            read(catcher.folder(), name).await.unwrap(),
            None,
            "{name:?}"
        );
    }
    assert!(list(&scratch.0.join("nowhere")).await.unwrap().is_empty());
    let everywhere = Catcher::start("0.0.0.0:0".parse().unwrap(), scratch.0.clone()).await;
    assert!(everywhere.is_err(), "loopback only");
}

/// Says each line and gathers what comes back until the server closes.
async fn speak(catcher: &Catcher, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(catcher.addr()).await.unwrap();
    stream.write_all(lines.concat().as_bytes()).await.unwrap();
    let mut said = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut said))
        .await
        .unwrap();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn the_protocol_is_kept_by_hand_too() {
    let scratch = Scratch::new("hand");
    let catcher = scratch.catcher().await;
    let smuggled = speak(
        &catcher,
        &[
            "helo me\r\n",
            "rcpt to:<b@b.example>\r\n",
            "mail from:<a@a.example>\r\nrcpt to:<b@b.example>\r\nrset\r\n",
            "data\r\n",
            "noop\r\nwhat\r\n",
            "MAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n",
            "Subject: one\r\n\r\nfirst\r\n..dotted\n.\nMAIL FROM:<evil@a.example>\r\n.\r\n",
            "QUIT\r\n",
        ],
    )
    .await;
    let codes: Vec<&str> = smuggled.lines().map(|line| &line[..3]).collect();
    assert_eq!(
        codes,
        [
            "220", "250", "503", "250", "250", "250", "503", "250", "500", "250", "250", "354",
            "250", "221"
        ]
    );
    let mails = list(catcher.folder()).await.unwrap();
    assert_eq!(mails.len(), 1, "a bare line feed ends no mail");
    let mail = read(catcher.folder(), &mails[0].name)
        .await
        .unwrap()
        .unwrap();
    assert!(mail.body.contains("MAIL FROM:<evil"), "{}", mail.body);
    assert!(
        mail.body.contains("\n.dotted"),
        "the stuffed dot is taken away: {}",
        mail.body
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_not_kept() {
    let scratch = Scratch::new("large");
    let catcher = scratch.catcher().await;
    let line = format!("{}\r\n", "x".repeat(998));
    let content = line.repeat(MAX_MAIL / line.len() + 1);
    let said = speak(
        &catcher,
        &[
            "EHLO me\r\nMAIL FROM:<a@a.example> SIZE=99999999\r\n",
            "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n",
            &content,
            ".\r\nQUIT\r\n",
        ],
    )
    .await;
    assert_eq!(said.matches("\r\n552 ").count(), 2, "{said}");
    assert!(list(catcher.folder()).await.unwrap().is_empty());
    let endless = speak(&catcher, &["EHLO ", &"x".repeat(10_000)]).await;
    assert!(endless.contains("500 5.5.6"), "{endless}");
}

#[tokio::test]
async fn every_way_to_fail_looks_to_the_sender_as_named() {
    let scratch = Scratch::new("fail");
    let catcher = scratch.catcher().await;
    let kept = async || list(catcher.folder()).await.unwrap().len();
    for (behaviour, permanent, transient) in [
        (Behaviour::Reply4xx, false, true),
        (Behaviour::Reply5xx, true, false),
        (Behaviour::Data4xx, false, true),
        (Behaviour::Data5xx, true, false),
        (Behaviour::Greet421, false, true),
        (Behaviour::CloseAtConnect, false, false),
        (Behaviour::RefuseConnections, false, false),
        (Behaviour::Babble, false, false),
    ] {
        catcher.behave(behaviour).await;
        let error = attempt(&catcher).await.unwrap().unwrap_err();
        assert_eq!(
            (error.is_permanent(), error.is_transient()),
            (permanent, transient),
            "{behaviour:?}: {error}"
        );
        assert_eq!(kept().await, 0, "{behaviour:?}");
    }
    catcher.behave(Behaviour::Silent).await;
    assert!(
        attempt(&catcher).await.is_none(),
        "lettre alone would wait for ever"
    );
    assert_eq!(kept().await, 0);

    catcher.behave(Behaviour::DropAfterData).await;
    assert!(attempt(&catcher).await.is_none_or(|sent| sent.is_err()));
    assert_eq!(kept().await, 1, "kept, though the sender cannot know");

    catcher
        .behave(Behaviour::StallAfterData(Duration::from_secs(3)))
        .await;
    assert!(attempt(&catcher).await.is_none_or(|sent| sent.is_err()));
    assert_eq!(kept().await, 2);

    catcher
        .behave(Behaviour::Slow(Duration::from_millis(100)))
        .await;
    let begin = Instant::now();
    attempt(&catcher).await.unwrap().unwrap();
    assert!(
        begin.elapsed() >= Duration::from_millis(500),
        "{:?}",
        begin.elapsed()
    );

    catcher.behave(Behaviour::Normal).await;
    let begin = Instant::now();
    attempt(&catcher).await.unwrap().unwrap();
    assert!(
        begin.elapsed() < Duration::from_millis(500),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(kept().await, 4);
}

#[tokio::test]
async fn a_server_that_goes_down_cuts_its_open_sessions_and_comes_back_on_its_port() {
    let scratch = Scratch::new("down");
    let catcher = scratch.catcher().await;
    let mut open = TcpStream::connect(catcher.addr()).await.unwrap();
    let mut greeting = [0; 3];
    open.read_exact(&mut greeting).await.unwrap();
    catcher.behave(Behaviour::RefuseConnections).await;
    let mut rest = Vec::new();
    let _ = timeout(Duration::from_secs(2), open.read_to_end(&mut rest))
        .await
        .unwrap();
    assert!(TcpStream::connect(catcher.addr()).await.is_err());
    catcher.behave(Behaviour::Normal).await;
    post(&catcher).send(mail("back", "x")).await.unwrap();
}
