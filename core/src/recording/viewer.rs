//! A viewer of a live server, without I/O: messages in, what they mean out.
//!
//! Whoever has the socket, a page, a program or a test, hands each message to [`Viewer::hear`]. It knows in which order
//! messages may come, puts the parts of a snapshot together and counts what was lost, so that nobody else has to.

use std::fmt;

use serde::Deserialize;

use super::{Hello, Picture, SCHEMA, ServerMessage};
use crate::said::{Said, said};
use crate::{Record, words};

/// The viewer's side of a connection to a server. A new connection is a new viewer.
#[derive(Debug, Default)]
pub struct Viewer {
    hello: Option<Hello>,
    /// A snapshot of which parts have yet to come.
    partial: Option<Box<Picture>>,
    /// The `seq` of the last record, once there was a snapshot; none from a gap to the next snapshot.
    seq: Option<u64>,
    lost: u64,
}

/// What a message from the server means.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// The server has said what it is.
    Hello,
    /// Everything as it is now. Its `lost` is how many records this viewer has lost since it connected.
    Snapshot(Box<Picture>),
    /// What happened next.
    Records(Vec<Record>),
    /// So many records are missing here, or more; a snapshot follows.
    Gap {
        /// How many.
        lost: u64,
        /// For some of the time none were made: more happened than was lost.
        at_least: bool,
    },
    /// The server is there.
    Pong,
    /// A part of something: the rest follows.
    Part,
}

/// Why a server's message was not taken. The connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unheard {
    /// The server speaks this version of the schema, and not [`SCHEMA`].
    OtherSchema(u32),
    /// The message is not one of the schema; this says why.
    Malformed(Said),
    /// The message may not stand where it came; this says why.
    OutOfOrder(Said),
}

impl From<&Unheard> for Said {
    fn from(unheard: &Unheard) -> Self {
        match unheard {
            Unheard::OtherSchema(theirs) => {
                said!("the server's schema is {}, this program's is {}", theirs, SCHEMA)
            }
            Unheard::Malformed(problem) => {
                said!("the server's message cannot be read: ").then(problem.clone())
            }
            Unheard::OutOfOrder(problem) => problem.clone(),
        }
    }
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl std::error::Error for Unheard {}

/// Enough of a hello to know that the rest cannot be read.
#[derive(Deserialize)]
struct OtherHello {
    schema: u32,
}

impl Viewer {
    /// A viewer that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message of the server, as JSON text.
    ///
    /// # Errors
    /// [`Unheard`] says what is wrong with it; nothing of it was taken.
    pub fn hear(&mut self, message: &[u8]) -> Result<Heard, Unheard> {
        match serde_json::from_slice(message) {
            Ok(message) => self.take(message),
            Err(problem) => match serde_json::from_slice::<OtherHello>(message) {
                Ok(OtherHello { schema }) if self.hello.is_none() && schema != SCHEMA => {
                    Err(Unheard::OtherSchema(schema))
                }
                _ => Err(Unheard::Malformed(words::placed(message, &problem))),
            },
        }
    }

    /// What the server said of itself.
    #[must_use]
    pub const fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// Whether there was a snapshot: what happened before it is in it.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.seq.is_some()
    }

    fn take(&mut self, message: ServerMessage) -> Result<Heard, Unheard> {
        if self.partial.is_some()
            && !matches!(
                message,
                ServerMessage::SnapshotPart { .. } | ServerMessage::Gap { .. } | ServerMessage::Pong
            )
        {
            return Err(Unheard::OutOfOrder(said!("the server did not finish its snapshot")));
        }
        match message {
            ServerMessage::Hello(hello) if hello.schema != SCHEMA => Err(Unheard::OtherSchema(hello.schema)),
            ServerMessage::Hello(hello) => {
                self.hello = Some(hello);
                Ok(Heard::Hello)
            }
            ServerMessage::Snapshot { picture, more } => Ok(self.take_picture(picture, more)),
            ServerMessage::SnapshotPart { connections, more } => {
                let Some(mut picture) = self.partial.take() else {
                    return Err(Unheard::OutOfOrder(said!(
                        "the server sent a part of a snapshot without its beginning"
                    )));
                };
                picture.connections.extend(connections.into_iter().map(|it| (it.number, it)));
                Ok(self.take_picture(picture, more))
            }
            ServerMessage::Records { records } => self.take_records(records),
            ServerMessage::Gap { lost, at_least } => {
                self.lost = self.lost.saturating_add(lost);
                self.partial = None;
                self.seq = None;
                Ok(Heard::Gap { lost, at_least })
            }
            ServerMessage::Pong => Ok(Heard::Pong),
        }
    }

    fn take_picture(&mut self, mut picture: Box<Picture>, more: bool) -> Heard {
        if more {
            self.partial = Some(picture);
            return Heard::Part;
        }
        picture.lost = self.lost;
        self.seq = Some(picture.seq);
        Heard::Snapshot(picture)
    }

