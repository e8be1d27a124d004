//! A bounded load: one thread and one kept connection per client, every answer checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Outcome;

/// What is sent, and what its answer must say.
#[derive(Clone)]
pub struct Ask {
    pub bytes: Vec<u8>,
    pub status: u16,
    /// Must stand in head or body.
    pub says: Vec<u8>,
}

impl Ask {
    pub fn get(host: SocketAddr, path: &str, cookie: &str, says: &str) -> Self {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n");
        Self {
            bytes: head.into_bytes(),
            status: 200,
            says: says.as_bytes().to_vec(),
        }
    }

    pub fn post(host: SocketAddr, path: &str, body: &str, status: u16, says: &str) -> Self {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Self {
            bytes: head.into_bytes(),
            status,
            says: says.as_bytes().to_vec(),
        }
    }
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Load {
    /// Right answers.
    pub done: usize,
    pub seconds: f64,
    /// Of each right answer, in milliseconds, sorted.
    pub millis: Vec<f64>,
}

impl Load {
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.seconds.max(1e-9)
    }

    pub fn at(&self, share: f64) -> f64 {
        let index = (self.millis.len() as f64 * share) as usize;
        let last = self.millis.len().saturating_sub(1);
        self.millis.get(index.min(last)).copied().unwrap_or(0.0)
    }
}

/// Each list of asks is one client's, over and over, until the time is over or each client has had
/// `most` answers.
pub fn run(host: SocketAddr, clients: &[Vec<Ask>], time: Duration, most: usize) -> Outcome<Load> {
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let parts: Vec<Outcome<Vec<f64>>> = thread::scope(|scope| {
        let stop = &stop;
        let threads: Vec<_> = clients
            .iter()
            .map(|asks| scope.spawn(move || client(host, asks, began + time, most, stop)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("a client panicked".into()))
            })
            .collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    let mut millis = Vec::new();
    for part in parts {
        millis.extend(part?);
    }
    millis.sort_by(f64::total_cmp);
    Ok(Load {
        done: millis.len(),
        seconds,
        millis,
    })
}

fn client(
    host: SocketAddr,
    asks: &[Ask],
    until: Instant,
    most: usize,
    stop: &AtomicBool,
) -> Outcome<Vec<f64>> {
    let mut stream = connect(host)?;
    let mut buffer = vec![0; 256 * 1024];
    let mut millis = Vec::new();
    for ask in asks.iter().cycle() {
        let began = Instant::now();
        if began >= until || millis.len() >= most || stop.load(Ordering::Relaxed) {
            break;
        }
        if let Err(error) = exchange(&mut stream, ask, &mut buffer) {
            stop.store(true, Ordering::Relaxed);
            return Err(error);
        }
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(millis)
}

fn connect(host: SocketAddr) -> Outcome<TcpStream> {
    let stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

/// One answer on a connection of its own.
pub fn once(host: SocketAddr, ask: &Ask) -> Outcome<Vec<u8>> {
    let mut stream = connect(host)?;
    let mut buffer = vec![0; 4 * 1024 * 1024];
    let length = exchange(&mut stream, ask, &mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

fn exchange(stream: &mut TcpStream, ask: &Ask, buffer: &mut [u8]) -> Outcome<usize> {
    stream.write_all(&ask.bytes)?;
    let mut filled = 0;
    let mut whole = None;
    while whole.is_none_or(|whole| filled < whole) {
        let room = buffer.get_mut(filled..).filter(|room| !room.is_empty());
        let read = stream.read(room.ok_or("an answer is too long")?)?;
        if read == 0 {
            return Err("the server closed a connection".into());
        }
        filled += read;
        if whole.is_none() {
            let so_far = buffer.get(..filled).unwrap_or_default();
            if let Some(end) = find(so_far, b"\r\n\r\n") {
                whole = Some(end + 4 + length(so_far.get(..end).unwrap_or_default())?);
            }
        }
    }
    let answer = buffer.get(..filled).unwrap_or_default();
    let status = answer
        .get(9..12)
        .and_then(|code| std::str::from_utf8(code).ok());
    if status.and_then(|code| code.parse().ok()) != Some(ask.status)
        || find(answer, &ask.says).is_none()
    {
        let head: Vec<u8> = answer.iter().copied().take(1_500).collect();
        return Err(format!(
            "a wrong answer ({} and 「{}」 were expected):\n{}\n{}",
            ask.status,
            String::from_utf8_lossy(&ask.says),
            String::from_utf8_lossy(&ask.bytes),
            String::from_utf8_lossy(&head)
        )
        .into());
    }
    Ok(filled)
}

fn length(head: &[u8]) -> Outcome<usize> {
    let head = std::str::from_utf8(head)?;
    head.lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        })
        .ok_or_else(|| format!("an answer without a length:\n{head}").into())
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let Some(first) = needle.first() else {
        return Some(0);
    };
    let mut from = 0;
    while let Some(at) = hay.get(from..)?.iter().position(|byte| byte == first) {
        if hay.get(from + at..)?.starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
