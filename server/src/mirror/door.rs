//! Who comes in over HTTP: so many connections and no more, each only as long as it says or takes something.
//!
//! The page and its viewers share the process's descriptors with the echo, which is what the server is for: a client
//! of the page costs one of a bounded number of places, and one that keeps silent loses it again.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection may take to say what it wants, from when it came or from the answer before.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer may find no room before its connection is given up.
const STALLED: Duration = Duration::from_secs(30);

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// When to try again, should no descriptor be left.
const RETRY: Duration = Duration::from_millis(100);

/// What is said to those for whom there is no place.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 10\r\n\
                      Content-Type: text/plain\r\nContent-Length: 36\r\n\r\nall places for connections are taken";

/// Serves everybody who finds a place, for ever.
pub(super) async fn serve(listener: TcpListener, router: Router, places: usize) {
    let places = Arc::new(Semaphore::new(places));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(RETRY).await;
            continue;
        };
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => drop(tokio::spawn(serve_one(Guest::new(stream, place), router.clone()))),
            // A socket that has just come has room for a line.
            Err(_) => drop(stream.try_write(FULL)),
        }
    }
}

async fn serve_one(guest: Guest, router: Router) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(MAX_HEAD);
    // What goes wrong is said to the guest, as far as it can be said.
    let _ =
        server.serve_connection(TokioIo::new(guest), TowerToHyperService::new(router)).with_upgrades().await;
}

/// A connection that ends with an error when nothing of an answer is taken for too long.
#[derive(Debug)]
struct Guest {
    stream: TcpStream,
    /// When the write that waits is given up.
    stalled: Pin<Box<Sleep>>,
    waiting: bool,
    _place: OwnedSemaphorePermit,
}

impl Guest {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit) -> Self {
        Self { stream, stalled: Box::pin(sleep(STALLED)), waiting: false, _place: place }
    }

    fn bounded<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = false;
            return written;
        }
        if !std::mem::replace(&mut self.waiting, true) {
            self.stalled.as_mut().reset(Instant::now() + STALLED);
        }
        self.stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, from);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, from);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
