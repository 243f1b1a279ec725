//! One viewer's WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use bufferevent::Dialect;
use bufferevent::recording::{
    Hello, Parted, PayloadPolicy, SCHEMA, SOURCE_DIGEST, ServerMessage, ViewerMessage, from_json,
};
use futures_util::stream::SplitStream;
use futures_util::{FutureExt, Sink, SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite;

use super::entry::Entry;
use super::outbox::{Call, Outbox};
use super::pace::Pace;
use super::snapshot_text::text;
use super::viewer_queue::ViewerQueue;

/// A viewer that takes nothing for so long is dropped.
const STALLED: Duration = Duration::from_secs(30);

/// A viewer that has not taken the whole of a snapshot within this time is dropped.
const SNAPSHOT_WITHIN: Duration = Duration::from_secs(60);

/// How long each part of a goodbye may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// How often a viewer is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(15);

/// A viewer that says more than so many messages in a row is heard once an interval: the rest waits at its end.
const HEARD_AT_ONCE: u32 = 32;
const HEARD_EVERY: Duration = Duration::from_millis(50);

/// The largest frame a viewer may send, in bytes.
pub(super) const MAX_FRAME: usize = 64 * 1024;

/// What all viewers are told first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Greeting {
    pub(super) dialect: Dialect,
    pub(super) payload: PayloadPolicy,
}

/// Why a viewer is let go: a close code and a reason that fits a close frame.
type Goodbye = (u16, String);

/// Serves one viewer until it goes or is let go.
pub(super) async fn serve(
    socket: WebSocket,
    number: u64,
    greeting: Greeting,
    outbox: Arc<Outbox>,
    calls: mpsc::Sender<Call>,
) {
    let (mut sink, mut stream) = socket.split();
    if send(&mut sink, Message::Text(text(&hello(greeting)).into())).await.is_err() {
        return;
    }
    if calls.send(Call::Join(number, Arc::clone(&outbox))).await.is_err() {
        return;
    }
    let goodbye = tokio::select! {
        goodbye = listen(&mut stream, number, &outbox, &calls) => goodbye,
        goodbye = speak(&mut sink, number, &outbox, &calls) => goodbye,
    };
    // From here on the mirror or the viewer may have gone first.
    let _ = calls.send(Call::Leave(number)).await;
    if let Some((code, reason)) = goodbye {
        let frame = CloseFrame { code, reason: shortened(reason).into() };
        let _ = timeout(FAREWELL, sink.send(Message::Close(Some(frame)))).await;
        if outbox.is_over() {
            // It says goodbye too: from then on the process may end without losing ours.
            let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = stream.next().await {} }).await;
        }
    }
    let _ = timeout(FAREWELL, sink.close()).await;
}

/// Lets a viewer go that there is no room for.
pub(super) async fn refuse(mut socket: WebSocket, reason: &str) {
    let frame = CloseFrame { code: close_code::AGAIN, reason: reason.into() };
    let _ = timeout(FAREWELL, socket.send(Message::Close(Some(frame)))).await;
}

pub(super) fn hello(Greeting { dialect, payload }: Greeting) -> ServerMessage {
    let engine = env!("CARGO_PKG_VERSION").to_owned();
    ServerMessage::Hello(Hello { schema: SCHEMA, engine, source: SOURCE_DIGEST.to_owned(), dialect, payload })
}

/// Hears what the viewer says; gives why it is let go, or none when it went by itself.
async fn listen(
    stream: &mut SplitStream<WebSocket>,
    number: u64,
    outbox: &Outbox,
    calls: &mpsc::Sender<Call>,
) -> Option<Goodbye> {
    let mut pace = Pace::new(HEARD_AT_ONCE, HEARD_EVERY);
    loop {
        pace.wait().await;
        let heard = match timeout(2 * STALLED, stream.next()).await {
            Ok(heard) => heard?,
            Err(_) => return Some((close_code::POLICY, Parted::Silent.to_string())),
        };
        match heard {
            Ok(Message::Text(words)) => match from_json(words.as_bytes()) {
                Ok(ViewerMessage::Watch { connections }) => {
                    calls.send(Call::Watch(number, connections)).await.ok()?;
                }
                Ok(ViewerMessage::Ping {}) => outbox.ring(ViewerQueue::push_pong),
                Err(error) => return Some((close_code::POLICY, format!("not understood: {error}"))),
            },
            Ok(Message::Binary(_)) => {
                return Some((close_code::UNSUPPORTED, "messages are JSON text, not binary".into()));
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Close(_)) => return None,
            Err(error) => return misbehaved(error),
        }
    }
}

/// With which code a viewer is let go that broke the protocol; none for one whose connection is gone.
fn misbehaved(error: axum::Error) -> Option<Goodbye> {
    use tungstenite::Error;
    let error = *error.into_inner().downcast::<Error>().ok()?;
    match error {
        Error::Capacity(_) => Some((close_code::SIZE, format!("a message may have {MAX_FRAME} bytes"))),
        Error::Utf8(_) => Some((close_code::INVALID, "text is UTF-8".into())),
        Error::Protocol(problem) => Some((close_code::PROTOCOL, problem.to_string())),
        _ => None,
    }
}

