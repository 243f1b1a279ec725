//! What a server and its viewers say to each other: JSON text over a WebSocket, one object a message.
//!
//! The server begins with `hello` and a `snapshot`; then come `records`, as they happen. Within one viewer's stream the
//! records' `seq` rises by one, whatever the viewer watches. A viewer that fell behind gets `gap`, then a fresh
//! `snapshot`, and goes on. A snapshot of many connections comes in parts: the first message says that there are `more`,
//! and `snapshot_part`s follow, until one has no more. [`Viewer`](super::Viewer) puts all of this together.

use serde::{Deserialize, Serialize};

use super::{ConnectionPicture, Picture, Watched};
use crate::object::{Object, need};
use crate::{Dialect, Record};

/// From the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Object<Fields>")]
pub enum ServerMessage {
    /// The first message.
    Hello(Hello),
    /// Everything that can be drawn now; the next record's `seq` is one above this picture's.
    Snapshot {
        /// The loop and the connections that are watched.
        picture: Box<Picture>,
        /// More of its connections follow.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        more: bool,
    },
    /// More of the snapshot that came before.
    SnapshotPart {
        /// At least one.
        connections: Vec<ConnectionPicture>,
        /// Yet more follow.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        more: bool,
    },
    /// Records, oldest first.
    Records {
        /// At least one.
        records: Vec<Record>,
    },
    /// So many records of the connections that are watched are missing here; a `snapshot` follows.
    Gap {
        /// How many.
        lost: u64,
        /// For some of the time nobody wanted any, so that none were made: more happened than was lost.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        at_least: bool,
    },
    /// The answer to `ping`.
    Pong,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hello {
    /// The version of the schema: [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// The version of the engine.
    pub engine: String,
    /// The digest of the engine's sources: the lines that records name are those of this build when it equals
    /// [`SOURCE_DIGEST`](super::SOURCE_DIGEST).
    pub source: String,
    /// Which libevent the server behaves as.
    pub dialect: Dialect,
    /// How much of the payload records carry.
    pub payload: PayloadPolicy,
}

/// The fields of every message from the server. They are read straight into place; with `tag` alone a whole batch of
/// records would be kept aside until the kind is known.
#[derive(Deserialize)]
struct Fields {
    kind: String,
    schema: Option<u32>,
    engine: Option<String>,
    source: Option<String>,
    dialect: Option<Dialect>,
    payload: Option<PayloadPolicy>,
    picture: Option<Object<Box<Picture>>>,
    connections: Option<Vec<Object<ConnectionPicture>>>,
    #[serde(default)]
    more: bool,
    records: Option<Vec<Record>>,
    lost: Option<u64>,
    #[serde(default)]
    at_least: bool,
}

impl TryFrom<Object<Fields>> for ServerMessage {
    type Error = String;

    fn try_from(Object(fields): Object<Fields>) -> Result<Self, String> {
        Ok(match fields.kind.as_str() {
            "hello" => Self::Hello(Hello {
                schema: need(fields.schema, "schema")?,
                engine: need(fields.engine, "engine")?,
                source: need(fields.source, "source")?,
                dialect: need(fields.dialect, "dialect")?,
                payload: need(fields.payload, "payload")?,
            }),
            "snapshot" => Self::Snapshot { picture: need(fields.picture, "picture")?.0, more: fields.more },
            "snapshot_part" => Self::SnapshotPart {
                connections: need(fields.connections, "connections")?.into_iter().map(|it| it.0).collect(),
                more: fields.more,
            },
            "records" => Self::Records { records: need(fields.records, "records")? },
            "gap" => Self::Gap { lost: need(fields.lost, "lost")?, at_least: fields.at_least },
            "pong" => Self::Pong,
            other => return Err(format!("unknown kind of message {other:?}")),
        })
    }
}

/// From a viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Object<ViewerFields>")]
pub enum ViewerMessage {
    /// Which connections it wants to see from now on; answered with a `snapshot`. At first it sees all.
    Watch {
        /// Their numbers, or all.
        connections: Watched,
    },
    /// Answered with `pong`.
    Ping {},
}

/// The fields of every message from a viewer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewerFields {
    kind: String,
    connections: Option<Watched>,
}

