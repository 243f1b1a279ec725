//! A picture as the messages that a viewer gets, none of them long.

use axum::extract::ws::Utf8Bytes;
use bufferevent::recording::{ConnectionPicture, Picture, ServerMessage, Watched};

/// How many connections one message has. A connection takes from some 400 bytes to a few KiB.
const CONNECTIONS: usize = 64;

/// The connections that a viewer may see.
pub(super) fn seen<'a>(
    picture: &'a Picture,
    watched: &'a Watched,
) -> impl Iterator<Item = &'a ConnectionPicture> {
    picture.connections.values().filter(|connection| watched.includes(Some(connection.number)))
}

/// The first message, with the viewer's own count of records.
pub(super) fn first(picture: &Picture, seen: &[&ConnectionPicture], seq: u64) -> String {
    let more = seen.len() > CONNECTIONS;
    let connections = seen.iter().take(CONNECTIONS).map(|it| (it.number, (*it).clone())).collect();
    let picture = Picture {
        seq,
        time: picture.time,
        lost: picture.lost,
        simulated: picture.simulated,
        names: picture.names.clone(),
        event_loop: picture.event_loop.clone(),
        connections,
        last: picture.last.clone(),
    };
    text(&ServerMessage::Snapshot { picture: Box::new(picture), more })
}

/// The messages after the first; none where it holds everything.
pub(super) fn rest(seen: &[&ConnectionPicture]) -> Vec<Utf8Bytes> {
    let parts = seen.chunks(CONNECTIONS).enumerate().skip(1);
    let message = |(index, part): (usize, &[&ConnectionPicture])| {
        let more = (index + 1) * CONNECTIONS < seen.len();
        let connections = part.iter().map(|it| (*it).clone()).collect();
        text(&ServerMessage::SnapshotPart { connections, more }).into()
    };
    parts.map(message).collect()
}

pub(super) fn text(message: &ServerMessage) -> String {
    // These types have no key that is not text and no number that JSON lacks.
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bufferevent::recording::{Heard, Viewer};

    use super::*;

    /// What a viewer makes of a picture of so many connections, and in how many messages it comes.
    fn received(connections: u64, watched: &Watched) -> (Picture, usize) {
        let connection = |number| (number, ConnectionPicture { number, ..ConnectionPicture::default() });
        let picture = Picture {
            seq: 9,
            connections: (1..=connections).map(connection).collect(),
            ..Picture::default()
        };
        let seen: Vec<_> = seen(&picture, watched).collect();
        let messages = [vec![first(&picture, &seen, 5).into()], rest(&seen)].concat();
        let mut viewer = Viewer::new();
        let mut heard = messages.iter().map(|message: &Utf8Bytes| viewer.hear(message.as_bytes()).unwrap());
        match heard.find(|heard| *heard != Heard::Part) {
            Some(Heard::Snapshot(picture)) => {
                assert!(heard.next().is_none(), "nothing comes after the last part");
                (*picture, messages.len())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_viewer_gets_every_connection_once_in_messages_of_bounded_size() {
        for (connections, messages) in [(0, 1), (1, 1), (64, 1), (65, 2), (128, 2), (1000, 16)] {
            let (picture, parts) = received(connections, &Watched::All);
            assert_eq!((picture.connections.len() as u64, parts, picture.seq), (connections, messages, 5));
        }
    }

    #[test]
    fn a_viewer_of_some_gets_only_those() {
        let (picture, parts) = received(1000, &Watched::some([7, 900, 5000]));
        assert_eq!((picture.connections.into_keys().collect::<Vec<_>>(), parts), (vec![7, 900], 1));
    }
}
