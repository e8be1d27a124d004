//! The accept loop. Ours, because `axum::serve` waits for ever for the rest of a half-sent request, and a clean stop
//! waits with it.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use super::patience::{PatientStream, TimelyBody};
use super::shield::{CancelShield, Shielded};
use super::urls::netdesk::UPLOAD_END;

/// After an error that will not pass by itself at once (no file descriptors left).
const BREATH: Duration = Duration::from_millis(100);
/// Room for a request's head; hyper answers 431 beyond.
const MAX_HEAD: usize = 64 * 1024;

/// How long and how many.
#[derive(Debug, Clone, Copy)]
pub struct ServeLimits {
    /// For the head of a request, and for silence before the first and between two requests.
    pub header_timeout: Duration,
    /// For the whole body of a request.
    pub body_timeout: Duration,
    /// The same for a file that somebody attaches: ten megabytes over a slow line.
    pub upload_timeout: Duration,
    /// For a response's reader who takes nothing.
    pub write_timeout: Duration,
    /// Further connections wait in the kernel's queue.
    pub max_connections: usize,
    /// From the wish to stop until everything still open is cut.
    pub drain: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(20),
            upload_timeout: Duration::from_secs(120),
            write_timeout: Duration::from_secs(20),
            max_connections: 1_024,
            drain: Duration::from_secs(3),
        }
    }
}

/// Serves `router` until `shutdown` completes, then takes no more connections, lets what is at work finish, and cuts
/// the rest after [`ServeLimits::drain`]. Handlers find the peer as `ConnectInfo<SocketAddr>`, and every request runs
/// under a [`CancelShield`].
///
/// # Errors
/// None at present: what goes wrong with one connection ends that one.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServeLimits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let shield = CancelShield::default();
    let door = Door {
        handler: shield.layer(router),
        limits,
    };
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            (stream, peer, place) = next(&listener, &places) => {
                connections.spawn(door.clone().attend(stream, peer, place, stopping.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let deadline = Instant::now() + limits.drain;
    stop.send_replace(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout_at(deadline, all).await.is_err() {
        tracing::info!(
            open = connections.len(),
            "cutting the connections that are still open"
        );
        connections.shutdown().await;
    }
    // Handlers whose client is gone are in no connection any more.
    if !shield
        .idle(deadline.saturating_duration_since(Instant::now()))
        .await
    {
        tracing::warn!("stopping while a handler is still at work");
    }
    Ok(())
}

/// A place first, then a connection: without one the rest wait in the kernel's queue.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // `Err` means a closed semaphore; this one is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) if gone(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// The client left while it stood in the queue.
fn gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

#[derive(Clone)]
struct Door {
    handler: Shielded<Router>,
    limits: ServeLimits,
}

impl Door {
    /// One connection from its first byte to its last.
    async fn attend(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        _place: Option<OwnedSemaphorePermit>,
        mut stopping: watch::Receiver<bool>,
    ) {
        // Fails on a connection that is gone already, which the first read then says.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(PatientStream::new(stream, self.limits.write_timeout));
        let timeout = self.limits.header_timeout;
        let service = service_fn(|request| self.clone().answer(request, peer));
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(timeout)
                .max_buf_size(MAX_HEAD)
                .serve_connection(stream, service)
        );
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            // An error means that the loop is gone, which is a stop as well.
            () = async { let _ = stopping.wait_for(|stop| *stop).await; } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn answer(
        self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, Infallible> {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(ConnectInfo(peer));
        let patience = if head.uri.path().ends_with(UPLOAD_END) {
            self.limits.upload_timeout
        } else {
            self.limits.body_timeout
        };
        let body = TimelyBody::new(body, patience);
        let late = body.late();
        let request = Request::from_parts(head, Body::new(body));
        let answer = self.handler.oneshot(request).await?;
        let failed = answer.status().is_client_error() || answer.status().is_server_error();
        if !failed || !late.load(Ordering::Relaxed) {
            return Ok(answer);
        }
        // Whatever the handler made of the broken body, this is what happened.
        let mut answer = plain(
            StatusCode::REQUEST_TIMEOUT,
            "送信に時間がかかりすぎたため、受け付けられませんでした。通信の状態を確かめて、もう一度お送りください。",
        );
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(header::CONNECTION, close);
        Ok(answer)
    }
}

/// An answer below every page: a title-less sentence that needs no template, no script and no style.
pub(super) fn plain(status: StatusCode, sentence: &'static str) -> Response<Body> {
    let mut answer = Response::new(Body::from(sentence));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, text);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let no_sniffing = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_sniffing);
    answer
}
