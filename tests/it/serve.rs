//! The accept loop against bad clients, over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akashi::web::serve::{ServeLimits, serve};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const SHORT: ServeLimits = ServeLimits {
    header_timeout: Duration::from_millis(400),
    body_timeout: Duration::from_millis(600),
    upload_timeout: Duration::from_secs(4),
    write_timeout: Duration::from_millis(600),
    max_connections: 64,
    drain: Duration::from_secs(2),
};

struct House {
    addr: SocketAddr,
    finished: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl House {
    async fn open(limits: ServeLimits) -> Self {
        let finished = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&finished);
        let slow = move || {
            let counter = Arc::clone(&counter);
            async move {
                sleep(Duration::from_millis(500)).await;
                counter.fetch_add(1, Ordering::SeqCst);
                "done"
            }
        };
        let router = Router::new()
            .route(
                "/",
                get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
            )
            .route("/slow", get(slow.clone()).post(slow))
            .route(
                "/body",
                post(|body: Bytes| async move { body.len().to_string() }),
            )
            .route(
                "/x/approval-record",
                post(|body: Bytes| async move { body.len().to_string() }),
            )
            .route("/large", get(|| async { vec![b'x'; 30_000_000] }))
            .route("/panic", get(broken).post(broken));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, router, limits, async {
            let _ = stopped.await;
        }));
        Self {
            addr,
            finished,
            stop: Some(stop),
            serving,
        }
    }

    async fn send(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }

    async fn ask(&self, bytes: &str) -> String {
        let mut stream = self.send(bytes).await;
        answer(&mut stream).await
    }

    /// How long the server takes to end.
    async fn close(&mut self) -> Duration {
        let begin = Instant::now();
        self.stop.take().unwrap().send(()).unwrap();
        timeout(Duration::from_secs(10), &mut self.serving)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        begin.elapsed()
    }
}

async fn broken() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    panic!("a handler's mistake")
}

/// All that comes until the server closes (or cuts) the connection.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes))
        .await
        .expect("the connection was never closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered_and_the_handler_knows_its_peer() {
    let house = House::open(SHORT).await;
    let mut stream = house
        .send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    let peer = stream.local_addr().unwrap().to_string();
    let said = answer(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(said.ends_with(&peer), "{said}");
}

#[tokio::test]
async fn silent_idle_and_half_sent_connections_are_closed_in_time() {
    let house = House::open(SHORT).await;
    let begin = Instant::now();
    let mut silent = house.send("").await;
    let mut half = house.send("GET / HTTP/1.1\r\nHost: a\r\nX-").await;
    let mut idle = house.send(GET).await;
    assert_eq!(answer(&mut silent).await, "");
    answer(&mut half).await;
    let said = answer(&mut idle).await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    assert!(
        begin.elapsed() >= SHORT.header_timeout,
        "keep-alive must keep alive"
    );
}

#[tokio::test]
async fn a_head_that_trickles_is_closed_however_busy_it_looks() {
    let house = House::open(SHORT).await;
    let mut stream = house.send("GET / HTTP/1.1\r\nHost: a\r\n").await;
    let begin = Instant::now();
    while stream.write_all(b"X-A: b\r\n").await.is_ok() {
        assert!(
            begin.elapsed() < Duration::from_secs(3),
            "still fed after 3 s"
        );
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_body_that_trickles_ends_with_408() {
    let house = House::open(SHORT).await;
    let head = "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
    let mut stream = house.send(head).await;
    let (mut read, mut write) = stream.split();
    let trickle = async {
        while write.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let mut said = vec![0; 4096];
    let begin = Instant::now();
    let count = tokio::select! {
        count = timeout(Duration::from_secs(3), read.read(&mut said)) => count.unwrap().unwrap(),
        () = trickle => 0,
    };
    let said = String::from_utf8_lossy(&said[..count]).into_owned();
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("もう一度お送りください"), "{said}");
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    let whole =
        "POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";
    assert!(house.ask(whole).await.ends_with("\r\n\r\n3"));
}

#[tokio::test]
async fn a_reader_who_takes_nothing_is_cut() {
    let house = House::open(ServeLimits {
        max_connections: 1,
        ..SHORT
    })
    .await;
    let begin = Instant::now();
    let _unread = house.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // The one place is free again only when the reader who takes nothing has been cut.
    let said = house.ask(GET).await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(
        begin.elapsed() < Duration::from_secs(4),
        "{:?}",
        begin.elapsed()
    );
}

#[tokio::test]
async fn a_client_that_leaves_gets_its_post_finished_and_its_get_ended() {
    let mut house = House::open(SHORT).await;
    for method in ["POST", "GET", "POST", "GET", "POST"] {
        let stream = house
            .send(&format!("{method} /slow HTTP/1.1\r\nHost: a\r\n\r\n"))
            .await;
        sleep(Duration::from_millis(50)).await;
        drop(stream);
    }
    // Stopping waits for what is at work, though no connection is left of it.
    house.close().await;
    assert_eq!(house.finished.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let house = House::open(SHORT).await;
    for method in ["GET", "POST"] {
        let said = house
            .ask(&format!(
                "{method} /panic HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert!(said.starts_with("HTTP/1.1 500 "), "{said}");
        assert!(
            said.contains("no-store") && !said.contains("mistake"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn beyond_the_limit_connections_wait_their_turn() {
    let house = House::open(ServeLimits {
        max_connections: 2,
        ..SHORT
    })
    .await;
    let silent = [house.send("").await, house.send("").await];
    let mut third = house
        .send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    let mut byte = [0; 1];
    let early = timeout(Duration::from_millis(200), third.peek(&mut byte)).await;
    assert!(early.is_err(), "answered while both places were taken");
    assert!(answer(&mut third).await.starts_with("HTTP/1.1 200 OK\r\n"));
    drop(silent);
}

#[tokio::test]
async fn stopping_ends_in_time_whatever_is_open() {
    let limits = ServeLimits {
        header_timeout: Duration::from_secs(30),
        ..SHORT
    };
    let mut house = House::open(limits).await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(house.send("GET / HTTP/1.1\r\nHost: a\r\nX-").await);
        open.push(house.send("").await);
    }
    let mut working = house.send("POST /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_millis(100)).await;
    let took = house.close().await;
    assert!(took < limits.drain + Duration::from_millis(500), "{took:?}");
    assert!(
        answer(&mut working).await.ends_with("done"),
        "what was at work is answered"
    );
    assert!(
        TcpStream::connect(house.addr).await.is_err(),
        "the port is closed"
    );
    let usual = ServeLimits::default();
    assert!(
        usual.drain < Duration::from_secs(5),
        "Ctrl-C ends everything within five seconds"
    );
}

#[tokio::test]
async fn stopping_does_not_wait_for_connections_that_only_keep_alive() {
    let limits = ServeLimits {
        header_timeout: Duration::from_secs(30),
        ..SHORT
    };
    let mut house = House::open(limits).await;
    let idle = house.send(GET).await;
    let mut byte = [0; 1];
    idle.peek(&mut byte).await.unwrap();
    let _silent = house.send("").await;
    sleep(Duration::from_millis(100)).await;
    let took = house.close().await;
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[tokio::test]
async fn a_file_may_take_longer_than_a_form() {
    let house = House::open(SHORT).await;
    for (path, status) in [("/body", "408"), ("/x/approval-record", "200")] {
        let mut stream = house
            .send(&format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab"
            ))
            .await;
        sleep(SHORT.body_timeout + Duration::from_millis(300)).await;
        let _ = stream.write_all(b"cd").await;
        let said = answer(&mut stream).await;
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {said}"
        );
    }
}
