//! The mirror on real sockets, watched by a real WebSocket client.
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

mod autobahn;
mod autobahn_text;
mod http;
mod misuse;
mod raw;
mod site;
mod support;
mod watch;

use std::collections::BTreeMap;

use bufferevent::recording::{ConnectionPicture, Heard, PayloadPolicy, Recording};
use bufferevent::{Dialect, Step};
use bufferevent_server::echo::{Config, PREFIX};
use support::Lab;

/// What the engine knows of a connection, without what only records tell.
fn engine_part(connection: &ConnectionPicture) -> ConnectionPicture {
    let mut part = connection.clone();
    part.what = None;
    part.counters = Default::default();
    part.read.ended = None;
    part.write.ended = None;
    part
}

/// Folded pictures of the connections that are open.
fn open(connections: &BTreeMap<u64, ConnectionPicture>) -> Vec<ConnectionPicture> {
    connections.values().filter(|connection| !connection.freed).map(engine_part).collect()
}

/// Compares what is open, naming the first connection that differs.
#[track_caller]
fn assert_same_connections(
    folded: &BTreeMap<u64, ConnectionPicture>,
    real: &BTreeMap<u64, ConnectionPicture>,
    context: &str,
) {
    let (folded, real) = (open(folded), open(real));
    let numbers =
        |pictures: &[ConnectionPicture]| pictures.iter().map(|picture| picture.number).collect::<Vec<_>>();
    assert_eq!(numbers(&folded), numbers(&real), "{context}");
    for (folded, real) in folded.iter().zip(&real) {
        assert_eq!(folded, real, "{context}");
    }
}

/// The same numbers at each run.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test]
async fn the_first_message_says_what_is_spoken_and_the_second_what_there_is() {
    let lab = Lab::start_as(Dialect::V2_1, |_| {});
    let mut client = lab.client();
    client.say(b"before");
    let mut viewer = lab.viewer().await;
    assert_eq!(viewer.next().await, Ok(Heard::Hello));
    let hello = viewer.ear.hello().unwrap();
    assert_eq!((hello.schema, hello.dialect, hello.payload), (1, Dialect::V2_1, PayloadPolicy::Head));
    assert_eq!(hello.source, bufferevent::recording::SOURCE_DIGEST);
    assert!(matches!(viewer.next().await, Ok(Heard::Snapshot(_))));
    assert_eq!(viewer.picture.connections.len(), 1, "a connection from before is in it");
    client.say(b"after");
    viewer.until(|viewer| viewer.picture.connections[&1].counters.received == 5).await;
}

#[tokio::test]
async fn folded_pictures_are_the_servers_state_over_100_connections() {
    for dialect in Dialect::ALL {
        let lab = Lab::start_as(dialect, |_| {});
        let mut early = lab.viewer().await;
        early.joined().await;
        let mut clients: Vec<_> = (0..100).map(|_| lab.client()).collect();
        let mut late = None;
        let mut seed = 7;
        for round in 0..600 {
            let chosen = random(&mut seed) as usize % clients.len();
            let bytes = vec![b'a' + (round % 26) as u8; 1 + random(&mut seed) as usize % 10];
            clients[chosen].say(&bytes);
            if round % 100 == 99 {
                clients.swap_remove(chosen);
            }
            if round == 300 {
                let mut viewer = lab.viewer().await;
                viewer.joined().await;
                late = Some(viewer);
            }
        }
        let mut late = late.unwrap();
        let mark = lab.mark();
        early.until_gone(mark).await;
        late.until_gone(mark).await;
        let real = lab.stop();
        assert_same_connections(&early.picture.connections, &real.connections, dialect.as_str());
        assert_same_connections(&late.picture.connections, &real.connections, "from the middle on");
        assert_eq!(early.lost + late.lost, 0);
    }
}

