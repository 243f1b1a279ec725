//! What a viewer makes of a server's messages. No sockets here: `live` feeds it.

use bufferevent::Said;
use bufferevent::recording::{Heard, Hello, Parted, Recording, Unheard, Viewer};
use serde::Serialize;

/// The memory that what was captured takes at most, in bytes; past it the oldest records are forgotten.
pub(crate) const LIMIT: usize = 128 * 1024 * 1024;

/// How a live source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) enum LiveState {
    /// No word from the server yet.
    Connecting,
    /// Records come.
    Connected,
    /// There was no connection: nobody listens, or the server refused.
    Refused,
    /// The connection ended. What was captured stays.
    Lost,
    /// The server follows another version of the schema.
    OtherSchema,
    /// The server sent what cannot be understood.
    Malformed,
    /// `close` was called. What was captured stays.
    Closed,
}

impl LiveState {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::OtherSchema => "other_schema",
            Self::Malformed => "malformed",
            Self::Closed => "closed",
        }
    }
}

/// The state of a live source.
#[derive(Debug)]
pub(crate) struct Mirror {
    pub(crate) recording: Recording,
    pub(crate) state: LiveState,
    pub(crate) problem: Option<Said>,
    /// More happened than the records that are known to be lost.
    pub(crate) lost_more: bool,
    /// It was connected once.
    was_there: bool,
    viewer: Viewer,
}

impl Mirror {
    pub(crate) fn new() -> Self {
        Self {
            recording: Recording::default().with_limit(LIMIT),
            state: LiveState::Connecting,
            problem: None,
            lost_more: false,
            was_there: false,
            viewer: Viewer::new(),
        }
    }

    /// A new connection is being made; what was captured stays.
    pub(crate) fn connecting(&mut self) {
        self.state = LiveState::Connecting;
        self.problem = None;
        self.viewer = Viewer::new();
    }

    pub(crate) fn hello(&self) -> Option<&Hello> {
        self.viewer.hello()
    }

    /// Takes a message. False when the connection is of no more use.
    pub(crate) fn message(&mut self, text: &str) -> bool {
        match self.viewer.hear(text.as_bytes()) {
            Ok(Heard::Snapshot(picture)) => {
                self.recording.append_snapshot(*picture);
                // Not before: what happens between hello and the first picture is in the picture, and in no record.
                self.state = LiveState::Connected;
                self.was_there = true;
            }
            Ok(Heard::Records(records)) => {
                records.into_iter().for_each(|record| self.recording.append(record));
            }
            Ok(Heard::Gap { lost, at_least }) => {
                self.recording.append_gap(lost);
                self.lost_more |= at_least;
            }
            Ok(Heard::Hello | Heard::Part | Heard::Pong) => {}
            Err(problem @ Unheard::OtherSchema(_)) => return self.end(LiveState::OtherSchema, &problem),
            Err(problem) => return self.end(LiveState::Malformed, &problem),
        }
        true
    }

    fn end(&mut self, state: LiveState, problem: impl Into<Said>) -> bool {
        self.state = state;
        self.problem = Some(problem.into());
        false
    }

