//! One viewer's WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bufferevent::Dialect;
use bufferevent::recording::{
    PayloadPolicy, Picture, SCHEMA, SOURCE_DIGEST, ServerMessage, ViewerMessage, Watched,
};
use futures_util::stream::SplitStream;
use futures_util::{FutureExt, Sink, SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::hub::{Call, Outbox};
use super::viewer_queue::{Entry, ViewerQueue};

/// A viewer that takes nothing for so long is dropped.
const STALLED: Duration = Duration::from_secs(30);

/// How often a viewer is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(15);

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
    let (mut sink, stream) = socket.split();
    if send(&mut sink, text(&hello(greeting))).await.is_err() {
        return;
    }
    if calls.send(Call::Join(number, Arc::clone(&outbox))).await.is_err() {
        return;
    }
    let goodbye = tokio::select! {
        goodbye = listen(stream, number, &outbox, &calls) => goodbye,
        goodbye = speak(&mut sink, number, &outbox, &calls) => goodbye,
    };
    let _ = calls.send(Call::Leave(number)).await;
    if let Some((code, reason)) = goodbye {
        let frame = CloseFrame { code, reason: shortened(reason).into() };
        let _ = timeout(Duration::from_secs(1), sink.send(Message::Close(Some(frame)))).await;
    }
    let _ = timeout(Duration::from_secs(1), sink.close()).await;
}

/// Lets a viewer go that there is no room for.
pub(super) async fn refuse(mut socket: WebSocket, reason: &str) {
    let frame = CloseFrame { code: close_code::AGAIN, reason: reason.into() };
    let _ = timeout(Duration::from_secs(1), socket.send(Message::Close(Some(frame)))).await;
}

fn hello(Greeting { dialect, payload }: Greeting) -> ServerMessage {
    let engine = env!("CARGO_PKG_VERSION").to_owned();
    ServerMessage::Hello { schema: SCHEMA, engine, source: SOURCE_DIGEST.to_owned(), dialect, payload }
}

/// Hears what the viewer says; gives why it is let go, or none when it went by itself.
async fn listen(
    mut stream: SplitStream<WebSocket>,
    number: u64,
    outbox: &Outbox,
    calls: &mpsc::Sender<Call>,
) -> Option<Goodbye> {
    loop {
        let heard = match timeout(2 * STALLED, stream.next()).await {
            Ok(heard) => heard?,
            Err(_) => return Some((close_code::POLICY, "no answer to pings".into())),
        };
        match heard {
            Ok(Message::Text(words)) => match serde_json::from_str(&words) {
                Ok(ViewerMessage::Watch { connections }) => {
                    calls.send(Call::Watch(number, connections)).await.ok()?;
                }
                Ok(ViewerMessage::Ping {}) => outbox.push(Entry::Pong),
                Err(error) => return Some((close_code::POLICY, format!("not understood: {error}"))),
            },
            Ok(Message::Binary(_)) => {
                return Some((close_code::UNSUPPORTED, "messages are JSON text, not binary".into()));
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Close(_)) => return None,
            Err(error) => return misbehaved(&error),
        }
    }
}

fn misbehaved(error: &axum::Error) -> Option<Goodbye> {
    let problem = error.to_string();
    if problem.contains("too long") || problem.contains("too big") || problem.contains("Space limit") {
        return Some((close_code::SIZE, format!("a message may have {MAX_FRAME} bytes")));
    }
    Some((close_code::PROTOCOL, problem))
}

/// Sends what is in the outbox, forever; gives why the viewer is let go.
async fn speak(
    sink: &mut (impl Sink<Message> + Unpin),
    number: u64,
    outbox: &Outbox,
    calls: &mpsc::Sender<Call>,
) -> Option<Goodbye> {
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // However much there is to send: a viewer that only listens is known to be there by its answers.
        let due = ping.tick().now_or_never().map(|_| Message::Ping(Default::default()));
        if let Some(message) = due.or_else(|| next_message(outbox)) {
            if send(sink, message).await.is_err() {
                return Some(stalled());
            }
            continue;
        }
        if outbox.with(|queue| queue.wants_snapshot()) {
            calls.send(Call::Resync(number)).await.ok()?;
        }
        tokio::select! {
            () = outbox.bell.notified() => {}
            _ = ping.tick() => if send(sink, Message::Ping(Default::default())).await.is_err() {
                return Some(stalled());
            }
        }
    }
}

fn stalled() -> Goodbye {
    (close_code::AWAY, "nothing was taken for 30 seconds".into())
}

async fn send(sink: &mut (impl Sink<Message> + Unpin), message: Message) -> Result<(), ()> {
    timeout(STALLED, sink.send(message)).await.map_err(drop)?.map_err(drop)
}

/// The next message for the viewer.
fn next_message(outbox: &Outbox) -> Option<Message> {
    Some(match outbox.with(ViewerQueue::pop)? {
        Entry::Records(records) => Message::Text(records.finish().into()),
        Entry::Gap(lost) => text(&ServerMessage::Gap { lost }),
        Entry::Snapshot { picture, watched, seq } => {
            text(&ServerMessage::Snapshot { picture: Box::new(seen_by(&picture, &watched, seq)) })
        }
        Entry::Pong => text(&ServerMessage::Pong),
    })
}

/// The picture as this viewer may see it, in its own count of records.
fn seen_by(picture: &Picture, watched: &Watched, seq: u64) -> Picture {
    let connections = picture.connections.iter().filter(|(number, _)| watched.includes(Some(**number)));
    Picture {
        seq,
        connections: connections.map(|(number, connection)| (*number, connection.clone())).collect(),
        ..Picture { connections: Default::default(), ..picture.clone() }
    }
}

fn text(message: &ServerMessage) -> Message {
    // These types have no key that is not text and no number that JSON lacks.
    Message::Text(serde_json::to_string(message).unwrap_or_default().into())
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

    use super::*;

    /// How many pings and how many other messages a viewer is sent in a minute of virtual time, in which so many
    /// messages come for it.
    async fn sent_in_a_minute(messages: u32) -> (usize, usize) {
        let outbox = Outbox::new(1 << 20);
        let (calls, _heard) = mpsc::channel(1);
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut sink = std::pin::pin!(unfold((), |(), message| std::future::ready(tell.send(message))));
        let minute = async {
            for _ in 0..messages {
                tokio::time::sleep(Duration::from_secs(60) / messages).await;
                outbox.push(Entry::Pong);
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

    #[tokio::test(start_paused = true)]
    async fn a_viewer_is_asked_whether_it_is_there_however_much_it_is_sent() {
        assert_eq!(sent_in_a_minute(0).await, (4, 0));
        assert_eq!(sent_in_a_minute(60).await, (4, 60));
        assert_eq!(sent_in_a_minute(6000).await, (4, 6000));
    }
}
