//! What a disconnecting browser and a panicking handler must not do.
//!
//! hyper drops a handler's future when its client goes away; dropped between two effects, it would leave half a deed.
//! So a request that changes something runs in a task of its own and is finished whoever is gone; the others end with
//! their reader (`db::pool` tidies up after them). And a panic is an answer (500), not a cut line.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
        let handler = self.inner.call(request);
        if looks_only {
            return Answer::Here(Box::pin(handler));
        }
        let counted = AtWork::begin(&self.shield.at_work);
        let task = async move {
            let _counted = counted;
            handler.await
        };
        Answer::Apart(tokio::spawn(task.in_current_span()))
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

type Answered = Result<Response<Body>, Infallible>;

/// The answer of a handler.
pub enum Answer {
    /// Ends with its reader.
    Here(Pin<Box<dyn Future<Output = Answered> + Send>>),
    /// Is finished in a task of its own.
    Apart(JoinHandle<Answered>),
}

impl Future for Answer {
    type Output = Answered;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answered> {
        let ended = match &mut *self {
            Self::Here(handler) => {
                match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(answer)) => Some(answer),
                    Err(_) => None,
                }
            }
            Self::Apart(task) => match Pin::new(task).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(ended) => ended.ok(),
            },
        };
        Poll::Ready(ended.unwrap_or_else(|| {
            // The panic's own words went to the panic hook; they may hold what a log must not repeat.
            tracing::error!("a handler did not come to its end");
            Ok(plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "処理の途中で問題が起きました。前の画面に戻り、結果を確かめてから、もう一度お試しください。",
            ))
        }))
    }
}
