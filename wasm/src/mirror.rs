//! What a viewer makes of a server's messages. No sockets here: `live` feeds it.

use bufferevent::Dialect;
use bufferevent::recording::{PayloadPolicy, Recording, SCHEMA, ServerMessage};
use serde::{Deserialize, Serialize};

/// The memory that what was captured takes at most, in bytes; past it the oldest records are forgotten.
const LIMIT: usize = 128 * 1024 * 1024;

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

/// What the server said of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct Hello {
    /// The version of the schema.
    pub(crate) schema: u32,
    /// The version of the engine.
    pub(crate) engine: String,
    /// The digest of the engine's sources; the lines are those of this package when it equals `sourceDigest()`.
    pub(crate) source: String,
    /// Which libevent the server behaves as.
    pub(crate) dialect: Dialect,
    /// How much of the payload records carry.
    pub(crate) payload: PayloadPolicy,
}

/// Enough of a hello to know that the rest cannot be read.
#[derive(Deserialize)]
struct OtherHello {
    schema: u32,
}

/// The state of a live source.
#[derive(Debug)]
pub(crate) struct Mirror {
    pub(crate) recording: Recording,
    pub(crate) state: LiveState,
    pub(crate) problem: Option<String>,
    pub(crate) hello: Option<Hello>,
    /// Nothing but a snapshot can be appended: a connection has just begun, or there is a gap.
    started: bool,
}

impl Mirror {
    pub(crate) fn new() -> Self {
        Self {
            recording: Recording::default().with_limit(LIMIT),
            state: LiveState::Connecting,
            problem: None,
            hello: None,
            started: false,
        }
    }

    /// A new connection is being made; what was captured stays.
    pub(crate) fn connecting(&mut self) {
        self.state = LiveState::Connecting;
        self.problem = None;
        self.hello = None;
        self.started = false;
    }

    /// Takes a message. False when the connection is of no more use.
    pub(crate) fn message(&mut self, text: &str) -> bool {
        match serde_json::from_str(text) {
            Ok(message) => self.take(message),
            Err(error) => match serde_json::from_str::<OtherHello>(text) {
                Ok(other) if self.hello.is_none() && other.schema != SCHEMA => {
                    self.other_schema(other.schema)
                }
                _ => self.end(LiveState::Malformed, format!("the server's message cannot be read: {error}")),
            },
        }
    }

    fn take(&mut self, message: ServerMessage) -> bool {
        match message {
            ServerMessage::Hello { schema, .. } if schema != SCHEMA => return self.other_schema(schema),
            ServerMessage::Hello { schema, engine, source, dialect, payload } => {
                self.hello = Some(Hello { schema, engine, source, dialect, payload });
                self.state = LiveState::Connected;
            }
            ServerMessage::Snapshot { picture } => {
                self.recording.append_snapshot(*picture);
                self.started = true;
            }
            ServerMessage::Records { records } => return self.records(records),
            ServerMessage::Gap { lost } => self.recording.append_gap(lost),
            ServerMessage::Pong => {}
        }
        true
    }

    fn records(&mut self, records: Vec<bufferevent::Record>) -> bool {
        if !self.started {
            let problem = "the server sent records before a snapshot".to_owned();
            return self.end(LiveState::Malformed, problem);
        }
        records.into_iter().for_each(|record| self.recording.append(record));
        true
    }

    fn other_schema(&mut self, theirs: u32) -> bool {
        let problem = format!("the server's schema is {theirs}, this page's is {SCHEMA}");
        self.end(LiveState::OtherSchema, problem)
    }

    fn end(&mut self, state: LiveState, problem: String) -> bool {
        self.state = state;
        self.problem = Some(problem);
        false
    }

    /// The connection is gone, for this reason where one was given.
    pub(crate) fn closed(&mut self, reason: Option<String>) {
        match self.state {
            LiveState::Connecting => {
                let reason = reason.unwrap_or_else(|| "no connection could be made".to_owned());
                self.end(LiveState::Refused, reason);
            }
            LiveState::Connected => {
                let reason = reason.unwrap_or_else(|| "the connection to the server ended".to_owned());
                self.end(LiveState::Lost, reason);
            }
            _ => {}
        }
    }
}
