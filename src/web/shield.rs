//! What a disconnecting browser and a panicking handler must not do.
//!
//! hyper drops a handler's future when its client goes away. Dropped inside `begin`, it would leave a pooled
//! connection with an open transaction; dropped between two effects, half a deed. So every request runs in a task of
//! its own: those that change something are finished whoever is gone, the others end with their reader. And a panic
//! is an answer (500), not a cut line.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::{Layer, Service};
use tracing::Instrument;

use super::serve::plain;

/// The layer; clones share the count of handlers at work. [`super::serve::serve`] puts it on by itself.
#[derive(Debug, Clone, Default)]
pub struct CancelShield {
    at_work: watch::Sender<usize>,
}

impl CancelShield {
    /// Waits until no handler of a changing request is at work, at most `patience`; says whether that was reached.
    pub async fn idle(&self, patience: Duration) -> bool {
        let mut at_work = self.at_work.subscribe();
        let idle = at_work.wait_for(|count| *count == 0);
        tokio::time::timeout(patience, idle).await.is_ok()
    }
}

impl<S> Layer<S> for CancelShield {
    type Service = Shielded<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Shielded {
            inner,
            shield: self.clone(),
        }
    }
}

/// A service whose changing requests are finished even when nobody waits for the answer.
#[derive(Debug, Clone)]
pub struct Shielded<S> {
    inner: S,
    shield: CancelShield,
}

impl<S, B> Service<Request<B>> for Shielded<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        let looks_only = matches!(*request.method(), Method::GET | Method::HEAD);
        let counted = (!looks_only).then(|| AtWork::begin(&self.shield.at_work));
        let handler = self.inner.call(request);
        let task = async move {
            let _counted = counted;
            handler.await
        };
        Answer {
            task: tokio::spawn(task.in_current_span()),
            ends_with_reader: looks_only,
        }
    }
}

/// Counts a handler for as long as it lives, also when it panics.
struct AtWork(watch::Sender<usize>);

impl AtWork {
    fn begin(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// The answer of a handler in its own task.
#[derive(Debug)]
pub struct Answer {
    task: JoinHandle<Result<Response<Body>, Infallible>>,
    ends_with_reader: bool,
}

impl Future for Answer {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.task).poll(cx).map(|ended| match ended {
            Ok(answer) => answer,
            Err(error) => {
                // The panic's own words went to the panic hook; they may hold what a log must not repeat.
                tracing::error!(panicked = error.is_panic(), "a handler did not come to its end");
                Ok(plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "処理の途中で問題が起きました。前の画面に戻り、結果を確かめてから、もう一度お試しください。",
                ))
            }
        })
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if self.ends_with_reader {
            self.task.abort();
        }
    }
}
