//! One SMTP conversation (RFC 5321), as far as a client that delivers mail goes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;

use super::shelf::Shelf;
use super::{Behaviour, MAX_MAIL};

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// A command line with room for long paths and parameters (RFC 5321 §4.5.3.1.4 asks for 512).
const MAX_COMMAND: usize = 2_048;
const MAX_RECIPIENTS: usize = 100;
const MAX_MISTAKES: usize = 20;

struct Session {
    input: BufReader<OwnedReadHalf>,
    output: OwnedWriteHalf,
    behaviour: watch::Receiver<Behaviour>,
    sender: bool,
    recipients: usize,
    mistakes: usize,
}

/// Whether the conversation goes on.
#[derive(PartialEq)]
enum Next {
    Stay,
    Leave,
}

pub(super) async fn run(
    stream: TcpStream,
    shelf: Arc<Shelf>,
    behaviour: watch::Receiver<Behaviour>,
) {
    let _ = stream.set_nodelay(true);
    let (input, output) = stream.into_split();
    let mut session = Session {
        input: BufReader::new(input),
        output,
        behaviour,
        sender: false,
        recipients: 0,
        mistakes: 0,
    };
    // A client that goes away is its own affair.
    let _ = session.converse(&shelf).await;
}

impl Session {
    fn now(&self) -> Behaviour {
        *self.behaviour.borrow()
    }

    async fn converse(&mut self, shelf: &Arc<Shelf>) -> io::Result<()> {
        match self.now() {
            Behaviour::CloseAtConnect => return Ok(()),
            Behaviour::Greet421 => return self.say("421 4.3.2 try again later").await,
            Behaviour::Greet554 => return self.say("554 5.3.2 no service here").await,
            Behaviour::Silent => {
                let _ = self
                    .behaviour
                    .wait_for(|now| *now != Behaviour::Silent)
                    .await;
            }
            _ => {}
        }
        self.say("220 catcher ESMTP").await?;
        while self.mistakes < MAX_MISTAKES {
            let Some(line) = self.line(MAX_COMMAND).await? else {
                return Ok(());
            };
            if !line.ends_with(b"\n") {
                return self.say("500 5.5.6 line too long").await;
            }
            let command = String::from_utf8_lossy(&line).trim_end().to_owned();
            if self.answer(&command, shelf).await? == Next::Leave {
                return Ok(());
            }
        }
        self.say("421 4.7.0 too many mistakes").await
    }