    /// The connection is gone, for this reason where one is known.
    pub(crate) fn closed(&mut self, parted: Option<Parted>) {
        match self.state {
            LiveState::Connecting => {
                // Who was there and does not answer is lost; who never was may be nobody.
                let state = if self.was_there { LiveState::Lost } else { LiveState::Refused };
                self.end(state, &parted.unwrap_or(Parted::Never));
            }
            LiveState::Connected => {
                self.end(LiveState::Lost, &parted.unwrap_or(Parted::Ended));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use bufferevent::Record;
    use bufferevent::recording::{Picture, ServerMessage};
    use bufferevent::sim::{Experiment, Scenario};

    use super::*;

    const HELLO: &str =
        r#"{"kind":"hello","schema":1,"engine":"0.1.0","source":"00","dialect":"1.4","payload":"full"}"#;

    fn text(message: &ServerMessage) -> String {
        serde_json::to_string(message).unwrap()
    }

    fn problem(mirror: &Mirror) -> String {
        mirror.problem.as_ref().unwrap().to_string()
    }

    fn records() -> Vec<Record> {
        Experiment::new(Scenario::first()).recording().records().cloned().collect()
    }

    fn snapshot(after: &[Record]) -> String {
        let mut recording = Recording::new(Picture::of_simulation());
        after.iter().for_each(|record| recording.append(record.clone()));
        text(&ServerMessage::Snapshot { picture: Box::new(recording.end().clone()), more: false })
    }

    #[test]
    fn records_lead_to_the_picture_of_the_server() {
        let records = records();
        let mut mirror = Mirror::new();
        assert!(mirror.message(HELLO));
        assert_eq!(mirror.state, LiveState::Connecting, "until there is a picture");
        assert!(mirror.message(&snapshot(&[])));
        assert_eq!(mirror.state, LiveState::Connected);
        for batch in records.chunks(10) {
            assert!(mirror.message(&text(&ServerMessage::Records { records: batch.to_vec() })));
        }
        // A server's buffers are not followed: no memory is told of them.
        let mut whole = Recording::new(Picture::of_simulation());
        records.into_iter().for_each(|record| whole.append(record));
        assert_eq!(mirror.recording.end(), whole.end());
    }

    #[test]
    fn a_gap_is_counted_and_a_snapshot_goes_on_after_it() {
        let records = records();
        let (seen, missed) = records.split_at(20);
        let mut mirror = Mirror::new();
        mirror.message(HELLO);
        mirror.message(&snapshot(&[]));
        mirror.message(&text(&ServerMessage::Records { records: seen.to_vec() }));
        mirror.message(&text(&ServerMessage::Gap { lost: missed.len() as u64, at_least: false }));
        mirror.message(&snapshot(&records));
        assert!(!mirror.lost_more);
        let end = mirror.recording.end();
        assert_eq!((end.lost, end.seq), (missed.len() as u64, records.len() as u64));
        assert!(!end.connections[&1].uncertain);
    }

    #[test]
    fn a_gap_may_be_of_more_than_was_lost() {
        let mut mirror = Mirror::new();
        mirror.message(HELLO);
        mirror.message(&snapshot(&[]));
        mirror.message(&text(&ServerMessage::Gap { lost: 3, at_least: true }));
        assert!(mirror.lost_more);
    }

    #[test]
    fn another_schema_ends_it_with_both_versions() {
        for hello in [
            HELLO.replace("\"schema\":1", "\"schema\":7"),
            r#"{"kind":"hello","schema":7,"greeting":1}"#.to_owned(),
        ] {
            let mut mirror = Mirror::new();
            assert!(!mirror.message(&hello));
            assert_eq!(mirror.state, LiveState::OtherSchema);
            assert_eq!(problem(&mirror), "the server's schema is 7, this program's is 1");
        }
    }

    #[test]
    fn nonsense_ends_it_with_the_reason() {
        let mut mirror = Mirror::new();
        assert!(!mirror.message("<html>"));
        assert_eq!(mirror.state, LiveState::Malformed);
        assert!(problem(&mirror).contains("cannot be read"));
        let mut mirror = Mirror::new();
        mirror.message(HELLO);
        assert!(!mirror.message(&text(&ServerMessage::Records { records: records() })));
        assert_eq!(problem(&mirror), "the server sent records before a snapshot");
    }

    #[test]
    fn a_close_means_refused_before_hello_and_lost_after() {
        let mut mirror = Mirror::new();
        mirror.closed(None);
        assert_eq!(mirror.state, LiveState::Refused);
        mirror.connecting();
        mirror.message(HELLO);
        mirror.message(&snapshot(&records()));
        mirror.closed(Some(Parted::told("bye")));
        assert_eq!((mirror.state, problem(&mirror)), (LiveState::Lost, "bye".to_owned()));
        assert!(mirror.recording.end().connections.contains_key(&1));
        mirror.connecting();
        mirror.closed(None);
        assert_eq!(mirror.state, LiveState::Lost, "it was there once");
    }
}
