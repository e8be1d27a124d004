//! An SMTP server that keeps every mail as a file: what `demo` sends its mail to, and what the tests' mail drills
//! talk to. Loopback only, plain SMTP, no relaying.

mod behaviour;
mod session;
mod shelf;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use behaviour::Behaviour;
pub use shelf::{Mail, Summary, list, read};

use shelf::Shelf;

/// The largest mail taken, in bytes; ours are far smaller.
pub const MAX_MAIL: usize = 5_000_000;
const MAX_SESSIONS: usize = 64;

/// A running catcher; dropping it closes the port and every session.
#[derive(Debug)]
pub struct Catcher {
    addr: SocketAddr,
    folder: PathBuf,
    behaviour: watch::Sender<Behaviour>,
    /// What the accept loop has already acted upon.
    acted: watch::Receiver<Behaviour>,
    accepting: JoinHandle<()>,
}

impl Catcher {
    /// Listens on `bind` (loopback; port 0 for any free one) and keeps mails in `folder`, which is made where missing.
    ///
    /// # Errors
    /// The port or the folder cannot be had, or `bind` is not a loopback address.
    pub async fn start(bind: SocketAddr, folder: PathBuf) -> io::Result<Self> {
        if !bind.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the mail catcher listens on a loopback address only, not on {bind}"),
            ));
        }
        let shelf = Arc::new(Shelf::open(folder.clone())?);
        let listener = TcpListener::bind(bind).await?;
        let addr = listener.local_addr()?;
        let (behaviour, wanted) = watch::channel(Behaviour::Normal);
        let (act, acted) = watch::channel(Behaviour::Normal);
        let accepting = tokio::spawn(accept(listener, addr, shelf, wanted, act));
        Ok(Self {
            addr,
            folder,
            behaviour,
            acted,
            accepting,
        })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Switches what the server does, for sessions already open too; returns once the port follows.
    pub async fn behave(&self, behaviour: Behaviour) {
        self.behaviour.send_replace(behaviour);
        let _ = self
            .acted
            .clone()
            .wait_for(|acted| *acted == behaviour)
            .await;
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Sessions live in this task's set, so ending the task ends them.
async fn accept(
    listener: TcpListener,
    addr: SocketAddr,
    shelf: Arc<Shelf>,
    mut wanted: watch::Receiver<Behaviour>,
    act: watch::Sender<Behaviour>,
) {
    let mut listener = Some(listener);
    let mut sessions = JoinSet::new();
    loop {
        let behaviour = *wanted.borrow_and_update();
        if behaviour == Behaviour::RefuseConnections {
            listener = None;
            sessions.shutdown().await;
        } else if listener.is_none() {
            listener = TcpListener::bind(addr).await.ok();
            if listener.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        }
        act.send_replace(behaviour);
        tokio::select! {
            changed = wanted.changed() => if changed.is_err() { return },
            Some(stream) = next(listener.as_ref()), if sessions.len() < MAX_SESSIONS => {
                sessions.spawn(session::run(stream, Arc::clone(&shelf), wanted.clone()));
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

/// The next connection; `None`, which switches its branch off, where the port is closed.
async fn next(listener: Option<&TcpListener>) -> Option<TcpStream> {
    loop {
        match listener?.accept().await {
            Ok((stream, _)) => return Some(stream),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