impl TryFrom<Object<ViewerFields>> for ViewerMessage {
    type Error = String;

    fn try_from(Object(fields): Object<ViewerFields>) -> Result<Self, String> {
        match (fields.kind.as_str(), fields.connections) {
            ("watch", connections) => Ok(Self::Watch { connections: need(connections, "connections")? }),
            ("ping", None) => Ok(Self::Ping {}),
            ("ping", Some(_)) => Err("unknown field `connections`".into()),
            (other, _) => Err(format!("unknown kind of message {other:?}")),
        }
    }
}

/// How much of the payload leaves a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PayloadPolicy {
    /// All of it.
    Full,
    /// The first 64 bytes of each step.
    #[default]
    Head,
    /// None of it, only its length.
    None,
}

impl PayloadPolicy {
    /// How many bytes of one step's payload leave.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Full => usize::MAX,
            Self::Head => 64,
            Self::None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_watches_all_or_some() {
        let some = r#"{"kind":"watch","connections":[1,3]}"#;
        let message: ViewerMessage = serde_json::from_str(some).unwrap();
        assert_eq!(message, ViewerMessage::Watch { connections: Watched::some([1, 3]) });
        assert_eq!(serde_json::to_string(&message).unwrap(), some);
        let all: ViewerMessage = serde_json::from_str(r#"{"kind":"watch","connections":"all"}"#).unwrap();
        assert_eq!(all, ViewerMessage::Watch { connections: Watched::All });
    }

    #[test]
    fn a_server_message_comes_back_as_it_was() {
        let hello =
            r#"{"kind":"hello","schema":1,"engine":"0.1.0","source":"00","dialect":"1.4","payload":"head"}"#;
        for text in [
            hello,
            r#"{"kind":"gap","lost":3}"#,
            r#"{"kind":"gap","lost":3,"at_least":true}"#,
            r#"{"kind":"snapshot_part","connections":[],"more":true}"#,
            r#"{"kind":"records","records":[]}"#,
            r#"{"kind":"pong"}"#,
        ] {
            let message: ServerMessage = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&message).unwrap(), text);
        }
        let refused = |text: &str| serde_json::from_str::<ServerMessage>(text).unwrap_err().to_string();
        assert!(refused(r#"{"kind":"gap"}"#).contains("missing field `lost`"));
        assert!(refused(r#"{"kind":"cry"}"#).contains("unknown kind of message \"cry\""));
        for list in [
            r#"["pong"]"#,
            r#"["gap",null,null,null,null,null,null,null,false,null,3]"#,
            r#"{"kind":"snapshot","picture":[0]}"#,
            r#"{"kind":"snapshot_part","connections":[[1]]}"#,
            r#"{"kind":"records","records":[[1]]}"#,
        ] {
            assert!(refused(list).contains("invalid type: sequence"), "{list}: {}", refused(list));
        }
    }

    #[test]
    fn an_unknown_message_says_what_is_wrong() {
        let refused = |text: &str| serde_json::from_str::<ViewerMessage>(text).unwrap_err().to_string();
        assert!(refused(r#"{"kind":"drop"}"#).contains("unknown kind of message \"drop\""));
        assert!(refused(r#"{"kind":"watch","connections":"some"}"#).contains("\"all\" or a list"));
        assert!(refused(r#"{"kind":"ping","loud":true}"#).contains("loud"));
        assert!(refused(r#"{"kind":"ping","connections":"all"}"#).contains("unknown field `connections`"));
        assert!(refused(r#"{"kind":"watch"}"#).contains("missing field `connections`"));
        assert!(refused(r#"{"connections":"all"}"#).contains("missing field `kind`"));
        for list in [r#"["ping"]"#, r#"["watch","all"]"#, "[]"] {
            assert!(refused(list).contains("invalid type: sequence, expected an object"), "{list}");
        }
    }
}
