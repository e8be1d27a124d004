//! A wire between Akashi and PostgreSQL that can be cut: it reads the frontend's messages one by
//! one, counts them once start-up is over, and breaks at the one it was told to.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akashi::db::{Db, Pool};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::server;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// What the wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Carries everything.
    None,
    /// The n-th message never arrives, and nothing after it: the wire stays down until told.
    Before(usize),
    /// The n-th message arrives and is worked on, its answer is lost; the next connection is good.
    After(usize),
    /// The next COMMIT arrives and is worked on, its answer is lost; the next connection is good.
    LoseCommit,
    /// Every connection is closed at once.
    Refuse,
    /// Every message waits this long.
    Delay(Duration),
}

#[derive(Debug)]
struct State {
    fault: Fault,
    /// Messages since the fault was armed.
    seen: usize,
    cut: bool,
}

/// What becomes of one message.
#[derive(Debug, PartialEq)]
enum Verdict {
    Carry,
    Wait(Duration),
    Drop,
    Last,
}

impl State {
    fn judge(&mut self, tag: u8, body: &[u8]) -> Verdict {
        // A farewell is nobody's work.
        if tag == b'X' {
            return Verdict::Carry;
        }
        self.seen += 1;
        match self.fault {
            Fault::None => Verdict::Carry,
            Fault::Delay(by) => Verdict::Wait(by),
            Fault::Refuse => Verdict::Drop,
            Fault::Before(n) if self.seen >= n => {
                self.cut = true;
                Verdict::Drop
            }
            Fault::After(n) if self.seen == n => {
                self.cut = true;
                Verdict::Last
            }
            Fault::LoseCommit if !self.cut && tag == b'Q' && body.starts_with(b"commit") => {
                self.cut = true;
                Verdict::Last
            }
            Fault::Before(_) | Fault::After(_) | Fault::LoseCommit => Verdict::Carry,
        }
    }

    fn refuses(&self) -> bool {
        matches!(self.fault, Fault::Refuse) || self.cut && matches!(self.fault, Fault::Before(_))
    }
}

/// A listening wire; dropping it cuts everything.
pub struct Proxy {
    folder: PathBuf,
    port: u16,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A wire to this run's server.
    pub fn open() -> Self {
        Self::to(&server::url("postgres").parse().unwrap())
    }

    /// A wire to any server.
    pub fn to(target: &PgConnectOptions) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(format!("/tmp/akashi-wire-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let port = target.get_port();
        let listener = UnixListener::bind(folder.join(format!(".s.PGSQL.{port}"))).unwrap();
        let state = Arc::new(Mutex::new(State {
            fault: Fault::None,
            seen: 0,
            cut: false,
        }));
        let accepting = tokio::spawn(accept(listener, target.clone(), state.clone()));
        Self {
            folder,
            port,
            state,
            accepting,
        }
    }

    /// How a database of this run's server is reached over the wire.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        let options: PgConnectOptions = server::url(database).parse().unwrap();
        options.socket(&self.folder).port(self.port)
    }

    /// A pool of this many connections over the wire.
    pub fn db(&self, database: &str, size: usize) -> Db {
        Db::shared(Pool::new(self.options(database), size))
    }

    /// Sets what happens next and counts from zero.
    pub fn arm(&self, fault: Fault) {
        *self.state.lock().unwrap() = State {
            fault,
            seen: 0,
            cut: false,
        };
    }

    /// Messages since the last `arm`.
    pub fn seen(&self) -> usize {
        self.state.lock().unwrap().seen
    }

    /// The fault came to pass.
    pub fn cut(&self) -> bool {
        self.state.lock().unwrap().cut
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn accept(listener: UnixListener, target: PgConnectOptions, state: Arc<Mutex<State>>) {
    let mut wires = JoinSet::new();
    loop {
        tokio::select! {
            Ok((client, _)) = listener.accept() => {
                if !state.lock().unwrap().refuses() {
                    wires.spawn(connect(client, target.clone(), state.clone()));
                }
            }
            Some(_) = wires.join_next() => {}
        }
    }
}

async fn connect(client: UnixStream, target: PgConnectOptions, state: Arc<Mutex<State>>) {
    let folder = target.get_socket().cloned().or_else(|| {
        let host = target.get_host();
        host.starts_with('/').then(|| PathBuf::from(host))
    });
    let port = target.get_port();
    if let Some(folder) = folder {
        if let Ok(server) = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await {
            let (read, write) = server.into_split();
            carry(client, read, write, state).await;
        }
    } else if let Ok(server) = TcpStream::connect((target.get_host(), port)).await {
        let _ = server.set_nodelay(true);
        let (read, write) = server.into_split();
        carry(client, read, write, state).await;
    }
}

async fn carry(
    client: UnixStream,
    mut answers: impl AsyncRead + Unpin + Send + 'static,
    mut server: impl AsyncWrite + Unpin,
    state: Arc<Mutex<State>>,
) {
    let (questions, mut back) = client.into_split();
    let mute = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let muted = mute.clone();
    let mut answering = tokio::spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count) = answers.read(&mut bytes).await {
            if count == 0 {
                break;
            }
            if !muted.load(Ordering::SeqCst) && back.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
        back
    });
    let mut questions = BufReader::new(questions);
    let asking = ask(&mut questions, &mut server, &state, &mute);
    tokio::select! {
        _ = asking => {
            // What has arrived is worked on to its end before the client learns of the cut.
            let _ = server.shutdown().await;
            let _ = (&mut answering).await;
        }
        _ = &mut answering => {}
    }
}

async fn ask(
    questions: &mut (impl AsyncRead + Unpin),
    server: &mut (impl AsyncWrite + Unpin),
    state: &Mutex<State>,
    mute: &std::sync::atomic::AtomicBool,
) -> std::io::Result<()> {
    loop {
        let (message, code) = untagged(questions).await?;
        server.write_all(&message).await?;
        // Requests for encryption come before the start-up message proper, protocol 3.
        if code >> 16 == 3 {
            break;
        }
    }
    loop {
        let mut head = [0; 5];
        questions.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        questions.read_exact(&mut body).await?;
        // Passwords belong to the start-up.
        let verdict = if head[0] == b'p' {
            Verdict::Carry
        } else {
            state.lock().unwrap().judge(head[0], &body)
        };
        match verdict {
            Verdict::Carry => {}
            Verdict::Wait(by) => tokio::time::sleep(by).await,
            Verdict::Drop => return Ok(()),
            Verdict::Last => mute.store(true, Ordering::SeqCst),
        }
        server.write_all(&head).await?;
        server.write_all(&body).await?;
        if verdict == Verdict::Last {
            return Ok(());
        }
    }
}

async fn untagged(questions: &mut (impl AsyncRead + Unpin)) -> std::io::Result<(Vec<u8>, u32)> {
    let length = questions.read_u32().await?;
    let mut message = length.to_be_bytes().to_vec();
    let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
    questions.read_exact(&mut rest).await?;
    let code = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]);
    message.extend(rest);
    Ok((message, code))
}