#[tokio::test]
async fn a_viewer_that_stops_reading_gets_the_exact_gap_and_a_right_picture() {
    let lab = Lab::start(|config| config.mirror_buffer = 262_144);
    let (mut stalled, mut steady) = (lab.viewer().await, lab.viewer().await);
    stalled.joined().await;
    steady.joined().await;
    let mut client = lab.client();
    // The steady one reads on; the stalled one's socket fills, then its queue, then it loses records.
    let mut said = 0;
    while metric(&lab, "records_dropped_total").await == 0 {
        // So many at once that all is over before a viewer that takes nothing is sent away, on a busy machine too, and
        // few enough that what they make fits a viewer's queue.
        client.send(&b"0123456789".repeat(16));
        client.expect(&[PREFIX.as_bytes(), b"0123456789"].concat().repeat(16));
        said += 16;
        steady.until(|steady| received(steady) == said * 10).await;
        assert_eq!(
            metric(&lab, "viewers").await,
            2,
            "the stalled one was sent away before its queue was full"
        );
    }
    client.say(b"the end");
    let mark = lab.mark();
    stalled.until_gone(mark).await;
    steady.until_gone(mark).await;
    assert!(stalled.lost > 0 && steady.lost == 0);
    assert_eq!(metric(&lab, "records_dropped_total").await, stalled.lost, "each loss is counted once");
    // It was there before the first record: what came and what was lost make up everything that was recorded.
    while stalled.picture.seq < metric(&lab, "records_total").await {
        stalled.next().await.unwrap();
    }
    assert_eq!(stalled.picture.seq, metric(&lab, "records_total").await);
    assert!(stalled.records.len() as u64 + stalled.lost == stalled.picture.seq);
    let real = lab.stop();
    assert_same_connections(&stalled.picture.connections, &real.connections, "stalled");
    assert_same_connections(&steady.picture.connections, &real.connections, "steady");
}

fn received(viewer: &support::Viewer) -> u64 {
    viewer.picture.connections.get(&1).map_or(0, |connection| connection.counters.received)
}