    async fn answer(&mut self, command: &str, shelf: &Arc<Shelf>) -> io::Result<Next> {
        let upper = command.to_ascii_uppercase();
        let verb = upper.split_ascii_whitespace().next().unwrap_or_default();
        let reply = match verb {
            "EHLO" => {
                self.forget();
                &*format!(
                    "250-catcher\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {MAX_MAIL}"
                )
            }
            "HELO" => {
                self.forget();
                "250 catcher"
            }
            "MAIL" => self.mail(&upper),
            "RCPT" => self.recipient(&upper),
            "DATA" if self.recipients == 0 => self.mistake("503 5.5.1 MAIL and RCPT first"),
            "DATA" => return self.data(shelf).await,
            "RSET" => {
                self.forget();
                "250 2.0.0 forgotten"
            }
            "NOOP" => "250 2.0.0 ok",
            "VRFY" => "252 2.1.5 send and see",
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::Leave);
            }
            _ => self.mistake("500 5.5.1 unknown command"),
        };
        self.say(reply).await?;
        Ok(Next::Stay)
    }

    fn mail(&mut self, upper: &str) -> &'static str {
        if self.sender {
            return self.mistake("503 5.5.1 one MAIL at a time");
        }
        let size = upper
            .split_ascii_whitespace()
            .find_map(|word| word.strip_prefix("SIZE="))
            .and_then(|size| size.parse::<usize>().ok());
        if !upper.starts_with("MAIL FROM:") {
            return self.mistake("501 5.5.4 MAIL FROM:<address>");
        }
        if size.is_some_and(|size| size > MAX_MAIL) {
            return "552 5.3.4 too large";
        }
        if self.now() == Behaviour::Sender5xx {
            return "550 5.7.1 this sender may not send";
        }
        self.sender = true;
        "250 2.1.0 ok"
    }

    fn recipient(&mut self, upper: &str) -> &'static str {
        if !self.sender {
            return self.mistake("503 5.5.1 MAIL first");
        }
        if !upper.starts_with("RCPT TO:") {
            return self.mistake("501 5.5.4 RCPT TO:<address>");
        }
        match self.now() {
            Behaviour::Reply4xx => "450 4.2.0 try again later",
            Behaviour::Reply5xx => "550 5.1.1 no such person",
            _ if self.recipients >= MAX_RECIPIENTS => "452 4.5.3 too many recipients",
            _ => {
                self.recipients += 1;
                "250 2.1.5 ok"
            }
        }
    }

    /// The mail is on the disk, whole, before 250 is said.
    async fn data(&mut self, shelf: &Arc<Shelf>) -> io::Result<Next> {
        self.say("354 go on, end with a dot").await?;
        let Some(mail) = self.content().await? else {
            return Ok(Next::Leave);
        };
        self.forget();
        let behaviour = self.now();
        let reply = match behaviour {
            Behaviour::Data4xx => "451 4.3.0 try again later",
            Behaviour::Data5xx => "554 5.6.0 refused",
            _ if mail.len() > MAX_MAIL => "552 5.3.4 too large",
            _ => match keep(shelf, mail).await {
                Ok(()) => "250 2.0.0 kept",
                Err(_) => "452 4.3.1 cannot keep it now",
            },
        };
        match behaviour {
            Behaviour::DropAfterData => return Ok(Next::Leave),
            Behaviour::StallAfterData(wait) => tokio::time::sleep(wait).await,
            _ => {}
        }
        self.say(reply).await?;
        Ok(Next::Stay)
    }

    /// Up to `CRLF . CRLF` and nothing less (a bare line feed ends no mail); leading dots unstuffed. Beyond the limit
    /// the rest is read and dropped. `None` when the client leaves in between.
    async fn content(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        let mut at_start = true;
        loop {
            let Some(line) = self.line(MAX_MAIL).await? else {
                return Ok(None);
            };
            if at_start && line == b".\r\n" {
                return Ok(Some(mail));
            }
            let stuffed = at_start && line.starts_with(b".");
            at_start = line.ends_with(b"\r\n");
            if mail.len() <= MAX_MAIL {
                mail.extend_from_slice(if stuffed { &line[1..] } else { &line });
            }
        }
    }

    /// One line with its end, or `limit` bytes of a longer one; `None` at the end of the connection.
    async fn line(&mut self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let line = timeout(PATIENCE, line_of(&mut self.input, limit)).await??;
        Ok((!line.is_empty()).then_some(line))
    }

    /// One write for a whole reply: two small ones would wait for each other's acknowledgement.
    async fn say(&mut self, reply: &str) -> io::Result<()> {
        let reply = match self.now() {
            Behaviour::Slow(wait) => {
                tokio::time::sleep(wait).await;
                reply
            }
            Behaviour::Babble => "hello there",
            _ => reply,
        };
        let whole = format!("{reply}\r\n");
        timeout(PATIENCE, self.output.write_all(whole.as_bytes())).await?
    }

    fn forget(&mut self) {
        self.sender = false;
        self.recipients = 0;
    }

    fn mistake(&mut self, reply: &'static str) -> &'static str {
        self.mistakes += 1;
        reply
    }
}

async fn line_of(input: &mut (impl AsyncBufRead + Unpin), limit: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    input.take(limit).read_until(b'\n', &mut line).await?;
    Ok(line)
}

async fn keep(shelf: &Arc<Shelf>, mail: Vec<u8>) -> io::Result<()> {
    let shelf = Arc::clone(shelf);
    tokio::task::spawn_blocking(move || shelf.keep(&mail))
        .await
        .map_err(io::Error::other)?
}
