//! Who comes in over HTTP: so many connections and no more, each only as long as it says or takes something.
//!
//! The page and its viewers share the process's descriptors with the echo, which is what the server is for: a client
//! of the page costs one of a bounded number of places, and one that keeps silent loses it again.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, timeout};

/// How long a connection may take to say what it wants, from when it came or from the answer before.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer may find no room before its connection is given up.
const STALLED: Duration = Duration::from_secs(30);

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// So many bytes of what somebody says are read at once, and then so many a second: the rest waits at its end. A page asks
/// for all of its files in far less, and what a viewer says are lines.
const HEARD_AT_ONCE: u32 = 1024 * 1024;
const HEARD_A_SECOND: u32 = 64 * 1024;

/// When to try again, should no descriptor be left.
const RETRY: Duration = Duration::from_millis(100);

/// So many are told that there is no place; more than that at once are only closed.
const TURNED_AWAY: usize = 16;

/// How long one whose connection ends may take to read what was said last.
const FAREWELL: Duration = Duration::from_secs(1);

/// So many bytes of what it still sends are read meanwhile, which is more than anybody has on the way who listens.
const DROPPED: u64 = 1024 * 1024;

/// What is said to those for whom there is no place.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 10\r\n\
                      Content-Type: text/plain\r\nContent-Length: 36\r\n\r\nall places for connections are taken";

/// How answers begin that are given where a request cannot be read, and what is said in them.
const UNREAD: [(&[u8], &str); 3] = [
    (b"HTTP/1.1 400 ", "the request is malformed\n"),
    (b"HTTP/1.1 414 ", "the path of the request is too long\n"),
    (b"HTTP/1.1 431 ", "the head of the request is too long, or has too many lines\n"),
];

/// An answer with words in the place of one that has nothing but a status: hyper writes that itself where it cannot read a request,
/// and asks nobody before. So it is known by how it begins, here where it passes.
fn with_words(answer: &[u8]) -> Option<Vec<u8>> {
    let (_, words) = UNREAD.iter().find(|(start, _)| answer.starts_with(start))?;
    let head = str::from_utf8(answer.strip_suffix(b"\r\n\r\n")?).ok()?;
    let empty = "\r\ncontent-length: 0";
    let (before, after) =
        head.split_once(empty).filter(|(_, after)| after.is_empty() || after.starts_with("\r\n"))?;
    let length = words.len();
    let kind = "content-type: text/plain; charset=utf-8";
    Some(format!("{before}\r\ncontent-length: {length}\r\n{kind}{after}\r\n\r\n{words}").into_bytes())
}

/// Serves everybody who finds a place, for ever.
pub(super) async fn serve(listener: TcpListener, router: Router, places: usize) {
    let (places, farewells) = (Arc::new(Semaphore::new(places)), Arc::new(Semaphore::new(TURNED_AWAY)));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(RETRY).await;
            continue;
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            tokio::spawn(serve_one(Guest::new(stream, place), router.clone()));
        } else if let Ok(place) = Arc::clone(&farewells).try_acquire_owned() {
            tokio::spawn(timeout(FAREWELL, turn_away(stream, place)));
        }
    }
}

/// Says that there is no place.
async fn turn_away(mut stream: TcpStream, place: OwnedSemaphorePermit) -> io::Result<()> {
    stream.write_all(FULL).await?;
    part(stream, place).await
}

/// Ends a connection. What still comes is read and dropped: closed with it unread, the connection would be reset, and
/// what was said last be lost.
async fn part(mut stream: TcpStream, _place: OwnedSemaphorePermit) -> io::Result<()> {
    stream.shutdown().await?;
    copy(&mut stream.take(DROPPED), &mut sink()).await.map(drop)
}

async fn serve_one(guest: Guest, router: Router) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(MAX_HEAD);
    // What goes wrong is said to the guest, as far as it can be said.
    let _ =
        server.serve_connection(TokioIo::new(guest), TowerToHyperService::new(router)).with_upgrades().await;
}

/// A connection that is heard slowly where it says much, ends with an error when nothing of an answer is taken for too long,
/// and else takes its leave.
#[derive(Debug)]
struct Guest {
    /// None once it is given up.
    held: Option<(TcpStream, OwnedSemaphorePermit)>,
    /// When the write that waits is given up.
    stalled: Pin<Box<Sleep>>,
    waiting: bool,
    /// When everything that was read would have been, at so many bytes a second.
    paid: Instant,
    /// Until when nothing more is read.
    rests: Option<Pin<Box<Sleep>>>,
    /// What is written in the place of what was given to be, and how much of it is.
    instead: Option<(Vec<u8>, usize)>,
}