#[tokio::test]
async fn a_viewer_sees_the_connections_that_it_watches() {
    let lab = Lab::start(|_| {});
    let mut clients = [lab.client(), lab.client(), lab.client()];
    clients.iter_mut().for_each(|client| client.say(b"hello"));
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    viewer.say(r#"{"kind":"watch","connections":[2]}"#).await;
    viewer.until(|viewer| viewer.snapshots == 2).await;
    assert_eq!(viewer.picture.connections.keys().collect::<Vec<_>>(), [&2]);
    clients.iter_mut().for_each(|client| client.say(b"again"));
    viewer.until(|viewer| viewer.picture.connections[&2].counters.received == 5).await;
    let others = viewer.records.iter().filter(|record| record.connection.is_some_and(|number| number != 2));
    assert_eq!(others.count(), 0);
    // Once nobody watches the others, no record of them is even made.
    let mark = lab.mark();
    viewer.until(|viewer| viewer.records.iter().any(|record| record.connection.is_none())).await;
    let before = metric(&lab, "records_total").await;
    clients[0].say(b"unseen");
    assert_eq!(metric(&lab, "records_total").await, before, "after connection {mark} came and went");
    viewer.say(r#"{"kind":"watch","connections":"all"}"#).await;
    viewer.until(|viewer| viewer.picture.connections.len() == 3).await;
}

#[tokio::test]
async fn as_much_payload_leaves_as_was_allowed() {
    for (policy, bytes) in [(PayloadPolicy::Full, 10), (PayloadPolicy::None, 0)] {
        let lab = Lab::start(|config| config.mirror_payload = policy);
        let mut viewer = lab.viewer().await;
        viewer.joined().await;
        lab.client().say(b"0123456789");
        viewer.until(|viewer| received(viewer) == 10).await;
        let payload = viewer.records.iter().find_map(|record| match &record.step {
            Step::Received { payload, .. } => Some(payload),
            _ => None,
        });
        assert_eq!(payload.map(|payload| (payload.len, payload.bytes.len())), Some((10, bytes)));
    }
}

#[tokio::test]
async fn a_snapshot_shows_no_more_payload_than_was_allowed() {
    for (policy, known) in [(PayloadPolicy::Full, 100), (PayloadPolicy::Head, 64), (PayloadPolicy::None, 0)] {
        // Below the low mark nobody takes what has arrived.
        let config = Config { read_low: 1000, read_high: 0, ..Config::default() };
        let lab = Lab::start_with(config, |config| config.mirror_payload = policy);
        let mut client = lab.client();
        let mut viewer = lab.viewer().await;
        viewer.joined().await;
        client.send(&[b'x'; 100]);
        viewer.until(|viewer| received(viewer) == 100).await;
        let mut late = lab.viewer().await;
        late.joined().await;
        let input = &late.picture.connections[&1].input;
        assert_eq!((input.len, input.known()), (100, known));
    }
}

#[tokio::test]
async fn a_ping_is_answered() {
    let lab = Lab::start(|_| {});
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    viewer.say(r#"{"kind":"ping"}"#).await;
    while viewer.next().await.unwrap() != Heard::Pong {}
}

#[tokio::test]
async fn what_a_viewer_got_is_a_recording_that_can_be_sought() {
    let lab = Lab::start(|_| {});
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    let start = viewer.picture.clone();
    lab.client().say(b"0123456789");
    viewer.until(|viewer| received(viewer) == 10).await;
    let mut recording = Recording::new(start);
    viewer.records.iter().for_each(|record| recording.append(record.clone()));
    let full = recording.next_match(0, &"in>=high".parse().unwrap()).unwrap();
    assert!(recording.seek(full).connections[&1].is_input_full());
    assert!(!recording.seek(full - 1).connections[&1].is_input_full());
}

/// One figure of `/metrics`.
async fn metric(lab: &Lab, name: &str) -> u64 {
    let response = misuse::get(lab, "/metrics", &[("Host", &lab.http.to_string())]).await;
    let wanted = format!("bufferevent_{name} ");
    let line =
        response.lines().find_map(|line| line.strip_prefix(&wanted)).unwrap_or_else(|| panic!("{response}"));
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn viewers_that_come_and_go_each_see_what_is() {
    let lab = Lab::start(|_| {});
    let mut client = lab.client();
    for _ in 0..3 {
        // Nobody watches this one.
        client.say(b"0123456789");
        let mut viewer = lab.viewer().await;
        viewer.joined().await;
        client.say(b"abc");
        viewer.until_gone(lab.mark()).await;
        let seen = &viewer.picture.connections[&1].counters;
        assert_eq!((seen.received, seen.read_callbacks), (3, 1), "counted from when it came");
        assert_eq!(viewer.picture.connections[&1].read.high, 10, "set when nobody watched");
        viewer.socket.close(None).await.unwrap();
        while metric(&lab, "viewers").await > 0 {}
    }
    client.say(b"unseen");
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    viewer.until_gone(lab.mark()).await;
    let real = lab.stop();
    assert_same_connections(&viewer.picture.connections, &real.connections, "after three visits");
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let lab = Lab::start(|_| {});
    let mut client = lab.client();
    client.say(b"0123456789");
    client.say(b"abc");
    // What a turn has done is published after its answer was sent.
    while metric(&lab, "callbacks_total").await < 4 {}
    assert_eq!(metric(&lab, "connections").await, 1);
    assert_eq!(metric(&lab, "received_bytes_total").await, 13);
    assert_eq!(metric(&lab, "sent_bytes_total").await, 36 + 29);
    assert_eq!(metric(&lab, "reading_stopped_total").await, 1);
    assert_eq!(metric(&lab, "records_total").await, 0, "nobody watches, so none was made");
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    assert_eq!(metric(&lab, "viewers").await, 1);
}

#[tokio::test]
async fn at_the_end_viewers_get_what_was_done_last_and_are_told_that_it_ends() {
    let lab = Lab::start(|_| {});
    let mut viewers = [lab.viewer().await, lab.viewer().await];
    for viewer in &mut viewers {
        viewer.joined().await;
    }
    let mut client = lab.client();
    client.say(b"the end");
    let (ended, ()) = tokio::join!(
        futures_util::future::join_all(viewers.iter_mut().map(async |viewer| {
            loop {
                if let Err(end) = viewer.next().await {
                    return end;
                }
            }
        })),
        lab.end()
    );
    assert_eq!(ended, ["1001 ", "1001 "]);
    for viewer in viewers {
        assert_eq!((received(&viewer), viewer.lost), (7, 0));
        assert!(viewer.picture.connections[&1].counters.sent > 0);
    }
}