/// Sends what is in the outbox, as long as something comes; gives why the viewer is let go.
pub(super) async fn speak(
    sink: &mut (impl Sink<Message> + Unpin),
    number: u64,
    outbox: &Outbox,
    calls: &mpsc::Sender<Call>,
) -> Option<Goodbye> {
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut snapshot_due = None;
    loop {
        let over = outbox.is_over();
        if !over && outbox.with(ViewerQueue::wants_snapshot) {
            calls.send(Call::Snapshot(number)).await.ok()?;
        }
        // However much there is to send: a viewer that only listens is known to be there by its answers.
        if ping.tick().now_or_never().is_some()
            && send(sink, Message::Ping(Default::default())).await.is_err()
        {
            return Some(stalled());
        }
        if let Some(entry) = outbox.with(ViewerQueue::pop) {
            snapshot_due = match entry {
                Entry::First(_) => Some(Instant::now() + SNAPSHOT_WITHIN),
                Entry::Part { .. } | Entry::Pong => snapshot_due,
                Entry::Records(_) | Entry::Gap { .. } => None,
            };
            let late = snapshot_due.is_some_and(|due| due < Instant::now());
            if late || send(sink, Message::Text(words(entry))).await.is_err() {
                return Some(stalled());
            }
            continue;
        }
        if over {
            return Some(stopped());
        }
        snapshot_due = None;
        tokio::select! {
            biased;
            () = outbox.bell.notified() => {}
            _ = ping.tick() => if send(sink, Message::Ping(Default::default())).await.is_err() {
                return Some(stalled());
            }
        }
    }
}

/// The server ends in order. Without a reason: who watches has nothing to be told.
const fn stopped() -> Goodbye {
    (close_code::AWAY, String::new())
}

fn stalled() -> Goodbye {
    (close_code::AWAY, Parted::Slow.to_string())
}

async fn send(sink: &mut (impl Sink<Message> + Unpin), message: Message) -> Result<(), ()> {
    timeout(STALLED, sink.send(message)).await.map_err(drop)?.map_err(drop)
}

/// What it says on the wire.
pub(super) fn words(entry: Entry) -> Utf8Bytes {
    match entry {
        Entry::Records(records) => records.finish().into(),
        Entry::Gap { lost, at_least } => text(&ServerMessage::Gap { lost, at_least }).into(),
        Entry::First(first) => first,
        Entry::Part { of, index } => of.rest[index].clone(),
        Entry::Pong => text(&ServerMessage::Pong).into(),
    }
}

/// A close frame holds 123 bytes of reason.
fn shortened(mut reason: String) -> String {
    let mut end = reason.len().min(120);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason.truncate(end);
    reason
}

#[cfg(test)]
mod tests {
    use futures_util::sink::unfold;

    use super::super::entry::SnapshotText;
    use super::*;

    /// How many pings and how many other messages a viewer is sent in a minute of virtual time, in which so many
    /// messages come for it.
    async fn sent_in_a_minute(messages: u32) -> (usize, usize) {
        let outbox = Outbox::new(1 << 20);
        let (calls, _heard) = mpsc::channel(100);
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut sink = std::pin::pin!(unfold((), |(), message| std::future::ready(tell.send(message))));
        let minute = async {
            for _ in 0..messages {
                tokio::time::sleep(Duration::from_secs(60) / messages).await;
                outbox.ring(ViewerQueue::push_pong);
            }
        };
        let guard = tokio::time::sleep(Duration::from_secs(61));
        tokio::select! {
            goodbye = speak(&mut sink, 1, &outbox, &calls) => panic!("{goodbye:?}"),
            () = async { tokio::join!(minute, guard); } => {}
        }
        let sent: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
        let pings = sent.iter().filter(|message| matches!(message, Message::Ping(_))).count();
        (pings, sent.len() - pings)
    }

    /// How a viewer that takes one message in so many virtual seconds is let go, sent a snapshot in so many parts; none
    /// while it may stay for ten minutes.
    async fn let_go(seconds: u64, parts: usize) -> Option<Goodbye> {
        let outbox = Outbox::new(1 << 20);
        let rest = vec!["part".into(); parts];
        outbox.with(|queue| queue.push_snapshot("first".into(), &Arc::new(SnapshotText { rest })));
        let (calls, _heard) = mpsc::channel(100);
        let mut sink = std::pin::pin!(unfold((), |(), _| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, ()>(())
        }));
        timeout(Duration::from_secs(600), speak(&mut sink, 1, &outbox, &calls)).await.ok().flatten()
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_that_takes_nothing_or_a_trickle_of_a_snapshot_is_let_go() {
        assert_eq!(let_go(1, 20).await, None, "this one is slow enough to be told and quick enough to stay");
        assert_eq!(let_go(7, 20).await, Some(stalled()), "a trickle");
        assert_eq!(let_go(31, 1).await, Some(stalled()), "nothing for thirty seconds");
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_is_asked_whether_it_is_there_however_much_it_is_sent() {
        assert_eq!(sent_in_a_minute(0).await, (4, 0));
        assert_eq!(sent_in_a_minute(60).await, (4, 60));
        assert_eq!(sent_in_a_minute(6000).await, (4, 6000));
    }
}