impl Guest {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit) -> Self {
        let (held, stalled) = (Some((stream, place)), Box::pin(sleep(STALLED)));
        Self { held, stalled, waiting: false, paid: Instant::now(), rests: None, instead: None }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let held = self.held.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(Pin::new(&mut held.0))
    }

    fn note_heard(&mut self, bytes: usize) {
        let takes = |bytes: f64| Duration::from_secs_f64(bytes / f64::from(HEARD_A_SECOND));
        let now = Instant::now();
        self.paid = self.paid.max(now) + takes(bytes as f64);
        let rest = (self.paid - now).checked_sub(takes(f64::from(HEARD_AT_ONCE)));
        self.rests = rest.filter(|rest| !rest.is_zero()).map(|rest| Box::pin(sleep(rest)));
    }

    fn bounded<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = false;
            return written;
        }
        if !std::mem::replace(&mut self.waiting, true) {
            self.stalled.as_mut().reset(Instant::now() + STALLED);
        }
        let given_up = self.stalled.as_mut().poll(cx);
        if given_up.is_ready() {
            self.held = None;
        }
        given_up.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Guest {
    /// Whether it is an answer or a viewer's close frame that was said last: it arrives.
    fn drop(&mut self) {
        if let (Some((stream, place)), Ok(runtime)) = (self.held.take(), Handle::try_current()) {
            runtime.spawn(timeout(FAREWELL, part(stream, place)));
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(rests) = &mut self.rests {
            ready!(rests.as_mut().poll(cx));
        }
        let before = into.filled().len();
        ready!(self.stream()?.poll_read(cx, into))?;
        self.note_heard(into.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        if let Some((answer, mut done)) = self.instead.take().or_else(|| Some((with_words(from)?, 0))) {
            while done < answer.len() {
                let written = self.stream()?.poll_write(cx, &answer[done..]);
                match self.bounded(cx, written) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(bytes)) => done += bytes,
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {
                        self.instead = Some((answer, done));
                        return Poll::Pending;
                    }
                }
            }
            return Poll::Ready(Ok(from.len()));
        }
        let written = self.stream()?.poll_write(cx, from);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = from {
            return self.poll_write(cx, only);
        }
        let written = self.stream()?.poll_write_vectored(cx, from);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.0.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream()?.poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;

    use super::*;

    /// Where somebody serves who answers at once, with a little or with more than sockets hold. The clock is virtual: it
    /// goes on when everybody waits.
    async fn served(places: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route("/large", get(async || vec![b'x'; 64 * 1024 * 1024]));
        tokio::spawn(serve(listener, router, places));
        address
    }

    /// What the server says to this until it ends the connection, and after how many virtual seconds it does.
    async fn ended(address: SocketAddr, request: &str) -> (String, u64) {
        let start = Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.unwrap();
        (String::from_utf8(said).unwrap(), start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_or_half_of_something_is_let_go() {
        let address = served(10).await;
        assert_eq!(ended(address, "").await, (String::new(), 10));
        assert_eq!(ended(address, "GET / HTTP/1.1\r\nHost: ").await.1, 10);
        let (answer, after) = ended(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
        assert_eq!(after, 10, "an answered connection may ask again for so long");
    }

    #[tokio::test]
    async fn what_is_said_last_arrives_although_more_was_sent_than_is_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().unwrap();
        let mut guest = Guest::new(listener.accept().await.unwrap().0, place);
        client.write_all(&[b'x'; 100_000]).await.unwrap();
        guest.write_all(b"goodbye").await.unwrap();
        drop(guest);
        let mut said = String::new();
        client.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "goodbye");
        drop(client);
        places.acquire().await.unwrap().forget();
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_answered_in_words() {
        let address = served(10).await;
        let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(2 * MAX_HEAD));
        for (request, status, words) in [
            ("GET / HTTP/1.1\r\nX\r\n\r\n", "400 Bad Request", "the request is malformed\n"),
            ("\x16\x03\x01", "400 Bad Request", "the request is malformed\n"),
            (&long, "431 Request Header Fields Too Large", "is too long, or has too many lines\n"),
        ] {
            let answer = ended(address, request).await.0;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
            assert!(
                body.ends_with(words) && head.contains(&format!("content-length: {}", body.len())),
                "{answer}"
            );
        }
        assert_eq!(with_words(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 05\r\n\r\n"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_much_is_heard_slowly() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        let mut guest = Guest::new(listener.accept().await.unwrap().0, place);
        tokio::spawn(async move { client.write_all(&[b'x'; 3 * HEARD_AT_ONCE as usize]).await });
        let (start, mut portion) = (Instant::now(), vec![0; HEARD_AT_ONCE as usize / 64]);
        let mut seconds = Vec::new();
        for _ in 0..3 {
            for _ in 0..64 {
                guest.read_exact(&mut portion).await.unwrap();
            }
            seconds.push(start.elapsed().as_secs());
        }
        assert_eq!(seconds[0], 0);
        assert!((15..=17).contains(&seconds[1]) && (31..=33).contains(&seconds[2]), "{seconds:?}");
    }

    #[tokio::test]
    async fn who_is_told_that_it_ends_and_sends_on_without_end_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        drop(Guest::new(listener.accept().await.unwrap().0, place));
        let mut sent = 0;
        while client.write_all(&[b'x'; 65_536]).await.is_ok() {
            sent += 65_536;
            // What sockets hold comes on top.
            assert!(sent < 32 * DROPPED, "{sent} bytes were taken");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_takes_is_given_up() {
        let address = served(1).await;
        let mut stalled = TcpStream::connect(address).await.unwrap();
        stalled.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        stalled.read_exact(&mut [0; 12]).await.unwrap();
        let full = ended(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.0;
        assert!(full.starts_with("HTTP/1.1 503 ") && full.ends_with("are taken"), "{full}");
        sleep(STALLED + Duration::from_secs(1)).await;
        let served = ended(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.0;
        assert!(served.ends_with("\r\n\r\nhello"), "{served}");
    }
}