    fn take_records(&mut self, records: Vec<Record>) -> Result<Heard, Unheard> {
        let Some(mut last) = self.seq else {
            return Err(Unheard::OutOfOrder(said!("the server sent records before a snapshot")));
        };
        for record in &records {
            if last.checked_add(1) != Some(record.seq) {
                return Err(Unheard::OutOfOrder(said!(
                    "the server sent record {} after record {}",
                    record.seq,
                    last
                )));
            }
            last = record.seq;
        }
        self.seq = Some(last);
        Ok(Heard::Records(records))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ConnectionPicture;

    const HELLO: &str =
        r#"{"kind":"hello","schema":1,"engine":"0.1.0","source":"00","dialect":"1.4","payload":"full"}"#;

    fn heard(viewer: &mut Viewer, message: &ServerMessage) -> Result<Heard, Unheard> {
        viewer.hear(&serde_json::to_vec(message).unwrap())
    }

    fn connection(number: u64) -> ConnectionPicture {
        ConnectionPicture { number, ..ConnectionPicture::default() }
    }

    fn snapshot(seq: u64, connections: &[u64], more: bool) -> ServerMessage {
        let connections = connections.iter().map(|&number| (number, connection(number))).collect();
        ServerMessage::Snapshot {
            picture: Box::new(Picture { seq, connections, ..Picture::default() }),
            more,
        }
    }

    fn part(numbers: &[u64], more: bool) -> ServerMessage {
        ServerMessage::SnapshotPart { connections: numbers.iter().map(|&it| connection(it)).collect(), more }
    }

    fn records(seqs: &[u64]) -> ServerMessage {
        let record = |seq: &u64| {
            let json = format!(
                r#"{{"seq":{seq},"time_us":1,"kind":"loop_exit_requested","function":"f","file":"a.rs","line":1}}"#
            );
            serde_json::from_str(&json).unwrap()
        };
        ServerMessage::Records { records: seqs.iter().map(record).collect() }
    }

    fn refusal(viewer: &mut Viewer, message: &ServerMessage) -> String {
        heard(viewer, message).unwrap_err().to_string()
    }

    #[test]
    fn a_snapshot_in_parts_is_one_picture() {
        let mut viewer = Viewer::new();
        assert_eq!(viewer.hear(HELLO.as_bytes()), Ok(Heard::Hello));
        assert_eq!(heard(&mut viewer, &snapshot(4, &[1, 2], true)), Ok(Heard::Part));
        assert_eq!(heard(&mut viewer, &ServerMessage::Pong), Ok(Heard::Pong));
        assert_eq!(heard(&mut viewer, &part(&[3], true)), Ok(Heard::Part));
        assert!(!viewer.has_begun());
        let Ok(Heard::Snapshot(picture)) = heard(&mut viewer, &part(&[7, 8], false)) else {
            panic!("the last part makes it whole")
        };
        assert_eq!(picture.connections.into_keys().collect::<Vec<_>>(), [1, 2, 3, 7, 8]);
        assert!(matches!(heard(&mut viewer, &records(&[5, 6])), Ok(Heard::Records(_))));
    }

    #[test]
    fn a_gap_ends_a_snapshot_that_is_not_whole_and_is_counted_in_the_next() {
        let mut viewer = Viewer::new();
        viewer.hear(HELLO.as_bytes()).unwrap();
        heard(&mut viewer, &snapshot(0, &[1], true)).unwrap();
        let gap = ServerMessage::Gap { lost: 7, at_least: true };
        assert_eq!(heard(&mut viewer, &gap), Ok(Heard::Gap { lost: 7, at_least: true }));
        assert!(refusal(&mut viewer, &part(&[2], false)).contains("without its beginning"));
        let Ok(Heard::Snapshot(picture)) = heard(&mut viewer, &snapshot(7, &[1], false)) else { panic!() };
        assert_eq!((picture.lost, picture.seq), (7, 7));
    }

    #[test]
    fn what_may_not_stand_where_it_came_is_refused() {
        let mut viewer = Viewer::new();
        viewer.hear(HELLO.as_bytes()).unwrap();
        assert_eq!(refusal(&mut viewer, &records(&[1])), "the server sent records before a snapshot");
        heard(&mut viewer, &snapshot(0, &[], true)).unwrap();
        assert_eq!(refusal(&mut viewer, &records(&[1])), "the server did not finish its snapshot");
        heard(&mut viewer, &part(&[1], false)).unwrap();
        assert_eq!(refusal(&mut viewer, &records(&[1, 3])), "the server sent record 3 after record 1");
        heard(&mut viewer, &ServerMessage::Gap { lost: 1, at_least: false }).unwrap();
        assert_eq!(refusal(&mut viewer, &records(&[2])), "the server sent records before a snapshot");
    }

    #[test]
    fn numbers_at_the_end_of_their_range_are_no_fault_of_the_viewers() {
        let mut viewer = Viewer::new();
        viewer.hear(HELLO.as_bytes()).unwrap();
        for _ in 0..2 {
            heard(&mut viewer, &ServerMessage::Gap { lost: u64::MAX, at_least: false }).unwrap();
        }
        let Ok(Heard::Snapshot(picture)) = heard(&mut viewer, &snapshot(u64::MAX, &[], false)) else {
            panic!()
        };
        assert_eq!(picture.lost, u64::MAX);
        assert!(
            refusal(&mut viewer, &records(&[0])).ends_with("sent record 0 after record 18446744073709551615")
        );
    }

    #[test]
    fn another_schema_is_named_however_the_rest_looks() {
        let other = HELLO.replace("\"schema\":1", "\"schema\":7");
        for hello in [other.as_str(), r#"{"kind":"hello","schema":7,"greeting":1}"#] {
            assert_eq!(Viewer::new().hear(hello.as_bytes()), Err(Unheard::OtherSchema(7)));
        }
        let refused = Viewer::new().hear(b"<html>").unwrap_err().to_string();
        assert!(refused.starts_with("the server's message cannot be read: expected value"), "{refused}");
    }
}
